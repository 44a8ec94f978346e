//! Ridge logistic regression with sign constraints, by Newton's method.
//!
//! Newton's method takes few steps, each with the curvature; a coefficient that a constraint holds at its
//! bound leaves the equations of a step. A step that loses likelihood is made shorter until it gains.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::Target;
use super::design::{Design, Sums, drawn};
use super::normal::{normal_quantile, two_sided};
use super::symmetric::Symmetric;
use crate::error::{Error, Result};

/// linfa looks at this many rows at most for its start; Newton's steps see all of them.
const START_ROWS: usize = 1024;

/// Of more rows than this, about as many find where Newton's steps over all of them start, and the information of the
/// first steps.
const SAMPLED_ROWS: usize = 2_048;

/// Features that enter a priced fit at once.
const ENTRANTS: usize = 24;

/// A feature enters a priced fit when its pull is above its price by more than this share of it.
const WORTH: f64 = 1e-6;

/// Newton's steps end when the expected gain in log-likelihood is below this share of it.
const CONVERGED: f64 = 1e-12;

/// One coefficient and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    /// Log-odds per unit of weight of evidence (or, as an intercept, log-odds).
    pub value: f64,
    /// Standard error, from the curvature of the penalised likelihood.
    pub standard_error: f64,
    /// Two-sided p-value of Wald's test that the coefficient is zero.
    pub p_value: f64,
    /// Wald's interval that covers the true coefficient with probability .95.
    pub interval_95: (f64, f64),
}

impl Coefficient {
    pub(super) fn new(value: f64, variance: f64) -> Self {
        let standard_error = variance.max(0.0).sqrt();
        let p_value = if standard_error > 0.0 { two_sided(value / standard_error) } else { 1.0 };
        let reach = normal_quantile(0.975) * standard_error;
        Self { value, standard_error, p_value, interval_95: (value - reach, value + reach) }
    }

    /// The interval that covers the true coefficient with probability `confidence`.
    pub fn interval(&self, confidence: f64) -> (f64, f64) {
        let reach = normal_quantile(0.5 + confidence / 2.0) * self.standard_error;
        (self.value - reach, self.value + reach)
    }
}

/// A fitted logistic regression.
#[derive(Debug, Clone)]
pub(crate) struct Logistic {
    pub(crate) coefficients: Vec<Coefficient>,
    pub(crate) intercept: Coefficient,
    pub(crate) log_likelihood: f64,
}

impl Logistic {
    /// The coefficients of some features, and the intercept last.
    pub(crate) fn picked(&self, features: &[usize]) -> Vec<f64> {
        let picked = features.iter().filter_map(|at| self.coefficients.get(*at));
        picked.chain([&self.intercept]).map(|coefficient| coefficient.value).collect()
    }
}

/// How coefficients are found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objective {
    /// The penalty on squared slopes.
    pub(crate) l2: f64,
    /// Whether slopes below zero are out of bounds.
    pub(crate) bounded: bool,
    /// A price on each slope's size, which only bounded slopes have; missing ones are free.
    pub(crate) prices: Vec<f64>,
    /// What bounded slopes may not fall below; missing ones stop at zero.
    pub(crate) floors: Vec<f64>,
}

/// A likelihood and its derivatives at some coefficients, the intercept last.
pub(crate) type Likelihood<'a> = dyn Fn(&[f64]) -> Sums + 'a;

/// Fits event on weight of evidence.
///
/// # Formula
///
/// Maximises `Σ wᵢ ln p(yᵢ | xᵢ) − ½ λ |β|²`, the intercept unpenalised: linfa's
/// objective with weights, and with `β ≥ 0` where bounded. linfa, which knows no
/// weights, gives the start (its gradient tolerance is on the summed loss, so it is scaled with the
/// rows); Newton's steps land on the optimum and give the curvature, whose inverse holds the
/// variances.
///
/// # Errors
///
/// [`Error::TooLittle`] when the optimum is not found, as it may be without penalty where the classes separate.
pub(crate) fn fit_logistic(design: &Design, target: &Target, by: &Objective) -> Result<Logistic> {
    let mut from = start(design, target, by.l2).unwrap_or_else(|| prior(design, target));
    if by.bounded {
        from.iter_mut().take(design.width()).for_each(|slope| *slope = slope.max(0.0));
    }
    if let Some((design, target, by)) = sampled(design, target, by) {
        from = newton(&|at| design.sums(at, &target), from.clone(), &by).map_or(from, |(found, _)| found);
    }
    let (coefficients, sums) = reached((design, target), from, by)?;
    finished(&sums, &coefficients)
}

