//! The simulated district: it is what it says, it is what is committed, and it comes out the same however it is made.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use wherewithal::domain::{PseudonymKey, masked_name, masked_number};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::schema::{self, ColumnKind};
use wherewithal::simulate::{District, Format, Manifest, SimulateParams, World, generate};
use wherewithal::tables::SourceTables;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// What `data/README.md` must say.
fn dictionary_page() -> String {
    let header = "\
# Data

- `district/`: a simulated court district, made by `wherewithal simulate --preset district --out data/district` (about 2,000 cases filed from January 2015 to June 2018, observed until 30 June 2019). Nobody in it
  exists. A test makes it again and compares every byte. `district/truth/` tells what no source tells.
  A night's run suits `--as-of 2018-06-30`: the cases filed in the last months are open then, and what came of them is
  known a year later.
- `register/`: the court's own register of the same cases (`--register data/register`), a second delivery: officers,
  auctions, entrusted matters, petitions, money in hand. Nothing that states a debtor's means reads it.
- `indicators/`: what is counted of it all, terms of procedure, what a morning's list holds.
- `monitoring/`: when the answers of a source, and rows refused at intake, are an alert.
- Everything below is generated from `src/schema` and held to it by a test (`UPDATE=1 cargo test --test it
  data_dictionary` writes it).

The files of `district/` have these columns without `record_id`, which the reader gives. Identifiers stand in the clear,
as agencies deliver them, and the reader turns them into keyed pseudonyms; `parties` has `name` and `number` in the place
of `masked_name`, `masked_number` and `number_state`. Money is in fen, days are ISO 8601.
A row with a number outside its column's range is refused.

# Data dictionary
";
    format!("{header}{}", schema::dictionary())
}

#[test]
fn data_dictionary() {
    let path = data().join("README.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, dictionary_page()).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == dictionary_page(), "data/README.md differs from the schema: run with UPDATE=1");
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for place in ["", "truth"] {
        for entry in fs::read_dir(folder.join(place)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_committed_district_comes_out_again_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    SimulateParams::district().write(folder.path(), Format::Csv, &Silent).unwrap();
    let (made, kept) = (files(folder.path()), files(&data().join("district")));
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (name, bytes) in &made {
        assert!(kept.get(name) == Some(bytes), "data/district/{name} differs from what this build makes");
    }
    assert!(made.values().map(Vec::len).sum::<usize>() < 6_000_000);
}

#[test]
fn parts_and_threads_do_not_change_a_byte() {
    let params = SimulateParams::district().cases(1_500).seed(3);
    let whole = generate(&params).unwrap();
    let world = World::new(&params).unwrap();
    for step in [1, 7, 400] {
        let starts = (0..world.groups()).step_by(step);
        let parts: Vec<District> = starts.map(|start| world.part(start..start + step as u64)).collect();
        for (at, sheet) in whole.tables().iter().enumerate() {
            let pieces: Vec<u8> = parts.iter().flat_map(|part| part.tables()[at].csv(false).unwrap()).collect();
            assert!(pieces == sheet.csv(false).unwrap(), "{} in parts of {step}", sheet.name());
        }
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for format in [Format::Csv, Format::Parquet] {
        let made = [&one, &three].map(|pool| {
            let folder = tempfile::tempdir().unwrap();
            pool.install(|| params.write(folder.path(), format, &Silent)).unwrap();
            files(folder.path())
        });
        assert!(made[0] == made[1], "{format:?}");
    }
}

#[test]
fn the_reader_accepts_every_row_of_both_forms() {
    let made = tempfile::tempdir().unwrap();
    SimulateParams::district().write(made.path(), Format::Parquet, &Silent).unwrap();
    for folder in [data().join("district"), made.path().to_path_buf()] {
        let out = tempfile::tempdir().unwrap();
        let sources = Sources::new(&folder, PseudonymKey::from_secret(b"test"));
        let (tables, report) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
        let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
        for written in serde_json::from_str::<Manifest>(&text).unwrap().files {
            let Some(file) = report.file(&written.file) else {
                assert!(written.file.starts_with("truth/"), "{} was not read", written.file);
                continue;
            };
            assert_eq!(file.rows_refused, 0, "{file:?}");
            let table = Path::new(&written.file).file_stem().unwrap().to_str().unwrap();
            assert_eq!(tables.frame(table).unwrap().height() as u64, written.rows, "{table}");
        }
    }
}

#[test]
fn acts_point_at_the_rows_that_show_them() {
    let folder = tempfile::tempdir().unwrap();
    SimulateParams::district().write(folder.path(), Format::Csv, &Silent).unwrap();
    let lines: BTreeMap<String, Vec<String>> = files(folder.path())
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()))
        .collect();
    let mut shown = 0;
    for act in &lines["truth/truth_acts.csv"][1..] {
        let cells: Vec<&str> = act.split(',').collect();
        if let [debtor, kind, _, _, item, table, row] = cells[..]
            && !row.is_empty()
        {
            let line = &lines[&format!("{table}.csv")][row.parse::<usize>().unwrap()];
            assert!(line.starts_with(debtor) && line.contains(item), "{kind}: {line}");
            shown += 1;
        }
    }
    assert!(shown > 500, "{shown}");
}

#[test]
fn parquet_holds_the_same_rows() {
    let params = SimulateParams::district().cases(300);
    let folder = tempfile::tempdir().unwrap();
    let manifest = params.write(folder.path(), Format::Parquet, &Silent).unwrap();
    let text = fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), manifest);
    let district = generate(&params).unwrap();
    for (written, sheet) in manifest.files.iter().zip(district.sheets()) {
        let file = fs::File::open(folder.path().join(&written.file)).unwrap();
        let read = ParquetReader::new(file).finish().unwrap();
        assert_eq!(written.rows, sheet.height() as u64);
        assert!(read.equals_missing(&sheet.frame().unwrap()), "{}", written.file);
    }
}

