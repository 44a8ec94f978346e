//! Ingest from outside: real folders, hostile rows, and the laws that hold for every file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, IngestReport, Mapping, ReadParams, Reason, Sources};
use wherewithal::progress::Silent;
use wherewithal::simulate::{self, SimulateParams};
use wherewithal::tables::SourceTables;

pub(crate) fn key() -> PseudonymKey {
    PseudonymKey::from_secret(b"test")
}

fn manifest(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn skipped(folder: &Path) {
    println!("skipped: {} is not there", folder.display());
}

/// The real data of that name, or a word that the test skips.
fn real(name: &str) -> Option<PathBuf> {
    let folder = manifest("../shared/data").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    skipped(&folder);
    None
}

/// A folder with these files, and a folder to write to.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.path().join("in").join(name), bytes).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn read(&self, mapping: Mapping) -> wherewithal::Result<(SourceTables, IngestReport)> {
        self.read_with(mapping, |params| params)
    }

    pub(crate) fn read_with(
        &self,
        mapping: Mapping,
        params: impl Fn(ReadParams) -> ReadParams,
    ) -> wherewithal::Result<(SourceTables, IngestReport)> {
        let sources = Sources::new(self.folder.path().join("in"), key()).with_mapping(mapping);
        ingest::read(&sources, &params(ReadParams::new(self.folder.path().join("out"))), &Silent)
    }

    pub(crate) fn refused(&self, file: &str) -> Vec<Vec<String>> {
        let path = self.folder.path().join("out/refused").join(format!("{file}.csv"));
        let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

pub(crate) fn rows(tables: &SourceTables, table: &str) -> DataFrame {
    tables.frame(table).unwrap()
}

fn counts(report: &IngestReport) -> BTreeMap<&str, (u64, u64, u64)> {
    let counts = |file: &ingest::FileReport| (file.rows_read, file.rows_accepted, file.rows_refused);
    report.files.iter().map(|file| (file.file.as_str(), counts(file))).collect()
}

pub(crate) fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    frame.column(column).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

pub(crate) fn numbers(frame: &DataFrame, column: &str) -> Vec<Option<i64>> {
    frame.column(column).unwrap().i64().unwrap().iter().collect()
}

#[test]
fn berka_as_it_lies_there() {
    let Some(folder) = real("pkdd99_berka") else { return };
    let mapping = Mapping::load(manifest("data/mappings/berka.toml")).unwrap();
    assert_eq!(mapping.cohort.get("offset_days").and_then(toml::Value::as_integer), Some(-1));
    let out = tempfile::tempdir().unwrap();
    let sources = Sources::new(folder, key()).with_mapping(mapping);
    let (tables, report) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();

    let trans = "trans_first_3MiB_TRUNCATED.asc.gz";
    let expected = [
        ("account.asc", (4_500, 4_500, 0)),
        ("card.asc", (892, 892, 0)),
        ("disp.asc", (5_369, 5_369, 0)),
        ("loan.asc", (682, 682, 0)),
        (trans, (49_103, 49_102, 1)),
    ];
    assert_eq!(counts(&report), BTreeMap::from(expected));
    let refusals = &report.file(trans).unwrap().refusals;
    assert_eq!((refusals.len(), refusals[0].reason, refusals[0].first_line), (1, Reason::Quote, 49_104));
    let refused = std::fs::read_to_string(out.path().join("refused").join(format!("{trans}.csv"))).unwrap();
    assert!(refused.contains("\"3526882;11021;940331;\"\"PRIJE\""), "{refused}");
    assert_eq!(report.ignored.len(), 2);
    assert!(report.unread.is_empty() && report.absent.is_empty());
    let unused: Vec<_> = report.files.iter().flat_map(|file| &file.unused_columns).collect();
    assert!(unused.is_empty(), "{unused:?}");

    let cases = rows(&tables, "cases");
    assert_eq!(cases.height(), 682);
    let first = cases.slice(0, 1);
    assert_eq!(numbers(&first, "case_id"), [Some(key().pseudonym("case", "5314"))]);
    assert_eq!(numbers(&first, "claim_fen"), [Some(9_639_600)]);
    assert_eq!(numbers(&first, "instalment_fen"), [Some(803_300)]);
    let known = first.column("known_at").unwrap().date().unwrap().phys.get(0);
    assert_eq!(known, Some(Day::new(1993, 7, 4).unwrap().number()), "known the day before the decision");
    let performed = texts(&rows(&tables, "closings"), "performance");
    assert_eq!(performed.iter().filter(|p| p.as_deref() == Some("none")).count(), 76);
    assert_eq!(rows(&tables, "relations").height(), 869);
    assert_eq!(rows(&tables, "deposits").height(), 5_392);
    let answers = texts(&rows(&tables, "queries"), "answer");
    assert_eq!((answers.len(), answers.iter().filter(|a| a.as_deref() == Some("found")).count()), (682, 145));

    let moved = rows(&tables, "bank_transactions");
    assert_eq!(moved.height(), 49_102);
    let kinds = texts(&moved, "kind");
    let count = |kind: &str| kinds.iter().filter(|k| k.as_deref() == Some(kind)).count();
    assert_eq!((count("interest"), count("penalty_interest"), count("loan"), count("card")), (9_463, 64, 123, 12));
}

#[test]
fn sme_as_it_lies_there() {
    let Some(folder) = real("sme_invoices") else { return };
    let mapping = Mapping::load(manifest("data/mappings/sme.toml")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let sources = Sources::new(folder, key()).with_mapping(mapping);
    let (tables, report) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
    let expected = [
        ("companies.csv", (123, 123, 0)),
        ("invoices_in.csv.gz", (210_947, 210_947, 0)),
        ("invoices_out.csv.gz", (162_484, 162_484, 0)),
    ];
    assert_eq!(counts(&report), BTreeMap::from(expected));
    let ignored = &report.file("companies.csv").unwrap().ignored_columns;
    assert!(ignored[0].reason.starts_with("leak"));
    assert!(report.files.iter().all(|file| file.unused_columns.is_empty()), "{report:#?}");
    let invoices = rows(&tables, "invoices");
    assert_eq!(invoices.height(), 373_431);
    let void = texts(&invoices, "state").iter().filter(|state| state.as_deref() == Some("void")).count();
    assert_eq!(void, 7_608 + 47 + 11_159, "trimmed ones too");
    assert_eq!(numbers(&invoices.slice(0, 1), "net_fen"), [Some(-94_340)]);
    let performed = texts(&rows(&tables, "closings"), "performance");
    assert_eq!(performed.iter().filter(|p| p.as_deref() == Some("none")).count(), 27);
}

#[test]
fn the_same_rows_in_every_format_make_the_same_table() {
    let text = "case_id,event_on,known_at,amount_fen,manner\n\
                （2017）苏0205执1号,2017-07-03,2017-07-04,250000,auction\n\
                C-2,2017-07-05,2017-07-06,-7,\n";
    let lines = "{\"case_id\":\"(2017)苏0205执1号\",\"event_on\":\"2017-07-03\",\"known_at\":\"2017-07-04\",\
                 \"amount_fen\":250000,\"manner\":\"auction\"}\n\n\
                 {\"case_id\":\"C-2\",\"event_on\":\"2017-07-05\",\"known_at\":\"2017-07-06\",\"amount_fen\":-7}\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let days = |days: [&str; 2]| {
        let days = days.map(|day| Day::parse(day).unwrap().number());
        Series::new("".into(), days).cast(&DataType::Date).unwrap()
    };
    let mut frame = DataFrame::new(
        2,
        vec![
            Column::new("case_id".into(), ["（2017）苏0205执1号", "C-2"]),
            days(["2017-07-03", "2017-07-05"]).with_name("event_on".into()).into(),
            days(["2017-07-04", "2017-07-06"]).with_name("known_at".into()).into(),
            Column::new("amount_fen".into(), [250_000i32, -7]),
            Column::new("manner".into(), [Some("auction"), None]),
        ],
    )
    .unwrap();
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();

    let expected = {
        let desk = Desk::new(&[("payments.csv", text.as_bytes())]);
        let (tables, _) = desk.read(Mapping::default()).unwrap();
        rows(&tables, "payments").drop("record_id").unwrap()
    };
    assert_eq!(expected.height(), 2);
    for (name, bytes) in [
        ("payments.csv", &*gbk),
        ("payments.csv.gz", &packed),
        ("payments.ndjson", lines.as_bytes()),
        ("payments.parquet", &parquet),
    ] {
        let desk = Desk::new(&[(name, bytes)]);
        let (tables, report) = desk.read(Mapping::default()).unwrap();
        let found = rows(&tables, "payments").drop("record_id").unwrap();
        assert!(found.equals_missing(&expected), "{name}: {found} {report:?}");
    }
}

const BANK: &str = r#"
name = "bank"
[[source]]
file = "answers*.csv"
null = ["!@#$$$^YUNSUN*"]

[[source.table]]
name = "queries"
[source.table.columns]
entity_id = { from = "证件号码" }
event_on = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
known_at = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
source = { const = "bank" }
answer = { from = "账号", codes = { "查无开户信息" = "nothing_found" }, otherwise = "found", default = "no_answer" }

[[source.table]]
name = "deposits"
unless = { "账号" = ["", "查无开户信息"] }
[source.table.columns]
entity_id = { from = "证件号码" }
event_on = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
known_at = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
account = { from = "账号" }
balance_fen = { from = "余额", unit = "wan_yuan" }

[[source.table]]
name = "parties"
[source.table.columns]
entity_id = { from = "证件号码" }
event_on = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
known_at = { from = "反馈", date = ["%Y%m%d", "%Y-%m-%d"] }
kind = { const = "person" }
masked_name = { from = "姓名", derive = "masked_name" }
masked_number = { from = "证件号码", derive = "masked_number" }
number_state = { from = "证件号码", derive = "number_state" }
"#;

#[test]
fn a_sentinel_is_an_answer_and_a_missing_clock_a_refusal() {
    let text = "姓名,证件号码,账号,余额,反馈,备注\n\
                王小明,11010519491231002X,6222 01,1.25,20170901,\n\
                王小明,110105194912310021,查无开户信息,,20170901,\n\
                李四,110105491231002,!@#$$$^YUNSUN*,,2017-09-02,\n\
                李四,110105491231002,6222 02,100,,\n";
    let desk = Desk::new(&[("answers.csv", text.as_bytes()), ("notes.txt", b"x")]);
    let (tables, report) = desk.read(Mapping::parse(BANK).unwrap()).unwrap();
    let queries = rows(&tables, "queries");
    let answers: Vec<_> = texts(&queries, "answer").into_iter().flatten().collect();
    assert_eq!(answers, ["found", "nothing_found", "no_answer"]);
    let entities = numbers(&queries, "entity_id");
    assert_eq!(entities[0], entities[2], "fifteen digits are eighteen");
    let deposits = rows(&tables, "deposits");
    assert_eq!(numbers(&deposits, "balance_fen"), [Some(1_250_000)]);
    let parties = rows(&tables, "parties");
    assert_eq!(texts(&parties, "masked_name")[0].as_deref(), Some("王**"));
    assert_eq!(texts(&parties, "masked_number")[2].as_deref(), Some("1101**********002X"));
    let states: Vec<_> = texts(&parties, "number_state").into_iter().flatten().collect();
    assert_eq!(states, ["valid", "damaged", "valid"]);
    assert_eq!(numbers(&parties, "record_id"), [2, 3, 4].map(|line| Some((1 << 40) + line)));

    assert_eq!(report.unread, ["notes.txt"]);
    assert_eq!(report.files[0].unused_columns, ["备注"]);
    let refused = desk.refused("answers.csv");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0][..3], ["5", "反馈", "missing"]);
    assert_eq!(refused[0][6], "李四,110105491231002,6222 02,100,,");
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("1101054912") && !json.contains("6222"));
    assert_eq!(serde_json::from_str::<IngestReport>(&json).unwrap(), report);
}

