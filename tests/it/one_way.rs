//! Law 11: a folder, a store of it in any number of buckets and in any number of parts give the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{FileReport, IngestReport, Sources};
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
pub(crate) fn scattered(tables: &SourceTables) -> SourceTables {
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

pub(crate) fn before(tables: &SourceTables, wanted: impl Fn(i32) -> bool) -> SourceTables {
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
        Store::keep(store, tables, &IngestReport::default(), &filling, &Silent).unwrap();
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
    let store = Store::keep(&store, tables, &IngestReport::default(), &filling, &Silent).unwrap();
    let (model, report) = params.train(&store, as_of(), &Silent).unwrap();
    assert_eq!(model, district().model);
    let drawn = params.samples(600);
    let (few, drawn) = drawn.train(&store, as_of(), &Silent).unwrap();
    assert_eq!(drawn.samples + drawn.left_out, report.samples);
    assert!((600..660).contains(&drawn.samples), "{}", drawn.samples);
    assert!(few != model);
}

/// Rows in the order in which they stand, numbered as those of a file.
fn numbered(tables: &SourceTables, ordinal: i64) -> SourceTables {
    rebuilt(tables, |_, mut frame| {
        let numbers: Vec<i64> = (1..).take(frame.height()).map(|line| (ordinal << 40) + line).collect();
        frame.with_column(Column::new("record_id".into(), numbers)).unwrap();
        frame
    })
}

/// A report of the files of some weeks.
fn files(weeks: &[usize]) -> IngestReport {
    let file = |(week, ordinal): (&usize, u64)| {
        let mut file = FileReport::default();
        (file.file, file.ordinal, file.blake3) = (format!("week-{week}"), ordinal, format!("digest {week}"));
        file.rows_read = 1;
        file
    };
    IngestReport { files: weeks.iter().zip(1..).map(file).collect(), ..IngestReport::default() }
}

/// Every file of buckets and pairs of a store of one part.
fn stored(store: &Store) -> BTreeMap<String, Vec<u8>> {
    let [part] = store.manifest().parts.as_slice() else { panic!("{} parts", store.manifest().parts.len()) };
    let folder = store.folder().join(&part.folder);
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                    found.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

/// Law 12: many parts folded are one filling, 60 nights as any other number.
#[test]
fn parts_folded_are_one_filling() {
    let folder = tempfile::tempdir().unwrap();
    let tables = scattered(&district().tables);
    let first = as_of().plus_days(-180).number();
    let night = |n: i32| before(&tables, move |day| (day - first).div_euclid(3).clamp(0, 59) == n);
    let nights_rows: Vec<SourceTables> = (0..60).map(night).collect();
    let filling = StoreParams::default().buckets(8);
    let keep = |store: &Path, (tables, report): (&SourceTables, &IngestReport), filling: &StoreParams| {
        Store::keep(store, tables, report, filling, &Silent).unwrap()
    };
    let nights = folder.path().join("nights");
    let mut all = SourceTables::new();
    for (n, night) in nights_rows.iter().enumerate() {
        let buckets = [2, 1, 4][n % 3];
        keep(&nights, (&numbered(night, 1), &files(&[n])), &StoreParams::default().buckets(buckets));
        let night = numbered(night, n as i64 + 1);
        all = night.names().fold(all, |all, name| all.with_frame(name, night.frame(name).unwrap()).unwrap());
    }
    let every: Vec<usize> = (0..60).collect();
    let at_once = keep(&folder.path().join("once"), (&all, &files(&every)), &filling);
    let apart = Store::open(&nights).unwrap();
    assert_eq!(apart.manifest().parts.len(), 60);
    let folded = Store::fold(&nights, &filling, &Silent).unwrap();
    let (once, folded_files) = (stored(&at_once), stored(&folded));
    assert!(once.len() > 100 && once.keys().eq(folded_files.keys()), "{} files", once.len());
    for (name, bytes) in &once {
        assert!(folded_files[name] == *bytes, "{name} differs");
    }
    assert_eq!(folded.manifest().digest().unwrap(), at_once.manifest().digest().unwrap());
    // Known as replaced before the manifest stopped to name them.
    assert!(apart.manifest().parts.iter().all(|part| nights.join(&part.folder).join("replaced").is_file()));
    // A reader of before goes on; a night of before is known, and the next filling removes what was read.
    let one = district().scored.scores.column("entity_id").unwrap().i64().unwrap().get(0).unwrap();
    let rows = |store: &Store| store.tables_for(&[one]).unwrap().tables().frame("cases").unwrap();
    assert!(rows(&apart).height() > 0 && rows(&apart).equals_missing(&rows(&folded)));
    assert_eq!(Store::fold(&nights, &filling, &Silent).unwrap().manifest(), folded.manifest());
    let again = keep(&nights, (&numbered(&nights_rows[3], 1), &files(&[3])), &filling);
    assert_eq!(again.manifest(), folded.manifest());
    let entries = std::fs::read_dir(&nights).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(entries.filter(|name| name.to_str().unwrap().starts_with("part-")).count(), 1);
    // One part of other buckets becomes what a filling into these gives.
    let fewer = StoreParams::default().buckets(2);
    let anew = Store::fold(&nights, &fewer, &Silent).unwrap();
    let at_once = keep(&folder.path().join("fewer"), (&all, &files(&every)), &fewer);
    assert_eq!((anew.manifest().parts.len(), anew.manifest().parts[0].buckets), (1, 2));
    assert!(stored(&anew) == stored(&at_once), "one part folded into fewer buckets is one filling");
    assert!(Store::fold(&nights, &StoreParams::default().buckets(3), &Silent).is_err(), "no power of two");
}

/// A part withdrawn is as though it had never come, wherever it stood.
#[test]
fn a_part_withdrawn_never_came() {
    let folder = tempfile::tempdir().unwrap();
    let tables = scattered(&district().tables);
    let first = as_of().plus_days(-50).number();
    let weeks: Vec<SourceTables> =
        (0..6).map(|n| before(&tables, move |day| (day - first).div_euclid(10).clamp(0, 5) == n)).collect();
    let filling = StoreParams::default().buckets(4);
    let keep = |store: &Path, (tables, report): (&SourceTables, &IngestReport)| {
        Store::keep(store, tables, report, &filling, &Silent).unwrap()
    };
    for gone in [0, 3, 5] {
        let store = folder.path().join(format!("without-{gone}"));
        let (mut before, mut all, mut ordinal) = (Vec::new(), SourceTables::new(), 0);
        for (n, week) in weeks.iter().enumerate() {
            before.push(keep(&store, (&numbered(week, 1), &files(&[n]))).manifest().clone());
            if n != gone {
                ordinal += 1;
                let week = numbered(week, ordinal);
                all = week.names().fold(all, |all, name| all.with_frame(name, week.frame(name).unwrap()).unwrap());
            }
        }
        let others: Vec<usize> = (0..6).filter(|n| *n != gone).collect();
        let once = keep(&folder.path().join(format!("once-{gone}")), (&all, &files(&others)));
        let reader = Store::open(&store).unwrap();
        let part = format!("part-{:04}", gone + 1);
        let left = Store::withdraw(&store, &part, &filling, &Silent).unwrap();
        if gone == 5 {
            assert_eq!(*left.manifest(), before[4]);
        }
        // A reader of before goes on until something is filled or folded next.
        let one = district().scored.scores.column("entity_id").unwrap().i64().unwrap().get(0).unwrap();
        assert!(reader.tables_for(&[one]).unwrap().tables().frame("cases").unwrap().height() > 0);
        let left = Store::fold(&store, &filling, &Silent).unwrap();
        let (once_files, left_files) = (stored(&once), stored(&left));
        assert!(once_files.len() > 50 && once_files.keys().eq(left_files.keys()));
        for (name, bytes) in &once_files {
            assert!(left_files[name] == *bytes, "without {gone}: {name} differs");
        }
        assert_eq!(
            left.manifest().parts,
            once.manifest()
                .parts
                .iter()
                .map(|part| {
                    let mut part = part.clone();
                    part.folder.clone_from(&left.manifest().parts[0].folder);
                    part
                })
                .collect::<Vec<_>>()
        );
        assert!(Store::check(&store).unwrap().is_sound());
        // And the same files can come again.
        let again = keep(&store, (&numbered(&weeks[gone], 1), &files(&[gone])));
        assert_eq!(again.manifest().rows(), before[5].rows());
    }
    let refused = Store::withdraw(&folder.path().join("once-0"), "part-0009", &filling, &Silent).unwrap_err();
    assert!(refused.to_string().contains("part-0009") && refused.to_string().contains("part-0001"), "{refused}");
}

#[test]
fn a_store_of_too_many_parts_is_folded_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let filling = StoreParams::default().most_parts(3);
    let mut parts = Vec::new();
    for night in 1..=5 {
        let sources = folder.path().join(format!("night-{night}"));
        std::fs::create_dir(&sources).unwrap();
        let rows = format!(
            "entity_id,event_on,known_at,account,balance_fen\nA,2018-01-0{night},2018-01-0{night},1,{night}00\n"
        );
        std::fs::write(sources.join("deposits.csv"), rows).unwrap();
        let sources = Sources::new(sources, PseudonymKey::from_secret(b"test"));
        let intake = sources.ingest_into(&store, &filling, &Silent).unwrap();
        assert_eq!(intake.store.manifest().rows(), night);
        parts.push(intake.store.manifest().parts.len());
    }
    assert_eq!(parts, [1, 2, 3, 1, 2]);
}
