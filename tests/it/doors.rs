//! The doors by which people's own files come in: names, folders, delimiters and encodings as they are met; and that
//! every draft reads what it says that it reads.

use std::io::Write;
use std::path::Path;

use polars::prelude::*;
use wherewithal::ingest::{IngestReport, Mapping, Reason};
use wherewithal::inspect::{InspectParams, Inspection, inspect};
use wherewithal::progress::Silent;
use wherewithal::sentence::Sentence;

use crate::ingest::{Desk, numbers, rows};

const DEPOSITS: &str = "entity_id,event_on,known_at,account,balance_fen\n\
                        320106198706150217,2018-02-01,2018-02-01,6222000000000000001,100\n\
                        11010519491231002X,2018-02-02,2018-02-02,6222000000000000002,101\n";

fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A desk with files in folders.
fn desk(files: &[(&str, &[u8])]) -> Desk {
    let desk = Desk::new(&[]);
    for (name, bytes) in files {
        let path = desk.folder.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    desk
}

fn balances(desk: &Desk) -> (Vec<Option<i64>>, IngestReport) {
    let (tables, report) = desk.read(Mapping::default()).unwrap();
    (numbers(&rows(&tables, "deposits"), "balance_fen"), report)
}

const BOTH: [Option<i64>; 2] = [Some(100), Some(101)];

#[test]
fn a_file_named_like_a_table_is_read_wherever_it_lies_and_in_whatever_letters() {
    let loud = DEPOSITS.replacen("entity_id,event_on,known_at,account", "ENTITY_ID,Event_On,KNOWN_AT,ACCOUNT", 1);
    let objects = "{\"ENTITY_ID\":\"320106198706150217\",\"Event_On\":\"2018-02-01\",\"KNOWN_AT\":\"2018-02-01\",\
                   \"account\":\"1\",\"balance_fen\":100}\n{\"ENTITY_ID\":\"11010519491231002X\",\"Event_On\":\"2018-02-01\",\
                   \"KNOWN_AT\":\"2018-02-01\",\"account\":\"2\",\"balance_fen\":101}\n";
    let zip = packed(&[("folder/deposits.csv", DEPOSITS.as_bytes()), ("__MACOSX/._deposits.csv", b"x")]);
    for (name, bytes) in [
        ("DEPOSITS.CSV", loud.as_bytes()),
        ("deposits.txt", DEPOSITS.as_bytes()),
        ("2018/Deposits.csv", DEPOSITS.as_bytes()),
        ("export.zip", &zip),
        ("deposits.ndjson", objects.as_bytes()),
    ] {
        let (found, report) = balances(&desk(&[(name, bytes)]));
        assert_eq!(found, BOTH, "{name}");
        assert!(report.unread.is_empty() && report.files[0].unused_columns.is_empty(), "{name}: {report:?}");
        let hidden: Vec<_> = report.ignored.iter().map(|ignored| ignored.file.as_str()).collect();
        assert_eq!(hidden, if name == "export.zip" { vec!["export.zip/__MACOSX"] } else { Vec::new() });
    }
    let twice = DEPOSITS.replacen("balance_fen", "ACCOUNT", 1).replacen("account", "Account", 1);
    let error = desk(&[("deposits.csv", twice.as_bytes())]).read(Mapping::default()).unwrap_err().to_string();
    assert!(error.contains("account only once"), "{error}");
}

#[test]
fn an_older_copy_further_down_is_not_read_and_two_side_by_side_are_said() {
    let older = DEPOSITS.replace("2018-", "2017-");
    let inner = packed(&[("deposits.csv", DEPOSITS.as_bytes())]);
    let (found, report) = balances(&desk(&[
        ("deposits.csv", DEPOSITS.as_bytes()),
        ("old/deposits.csv", older.as_bytes()),
        (".hidden.csv", b"x"),
        ("notes.md", b"x"),
        ("outer.zip", &packed(&[("inner.zip", &inner)])),
    ]));
    assert_eq!((found, &report.unread), (BOTH.to_vec(), &vec!["notes.md".to_owned()]));
    let ignored: Vec<_> =
        report.ignored.iter().map(|ignored| (ignored.file.as_str(), ignored.reason.to_string())).collect();
    assert_eq!(ignored.len(), 2, "{ignored:?}");
    assert!(ignored[0].1.starts_with("hidden") && ignored[0].0 == ".hidden.csv");
    assert!(report.lost().unwrap().to_string().contains("outer.zip/inner.zip: found an archive within another"));
    assert!(ignored[1].0 == "old/deposits.csv" && ignored[1].1.contains("deposits.csv, which lies further up"));

    let (found, report) =
        balances(&desk(&[("a/deposits.csv", DEPOSITS.as_bytes()), ("b/deposits.csv", older.as_bytes())]));
    assert_eq!(found.len(), 4);
    let note = "one of 2 files that are read as deposits by their names";
    assert!(report.files.iter().all(|file| said(&file.notes) == [note]), "{report:?}");
}

#[test]
fn the_delimiter_is_the_one_under_which_the_columns_are_there() {
    for (mark, shown) in [(";", "\";\""), ("\t", "\"\\t\""), ("|", "\"|\"")] {
        let text = format!("a title\n{}", DEPOSITS.replace(',', mark));
        let (found, report) = balances(&desk(&[("deposits.csv", text.as_bytes())]));
        assert_eq!(found, BOTH, "{mark}");
        let notes = &report.files[0].notes;
        assert_eq!(notes[0].to_string(), format!("read with {shown} between fields, under which it has the columns"));
        assert_eq!(notes[1].to_string(), "1 lines above the header are passed over");
    }
    let foreign = "客户号;日期;余额\n1;2018-01-01;5\n2;2018-01-02;6\n";
    let error = desk(&[("deposits.csv", foreign.as_bytes())]).read(Mapping::default()).unwrap_err().to_string();
    assert!(
        error.contains("fields seem to be parted by \";\", which form.delimiter = \";\" in a mapping says"),
        "{error}"
    );
    // What a mapping declares is not replaced, and it is said what seems to be meant.
    let mapping = "[[source]]\nfile = 'a.csv'\nform = { delimiter = '|' }\n[[source.table]]\nname = 'payments'\n\
                   [source.table.columns]\ncase_id = { from = '客户号' }\nevent_on = { from = '日期' }\n\
                   known_at = { from = '日期' }\namount_fen = { from = '余额', unit = 'fen' }\nmanner = { const = 'other' }\n";
    let desk = desk(&[("a.csv", foreign.as_bytes())]);
    let error = desk.read(Mapping::parse(mapping).unwrap()).unwrap_err().to_string();
    assert!(error.contains("form.delimiter = \";\""), "{error}");
    let (tables, _) = desk.read(Mapping::parse(&mapping.replace("form = { delimiter = '|' }\n", "")).unwrap()).unwrap();
    assert_eq!(numbers(&rows(&tables, "payments"), "amount_fen"), [Some(5), Some(6)]);
}

#[test]
fn utf_16_is_read_where_its_mark_says_so() {
    let wide = |mark: bool, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.then_some(0xFEFF).into_iter().chain(DEPOSITS.encode_utf16()).flat_map(bytes).collect()
    };
    for (bytes, name) in [(wide(true, u16::to_le_bytes), "utf-16le"), (wide(true, u16::to_be_bytes), "utf-16be")] {
        let (found, report) = balances(&desk(&[("deposits.csv", &bytes)]));
        let file = &report.files[0];
        assert_eq!((found, file.encoding.as_str(), file.bytes), (BOTH.to_vec(), name, bytes.len() as u64));
        assert_eq!(said(&file.notes), [format!("text in {name}, as its first two bytes say")]);
    }
    let mut broken = wide(true, u16::to_le_bytes);
    // Half a character in the holder's place of the last row.
    let last = broken.len() - 4;
    broken.splice(last..last, [0x00, 0xD8]);
    let (found, report) = balances(&desk(&[("deposits.csv", &broken)]));
    assert_eq!((found, report.files[0].refusals[0].reason), (vec![Some(100)], Reason::Encoding));
    let error = desk(&[("deposits.csv", &wide(false, u16::to_le_bytes))]).read(Mapping::default()).unwrap_err();
    assert!(error.to_string().contains("found text in UTF-16"), "{error}");
}