#[test]
fn errors_name_what_is_missing_all_at_once() {
    let desk = Desk::new(&[("answers.csv", "姓名,账号\n".as_bytes())]);
    let error = desk.read(Mapping::parse(BANK).unwrap()).unwrap_err().to_string();
    assert!(
        error.contains("answers.csv")
            && ["also 余额 (the mapping, line ", "反馈 (", "证件号码 ("].iter().all(|part| error.contains(part)),
        "{error}"
    );

    let wrong = "[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'payments'\n[source.table.columns]\n\
                 case_id = { from = 'a', join = ['nobody'] }\nknown_at = { from = 'b', date = '%Q' }\n\
                 amount_fen = { from = 'c' }\nmanner = { const = 'gift' }\nsex = { from = 'd' }\n";
    let error = Mapping::parse(wrong).unwrap_err().to_string();
    for part in ["6 problems", "event_on", "nobody", "%Q", "no unit", "gift", "line 10: a.csv → payments.sex"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(Mapping::parse("nmae = 'x'").unwrap_err().to_string().contains("nmae"));
    assert!(Mapping::parse("format_version = 2").unwrap_err().to_string().contains("format version 2"));
}

#[test]
fn settings_and_mappings_survive_being_written_down() {
    for name in ["berka", "sme"] {
        let mapping = Mapping::load(manifest(&format!("data/mappings/{name}.toml"))).unwrap();
        assert_eq!(Mapping::parse(&mapping.to_toml().unwrap()).unwrap(), mapping);
        let json = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
    }
    let params = ReadParams::new("x").block_bytes(7);
    assert_eq!(serde_json::from_str::<ReadParams>(&serde_json::to_string(&params).unwrap()).unwrap(), params);
    assert!(Desk::new(&[]).read_with(Mapping::default(), |p| p.group_rows(0)).is_err());
}

#[test]
fn a_simulated_district_is_read_whole_from_either_format() {
    let params = SimulateParams::district().cases(150);
    let mut tables = Vec::new();
    for format in [simulate::Format::Csv, simulate::Format::Parquet] {
        let desk = Desk::new(&[]);
        params.write(&desk.folder.path().join("in"), format, &Silent).unwrap();
        let (found, report) = desk.read(Mapping::default()).unwrap();
        for file in &report.files {
            assert_eq!((file.rows_refused, file.unused_columns.len()), (0, 0), "{file:#?}");
        }
        let names: Vec<_> = found.names().collect();
        let frames = names.iter().map(|name| rows(&found, name).drop("record_id").unwrap());
        tables.push((names.clone(), frames.collect::<Vec<_>>()));
    }
    assert!(tables[0].0.len() > 15, "{:?}", tables[0].0);
    for (csv, parquet) in tables[0].1.iter().zip(&tables[1].1) {
        assert!(csv.equals_missing(parquet), "{csv}\n{parquet}");
    }
}

#[test]
fn threads_change_nothing() {
    let mut text = String::from("case_id,event_on,known_at,amount_fen,manner\n");
    for n in 0..5_000 {
        let day = n % 31;
        text.push_str(&format!("C{n},2017-06-{day:02},2017-06-{day:02},{n},\n"));
    }
    let desk = Desk::new(&[("payments.csv", text.as_bytes())]);
    let mut found = Vec::new();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let read = || desk.read_with(Mapping::default(), |params| params.block_bytes(1_000).group_rows(700)).unwrap();
        let (tables, report) = pool.install(read);
        found.push((report, desk.refused("payments.csv"), rows(&tables, "payments")));
    }
    assert!(found[0].2.equals_missing(&found[1].2), "the same bits");
    assert!((&found[0].0, &found[0].1) == (&found[1].0, &found[1].1), "and the same refusals");
    assert_eq!(found[0].0.files[0].rows_refused, 5_000u64.div_ceil(31), "there is no 31 June and no day 0");
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let good = (0u32..50, 1u32..29, "[a-z\u{4e00}-\u{4e10}]{0,5}")
        .prop_map(|(case, day, text)| format!("{case},2017-07-{day:02},2017-07-{day:02},{case}00,\"{text}\",auction"));
    prop_oneof![
        6 => good.prop_map(String::into_bytes),
        1 => "[0-9a-z,\"\r -]{0,30}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
        1 => Just(b"1,2017-07-01,2017-07-01,5,\"two\nlines\",".to_vec()),
        1 => Just(b"1,2017-02-30,2017-07-01,5,x,".to_vec()),
        1 => Just("2,2017-07-01,2017-07-01,1.5,\"open,".as_bytes().to_vec()),
    ]
}

