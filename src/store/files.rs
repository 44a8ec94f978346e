//! Writes the Parquet files of a part, whole or frame by frame, and helps with frames: picking and joining
//! rows.
//!
//! Every file that stays is sealed while it is written: the digest of each stretch comes from the bytes
//! that went to the disk.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;

use super::aside::AsideWriter;
use super::seal::{Seal, Sealed};
use crate::disk;
use crate::error::{Error, Result};

/// Writes a frame to stay; `group` rows stand together.
pub(super) fn write(path: &Path, frame: &mut DataFrame, group: usize) -> Result<Seal> {
    let mut file = buffered(path)?;
    lasting(&mut file).with_row_group_size(Some(group)).finish(frame)?;
    // A manifest must not name what the disk does not have.
    file.into_inner().map_err(|error| Error::io(path)(error.into_error()))?.synced()?;
    Seal::written(path)
}

/// How files are written that stay.
fn lasting<W: Write>(file: W) -> ParquetWriter<W> {
    // Dictionaries do most of what there is to do: LZ4 would spare a third of the disk and cost a
    // night a sixth of its time.
    let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Uncompressed);
    // Buckets are written abreast already.
    writer.with_statistics(StatisticsOptions::default()).set_parallel(false)
}

/// A new file that takes the many small pieces of a writer together.
fn buffered(path: &Path) -> Result<BufWriter<disk::Writer>> {
    Ok(BufWriter::with_capacity(1 << 18, disk::create(path)?))
}

/// Writes frames that are soon read again, each as one row group; at least one.
pub(super) fn write_aside(path: &Path, frames: impl Iterator<Item = Result<DataFrame>>) -> Result<Sealed> {
    let mut open = None;
    for frame in frames {
        let frame = frame?;
        let mut writer = match open.take() {
            Some(writer) => writer,
            None => AsideWriter::new(buffered(path)?, frame.schema())?,
        };
        writer.add(&frame)?;
        open = Some(writer);
    }
    if let Some(writer) = open {
        writer.finish()?.into_inner().map_err(|error| Error::io(path)(error.into_error()))?;
    }
    Ok(Sealed::new(path.to_path_buf(), Seal::written(path)?))
}

/// A file to stay that grows frame by frame; `group` rows stand together.
pub(super) struct Growing {
    path: PathBuf,
    group: usize,
    /// Rows of a group that is not full yet.
    rest: DataFrame,
    writer: Option<BatchedWriter<BufWriter<disk::Writer>>>,
}

impl Growing {
    /// Nothing yet.
    pub(super) fn new(path: PathBuf, group: usize) -> Self {
        Self { path, group, rest: DataFrame::default(), writer: None }
    }

    /// Adds rows of the same columns as those before.
    pub(super) fn add(&mut self, frame: &DataFrame) -> Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                self.rest = frame.clear();
                self.writer.insert(lasting(buffered(&self.path)?).batched(frame.schema())?)
            }
        };
        self.rest.vstack_mut(frame)?;
        self.rest.rechunk_mut();
        while self.rest.height() >= self.group {
            let (full, rest) = self.rest.split_at(i64::try_from(self.group).unwrap_or(i64::MAX));
            writer.write_batch(&full)?;
            self.rest = rest;
        }
        Ok(())
    }

    /// Ends the file, if any rows came, and waits until the disk has it.
    pub(super) fn finish(self) -> Result<Option<Seal>> {
        let Some(mut writer) = self.writer else { return Ok(None) };
        if self.rest.height() > 0 {
            writer.write_batch(&self.rest)?;
        }
        writer.finish()?;
        drop(writer);
        disk::synced(&self.path)?;
        Seal::written(&self.path).map(Some)
    }
}

/// The rows of a frame at some positions.
pub(super) fn taken(frame: &DataFrame, positions: Vec<IdxSize>) -> Result<DataFrame> {
    let positions = IdxCa::from_vec("".into(), positions);
    // One after the other: whoever calls has the threads busy, and waiting for those of polars costs more.
    let columns = frame.columns().iter().map(|column| column.take(&positions)).collect::<PolarsResult<_>>()?;
    Ok(DataFrame::new(positions.len(), columns)?)
}

/// Frames one below the other, in one piece.
pub(super) fn joined(frames: impl IntoIterator<Item = DataFrame>) -> Result<Option<DataFrame>> {
    let mut frames = frames.into_iter();
    let Some(mut all) = frames.next() else { return Ok(None) };
    for frame in frames {
        all.vstack_mut_owned(frame)?;
    }
    all.rechunk_mut();
    Ok(Some(all))
}