#[test]
fn whole_numbers_with_a_point_are_whole_and_numbers_that_name_something_are_not() {
    let cases = "case_id,event_on,known_at,claim_fen,term_months,is_secured\nC1,2018-02-01,2018-02-01,2018.0,3.0,1.0\n\
                 C2,2018-02-01,2018-02-01,5,3.5,0\n";
    let accounts = DEPOSITS.replace("6222000000000000001", "6222000000000000001.0");
    let desk = desk(&[("cases.csv", cases.as_bytes()), ("deposits.csv", accounts.as_bytes())]);
    let (tables, report) = desk.read(Mapping::default()).unwrap();
    let found = rows(&tables, "cases");
    assert_eq!((numbers(&found, "term_months"), numbers(&found, "claim_fen")), (vec![Some(3)], vec![Some(2018)]));
    assert_eq!(report.files[0].refusals[0].reason, Reason::Integer);
    assert_eq!((report.files[1].rows_accepted, report.files[1].refusals[0].reason), (1, Reason::Fraction));
}

/// Types of Parquet that no rule reads, whatever their numbers are.
#[test]
fn lengths_of_time_are_no_money_and_a_flag_names_nobody() {
    let parquet = |frame: &mut DataFrame| {
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(frame).unwrap();
        bytes
    };
    let base = || {
        df!("entity_id" => ["320106198706150217"], "event_on" => ["2018-02-01"], "known_at" => ["2018-02-01"],
            "account" => ["6222000000000000001"])
        .unwrap()
    };
    let mut span = base();
    let lengths = Column::new("balance_fen".into(), [5_i64]).cast(&DataType::Duration(TimeUnit::Microseconds)).unwrap();
    span.with_column(lengths).unwrap();
    let mut flag = base();
    flag.with_column(Column::new("account".into(), [true])).unwrap();
    for (mut frame, column) in [(span, "balance_fen"), (flag, "account")] {
        let desk = desk(&[("deposits.parquet", &parquet(&mut frame))]);
        let (_, report) = desk.read(Mapping::default()).unwrap();
        let file = &report.files[0];
        assert_eq!((file.rows_refused, file.refusals[0].reason), (1, Reason::Type), "{file:?}");
        assert_eq!(file.refusals[0].column, column);
    }
}

