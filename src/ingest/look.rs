//! Shows the first rows of files without a mapping.
//!
//! Reading by a mapping needs to know what the columns mean. Before anybody has said it, this module shows
//! each table as rows of texts: `inspect` drafts a mapping from them. It refuses nothing; what cannot be
//! split is counted.

use std::collections::HashMap;
use std::path::Path;

use super::files::{Block, Blocks, Found, found, is_archive};
use super::mapping::{Form, Format};
use super::params::ReadParams;
use super::refusal::Fault;
use super::report::IgnoredFile;
use super::rows::{
    Cell, Fields, Names, ParquetRows, Raw, RowVisitor, Shape, SheetRows, Workbook, delimiter_of, is_database,
    is_workbook, read_csv, read_ndjson,
};
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// Rows of a Parquet file that are decoded at a time.
const STEP: usize = 1 << 14;

/// A file, or a sheet of one, as it lies there: nobody has said what it means.
///
/// Where `names` is `None` (delimited text, sheets of workbooks) the header is one of the rows, and nobody
/// has decided which: titles may stand above it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawTable {
    /// The path within the folder, with `/` between folders and within archives.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The format: csv, ndjson, parquet or sheet.
    pub format: String,
    /// The encoding; empty where there is no text.
    pub encoding: String,
    /// What parts the fields of delimited text.
    pub delimiter: Option<char>,
    /// The names of the columns, where the format tells them apart from rows.
    pub names: Option<Vec<String>>,
    /// The rows; where the format has no names, titles and header among them.
    pub rows: Vec<RawRow>,
    /// Whether these are all of them.
    pub is_whole: bool,
    /// Rows that could not be split.
    pub broken: u64,
    /// What is wrong with the file as a whole, such as a compressed stream that ends early.
    pub damage: Option<Sentence>,
    /// What was decided about the file and could be decided otherwise.
    pub notes: Vec<Sentence>,
}

/// A row as it lies in its file.
///
/// ```
/// use wherewithal::ingest::RawRow;
///
/// let row = RawRow { number: 2, cells: vec!["6222".into(), String::new()] };
/// assert_eq!(row.cells[1], ""); // no value, not a zero
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRow {
    /// Its line or row number, from 1.
    pub number: u64,
    /// The trimmed text of each cell; empty where there is none.
    pub cells: Vec<String>,
}

impl ReadParams {
    /// Looks at a file, or at every file of a folder, without a mapping: gives the first `rows` rows of every table to
    /// `take`, and tells which files hold none and why.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed, and what `take` reports.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::ingest::ReadParams;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("accounts.csv"), "账号;余额\n6222;1,200.50\n6223;\n")?;
    /// std::fs::write(folder.path().join("readme.pdf"), "%PDF-1.4")?;
    ///
    /// let mut tables = Vec::new();
    /// let passed = ReadParams::new(folder.path()).look(folder.path(), 100, &mut |table| {
    ///     tables.push(table);
    ///     Ok(())
    /// })?;
    /// assert_eq!(tables[0].delimiter, Some(';'));
    /// assert_eq!(tables[0].rows[1].cells, ["6222", "1,200.50"]); // the text as it stands there
    /// assert!(tables[0].is_whole);
    /// assert_eq!(passed[0].file, "readme.pdf");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn look(
        &self,
        path: &Path,
        rows: usize,
        take: &mut dyn FnMut(RawTable) -> Result<()>,
    ) -> Result<Vec<IgnoredFile>> {
        self.check()?;
        let (files, mut passed, _unpacked) = found(path, self)?;
        let onlooker = Onlooker { params: self, most: rows };
        for file in files {
            let mut pass = |reason: Sentence| passed.push(IgnoredFile { file: file.name.clone(), reason });
            match onlooker.tables(&file) {
                _ if is_archive(&file.name) => pass(says!("an archive within another: unpack it")),
                _ if is_database(&file.name, &file.path) => pass(database()),
                _ if !names_table(&file.name) => pass(says!("its ending names no table")),
                Ok(tables) if tables.is_empty() => pass(says!("no sheet of cells")),
                Ok(tables) => tables.into_iter().try_for_each(&mut *take)?,
                Err(error) => pass(without_path(error)),
            }
        }
        Ok(passed)
    }
}

/// Why a database is passed by.
fn database() -> Sentence {
    says!("a database, which is not looked into; assess reads tables of it that a mapping names (relation)")
}

