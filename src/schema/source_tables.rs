use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;

use super::{Codes, ColumnKind, Table, table};
use crate::error::{Error, Result};

/// Accepted source tables, each with exactly the columns and types that the schema gives it.
///
/// Frames are lazy: a table may be a scan of files larger than memory. A table that nobody delivered reads as empty,
/// which later rooms tell apart from "asked and nothing found" by the ledger `queries`.
#[derive(Clone, Default)]
pub struct SourceTables {
    tables: BTreeMap<&'static str, Rows>,
}

/// Checked rows of one table that lie elsewhere and are read column by column.
pub trait TableReader: std::fmt::Debug + Send + Sync {
    /// Some columns of all rows: in the order asked for, of the schema's types, and row by row the same rows whenever and
    /// for whatever columns it is asked. Columns read at different times are put side by side.
    ///
    /// # Errors
    ///
    /// As whatever holds the rows reports, for a column that is not there too.
    fn columns(&self, names: &[&str]) -> Result<DataFrame>;

    /// The texts of a column as codes, row by row as [`TableReader::columns`] gives them, where the rows lie so that this
    /// costs less; nothing where it does not.
    ///
    /// # Errors
    ///
    /// As [`TableReader::columns`].
    fn codes(&self, _name: &str) -> Result<Option<Codes>> {
        Ok(None)
    }
}

/// Where the rows of a table are.
#[derive(Clone)]
enum Rows {
    Plan(Box<LazyFrame>),
    Reader(Arc<dyn TableReader>),
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
    pub fn with_frame(self, name: &str, mut frame: DataFrame) -> Result<Self> {
        let table = find(name)?;
        for column in frame.get_column_names() {
            if table.column(column).is_none() {
                return Err(Error::table(name, format!("column {column}"), "only columns of the schema"));
            }
        }
        if frame.column(super::RECORD_ID).is_err() {
            let numbers: Vec<i64> = (1..).take(frame.height()).collect();
            frame.with_column(Column::new(super::RECORD_ID.into(), numbers))?;
        }
        let columns = table.columns().map(|column| checked(table, column, &frame)).collect::<Result<Vec<_>>>()?;
        let frame = DataFrame::new(frame.height(), columns)?;
        self.with_scan(name, frame.lazy())
    }

    /// Adds a table that was checked when it was written; rows of a table added before stay. The plan must give its rows
    /// in the same order whenever it is asked, whatever columns are asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table.
    pub fn with_scan(mut self, name: &str, frame: LazyFrame) -> Result<Self> {
        let name = find(name)?.name;
        let frame = match self.has(name) {
            true => concat([self.scan(name)?, frame], UnionArgs::default())?,
            false => frame,
        };
        self.tables.insert(name, Rows::Plan(Box::new(frame)));
        Ok(self)
    }

    /// Adds a table that was checked when it was written and of which only those columns are read that are asked for; rows
    /// of a table added before stay.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table; where there were rows before, as [`TableReader::columns`].
    pub fn with_reader(mut self, name: &str, reader: Arc<dyn TableReader>) -> Result<Self> {
        let table = find(name)?;
        if self.has(table.name) {
            return self.with_scan(name, reader.columns(&names_of(table))?.lazy());
        }
        self.tables.insert(table.name, Rows::Reader(reader));
        Ok(self)
    }

    /// The rows of a table; empty when nobody delivered it. Rows behind a [`TableReader`] are read with all columns.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the schema has no such table; otherwise as [`TableReader::columns`].
    pub fn scan(&self, name: &str) -> Result<LazyFrame> {
        self.scan_columns(name, &names_of(find(name)?))
    }

    /// Some columns of the rows of a table as a plan; behind a [`TableReader`] they are read at once.
    ///
    /// # Errors
    ///
    /// As [`SourceTables::scan`].
    pub fn scan_columns(&self, name: &str, columns: &[&str]) -> Result<LazyFrame> {
        let table = find(name)?;
        Ok(match self.tables.get(name) {
            Some(Rows::Reader(reader)) => reader.columns(columns)?.lazy(),
            Some(Rows::Plan(plan)) => {
                LazyFrame::clone(plan).select(columns.iter().copied().map(col).collect::<Vec<_>>())
            }
            None => DataFrame::empty_with_schema(&table.frame_schema()).select(columns.iter().copied())?.lazy(),
        })
    }

    /// Some columns of the rows of a table.
    ///
    /// # Errors
    ///
    /// As [`SourceTables::scan`]; [`Error::Frame`] when a plan fails.
    pub fn columns(&self, name: &str, columns: &[&str]) -> Result<DataFrame> {
        match self.tables.get(name) {
            Some(Rows::Reader(reader)) => reader.columns(columns),
            _ => Ok(self.scan_columns(name, columns)?.collect()?),
        }
    }

    /// A column of texts as codes, where [`TableReader::codes`] has them.
    ///
    /// # Errors
    ///
    /// As [`TableReader::codes`].
    pub fn codes(&self, name: &str, column: &str) -> Result<Option<Codes>> {
        match self.tables.get(name) {
            Some(Rows::Reader(reader)) => reader.codes(column),
            _ => Ok(None),
        }
    }

