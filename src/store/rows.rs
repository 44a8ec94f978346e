//! Stored rows, read column by column.

use std::fs::File;
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use polars::io::mmap::ReaderBytes;
use polars::prelude::*;
use polars_arrow::bitmap::{Bitmap, BitmapBuilder};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays, infer_schema,
    read_metadata,
};

use super::needs::{Copies, ROW};
use super::unit::Owned;
use crate::error::{Error, Result};
use crate::schema::{Table, TableReader};

/// The rows of one table in some files, one file after the other, each source row once; files are opened when first
/// asked for.
#[derive(Debug)]
pub(super) struct StoredRows {
    table: &'static Table,
    sources: Vec<Source>,
    open: Mutex<Option<Arc<Vec<Piece>>>>,
}

/// Rows of one table in a file that need not be open.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) wanted: Wanted,
}

/// Which rows of a file.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    All,
    /// Ranges that do not overlap and are sorted.
    Ranges(Vec<Range<usize>>),
    /// Those that these parties need.
    Of(Owned),
}

/// Some rows of a file.
///
/// A reader of whole groups of rows would decode all rows of a group for one party's; here a page gives the rows asked
/// for and no others.
pub(super) struct Piece {
    path: PathBuf,
    bytes: ReaderBytes<'static>,
    metadata: FileMetadata,
    fields: ArrowSchema,
    /// Which of the file's rows; all when nothing is said.
    wanted: Option<Bitmap>,
}

/// A group of rows, and which of them are wanted if not all.
type Group<'a> = (&'a RowGroupMetadata, Option<Filter>);

impl StoredRows {
    pub(super) fn new(table: &'static Table, sources: Vec<Source>) -> Self {
        Self { table, sources, open: Mutex::new(None) }
    }

    fn pieces(&self) -> Result<Arc<Vec<Piece>>> {
        if let Some(pieces) = self.open.lock().ok().and_then(|open| open.clone()) {
            return Ok(pieces);
        }
        let mut met = PlHashSet::new();
        let once = |source: &Source| -> Result<Piece> {
            let piece = source.open(self.table)?;
            if Copies::of(self.table) == Copies::None {
                return Ok(piece);
            }
            let rows = piece.read(Some(&[ROW]))?;
            let marks: Vec<bool> = rows.column(ROW)?.i64()?.iter().map(|row| met.insert(row)).collect();
            Ok(piece.only(&marks))
        };
        let pieces = Arc::new(self.sources.iter().map(once).collect::<Result<Vec<_>>>()?);
        if let Ok(mut open) = self.open.lock() {
            *open = Some(pieces.clone());
        }
        Ok(pieces)
    }
}

impl TableReader for StoredRows {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let pieces = self.pieces()?;
        let mut frames = pieces.iter().map(|piece| piece.read(Some(names)));
        let mut all = frames.next().transpose()?.unwrap_or_default();
        for frame in frames {
            all.vstack_mut_owned(frame?)?;
        }
        Ok(all)
    }
}

impl Source {
    pub(super) fn open(&self, table: &Table) -> Result<Piece> {
        let piece = Piece::whole(&self.path)?;
        match &self.wanted {
            Wanted::All => Ok(piece),
            Wanted::Ranges(ranges) => Ok(piece.within(ranges)),
            Wanted::Of(owned) => owned.among(table, piece),
        }
    }
}

