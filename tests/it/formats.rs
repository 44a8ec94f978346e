//! The same rows however they are written: by other writers of Parquet, in other line ends and encodings, packed,
//! damaged and in the wrong place.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use polars::prelude::DataFrame;
use wherewithal::ingest::{Bounds, IngestReport, Mapping, ReadParams, Reason, Sources};
use wherewithal::inspect::{InspectParams, inspect};
use wherewithal::progress::Silent;

use crate::ingest::{Desk, key, numbers, rows, texts};

const HEADER: &str = "entity_id,event_on,known_at,account,holder,kind,balance_fen,available_fen\n";
const ROWS: [&str; 2] = [
    "320106198706150217,2018-02-01,2018-02-01,6222000000000000001,工行,current,100,7.25\n",
    "11010519491231002X,2018-02-02,2018-02-02,6222000000000000002,,term,101,\n",
];

/// Runs a script with an interpreter that has its packages; none where nobody named one.
pub(crate) fn python(script: &str, folder: &Path) -> Option<()> {
    let Some(python) = std::env::var("WHEREWITHAL_PYTHON").ok().filter(|python| !python.is_empty()) else {
        println!("skipped: WHEREWITHAL_PYTHON names no interpreter");
        return None;
    };
    let run = Command::new(python).arg("-c").arg(script).arg(folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(())
}

fn read(folder: &Path) -> wherewithal::Result<(DataFrame, IngestReport)> {
    let out = tempfile::tempdir().unwrap();
    let sources = Sources::new(folder, key());
    let (tables, report) = wherewithal::ingest::read(&sources, &ReadParams::new(out.path()), &Silent)?;
    let frame = if report.rows_by_table.is_empty() { DataFrame::default() } else { rows(&tables, "deposits") };
    Ok((frame, report))
}

fn deposits(desk: &Desk) -> DataFrame {
    rows(&desk.read(Mapping::default()).unwrap().0, "deposits")
}

/// Two rows of deposits in every type that a column may have, one folder each; `plain` is text throughout.
const TYPES: &str = r#"
import datetime as dt, decimal, os, sys
import duckdb, pyarrow as pa, pyarrow.parquet as pq
root = sys.argv[1]
day = [dt.date(2018, 2, 1), dt.date(2018, 2, 2)]
moment = [dt.datetime(2018, 2, 1), dt.datetime(2018, 2, 2, 23, 59, 59)]
ids = ["320106198706150217", "11010519491231002X"]
plain = {
    "entity_id": pa.array(ids), "event_on": pa.array(["2018-02-01", "2018-02-02"]),
    "known_at": pa.array(["2018-02-01", "2018-02-02"]),
    "account": pa.array(["6222000000000000001", "6222000000000000002"]), "holder": pa.array(["工行", None]),
    "kind": pa.array(["current", "term"]), "balance_fen": pa.array(["100", "101"]),
    "available_fen": pa.array(["7", None]),
}
def write(name, options={}, **columns):
    os.makedirs(f"{root}/{name}")
    pq.write_table(pa.table({**plain, **columns}), f"{root}/{name}/deposits.parquet", **options)
write("plain")
def shanghai(unit, zone="Asia/Shanghai"):
    zoned = [pa.scalar(m, pa.timestamp(unit)).cast(pa.timestamp(unit)) for m in moment]
    return pa.compute.assume_timezone(pa.array(zoned, pa.timestamp(unit)), "Asia/Shanghai").cast(pa.timestamp(unit, zone))
import pyarrow.compute
for kind in [pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(18)]:
    write(f"id_{kind}", entity_id=pa.array([i.encode() for i in ids], pa.binary()).cast(kind) if kind not in
        (pa.string_view(), pa.binary_view(), pa.binary(18)) else pa.array(ids if kind == pa.string_view() else [i.encode() for i in ids], kind))
for index in [pa.int8(), pa.uint16(), pa.int32()]:
    write(f"dictionary_{index}", entity_id=pa.array(ids).dictionary_encode().cast(pa.dictionary(index, pa.string())),
        kind=plain["kind"].dictionary_encode(), holder=plain["holder"].dictionary_encode(),
        balance_fen=pa.array([100, 101], pa.int64()).dictionary_encode())
write("dictionary_off", {"use_dictionary": False})
write("account_numbers", account=pa.array([6222000000000000001, 6222000000000000002], pa.int64()))
write("account_unsigned", account=pa.array([6222000000000000001, 6222000000000000002], pa.uint64()))
write("account_decimal", account=pa.array([decimal.Decimal(6222000000000000001), decimal.Decimal(6222000000000000002)], pa.decimal128(38, 0)))
write("account_decimal256", account=pa.array([decimal.Decimal(6222000000000000001), decimal.Decimal(6222000000000000002)], pa.decimal256(60, 0)))
for kind in [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float32(), pa.float64()]:
    write(f"balance_{kind}", balance_fen=pa.array([100, 101], kind), available_fen=pa.array([7, None], kind))
for kind in [pa.decimal32(7, 2), pa.decimal64(12, 2), pa.decimal128(12, 2), pa.decimal128(38, 4), pa.decimal256(50, 6)]:
    write(f"balance_{kind}", balance_fen=pa.array([decimal.Decimal(100), decimal.Decimal(101)], kind))
write("decimal_as_integer", {"store_decimal_as_integer": True}, balance_fen=pa.array([decimal.Decimal(100), decimal.Decimal(101)], pa.decimal128(12, 2)))
for kind in [pa.date32(), pa.date64()]:
    write(f"{kind}", event_on=pa.array(day, kind), known_at=pa.array(day, kind))
for unit in ["s", "ms", "us", "ns"]:
    write(f"local_{unit}", event_on=pa.array(moment, pa.timestamp(unit)))
    for zone in ["Asia/Shanghai", "+08:00", "PRC"]:
        write(f"zoned_{unit}_{zone.replace('/', '_')}", event_on=shanghai(unit, zone))
write("int96", {"use_deprecated_int96_timestamps": True}, event_on=pa.array(moment, pa.timestamp("ns")))
write("int96_zoned", {"use_deprecated_int96_timestamps": True}, event_on=shanghai("ns"))
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    write(f"codec_{codec}", {"compression": codec})
write("pages_2", {"data_page_version": "2.0", "row_group_size": 1, "column_encoding": {"account": "DELTA_BYTE_ARRAY"}, "use_dictionary": False})
write("nested_unused", extra=pa.array([[1, 2], None]), more=pa.array([{"a": 1}, {"a": 2}]))
write("half", available_fen=pa.array([7, None], pa.float16()))

db = duckdb.connect()
db.execute("set timezone = 'Asia/Shanghai'")
db.register("plain", pa.table(plain))
def duck(name, **columns):
    os.makedirs(f"{root}/duck_{name}")
    chosen = ", ".join(f"{columns.get(c, c)} as {c}" for c in plain)
    db.execute(f"copy (select {chosen} from plain) to '{root}/duck_{name}/deposits.parquet' (format parquet)")
duck("plain")
duck("enum", kind="kind::enum('current', 'term')")
duck("blob", entity_id="entity_id::blob", account="account::blob")
duck("date", event_on="event_on::date", known_at="known_at::date")
for kind in ["timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamptz"]:
    duck(kind, event_on=f"event_on::{kind}")
for kind in ["tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "float", "double", "decimal(4,0)", "decimal(9,2)", "decimal(18,3)", "decimal(38,5)"]:
    duck(f"balance_{kind}", balance_fen=f"balance_fen::{kind}", available_fen=f"available_fen::{kind}")
duck("account_ubigint", account="account::ubigint")
duck("account_decimal", account="account::decimal(38,0)")
os.makedirs(f"{root}/duck_sorted")
db.execute(f"copy plain to '{root}/duck_sorted/deposits.parquet' (format parquet, codec zstd, row_group_size 2048, parquet_version v2)")

root += "/refused"
os.makedirs(root)
for name, column in {
    "float": pa.array([320106198706150217.0, 110105194912310021.0], pa.float64()),
    "float32": pa.array([32010619.0, 31010519.0], pa.float32()),
    "list": pa.array([[i] for i in ids]), "struct": pa.array([{"id": i} for i in ids]),
    "map": pa.array([[("id", i)] for i in ids], pa.map_(pa.string(), pa.string())),
    "bytes": pa.array([b"\xff\xfe", b"\xff"]),
}.items():
    write(name, entity_id=column)
write("unknown_days", event_on=pa.array(moment, pa.timestamp("us", "UTC")), known_at=pa.array([None, None], pa.date32()))
"#;

#[test]
fn parquet_is_read_by_its_types_whoever_wrote_it() {
    let folder = tempfile::tempdir().unwrap();
    if python(TYPES, folder.path()).is_none() {
        return;
    }
    let text = [HEADER, &ROWS.concat().replace("7.25", "7")].concat();
    let expected = deposits(&Desk::new(&[("deposits.csv", text.as_bytes())])).drop("record_id").unwrap();
    assert_eq!(expected.height(), 2);
    let mut seen = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("refused") {
            continue;
        }
        seen += 1;
        match read(&path) {
            Ok((found, _)) if found.height() == 2 && found.drop("record_id").unwrap().equals_missing(&expected) => {}
            Ok((found, report)) => wrong.push(format!("{}: {found} {:?}", path.display(), report.files)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(wrong.is_empty() && seen > 80, "{seen}\n{}", wrong.join("\n"));
    for (name, reason) in [
        ("float", Reason::Inexact),
        ("float32", Reason::Inexact),
        ("list", Reason::Type),
        ("struct", Reason::Type),
        ("map", Reason::Type),
        ("bytes", Reason::Encoding),
    ] {
        let (_, report) = read(&folder.path().join("refused").join(name)).unwrap();
        let file = &report.files[0];
        assert_eq!((file.rows_read, file.rows_refused), (2, 2), "{name}");
        assert_eq!((file.refusals[0].reason, file.refusals[0].column.as_str()), (reason, "entity_id"), "{name}");
    }
    let (_, report) = read(&folder.path().join("nested_unused")).unwrap();
    assert_eq!(report.files[0].unused_columns, ["extra", "more"]);
    let (_, report) = read(&folder.path().join("duck_timestamptz")).unwrap();
    assert!(report.files[0].notes[0].to_string().contains("Asia/Shanghai"), "{:?}", report.files[0].notes);
}

#[test]
fn lines_end_however_they_end() {
    let expected =
        deposits(&Desk::new(&[("deposits.csv", [HEADER, ROWS[0], ROWS[1]].concat().replace("7.25", "7").as_bytes())]));
    let text = [HEADER, ROWS[0], ROWS[1]].concat().replace("7.25", "7");
    let mixed = text.replacen('\n', "\r", 1).replacen('\n', "\r\n", 1);
    for (name, text) in [
        ("cr", text.replace('\n', "\r")),
        ("cr lf", text.replace('\n', "\r\n")),
        ("vertical tab", text.replace('\n', "\u{B}")),
        ("form feed", text.replace('\n', "\u{C}")),
        ("next line", text.replace('\n', "\u{85}")),
        ("mixed", mixed),
    ] {
        let desk = Desk::new(&[("deposits.csv", text.as_bytes())]);
        let (tables, report) = desk.read(Mapping::default()).unwrap();
        assert!(rows(&tables, "deposits").equals_missing(&expected), "{name}: {report:?}");
    }
}

#[test]
fn two_stray_quotes_swallow_no_line() {
    let mut lines: Vec<String> =
        (0..100).map(|n| ROWS[0].replace("7.25", &n.to_string()).replace("工行", "bank")).collect();
    lines[10] = lines[10].replace("bank", "\"bank");
    lines[60] = lines[60].replace("bank", "bank\"");
    let desk = Desk::new(&[("deposits.csv", [HEADER, &lines.concat()].concat().as_bytes())]);
    let (tables, report) = desk.read(Mapping::default()).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_read, file.rows_accepted, file.rows_refused), (100, 99, 1), "{file:?}");
    assert_eq!((file.refusals[0].reason, file.refusals[0].first_line), (Reason::Quote, 12));
    assert_eq!(rows(&tables, "deposits").height(), 99);
}

#[test]
fn the_encoding_is_voted_on_the_whole_file_and_said() {
    let mapping = "[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'payments'\n[source.table.columns]\n\
                   case_id = { from = 'case' }\nevent_on = { from = 'day' }\nknown_at = { from = 'day' }\n\
                   amount_fen = { from = 'fen', unit = 'fen' }\nmanner = { from = 'state', codes = { '未' = 'other', '已' = 'voluntary' } }\n";
    let mut text = "case,day,fen,state\n".to_owned();
    for n in 0..10 {
        let state = if n < 7 { "未" } else { "已" };
        text.push_str(&format!("C{n},2018-01-1{n},{n},{state}\n"));
    }
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    let desk = Desk::new(&[("a.csv", &bytes)]);
    let (_, report) = desk.read(Mapping::parse(mapping).unwrap()).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_accepted, file.encoding.as_str()), (10, "gb18030"));
    assert!(file.notes[0].to_string().contains("gb18030 explains 10 and utf-8 7"), "{:?}", file.notes);
    let set = mapping.replace("file = 'a.csv'", "file = 'a.csv'\nform = { encoding = 'utf-8' }");
    let (_, report) = desk.read(Mapping::parse(&set).unwrap()).unwrap();
    assert_eq!(report.files[0].encoding, "utf-8");
}

