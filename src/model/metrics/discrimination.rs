//! AUC (with DeLong's error), KS distance and related measures of ranking.

use super::Estimate;
use crate::model::Target;

/// One score value: the weight of events and of non-events that have it.
struct Step {
    events: f64,
    others: f64,
}

/// The rows in rising order of their scores, those with one score together.
struct Ranking {
    order: Vec<u32>,
    /// Where each run of equal scores ends in `order`.
    ends: Vec<usize>,
}

impl Ranking {
    fn new(scores: &[f64]) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(scores.len()).unwrap_or(u32::MAX)).collect();
        let score = |row: u32| scores.get(row as usize).copied().unwrap_or(f64::NAN) + 0.0;
        order.sort_unstable_by(|a, b| score(*a).total_cmp(&score(*b)));
        let mut ends = Vec::new();
        let mut at = 0;
        for run in order.chunk_by(|a, b| score(*a).total_cmp(&score(*b)).is_eq()) {
            at += run.len();
            ends.push(at);
        }
        Self { order, ends }
    }

    fn runs(&self) -> impl Iterator<Item = &[u32]> + Clone {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.order.get(start..*end).unwrap_or_default())
    }

    fn steps<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = Step> + Clone {
        self.runs().map(|run| {
            run.iter().fold(Step { events: 0.0, others: 0.0 }, |mut step, row| {
                let weight = target.weight(*row as usize);
                let event = target.events().get(*row as usize).copied().unwrap_or(false);
                *(if event { &mut step.events } else { &mut step.others }) += weight;
                step
            })
        })
    }
}

fn totals(steps: impl Iterator<Item = Step>) -> (f64, f64) {
    steps.fold((0.0, 0.0), |(events, others), step| (events + step.events, others + step.others))
}

/// The probability that a row with the event has a higher score than one without, ties counting half.
///
/// # Formula
///
/// `AUC = Σᵢ wᵢ Vᵢ / Σᵢ wᵢ` over events, `Vᵢ` the weighted share of non-events with a lower score
/// (half of the equal ones); `Var = Var(V over events) / m + Var(V over non-events) / n`, from one
/// sort in O(n log n). With unit weights this is DeLong's variance.
///
/// # References
///
/// DeLong, DeLong, Clarke-Pearson (1988); Sun and Xu, *Fast implementation of DeLong's algorithm* (2014).
pub fn auc(scores: &[f64], target: &Target) -> Estimate {
    let ranking = Ranking::new(scores);
    let (all_events, all_others) = totals(ranking.steps(target));
    let (mut events_below, mut others_below) = (0.0, 0.0);
    let mut placed: Vec<(f64, f64)> = Vec::with_capacity(ranking.ends.len());
    for step in ranking.steps(target) {
        let of_events = (others_below + step.others / 2.0) / all_others;
        let of_others = 1.0 - (events_below + step.events / 2.0) / all_events;
        placed.push((of_events, of_others));
        events_below += step.events;
        others_below += step.others;
    }
    let value =
        placed.iter().zip(ranking.steps(target)).map(|((v, _), step)| v * step.events).sum::<f64>() / all_events;
    let spread = |class: bool, total: f64| {
        let (mut n, mut sum) = (0.0, 0.0);
        for ((of_events, of_others), run) in placed.iter().zip(ranking.runs()) {
            let gap = (if class { *of_events } else { *of_others }) - value;
            for row in run.iter().filter(|row| target.events().get(**row as usize) == Some(&class)) {
                n += 1.0;
                sum += (target.weight(*row as usize) * gap).powi(2);
            }
        }
        sum * n / f64::max(n - 1.0, 1.0) / (total * total)
    };
    Estimate { value, standard_error: (spread(true, all_events) + spread(false, all_others)).sqrt() }
}

/// Where each row stands: of an event the weighted share of non-events below it, of a non-event
/// that of events above it.
fn placements(scores: &[f64], target: &Target) -> Vec<f64> {
    let ranking = Ranking::new(scores);
    let (all_events, all_others) = totals(ranking.steps(target));
    let (mut events_below, mut others_below) = (0.0, 0.0);
    let mut placed = vec![0.0; scores.len()];
    for (run, step) in ranking.runs().zip(ranking.steps(target)) {
        let of_events = (others_below + step.others / 2.0) / all_others;
        let of_others = 1.0 - (events_below + step.events / 2.0) / all_events;
        for row in run {
            let event = target.events().get(*row as usize).copied().unwrap_or(false);
            if let Some(slot) = placed.get_mut(*row as usize) {
                *slot = if event { of_events } else { of_others };
            }
        }
        events_below += step.events;
        others_below += step.others;
    }
    placed
}

