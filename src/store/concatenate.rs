//! Parquet files one below the other.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use polars_parquet::read::{ColumnChunkMetadata, PageReader, infer_schema, read_metadata};
use polars_parquet::write::CompressedPage;

use super::files::buffered;
use crate::error::{Error, Result};

const EXPECTED: &str = "a Parquet file of flat columns";

/// Writes files of the same flat columns, which polars wrote, one below the other: groups of rows as they are, nothing
/// is decoded.
pub(crate) fn concatenate(parts: impl Iterator<Item = PathBuf>, path: &Path) -> Result<()> {
    let mut open = None;
    for part in parts {
        let bytes = fs::read(&part).map_err(Error::io(&part))?;
        let unreadable = |error| Error::format(&part, error, EXPECTED);
        let metadata = read_metadata(&mut Cursor::new(&bytes)).map_err(unreadable)?;
        let writer = match &mut open {
            Some(writer) => writer,
            None => {
                let schema = Schema::from_arrow_schema(&infer_schema(&metadata).map_err(unreadable)?);
                open.insert(ParquetWriter::new(buffered(path)?).batched(&schema)?)
            }
        };
        for group in &metadata.row_groups {
            let pages = |column| pages_of(column, &bytes).map_err(unreadable);
            let columns = group.parquet_columns().iter().map(pages).collect::<Result<Vec<_>>>()?;
            writer.write_row_group(group.num_rows() as u64, &columns)?;
        }
    }
    if let Some(writer) = open {
        writer.finish()?;
    }
    Ok(())
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
    use std::fs::File;

    use super::*;

    fn written(path: &Path, frame: &mut DataFrame) {
        ParquetWriter::new(File::create(path).unwrap()).with_row_group_size(Some(500)).finish(frame).unwrap();
    }

    /// Dictionaries and plain pages, empty cells, several pages a group, a file without rows.
    #[test]
    fn rows_and_columns_are_those_of_the_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let rows = 0..1200i64;
        let mut all = DataFrame::new(
            1200,
            vec![
                Column::new("id".into(), rows.clone().collect::<Vec<_>>()),
                Column::new("share".into(), rows.clone().map(|n| (n % 3 != 0).then_some(n as f64 / 7.0)).collect::<Vec<_>>()),
                Column::new("kind".into(), rows.clone().map(|n| ["in", "out"][(n % 2) as usize]).collect::<Vec<_>>()),
                Column::new("name".into(), rows.map(|n| format!("{n:>3000}")).collect::<Vec<_>>()),
            ],
        )
        .unwrap();
        let mut parts = Vec::new();
        for (at, (start, length)) in [(0, 0), (0, 700), (700, 1), (701, 499)].into_iter().enumerate() {
            let part = path(&format!("{at}.parquet"));
            written(&part, &mut all.slice(start, length));
            parts.push(part);
        }
        concatenate(parts.iter().cloned(), &path("all.parquet")).unwrap();
        let read = |path: &Path| ParquetReader::new(File::open(path).unwrap()).finish().unwrap();
        assert!(read(&path("all.parquet")).equals_missing(&all));
        concatenate(parts.iter().take(1).cloned(), &path("none.parquet")).unwrap();
        assert_eq!(read(&path("none.parquet")).shape(), (0, 4));
        // One file alone is copied to the last byte.
        written(&path("whole.parquet"), &mut all);
        concatenate([path("whole.parquet")].into_iter(), &path("again.parquet")).unwrap();
        assert_eq!(fs::read(path("again.parquet")).unwrap(), fs::read(path("whole.parquet")).unwrap());
    }

    #[test]
    fn a_part_that_is_no_file_of_such_columns_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (part, out) = (folder.path().join("part.parquet"), folder.path().join("all.parquet"));
        assert!(concatenate([part.clone()].into_iter(), &out).unwrap_err().to_string().contains("part.parquet"));
        fs::write(&part, "no Parquet").unwrap();
        assert!(concatenate([part.clone()].into_iter(), &out).unwrap_err().to_string().contains("part.parquet"));
    }
}
