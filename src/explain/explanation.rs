//! Explains one score: the points of each feature beside those of the typical row.
//!
//! The typical row has, for each feature, the points that are most usual; "forty points below the typical"
//! says more to a person than "twelve points".

use serde::{Deserialize, Serialize};

use crate::domain::{Points, Share};
use crate::error::{Error, Result};
use crate::features::{FeatureTable, FeatureValue};
use crate::model::{BinMap, Scorecard, ScorecardFeature, ScorecardPair};
use crate::sentence::{Sentence, says};

/// Why one row has its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Explanation {
    /// The digest of the card.
    pub card: String,
    /// The points that every row starts from.
    pub base: Points,
    /// Base and all contributions.
    pub score: Points,
    /// The score of the typical row.
    pub typical_score: Points,
    /// The share of the card's range that rests on known values.
    pub known_share: Share,
    /// One per feature of the card, then one per pair, in its order.
    pub contributions: Vec<Contribution>,
}

/// What one feature gave, or one pair of features beyond what each gives alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Contribution {
    /// The feature's name; of a pair `first × second`.
    pub feature: String,
    /// Its place among the bins of the feature, or the cell of the pair's grid; `None` for a value
    /// never met that counts neither way.
    pub bin: Option<usize>,
    /// Whether the value is known; of a pair, whether both are.
    pub known: bool,
    /// The points it gave.
    pub points: Points,
    /// The points it gives the typical row.
    pub typical_points: Points,
}

impl Contribution {
    /// Points above the typical; negative when below.
    pub fn above_typical(&self) -> i32 {
        self.points.0 - self.typical_points.0
    }
}

/// Explains the score of one row.
///
/// # Errors
///
/// [`Error::Table`] when there is no such row, or the table lacks a feature of the card or has it as another kind.
///
/// # Examples
///
/// The head of [the room](super) has one.
pub fn explain(card: &Scorecard, table: &FeatureTable, row: usize) -> Result<Explanation> {
    if row >= table.height() {
        return Err(Error::table("features", says!("row {row}", row), says!("a row below {}", [table.height()])));
    }
    let mut contributions: Vec<Contribution> =
        card.features().iter().map(|feature| contribution(feature, (table, row))).collect::<Result<_>>()?;
    let ranges = card.features().iter().map(|feature| f64::from(feature.range()));
    let (known, range) = ranges.zip(&contributions).fold((0.0, 0.0), |(known, all), (range, contribution)| {
        (known + if contribution.known { range } else { 0.0 }, all + range)
    });
    let pairs: Vec<Contribution> = card.pairs().iter().map(|pair| of_pair(pair, &contributions)).collect();
    contributions.extend(pairs);
    Ok(Explanation {
        card: card.digest().to_owned(),
        base: card.base_points(),
        score: Points(
            card.base_points().0 + contributions.iter().map(|contribution| contribution.points.0).sum::<i32>(),
        ),
        typical_score: card.typical_score(),
        known_share: Share::new(if range > 0.0 { known / range } else { 1.0 })?,
        contributions,
    })
}

fn of_pair(pair: &ScorecardPair, features: &[Contribution]) -> Contribution {
    let sides = pair.features().map(|name| features.iter().find(|feature| feature.feature == name));
    let bins = sides.map(|side| side.and_then(|side| side.bin));
    Contribution {
        feature: pair.name(),
        bin: pair.cell(bins),
        known: sides.iter().all(|side| side.is_some_and(|side| side.known)),
        points: pair.points_of(bins),
        typical_points: pair.typical_points(),
    }
}

fn contribution(feature: &ScorecardFeature, (table, row): (&FeatureTable, usize)) -> Result<Contribution> {
    let name = feature.name();
    let map = feature.map();
    let (bin, known) = match (table.value(name, row), map.is_category()) {
        (Some(FeatureValue::Number(value)), false) => (map.bin_of_number(value), !value.is_nan()),
        (Some(FeatureValue::Number(value)), true) if value.is_nan() => (map.bin_of_level(None), false),
        (Some(FeatureValue::Text(level)), true) => bin_of_level(map, level),
        (Some(_), category) => {
            let kind = if category { "text" } else { "numbers" };
            return Err(Error::table("features", says!("another kind in {name}", name), Sentence::from(kind)));
        }
        (None, _) => return Err(Error::table("features", "no such column", Sentence::name(name))),
    };
    Ok(Contribution {
        feature: name.to_owned(),
        bin,
        known,
        points: feature.points_of(bin),
        typical_points: feature.typical_points(),
    })
}

fn bin_of_level(map: &BinMap, level: Option<&str>) -> (Option<usize>, bool) {
    let met = level.is_some_and(|level| map.levels.binary_search_by(|(known, _)| known.as_str().cmp(level)).is_ok());
    (map.bin_of_level(level), met)
}
