//! Kin of the faults that people reported of `fit`: other codes, other names, other weights, other flags, other files.

use std::io::Write;

use crate::own_table::{Bench, bad, plain, rows};

/// What is found to be wrong, all of it at once.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn hold(&mut self, what: impl Into<String>, holds: bool, found: impl std::fmt::Debug) {
        if !holds {
            self.0.push(format!("{}: {found:?}", what.into()));
        }
    }

    fn nothing(self) {
        assert!(self.0.is_empty(), "{} wrong:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// 15: a column of special codes only, of whatever kind they are.
#[test]
fn columns_of_special_codes_alone_are_features() {
    let (bench, mut wrong) = (Bench::new(), Wrong::default());
    let table = |codes: [&str; 2]| {
        let line = |_, [income, _]: [f64; 2], flag: bool, event| {
            format!("{income},{},{}\n", codes[usize::from(flag)], bad(event))
        };
        format!("income,k,bad\n{}", rows(line))
    };
    for (name, codes, special) in [
        ("minus.csv", ["-8", "-9"], "k=-8;-9"),
        ("all.csv", ["-8", "-9"], "*=-7;-8;-9"),
        ("decimal.csv", ["99.5", "98.5"], "k=99.5;98.5"),
        ("dressed.csv", ["9999", "\"9,998\""], "k=9999;9998"),
    ] {
        let ran = bench.fails(name, table(codes), &["--special", special]);
        wrong.hold(name, ran.code == Some(0) && ran.features() == ["income", "k"], (&ran.errors, &ran.said));
    }
    wrong.nothing();
}

/// 17: columns named like other outputs.
#[test]
fn columns_named_like_any_output_are_told_apart() {
    let (bench, mut wrong) = (Bench::new(), Wrong::default());
    for name in ["points", "probability", "score", "points_used", "base_points", "SCORE", "log_odds", "bad "] {
        let table = plain().replacen("income", name, 1);
        let ran = bench.fails("t.csv", table, &[]);
        let sql = if ran.code == Some(0) { ran.file("model.sql") } else { String::new() };
        let aliases: Vec<String> = sql
            .split(" AS ")
            .skip(1)
            .map(|text| text.split([',', '\n', ' ']).next().unwrap_or_default().to_lowercase())
            .filter(|name| !["(", "varchar)", "r"].contains(&name.as_str()))
            .collect();
        let mut distinct = aliases.clone();
        distinct.sort();
        distinct.dedup();
        wrong.hold(
            name,
            ran.code == Some(2) || distinct.len() == aliases.len() && !aliases.is_empty(),
            (&ran.code, &aliases, &ran.errors),
        );
    }
    wrong.nothing();
}

/// 18: rows that weigh nothing, whatever stands for nothing.
#[test]
fn rows_without_weight_are_as_absent() {
    let (bench, mut wrong) = (Bench::new(), Wrong::default());
    let table = |weight: &str, more: usize| {
        let line = |row: usize, [income, used]: [f64; 2], flag: bool, event| {
            let odd = format!("{},{},{},{},{weight}\n", row, 9, "Z", row % 2).repeat(usize::from(row < more));
            format!("{odd}{income},{used},{},{},2.5\n", u8::from(flag), bad(event))
        };
        format!("income,used,flag,bad,wt\n{}", rows(line))
    };
    let clean = bench.fit("clean.csv", table("0", 0), &["--weight", "wt"]).file("model.json");
    for weight in ["0", "0.0", "0.000", "-0", "0e5"] {
        let ran = bench.fails("odd.csv", table(weight, 200), &["--weight", "wt"]);
        wrong.hold(weight, ran.code == Some(0) && ran.file("model.json") == clean, &ran.errors);
    }
    for weight in ["-1", "inf", "x"] {
        let ran = bench.fails("bad.csv", table(weight, 200), &["--weight", "wt"]);
        wrong.hold(weight, ran.code != Some(0), &ran.said);
    }
    wrong.nothing();
}

/// 22: flags that are something or nothing.
#[test]
fn flags_of_one_word_and_nothing_are_features() {
    let (bench, mut wrong) = (Bench::new(), Wrong::default());
    for (word, nothing) in
        [("是", ""), ("X", ""), ("1", ""), ("√", "NULL"), ("true", "N/A"), ("有", "\\N"), ("1", "无")]
    {
        let line = |_, [income, _]: [f64; 2], flag: bool, event| {
            format!("{income},{},{}\n", if flag { word } else { nothing }, bad(event))
        };
        let ran = bench.fails("flag.csv", format!("income,flag,bad\n{}", rows(line)), &[]);
        wrong.hold(
            format!("{word} or {nothing}"),
            ran.code == Some(0) && ran.features().contains(&"flag".to_owned()),
            (&ran.errors, &ran.said),
        );
    }
    wrong.nothing();
}

/// B11 for tables of one's own: whatever `assess` reads, `fit` and `score-table` read.
#[test]
fn tables_come_in_every_format() {
    let (bench, mut wrong) = (Bench::new(), Wrong::default());
    let clean = bench.fit("t.csv", plain(), &[]).file("model.json");
    let objects: String = plain()
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            format!(
                "{{\"income\":{},\"used\":\"{}\",\"flag\":\"{}\",\"bad\":{}}}\n",
                cells[0], cells[1], cells[2], cells[3]
            )
        })
        .collect();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("t.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(plain().as_bytes()).unwrap();
    let packed = archive.finish().unwrap().into_inner();
    for (name, bytes) in [("t.ndjson", objects.into_bytes()), ("t.zip", packed)] {
        let ran = bench.fails(name, bytes, &[]);
        wrong.hold(name, ran.code == Some(0) && ran.file("model.json") == clean, &ran.errors);
    }
    // A workbook of two sheets, of which one is named.
    let path = bench.0.path().join("book");
    if python(BOOK, &path, &plain()) {
        for name in ["t.xlsx", "t.ods", "t.xls", "t.sqlite"] {
            let bytes = std::fs::read(path.join(name)).unwrap();
            let ran = bench.fails(name, &bytes, &["--sheet", "loans"]);
            wrong.hold(name, ran.code == Some(0) && ran.file("model.json") == clean, (&ran.errors, &ran.said));
            let several = bench.fails(name, &bytes, &[]);
            wrong.hold(
                format!("{name}, none named"),
                several.code != Some(0) && several.errors.contains("--sheet"),
                &several.errors,
            );
        }
    }
    wrong.nothing();
}

const BOOK: &str = r#"
import sqlite3, sys
import openpyxl, xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableRow, TableCell
from odf.text import P
root = sys.argv[1]
rows = [line.split(",") for line in open(root + "/t.csv", encoding="utf-8").read().splitlines()]
def value(text):
    try: return float(text) if "." in text else int(text)
    except ValueError: return text
typed = [rows[0]] + [[value(cell) for cell in row] for row in rows[1:]]
book = openpyxl.Workbook(); book.active.title = "notes"; book.active.append(["only"])
sheet = book.create_sheet("loans")
for row in typed: sheet.append(row)
book.save(root + "/t.xlsx")
old = xlwt.Workbook(); old.add_sheet("notes").write(0, 0, "only")
sheet = old.add_sheet("loans")
for at, row in enumerate(typed):
    for column, cell in enumerate(row): sheet.write(at, column, cell)
old.save(root + "/t.xls")
document = OpenDocumentSpreadsheet()
for name, lines in [("notes", [["only"]]), ("loans", typed)]:
    table = Table(name=name)
    for row in lines:
        line = TableRow()
        for cell in row:
            if isinstance(cell, str):
                made = TableCell(valuetype="string"); made.addElement(P(text=cell))
            else: made = TableCell(valuetype="float", value=cell)
            line.addElement(made)
        table.addElement(line)
    document.spreadsheet.addElement(table)
document.save(root + "/t.ods")
db = sqlite3.connect(root + "/t.sqlite")
db.execute("create table notes (only)")
db.execute("create table loans (income, used, flag, bad)")
db.executemany("insert into loans values (?, ?, ?, ?)", typed[1:])
db.commit()
"#;

/// Runs a script over a table, with an interpreter that has its packages; not where nobody named one.
fn python(script: &str, folder: &std::path::Path, table: &str) -> bool {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("t.csv"), table).unwrap();
    let Some(python) = std::env::var("WHEREWITHAL_PYTHON").ok().filter(|python| !python.is_empty()) else {
        println!("skipped: WHEREWITHAL_PYTHON names no interpreter");
        return false;
    };
    let run = std::process::Command::new(python).arg("-c").arg(script).arg(folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    true
}
