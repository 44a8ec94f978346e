//! Kin of the faults that people reported: other columns, other tables, other spellings of the same kind.

use std::path::Path;

use wherewithal::domain::{CaseNumber, Day, Identifier, IdentifierKind, PartyKey, PseudonymKey};
use wherewithal::ingest::{self, IngestReport, Mapping, ReadParams, Sources};
use wherewithal::linkage::{Decision, LinkageParams, Records, link};
use wherewithal::progress::Silent;
use wherewithal::screening::*;
use wherewithal::tables::SourceTables;
use wherewithal::tabular::{ColumnKind, TableParams, WrittenTable};

use crate::formats::python;
use crate::listed::record as listed;

/// What is found to be wrong, all of it at once.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn hold<T: PartialEq + std::fmt::Debug>(&mut self, what: impl Into<String>, found: T, expected: T) {
        if found != expected {
            self.0.push(format!("{}: found {found:?}, expected {expected:?}", what.into()));
        }
    }

    fn nothing(self) {
        assert!(self.0.is_empty(), "{} wrong:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// What a folder of files gave.
struct Given {
    tables: SourceTables,
    report: IngestReport,
}

fn read(files: &[(&str, &[u8])], mapping: &str) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    std::fs::create_dir(&sources).unwrap();
    for (name, bytes) in files {
        std::fs::write(sources.join(name), bytes).unwrap();
    }
    read_from(&sources, mapping)
}

fn read_from(sources: &Path, mapping: &str) -> Given {
    let out = tempfile::tempdir().unwrap();
    let mapping = if mapping.is_empty() { Mapping::default() } else { Mapping::parse(mapping).unwrap() };
    let sources = Sources::new(sources, PseudonymKey::from_secret(b"test")).with_mapping(mapping);
    let (tables, report) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
    let tables = crate::pipeline::rebuilt(&tables, |_, frame| frame);
    Given { tables, report }
}

impl Given {
    fn numbers(&self, table: &str, column: &str) -> Vec<Option<i64>> {
        if !self.report.rows_by_table.contains_key(table) {
            return Vec::new();
        }
        self.tables.frame(table).unwrap().column(column).unwrap().i64().unwrap().iter().collect()
    }

    fn days(&self, table: &str, column: &str) -> Vec<String> {
        let frame = self.tables.frame(table).unwrap();
        let days = frame.column(column).unwrap().date().unwrap();
        days.phys
            .iter()
            .map(|day| day.map(|day| Day::from_number(day).unwrap().to_string()).unwrap_or_default())
            .collect()
    }

    /// Reason and column of each refused row of the only file.
    fn refused(&self) -> Vec<(String, String, u64)> {
        let counts = self.report.files[0].refusals.iter();
        counts.map(|count| (count.reason.name().to_owned(), count.column.clone(), count.rows)).collect()
    }
}

fn party(text: &str) -> Option<i64> {
    Some(PseudonymKey::from_secret(b"test").pseudonym("party", text))
}

/// A sound resident number.
fn resident(year: usize, order: usize) -> String {
    let body = format!("320205{year}0508{order:03}");
    format!("{body}{}", Identifier::check_character(IdentifierKind::Resident, &body).unwrap())
}

/// 01, 41: damaged numbers in other columns and spellings, and dress that changes nobody.
#[test]
fn numbers_are_refused_or_the_same_wherever_they_stand() {
    let mut wrong = Wrong::default();
    let number = "320106198706150217";
    for (text, reason) in [
        ("3.20106e17", "scientific"),
        ("\"3,20106E+17\"", "scientific"),
        ("3.20106E+017", "scientific"),
        ("'3.20106E+17", "scientific"),
        ("３．２０１０６Ｅ＋１７", "scientific"),
        ("3.20106×10^17", "scientific"),
        ("3E+17", "scientific"),
        ("913202000000000000", "cut_off"),
        ("320106198706150000.00", "fraction"),
        ("320106********0217", "hidden"),
        ("320106〇〇〇〇〇〇〇〇0217", "hidden"),
        ("320106########0217", "hidden"),
        ("3201061987XXXX0217", "hidden"),
    ] {
        for (table, column, header) in [
            (
                "bank_transactions",
                "counterparty_id",
                "entity_id,event_on,known_at,account,direction,kind,amount_fen,counterparty_id",
            ),
            ("income", "payer_id", "entity_id,event_on,known_at,amount_fen,kind,months,balance_fen,payer_id"),
            ("deposits", "entity_id", "event_on,known_at,account,balance_fen,holder,kind,state,entity_id"),
        ] {
            let usual = |name: &str| match name {
                "entity_id" => number,
                "event_on" | "known_at" => "2018-02-01",
                "direction" => "in",
                "kind" if table == "income" => "wage",
                "kind" if table == "deposits" => "current",
                "kind" => "transfer",
                "amount_fen" | "balance_fen" | "account" => "100",
                _ => "",
            };
            let names: Vec<_> = header.split(',').collect();
            let row: Vec<_> = names.iter().map(|name| if *name == column { text } else { usual(name) }).collect();
            let file = format!("{header}\n{}\n", row.join(","));
            let given = read(&[(&format!("{table}.csv"), file.as_bytes())], "");
            wrong.hold(format!("{table}, {text}"), given.refused(), vec![(reason.to_owned(), column.to_owned(), 1)]);
        }
    }
    for text in [
        "\u{2018}320106198706150217",
        "`320106198706150217",
        "\u{A0}320106198706150217\u{3000}",
        "320106-19870615-0217",
        "\u{202D}320106198706150217\u{202C}",
        "３２０１０６870615021",
        "= \"320106198706150217\"",
        "320106870615021 ",
        "ID:320106198706150217",
        "身份证号：320106198706150217",
        "(320106198706150217)",
        "320106198706150217;",
    ] {
        let plain = PartyKey::parse(text).map(|key| key.pseudonym(&PseudonymKey::from_secret(b"test"))).ok();
        wrong.hold(text, plain, party(number));
    }
    wrong.nothing();
}

/// 33: what stands where nobody's number is known.
#[test]
fn placeholders_are_nobody() {
    let mut wrong = Wrong::default();
    for text in [
        "000000000000000000",
        "999999999999999999",
        "99999999-9",
        "123456789",
        "012345678",
        "无证件号",
        "无身份证号",
        "—",
        "——",
        "///",
        "...",
        "\\",
        "待核实",
        "保密",
        "XXXXXXXXXXXXXXXXXX",
        "xxxxxx",
        "111111111111111",
        "12345678-9",
        "N.A.",
        "无效",
        "空白",
        "#VALUE!",
        "#REF!",
        "未知身份",
        "（无）",
        "「无」",
        "00000000-0",
    ] {
        wrong.hold(text, PartyKey::parse(text).is_err(), true);
    }
    for text in ["320106198706150217", "91350100M000100Y43", "M000100Y-4", "E12345678", "1001", "甲公司"] {
        wrong.hold(text, PartyKey::parse(text).is_ok(), true);
    }
    wrong.nothing();
}

/// 35: case numbers with other brackets, hyphens and documents.
#[test]
fn case_numbers_are_one_in_further_spellings() {
    let mut wrong = Wrong::default();
    let expected = CaseNumber::parse("（2018）苏0205执1234号").unwrap().to_string();
    for text in [
        "〔2018〕苏0205执1234号",
        "（二〇一八）苏0205执1234号",
        "二○一八年苏0205执1234号",
        "［2018］苏0205执1234号",
        "{2018}苏0205执1234号",
        "「2018」苏0205执1234号",
        "<2018>苏0205执1234号",
        "（2018）苏0205执1234号之二",
        "（2018）苏0205执1234之一号",
        "（2018）苏0205执1234号（之一）",
        "（2018）苏0205执1234号(1)",
        "（2018）苏0205执1234–1号",
        "（2018）苏0205执1234—2号",
        "（2018）苏0205执1234－1",
        "（2018）苏0205执1234﹣1号",
        "（2018）苏0205执1234~1号",
        "(2018)苏0205执第1234号",
        "(2018)苏0205执字1234号",
        "（2018）苏0205执 字 第 1234 号",
        "（2018）苏０２０５执字第１２３４号",
        "'（2018）苏0205执1234号",
        "\"（2018）苏0205执1234号\"",
        "案号：（2018）苏0205执1234号",
        "（2018）苏0205执1234号。",
        "（2018）苏0205执1234号案",
        "（2018）苏0205执01234号",
        "(2018）苏0205執1234號",
        "（2018)苏0205执1234號之1",
        "（2018）苏0205执1234\u{2060}号",
        "　（2018）苏0205执1234号　",
    ] {
        let found = CaseNumber::parse(text).map(|case| case.to_string()).unwrap_or_else(|fault| fault.to_string());
        wrong.hold(text, found, expected.clone());
    }
    for text in [
        "（2018）苏0205执1234号、1235号",
        "（2018）苏0205执1234,1235号",
        "（2018）苏0205执1234至1236号",
        "（2018）苏0205执1234-1236号",
        "（2018）苏0205执1234号和（2018）苏0205执1235号",
    ] {
        wrong.hold(text, CaseNumber::parse(text).is_err(), true);
    }
    for text in [
        "（2018）苏0205执恢1234号",
        "（2018）苏0205执保1234号",
        "（2018）苏0206执1234号",
        "（2017）苏0205执1234号",
        "（2018）苏0205民初1234号",
    ] {
        let found = CaseNumber::parse(text).map(|case| case.to_string()).unwrap_or_default();
        wrong.hold(text, !found.is_empty() && found != expected, true);
    }
    wrong.nothing();
}

const DEPOSIT: &str = "entity_id,event_on,known_at,account,holder,balance_fen";

/// 02: rows left out on purpose, where one table takes them and another does not.
#[test]
fn rows_left_out_are_not_refused() {
    let mut wrong = Wrong::default();
    let mapping = |more: &str| {
        format!(
            "[[source]]\nfile = 'a.csv'\nnull = ['-']\n[[source.table]]\nname = 'deposits'\n{more}[source.table.columns]\nentity_id = {{ from = 'who' }}\n\
             event_on = {{ from = 'day' }}\nknown_at = {{ from = 'day' }}\naccount = {{ from = 'account' }}\nbalance_fen = {{ from = 'amount', unit = 'yuan' }}\n"
        )
    };
    let file = "who,day,account,amount,state\n320106198706150217,2018-02-01,1,5,成功\n320106198706150217,2018-02-01,2,5, 失败 \n\
                320106198706150217,2018-02-01,3,x,失败\n320106198706150217,2018-02-01,4,5,-\n";
    for (more, counts) in [
        ("unless = { 'state' = ['失败'] }\n", (4, 2, 2, 0)),
        ("unless = { 'state' = [''] }\n", (4, 2, 1, 1)),
        ("unless = { 'state' = ['失败', ''] }\n", (4, 1, 3, 0)),
    ] {
        let given = read(&[("a.csv", file.as_bytes())], &mapping(more));
        let file = &given.report.files[0];
        wrong.hold(more, (file.rows_read, file.rows_accepted, file.rows_left_out, file.rows_refused), counts);
    }
    wrong.nothing();
}

/// 03: short files of GB18030, without Chinese headers, with four bytes a character, with its own mark.
#[test]
fn short_files_of_gb18030_are_read() {
    let mut wrong = Wrong::default();
    let line = |holder: &str, at: usize| format!("320106198706150217,2018-02-01,2018-02-01,{at},{holder},1\n");
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    for (what, bytes) in [
        ("one word", [gb(&format!("{DEPOSIT}\n")), gb(&line("联通", 1))].concat()),
        ("four bytes", gb(&format!("{DEPOSIT}\n{}", line("𠮷野家", 1)))),
        (
            "CR",
            gb(&format!("{DEPOSIT}\n{}", line("银行", 1)))
                .iter()
                .map(|b| if *b == b'\n' { b'\r' } else { *b })
                .collect(),
        ),
        ("own mark", [b"\x84\x31\x95\x33".to_vec(), gb(&format!("{DEPOSIT}\n{}", line("银行", 1)))].concat()),
        (
            "many lines of ASCII before",
            gb(&format!("{DEPOSIT}\n{}{}", line("ICBC", 1).repeat(500), line("移动支付", 2))),
        ),
    ] {
        let given = read(&[("deposits.csv", &bytes)], "");
        let file = &given.report.files[0];
        wrong.hold(what, (file.encoding.as_str(), file.rows_refused), ("gb18030", 0));
    }
    wrong.nothing();
}

/// 06: line ends in other formats, and mixed.
#[test]
fn line_ends_of_any_kind_part_rows_in_any_format() {
    let mut wrong = Wrong::default();
    let object = |at: usize| {
        format!(
            "{{\"entity_id\":\"320106198706150217\",\"event_on\":\"2018-02-01\",\"known_at\":\"2018-02-01\",\"account\":\"{at}\",\"balance_fen\":1}}"
        )
    };
    let row = |at: usize| format!("320106198706150217,2018-02-01,2018-02-01,{at},行,1");
    for end in ["\r", "\n\r", "\u{B}", "\u{C}", "\u{1E}", "\u{85}", "\r\r\n", "\r\n\n"] {
        let ndjson = [object(1), object(2), object(3)].join(end);
        let csv = [DEPOSIT.to_owned(), row(1), row(2), row(3)].join(end);
        for (name, text) in [("deposits.ndjson", ndjson), ("deposits.csv", csv)] {
            let given = std::panic::catch_unwind(|| read(&[(name, text.as_bytes())], "").report.rows_by_table);
            wrong.hold(format!("{name} {end:?}"), given.ok().and_then(|rows| rows.get("deposits").copied()), Some(3));
        }
    }
    let mixed = format!("{DEPOSIT}\r{}\n{}\r\n{}\r", row(1), row(2), row(3));
    wrong.hold("mixed", read(&[("deposits.csv", mixed.as_bytes())], "").numbers("deposits", "account").len(), 3);
    wrong.nothing();
}

/// 04: instants as text in any format: the day is the one that is written, in the zone that is written.
#[test]
fn the_day_of_a_written_instant_is_its_own() {
    let mut wrong = Wrong::default();
    for (text, day) in [
        ("2018-02-01T00:00:00+08:00", "2018-02-01"),
        ("2018-02-01 00:00:00.000 +0800", "2018-02-01"),
        ("2018/2/1 0:00 +08", "2018-02-01"),
        ("2018-02-01T00:30:00Asia/Shanghai", ""),
        ("2018-01-31T23:59:59-05:00", "2018-01-31"),
        ("2018-02-01T00:00:00Z", "2018-02-01"),
        ("2018-02-01 00:00:00 GMT+8", "2018-02-01"),
        ("2018-02-01 00:00:00 CST", "2018-02-01"),
        ("2018-02-01 上午12:00:00", "2018-02-01"),
        ("2018年2月1日 00:00:00", "2018-02-01"),
        ("20180201 000000", "2018-02-01"),
        ("20180201T000000+0800", "2018-02-01"),
    ] {
        let file = format!("{DEPOSIT}\n320106198706150217,{text},{text},1,行,1\n");
        let given = read(&[("deposits.csv", file.as_bytes())], "");
        let found = if given.report.rows_by_table.is_empty() {
            String::new()
        } else {
            given.days("deposits", "event_on").concat()
        };
        wrong.hold(text, found, day.to_owned());
    }
    wrong.nothing();
}

/// Instants in workbooks, and other types of Parquet.
const OTHERS: &str = r#"
import datetime as dt, os, sys
import openpyxl, pyarrow as pa, pyarrow.parquet as pq
root = sys.argv[1]
head = ["entity_id", "event_on", "known_at", "account", "holder", "balance_fen"]
def book(name, *rows):
    os.makedirs(f"{root}/{name}")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "deposits"
    for row in [head, *rows]: sheet.append(list(row))
    book.save(f"{root}/{name}/a.xlsx")
one = "320106198706150217"
book("text_zone", [one, "2018-02-01T00:00:00+08:00", "2018-02-01 00:00:00+08:00", "1", "行", 1])
book("late", [one, dt.datetime(2018, 2, 1, 23, 59, 59, 999000), dt.datetime(2018, 2, 1), "1", "行", 1])
book("serial", [one, 43132, 43132.5, "1", "行", 1])
book("number_as_text", [one, dt.date(2018, 2, 1), dt.date(2018, 2, 1), 6222000000001, "行", "1"])
def parquet(name, **columns):
    os.makedirs(f"{root}/{name}")
    plain = {"entity_id": pa.array([one]), "event_on": pa.array(["2018-02-01"]), "known_at": pa.array(["2018-02-01"]), "account": pa.array(["1"]),
        "holder": pa.array(["行"]), "balance_fen": pa.array([1])}
    pq.write_table(pa.table({**plain, **columns}), f"{root}/{name}/deposits.parquet")
parquet("dictionary_of_days", event_on=pa.array([dt.date(2018, 2, 1)]).dictionary_encode(), known_at=pa.array(["2018-02-01"]).dictionary_encode())
parquet("binary_days", event_on=pa.array([b"2018-02-01"]), account=pa.array([b"1"], pa.large_binary()))
parquet("unsigned", account=pa.array([1], pa.uint64()), balance_fen=pa.array([1], pa.uint8()))
parquet("zoned_in_new_york", event_on=pa.array([dt.datetime(2018, 2, 2, 4, 59, tzinfo=dt.timezone.utc)], pa.timestamp("ms", "America/New_York")))
parquet("null_type", holder=pa.nulls(1))
"#;

#[test]
fn workbooks_and_parquet_of_other_types_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    if python(OTHERS, folder.path()).is_none() {
        return;
    }
    let mut wrong = Wrong::default();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let given = read_from(&path, "");
        if name == "serial" {
            wrong.hold(&name, given.refused(), vec![("day".to_owned(), "event_on [B]".to_owned(), 1)]);
            continue;
        }
        let found = (given.days("deposits", "event_on").concat(), given.numbers("deposits", "entity_id"));
        wrong.hold(&name, found, ("2018-02-01".to_owned(), vec![party("320106198706150217")]));
    }
    wrong.nothing();
}