/// What is wrong with a file that is named beside it.
fn without_path(error: Error) -> Sentence {
    match error {
        Error::Format { location, found, expected, .. } => {
            says!("{location}found {found}, expected {expected}", location, found, expected)
        }
        Error::Io { reason, .. } => Sentence::foreign(reason.to_string()),
        other => other.into(),
    }
}

/// Whether a file may hold a table, by its ending.
pub(crate) fn names_table(path: &str) -> bool {
    is_workbook(path) || Format::of_path(path).is_some()
}

struct Onlooker<'p> {
    params: &'p ReadParams,
    most: usize,
}

impl Onlooker<'_> {
    fn tables(&self, file: &Found) -> Result<Vec<RawTable>> {
        // A pipe has no end that anybody promises.
        if !file.path.is_file() {
            return Err(Error::format(&file.path, "a pipe, a socket or a device", "a file"));
        }
        if is_workbook(&file.name) {
            return self.sheets(file);
        }
        let table = match Format::of_path(&file.name) {
            Some(Format::Parquet) => self.parquet(file)?,
            Some(Format::Ndjson) => self.ndjson(file)?,
            _ => self.csv(file)?,
        };
        Ok(vec![RawTable { file: file.name.clone(), ..table }])
    }

    fn sheets(&self, file: &Found) -> Result<Vec<RawTable>> {
        let mut book = Workbook::open(&file.path, &self.params.bounds)?;
        let sheets = book.sheets();
        let read = |sheet: super::rows::Sheet| {
            let mut gathered = Gathered::new(self.most);
            let hidden = gathered.add_sheet(&mut book.rows(&sheet.name)?)?;
            let mut table = gathered.table("sheet");
            table.notes.extend(hidden);
            if !sheet.is_visible {
                table.notes.push(says!("the sheet is hidden"));
            }
            Ok(RawTable { file: file.name.clone(), sheet: Some(sheet.name), ..table })
        };
        sheets.into_iter().map(read).collect()
    }

    fn parquet(&self, file: &Found) -> Result<RawTable> {
        let rows = ParquetRows::open(&file.path, &Form::default(), &self.params.bounds)?;
        let mut gathered = Gathered::new(self.most);
        for group in rows.groups() {
            let count = group.rows();
            let pages = group.pages()?;
            for start in (0..count).step_by(STEP) {
                if gathered.is_full() {
                    break;
                }
                let slab = pages.decode(&(start..count.min(start + STEP)))?;
                slab.read(0..slab.rows(), &[], &mut gathered);
            }
        }
        let notes = rows.notes().collect();
        Ok(RawTable { names: Some(rows.names().to_vec()), notes, ..gathered.table("parquet") })
    }

    fn ndjson(&self, file: &Found) -> Result<RawTable> {
        let bounds = &self.params.bounds;
        let mut blocks = self.open(file)?;
        let (mut gathered, mut names) = (Gathered::new(self.most), Names::default());
        while let Some(block) = blocks.next()?.filter(|_| !gathered.is_full()) {
            read_ndjson(&block, (&HashMap::new(), bounds), &mut names);
            read_ndjson(&block, (&names.places(), bounds), &mut gathered);
        }
        ended(RawTable { names: Some(names.into_inner()), ..gathered.table("ndjson") }, blocks)
    }

    fn csv(&self, file: &Found) -> Result<RawTable> {
        let mut blocks = self.open(file)?;
        let mut gathered = Gathered::new(self.most);
        let (mut left, mut delimiter) = (None::<Block>, None);
        while let Some(next) = blocks.next()?.filter(|_| !gathered.is_full()) {
            let block = match left.take() {
                Some(before) => before.joined(&next),
                None => next,
            };
            let mark = *delimiter.get_or_insert_with(|| delimiter_of(block.decode().text()).unwrap_or(b','));
            let shape = Shape { delimiter: mark, width: 0, fields: Fields::Any, bounds: &self.params.bounds };
            let lines = read_csv(&block, shape, &mut gathered);
            left = (lines < block.lines()).then(|| block.after(lines));
        }
        ended(RawTable { delimiter: delimiter.map(char::from), ..gathered.table("csv") }, blocks)
    }

    fn open(&self, file: &Found) -> Result<Blocks<'_>> {
        // What can be seen of a stream that ends early is worth a look; reading it is declared.
        let form = Form { truncated: true, ..Form::default() };
        Blocks::open(&file.path, &form, (&self.params.bounds, self.params.block_bytes))
    }
}

