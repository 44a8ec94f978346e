use std::collections::BTreeSet;

use crate::model::{Scorecard, ScorecardFeature};

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
    /// assert_eq!(names.renamed(), [("score".into(), "card_score".into()), ("probability".into(), "card_probability".into())]);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn output_names(&self, others: &[&str]) -> OutputNames {
        let features = self.features().iter().map(ScorecardFeature::name);
        let mut taken: BTreeSet<String> = features.chain(others.iter().copied()).map(str::to_lowercase).collect();
        let mut free = |usual: String| {
            let mut name = usual;
            while !taken.insert(name.to_lowercase()) {
                name.insert_str(0, CLASH);
            }
            name
        };
        OutputNames {
            score: free("score".to_owned()),
            log_odds: free("log_odds".to_owned()),
            calibrated_log_odds: free("calibrated_log_odds".to_owned()),
            probability: free("probability".to_owned()),
            points: (self.features().iter().map(|feature| format!("points_{}", feature.name())))
                .chain(self.pairs().iter().map(|pair| format!("points_{}", pair.features().join("_and_"))))
                .map(&mut free)
                .collect(),
            reason_codes: (1..=REASONS.min(self.features().len() + self.pairs().len()))
                .map(|rank| free(format!("reason_code_{rank}")))
                .collect(),
        }
    }
}

/// What stands before a name that is taken.
const CLASH: &str = "card_";

impl OutputNames {
    /// The outputs that do not have their usual name: the usual one and the one they have.
    pub fn renamed(&self) -> Vec<(String, String)> {
        let single = [&self.score, &self.log_odds, &self.calibrated_log_odds, &self.probability];
        let all = single.into_iter().chain(&self.points).chain(&self.reason_codes);
        let usual = |name: &String| (name.trim_start_matches(CLASH).to_owned(), name.clone());
        all.filter(|name| name.starts_with(CLASH)).map(usual).collect()
    }
}

/// The first of `usual`, `card_usual` and so on that is not `taken`.
pub(super) fn beside(usual: &str, taken: &str) -> String {
    let clash = if usual.eq_ignore_ascii_case(taken) { CLASH } else { "" };
    format!("{clash}{usual}")
}
