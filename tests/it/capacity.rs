//! Statements of means over a simulated district: read through the whole way, held against the hidden truth.

use polars::prelude::*;
use wherewithal::capacity::{self, CapacityParams, CapacityRules, CapacityStatement, CapacityTable};
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::schema::SourceTables;
use wherewithal::simulate::{self, Format, SimulateParams};
use wherewithal::snapshot;

#[path = "../../examples/means/truth.rs"]
#[allow(dead_code, reason = "the example shows more of it")]
mod truth;

fn district(cases: u64) -> (SourceTables, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let params = SimulateParams::district().cases(cases);
    simulate::write(&params, (&folder.path().join("in"), Format::Csv), &Silent).unwrap();
    let sources = Sources::new(folder.path().join("in"), key());
    let (tables, _) = ingest::read(&sources, &ReadParams::new(folder.path().join("out")), &Silent).unwrap();
    (tables, folder)
}

fn key() -> PseudonymKey {
    PseudonymKey::from_secret(b"test")
}

fn assess(tables: &SourceTables, day: &str) -> CapacityTable {
    let known = snapshot::as_of(tables, Day::parse(day).unwrap()).unwrap();
    capacity::assess(&known, &CapacityRules::standard().unwrap(), &CapacityParams::default()).unwrap()
}

#[test]
fn every_open_debtor_gets_a_statement_that_adds_up_and_cites() {
    let (tables, _folder) = district(400);
    let table = assess(&tables, "2017-06-30");
    let debtors = snapshot::as_of(&tables, Day::parse("2017-06-30").unwrap()).unwrap().samples().height();
    assert_eq!(table.statements().len(), debtors);
    for statement in table.statements() {
        assert!(statement.is_conserved());
        for line in statement.assets.iter().flat_map(|asset| &asset.lines) {
            assert!(line.article.is_none_or(|id| statement.article(id).is_some()));
        }
        let text = serde_json::to_string(statement).unwrap();
        assert_eq!(CapacityStatement::from_json(&text).unwrap(), *statement);
    }
    assert!(table.statements().iter().any(|s| s.recovered.expected > wherewithal::domain::Money::ZERO));
    let frame = table.frame().unwrap();
    assert_eq!(frame.shape(), (debtors, 2 + CapacityTable::RATIOS.len()));
}

/// Law 1: what becomes known after the day changes no statement.
#[test]
fn a_statement_knows_nothing_of_later_days() {
    let (tables, _folder) = district(200);
    let day = Day::parse("2017-03-31").unwrap();
    let mut past = SourceTables::new();
    for name in tables.names() {
        let early = tables.scan(name).unwrap().filter(col("known_at").lt_eq(lit(Scalar::new_date(day.number()))));
        past = past.with_scan(name, early).unwrap();
    }
    assert_eq!(assess(&past, "2017-03-31"), assess(&tables, "2017-03-31"));
}

/// Coverage ranks the true means better than the sum of what was found, and its bounds hold about as often as they say.
#[test]
fn coverage_ranks_true_means_better_than_what_was_found() {
    let (tables, folder) = district(2_000);
    let pairs = truth::pairs(&tables, &folder.path().join("in"), (&key(), 30)).unwrap();
    let events: [fn(&truth::Pair) -> bool; 2] = [|pair| pair.class == "full", |pair| pair.class != "none"];
    for event in events {
        let coverage = truth::auc(&pairs, |pair| pair.coverage()[1], event);
        let found = truth::auc(&pairs, |pair| pair.found, event);
        let ratio = truth::auc(&pairs, truth::Pair::found_ratio, event);
        assert!(coverage > found + 0.02 && coverage > ratio + 0.02, "{coverage} against {found} and {ratio}");
    }
    let level = pairs[0].statement.level.unwrap().value();
    let (holds, n) = truth::share(&pairs, |pair| pair.unanswered <= 3, |pair| pair.holds(pair.visible));
    assert!((holds - level).abs() < 0.05, "bounds hold for {holds} of {n}");
}
