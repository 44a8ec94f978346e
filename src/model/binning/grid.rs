//! Rate and value of every possible bin, the table that the optimiser reads.
//!
//! All runs of neighbouring prebins are valued once; every trend is then a search in the same table.

#![allow(clippy::indexing_slicing, reason = "cells are addressed by 0 ≤ s ≤ e < n, which every loop here keeps")]

use super::woe::Yardstick;
use super::{Counts, Limits};

/// Rate and value of every run of prebins `s..=e`, laid out so that runs with one end lie together.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) n: usize,
    rate: Vec<f64>,
    value: Vec<f64>,
    sums: Vec<Counts>,
}

impl Grid {
    /// Values are net of `penalty`; a run that may not be a bin has value −∞.
    pub(crate) fn new(prebins: &[Counts], limits: &Limits, yardstick: &Yardstick, penalty: f64) -> Self {
        let n = prebins.len();
        let sums: Vec<Counts> = std::iter::once(Counts::default())
            .chain(prebins.iter().scan(Counts::default(), |sum, prebin| {
                *sum = *sum + *prebin;
                Some(*sum)
            }))
            .collect();
        let mut grid = Self { n, rate: vec![0.0; n * n], value: vec![f64::NEG_INFINITY; n * n], sums };
        for end in 0..n {
            for start in (0..=end).rev() {
                if start < end && limits.fixed.get(start).is_some_and(|fixed| *fixed) {
                    break;
                }
                let bin = grid.bin(start, end);
                let cell = grid.cell(start, end);
                grid.rate[cell] = bin.rate();
                if limits.admits(&bin) {
                    grid.value[cell] = yardstick.value(&bin) - penalty;
                }
            }
        }
        grid
    }

    pub(crate) const fn cell(&self, start: usize, end: usize) -> usize {
        end * self.n + start
    }

    pub(crate) fn bin(&self, start: usize, end: usize) -> Counts {
        self.sums[end + 1] - self.sums[start]
    }

    pub(crate) fn rate(&self, start: usize, end: usize) -> f64 {
        self.rate[self.cell(start, end)]
    }

    pub(crate) fn value(&self, start: usize, end: usize) -> f64 {
        self.value[self.cell(start, end)]
    }

    /// Rates of the runs that end at `end`, by start.
    pub(crate) fn rates_ending(&self, end: usize) -> &[f64] {
        &self.rate[end * self.n..end * self.n + end + 1]
    }
}