/// [`fit_logistic`] where coefficients near the optimum are known, the intercept last: of many
/// rows, the start is in hand.
///
/// # Errors
///
/// As [`fit_logistic`].
pub(crate) fn refit_logistic((design, target): (&Design, &Target), by: &Objective, from: Vec<f64>) -> Result<Logistic> {
    if design.height() <= SAMPLED_ROWS {
        return fit_logistic(design, target, by);
    }
    let (coefficients, sums) = reached((design, target), from, by)?;
    finished(&sums, &coefficients)
}

/// The optimum from coefficients that are not far from it.
///
/// Of many rows, the first steps take the information from a sample and only the gradient from all
/// rows. Newton's steps over all rows then end the search and judge what it found; they find nearly
/// nothing left, so the information of all rows is summed once instead of at each step.
fn reached(rows: (&Design, &Target), from: Vec<f64>, by: &Objective) -> Result<(Vec<f64>, Sums)> {
    let near = neared(rows, from, by);
    newton(&|at| rows.0.sums(at, rows.1), near, by)
}

/// Coefficients nearer to the optimum; of few rows those that were given.
#[expect(clippy::cast_precision_loss, reason = "a quotient of counts of rows")]
fn neared((design, target): (&Design, &Target), from: Vec<f64>, by: &Objective) -> Vec<f64> {
    let Some((some, of_some, _)) = sampled(design, target, by) else { return from };
    let share = some.height() as f64 / design.height() as f64;
    let information = some.sums(&from, &of_some).information.times(1.0 / share);
    approached(&|at| design.gradient(at, target), (from, &information), by)
}

/// Steps by gradients and one information, as long as each is expected to gain less than half of
/// what the one before did and loses nothing: a sample that saw little of a feature makes steps
/// that are too long.
fn approached(gradient: &Likelihood<'_>, (from, information): (Vec<f64>, &Symmetric), by: &Objective) -> Vec<f64> {
    let at = |coefficients: &[f64]| {
        penalised(Sums { information: information.clone(), ..gradient(coefficients) }, coefficients, by)
    };
    let (mut coefficients, mut gained) = (from, f64::INFINITY);
    let mut sums = at(&coefficients);
    for _ in 0..20 {
        let Some((direction, gain)) = step(&sums, &coefficients, by).filter(|(_, gain)| *gain < gained / 2.0) else {
            break;
        };
        let next: Vec<f64> = coefficients.iter().zip(&direction).map(|(a, b)| a + b).collect();
        if gain <= CONVERGED * (1.0 + sums.log_likelihood.abs()) {
            return next;
        }
        let found = at(&next);
        let is_gain = found.log_likelihood >= sums.log_likelihood;
        if !is_gain {
            break;
        }
        (coefficients, sums, gained) = (next, found, gain);
    }
    coefficients
}

/// The step to the optimum of the quadratic model, and the gain that is expected of it; `None`
/// where there is no one optimum.
fn step(sums: &Sums, coefficients: &[f64], by: &Objective) -> Option<(Vec<f64>, f64)> {
    let direction = match by.bounded {
        true => bounded_step(sums, coefficients, &by.floors),
        false => sums.information.solve(&sums.gradient)?,
    };
    let gain = direction.iter().zip(&sums.gradient).map(|(a, b)| a * b).sum();
    Some((direction, gain))
}

/// Some of the rows, and what is maximised over them; `None` where there are few rows.
#[expect(clippy::cast_precision_loss, reason = "a quotient of counts of rows")]
fn sampled(design: &Design, target: &Target, by: &Objective) -> Option<(Design, Target, Objective)> {
    let step = design.height().div_ceil(SAMPLED_ROWS);
    if step < 2 {
        return None;
    }
    let rows = drawn(design.height(), SAMPLED_ROWS);
    let share = 1.0 / step as f64;
    let prices = by.prices.iter().map(|price| price * share).collect();
    let by = Objective { l2: by.l2 * share, bounded: by.bounded, prices, floors: by.floors.clone() };
    Some((design.rows(&rows), target.rows(&rows).ok()?, by))
}

