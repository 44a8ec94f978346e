//! Selects features: information, correlation, signs, significance.
//!
//! The order of the sieves, and what a card's list of exclusions calls them:
//!
//! | what is asked | set by | reason |
//! |---|---|---|
//! | are there bins at all | [`BinningParams`](super::BinningParams) | `NoBins` |
//! | does it say enough alone | `min_information_value`, `min_information_noise` | `Information` |
//! | does it say it on other rows too | `cross_fit_folds` | `Noise` |
//! | does a better one say the same | `max_correlation` | `Correlation` |
//! | do the others together say the same | `max_vif` | `Inflation` |
//! | does it keep its sign beside the others | `expected_sign`, `feature_price` | `Sign` |
//! | are there rows enough | `min_rows_per_feature` | `Room` |
//! | is it in the best set of so many | `max_features`, `sizes` | `Parsimony` |
//! | is its coefficient sure | `max_wald_p` | `Wald` |

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::binning::BinMap;
use super::cross_fit::cross_fit;
use super::design::Design;
use super::evidence::within_evidence;
use super::fit::Table;
use super::logistic::{Logistic, Objective, fit_logistic, fit_priced, penalised, refit_logistic};
use super::refinement::refine;
use super::subset::Subsets;
use super::symmetric::Symmetric;
use super::{ScorecardParams, Target};
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// A coefficient up to this is held at its bound of zero.
const HELD: f64 = 1e-8;

/// Features that an error names.
const NAMED: usize = 8;

/// A feature that is not on the card, and why.
///
/// A feature that a person expected on the card and misses is named here with the figure that kept it out.
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
    /// Its bins say nothing about rows that they were not found on.
    Noise,
    /// Too close to a feature that says more.
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
    /// Beside the others its coefficient would contradict its own weight of evidence, or is not worth its price.
    Sign,
    /// Its coefficient may well be zero: the p-value of Wald's test.
    Wald(f64),
    /// The card may have only so many features, and others together say more.
    Parsimony,
    /// Its boosted shape is flat within the loss that the settings allow, and no pair needs it.
    Flat,
}

/// The features that stay, and the fit on them.
pub(super) struct Selection {
    /// Each feature's bins, and the log-odds of each bin.
    pub(super) kept: Vec<(BinMap, Vec<f64>)>,
    pub(super) logistic: Logistic,
    pub(super) excluded: Vec<Exclusion>,
}

/// Features still in the running, the most telling first.
#[derive(Clone)]
struct Field {
    maps: Vec<BinMap>,
    /// Weight of evidence from the bins of the card.
    design: Design,
    /// Weight of evidence that the rows had no part in, which selection and coefficients come from.
    read: Design,
    /// What each feature says alone, and its deviation.
    alone: Vec<(f64, f64)>,
    excluded: Vec<Exclusion>,
    /// Coefficients near the optimum, the intercept last, where some are known.
    near: Option<Vec<f64>>,
}

/// Chooses features and fits on them, for each of several numbers of features at most; these share all that comes
/// before the choice.
///
/// Every feature is judged by cross-fitted weight of evidence, in this order: information, correlation, variance
/// inflation, sign and price (all at once, by a fit whose coefficients may not fall below zero and cost their price),
/// room, the best set of so many features, then Wald's test with a refit after each exclusion. The coefficients that
/// stand are free of the price. At the end the log-odds of the bins are refined around them.
pub(super) fn select(
    binned: (Coded, Vec<Exclusion>),
    table: &Table<'_>,
    (params, sizes): (&ScorecardParams, &[usize]),
) -> Result<Vec<Selection>> {
    let mut field = prepared(binned, table, params)?;
    let subsets = if sizes.iter().any(|size| *size < field.maps.len()) {
        Some(field.subsets(&table.target, params)?)
    } else {
        None
    };
    let one = |size: &usize| {
        let mut field = field.clone();
        if let Some(subsets) = subsets.as_ref().filter(|_| *size < field.maps.len()) {
            field.retain(&subsets.best(*size), |_| ExclusionReason::Parsimony);
        }
        finished(field, table, params)
    };
    sizes.par_iter().map(one).collect()
}

