//! Opens a Parquet file and gives its groups of rows.
//!
//! The footer at the end of the file says which columns and groups there are. It is held against the bounds
//! before anything else is read.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::datatypes::ArrowDataType;
use polars_buffer::Buffer;
use polars_parquet::read::{FileMetadata, read_metadata};

use super::bytes::Bytes;
use super::column::{Column, Meaning};
use super::group::Group;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::content::known;
use crate::ingest::guard::{Broken, guarded};
use crate::ingest::mapping::Form;
use crate::ingest::rows::{RowVisitor, Zone};
use crate::ingest::told::told;
use crate::sentence::{Sentence, says};

pub(super) const EXPECTED: &str = "a Parquet file";
/// How files begin and end, those that are encrypted otherwise.
const MAGIC: [u8; 4] = *b"PAR1";
const ENCRYPTED: [u8; 4] = *b"PARE";
/// Rows that are decoded at a time.
const STEP: usize = 1 << 14;

/// The rows of a Parquet file, a group at a time.
pub(in crate::ingest) struct ParquetRows {
    pub(super) path: PathBuf,
    pub(super) columns: Vec<Column>,
    pub(super) names: Vec<String>,
    pub(super) bounds: Bounds,
    pub(super) bytes: Bytes,
    metadata: FileMetadata,
}

impl ParquetRows {
    /// Reads what a file says about itself.
    pub(in crate::ingest) fn open(path: &Path, form: &Form, bounds: &Bounds) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::io(path))?;
        let length = file.metadata().map_err(Error::io(path))?.len();
        Self::new((path, &mut file), Bytes::File { path: path.to_path_buf(), length }, (form, bounds))
    }

    /// [`ParquetRows::open`] of the bytes of a file; `path` is what errors call them.
    pub(in crate::ingest) fn of_bytes(path: &Path, bytes: Vec<u8>, form: &Form, bounds: &Bounds) -> Result<Self> {
        let bytes = Buffer::from(bytes);
        Self::new((path, &mut Cursor::new(bytes.as_slice())), Bytes::Memory(bytes.clone()), (form, bounds))
    }

    fn new(
        (path, file): (&Path, &mut (impl Read + Seek)),
        bytes: Bytes,
        (form, bounds): (&Form, &Bounds),
    ) -> Result<Self> {
        framed(path, file)?;
        let zone = form.zone.as_deref().and_then(Zone::parse).unwrap_or(Zone::COURT);
        let (metadata, columns) = guarded((path, EXPECTED), || {
            let metadata = read_metadata(file)?;
            let columns = Column::all(&metadata, zone);
            PolarsResult::Ok((metadata, columns))
        })?;
        let names: Vec<String> = columns.iter().map(|column| column.field.name.to_string()).collect();
        let rows = Self { path: path.to_path_buf(), columns, names, bounds: bounds.clone(), bytes, metadata };
        rows.check()?;
        Ok(rows)
    }

    fn check(&self) -> Result<()> {
        let wrong = |found: Sentence, expected: &str| Err(Error::format(&self.path, found, expected));
        let mut sorted: Vec<_> = self.names.iter().collect();
        sorted.sort_unstable();
        if let Some([name, _]) = sorted.windows(2).find(|pair| pair.first() == pair.last()) {
            return wrong(says!("column {name} twice", name), "each column once");
        }
        if self.names.len() > self.bounds.columns {
            let bound = ("columns", self.bounds.columns as u64);
            return Err(Bounds::exceeded(&self.path, says!("{} columns", [self.names.len()]), bound));
        }
        for (at, group) in self.metadata.row_groups.iter().enumerate() {
            if group.num_rows() > self.bounds.row_group_rows {
                let found = says!("{} rows in row group {}", [group.num_rows(), at + 1]);
                let bound = ("row_group_rows", self.bounds.row_group_rows as u64);
                return Err(Bounds::exceeded(&self.path, found, bound));
            }
            if group.compressed_size() as u64 > self.bytes.length() {
                return wrong(says!("row group {} larger than its file", [at + 1]), EXPECTED);
            }
        }
        Ok(())
    }

    pub(in crate::ingest) fn names(&self) -> &[String] {
        &self.names
    }

    /// Which columns hold no single values or instants of an unknown zone, and what they hold.
    pub(in crate::ingest) fn unreadable(&self) -> Vec<Option<String>> {
        self.columns.iter().map(Column::unreadable).collect()
    }

    /// The columns of instants, of which the day alone is given.
    pub(in crate::ingest) fn instants(&self) -> impl Iterator<Item = &str> {
        let is_instant = |column: &&Column| matches!(column.field.dtype, ArrowDataType::Timestamp(..));
        self.columns.iter().filter(is_instant).map(|column| column.field.name.as_str())
    }

    /// What was taken for granted.
    pub(in crate::ingest) fn notes(&self) -> impl Iterator<Item = Sentence> {
        self.columns.iter().filter_map(|column| match column.meaning {
            Meaning::Bare(zone) => Some(says!(
                "column {}: instants that name no zone; their days are those of {zone}, unless form.zone says another",
                [told(column.field.name.as_str())],
                zone = zone.to_string()
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

    /// Gives every row to `taker`, as [`Slab::read`](super::group::Slab::read) does.
    pub(in crate::ingest) fn read(&self, used: &[bool], visitor: &mut impl RowVisitor) -> Result<()> {
        for group in self.groups() {
            let count = group.rows();
            let pages = group.pages()?;
            for start in (0..count).step_by(STEP) {
                let slab = pages.decode(&(start..count.min(start + STEP)))?;
                slab.read(0..slab.rows(), used, visitor);
            }
        }
        Ok(())
    }
}

/// Refuses bytes that do not begin and end as those of a Parquet file do.
fn framed(path: &Path, file: &mut (impl Read + Seek)) -> Result<()> {
    let mut head = Vec::new();
    file.take(64).read_to_end(&mut head).map_err(Error::io(path))?;
    let mut tail = [0; 4];
    let has_tail = head.len() >= 8
        && file.seek(SeekFrom::End(-4)).and_then(|_| file.read_exact(&mut tail)).map_err(Error::io(path)).is_ok();
    file.rewind().map_err(Error::io(path))?;
    let found = match (head.first_chunk().copied(), has_tail.then_some(tail)) {
        (Some(MAGIC), Some(MAGIC)) => return Ok(()),
        (Some(ENCRYPTED), _) | (Some(MAGIC), Some(ENCRYPTED)) => says!("an encrypted Parquet file"),
        (Some(MAGIC), _) => says!("a Parquet file whose end is lost"),
        _ => known(&head).unwrap_or_else(|| says!("bytes of another kind")),
    };
    Err(Error::format(path, found, EXPECTED))
}

impl Broken for PolarsError {
    fn kind(&self) -> Sentence {
        let words = self.to_string().to_lowercase();
        match ["support", "implement"].iter().any(|word| words.contains(word)) {
            true => says!("a Parquet file written in a way that is not read"),
            false => says!("a damaged Parquet file"),
        }
    }
}

impl std::fmt::Debug for ParquetRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetRows").field("path", &self.path).finish_non_exhaustive()
    }
}
