//! Documents that somebody edits or passes on: mappings, settings, rules, models.

use polars::prelude::df;
use wherewithal::advice::AdviceRules;
use wherewithal::capacity::CapacityRules;
use wherewithal::features::{FeatureCatalog, FeatureTable, TableRoles};
use wherewithal::indicators::IndicatorCatalog;
use wherewithal::ingest::Mapping;
use wherewithal::linkage::LinkageParams;
use wherewithal::model::{self, AmountCard, Scorecard, ScorecardParams, Target};
use wherewithal::pipeline::PerformanceModel;
use wherewithal::screening::{Activities, ListForm};

use super::{Corpus, fuzz, fuzz_text};
use crate::pipeline::district;

const TOML: [&str; 22] = [
    "[[",
    "]]",
    "=",
    "\"",
    "'''",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\n",
    "#",
    "true",
    "nan",
    "inf",
    "-1",
    "9223372036854775807",
    "1e400",
    "null",
    "from",
    "unit",
    "unless",
];
const JSON: [&str; 14] =
    ["{", "}", "[", "]", ":", ",", "\"", "null", "true", "1e999", "-0.0", "18446744073709551615", "\\u0000", "\"x\":"];

fn toml(seeds: &[&str]) -> Corpus {
    Corpus::new(&seeds.iter().map(|seed| seed.as_bytes()).collect::<Vec<_>>(), &TOML)
}

#[test]
fn mappings() {
    let berka = include_str!("../../../data/mappings/berka.toml");
    let sme = include_str!("../../../data/mappings/sme.toml");
    let small = "format_version = 1\nname = \"m\"\n[[source]]\nfile = \"a.csv\"\n[[source.table]]\nname = \"deposits\"\n\
                 [source.table.columns]\nentity_id = { from = \"ID\" }\nevent_on = { from = \"D\", format = \"%Y/%m/%d\" }\n\
                 known_at = { from = \"D\" }\nbalance_fen = { from = \"B\", unit = \"wan_yuan\" }\n";
    fuzz_text("mappings", &toml(&[small, small, berka, sme]), |text| {
        if let Err(error) = Mapping::parse(text) {
            let _ = error.to_string();
        }
    });
}

/// The first blocks of a document: small inputs are read often.
fn head(document: &str, blocks: usize) -> String {
    document.split("\n\n").take(blocks).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn settings() {
    let linkage = LinkageParams::default().to_toml().unwrap();
    let features = head(include_str!("../../../data/features/deposits.toml"), 3);
    let indicators = head(include_str!("../../../data/indicators/cases.toml"), 3);
    let seeds = [linkage.as_str(), &features, &indicators, "id = \"编号\"\nname = \"姓名\"\n"];
    // A catalogue is checked whole whenever it grows: a small one, for the seed alone counts here.
    assert!(FeatureCatalog::new().extend_from_toml(&features).is_ok());
    fuzz_text("settings", &toml(&seeds), |text| {
        let _ = LinkageParams::from_toml(text);
        let _ = FeatureCatalog::new().extend_from_toml(text);
        let _ = IndicatorCatalog::from_toml(&[text]);
        let _ = AdviceRules::from_toml(text);
        let _ = Activities::from_toml(text);
        let _ = ListForm::from_toml(text);
    });
}

#[test]
fn rules() {
    let folder = tempfile::tempdir().unwrap();
    let parameters = include_str!("../../../data/capacity/cn/parameters.csv");
    let head: String = parameters.lines().take(6).map(|line| format!("{line}\n")).collect();
    let mut seeds = [head.as_bytes(); 16];
    seeds[0] = parameters.as_bytes();
    let words = [
        ",",
        "\n",
        "\"",
        "1e400",
        "-1",
        "nan",
        "9999-12-31",
        "0000-00-00",
        "true",
        "share",
        "fen",
        "delay_interest_rate",
    ];
    fuzz("rules", &Corpus::new(&seeds, &words), |bytes| {
        std::fs::write(folder.path().join("parameters.csv"), bytes).unwrap();
        if let Err(error) = CapacityRules::load(folder.path()) {
            let _ = error.to_string();
        }
    });
}

/// A card of one column: small enough to be read often.
fn small_card() -> String {
    let incomes: Vec<f64> = (0..400).map(f64::from).collect();
    let events: Vec<bool> = (0..400u32).map(|row| row * 7919 % 400 < row).collect();
    let table = FeatureTable::from_frame(df!("income" => incomes).unwrap(), &TableRoles::default()).unwrap();
    let card = model::fit(&table, &Target::new(events).unwrap(), &ScorecardParams::default()).unwrap();
    assert_eq!(card.features().len(), 1);
    card.to_json().unwrap()
}

#[test]
fn models() {
    let whole = district().model.to_json().unwrap();
    let stored: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let share = stored["share"].to_string();
    assert!(AmountCard::from_json(&share).is_ok());
    let small = small_card();
    // Whole models are a hundred times as long.
    let mut seeds = [small.as_bytes(); 64];
    seeds[..3].copy_from_slice(&[whole.as_bytes(), share.as_bytes(), &whole.as_bytes()[..4_000]]);
    let read_again = |text: &str| Scorecard::from_json(text).map(|card| card.to_json().unwrap());
    assert_eq!(read_again(&small).unwrap(), small);
    fuzz_text("models", &Corpus::new(&seeds, &JSON), |text| {
        // What is not byte for byte what was sealed is no model.
        if let Ok(read) = PerformanceModel::from_json(text) {
            assert_eq!(read.to_json().unwrap(), whole);
        }
        if let Ok(read) = read_again(text) {
            assert_eq!(read_again(&read).unwrap(), read);
        }
        let _ = AmountCard::from_json(text);
    });
}
