//! The snapshot itself: which rows of which table each sample knows.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use polars::prelude::*;

use super::last;
use super::rows::{RowFilter, Rows, Subjects};
use crate::error::{Error, Result};
use crate::schema::{self, AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, OBSERVED, Owner, Table};
use crate::sentence::Sentence;
use crate::tables::SourceTables;

/// What a case table's own column `entity_id` (the payer, the party in a role) is called in a snapshot, where
/// `entity_id` is the debtor of the sample.
pub const PARTY_ID: &str = "party_id";

/// Every source table as known for each sample; see [the room](super).
#[derive(Clone)]
pub struct Snapshot {
    pub(super) tables: SourceTables,
    /// `entity_id`, `as_of`; sorted, unique.
    samples: DataFrame,
    subjects: Arc<Subjects>,
    /// What was read so far of each table.
    read: Kept,
    /// The last observations of tables of states that were asked for.
    states: Kept,
}

/// Rows by table.
type Kept = Arc<Mutex<BTreeMap<&'static str, Rows>>>;

impl Snapshot {
    pub(super) fn new(tables: &SourceTables, samples: DataFrame, subjects: Subjects) -> Self {
        Self {
            tables: tables.clone(),
            samples,
            subjects: Arc::new(subjects),
            read: Kept::default(),
            states: Kept::default(),
        }
    }

    /// The samples: `entity_id` and `as_of`, sorted by both, each pair once.
    pub fn samples(&self) -> &DataFrame {
        &self.samples
    }

    /// Party and day of each sample, in the same order.
    pub fn keys(&self) -> &[(i64, i32)] {
        self.subjects.samples()
    }

    /// Some columns of the rows of a table known for each sample; see [`PARTY_ID`].
    ///
    /// A row that is known for several samples comes once for each. The order of rows is not defined.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table; [`Error::Frame`] when it has no such column; otherwise as
    /// [`TableReader::columns`](crate::tables::TableReader::columns).
    pub fn rows(&self, name: &str, columns: &[&str]) -> Result<Rows> {
        let table = find(name)?;
        self.known(table, columns)?.select(table, columns)
    }

    /// The known rows of a table with some columns and perhaps others; each column is read once.
    fn known(&self, table: &'static Table, columns: &[&str]) -> Result<Rows> {
        let own = |column: &str| table.columns().map(|column| column.name).find(|name| *name == column);
        let party = columns.contains(&PARTY_ID).then_some(ENTITY_ID);
        let keys = [table.key(), KNOWN_AT, EVENT_ON].into_iter().chain(party);
        let wanted: BTreeSet<&str> = keys.chain(columns.iter().filter_map(|column| own(column))).collect();
        let met = self.read.lock().ok().and_then(|read| read.get(table.name).cloned());
        let missing = match &met {
            Some(rows) => rows.missing(wanted.into_iter()),
            None => wanted.into_iter().collect(),
        };
        let (mut whole, mut texts) = (Vec::new(), BTreeMap::new());
        for name in missing {
            let is_text = table.column(name).is_some_and(|column| column.kind.data_type() == DataType::String);
            match if is_text { self.tables.codes(table.name, name)? } else { None } {
                Some(codes) => {
                    texts.insert(name.to_owned(), Arc::new(codes));
                }
                None => whole.push(name),
            }
        }
        let read = || self.tables.columns(table.name, &whole);
        let rows = match met {
            Some(rows) if whole.is_empty() && texts.is_empty() => return Ok(rows),
            Some(rows) if whole.is_empty() => rows.beside(&DataFrame::default(), texts)?,
            Some(rows) => rows.beside(&read()?, texts)?,
            None => self.subjects.know(table, read()?)?.beside(&DataFrame::default(), texts)?,
        };
        keep(&self.read, table, &rows);
        Ok(rows)
    }

