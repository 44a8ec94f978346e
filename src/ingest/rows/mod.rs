//! Rows out of files, whatever their format.
//!
//! Each format has a reader that gives rows to a [`RowVisitor`]: cells, the number that an editor or
//! spreadsheet shows for the row, and the row as it stood there, in case it is refused. Readers decide
//! nothing about meaning.
//!
//! | format | rows are told apart by | number of a row |
//! |---|---|---|
//! | `csv` | lines and quotes | line |
//! | `ndjson` | lines | line |
//! | `parquet` | the file | place in the file, from 1 |
//! | `sheet` | the workbook | row of the sheet |
//! | `database` | the relation | place in the order of reading, from 1 |

mod cell;
mod csv;
mod database;
mod delimiter;
mod ndjson;
pub(super) mod odd;
mod parquet;
mod sheet;
mod zone;

pub(super) use cell::Cell;
pub(crate) use csv::are_rows;
pub(super) use csv::{Fields, Head, LINES_ABOVE, Shape, header, read_block as read_csv};
pub(super) use database::{
    Database, Manner, RowDigest, SERVER, Select, TakesRows, connected, give, is_database, opened,
};
pub(super) use delimiter::{delimiter_of, delimiters, shown as shown_delimiter};
pub(super) use ndjson::{Names, read_block as read_ndjson};
pub(super) use parquet::ParquetRows;
pub(super) use sheet::{Sheet, SheetRow, SheetRows, Workbook, is_workbook, letters};
pub(super) use zone::Zone;

use super::refusal::Fault;

/// What takes the rows of a file.
pub(super) trait RowVisitor {
    /// A row whose fields could be told apart.
    fn row(&mut self, line: u64, cells: &[Cell<'_>], raw: Raw<'_>);

    /// A row that could not be read at all.
    fn broken(&mut self, line: u64, fault: Fault, raw: Raw<'_>);

    /// A row with a value that is none; whoever does not need the value takes the row with what is shown of it.
    fn odd(&mut self, line: u64, fault: Fault, (_, raw): (&[Cell<'_>], Raw<'_>)) {
        self.broken(line, fault, raw);
    }

    /// A field that the plan does not know, in formats without a header.
    fn surplus(&mut self, _name: &str) {}
}

/// A row as it stood in its file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    /// Its text.
    Text(&'a str),
    /// Its bytes, which are no text in the file's encoding.
    Bytes(&'a [u8]),
    /// Its values, where the file holds no text.
    Cells(&'a [String], &'a [Cell<'a>]),
}
