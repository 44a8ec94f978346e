//! Stored rows, read column by column.
//!
//! The table of a partition is a list of files and the rows wanted of each. Nothing is opened until a room
//! asks for a column, and a column that was read once is kept as long as the partition.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use polars::prelude::*;

use super::dictionary::DictionaryBuilder;
use super::index::stored_rows;
use super::owned::Owned;
use super::replication::{ROW, Replication};
use super::row_selection::{PARQUET, RowSelection};
use super::seal::{Sealed, Seals};
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::sentence::says;
use crate::tables::{Codes, TableReader};

/// The rows of one table in some files, one file after the other, each source row once; files are looked at when first
/// asked for.
#[derive(Debug)]
pub(super) struct StoredRows {
    table: &'static Table,
    sources: Vec<Source>,
    open: Mutex<Option<Arc<Vec<RowSelection>>>>,
    /// What was read so far: several rooms ask for the same columns.
    read: Mutex<BTreeMap<String, Column>>,
}

/// Rows of one table in a file that nobody looked at yet.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) file: Sealed,
    /// The bucket in which it stands.
    pub(super) bucket: Arc<Seals>,
    pub(super) wanted: Wanted,
}

/// Which rows of a file.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    All,
    /// Ranges that do not overlap and are sorted, out of so many rows.
    Ranges(Vec<Range<usize>>, usize),
    /// Those that the parties of a bucket need.
    Of(Owned),
}

impl StoredRows {
    pub(super) fn new(table: &'static Table, sources: Vec<Source>) -> Self {
        Self { table, sources, open: Mutex::new(None), read: Mutex::default() }
    }

    fn pieces(&self) -> Result<Arc<Vec<RowSelection>>> {
        if let Some(pieces) = self.open.lock().ok().and_then(|open| open.clone()) {
            return Ok(pieces);
        }
        let mut met = PlHashSet::new();
        let once = |source: &Source| -> Result<RowSelection> {
            let piece = source.open(self.table)?;
            if Replication::for_table(self.table) == Replication::None {
                return Ok(piece);
            }
            let rows = piece.read(Some(&[ROW]))?;
            let marks: Vec<bool> = rows.column(ROW)?.i64()?.iter().map(|row| met.insert(row)).collect();
            piece.only(&marks)
        };
        let pieces = Arc::new(self.sources.iter().map(once).collect::<Result<Vec<_>>>()?);
        if let Ok(mut open) = self.open.lock() {
            *open = Some(pieces.clone());
        }
        Ok(pieces)
    }
}

impl TableReader for StoredRows {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut read = self.read.lock().map(|read| read.clone()).unwrap_or_default();
        let missing: Vec<&str> = names.iter().copied().filter(|name| !read.contains_key(*name)).collect();
        if !missing.is_empty() {
            let found = self.decoded(&missing)?.into_columns().into_iter();
            read.extend(missing.iter().map(ToString::to_string).zip(found));
            if let Ok(mut kept) = self.read.lock() {
                kept.extend(read.clone());
            }
        }
        let columns: Vec<Column> = names.iter().filter_map(|name| read.get(*name).cloned()).collect();
        Ok(DataFrame::new(columns.first().map_or(0, Column::len), columns)?)
    }

    fn codes(&self, name: &str) -> Result<Option<Codes>> {
        let mut met = DictionaryBuilder::default();
        for piece in self.pieces()?.iter() {
            if !met.add(piece, name)? {
                return Ok(None);
            }
        }
        Ok(Some(met.codes()))
    }
}

impl StoredRows {
    fn decoded(&self, names: &[&str]) -> Result<DataFrame> {
        let pieces = self.pieces()?;
        let mut all = DataFrame::default();
        for piece in pieces.iter() {
            let frame = piece.read(Some(names))?;
            match all.width() {
                0 => all = frame,
                _ => {
                    all.vstack_mut_owned(frame).map_err(|error| Error::format(&piece.file.path, error, PARQUET))?;
                }
            }
        }
        Ok(all)
    }
}

impl Source {
    pub(super) fn open(&self, table: &Table) -> Result<RowSelection> {
        let (piece, path) = (RowSelection::whole(&self.file)?, &self.file.path);
        for column in table.columns() {
            let Some(field) = piece.fields.get(column.name) else { continue };
            let (found, expected) = (DataType::from_arrow_field(field), column.kind.data_type());
            if found != expected {
                let found = format!("{}: {found}", column.name);
                return Err(Error::format(path, found, expected.to_string()));
            }
        }
        let counted = match &self.wanted {
            Wanted::Ranges(_, of) => *of,
            Wanted::All | Wanted::Of(_) => stored_rows(&self.bucket, table)?,
        };
        if counted != piece.rows() {
            let found = format!("{} rows", piece.rows());
            return Err(Error::format(path, found, says!("{counted}, as its index counts", counted)));
        }
        match &self.wanted {
            Wanted::All => Ok(piece),
            Wanted::Ranges(ranges, _) => piece.within(ranges),
            Wanted::Of(owned) => owned.among(table, piece),
        }
    }
}
