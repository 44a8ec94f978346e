//! Workbooks, archives, NDJSON and databases as rows of texts, for rooms that read any table as it is
//! written.
//!
//! `tabular` fits scorecards on tables that nobody mapped. It needs the same care about damaged and hostile
//! bytes as reading by a mapping does, so it reads through this door. Values that cannot be read stand as
//! they are shown, and are counted.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value as Json};
use zip::ZipArchive;

use super::bounds::Bounds;
use super::files::damaged_part;
use super::guard::guarded;
use super::mapping::Form;
use super::refusal::Fault;
use super::rows::odd::Value;
use super::rows::{
    Cell, Manner, ParquetRows, Raw, RowVisitor, Select, Sheet, TakesRows, Workbook, is_database, is_workbook, opened,
};
use super::spelling::spelt;
use super::told::told;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// Takes rows of texts; the first holds the names of the columns, unless the file has none.
///
/// The number is the one that a spreadsheet or an editor shows.
pub(crate) type TakeRow<'t> = dyn FnMut(u64, Vec<String>) -> Result<()> + 't;

/// Reads what is neither delimited text nor Parquet: the sheet of a workbook, the lines of NDJSON,
/// a table of SQLite. What was decided comes back; nothing where the file is of no such kind.
///
/// # Errors
///
/// [`Error::Format`] and [`Error::Io`] when the file cannot be read, or holds several sheets or
/// tables and none is named.
pub(crate) fn each_text_row(path: &Path, part: Option<&str>, take: &mut TakeRow<'_>) -> Result<Option<Vec<Sentence>>> {
    let name = path.to_string_lossy();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if is_workbook(&name) {
        sheet_rows(path, part, take).map(Some)
    } else if is_database(&name, path) {
        relation_rows(path, part, take).map(Some)
    } else if part.is_some() {
        Err(Error::format(path, "no workbook and no database", "one of them, where a sheet or a table is named"))
    } else if matches!(ending.as_str(), "ndjson" | "jsonl") {
        object_rows(path, take).map(|()| Some(vec![Sentence::name("NDJSON")]))
    } else {
        Ok(None)
    }
}

/// The bytes of the only file of an archive; nothing where the bytes are no archive.
///
/// # Errors
///
/// [`Error::Format`] when the archive is damaged, holds several files, or unpacks to more than is allowed.
pub(crate) fn only_file_of(path: &Path, bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let expected = "an archive that is whole, with one file of delimited text or Parquet";
    let mut archive = guarded((path, expected), || ZipArchive::new(std::io::Cursor::new(bytes)))?;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let entry = guarded((path, expected), || archive.by_index(at))?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if !entry.is_dir() && !name.starts_with("__MACOSX") && !name.contains("/.") {
            files.push(at);
        }
    }
    let [file] = files.as_slice() else {
        return Err(Error::format(path, says!("an archive of {} files", [files.len()]), expected));
    };
    let (bounds, mut plain) = (Bounds::default(), Vec::new());
    let most = (bytes.len() as u64).saturating_mul(bounds.unpacked_ratio).max(1 << 20);
    let read =
        guarded((path, expected), || archive.by_index(*file))?.take(most.saturating_add(1)).read_to_end(&mut plain);
    read.map_err(|error| Error::format(path, damaged_part(*file, &error), expected))?;
    if plain.len() as u64 > most {
        return Err(Error::format(
            path,
            says!("more than {most} bytes unpacked", most),
            "an archive that unpacks to less",
        ));
    }
    Ok(Some(plain))
}

