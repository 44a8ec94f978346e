//! One group of rows: its pages, read and decoded step by step.
//!
//! ```text
//! Group ─ pages() ─► Pages (compressed, whole group) ─ decode(range) ─► Slab (some rows) ─ read ─► cells
//! ```
//!
//! Columns of a slab are decoded side by side. A value that cannot be read refuses its row only where a
//! rule needs the column.

use std::fs::File;
use std::io::Cursor;
use std::ops::Range;

use polars::prelude::{PolarsResult, polars_bail};
use polars_arrow::array::Array;
use polars_arrow::compute::concatenate::concatenate;
use polars_buffer::Buffer;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays,
};
use rayon::prelude::*;

use super::column::Column;
use super::file::{EXPECTED, ParquetRows};
use super::values::{Values, checked};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::guarded;
use crate::ingest::refusal::Fault;
use crate::ingest::rows::{Raw, RowVisitor};
use crate::sentence::says;

/// A group of rows of a file.
pub(in crate::ingest) struct Group<'f> {
    file: &'f ParquetRows,
    metadata: &'f RowGroupMetadata,
    /// The rows before it.
    before: u64,
}

/// The compressed pages of a group, column by column.
pub(in crate::ingest) struct Pages<'f> {
    group: Group<'f>,
    /// For each column, its chunks: one unless its values are nested.
    chunks: Vec<Vec<(&'f ColumnChunkMetadata, Buffer<u8>)>>,
}

/// Some rows of a group, decoded.
pub(in crate::ingest) struct Slab<'f> {
    file: &'f ParquetRows,
    arrays: Vec<Box<dyn Array>>,
    /// The number of the first row, counted from 1.
    first: u64,
}

impl<'f> Group<'f> {
    pub(super) const fn new(file: &'f ParquetRows, metadata: &'f RowGroupMetadata, before: u64) -> Self {
        Self { file, metadata, before }
    }

    pub(in crate::ingest) fn rows(&self) -> usize {
        self.metadata.num_rows()
    }

    /// Reads the pages as they lie there.
    pub(in crate::ingest) fn pages(self) -> Result<Pages<'f>> {
        let size = self.metadata.compressed_size();
        let bound = self.file.bounds.row_group_bytes;
        if size > bound {
            let found = says!("{size} bytes in a row group", size);
            return Err(Bounds::exceeded(&self.file.path, found, ("row_group_bytes", bound as u64)));
        }
        let mut file = self.file.bytes.open().map_err(Error::io(&self.file.path))?;
        let chunks = guarded((&self.file.path, EXPECTED), || {
            let chunks = self.file.columns.iter().map(|column| self.chunks(&mut file, column));
            chunks.collect::<PolarsResult<Vec<_>>>()
        })?;
        Ok(Pages { group: self, chunks })
    }

    fn chunks(
        &self,
        file: &mut Option<File>,
        column: &Column,
    ) -> PolarsResult<Vec<(&'f ColumnChunkMetadata, Buffer<u8>)>> {
        let chunks = self.metadata.columns_under_root_iter(&column.field.name).into_iter().flatten();
        chunks.map(|chunk| Ok((chunk, self.file.bytes.range(file, &chunk.byte_range())?))).collect()
    }
}

impl<'f> Pages<'f> {
    /// Their size.
    pub(in crate::ingest) fn bytes(&self) -> u64 {
        self.group.metadata.compressed_size() as u64
    }

    /// Decodes the rows of a range, counted from 0 within the group.
    pub(in crate::ingest) fn decode(&self, range: &Range<usize>) -> Result<Slab<'f>> {
        let Group { file, before, .. } = self.group;
        let columns: Vec<_> = file.columns.iter().zip(&self.chunks).collect();
        let arrays = columns.into_par_iter().map(|(column, chunks)| {
            let array = guarded((&file.path, EXPECTED), || array(column, chunks, (range, file.bounds.page_bytes)))?;
            if array.len() == range.len() {
                return Ok(checked(array));
            }
            let found = says!("{} rows in column {}", [array.len(), column.field.name.as_str()]);
            Err(Error::format(&file.path, found, says!("{} rows", [range.len()])))
        });
        Ok(Slab { file, arrays: arrays.collect::<Result<_>>()?, first: before + range.start as u64 + 1 })
    }
}

fn array(
    column: &Column,
    chunks: &[(&ColumnChunkMetadata, Buffer<u8>)],
    (range, page_bytes): (&Range<usize>, usize),
) -> PolarsResult<Box<dyn Array>> {
    let reader = |(chunk, bytes): &(&ColumnChunkMetadata, Buffer<u8>)| {
        PageReader::new(Cursor::new(bytes.clone()), chunk, Vec::new(), usize::MAX)
    };
    for page in chunks.iter().flat_map(reader) {
        if let CompressedPage::Data(page) = page?
            && page.uncompressed_size() > page_bytes
        {
            polars_bail!(ComputeError: "a page of more than {page_bytes} bytes; bounds.page_bytes sets it");
        }
    }
    let pages = chunks.iter().map(|chunk| BasicDecompressor::new(reader(chunk), Vec::new())).collect();
    let kinds = chunks.iter().map(|(chunk, _)| &chunk.descriptor().descriptor.primitive_type).collect();
    let filter = Filter::new_ranged(range.start, range.end);
    let arrays = column_iter_to_arrays(pages, kinds, column.field.clone(), Some(filter))?.0;
    match <[_; 1]>::try_from(arrays) {
        Ok([one]) => Ok(one),
        Err(several) => concatenate(&several.iter().map(AsRef::as_ref).collect::<Vec<_>>()),
    }
}

impl Slab<'_> {
    pub(in crate::ingest) fn rows(&self) -> usize {
        self.arrays.first().map_or(0, |array| array.len())
    }

    /// Gives the rows of a range of the slab to `taker`; a value that cannot be read refuses its
    /// row where the column is among those `used`.
    pub(in crate::ingest) fn read(&self, range: Range<usize>, used: &[bool], visitor: &mut impl RowVisitor) {
        let columns: Vec<_> = self.file.columns.iter().zip(&self.arrays).collect();
        let values: Vec<_> =
            columns.iter().map(|(column, array)| Values::new(array.as_ref(), &column.meaning)).collect();
        let names = &self.file.names;
        let mut cells = Vec::with_capacity(values.len());
        for row in range {
            cells.clear();
            let mut fault = None;
            for (at, values) in values.iter().enumerate() {
                cells.push(values.cell(row).unwrap_or_else(|odd| {
                    if fault.is_none() && used.get(at) == Some(&true) {
                        let column = names.get(at).cloned().unwrap_or_default();
                        fault = Some(Fault { column, ..odd.fault });
                    }
                    odd.shown
                }));
            }
            let (number, raw) = (self.first + row as u64, Raw::Cells(names, &cells));
            match fault {
                None => visitor.row(number, &cells, raw),
                Some(fault) => visitor.broken(number, fault, raw),
            }
        }
    }
}