#[test]
fn a_computed_column_has_no_name_of_the_file() {
    let mapping = "name = 'a'\n[[source]]\nfile = 'a.csv'\n[source.computed]\n\
                   b = { op = 'difference', of = [0, 'a'], unit = 'fen' }\n[[source.table]]\nname = 'payments'\n\
                   [source.table.columns]\ncase_id = { from = 'c' }\nevent_on = { from = 'd' }\nknown_at = { from = 'd' }\n\
                   amount_fen = { from = 'b', unit = 'fen' }\nmanner = { const = 'other' }\n";
    let read = |text: &str| desk(&[("a.csv", text.as_bytes())]).read(Mapping::parse(mapping).unwrap());
    assert_eq!(numbers(&rows(&read("a,c,d\n-5,C1,2018-01-01\n").unwrap().0, "payments"), "amount_fen"), [Some(5)]);
    let error = read("a,b,c,d\n-5,7,C1,2018-01-01\n").unwrap_err().to_string();
    for part in ["the mapping, line 5", "found b, which", "a.csv", "another name for the computed column"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

/// A workbook with one sheet of which the parts are given.
pub(crate) fn workbook(state: &str, body: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"Deposits\" sheetId=\"1\" {state} r:id=\"rId7\"/></sheets></workbook>"
    );
    let related = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"{id}\" Type=\"{relations}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    packed(&[
        ("_rels/.rels", related("rId1", "officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related("rId7", "worksheet", "worksheets/sheet1.xml").as_bytes()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\">{body}</worksheet>").as_bytes()),
    ])
}

