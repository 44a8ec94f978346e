//! Keys, amounts and days as people and spreadsheets write them, and what stands in the wrong column.

use polars::prelude::DataFrame;
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, IngestReport, Mapping, ReadParams, Reason, Sources};
use wherewithal::progress::Silent;
use wherewithal::tables::SourceTables;

/// What a folder of files gave.
struct Given {
    tables: SourceTables,
    report: IngestReport,
    folder: tempfile::TempDir,
}

fn read(files: &[(&str, &str)], mapping: &str) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    std::fs::create_dir(&sources).unwrap();
    for (name, text) in files {
        std::fs::write(sources.join(name), text).unwrap();
    }
    let mapping = if mapping.is_empty() { Mapping::default() } else { Mapping::parse(mapping).unwrap() };
    let sources = Sources::new(sources, PseudonymKey::from_secret(b"test")).with_mapping(mapping);
    let (tables, report) = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap();
    Given { tables, report, folder }
}

impl Given {
    fn rows(&self, table: &str) -> DataFrame {
        self.tables.frame(table).unwrap()
    }

    fn numbers(&self, table: &str, column: &str) -> Vec<Option<i64>> {
        self.rows(table).column(column).unwrap().i64().unwrap().iter().collect()
    }

    fn texts(&self, table: &str, column: &str) -> Vec<String> {
        let rows = self.rows(table);
        let texts = rows.column(column).unwrap().str().unwrap();
        texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect()
    }

    /// The refused rows of a file: line, column, reason and what was expected.
    fn refused(&self, file: &str) -> Vec<[String; 4]> {
        let path = self.folder.path().join("out/refused").join(format!("{file}.csv"));
        let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
        let cells = |record: csv::StringRecord| [0, 1, 2, 4].map(|at| record[at].to_owned());
        reader.records().map(|record| cells(record.unwrap())).collect()
    }
}

fn party(text: &str) -> Option<i64> {
    Some(PseudonymKey::from_secret(b"test").pseudonym("party", text))
}

#[test]
fn a_damaged_number_names_nobody() {
    let given = read(
        &[(
            "deposits.csv",
            "entity_id,event_on,known_at,account,balance_fen\n\
             3.20106E+17,2018-02-01,2018-02-01,A1,1\n\
             3.20106E+17,2018-02-01,2018-02-01,A2,2\n\
             320106198706150000,2018-02-01,2018-02-01,A3,3\n\
             320106198706150217.0,2018-02-01,2018-02-01,A4,4\n\
             3201**********0217,2018-02-01,2018-02-01,A5,5\n\
             000000000,2018-02-01,2018-02-01,A6,6\n\
             无,2018-02-01,2018-02-01,A7,7\n\
             320106198706150217,2018-02-01,2018-02-01,6.222E+18,8\n\
             320106198706150217,2018-02-01,2018-02-01,A9,9\n\
             320106198706150218,2018-02-01,2018-02-01,A10,10\n",
        )],
        "",
    );
    assert_eq!(given.numbers("deposits", "entity_id"), [party("320106198706150217"), party("320106198706150218")]);
    let reasons: Vec<_> =
        given.refused("deposits.csv").into_iter().map(|[_, column, reason, _]| (column, reason)).collect();
    let expected = ["scientific", "scientific", "cut_off", "fraction", "hidden", "placeholder", "placeholder"];
    let expected = expected.map(|reason| ("entity_id", reason)).into_iter().chain([("account", "scientific")]);
    assert!(reasons.iter().map(|(column, reason)| (column.as_str(), reason.as_str())).eq(expected), "{reasons:?}");
    assert_eq!(given.report.files[0].remarks.unsound_numbers, 1, "accepted and counted");
    assert!(!serde_json::to_string(&given.report).unwrap().contains("1987"));
}

/// What can be nobody's whole number, and what is the number of two, beside a source's own keys.
#[test]
fn a_key_of_no_length_or_of_two_parties_is_refused_with_that_reason() {
    let row = |(at, key): (usize, &str)| format!("\"{key}\",2018-02-01,2018-02-01,A{at},1\n");
    let keys = [
        "320106198706150217,11010519491231002X",
        "320106198706150217/110105194912310021",
        "32010619870615021",
        "3201061987061502170",
        "0",
        "-1",
        "6222020200112233445",
        "17501234567890123",
        "320106198706150218",
        "1",
        "1787",
        "AT-0815/2",
    ];
    let lines: String = keys.into_iter().enumerate().map(row).collect();
    let given = read(&[("deposits.csv", &format!("entity_id,event_on,known_at,account,balance_fen\n{lines}"))], "");
    let reasons: Vec<_> =
        given.refused("deposits.csv").into_iter().map(|[_, _, reason, expected]| (reason, expected)).collect();
    let expected = [
        ("several_parties", "the number of one party"),
        ("several_parties", "the number of one party"),
        ("length", "all 18 and no more"),
        ("length", "all 18 and no more"),
        ("placeholder", "a number that somebody has for deposits.entity_id"),
        ("placeholder", "a number that somebody has for deposits.entity_id"),
    ];
    assert!(reasons.iter().map(|(reason, expected)| (reason.as_str(), expected.as_str())).eq(expected), "{reasons:?}");
    assert_eq!(given.numbers("deposits", "entity_id"), keys[6..].iter().map(|key| party(key)).collect::<Vec<_>>());
    assert_eq!(given.report.files[0].remarks.unsound_numbers, 3, "accepted and counted");
}

