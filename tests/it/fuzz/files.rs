//! Files of a source folder: text, NDJSON, Parquet, workbooks, archives. Whatever is in them, every row is accounted
//! for.

use std::collections::HashSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use polars::prelude::*;
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::tabular::{TableParams, WrittenTable};

use super::{Corpus, fuzz_batches};
use crate::doors::workbook;

const HEADER: &str = "entity_id,event_on,known_at,account,balance_fen";
const ROWS: &str = "11010519491231002X,2017-03-10,2017-03-10,6222000006400,10000000\n\
                    91350100M000100Y43,2017-03-11,2017-03-12,\"a, b\",1234\n";
const WORDS: [&str; 20] = [
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\"\"",
    "\n",
    "\r",
    "\r\n",
    "\u{0b}",
    "\u{feff}",
    "\0",
    "�",
    "张伟",
    "NULL",
    "1e400",
    "2017-02-30",
    "9223372036854775808",
    "=\"1\"",
    "11010519491231002X",
];

/// Reads a folder in which every input is a file of this name, each in a folder of its own, and holds the report to
/// what it promises.
fn read(name: &str, inputs: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    for (number, bytes) in inputs.iter().enumerate() {
        let court = sources.join(number.to_string());
        std::fs::create_dir_all(&court).unwrap();
        std::fs::write(court.join(name), bytes).unwrap();
    }
    let sources = Sources::new(&sources, PseudonymKey::from_secret(b"test"));
    let told = match ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent) {
        Ok((_, report)) => {
            let read = report.files.iter().map(|file| file.file.as_str());
            let left = report.ignored.iter().map(|file| file.file.as_str());
            let told: HashSet<_> = read.chain(left).chain(report.unread.iter().map(String::as_str)).collect();
            let told: HashSet<_> = told.iter().filter_map(|file| file.split('/').next()).collect();
            assert_eq!(told.len(), inputs.len(), "a file of which nothing is told: {report:?}");
            for file in &report.files {
                assert_eq!(file.rows_read, file.rows_accepted + file.rows_left_out + file.rows_refused, "{file:?}");
            }
            serde_json::to_string(&report).unwrap()
        }
        // No file could be read.
        Err(error) => error.to_string(),
    };
    assert!(!told.contains("11010519491231002X"), "{told}");
}

fn table(name: &str, bytes: &[u8]) {
    if let Ok(table) = WrittenTable::from_bytes(name, bytes.to_vec(), &TableParams::default()) {
        let _ = format!("{table:?}");
    }
}

#[test]
fn text() {
    let plain = format!("{HEADER}\n{ROWS}");
    let semicolons = plain.replace(',', ";").replace('\n', "\r\n");
    let gb18030 = encoding_rs::GB18030.encode("entity_id,姓名\n1,张伟\n2,王小明\n").0.into_owned();
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let seeds: [&[u8]; 4] = [plain.as_bytes(), semicolons.as_bytes(), &gb18030, &utf16];
    fuzz_batches("text", &Corpus::new(&seeds, &WORDS), |inputs| {
        read("deposits.csv", inputs);
        inputs.iter().for_each(|bytes| table("deposits.csv", bytes));
    });
}

#[test]
fn ndjson() {
    let line = r#"{"entity_id":"11010519491231002X","event_on":"2017-03-10","known_at":"2017-03-10","account":"6","balance_fen":1}"#;
    let words = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "1e999",
        "\\ud800",
        "\n",
        "{\"a\":",
        "[[[[[[[[",
        "18446744073709551616",
    ];
    let lines = format!("{line}\n{line}\n");
    fuzz_batches("ndjson", &Corpus::new(&[lines.as_bytes(), line.as_bytes()], &words), |inputs| {
        read("deposits.ndjson", inputs);
    });
}

#[test]
fn parquet() {
    let day = |text: &str| wherewithal::domain::Day::parse(text).unwrap().number();
    let days = Series::new("event_on".into(), [day("2017-03-10"), day("2017-03-11")]).cast(&DataType::Date).unwrap();
    let known = days.clone().with_name("known_at".into());
    let mut frame = df!(
        "entity_id" => ["11010519491231002X", "91350100M000100Y43"],
        "account" => [Some("6222000006400"), None],
        "balance_fen" => [10_000_000i64, 1_234],
    )
    .unwrap();
    frame.with_column(days.into()).unwrap();
    frame.with_column(known.into()).unwrap();
    let seeds =
        [ParquetCompression::Uncompressed, ParquetCompression::Snappy, ParquetCompression::Zstd(None)].map(|by| {
            let mut bytes = Vec::new();
            ParquetWriter::new(&mut bytes).with_compression(by).finish(&mut frame.clone()).unwrap();
            bytes
        });
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    fuzz_batches("parquet", &Corpus::new(&seeds, &["PAR1", "\u{0}\u{0}\u{0}\u{0}", "\u{7f}"]), |inputs| {
        read("deposits.parquet", inputs);
        inputs.iter().for_each(|bytes| table("deposits.parquet", bytes));
    });
}

#[test]
fn workbooks() {
    let cells = |(at, line): (usize, &str)| {
        let cell = |(column, text): (usize, &str)| {
            let letter = char::from(b'A' + u8::try_from(column).unwrap());
            format!("<c r=\"{letter}{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", at + 1)
        };
        format!("<row r=\"{}\">{}</row>", at + 1, line.split(',').enumerate().map(cell).collect::<String>())
    };
    let lines = [HEADER, "11010519491231002X,2017-03-10,2017-03-10,6222000006400,10000000"];
    let sheet = format!("<sheetData>{}</sheetData>", lines.into_iter().enumerate().map(cells).collect::<String>());
    let words = [
        "<c r=\"ZZZ99\">",
        "</c>",
        "<v>",
        "</v>",
        "<row r=\"1048577\">",
        "</row>",
        "t=\"n\"",
        "t=\"d\"",
        "t=\"e\"",
        "t=\"s\"",
        "<f>",
        "</f>",
        "<mergeCells>",
        "<mergeCell ref=\"A1:B2\"/>",
        "&amp;",
        "&#0;",
        "1e400",
        "-1",
        "hidden=\"1\"",
    ];
    fuzz_batches("workbooks", &Corpus::new(&[sheet.as_bytes()], &words), |inputs| {
        let books: Vec<_> = inputs.iter().map(|bytes| workbook("", &String::from_utf8_lossy(bytes))).collect();
        read("deposits.xlsx", &books);
    });
}

#[test]
fn archives() {
    let plain = format!("{HEADER}\n{ROWS}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(plain.as_bytes()).unwrap();
    let gzip = packed.finish().unwrap();
    let book = workbook("", "<sheetData/>");
    let seeds: [&[u8]; 2] = [&gzip, &book];
    fuzz_batches("archives", &Corpus::new(&seeds, &["PK\u{3}\u{4}", "../", "\u{0}\u{0}"]), |inputs| {
        read("deposits.csv.gz", inputs);
        read("deposits.zip", inputs);
    });
}