/// The tables of the schema but those of further attributes, which are a source's own.
fn simulated() -> impl Iterator<Item = &'static schema::Table> {
    schema::debtor_tables().iter().copied().filter(|table| !table.name.ends_with("_extras"))
}

/// The district as a reader would deliver it: pseudonyms in the place of identifiers.
fn accepted(district: &District) -> SourceTables {
    let key = PseudonymKey::from_secret(b"test");
    let mut tables = SourceTables::new();
    for table in simulated() {
        let mut frame = district.frame(table.name).unwrap();
        for column in table.columns() {
            let realm = match column.kind {
                _ if frame.column(column.name).is_err() => continue,
                ColumnKind::Party => "party",
                ColumnKind::Case => "case",
                ColumnKind::Item => "item",
                _ => continue,
            };
            let texts = frame.column(column.name).unwrap().str().unwrap();
            let numbers: Vec<Option<i64>> =
                texts.iter().map(|text| text.map(|text| key.pseudonym(realm, text))).collect();
            frame.with_column(Column::new(column.name.into(), numbers)).unwrap();
        }
        if table.name == "parties" {
            let masked = |name: &str, mask: fn(&str) -> String| -> Vec<Option<String>> {
                frame.column(name).unwrap().str().unwrap().iter().map(|text| text.map(mask)).collect()
            };
            let (names, numbers) = (masked("name", masked_name), masked("number", masked_number));
            frame.with_column(Column::new("masked_name".into(), names)).unwrap();
            frame.with_column(Column::new("masked_number".into(), numbers)).unwrap();
            frame = frame.drop("name").unwrap().drop("number").unwrap();
        }
        tables = tables.with_frame(table.name, frame).unwrap();
    }
    tables
}

#[test]
fn rows_are_what_the_schema_says_and_known_neither_early_nor_too_late() {
    let params = SimulateParams::district().cases(800).seed(11);
    let tables = accepted(&generate(&params).unwrap());
    for table in simulated() {
        let frame = tables.frame(table.name).unwrap();
        assert!(frame.height() > 0, "{} is empty", table.name);
        let days = |name: &str| frame.column(name).unwrap().date().unwrap().physical().clone();
        for (event, known) in days("event_on").iter().zip(days("known_at").iter()) {
            assert!(event <= known, "{}", table.name);
            assert!(known.unwrap() <= params.observed_until.number(), "{}", table.name);
        }
    }
}

#[test]
fn a_source_answers_found_exactly_when_it_shows_something() {
    let district = generate(&SimulateParams::district().cases(600).seed(5)).unwrap();
    let texts = |frame: &DataFrame, name: &str| -> Vec<String> {
        frame
            .column(name)
            .unwrap()
            .cast(&DataType::String)
            .unwrap()
            .str()
            .unwrap()
            .iter()
            .map(|v| v.unwrap_or("").to_owned())
            .collect()
    };
    let queries = district.frame("queries").unwrap();
    let (ids, known) = (texts(&queries, "entity_id"), texts(&queries, "known_at"));
    let (sources, answers) = (texts(&queries, "source"), texts(&queries, "answer"));
    for (table, source) in
        [("vehicles", "vehicles"), ("network_funds", "network_funds"), ("insurance_policies", "insurance")]
    {
        let rows = district.frame(table).unwrap();
        let shown: BTreeSet<(String, String)> =
            texts(&rows, "entity_id").into_iter().zip(texts(&rows, "known_at")).collect();
        let found: BTreeSet<(String, String)> = (0..ids.len())
            .filter(|at| sources[*at] == source && answers[*at] == "found")
            .map(|at| (ids[at].clone(), known[at].clone()))
            .collect();
        assert_eq!(shown, found, "{table}");
    }
}

