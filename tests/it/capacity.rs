//! Statements of means over a simulated district: read through the whole way, held against the hidden truth.

use polars::prelude::*;
use wherewithal::capacity::{
    self, Amount, BurdenKind, CapacityParams, CapacityRules, CapacityStatement, CapacityTable, Layer,
};
use wherewithal::domain::{Day, Money, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::simulate::{Format, SimulateParams};
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

#[path = "../../cli/examples/truth/means.rs"]
#[allow(dead_code, reason = "the example shows more of it")]
mod truth;

fn district(cases: u64) -> (SourceTables, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let params = SimulateParams::district().cases(cases);
    params.write(&folder.path().join("in"), Format::Csv, &Silent).unwrap();
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

/// Files beside those of one case of 500,000 yuan with one debtor; `{d}` is the debtor, `{c}` a company.
fn one_debtor(files: &[(&str, &str, &str)]) -> (SourceTables, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    std::fs::create_dir(&sources).unwrap();
    let case = [
        (
            "cases.csv",
            "case_id,event_on,known_at,kind,claim_fen",
            "（2017）苏0205执7号,2017-03-01,2017-03-01,first,50000000",
        ),
        (
            "case_parties.csv",
            "case_id,event_on,known_at,entity_id,role",
            "（2017）苏0205执7号,2017-03-01,2017-03-01,{d},debtor",
        ),
    ];
    for (name, header, rows) in case.iter().chain(files) {
        let rows = rows.replace("{d}", "11010519491231002X").replace("{c}", "91350100M000100Y43");
        std::fs::write(sources.join(name), format!("{header}\n{rows}\n")).unwrap();
    }
    let out = ReadParams::new(folder.path().join("out"));
    let (tables, report) = ingest::read(&Sources::new(&sources, key()), &out, &Silent).unwrap();
    assert!(report.files.iter().all(|file| file.rows_refused == 0), "{report:?}");
    (tables, folder)
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
    assert!(table.statements().iter().any(|s| s.recovered.expected > Money::ZERO));
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
        let rows = tables.frame(name).unwrap();
        let known = rows.column("known_at").unwrap().date().unwrap().phys.iter();
        let early: BooleanChunked = known.map(|known| known.map(|known| known <= day.number())).collect();
        past = past.with_frame(name, rows.filter(&early).unwrap()).unwrap();
    }
    assert_eq!(assess(&past, "2017-03-31"), assess(&tables, "2017-03-31"));
}

/// A share is named by its company: a pledge and a freeze recorded against that name lie on it.
#[test]
fn burdens_on_shares_are_found() {
    let files = [
        (
            "equity.csv",
            "entity_id,event_on,known_at,company_id,office,value_fen,company_state,started_on,is_pledged,is_frozen",
            "{d},2017-03-10,2017-03-10,{c},shareholder,30000000,active,2010-01-01,true,true",
        ),
        (
            "encumbrances.csv",
            "entity_id,event_on,known_at,asset_table,asset,kind,rank,amount_fen,holder,case_id,until_on,released_on,is_ours",
            "{d},2016-01-05,2017-03-10,equity,{c},pledge,1,8000000,a bank,,,,false\n\
             {d},2017-03-12,2017-03-12,equity,{c},seizure,1,,,（2017）苏0205执7号,2020-03-11,,true",
        ),
    ];
    let (tables, _folder) = one_debtor(&files);
    let known = snapshot::as_of(&tables, Day::parse("2017-06-30").unwrap()).unwrap();
    let estates = capacity::estates(&known).unwrap();
    let burdens = &estates[0].assets[0].burdens;
    let found: Vec<_> = burdens.iter().map(|burden| (burden.kind, burden.amount, burden.our_case.is_some())).collect();
    let pledge = (BurdenKind::Pledge, Amount::Known(Money::from_fen(8_000_000)), false);
    assert_eq!(found, [pledge, (BurdenKind::Seizure, Amount::Unknown, true)]);
    // 60 % of the value is the price, 7 % of it costs and taxes; the pledge goes first.
    let table = assess(&tables, "2017-06-30");
    let statement = &table.statements()[0];
    assert_eq!(statement.layer(Layer::Secured).expected, Money::from_fen(8_000_000));
    assert_eq!(statement.recovered.expected, Money::from_fen(30_000_000 * 60 / 100 * 93 / 100 - 8_000_000));
}

/// Money that was paid after the balance was seen is no haircut: it is paid since, and cites the payment.
#[test]
fn a_balance_that_a_later_payment_consumed_is_paid_since() {
    let files = [
        (
            "deposits.csv",
            "entity_id,event_on,known_at,account,balance_fen",
            "{d},2017-03-10,2017-03-10,6222000006400,10000000",
        ),
        (
            "payments.csv",
            "case_id,event_on,known_at,entity_id,amount_fen,manner",
            "（2017）苏0205执7号,2017-04-01,2017-04-01,{d},4000000,voluntary",
        ),
    ];
    let (tables, _folder) = one_debtor(&files);
    let payment = tables.frame("payments").unwrap().column("record_id").unwrap().i64().unwrap().get(0);
    let table = assess(&tables, "2017-06-30");
    let statement = &table.statements()[0];
    let line = statement.assets[0].lines.iter().find(|line| line.layer == Layer::PaidSince).unwrap();
    assert_eq!((line.record, line.amount.expected), (payment, Money::from_fen(4_000_000)));
    // The high figure lets the payment have come from elsewhere.
    assert_eq!(line.amount.high, Money::ZERO);
    assert!(statement.assets[0].is_conserved(), "{:?}", statement.assets[0]);
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
    let by_means = |pair: &truth::Pair| pair.means >= 1.0;
    let (coverage, found) = (|pair: &truth::Pair| pair.coverage()[1], |pair: &truth::Pair| pair.found);
    assert!(truth::auc(&pairs, coverage, by_means) > truth::auc(&pairs, found, by_means) + 0.02);
    let level = pairs[0].statement.level.unwrap().value();
    let (holds, n) = truth::share(&pairs, |pair| pair.known > 0.02, |pair| pair.side(pair.known).is_eq());
    assert!((holds - level).abs() < 0.05, "bounds hold for {holds} of {n}");
    // What nobody told lies above, so they hold less often on all that holders could show, yet not much where few are
    // silent.
    let (holds, n) = truth::share(&pairs, |pair| pair.unanswered <= 3, |pair| pair.side(pair.visible).is_eq());
    assert!(holds > 0.85, "bounds hold for the visible means of {holds} of {n}");
}
