use serde::{Deserialize, Serialize};

use super::binning::BinMap;
use super::design::Design;
use super::logistic::{Logistic, Objective, fit_logistic};
use super::{ScorecardParams, Target};
use crate::error::{Error, Result};

/// A coefficient up to this is held at its bound of zero.
const HELD: f64 = 1e-8;

/// A feature that is not on the card, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The feature's name.
    pub feature: String,
    /// Why it was left out.
    pub reason: ExclusionReason,
}

/// Why a feature is not on the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExclusionReason {
    /// No bins satisfy the settings; the text names those that bind.
    NoBins(String),
    /// Too little information value.
    Information(f64),
    /// Too close to a feature with more information.
    Correlation {
        /// That feature.
        with: String,
        /// The correlation of the two in weight of evidence.
        correlation: f64,
    },
    /// Nearly a combination of the other features: its variance inflation.
    Inflation(f64),
    /// Fewer rows of the rarer class than so many features need.
    Room,
    /// Beside the others its coefficient would contradict its own weight of evidence.
    Sign,
    /// Its coefficient may well be zero: the p-value of Wald's test.
    Wald(f64),
}

/// The features that stay, and the fit on them.
pub(super) struct Selection {
    pub(super) kept: Vec<BinMap>,
    pub(super) logistic: Logistic,
    pub(super) excluded: Vec<Exclusion>,
}

/// Features still in the running, the most informative first.
struct Field {
    maps: Vec<BinMap>,
    design: Design,
    excluded: Vec<Exclusion>,
}

