use serde::{Deserialize, Serialize};

/// How far a distribution over bins has moved from another.
///
/// Of scores it is known as the population stability index (PSI), of a feature as the characteristic stability index (CSI).
///
/// # Formula
///
/// `Σ (a − e) ln(a / e)` over bins, `e` the base's share and `a` the share now; half a row is added to every bin, so that
/// an empty one stays finite. Without any change it is about `by_chance = (k − 1) (1/n + 1/m)` for `k` bins, `n` and `m`
/// rows.
///
/// # References
///
/// Siddiqi, *Credit Risk Scorecards* (2006); Yurdakul and Naranjo, *Statistical properties of the population stability
/// index* (2020) for the second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The index.
    pub index: f64,
    /// What it is on average when nothing has changed.
    pub by_chance: f64,
}

impl Drift {
    /// From rows per bin, before and now.
    ///
    /// ```
    /// # use wherewithal::model::Drift;
    /// let drift = Drift::new(&[50.0, 50.0], &[500.0, 500.0]);
    /// assert!(drift.index < 1e-6 && (drift.by_chance - 0.011).abs() < 1e-12);
    /// assert!(Drift::new(&[50.0, 50.0], &[900.0, 100.0]).index > 0.25);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "a handful of bins")]
    pub fn new(base: &[f64], now: &[f64]) -> Self {
        let bins = base.len().max(now.len()) as f64;
        let (all_base, all_now) = (base.iter().sum::<f64>(), now.iter().sum::<f64>());
        let share = |rows: f64, all: f64| (rows + 0.5) / (all + 0.5 * bins);
        let moved = |(base, now): (&f64, &f64)| {
            let (expected, actual) = (share(*base, all_base), share(*now, all_now));
            (actual - expected) * (actual / expected).ln()
        };
        let index = base.iter().zip(now).map(moved).sum();
        Self { index, by_chance: (bins - 1.0) * (1.0 / all_base.max(1.0) + 1.0 / all_now.max(1.0)) }
    }
}
