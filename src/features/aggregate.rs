//! Definitions of features that summarise rows: source, conditions, window, aggregation.
//!
//! A definition answers four questions in this order: which rows (source and conditions), of which days
//! (window), what is taken from each (column), and what becomes of many (aggregation).

use serde::{Deserialize, Serialize};

use super::Condition;
use crate::error::Result;
use crate::schema::{self, Table};
use crate::snapshot::{Rows, Snapshot};

/// The source that gives the rows of `cases` in which the debtor stands on the day: known, and no closing known.
pub const OPEN_CASES: &str = "open_cases";

/// What is taken from the rows of one table.
///
/// Tables of events give every row, tables of states the last observation of every item. A row
/// counts when it passes all `conditions` and lies in the `window`.
///
/// # Examples
///
/// The share of the money that came in during the last year in all that moved:
///
/// ```
/// use wherewithal::features::{Aggregate, Aggregation, Condition};
///
/// let share = Aggregate::new("bank_transactions", Aggregation::Share)
///     .column("amount_fen")
///     .when(Condition::is("direction", ["in"]))
///     .among(Condition::is("direction", ["in", "out"]))
///     .window(365);
/// assert_eq!(share.table().map(|table| table.name), Some("bank_transactions"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The table, or [`OPEN_CASES`].
    pub source: String,
    /// What is taken.
    pub aggregation: Aggregation,
    /// The column it is taken from, where the aggregation has one.
    pub column: Option<String>,
    /// What a row must be.
    pub conditions: Vec<Condition>,
    /// For [`Aggregation::Share`]: what a row of the whole must be.
    pub among: Vec<Condition>,
    /// When a row must have happened; any time when `None`.
    pub window: Option<Window>,
    /// The day that must lie in the window, where it is not `event_on`; an empty day lies in none.
    pub window_on: Option<String>,
    /// For [`Aggregation::Periods`]: the length of a period in days.
    pub period_days: Option<u32>,
    /// The holder of information whose answer makes an absence of rows a zero, where it is not the table's own; only
    /// rows that pass the conditions then prove an answer.
    pub asked: Option<String>,
}

/// A span of days before the day of the sample.
///
/// A window of 365 days that skips 365 is the year before last year's.
///
/// ```
/// use wherewithal::features::{Aggregate, Aggregation, Window};
///
/// let before = Aggregate::new("sanctions", Aggregation::Count).window(365).skip(365);
/// assert_eq!(before.window, Some(Window { days: 365, skip: 365 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Its length.
    pub days: u32,
    /// How many days before the sample's day it ends: 0 includes that day.
    pub skip: u32,
}

/// The closed set of ways to turn rows into one value.
///
/// Money and whole numbers are summed as 64-bit integers, decimal columns in whole millionths: sums
/// are exact and do not depend on the order of rows. Division happens once, at the end.
///
/// "Counting" row: one that passes the conditions. Every value is unknown when the source is (see [the room](super)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// The number of counting rows.
    Count,
    /// 1 when a row counts, else 0. With a flag column: 1 when the flag is true in a counting row, unknown when there
    /// are counting rows but the flag is unknown in all.
    Any,
    /// The sum of the known values; 0 when no row counts, unknown when rows count but none has a value.
    Sum,
    /// The smallest known value; unknown when there is none.
    Min,
    /// The largest known value; unknown when there is none.
    Max,
    /// The mean of the known values; unknown when there is none.
    Mean,
    /// The known value of the latest row by `event_on`, then `known_at`; of several, the largest.
    Last,
    /// The known value of the earliest row by `event_on`, then `known_at`; of several, the smallest.
    First,
    /// The number of different known values.
    NUnique,
    /// Days from the latest day of the column (`event_on` when none is named) to the sample's day;
    /// unknown when there is none.
    DaysSinceLast,
    /// Days from the earliest day of the column to the sample's day; unknown when there is none.
    DaysSinceFirst,
    /// Days from the earliest to the latest day of the column; unknown when there is none.
    SpanDays,
    /// How many periods of `period_days`, counted back from the sample's day, hold a day of the column.
    Periods,
    /// The sum over counting rows divided by the sum over the whole (`among`), or rows counted when no column is named;
    /// unknown when the whole is zero or has no known value.
    Share,
}

impl Aggregate {
    /// The table whose rows the source gives, if the schema has it.
    pub fn table(&self) -> Option<&'static Table> {
        schema::table(if self.source == OPEN_CASES { "cases" } else { &self.source })
    }

    /// `aggregation` over all rows of `source`.
    pub fn new(source: &str, aggregation: Aggregation) -> Self {
        Self {
            source: source.to_owned(),
            aggregation,
            column: None,
            conditions: Vec::new(),
            among: Vec::new(),
            window: None,
            window_on: None,
            period_days: None,
            asked: None,
        }
    }

    /// Sets [`Aggregate::column`].
    #[must_use]
    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// Adds to [`Aggregate::conditions`].
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Adds to [`Aggregate::among`].
    #[must_use]
    pub fn among(mut self, condition: Condition) -> Self {
        self.among.push(condition);
        self
    }

    /// Sets [`Aggregate::window`] to the last `days` days.
    #[must_use]
    pub fn window(mut self, days: u32) -> Self {
        self.window = Some(Window { days, skip: 0 });
        self
    }

    /// Ends [`Aggregate::window`] `skip` days before the sample's day; without a window nothing changes.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.window = self.window.map(|window| Window { skip, ..window });
        self
    }

    /// Sets [`Aggregate::window_on`].
    #[must_use]
    pub fn window_on(mut self, column: &str) -> Self {
        self.window_on = Some(column.to_owned());
        self
    }

    /// Sets [`Aggregate::period_days`].
    #[must_use]
    pub fn period_days(mut self, days: u32) -> Self {
        self.period_days = Some(days);
        self
    }

    /// Sets [`Aggregate::asked`].
    #[must_use]
    pub fn asked(mut self, source: &str) -> Self {
        self.asked = Some(source.to_owned());
        self
    }
}

/// Some columns of the rows of a source, as known for each sample.
pub(super) fn rows_of(snapshot: &Snapshot, source: &str, columns: &[&str]) -> Result<Rows> {
    if source == OPEN_CASES { snapshot.open_case_rows(columns) } else { snapshot.last_rows(source, columns) }
}
