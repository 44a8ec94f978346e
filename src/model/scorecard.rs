//! The fitted scorecard and its stored form.
//!
//! A stored card is JSON that holds all it scores by (bins, points, scale, calibration) and what a reviewer
//! asks of it (coefficients with their errors, the features left out and why, the settings, the
//! validation). A build refuses a form that it does not know by its number.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::additive::AdditiveParams;
use super::binning::BinMap;
use super::column::Column;
use super::pair::{self, ScorecardPair};
use super::path::FeaturePath;
use super::scale::{PointsScale, whole_points};
use super::selection::{Exclusion, Selection};
use super::{Calibrator, Coefficient, ScorecardParams, Target, ValidationReport};
use crate::domain::{Points, Probability};
use crate::error::{Error, Result};
use crate::sentence::says;

/// The version of the stored form that this build writes.
pub const FORMAT_VERSION: u32 = 4;

/// The oldest stored form that this build reads; 2 had no pairs and no standard errors of points, 1
/// no calibration method, no refinement and fewer metrics.
const OLDEST_FORMAT: u32 = 2;

/// A fitted scorecard: bins and their points, and how points become a probability.
///
/// Immutable, and named by the digest of all it holds: two cards with one digest score alike everywhere.
///
/// # Properties
///
/// Score = base points + one bin's points per feature + one cell's points per pair, in whole
/// numbers, exactly. A card survives [`Scorecard::to_json`] and [`Scorecard::from_json`] unchanged,
/// to the last bit.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    digest: String,
    body: CardBody,
}

/// One feature of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardFeature {
    map: BinMap,
    coefficient: Coefficient,
    log_odds: Vec<f64>,
    points: Vec<i32>,
    typical_points: i32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    standard_errors: Vec<f64>,
}

/// How much whole points differ from the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingReport {
    /// No score differs by more points than this from the unrounded fit.
    pub bound_points: f64,
    /// The same in log-odds.
    pub bound_log_odds: f64,
}

/// Everything a card holds but its digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CardBody {
    rows: usize,
    events: usize,
    params: ScorecardParams,
    base_points: i32,
    intercept: Coefficient,
    features: Vec<ScorecardFeature>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<ScorecardPair>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) additive: Option<AdditiveParams>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<FeaturePath>,
    rounding: RoundingReport,
    log_likelihood: f64,
    pub(super) calibrator: Calibrator,
    pub(super) held_out: Option<ValidationReport>,
    excluded: Vec<Exclusion>,
}

impl ScorecardFeature {
    /// The feature's name.
    pub fn name(&self) -> &str {
        &self.map.feature
    }

    /// How values become bins.
    pub fn map(&self) -> &BinMap {
        &self.map
    }

    /// The coefficient on weight of evidence: the straight line around which the bins' log-odds are refined.
    pub fn coefficient(&self) -> Coefficient {
        self.coefficient
    }

    /// What each bin is worth in log-odds, in the order of the map's bins; the points are these, scaled and rounded.
    pub fn log_odds(&self) -> &[f64] {
        &self.log_odds
    }

    /// Standard errors of the log-odds of each bin, between bags; empty where the fit has no bags: see
    /// [`ScorecardFeature::coefficient`].
    pub fn standard_errors(&self) -> &[f64] {
        &self.standard_errors
    }

    /// The points of each bin, in the order of the map's bins.
    pub fn points(&self) -> &[i32] {
        &self.points
    }

    /// The points of a bin; those of `None`, weight of evidence 0, are 0.
    pub fn points_of(&self, bin: Option<usize>) -> Points {
        Points(bin.and_then(|bin| self.points.get(bin)).copied().unwrap_or(0))
    }

    /// The mean points over the rows of the fit, rounded: what is typical.
    pub fn typical_points(&self) -> Points {
        Points(self.typical_points)
    }

    /// The most points less the fewest.
    pub fn range(&self) -> u32 {
        let bounds = self.points.iter().min().zip(self.points.iter().max());
        bounds.map_or(0, |(least, most)| most.abs_diff(*least))
    }
}