    /// Which of the parties in the first column of `wanted` any row names, whatever the table, as a column of that name.
    /// Organisation codes that are known as parts of credit codes alone name no row.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a table operation fails.
    pub fn parties_among(&self, wanted: &DataFrame) -> Result<DataFrame> {
        let name = wanted.get_column_names_owned().first().cloned().unwrap_or_default();
        let mut found = wanted.clear();
        for (table, column) in self.party_columns() {
            let rows = self.scan_columns(table, &[column])?.select([col(column).alias(name.clone())]);
            let rows = rows.semi_join(wanted.clone().lazy(), col(name.clone()), col(name.clone()));
            found.vstack_mut_owned(rows.unique(None, UniqueKeepStrategy::Any).collect()?)?;
        }
        Ok(found.unique_stable(None, UniqueKeepStrategy::First, None)?)
    }

    /// The same rows with parties renamed, from the first of each pair to the second, and how many of the names were in
    /// use. A table without any of them stays the scan it was.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a table operation fails.
    pub fn with_parties_named(&self, names: &[(i64, i64)]) -> Result<(Self, usize)> {
        const FROM: &str = "__from";
        const TO: &str = "__to";
        let (from, to): (Vec<i64>, Vec<i64>) = names.iter().copied().unzip();
        let names = DataFrame::new(from.len(), vec![Column::new(FROM.into(), from), Column::new(TO.into(), to)])?;
        let wanted = names.select([FROM])?;
        let (mut renamed, mut used) = (self.clone(), wanted.clear());
        for (table, column) in self.party_columns() {
            let rows = self.scan_columns(table, &[column])?.select([col(column).alias(FROM)]);
            let met = rows.semi_join(wanted.clone().lazy(), col(FROM), col(FROM));
            let met = met.unique(None, UniqueKeepStrategy::Any).collect()?;
            if met.height() == 0 {
                continue;
            }
            used.vstack_mut_owned(met)?;
            let rows = renamed.scan(table)?;
            // Rows stay in their order: they are read column by column.
            let how = JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Left) };
            let named = rows.join(names.clone().lazy(), [col(column)], [col(FROM)], how);
            let named = named.with_column(coalesce(&[col(TO), col(column)]).alias(column));
            let columns: Vec<Expr> = find(table)?.columns().map(|column| col(column.name)).collect();
            renamed.tables.insert(table, Rows::Plan(Box::new(named.select(columns))));
        }
        Ok((renamed, used.unique_stable(None, UniqueKeepStrategy::First, None)?.height()))
    }

    /// Every column of delivered tables that names parties of which there may be rows.
    fn party_columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let columns = |name| find(name).into_iter().flat_map(|table| table.columns());
        let parties =
            |column: &&'static super::Column| column.kind == ColumnKind::Party && column.name != "organisation_id";
        self.names().flat_map(move |table| columns(table).filter(parties).map(move |column| (table, column.name)))
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

impl ColumnKind {
    /// The type of the column in frames.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Code(_) => DataType::String,
            Self::Integer | Self::Money | Self::Party | Self::Case | Self::Item | Self::Record => DataType::Int64,
            Self::Number | Self::Share => DataType::Float64,
            Self::Day => DataType::Date,
            Self::Flag => DataType::Boolean,
        }
    }
}

impl Table {
    /// The names and types of the table's columns in frames.
    pub fn frame_schema(&self) -> Schema {
        self.columns().map(|column| Field::new(column.name.into(), column.kind.data_type())).collect()
    }
}

fn names_of(table: &'static Table) -> Vec<&'static str> {
    table.columns().map(|column| column.name).collect()
}

fn find(name: &str) -> Result<&'static Table> {
    table(name).ok_or_else(|| Error::table(name, "no such table", "a table of the schema"))
}

fn checked(table: &Table, column: &super::Column, frame: &DataFrame) -> Result<Column> {
    let kind = column.kind.data_type();
    let Ok(values) = frame.column(column.name) else {
        return if column.nullable {
            Ok(Column::full_null(column.name.into(), frame.height(), &kind))
        } else {
            Err(Error::table(table.name, "no such column", format!("column {}", column.name)))
        };
    };
    if values.dtype() != &kind {
        return Err(Error::table(table.name, format!("{}: {}", column.name, values.dtype()), kind.to_string()));
    }
    if !column.nullable && values.null_count() > 0 {
        let found = format!("{}: {} empty values", column.name, values.null_count());
        return Err(Error::table(table.name, found, "a value in every row"));
    }
    if let ColumnKind::Code(codes) = column.kind
        && let Some(other) = values.str()?.iter().flatten().find(|code| !codes.contains(code))
    {
        return Err(Error::table(table.name, format!("{}: {other}", column.name), codes.join(" | ")));
    }
    Ok(values.clone())
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
        let rows = tables.scan("payments").unwrap().collect().unwrap();
        assert_eq!(rows.shape(), (3, table("payments").unwrap().columns().count()));
        assert_eq!(tables.scan("closings").unwrap().collect().unwrap().height(), 0);
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
