//! The program gives the right value for each small input of a public report, where the folder with them stands beside
//! the clone. Their tables are tried in `own_table`, their kinds with inputs of our own in `kin` and in the library's
//! tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{good, run};

fn cases() -> Option<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/cases");
    if !cases.is_dir() {
        println!("skipped: no folder shared/cases beside the clone");
    }
    cases.is_dir().then_some(cases)
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The outcome and the reason of each application, by its id.
fn screened(list: &Path, applications: &Path) -> BTreeMap<String, (String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("answers.ndjson");
    good(&["screen", "--list", &text(list), "--applications", &text(applications), "--out", &text(&out)]);
    let answers = std::fs::read_to_string(out).unwrap();
    let word = |answer: &Value, field: &str| answer[field].as_str().unwrap_or("none").to_owned();
    let each = |line: &str| {
        let answer: Value = serde_json::from_str(line).unwrap();
        (word(&answer, "application_id"), (word(&answer, "outcome"), word(&answer, "reason")))
    };
    answers.lines().map(each).collect()
}

#[test]
fn nobody_listed_is_cleared() {
    let Some(cases) = cases() else { return };
    let is = |found: &BTreeMap<String, (String, String)>, id: &str, outcome: &str, reason: &str| {
        assert_eq!(found[id], (outcome.to_owned(), reason.to_owned()), "{id}");
    };
    let folder = cases.join("30-namesakes");
    let found = screened(&folder.join("list.ndjson"), &folder.join("apps.ndjson"));
    for id in ["app-0", "app-63", "app-64", "app-150", "app-299"] {
        is(&found, id, "review", "name_and_shown_number");
    }
    is(&found, "nobody", "clear", "none");
    is(&found, "nameonly", "review", "equal_name");

    let folder = cases.join("32-unsound-code");
    let found = screened(&folder.join("list.ndjson"), &folder.join("apps.ndjson"));
    for id in ["same-code-same-name", "same-code-renamed", "same-code-no-name"] {
        is(&found, id, "review", "unsound_identifier");
    }
    is(&found, "sound-code-renamed", "review", "identifier_only");

    let folder = cases.join("39-list-forms");
    let found = screened(&folder.join("d_multi.ndjson"), &folder.join("d_apps.ndjson"));
    for id in ["multi", "item1", "multi2"] {
        is(&found, id, "match", "identifier_and_name");
    }
    is(&found, "item4", "clear", "none");
    let found = screened(&folder.join("e_mask.ndjson"), &folder.join("e_apps.ndjson"));
    assert!(found.len() == 5 && found.values().all(|(outcome, _)| outcome == "review"), "{found:?}");
}

/// The party of each record.
fn linked(sources: &Path, more: &[&str]) -> (BTreeMap<String, String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = good(&[&["link", "--sources", &text(sources), "--out", &text(&out)], more].concat());
    let mut rows = csv::Reader::from_path(out.join("parties.csv")).unwrap();
    let place = |name: &str, rows: &mut csv::Reader<std::fs::File>| {
        rows.headers().unwrap().iter().position(|header| header == name).unwrap()
    };
    let (record, party) = (place("record_id", &mut rows), place("party", &mut rows));
    let parties = rows.records().map(|row| {
        let row = row.unwrap();
        (row[record].to_owned(), row[party].to_owned())
    });
    (parties.collect(), said)
}

/// Every two records of which the truth says whether they are one: those wrongly joined, those rightly.
fn held_against(parties: &BTreeMap<String, String>, truth: &Path, prefix: &str) -> (usize, usize) {
    let truth: BTreeMap<String, Value> = serde_json::from_str(&std::fs::read_to_string(truth).unwrap()).unwrap();
    let asked: Vec<_> = parties.keys().filter(|id| id.starts_with(prefix)).collect();
    let (mut wrong, mut right) = (0, 0);
    for (at, one) in asked.iter().enumerate() {
        for other in asked.iter().skip(at + 1).filter(|other| parties[**other] == parties[*one]) {
            let is_one = truth[*one] == truth[*other];
            wrong += usize::from(!is_one);
            right += usize::from(is_one);
        }
    }
    (wrong, right)
}

#[test]
fn nobody_is_joined_on_what_is_no_evidence() {
    let Some(cases) = cases() else { return };
    let (parties, _) = linked(&cases.join("33-placeholders/link"), &[]);
    let mut each: Vec<_> = parties.values().collect();
    each.sort();
    each.dedup();
    assert_eq!(each.len(), parties.len(), "no identifier, no join: {parties:?}");

    for (folder, prefix) in [("36-twins", "tw"), ("37-shared-values", "ph")] {
        let (parties, said) = linked(&cases.join(folder).join("in"), &[]);
        let truth = cases.join(folder).join("truth.json");
        assert_eq!(held_against(&parties, &truth, prefix).0, 0, "{folder}: {said}");
        let (wrong, right) = held_against(&parties, &truth, "");
        assert!(wrong == 0 && right >= 250, "{folder}: {wrong} wrong, {right} right\n{said}");
    }

    let settings = text(&cases.join("38-plaintiffs/settings.toml"));
    let (parties, said) = linked(&cases.join("38-plaintiffs/in"), &["--settings", &settings]);
    let mut plaintiffs = csv::Reader::from_path(cases.join("38-plaintiffs/in/plaintiffs.csv")).unwrap();
    let names: BTreeMap<String, String> = plaintiffs.deserialize().map(Result::unwrap).collect();
    let lvnv: Vec<_> = ["LVNV FUNDING, LLC", "LVNV FUNDING LLC"]
        .iter()
        .map(|name| names.iter().find(|(_, other)| other == name).map(|(id, _)| &parties[id]).unwrap())
        .collect();
    assert_eq!(lvnv[0], lvnv[1], "{said}");
    assert!(said.contains("stated shares stand in"), "a degenerate fit is said: {said}");
}

#[test]
fn the_dress_of_a_number_costs_nobody_his_account() {
    let Some(cases) = cases() else { return };
    let statement = |folder: &str| {
        let sources = text(&cases.join("01-identifiers").join(folder));
        let out = tempfile::tempdir().unwrap();
        let out = text(out.path());
        let asked = [
            "capacity",
            "--sources",
            &sources,
            "--debtor",
            "320106198706150217",
            "--as-of",
            "2018-06-30",
            "--out",
            &out,
        ];
        good(&asked).replace(&out, "OUT")
    };
    let found = statement("apostrophe");
    assert!(found == statement("true") && found.contains("gross value"), "{found}");
    let damaged = text(&cases.join("01-identifiers/in"));
    let out = tempfile::tempdir().unwrap();
    let out = text(out.path());
    let ran =
        run(&["capacity", "--sources", &damaged, "--debtor", "3.20106E+17", "--as-of", "2018-06-30", "--out", &out]);
    assert!(ran.code != Some(0) && ran.errors.contains("scientific"), "{ran:?}");
}