/// Shares of a large district against the published figures, with the room that 12,000 cases leave to chance.
#[test]
fn shares_are_those_published() {
    let district = generate(&SimulateParams::district().cases(12_000)).unwrap();
    let whole = |frame: &DataFrame, name: &str| -> Vec<i64> {
        frame.column(name).unwrap().i64().unwrap().iter().map(|v| v.unwrap_or(0)).collect()
    };
    let text = |frame: &DataFrame, name: &str| -> Vec<String> {
        frame.column(name).unwrap().str().unwrap().iter().map(|v| v.unwrap_or("").to_owned()).collect()
    };
    let share = |what: &[String], is: &str| what.iter().filter(|v| *v == is).count() as f64 / what.len() as f64;
    let within = |name: &str, value: f64, low: f64, high: f64| {
        println!("{name}: {value:.3}");
        assert!((low..=high).contains(&value), "{name}: {value:.3} outside {low} to {high}");
    };

    let (cases, closings) = (district.frame("cases").unwrap(), district.frame("closings").unwrap());
    let claims = whole(&cases, "claim_fen");
    let n = claims.len() as f64;
    within(
        "claims below 100,000 yuan",
        claims.iter().filter(|claim| **claim < 10_000_000).count() as f64 / n,
        0.60,
        0.70,
    );
    let manner = text(&closings, "manner");
    within("completed", share(&manner, "completed"), 0.38, 0.46);
    within("closed without result", share(&manner, "no_result"), 0.44, 0.53);
    let owed: BTreeMap<String, i64> = text(&cases, "case_id")
        .into_iter()
        .zip(
            claims.iter().zip(whole(&cases, "interest_fen")).zip(whole(&cases, "fee_fen")).map(|((a, b), c)| a + b + c),
        )
        .collect();
    let closed: i64 = text(&closings, "case_id").iter().map(|case| owed[case]).sum();
    let recovered: i64 = whole(&closings, "recovered_fen").iter().sum();
    within("money recovered", recovered as f64 / closed as f64, 0.45, 0.60);

    let truth = district.truth().frame().unwrap();
    let (seen, due) = (whole(&truth, "visible_fen"), whole(&truth, "owed_fen"));
    let cases_of = whole(&truth, "n_cases");
    let without: i64 =
        (0..seen.len()).filter(|i| seen[*i] < 100_000 || seen[*i] * 50 < due[*i]).map(|i| cases_of[i]).sum();
    within("cases without executable property", without as f64 / cases_of.iter().sum::<i64>() as f64, 0.38, 0.48);
    within("persons", share(&text(&truth, "kind"), "person"), 0.66, 0.78);
    let (will, class) = (text(&truth, "will"), text(&truth, "class"));
    let able: Vec<String> =
        will.into_iter().zip(&class).filter(|(_, class)| *class != "none").map(|(will, _)| will).collect();
    within("hiding among those with property", share(&able, "hiding"), 0.34, 0.46);

    let queries = district.frame("queries").unwrap();
    let (ids, sources) = (text(&queries, "entity_id"), text(&queries, "source"));
    let asked = queries.column("event_on").unwrap().date().unwrap().physical().clone();
    let rounds: BTreeSet<(&str, Option<i32>)> = ids
        .iter()
        .zip(&sources)
        .zip(asked.iter())
        .filter(|((_, source), _)| *source == "bank")
        .map(|((id, _), day)| (id.as_str(), day))
        .collect();
    within("rounds of queries per case", rounds.len() as f64 / n, 1.9, 2.4);
}

#[test]
fn one_bank_query_in_fifty_finds_an_account_when_many_are_asked() {
    let district = generate(&SimulateParams::default().cases(1_500)).unwrap();
    let queries = district.frame("queries").unwrap();
    let banks = queries
        .column("source")
        .unwrap()
        .str()
        .unwrap()
        .iter()
        .zip(queries.column("answer").unwrap().str().unwrap().iter());
    let answers: Vec<&str> =
        banks.filter(|(source, _)| *source == Some("bank")).filter_map(|(_, answer)| answer).collect();
    let found = answers.iter().filter(|answer| **answer == "found").count() as f64 / answers.len() as f64;
    assert!((0.015..0.03).contains(&found), "{found:.4}");
    assert!((60..90).contains(&(answers.len() / 1_500)), "{}", answers.len() / 1_500);
}
