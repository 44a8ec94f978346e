//! Chooses trend and number of bins among optimal partitions.
//!
//! Under [`Trend::Auto`] the simplest trend is taken whose bins say nearly as much as
//! free ones: a card that goes up and down by chance cannot be defended.

use super::grid::Grid;
use super::optimal::{self, Partition};
use super::woe::Yardstick;
use super::{BinningParams, Counts, Limits, Trend, curvature};
use crate::error::{Error, Result};
use crate::sentence::says;

/// Ordered prebins to be joined into bins.
#[derive(Debug)]
pub(crate) struct Prebins<'a> {
    pub(crate) feature: &'a str,
    pub(crate) counts: &'a [Counts],
    /// Whether the end of a prebin must stay an end.
    pub(crate) fixed: Vec<bool>,
    /// Bins beside them, of codes and of missing values.
    pub(crate) apart: usize,
}

impl Prebins<'_> {
    /// The best partition, with the trend it follows.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when no partition satisfies the settings, naming those that bind.
    pub(crate) fn partition(&self, params: &BinningParams, yardstick: &Yardstick) -> Result<(Partition, Trend)> {
        let mut limits = Limits::new(params, yardstick.total(), self.fixed.clone());
        if self.counts.is_empty() && self.apart >= limits.bins.0 {
            return Ok((Partition { ends: Vec::new(), value: 0.0 }, Trend::None));
        }
        limits.bins.0 = limits.bins.0.saturating_sub(self.apart).max(1);
        let penalty = params.noise_penalty * yardstick.noise();
        let grid = Grid::new(self.counts, &limits, yardstick, penalty);
        let found = match limits.trend {
            Trend::Auto => simplest(&grid, &limits, params.trend_price * yardstick.noise()),
            trend => best(&grid, &limits).map(|partition| (partition, trend)),
        };
        found.ok_or_else(|| self.infeasible(&limits, yardstick))
    }

    fn infeasible(&self, limits: &Limits, yardstick: &Yardstick) -> Error {
        let limits = if limits.trend == Trend::Auto { limits.with_trend(Trend::None) } else { limits.clone() };
        let binding: Vec<&str> = limits
            .relaxations()
            .into_iter()
            .filter(|(_, relaxed)| best(&Grid::new(self.counts, relaxed, yardstick, 0.0), relaxed).is_some())
            .map(|(name, _)| name)
            .collect();
        let found = format!("{} prebins", self.counts.len());
        let expected = if binding.is_empty() {
            let all: Vec<&str> = limits.relaxations().into_iter().map(|(name, _)| name).collect();
            format!("bins that satisfy {} together; no single one of them can be blamed", all.join(", "))
        } else {
            format!(
                "bins that satisfy {}; without it the rest can be satisfied",
                binding.join(" (or: ") + &")".repeat(binding.len() - 1)
            )
        };
        Error::too_little(says!("bin {}", [self.feature]), found, expected)
    }
}

fn best(grid: &Grid, limits: &Limits) -> Option<Partition> {
    match limits.trend {
        Trend::Concave | Trend::Convex => curvature::solve(grid, limits),
        _ => optimal::solve(grid, limits),
    }
}

/// The simplest trend whose value is within `price` of the freest one's.
fn simplest(grid: &Grid, limits: &Limits, price: f64) -> Option<(Partition, Trend)> {
    let of = |trend: Trend| optimal::solve(grid, &limits.with_trend(trend)).map(|partition| (partition, trend));
    let better = |a: Option<(Partition, Trend)>, b: Option<(Partition, Trend)>| match (a, b) {
        (Some(a), Some(b)) => Some(if b.0.value > a.0.value { b } else { a }),
        (a, b) => a.or(b),
    };
    let free = of(Trend::None)?;
    let enough = |found: &(Partition, Trend)| found.0.value >= free.0.value - price;
    let monotone = better(of(Trend::Ascending), of(Trend::Descending)).filter(enough);
    monotone.or_else(|| better(of(Trend::Peak), of(Trend::Valley)).filter(enough)).or(Some(free))
}

/// The best bins over given prebins: the index of each bin's last prebin, in order.
///
/// This is the optimiser that [`fit`](crate::model::fit) runs per feature, open for counts that come from elsewhere.
///
/// # Errors
///
/// [`Error::Setting`] for settings outside their range; [`Error::TooLittle`] when one class is absent or when no
/// partition satisfies the settings, naming those that bind.
///
/// # Examples
///
/// ```
/// use wherewithal::model::{BinningParams, Counts, Trend, optimal_bins};
///
/// let prebins = [Counts::new(100, 10), Counts::new(100, 30), Counts::new(100, 25), Counts::new(100, 60)];
/// let bins = optimal_bins(&prebins, &BinningParams::default().trend(Trend::Ascending))?;
/// assert_eq!(bins, [0, 2, 3]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn optimal_bins(prebins: &[Counts], params: &BinningParams) -> Result<Vec<usize>> {
    params.check()?;
    let total: Counts = prebins.iter().copied().sum();
    total.has_both_classes("prebins")?;
    let yardstick = Yardstick::new(total, params);
    let prebins = Prebins { feature: "prebins", counts: prebins, fixed: Vec::new(), apart: 0 };
    prebins.partition(params, &yardstick).map(|(partition, _)| partition.ends)
}