#[test]
fn dress_makes_no_other_party() {
    let number = "320106198706150217";
    let spellings = [
        "320106198706150217",
        "'320106198706150217",
        "\"=\"\"320106198706150217\"\"\"",
        "３２０１０６１９８７０６１５０２１７",
        "320106 19870615 0217",
        "\u{FEFF}320106198706150217\u{200B}",
        "320106870615021",
        "\t320106198706150217",
        "身份证320106198706150217",
        "320106198706150217（本人）",
        "\"=T(\"\"320106198706150217\"\")\"",
    ];
    let lines: String =
        spellings.iter().zip(1..).map(|(text, at)| format!("{text},2018-02-01,2018-02-01,A{at},1\n")).collect();
    let given = read(&[("deposits.csv", &format!("entity_id,event_on,known_at,account,balance_fen\n{lines}"))], "");
    assert_eq!(given.numbers("deposits", "entity_id"), vec![party(number); spellings.len()]);
}

const ASKED: &str = r#"
name = "answers"
[lookup.account_of]
file = "holders.csv"
key = "证件号码"
value = "账号"
[[source]]
file = "asked.csv"
[[source.table]]
name = "queries"
[source.table.columns]
entity_id = { from = "证件号" }
event_on = { from = "日期" }
known_at = { from = "日期" }
source = { const = "bank" }
answer = { from = "证件号", join = ["account_of"], otherwise = "found", default = "nothing_found" }
"#;

#[test]
fn a_lookup_compares_numbers_and_not_their_dress() {
    let asked = "证件号,日期\n\
                 11010519491231002X,2018-01-05\n\
                 320106198706150217,2018-01-05\n\
                 \"=\"\"320106199102030382\"\"\",2018-01-05\n\
                 440524188001010014,2018-01-05\n";
    let holders = "证件号码,账号\n\
                   11010519491231002x,1\n\
                   320106870615021,2\n\
                   '320106199102030382,3\n\
                   无,4\n\
                   4.40524E+17,5\n";
    let given = read(&[("asked.csv", asked), ("holders.csv", holders)], ASKED);
    assert_eq!(given.texts("queries", "answer"), ["found", "found", "found", "nothing_found"]);
    assert_eq!((given.report.lookups[0].keys, given.report.lookups[0].broken), (3, 2));
}

#[test]
fn one_case_in_many_spellings() {
    let spellings = [
        "（2018）苏0205执1234号",
        "(2018)苏0205执字第1234号",
        "【2018】苏0205执1234号",
        "（2018）苏0205执1234",
        "(2018)苏0205执1234-1号",
        "(2018)苏0205执1234号之一",
        "2018苏0205执1234号",
        "﹙2018﹚苏0205执1234号",
        "（2018年）苏0205执1234号",
        "( 2018 ) 苏 0205 执 1234 号",
        "（2018）苏0205执1234\u{200B}号",
        "（2018）苏0205执1234号执行裁定书",
        "（２０１８）苏０２０５执１２３４号",
        "（2018）蘇0205執1234號",
        "（2018）苏0205执1234、1235号",
        "（2018）苏0205执恢1234号",
    ];
    let lines: String = spellings.iter().map(|text| format!("\"{text}\",2018-02-01,2018-02-01,100\n")).collect();
    let given = read(&[("payments.csv", &format!("case_id,event_on,known_at,amount_fen\n{lines}"))], "");
    let cases = given.numbers("payments", "case_id");
    assert_eq!(cases.len(), spellings.len() - 1);
    assert!(cases.iter().take(14).all(|case| *case == cases[0]) && cases[14] != cases[0], "执恢 is another case");
    let [line, column, reason, expected] = &given.refused("payments.csv")[0];
    assert_eq!((line.as_str(), column.as_str(), reason.as_str()), ("16", "case_id", "several_cases"));
    assert!(expected.contains("a row for each case"), "{expected}");
}

const PAID: &str = r#"
name = "paid"
[[source]]
file = "paid.csv"
[[source.table]]
name = "payments"
[source.table.columns]
case_id = { from = "案号" }
event_on = { from = "到账" }
known_at = { from = "登记", date = ["%y%m%d", "excel_1900"] }
amount_fen = { from = "金额", unit = "yuan", capitals = true, round = true }
"#;