    /// Some columns of the last observation of every item known for each sample; for a table of events, of all rows.
    ///
    /// A later `known_at` wins, then a later `event_on`, then the larger content, column by column in the order of the
    /// schema; the row's own number decides only between rows that are otherwise equal.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::rows`].
    pub fn last_rows(&self, name: &str, columns: &[&str]) -> Result<Rows> {
        let table = find(name)?;
        if table.nature == Nature::Event {
            return self.rows(name, columns);
        }
        let known = self.known(table, columns)?;
        let met = self.states.lock().ok().and_then(|states| states.get(table.name).cloned());
        let rows = match met {
            Some(rows) => rows.seen_in(&known),
            None => last::observations(table, |columns| self.rows(name, columns))?.seen_in(&known),
        };
        keep(&self.states, table, &rows);
        rows.select(table, columns)
    }

    /// Some columns of the cases in which the debtor of each sample stood on its day: known, and no closing known; a
    /// state that was observed without closing does not close.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::rows`].
    pub fn open_case_rows(&self, columns: &[&str]) -> Result<Rows> {
        let closings = self.rows("closings", &[CASE_ID, "manner"])?.only(&[CLOSES])?;
        let closed: HashSet<(usize, Option<i64>)> =
            closings.samples().iter().copied().zip(closings.numbers(CASE_ID)?).collect();
        let all: BTreeSet<&str> = columns.iter().copied().chain([CASE_ID]).collect();
        let cases = self.last_rows("cases", &all.into_iter().collect::<Vec<_>>())?;
        let is_open: Vec<bool> =
            cases.samples().iter().copied().zip(cases.numbers(CASE_ID)?).map(|key| !closed.contains(&key)).collect();
        cases.marked(&is_open).select(find("cases")?, columns)
    }

    /// Some columns of rows of this view as a frame: `entity_id` and `as_of` of the sample, then the columns.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when the rows were read without one of the columns.
    pub fn frame(&self, rows: &Rows, columns: &[&str]) -> Result<DataFrame> {
        rows.keyed(&self.samples, columns)
    }

    /// The same tables for other parties, as known on the days of this snapshot: those who stand beside a debtor.
    ///
    /// `samples` has the columns `entity_id` and `as_of`; a day on which this snapshot has no
    /// sample is left out, so that nobody looks further than it does.
    ///
    /// # Errors
    ///
    /// As [`as_of_each`](super::as_of_each).
    pub fn beside(&self, samples: &DataFrame) -> Result<Self> {
        let own: PlHashSet<i32> = self.keys().iter().map(|(_, day)| *day).collect();
        let days = samples.column(AS_OF)?.date()?.phys.iter();
        let is_own: BooleanChunked = days.map(|day| Some(day.is_some_and(|day| own.contains(&day)))).collect();
        super::as_of_each(&self.tables, &samples.filter(&is_own)?)
    }

    /// The same view for some parties only.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a table operation fails.
    pub fn for_parties(&self, entity_ids: &[i64]) -> Result<Self> {
        let subjects = self.subjects.among(&entity_ids.iter().copied().collect());
        Ok(Self::new(&self.tables, subjects.frame()?, subjects))
    }
}

fn keep(kept: &Kept, table: &'static Table, rows: &Rows) {
    if let Ok(mut kept) = kept.lock() {
        kept.insert(table.name, rows.clone());
    }
}

fn find(name: &str) -> Result<&'static Table> {
    schema::table(name).ok_or_else(|| Error::table(Sentence::name(name), "no such table", "a table of the schema"))
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("samples", &self.samples.height()).field("tables", &self.tables).finish()
    }
}

/// Which rows of `closings` close their case.
pub(super) const CLOSES: RowFilter<'_> = RowFilter::Not("manner", OBSERVED);

/// The columns of a table's rows but for the keys of the sample.
pub(super) fn own_columns(table: &'static Table) -> impl Iterator<Item = &'static str> {
    table.columns().filter_map(move |column| match (table.owner, column.name) {
        (Owner::Case, ENTITY_ID) => Some(PARTY_ID),
        (Owner::Party, ENTITY_ID) => None,
        (_, name) => Some(name),
    })
}
