//! The rows of one bag in fixed-point numbers, whose sums do not depend on order.
//!
//! Fixed point with 24 bits behind the point: sums of whole numbers are the same in any order and on any
//! number of threads (law 6).

#![allow(clippy::indexing_slicing, reason = "a code is one byte and a table has a index for every byte")]

use super::loss::Loss;
use super::{CELLS, Cells};

/// One in the fixed point of boosted sums and residuals: sums of whole numbers do not depend on the order of rows.
pub(super) const ONE: i32 = 1 << 24;

/// Tables that neighbouring rows are summed into in turn: a sum that waits for the row before it takes four times as
/// long, and rows of the same code often follow each other.
const SIDES: usize = 4;

/// A loss of one in fixed point.
const LOSS: f64 = 1_073_741_824.0;

/// Rows of one bag: their boosted sums (log-odds or amounts), and what is left to explain.
///
/// # Formula
///
/// Within a round `residual − curvature · step` stands for the residual after the steps taken
/// (Newton's quadratic model); at its end [`Rows::refresh`] takes both anew from the sums.
#[derive(Debug, Clone)]
pub(super) struct Rows<'a, L> {
    judge: &'a L,
    /// What a row counts for in learning, a share of `unit`; 0 when held out.
    learnt: Vec<f64>,
    /// What it counts for in judging; 0 when learnt from.
    judged: Vec<f64>,
    held_out: Vec<usize>,
    /// The weight that counts as one.
    unit: f64,
    sums: Vec<i32>,
    step: Vec<i32>,
    residual: Vec<i32>,
    curvature: Vec<i32>,
}

/// A step by code, in fixed point.
pub(super) type Step = [i32; CELLS];

/// The fixed-point number nearest to `value`.
///
/// Half a step is added before the cast cuts the rest off: `round` is a call into the system's library for each number.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
pub(super) fn fixed(value: f64) -> i32 {
    let steps = value * f64::from(ONE);
    (steps + 0.5_f64.copysign(steps)) as i32
}

pub(super) fn float(value: i32) -> f64 {
    f64::from(value) / f64::from(ONE)
}

impl<'a, L: Loss> Rows<'a, L> {
    /// Rows that start at some sums; those that `is_held_out` names are judged, the others learnt from.
    pub(super) fn new(judge: &'a L, sums: Vec<i32>, is_held_out: impl Fn(usize) -> bool) -> Self {
        let target = judge.target();
        let height = target.height();
        let most = (0..height).map(|row| target.weight(row)).fold(1.0, f64::max);
        let unit = 2.0_f64.powf(most.log2().ceil());
        let share = |held: bool| -> Vec<f64> {
            let is_held_out = &is_held_out;
            (0..height).map(move |row| if is_held_out(row) == held { target.weight(row) / unit } else { 0.0 }).collect()
        };
        let (learnt, judged) = (share(false), share(true));
        let held_out = (0..height).filter(|row| judged[*row] > 0.0).collect();
        let zero = vec![0; height];
        Self {
            judge,
            learnt,
            judged,
            held_out,
            unit,
            sums,
            step: zero.clone(),
            residual: zero.clone(),
            curvature: zero,
        }
    }

    /// Takes residuals (and, if asked, curvatures) anew; the loss summed over the rows held out, in fixed point.
    pub(super) fn refresh(&mut self, curvatures: bool) -> i128 {
        for row in 0..self.sums.len() {
            let moved = self.sums[row].saturating_add(std::mem::take(&mut self.step[row]));
            self.sums[row] = moved;
            let x = float(moved);
            let (residual, curvature) = self.judge.slope(row, x);
            let weight = self.learnt[row];
            self.residual[row] = fixed(weight * residual);
            if curvatures {
                self.curvature[row] = fixed(weight * curvature);
            }
        }
        self.held_out_loss()
    }

    /// The loss summed over the rows held out, in fixed point.
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    pub(super) fn held_out_loss(&self) -> i128 {
        let loss = |row: &usize| self.judged[*row] * self.judge.loss(*row, float(self.sums[*row])) * LOSS;
        self.held_out.iter().map(|row| i128::from(loss(row) as i64)).sum()
    }

    /// The rows that are learnt from, if each of them curves by one.
    pub(super) fn learnt_alike(&self) -> Option<Vec<usize>> {
        let is_alike = (self.unit - 1.0).abs() < f64::EPSILON
            && self.curvature.iter().all(|curvature| matches!(*curvature, 0 | ONE));
        is_alike.then(|| (0..self.curvature.len()).filter(|row| self.curvature[*row] == ONE).collect())
    }

    /// Takes a step at once, on the rows held out alone.
    pub(super) fn take_held_out(&mut self, codes: &[u8], by_code: &Step) {
        for row in &self.held_out {
            self.sums[*row] = self.sums[*row].saturating_add(by_code[usize::from(codes[*row])]);
        }
    }

    /// Steps by one code, if a step is still to be taken, and sums what is then left by another code.
    pub(super) fn visit(&mut self, pending: Option<(&[u8], &Step)>, codes: &[u8]) -> Cells {
        let mut sums = [[0_i64; CELLS]; SIDES];
        let rows = self.step.iter_mut().zip(&self.residual).zip(&self.curvature).zip(codes);
        match pending {
            None => {
                for (at, (((step, residual), curvature), code)) in rows.enumerate() {
                    sums[at % SIDES][usize::from(*code)] += left(*residual, *curvature, *step);
                }
            }
            Some((before, by_code)) => {
                for (at, ((((step, residual), curvature), code), before)) in rows.zip(before).enumerate() {
                    *step += by_code[usize::from(*before)];
                    sums[at % SIDES][usize::from(*code)] += left(*residual, *curvature, *step);
                }
            }
        }
        self.float(&sums)
    }

    /// Takes a last step.
    pub(super) fn take(&mut self, codes: &[u8], by_code: &Step) {
        self.step.iter_mut().zip(codes).for_each(|(step, code)| *step += by_code[usize::from(*code)]);
    }

    /// The curvature by code.
    pub(super) fn curvatures(&self, codes: &[u8]) -> Cells {
        let mut sums = [[0_i64; CELLS]; SIDES];
        for (at, (curvature, code)) in self.curvature.iter().zip(codes).enumerate() {
            sums[at % SIDES][usize::from(*code)] += i64::from(*curvature);
        }
        self.float(&sums)
    }

    #[expect(clippy::cast_precision_loss, reason = "the same rounding in any order of rows")]
    fn float(&self, sums: &[[i64; CELLS]; SIDES]) -> Cells {
        let sum = |code: usize| sums.iter().map(|side| side[code]).sum::<i64>();
        std::array::from_fn(|code| sum(code) as f64 / f64::from(ONE) * self.unit)
    }
}

/// The residual after a step.
fn left(residual: i32, curvature: i32, step: i32) -> i64 {
    i64::from(residual) - ((i64::from(curvature) * i64::from(step)) >> 24)
}
