//! Lets the points of bins leave the regression's line, against a penalty.

#![allow(clippy::indexing_slicing, reason = "features, steps and codes are addressed by their own ranges")]

use super::binning::{Bin, BinMap, BinRange};
use super::design::Sums;
use super::likelihood::{BinSums, CodedRows};
use super::logistic::{Logistic, Objective, newton};
use super::symmetric::Symmetric;
use super::{ScorecardParams, Target};
use crate::error::Result;

/// The log-odds of each bin of each feature, fitted to all features together around the straight
/// lines of the regression; the intercept moves with them.
///
/// A bin's weight of evidence is what the feature says alone. Beside other features a part of its
/// range may say less, or more: one coefficient per feature cannot tell, one number per bin would
/// fit noise. So each step from one bin to the next may differ from
/// `coefficient × difference in weight of evidence`, at a price; where the data say little, the
/// line stands.
///
/// # Formula
///
/// `η = intercept + Σ_j (β_j WoE_j + Σ_k γ_jk √|d_jk| s_jk)`, `d` the step's difference in weight
/// of evidence and `s` its indicator, centred over the regular rows; special codes and missing
/// values are a step of their own from 0. Maximises the likelihood less `½ stiffness Σ γ²`: per
/// unit of weight of evidence, the squared difference of the slopes. With expected signs
/// `β_j √|d_jk| + γ_jk ≥ 0`: points never go against the evidence between neighbouring bins.
///
/// # References
///
/// Eilers and Marx, *Flexible smoothing with B-splines and penalties* (1996); Hastie and
/// Tibshirani, *Generalized additive models* (1990).
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
    let (mut coefficients, reached) = newton(&sums, from, &by)?;
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
///
/// Few numbers per feature: as many steps as it has bins less one, and one for each special code.
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

#[cfg(test)]
mod tests {
    use super::super::binning::{BinningParams, bin_numbers};
    use super::super::column::Column;
    use super::super::design::Design;
    use super::super::folds::scatter;
    use super::super::logistic::fit_logistic;
    use super::*;

    struct World {
        maps: Vec<BinMap>,
        design: Design,
        target: Target,
    }

    /// Two features that know the same thing below a half, of which the second knows more above; one value in seven is
    /// missing from the first.
    fn world() -> World {
        let n = 4_000;
        let uniform = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1_u64 << 53) as f64;
        let second: Vec<f64> = (0..n).map(|row| uniform(row, 1)).collect();
        let known =
            |row: usize| if row.is_multiple_of(7) { f64::NAN } else { second[row].min(0.5) + 0.2 * uniform(row, 2) };
        let first: Vec<f64> = (0..n).map(known).collect();
        let rate = |row: usize| 1.0 / (1.0 + (2.0 - 4.0 * second[row]).exp());
        let target = Target::new((0..n).map(|row| uniform(row, 3) < rate(row))).unwrap();
        let bins = |values: &[f64]| bin_numbers("x", values, &target, &BinningParams::default()).unwrap();
        let maps = vec![bins(&first), bins(&second)];
        let codes = [maps[0].codes(&Column::Number(first.into())), maps[1].codes(&Column::Number(second.into()))];
        let design = Design::new(n, maps.iter().zip(codes));
        World { maps, design, target }
    }

    fn fitted(world: &World, params: &ScorecardParams) -> (Vec<Vec<f64>>, Logistic) {
        let by = Objective { l2: 1.0, bounded: true, ..Objective::default() };
        let mut logistic = fit_logistic(&world.design, &world.target, &by).unwrap();
        let target = (&world.target, &mut logistic);
        (refine(&world.maps, &world.design.codes(), target, params).unwrap(), logistic)
    }

    fn log_likelihood(world: &World, worth: &[Vec<f64>], intercept: f64) -> f64 {
        let by_code: Vec<Vec<f64>> = worth.iter().map(|bins| bins.iter().copied().chain([0.0]).collect()).collect();
        let codes = world.design.codes();
        let rows = CodedRows::new(&codes, by_code.iter().map(Vec::len).collect(), &world.target);
        rows.sums(&by_code, intercept).log_likelihood
    }

    #[test]
    fn sums_by_bin_are_those_of_the_design() {
        let world = world();
        let slopes = [0.7, 0.4];
        let by_row = world.design.sums(&[slopes[0], slopes[1], -0.3], &world.target);
        let woe: Vec<Vec<f64>> = world.maps.iter().map(BinMap::woe_by_code).collect();
        let worth: Vec<Vec<f64>> =
            woe.iter().zip(slopes).map(|(woe, b)| woe.iter().map(|woe| b * woe).collect()).collect();
        let codes = world.design.codes();
        let by_bin = CodedRows::new(&codes, worth.iter().map(Vec::len).collect(), &world.target).sums(&worth, -0.3);
        assert!((by_bin.log_likelihood - by_row.log_likelihood).abs() < 1e-8);
        for at in 0..2 {
            assert!((dot(&woe[at], &by_bin.gradient[at]) - by_row.gradient[at]).abs() < 1e-8);
            for other in 0..=at {
                let met = across(&woe[at], &by_bin.information[at][other], woe[other].len());
                assert!((dot(&met, &woe[other]) - by_row.information.at(at, other)).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn the_stiffest_curve_is_the_line_and_a_softer_one_fits_better() {
        let world = world();
        let (line, straight) = fitted(&world, &ScorecardParams::default().stiffness(None));
        let (stiff, _) = fitted(&world, &ScorecardParams::default().stiffness(Some(1e9)));
        for (a, b) in line.iter().flatten().zip(stiff.iter().flatten()) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        let (soft, bent) = fitted(&world, &ScorecardParams::default());
        let gain = log_likelihood(&world, &soft, bent.intercept.value)
            - log_likelihood(&world, &line, straight.intercept.value);
        assert!(gain > 2.0, "{gain}");
    }

    #[test]
    fn neighbouring_bins_never_go_against_the_evidence() {
        let world = world();
        let (soft, _) = fitted(&world, &ScorecardParams::default().stiffness(Some(1e-3)));
        for (map, worth) in world.maps.iter().zip(&soft) {
            let regular = map.cuts.len() + 1;
            for at in 1..regular {
                let (evidence, points) = (map.bins[at].woe - map.bins[at - 1].woe, worth[at] - worth[at - 1]);
                assert!(evidence * points >= -1e-9, "{evidence} {points}");
            }
        }
    }
}
