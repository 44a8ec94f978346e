//! Grows a tree over the codes of one feature.
//!
//! Regular codes are cut in their order, levels and special codes are parted by themselves. Where a trend
//! is declared, the leaves keep it in every tree, and so does their sum.

#![allow(clippy::indexing_slicing, reason = "indices of regular codes lie below their number")]

use super::{AdditiveParams, CELLS, Cells};
use crate::model::binning::{BinMap, BinRange, Trend};

/// The codes of one feature as a tree may part them: regular ones in their order, the others each by itself.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Codes below this are cut in their order.
    ordered: usize,
    /// Codes up to this have bins.
    size: usize,
    /// The weight of the rows below each regular code.
    weight: Vec<f64>,
    trend: Trend,
    l2: f64,
    level_l2: f64,
    min_leaf: f64,
    max_leaves: usize,
}

/// A run of codes, and what its value must lie between.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    start: usize,
    end: usize,
    least: f64,
    most: f64,
}

/// Sums below each code.
struct Sums<'a> {
    gradient: Vec<f64>,
    curvature: Vec<f64>,
    weight: &'a [f64],
}

struct Cut {
    gain: f64,
    at: usize,
    values: (f64, f64),
}

impl Line {
    pub(super) fn new(map: &BinMap, trend: Trend, params: &AdditiveParams) -> Self {
        let interval = |range: &BinRange| matches!(range, BinRange::Interval { .. });
        let ordered = map.bins.iter().take_while(|bin| interval(&bin.range)).count();
        let weight: Vec<f64> = map.bins.iter().take(ordered).map(|bin| bin.counts.weight).collect();
        Self {
            ordered,
            size: map.bins.len(),
            weight: running(&weight),
            trend,
            l2: params.l2,
            level_l2: params.level_l2,
            min_leaf: params.min_leaf_rows,
            max_leaves: params.max_leaves,
        }
    }

    /// What the shape keeps to.
    pub(super) fn trend(&self) -> Trend {
        self.trend
    }

    /// The Newton step of a small tree, by code.
    pub(super) fn tree(&self, gradient: &Cells, curvature: &Cells) -> Cells {
        let mut step = [0.0; CELLS];
        for code in self.ordered..self.size {
            step[code] = gradient[code] / (curvature[code] + self.level_l2);
        }
        let sums = Sums::new(&gradient[..self.ordered], &curvature[..self.ordered], &self.weight);
        for (leaf, value) in self.leaves(&sums) {
            step[leaf.start..leaf.end].fill(value);
        }
        step
    }

    /// Leaves with their values; the cut that gains most is made first.
    fn leaves(&self, sums: &Sums<'_>) -> Vec<(Leaf, f64)> {
        if self.ordered == 0 {
            return Vec::new();
        }
        let all = Leaf { start: 0, end: self.ordered, least: f64::NEG_INFINITY, most: f64::INFINITY };
        let mut leaves = vec![(all, self.value(sums, &all), self.best(sums, &all))];
        while leaves.len() < self.max_leaves {
            let gain = |cut: &Option<Cut>| cut.as_ref().map_or(0.0, |cut| cut.gain);
            let best = (0..leaves.len()).max_by(|a, b| gain(&leaves[*a].2).total_cmp(&gain(&leaves[*b].2)));
            let Some((at, cut)) = best.and_then(|at| Some((at, leaves[at].2.take()?))) else { break };
            let (left, right) = self.parted(leaves[at].0, &cut);
            leaves[at] = (left, cut.values.0, self.best(sums, &left));
            leaves.insert(at + 1, (right, cut.values.1, self.best(sums, &right)));
        }
        leaves.into_iter().map(|(leaf, value, _)| (leaf, value)).collect()
    }

    /// Two leaves of one; a trend holds between everything below and above the cut.
    fn parted(&self, leaf: Leaf, cut: &Cut) -> (Leaf, Leaf) {
        let middle = cut.values.0 / 2.0 + cut.values.1 / 2.0;
        let (mut left, mut right) = (Leaf { end: cut.at, ..leaf }, Leaf { start: cut.at, ..leaf });
        match self.trend {
            Trend::Ascending => (left.most, right.least) = (middle, middle),
            Trend::Descending => (left.least, right.most) = (middle, middle),
            _ => {}
        }
        (left, right)
    }

