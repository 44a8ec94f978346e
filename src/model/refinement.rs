#![allow(clippy::indexing_slicing, reason = "features, steps and codes are addressed by their own ranges")]

use super::binning::{Bin, BinMap, BinRange};
use super::design::Sums;
use super::likelihood::{BinSums, CodedRows};
use super::logistic::{Logistic, Objective, climb};
use super::symmetric::Symmetric;
use super::{ScorecardParams, Target};
use crate::error::Result;

/// The log-odds of each bin of each feature, fitted to all features together around the straight lines of the regression;
/// the intercept moves with them.
///
/// A bin's weight of evidence is what the feature says alone. Beside other features a part of its range may say less, or
/// more: one coefficient per feature cannot tell, one number per bin would fit noise. So each step from one bin to the
/// next may differ from `coefficient × difference in weight of evidence`, at a price; where the data say little, the
/// line stands.
///
/// # Formula
///
/// `η = intercept + Σ_j (β_j WoE_j + Σ_k γ_jk √|d_jk| s_jk)`, `d` the step's difference in weight of evidence and `s` its
/// indicator, centred over the regular rows; special codes and missing values are a step of their own from 0. Maximises
/// the likelihood less `½ stiffness Σ γ²`: per unit of weight of evidence, the squared difference of the slopes. With
/// expected signs `β_j √|d_jk| + γ_jk ≥ 0`: points never go against the evidence between neighbouring bins.
///
/// # References
///
/// Eilers and Marx, *Flexible smoothing with B-splines and penalties* (1996); Hastie and Tibshirani, *Generalized additive
/// models* (1990).
pub(super) fn refine(
    maps: &[BinMap],
    codes: &[&[u16]],
    (target, logistic): (&Target, &mut Logistic),
    params: &ScorecardParams,
) -> Result<Vec<Vec<f64>>> {
    let slopes: Vec<f64> = logistic.coefficients.iter().map(|coefficient| coefficient.value).collect();
    let line = |(map, slope): (&BinMap, &f64)| map.woe_by_code().iter().map(|woe| slope * woe).collect();
    let lines: Vec<Vec<f64>> = maps.iter().zip(&slopes).map(line).collect();
    let Some(stiffness) = params.stiffness else { return Ok(trimmed(lines)) };

    let steps: Vec<Vec<Vec<f64>>> = maps.iter().map(steps).collect();
    let floors =
        steps.iter().zip(&slopes).flat_map(|(steps, slope)| steps.iter().map(move |step| -slope * height(step)));
    let by = Objective { l2: stiffness, bounded: params.expected_sign, prices: Vec::new(), floors: floors.collect() };
    let shape = Shape { lines, steps };
    let rows = CodedRows::new(codes, shape.lines.iter().map(Vec::len).collect(), target);
    let sums = |at: &[f64]| {
        let (intercept, differences) = at.split_last().map_or((0.0, at), |(intercept, rest)| (*intercept, rest));
        shape.along(&rows.sums(&shape.worth(differences), intercept))
    };
    let mut from = vec![0.0; shape.width()];
    from.push(logistic.intercept.value);
    let (mut coefficients, reached) = climb(&sums, from, &by)?;
    logistic.intercept.value = coefficients.pop().unwrap_or(logistic.intercept.value);
    logistic.log_likelihood = reached.log_likelihood;
    Ok(trimmed(shape.worth(&coefficients)))
}

/// Log-odds by bin, without the one of code "neutral".
fn trimmed(by_code: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let bins = |mut by_code: Vec<f64>| {
        by_code.pop();
        by_code
    };
    by_code.into_iter().map(bins).collect()
}

/// Each feature's line, and the steps by which its bins may leave it, all by code.
struct Shape {
    lines: Vec<Vec<f64>>,
    steps: Vec<Vec<Vec<f64>>>,
}

impl Shape {
    fn width(&self) -> usize {
        self.steps.iter().map(Vec::len).sum()
    }

    fn worth(&self, differences: &[f64]) -> Vec<Vec<f64>> {
        let mut worth = self.lines.clone();
        let steps = self.steps.iter().enumerate().flat_map(|(at, steps)| steps.iter().map(move |step| (at, step)));
        for ((at, step), difference) in steps.zip(differences) {
            worth[at].iter_mut().zip(step).for_each(|(sum, height)| *sum += difference * height);
        }
        worth
    }

    /// The derivatives along the steps, from those by code.
    fn along(&self, by_code: &BinSums) -> Sums {
        let width = self.width();
        let mut gradient = Vec::with_capacity(width + 1);
        let mut information = Symmetric::zeros(width + 1);
        let mut row = 0;
        for (at, steps) in self.steps.iter().enumerate() {
            for step in steps {
                gradient.push(dot(step, &by_code.gradient[at]));
                let mut column = 0;
                for (other, others) in self.steps[..=at].iter().enumerate() {
                    let met = across(step, &by_code.information[at][other], self.lines[other].len());
                    for step in others {
                        information.set(row, column, dot(&met, step));
                        column += 1;
                    }
                    if other == at {
                        information.set(width, row, met.iter().sum());
                    }
                }
                row += 1;
            }
        }
        gradient.push(by_code.residual);
        information.set(width, width, by_code.curvature);
        Sums { log_likelihood: by_code.log_likelihood, gradient, information }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A step times a table of rows by code and other code.
fn across(step: &[f64], table: &[f64], size: usize) -> Vec<f64> {
    let mut sums = vec![0.0; size];
    for (height, row) in step.iter().zip(table.chunks_exact(size)) {
        sums.iter_mut().zip(row).for_each(|(sum, cell)| *sum += height * cell);
    }
    sums
}

/// The steps of one feature, each by code: between neighbouring regular bins, and from 0 to every other bin.
fn steps(map: &BinMap) -> Vec<Vec<f64>> {
    let is_regular = |bin: &Bin| !matches!(bin.range, BinRange::Special(_) | BinRange::Missing);
    let (regular, apart): (Vec<usize>, Vec<usize>) = (0..map.bins.len()).partition(|at| is_regular(&map.bins[*at]));
    let weight = |bins: &[usize]| bins.iter().map(|at| map.bins[*at].counts.weight).sum::<f64>();
    let total = weight(&regular);
    let root = |gap: f64| gap.signum() * gap.abs().sqrt();
    let mut steps = Vec::with_capacity(map.bins.len());
    for split in 1..regular.len() {
        let (below, above) = regular.split_at(split);
        let size = root(map.bins[above[0]].woe - map.bins[below[split - 1]].woe);
        let share = weight(above) / total;
        let mut step = vec![0.0; map.bins.len() + 1];
        below.iter().for_each(|at| step[*at] = -share * size);
        above.iter().for_each(|at| step[*at] = (1.0 - share) * size);
        steps.push(step);
    }
    for at in apart {
        let mut step = vec![0.0; map.bins.len() + 1];
        step[at] = root(map.bins[at].woe);
        steps.push(step);
    }
    steps
}

/// A step's size.
fn height(step: &[f64]) -> f64 {
    let (low, high) = step.iter().fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(*x), high.max(*x)));
    high - low
}
