//! One axis of a pair's grid: runs of fine bins of one feature.
//!
//! A grid of two features with a hundred fine bins each would have ten thousand cells and a handful of rows
//! in most. So each feature is first brought to a few lines of about equal weight; special codes and
//! missing values keep lines of their own.

#![allow(clippy::indexing_slicing, reason = "bins are addressed by their own range")]

use crate::model::binning::{BinMap, BinRange};

/// Lines of codes and missing values of one axis at most.
const APART: usize = 4;

/// The lines of a grid along one feature: runs of its fine bins.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// The line of each fine bin.
    pub(super) line: Vec<u8>,
    /// The weight of each line.
    pub(super) weight: Vec<f64>,
    /// Lines of regular values; those of codes and missing values come behind.
    pub(super) regular: usize,
}

impl Axis {
    /// Runs of about equal weight: numbers in their order, levels by what they are worth alone.
    pub(super) fn new(map: &BinMap, shape: &[f64], most: usize) -> Self {
        let is_regular = |at: &usize| !matches!(map.bins[*at].range, BinRange::Special(_) | BinRange::Missing);
        let (mut regular, apart): (Vec<usize>, Vec<usize>) = (0..map.bins.len()).partition(is_regular);
        if map.is_category() {
            regular.sort_by(|a, b| shape[*a].total_cmp(&shape[*b]).then(a.cmp(b)));
        }
        let weight = |at: usize| map.bins[at].counts.weight;
        let mut left: f64 = regular.iter().map(|at| weight(*at)).sum();
        let mut axis = Self { line: vec![0; map.bins.len()], weight: Vec::new(), regular: 0 };
        let mut here = 0.0;
        for (index, at) in regular.iter().enumerate() {
            axis.put(*at, here > 0.0, weight(*at));
            here += weight(*at);
            let next = regular.get(index + 1).map_or(0.0, |next| weight(*next));
            // The rest is shared evenly among the lines that are still free.
            let room = (left / (most + 1 - axis.weight.len()) as f64).max(f64::MIN_POSITIVE);
            if here + next / 2.0 > room && axis.weight.len() < most {
                left -= here;
                here = 0.0;
            }
        }
        axis.regular = axis.weight.len();
        for (index, at) in apart.into_iter().enumerate() {
            axis.put(at, index >= APART, weight(at));
        }
        axis
    }

    /// Puts a bin on the last line, or on a new one.
    fn put(&mut self, bin: usize, joins: bool, weight: f64) {
        match self.weight.last_mut().filter(|_| joins) {
            Some(sum) => *sum += weight,
            None => self.weight.push(weight),
        }
        self.line[bin] = u8::try_from(self.weight.len() - 1).unwrap_or(u8::MAX);
    }

    pub(super) fn size(&self) -> usize {
        self.weight.len()
    }

    /// The line of each row; a value never met stands on the last.
    pub(super) fn lines(&self, codes: &[u8]) -> Vec<u8> {
        let last = self.line.last().copied().unwrap_or_default();
        codes.iter().map(|code| self.line.get(usize::from(*code)).copied().unwrap_or(last)).collect()
    }
}
