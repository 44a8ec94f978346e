//! Documents that somebody edits or passes on: mappings, settings, rules, models.

use wherewithal::advice::AdviceRules;
use wherewithal::capacity::CapacityRules;
use wherewithal::features::FeatureCatalog;
use wherewithal::indicators::IndicatorCatalog;
use wherewithal::ingest::Mapping;
use wherewithal::linkage::LinkageParams;
use wherewithal::model::{AmountCard, Scorecard};
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

#[test]
fn settings() {
    let linkage = LinkageParams::default().to_toml().unwrap();
    let features = include_str!("../../../data/features/deposits.toml");
    let indicators = include_str!("../../../data/indicators/cases.toml");
    let seeds = [linkage.as_str(), features, indicators, "id = \"编号\"\nname = \"姓名\"\n"];
    fuzz_text("settings", &toml(&seeds), |text| {
        let _ = LinkageParams::from_toml(text);
        let _ = FeatureCatalog::standard().unwrap().extend_from_toml(text);
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
    let seeds: [&[u8]; 2] = [head.as_bytes(), parameters.as_bytes()];
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

#[test]
fn models() {
    let whole = district().model.to_json().unwrap();
    let stored: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let share = stored["share"].to_string();
    assert!(AmountCard::from_json(&share).is_ok());
    let seeds: [&[u8]; 3] = [whole.as_bytes(), &whole.as_bytes()[..4_000.min(whole.len())], share.as_bytes()];
    fuzz_text("models", &Corpus::new(&seeds, &JSON), |text| {
        // What is not byte for byte what was sealed is no model.
        if let Ok(read) = PerformanceModel::from_json(text) {
            assert_eq!(read.to_json().unwrap(), whole);
        }
        let _ = Scorecard::from_json(text);
        let _ = AmountCard::from_json(text);
    });
}