#[test]
fn hidden_sheets_rows_and_columns_are_read_and_said() {
    let row = |(at, line): (usize, &str)| {
        let cell = |(column, text): (usize, &str)| {
            let letter = char::from(b'A' + u8::try_from(column).unwrap());
            format!("<c r=\"{letter}{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", at + 1)
        };
        let cells: String = line.split(',').enumerate().map(cell).collect();
        let hidden = if at == 2 { " hidden=\"1\"" } else { "" };
        format!("<row r=\"{}\"{hidden}>{cells}</row>", at + 1)
    };
    let body: String = DEPOSITS.lines().enumerate().map(row).collect();
    let plain = format!("<sheetData>{}</sheetData>", body.replace(" hidden=\"1\"", ""));
    let hidden = format!("<cols><col min=\"4\" max=\"99\" hidden=\"1\"/></cols><sheetData>{body}</sheetData>");
    let notes = |book: &[u8]| {
        let (found, report) = balances(&desk(&[("bank.xlsx", book)]));
        assert_eq!((found, report.files[0].file.as_str()), (BOTH.to_vec(), "bank.xlsx/Deposits"));
        said(&report.files[0].notes)
    };
    assert_eq!(notes(&workbook("", &plain)), Vec::<String>::new());
    assert_eq!(
        notes(&workbook("state=\"hidden\"", &hidden)),
        [
            "the sheet is hidden: its rows are read like others",
            "1 hidden rows and 2 hidden columns are read like others"
        ]
    );
}

/// What is said, in words.
fn said(sentences: &[Sentence]) -> Vec<String> {
    sentences.iter().map(ToString::to_string).collect()
}

fn inspected(folder: &Path) -> Inspection {
    let scratch = tempfile::tempdir().unwrap();
    let params = InspectParams::default().read(wherewithal::ingest::ReadParams::new(scratch.path()));
    inspect(folder, &params, &Silent).unwrap()
}

/// What a draft reads of a folder.
fn drafted(files: &[(&str, &[u8])]) -> (Inspection, IngestReport) {
    let desk = desk(files);
    let inspection = inspected(&desk.folder.path().join("in"));
    let mapping = Mapping::parse(&inspection.draft().to_string()).unwrap();
    let report = desk.read(mapping).unwrap().1;
    (inspection, report)
}

const LIST: &str = "案号,立案日期,被执行人,身份证号码\n（2018）苏0205执1号,2018-03-01,张某甲,320106198706150217\n\
                    （2018）苏0205执2号,2018-03-02,李某乙,11010519491231002X\n（2018）苏0205执3号,2018-03-05,张某甲,320106198706150217\n";

#[test]
fn inspect_leaves_out_by_name_what_it_cannot_feed() {
    let odd: &[u8] = "部门,电话,备注\n财务,12,a\n执行,13,b\n".as_bytes();
    let statement = "证件号码,反馈日期,账号,余额\n320106198706150217,2018-02-01,6222000000000001,5.00\n\
                     11010519491231002X,2018-02-02,6222000000000002,6.00\n320106198706150217,2018-02-03,6222000000000003,7.00\n";
    let (inspection, report) = drafted(&[
        ("deposits.csv", odd),
        ("cases.xlsx", b"no workbook"),
        ("payments.ndjson", b"[1]\n"),
        ("insurance_policies.csv", b""),
        ("存款.csv", statement.as_bytes()),
    ]);
    assert_eq!(report.rows_by_table["deposits"], 3, "{}", inspection.draft());
    assert_eq!(report.files.len(), 1, "{report:?}");
    let ignored: Vec<_> = report.ignored.iter().map(|ignored| ignored.file.as_str()).collect();
    assert_eq!(ignored, ["cases.xlsx", "deposits.csv", "insurance_policies.csv", "payments.ndjson"]);
    assert!(report.ignored.iter().all(|ignored| !ignored.reason.is_empty()) && report.unread.is_empty());
    let notes: Vec<_> =
        inspection.tables.iter().map(|table| table.notes.iter().map(ToString::to_string).collect::<Vec<_>>()).collect();
    let none: Vec<String> = Vec::new();
    assert_eq!(
        notes[0][..1],
        [
            "deposits is not fed: no column tells entity_id (the party, as a keyed pseudonym), account (account, as a keyed pseudonym)"
        ]
    );
    assert_eq!((&notes[1], &notes[3]), (&vec!["no row stands in it".to_owned()], &none), "{notes:?}");
}