    fn value(&self, sums: &Sums<'_>, leaf: &Leaf) -> f64 {
        let (gradient, curvature) = sums.run_sums(leaf.start, leaf.end);
        (gradient / (curvature + self.l2)).clamp(leaf.least, leaf.most)
    }

    /// The cut of a leaf that gains most, if any gains.
    fn best(&self, sums: &Sums<'_>, leaf: &Leaf) -> Option<Cut> {
        let score = |start: usize, end: usize| {
            let (gradient, curvature) = sums.run_sums(start, end);
            gradient * gradient / (curvature + self.l2)
        };
        let whole = score(leaf.start, leaf.end);
        let mut best: Option<Cut> = None;
        for at in leaf.start + 1..leaf.end {
            let roomy = sums.weight[at] - sums.weight[leaf.start] >= self.min_leaf
                && sums.weight[leaf.end] - sums.weight[at] >= self.min_leaf;
            if !roomy {
                continue;
            }
            let gain = score(leaf.start, at) + score(at, leaf.end) - whole;
            if gain > best.as_ref().map_or(1e-9, |cut| cut.gain) {
                let values =
                    (self.value(sums, &Leaf { end: at, ..*leaf }), self.value(sums, &Leaf { start: at, ..*leaf }));
                let against = match self.trend {
                    Trend::Ascending => values.0 > values.1,
                    Trend::Descending => values.0 < values.1,
                    _ => false,
                };
                if !against {
                    best = Some(Cut { gain, at, values });
                }
            }
        }
        best
    }
}

/// The sum of the values below each place.
fn running(values: &[f64]) -> Vec<f64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    let mut sum = 0.0;
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}

impl<'a> Sums<'a> {
    fn new(gradient: &[f64], curvature: &[f64], weight: &'a [f64]) -> Self {
        Self { gradient: running(gradient), curvature: running(curvature), weight }
    }

    fn run_sums(&self, start: usize, end: usize) -> (f64, f64) {
        (self.gradient[end] - self.gradient[start], self.curvature[end] - self.curvature[start])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Counts;
    use crate::model::binning::Bin;

    fn line(trend: Trend) -> Line {
        let bin = |at: u32| Bin {
            range: BinRange::Interval { above: Some(f64::from(at)), up_to: Some(f64::from(at + 1)) },
            counts: Counts::new(10, 5),
            woe: 0.0,
            information: 0.0,
        };
        let missing = Bin { range: BinRange::Missing, ..bin(0) };
        let map = BinMap {
            feature: "x".to_owned(),
            trend,
            bins: (0..6).map(bin).chain([missing]).collect(),
            cuts: (1..6).map(f64::from).collect(),
            special: Vec::new(),
            levels: Vec::new(),
            missing: Some(6),
            unseen: None,
            met: None,
        };
        Line::new(&map, trend, &AdditiveParams::default().l2(1.0).level_l2(3.0))
    }

    fn cells(values: [f64; 7]) -> Cells {
        let mut cells = [0.0; CELLS];
        cells[..7].copy_from_slice(&values);
        cells
    }

    #[test]
    fn cuts_where_the_gradient_turns_and_leaves_missing_values_apart() {
        let step = line(Trend::None).tree(&cells([-3.0, -3.0, 4.0, 4.0, -1.0, -1.0, 2.0]), &cells([1.0; 7]));
        assert_eq!(step[..7], [-2.0, -2.0, 8.0 / 3.0, 8.0 / 3.0, -2.0 / 3.0, -2.0 / 3.0, 0.5]);
        assert!(step[7..].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn a_tree_never_goes_against_the_trend() {
        let mut seed = 7_u64;
        for _ in 0..500 {
            let mut next = || {
                seed = crate::model::folds::scatter(seed);
                (seed >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
            };
            let gradient = cells([(); 7].map(|()| 20.0 * next()));
            let curvature = cells([(); 7].map(|()| 1.0 + next()));
            let up = line(Trend::Ascending).tree(&gradient, &curvature);
            assert!(up[..6].is_sorted(), "{:?}", &up[..6]);
            let down = line(Trend::Descending).tree(&gradient, &curvature);
            assert!(down[..6].is_sorted_by(|a, b| a >= b), "{:?}", &down[..6]);
        }
    }
}