#[test]
fn titles_are_passed_over_and_footers_refused() {
    let text = format!(
        "某银行存款明细\n\n打印日期,2018-03-01\n{HEADER}{}合计,,,,,,201,\n",
        ROWS.concat().replace("7.25", "7")
    );
    let desk = Desk::new(&[("deposits.csv", text.as_bytes())]);
    let (_, report) = desk.read(Mapping::default()).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_read, file.rows_accepted, file.rows_refused), (3, 2, 1));
    assert!(file.notes[0].to_string().contains("above the header"), "{:?}", file.notes);
}

#[test]
fn a_file_without_its_header_is_an_error_that_names_no_one() {
    let open = format!("entity_id,\"event_on,known_at,account\n{}", ROWS.concat());
    for text in [
        ROWS.concat(),
        open,
        format!("{}\n", ROWS[0].trim_end().replace(',', ";")),
        "王小明,工行,13812345678\n".to_owned(),
    ] {
        let desk = Desk::new(&[("deposits.csv", text.as_bytes())]);
        let error = desk.read(Mapping::default()).unwrap_err().to_string();
        assert!(error.contains("deposits.csv"), "{error}");
        for value in ["320106", "110105", "62220000", "王小明", "138123"] {
            assert!(!error.contains(value), "{error}");
        }
    }
    let extra = format!("{},11010519491231002X\n{},x\n", HEADER.trim_end(), ROWS[1].trim_end());
    let desk = Desk::new(&[("deposits.csv", extra.as_bytes())]);
    let (_, report) = desk.read(Mapping::default()).unwrap();
    assert_eq!(report.files[0].unused_columns, ["***"]);
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn no_row_comes_out_of_a_damaged_gzip_stream() {
    let text = [HEADER, &ROWS[1].repeat(500)].concat();
    let whole = packed(&text);
    let mut damaged: Vec<Vec<u8>> = (0..40)
        .map(|n| {
            let mut bytes = whole.clone();
            let at = 10 + n * (bytes.len() - 10) / 40;
            bytes[at] ^= 1 << (n % 8);
            bytes
        })
        .collect();
    damaged.extend([whole[..whole.len() - 1].to_vec(), whole[..whole.len() / 2].to_vec(), text.clone().into_bytes()]);
    let expected = deposits(&Desk::new(&[("deposits.csv.gz", &whole)]));
    for bytes in damaged {
        let desk = Desk::new(&[("deposits.csv.gz", &bytes)]);
        let (tables, report) = desk.read(Mapping::default()).unwrap();
        match &report.files[0].damage {
            Some(damage) => {
                assert!(report.files[0].rows_accepted == 0 && damage.to_string().contains("gzip"), "{report:?}");
            }
            // A bit that nothing reads.
            None => assert!(rows(&tables, "deposits").equals_missing(&expected)),
        }
    }
    let two = [whole.clone(), packed(ROWS[1])[..12].to_vec()].concat();
    let (_, report) = Desk::new(&[("deposits.csv.gz", &two)]).read(Mapping::default()).unwrap();
    assert_eq!((report.files[0].rows_accepted, report.files[0].damage.is_some()), (500, true));
}

#[test]
fn rows_left_out_on_purpose_are_not_refused() {
    let mapping = "[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'payments'\nunless = { kind = ['void'] }\n\
                   when = { table = ['p'] }\n[source.table.columns]\ncase_id = { from = 'case' }\nevent_on = { from = 'day' }\n\
                   known_at = { from = 'day' }\namount_fen = { from = 'fen', unit = 'fen' }\n";
    let text = "table,kind,case,day,fen\np,paid,C1,2018-01-01,5\np,void,C2,2018-01-01,5\nq,paid,C3,2018-01-01,5\n";
    let (_, report) = Desk::new(&[("a.csv", text.as_bytes())]).read(Mapping::parse(mapping).unwrap()).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_read, file.rows_accepted, file.rows_left_out, file.rows_refused), (3, 1, 1, 1), "{file:?}");
    assert_eq!((file.refusals[0].reason, file.refusals[0].first_line), (Reason::NoTable, 4));
    assert!(report.lost().is_none());
    let text = "table,kind,case,day,fen\np,paid,C1,soon,5\n";
    let (_, report) = Desk::new(&[("a.csv", text.as_bytes())]).read(Mapping::parse(mapping).unwrap()).unwrap();
    let lost = report.lost().unwrap().to_string();
    assert!(lost.contains("a.csv: all 1 rows refused, the first in line 2"), "{lost}");
}

