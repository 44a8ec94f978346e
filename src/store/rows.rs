//! Stored rows, read column by column.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use polars::prelude::*;
use polars_arrow::array::Array;
use polars_arrow::bitmap::{Bitmap, BitmapBuilder};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays, infer_schema,
    read_metadata,
};

use super::dictionary::Met;
use super::index::stored_rows;
use super::needs::{Copies, ROW};
use super::owned::Owned;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::tables::{Codes, TableReader};

const PARQUET: &str = "a Parquet file as the store writes it";

/// The rows of one table in some files, one file after the other, each source row once; files are looked at when first
/// asked for.
#[derive(Debug)]
pub(super) struct StoredRows {
    table: &'static Table,
    sources: Vec<Source>,
    open: Mutex<Option<Arc<Vec<Piece>>>>,
    /// What was read so far: several rooms ask for the same columns.
    read: Mutex<BTreeMap<String, Column>>,
}

/// Rows of one table in a file that nobody looked at yet.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) wanted: Wanted,
}

/// Which rows of a file.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    All,
    /// Ranges that do not overlap and are sorted, out of so many rows.
    Ranges(Vec<Range<usize>>, usize),
    /// Those that the parties of a bucket need.
    Of(Owned),
}

/// Some rows of a file.
///
/// A reader of whole groups of rows would decode all rows of a group for one party's; here a page gives the rows asked
/// for and no others. Bytes are read, not mapped: a file that a disk loses is an error, and mappings are not unlimited.
pub(super) struct Piece {
    pub(super) path: PathBuf,
    /// Bytes.
    length: u64,
    metadata: FileMetadata,
    pub(super) fields: ArrowSchema,
    /// Which of the file's rows; all when nothing is said.
    wanted: Option<Bitmap>,
}

/// A group of rows, and which of them are wanted if not all.
pub(super) type Group<'a> = (&'a RowGroupMetadata, Option<Filter>);

impl StoredRows {
    pub(super) fn new(table: &'static Table, sources: Vec<Source>) -> Self {
        Self { table, sources, open: Mutex::new(None), read: Mutex::default() }
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
            piece.only(&marks)
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
        let mut read = self.read.lock().map(|read| read.clone()).unwrap_or_default();
        let missing: Vec<&str> = names.iter().copied().filter(|name| !read.contains_key(*name)).collect();
        if !missing.is_empty() {
            let found = self.decoded(&missing)?.into_columns().into_iter();
            read.extend(missing.iter().map(ToString::to_string).zip(found));
            if let Ok(mut kept) = self.read.lock() {
                kept.extend(read.clone());
            }
        }
        let columns: Vec<Column> = names.iter().filter_map(|name| read.get(*name).cloned()).collect();
        Ok(DataFrame::new(columns.first().map_or(0, Column::len), columns)?)
    }

    fn codes(&self, name: &str) -> Result<Option<Codes>> {
        let mut met = Met::default();
        for piece in self.pieces()?.iter() {
            if !met.add(piece, name)? {
                return Ok(None);
            }
        }
        Ok(Some(met.codes()))
    }
}

impl StoredRows {
    fn decoded(&self, names: &[&str]) -> Result<DataFrame> {
        let pieces = self.pieces()?;
        let mut all = DataFrame::default();
        for piece in pieces.iter() {
            let frame = piece.read(Some(names))?;
            match all.width() {
                0 => all = frame,
                _ => {
                    all.vstack_mut_owned(frame).map_err(|error| Error::format(&piece.path, error, PARQUET))?;
                }
            }
        }
        Ok(all)
    }
}

impl Source {
    pub(super) fn open(&self, table: &Table) -> Result<Piece> {
        let piece = Piece::whole(&self.path)?;
        for column in table.columns() {
            let Some(field) = piece.fields.get(column.name) else { continue };
            let (found, expected) = (DataType::from_arrow_field(field), column.kind.data_type());
            if found != expected {
                let found = format!("{}: {found}", column.name);
                return Err(Error::format(&self.path, found, expected.to_string()));
            }
        }
        let counted = match &self.wanted {
            Wanted::Ranges(_, of) => *of,
            Wanted::All | Wanted::Of(_) => stored_rows(self.path.parent().unwrap_or(&self.path), table)?,
        };
        if counted != piece.metadata.num_rows {
            let found = format!("{} rows", piece.metadata.num_rows);
            return Err(Error::format(&self.path, found, format!("{counted}, as its index counts")));
        }
        match &self.wanted {
            Wanted::All => Ok(piece),
            Wanted::Ranges(ranges, _) => piece.within(ranges),
            Wanted::Of(owned) => owned.among(table, piece),
        }
    }
}