/// Reads the rows of a Parquet file; columns without single values are left out. What was decided comes back.
///
/// # Errors
///
/// [`Error::Format`] when the file is damaged, and what `take` reports.
pub(crate) fn each_parquet_row(path: &Path, bytes: Vec<u8>, take: &mut TakeRow<'_>) -> Result<Vec<Sentence>> {
    let rows = ParquetRows::of_bytes(path, bytes, &Form::default(), &Bounds::default())?;
    let unreadable = rows.unreadable();
    let left_out = rows.names().iter().zip(&unreadable).filter_map(|(name, holds)| Some((name, holds.as_ref()?)));
    let left_out: Vec<_> = left_out
        .map(|(name, holds)| says!("column {} holds {holds}: left out", [told(name)], holds = Sentence::from(holds)))
        .collect();
    let is_read: Vec<bool> = unreadable.iter().map(Option::is_none).collect();
    let names = rows.names().iter().zip(&is_read).filter(|(_, is_read)| **is_read).map(|(name, _)| name.clone());
    take(0, names.collect())?;
    let mut texts = Texts { take, is_read: &is_read, odd: 0, ended: Ok(()) };
    rows.read(&is_read, &mut texts)?;
    let Texts { odd, ended, .. } = texts;
    ended?;
    let days = rows.instants().map(|name| says!("column {} holds instants: their days are read", [told(name)]));
    Ok(notes(Sentence::name("Parquet"), odd).into_iter().chain(rows.notes()).chain(days).chain(left_out).collect())
}

/// Rows of cells as rows of texts.
struct Texts<'t, 'r> {
    take: &'r mut TakeRow<'t>,
    is_read: &'r [bool],
    odd: u64,
    /// What `take` reported first: nothing is given to it after that.
    ended: Result<()>,
}

impl Texts<'_, '_> {
    fn give(&mut self, number: u64, cells: &[Cell<'_>]) {
        let read = cells.iter().zip(self.is_read).filter(|(_, is_read)| **is_read);
        let row = read.map(|(cell, _)| cell.text().unwrap_or_default().into_owned()).collect();
        if self.ended.is_ok() {
            self.ended = (self.take)(number, row);
        }
    }
}

impl RowVisitor for Texts<'_, '_> {
    fn row(&mut self, number: u64, cells: &[Cell<'_>], _: Raw<'_>) {
        self.give(number, cells);
    }

    /// A value that cannot be read stands as it is shown.
    fn broken(&mut self, number: u64, _: Fault, raw: Raw<'_>) {
        if let Raw::Cells(_, cells) = raw {
            self.odd += 1;
            self.give(number, cells);
        }
    }
}

/// The one of several that is meant.
fn chosen(path: &Path, part: Option<&str>, (names, what): (&[String], &'static str)) -> Result<String> {
    let listed = || Sentence::names(names.iter().map(|name| told(name)));
    match (part.and_then(|part| spelt(names, part)), names) {
        (Some(part), _) => Ok(part.clone()),
        (None, [one]) if part.is_none() => Ok(one.clone()),
        (None, _) if part.is_some() => {
            let found = says!("no such {what}; there are [{}]", [listed()], what = says!(what));
            Err(Error::format(path, found, "one of them"))
        }
        (None, _) => {
            let expected = says!("the {what} that is meant (--sheet NAME)", what = says!(what));
            let found = says!("{} {what}s: [{}]", [names.len(), listed()], what = says!(what));
            Err(Error::format(path, found, expected))
        }
    }
}

fn sheet_rows(path: &Path, part: Option<&str>, take: &mut TakeRow<'_>) -> Result<Vec<Sentence>> {
    let bounds = Bounds::default();
    let mut book = Workbook::open(path, &bounds)?;
    let sheets = book.sheets();
    let may_be = |sheet: &&Sheet| sheet.is_visible || part == Some(&sheet.name);
    let names: Vec<String> = sheets.iter().filter(may_be).map(|sheet| sheet.name.clone()).collect();
    let sheet = chosen(path, part, (&names, "sheet"))?;
    let unread = sheets.iter().filter(|known| !known.is_visible && known.name != sheet).count();
    let is_hidden = sheets.iter().any(|known| !known.is_visible && known.name == sheet);
    let (mut rows, mut odd, mut hidden, mut width) = (book.rows(&sheet)?, 0, 0, 0);
    while let Some(row) = rows.next_row()? {
        hidden += u64::from(row.is_hidden);
        width = width.max(row.values.len());
        take(row.number, texts(row.values, &mut odd))?;
    }
    let mut said = notes(says!("sheet {}", [told(&sheet)]), odd);
    said.extend(is_hidden.then(|| says!("the sheet is hidden: its rows are read like others")));
    said.extend(rows.notes(hidden, width));
    said.extend((unread > 0).then(|| says!("{unread} hidden sheets are not read; --sheet reads one by name", unread)));
    Ok(said)
}

fn texts(values: Vec<Value<'static>>, odd: &mut u64) -> Vec<String> {
    let text = |value: Value<'static>| {
        let cell = value.unwrap_or_else(|found| {
            *odd += 1;
            found.shown
        });
        cell.text().map(|text| text.into_owned()).unwrap_or_default()
    };
    values.into_iter().map(text).collect()
}

fn notes(what: Sentence, odd: u64) -> Vec<Sentence> {
    let said =
        || says!("{odd} cells with an error, a number of more digits than are kept, or bytes that are no text", odd);
    [what].into_iter().chain((odd > 0).then(said)).collect()
}

fn relation_rows(path: &Path, part: Option<&str>, take: &mut TakeRow<'_>) -> Result<Vec<Sentence>> {
    let mut database = opened(path)?;
    let relation = chosen(path, part, (&database.relations()?, "table"))?;
    let mut rows = Relation { take, rows: 0, odd: 0 };
    let bounds = Bounds::default();
    let select = Select { relation: relation.clone(), query: None };
    database.read(&select, Manner::new(&Form::default(), &bounds), &mut rows)?;
    Ok(notes(says!("table {}", [told(&relation)]), rows.odd))
}

struct Relation<'t, 'r> {
    take: &'r mut TakeRow<'t>,
    rows: u64,
    odd: u64,
}

impl TakesRows for Relation<'_, '_> {
    fn begin(&mut self, names: Vec<String>, _: Vec<Sentence>) -> Result<()> {
        (self.take)(0, names)
    }

