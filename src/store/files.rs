//! Parquet files of a part.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use polars::prelude::*;

use crate::error::{Error, Result};

/// Rows that are read over rather than begin anew.
const NEAR: usize = 1024;

/// Writes a frame; `group` rows stand together.
pub(super) fn write(path: &Path, frame: &mut DataFrame, group: usize) -> Result<()> {
    let mut file = File::create(path).map_err(Error::io(path))?;
    let writer = ParquetWriter::new(&mut file).with_compression(ParquetCompression::Lz4Raw);
    writer.with_statistics(StatisticsOptions::default()).with_row_group_size(Some(group)).finish(frame)?;
    // A manifest must not name what the disk does not have.
    file.sync_all().map_err(Error::io(path))
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
    let Some(first) = joined.first() else { return Ok(None) };
    let file = File::open(path).map_err(Error::io(path))?;
    let metadata = ParquetReader::new(file).get_metadata()?.clone();
    // A range costs the decoding of the row groups it touches.
    let is_many = joined.len() > 1 && joined.len() >= metadata.row_groups.len();
    if is_many || first.len() >= metadata.num_rows {
        let wanted = ranges.iter().cloned().flatten().filter_map(|row| IdxSize::try_from(row).ok());
        return Ok(Some(taken(&read(path)?, wanted.collect())?));
    }
    let mut all: Option<DataFrame> = None;
    for range in joined {
        let file = File::open(path).map_err(Error::io(path))?;
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(metadata.clone());
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