#[test]
fn what_has_no_end_is_an_error_by_name() {
    let bounded = |desk: &Desk, bounds: Bounds| {
        let read = desk.read_with(Mapping::default(), |params| params.bounds(bounds.clone()));
        read.map(|(_, report)| report)
    };
    let text = [HEADER, ROWS[1]].concat();
    let desk = Desk::new(&[("deposits.csv", text.as_bytes())]);
    let folder = desk.folder.path().join("in");
    #[cfg(unix)]
    {
        for link in ["a", "b"] {
            std::os::unix::fs::symlink(".", folder.join(link)).unwrap();
        }
        let report = bounded(&desk, Bounds::default()).unwrap();
        assert_eq!((report.files.len(), report.ignored.len()), (1, 2), "{report:?}");
    }
    let expect = |bounds: Bounds, name: &str| {
        let error = bounded(&desk, bounds).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    };
    expect(Bounds { columns: 3, ..Bounds::default() }, "bounds.columns");
    std::fs::create_dir_all(folder.join("c/d/e")).unwrap();
    expect(Bounds { folder_depth: 2, ..Bounds::default() }, "bounds.folder_depth");
    expect(Bounds { files: 2, ..Bounds::default() }, "bounds.files");
    expect(Bounds { files: 0, ..Bounds::default() }, "bounds.files");
    let bomb = packed(&[HEADER, &ROWS[1].repeat(60_000)].concat());
    std::fs::write(folder.join("taxes.csv.gz"), &bomb).unwrap();
    std::fs::rename(folder.join("taxes.csv.gz"), folder.join("deposits.csv.gz")).unwrap();
    std::fs::remove_file(folder.join("deposits.csv")).unwrap();
    expect(Bounds { unpacked_ratio: 50, ..Bounds::default() }, "bounds.unpacked_ratio");
    expect(Bounds { unpacked_bytes: 1_000, ..Bounds::default() }, "bounds.unpacked_bytes");
    #[cfg(unix)]
    {
        std::fs::remove_file(folder.join("deposits.csv.gz")).unwrap();
        if Command::new("mkfifo").arg(folder.join("deposits.csv")).status().is_ok_and(|status| status.success()) {
            expect(Bounds::default(), "a pipe");
            let seen = inspect(&folder, &InspectParams::default(), &Silent).unwrap();
            let pipe = seen.passed.iter().find(|file| file.file == "deposits.csv").unwrap();
            assert!(pipe.reason.to_string().contains("a pipe"), "{pipe:?}");
            std::fs::remove_file(folder.join("deposits.csv")).unwrap();
        }
        std::os::unix::fs::symlink("/dev/zero", folder.join("deposits.csv")).unwrap();
        expect(Bounds::default(), "a device");
    }
}