impl Piece {
    /// All rows.
    pub(super) fn whole(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::io(path))?;
        let unreadable = |error| Error::format(path, error, "a Parquet file");
        let metadata = read_metadata(&mut file).map_err(unreadable)?;
        let fields = infer_schema(&metadata).map_err(unreadable)?;
        let bytes = match ReaderBytes::from(&mut file) {
            ReaderBytes::Owned(bytes) => ReaderBytes::Owned(bytes),
            ReaderBytes::Borrowed(bytes) => ReaderBytes::Owned(bytes.to_vec().into()),
        };
        Ok(Self { path: path.to_path_buf(), bytes, metadata, fields, wanted: None })
    }

    /// Those of the file's rows that lie in some ranges, which do not overlap and are sorted.
    fn within(self, ranges: &[Range<usize>]) -> Self {
        let rows = self.metadata.num_rows;
        let mut wanted = BitmapBuilder::with_capacity(rows);
        for range in ranges {
            wanted.extend_constant(range.start.min(rows).saturating_sub(wanted.len()), false);
            wanted.extend_constant(range.end.min(rows).saturating_sub(wanted.len()), true);
        }
        wanted.extend_constant(rows - wanted.len(), false);
        Self { wanted: Some(wanted.freeze()), ..self }
    }

    /// Those of the rows that are marked.
    pub(super) fn only(self, marks: &[bool]) -> Self {
        let mut marks = marks.iter().copied();
        let mut narrowed = |was: bool| was && marks.next().unwrap_or_default();
        let wanted = match &self.wanted {
            None => (0..self.metadata.num_rows).map(|_| narrowed(true)).collect(),
            Some(before) => before.iter().map(narrowed).collect(),
        };
        Self { wanted: Some(wanted), ..self }
    }

    /// Some columns, or all.
    pub(super) fn read(&self, columns: Option<&[&str]>) -> Result<DataFrame> {
        let unreadable = |error| Error::format(&self.path, error, "a Parquet file");
        let missing = |name: &&str| Error::format(&self.path, "no such column", format!("column {name}"));
        let fields: Vec<&Field> = match columns {
            None => self.fields.iter_values().collect(),
            Some(names) => {
                let field = |name: &&str| self.fields.get(name).ok_or_else(|| missing(name));
                names.iter().map(field).collect::<Result<_>>()?
            }
        };
        let (groups, rows) = self.groups();
        let columns = fields.into_iter().map(|field| self.column(field, &groups));
        let columns = columns.collect::<PolarsResult<_>>().map_err(unreadable)?;
        Ok(DataFrame::new(rows, columns)?)
    }

    /// The groups with any of the rows, and how many these are.
    fn groups(&self) -> (Vec<Group<'_>>, usize) {
        let (mut groups, mut start, mut rows) = (Vec::new(), 0, 0);
        for group in &self.metadata.row_groups {
            let all = group.num_rows();
            let wanted = self.wanted.as_ref().map(|wanted| wanted.clone().sliced(start, all));
            let count = wanted.as_ref().map_or(all, Bitmap::set_bits);
            start += all;
            rows += count;
            if count > 0 {
                groups.push((group, wanted.filter(|_| count < all).map(Filter::new_masked)));
            }
        }
        (groups, rows)
    }

    fn column(&self, field: &Field, groups: &[Group<'_>]) -> PolarsResult<Column> {
        let mut arrays = Vec::with_capacity(groups.len());
        for (group, wanted) in groups {
            let chunk = group.columns_under_root_iter(&field.name).and_then(|mut chunks| chunks.next());
            let chunk = chunk.ok_or_else(|| polars_err!(ColumnNotFound: "{}", field.name))?;
            let Range { start, end } = chunk.byte_range();
            let bytes = match (&self.bytes, usize::try_from(start), usize::try_from(end)) {
                (ReaderBytes::Owned(file), Ok(start), Ok(end)) if start <= end && end <= file.len() => {
                    file.clone().sliced(start..end)
                }
                _ => polars_bail!(ComputeError: "bytes {start} to {end} of column {} are not there", field.name),
            };
            let pages = PageReader::new(Cursor::new(bytes), chunk, Vec::new(), usize::MAX);
            let pages = vec![BasicDecompressor::new(pages, Vec::new())];
            let kinds = vec![&chunk.descriptor().descriptor.primitive_type];
            arrays.extend(column_iter_to_arrays(pages, kinds, field.clone(), wanted.clone())?.0);
        }
        let series = match arrays.is_empty() {
            true => Series::new_empty(field.name.clone(), &DataType::from_arrow_field(field)),
            false => Series::try_from((field, arrays))?,
        };
        Ok(series.into())
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Piece").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The rows of a range of a file, with all columns; nothing where it is empty.
pub(super) fn read_range(path: &Path, range: Range<usize>) -> Result<Option<DataFrame>> {
    if range.is_empty() {
        return Ok(None);
    }
    Piece::whole(path)?.within(&[range]).read(None).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    /// Columns of every kind that tables have, with empty cells; groups of 7 rows.
    fn file(folder: &Path) -> (PathBuf, DataFrame) {
        let numbers: Vec<i32> = (0..100).collect();
        let seldom = |number: &i32| (number % 5 != 0).then_some(*number);
        let words: Vec<Option<&str>> = (0..100).map(|n| [Some("bank"), None, Some("")][n % 3]).collect();
        let names: Vec<String> = numbers.iter().map(|n| format!("a name longer than twelve bytes, {n}")).collect();
        let mut frame = DataFrame::new(
            100,
            vec![
                Column::new("id".into(), numbers.iter().map(|n| i64::from(*n)).collect::<Vec<_>>()),
                Column::new("fen".into(), numbers.iter().map(|n| seldom(n).map(i64::from)).collect::<Vec<_>>()),
                Column::new("day".into(), numbers.clone()).cast(&DataType::Date).unwrap(),
                Column::new("share".into(), numbers.iter().map(|n| seldom(n).map(f64::from)).collect::<Vec<_>>()),
                Column::new("flag".into(), numbers.iter().map(|n| seldom(n).map(|n| n % 2 == 0)).collect::<Vec<_>>()),
                Column::new("word".into(), words),
                Column::new("name".into(), names),
            ],
        )
        .unwrap();
        let path = folder.join("rows.parquet");
        files::write(&path, &mut frame, 7).unwrap();
        (path, frame)
    }

    fn filtered(frame: &DataFrame, wanted: impl Fn(usize) -> bool) -> DataFrame {
        let marks: Vec<bool> = (0..frame.height()).map(wanted).collect();
        frame.filter(&BooleanChunked::from_slice("".into(), &marks)).unwrap()
    }

    #[test]
    fn gives_the_rows_asked_for_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let (path, frame) = file(folder.path());
        let whole = || Piece::whole(&path).unwrap();
        assert!(whole().read(None).unwrap().equals_missing(&frame));
        let asked: [&[Range<usize>]; 4] =
            [&[0..99, 99..100], &[3..3, 3..4], &[0..7, 20..21, 22..50, 99..100], &[90..95, 97..200]];
        for ranges in asked {
            let is_asked = |row| ranges.iter().any(|range| range.contains(&row));
            let piece = whole().within(ranges);
            assert!(piece.read(None).unwrap().equals_missing(&filtered(&frame, is_asked)), "{ranges:?}");
            let asked: Vec<usize> = (0..100).filter(|row| is_asked(*row)).collect();
            let marks: Vec<bool> = (0..asked.len()).map(|at| at % 2 == 0).collect();
            let half = |row| asked.iter().position(|asked| *asked == row).is_some_and(|at| at % 2 == 0);
            let names = ["word", "fen"];
            let some = piece.only(&marks).read(Some(&names)).unwrap();
            let expected = filtered(&frame, half).select(names).unwrap();
            assert!(some.equals_missing(&expected), "{ranges:?}");
        }
        let none = whole().only(&[false; 100]).read(None).unwrap();
        assert_eq!((none.height(), none.schema()), (0, frame.schema()));
    }

    #[test]
    fn names_the_file_when_a_column_or_the_file_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = file(folder.path());
        let refused = Piece::whole(&path).unwrap().read(Some(&["wealth"])).unwrap_err().to_string();
        assert!(refused.contains("rows.parquet") && refused.contains("wealth"), "{refused}");
        std::fs::write(&path, "no Parquet").unwrap();
        assert!(Piece::whole(&path).err().unwrap().to_string().contains("rows.parquet"));
        std::fs::write(&path, "").unwrap();
        assert!(Piece::whole(&path).is_err());
        assert!(Piece::whole(&folder.path().join("none.parquet")).is_err());
    }
}
