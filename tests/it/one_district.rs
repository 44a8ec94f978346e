//! One district, brought in every way in which people bring it: the same rows, and the same bytes of results.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{self, AssessParams, ModelSource};
use wherewithal::progress::Silent;

use crate::formats::python;
use crate::ingest::key;
use crate::pipeline::{as_of, district};
#[cfg(feature = "postgres")]
use crate::served::Server;

const RESULTS: [&str; 4] = ["scores.parquet", "reasons.parquet", "capacity.parquet", "signals.parquet"];

/// Writes the tables of a folder as workbooks, with titles above the headers, as an archive, in GB18030, and as Parquet
/// by two writers.
const OTHER_WRITERS: &str = r#"
import csv, datetime as dt, glob, os, sys, zipfile
import duckdb, openpyxl, pyarrow as pa, pyarrow.parquet as pq, xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableRow, TableCell
from odf.text import P
source, root = sys.argv[1].split("|")
def value(column, text):
    if text and (column.endswith("_on") or column == "known_at"):
        return dt.date.fromisoformat(text)
    if text and column.endswith("_fen"):
        return int(text)
    return text or None
tables = {}
for path in sorted(glob.glob(source + "/*.csv")):
    with open(path, encoding="utf-8", newline="") as file:
        tables[os.path.basename(path)[:-4]] = list(csv.reader(file))
def typed(rows):
    return [rows[0]] + [[value(c, t) for c, t in zip(rows[0], row)] for row in rows[1:]]
for kind in ["xlsx", "each", "ods", "xls", "1904", "zip", "gb18030", "pyarrow", "duckdb"]:
    os.makedirs(f"{root}/{kind}")
book = openpyxl.Workbook(write_only=True)
since_1904 = openpyxl.Workbook(write_only=True)
since_1904.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
old = xlwt.Workbook()
day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
db = duckdb.connect()
document = OpenDocumentSpreadsheet()
for name, rows in tables.items():
    for target in [book, since_1904]:
        sheet = target.create_sheet(name)
        sheet.append(["某法院 " + name])
        for row in typed(rows):
            sheet.append(row)
    single = openpyxl.Workbook(write_only=True)
    sheet = single.create_sheet("Sheet1")
    for row in rows:
        sheet.append([t or None for t in row])
    single.save(f"{root}/each/{name}.xlsx")
    sheet = old.add_sheet(name)
    for at, row in enumerate(typed(rows)):
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date): sheet.write(at, column, cell, day)
            elif cell is not None: sheet.write(at, column, cell)
    with open(f"{root}/gb18030/{name}.csv", "w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    head, *body = typed(rows)
    kinds = {c: pa.date32() if c.endswith("_on") or c == "known_at" else pa.int64() if c.endswith("_fen") else pa.string() for c in head}
    table = pa.table({c: pa.array([row[at] for row in body], kinds[c]) for at, c in enumerate(head)})
    pq.write_table(table, f"{root}/pyarrow/{name}.parquet")
    db.register("rows_of", table)
    db.execute(f"copy rows_of to '{root}/duckdb/{name}.parquet' (format parquet)")
    db.unregister("rows_of")
    sheet = Table(name=name)
    for row in [head] + body:
        line = TableRow()
        for cell in row:
            if cell is None: made = TableCell()
            elif isinstance(cell, dt.date): made = TableCell(valuetype="date", datevalue=cell.isoformat())
            elif isinstance(cell, int): made = TableCell(valuetype="float", value=cell)
            else:
                made = TableCell(valuetype="string")
                made.addElement(P(text=cell))
            line.addElement(made)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
book.save(f"{root}/xlsx/书.xlsx")
since_1904.save(f"{root}/1904/书.xlsx")
old.save(f"{root}/xls/书.xls")
document.save(f"{root}/ods/书.ods")
with zipfile.ZipFile(f"{root}/zip/全部.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in tables:
        archive.write(f"{source}/{name}.csv", f"{name}.csv")
"#;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district")
}

/// The tables as they stand in the files: names of columns, and texts, of which empty ones are no values.
fn written() -> BTreeMap<String, (Vec<String>, Vec<Vec<String>>)> {
    let files = std::fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let tables = files.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).map(|path| {
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let head = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), (head, rows))
    });
    tables.collect()
}

fn is_day(column: &str) -> bool {
    column.ends_with("_on") || column == "known_at"
}

/// Parquet by this crate's own writer.
fn write_parquet(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for (name, (head, rows)) in written() {
        let columns = head.iter().enumerate().map(|(at, column)| {
            let texts = rows.iter().map(|row| Some(row[at].as_str()).filter(|text| !text.is_empty()));
            match column.as_str() {
                column if is_day(column) => {
                    let day = |text: &str| wherewithal::domain::Day::parse(text).unwrap().number();
                    let days: Vec<Option<i32>> = texts.map(|text| text.map(day)).collect();
                    Column::new(column.into(), days).cast(&DataType::Date).unwrap()
                }
                column if column.ends_with("_fen") => Column::new(
                    column.into(),
                    texts.map(|text| text.map(|text| text.parse().unwrap())).collect::<Vec<Option<i64>>>(),
                ),
                column => Column::new(column.into(), texts.collect::<Vec<_>>()),
            }
        });
        let mut frame = DataFrame::new(rows.len(), columns.collect()).unwrap();
        let file = std::fs::File::create(folder.join(format!("{name}.parquet"))).unwrap();
        ParquetWriter::new(file).finish(&mut frame).unwrap();
    }
}

/// How a database declares a column.
fn declared(column: &str) -> String {
    let kind = match column {
        column if is_day(column) => "date",
        column if column.ends_with("_fen") => "bigint",
        column if column.starts_with("is_") => "boolean",
        _ => "text",
    };
    format!("\"{column}\" {kind}")
}