proptest! {
    /// Law 2, and the independence from blocks: read = accepted + left out + refused, whatever stands in the file and
    /// wherever it is cut; refused rows are kept; accepted rows are where the report says.
    #[test]
    fn rows_are_conserved(lines in proptest::collection::vec(line(), 0..40), size in 1usize..200) {
        let mut bytes = b"case_id,event_on,known_at,amount_fen,remark,manner\n".to_vec();
        bytes.extend(lines.join(&b'\n'));
        let desk = Desk::new(&[("payments.csv", &bytes)]);
        let (tables, report) = desk.read(Mapping::default()).unwrap();
        let file = &report.files[0];
        prop_assert_eq!(file.rows_read, file.rows_accepted + file.rows_refused);
        prop_assert_eq!(file.refusals.iter().map(|count| count.rows).sum::<u64>(), file.rows_refused);
        prop_assert_eq!(desk.refused("payments.csv").len() as u64, file.rows_refused);
        let whole = rows(&tables, "payments");
        prop_assert_eq!(whole.height() as u64, file.rows_accepted);

        let (tables, again) = desk.read_with(Mapping::default(), |params| params.block_bytes(size)).unwrap();
        prop_assert!(rows(&tables, "payments").equals_missing(&whole));
        prop_assert_eq!(again, report);
    }
}