/// 10, 11: what is no number among numbers, and numbers in further dress.
#[test]
fn numbers_stay_numbers_in_further_dress() {
    let mut wrong = Wrong::default();
    let kind = |odd: &str| {
        let lines: String = (0..50).map(|n| format!("{}.5\t{n}\n", n % 20)).collect();
        let text = format!("x\ty\n{lines}{odd}\t1\n{odd}\t2\n");
        let table = WrittenTable::from_bytes("t.tsv", text.into_bytes(), &TableParams::default()).unwrap();
        let column = table.column("x").unwrap().read(None, &TableParams::default());
        (column.kind, column.numbers.last().copied().filter(|number| !number.is_nan()))
    };
    for odd in ["Infinity", "-INF", "+inf", "1.#INF", "-1.#INF", "∞", "-∞", "Inf"] {
        let (kind, number) = kind(odd);
        wrong.hold(odd, (kind, number.is_none_or(f64::is_infinite)), (ColumnKind::Number, true));
    }
    for odd in [
        "nan",
        "-nan",
        "NAN",
        "1.#QNAN",
        "#NUM!",
        "#DIV/0!",
        "#N/A",
        "NULL",
        "null",
        "(null)",
        "[NULL]",
        "<null>",
        "\\N",
        "None",
        "无",
        "无数据",
        "未知",
        "—",
        "-",
        "暂缺",
        "n.a.",
        "缺",
        "*",
        "'-",
    ] {
        wrong.hold(odd, kind(odd), (ColumnKind::Number, None));
    }
    for (odd, value) in [
        ("12%", 0.12),
        ("￥1,234", 1234.0),
        ("¥ 1,234.50", 1234.5),
        ("(1,234)", -1234.0),
        ("（100.00）", -100.0),
        ("1 234.5", 1234.5),
        ("1\u{A0}234.5", 1234.5),
        ("１２３．５", 123.5),
        ("1.2万", 12_000.0),
        ("3亿元", 300_000_000.0),
        ("1,23,456", f64::NAN),
        ("'42", 42.0),
        ("+7", 7.0),
        ("7-", -7.0),
        ("1'234", 1234.0),
        ("\u{2212}5", -5.0),
        ("5,000元", 5000.0),
        ("RMB 8", 8.0),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1,234.5 元", 1234.5),
        ("人民币1000元", 1000.0),
        ("20.5％", 0.205),
        ("１，２３４", 1234.0),
    ] {
        let (kind, number) = kind(odd);
        wrong.hold(
            odd,
            (kind, number.map(|number| (number * 1e6).round())),
            (ColumnKind::Number, Some(value).filter(|v| !v.is_nan()).map(|v| (v * 1e6).round())),
        );
    }
    wrong.nothing();
}