/// Slopes that cost a price and may not fall below zero, and the intercept last: most of many end at zero.
///
/// # Formula
///
/// Maximises what [`fit_logistic`] does less `Σ cⱼ βⱼ`.
///
/// Features enter while the likelihood pulls at one harder than its price; only those that are in
/// are fitted. The optimum is that of all features together, for nothing that is out would rise
/// from zero. Who only asks what is worth its price needs no errors, so there are none.
///
/// # Errors
///
/// [`Error::TooLittle`] when the optimum is not found.
///
/// # References
///
/// Friedman, Hastie, Tibshirani, *Regularization paths for generalized linear models via coordinate
/// descent* (2010), for the active set.
pub(crate) fn fit_priced((design, target): (&Design, &Target), by: &Objective) -> Result<Vec<f64>> {
    if !by.bounded || by.prices.iter().all(|price| *price <= 0.0) {
        let all: Vec<usize> = (0..design.width()).collect();
        return Ok(fit_logistic(design, target, by)?.picked(&all));
    }
    let mut fit = Active { features: Vec::new(), coefficients: vec![target.log_odds()] };
    if let Some((design, target, by)) = sampled(design, target, by)
        && let Ok(found) = fit.clone().settled(&design, &target, &by)
    {
        fit = found;
    }
    let fit = fit.settled(design, target, by)?;
    let mut slopes = vec![0.0; design.width()];
    for (feature, slope) in fit.features.iter().zip(&fit.coefficients) {
        slopes.get_mut(*feature).into_iter().for_each(|slot| *slot = *slope);
    }
    slopes.extend(fit.coefficients.last());
    Ok(slopes)
}

/// The features of a fit that are not at zero, and their coefficients, the intercept last.
#[derive(Debug, Clone)]
struct Active {
    features: Vec<usize>,
    coefficients: Vec<f64>,
}

impl Active {
    /// The fit when no feature is left that is worth its price.
    fn settled(mut self, design: &Design, target: &Target, by: &Objective) -> Result<Self> {
        let price = |feature: usize| by.prices.get(feature).copied().unwrap_or(0.0);
        for _ in 0..100 {
            let chosen = design.picked(&self.features);
            let of_chosen = Objective {
                l2: by.l2,
                bounded: true,
                prices: self.features.iter().map(|feature| price(*feature)).collect(),
                floors: Vec::new(),
            };
            self.coefficients = reached((&chosen, target), self.coefficients, &of_chosen)?.0;
            let pulls = design.pulls(&chosen.residuals(&self.coefficients, target));
            let mut wanting: Vec<(f64, usize)> = pulls
                .into_iter()
                .enumerate()
                .filter(|(feature, _)| !self.features.contains(feature))
                .map(|(feature, pull)| (pull / price(feature).max(f64::MIN_POSITIVE), feature))
                .filter(|(worth, _)| *worth > 1.0 + WORTH)
                .collect();
            if wanting.is_empty() {
                return Ok(self);
            }
            wanting.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            wanting.truncate(ENTRANTS);
            self.enter(wanting.into_iter().map(|(_, feature)| feature));
        }
        Err(Error::too_little("fit coefficients", "features that go in and out 100 times", "a higher l2 or price"))
    }

    /// Lets features in, at zero, and those that fell to zero out.
    fn enter(&mut self, entrants: impl Iterator<Item = usize>) {
        let intercept = self.coefficients.pop().unwrap_or(0.0);
        let in_now = self.features.iter().copied().zip(self.coefficients.iter().copied());
        let stay = in_now.filter(|(_, slope)| *slope > 0.0);
        let all: Vec<(usize, f64)> = stay.chain(entrants.map(|feature| (feature, 0.0))).collect();
        (self.features, self.coefficients) = all.into_iter().unzip();
        self.coefficients.push(intercept);
    }
}