/// The features that may stand on a card beside each other.
fn prepared((binned, unbinned): (Coded, Vec<Exclusion>), table: &Table<'_>, params: &ScorecardParams) -> Result<Field> {
    let target = &table.target;
    let mut field = Field::new(informative(binned, target, params), table, params)?;
    field.excluded.extend(unbinned);
    let correlations = field.drop_correlated(target, params.max_correlation);
    field.drop_inflated((target, correlations), params.max_vif);
    if params.expected_sign {
        field.check()?;
        let priced = fit_priced((&field.read, target), &field.objective(params, params.feature_price))?;
        let keep: Vec<usize> = (0..field.maps.len()).filter(|at| priced.get(*at) > Some(&HELD)).collect();
        field.near = Some(priced);
        field.retain(&keep, |_| ExclusionReason::Sign);
    }
    field.make_room(target, params);
    Ok(field)
}

/// The fit on the features that were chosen.
fn finished(mut field: Field, table: &Table<'_>, params: &ScorecardParams) -> Result<Selection> {
    let target = &table.target;
    let mut logistic = field.fit(target, params)?;
    let keep = above_zero(&logistic);
    if params.expected_sign && keep.len() < field.maps.len() {
        field.retain(&keep, |_| ExclusionReason::Sign);
        logistic = field.fit(target, params)?;
    }
    while let Some((feature, p_value)) = unsure(&logistic, params) {
        let keep: Vec<usize> = (0..field.maps.len()).filter(|at| *at != feature).collect();
        field.retain(&keep, |_| ExclusionReason::Wald(p_value));
        logistic = field.fit(target, params)?;
    }
    let worth = refine(&field.maps, &field.design.codes(), (target, &mut logistic), params)?;
    let worth = if params.within_evidence { within_evidence(&field.maps, worth) } else { worth };
    Ok(Selection { kept: field.maps.into_iter().zip(worth).collect(), logistic, excluded: field.excluded })
}

/// Why features are out: the first of them by name.
pub(super) fn named_reasons(excluded: &[Exclusion]) -> Sentence {
    let why = |exclusion: &Exclusion| match &exclusion.reason {
        ExclusionReason::NoBins(why) => says!("no bins, {why}", why = Sentence::from(why)),
        ExclusionReason::Information(value) => says!("information {value}", value = format!("{value:.4}")),
        ExclusionReason::Flat => says!("flat"),
        _ => says!("says nothing about rows that its bins were not found on"),
    };
    let named = excluded.iter().take(NAMED).map(|out| says!("{feature}: {why}", feature = out.feature, why = why(out)));
    let named = Sentence::list(named, "; ");
    match excluded.len() {
        0 => named,
        n if n > NAMED => says!(" ({named}; …)", named),
        _ => says!(" ({named})", named),
    }
}

pub(super) type Coded = Vec<(BinMap, Vec<u16>)>;

/// Those with enough information value, and the exclusions of the others.
fn informative(binned: Coded, target: &Target, params: &ScorecardParams) -> (Coded, Vec<Exclusion>) {
    let (events, others) = target.class_weights();
    let noise = 1.0 / events + 1.0 / others;
    let floor = params.min_information_value.max(params.min_information_noise * noise);
    let (rich, poor): (Coded, Coded) = binned.into_iter().partition(|(map, _)| map.information_value() >= floor);
    let exclusion = |(map, _): (BinMap, Vec<u16>)| Exclusion {
        reason: ExclusionReason::Information(map.information_value()),
        feature: map.feature,
    };
    (rich, poor.into_iter().map(exclusion).collect())
}

/// The features whose coefficient no bound holds at zero.
fn above_zero(logistic: &Logistic) -> Vec<usize> {
    let slopes = logistic.coefficients.iter().map(|coefficient| coefficient.value).enumerate();
    slopes.filter(|(_, slope)| *slope > HELD).map(|(at, _)| at).collect()
}

/// The coefficient that is least sure, if it is not sure enough.
fn unsure(logistic: &Logistic, params: &ScorecardParams) -> Option<(usize, f64)> {
    let limit = params.max_wald_p?;
    let p_values = logistic.coefficients.iter().map(|coefficient| coefficient.p_value).enumerate();
    p_values.filter(|(_, p)| *p > limit).max_by(|a, b| a.1.total_cmp(&b.1))
}