/// Chooses features and fits on them, in this order: information, correlation, variance inflation, room, sign (all at
/// once, by a fit whose coefficients may not fall below zero), then Wald's test with a refit after each exclusion.
pub(super) fn select(binned: Vec<(BinMap, Vec<u16>)>, target: &Target, params: &ScorecardParams) -> Result<Selection> {
    let mut field = informative(binned, target, params);
    field.drop_correlated(target, params.max_correlation);
    field.drop_inflated(target, params.max_vif);
    field.make_room(target, params);
    let mut logistic = field.fit(target, params, params.expected_sign)?;
    if params.expected_sign {
        field.drop_at_zero(&logistic);
        logistic = field.fit(target, params, false)?;
    }
    while let Some((feature, p_value)) = unsure(&logistic, params) {
        let keep: Vec<usize> = (0..field.maps.len()).filter(|at| *at != feature).collect();
        field.retain(&keep, |_| ExclusionReason::Wald(p_value));
        logistic = field.fit(target, params, params.expected_sign)?;
    }
    Ok(Selection { kept: field.maps, logistic, excluded: field.excluded })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
fn informative(mut binned: Vec<(BinMap, Vec<u16>)>, target: &Target, params: &ScorecardParams) -> Field {
    let events = target.events().iter().filter(|event| **event).count() as f64;
    let noise = 1.0 / events + 1.0 / (target.height() as f64 - events);
    let floor = params.min_information_value.max(params.min_information_noise * noise);
    binned.sort_by(|a, b| {
        b.0.information_value().total_cmp(&a.0.information_value()).then_with(|| a.0.feature.cmp(&b.0.feature))
    });
    let (rich, poor): (Vec<_>, Vec<_>) = binned.into_iter().partition(|(map, _)| map.information_value() >= floor);
    let exclusion = |(map, _): (BinMap, Vec<u16>)| Exclusion {
        reason: ExclusionReason::Information(map.information_value()),
        feature: map.feature,
    };
    let excluded = poor.into_iter().map(exclusion).collect();
    let (maps, codes): (Vec<_>, Vec<_>) = rich.into_iter().unzip();
    let design = Design::new(target.height(), maps.iter().zip(codes));
    Field { maps, design, excluded }
}

/// The coefficient that is least sure, if it is not sure enough.
fn unsure(logistic: &Logistic, params: &ScorecardParams) -> Option<(usize, f64)> {
    let limit = params.max_wald_p?;
    let p_values = logistic.coefficients.iter().map(|coefficient| coefficient.p_value).enumerate();
    p_values.filter(|(_, p)| *p > limit).max_by(|a, b| a.1.total_cmp(&b.1))
}

impl Field {
    fn fit(&self, target: &Target, params: &ScorecardParams, bounded: bool) -> Result<Logistic> {
        if self.maps.is_empty() {
            let found = format!("none of {} features informative", self.excluded.len());
            return Err(Error::too_little("fit a scorecard", found, "at least one informative feature"));
        }
        fit_logistic(&self.design, target, Objective { l2: params.l2, bounded })
    }

    /// Leaves out the features whose coefficient the bound holds at zero.
    fn drop_at_zero(&mut self, logistic: &Logistic) {
        let slopes = logistic.coefficients.iter().map(|coefficient| coefficient.value).enumerate();
        let keep: Vec<usize> = slopes.filter(|(_, slope)| *slope > HELD).map(|(at, _)| at).collect();
        self.retain(&keep, |_| ExclusionReason::Sign);
    }

    fn retain(&mut self, keep: &[usize], reason: impl Fn(usize) -> ExclusionReason) {
        let maps = std::mem::take(&mut self.maps);
        for (at, map) in maps.into_iter().enumerate() {
            if keep.contains(&at) {
                self.maps.push(map);
            } else {
                self.excluded.push(Exclusion { feature: map.feature, reason: reason(at) });
            }
        }
        self.design.retain(keep);
    }

    fn drop_correlated(&mut self, target: &Target, limit: f64) {
        let correlations = self.design.correlations(target);
        let mut keep: Vec<usize> = Vec::new();
        let mut twins: Vec<Option<(String, f64)>> = Vec::new();
        for (at, _) in self.maps.iter().enumerate() {
            let twin = keep.iter().copied().find(|other| correlations.at(at, *other).abs() > limit);
            if twin.is_none() {
                keep.push(at);
            }
            twins
                .push(twin.and_then(|other| Some((self.maps.get(other)?.feature.clone(), correlations.at(at, other)))));
        }
        self.retain(&keep, |at| {
            let (with, correlation) = twins.get(at).cloned().flatten().unwrap_or_default();
            ExclusionReason::Correlation { with, correlation }
        });
    }

    fn drop_inflated(&mut self, target: &Target, limit: f64) {
        let mut correlations = self.design.correlations(target);
        // A hair of ridge keeps exact combinations invertible; their inflation is still beyond any limit.
        (0..correlations.order()).for_each(|at| correlations.set(at, at, 1.0 + 1e-9));
        let Some(mut inverse) = correlations.inverse() else { return };
        let mut inflation: Vec<Option<f64>> = vec![None; self.maps.len()];
        loop {
            let rest = (0..self.maps.len()).filter(|at| inflation.get(*at).is_some_and(Option::is_none));
            let worst = rest.max_by(|a, b| inverse.at(*a, *a).total_cmp(&inverse.at(*b, *b)));
            let Some(worst) = worst.filter(|at| inverse.at(*at, *at) > limit) else { break };
            if let Some(slot) = inflation.get_mut(worst) {
                *slot = Some(inverse.at(worst, worst));
            }
            inverse = inverse.inverse_without(worst);
        }
        let keep: Vec<usize> =
            inflation.iter().enumerate().filter(|(_, gone)| gone.is_none()).map(|(at, _)| at).collect();
        self.retain(&keep, |at| ExclusionReason::Inflation(inflation.get(at).copied().flatten().unwrap_or_default()));
    }

    /// Keeps the most informative features that the rarer class can bear.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a quotient of counts, never negative")]
    fn make_room(&mut self, target: &Target, params: &ScorecardParams) {
        let events = target.events().iter().filter(|event| **event).count();
        let rarer = events.min(target.height() - events) as f64;
        let room = (rarer / params.min_rows_per_feature.max(f64::MIN_POSITIVE)) as usize;
        let most = params.max_features.min(room.max(1)).min(self.maps.len());
        self.retain(&(0..most).collect::<Vec<_>>(), |_| ExclusionReason::Room);
    }
}
