//! Linkage feeds the way: rows under several identifiers of one party become that party's before anything is computed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{self, LinkedParties};
use wherewithal::progress::Silent;
use wherewithal::schema::{ColumnKind, table};
use wherewithal::tables::SourceTables;

use super::pipeline as whole;

const RESIDENT: &str = "11010519491231002X";
const OTHER_RESIDENT: &str = "440524188001010014";
const UNIT: &str = "91350100M000100Y43";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Accounts under every identifier the party has; one kept under a passport that nobody speaks of.
const DEPOSITS: [&str; 6] = [
    "11010519491231002X,2018-01-05,2018-01-06,a1,100",
    "110105491231002,2018-01-05,2018-01-06,a2,200",
    "E12345678,2018-01-05,2018-01-06,a3,300",
    "M000100Y-4,2018-01-05,2018-01-06,b1,400",
    "91350100M000100Y43,2018-01-05,2018-01-06,b2,500",
    "G12345678,2018-01-05,2018-01-06,c1,600",
];
const PASSPORT: &str = "11010519491231002X,2018-01-01,2018-02-01,E12345678,same_party,";

/// Reads a folder of parties, accounts in the order given and what registers state.
fn read(deposits: &[&str], relations: &[&str]) -> SourceTables {
    let folder = tempfile::tempdir().unwrap();
    let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir(&sources).unwrap();
    let write = |name: &str, head: &str, rows: &[&str]| {
        fs::write(sources.join(name), format!("{head}\n{}\n", rows.join("\n"))).unwrap();
    };
    let parties = [
        format!("{RESIDENT},2017-01-01,2017-01-01,person"),
        format!("{OTHER_RESIDENT},2017-01-01,2017-01-01,person"),
        format!("{UNIT},2017-01-01,2017-01-01,company"),
    ];
    write("parties.csv", "entity_id,event_on,known_at,kind", &parties.each_ref().map(String::as_str));
    write("deposits.csv", "entity_id,event_on,known_at,account,balance_fen", deposits);
    write("relations.csv", "entity_id,event_on,known_at,other_id,kind,until_on", relations);
    let sources = Sources::new(sources, PseudonymKey::from_secret(b"test"));
    let (tables, report) = ingest::read(&sources, &ReadParams::new(&out), &Silent).unwrap();
    assert!(report.files.iter().all(|file| file.rows_refused == 0), "{report:?}");
    // Held in memory, so that the folder may go.
    whole::rebuilt(&tables, |_, frame| frame)
}

/// The balances of each party, sorted.
fn balances(tables: &SourceTables) -> BTreeMap<i64, Vec<i64>> {
    let frame = tables.frame("deposits").unwrap();
    let column = |name: &str| -> Vec<i64> { frame.column(name).unwrap().i64().unwrap().iter().flatten().collect() };
    let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (id, balance) in column("entity_id").into_iter().zip(column("balance_fen")) {
        of.entry(id).or_default().push(balance);
    }
    of.values_mut().for_each(|balances| balances.sort_unstable());
    of
}

fn linked(tables: &SourceTables, as_of: &str) -> (BTreeMap<i64, Vec<i64>>, LinkedParties) {
    let (tables, found) = pipeline::link_parties(tables, day(as_of)).unwrap();
    (balances(&tables), found)
}

fn id(text: &str) -> i64 {
    PseudonymKey::from_secret(b"test").pseudonym("party", text)
}

#[test]
fn every_identifier_of_a_party_leads_to_it() {
    let (found, counts) = linked(&read(&DEPOSITS, &[PASSPORT]), "2018-06-30");
    assert_eq!(found[&id(RESIDENT)], [100, 200, 300], "18 digits, 15 digits, passport");
    assert_eq!(found[&id(UNIT)], [400, 500], "organisation code and credit code");
    assert_eq!(found[&id("G12345678")], [600], "nobody says whose it is");
    assert_eq!((counts.identifiers, counts.contested), (2, 0));
}

#[test]
fn a_statement_holds_from_the_day_it_is_known_until_it_ends() {
    let tables = read(&DEPOSITS, &[PASSPORT]);
    let apart = |as_of| linked(&tables, as_of).0.contains_key(&id("E12345678"));
    assert!(apart("2018-01-31") && !apart("2018-02-01"), "law 1");
    let withdrawn = "E12345678,2018-01-01,2018-05-01,11010519491231002X,same_party,2018-04-30";
    let tables = read(&DEPOSITS, &[PASSPORT, withdrawn]);
    let apart = |as_of| linked(&tables, as_of).0.contains_key(&id("E12345678"));
    assert!(!apart("2018-04-30") && apart("2018-05-01"), "whichever of the two the register names first");
}

