//! The card of amounts: a scorecard whose points are amounts, and its stored form.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AmountReport, AmountUnit};
use crate::domain::Points;
use crate::error::{Error, Result};
use crate::model::column::Column;
use crate::model::scorecard::CardBody;
use crate::model::{CodedTable, Exclusion, Scorecard, ScorecardFeature, ScorecardPair};
use crate::sentence::says;

/// The version of the stored form that this build writes and reads.
const FORMAT_VERSION: u32 = 1;

/// The inner card counts log-odds in thousands of points.
pub(super) const THOUSAND: f64 = 1_000.0;

/// A fitted card of amounts: bins with an amount each, whose sum is what is expected.
///
/// Immutable, and named by the digest of all it holds.
///
/// # Properties
///
/// Amounts are whole multiples of one [`AmountUnit`]; base and the amounts of features and pairs add up to a sum
/// exactly. A sum below the least amount that was learnt from, or above the most, counts as that amount:
/// [`AmountCard::bounds`]. A card survives [`AmountCard::to_json`] and [`AmountCard::from_json`] unchanged, to the last
/// bit.
///
/// # Examples
///
/// ```
/// # use polars::prelude::*;
/// # use wherewithal::features::{FeatureTable, TableRoles};
/// # use wherewithal::model::{AdditiveParams, AmountTarget, fit_amount};
/// use wherewithal::model::AmountCard;
///
/// # let income: Vec<f64> = (0..600).map(|i| f64::from(i % 40)).collect();
/// # let paid: Vec<f64> = (0..600).map(|i| 25.0 * f64::from(i % 40) + f64::from((i * 7) % 11)).collect();
/// # let frame = DataFrame::new(600, vec![Column::new("income".into(), income)])?;
/// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = fit_amount(&table, &AmountTarget::new(paid)?, &AdditiveParams::default())?;
/// let (least, most) = card.bounds();
/// assert_eq!((least, most), (0.0, 985.0)); // no prediction lies beyond what was learnt from
/// assert_eq!(AmountCard::from_json(&card.to_json()?)?, card);
/// assert!(AmountCard::is_stored_in(&card.to_json()?) && !AmountCard::is_stored_in("{}"));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AmountCard {
    digest: String,
    facts: Facts,
    table: Scorecard,
}

/// What an amount card holds beside bins and points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    pub(super) mean: f64,
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) unit: AmountUnit,
    /// The mean amount of each bin, by feature.
    pub(super) means: Vec<Vec<f64>>,
    pub(super) held_out: Option<AmountReport>,
}

impl Facts {
    /// What a fit holds to, and all that is told of a card relies on.
    fn check(&self, table: &Scorecard) -> Result<()> {
        self.unit.check()?;
        for (name, value) in [("mean", self.mean), ("least", self.least), ("most", self.most)] {
            if !value.is_finite() {
                return Err(Error::setting(format!("amount.{name}"), value, "a finite amount"));
            }
        }
        if self.least > self.most {
            let expected = says!("at most the most amount, {}", [self.most]);
            return Err(Error::setting("amount.least", self.least, expected));
        }
        let bins = table.features().iter().map(|feature| feature.map().bins.len());
        if !bins.clone().eq(self.means.iter().map(Vec::len)) {
            let found = says!("{} features with {} bins", [self.means.len(), self.means.iter().flatten().count()]);
            let expected =
                says!("a mean for each of {} bins of {} features", [bins.clone().sum::<usize>(), bins.len()]);
            return Err(Error::setting("amount.means", found, expected));
        }
        Ok(())
    }
}

/// One feature of an amount card.
#[derive(Debug, Clone, Copy)]
pub struct AmountFeature<'a> {
    unit: AmountUnit,
    feature: &'a ScorecardFeature,
    means: &'a [f64],
}

/// Two features that add together what neither adds alone.
#[derive(Debug, Clone, Copy)]
pub struct AmountPair<'a> {
    unit: AmountUnit,
    pair: &'a ScorecardPair,
}

impl<'a> AmountFeature<'a> {
    /// The feature, its bins and their points.
    pub const fn feature(&self) -> &'a ScorecardFeature {
        self.feature
    }

    /// What each bin adds, in the order of the map's bins.
    pub fn amounts(&self) -> impl Iterator<Item = f64> + 'a {
        let unit = self.unit;
        self.feature.points().iter().map(move |points| unit.of(f64::from(*points)))
    }

    /// Standard errors of [`AmountFeature::amounts`], between bags.
    pub fn standard_errors(&self) -> impl Iterator<Item = f64> + 'a {
        let unit = self.unit;
        self.feature.standard_errors().iter().map(move |error| unit.of(THOUSAND * error))
    }

    /// The mean amount of the rows of the fit in each bin.
    pub const fn means(&self) -> &'a [f64] {
        self.means
    }
}

