//! Identifiers, names, telephones and accounts are planted wherever something can stand, and looked for in everything
//! that comes out: only the folder of refused rows may hold them.

use std::fs;
use std::path::Path;

use polars::prelude::*;
use wherewithal::domain::Day;
use wherewithal::ingest::{self, Mapping, ReadParams, Sources};
use wherewithal::linkage::{LinkageParams, Records};
use wherewithal::pipeline::{self, AssessParams, ModelSource};
use wherewithal::progress::Silent;
use wherewithal::report;
use wherewithal::schema::{self, ColumnKind, TABLES, Table};
use wherewithal::screening::{
    Activities, Change, DefaulterList, ListForm, ListKey, Screener, ScreeningParams, read_applications, read_list,
    screen,
};
use wherewithal::sentence::Sentence;
use wherewithal::store::{Store, StoreParams};
use wherewithal::tabular::{TableParams, WrittenTable};

use crate::ingest::key;
use crate::pipeline::{as_of, district};

/// A resident number, a name, a telephone and an account.
const PLANTED: [&str; 4] = ["320106198706150217", "欧阳建国", "13812345678", "6222021234567890123"];
/// The case that the debtor planted everywhere has.
const CASE: &str = "（2018）苏0205执1234号";

/// A value that a column takes.
fn usual(table: &Table, column: &str, kind: ColumnKind) -> String {
    match (column, kind) {
        ("known_at" | "event_on", _) => "2018-02-01".to_owned(),
        ("relation" | "asset_table", ColumnKind::Code(codes)) => codes[0].to_owned(),
        ("name", ColumnKind::Text) => "区域".to_owned(),
        ("masked_name" | "masked_number", _) => String::new(),
        // A closing of the only case would leave nobody to assess.
        ("manner", ColumnKind::Code(codes)) if codes.contains(&schema::OBSERVED) => schema::OBSERVED.to_owned(),
        (_, ColumnKind::Code(codes)) => codes[0].to_owned(),
        (_, ColumnKind::Party) => PLANTED[0].to_owned(),
        (_, ColumnKind::Case) => CASE.to_owned(),
        (_, ColumnKind::Item) => PLANTED[3].to_owned(),
        (_, ColumnKind::Flag) => "true".to_owned(),
        (_, ColumnKind::Day) => "2018-01-15".to_owned(),
        (_, ColumnKind::Money) => "100000".to_owned(),
        (_, ColumnKind::Share) => "0.5".to_owned(),
        (_, ColumnKind::Integer | ColumnKind::Number) => table.column(column).unwrap().range.least.max(1).to_string(),
        (_, ColumnKind::Text | ColumnKind::Record) => "某处".to_owned(),
    }
}

/// A row as it should be, and rows with each planted value in each column in turn.
fn planted(table: &Table) -> String {
    let columns: Vec<_> = table.columns().filter(|column| column.name != "record_id").collect();
    let usual: Vec<_> = columns.iter().map(|column| usual(table, column.name, column.kind)).collect();
    let mut text: String = columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\n";
    text += &(usual.join(",") + "\n");
    for (at, column) in columns.iter().enumerate() {
        let is_money = matches!(column.kind, ColumnKind::Money);
        for value in PLANTED.iter().copied().chain(["欧阳建国 电话13812345678 账号6222021234567890123"]) {
            // Eleven digits in a column of fen are an amount, and a reason cites it.
            if is_money && value == PLANTED[2] {
                continue;
            }
            let mut row = usual.clone();
            row[at] = value.to_owned();
            text += &(row.join(",") + "\n");
        }
    }
    text + &format!("{},too many\n\"{}\n", usual.join(","), PLANTED.join(" "))
}

/// Sources with something planted in each column of each table, in names of files, in headers, keys and lines.
fn write_sources(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for table in TABLES {
        fs::write(folder.join(format!("{}.csv", table.name)), planted(table)).unwrap();
    }
    for (at, value) in PLANTED.iter().enumerate() {
        fs::write(folder.join(format!("{value}.csv")), "a,b\n1,2\n").unwrap();
        fs::write(folder.join(format!("{value}流水_{at}.xlsx")), "no workbook").unwrap();
    }
}

/// What must not come out.
fn found_in(text: &str) -> Option<&'static str> {
    PLANTED.into_iter().find(|value| text.contains(value))
}

/// Everything that was said, and everything below a folder that does not stand under `refused`.
#[derive(Default)]
struct Heard {
    leaks: Vec<String>,
    messages: usize,
}

impl Heard {
    fn said(&mut self, what: &str, text: &str) {
        self.messages += 1;
        if let Some(value) = found_in(text) {
            let at = text.find(value).unwrap();
            let from = text[..at].char_indices().rev().nth(60).map_or(0, |(from, _)| from);
            self.leaks.push(format!("{what}: …{}", text[from..].chars().take(140).collect::<String>()));
        }
    }

