//! What a mapping can say beyond where columns stand: computed columns, further attributes, which cases are samples;
//! and what it is told when it is wrong.

use std::path::Path;

use polars::prelude::*;
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::features::{self, FeatureCatalog, FeatureColumn};
use wherewithal::ingest::{self, IngestReport, Mapping, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

/// Reads one file of this name by a mapping.
fn read(mapping: &str, files: &[(&str, &str)]) -> wherewithal::Result<(SourceTables, IngestReport)> {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    std::fs::create_dir(&sources).unwrap();
    for (name, text) in files {
        std::fs::write(sources.join(name), text).unwrap();
    }
    let sources = Sources::new(sources, PseudonymKey::from_secret(b"test")).with_mapping(Mapping::parse(mapping)?);
    let (tables, report) = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent)?;
    let held = report
        .rows_by_table
        .keys()
        .try_fold(SourceTables::new(), |held, name| held.with_frame(name, tables.frame(name).unwrap()));
    Ok((held?, report))
}

const LOANS: &str = r#"
name = "loans"

[[source]]
file = "loans.csv"

[source.computed]
days_late = { op = "days", of = ["due", "paid"], date = "%m/%d/%Y" }
is_late = { op = "more", of = ["days_late", 0] }
owed = { op = "sum", of = ["principal", "interest"], unit = "yuan" }
open = { op = "difference", of = ["owed", "back"], unit = "yuan" }
part_back = { op = "ratio", of = ["back", "owed"], unit = "yuan" }
is_large = { op = "at_least", of = ["owed", 2000], unit = "yuan" }
is_new = { op = "at_least", of = ["made", 2017-06-01], date = "%m/%d/%Y" }

[[source.table]]
name = "cases"
[source.table.columns]
case_id = { from = "loan" }
event_on = { from = "made", date = "%m/%d/%Y" }
known_at = { from = "made", date = "%m/%d/%Y" }
claim_fen = { from = "open", unit = "fen" }
term_days = { from = "term" }
is_secured = { from = "is_large" }
cause = { from = "is_new", codes = { true = "loan", false = "other" } }

[source.table.extra.number]
part_back = { from = "part_back" }
days_late = { from = "days_late" }
[source.table.extra.text]
grade = { from = "grade" }
[source.table.extra.flag]
late = { from = "is_late" }
[source.table.extra.money]
owed = { from = "owed", unit = "fen" }

[[source.table]]
name = "case_parties"
[source.table.columns]
case_id = { from = "loan" }
event_on = { from = "made", date = "%m/%d/%Y" }
known_at = { from = "made", date = "%m/%d/%Y" }
entity_id = { from = "who" }
role = { const = "debtor" }
"#;

const ROWS: &str = "loan,who,made,due,paid,principal,interest,back,term,grade\n\
                    1,p,1/2/2017,2/1/2017,2/11/2017,1000.50,99.50,550,30,A\n\
                    2,q,7/2/2017,8/1/2017,7/31/2017,2000,0.01,0,30,\n\
                    3,r,7/2/2017,8/1/2017,,5,,0,30,B\n";

fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).unwrap().cast(&DataType::String).unwrap();
    column.str().unwrap().iter().map(|text| text.unwrap_or("-").to_owned()).collect()
}

#[test]
fn columns_are_computed_from_columns() {
    let (tables, report) = read(LOANS, &[("loans.csv", ROWS)]).unwrap();
    assert_eq!((report.files[0].rows_accepted, report.files[0].unused_columns.len()), (3, 0), "{report:?}");
    let cases = tables.frame("cases").unwrap();
    assert_eq!(texts(&cases, "claim_fen"), ["55000", "200001", "-"], "unknown is not zero");
    assert_eq!(texts(&cases, "is_secured"), ["false", "true", "-"]);
    assert_eq!(texts(&cases, "cause"), ["other", "loan", "loan"]);
    assert_eq!(texts(&cases, "term_days"), ["30", "30", "30"]);
    let extras = tables.frame("case_extras").unwrap();
    let named = |name: &str, column: &str| -> Vec<String> {
        let all = texts(&extras, "name").into_iter().zip(texts(&extras, column));
        all.filter(|(other, _)| other == name).map(|(_, value)| value).collect()
    };
    assert_eq!(named("days_late", "number"), ["10.0", "-1.0", "-"]);
    assert_eq!(named("part_back", "number"), ["0.5", "0.0", "-"]);
    assert_eq!(named("late", "is_true"), ["true", "false", "-"]);
    assert_eq!(named("owed", "value_fen"), ["110000", "200001", "-"]);
    assert_eq!(named("grade", "text"), ["A", "-", "B"]);
}