/// A fit, before its log-odds become points.
pub(super) struct Fitted {
    pub(super) intercept: Coefficient,
    pub(super) features: Vec<FittedFeature>,
    /// Pairs whose points are still empty.
    pub(super) pairs: Vec<ScorecardPair>,
    pub(super) log_likelihood: f64,
    pub(super) excluded: Vec<Exclusion>,
}

/// One feature of a fit.
pub(super) struct FittedFeature {
    pub(super) map: BinMap,
    pub(super) coefficient: Coefficient,
    pub(super) log_odds: Vec<f64>,
    pub(super) standard_errors: Vec<f64>,
}

impl From<Selection> for Fitted {
    fn from(mut selection: Selection) -> Self {
        selection.excluded.sort_by(|a, b| a.feature.cmp(&b.feature));
        let feature =
            |((map, log_odds), coefficient)| FittedFeature { map, coefficient, log_odds, standard_errors: Vec::new() };
        Self {
            intercept: selection.logistic.intercept,
            features: selection.kept.into_iter().zip(selection.logistic.coefficients).map(feature).collect(),
            pairs: Vec::new(),
            log_likelihood: selection.logistic.log_likelihood,
            excluded: selection.excluded,
        }
    }
}

/// The nearest whole points of log-odds.
fn rounded(log_odds: &[f64], factor: f64) -> Vec<i32> {
    log_odds.iter().map(|log_odds| whole_points(factor * log_odds)).collect()
}

/// How far whole points are from log-odds at most.
fn furthest(log_odds: &[f64], points: &[i32], factor: f64) -> f64 {
    let errors = log_odds.iter().zip(points).map(|(log_odds, points)| (factor * log_odds - f64::from(*points)).abs());
    errors.fold(0.0, f64::max)
}

/// The weighted mean of points, rounded.
fn typical(points: &[i32], weights: impl Iterator<Item = f64> + Clone) -> i32 {
    let total: f64 = weights.clone().sum();
    let sum: f64 = points.iter().zip(weights).map(|(points, weight)| weight * f64::from(*points)).sum();
    whole_points(sum / total)
}

impl CardBody {
    pub(super) fn new(fitted: impl Into<Fitted>, target: &Target, params: &ScorecardParams) -> Self {
        let (fitted, scale) = (fitted.into(), params.scale);
        let exact_base = scale.base(fitted.intercept.value);
        let base_points = whole_points(exact_base);
        let mut pairs = fitted.pairs;
        pairs.iter_mut().for_each(|pair| pair.points = rounded(&pair.log_odds, scale.factor()));
        let feature = |fitted: FittedFeature| ScorecardFeature {
            points: rounded(&fitted.log_odds, scale.factor()),
            map: fitted.map,
            coefficient: fitted.coefficient,
            log_odds: fitted.log_odds,
            typical_points: 0,
            standard_errors: fitted.standard_errors,
        };
        let mut features: Vec<ScorecardFeature> = fitted.features.into_iter().map(feature).collect();
        for feature in &mut features {
            pair::keep_trend((&feature.map, &mut feature.points), &pairs);
            feature.typical_points = typical(&feature.points, feature.map.bins.iter().map(|bin| bin.counts.weight));
        }
        pairs
            .iter_mut()
            .for_each(|pair| pair.typical_points = typical(&pair.points, pair.counts.iter().map(|cell| cell.weight)));
        let of_features = features.iter().map(|feature| furthest(&feature.log_odds, &feature.points, scale.factor()));
        let of_pairs = pairs.iter().map(|pair| furthest(&pair.log_odds, &pair.points, scale.factor()));
        let bound_points =
            (exact_base - f64::from(base_points)).abs() + of_features.sum::<f64>() + of_pairs.sum::<f64>();
        Self {
            rows: target.height(),
            events: target.events().iter().filter(|event| **event).count(),
            params: params.clone(),
            base_points,
            intercept: fitted.intercept,
            features,
            pairs,
            additive: None,
            path: None,
            rounding: RoundingReport { bound_points, bound_log_odds: bound_points / scale.factor() },
            log_likelihood: fitted.log_likelihood,
            calibrator: Calibrator::Identity,
            held_out: None,
            excluded: fitted.excluded,
        }
    }

