//! Writes frames that are read once more and then forgotten: blobs and spilled runs.
//!
//! Looking for texts that repeat, as files that stay have it done, costs such a frame more than LZ4 gains by it. So its
//! values are written as they are.

use std::io::Write;

use polars::prelude::{CompatLevel, DataFrame, Schema, SchemaExt};
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, RowGroupIterator, StatisticsOptions, Version, WriteOptions,
};

use crate::error::Result;

/// A Parquet file without dictionaries and statistics; each frame becomes a row group.
pub(super) struct AsideWriter<W: Write> {
    schema: ArrowSchema,
    file: FileWriter<W>,
}

const OPTIONS: WriteOptions = WriteOptions {
    statistics: StatisticsOptions {
        min_value: false,
        max_value: false,
        distinct_count: false,
        null_count: false,
        binary_statistics_truncate_length: None,
    },
    compression: CompressionOptions::Lz4Raw,
    version: Version::V1,
    data_page_size: None,
};

impl<W: Write> AsideWriter<W> {
    /// An empty file of these columns.
    pub(super) fn new(file: W, schema: &Schema) -> Result<Self> {
        let schema = schema.to_arrow(CompatLevel::newest());
        Ok(Self { file: FileWriter::try_new(file, schema.clone(), OPTIONS)?, schema })
    }

    /// Adds rows of the same columns.
    pub(super) fn add(&mut self, frame: &DataFrame) -> Result<()> {
        let encodings = vec![vec![Encoding::Plain]; self.schema.len()].into();
        let mut frame = frame.clone();
        frame.rechunk_mut();
        let batches = frame.iter_chunks(CompatLevel::newest(), false).filter(|batch| !batch.is_empty()).map(Ok);
        for group in RowGroupIterator::try_new(batches, &self.schema, OPTIONS, encodings)? {
            self.file.write(frame.height() as u64, group?)?;
        }
        Ok(())
    }

    /// Ends the file and gives it back.
    pub(super) fn finish(mut self) -> Result<W> {
        self.file.end(None)?;
        Ok(self.file.into_inner())
    }
}
