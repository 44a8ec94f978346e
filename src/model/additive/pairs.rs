//! Finds pairs of features that interact, and boosts their grids.
//!
//! All pairs are scanned by what they say together beyond the two alone, on rows that a bag learnt from.
//! The strongest are boosted, and each must lower the loss on rows held out by some standard errors to
//! stay.

#![allow(clippy::indexing_slicing, reason = "features, rows and lines are addressed by their own ranges")]

use rayon::prelude::*;

use super::axis::Axis;
use super::bags::Bags;
use super::boost::{Grower, Term};
use super::features::Feature;
use super::loss::Loss;
use super::plane::Plane;
use super::rows::{ONE, fixed};
use super::{AdditiveParams, CELLS, Cells};

/// Lines of an axis are told apart by so many codes.
const STRIDE: usize = 16;

/// Candidates looked at for each pair that may stay.
const CANDIDATES: usize = 2;

/// Two features, by index, the earlier one first.
pub(super) type Pair = (usize, usize);

/// A difference of losses in fixed point.
const LOSS: f64 = 1_073_741_824.0;

/// What is left to explain of each row and its curvature, in fixed point: whole numbers of `unit`s.
struct Left {
    rows: Vec<(i32, i32)>,
    /// A power of two, so that no row is beyond what the fixed point holds, however heavy or far away it is.
    unit: f64,
}

/// No row has more units than the fixed point holds, which ends at 128.
const MOST_UNITS: f64 = 64.0;

impl Left {
    fn new(rows: &[(f64, f64)]) -> Self {
        let most = rows.iter().fold(0.0_f64, |most, (residual, curvature)| most.max(residual.abs()).max(*curvature));
        let unit = (most / MOST_UNITS).max(1.0).log2().ceil().exp2();
        Self {
            rows: rows.iter().map(|(residual, curvature)| (fixed(residual / unit), fixed(curvature / unit))).collect(),
            unit,
        }
    }
}

/// What is known of the features when pairs are looked for.
pub(super) struct Field<'a, L> {
    pub(super) features: &'a [Feature],
    pub(super) axes: &'a [Axis],
    pub(super) judge: &'a L,
    pub(super) params: &'a AdditiveParams,
}

