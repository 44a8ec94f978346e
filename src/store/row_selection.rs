//! Some rows of a Parquet file, read page by page, and no bytes but those that were written.
//!
//! A Parquet file has groups of rows, a group has a column chunk per column, and a chunk has pages. A
//! question for one debtor wants a few rows of a file of millions: the pages that hold them are found and
//! decoded, the others are skipped by their heads.

use std::fs::File;
use std::io::Cursor;
use std::ops::Range;

use polars::prelude::*;
use polars_arrow::array::Array;
use polars_arrow::bitmap::{Bitmap, BitmapBuilder};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays, infer_schema,
    read_metadata,
};
use rayon::prelude::*;

use super::seal::Sealed;
use crate::error::{Error, Result};
use crate::sentence::says;

pub(super) const PARQUET: &str = "a Parquet file as the store writes it";

/// Some rows of a file.
///
/// A reader of whole groups of rows would decode all rows of a group for one party's; here a page gives the rows asked
/// for and no others. Bytes are read, not mapped: a file that a disk loses is an error, and mappings are not unlimited.
pub(super) struct RowSelection {
    pub(super) file: Sealed,
    metadata: FileMetadata,
    pub(super) fields: ArrowSchema,
    /// Which of the file's rows; all when nothing is said.
    wanted: Option<Bitmap>,
}

/// A group of rows, and which of them are wanted if not all.
pub(super) type Group<'a> = (&'a RowGroupMetadata, Option<Filter>);

impl RowSelection {
    /// All rows.
    pub(super) fn whole(file: &Sealed) -> Result<Self> {
        let (path, footer) = (&file.path, file.last(&mut file.open()?)?);
        let unreadable = |error| Error::format(path, error, PARQUET);
        let metadata = read_metadata(&mut Cursor::new(footer)).map_err(unreadable)?;
        let fields = infer_schema(&metadata).map_err(unreadable)?;
        let rows = metadata.row_groups.iter().try_fold(0usize, |sum, group| sum.checked_add(group.num_rows()));
        if rows != Some(metadata.num_rows) {
            let expected = format!("{} rows in its groups", metadata.num_rows);
            return Err(Error::format(path, "another number", expected));
        }
        Ok(Self { file: file.clone(), metadata, fields, wanted: None })
    }

    /// How many rows the file has.
    pub(super) fn rows(&self) -> usize {
        self.metadata.num_rows
    }