/// 12: days in further orders sort by time.
#[test]
fn days_sort_by_time_however_they_are_written() {
    let mut wrong = Wrong::default();
    for days in [
        ["2023/9/30", "2023/10/1", "2023/12/1"],
        ["2023年9月30日", "2023年10月1日", "2023年12月1日"],
        ["30.9.2023", "1.10.2023", "1.12.2023"],
        ["9/30/2023 8:00", "10/1/2023 7:00", "12/1/2023 6:00"],
        ["2023-9", "2023-10", "2023-12"],
        ["2023年9月", "2023年10月", "2023年12月"],
        ["30 Sep 2023", "1 Oct 2023", "1 Dec 2023"],
        ["20230930", "20231001", "20231201"],
        ["2023Q2", "2023Q3", "2023Q4"],
        ["2023-09-30T23:00:00+08:00", "2023-10-01T00:00:00+08:00", "2023-12-01T00:00:00+08:00"],
        ["'2023/9/30", "'2023/10/1", "'2023/12/1"],
        ["２０２３/９/30", "２０２３/10/1", "2023/12/1"],
        ["2023.9.30", "2023.10.1", "2023.12.1"],
        ["30-Sep-2023", "01-Oct-2023", "01-Dec-2023"],
    ] {
        let text = format!("when;y\n{}", days.iter().map(|day| format!("{day};1\n")).collect::<String>());
        let table = WrittenTable::from_bytes("t.csv", text.into_bytes(), &TableParams::default()).unwrap();
        let sorted =
            table.column("when").unwrap().moments(None, &TableParams::default()).map(|moments| {
                moments.iter().flatten().count() == 3 && moments.windows(2).all(|pair| pair[0] < pair[1])
            });
        wrong.hold(days[0], sorted.map_err(|error| error.to_string()), Ok(true));
    }
    wrong.nothing();
}

