//! The accepted rows of all source tables.
//!
//! What every room reads: a table by its name, some columns by theirs.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::memory::MemoryTable;
use super::reader::Stacked;
use super::renamed::Renamed;
use super::{Codes, Names, TableReader};
use crate::error::{Error, Result};
use crate::schema::{self, ColumnKind, Table};
use crate::sentence::Sentence;

/// Accepted source tables, each with exactly the columns and types that the schema gives it.
///
/// A table that nobody delivered reads as empty, which later rooms tell apart from "asked and
/// nothing found" by the ledger `queries`.
#[derive(Clone, Default)]
pub struct SourceTables {
    tables: BTreeMap<&'static str, Arc<dyn TableReader>>,
}

impl SourceTables {
    /// No tables yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a table held in memory; rows of a table added before stay.
    ///
    /// Columns that may be unknown can be left out. `record_id` can be left out too: rows are then numbered from 1.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table, a column is missing, unknown or of another type, a column
    /// that is never empty has an empty value, or a code is not in its list.
    ///
    /// ```
    /// use polars::prelude::*;
    /// use wherewithal::tables::SourceTables;
    ///
    /// let no_days = DataFrame::new(1, vec![Column::new("entity_id".into(), [1i64])])?;
    /// let error = SourceTables::new().with_frame("deposits", no_days).unwrap_err();
    /// assert!(matches!(error, wherewithal::Error::Table { .. })); // a row without its two days is none
    /// assert!(SourceTables::new().with_frame("horoscopes", DataFrame::default()).is_err());
    /// # Ok::<(), PolarsError>(())
    /// ```
    pub fn with_frame(self, name: &str, frame: DataFrame) -> Result<Self> {
        let table = MemoryTable::new(find(name)?, frame)?;
        self.with_reader(name, Arc::new(table))
    }

    /// Adds a table that was checked when it was written; rows of a table added before stay.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table.
    pub fn with_reader(mut self, name: &str, reader: Arc<dyn TableReader>) -> Result<Self> {
        let name = find(name)?.name;
        let reader = match self.tables.remove(name) {
            Some(before) => Arc::new(Stacked(vec![before, reader])),
            None => reader,
        };
        self.tables.insert(name, reader);
        Ok(self)
    }

    /// Some columns of the rows of a table, in the order asked for; no rows when nobody delivered it.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table; otherwise as [`TableReader::columns`].
    ///
    /// ```
    /// use wherewithal::tables::SourceTables;
    ///
    /// let nothing = SourceTables::new().columns("payments", &["amount_fen", "event_on"])?;
    /// assert_eq!(nothing.shape(), (0, 2)); // nobody delivered it; the columns are there all the same
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn columns(&self, name: &str, columns: &[&str]) -> Result<DataFrame> {
        let table = find(name)?;
        match self.tables.get(name) {
            Some(reader) => reader.columns(columns),
            None => Ok(DataFrame::empty_with_schema(&table.frame_schema()).select(columns.iter().copied())?),
        }
    }

    /// All columns of the rows of a table, in the order of the schema.
    ///
    /// # Errors
    ///
    /// As [`SourceTables::columns`].
    pub fn frame(&self, name: &str) -> Result<DataFrame> {
        let columns: Vec<&str> = find(name)?.columns().map(|column| column.name).collect();
        self.columns(name, &columns)
    }

    /// A column of texts as codes, where [`TableReader::codes`] has them.
    ///
    /// # Errors
    ///
    /// As [`TableReader::codes`].
    pub fn codes(&self, name: &str, column: &str) -> Result<Option<Codes>> {
        self.tables.get(name).map_or(Ok(None), |reader| reader.codes(column))
    }

    /// Those of some parties that at least one row of any table names. An organisation code that is
    /// known only as a part of a credit code names no row.
    ///
    /// # Errors
    ///
    /// As [`SourceTables::columns`].
    pub(crate) fn parties_among(&self, wanted: &PlHashSet<i64>) -> Result<PlHashSet<i64>> {
        let mut found = PlHashSet::new();
        for table in self.names() {
            for column in party_columns(find(table)?) {
                found.extend(self.named_in((table, column))?.into_iter().filter(|id| wanted.contains(id)));
            }
        }
        Ok(found)
    }

    /// The same rows with parties renamed.
    #[must_use]
    pub(crate) fn with_parties_named(&self, names: &Arc<Names>) -> Self {
        if names.is_empty() {
            return self.clone();
        }
        let renamed = |(name, rows): (&&'static str, &Arc<dyn TableReader>)| {
            let columns = schema::table(name).into_iter().flat_map(party_columns).collect();
            let renamed: Arc<dyn TableReader> = Arc::new(Renamed { rows: rows.clone(), columns, names: names.clone() });
            (*name, renamed)
        };
        Self { tables: self.tables.iter().map(renamed).collect() }
    }

    /// The parties that a column names.
    fn named_in(&self, (table, column): (&str, &str)) -> Result<PlHashSet<i64>> {
        Ok(self.columns(table, &[column])?.column(column)?.i64()?.iter().flatten().collect())
    }

    /// Whether anybody delivered the table.
    pub fn has(&self, name: &str) -> bool {
        self.tables.contains_key(name)
    }

    /// The names of the tables delivered, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tables.keys().copied()
    }
}

impl std::fmt::Debug for SourceTables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.tables.keys()).finish()
    }
}

/// The columns of a table that name parties of whom there may be rows.
fn party_columns(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let is_party = |column: &&schema::Column| column.kind == ColumnKind::Party && column.name != "organisation_id";
    table.columns().filter(is_party).map(|column| column.name)
}

fn find(name: &str) -> Result<&'static Table> {
    schema::table(name).ok_or_else(|| Error::table(Sentence::name(name), "no such table", "a table of the schema"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payments(known: &[Option<i32>], manner: &str) -> DataFrame {
        let days = Series::new("known_at".into(), known).cast(&DataType::Date).unwrap();
        let n = known.len();
        DataFrame::new(
            n,
            vec![
                Column::new("case_id".into(), vec![1i64; n]),
                days.clone().with_name("event_on".into()).into(),
                days.into(),
                Column::new("amount_fen".into(), vec![5i64; n]),
                Column::new("manner".into(), vec![manner; n]),
            ],
        )
        .unwrap()
    }

    #[test]
    fn fills_what_may_be_left_out_and_adds_up() {
        let tables = SourceTables::new().with_frame("payments", payments(&[Some(1), Some(2)], "auction")).unwrap();
        let tables = tables.with_frame("payments", payments(&[Some(3)], "auction")).unwrap();
        let rows = tables.frame("payments").unwrap();
        assert_eq!(rows.shape(), (3, schema::table("payments").unwrap().columns().count()));
        assert_eq!(tables.frame("closings").unwrap().height(), 0);
        assert!(tables.has("payments") && !tables.has("closings"));
    }

    #[test]
    fn refuses_a_missing_clock_an_unknown_code_and_a_foreign_column() {
        let refused = |frame| SourceTables::new().with_frame("payments", frame).unwrap_err().to_string();
        assert!(refused(payments(&[Some(1), None], "auction")).contains("event_on: 1 empty values"));
        assert!(refused(payments(&[Some(1)], "gift")).contains("manner: gift"));
        let mut frame = payments(&[Some(1)], "auction");
        frame.with_column(Column::new("sex".into(), vec!["f"])).unwrap();
        assert!(refused(frame).contains("column sex"));
    }
}
