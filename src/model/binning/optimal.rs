//! Dynamic programming over prebins: the best bins under monotone and unimodal trends.
//!
//! A rate may go up only, down only, or change its way once. The program keeps the phase that a partition
//! is in and finds the best one exactly, in time of about the cube of the number of prebins.

#![allow(clippy::indexing_slicing, reason = "cells are addressed by 0 ≤ s ≤ e < n, which every loop here keeps")]

use super::grid::Grid;
use super::{Limits, Trend};

/// The best partition of prebins into bins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Partition {
    /// The last prebin of each bin.
    pub(crate) ends: Vec<usize>,
    /// The sum of the bins' values.
    pub(crate) value: f64,
}

/// How the rate may go from one bin to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Any,
    Up,
    Down,
}

impl Way {
    fn allows(self, from: f64, to: f64) -> bool {
        match self {
            Self::Any => true,
            Self::Up => from <= to,
            Self::Down => from >= to,
        }
    }
}

/// Steps a trend allows: into a phase, out of a phase, and which way the rate goes.
fn steps(trend: Trend) -> &'static [(usize, usize, Way)] {
    match trend {
        Trend::Ascending => &[(0, 0, Way::Up)],
        Trend::Descending => &[(0, 0, Way::Down)],
        Trend::Peak => &[(0, 0, Way::Up), (1, 0, Way::Down), (1, 1, Way::Down)],
        Trend::Valley => &[(0, 0, Way::Down), (1, 0, Way::Up), (1, 1, Way::Up)],
        Trend::None | Trend::Auto | Trend::Concave | Trend::Convex => &[(0, 0, Way::Any)],
    }
}

/// The best partition of the grid's prebins within `limits`, or `None` if there is none.
///
/// # Formula
///
/// A dynamic program over the last bin, exact for every bound that concerns one bin or two neighbours:
/// `f[k][phase][s][e] = value(s, e) + max over r < s with ok(r..s, s..=e) of f[k−1][phase'][r][s−1]`.
/// The number of bins `k` is left out at first and only counted when the optimum without it has too many or too few.
pub(crate) fn solve(grid: &Grid, limits: &Limits) -> Option<Partition> {
    let search = Search { grid, limits, steps: steps(limits.trend) };
    let free = search.uncounted()?;
    let within = (limits.bins.0..=limits.bins.1).contains(&free.ends.len());
    if within { Some(free) } else { search.counted() }
}

struct Search<'a> {
    grid: &'a Grid,
    limits: &'a Limits,
    steps: &'static [(usize, usize, Way)],
}

/// Best values and where they come from, by phase and cell.
struct Layer {
    best: Vec<f64>,
    from: Vec<(usize, usize)>,
}

