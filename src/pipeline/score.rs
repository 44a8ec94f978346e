//! Scores and portrays the debtors of one day from tables in memory.
//!
//! The way for a program that holds tables already. A run over a store does the same unit by unit.

use polars::prelude::*;

use super::{Event, FileNames, PerformanceModel, portray};
use crate::capacity::{self, CapacityParams, CapacityRules, CapacityTable};
use crate::cohort;
use crate::domain::{Day, Money, Share};
use crate::error::Result;
use crate::features::{self, FeatureCatalog, FeatureTable, TableRoles};
use crate::profile::{DebtorProfile, Expected};
use crate::progress::Progress;
use crate::schema::{AS_OF, ENTITY_ID};
use crate::score::{AmountScorer, AmountScores, ScoreState, ScoreTable, Scorer, ScorerParams};
use crate::snapshot::{self, Snapshot};
use crate::tables::SourceTables;

/// Every debtor of a day, scored and portrayed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scored {
    /// One row per debtor: `entity_id`, `as_of`, `state`, `grade`, `known_share`, per event
    /// `…_points`, `…_prob`, and `will_perform_fen`, what is expected to come in within the window;
    /// points, probabilities, grade and amount are empty where the state is `insufficient`. Sorted
    /// by `entity_id`.
    pub scores: DataFrame,
    /// The portraits, the most able first; those without a score last.
    pub profiles: Vec<DebtorProfile>,
}

/// The scores of both events, row by row of one feature table.
pub(super) struct Scores {
    pub(super) table: FeatureTable,
    pub(super) capacity: CapacityTable,
    pub(super) any: ScoreTable,
    pub(super) full: ScoreTable,
    /// The share of the open claims that comes in, given any performance; none in a model without it.
    share: Option<AmountScores>,
    /// What stands open, by row; unknown where a claim is.
    open: Vec<Option<Money>>,
}

impl Scores {
    pub(super) fn new(snapshot: &Snapshot, model: &PerformanceModel, rules: &CapacityRules) -> Result<Self> {
        Self::from_features(snapshot, features_of(snapshot, model.catalog(), rules)?, model)
    }

    /// The scores of features at hand, with the points of each.
    pub(super) fn from_features(
        snapshot: &Snapshot,
        (table, capacity): (FeatureTable, CapacityTable),
        model: &PerformanceModel,
    ) -> Result<Self> {
        let event = |event| Scorer::with(model.card(event), model.scorer().keep_points(true))?.score(&table);
        let (any, full) = (event(Event::Any)?, event(Event::Full)?);
        // How much must be known is asked of the two events.
        let params = ScorerParams::default().min_known_share(Share::new(0.0)?);
        let share = model.share().map(|card| AmountScorer::new(card, params)?.predict(&table)).transpose()?;
        let open = cohort::open_amounts(snapshot)?;
        let keys = table.entity_ids().unwrap_or_default().into_iter().zip(table.as_of().unwrap_or_default());
        let open = keys.map(|(party, day)| open.get(&(party, day.number())).copied().flatten()).collect();
        Ok(Self { table, capacity, any, full, share, open })
    }

    /// Whether both events have a score for a row.
    pub(super) fn is_scored(&self, row: usize) -> bool {
        [&self.any, &self.full].iter().all(|scores| scores.state(row) == Some(ScoreState::Scored))
    }

    /// The probability of an event for a row with a score; all is never likelier than any.
    pub(super) fn probability(&self, event: Event, row: usize) -> Option<f64> {
        let any = self.any.probability(row)?.value();
        match event {
            Event::Any => Some(any),
            Event::Full => Some(self.full.probability(row)?.value().min(any)),
        }
    }

    /// What is expected to come in within the window: the probability of any performance times the
    /// share that comes in given any, of what stands open; whole fen, rounded down.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "amounts below 2^53 fen")]
    pub(super) fn expected(&self, row: usize) -> Option<Expected> {
        let open = self.open.get(row).copied().flatten()?;
        let share = self.share.as_ref()?.amount(row)?.clamp(0.0, 1.0);
        let probability = self.probability(Event::Any, row).filter(|_| self.is_scored(row))?;
        let amount = Money::from_fen((probability * share * open.fen() as f64).floor() as i64);
        Some(Expected { amount: amount.min(open), open, share: Share::new(share).ok()? })
    }

