//! `fit`, by its options, what it writes and what it refuses.

use std::path::Path;

use serde_json::Value;
use wherewithal::model::{Scorecard, ValidationReport};

use crate::program::{Ran, run};

/// 1,200 rows of 400 parties over eight months, with gaps, codes, weights and undecided outcomes.
fn table() -> String {
    let mut csv = String::from("party,month_end,amount,region,known_later,weight,outcome\n");
    for row in 0..1200_usize {
        let mixed = |salt: usize| (row * 7919 + salt * 104_729) % 997;
        let amount = match mixed(1) % 20 {
            0 => String::new(),
            1 => "-9".to_owned(),
            2 => "-8".to_owned(),
            _ => (mixed(2) % 100).to_string(),
        };
        let region = ["north", "south", "east", ""][mixed(3) % 4];
        let likely = mixed(2) % 100 + 30 * usize::from(region == "south") + 60 * usize::from(amount == "-9");
        let paid = mixed(4) % 130 < likely;
        let outcome = match mixed(5) % 40 {
            0 => "",
            1 => "pending",
            _ => ["late", "paid"][usize::from(paid)],
        };
        let (party, month, weight) = (row % 400, 1 + row * 8 / 1200, 1 + mixed(6) % 3);
        csv += &format!("P{party},2024-{month:02}-28,{amount},{region},{},{weight},{outcome}\n", usize::from(paid));
    }
    csv
}

/// A folder with the table.
pub(crate) struct Bench(tempfile::TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("loans.csv"), table()).unwrap();
        Self(folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, out: &str, more: &[&str]) -> Ran {
        let (table, out) = (self.folder().join("loans.csv"), self.folder().join(out));
        let mut arguments =
            vec!["fit", "--table", table.to_str().unwrap(), "--out", out.to_str().unwrap(), "--seed", "3"];
        if !more.contains(&"--target") {
            arguments.extend(["--target", "outcome"]);
        }
        if !more.contains(&"--event") {
            arguments.extend(["--event", "paid"]);
        }
        arguments.extend(more);
        run(&arguments)
    }

    /// What a good run says to a machine and writes.
    fn fit(&self, out: &str, more: &[&str]) -> (Value, Scorecard, ValidationReport) {
        let ran = self.run(out, &[more, &["--json"]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.errors);
        let folder = self.folder().join(out);
        let card = Scorecard::from_json(&read(&folder, "model.json")).unwrap();
        let report = serde_json::from_str(&read(&folder, "validation.json")).unwrap();
        (serde_json::from_str(&ran.said).unwrap(), card, report)
    }
}

pub(crate) fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const SHARED: [&str; 6] = ["--drop", "known_later,month_end,weight", "--id", "party", "--indeterminate", "pending"];

#[test]
fn it_writes_everything_and_tells_a_machine_in_one_line() {
    let program = Bench::new();
    let (line, card, report) = program.fit("all", &SHARED);
    let mut keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let asked = ["auc", "auc_se", "brier", "ece", "fit_seconds", "ks", "learner", "n_features", "n_pairs", "stability"];
    assert_eq!(keys, asked);
    assert_eq!(line["auc"].as_f64(), Some(report.auc.value));
    assert_eq!(line["n_features"].as_u64(), Some(card.features().len() as u64));
    assert!(report.auc.value > 0.65 && report.folds.len() == 5, "{}", report.auc);

    let folder = program.folder().join("all");
    for name in ["model.sql", "model.pmml", "bins.svg", "roc.svg", "ks.svg", "calibration.svg", "points.svg"] {
        assert!(read(&folder, name).len() > 400, "{name}");
    }
    let bins = read(&folder, "bins.csv");
    let expected: usize = card.features().iter().map(|feature| feature.map().bins.len()).sum();
    assert_eq!(bins.lines().count(), expected + 1);
    assert!(bins.starts_with("feature,bin,rows,events,event_rate,woe"), "{bins}");
    // Undecided rows are scored, and nothing else is done with them.
    let decided = table().lines().skip(1).filter(|line| line.ends_with("paid") || line.ends_with("late")).count();
    assert_eq!((card.rows(), report.rows, read(&folder, "scores.csv").lines().count()), (decided, decided, 1201));
    assert!(card.features().iter().all(|feature| ["amount", "region"].contains(&feature.name())));
}

