//! Parquet files one below the other.

use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::{Path, PathBuf};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::read::{ColumnChunkMetadata, PageReader, infer_schema, read_metadata};
use polars_parquet::write::CompressedPage;

use super::files::buffered;
use crate::error::{Error, Result};

const EXPECTED: &str = "a Parquet file of flat columns";

/// A Parquet file put together from others of the same flat columns, which polars wrote: groups of rows as they are,
/// nothing is decoded.
pub(crate) struct Concatenation {
    path: PathBuf,
    /// Open from the first file on, whose columns it has.
    writer: Option<(ArrowSchema, BatchedWriter<BufWriter<File>>)>,
}

impl Concatenation {
    /// Nothing yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, writer: None }
    }

    /// Adds a file's rows behind those that are there; `name` is told where its bytes are not such a file.
    pub(crate) fn add(&mut self, (bytes, name): (&[u8], &Path)) -> Result<()> {
        let unreadable = |error| Error::format(name, error, EXPECTED);
        let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(unreadable)?;
        let columns = infer_schema(&metadata).map_err(unreadable)?;
        let (first, writer) = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let writer = ParquetWriter::new(buffered(&self.path)?).batched(&Schema::from_arrow_schema(&columns))?;
                self.writer.insert((columns.clone(), writer))
            }
        };
        if columns != *first {
            return Err(Error::format(name, "other columns", "those of the first file"));
        }
        for group in &metadata.row_groups {
            let pages = |column| pages_of(column, bytes).map_err(unreadable);
            let columns = group.parquet_columns().iter().map(pages).collect::<Result<Vec<_>>>()?;
            writer.write_row_group(group.num_rows() as u64, &columns)?;
        }
        Ok(())
    }

    /// Ends the file; without any to put together there is none.
    pub(crate) fn finish(self) -> Result<()> {
        if let Some((_, writer)) = self.writer {
            writer.finish()?;
        }
        Ok(())
    }
}

fn pages_of(column: &ColumnChunkMetadata, bytes: &[u8]) -> PolarsResult<Vec<CompressedPage>> {
    let range = column.byte_range();
    let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let Some(bytes) = range.and_then(|(start, end)| bytes.get(start..end)) else {
        polars_bail!(ComputeError: "a column beyond the end of the file");
    };
    let pages = PageReader::new(Cursor::new(bytes.to_vec().into()), column, Vec::new(), usize::MAX);
    let counted = pages.map(|page| {
        let mut page = page?;
        // What a page of a flat column counts are rows; whoever reads does not say so, whoever writes must.
        if let CompressedPage::Data(page) = &mut page {
            page.num_rows = Some(page.num_values());
        }
        Ok(page)
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(frame: &mut DataFrame) -> Vec<u8> {
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(500)).finish(frame).unwrap();
        bytes
    }

    fn concatenated(parts: &[Vec<u8>], path: &Path) {
        let mut all = Concatenation::new(path.to_path_buf());
        parts.iter().for_each(|part| all.add((part, path)).unwrap());
        all.finish().unwrap();
    }

    /// Dictionaries and plain pages, empty cells, several groups and pages a file, a file without rows.
    #[test]
    fn rows_and_columns_are_those_of_the_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.parquet");
        let rows: Vec<i64> = (0..1200).collect();
        let shares: Vec<Option<f64>> = rows.iter().map(|n| (n % 3 != 0).then_some(*n as f64 / 7.0)).collect();
        let kinds: Vec<&str> = rows.iter().map(|n| if n % 2 == 0 { "in" } else { "out" }).collect();
        let names: Vec<String> = rows.iter().map(|n| format!("{n:>3000}")).collect();
        let columns = vec![
            Column::new("id".into(), rows),
            Column::new("share".into(), shares),
            Column::new("kind".into(), kinds),
            Column::new("name".into(), names),
        ];
        let mut all = DataFrame::new(1200, columns).unwrap();
        let parts = [(0, 0), (0, 700), (700, 1), (701, 499)].map(|(at, rows)| written(&mut all.slice(at, rows)));
        let read = || ParquetReader::new(File::open(&path).unwrap()).finish().unwrap();
        concatenated(&parts, &path);
        assert!(read().equals_missing(&all));
        concatenated(&parts[..1], &path);
        assert_eq!(read().shape(), (0, 4));
        // One file alone is copied to the last byte.
        let whole = written(&mut all);
        concatenated(std::slice::from_ref(&whole), &path);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn what_is_no_such_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = Concatenation::new(folder.path().join("all.parquet"));
        let refused = all.add((b"no Parquet", Path::new("unit 7"))).unwrap_err().to_string();
        assert!(refused.contains("unit 7"), "{refused}");
        let part = |name: &str| written(&mut DataFrame::new(1, vec![Column::new(name.into(), [1i64])]).unwrap());
        all.add((&part("id"), Path::new("unit 8"))).unwrap();
        let refused = all.add((&part("fen"), Path::new("unit 9"))).unwrap_err().to_string();
        assert!(refused.contains("unit 9") && refused.contains("other columns"), "{refused}");
    }
}