    fn failed<T: std::fmt::Debug>(
        &mut self,
        what: &str,
        result: Result<T, impl std::fmt::Debug + std::fmt::Display>,
    ) -> Option<T> {
        match result {
            Ok(given) => {
                self.said(what, &format!("{given:?}"));
                Some(given)
            }
            Err(error) => {
                self.said(what, &format!("{error} {error:?}"));
                None
            }
        }
    }

    fn folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("refused") {
                continue;
            }
            self.said("name of a file", &path.display().to_string());
            if path.is_dir() {
                self.folder(&path);
                continue;
            }
            let what = path.strip_prefix(folder).unwrap().display().to_string();
            let bytes = fs::read(&path).unwrap();
            self.said(&what, &String::from_utf8_lossy(&bytes));
            if bytes.starts_with(b"PAR1") {
                let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap();
                for column in frame.columns().iter().filter(|column| column.dtype() == &DataType::String) {
                    for text in column.str().unwrap().iter().flatten() {
                        self.said(&format!("{what}, column {}", column.name()), text);
                    }
                }
            }
        }
    }

    fn nothing(self) {
        assert!(self.messages > 40, "{}", self.messages);
        assert!(self.leaks.is_empty(), "{} leaks:\n{}", self.leaks.len(), self.leaks.join("\n"));
    }
}

#[test]
fn a_run_over_planted_sources_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
    write_sources(&sources);
    let model = folder.path().join("model.json");
    fs::write(&model, district().model.to_json().unwrap()).unwrap();
    let params = AssessParams::new(as_of(), &out, ModelSource::File(model)).sources(&sources).csv(true).watch(true);
    let mut heard = Heard::default();
    let assessment = pipeline::assess(&params, &Silent).unwrap();
    let report = &assessment.intake.as_ref().unwrap().report;
    // The workbooks that are none are named as lost, by masked names.
    let (lost, read): (Vec<_>, Vec<_>) = report.files.iter().partition(|file| file.damage.is_some());
    assert_eq!((lost.len(), read.len()), (PLANTED.len(), TABLES.len()), "{report:?}");
    assert!(read.iter().all(|file| file.rows_accepted > 0), "{report:?}");
    assert!(assessment.run.debtors[0] > 0 && !assessment.profiles.is_empty());
    heard.said("assessment", &format!("{assessment:?}"));
    heard.said("lost", &format!("{:?} {:?}", report.lost(), report.misread()));
    for language in [wherewithal::domain::Language::Zh, wherewithal::domain::Language::En] {
        heard.said("ranking", &report::ranking(&assessment.profiles, language, "CNY"));
        for profile in &assessment.profiles {
            heard.said("portrait", &report::portrait(profile, language));
        }
    }
    let store = out.join("store");
    heard.failed("fold", Store::fold(&store, &StoreParams::default(), &Silent));
    heard.folder(&out);
    // What was refused is where it belongs.
    let refused: String = walk(&store.join("refused")).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(PLANTED.iter().all(|value| refused.contains(value)));
    heard.nothing();
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn no_error_of_reading_tells_what_stands_there() {
    let mut heard = Heard::default();
    let mapping = |file: &str, more: &str| {
        Mapping::parse(&format!(
            "[[source]]\nfile = '{file}'\n{more}[[source.table]]\nname = 'deposits'\n[source.table.columns]\nentity_id = {{ from = '证件' }}\n\
             event_on = {{ from = '日期' }}\nknown_at = {{ from = '日期' }}\naccount = {{ from = '账号' }}\n"
        ))
    };
    let all = PLANTED.join(",");
    let files: [(&str, String); 11] = [
        ("deposits.csv", format!("{all}\n{all}\n")),
        ("deposits.csv", format!("欧阳建国,司马光明,无锡\n{all}\n")),
        ("deposits.csv", format!("欧阳建国:x:0:0:root\n{all}\n")),
        ("deposits.csv", format!("entity_id,event_on,known_at,\"{all}\n{all}\n")),
        ("deposits.csv", format!("{all},entity_id,entity_id,event_on,known_at,account,{all}\n")),
        ("deposits.csv", "\u{FEFF}".to_owned() + &all),
        ("deposits.csv", format!("{all}\r{all}\r")),
        ("deposits.csv.gz", all.clone()),
        ("deposits.parquet", all.clone()),
        ("deposits.xlsx", all.clone()),
        ("欧阳建国13812345678.csv", format!("{all}\n")),
    ];
    for (name, text) in &files {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("in");
        fs::create_dir(&source).unwrap();
        fs::write(source.join(name), text).unwrap();
        let sources = Sources::new(&source, key());
        let read = |sources: &Sources| ingest::read(sources, &ReadParams::new(folder.path().join("out")), &Silent);
        heard.failed(name, read(&sources));
        for more in
            ["", "form = { delimiter = ';' }\n", "form = { format = 'ndjson' }\n", "form = { format = 'parquet' }\n"]
        {
            heard.failed(name, mapping(name, more).and_then(|mapping| read(&sources.clone().with_mapping(mapping))));
        }
        heard.failed(name, sources.ingest_into(&folder.path().join("store"), &StoreParams::default(), &Silent));
        for params in [
            TableParams::default(),
            TableParams::default().header(Some(vec!["a".into(); 9])),
            TableParams::default().sheet(Some("欧阳建国".into())),
        ] {
            if let Some(table) = heard.failed(name, WrittenTable::read(&source.join(name), &params)) {
                heard.said("notes", &Sentence::list(table.notes.clone(), "; ").to_string());
                heard.failed(name, table.column("欧阳建国"));
                for column in table.columns() {
                    heard.failed("moments", column.moments(None, &params));
                }
            }
        }
    }
    // Lines of NDJSON: a key, a value and text that are no object.
    let folder = tempfile::tempdir().unwrap();
    let lines = format!(
        "{{\"{0}\": 1, \"{1}\": {{\"{2}\": 3}}, \"证件\": \"{0}\", \"日期\": \"{2}\", \"账号\": [\"{3}\"]}}\n{0} {1}\n",
        PLANTED[0], PLANTED[1], PLANTED[2], PLANTED[3]
    );
    fs::write(folder.path().join("a.ndjson"), lines).unwrap();
    let sources = Sources::new(folder.path(), key()).with_mapping(mapping("a.ndjson", "").unwrap());
    let read = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap();
    heard.said("ndjson", &serde_json::to_string(&read.1).unwrap());
    heard.failed("ndjson", WrittenTable::read(&folder.path().join("a.ndjson"), &TableParams::default()));
    // A link to something else.
    #[cfg(unix)]
    {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("other"), format!("{all}\n欧阳建国:x:0\n")).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("other"), folder.path().join("in/deposits.csv")).unwrap();
        heard.failed(
            "link",
            ingest::read(
                &Sources::new(folder.path().join("in"), key()),
                &ReadParams::new(folder.path().join("out")),
                &Silent,
            ),
        );
    }
    heard.nothing();
}

