//! A file that cannot be read costs that file: it is named with its reason, and the others are read.

use std::collections::BTreeMap;
use std::io::Write;

use polars::prelude::{ParquetWriter, df};
use wherewithal::ingest::{Bounds, Mapping, Sources};
use wherewithal::progress::Silent;
use wherewithal::store::StoreParams;

use crate::ingest::{Desk, key};

const DEPOSITS: &str = "entity_id,event_on,known_at,account,balance_fen\n\
                        320106198706150217,2018-02-01,2018-02-01,6222000000000000001,100\n\
                        11010519491231002X,2018-02-02,2018-02-02,6222000000000000002,101\n";

fn zipped(text: &[u8]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("payments.csv", ::zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text).unwrap();
    zip.finish().unwrap().into_inner()
}

/// The archive with the flags that say that its file is encrypted.
fn locked(mut zip: Vec<u8>) -> Vec<u8> {
    let central = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[6] |= 1;
    zip[central + 8] |= 1;
    zip
}

fn parquet() -> Vec<u8> {
    let mut frame = df!("entity_id" => ["1", "2"], "event_on" => ["2018-01-01", "2018-01-01"]).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

/// Names, bytes, and what the report must say of them.
fn damaged() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let zip = zipped(&DEPOSITS.repeat(50).into_bytes());
    let mut flipped = zip.clone();
    flipped[60] ^= 4;
    let jpeg = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\xDB\0\xC5\n\xFF\xD9".to_vec();
    let parquet = parquet();
    vec![
        ("a.zip", zip[..zip.len() / 2].to_vec(), "no zip archive, or one that ends early or is damaged"),
        ("b.zip", flipped, "part 1 of a zip archive that"),
        ("c.zip", locked(zip.clone()), "an encrypted zip archive"),
        ("d.zip", zipped(&vec![b'x'; 4 << 20]), "bounds.unpacked_ratio"),
        ("e.zip", b"no archive".to_vec(), "no zip archive"),
        ("payments.csv", jpeg.clone(), "a JPEG image"),
        ("payments.csv", b"\n<!DOCTYPE html><title>Log in</title>".to_vec(), "an HTML page"),
        ("payments.csv", zip.clone(), "a zip archive or a workbook"),
        ("payments.csv", b"\x7FELF\x02\x01\0\0\0\0".to_vec(), "bytes that are no text"),
        ("payments.csv", b"a,b\n1,2\n".to_vec(), "expected also"),
        ("payments.ndjson", b"%PDF-1.4\n".to_vec(), "a PDF document"),
        ("payments.csv.gz", b"\x1F\x8B\x08 and no more".to_vec(), "no sound gzip stream"),
        ("payments.xlsb", jpeg.clone(), "named like the table payments and in no format that is read"),
        ("payments.json", b"[]".to_vec(), "named like the table payments"),
        ("night.rar", b"Rar!".to_vec(), "an archive of a kind that is not unpacked (.rar)"),
        ("night.tar.gz", b"\x1F\x8B\x08".to_vec(), "an archive of a kind that is not unpacked (.tar)"),
        ("payments.xlsx", jpeg.clone(), "a JPEG image"),
        ("payments.xlsx", zip.clone(), "an archive that is no workbook"),
        ("other.xlsx", zip, "an archive that is no workbook"),
        ("payments.ods", jpeg.clone(), "a JPEG image"),
        ("payments.xls", [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600]].concat(), "workbook"),
        ("payments.parquet", parquet[..parquet.len() - 9].to_vec(), "a Parquet file whose end is lost"),
        ("payments.parquet", jpeg.clone(), "a JPEG image"),
        ("payments.parquet", Vec::new(), "bytes of another kind"),
        ("payments.parquet", [b"PAR1", &jpeg[..], b"PAR1"].concat(), "a damaged Parquet file"),
        #[cfg(feature = "sqlite")]
        ("court.sqlite", jpeg, "no SQLite database, or an encrypted one"),
        #[cfg(feature = "sqlite")]
        ("court.db", b"SQLite format 3\0 and no more".to_vec(), "SQLite database"),
    ]
}