    /// Those of the file's rows that lie in some ranges, which do not overlap and are sorted.
    pub(super) fn within(self, ranges: &[Range<usize>]) -> Result<Self> {
        let rows = self.metadata.num_rows;
        let mut wanted = BitmapBuilder::new();
        for range in ranges {
            if range.start < wanted.len() || range.end > rows {
                let found = format!("rows {} to {}", range.start, range.end);
                return Err(Error::format(&self.file.path, found, says!("sorted ranges within {rows} rows", rows)));
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
            return Err(Error::format(
                &self.file.path,
                says!("{} marks", [marks.len()]),
                says!("{rows}, one a row", rows),
            ));
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
        let missing = |name: &&str| Error::format(&self.file.path, "no such column", says!("column {name}", name));
        let fields: Vec<&Field> = match columns {
            None => self.fields.iter_values().collect(),
            Some(names) => {
                let field = |name: &&str| self.fields.get(name).ok_or_else(|| missing(name));
                names.iter().map(field).collect::<Result<_>>()?
            }
        };
        let (groups, rows) = self.groups();
        let mut file = self.file.open()?;
        let columns = fields.into_iter().map(|field| self.column(&mut file, field, &groups));
        DataFrame::new(rows, columns.collect::<Result<_>>()?).map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: PolarsError) -> Error {
        Error::format(&self.file.path, error, PARQUET)
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

    /// One column of the wanted rows, group by group.
    fn column(&self, file: &mut File, field: &Field, groups: &[Group<'_>]) -> Result<Column> {
        let mut arrays = Vec::with_capacity(groups.len());
        for group in groups {
            arrays.extend(self.arrays(file, field, group, false)?.into_iter().flatten());
        }
        let series = match arrays.is_empty() {
            true => Series::new_empty(field.name.clone(), &DataType::from_arrow_field(field)),
            false => Series::try_from((field, arrays)).map_err(|error| self.unreadable(error))?,
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
    ) -> Result<Option<Vec<Box<dyn Array>>>> {
        let chunk = group.columns_under_root_iter(&field.name).and_then(|mut chunks| chunks.next());
        let missing = || self.unreadable(polars_err!(ColumnNotFound: "{}", field.name));
        let chunk = chunk.ok_or_else(missing)?;
        if is_coded && chunk.dictionary_page_offset().is_none() {
            return Ok(None);
        }
        let bytes = self.file.bytes(file, &chunk.byte_range())?.into();
        let pages = PageReader::new(Cursor::new(bytes), chunk, Vec::new(), usize::MAX);
        let pages = vec![BasicDecompressor::new(pages, Vec::new())];
        let kinds = vec![&chunk.descriptor().descriptor.primitive_type];
        let arrays = column_iter_to_arrays(pages, kinds, field.clone(), wanted.clone());
        Ok(Some(arrays.map_err(|error| self.unreadable(error))?.0))
    }
}

impl std::fmt::Debug for RowSelection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowSelection").field("path", &self.file.path).finish_non_exhaustive()
    }
}

/// The rows of a range of a file, with all columns; nothing where it is empty.
pub(super) fn read_range(file: &Sealed, range: Range<usize>) -> Result<Option<DataFrame>> {
    if range.is_empty() {
        return Ok(None);
    }
    RowSelection::whole(file)?.within(&[range])?.read(None).map(Some)
}

/// What a look at each piece of a file gives, piece after piece.
pub(super) fn seen<T: Send>(file: &Sealed, look: impl Fn(DataFrame) -> Result<Vec<T>> + Sync) -> Result<Vec<T>> {
    const ROWS: usize = 1 << 18;
    let rows = RowSelection::whole(file)?.rows();
    let starts: Vec<usize> = (0..rows).step_by(ROWS).collect();
    let seen = starts.into_par_iter().with_max_len(1).map(|start| {
        let piece = read_range(file, start..rows.min(start + ROWS))?;
        piece.map_or_else(|| Ok(Vec::new()), &look)
    });
    Ok(seen.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::files;
    use super::super::seal::Seal;
    use super::*;

    /// Columns of every kind that tables have, with empty cells; groups of 7 rows.
    fn file(folder: &Path) -> (Sealed, DataFrame) {
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
        let seal = files::write(&path, &mut frame, 7).unwrap();
        (Sealed::new(path, seal), frame)
    }

    fn filtered(frame: &DataFrame, wanted: impl Fn(usize) -> bool) -> DataFrame {
        let marks: Vec<bool> = (0..frame.height()).map(wanted).collect();
        frame.filter(&BooleanChunked::from_slice("".into(), &marks)).unwrap()
    }

    #[test]
    fn gives_the_rows_asked_for_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let (file, frame) = file(folder.path());
        let whole = || RowSelection::whole(&file).unwrap();
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
        let (file, _) = file(folder.path());
        let whole = || RowSelection::whole(&file).unwrap();
        let refused = whole().read(Some(&["wealth"])).unwrap_err().to_string();
        assert!(refused.contains("rows.parquet") && refused.contains("wealth"), "{refused}");
        assert!(whole().within(&[90..99, 100..101]).is_err() && whole().within(&[5..9, 8..10]).is_err());
        assert!(whole().only(&[true; 99]).is_err());
        // What the footer tells of is cut away after it was read.
        let (piece, path, footer) = (whole(), &file.path, std::fs::read(&file.path).unwrap());
        std::fs::write(path, &footer[..200]).unwrap();
        let refused = piece.read(None).unwrap_err().to_string();
        assert!(refused.contains("rows.parquet"), "{refused}");
        for text in ["no Parquet", ""] {
            std::fs::write(path, text).unwrap();
            let sealed = Sealed::new(path.clone(), Seal::whole(path).unwrap());
            let refused = RowSelection::whole(&sealed).err().unwrap().to_string();
            assert!(refused.contains("rows.parquet"), "{refused}");
            assert!(RowSelection::whole(&file).err().unwrap().to_string().contains("were written"));
        }
        std::fs::remove_file(path).unwrap();
        assert!(RowSelection::whole(&file).err().unwrap().to_string().contains("rows.parquet"));
    }

    /// Bits of a file, flipped: a check of the file names it, and whoever reads columns is told of
    /// it or reads what was written.
    #[test]
    fn no_flipped_bit_gives_another_value() {
        let folder = tempfile::tempdir().unwrap();
        let (file, frame) = file(folder.path());
        let written = std::fs::read(&file.path).unwrap();
        let read = |columns: Option<&[&str]>| RowSelection::whole(&file)?.read(columns);
        let some = frame.select(["fen"]).unwrap();
        let metadata = read_metadata(&mut File::open(&file.path).unwrap()).unwrap();
        let chunks: Vec<Range<u64>> = metadata.row_groups.iter().flat_map(|group| group.byte_ranges_iter()).collect();
        let mut met = 0;
        for (at, bit) in (0..written.len()).step_by(3).zip((0..8).cycle()) {
            let mut bytes = written.clone();
            bytes[at] ^= 1 << bit;
            std::fs::write(&file.path, bytes).unwrap();
            assert!(file.check().unwrap_err().to_string().contains("rows.parquet"), "byte {at}");
            // Bytes of no column, such as the first four, may go unmet: no value is read from them.
            let is_read = chunks.iter().any(|chunk| chunk.contains(&(at as u64)));
            assert!(read(None).map_or(true, |found| !is_read && found.equals_missing(&frame)), "byte {at}");
            match read(Some(&["fen"])) {
                Ok(found) => assert!(found.equals_missing(&some), "byte {at}"),
                Err(error) => {
                    met += 1;
                    assert!(error.to_string().contains("rows.parquet"), "{error}");
                }
            }
        }
        assert!(met > 100, "{met}");
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
        let stays = Sealed::new(stays.clone(), files::write(&stays, &mut frame, 1 << 14).unwrap());
        let aside = files::write_aside(&aside, (0..4).map(|part| Ok(frame.slice(part * 10_000, 10_000)))).unwrap();
        for (seed, one_in) in [(1, 2), (2, 9), (3, 100), (4, 5000)] {
            let marks: Vec<bool> = (0..rows).map(|row| mixed(row ^ (seed << 40)) % one_in == 0).collect();
            let expected = filtered(&frame, |row| marks[row]);
            for file in [&stays, &aside] {
                let piece = RowSelection::whole(file).unwrap().only(&marks).unwrap();
                assert!(piece.read(None).unwrap().equals_missing(&expected), "{one_in}");
            }
        }
        let middle = read_range(&aside, 9_990..30_010).unwrap().unwrap();
        assert!(middle.equals_missing(&frame.slice(9_990, 20_020)));
    }
}