fn ended(mut table: RawTable, blocks: Blocks<'_>) -> Result<RawTable> {
    let ended = blocks.finish()?;
    table.notes.extend(ended.notes);
    Ok(RawTable { encoding: ended.encoding, damage: ended.damage, ..table })
}

/// The first rows of a table.
struct Gathered {
    most: usize,
    rows: Vec<RawRow>,
    broken: u64,
    is_cut: bool,
}

impl Gathered {
    const fn new(most: usize) -> Self {
        Self { most, rows: Vec::new(), broken: 0, is_cut: false }
    }

    const fn is_full(&self) -> bool {
        self.is_cut
    }

    /// Gives back what is to be said of hidden rows and columns, and of formulas.
    fn add_sheet(&mut self, rows: &mut SheetRows<'_>) -> Result<Vec<Sentence>> {
        let (mut hidden, mut width) = (0, 0);
        while let Some(row) = rows.next_row()?.filter(|_| !self.is_full()) {
            hidden += u64::from(row.is_hidden);
            width = width.max(row.values.len());
            let cells: Vec<_> = row.values.into_iter().map(|value| value.unwrap_or_else(|odd| odd.shown)).collect();
            self.row(row.number, &cells, Raw::Text(""));
        }
        Ok(rows.notes(hidden, width))
    }

    fn table(self, format: &str) -> RawTable {
        let (format, is_whole) = (format.to_owned(), !self.is_cut);
        RawTable { format, rows: self.rows, broken: self.broken, is_whole, ..RawTable::default() }
    }
}

impl RowVisitor for Gathered {
    fn row(&mut self, number: u64, cells: &[Cell<'_>], _: Raw<'_>) {
        if self.rows.len() >= self.most {
            self.is_cut = true;
            return;
        }
        let cells = cells.iter().map(|cell| cell.text().unwrap_or_default().into_owned()).collect();
        self.rows.push(RawRow { number, cells });
    }

    fn odd(&mut self, number: u64, _: Fault, (cells, raw): (&[Cell<'_>], Raw<'_>)) {
        self.row(number, cells, raw);
    }

    fn broken(&mut self, _: u64, _: Fault, _: Raw<'_>) {
        self.broken += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(name: &str, bytes: &[u8], rows: usize) -> RawTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut tables = Vec::new();
        let params = ReadParams { block_bytes: 32, ..ReadParams::new(folder.path().join("out")) };
        params
            .look(&path, rows, &mut |table| {
                tables.push(table);
                Ok(())
            })
            .unwrap();
        tables.remove(0)
    }

    #[test]
    fn rows_of_every_width_are_given_as_they_lie_there() {
        let table = looked("a.csv", "某银行\na;b,c;d\n1;\"2;\nx\";3\n4;5;6\n".as_bytes(), 9);
        assert_eq!((table.delimiter, table.encoding.as_str(), table.is_whole), (Some(';'), "utf-8", true));
        let rows: Vec<_> = table.rows.iter().map(|row| (row.number, row.cells.join("|"))).collect();
        let expected = [(1, "某银行"), (2, "a|b,c|d"), (3, "1|2;\nx|3"), (5, "4|5|6")];
        assert_eq!(rows, expected.map(|(number, text)| (number, text.to_owned())));
        let cut = looked("a.csv", b"a,b\n1,2\n3,4\n", 2);
        assert_eq!((cut.rows.len(), cut.is_whole), (2, false));
    }

    #[test]
    fn a_database_is_named_as_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("court.db"), b"SQLite format 3\0").unwrap();
        let passed = ReadParams::new(folder.path().join("out")).look(folder.path(), 9, &mut |_| Ok(())).unwrap();
        assert!(passed[0].reason.to_string().starts_with("a database"), "{:?}", passed[0].reason.to_string());
    }

    #[test]
    fn objects_bring_their_names_whenever_they_come() {
        let table = looked("a.ndjson", b"{\"b\":1}\n{\"a\":\"x\",\"b\":2}\n", 9);
        assert_eq!(table.names.unwrap(), ["b", "a"]);
        assert_eq!(table.rows.last().unwrap().cells, ["2", "x"]);
    }
}
