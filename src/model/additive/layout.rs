//! Which fine bins and grid lines go together on the card.
//!
//! A feature may stand alone and in several pairs. Its bins on the card are then cut wherever any of them
//! needs a cut, so that a value has one bin and every grid finds its line from it.

#![allow(clippy::indexing_slicing, reason = "bins and lines are addressed by their own ranges")]

use rayon::prelude::*;

use super::compress::{Bounds, Shape, runs};
use super::fold::{Folded, Grid};
use super::shapes::{Frame, Shapes};
use crate::model::binning::{Bin, BinMap, BinRange, Placement, SpecialCode, Trend};

/// Which fine bins and which lines belong together on the card.
#[derive(Debug)]
pub(super) struct Layout {
    /// The bin of each fine bin, by feature; none when the feature is not on the card.
    pub(super) bins: Vec<Option<Vec<usize>>>,
    /// The lines of each pair; none when it is not on the card.
    pub(super) pairs: Vec<Option<Folded>>,
}

/// Whether a bin holds quantities or levels, not codes or missing values.
fn is_regular(bin: &Bin, codes: &[SpecialCode]) -> bool {
    let is_code = |level: &String| codes.iter().any(|code| matches!(code, SpecialCode::Text(text) if text == level));
    match &bin.range {
        BinRange::Special(_) | BinRange::Missing => false,
        BinRange::Levels(levels) => !levels.iter().any(is_code),
        BinRange::Interval { .. } | BinRange::Rest(_) => true,
    }
}

impl Frame<'_> {
    /// The fewest lines and bins that lose no more than the settings allow; every line is a union of bins.
    pub(super) fn layout(&self, mean: &Shapes, curvature_by_cell: &[Vec<f64>]) -> Layout {
        let budget = self.params.max_loss * self.unit * self.rows();
        let fold = |index: usize| {
            let (first, other) = self.pairs[index];
            let axes = [&self.axes[first], &self.axes[other]];
            Grid { cells: &mean.grids[index], curvature: &curvature_by_cell[index], axes }.folded(budget)
        };
        let pairs: Vec<Option<Folded>> = (0..self.pairs.len()).into_par_iter().map(fold).collect();
        let bins = (0..self.features.len()).into_par_iter();
        let bins = bins.map(|at| self.joined(at, &mean.mains[at], (&pairs, budget))).collect();
        Layout { bins, pairs }
    }

    fn rows(&self) -> f64 {
        self.features.first().map_or(0.0, |feature| feature.map.bins.iter().map(|bin| bin.counts.weight).sum())
    }

    /// The bin of each fine bin of one feature.
    fn joined(&self, at: usize, shape: &[f64], (pairs, budget): (&[Option<Folded>], f64)) -> Option<Vec<usize>> {
        let (map, curvature) = (&self.features[at].map, &self.curvature[at]);
        let lines = self.lines_of(at, pairs);
        let is_paired = lines.iter().any(|lines| !lines.is_empty());
        let lost: f64 = shape.iter().zip(curvature).map(|(value, h)| 0.5 * h * value * value).sum();
        if !is_paired && lost <= budget {
            return None;
        }
        let codes = self.params.card.binning_of(&map.feature).special_codes;
        let (mut regular, apart): (Vec<usize>, Vec<usize>) =
            (0..map.bins.len()).partition(|bin| is_regular(&map.bins[*bin], &codes));
        if map.is_category() {
            regular.sort_by(|a, b| lines[*a].cmp(&lines[*b]).then(shape[*a].total_cmp(&shape[*b])).then(a.cmp(b)));
        }
        let fixed: Vec<bool> = regular
            .windows(2)
            .map(|pair| lines[pair[0]] != lines[pair[1]] || is_split(map, pair[0], &self.params.card))
            .collect();
        let pick = |of: &dyn Fn(usize) -> f64| regular.iter().map(|bin| of(*bin)).collect::<Vec<f64>>();
        let weight = pick(&|bin| map.bins[bin].counts.weight);
        let (values, curvature) = (pick(&|bin| shape[bin]), pick(&|bin| curvature[bin]));
        let shape_of = Shape { values: &values, curvature: &curvature, weight: &weight, fixed: &fixed };
        let least_weight = self.params.card.binning_of(&map.feature).least_rows();
        let ends = runs(&shape_of, &Bounds { loss: budget, most: self.params.max_bins, least_weight });
        let mut to = vec![0; map.bins.len()];
        for (index, bin) in regular.iter().enumerate() {
            to[*bin] = ends.partition_point(|end| *end <= index);
        }
        let mut next = ends.len();
        for bin in apart {
            let near = (!is_paired).then(|| self.nearest((map, bin), (&regular, shape, &to))).flatten();
            to[bin] = near.unwrap_or(next);
            next += usize::from(near.is_none());
        }
        Some(to)
    }

    /// The final lines of each fine bin, in every pair that the feature is part of.
    fn lines_of(&self, at: usize, pairs: &[Option<Folded>]) -> Vec<Vec<usize>> {
        let axis = &self.axes[at];
        let line = |bin: usize| {
            let of_pair = |(pair, folded): (&(usize, usize), &Option<Folded>)| {
                let along = [pair.0, pair.1].iter().position(|feature| *feature == at)?;
                Some(folded.as_ref()?.to[along][usize::from(axis.line[bin])])
            };
            self.pairs.iter().zip(pairs).filter_map(of_pair).collect()
        };
        (0..axis.line.len()).map(line).collect()
    }

    /// The bin of regular values that codes or missing values join, where the settings ask for it.
    fn nearest(
        &self,
        (map, bin): (&BinMap, usize),
        (regular, shape, to): (&[usize], &[f64], &[usize]),
    ) -> Option<usize> {
        let binning = self.params.card.binning_of(&map.feature);
        let is_missing = Some(bin) == map.missing;
        let placement = if is_missing { binning.missing } else { binning.special };
        let gap = |at: &usize| (shape[*at] - shape[bin]).abs();
        let host = regular.iter().min_by(|a, b| gap(a).total_cmp(&gap(b)))?;
        (placement == Placement::Nearest).then_some(to[*host])
    }
}

/// Whether a cut asked for stands above this fine bin.
fn is_split(map: &BinMap, bin: usize, card: &crate::model::ScorecardParams) -> bool {
    let splits = card.binning_of(&map.feature).splits;
    map.cuts.get(bin).is_some_and(|cut| splits.iter().any(|split| split.total_cmp(cut).is_eq()))
}

/// The trend of the final map of a feature.
pub(super) fn kept_trend(declared: Trend) -> Trend {
    match declared {
        Trend::Ascending | Trend::Descending => declared,
        _ => Trend::None,
    }
}
