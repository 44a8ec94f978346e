//! Parquet files of a part.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use polars::prelude::*;

use crate::error::{Error, Result};

/// Rows that are read over rather than begin anew.
const NEAR: usize = 1024;
/// Ranges beyond which the whole file is read at once: each costs about as much as decoding some thousand rows.
const MANY: usize = 48;

/// Writes a frame; `group` rows stand together.
pub(super) fn write(path: &Path, frame: &mut DataFrame, group: usize) -> Result<()> {
    let file = File::create(path).map_err(Error::io(path))?;
    let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Lz4Raw);
    writer.with_statistics(StatisticsOptions::default()).with_row_group_size(Some(group)).finish(frame)?;
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<DataFrame> {
    let file = File::open(path).map_err(Error::io(path))?;
    ParquetReader::new(file).finish().map_err(|error| Error::format(path, error, "a Parquet file"))
}

/// The rows of some ranges, and perhaps rows between ranges that lie near each other.
pub(super) fn read_ranges(path: &Path, ranges: &[Range<usize>]) -> Result<Option<DataFrame>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges.iter().filter(|range| !range.is_empty()) {
        match joined.last_mut() {
            Some(last) if range.start <= last.end + NEAR => last.end = last.end.max(range.end),
            _ => joined.push(range.clone()),
        }
    }
    if joined.len() > MANY {
        let wanted = ranges.iter().cloned().flatten().filter_map(|row| IdxSize::try_from(row).ok());
        return Ok(Some(taken(&read(path)?, wanted.collect())?));
    }
    let mut all: Option<DataFrame> = None;
    let mut metadata = None;
    for range in joined {
        let file = File::open(path).map_err(Error::io(path))?;
        let mut reader = ParquetReader::new(file);
        match &metadata {
            Some(known) => reader.set_metadata(Clone::clone(known)),
            None => metadata = Some(reader.get_metadata()?.clone()),
        }
        let rows = reader.with_slice(Some((range.start, range.len()))).finish();
        let rows = rows.map_err(|error| Error::format(path, error, "a Parquet file"))?;
        match &mut all {
            Some(all) => {
                all.vstack_mut_owned(rows)?;
            }
            None => all = Some(rows),
        }
    }
    Ok(all)
}

/// The rows of a frame at some positions.
pub(super) fn taken(frame: &DataFrame, positions: Vec<IdxSize>) -> Result<DataFrame> {
    Ok(frame.take(&IdxCa::from_vec("".into(), positions))?)
}
