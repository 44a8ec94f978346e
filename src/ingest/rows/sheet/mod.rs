//! Sheets of workbooks, of Excel (`.xlsx`, `.xlsm`, `.xls`) and of OpenDocument (`.ods`), row by row.
//!
//! Which kind a workbook is, its first bytes decide and not its name.

mod broken;
mod hidden;
mod hidden_ods;
mod merged;
mod rows;
mod value;
mod workbook;

pub(in crate::ingest) use rows::{SheetRow, SheetRows};
pub(in crate::ingest) use workbook::{Sheet, Workbook, is_workbook};

/// The letters of a column, counted from 0.
pub(in crate::ingest) fn letters(column: usize) -> String {
    let (before, last) = (column / 26, column % 26);
    let last = char::from(b'A' + u8::try_from(last).unwrap_or_default());
    if before == 0 { last.to_string() } else { format!("{}{last}", letters(before - 1)) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let lettered = [0, 25, 26, 701, 702, 16_383].map(super::letters);
        assert_eq!(lettered, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