pub(crate) fn ask(records: Vec<PublicRecord>, name: &str, number: &str) -> ScreeningAnswer {
    let entries: Vec<ListEntry> = records.into_iter().map(|record| record.into_entry().unwrap()).collect();
    let list =
        DefaulterList::build(&entries, ListKey::from_secret(b"tests"), Day::parse("2026-01-05").unwrap()).unwrap();
    let screener = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    let asked = serde_json::json!({ "application_id": "a", "name": name, "identifiers": [number], "on": "2026-01-06" });
    screen(&screener, &serde_json::from_value(asked).unwrap()).unwrap()
}

/// 30, 39 e: masks with other signs, other lengths, and of the older number.
#[test]
fn masks_of_any_sign_and_length_hide_nobody() {
    let mut wrong = Wrong::default();
    let number = resident(1970, 5);
    let older = format!("{}{}", &number[..6], &number[8..17]);
    let masked = |number: &str, head: usize, mask: &str, tail: usize| {
        format!("{}{mask}{}", &number[..head], &number[number.len() - tail..])
    };
    for mask in [
        "****",
        "***",
        "＊＊＊＊",
        "####",
        "xxxx",
        "XXXX",
        "••••",
        "●●●●",
        "○○○○",
        "※※※※",
        "????",
        "？？？？",
        "----",
        "____",
        "……",
        "...",
        "〇〇〇〇",
        "□□□□",
        "■■■■",
        "××××",
        "。。。。",
        "****(隐去)",
    ] {
        for (head, tail) in [(10, 4), (11, 4), (6, 4), (6, 2), (3, 4)] {
            let records = (1..40).map(|i| listed(i, "张伟", &masked(&resident(1950 + i, i), head, mask, tail)));
            let records = records.chain([listed(0, "张伟", &masked(&number, head, mask, tail))]).collect();
            let answer = ask(records, "张伟", &number);
            let is_found = answer.hits.iter().any(|hit| hit.entry_id == "0");
            wrong.hold(format!("{head} {mask} {tail}"), (answer.outcome != Outcome::Clear, is_found), (true, true));
        }
    }
    for shown in
        [masked(&older, 9, "***", 3), masked(&older, 6, "******", 3), older.clone(), masked(&older, 6, "****", 4)]
    {
        let records = (1..40).map(|i| listed(i, "张伟", &masked(&resident(1950 + i, i), 10, "****", 4)));
        let answer = ask(records.chain([listed(0, "张伟", &shown)]).collect(), "张伟", &number);
        wrong.hold(format!("older {shown}"), answer.hits.iter().any(|hit| hit.entry_id == "0"), true);
    }
    wrong.nothing();
}