/// How much better `scores` rank the rows than `others` do, the two on the same rows: the
/// difference of their areas under the curve, with the standard error of the paired difference
/// (DeLong's test).
///
/// # Examples
///
/// ```
/// use wherewithal::model::{Target, auc, auc_difference};
///
/// let target = Target::new([true, false, true, false, true])?;
/// let (one, other) = ([0.9, 0.1, 0.8, 0.3, 0.6], [0.9, 0.7, 0.8, 0.3, 0.6]);
/// let difference = auc_difference(&one, &other, &target);
/// assert!((difference.value - (auc(&one, &target).value - auc(&other, &target).value)).abs() < 1e-12);
/// # Ok::<(), wherewithal::Error>(())
/// ```
///
/// # References
///
/// DeLong, DeLong, Clarke-Pearson (1988).
pub fn auc_difference(scores: &[f64], others: &[f64], target: &Target) -> Estimate {
    let (placed, other) = (placements(scores, target), placements(others, target));
    let of_class = |class: bool| {
        let rows = placed.iter().zip(&other).enumerate();
        let rows = rows.filter(move |(row, _)| target.events().get(*row) == Some(&class));
        Estimate::mean(rows.map(|(row, (a, b))| (a - b, target.weight(row))).collect::<Vec<_>>().into_iter())
    };
    let (events, non_events) = (of_class(true), of_class(false));
    Estimate { value: events.value, standard_error: events.standard_error.hypot(non_events.standard_error) }
}

/// The largest distance between the score distributions of events and non-events.
///
/// # Formula
///
/// `KS = max over s of |F₀(s) − F₁(s)|`; the standard error is that of the two shares at the maximising score,
/// `√(F₀ (1 − F₀) / n + F₁ (1 − F₁) / m)` in rows.
pub fn kolmogorov_smirnov(scores: &[f64], target: &Target) -> Estimate {
    let ranking = Ranking::new(scores);
    let (all_events, all_others) = totals(ranking.steps(target));
    let (mut events, mut others) = (0.0, 0.0);
    let mut best = (0.0_f64, 0.0, 0.0);
    for step in ranking.steps(target) {
        events += step.events;
        others += step.others;
        let (reached, passed) = (events / all_events, others / all_others);
        if (passed - reached).abs() > best.0 {
            best = ((passed - reached).abs(), reached, passed);
        }
    }
    let (m, n) = target.effective_rows();
    let variance = best.1 * (1.0 - best.1) / m + best.2 * (1.0 - best.2) / n;
    Estimate { value: best.0, standard_error: variance.max(0.0).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_pairs_and_has_delongs_error() {
        let scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.9];
        let target = Target::new([false, false, true, true, true, false]).unwrap();
        let estimate = auc(&scores, &target);
        // .35 beats .1; .8 beats .1 and .4; .4 beats .1 and ties with .4: four and a half of nine pairs.
        assert!((estimate.value - 4.5 / 9.0).abs() < 1e-12);
        // The same by event (.35, .8, .4) and by non-event (.1, .4, .9).
        let var = |v: [f64; 3]| {
            let mean = v.iter().sum::<f64>() / 3.0;
            v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0
        };
        let expected = (var([1.0 / 3.0, 2.0 / 3.0, 0.5]) / 3.0 + var([1.0, 0.5, 0.0]) / 3.0).sqrt();
        assert!((estimate.standard_error - expected).abs() < 1e-12, "{estimate:?}");
    }

    #[test]
    fn weights_act_as_repeated_rows() {
        let scores = [0.2, 0.5, 0.5, 0.7, 0.1];
        let target =
            Target::new([true, false, true, true, false]).unwrap().weights(&[1.0, 2.0, 1.0, 3.0, 1.0]).unwrap();
        let repeated = [0.2, 0.5, 0.5, 0.5, 0.7, 0.7, 0.7, 0.1];
        let plain = Target::new([true, false, false, true, true, true, true, false]).unwrap();
        assert!((auc(&scores, &target).value - auc(&repeated, &plain).value).abs() < 1e-12);
        let (a, b) = (kolmogorov_smirnov(&scores, &target), kolmogorov_smirnov(&repeated, &plain));
        assert!((a.value - b.value).abs() < 1e-12);
    }

    #[test]
    fn a_perfect_score_separates() {
        let target = Target::new((0..100).map(|row| row >= 80)).unwrap();
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!((auc(&scores, &target).value, kolmogorov_smirnov(&scores, &target).value), (1.0, 1.0));
    }
}
