//! Tables from workbooks, NDJSON, databases and Parquet, brought to rows of texts so that all formats are
//! read, and accounted for, in one way.

use std::path::Path;

use super::TableParams;
use super::text::{distinct, refuse_data};
use super::written::{Columns, WrittenTable};
use crate::error::{Error, Result};
use crate::ingest::{TakeRow, each_parquet_row, each_text_row};
use crate::sentence::{Sentence, says};

/// A table out of a workbook, NDJSON or a database; nothing where the file is none of them.
pub(super) fn read(path: &Path, params: &TableParams) -> Result<Option<WrittenTable>> {
    gathered((path, params), |take| each_text_row(path, params.sheet.as_deref(), take))
}

/// A table out of the bytes of a Parquet file.
pub(super) fn read_parquet(path: &Path, bytes: Vec<u8>, params: &TableParams) -> Result<WrittenTable> {
    let table = gathered((path, params), |take| each_parquet_row(path, bytes, take).map(Some));
    table.map(Option::unwrap_or_default)
}

/// A table out of the rows that `each` gives.
fn gathered(
    (path, params): (&Path, &TableParams),
    each: impl FnOnce(&mut TakeRow<'_>) -> Result<Option<Vec<Sentence>>>,
) -> Result<Option<WrittenTable>> {
    let (mut table, mut columns) = (WrittenTable::default(), None);
    let mut begin = |names: Vec<String>| Columns::new(distinct(names, &mut table));
    let mut take = |number: u64, mut row: Vec<String>| {
        row.iter_mut().for_each(|text| *text = text.trim().to_owned());
        if number == 0 && (params.skip > 0 || params.header.is_some()) {
            let expected =
                "no lines to skip and no names for the columns (--skip, --header): they are for text and workbooks";
            return Err(Error::format(path, "a file whose columns have names", expected));
        }
        if number > 0 && number <= params.skip as u64 {
            return Ok(());
        }
        let Some(columns) = &mut columns else {
            let (names, first) = params.header.clone().map_or((row.clone(), None), |names| (names, Some(row)));
            if first.is_none() && number > 0 {
                refuse_data(path, &names)?;
            }
            let mut begun = begin(without_blank_end(names));
            let added = first.map_or(Ok(()), |row| add(&mut begun, (path, number), row));
            columns = Some(begun);
            return added;
        };
        add(columns, (path, number), row)
    };
    let Some(notes) = each(&mut take)? else { return Ok(None) };
    table.notes.splice(0..0, notes);
    table.columns = columns.map(Columns::finish).unwrap_or_default();
    Ok(Some(table))
}

/// The names without the empty cells at the end of a header, which workbooks keep.
fn without_blank_end(mut names: Vec<String>) -> Vec<String> {
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

/// Adds a row; cells that it lacks are empty.
fn add(columns: &mut Columns, (path, number): (&Path, u64), mut row: Vec<String>) -> Result<()> {
    let width = columns.width();
    if row.iter().skip(width).any(|text| !text.is_empty()) {
        return Err(Error::Format {
            path: path.to_path_buf(),
            location: says!("row {number}: ", number),
            found: says!("{} fields", [row.len()]),
            expected: says!("{width} fields, as the header has (titles above it: --skip LINES)", width),
        });
    }
    row.resize(width, String::new());
    columns.push(row.iter().map(String::as_str));
    Ok(())
}
