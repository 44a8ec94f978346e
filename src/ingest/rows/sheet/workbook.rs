//! Opens workbooks and lists their sheets.
//!
//! A workbook of the newer formats is a zip archive: its parts are held against their checksums and the
//! bounds before any of them is parsed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use calamine::{Ods, Reader, SheetType, SheetVisible, Xls, Xlsx, XlsxError};

use super::hidden::Hidden;
use super::merged::Merged;
use super::rows::{Cells, SheetRows};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::content::known;
use crate::ingest::files::verify;
use crate::ingest::guard::guarded;
use crate::sentence::says;

const EXPECTED: &str = "a workbook of Excel (.xlsx, .xls) or OpenDocument (.ods)";

/// A workbook.
pub(in crate::ingest) struct Workbook<'b> {
    path: PathBuf,
    book: Book,
    bounds: &'b Bounds,
}

enum Book {
    Xlsx(Xlsx<BufReader<File>>),
    Xls(Xls<BufReader<File>>),
    Ods(Ods<BufReader<File>>),
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct Sheet {
    pub(in crate::ingest) name: String,
    pub(in crate::ingest) is_visible: bool,
}

/// Whether a file is a workbook by its ending.
pub(in crate::ingest) fn is_workbook(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "xlsx" | "xlsm" | "xls" | "ods"))
}

impl<'b> Workbook<'b> {
    /// Opens a workbook whose parts fit their checksums.
    pub(in crate::ingest) fn open(path: &Path, bounds: &'b Bounds) -> Result<Self> {
        let open = || File::open(path).map(BufReader::new).map_err(Error::io(path));
        let mut magic = [0; 64];
        let count = open()?.read(&mut magic).map_err(Error::io(path))?;
        let is_ods = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ods"));
        let file = open()?;
        let book = match magic.get(..count).unwrap_or_default() {
            [b'P', b'K', 3, 4, ..] => {
                verify(path, bounds)?;
                match is_ods {
                    true => Book::Ods(guarded((path, EXPECTED), || Ods::new(file))?),
                    false => Book::Xlsx(guarded((path, EXPECTED), || Xlsx::new(file))?),
                }
            }
            [0xD0, 0xCF, 0x11, 0xE0, ..] => {
                let book = guarded((path, EXPECTED), || Xls::new(file));
                // A newer workbook with a password is packed like an older one.
                let is_encrypted = || Ok::<_, Error>(matches!(Xlsx::new(open()?), Err(XlsxError::Password)));
                match book {
                    Err(_) if is_encrypted()? => return Err(Error::format(path, "an encrypted workbook", EXPECTED)),
                    book => Book::Xls(book?),
                }
            }
            head => {
                let found = known(head).unwrap_or_else(|| says!("bytes of another kind"));
                let expected =
                    says!("a workbook of Excel (.xlsx, .xls) or OpenDocument (.ods); name text .csv or .tsv");
                return Err(Error::format(path, found, expected));
            }
        };
        Ok(Self { path: path.to_path_buf(), book, bounds })
    }

    /// The sheets of cells, in their order.
    pub(in crate::ingest) fn sheets(&self) -> Vec<Sheet> {
        let sheets = match &self.book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        tables
            .map(|sheet| Sheet { name: sheet.name.clone(), is_visible: sheet.visible == SheetVisible::Visible })
            .collect()
    }

    /// The rows of a sheet.
    pub(in crate::ingest) fn rows(&mut self, sheet: &str) -> Result<SheetRows<'_>> {
        let what = (self.path.as_path(), EXPECTED);
        let hidden = match &self.book {
            Book::Xlsx(_) => Hidden::of_xlsx(&self.path, sheet)?,
            Book::Ods(_) => Hidden::of_ods(&self.path, sheet)?,
            Book::Xls(_) => Hidden::default(),
        };
        let is_xls = matches!(self.book, Book::Xls(_));
        let (cells, merged) = match &mut self.book {
            Book::Xlsx(book) => {
                let merged = guarded(what, || book.merge_cells_by_sheet_name(sheet))?;
                (Cells::Stream(Box::new(guarded(what, || book.worksheet_cells_reader(sheet))?)), merged)
            }
            Book::Xls(book) => {
                let merged = guarded(what, || book.merge_cells_by_sheet_name(sheet))?;
                let formulas = guarded(what, || book.worksheet_formula(sheet))?;
                (Cells::range(guarded(what, || book.worksheet_range(sheet))?, formulas), merged)
            }
            Book::Ods(book) => {
                let formulas = guarded(what, || book.worksheet_formula(sheet))?;
                (Cells::range(guarded(what, || book.worksheet_range(sheet))?, formulas), Vec::new())
            }
        };
        let silent = if is_xls { cells.silent_formulas() } else { 0 };
        Ok(SheetRows::new((&self.path, self.bounds), cells, (Merged::new(merged), hidden)).with_silent(silent))
    }
}