impl<L: Loss> Field<'_, L> {
    /// For each bag the pairs that act together most strongly on the rows that it learnt from; so the rows that it was
    /// boosted without have no part in the choice, and can judge it.
    pub(super) fn candidates(&self, bags: &Bags<'_, L>, mains: &[Term]) -> Vec<Vec<Pair>> {
        let lines: Vec<Vec<u8>> =
            self.features.par_iter().zip(self.axes).map(|(f, axis)| axis.lines(&f.codes)).collect();
        let bag = |bag: usize| {
            let sums = bags.sums(bag, mains);
            let residual = |(row, x): (usize, f64)| {
                if bags.bag_of(row) == Some(bag) { (0.0, 0.0) } else { self.residual(row, x) }
            };
            let rows: Vec<(f64, f64)> = sums.into_iter().enumerate().map(residual).collect();
            self.scan(&lines, &Left::new(&rows))
        };
        (0..bags.bags.len()).into_par_iter().map(bag).collect()
    }

    /// The strongest pairs. Every pair is scanned: residuals and curvatures summed by cell, and every cross of two cuts
    /// tried.
    ///
    /// # References
    ///
    /// Lou et al., *Accurate intelligible models with pairwise interactions* (2013), for the scan.
    fn scan(&self, lines: &[Vec<u8>], left: &Left) -> Vec<Pair> {
        let width = self.features.len();
        let of_first = |first: usize| {
            let strength = |other: usize| {
                let mut sums = [[0_i64; 2]; CELLS];
                for ((a, b), (residual, curvature)) in lines[first].iter().zip(&lines[other]).zip(&left.rows) {
                    let cell = &mut sums[(usize::from(*a) * STRIDE + usize::from(*b)) % CELLS];
                    cell[0] += i64::from(*residual);
                    cell[1] += i64::from(*curvature);
                }
                (self.strength((first, other), &sums, left.unit), (first, other))
            };
            (first + 1..width).map(strength).collect::<Vec<_>>()
        };
        let mut all: Vec<(f64, Pair)> = (0..width).into_par_iter().flat_map_iter(of_first).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let strong = all.into_iter().filter(|(strength, _)| *strength > 0.0).map(|(_, pair)| pair);
        strong.take(CANDIDATES * self.params.max_pairs).collect()
    }

    fn residual(&self, row: usize, sum: f64) -> (f64, f64) {
        let (residual, curvature) = self.judge.slope(row, sum);
        let weight = self.judge.target().weight(row);
        (weight * residual, weight * curvature)
    }

    #[expect(clippy::cast_precision_loss, reason = "the same rounding in any order of rows")]
    fn strength(&self, pair: Pair, sums: &[[i64; 2]; CELLS], unit: f64) -> f64 {
        let mut plane = self.plane(pair);
        let (mut gradient, mut curvature): (Cells, Cells) = ([0.0; CELLS], [0.0; CELLS]);
        for line in 0..plane.height {
            for other in 0..plane.width {
                let [residual, curved] = sums[line * STRIDE + other];
                gradient[line * plane.width + other] = residual as f64 / f64::from(ONE) * unit;
                curvature[line * plane.width + other] = curved as f64 / f64::from(ONE) * unit;
            }
        }
        // No row weighs less than this.
        plane.weight = curvature.map(|sum| sum / L::MOST_CURVATURE);
        plane.strength(&gradient, &curvature)
    }

    fn plane(&self, (first, other): Pair) -> Plane {
        let (a, b) = (&self.axes[first], &self.axes[other]);
        Plane {
            height: a.size(),
            width: b.size(),
            trends: (self.features[first].line.trend(), self.features[other].line.trend()),
            weight: [0.0; CELLS],
            l2: self.params.pair_l2,
            min_leaf: self.params.min_cell_rows,
        }
    }

    /// The terms of pairs, ready to be boosted.
    pub(super) fn terms(&self, pairs: &[Pair]) -> Vec<Term> {
        let term = |pair: &Pair| {
            let mut plane = self.plane(*pair);
            let lines = [pair.0, pair.1].map(|at| self.axes[at].lines(&self.features[at].codes));
            let width = plane.width;
            let cell = |(a, b): (&u8, &u8)| u8::try_from(usize::from(*a) * width + usize::from(*b)).unwrap_or(u8::MAX);
            let codes: Vec<u8> = lines[0].iter().zip(&lines[1]).map(cell).collect();
            for (row, code) in codes.iter().enumerate() {
                plane.weight[usize::from(*code)] += self.judge.target().weight(row);
            }
            Term { codes, grower: Grower::Plane(Box::new(plane)) }
        };
        pairs.par_iter().map(term).collect()
    }

    /// The pairs without which rows held out would lose, the most needed first: by so many standard
    /// errors of the paired difference as the price asks.
    pub(super) fn surviving(
        &self,
        bags: &Bags<'_, L>,
        mains: &[Term],
        (pairs, terms): (&[Pair], &[Term]),
    ) -> Vec<Pair> {
        let with = bags.held_out(mains, terms);
        let gain = |at: usize| {
            let grids: Vec<Cells> = bags.bags.iter().map(|bag| bag.grid(at).unwrap_or([0.0; CELLS])).collect();
            let (mut sum, mut squares) = (0_i128, 0_i128);
            for (row, x) in with.iter().enumerate() {
                let Some(bag) = bags.bag_of(row) else { continue };
                let without = x - grids[bag][usize::from(terms[at].codes[row])];
                let lost = self.judge.loss(row, without) - self.judge.loss(row, *x);
                let lost = self.judge.target().weight(row) * lost;
                let lost = i128::from(whole(lost * LOSS));
                sum += lost;
                squares += lost * lost;
            }
            (score(sum, squares, with.len()), pairs[at])
        };
        let mut all: Vec<(f64, Pair)> = (0..pairs.len()).into_par_iter().map(gain).collect();
        all.retain(|(score, _)| *score > self.params.pair_price);
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.into_iter().map(|(_, pair)| pair).take(self.params.max_pairs).collect()
    }
}

/// A mean in standard errors.
#[expect(clippy::cast_precision_loss, reason = "the same rounding in any order of rows")]
fn score(sum: i128, squares: i128, rows: usize) -> f64 {
    let n = rows as f64;
    let mean = sum as f64 / n;
    let variance = (squares as f64 / n - mean * mean).max(0.0) / n;
    if variance > 0.0 { mean / variance.sqrt() } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_cut_however_heavy_or_far_away_it_is() {
        let light = Left::new(&[(-0.75, 0.25), (64.0, 0.0)]);
        assert_eq!((light.unit, light.rows[0]), (1.0, (fixed(-0.75), fixed(0.25))));
        for rows in [[(32.0 * 50.0, 50.0), (-1.0, 1.0)], [(-3e6, 1e5), (1_024.0, 4_096.0)], [(1.0, 200.0), (0.5, 1.0)]]
        {
            let left = Left::new(&rows);
            for ((residual, curvature), (kept, curved)) in rows.iter().zip(&left.rows) {
                let value = |fixed: i32| f64::from(fixed) / f64::from(ONE) * left.unit;
                assert_eq!((value(*kept), value(*curved)), (*residual, *curvature), "{rows:?}");
            }
        }
    }
}