#[test]
fn long_lines_and_cells_cost_their_rows_and_refused_rows_are_bounded() {
    let long = "x".repeat(200);
    let text = [HEADER, ROWS[1], &ROWS[1].replace("term", &long), &"y".repeat(5_000), "\n", ROWS[1]].concat();
    let desk = Desk::new(&[("deposits.csv", text.as_bytes())]);
    let bounds = Bounds { cell_bytes: 100, line_bytes: 1_000, ..Bounds::default() };
    let mut found = Vec::new();
    for block in [64, 1 << 20] {
        let read = desk.read_with(Mapping::default(), |p| p.bounds(bounds.clone()).block_bytes(block)).unwrap();
        let (tables, report) = read;
        let file = &report.files[0];
        assert_eq!((file.rows_read, file.rows_accepted, file.refusals[0].reason), (4, 2, Reason::Size), "{file:?}");
        found.push((numbers(&rows(&tables, "deposits"), "record_id"), desk.refused("deposits.csv")));
    }
    assert_eq!(found[0], found[1]);
    let tight = Bounds { refused_bytes: 700, ..bounds };
    let (_, report) = desk.read_with(Mapping::default(), |p| p.bounds(tight.clone())).unwrap();
    assert_eq!((report.files[0].rows_refused, desk.refused("deposits.csv").len()), (2, 1));
    assert!(report.files[0].notes[0].to_string().contains("refused_bytes"), "{:?}", report.files[0].notes);
    // A court that wants none of it in clear keeps none.
    let none = Bounds { refused_bytes: 0, ..tight };
    let (_, report) = desk.read_with(Mapping::default(), |p| p.bounds(none.clone())).unwrap();
    assert_eq!((report.files[0].rows_refused, desk.refused("deposits.csv").len()), (2, 0));
    assert!(report.files[0].notes[0].to_string().contains("2 refused rows"), "{:?}", report.files[0].notes);
}

