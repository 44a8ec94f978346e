//! Figures of rows held against a base, in which months or deliveries may spread more than their rows explain.

use crate::model::two_sided;

/// A figure with the number of rows and their variance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub(super) rows: f64,
    pub(super) value: f64,
    pub(super) variance: f64,
}

impl Mean {
    /// The share that a part of the rows is; none where no row is.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    pub(super) fn share(part: u64, all: u64) -> Option<Self> {
        let (rows, value) = (all as f64, part as f64 / all as f64);
        (all > 0).then_some(Self { rows, value, variance: value * (1.0 - value) })
    }
}

/// How much more the months of the base spread than their rows explain; 1 where they do not.
///
/// # References
///
/// Laney, *Improved control charts for attributes* (2002): the dispersion of a p′-chart.
pub(super) fn dispersion(base: Mean, months: &[Mean]) -> f64 {
    if months.len() < 2 || base.variance <= 0.0 {
        return 1.0;
    }
    let squares = months.iter().map(|month| month.rows * (month.value - base.value).powi(2)).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "a number of months")]
    let degrees = (months.len() - 1) as f64;
    (squares / base.variance / degrees).max(1.0)
}

/// The probability that chance alone moves a figure as far from the base.
pub(super) fn p_value(base: Mean, now: Mean, spread: f64) -> f64 {
    // Where none or all were answered the rows tell no variance: one row more of each kind does.
    let least = |mean: Mean| 1.0 / (mean.rows + 2.0);
    let variance = |mean: Mean| mean.variance.max(least(mean)) / mean.rows;
    two_sided((now.value - base.value) / ((variance(base) + variance(now)) * spread).sqrt())
}