    /// Finds what log-odds mean, from rows that the card was not learnt from; and, where asked, how good that is.
    pub(super) fn calibrate(
        &mut self,
        (params, log_odds): (&ScorecardParams, &[f64]),
        target: &Target,
        reports: bool,
    ) -> Result<()> {
        self.calibrator = Calibrator::fit(params.calibration, log_odds, target)?;
        if reports {
            let probability = |x: &f64| self.calibrator.probability(*x).value();
            let probabilities: Vec<f64> = log_odds.iter().map(probability).collect();
            self.held_out = Some(ValidationReport::new(&probabilities, target)?);
        }
        Ok(())
    }

    pub(super) fn features(&self) -> &[ScorecardFeature] {
        &self.features
    }

    /// The score of each row.
    fn scores(&self, columns: &[(&str, Column<'_>)]) -> Vec<Points> {
        let height = columns.first().map_or(0, |(_, column)| column.len());
        let mut scores = vec![Points(self.base_points); height];
        let codes = |name: &str| {
            let feature = self.features.iter().find(|feature| feature.name() == name)?;
            let (_, column) = columns.iter().find(|(other, _)| *other == name)?;
            Some(feature.map.codes(column))
        };
        for feature in &self.features {
            let Some(codes) = codes(feature.name()) else { continue };
            for (score, code) in scores.iter_mut().zip(codes) {
                score.0 += feature.points_of(Some(usize::from(code))).0;
            }
        }
        for pair in &self.pairs {
            let [first, second] = pair.features();
            let Some((first, second)) = codes(first).zip(codes(second)) else { continue };
            for (score, (a, b)) in scores.iter_mut().zip(first.into_iter().zip(second)) {
                score.0 += pair.points_of([Some(usize::from(a)), Some(usize::from(b))]).0;
            }
        }
        scores
    }

    /// The log-odds that each row's score stands for.
    pub(super) fn log_odds(&self, columns: &[(&str, Column<'_>)]) -> Vec<f64> {
        self.scores(columns).into_iter().map(|score| self.params.scale.log_odds(score)).collect()
    }
}

impl Scorecard {
    pub(super) fn seal(body: CardBody) -> Result<Self> {
        Ok(Self { digest: digest(&body)?, body })
    }

    /// The card's name: a hash of everything it holds.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The rows it was fitted on.
    pub fn rows(&self) -> usize {
        self.body.rows
    }

    /// Those of them with the event.
    pub fn events(&self) -> usize {
        self.body.events
    }

    /// The settings it was fitted with.
    pub fn params(&self) -> &ScorecardParams {
        &self.body.params
    }

    /// The points that every row starts from.
    pub fn base_points(&self) -> Points {
        Points(self.body.base_points)
    }

    /// The intercept of the fit.
    pub fn intercept(&self) -> Coefficient {
        self.body.intercept
    }

    /// The features, the most informative first.
    pub fn features(&self) -> &[ScorecardFeature] {
        &self.body.features
    }

    /// The feature of this name.
    pub fn feature(&self, name: &str) -> Option<&ScorecardFeature> {
        self.body.features.iter().find(|feature| feature.name() == name)
    }

    /// The pairs of features that say together what neither says alone; none on a card without them.
    pub fn pairs(&self) -> &[ScorecardPair] {
        &self.body.pairs
    }

    /// How the card was boosted; `None` for a card of weight of evidence.
    pub fn additive(&self) -> Option<&AdditiveParams> {
        self.body.additive.as_ref()
    }

    /// What fewer features would lose, where the card chose among [`ScorecardParams::sizes`].
    pub fn path(&self) -> Option<&FeaturePath> {
        self.body.path.as_ref()
    }

    /// Features that were left out, by name, each with the reason.
    pub fn excluded(&self) -> &[Exclusion] {
        &self.body.excluded
    }

    /// How log-odds became points.
    pub fn scale(&self) -> PointsScale {
        self.body.params.scale
    }

    /// What rounding to whole points cost at most.
    pub fn rounding(&self) -> RoundingReport {
        self.body.rounding
    }

    /// The penalised log-likelihood of the fit, bins refined.
    pub fn log_likelihood(&self) -> f64 {
        self.body.log_likelihood
    }

    /// How log-odds become a probability.
    pub fn calibrator(&self) -> &Calibrator {
        &self.body.calibrator
    }

    /// How cards like this one did on the folds held out for calibration; `None` when none were.
    ///
    /// Ranking is judged on rows never learnt from. The calibrator was fitted on these same rows: for an independent
    /// judgement of probabilities see [`validate`](super::validate).
    pub fn held_out(&self) -> Option<&ValidationReport> {
        self.body.held_out.as_ref()
    }

    /// The score of the typical row: base points and the mean points of each feature and pair.
    pub fn typical_score(&self) -> Points {
        let features: i32 = self.body.features.iter().map(|feature| feature.typical_points).sum();
        let pairs: i32 = self.body.pairs.iter().map(|pair| pair.typical_points).sum();
        Points(self.body.base_points + features + pairs)
    }

    /// The probability of the event at a score.
    pub fn probability(&self, score: Points) -> Probability {
        self.body.calibrator.probability(self.scale().log_odds(score))
    }

    pub(super) fn body(&self) -> &CardBody {
        &self.body
    }

    pub(super) fn scores(&self, columns: &[(&str, Column<'_>)]) -> Vec<Points> {
        self.body.scores(columns)
    }

    /// The stored form.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] when a number in it is not finite, which no fit returns.
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.document())?)
    }

    /// The stored form as a part of a larger document.
    pub(crate) fn to_value(&self) -> Result<Value> {
        Ok(serde_json::to_value(self.document())?)
    }

    fn document(&self) -> Document {
        Document { format_version: FORMAT_VERSION, digest: self.digest.clone(), scorecard: self.body.clone() }
    }

    /// Reads a stored form.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a format this build does not read, [`Error::Json`] for text that is no card, and
    /// [`Error::Setting`] when the content is not what its digest says or its settings are out of range.
    pub fn from_json(text: &str) -> Result<Self> {
        readable(&serde_json::from_str(text)?)?;
        Self::opened(serde_json::from_str(text)?)
    }

    /// Reads a stored form out of a larger document.
    pub(crate) fn from_value(value: Value) -> Result<Self> {
        readable(&Format::deserialize(&value)?)?;
        Self::opened(serde_json::from_value(value)?)
    }

    /// A card out of a body that was read.
    pub(super) fn opened_from(body: CardBody) -> Result<Self> {
        body.params.check()?;
        Self::seal(body)
    }

    fn opened(document: Document) -> Result<Self> {
        let card = Self::opened_from(document.scorecard)?;
        if card.digest == document.digest {
            Ok(card)
        } else {
            Err(Error::setting("digest", document.digest, says!("{}, as the content has it", [card.digest])))
        }
    }
}

fn readable(format: &Format) -> Result<()> {
    if (OLDEST_FORMAT..=FORMAT_VERSION).contains(&format.format_version) {
        return Ok(());
    }
    let (artifact, found) = ("scorecard".into(), format.format_version);
    Err(Error::Version { artifact, found, oldest: OLDEST_FORMAT, newest: FORMAT_VERSION })
}

/// The part of a stored form that every version has.
#[derive(Deserialize)]
struct Format {
    format_version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format_version: u32,
    digest: String,
    scorecard: CardBody,
}

fn digest(body: &CardBody) -> Result<String> {
    let hash = blake3::hash(&serde_json::to_vec(body)?);
    Ok(hash.to_hex().chars().take(32).collect())
}