#[test]
fn screening_and_linkage_tell_nothing_in_messages() {
    let mut heard = Heard::default();
    let [number, name, phone, account] = PLANTED;
    let record = |fields: &str| {
        format!(
            "{{\"id\": \"1\", \"iname\": \"{name}\", \"cardNum\": \"{number}\", \"caseCode\": \"{CASE}\", \"publishDate\": \"2024-12-10\", \"partyTypeName\": \"自然人\"{fields}}}"
        )
    };
    for line in [
        record(""),
        record(&format!(", \"age\": \"{phone}\", \"{name}\": \"{account}\"")),
        record(&format!(", \"publishDate\": \"{name} {phone}\"")),
        record(&format!(", \"removedDate\": \"{account}\"")).replace(CASE, phone),
        record("").replace("自然人", name),
        record("").replace("2024-12-10", number),
        format!("{number} {name}"),
        format!("[\"{number}\", \"{name}\"]"),
        format!("{{\"{number}\": \"{name}\"}}"),
        format!("iname,cardNum,{phone}\n{name},{number},{account}\n"),
        format!("{name},{number}\n{name},{number}\n"),
    ] {
        for form in
            [ListForm::default(), ListForm { case_numbers: false, listed_on: Some(as_of()), ..ListForm::default() }]
        {
            if let Some(list) = heard.failed("list", read_list(line.as_bytes(), &form)) {
                heard.said("refused", &format!("{:?} {:?}", list.refused, list.unused_columns));
            }
        }
        for (_, asked) in
            heard.failed("applications", read_applications(line.as_bytes(), Some(as_of()))).unwrap_or_default()
        {
            heard.failed("application", asked);
        }
        heard.failed("change", serde_json::from_str::<Change>(&line).map_err(|_| "no change"));
    }
    let form =
        ListForm { case_numbers: false, listed_on: Some(Day::parse("2024-01-01").unwrap()), ..ListForm::default() };
    let list = read_list(record("").as_bytes(), &form).unwrap();
    let list = DefaulterList::build(&list.entries, ListKey::from_secret(b"k"), as_of()).unwrap();
    let screener = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    heard.said("screener", &format!("{screener:?}"));
    for (identifiers, activity) in [(number, "loan"), (phone, name), ("3.2E+17", account)] {
        let asked = serde_json::json!({ "application_id": "a", "name": name, "identifiers": [identifiers], "activity": activity, "on": "2026-01-06" });
        let application = serde_json::from_value(asked).unwrap();
        if let Some(answer) = heard.failed("answer", screen(&screener, &application)) {
            heard.said("answer", &serde_json::to_string(&answer).unwrap().replace(name, ""));
        }
    }
    let mut records = Records::new(["name", "phone"]);
    heard.failed("record", records.push("a", [name, phone, account]));
    records.push("a", [name, phone]).unwrap();
    heard.said("records", &format!("{records:?}"));
    heard.failed("settings", LinkageParams::from_toml(&format!("columns = '{number}'\n[[x]]\ny = '{name}'\n")));
    heard.failed("day", Day::parse(number));
    heard.failed("party", wherewithal::domain::PartyKey::parse(phone));
    heard.failed("number", wherewithal::domain::Identifier::parse(account));
    heard.failed("case", wherewithal::domain::CaseNumber::parse(&format!("{name} {number}")));
    heard.nothing();
}