#[test]
fn an_operand_that_cannot_be_read_refuses_its_row() {
    let (_, report) = read(LOANS, &[("loans.csv", &ROWS.replace("1000.50", "lots"))]).unwrap();
    let file = &report.files[0];
    assert_eq!((file.rows_accepted, file.rows_refused), (2, 1));
    assert_eq!(file.refusals[0].column, "principal");
}

#[test]
fn own_features_use_further_attributes() {
    let (tables, _) = read(LOANS, &[("loans.csv", ROWS)]).unwrap();
    let own = r#"
        [family]
        name = "loan"
        zh = "借款"
        en = "the loan"
        [[feature]]
        name = "loan_grade"
        zh = "评级"
        en = "grade of the loan"
        unit = "code"
        source = "case_extras"
        where = [{ column = "name", is = "grade" }]
        aggregation = "last"
        column = "text"
        [[feature]]
        name = "loan_owed_fen"
        zh = "应还"
        en = "owed"
        unit = "fen"
        source = "case_extras"
        where = [{ column = "name", is = "owed" }]
        aggregation = "max"
        column = "value_fen"
    "#;
    let catalog = FeatureCatalog::new().extend_from_toml(own).unwrap();
    let known = snapshot::as_of(&tables, Day::parse("2018-01-01").unwrap()).unwrap();
    let table = features::compute(&known, &catalog).unwrap();
    let Some(FeatureColumn::Text(grades)) = table.column("loan_grade") else { panic!("no text") };
    let mut grades: Vec<&str> = grades.into_iter().flatten().collect();
    grades.sort_unstable();
    assert_eq!(grades, ["A", "B"]);
    let Some(FeatureColumn::Numeric(owed)) = table.column("loan_owed_fen") else { panic!("no numbers") };
    assert!(owed.contains(&110_000.0) && owed.contains(&200_001.0), "{owed:?}");
    let error = FeatureCatalog::new().extend_from_toml(&own.replace("\"grade\" }", "\"age\" }")).unwrap_err();
    assert!(error.to_string().contains("age may not enter a score"), "{error}");
}

#[test]
fn units_are_checked_when_the_mapping_is_loaded() {
    let wrong = |from: &str, to: &str, expected: &str| {
        assert!(LOANS.contains(from));
        let error = Mapping::parse(&LOANS.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    };
    wrong(
        "claim_fen = { from = \"open\", unit = \"fen\" }",
        "claim_fen = { from = \"open\", unit = \"yuan\" }",
        "are in fen",
    );
    wrong("term_days = { from = \"term\" }", "term_months = { from = \"days_late\" }", "a number of days");
    wrong("[\"owed\", \"back\"]", "[\"owed\", \"days_late\"]", "money and a number of days");
    wrong("[\"back\", \"owed\"]", "[\"part_back\", \"owed\"]", "computed from this column");
    wrong("[\"days_late\", 0]", "[\"days_late\", 0, 1]", "3 operands, expected 2");
    wrong("is_secured = { from = \"is_large\" }", "is_secured = { from = \"owed\" }", "found money");
    wrong("[\"owed\", 2000], unit = \"yuan\"", "[\"owed\", 2000]", "money and a number");
    wrong("op = \"sum\"", "op = \"product\"", "line 10: unknown variant");
    wrong("grade = { from", "education = { from", "education may not enter a score");
    wrong(
        "name = \"case_parties\"",
        "name = \"case_parties\"\nextra = { text = { a = { from = \"b\" } } }",
        "parties or cases",
    );
}

#[test]
fn a_mapping_is_told_where_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loans.toml");
    let error = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Mapping::load(&path).unwrap_err().to_string()
    };
    let line = |part: &str| LOANS.lines().position(|line| line.contains(part)).unwrap() + 1;
    let found =
        error(&LOANS.replace("claim_fen = { from = \"open\", unit = \"fen\" }", "claim_fen = { from = \"open\" }"));
    assert!(found.contains("loans.toml") && found.contains(&format!("line {}: ", line("claim_fen"))), "{found}");
    let found =
        error(&LOANS.replace("role = { const = \"debtor\" }", "role = { const = \"payer\" }\nrank = { from = \"x\" }"));
    assert!(found.contains("2 problems: line 44: ") && found.contains("line 45: "), "{found}");
    let found = error(&LOANS.replace("[[source]]", "[[sauce]]"));
    assert!(found.contains("loans.toml") && found.contains("line 4: "), "{found}");
}