    fn take(&mut self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        rows.into_iter().try_for_each(|values| {
            self.rows += 1;
            (self.take)(self.rows, texts(values, &mut self.odd))
        })
    }
}

/// Every field that any line has is a column, in the order in which they appear.
fn object_rows(path: &Path, take: &mut TakeRow<'_>) -> Result<()> {
    let (mut names, mut places) = (Vec::new(), HashMap::new());
    each_object(path, &mut |_, object| {
        for name in object.keys() {
            if !places.contains_key(name) {
                places.insert(name.clone(), names.len());
                names.push(name.clone());
            }
        }
        Ok(())
    })?;
    let width = names.len();
    take(0, names)?;
    each_object(path, &mut |number, object| {
        let mut row = vec![String::new(); width];
        for (name, value) in object {
            if let Some(place) = places.get(&name).and_then(|place| row.get_mut(*place)) {
                *place = match value {
                    Json::Null => String::new(),
                    Json::String(text) => text,
                    other => {
                        Cell::Text(other.to_string().into()).text().map(|text| text.into_owned()).unwrap_or_default()
                    }
                };
            }
        }
        take(number, row)
    })
}

fn each_object(path: &Path, take: &mut dyn FnMut(u64, Map<String, Json>) -> Result<()>) -> Result<()> {
    let mut reader = BufReader::new(File::open(path).map_err(Error::io(path))?);
    let mut text = String::new();
    reader.read_to_string(&mut text).map_err(Error::io(path))?;
    for (line, number) in text.split(['\n', '\r']).zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        // The parser's own message may repeat the text.
        let object = serde_json::from_str(line.trim_start_matches('\u{FEFF}')).map_err(|error| Error::Format {
            path: path.to_path_buf(),
            location: says!("line {number}, column {}: ", [error.column()], number),
            found: says!("no JSON object"),
            expected: says!("one JSON object on each line"),
        })?;
        take(number, object)?;
    }
    Ok(())
}