/// A sheet with what people leave in sheets.
const ODDITIES: &str = r#"
import datetime as dt, sys
import openpyxl
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "存款"
for row in [
    ["某银行查询结果"], [],
    ["证件号码", "日期", "账号", "余额（元）", "备注"],
    ["320106198706150217", dt.date(2018, 2, 1), "6222000000000000001", 12.5, None],
    [None, dt.datetime(2018, 2, 2, 23, 0), 6222000000001, "13.25", "x"],
    [320106198706150217, dt.date(2018, 2, 1), "6222000000000000003", 1, None],
    ["11010519491231002X", dt.date(2018, 2, 1), "6222000000000000004", "=1/0", None],
    ["11010519491231002X", dt.date(2018, 2, 1), "6222000000000000005", 1, None, None, "margin"],
    ["11010519491231002X", dt.date(2018, 2, 1), "6222000000000000006", 7, None],
    ["11010519491231002X", dt.date(2018, 2, 1), "6222000000000000007", None, None],
    ["合计", None, None, 99, None],
]:
    sheet.append(row)
sheet.merge_cells("A4:A5")
sheet.merge_cells("D9:D10")
book.create_sheet("说明").append(["只供参考"])
book.save(sys.argv[1] + "/in/存款.xlsx")
"#;

#[test]
fn a_sheet_is_read_with_what_people_leave_in_it() {
    let mapping = "[[source]]\nfile = '存款.xlsx'\nform = { sheet = '存*' }\n[[source.table]]\nname = 'deposits'\n\
                   [source.table.columns]\nentity_id = { from = '证件号码' }\nevent_on = { from = '日期' }\n\
                   known_at = { from = '日期' }\naccount = { from = '账号' }\nbalance_fen = { from = '余额（元）', unit = 'yuan' }\n";
    let desk = Desk::new(&[]);
    if python(ODDITIES, desk.folder.path()).is_none() {
        return;
    }
    let (tables, report) = desk.read(Mapping::parse(mapping).unwrap()).unwrap();
    let file = report.file("存款.xlsx/存款").unwrap();
    assert_eq!((file.rows_read, file.rows_accepted, file.rows_refused), (8, 3, 5), "{file:?}");
    assert_eq!(report.unread, ["存款.xlsx/说明"]);
    let found = rows(&tables, "deposits");
    assert_eq!(numbers(&found, "balance_fen"), [Some(1_250), Some(1_325), Some(700)]);
    let entities = numbers(&found, "entity_id");
    assert_eq!(entities[0], entities[1], "the cell spans both rows");
    assert_eq!(numbers(&found, "record_id").iter().map(|id| id.unwrap() & 0xFF).collect::<Vec<_>>(), [4, 5, 9]);
    let refused: Vec<_> = desk.refused("存款.xlsx/存款").iter().map(|row| row[..3].join(" ")).collect();
    assert_eq!(
        refused,
        [
            "6 证件号码 [A] inexact",
            "7 余额（元） [D] formula",
            "8  fields",
            "10 余额（元） [D] type",
            "11 日期 [B] missing",
        ]
    );
    assert!(file.notes.iter().any(|note| note.to_string().contains("above the header")), "{:?}", file.notes);
    let several = mapping.replace("'存*'", "'*'");
    let (_, report) = desk.read(Mapping::parse(&several).unwrap()).unwrap();
    assert_eq!(report.file("存款.xlsx/存款").unwrap().rows_accepted, 3);
    assert!(report.file("存款.xlsx/说明").unwrap().damage.is_some(), "a sheet with other columns costs that sheet");
}

