//! Workbooks as other programs write them: formulas that nobody computed.

use wherewithal::ingest::Mapping;

use crate::formats::python;
use crate::ingest::{Desk, numbers, rows};

/// One table in three formats, by writers that compute nothing: each last column holds formulas alone.
const FORMULAS: &str = r#"
import sys
import openpyxl, xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableRow, TableCell
from odf.text import P
root = sys.argv[1] + "/in/"
header = ["entity_id", "event_on", "known_at", "account", "balance_fen", "available_fen"]
lines = [[f"P{i}", "2018-02-01", "2018-02-02", f"a{i}", 100 * i, "=5*2"] for i in (1, 2)]
lines.append(["P3", "2018-02-01", "2018-02-02", "a3", "=5*3", "=5*3"])
book = openpyxl.Workbook(); book.active.title = "deposits"
old = xlwt.Workbook(); sheet = old.add_sheet("deposits")
document = OpenDocumentSpreadsheet(); table = Table(name="deposits")
for at, line in enumerate([header] + lines):
    book.active.append(line)
    row = TableRow()
    for column, cell in enumerate(line):
        is_formula = str(cell).startswith("=")
        sheet.write(at, column, xlwt.Formula(cell[1:]) if is_formula else cell)
        if is_formula: made = TableCell(formula="of:" + cell)
        elif isinstance(cell, str):
            made = TableCell(valuetype="string"); made.addElement(P(text=cell))
        else: made = TableCell(valuetype="float", value=cell)
        row.addElement(made)
    table.addElement(row)
document.spreadsheet.addElement(table)
book.save(root + "deposits.xlsx"); old.save(root + "deposits.xls"); document.save(root + "deposits.ods")
"#;

#[test]
fn formulas_that_nobody_computed_are_no_values_and_are_said() {
    let desk = Desk::new(&[]);
    if python(FORMULAS, desk.folder.path()).is_none() {
        return;
    }
    for (name, said, accepted) in [
        ("deposits.xlsx", "4 formulas have no saved value", 0),
        ("deposits.ods", "4 formulas have no saved value", 0),
        ("deposits.xls", "4 formulas show nothing", 3),
    ] {
        let bytes = std::fs::read(desk.folder.path().join("in").join(name)).unwrap();
        let (tables, report) = Desk::new(&[(name, &bytes)]).read(Mapping::default()).unwrap();
        let file = &report.files[0];
        assert_eq!((file.rows_read, file.rows_accepted), (3, accepted), "{name}: {file:?}");
        let notes: Vec<String> = file.notes.iter().map(ToString::to_string).collect();
        assert!(notes.iter().any(|note| note.contains(said)), "{name}: {notes:?}");
        if accepted > 0 {
            let found = rows(&tables, "deposits");
            assert_eq!(numbers(&found, "balance_fen"), [Some(100), Some(200), None], "{name}: unknown, not zero");
            assert_eq!(numbers(&found, "available_fen"), [None, None, None], "{name}");
        }
    }
}