#[test]
fn champion_and_challenger_are_compared_on_the_same_folds() {
    let program = Bench::new();
    let ran = program.run("two", &[&SHARED[..], &["--learner", "both", "--path", "--pairs", "2", "--json"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let folder = program.folder().join("two");
    let read_json = |name: &str| serde_json::from_str::<Value>(&read(&folder, name)).unwrap();
    let comparison = read_json("comparison.json");
    let auc = |side: &str| comparison[side]["auc"]["value"].as_f64().unwrap();
    let difference = comparison["auc_difference"]["value"].as_f64().unwrap();
    assert!((auc("challenger") - auc("champion") - difference).abs() < 1e-9, "{comparison}");
    assert!(read(&folder, "comparison.svg").contains("additive"));
    assert!(read_json("path.json")["chosen"].as_u64().is_some());
    for learner in ["woe", "additive"] {
        let card = Scorecard::from_json(&read(&folder.join(learner), "model.json")).unwrap();
        assert_eq!(card.additive().is_some(), learner == "additive");
    }
}

#[test]
fn special_codes_have_bins_of_their_own() {
    let program = Bench::new();
    let (_, plain, _) = program.fit("plain", &SHARED);
    let (_, coded, _) = program.fit("coded", &[&SHARED[..], &["--special", "amount=-9;-8"]].concat());
    let special = |card: &Scorecard| card.feature("amount").unwrap().map().special.len();
    assert_eq!((special(&plain), special(&coded)), (0, 2));
    let map = coded.feature("amount").unwrap().map();
    let (bin, other) = (map.bin_of_number(-9.0).unwrap(), map.bin_of_number(-8.0).unwrap());
    assert!(bin != other && map.bins[bin].woe > map.bins[other].woe);
}

#[test]
fn weights_change_the_card_and_columns_dropped_are_not_on_it() {
    let program = Bench::new();
    let roles = ["--drop", "month_end,known_later", "--id", "party", "--indeterminate", "pending"];
    let (_, weighted, _) = program.fit("weighted", &[&roles[..], &["--weight", "weight"]].concat());
    let (_, plain, _) = program.fit("unweighted", &[&roles[..], &["--drop", "weight"]].concat());
    assert!(weighted.feature("weight").is_none() && plain.feature("weight").is_none());
    assert!(weighted.intercept().value != plain.intercept().value);
    // Weights of 1, 2 and 3 in equal parts: 12 / 14 of the rows are effective.
    let total: f64 = weighted.features()[0].map().bins.iter().map(|bin| bin.counts.weight).sum();
    assert!((total / weighted.rows() as f64 - 12.0 / 14.0).abs() < 0.02, "{total}");
}

#[test]
fn time_gives_months_and_a_hold_out_of_the_latest_rows() {
    let program = Bench::new();
    let timed = ["--drop", "known_later,weight", "--time", "month_end", "--indeterminate", "pending"];
    let (_, card, report) = program.fit("months", &timed);
    let months: Vec<&str> = report.periods.iter().map(|period| period.period.as_str()).collect();
    assert_eq!(months, (1..=8).map(|month| format!("2024-0{month}")).collect::<Vec<_>>());
    for period in &report.periods {
        assert_eq!(period.features.len(), card.features().len());
        for feature in &period.features {
            assert_eq!(feature.bins.iter().map(|bin| bin.rows).sum::<usize>(), period.rows);
        }
        assert!(period.score.index < 0.25, "{}: {:?}", period.period, period.score);
    }

    let (_, _, held_out) = program.fit("latest", &[&timed[..], &["--holdout", "0.2"]].concat());
    let months: Vec<&str> = held_out.periods.iter().map(|period| period.period.as_str()).collect();
    assert_eq!((months, held_out.folds.len()), (vec!["2024-07", "2024-08"], 1));
    let (_, _, drawn) = program.fit("drawn", &[&SHARED[..], &["--holdout", "0.3"]].concat());
    assert!((240..480).contains(&drawn.rows), "{}", drawn.rows);
}

#[test]
fn folds_and_calibration_are_chosen() {
    let program = Bench::new();
    for method in ["platt", "beta", "isotonic", "curve"] {
        let (_, card, report) =
            program.fit(method, &[&SHARED[..], &["--folds", "3", "--calibration", method]].concat());
        assert_eq!(report.folds.len(), 3);
        let stored: Value = serde_json::from_str(&card.to_json().unwrap()).unwrap();
        assert_eq!(stored["scorecard"]["params"]["calibration"], method);
        // Two hundred rows of the rarer class bear no curve: a line stands in.
        let fitted = if method == "curve" { "platt" } else { method };
        assert_eq!(stored["scorecard"]["calibrator"]["method"], fitted);
    }
}

#[test]
fn mistakes_end_with_a_readable_message() {
    let program = Bench::new();
    let with = |more: &[&str]| [&SHARED[..], more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let undated = ["--drop", "known_later,weight", "--indeterminate", "pending", "--weight", "month_end"];
    let cases: [(Vec<String>, &[&str]); 16] = [
        (with(&["--target", "outcom"]), &["no column outcom", "party, month_end", "loans.csv"]),
        (with(&["--event", "yes"]), &["outcome", "yes", "\"late\" × ", "\"paid\" × ", "\"pending\" × "]),
        (with(&["--drop", "region,colour"]), &["no column colour"]),
        (with(&["--id", "party", "--id", "nobody"]), &["--id"]),
        (with(&["--weight", "month_end"]), &["column month_end", "--weight", "--drop"]),
        (undated.map(str::to_owned).to_vec(), &["--weight month_end", "row 1", "\"2024-01-28\"", "a finite number"]),
        (with(&["--weight", "amount"]), &["amount"]),
        (with(&["--time", "era"]), &["no column era"]),
        (with(&["--special", "amount"]), &["--special amount is not COL=V1;V2"]),
        (with(&["--special", "amount=-9;x"]), &["--special", "\"x\" is not a number"]),
        (with(&["--special", "colour=1"]), &["--special colour=1", "no feature colour"]),
        (with(&["--holdout", "1.5"]), &["share", "1.5", "0 to 1"]),
        (with(&["--holdout", "0"]), &["hold rows out", "0 to judge"]),
        (with(&["--holdout", "0.2", "--folds", "4"]), &["--holdout", "--folds"]),
        (with(&["--folds", "1"]), &["--folds"]),
        (with(&["--calibration", "magic"]), &["magic", "isotonic"]),
    ];
    for (arguments, words) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Ran { code, said, errors } = program.run("wrong", &arguments);
        assert!(matches!(code, Some(1 | 2)) && said.is_empty(), "{arguments:?}: {code:?} {said}");
        assert!(words.iter().all(|word| errors.contains(word)), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
    let absent = run(&["fit", "--table", "no/loans.csv", "--target", "y", "--event", "1", "--out", "x"]);
    assert!(absent.code == Some(1) && absent.errors.contains("no/loans.csv"), "{absent:?}");
    let ragged = program.folder().join("ragged.csv");
    std::fs::write(&ragged, "a,y\n1,0\n2\n").unwrap();
    let ragged = ragged.to_str().unwrap();
    let ragged = run(&["fit", "--table", ragged, "--target", "y", "--event", "1", "--out", "x"]);
    assert!(ragged.code == Some(1) && ragged.errors.contains("line 3"), "{ragged:?}");
}