/// Newton's steps from some coefficients (the intercept last) to the optimum: the coefficients there, and the penalised
/// likelihood with its derivatives one tiny step before.
///
/// # Errors
///
/// [`Error::TooLittle`] when the optimum is not found.
pub(crate) fn newton(likelihood: &Likelihood<'_>, from: Vec<f64>, by: &Objective) -> Result<(Vec<f64>, Sums)> {
    let mut coefficients = from;
    let mut sums = penalised(likelihood(&coefficients), &coefficients, by);
    for _ in 0..50 {
        let (direction, gain) = step(&sums, &coefficients, by).ok_or_else(repeating)?;
        if gain <= CONVERGED * (1.0 + sums.log_likelihood.abs()) {
            // The step is in hand already, and squares the error that is left.
            coefficients.iter_mut().zip(&direction).for_each(|(a, b)| *a += b);
            return Ok((coefficients, sums));
        }
        (coefficients, sums) = step_along(likelihood, (coefficients, sums, direction), by);
    }
    Err(Error::too_little("fit coefficients", "no optimum in 50 steps", "a higher l2 or fewer features"))
}

fn repeating() -> Error {
    Error::too_little("fit coefficients", "features that repeat each other", "a higher l2 or fewer features")
}

/// The step that maximises the quadratic model of the likelihood while no slope falls below its floor.
///
/// # Formula
///
/// Coordinate ascent on `gᵀδ − ½ δᵀHδ` subject to `β + δ ≥ floor`; it needs no further pass over the rows.
fn bounded_step(sums: &Sums, coefficients: &[f64], floors: &[f64]) -> Vec<f64> {
    let width = coefficients.len();
    let mut step = vec![0.0; width];
    let mut slack = sums.gradient.clone();
    for _ in 0..10_000 {
        let mut moved = 0.0_f64;
        for (at, coefficient) in coefficients.iter().enumerate() {
            let curvature = sums.information.at(at, at);
            let Some((taken, pull)) = step.get_mut(at).zip(slack.get(at).copied()) else { continue };
            let floor = floors.get(at).copied().unwrap_or(0.0);
            let least = if at + 1 == width { f64::NEG_INFINITY } else { floor - coefficient };
            let next = if curvature > 0.0 { (*taken + pull / curvature).max(least) } else { *taken };
            let change = next - *taken;
            *taken = next;
            moved = moved.max(change.abs());
            slack.iter_mut().enumerate().for_each(|(other, slack)| *slack -= change * sums.information.at(other, at));
        }
        if moved < 1e-12 {
            break;
        }
    }
    step
}

/// A Newton step, halved until the likelihood does not fall.
fn step_along(likelihood: &Likelihood<'_>, from: (Vec<f64>, Sums, Vec<f64>), by: &Objective) -> (Vec<f64>, Sums) {
    let (coefficients, sums, direction) = from;
    let mut size = 1.0;
    loop {
        let next: Vec<f64> = coefficients.iter().zip(&direction).map(|(a, b)| a + size * b).collect();
        let reached = penalised(likelihood(&next), &next, by);
        if reached.log_likelihood >= sums.log_likelihood - 1e-9 * sums.log_likelihood.abs() || size < 1e-6 {
            return (next, reached);
        }
        size /= 2.0;
    }
}

/// The sums less penalties and prices.
pub(super) fn penalised(mut sums: Sums, coefficients: &[f64], by: &Objective) -> Sums {
    let l2 = by.l2;
    let slopes = coefficients.split_last().map_or(&[][..], |(_, slopes)| slopes);
    for (index, (slope, gradient)) in slopes.iter().zip(&mut sums.gradient).enumerate() {
        *gradient -= l2 * slope;
        sums.information.set(index, index, sums.information.at(index, index) + l2);
        let price = if by.bounded { by.prices.get(index).copied().unwrap_or(0.0) } else { 0.0 };
        *gradient -= price;
        sums.log_likelihood -= 0.5 * l2 * slope * slope + price * slope;
    }
    sums
}

fn finished(sums: &Sums, coefficients: &[f64]) -> Result<Logistic> {
    let variances = sums.information.inverse().ok_or_else(repeating)?;
    let mut all: Vec<Coefficient> =
        coefficients.iter().enumerate().map(|(i, value)| Coefficient::new(*value, variances.at(i, i))).collect();
    let intercept = all.pop().ok_or_else(repeating)?;
    Ok(Logistic { coefficients: all, intercept, log_likelihood: sums.log_likelihood })
}