#[test]
fn a_damaged_file_is_named_and_the_others_are_read() {
    let mut wrong = Vec::new();
    for (name, bytes, said) in damaged() {
        let desk = Desk::new(&[("deposits.csv", DEPOSITS.as_bytes()), (name, &bytes)]);
        let (tables, report) = match desk.read(Mapping::default()) {
            Ok(read) => read,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        assert_eq!(tables.frame("deposits").unwrap().height(), 2, "{name}");
        let lost = report.lost().map(|lost| lost.to_string()).unwrap_or_default();
        let file = report.file(name).unwrap();
        if !lost.contains(said) || !lost.contains(name) || report.lost_files() != 1 || file.rows_accepted != 0 {
            wrong.push(format!("{name}, {said}: {lost}, {file:?}"));
        }
        assert_eq!(file.blake3.len(), 64, "{name}: another file of this name is told apart");
        assert_eq!(file.ordinal, if report.files[0].file == name { 1 } else { 2 }, "{name}");
        assert!(!desk.folder.path().join("out/refused/.unpacked").exists());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_no_file_can_be_read_that_is_an_error() {
    for (name, bytes, said) in damaged().into_iter().filter(|(name, ..)| !name.ends_with(".csv.gz")) {
        let desk = Desk::new(&[(name, &bytes)]);
        let error = desk.read(Mapping::default()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(said), "{name}: {error}");
    }
    let desk = Desk::new(&[("a.zip", b"x"), ("payments.csv", b"%PDF-1"), ("~$payments.xlsx", b"lock")]);
    let error = desk.read(Mapping::default()).unwrap_err().to_string();
    assert!(["a.zip: ", "payments.csv: found a PDF"].iter().all(|part| error.contains(part)), "{error}");
    assert!(!error.contains("~$"), "what Office writes beside an open file is no file: {error}");
}

/// What was read before the damage counts; a lookup that cannot be read ends the reading.
#[test]
fn rows_before_the_damage_count_and_a_lookup_must_be_whole() {
    let dates = vec!["2018-02-01"; 400];
    let accounts: Vec<String> = (0..400).map(|n| format!("{}", 6_222_000_000_000_000_000_i64 + n)).collect();
    let mut frame = df!(
        "entity_id" => vec!["320106198706150217"; 400], "event_on" => &dates, "known_at" => &dates,
        "account" => accounts, "balance_fen" => (0..400).collect::<Vec<i64>>()
    )
    .unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(100)).finish(&mut frame).unwrap();
    let footer = u32::from_le_bytes(*bytes[..bytes.len() - 4].last_chunk().unwrap()) as usize + 8;
    let end = bytes.len() - footer;
    bytes[end / 2..end / 2 + 200].fill(0xEE);
    let desk = Desk::new(&[("deposits.parquet", &bytes)]);
    let (tables, report) = desk.read(Mapping::default()).unwrap();
    let file = &report.files[0];
    let read = tables.frame("deposits").unwrap().height() as u64;
    assert!((100..400).contains(&read) && file.rows_accepted == read, "{file:?}");
    let damage = file.damage.as_ref().unwrap().to_string();
    assert!(damage.contains(&format!("the {read} rows before it are read")), "{damage}");

    let mapping = "[lookup.accounts]\nfile = 'accounts.xlsx'\nkey = 'account'\nvalue = 'owner'\n\
                   [[source]]\nfile = 'deposits.csv'\n[[source.table]]\nname = 'deposits'\n[source.table.columns]\n\
                   entity_id = { from = 'account', join = ['accounts'] }\nevent_on = { from = 'event_on' }\n\
                   known_at = { from = 'known_at' }\naccount = { from = 'account' }\n\
                   balance_fen = { from = 'balance_fen', unit = 'fen' }\n";
    let desk = Desk::new(&[("deposits.csv", DEPOSITS.as_bytes()), ("accounts.xlsx", b"no workbook")]);
    let error = desk.read(Mapping::parse(mapping).unwrap()).unwrap_err().to_string();
    assert!(error.contains("accounts.xlsx"), "{error}");
}

#[test]
fn a_folder_past_its_bound_is_no_file_at_fault() {
    let desk = Desk::new(&[("deposits.csv", DEPOSITS.as_bytes()), ("notes.md", b"")]);
    let bounds = Bounds { files: 1, ..Bounds::default() };
    let read = desk.read_with(Mapping::default(), |params| params.bounds(bounds.clone()));
    assert!(read.unwrap_err().to_string().contains("bounds.files"));
}

const CASES: &str = "case_id,event_on,known_at,kind\n（2017）苏0205执1号,2017-01-01,2017-01-01,first\n";
const PAYMENT: &str = "（2017）苏0205执1号,2018-01-01,2018-01-02,5,voluntary\n";
const PAYMENTS: &str = "case_id,event_on,known_at,amount_fen,manner\n";
const QUERIES: &str = "entity_id,event_on,known_at,source,answer,case_id\n";

fn asked(case: &str) -> String {
    format!("A,2018-01-01,2018-01-02,bank,found,（2017）苏0205{case}\n")
}

/// Rows that a file repeats, and rows about cases that nobody told of, are kept and counted: in memory and in a store
/// alike.
#[test]
fn rows_in_doubt_are_counted() {
    let of_nobody = "（2017）苏0205执9号,2018-01-01,2018-01-02,7,voluntary\n";
    let payments = [PAYMENTS, PAYMENT, PAYMENT, PAYMENT, &PAYMENT.replace(",5,", ",6,"), of_nobody].concat();
    let deposits = [DEPOSITS, DEPOSITS.lines().nth(1).unwrap(), "\n"].concat();
    // A party's row may name a case, and need not.
    let queries = [QUERIES, &asked("执1号"), &asked("执9号"), &asked("执9号"), "A,2018-01-01,2018-01-02,tax,found,\n"];
    let desk = Desk::new(&[
        ("cases.csv", CASES.as_bytes()),
        ("payments.csv", payments.as_bytes()),
        ("deposits.csv", deposits.as_bytes()),
        ("queries.csv", queries.concat().as_bytes()),
    ]);
    let counts = |counts: &[(&str, u64)]| counts.iter().map(|(name, rows)| ((*name).to_owned(), *rows)).collect();
    let repeated: BTreeMap<String, u64> = counts(&[("deposits", 1), ("payments", 2), ("queries", 1)]);
    let unknown: BTreeMap<String, u64> = counts(&[("payments", 1), ("queries", 2)]);
    let (tables, report) = desk.read(Mapping::default()).unwrap();
    assert_eq!((&report.repeated_rows, &report.unknown_cases), (&repeated, &unknown));
    assert_eq!(tables.frame("payments").unwrap().height(), 5, "all of them are kept");

    let store = desk.folder.path().join("store");
    let taken = |desk: &Desk| {
        let sources = Sources::new(desk.folder.path().join("in"), key());
        sources.ingest_into(&store, &StoreParams::default(), &Silent).unwrap()
    };
    let intake = taken(&desk);
    assert_eq!((&intake.report.repeated_rows, &intake.report.unknown_cases), (&repeated, &unknown));
    assert_eq!(intake.store.manifest().parts[0].tables["payments"].repeated, 0);

    // A night later: the case is known by an earlier part, and the other one by this.
    let late = CASES.replace("执1号", "执7号");
    let payments = [PAYMENTS, &PAYMENT.replace(",5,", ",8,"), &of_nobody.replace("执9号", "执7号")].concat();
    let queries = [QUERIES, &asked("执1号").replace("01-02", "03-02"), &asked("执7号")].concat();
    let night = Desk::new(&[
        ("cases.csv", late.as_bytes()),
        ("payments.csv", payments.as_bytes()),
        ("queries.csv", queries.as_bytes()),
    ]);
    let intake = taken(&night);
    assert!(intake.report.unknown_cases.is_empty() && intake.report.repeated_rows.is_empty(), "{:?}", intake.report);
    let payments = [PAYMENTS, &of_nobody.replace(",7,", ",9,")].concat();
    let queries = [QUERIES, &asked("执7号").replace("01-02", "03-02"), &asked("执8号")].concat();
    let third = Desk::new(&[("payments.csv", payments.as_bytes()), ("queries.csv", queries.as_bytes())]);
    assert_eq!(taken(&third).report.unknown_cases, counts(&[("payments", 1), ("queries", 1)]));
}