#[test]
fn a_damaged_workbook_or_archive_is_an_error_by_name() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("deposits.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all([HEADER, &ROWS[1].repeat(100)].concat().as_bytes()).unwrap();
    let whole = archive.finish().unwrap().into_inner();
    let (_, report) = Desk::new(&[("a.zip", &whole)]).read(Mapping::default()).unwrap();
    assert_eq!(report.file("a.zip/deposits.csv").unwrap().rows_accepted, 100);
    let mut flipped = whole.clone();
    flipped[80] ^= 4;
    for (name, bytes) in [
        ("a.zip", &flipped[..]),
        ("a.zip", &whole[..whole.len() / 2]),
        ("deposits.xlsx", &whole[..]),
        ("deposits.xlsx", &flipped[..]),
        ("deposits.xls", HEADER.as_bytes()),
    ] {
        let desk = Desk::new(&[(name, bytes)]);
        let error = desk.read(Mapping::default()).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(!desk.folder.path().join("out/refused/.unpacked").exists());
    }
}

/// The small inputs that people reported, where they stand beside the clone.
#[test]
fn reported_files_are_read_right() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    if !cases.is_dir() {
        println!("skipped: {} is not there", cases.display());
        return;
    }
    let read = |folder: &str, mapping: Option<&str>| {
        let out = tempfile::tempdir().unwrap();
        let mut sources = Sources::new(cases.join(folder), key());
        if let Some(mapping) = mapping {
            sources = sources.with_mapping(Mapping::load(cases.join(mapping)).unwrap());
        }
        wherewithal::ingest::read(&sources, &ReadParams::new(out.path()), &Silent).map(|(tables, report)| {
            let table = report.rows_by_table.keys().next().cloned().unwrap_or_default();
            (rows(&tables, &table).drop("record_id").unwrap(), report)
        })
    };
    let (_, report) = read("02-platform-bill/in", Some("02-platform-bill/map.toml")).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_accepted, file.rows_left_out, file.encoding.as_str()), (3, 1, "gb18030"), "{file:?}");
    let (_, report) = read("03-short-gbk/in", Some("03-short-gbk/map.toml")).unwrap();
    assert_eq!((report.files[0].rows_accepted, report.files[0].encoding.as_str()), (10, "gb18030"));
    let (found, _) = read("04-zoned-time/aware", None).unwrap();
    let days: Vec<_> = found.column("event_on").unwrap().date().unwrap().phys.iter().flatten().collect();
    let february = wherewithal::domain::Day::new(2018, 2, 1).unwrap().number();
    assert!(days.iter().all(|day| *day == february), "{days:?}");
    let (plain, _) = read("05-parquet-types/plain", None).unwrap();
    for kind in ["binary", "dict"] {
        let (found, report) = read(&format!("05-parquet-types/{kind}"), None).unwrap();
        assert!(found.equals_missing(&plain), "{kind}: {report:?}");
    }
    let (_, report) = read("01-identifiers/in", None).unwrap();
    assert!(report.rows_by_table.get("case_parties").is_none_or(|rows| *rows == 0), "nobody is merged: {report:?}");
    let refused = report.files.iter().flat_map(|file| &file.refusals).filter(|refusal| refusal.rows > 0);
    assert!(refused.map(|refusal| refusal.reason.name()).all(|reason| reason == "scientific"), "{report:?}");
    let table = |folder: &str, mapping: Option<&str>, table: &str| {
        let mut sources = Sources::new(cases.join(folder), key());
        if let Some(mapping) = mapping {
            sources = sources.with_mapping(Mapping::load(cases.join(mapping)).unwrap());
        }
        let out = tempfile::tempdir().unwrap();
        let (tables, report) = wherewithal::ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
        (rows(&tables, table), report)
    };
    let (payments, report) = table("35-case-numbers/in", None, "payments");
    let (cases_of, number) =
        (numbers(&payments, "case_id"), numbers(&table("35-case-numbers/in", None, "cases").0, "case_id"));
    assert!(cases_of.len() == 19 && cases_of.iter().all(|case| *case == number[0]), "{cases_of:?}");
    let several =
        report.files.iter().flat_map(|file| &file.refusals).map(|refusal| (refusal.reason.name(), refusal.rows));
    assert_eq!(several.collect::<Vec<_>>(), [("several_cases", 1)], "two cases in one cell are refused");
    for folder in ["in", "ctrl"] {
        let (asked, _) = table(&format!("41-lookup-dress/{folder}"), Some("41-lookup-dress/map.toml"), "queries");
        let answers = texts(&asked, "answer").into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(answers, ["found", "found", "nothing_found"], "{folder}: the third has no account");
    }
    let (_, report) = read("06-line-ends/cr", None).unwrap();
    assert_eq!(report.files[0].rows_accepted, 2);
    assert!(!serde_json::to_string(&report).unwrap().contains("320106"));
}