#[test]
fn what_cannot_be_one_party_is_not_joined() {
    let shared = "440524188001010014,2018-01-01,2018-02-01,E12345678,same_party,";
    let (found, counts) = linked(&read(&DEPOSITS, &[PASSPORT, shared]), "2018-06-30");
    assert_eq!(found[&id("E12345678")], [300], "a passport of two persons is neither's");
    assert_eq!(counts.contested, 1);
    let two_persons = "440524188001010014,2018-01-01,2018-02-01,11010519491231002X,same_party,";
    let person_and_unit = "11010519491231002X,2018-01-01,2018-02-01,91350100M000100Y43,same_party,";
    let tables = read(&DEPOSITS, &[two_persons, person_and_unit]);
    let (found, counts) = linked(&tables, "2018-06-30");
    assert_eq!((&found[&id(RESIDENT)], counts.contested), (&vec![100, 200], 2));
    let unknown = whole::rebuilt(&read(&DEPOSITS, &[PASSPORT]), |name, mut frame| {
        if name == "relations" {
            let nothing = Column::full_null("number_kind".into(), frame.height(), &DataType::String);
            frame.with_column(nothing).unwrap();
        }
        frame
    });
    let (found, counts) = linked(&unknown, "2018-06-30");
    assert_eq!((&found[&id(RESIDENT)], counts.contested), (&vec![100, 200], 1), "an unknown kind is no document");
    let chain = "E12345678,2018-01-01,2018-02-01,G12345678,same_party,";
    let (found, _) = linked(&read(&DEPOSITS, &[PASSPORT, chain]), "2018-06-30");
    assert_eq!(found[&id(RESIDENT)], [100, 200, 300, 600], "a chain of documents ends at the number");
    let (found, counts) = linked(&read(&DEPOSITS, &[PASSPORT, chain, shared]), "2018-06-30");
    assert_eq!(found[&id(RESIDENT)], [100, 200], "and joins nobody when its end is contested");
    assert_eq!(counts.contested, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Law 8 on the way: neither the order of rows, here and so their record numbers, nor which identifier a statement
    /// names first changes a party.
    #[test]
    fn parties_do_not_depend_on_the_order_of_rows(seed in any::<u64>()) {
        let numbers = [RESIDENT, OTHER_RESIDENT, UNIT, "E12345678", "G12345678", "E87654321", "D1234567"];
        let mut state = seed;
        let mut draw = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % n
        };
        let pairs: BTreeSet<(usize, usize)> = (0..5).map(|_| (draw(7), draw(7))).filter(|(a, b)| a < b).collect();
        let row = |(a, b): (usize, usize)| format!("{},2018-01-01,2018-02-01,{},same_party,", numbers[a], numbers[b]);
        let stated: Vec<String> = pairs.iter().map(|pair| row(*pair)).collect();
        let turned: Vec<String> = pairs.iter().rev().map(|(a, b)| row((*b, *a))).collect();
        let texts = |rows: &[String]| read(&DEPOSITS, &rows.iter().map(String::as_str).collect::<Vec<_>>());
        let mut other: Vec<&str> = DEPOSITS.to_vec();
        (1..other.len()).rev().for_each(|i| other.swap(i, draw(i + 1)));
        let mixed = read(&other, &turned.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(linked(&texts(&stated), "2018-06-30"), linked(&mixed, "2018-06-30"));
    }
}

/// The bundled district with some parties' rows put under other identifiers of theirs scores and reads as it did.
#[test]
fn a_district_under_other_identifiers_scores_as_it_did() {
    let tables = &whole::district().tables;
    let as_of = whole::as_of();
    let (same, counts) = pipeline::link_parties(tables, as_of).unwrap();
    assert_eq!(counts, LinkedParties::default(), "the district has nothing to join");
    for name in tables.names() {
        let rows = |tables: &SourceTables| tables.frame(name).unwrap();
        assert!(rows(&same).equals_missing(&rows(tables)), "{name}");
    }
    let parties = tables.frame("parties").unwrap();
    let column = |name: &str| parties.column(name).unwrap().i64().unwrap().clone();
    let (ids, codes) = (column("entity_id"), column("organisation_id"));
    let other: BTreeMap<i64, i64> = ids.iter().zip(codes.iter()).filter_map(|(id, code)| Some((id?, code?))).collect();
    let moved = ["deposits", "equity", "invoices", "queries", "real_estate", "sanctions", "vehicles"];
    let put = |name: &str, frame: DataFrame| -> DataFrame {
        let mut frame = frame;
        let party = |column: &&'static wherewithal::schema::Column| column.kind == ColumnKind::Party;
        for column in table(name).unwrap().columns().filter(party).filter(|_| moved.contains(&name)) {
            let ids = frame.column(column.name).unwrap().i64().unwrap();
            let ids: Vec<Option<i64>> = ids.iter().map(|id| Some(*other.get(&id?).unwrap_or(&id?))).collect();
            frame.with_column(Column::new(column.name.into(), ids)).unwrap();
        }
        frame
    };
    let scattered = whole::rebuilt(tables, put);
    let model = &whole::district().model;
    let apart = whole::score(&scattered, model);
    assert!(!apart.scores.equals_missing(&whole::district().scored.scores), "without linkage it shows");
    let (joined, counts) = pipeline::link_parties(&scattered, as_of).unwrap();
    assert!(counts.identifiers > 100 && counts.contested == 0, "{counts:?}");
    let scored = whole::score(&joined, model);
    assert!(scored.scores.equals_missing(&whole::district().scored.scores));
    assert_eq!(scored.profiles, whole::district().scored.profiles);
}