impl Search<'_> {
    fn uncounted(&self) -> Option<Partition> {
        let mut layer = self.layer();
        self.fill(|search, phase, start, end| {
            let value = search.grid.value(start, end);
            let before = if start == 0 {
                (phase == 0).then_some((0.0, (0, 0)))
            } else {
                search.before(&layer, phase, start, end)
            };
            if let Some((sum, from)) = before {
                layer.set(search.slot(phase, start, end), sum + value, from);
            }
        });
        let last = self.last(&layer)?;
        Some(self.trace(std::slice::from_ref(&layer), 0, last))
    }

    fn counted(&self) -> Option<Partition> {
        let most = self.limits.bins.1.min(self.grid.n);
        let mut layers: Vec<Layer> = Vec::with_capacity(most);
        for k in 1..=most {
            let mut layer = self.layer();
            self.fill(|search, phase, start, end| {
                let before = match (layers.last(), start) {
                    (None, 0) => (phase == 0).then_some((0.0, (0, 0))),
                    (Some(fewer), 1..) => search.before(fewer, phase, start, end),
                    _ => None,
                };
                if let Some((sum, from)) = before {
                    layer.set(search.slot(phase, start, end), sum + search.grid.value(start, end), from);
                }
            });
            debug_assert!(layers.len() + 1 == k);
            layers.push(layer);
        }
        let candidates = (self.limits.bins.0..=most).filter_map(|k| {
            let layer = layers.get(k - 1)?;
            let (phase, start) = self.last(layer)?;
            Some((layer.best[self.slot(phase, start, self.grid.n - 1)], k, (phase, start)))
        });
        let (_, k, last) = candidates.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        Some(self.trace(&layers, k - 1, last))
    }

    /// Visits every cell that may be a bin, ends rising.
    fn fill(&self, mut visit: impl FnMut(&Self, usize, usize, usize)) {
        let phases = 1 + self.steps.iter().map(|step| step.0).max().unwrap_or(0);
        for end in 0..self.grid.n {
            for start in (0..=end).filter(|start| self.grid.value(*start, end) > f64::NEG_INFINITY) {
                for phase in 0..phases {
                    visit(self, phase, start, end);
                }
            }
        }
    }

    /// The best way to arrive at bin `start..=end` in `phase`.
    fn before(&self, layer: &Layer, phase: usize, start: usize, end: usize) -> Option<(f64, (usize, usize))> {
        let rate = self.grid.rate(start, end);
        let rates = self.grid.rates_ending(start - 1);
        let strict = self.limits.tests_neighbours();
        let mut best: Option<(f64, (usize, usize))> = None;
        for (_, from, way) in self.steps.iter().filter(|step| step.0 == phase) {
            let row = self.slot(*from, 0, start - 1);
            let sums = &layer.best[row..row + start];
            for (r, (sum, earlier)) in sums.iter().zip(rates).enumerate() {
                let better = *sum > best.map_or(f64::NEG_INFINITY, |(value, _)| value);
                if better && way.allows(*earlier, rate) && (!strict || self.separates(r, start, end)) {
                    best = Some((*sum, (*from, r)));
                }
            }
        }
        best
    }

    fn separates(&self, first: usize, start: usize, end: usize) -> bool {
        self.limits.separates(&self.grid.bin(first, start - 1), &self.grid.bin(start, end))
    }

    fn last(&self, layer: &Layer) -> Option<(usize, usize)> {
        let end = self.grid.n.checked_sub(1)?;
        let phases = layer.best.len() / (self.grid.n * self.grid.n);
        let cells = (0..phases).flat_map(|phase| (0..=end).map(move |start| (phase, start)));
        let sum = |(phase, start): (usize, usize)| layer.best[self.slot(phase, start, end)];
        let best = cells.reduce(|best, next| if sum(next) > sum(best) { next } else { best })?;
        (sum(best) > f64::NEG_INFINITY).then_some(best)
    }

    fn trace(&self, layers: &[Layer], top: usize, last: (usize, usize)) -> Partition {
        let (mut k, mut phase, mut start, mut end) = (top, last.0, last.1, self.grid.n - 1);
        let value = layers[k].best[self.slot(phase, start, end)];
        let mut ends = vec![end];
        while start > 0 {
            let (from, first) = layers[k].from[self.slot(phase, start, end)];
            end = start - 1;
            (phase, start) = (from, first);
            k = k.saturating_sub(1);
            ends.push(end);
        }
        ends.reverse();
        Partition { ends, value }
    }

    const fn slot(&self, phase: usize, start: usize, end: usize) -> usize {
        phase * self.grid.n * self.grid.n + self.grid.cell(start, end)
    }

    fn layer(&self) -> Layer {
        let phases = 1 + self.steps.iter().map(|step| step.0).max().unwrap_or(0);
        let cells = phases * self.grid.n * self.grid.n;
        Layer { best: vec![f64::NEG_INFINITY; cells], from: vec![(0, 0); cells] }
    }
}

impl Layer {
    fn set(&mut self, slot: usize, value: f64, from: (usize, usize)) {
        self.best[slot] = value;
        self.from[slot] = from;
    }
}
