//! Stored rows, read column by column.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::*;

use crate::error::{Error, Result};
use crate::schema::TableReader;

/// The rows of one table in some files, one file after the other.
#[derive(Debug)]
pub(super) struct StoredRows(pub(super) Vec<Piece>);

/// Some rows of a file.
#[derive(Debug)]
pub(super) struct Piece {
    path: PathBuf,
    /// Of the row groups in which there are any.
    metadata: FileMetadataRef,
    wanted: Wanted,
}

/// Which rows of the groups.
#[derive(Debug)]
enum Wanted {
    All,
    Run(usize, usize),
    Marked(BooleanChunked),
}

impl TableReader for StoredRows {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut frames = self.0.iter().map(|piece| piece.read(Some(names)));
        let mut all = frames.next().transpose()?.unwrap_or_default();
        for frame in frames {
            all.vstack_mut_owned(frame?)?;
        }
        Ok(all)
    }
}

impl Piece {
    /// All rows.
    pub(super) fn whole(path: &Path) -> Result<Self> {
        let reader = &mut ParquetReader::new(open(path)?);
        let metadata = reader.get_metadata().map_err(unreadable(path))?.clone();
        Ok(Self { path: path.to_path_buf(), metadata, wanted: Wanted::All })
    }

    /// The rows of some ranges, which do not overlap and are sorted; nothing where these are empty.
    pub(super) fn of(path: &Path, ranges: &[Range<usize>]) -> Result<Option<Self>> {
        let mut ranges = ranges.iter().filter(|range| !range.is_empty()).peekable();
        if ranges.peek().is_none() {
            return Ok(None);
        }
        let mut metadata = Arc::unwrap_or_clone(Self::whole(path)?.metadata);
        let mut start = 0;
        let mut marks: Vec<bool> = Vec::new();
        metadata.row_groups.retain(|group| {
            let end = start + group.num_rows();
            let before = marks.len();
            while let Some(range) = ranges.peek().filter(|range| range.start < end) {
                marks.resize(before + range.start.max(start) - start, false);
                marks.resize(before + range.end.min(end) - start, true);
                if range.end > end {
                    break;
                }
                ranges.next();
            }
            let is_touched = marks.len() > before;
            if is_touched {
                marks.resize(before + group.num_rows(), false);
            }
            start = end;
            is_touched
        });
        metadata.num_rows = marks.len();
        Ok(Some(Self { path: path.to_path_buf(), metadata: Arc::new(metadata), wanted: Wanted::of(&marks) }))
    }

    /// Those of the rows that are marked.
    pub(super) fn only(self, marks: &[bool]) -> Self {
        let mut marks = marks.iter().copied();
        let mut narrowed = |was: bool| was && marks.next().unwrap_or_default();
        let marks: Vec<bool> = match &self.wanted {
            Wanted::All => (0..self.metadata.num_rows).map(|_| narrowed(true)).collect(),
            Wanted::Run(first, count) => {
                (0..self.metadata.num_rows).map(|row| narrowed((*first..first + count).contains(&row))).collect()
            }
            Wanted::Marked(before) => before.iter().map(|was| narrowed(was == Some(true))).collect(),
        };
        Self { wanted: Wanted::of(&marks), ..self }
    }

    /// Some columns, or all. Decodes each group once.
    pub(super) fn read(&self, columns: Option<&[&str]>) -> Result<DataFrame> {
        // Whoever reads has the threads busy with other buckets.
        let mut reader = ParquetReader::new(open(&self.path)?).read_parallel(ParallelStrategy::None);
        reader.set_metadata(self.metadata.clone());
        reader = reader.with_columns(columns.map(|names| names.iter().map(ToString::to_string).collect()));
        if let Wanted::Run(first, count) = self.wanted {
            reader = reader.with_slice(Some((first, count)));
        }
        let rows = reader.finish().map_err(unreadable(&self.path))?;
        match &self.wanted {
            Wanted::Marked(marks) => Ok(rows.filter_seq(marks)?),
            Wanted::All | Wanted::Run(..) => Ok(rows),
        }
    }
}

impl Wanted {
    fn of(marks: &[bool]) -> Self {
        let first = marks.iter().position(|mark| *mark).unwrap_or_default();
        let count = marks.iter().filter(|mark| **mark).count();
        match marks.iter().skip(first).take(count).all(|mark| *mark) {
            true if count == marks.len() => Self::All,
            true => Self::Run(first, count),
            false => Self::Marked(BooleanChunked::from_slice("".into(), marks)),
        }
    }
}

/// The rows of some ranges of a file, with all columns; see [`Piece::of`].
pub(super) fn read_ranges(path: &Path, ranges: &[Range<usize>]) -> Result<Option<DataFrame>> {
    Piece::of(path, ranges)?.map(|piece| piece.read(None)).transpose()
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(Error::io(path))
}

fn unreadable(path: &Path) -> impl FnOnce(PolarsError) -> Error + '_ {
    move |error| Error::format(path, error, "a Parquet file")
}
