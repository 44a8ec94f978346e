//! Grows a small tree over the grid of two features.
//!
//! A tree on two features is one cross of two cuts, or one cut of either with a cut on each side. Sums over
//! any block of cells come from corners, so that all crosses are tried.

#![allow(clippy::indexing_slicing, reason = "cells and corners are addressed by lines below their number")]

use super::{CELLS, Cells};
use crate::model::binning::Trend;

/// The cells of a pair's grid as a tree may part them; the code of a cell is `line · width + other line`.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Trends along the first feature and along the other.
    pub(super) trends: (Trend, Trend),
    pub(super) weight: Cells,
    pub(super) l2: f64,
    pub(super) min_leaf: f64,
}

/// Gradient, curvature and weight of everything below a corner of the grid.
pub(super) struct Corners {
    width: usize,
    sums: Vec<[f64; 3]>,
}

/// Where both features are cut, and the values of the four parts: low and high of the first by low
/// and high of the other.
#[derive(Debug, Clone, Copy)]
struct Cross {
    at: (usize, usize),
    values: [[f64; 2]; 2],
}

/// One feature is cut first, each side then by the other: where, the gain, and the values.
#[derive(Debug, Clone, Copy)]
struct Branches {
    is_first: bool,
    at: usize,
    cuts: [usize; 2],
    values: [[f64; 2]; 2],
}

impl Corners {
    pub(super) fn new((height, width): (usize, usize), layers: [&Cells; 3]) -> Self {
        let stride = width + 1;
        let mut sums = vec![[0.0; 3]; (height + 1) * stride];
        for line in 0..height {
            let mut row = [0.0; 3];
            for other in 0..width {
                for (sum, layer) in row.iter_mut().zip(layers) {
                    *sum += layer[line * width + other];
                }
                let above = sums[line * stride + other + 1];
                let here = &mut sums[(line + 1) * stride + other + 1];
                here.iter_mut().zip(above.iter().zip(&row)).for_each(|(here, (above, row))| *here = above + row);
            }
        }
        Self { width: stride, sums }
    }

    /// The sums over lines `a.0..a.1` and other lines `b.0..b.1`.
    fn block(&self, a: (usize, usize), b: (usize, usize)) -> [f64; 3] {
        let at = |a: usize, b: usize| self.sums[a * self.width + b];
        let (high, left, below, low) = (at(a.1, b.1), at(a.1, b.0), at(a.0, b.1), at(a.0, b.0));
        [0, 1, 2].map(|k| high[k] - left[k] - below[k] + low[k])
    }
}

impl Plane {
    /// The most that a cross of two cuts gains: how strongly two features act together.
    pub(super) fn strength(&self, gradient: &Cells, curvature: &Cells) -> f64 {
        let corners = Corners::new((self.height, self.width), [gradient, curvature, &self.weight]);
        self.cross(&corners, |_| true).map_or(0.0, |(gain, _)| gain)
    }

    /// The Newton step of a small tree, by cell.
    pub(super) fn tree(&self, gradient: &Cells, curvature: &Cells) -> Cells {
        let corners = Corners::new((self.height, self.width), [gradient, curvature, &self.weight]);
        let mut step = [0.0; CELLS];
        if [self.trends.0, self.trends.1].iter().any(|trend| matches!(trend, Trend::Ascending | Trend::Descending)) {
            if let Some((_, cross)) = self.cross(&corners, |values| self.keeps_trends(values)) {
                self.fill(&mut step, |a, b| cross.values[usize::from(a >= cross.at.0)][usize::from(b >= cross.at.1)]);
            }
            return step;
        }
        let by_first = self.branches(&corners, true);
        let by_other = self.branches(&corners, false);
        let best = if by_first.0 >= by_other.0 { by_first } else { by_other };
        if let (gain, Some(tree)) = best
            && gain > 1e-9
        {
            self.fill(&mut step, |a, b| {
                let (outer, inner) = if tree.is_first { (a, b) } else { (b, a) };
                let side = usize::from(outer >= tree.at);
                tree.values[side][usize::from(inner >= tree.cuts[side])]
            });
        }
        step
    }