#[test]
fn amounts_and_days_as_written() {
    let text = "案号,到账,登记,金额\n\
                C1,2017/7/18,170718,\"1,234.50\"\n\
                C2,2017年7月18日,42934,￥1234.5元\n\
                C3,20170718,42934,0.12345万元\n\
                C4,2017-07-18T23:30:00+08:00,42934.9,壹仟贰佰叁拾肆元伍角\n\
                C5,2017-7-18,170718,1234.499999\n\
                C6,2017-07-18,170718,（1234.50）\n\
                C7,03/04/2017,170718,1\n\
                C8,2017-07-18,170718,\"1.234,50\"\n\
                C9,2017-07-18,170718,99999999999999999999\n";
    let given = read(&[("paid.csv", text)], PAID);
    assert_eq!(
        given.numbers("payments", "amount_fen"),
        [123_450; 5].into_iter().chain([-123_450]).map(Some).collect::<Vec<_>>()
    );
    let days = |column: &str| -> Vec<Option<i32>> {
        given.rows("payments").column(column).unwrap().date().unwrap().phys.iter().collect()
    };
    assert_eq!((days("event_on"), days("known_at")), (vec![Some(17_365); 6], vec![Some(17_365); 6]));
    assert_eq!(given.report.files[0].remarks.rounded_amounts, 1);
    let refused = given.refused("paid.csv");
    let reasons: Vec<_> = refused.iter().map(|[_, _, reason, _]| reason.as_str()).collect();
    assert_eq!(reasons, ["day", "money", "money"]);
    assert!(refused[0][3].contains("%d/%m/%Y") && refused[1][3].contains("decimal = \"comma\""), "{refused:?}");
    assert!(Mapping::parse(&PAID.replace("unit = \"yuan\"", "unit = \"yi_yuan\", decimal = \"comma\"")).is_ok());
    let misplaced = Mapping::parse(&PAID.replace("{ from = \"案号\" }", "{ from = \"案号\", round = true }"));
    assert!(misplaced.unwrap_err().to_string().contains("found round on a keyed pseudonym column"));
}

#[test]
fn what_is_beyond_its_column_is_refused() {
    let income = "entity_id,event_on,known_at,kind,amount_fen,months\n\
                  P1,2018-01-31,2018-02-01,wage,500000,9223372036854775807\n\
                  P1,2018-01-31,2018-02-01,wage,500000,0\n\
                  P1,2018-01-31,2018-02-01,wage,320106198706150217,1\n\
                  P1,2018-01-31,2018-02-01,wage,500000,1\n";
    let moved = "entity_id,event_on,known_at,direction,amount_fen\n\
                 P1,2018-01-31,2018-02-01,in,-1\n\
                 P1,2018-01-31,2018-02-01,in,1\n";
    let burdens = "entity_id,event_on,known_at,asset_table,asset,kind,rank\n\
                   P1,2018-01-31,2018-02-01,vehicles,V1,seizure,0\n";
    let parties = "entity_id,event_on,known_at,kind,household_persons\nP1,2018-01-31,2018-02-01,person,-3\n";
    let files = [
        ("income.csv", income, 3),
        ("bank_transactions.csv", moved, 1),
        ("encumbrances.csv", burdens, 1),
        ("parties.csv", parties, 1),
    ];
    let given = read(&files.map(|(name, text, _)| (name, text)), "");
    for (name, _, refused) in files {
        let file = given.report.file(name).unwrap();
        assert_eq!(
            file.refusals.iter().filter(|count| count.reason == Reason::Range).map(|c| c.rows).sum::<u64>(),
            refused,
            "{name}"
        );
    }
    assert!(given.refused("encumbrances.csv")[0][3].contains("1 to 1000 for encumbrances.rank"));
}

#[test]
fn texts_are_kept_without_numbers_and_names() {
    let parties = "entity_id,event_on,known_at,kind,masked_name,region\n\
                   P1,2018-01-01,2018-01-01,person,王小明,320205001001\n\
                   P2,2018-01-01,2018-01-01,person,李**,320106198706150217\n";
    let travels = "entity_id,event_on,known_at,direction,place\n\
                   P1,2018-01-01,2018-01-01,exit,曼谷（同行人320106198706150217 电话13812345678）\n";
    let given = read(&[("parties.csv", parties), ("exit_entry.csv", travels)], "");
    assert_eq!(given.texts("parties", "masked_name"), ["王**", "李**"]);
    assert_eq!(given.texts("parties", "region"), ["320205001001", "3201**********0217"]);
    assert_eq!(given.texts("exit_entry", "place"), ["曼谷（同行人3201**********0217 电话*********78）"]);
    let masked: Vec<_> = given.report.files.iter().map(|file| file.remarks.masked_cells).collect();
    assert_eq!(masked, [1, 2]);
    let words: Vec<_> = given.report.files[1].remarks.in_words().collect();
    assert_eq!(words, ["2 cells masked"]);
}

#[test]
fn no_message_repeats_a_number() {
    let header = "320106198706150217,2018-02-01\n1,2\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("deposits.csv"), header).unwrap();
    let sources = Sources::new(folder.path(), PseudonymKey::from_secret(b"test"));
    let error = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap_err();
    assert!(!error.to_string().contains("19870615") && !format!("{error:?}").contains("19870615"), "{error}");
}
