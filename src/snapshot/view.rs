use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use polars::prelude::*;

use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{self, AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, Owner, RECORD_ID, SourceTables};

/// What a case table's own column `entity_id` (the payer, the party in a role) is called in a snapshot, where
/// `entity_id` is the debtor of the sample.
pub const PARTY_ID: &str = "party_id";

/// Every source table as known for each sample; see [the room](super).
#[derive(Clone)]
pub struct Snapshot {
    pub(super) tables: SourceTables,
    /// `entity_id`, `as_of`; sorted, unique.
    pub(super) samples: DataFrame,
    /// `entity_id`, `as_of`, `case_id`: the cases in which the party was known to be a debtor; unique.
    pub(super) links: DataFrame,
    /// The latest day of any sample.
    pub(super) last: Day,
    /// Tables of states that were asked for, so that each is read once.
    pub(super) states: States,
}

/// The last observations of tables, by name.
pub(super) type States = Arc<Mutex<BTreeMap<&'static str, DataFrame>>>;

impl Snapshot {
    /// The samples: `entity_id` and `as_of`, sorted by both, each pair once.
    pub fn samples(&self) -> &DataFrame {
        &self.samples
    }

    /// The rows of a table known for each sample.
    ///
    /// Columns: `entity_id`, `as_of`, then the table's own in the order of the schema; see [`PARTY_ID`]. A row that is
    /// known for several samples comes once for each. The order of rows is not defined.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table.
    pub fn scan(&self, name: &str) -> Result<LazyFrame> {
        let table = schema::table(name).ok_or_else(|| Error::table(name, "no such table", "a table of the schema"))?;
        let clocks: &[&str] = if table.nature == Nature::Event { &[KNOWN_AT, EVENT_ON] } else { &[KNOWN_AT] };
        let last = lit(Scalar::new_date(self.last.number()));
        let early = |rows: LazyFrame, limit: Expr| {
            clocks.iter().fold(rows, |rows, clock| rows.filter(col(*clock).lt_eq(limit.clone())))
        };
        let rows = early(self.tables.scan(name)?, last);
        let (rows, whose, key) = match table.owner {
            Owner::Party => (rows, &self.samples, ENTITY_ID),
            Owner::Case => (party_renamed(rows, table), &self.links, CASE_ID),
        };
        let rows = rows.join(whose.clone().lazy(), [col(key)], [col(key)], JoinArgs::new(JoinType::Inner));
        Ok(early(rows, col(AS_OF)).select(view_columns(table).map(col).collect::<Vec<_>>()))
    }

    /// The last observation of every item known for each sample; for a table of events, all of its rows.
    ///
    /// A later `known_at` wins, then a later `event_on`, then the larger content, column by column in the order of the
    /// schema; the row's own number decides only between rows that are otherwise equal.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table.
    pub fn latest(&self, name: &str) -> Result<LazyFrame> {
        let rows = self.scan(name)?;
        let Some(table) = schema::table(name).filter(|table| table.nature != Nature::Event) else {
            return Ok(rows);
        };
        let read = || self.states.lock().ok()?.get(table.name).cloned();
        if let Some(frame) = read() {
            return Ok(frame.lazy());
        }
        let frame = last_observations(table, rows.collect()?)?;
        if let Ok(mut states) = self.states.lock() {
            states.insert(table.name, frame.clone());
        }
        Ok(frame.lazy())
    }

    /// The cases in which the debtor of each sample stood on its day: known, and no closing known; a state that was
    /// observed without closing does not close. Columns as in the view of `cases`.
    ///
    /// # Errors
    ///
    /// None today; the plan may fail when it is collected.
    pub fn open_cases(&self) -> Result<LazyFrame> {
        let on = [col(ENTITY_ID), col(AS_OF), col(CASE_ID)];
        let closed = self.scan("closings")?.filter(closes());
        Ok(self.latest("cases")?.join(closed, &on, &on, JoinArgs::new(JoinType::Anti)))
    }

    /// The same tables for other parties, as known on the days of this snapshot: those who stand beside a debtor.
    ///
    /// `samples` has the columns `entity_id` and `as_of`; a day on which this snapshot has no sample is left out, so that
    /// nobody looks further than it does.
    ///
    /// # Errors
    ///
    /// As [`as_of_each`](super::as_of_each).
    pub fn beside(&self, samples: &DataFrame) -> Result<Self> {
        let days = self.samples.clone().lazy().select([col(AS_OF)]);
        let samples = samples.clone().lazy().semi_join(days, col(AS_OF), col(AS_OF)).collect()?;
        super::as_of_each(&self.tables, &samples)
    }

