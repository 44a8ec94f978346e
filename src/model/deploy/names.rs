//! Names of the columns that a deployed card adds.
//!
//! A table may have a column `score` already. No query may overwrite it in silence, so the outputs that
//! could not have their usual name are told.

use std::collections::BTreeSet;

use crate::model::{AmountCard, Scorecard, ScorecardFeature};

/// What the columns are called that a deployed card adds to a row.
///
/// Each has its usual name, unless a column has it already: then `card_` stands before it. Names that differ in nothing
/// but upper and lower case are the same to most databases, and so here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputNames {
    /// The points of each feature, in their order: `points_` and the feature's name; then of each pair:
    /// `points_FIRST_and_SECOND`.
    pub points: Vec<String>,
    /// The score.
    pub score: String,
    /// The log-odds before calibration; in PMML alone.
    pub log_odds: String,
    /// The log-odds after calibration; in PMML alone.
    pub calibrated_log_odds: String,
    /// The probability.
    pub probability: String,
    /// The reasons, the weightiest first; in PMML alone.
    pub reason_codes: Vec<String>,
}

/// What the columns are called that a deployed amount card adds to a row, as [`OutputNames`] says of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountOutputNames {
    /// What each feature adds, in whole units, in their order: `units_` and the feature's name; then of each pair.
    pub parts: Vec<String>,
    /// The sum in whole units ([`AmountUnit`](crate::model::AmountUnit)).
    pub units: String,
    /// The amount that is predicted.
    pub amount: String,
    /// The reasons, the weightiest first; in PMML alone.
    pub reason_codes: Vec<String>,
}

/// Reason codes written for each row.
const REASONS: usize = 3;

impl Scorecard {
    /// What a deployed card calls its outputs beside its own features and `others`, further columns of the table.
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::features::{FeatureTable, TableRoles};
    /// # use wherewithal::model::{self, ScorecardParams, Target};
    /// # let score: Vec<f64> = (0..400).map(|i| f64::from(i % 40)).collect();
    /// # let paid: Vec<bool> = (0..400).map(|i| i % 40 > (i * 7) % 57).collect();
    /// # let frame = DataFrame::new(400, vec![Column::new("score".into(), score)])?;
    /// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// let card = model::fit(&table, &Target::new(paid)?, &ScorecardParams::default())?;
    /// let names = card.output_names(&["probability"]); // the card has a feature called `score`
    /// let renamed = [("score", "card_score"), ("probability", "card_probability")];
    /// assert_eq!(names.renamed(), renamed.map(|(old, new)| (old.into(), new.into())));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn output_names(&self, others: &[&str]) -> OutputNames {
        self.outputs(others).0
    }

    /// The names of the outputs, and what is free beside them.
    pub(super) fn outputs(&self, others: &[&str]) -> (OutputNames, Free<'_>) {
        let mut free = Free::beside(self, others);
        let names = OutputNames {
            score: free.name("score"),
            log_odds: free.name("log_odds"),
            calibrated_log_odds: free.name("calibrated_log_odds"),
            probability: free.name("probability"),
            points: free.parts("points"),
            reason_codes: free.reasons(),
        };
        (names, free)
    }
}

impl AmountCard {
    /// What a deployed card calls its outputs beside its own features and `others`, further columns of the table.
    pub fn output_names(&self, others: &[&str]) -> AmountOutputNames {
        self.outputs(others).0
    }

    /// The names of the outputs, and what is free beside them.
    pub(super) fn outputs(&self, others: &[&str]) -> (AmountOutputNames, Free<'_>) {
        let mut free = Free::beside(self.table(), others);
        let names = AmountOutputNames {
            amount: free.name("amount"),
            units: free.name("units"),
            parts: free.parts("units"),
            reason_codes: free.reasons(),
        };
        (names, free)
    }
}

/// Names that no column has.
pub(super) struct Free<'a> {
    card: &'a Scorecard,
    taken: BTreeSet<String>,
}

impl<'a> Free<'a> {
    fn beside(card: &'a Scorecard, others: &[&str]) -> Self {
        let features = card.features().iter().map(ScorecardFeature::name);
        Self { card, taken: features.chain(others.iter().copied()).map(str::to_lowercase).collect() }
    }

    /// The usual name, or with `card_` before it as often as needed.
    pub(super) fn name(&mut self, usual: impl Into<String>) -> String {
        let mut name = usual.into();
        while !self.taken.insert(name.to_lowercase()) {
            name.insert_str(0, CLASH);
        }
        name
    }

    /// One name for each feature, then for each pair.
    fn parts(&mut self, of: &str) -> Vec<String> {
        let (features, pairs) = (self.card.features().iter(), self.card.pairs().iter());
        let features = features.map(|feature| format!("{of}_{}", feature.name()));
        let usual = features.chain(pairs.map(|pair| format!("{of}_{}", pair.features().join("_and_"))));
        usual.map(|usual| self.name(usual)).collect()
    }

    fn reasons(&mut self) -> Vec<String> {
        let most = REASONS.min(self.card.features().len() + self.card.pairs().len());
        (1..=most).map(|rank| self.name(format!("reason_code_{rank}"))).collect()
    }
}

/// What stands before a name that is taken.
const CLASH: &str = "card_";

impl OutputNames {
    /// The outputs that do not have their usual name: the usual one and the one they have.
    pub fn renamed(&self) -> Vec<(String, String)> {
        let single = [&self.score, &self.log_odds, &self.calibrated_log_odds, &self.probability];
        renamed(single.into_iter().chain(&self.points).chain(&self.reason_codes))
    }
}

impl AmountOutputNames {
    /// The outputs that do not have their usual name: the usual one and the one they have.
    pub fn renamed(&self) -> Vec<(String, String)> {
        renamed([&self.units, &self.amount].into_iter().chain(&self.parts).chain(&self.reason_codes))
    }
}

fn renamed<'a>(all: impl Iterator<Item = &'a String>) -> Vec<(String, String)> {
    let usual = |name: &String| (name.trim_start_matches(CLASH).to_owned(), name.clone());
    all.filter(|name| name.starts_with(CLASH)).map(usual).collect()
}

/// The first of `usual`, `card_usual` and so on that is not `taken`.
pub(super) fn beside(usual: &str, taken: &str) -> String {
    let clash = if usual.eq_ignore_ascii_case(taken) { CLASH } else { "" };
    format!("{clash}{usual}")
}