#[cfg(feature = "sqlite")]
fn write_sqlite(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let mut connection = rusqlite::Connection::open(folder.join("court.sqlite")).unwrap();
    let transaction = connection.transaction().unwrap();
    for (name, (head, rows)) in written() {
        let columns: Vec<_> = head.iter().map(|column| declared(column)).collect();
        transaction.execute(&format!("create table {name} ({})", columns.join(", ")), []).unwrap();
        let places = vec!["?"; head.len()].join(", ");
        let mut insert = transaction.prepare(&format!("insert into {name} values ({places})")).unwrap();
        for row in rows {
            let cells = row.into_iter().map(|text| Some(text).filter(|text| !text.is_empty()));
            insert.execute(rusqlite::params_from_iter(cells)).unwrap();
        }
    }
    transaction.commit().unwrap();
}

#[cfg(feature = "postgres")]
fn write_postgresql(server: &Server) {
    use std::io::Write;
    let mut client = server.database("district");
    for (name, (head, _)) in written() {
        let columns: Vec<_> = head.iter().map(|column| declared(column)).collect();
        // Without a key a server may give rows in any order.
        let table = format!("create table {name} (line bigserial primary key, {})", columns.join(", "));
        client.batch_execute(&table).unwrap();
        let names = head.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        let mut copy = client.copy_in(&format!("copy {name} ({names}) from stdin (format csv, header)")).unwrap();
        copy.write_all(&std::fs::read(source().join(format!("{name}.csv"))).unwrap()).unwrap();
        copy.finish().unwrap();
    }
}

/// A model of the district, and what its own files give.
struct Bench {
    folder: tempfile::TempDir,
    model: PathBuf,
    frames: BTreeMap<String, DataFrame>,
    results: Vec<Vec<u8>>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.json");
        std::fs::write(&model, district().model.to_json().unwrap()).unwrap();
        let mut bench = Self { folder, model, frames: BTreeMap::new(), results: Vec::new() };
        let sources = Sources::new(source(), key());
        bench.frames = bench.frames_of(&sources, "csv");
        bench.results = bench.results_of(&sources, "csv");
        assert!(bench.frames.len() > 20 && bench.results.iter().all(|bytes| bytes.len() > 1_000));
        bench
    }

    fn path(&self, kind: &str) -> PathBuf {
        self.folder.path().join(kind)
    }

    /// Every row as it is accepted, without the line that it stands in.
    fn frames_of(&self, sources: &Sources, kind: &str) -> BTreeMap<String, DataFrame> {
        let params = ReadParams::new(self.path(&format!("read-{kind}")));
        let (tables, report) = ingest::read(sources, &params, &Silent).unwrap();
        assert!(report.files.iter().all(|file| file.rows_refused == 0), "{kind}: {:?}", report.files);
        assert!(report.duplicates.is_empty(), "{kind}: {:?}", report.duplicates);
        let frame = |name: &str| tables.frame(name).unwrap().drop("record_id").unwrap();
        tables.names().map(|name| (name.to_string(), frame(name))).collect()
    }

    fn results_of(&self, sources: &Sources, kind: &str) -> Vec<Vec<u8>> {
        let (store, out) = (self.path(&format!("store-{kind}")), self.path(&format!("out-{kind}")));
        sources.ingest_into(&store, &Default::default(), &Silent).unwrap();
        let params = AssessParams::new(as_of(), &out, ModelSource::File(self.model.clone())).store(store).key(key());
        pipeline::assess(&params.profiles(Some(0)), &Silent).unwrap();
        RESULTS.iter().map(|name| std::fs::read(out.join(name)).unwrap()).collect()
    }

    fn holds(&self, sources: &Sources, kind: &str) {
        let frames = self.frames_of(sources, kind);
        assert_eq!(frames.keys().collect::<Vec<_>>(), self.frames.keys().collect::<Vec<_>>(), "{kind}");
        for (name, frame) in &frames {
            let differ = frame.columns().iter().zip(self.frames[name].columns()).find_map(|(found, expected)| {
                let row = (0..frame.height()).find(|row| found.get(*row).ok() != expected.get(*row).ok())?;
                Some((found.name().clone(), row, found.get(row).unwrap(), expected.get(row).unwrap()))
            });
            assert_eq!(differ, None, "{kind}, {name}: column, row, found, expected");
            assert!(frame.equals_missing(&self.frames[name]), "{kind}, {name}");
        }
        for ((name, bytes), expected) in RESULTS.iter().zip(self.results_of(sources, kind)).zip(&self.results) {
            assert!(bytes == *expected, "{kind}: {name} differs");
        }
    }
}

#[test]
fn every_kind_of_source_gives_the_same_bytes_of_results() {
    let bench = Bench::new();
    write_parquet(&bench.path("polars"));
    bench.holds(&Sources::new(bench.path("polars"), key()), "polars");
    #[cfg(feature = "sqlite")]
    {
        write_sqlite(&bench.path("sqlite"));
        bench.holds(&Sources::new(bench.path("sqlite"), key()), "sqlite");
    }
    #[cfg(feature = "postgres")]
    if let Some(server) = Server::shared() {
        write_postgresql(&server);
        bench.holds(&Sources::of_database(server.url("district"), key()), "postgresql");
    }
    let places = PathBuf::from(format!("{}|{}", source().display(), bench.folder.path().display()));
    if python(OTHER_WRITERS, &places).is_some() {
        for kind in ["gb18030", "xlsx", "each", "1904", "xls", "ods", "zip", "pyarrow", "duckdb"] {
            bench.holds(&Sources::new(bench.path(kind), key()), kind);
        }
    }
}
