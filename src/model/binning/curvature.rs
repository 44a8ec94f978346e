//! Optimal binning under a concave or convex trend.
//!
//! Concave and convex shapes look at three neighbours, so the state of the program holds two bins.

#![allow(clippy::indexing_slicing, reason = "cells are addressed by 0 ≤ r < s ≤ e < n, which every loop here keeps")]

use super::grid::Grid;
use super::optimal::Partition;
use super::{Limits, Trend};

/// Rounding of the mean of two rates must not break a straight line.
const SLACK: f64 = 1e-12;

/// The best partition whose rates are concave or convex over neighbouring bins, or `None` if there is none.
///
/// # Formula
///
/// The state holds the last two bins, `r..s` and `s..=e`:
/// `f[k][r][s][e] = value(s, e) + max over q < r with 2·rate(r..s) ≥ rate(q..r) + rate(s..=e) of f[k−1][q][r][s−1]`
/// (`≤` for convex).
pub(crate) fn solve(grid: &Grid, limits: &Limits) -> Option<Partition> {
    let sign = if limits.trend == Trend::Convex { -1.0 } else { 1.0 };
    let search = Search { grid, limits, sign };
    let mut layers = vec![search.single()];
    let most = limits.bins.1.min(grid.n);
    for _ in 1..most {
        let next = search.longer(layers.last()?);
        layers.push(next);
    }
    let tops = (limits.bins.0..=most).filter_map(|k| {
        let (value, first, start) = search.last(layers.get(k - 1)?)?;
        Some((value, k - 1, first, start))
    });
    let (value, top, first, start) = tops.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    Some(search.trace(&layers[..=top], value, (first, start)))
}

struct Search<'a> {
    grid: &'a Grid,
    limits: &'a Limits,
    sign: f64,
}

/// Best values by (first of the bin before, first of the last bin, end); a single bin stands at first = start = 0.
struct Layer {
    best: Vec<f64>,
    from: Vec<usize>,
}

impl Search<'_> {
    const fn slot(&self, first: usize, start: usize, end: usize) -> usize {
        (end * self.grid.n + start) * self.grid.n + first
    }

    fn empty(&self) -> Layer {
        let cells = self.grid.n.pow(3);
        Layer { best: vec![f64::NEG_INFINITY; cells], from: vec![0; cells] }
    }

    fn single(&self) -> Layer {
        let mut layer = self.empty();
        for end in 0..self.grid.n {
            layer.best[self.slot(0, 0, end)] = self.grid.value(0, end);
        }
        layer
    }

    fn longer(&self, fewer: &Layer) -> Layer {
        let mut layer = self.empty();
        for end in 1..self.grid.n {
            for start in (1..=end).filter(|start| self.grid.value(*start, end) > f64::NEG_INFINITY) {
                for first in 0..start {
                    let apart = self.limits.separates(&self.grid.bin(first, start - 1), &self.grid.bin(start, end));
                    if let Some((sum, from)) = apart.then(|| self.before(fewer, (first, start, end))).flatten() {
                        let slot = self.slot(first, start, end);
                        layer.best[slot] = sum + self.grid.value(start, end);
                        layer.from[slot] = from;
                    }
                }
            }
        }
        layer
    }

    fn before(&self, fewer: &Layer, (first, start, end): (usize, usize, usize)) -> Option<(f64, usize)> {
        let value = |from: usize| fewer.best[self.slot(from, first, start - 1)];
        let (middle, right) = (self.grid.rate(first, start - 1), self.grid.rate(start, end));
        let bends = |from: usize| {
            let left = self.grid.rate(from, first - 1);
            self.sign * (2.0 * middle - left - right) >= -SLACK
        };
        let reach = first.max(1);
        let choices = (0..reach).filter(|from| value(*from) > f64::NEG_INFINITY && (first == 0 || bends(*from)));
        choices.map(|from| (value(from), from)).reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    fn last(&self, layer: &Layer) -> Option<(f64, usize, usize)> {
        let end = self.grid.n.checked_sub(1)?;
        let cells = (0..=end).flat_map(|start| (0..start.max(1)).map(move |first| (first, start)));
        let sums = cells.map(|(first, start)| (layer.best[self.slot(first, start, end)], first, start));
        sums.reduce(|best, next| if next.0 > best.0 { next } else { best }).filter(|best| best.0 > f64::NEG_INFINITY)
    }

    fn trace(&self, layers: &[Layer], value: f64, (first, start): (usize, usize)) -> Partition {
        let (mut first, mut start, mut end) = (first, start, self.grid.n - 1);
        let mut ends = vec![end];
        for layer in layers.iter().skip(1).rev() {
            let from = layer.from[self.slot(first, start, end)];
            end = start - 1;
            (start, first) = (first, from);
            ends.push(end);
        }
        ends.reverse();
        Partition { ends, value }
    }
}