    /// The same view for some parties only.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a table operation fails.
    pub fn of(&self, entity_ids: &[i64]) -> Result<Self> {
        let parties = DataFrame::new(entity_ids.len(), vec![Column::new(ENTITY_ID.into(), entity_ids)])?.lazy();
        let among = |rows: &DataFrame| -> Result<DataFrame> {
            let rows = rows.clone().lazy().semi_join(parties.clone(), col(ENTITY_ID), col(ENTITY_ID));
            Ok(rows.sort([ENTITY_ID, AS_OF], SortMultipleOptions::new()).collect()?)
        };
        let states = States::default();
        Ok(Self { samples: among(&self.samples)?, links: among(&self.links)?, states, ..self.clone() })
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("samples", &self.samples.height()).field("tables", &self.tables).finish()
    }
}

/// The last observation of every item.
///
/// Most items were observed once; only the others need the order of observations.
fn last_observations(table: &'static schema::Table, rows: DataFrame) -> Result<DataFrame> {
    let own = |column: &&'static str| -> &'static str {
        if *column == ENTITY_ID && table.owner == Owner::Case { PARTY_ID } else { column }
    };
    let case = (table.owner == Owner::Case).then_some(CASE_ID);
    let item: Vec<&str> = [ENTITY_ID, AS_OF].into_iter().chain(case).chain(table.item().iter().map(own)).collect();
    let [once, often] = once_and_often(&rows, &item)?;
    if often.height() == 0 {
        return Ok(once);
    }
    let content = view_columns(table).filter(|column| !item.contains(column) && *column != RECORD_ID);
    let order: Vec<&str> = [KNOWN_AT, EVENT_ON]
        .into_iter()
        .chain(content.filter(|column| ![KNOWN_AT, EVENT_ON].contains(column)))
        .chain([RECORD_ID])
        .collect();
    let descending = order.iter().map(|column| *column != RECORD_ID);
    let options = SortMultipleOptions::new().with_order_descending_multi(descending).with_nulls_last(true);
    let order: Vec<Expr> = order.iter().copied().map(col).collect();
    let item = item.into_iter().map(col).collect();
    let often = often.lazy().sort_by_exprs(order, options);
    let last = often.unique_stable_generic(Some(item), UniqueKeepStrategy::First).collect()?;
    Ok(once.vstack(&last)?)
}

/// Rows whose item stands in no other row, and rows whose item may.
fn once_and_often(rows: &DataFrame, item: &[&str]) -> Result<[DataFrame; 2]> {
    let mut hashes = vec![0u64; rows.height()];
    for name in item {
        mix(rows.column(name)?, &mut hashes)?;
    }
    let mut order: Vec<(u64, IdxSize)> = hashes.into_iter().zip(0..).collect();
    order.sort_unstable();
    let (mut once, mut often) = (Vec::new(), Vec::new());
    for alike in order.chunk_by(|a, b| a.0 == b.0) {
        let kept = if alike.len() == 1 { &mut once } else { &mut often };
        kept.extend(alike.iter().map(|(_, row)| *row));
    }
    let taken = |mut kept: Vec<IdxSize>| {
        kept.sort_unstable();
        rows.take(&IdxCa::from_vec("".into(), kept))
    };
    Ok([taken(once)?, taken(often)?])
}

/// Mixes a column into the hashes of rows; unlike items that fall together cost time and nothing else.
fn mix(column: &Column, hashes: &mut [u64]) -> Result<()> {
    let add = |hash: &mut u64, value: u64| *hash = (hash.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    match column.dtype() {
        DataType::String => {
            for (hash, text) in hashes.iter_mut().zip(column.str()?.iter()) {
                text.unwrap_or_default().bytes().for_each(|byte| add(hash, u64::from(byte)));
                add(hash, 256);
            }
        }
        DataType::Date => {
            let days = column.date()?.phys.iter();
            hashes.iter_mut().zip(days).for_each(|(hash, day)| add(hash, i64::from(day.unwrap_or(-1)).cast_unsigned()));
        }
        _ => {
            let numbers = column.i64()?.iter();
            hashes.iter_mut().zip(numbers).for_each(|(hash, number)| add(hash, number.unwrap_or(-1).cast_unsigned()));
        }
    }
    Ok(())
}

/// Whether a row of `closings` closes its case.
pub(super) fn closes() -> Expr {
    col("manner").neq(lit("observed"))
}

/// The columns of a view in their order.
fn view_columns(table: &'static schema::Table) -> impl Iterator<Item = &'static str> {
    let own = table.columns().map(move |column| match (table.owner, column.name) {
        (Owner::Case, ENTITY_ID) => Some(PARTY_ID),
        (Owner::Party, ENTITY_ID) => None,
        (_, name) => Some(name),
    });
    [ENTITY_ID, AS_OF].into_iter().chain(own.flatten())
}

fn party_renamed(rows: LazyFrame, table: &schema::Table) -> LazyFrame {
    if table.column(ENTITY_ID).is_some() { rows.rename([ENTITY_ID], [PARTY_ID], true) } else { rows }
}