    /// The share of the score's range that is known: the smaller of the two events'.
    pub(super) fn known(&self, row: usize) -> f64 {
        let known = |scores: &ScoreTable| scores.known_share(row).map_or(0.0, Share::value);
        known(&self.any).min(known(&self.full))
    }

    pub(super) fn frame(&self) -> Result<DataFrame> {
        let rows = 0..self.table.height();
        let scored = |row: &usize| self.is_scored(*row);
        let keys = self.table.frame().select([ENTITY_ID, AS_OF])?;
        let state: Vec<&str> = rows
            .clone()
            .map(|row| if scored(&row) { ScoreState::Scored } else { ScoreState::Insufficient }.code())
            .collect();
        let grade: Vec<Option<&str>> =
            rows.clone().map(|row| self.any.grade(row).filter(|_| scored(&row)).map(|grade| grade.letter())).collect();
        let known: Vec<f64> = rows.clone().map(|row| self.known(row)).collect();
        let mut columns = keys.columns().to_vec();
        columns.push(Column::new("state".into(), state));
        columns.push(Column::new("grade".into(), grade));
        columns.push(Column::new("known_share".into(), known));
        for (event, scores) in [(Event::Any, &self.any), (Event::Full, &self.full)] {
            let points: Vec<Option<i32>> =
                rows.clone().map(|row| scores.score(row).filter(|_| scored(&row)).map(|points| points.0)).collect();
            let probability: Vec<Option<f64>> =
                rows.clone().map(|row| self.probability(event, row).filter(|_| scored(&row))).collect();
            columns.push(Column::new(format!("{}_points", event.name()).into(), points));
            columns.push(Column::new(format!("{}_prob", event.name()).into(), probability));
        }
        let will: Vec<Option<i64>> = rows.map(|row| self.expected(row).map(|found| found.amount.fen())).collect();
        columns.push(Column::new("will_perform_fen".into(), will));
        Ok(DataFrame::new(self.table.height(), columns)?)
    }
}

/// The catalogue's features and the ratios of the statement of means, which is all of it that a model may see.
pub(super) fn features_of(
    snapshot: &Snapshot,
    catalog: &FeatureCatalog,
    rules: &CapacityRules,
) -> Result<(FeatureTable, CapacityTable)> {
    let capacity = capacity::assess(snapshot, rules, &CapacityParams::default())?;
    Ok((joined(snapshot, catalog, &capacity)?, capacity))
}

/// The catalogue's features beside the ratios of statements at hand.
pub(super) fn joined(snapshot: &Snapshot, catalog: &FeatureCatalog, capacity: &CapacityTable) -> Result<FeatureTable> {
    let roles = TableRoles::default().id(ENTITY_ID).as_of(AS_OF);
    let ratios = FeatureTable::from_frame(capacity.frame()?, &roles)?;
    features::compute(snapshot, catalog)?.join(&ratios)
}

/// The day that is scored, and what records are called.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{FileNames, ScoringParams};
///
/// let params = ScoringParams::new(Day::parse("2018-06-30")?);
/// assert_eq!(params.files, FileNames::default()); // records are cited by their numbers
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScoringParams {
    /// The day whose evening is described.
    pub as_of: Day,
    /// The source files by the ordinal that their rows bear; a record of a file without a name is
    /// cited by its number.
    pub files: FileNames,
}

impl ScoringParams {
    /// Scores a day; records are cited by their numbers.
    pub fn new(as_of: Day) -> Self {
        Self { as_of, files: FileNames::default() }
    }

    setters! {
        files: FileNames,
    }
}

impl PerformanceModel {
    /// Scores and portrays every debtor with an open case on a day.
    ///
    /// # Errors
    ///
    /// As the rooms report; a debtor about whom too little is known is not an error but a state.
    pub fn score(&self, tables: &SourceTables, params: &ScoringParams, progress: &dyn Progress) -> Result<Scored> {
        progress.begin("score", None, "debtors");
        let snapshot = snapshot::as_of(tables, params.as_of)?;
        let scores = Scores::new(&snapshot, self, self.rules())?;
        progress.end();
        let profiles = portray::portray(&snapshot, (&scores, self, &params.files), progress)?;
        Ok(Scored { scores: scores.frame()?, profiles })
    }
}