impl<'a> AmountPair<'a> {
    /// The pair, its lines and their points.
    pub const fn pair(&self) -> &'a ScorecardPair {
        self.pair
    }

    /// What each cell adds.
    pub fn amounts(&self) -> impl Iterator<Item = f64> + 'a {
        let unit = self.unit;
        self.pair.points().iter().map(move |points| unit.of(f64::from(*points)))
    }

    /// Standard errors of [`AmountPair::amounts`], between bags.
    pub fn standard_errors(&self) -> impl Iterator<Item = f64> + 'a {
        let unit = self.unit;
        self.pair.standard_errors().iter().map(move |error| unit.of(THOUSAND * error))
    }
}

impl AmountCard {
    pub(super) fn seal(facts: Facts, table: Scorecard) -> Result<Self> {
        let hash = blake3::hash(&serde_json::to_vec(&(&facts, table.digest()))?);
        Ok(Self { digest: hash.to_hex().chars().take(32).collect(), facts, table })
    }

    /// The card's name: a hash of everything it holds.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The bins and their points, each point being one [`AmountCard::unit`]. As a scorecard it scores, explains and is
    /// watched like any other; its log-odds and probabilities mean nothing.
    pub fn table(&self) -> &Scorecard {
        &self.table
    }

    /// What one point is.
    pub fn unit(&self) -> AmountUnit {
        self.facts.unit
    }

    /// The rows it was fitted on.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// The weighted mean of the amounts that it was fitted on.
    pub fn mean(&self) -> f64 {
        self.facts.mean
    }

    /// The least and the most amount that it was fitted on; no prediction lies beyond them.
    pub fn bounds(&self) -> (f64, f64) {
        (self.facts.least, self.facts.most)
    }

    /// What every row starts from.
    pub fn base(&self) -> f64 {
        self.sum(self.table.base_points())
    }

    /// The features, those that part amounts most first.
    pub fn features(&self) -> impl Iterator<Item = AmountFeature<'_>> {
        let unit = self.facts.unit;
        let both = self.table.features().iter().zip(&self.facts.means);
        both.map(move |(feature, means)| AmountFeature { unit, feature, means })
    }

    /// The pairs.
    pub fn pairs(&self) -> impl Iterator<Item = AmountPair<'_>> {
        let unit = self.facts.unit;
        self.table.pairs().iter().map(move |pair| AmountPair { unit, pair })
    }

    /// Features that were left out, by name, each with the reason.
    pub fn excluded(&self) -> &[Exclusion] {
        self.table.excluded()
    }

    /// No sum differs by more than this from the unrounded fit.
    ///
    /// In the target's own unit.
    pub fn rounding(&self) -> f64 {
        self.facts.unit.of(self.table.rounding().bound_points)
    }

    /// How bags did on rows that they were boosted without.
    pub fn held_out(&self) -> Option<&AmountReport> {
        self.facts.held_out.as_ref()
    }

    /// The amount that so many points of a feature or pair add.
    pub fn part(&self, points: Points) -> f64 {
        self.facts.unit.of(f64::from(points.0))
    }

    /// Base and all that is added, as a whole score has it.
    pub fn sum(&self, score: Points) -> f64 {
        self.facts.unit.whole(score.0)
    }

    /// The amount that is predicted at a score: the sum, within [`AmountCard::bounds`].
    pub fn amount(&self, score: Points) -> f64 {
        self.sum(score).clamp(self.facts.least, self.facts.most)
    }

    /// The amount of each row of codes, as [`CodedTable::probabilities`] says of values.
    pub fn coded_amounts(&self, table: &CodedTable) -> Vec<f64> {
        let columns: Vec<(&str, Column<'_>)> = table.read().collect();
        self.scores(&columns).into_iter().map(|score| self.amount(score)).collect()
    }

    pub(super) fn scores(&self, columns: &[(&str, Column<'_>)]) -> Vec<Points> {
        self.table.scores(columns)
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
        Document {
            format_version: FORMAT_VERSION,
            digest: self.digest.clone(),
            amount: self.facts.clone(),
            table: self.table.body().clone(),
        }
    }

    /// Whether a stored form is that of an amount card.
    pub fn is_stored_in(text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok_and(|document| document.get("amount").is_some())
    }

    /// Reads a stored form.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a format this build does not read, [`Error::Json`] for text that is no card, and
    /// [`Error::Setting`] when the content is not what its digest says or its settings are out of range.
    pub fn from_json(text: &str) -> Result<Self> {
        Self::from_value(serde_json::from_str(text)?)
    }

    /// Reads a stored form out of a larger document.
    pub(crate) fn from_value(value: Value) -> Result<Self> {
        let found = value.get("format_version").and_then(Value::as_u64).unwrap_or_default();
        if found != u64::from(FORMAT_VERSION) {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            let (oldest, newest) = (FORMAT_VERSION, FORMAT_VERSION);
            return Err(Error::Version { artifact: "amount card".into(), found, oldest, newest });
        }
        let document: Document = serde_json::from_value(value)?;
        let table = Scorecard::opened_from(document.table)?;
        document.amount.check(&table)?;
        let card = Self::seal(document.amount, table)?;
        if card.digest == document.digest {
            Ok(card)
        } else {
            Err(Error::setting("digest", document.digest, says!("{}, as the content has it", [card.digest])))
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format_version: u32,
    digest: String,
    amount: Facts,
    table: CardBody,
}
