//! The scores of many rows.
//!
//! Whoever wants one row asks by its number; whoever wants all takes the frame. Beyond the last row every
//! answer is `None`.

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Grade, Scorer, ScorerParams};
use crate::domain::{LogOdds, Points, Probability, Share};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::Scorecard;

/// Whether a row has a score.
///
/// ```
/// use wherewithal::score::ScoreState;
///
/// assert_eq!(ScoreState::Insufficient.code(), "insufficient"); // a state of its own, and no low score
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreState {
    /// Enough is known.
    Scored,
    /// Too little is known: this says nothing about the party's means.
    Insufficient,
}

impl ScoreState {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Insufficient => "insufficient",
        }
    }
}

/// What the scorer found for one row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) points: i32,
    /// The ranges of the features of which nothing is known, summed.
    pub(super) unknown: i32,
}

/// The scores of many rows, in the order of the feature table.
#[derive(Debug, Clone)]
pub struct ScoreTable {
    keys: DataFrame,
    params: ScorerParams,
    card: Scorecard,
    /// The ranges of all features of the card, summed.
    range: f64,
    rows: Vec<Row>,
    points: Vec<i32>,
}

impl ScoreTable {
    pub(super) fn new(scorer: &Scorer, table: &FeatureTable, (rows, points): (Vec<Row>, Vec<i32>)) -> Result<Self> {
        let roles = table.roles();
        let keys = [&roles.id, &roles.as_of].into_iter().flatten().map(String::as_str);
        let keys = table.frame().select(keys)?;
        let card = scorer.card().clone();
        let range = card.features().iter().map(|feature| f64::from(feature.range())).sum();
        Ok(Self { keys, params: *scorer.params(), card, range, rows, points })
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// The card that scored.
    pub fn card(&self) -> &Scorecard {
        &self.card
    }

    /// Whether a row has a score; `None` beyond the last row, as everywhere here.
    pub fn state(&self, row: usize) -> Option<ScoreState> {
        let enough = self.known(row)? >= self.params.min_known_share.value();
        Some(if enough { ScoreState::Scored } else { ScoreState::Insufficient })
    }

    /// The share of the card's range that rests on values known for a row.
    pub fn known_share(&self, row: usize) -> Option<Share> {
        Share::new(self.known(row)?).ok()
    }

    fn known(&self, row: usize) -> Option<f64> {
        let unknown = f64::from(self.rows.get(row)?.unknown);
        Some(if self.range > 0.0 { (self.range - unknown) / self.range } else { 1.0 })
    }

    /// A row's score; `None` when too little is known.
    pub fn score(&self, row: usize) -> Option<Points> {
        let scored = self.state(row)? == ScoreState::Scored;
        scored.then(|| self.total_points(row)).flatten()
    }

    /// Base points and the points of all features and pairs, known or not: what the score would be if it were one.
    pub fn total_points(&self, row: usize) -> Option<Points> {
        Some(Points(self.rows.get(row)?.points))
    }

    /// The log-odds that a row's score stands for, before calibration.
    pub fn log_odds(&self, row: usize) -> Option<LogOdds> {
        LogOdds::new(self.card.scale().log_odds(self.score(row)?)).ok()
    }

    /// The calibrated probability of the event.
    pub fn probability(&self, row: usize) -> Option<Probability> {
        Some(self.card.probability(self.score(row)?))
    }

    /// The grade of the probability.
    pub fn grade(&self, row: usize) -> Option<Grade> {
        Some(self.params.grades.grade(self.probability(row)?))
    }

    /// The points of each feature of the card, then of each pair, in its order; `None` unless
    /// [`ScorerParams::keep_points`] was set.
    pub fn feature_points(&self, row: usize) -> Option<&[i32]> {
        let width = self.card.features().len() + self.card.pairs().len();
        (row < self.rows.len()).then(|| self.points.get(row * width..(row + 1) * width)).flatten()
    }

    /// The table as a frame: the key columns of the feature table, then `state`, `score_points`, `log_odds`,
    /// `performed_prob`, `grade` and `known_share`; null where there is no score.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when a key column has one of these names.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let rows = 0..self.height();
        let state: StringChunked = rows.clone().map(|row| self.state(row).map(ScoreState::code)).collect();
        let score: Int32Chunked = rows.clone().map(|row| self.score(row).map(|points| points.0)).collect();
        let log_odds: Float64Chunked = rows.clone().map(|row| self.log_odds(row).map(LogOdds::value)).collect();
        let probability: Float64Chunked =
            rows.clone().map(|row| self.probability(row).map(Probability::value)).collect();
        let grade: StringChunked = rows.clone().map(|row| self.grade(row).map(Grade::letter)).collect();
        let known: Float64Chunked = rows.map(|row| self.known_share(row).map(Share::value)).collect();
        let mut columns = self.keys.columns().to_vec();
        columns.push(state.with_name("state".into()).into_column());
        columns.push(score.with_name("score_points".into()).into_column());
        columns.push(log_odds.with_name("log_odds".into()).into_column());
        columns.push(probability.with_name("performed_prob".into()).into_column());
        columns.push(grade.with_name("grade".into()).into_column());
        columns.push(known.with_name("known_share".into()).into_column());
        Ok(DataFrame::new(self.height(), columns)?)
    }
}
