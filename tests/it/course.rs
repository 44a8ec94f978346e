//! The course of examples: each ends well and shows what it is for.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::pipeline::district;

/// An example built beside this test: `cargo test` without a choice of targets builds them.
fn example(name: &str) -> Option<PathBuf> {
    let here = std::env::current_exe().unwrap();
    let path = here.parent()?.parent()?.join("examples").join(name);
    if !path.is_file() {
        println!("skipped: example {name} is not built (cargo test without a choice of targets builds it)");
        return None;
    }
    Some(path)
}

/// What an example says; it writes below the folder.
fn said(name: &str, folder: &Path, arguments: &[&str]) -> Option<String> {
    let run = Command::new(example(name)?).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(run.status.success(), "{name}: {}", text(&run.stderr));
    Some(text(&run.stdout))
}

#[test]
fn the_quick_start_ranks_portrays_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let arguments = ["--out", out.to_str().unwrap(), "--lang", "zh"];
    let Some(table) = said("quickstart", folder.path(), &arguments) else { return };
    assert!(table.contains("被执行人履行能力画像") && table.contains("主要理由"), "{table}");
    for name in [
        "scores.parquet",
        "scores.csv",
        "profiles.ndjson",
        "model.json",
        "ingest_report.json",
        "run.json",
        "pages/index.html",
    ] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let lines = std::fs::read_to_string(out.join("profiles.ndjson")).unwrap();
    assert_eq!(lines.lines().count(), district().scored.profiles.len());
}

#[test]
fn another_crate_needs_fifteen_lines() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let Some(text) = said("embed", folder.path(), &[sources.to_str().unwrap(), "2018-06-30"]) else { return };
    assert!(text.contains(&format!("{} debtors scored", district().scored.profiles.len())), "{text}");
}

/// What each of the others says when it works.
const COURSE: [(&str, &[&str]); 8] = [
    ("ingest", &["bank.csv: 2 rows, 1 accepted, 1 refused", "line 3, 余额: money", "[123450]"]),
    ("store", &["everybody: ", "after the night: 2 parts", "with news: ", "folded: 1 part"]),
    ("train", &["any performance: AUC 0.", "base points", " points  "]),
    ("capacity", &["yuan gross", "Available", "recovered: ", "法释"]),
    ("portrait", &["points), ", "被执行人履行能力画像", "written to out/portrait"]),
    ("scorecard", &["income: number", "2 features, AUC 0.", "first row: Some(", "SELECT"]),
    ("screening", &["0 records refused", "ticket-1: Match", "loan-2: "]),
    ("linkage", &["bank-1: party 0", "tax-9: party 0", "Joined"]),
];

#[test]
fn every_example_shows_what_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    for (name, words) in COURSE {
        let Some(text) = said(name, folder.path(), &[]) else { return };
        for word in words {
            assert!(text.contains(word), "{name} does not say {word}: {text}");
        }
    }
}

#[test]
fn the_course_is_whole_and_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 60, "{}: {lines} lines, at most 60", path.display());
            path.file_stem().unwrap().to_str().unwrap().to_owned()
        })
        .collect();
    names.sort();
    let tested: Vec<&str> = COURSE.iter().map(|(name, _)| *name).chain(["quickstart", "embed"]).collect();
    for (at, name) in names.iter().enumerate() {
        let (number, name) = name.split_once('_').unwrap();
        assert_eq!(number.parse(), Ok(at + 1), "{name}: the course is numbered without a gap");
        assert!(tested.contains(&name), "{name} is run by no test");
    }
    assert_eq!(names.len(), tested.len());
}
