use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::PolarsResult;
use polars_parquet::read::{FileMetadata, read_metadata};

use super::column::{Column, Meaning};
use super::group::Group;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::guarded;
use crate::ingest::mapping::Form;
use crate::ingest::rows::Zone;
use crate::ingest::told::told;

pub(super) const EXPECTED: &str = "a Parquet file";

/// The rows of a Parquet file, a group at a time.
pub(in crate::ingest) struct ParquetRows {
    pub(super) path: PathBuf,
    pub(super) columns: Vec<Column>,
    pub(super) names: Vec<String>,
    pub(super) bounds: Bounds,
    /// Bytes.
    pub(super) length: u64,
    metadata: FileMetadata,
}

impl ParquetRows {
    /// Reads what a file says about itself.
    pub(in crate::ingest) fn open(path: &Path, form: &Form, bounds: &Bounds) -> Result<Self> {
        let zone = form.zone.as_deref().and_then(Zone::parse).unwrap_or(Zone::COURT);
        let mut file = File::open(path).map_err(Error::io(path))?;
        let length = file.metadata().map_err(Error::io(path))?.len();
        let (metadata, columns) = guarded((path, EXPECTED), || {
            let metadata = read_metadata(&mut file)?;
            let columns = Column::all(&metadata, zone);
            PolarsResult::Ok((metadata, columns))
        })?;
        let names: Vec<String> = columns.iter().map(|column| column.field.name.to_string()).collect();
        let rows = Self { path: path.to_path_buf(), columns, names, bounds: bounds.clone(), length, metadata };
        rows.check()?;
        Ok(rows)
    }

    fn check(&self) -> Result<()> {
        let wrong = |found: String, expected: String| Err(Error::format(&self.path, found, expected));
        let mut sorted: Vec<_> = self.names.iter().collect();
        sorted.sort_unstable();
        if let Some([name, _]) = sorted.windows(2).find(|pair| pair.first() == pair.last()) {
            return wrong(format!("column {name} twice"), "each column once".to_owned());
        }
        if self.names.len() > self.bounds.columns {
            let bound = ("columns", self.bounds.columns as u64);
            return Err(Bounds::exceeded(&self.path, format!("{} columns", self.names.len()), bound));
        }
        for (at, group) in self.metadata.row_groups.iter().enumerate() {
            if group.num_rows() > self.bounds.row_group_rows {
                let found = format!("{} rows in row group {}", group.num_rows(), at + 1);
                let bound = ("row_group_rows", self.bounds.row_group_rows as u64);
                return Err(Bounds::exceeded(&self.path, found, bound));
            }
            if group.compressed_size() as u64 > self.length {
                return wrong(format!("row group {} larger than its file", at + 1), EXPECTED.to_owned());
            }
        }
        Ok(())
    }

    pub(in crate::ingest) fn names(&self) -> &[String] {
        &self.names
    }

    /// What was taken for granted.
    pub(in crate::ingest) fn notes(&self) -> impl Iterator<Item = String> {
        self.columns.iter().filter_map(|column| match column.meaning {
            Meaning::Bare(zone) => Some(format!(
                "column {}: instants that name no zone; their days are those of {zone}, unless form.zone says another",
                told(&column.field.name)
            )),
            _ => None,
        })
    }

    /// The groups of rows, in their order.
    pub(in crate::ingest) fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.metadata.row_groups.iter().scan(0, |first, group| {
            let before = *first;
            *first += group.num_rows() as u64;
            Some(Group::new(self, group, before))
        })
    }
}

impl std::fmt::Debug for ParquetRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetRows").field("path", &self.path).finish_non_exhaustive()
    }
}
