//! Law 11: a folder, a store of it in any number of buckets and in any number of parts give the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use wherewithal::ingest::IngestReport;
use wherewithal::pipeline::{self, AssessParams, Assessment, ModelSource, TrainParams};
use wherewithal::progress::Silent;
use wherewithal::schema::{ColumnKind, KNOWN_AT, table};
use wherewithal::store::{Store, StoreParams};
use wherewithal::tables::SourceTables;

use super::pipeline::{as_of, district, rebuilt, score};

/// Every file of results; `run.json` besides names the digest of each.
const FILES: [&str; 8] = [
    "scores.parquet",
    "scores.csv",
    "reasons.parquet",
    "capacity.parquet",
    "signals.parquet",
    "watch.parquet",
    "profiles.ndjson",
    "run.json",
];

fn model(folder: &Path) -> ModelSource {
    let path = folder.join("given.json");
    std::fs::write(&path, district().model.to_json().unwrap()).unwrap();
    ModelSource::File(path)
}

fn bytes(out: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    FILES.iter().map(|name| (*name, std::fs::read(out.join(name)).unwrap())).collect()
}

fn assert_same(found: &Path, expected: &Path, what: &str) {
    for (name, bytes) in bytes(found) {
        assert!(bytes == std::fs::read(expected.join(name)).unwrap(), "{what}: {name} differs");
    }
}

#[test]
fn a_folder_and_its_store_in_any_number_of_buckets_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name);
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let params = |name: &str| AssessParams::new(as_of(), out(name), model(folder.path())).csv(true).watch(true);
    let whole = pipeline::assess(&params("folder").sources(&sources), &Silent).unwrap();
    assert!(whole.run.debtors[0] > 200 && whole.profiles.len() == whole.run.debtors[0], "{:?}", whole.run.debtors);
    // The store that the run kept is a store like any other.
    pipeline::assess(&params("again").store(out("folder/store")), &Silent).unwrap();
    // No report of what was read: nothing was.
    for name in FILES.iter().filter(|name| **name != "run.json") {
        assert!(std::fs::read(out("again").join(name)).unwrap() == std::fs::read(out("folder").join(name)).unwrap());
    }
    for buckets in [1, 8, 64] {
        let name = format!("in-{buckets}");
        let filling = StoreParams::default().buckets(buckets);
        let params = params(&name).sources(&sources).store(out(&format!("store-{buckets}"))).filling(filling);
        let Assessment { intake, .. } = pipeline::assess(&params.threads(3), &Silent).unwrap();
        assert_eq!(intake.unwrap().store.manifest().buckets(), buckets);
        assert_same(&out(&name), &out("folder"), &name);
    }
}

/// The rows of units under their organisation codes, but for what says which code is whose.
fn scattered(tables: &SourceTables) -> SourceTables {
    let parties = tables.frame("parties").unwrap();
    let column = |name: &str| parties.column(name).unwrap().i64().unwrap().clone();
    let (ids, codes) = (column("entity_id"), column("organisation_id"));
    let other: BTreeMap<i64, i64> = ids.iter().zip(codes.iter()).filter_map(|(id, code)| Some((id?, code?))).collect();
    let moved = ["deposits", "equity", "invoices", "queries", "real_estate", "relations", "sanctions", "vehicles"];
    rebuilt(tables, |name, mut frame| {
        let party = |column: &&'static wherewithal::schema::Column| column.kind == ColumnKind::Party;
        for column in table(name).unwrap().columns().filter(party).filter(|_| moved.contains(&name)) {
            let ids = frame.column(column.name).unwrap().i64().unwrap();
            // Every second row, so that a party's rows stand under both.
            let rows = ids.iter().enumerate();
            let ids: Vec<Option<i64>> =
                rows.map(|(row, id)| if row % 2 == 0 { Some(*other.get(&id?).unwrap_or(&id?)) } else { id }).collect();
            frame.with_column(Column::new(column.name.into(), ids)).unwrap();
        }
        frame
    })
}

fn before(tables: &SourceTables, wanted: impl Fn(i32) -> bool) -> SourceTables {
    rebuilt(tables, |_, frame| {
        let days = frame.column(KNOWN_AT).unwrap().date().unwrap().phys.iter();
        let marks: BooleanChunked = days.map(|day| day.map(&wanted)).collect();
        frame.filter(&marks).unwrap()
    })
}

#[test]
fn a_party_under_two_numbers_is_one_debtor_in_a_store_as_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let scattered = scattered(&district().tables);
    let expected = district().scored.scores.clone();
    assert!(!score(&scattered, &district().model).scores.equals_missing(&expected), "without joining it shows");
    let (joined, counts) = pipeline::link_parties(&scattered, as_of()).unwrap();
    assert!(counts.identifiers > 100, "{counts:?}");
    assert!(score(&joined, &district().model).scores.equals_missing(&expected));
    let cut = as_of().plus_days(-90).number();
    let parts = [before(&scattered, |day| day < cut), before(&scattered, |day| day >= cut)];
    let keep = |store: &Path, tables: &SourceTables, buckets: u32| {
        let filling = StoreParams::default().buckets(buckets);
        Store::keep(store, (tables, &IngestReport::default()), &filling, &Silent).unwrap();
    };
    let assessed = |store: PathBuf| {
        let out = store.with_extension("out");
        let params = AssessParams::new(as_of(), &out, model(folder.path())).store(store).csv(true).watch(true);
        let assessment = pipeline::assess(&params, &Silent).unwrap();
        assert!(assessment.linked().identifiers > 50, "{:?}", assessment.linked());
        let scores = pipeline::scores_of(&out).unwrap();
        let by_party = scores.sort(["entity_id"], SortMultipleOptions::default()).unwrap();
        assert!(by_party.equals_missing(&expected), "{}", out.display());
        out
    };
    let one = folder.path().join("one");
    keep(&one, &scattered, 1);
    let one = assessed(one);
    for buckets in [8, 64] {
        let store = folder.path().join(format!("in-{buckets}"));
        keep(&store, &scattered, buckets);
        let out = assessed(store);
        for name in FILES.iter().filter(|name| **name != "run.json") {
            assert!(std::fs::read(out.join(name)).unwrap() == std::fs::read(one.join(name)).unwrap(), "{name}");
        }
    }
    // What is stated in a later part reaches rows of an earlier one, and the other way round.
    let nights = folder.path().join("nights");
    parts.iter().zip([16, 4]).for_each(|(part, buckets)| keep(&nights, part, buckets));
    assessed(nights);
}

#[test]
fn a_store_teaches_what_its_folder_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let tables = &district().tables;
    let params = TrainParams::standard().unwrap().folds(0);
    let store = folder.path().join("store");
    let filling = StoreParams::default().buckets(16);
    let store = Store::keep(&store, (tables, &IngestReport::default()), &filling, &Silent).unwrap();
    let (model, report) = pipeline::train(&store, (&params, as_of()), &Silent).unwrap();
    assert_eq!(model, district().model);
    let drawn = params.samples(600);
    let (few, drawn) = pipeline::train(&store, (&drawn, as_of()), &Silent).unwrap();
    assert_eq!(drawn.samples + drawn.left_out, report.samples);
    assert!((600..660).contains(&drawn.samples), "{}", drawn.samples);
    assert!(few != model);
}
