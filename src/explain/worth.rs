//! The value of information: how far the answer of a source could move a score.
//!
//! A source is worth asking where its answer would move the score, by what such answers did among the rows
//! that were learnt from. Silence costs nothing here and brings nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{WhatIf, explain};
use crate::domain::{Points, Share};
use crate::error::Result;
use crate::features::{FeatureCatalog, FeatureTable};
use crate::model::ScorecardFeature;
use crate::schema;

/// What an answer of one source could change in the score of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AnswerWorth {
    /// The source, a code of `queries.source`.
    pub source: String,
    /// Features of the card that are unknown for want of its answer.
    pub features: usize,
    /// The share of the card's range that would become known.
    pub share: Share,
    /// The expected move of the score, either way: what the answers of those learnt from would have
    /// moved it by, on average.
    pub expected_move: f64,
    /// At most so many points up.
    pub most_up: Points,
    /// At most so many points down; not above zero.
    pub most_down: Points,
    /// Whether this answer alone would allow a score where there is none.
    pub suffices: bool,
}

impl WhatIf<'_> {
    /// Which sources' answers would move the result of one row most, the most worthwhile first.
    ///
    /// # Formula
    ///
    /// For a feature *f* unknown in the row, with bins *b* of *n_b* rows and *p_b* points among the
    /// known, the expected move is `Σ n_b |p_b − p_missing| ÷ Σ n_b`; a source's is the sum over
    /// its unknown features, an upper estimate since features of one source move together. A
    /// derived feature counts with the sources of both its parts.
    ///
    /// # Errors
    ///
    /// What [`explain`] returns.
    pub fn worth_asking(&self, table: &FeatureTable, row: usize) -> Result<Vec<AnswerWorth>> {
        let Self { scorer, catalog } = *self;
        let card = scorer.card();
        let explanation = explain(card, table, row)?;
        let range: f64 = card.features().iter().map(|feature| f64::from(feature.range())).sum();
        let mut sources: BTreeMap<String, Sum> = BTreeMap::new();
        for (feature, now) in card.features().iter().zip(&explanation.contributions) {
            if now.known {
                continue;
            }
            for source in asked(catalog, feature.name()) {
                sources.entry(source).or_default().add(feature, now.points);
            }
        }
        let needed = scorer.params().min_known_share.value();
        let mut worth = Vec::with_capacity(sources.len());
        for (source, sum) in sources {
            let share = if range > 0.0 { (sum.range / range).min(1.0) } else { 0.0 };
            let known = explanation.known_share.value();
            worth.push(AnswerWorth {
                source,
                features: sum.features,
                share: Share::new(share)?,
                expected_move: sum.moved,
                most_up: Points(sum.up),
                most_down: Points(sum.down),
                suffices: known < needed && known + share >= needed,
            });
        }
        worth.sort_by(|a, b| {
            let by_move = b.expected_move.total_cmp(&a.expected_move);
            b.suffices.cmp(&a.suffices).then(by_move).then_with(|| a.source.cmp(&b.source))
        });
        Ok(worth)
    }
}

#[derive(Debug, Default)]
struct Sum {
    features: usize,
    range: f64,
    moved: f64,
    up: i32,
    down: i32,
}

impl Sum {
    fn add(&mut self, feature: &ScorecardFeature, now: Points) {
        let missing = feature.map().missing;
        let known =
            || feature.map().bins.iter().zip(feature.points()).enumerate().filter(|(bin, _)| Some(*bin) != missing);
        let rows: f64 = known().map(|(_, (bin, _))| bin.counts.weight).sum();
        let moved: f64 = known().map(|(_, (bin, points))| bin.counts.weight * f64::from((points - now.0).abs())).sum();
        let moves = || known().map(|(_, (_, points))| points - now.0);
        self.features += 1;
        self.range += f64::from(feature.range());
        self.moved += if rows > 0.0 { moved / rows } else { 0.0 };
        self.up += moves().max().unwrap_or_default().max(0);
        self.down += moves().min().unwrap_or_default().min(0);
    }
}

/// The sources on whose answer a feature waits.
fn asked(catalog: &FeatureCatalog, name: &str) -> Vec<String> {
    let Some(spec) = catalog.feature(name) else { return Vec::new() };
    let of_table = |table: &str| schema::table(table).and_then(|table| table.asked).map(str::to_owned);
    let mut sources: Vec<String> = match spec.aggregate() {
        Some(aggregate) => aggregate.asked.clone().or_else(|| of_table(&aggregate.source)).into_iter().collect(),
        None => spec.parts().into_iter().flat_map(|part| asked(catalog, part)).collect(),
    };
    sources.sort_unstable();
    sources.dedup();
    sources
}