    fn fill(&self, step: &mut Cells, value: impl Fn(usize, usize) -> f64) {
        for a in 0..self.height {
            for b in 0..self.width {
                step[a * self.width + b] = value(a, b);
            }
        }
    }

    fn keeps_trends(&self, values: &[[f64; 2]; 2]) -> bool {
        let keeps = |trend: Trend, low: f64, high: f64| match trend {
            Trend::Ascending => low <= high,
            Trend::Descending => low >= high,
            _ => true,
        };
        (0..2).all(|side| keeps(self.trends.0, values[0][side], values[1][side]))
            && (0..2).all(|side| keeps(self.trends.1, values[side][0], values[side][1]))
    }

    /// The best cross of two cuts that is allowed; a cut may lie at the edge and part nothing.
    fn cross(&self, corners: &Corners, allows: impl Fn(&[[f64; 2]; 2]) -> bool) -> Option<(f64, Cross)> {
        let whole = self.score(corners.block((0, self.height), (0, self.width)));
        let mut best: Option<(f64, Cross)> = None;
        for i in 1..self.height {
            for j in 1..self.width {
                let sides = [(0, i), (i, self.height)].map(|a| [(0, j), (j, self.width)].map(|b| corners.block(a, b)));
                if sides.iter().flatten().any(|sums| sums[2] < self.min_leaf) {
                    continue;
                }
                let gain = sides.iter().flatten().map(|sums| self.score(*sums)).sum::<f64>() - whole;
                if gain > best.map_or(1e-9, |(gain, _)| gain) {
                    let values = sides.map(|side| side.map(|sums| sums[0] / (sums[1] + self.l2)));
                    if allows(&values) {
                        best = Some((gain, Cross { at: (i, j), values }));
                    }
                }
            }
        }
        best
    }

    /// The best tree that cuts one feature first.
    fn branches(&self, corners: &Corners, is_first: bool) -> (f64, Option<Branches>) {
        let (outer, inner) = if is_first { (self.height, self.width) } else { (self.width, self.height) };
        let of =
            |o: (usize, usize), i: (usize, usize)| if is_first { corners.block(o, i) } else { corners.block(i, o) };
        let whole = self.score(of((0, outer), (0, inner)));
        let mut best: (f64, Option<Branches>) = (0.0, None);
        for at in 1..outer {
            let sides = [(0, at), (at, outer)].map(|side| self.half(&|run| of(side, run), inner));
            let [Some(low), Some(high)] = sides else { continue };
            let gain = low.0 + high.0 - whole;
            if gain > best.0 {
                let tree = Branches { is_first, at, cuts: [low.1, high.1], values: [low.2, high.2] };
                best = (gain, Some(tree));
            }
        }
        best
    }

    /// The best cut of one side: its score, where, and the two values; none where the side itself is too small.
    fn half(&self, of: &dyn Fn((usize, usize)) -> [f64; 3], inner: usize) -> Option<(f64, usize, [f64; 2])> {
        let value = |sums: [f64; 3]| sums[0] / (sums[1] + self.l2);
        let all = of((0, inner));
        if all[2] < self.min_leaf {
            return None;
        }
        let mut best = (self.score(all), inner, [value(all); 2]);
        for at in 1..inner {
            let (low, high) = (of((0, at)), of((at, inner)));
            if low[2] >= self.min_leaf && high[2] >= self.min_leaf {
                let score = self.score(low) + self.score(high);
                if score > best.0 {
                    best = (score, at, [value(low), value(high)]);
                }
            }
        }
        Some(best)
    }

    fn score(&self, sums: [f64; 3]) -> f64 {
        sums[0] * sums[0] / (sums[1] + self.l2)
    }
}
