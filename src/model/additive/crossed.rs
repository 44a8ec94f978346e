//! Boosts a squared error without its rows: how many rows each two codes share says what a step leaves.
//!
//! Where every row curves alike, a step on one feature lowers the gradient of every other code by the step times the
//! rows that have both codes. These are counted once, so a tree costs a few passes over the codes instead of one over
//! the rows. All numbers are whole and below 2⁵³, so that the gradient is the rows' own to the last bit.

#![allow(clippy::indexing_slicing, reason = "codes lie below the number of codes of their term")]

use pulp::{Arch, Simd, WithSimd};

use super::boost::Term;
use super::loss::Loss;
use super::rows::{ONE, Rows, Step};
use super::{CELLS, Cells};

/// Codes of all terms together at most: their pairs take four bytes each.
const MOST_CODES: usize = 4_096;

/// Rows at most: a gradient is below 2⁵³, and a count has 24 bits.
const MOST_ROWS: usize = 1 << 20;

/// Gradients of the codes of all terms, one term behind the other, and the rows that each two codes share.
pub(super) struct Crossed {
    /// Where each term's codes begin, and where the last one's end.
    starts: Vec<usize>,
    /// What is left to explain, in fixed point.
    gradient: Vec<f64>,
    /// For each term and number of its codes: the rows with a lower code, by every code of every term.
    below: Vec<Vec<f32>>,
}

impl Crossed {
    /// Counts the rows learnt from; `None` where rows do not curve by one, or where their codes are more than the rows.
    pub(super) fn new<L: Loss>(terms: &[&Term], rows: &mut Rows<'_, L>) -> Option<Self> {
        let learnt = if L::IS_QUADRATIC { rows.learnt_alike()? } else { return None };
        let mut starts = vec![0];
        for term in terms {
            let size = term.codes.iter().max().map_or(0, |code| usize::from(*code) + 1);
            starts.push(starts.last()? + size);
        }
        let width = *starts.last()?;
        if width > MOST_CODES.min(learnt.len()) || learnt.len() > MOST_ROWS {
            return None;
        }
        let offsets: Vec<u16> = starts.iter().map(|start| u16::try_from(*start)).collect::<Result<_, _>>().ok()?;
        let place =
            |row: usize| terms.iter().zip(&offsets).map(move |(term, start)| start + u16::from(term.codes[row]));
        let places: Vec<u16> = learnt.iter().flat_map(|row| place(*row)).collect();
        let below = (0..terms.len()).map(|at| below(&places, (&starts, at), (terms.len(), width))).collect();
        let of_term = |(term, ends): (&&Term, &[usize])| {
            let sums = rows.visit(None, &term.codes);
            sums[..ends[1] - ends[0]].iter().map(|sum| sum * f64::from(ONE)).collect::<Vec<f64>>()
        };
        let gradient = terms.iter().zip(starts.windows(2)).flat_map(of_term).collect();
        Some(Self { starts, gradient, below })
    }

    /// What is left to explain, by code of a term.
    pub(super) fn gradient(&self, term: usize) -> Cells {
        let mut cells = [0.0; CELLS];
        let own = &self.gradient[self.starts[term]..self.starts[term + 1]];
        cells.iter_mut().zip(own).for_each(|(cell, sum)| *cell = sum / f64::from(ONE));
        cells
    }

    /// Takes a step of a term.
    ///
    /// # Formula
    ///
    /// `Σ_c δ_c n_c = Σ_e (δ_{e−1} − δ_e) N_e` with `N_e` the rows below code `e`: a tree's step changes at few codes.
    pub(super) fn take(&mut self, term: usize, step: &Step) {
        let size = self.starts[term + 1] - self.starts[term];
        let width = self.gradient.len();
        for end in 1..=size {
            let next = if end < size { step[end] } else { 0 };
            let change = f64::from(step[end - 1]) - f64::from(next);
            if step[end - 1] != next {
                let below = &self.below[term][end * width..(end + 1) * width];
                Arch::new().dispatch(Less { sums: &mut self.gradient, change, below });
            }
        }
    }
}

/// The rows below each code of a term, by every code of every term.
fn below(places: &[u16], (starts, term): (&[usize], usize), (terms, width): (usize, usize)) -> Vec<f32> {
    let (start, end) = (starts[term], starts[term + 1]);
    let mut below = vec![0.0; (end - start + 1) * width];
    for row in places.chunks_exact(terms) {
        let counts = &mut below[(usize::from(row[term]) - start + 1) * width..][..width];
        row.iter().for_each(|place| counts[usize::from(*place)] += 1.0);
    }
    for at in width..below.len() {
        below[at] += below[at - width];
    }
    below
}

/// Sums from which a change times the rows below is taken.
struct Less<'a> {
    sums: &'a mut [f64],
    change: f64,
    below: &'a [f32],
}

impl WithSimd for Less<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sums.iter_mut().zip(self.below).for_each(|(sum, rows)| *sum -= self.change * f64::from(*rows));
    }
}

#[cfg(test)]
mod tests {
    use super::super::AdditiveParams;
    use super::super::boost::Grower;
    use super::super::line::Line;
    use super::super::loss::Squares;
    use super::super::rows::fixed;
    use super::*;
    use crate::model::Target;
    use crate::model::binning::{BinningParams, bin_numbers};
    use crate::model::folds::scatter;

    #[test]
    fn gradients_are_those_of_the_rows_to_the_last_bit() {
        let n = 900;
        let uniform = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1_u64 << 53) as f64;
        let target = Target::new((0..n).map(|row| uniform(row, 1) < 0.5)).unwrap();
        let squares = Squares::new(target.clone(), (0..n).map(|row| 3.0 * uniform(row, 2) - 1.0).collect());
        let numbers: Vec<f64> = (0..n).map(|row| uniform(row, 3)).collect();
        let map = bin_numbers("x", &numbers, &target, &BinningParams::default()).unwrap();
        let line = Line::new(&map, map.trend, &AdditiveParams::default());
        let term = |codes: u64, salt: u64| Term {
            codes: (0..n).map(|row| u8::try_from(scatter(row as u64 ^ scatter(salt)) % codes).unwrap()).collect(),
            grower: Grower::Line(line.clone()),
        };
        let terms = [term(7, 4), term(40, 5), term(1, 6)];
        let terms: Vec<&Term> = terms.iter().collect();
        let mut rows = Rows::new(&squares, vec![fixed(0.3); n], |row| row % 5 == 0);
        rows.refresh(true);
        let mut crossed = Crossed::new(&terms, &mut rows).unwrap();
        let mut pending: Option<(usize, Step)> = None;
        for round in 0..12 {
            let at = round % 3;
            let before = pending.as_ref().map(|(before, step)| (terms[*before].codes.as_slice(), step));
            assert_eq!(rows.visit(before, &terms[at].codes), crossed.gradient(at), "{round}");
            let step: Step = std::array::from_fn(|code| fixed(0.2 * uniform(code / 9, 10 + round as u64) - 0.1));
            crossed.take(at, &step);
            pending = Some((at, step));
        }
        for weight in [1.5, 2.0] {
            let heavy = Squares::new(target.clone().weights(&vec![weight; n]).unwrap(), vec![0.0; n]);
            let mut rows = Rows::new(&heavy, vec![0; n], |row| row % 5 == 0);
            rows.refresh(true);
            assert!(Crossed::new(&terms, &mut rows).is_none(), "rows of weight {weight} do not curve by one");
        }
    }
}
