//! The population stability index.

use serde::{Deserialize, Serialize};

/// How far a distribution over bins has moved from another.
///
/// Of scores it is known as the population stability index (PSI), of a feature as the
/// characteristic stability index (CSI).
///
/// # Formula
///
/// `Σ (a − e) ln(a / e)` over bins, `e` the base's share and `a` the share now; half a row is added
/// to every bin, so that an empty one stays finite. Without any change it is about
/// `by_chance = (k − 1) (1/n + 1/m)` for `k` bins, `n` and `m` rows.
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
        let index = moved((base, now), 0.5);
        Self { index, by_chance: (bins - 1.0) * (1.0 / all_base.max(1.0) + 1.0 / all_now.max(1.0)) }
    }

    /// The index of the bins as they are, as textbooks have it; none where a bin is empty on either
    /// side, since it would have no end.
    ///
    /// ```
    /// # use wherewithal::model::Drift;
    /// let index = Drift::textbook(&[40.0, 60.0], &[50.0, 50.0]).ok_or("an empty bin")?;
    /// assert!((index - 0.1 * (1.5f64).ln()).abs() < 1e-15);
    /// assert_eq!(Drift::textbook(&[40.0, 0.0], &[50.0, 50.0]), None);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn textbook(base: &[f64], now: &[f64]) -> Option<f64> {
        let is_full = |bins: &[f64]| !bins.is_empty() && bins.iter().all(|rows| *rows > 0.0);
        (base.len() == now.len() && is_full(base) && is_full(now)).then(|| moved((base, now), 0.0))
    }
}

/// The index with so many rows added to every bin.
#[expect(clippy::cast_precision_loss, reason = "a handful of bins")]
fn moved((base, now): (&[f64], &[f64]), added: f64) -> f64 {
    let bins = base.len().max(now.len()) as f64;
    let (all_base, all_now) = (base.iter().sum::<f64>(), now.iter().sum::<f64>());
    let share = |rows: f64, all: f64| (rows + added) / (all + added * bins);
    let moved = |(base, now): (&f64, &f64)| {
        let (expected, actual) = (share(*base, all_base), share(*now, all_now));
        (actual - expected) * (actual / expected).ln()
    };
    base.iter().zip(now).map(moved).sum()
}