impl Piece {
    /// All rows.
    pub(super) fn whole(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::io(path))?;
        let unreadable = |error| Error::format(path, error, PARQUET);
        let metadata = read_metadata(&mut file).map_err(unreadable)?;
        let fields = infer_schema(&metadata).map_err(unreadable)?;
        let rows = metadata.row_groups.iter().try_fold(0usize, |sum, group| sum.checked_add(group.num_rows()));
        if rows != Some(metadata.num_rows) {
            let expected = format!("{} rows in its groups", metadata.num_rows);
            return Err(Error::format(path, "another number", expected));
        }
        let length = file.metadata().map_err(Error::io(path))?.len();
        Ok(Self { path: path.to_path_buf(), length, metadata, fields, wanted: None })
    }

    /// How many rows the file has.
    pub(super) fn rows(&self) -> usize {
        self.metadata.num_rows
    }

    /// Those of the file's rows that lie in some ranges, which do not overlap and are sorted.
    fn within(self, ranges: &[Range<usize>]) -> Result<Self> {
        let rows = self.metadata.num_rows;
        let mut wanted = BitmapBuilder::new();
        for range in ranges {
            if range.start < wanted.len() || range.end > rows {
                let found = format!("rows {} to {}", range.start, range.end);
                return Err(Error::format(&self.path, found, format!("sorted ranges within {rows} rows")));
            }
            wanted.extend_constant(range.start - wanted.len(), false);
            wanted.extend_constant(range.len(), true);
        }
        wanted.extend_constant(rows - wanted.len(), false);
        Ok(Self { wanted: Some(wanted.freeze()), ..self })
    }

    /// Those of the rows that are marked.
    pub(super) fn only(self, marks: &[bool]) -> Result<Self> {
        let rows = self.wanted.as_ref().map_or(self.metadata.num_rows, Bitmap::set_bits);
        if marks.len() != rows {
            return Err(Error::format(&self.path, format!("{} marks", marks.len()), format!("{rows}, one a row")));
        }
        let mut marks = marks.iter().copied();
        let wanted = match &self.wanted {
            None => marks.collect(),
            Some(before) => before.iter().map(|was| was && marks.next().unwrap_or_default()).collect(),
        };
        Ok(Self { wanted: Some(wanted), ..self })
    }

    /// Some columns, or all.
    pub(super) fn read(&self, columns: Option<&[&str]>) -> Result<DataFrame> {
        let unreadable = |error| Error::format(&self.path, error, PARQUET);
        let missing = |name: &&str| Error::format(&self.path, "no such column", format!("column {name}"));
        let fields: Vec<&Field> = match columns {
            None => self.fields.iter_values().collect(),
            Some(names) => {
                let field = |name: &&str| self.fields.get(name).ok_or_else(|| missing(name));
                names.iter().map(field).collect::<Result<_>>()?
            }
        };
        let (groups, rows) = self.groups();
        let mut file = File::open(&self.path).map_err(Error::io(&self.path))?;
        let columns = fields.into_iter().map(|field| self.column(&mut file, field, &groups));
        let columns = columns.collect::<PolarsResult<_>>().map_err(unreadable)?;
        DataFrame::new(rows, columns).map_err(unreadable)
    }

    /// The groups with any of the rows, and how many these are.
    pub(super) fn groups(&self) -> (Vec<Group<'_>>, usize) {
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

    fn column(&self, file: &mut File, field: &Field, groups: &[Group<'_>]) -> PolarsResult<Column> {
        let mut arrays = Vec::with_capacity(groups.len());
        for group in groups {
            arrays.extend(self.arrays(file, field, group, false)?.into_iter().flatten());
        }
        let series = match arrays.is_empty() {
            true => Series::new_empty(field.name.clone(), &DataType::from_arrow_field(field)),
            false => Series::try_from((field, arrays))?,
        };
        Ok(series.into())
    }

    /// The values of a column in a group; nothing where it has no dictionary and one is asked for.
    pub(super) fn arrays(
        &self,
        file: &mut File,
        field: &Field,
        (group, wanted): &Group<'_>,
        is_coded: bool,
    ) -> PolarsResult<Option<Vec<Box<dyn Array>>>> {
        let chunk = group.columns_under_root_iter(&field.name).and_then(|mut chunks| chunks.next());
        let chunk = chunk.ok_or_else(|| polars_err!(ColumnNotFound: "{}", field.name))?;
        if is_coded && chunk.dictionary_page_offset().is_none() {
            return Ok(None);
        }
        let bytes = self.bytes_of(file, &chunk.byte_range())?.into();
        let pages = PageReader::new(Cursor::new(bytes), chunk, Vec::new(), usize::MAX);
        let pages = vec![BasicDecompressor::new(pages, Vec::new())];
        let kinds = vec![&chunk.descriptor().descriptor.primitive_type];
        Ok(Some(column_iter_to_arrays(pages, kinds, field.clone(), wanted.clone())?.0))
    }

    fn bytes_of(&self, file: &mut File, range: &Range<u64>) -> PolarsResult<Vec<u8>> {
        let length = range.end.saturating_sub(range.start);
        let mut bytes = Vec::new();
        // What a damaged footer tells may be more than there is memory for.
        if range.end <= self.length {
            bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
            file.seek(SeekFrom::Start(range.start))?;
            file.take(length).read_to_end(&mut bytes)?;
        }
        if bytes.len() as u64 != length {
            polars_bail!(ComputeError: "bytes {} to {} of {}", range.start, range.end, self.length);
        }
        Ok(bytes)
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
    Piece::whole(path)?.within(&[range])?.read(None).map(Some)
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
            [&[0..99, 99..100], &[3..3, 3..4], &[0..7, 20..21, 22..50, 99..100], &[90..95, 97..100]];
        for ranges in asked {
            let is_asked = |row| ranges.iter().any(|range| range.contains(&row));
            let piece = whole().within(ranges).unwrap();
            assert!(piece.read(None).unwrap().equals_missing(&filtered(&frame, is_asked)), "{ranges:?}");
            let asked: Vec<usize> = (0..100).filter(|row| is_asked(*row)).collect();
            let marks: Vec<bool> = (0..asked.len()).map(|at| at % 2 == 0).collect();
            let half = |row| asked.iter().position(|asked| *asked == row).is_some_and(|at| at % 2 == 0);
            let names = ["word", "fen"];
            let some = piece.only(&marks).unwrap().read(Some(&names)).unwrap();
            let expected = filtered(&frame, half).select(names).unwrap();
            assert!(some.equals_missing(&expected), "{ranges:?}");
        }
        let none = whole().only(&[false; 100]).unwrap().read(None).unwrap();
        assert_eq!((none.height(), none.schema()), (0, frame.schema()));
    }

    #[test]
    fn names_the_file_when_a_column_or_the_file_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = file(folder.path());
        let whole = || Piece::whole(&path).unwrap();
        let refused = whole().read(Some(&["wealth"])).unwrap_err().to_string();
        assert!(refused.contains("rows.parquet") && refused.contains("wealth"), "{refused}");
        assert!(whole().within(&[90..99, 100..101]).is_err() && whole().within(&[5..9, 8..10]).is_err());
        assert!(whole().only(&[true; 99]).is_err());
        // What the footer tells of is cut away after it was read.
        let (piece, footer) = (whole(), std::fs::read(&path).unwrap());
        std::fs::write(&path, &footer[..200]).unwrap();
        let refused = piece.read(None).unwrap_err().to_string();
        assert!(refused.contains("rows.parquet"), "{refused}");
        std::fs::write(&path, "no Parquet").unwrap();
        assert!(Piece::whole(&path).err().unwrap().to_string().contains("rows.parquet"));
        std::fs::write(&path, "").unwrap();
        assert!(Piece::whole(&path).is_err());
        assert!(Piece::whole(&folder.path().join("none.parquet")).is_err());
    }

    /// Groups of several pages, a dictionary that is given up for plain pages, compressed and not.
    #[test]
    fn masks_are_split_among_pages() {
        let folder = tempfile::tempdir().unwrap();
        let rows = 40_000u64;
        let mixed = |row: u64| crate::domain::mixed(row);
        let kinds: Vec<&str> = (0..rows).map(|row| ["in", "out", "other"][(mixed(row) % 3) as usize]).collect();
        let names: Vec<String> = (0..rows).map(|row| format!("{:0>200}", mixed(row) % (row + 1))).collect();
        let sums: Vec<Option<i64>> = (0..rows).map(|row| (row % 7 != 0).then_some(row.cast_signed())).collect();
        let columns =
            vec![Column::new("kind".into(), kinds), Column::new("name".into(), names), Column::new("fen".into(), sums)];
        let mut frame = DataFrame::new(40_000, columns).unwrap();
        let (stays, aside) = (folder.path().join("stays.parquet"), folder.path().join("aside.parquet"));
        files::write(&stays, &mut frame, 1 << 14).unwrap();
        files::write_aside(&aside, (0..4).map(|part| Ok(frame.slice(part * 10_000, 10_000)))).unwrap();
        for (seed, one_in) in [(1, 2), (2, 9), (3, 100), (4, 5000)] {
            let marks: Vec<bool> = (0..rows).map(|row| mixed(row ^ (seed << 40)) % one_in == 0).collect();
            let expected = filtered(&frame, |row| marks[row]);
            for path in [&stays, &aside] {
                let piece = Piece::whole(path).unwrap().only(&marks).unwrap();
                assert!(piece.read(None).unwrap().equals_missing(&expected), "{one_in}");
            }
        }
        let middle = read_range(&aside, 9_990..30_010).unwrap().unwrap();
        assert!(middle.equals_missing(&frame.slice(9_990, 20_020)));
    }
}