#[test]
fn a_column_in_which_every_row_fails_is_told_as_that() {
    let iso = LOANS.replace(", date = \"%m/%d/%Y\" }\nclaim_fen", " }\nclaim_fen");
    let (_, report) = read(&iso, &[("loans.csv", ROWS)]).unwrap();
    let told: Vec<String> = report.misread().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{report:?}");
    for part in ["loans.csv", "column made", "all 3 rows", "9/9/9999", "YYYY-MM-DD"] {
        assert!(told[0].contains(part), "{part}: {}", told[0]);
    }
    assert!(!told[0].contains("2017"), "{}", told[0]);
    let (_, report) = read(LOANS, &[("loans.csv", ROWS)]).unwrap();
    assert!(report.misread().is_empty());
}

#[test]
fn a_file_that_lies_there_twice_is_noticed() {
    let (_, report) =
        read(&LOANS.replace("loans.csv", "loans*.csv"), &[("loans.csv", ROWS), ("loans (2).csv", ROWS)]).unwrap();
    assert_eq!(report.duplicates, [("loans.csv".to_owned(), "loans (2).csv".to_owned())]);
}

#[test]
fn nothing_to_learn_from_says_why() {
    use wherewithal::pipeline::TrainParams;
    let (tables, report) = read(LOANS, &[("loans.csv", ROWS)]).unwrap();
    assert!(report.misread().is_empty());
    let mut params = TrainParams::standard().unwrap();
    params.cohort = params.cohort.when("cause", ["tax"]).observed_until(Day::parse("2019-01-01").unwrap());
    let error = params.train(&tables, Day::parse("2019-01-01").unwrap(), &Silent).unwrap_err().to_string();
    assert!(error.contains("no sample") && error.contains("3 cases are history"), "{error}");
}

#[test]
fn a_lookup_gives_the_first_or_the_last_of_a_group_by_time() {
    let mapping = |pick: &str| {
        format!(
            "name = 'loans'\n[lookup.grade]\nfile = 'grades.csv'\nkey = 'who'\nvalue = 'grade'\npick = '{pick}'\nby = 'on'\ndate = '%m/%d/%Y'\n{}",
            LOANS
                .replace("name = \"loans\"\n", "")
                .replace("grade = { from = \"grade\" }", "grade = { from = \"who\", join = [\"grade\"] }")
        )
    };
    let grades = "who,grade,on\np,C,2/1/2017\np,B,1/31/2017\np,A,12/31/2016\nq,X,1/1/2017\nq,Y,1/1/2017\np,Z,\n";
    for (pick, expected) in [("first", "A"), ("last", "C")] {
        let files = [("loans.csv", ROWS), ("grades.csv", grades)];
        let (tables, report) = read(&mapping(pick), &files).unwrap();
        let extras = tables.frame("case_extras").unwrap();
        let all: Vec<_> = texts(&extras, "name").into_iter().zip(texts(&extras, "text")).collect();
        assert!(all.contains(&("grade".to_owned(), expected.to_owned())), "{all:?}");
        assert_eq!(report.files[0].rows_refused, 1, "two grades of q on one day: neither is first or last");
        assert_eq!(report.lookups[0].broken, 1, "a grade without a day");
    }
    let error = Mapping::parse(&mapping("first").replace("by = 'on'\n", "")).unwrap_err().to_string();
    assert!(error.contains("lookup grade") && error.contains("line 2: "), "{error}");
}

#[test]
fn receivables_say_how_late_they_were_paid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/real/receivables/in");
    let Ok(text) = std::fs::read_to_string(folder.join("receivables.csv")) else {
        return println!("skipped: {} is not there", folder.display());
    };
    let mapping = r#"
        [[source]]
        file = "receivables.csv"
        [source.computed]
        days = { op = "days", of = ["InvoiceDate", "SettledDate"], date = "%m/%d/%Y" }
        late = { op = "days", of = ["DueDate", "SettledDate"], date = "%m/%d/%Y" }
        [[source.table]]
        name = "cases"
        [source.table.columns]
        case_id = { from = "invoiceNumber" }
        event_on = { from = "InvoiceDate", date = "%m/%d/%Y" }
        known_at = { from = "InvoiceDate", date = "%m/%d/%Y" }
        [source.table.extra.number]
        days = { from = "days" }
        told = { from = "DaysToSettle" }
        late = { from = "late" }
    "#;
    let (tables, _) = read(mapping, &[("receivables.csv", &text)]).unwrap();
    let extras = tables.frame("case_extras").unwrap();
    let named = |name: &str| -> Vec<String> {
        let all = texts(&extras, "name").into_iter().zip(texts(&extras, "number"));
        all.filter(|(other, _)| other == name).map(|(_, value)| value).collect()
    };
    assert!(named("days").len() > 2_000);
    assert_eq!(named("days"), named("told"), "the file tells the difference itself");
}