#[test]
fn inspect_feeds_a_plain_list_of_cases() {
    for name in ["案件.csv", "被执行人.csv", "deposits.csv"] {
        let (inspection, report) = drafted(&[(name, LIST.as_bytes())]);
        let draft = inspection.draft();
        let mapping = inspection.mapping();
        let columns = |table: &str| &mapping.source[0].table.iter().find(|rule| rule.name == table).unwrap().columns;
        assert_eq!((report.rows_by_table["cases"], report.rows_by_table["case_parties"]), (3, 3), "{draft}");
        assert_eq!(report.rows_by_table["parties"], 3, "{draft}");
        assert_eq!(columns("cases")["event_on"].from, ["立案日期"], "{draft}");
        assert!(!columns("cases").contains_key("claim_fen"), "unknown is not zero: {draft}");
        assert!(columns("cases").contains_key("case_no") && columns("cases").contains_key("kind"), "{draft}");
        assert_eq!(columns("case_parties")["entity_id"].from, ["身份证号码"], "{draft}");
    }
}

#[test]
fn inspect_says_what_a_list_of_debtors_lacks() {
    let text = LIST.replace("立案日期", "诉讼地位");
    let text =
        text.replace("2018-03-01", "被执行人").replace("2018-03-02", "申请执行人").replace("2018-03-05", "被执行人");
    let desk = desk(&[("被执行人.csv", text.as_bytes())]);
    let folder = desk.folder.path().join("in");
    let inspection = inspected(&folder);
    assert!(inspection.mapping().source.is_empty(), "no file says any day: {}", inspection.draft());
    let notes: Vec<_> = inspection.tables[0].notes.iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.starts_with("parties is not fed: no column tells event_on (the day")),
        "{notes:?}"
    );
    let ends = |table: &str, end: &str| {
        notes.iter().any(|note| note.starts_with(&format!("{table} is not fed: ")) && note.ends_with(end))
    };
    assert!(ends("parties", "(--received)") && ends("cases", "(the day the court learnt it)"), "{notes:?}");
    assert!(inspection.draft().to_string().contains("cases is not fed"), "{}", inspection.draft());

    let scratch = tempfile::tempdir().unwrap();
    let params = InspectParams::default().read(wherewithal::ingest::ReadParams::new(scratch.path()));
    let params = params.received(Some(wherewithal::domain::Day::new(2018, 4, 1).unwrap()));
    let inspection = inspect(&folder, &params, &Silent).unwrap();
    let report = desk.read(inspection.mapping().clone()).unwrap().1;
    assert_eq!(
        (report.rows_by_table["parties"], report.rows_by_table["case_parties"]),
        (3, 3),
        "{}",
        inspection.draft()
    );
    assert!(!report.rows_by_table.contains_key("cases"), "{}", inspection.draft());
    let parties = inspection.mapping().source[0].table.iter().find(|rule| rule.name == "case_parties").unwrap();
    assert_eq!(parties.columns["role"].codes["申请执行人"], "creditor");
    let notes: Vec<_> = inspection.tables[0].notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["cases is not fed: no column tells event_on (the day it happened)"]);
}

#[test]
fn inspect_leads_keys_through_a_file_that_it_does_not_feed() {
    let parties = "账号,证件号码\n62220000000000011,320106198706150217\n62220000000000022,11010519491231002X\n";
    let row = |day: u32| {
        format!("622200000000000{},2018-02-0{day},收,{day}.50\n", if day.is_multiple_of(2) { "11" } else { "22" })
    };
    let text: String = std::iter::once("账号,交易日期,收付标志,金额\n".to_owned()).chain((1..9).map(row)).collect();
    let (inspection, report) = drafted(&[("parties.csv", parties.as_bytes()), ("流水.csv", text.as_bytes())]);
    let ignored = &report.ignored[0];
    assert_eq!((ignored.file.as_str(), report.lookups.len()), ("parties.csv", 1), "{}", inspection.draft());
    assert_eq!(ignored.reason.to_string(), "keys lead through it to a party; it feeds no table itself");
    assert_eq!(report.rows_by_table["bank_transactions"], 8, "{}", inspection.draft());
}

#[test]
fn inspect_says_that_a_column_is_called_so_and_written_otherwise() {
    let text = LIST.replace("2018-03-01", "某日").replace("2018-03-05", "2018年3月");
    let desk = desk(&[("案件.csv", text.as_bytes())]);
    let inspection = inspected(&desk.folder.path().join("in"));
    let notes: Vec<_> = inspection.tables[0].notes.iter().map(ToString::to_string).collect();
    let said = "though 立案日期 is called so: its values are written as 字日, 9999-99-99, 9999年9月";
    assert!(notes.iter().any(|note| note.starts_with("cases is not fed: ") && note.contains(said)), "{notes:?}");
}