/// 32: equal numbers that fail their check, of other kinds and in other dress.
#[test]
fn equal_unsound_numbers_are_evidence_of_any_kind() {
    let mut wrong = Wrong::default();
    for (shown, given) in [
        ("320205197005050059", "320205197005050059"),
        ("320205197005050059", "３２０２０５197005050059"),
        ("91350200M0001QKT19", "91350200-M0001QKT19"),
        ("913202007000000001", " 913202007000000001 "),
        ("M0001QKT-1", "m0001qkt1"),
        ("32020519700505005x", "32020519700505005X"),
        ("E1234567", "e1234567"),
    ] {
        let answer = ask(vec![listed(0, "无锡某甲贸易有限公司", shown)], "完全不同的名称", given);
        wrong.hold(shown, answer.outcome, Outcome::Review);
    }
    wrong.nothing();
}

/// 39 d: several circumstances in a cell, parted otherwise.
#[test]
fn the_circumstance_without_a_term_governs_however_they_are_parted() {
    let mut wrong = Wrong::default();
    let (term, none) = ("违反财产报告制度", "有履行能力而拒不履行生效法律文书确定义务");
    for text in [
        format!("{term},{none}"),
        format!("{none}；{term}"),
        format!("{term}、其他{none}"),
        format!("{term}\n{none}"),
        format!("1.{term} 2.{none}"),
        format!("①{term}②{none}"),
        format!("{term}/{none}"),
        format!("{term}|{none}"),
        format!("（一）{term}（二）{none}"),
        format!("{term}，{none}。"),
        format!("{term}{none}"),
    ] {
        let record = PublicRecord {
            disrupt_type_name: text.clone(),
            publish_date: "2023-01-10".into(),
            ..listed(0, "甲某某", &resident(1970, 5))
        };
        wrong.hold(text, ask(vec![record], "甲某某", &resident(1970, 5)).outcome != Outcome::Clear, true);
    }
    let record = PublicRecord {
        disrupt_type_name: term.into(),
        publish_date: "2023-01-10".into(),
        ..listed(0, "甲某某", &resident(1970, 5))
    };
    wrong.hold("a term that is over", ask(vec![record], "甲某某", &resident(1970, 5)).outcome, Outcome::Clear);
    wrong.nothing();
}