/// No slopes, and the log-odds of the overall rate.
fn prior(design: &Design, target: &Target) -> Vec<f64> {
    let mut coefficients = vec![0.0; design.width()];
    coefficients.push(target.log_odds());
    coefficients
}

/// linfa's optimum over a sample of the rows.
#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
fn start(design: &Design, target: &Target, l2: f64) -> Option<Vec<f64>> {
    let step = design.height().div_ceil(START_ROWS).max(1);
    let rows = drawn(design.height(), START_ROWS);
    let events: Vec<bool> = rows.iter().filter_map(|row| target.events().get(*row).copied()).collect();
    let cells: Vec<f64> = rows.iter().flat_map(|row| design.row(*row)).collect();
    let records = Array2::from_shape_vec((rows.len(), design.width()), cells).ok()?;
    let dataset = DatasetBase::new(records, Array1::from_vec(events));
    let learner = LogisticRegression::default()
        .alpha(l2 / step as f64)
        .gradient_tolerance(1e-3 * rows.len() as f64)
        .max_iterations(100);
    let fitted = learner.fit(&dataset).ok()?;
    // linfa calls the larger class positive when the smaller comes first; its labels say which way round it is.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let mut coefficients: Vec<f64> = fitted.params().iter().map(|slope| sign * slope).collect();
    coefficients.push(sign * fitted.intercept());
    coefficients.iter().all(|value| value.is_finite()).then_some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::super::binning::{BinningParams, bin_numbers};
    use super::super::folds::scatter;
    use super::*;

    /// Three noisy features of which two matter, and what follows from them.
    fn sample(n: usize) -> (Design, Target) {
        let uniform = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1u64 << 53) as f64;
        let features: Vec<Vec<f64>> = (1..=3).map(|salt| (0..n).map(|row| uniform(row, salt)).collect()).collect();
        let rate = |row: usize| 1.0 / (1.0 + (-(3.0 * features[0][row] + 2.0 * features[1][row] - 3.5)).exp());
        let target = Target::new((0..n).map(|row| uniform(row, 9) < rate(row))).unwrap();
        let maps: Vec<_> = features
            .iter()
            .enumerate()
            .map(|(at, values)| bin_numbers(&format!("x{at}"), values, &target, &BinningParams::default()).unwrap())
            .collect();
        let codes = maps
            .iter()
            .zip(&features)
            .map(|(map, values)| map.codes(&super::super::column::Column::Number(values.into())));
        (Design::new(n, maps.iter().zip(codes.collect::<Vec<_>>())), target)
    }

    fn free(l2: f64) -> Objective {
        Objective { l2, ..Objective::default() }
    }

    #[test]
    fn slopes_below_zero_stop_at_zero_and_the_rest_is_the_optimum_without_them() {
        let (design, target) = sample(3_000);
        let mut mirrored = design.with_mirror(0);
        let bounded = Objective { l2: 0.5, bounded: true, ..Objective::default() };
        let all = fit_logistic(&mirrored, &target, &bounded).unwrap();
        assert!(all.coefficients[3].value.abs() < 1e-12);
        mirrored.retain(&[0, 1, 2]);
        let fewer = fit_logistic(&mirrored, &target, &free(0.5)).unwrap();
        for (a, b) in all.coefficients.iter().zip(&fewer.coefficients) {
            assert!((a.value - b.value).abs() < 1e-8, "{} {}", a.value, b.value);
        }
    }

    #[test]
    fn a_priced_fit_is_the_optimum_of_all_features_together() {
        let (design, target) = sample(3_000);
        let design = design.with_mirror(0).with_mirror(1);
        for price in [0.5, 8.0, 60.0] {
            let by = Objective { l2: 0.5, bounded: true, prices: vec![price; 5], ..Objective::default() };
            let active = fit_priced((&design, &target), &by).unwrap();
            let (dense, _) = newton(&|at| design.sums(at, &target), prior(&design, &target), &by).unwrap();
            assert_eq!(active.len(), dense.len());
            for (a, b) in active.iter().zip(&dense) {
                assert!((a - b).abs() < 1e-8, "{price}: {a} {b}");
            }
        }
    }

    #[test]
    fn a_sample_without_a_value_of_a_feature_changes_no_optimum() {
        let n = 2 * SAMPLED_ROWS + 100;
        let draw = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1u64 << 53) as f64;
        let is_one = |row: usize| draw(row, 1) < 0.5;
        let sample = drawn(n, SAMPLED_ROWS);
        let is_other = |row: usize| sample.binary_search(&row).is_err() && draw(row, 2) < 0.5;
        let log_odds = |row: usize| f64::from(u8::from(is_one(row))) + 2.0 * f64::from(u8::from(is_other(row))) - 1.0;
        let target = Target::new((0..n).map(|row| draw(row, 3) < 1.0 / (1.0 + (-log_odds(row)).exp()))).unwrap();
        let codes = |is: &dyn Fn(usize) -> bool| (0..n).map(|row| u16::from(is(row))).collect::<Vec<_>>();
        let design = Design::coded(n, [codes(&is_one), codes(&is_other)].map(|codes| (codes, vec![0.0, 1.0])));
        let (some, _, _) = sampled(&design, &target, &free(0.0)).unwrap();
        assert!(some.height() < SAMPLED_ROWS && some.codes()[1].iter().all(|code| *code == 0));
        for bounded in [false, true] {
            let by = Objective { l2: 1e-3, bounded, ..Objective::default() };
            let fitted = fit_logistic(&design, &target, &by).unwrap();
            let (dense, _) = newton(&|at| design.sums(at, &target), prior(&design, &target), &by).unwrap();
            for (a, b) in fitted.coefficients.iter().chain([&fitted.intercept]).zip(&dense) {
                assert!((a.value - b).abs() < 1e-8, "{} {b}", a.value);
            }
        }
    }

    #[test]
    fn lands_where_linfa_lands_when_all_weights_are_one() {
        let (design, target) = sample(3_000);
        let fitted = fit_logistic(&design, &target, &free(0.7)).unwrap();
        let cells: Vec<f64> = (0..3_000).flat_map(|row| design.row(row).collect::<Vec<_>>()).collect();
        let records = Array2::from_shape_vec((3_000, 3), cells).unwrap();
        let dataset = DatasetBase::new(records, Array1::from_vec(target.events().to_vec()));
        let linfa = LogisticRegression::default().alpha(0.7).gradient_tolerance(1e-7).max_iterations(1_000);
        let linfa = linfa.fit(&dataset).unwrap();
        let sign = if linfa.labels().pos.class { 1.0 } else { -1.0 };
        for (ours, theirs) in fitted.coefficients.iter().zip(linfa.params()) {
            assert!((ours.value - sign * theirs).abs() < 1e-6, "{} {theirs}", ours.value);
        }
        assert!((fitted.intercept.value - sign * linfa.intercept()).abs() < 1e-6);
    }

    #[test]
    fn weights_act_as_repeated_rows() {
        let (design, target) = sample(2_000);
        let weights: Vec<f64> = (0..2_000).map(|row| f64::from(1 + row % 3)).collect();
        let weighted = fit_logistic(&design, &target.clone().weights(&weights).unwrap(), &free(0.5)).unwrap();
        let rows: Vec<usize> = (0..2_000).flat_map(|row| vec![row; 1 + row % 3]).collect();
        let repeated = design.rows(&rows);
        let plain = fit_logistic(&repeated, &target.rows(&rows).unwrap(), &free(0.5)).unwrap();
        for (a, b) in weighted.coefficients.iter().zip(&plain.coefficients) {
            assert!((a.value - b.value).abs() < 1e-9 && (a.standard_error / b.standard_error - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn says_which_coefficients_may_be_zero() {
        let (design, target) = sample(3_000);
        let fitted = fit_logistic(&design, &target, &free(0.0)).unwrap();
        assert!(fitted.coefficients[0].p_value < 1e-6 && fitted.coefficients[1].p_value < 1e-6);
        let (low, high) = fitted.coefficients[0].interval(0.95);
        assert!(low < 1.0 && 1.0 < high && high - low < 0.5, "{low} {high}");
    }

    #[test]
    fn refuses_features_that_repeat_each_other_without_penalty() {
        let (design, target) = sample(500);
        let twice = design.with_twin();
        assert!(fit_logistic(&twice, &target, &free(0.0)).is_err());
        assert!(fit_logistic(&twice, &target, &free(1.0)).is_ok());
    }
}