impl Field {
    /// Puts the features in order, the most telling first; equal ones by name.
    fn new((binned, excluded): (Coded, Vec<Exclusion>), table: &Table<'_>, params: &ScorecardParams) -> Result<Self> {
        let target = &table.target;
        let (maps, codes): (Vec<_>, Vec<_>) = binned.into_iter().unzip();
        let names: Vec<&str> = maps.iter().map(|map| map.feature.as_str()).collect();
        let design = Design::new(target.height(), maps.iter().zip(codes));
        let read = if params.cross_fit_folds < 2 { design.clone() } else { cross_fit(table, &names, params)? };
        let alone = read.alone(target);
        let z = |at: usize| alone.get(at).map_or(0.0, |(z, _)| *z);
        let mut order: Vec<usize> = (0..maps.len()).collect();
        order.sort_by(|a, b| z(*b).total_cmp(&z(*a)).then_with(|| names.get(*a).cmp(&names.get(*b))));
        let design = design.arranged(&order);
        let alone: Vec<(f64, f64)> = order.iter().filter_map(|at| alone.get(*at).copied()).collect();
        let read = read.arranged(&order);
        let mut maps: Vec<Option<BinMap>> = maps.into_iter().map(Some).collect();
        let maps = order.iter().filter_map(|at| maps.get_mut(*at).and_then(Option::take)).collect();
        let mut field = Self { maps, design, read, alone, excluded, near: None };
        let alone = field.alone.iter().enumerate();
        let telling: Vec<usize> = alone.filter(|(_, (z, _))| *z > 0.0).map(|(at, _)| at).collect();
        field.retain(&telling, |_| ExclusionReason::Noise);
        Ok(field)
    }

    fn objective(&self, params: &ScorecardParams, price: f64) -> Objective {
        let prices = self.alone.iter().map(|(_, deviation)| price * deviation).collect();
        Objective { l2: params.l2, bounded: params.expected_sign, prices, ..Objective::default() }
    }

    /// The fit on all features, from coefficients that are known to be near.
    fn fit(&mut self, target: &Target, params: &ScorecardParams) -> Result<Logistic> {
        self.check()?;
        let by = self.objective(params, 0.0);
        let found = match self.near.take() {
            Some(near) => refit_logistic((&self.read, target), &by, near)?,
            None => fit_logistic(&self.read, target, &by)?,
        };
        self.near = Some(found.picked(&(0..self.maps.len()).collect::<Vec<_>>()));
        Ok(found)
    }

    fn check(&self) -> Result<()> {
        if self.maps.is_empty() {
            let found =
                says!("none of {} features informative{}", [self.excluded.len(), named_reasons(&self.excluded)]);
            return Err(Error::too_little("fit a scorecard", found, "at least one informative feature"));
        }
        Ok(())
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
        self.read.retain(keep);
        self.alone = keep.iter().filter_map(|at| self.alone.get(*at).copied()).collect();
        if let Some(near) = &mut self.near {
            *near = keep.iter().filter_map(|at| near.get(*at)).chain(near.last()).copied().collect();
        }
    }

    /// Leaves out what says the same as a more telling feature; the correlations of what stays come back, where they
    /// were needed.
    fn drop_correlated(&mut self, target: &Target, limit: f64) -> Option<Symmetric> {
        if limit >= 1.0 {
            return None;
        }
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
        Some(correlations.picked(&keep))
    }

    fn drop_inflated(&mut self, (target, correlations): (&Target, Option<Symmetric>), limit: f64) {
        if limit >= f64::MAX {
            return;
        }
        let mut correlations = correlations.unwrap_or_else(|| self.design.correlations(target));
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

    /// What each set of features explains together.
    fn subsets(&mut self, target: &Target, params: &ScorecardParams) -> Result<Subsets> {
        self.fit(target, params)?;
        let coefficients = self.near.clone().unwrap_or_default();
        let sums = penalised(self.read.sums(&coefficients, target), &coefficients, &self.objective(params, 0.0));
        Ok(Subsets::new(&sums, &coefficients))
    }

    /// Keeps the most telling features that the rarer class can bear.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a quotient of counts, never negative")]
    fn make_room(&mut self, target: &Target, params: &ScorecardParams) {
        let (events, others) = target.class_weights();
        let rarer = events.min(others);
        let room = (rarer / params.min_rows_per_feature.max(f64::MIN_POSITIVE)) as usize;
        let most = room.max(1).min(self.maps.len());
        self.retain(&(0..most).collect::<Vec<_>>(), |_| ExclusionReason::Room);
    }
}
