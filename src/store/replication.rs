//! Which tables are replicated to which owners, and by which column.
//!
//! | table | stored once for | example |
//! |---|---|---|
//! | of a party | the party | an account |
//! | of a case | each debtor of the case | a payment |
//! | `relations`, `equity` and what they lead to | the party, and everybody who names it | a home given to a spouse |
//!
//! Replication multiplies rows; it is what lets a bucket be assessed without any other.

use polars::prelude::*;

use super::files;
use super::hash_key::{bucket, hash_key};
use super::spill_buffer::SpillBuffer;
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, Owner, TABLES, Table};
use crate::tables::may_name_case;

/// In replicated tables: the party that needs the row.
pub(super) const OWNER_ID: &str = "needer_id";
/// In replicated tables: the row's number over all parts, by which copies are known.
pub(super) const ROW: &str = "row";
/// In pairs: what is needed.
pub(super) const KEY: &str = "key";

/// Tables of which a debtor's conduct also needs the rows of the parties that his own rows name, and the naming column.
const NAMING: [(&str, &str); 2] = [("relations", "other_id"), ("equity", "company_id")];

/// The table that tells the debtors of cases.
const DEBTORS: &str = "case_parties";

/// Whose rows a table holds, as the store copies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replication {
    /// Each row serves the party it speaks of, and nobody else.
    None,
    /// Each row serves every debtor of its case.
    ByCase,
    /// Each row serves the party it speaks of and everybody whose own rows name that party.
    ByName,
}

impl Replication {
    /// The ways in which rows are copied, in the order of [`FILES`](Self::FILES).
    pub(super) const WAYS: [Self; 2] = [Self::ByCase, Self::ByName];
    /// The pairs of a part: debtors of its cases, and who names whom.
    pub(super) const FILES: [&'static str; 2] = ["debtors.parquet", "named.parquet"];

    pub(super) fn for_table(table: &Table) -> Self {
        match table.owner {
            Owner::Case => Self::ByCase,
            Owner::Party if NAMING.iter().any(|(name, _)| *name == table.name) => Self::ByName,
            Owner::Party => Self::None,
        }
    }

    /// The column that names the party whom a stored row serves.
    pub(super) fn owner_column(self) -> &'static str {
        if self == Self::None { ENTITY_ID } else { OWNER_ID }
    }

    /// Whether rows of a table tell pairs.
    pub(super) fn tells_pairs(table: &Table) -> bool {
        table.name == DEBTORS || NAMING.iter().any(|(name, _)| *name == table.name)
    }

    /// The pairs that rows of a table tell, of a case and its debtor or of whom somebody names and
    /// himself, and the index of their way among [`Replication::WAYS`].
    pub(super) fn pairs(table: &Table, frame: &DataFrame) -> Result<Option<(usize, DataFrame)>> {
        if table.name == DEBTORS {
            let roles = table.decode_codes(frame.select(["role"])?)?;
            let is_debtor: Vec<bool> = roles.column("role")?.str()?.iter().map(|role| role == Some("debtor")).collect();
            let rows = (0..).zip(is_debtor).filter(|(_, is_debtor)| *is_debtor).map(|(row, _)| row).collect();
            return Ok(Some((0, paired(&files::taken(&frame.select([CASE_ID, ENTITY_ID])?, rows)?)?)));
        }
        let Some((_, column)) = NAMING.iter().find(|(name, _)| *name == table.name) else { return Ok(None) };
        let named = frame.column(column)?.i64()?.iter();
        let rows = (0..).zip(named).filter(|(_, named)| named.is_some()).map(|(row, _)| row).collect();
        Ok(Some((1, paired(&files::taken(&frame.select([*column, ENTITY_ID])?, rows)?)?)))
    }
}

/// Where the cases wait that rows of parties name: behind the pairs.
pub(super) const NAMED_CASES: usize = TABLES.len() + Replication::WAYS.len();

/// The cases that rows of a party's table name, as pairs of the case and the index of the table, each with the number
/// of rows; nothing of other tables.
pub(super) fn named_cases(table: &Table, frame: &DataFrame) -> Result<Option<DataFrame>> {
    if !may_name_case(table) {
        return Ok(None);
    }
    let cases: Vec<i64> = frame.column(CASE_ID)?.i64()?.iter().flatten().collect();
    let runs = || cases.chunk_by(|a, b| a == b);
    let keys: Vec<i64> = runs().filter_map(|run| run.first().copied()).collect();
    let rows: Vec<u64> = runs().map(|run| run.len() as u64).collect();
    let index = i64::try_from(SpillBuffer::table_index(table)).unwrap_or(i64::MAX);
    let (height, tables) = (keys.len(), vec![index; keys.len()]);
    let columns =
        vec![Column::new(KEY.into(), keys), Column::new(ENTITY_ID.into(), tables), Column::new(ROW.into(), rows)];
    Ok(Some(DataFrame::new(height, columns)?))
}

/// The two columns of a frame as those of pairs.
fn paired(frame: &DataFrame) -> Result<DataFrame> {
    let columns =
        frame.columns().iter().zip([KEY, ENTITY_ID]).map(|(column, name)| column.clone().with_name(name.into()));
    Ok(DataFrame::new(frame.height(), columns.collect())?)
}

/// Pairs of a key (a case, a named party) and a party that needs what is told of it; sorted, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeyToOwners(Vec<(i64, i64)>);

impl KeyToOwners {
    pub(super) fn new(mut pairs: Vec<(i64, i64)>) -> Self {
        // Stable: it takes runs that are sorted already as they are.
        pairs.sort();
        pairs.dedup();
        Self(pairs)
    }

    pub(super) fn owners(&self, key: i64) -> impl Iterator<Item = i64> + '_ {
        let start = self.0.partition_point(|pair| pair.0 < key);
        self.0.iter().skip(start).take_while(move |pair| pair.0 == key).map(|pair| pair.1)
    }

    pub(super) fn has(&self, pair: (i64, i64)) -> bool {
        self.0.binary_search(&pair).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self::new([self.0.as_slice(), &other.0].concat())
    }

    /// Those whose parties fall into one bucket out of so many.
    pub(super) fn among(&self, (number, buckets): (u32, u32)) -> Self {
        Self(self.iter().filter(|(_, owner)| bucket(*owner, buckets) == number).collect())
    }

    /// The pairs in the order of the hash of their keys: one order, however many batches they came in.
    pub(super) fn frame(&self) -> Result<DataFrame> {
        let mut pairs = self.0.clone();
        pairs.sort_by_key(|(key, _)| hash_key(*key));
        let (keys, owners): (Vec<i64>, Vec<i64>) = pairs.into_iter().unzip();
        let columns = vec![Column::new(KEY.into(), keys), Column::new(ENTITY_ID.into(), owners)];
        Ok(DataFrame::new(self.0.len(), columns)?)
    }
}

/// The pairs of a frame, row by row.
pub(super) fn pairs_of(frame: &DataFrame) -> Result<impl Iterator<Item = (i64, i64)> + '_> {
    let (keys, owners) = (frame.column(KEY)?.i64()?.iter(), frame.column(ENTITY_ID)?.i64()?.iter());
    Ok(keys.zip(owners).filter_map(|(key, owner)| key.zip(owner)))
}