fn linked(columns: &[&str], rows: &[&[&str]]) -> wherewithal::linkage::EntityMap {
    let mut records = Records::new(columns.to_vec());
    for (at, row) in rows.iter().enumerate() {
        records.push(format!("r{at}"), row.iter().copied()).unwrap();
    }
    link(&records, &LinkageParams::default(), &Silent).unwrap()
}

/// 33, 37: values that stand for nothing, or that many share, join nobody.
#[test]
fn nothing_that_many_share_joins_anybody() {
    let mut wrong = Wrong::default();
    let params = LinkageParams::default();
    let named = params.columns();
    let at = |name: &str| named.iter().position(|column| *column == name);
    let (Some(name), Some(phone)) = (at("name"), at("phone")) else { panic!("{named:?}") };
    for filler in ["13800138000", "12345678901", "18888888888", "00000000000", "不详", "无", "110", "测试"] {
        let names: Vec<String> = (0..20)
            .map(|n| format!("{}{}", ["王", "李", "张", "刘"][n % 4], ["国强", "建华", "丽娟", "志明", "海燕"][n / 4]))
            .collect();
        let rows: Vec<Vec<&str>> = names
            .iter()
            .map(|text| {
                let mut row = vec![""; named.len()];
                (row[name], row[phone]) = (text.as_str(), filler);
                row
            })
            .collect();
        let map = linked(&named, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let joined = map.links().iter().filter(|link| link.decision == Decision::Joined).count();
        wrong.hold(filler, joined, 0);
    }
    wrong.nothing();
}

/// 38: names of firms that differ in their legal form's spelling alone.
#[test]
fn firms_fold_whatever_their_form_is_called() {
    let mut wrong = Wrong::default();
    let screened = |one: &str, other: &str| ask(vec![listed(0, one, "")], other, "").outcome != Outcome::Clear;
    for (one, other) in [
        ("LVNV FUNDING, LLC", "LVNV Funding L.L.C."),
        ("ACME CORPORATION", "Acme Corp."),
        ("Midland Credit Management, Inc.", "MIDLAND CREDIT MANAGEMENT INCORPORATED"),
        ("Deutsche Bank AG", "DEUTSCHE BANK AKTIENGESELLSCHAFT"),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("Barclays Bank PLC", "Barclays Bank Public Limited Company"),
        ("北京东方科技有限公司", "北京东方科技有限责任公司"),
        ("北京东方科技（集团）有限公司", "北京东方科技集团有限公司"),
        ("无锡市甲贸易商行(个体工商户)", "无锡市甲贸易商行"),
        ("Smith & Sons Ltd", "SMITH AND SONS LIMITED"),
        ("三星電子株式会社", "三星电子株式会社"),
    ] {
        wrong.hold(format!("{one} = {other}"), screened(one, other), true);
    }
    wrong.nothing();
}
