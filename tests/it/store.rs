//! Buckets assessed apart are one run, bit for bit; nights add up; a killed run goes on.

use std::collections::HashSet;
use std::path::Path;

use polars::prelude::*;
use wherewithal::domain::Day;
use wherewithal::explain;
use wherewithal::features::FeatureCatalog;
use wherewithal::ingest::IngestReport;
use wherewithal::pipeline::{self, AssessParams, Assessment, Event, ModelSource};
use wherewithal::progress::Silent;
use wherewithal::schema::{ENTITY_ID, KNOWN_AT};
use wherewithal::store::{Store, StoreParams, hash_key};
use wherewithal::tables::{Partition, Partitions, SourceTables};

use super::pipeline::{as_of, district};
use super::sound::files;

const TABLES: [&str; 6] = ["scores", "reasons", "capacity", "signals", "watch", "features"];

fn keep(folder: &Path, tables: &SourceTables, params: &StoreParams) -> Store {
    Store::keep(folder, tables, &IngestReport::default(), params, &Silent).unwrap()
}

/// What an assessment of a store writes, table by table.
fn assessed(store: &Path, since: Option<Day>, threads: usize) -> Vec<DataFrame> {
    let out = tempfile::tempdir().unwrap();
    let model = out.path().join("given.json");
    std::fs::write(&model, district().model.to_json().unwrap()).unwrap();
    let params = AssessParams::new(as_of(), out.path(), ModelSource::File(model))
        .store(store.to_path_buf())
        .since(since)
        .watch(true)
        .features(FeatureCatalog::standard().unwrap())
        .threads(threads)
        .profiles(3);
    let Assessment { run, profiles, .. } = pipeline::assess(&params, &Silent).unwrap();
    assert_eq!(profiles.len(), 3.min(run.debtors[0] - run.debtors[1]));
    TABLES.map(|name| read(&out.path().join(format!("{name}.parquet")))).into()
}

fn read(path: &Path) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

fn assert_same(a: &[DataFrame], b: &[DataFrame]) {
    for ((name, a), b) in TABLES.iter().zip(a).zip(b) {
        assert!(a.height() > 0, "{name} is empty");
        assert!(a.equals_missing(b), "{name} differs:\n{a}\n{b}");
    }
}

/// The rows of some tables for which `wanted` holds of the day on which they became known.
fn known(tables: &SourceTables, wanted: impl Fn(i32) -> bool) -> SourceTables {
    tables.names().fold(SourceTables::new(), |all, name| {
        let rows = tables.frame(name).unwrap();
        let days = rows.column(KNOWN_AT).unwrap().date().unwrap().phys.iter();
        let marks: BooleanChunked = days.map(|day| Some(day.is_some_and(&wanted))).collect();
        all.with_frame(name, rows.filter(&marks).unwrap()).unwrap()
    })
}

#[test]
fn buckets_assessed_apart_are_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let district = district();
    let whole = folder.path().join("whole");
    keep(&whole, &district.tables, &StoreParams::default().buckets(1));
    let one = assessed(&whole, None, 1);
    for (buckets, threads, held) in [(2, 1, 1 << 22), (16, 3, 5_000)] {
        let cut = folder.path().join(format!("cut-{buckets}"));
        let params = StoreParams::default().buckets(buckets).held_rows(held);
        let store = keep(&cut, &district.tables, &params);
        assert_eq!(store.manifest().buckets(), buckets);
        assert_same(&assessed(&cut, None, threads), &one);
    }
    // And what the one call for a folder finds.
    let by_party = one[0].sort([ENTITY_ID], SortMultipleOptions::default()).unwrap();
    assert!(by_party.equals_missing(&district.scored.scores));
    let places: Vec<u64> = one[0].column(ENTITY_ID).unwrap().i64().unwrap().iter().flatten().map(hash_key).collect();
    assert!(places.is_sorted());
    let expected = |profile: &wherewithal::profile::DebtorProfile| {
        let reasons = profile.reasons.iter().map(|reason| (profile.entity.clone(), reason.feature.clone()));
        reasons.collect::<Vec<_>>()
    };
    let mut expected: Vec<_> = district.scored.profiles.iter().flat_map(expected).collect();
    let mut found: Vec<(String, String)> = one[1]
        .column(ENTITY_ID)
        .unwrap()
        .i64()
        .unwrap()
        .iter()
        .zip(one[1].column("feature").unwrap().str().unwrap().iter())
        .map(|(id, feature)| (format!("{:016x}", id.unwrap()), feature.unwrap().to_owned()))
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn nights_add_up_and_news_is_assessed_as_the_whole_is() {
    let folder = tempfile::tempdir().unwrap();
    let tables = &district().tables;
    let whole = folder.path().join("whole");
    keep(&whole, tables, &StoreParams::default().buckets(4));
    let full = assessed(&whole, None, 2);

    let grown = folder.path().join("grown");
    let (first, second) = (as_of().plus_days(-60), as_of().plus_days(-1));
    let parts = [
        known(tables, |known| known < first.number()),
        known(tables, |known| (first.number()..second.number()).contains(&known)),
        known(tables, |known| known >= second.number()),
    ];
    for (part, buckets) in parts.iter().zip([4, 1, 2]) {
        // Many portions, each with rows of earlier parts that somebody needs only now.
        keep(&grown, part, &StoreParams::default().buckets(buckets).bucket_rows(300));
    }
    let store = Store::open(&grown).unwrap();
    assert_eq!(store.manifest().parts.len(), 3);
    assert_eq!(store.manifest().rows(), Store::open(&whole).unwrap().manifest().rows());
    assert_same(&assessed(&grown, None, 2), &full);

    // The news of two days, from either store.
    let fresh = store.fresh(second, as_of()).unwrap();
    assert_eq!(fresh, Store::open(&whole).unwrap().fresh(second, as_of()).unwrap());
    let debtors = full[0].height();
    let news = assessed(&grown, Some(second), 2);
    assert!(news[0].height() > 0 && news[0].height() < debtors / 2, "{} of {debtors}", news[0].height());
    let fresh: HashSet<i64> = fresh.into_iter().collect();
    for (name, (news, full)) in TABLES.iter().zip(news.iter().zip(&full)) {
        let ids = full.column(ENTITY_ID).unwrap().i64().unwrap().iter();
        let is_fresh: BooleanChunked = ids.map(|id| id.map(|id| fresh.contains(&id))).collect();
        assert!(news.equals_missing(&full.filter(&is_fresh).unwrap()), "{name}");
    }
}

#[test]
fn a_case_without_a_debtor_is_kept_and_is_no_debtor() {
    let day = |name: &str| Column::new(name.into(), [10, 10]).cast(&DataType::Date).unwrap();
    let frame = |columns: Vec<Column>| DataFrame::new(2, columns).unwrap();
    let cases = [Column::new("case_id".into(), [70i64, 71]), day("event_on"), day("known_at")].to_vec();
    let parties = vec![
        Column::new("case_id".into(), [70i64, 71]),
        day("event_on"),
        day("known_at"),
        Column::new(ENTITY_ID.into(), [1i64, 2]),
        Column::new("role".into(), ["debtor", "creditor"]),
    ];
    let claims = Column::new("claim_fen".into(), [100i64, 200]);
    let tables = SourceTables::new().with_frame("cases", frame([cases, vec![claims]].concat())).unwrap();
    let tables = tables.with_frame("case_parties", frame(parties)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = keep(folder.path(), &tables, &StoreParams::default().buckets(2));
    let of = |id: i64| store.tables_for(&[id]).unwrap().tables().frame("cases").unwrap().height();
    assert_eq!([of(1), of(2), of(71)], [1, 0, 1]);
    assert_eq!(store.debtors_among(&[71, 2, 1]).unwrap(), [1]);
}

#[test]
fn reasons_of_many_rows_are_those_of_each() {
    let district = district();
    let snapshot = wherewithal::snapshot::as_of(&district.tables, as_of()).unwrap();
    let card = district.model.card(Event::Any);
    let own = card.features().iter().map(|f| f.name()).filter(|name| district.model.catalog().feature(name).is_some());
    let table = wherewithal::features::compute(&snapshot, &district.model.catalog().only(own).unwrap()).unwrap();
    let roles = wherewithal::features::TableRoles::default().id(ENTITY_ID).as_of("as_of");
    let params = wherewithal::capacity::CapacityParams::default().turning_points(false);
    let means = wherewithal::capacity::assess(&snapshot, district.model.rules(), &params).unwrap().frame().unwrap();
    let means = wherewithal::features::FeatureTable::from_frame(means, &roles).unwrap();
    let table = table.join(&means).unwrap();
    let scorer = wherewithal::score::Scorer::with(card, district.model.scorer().keep_points(true)).unwrap();
    let scores = scorer.score(&table).unwrap();
    let rows: Vec<usize> = (0..table.height()).collect();
    let ranked = scores.reasons(&table, &rows, 4).unwrap();
    let mut at = 0;
    for row in rows {
        for reason in explain::explain(card, &table, row).unwrap().reasons(4) {
            assert_eq!(
                ranked.column("rank").unwrap().u32().unwrap().get(at).map(|rank| rank as usize),
                Some(reason.rank)
            );
            assert_eq!(ranked.column("feature").unwrap().str().unwrap().get(at), Some(reason.feature.as_str()));
            assert_eq!(ranked.column("above_typical").unwrap().i32().unwrap().get(at), Some(reason.above_typical));
            assert_eq!(ranked.column("is_known").unwrap().bool().unwrap().get(at), Some(reason.known));
            at += 1;
        }
    }
    assert_eq!(at, ranked.height());
    assert!(at > 500);
}

#[test]
fn the_watch_list_names_what_is_due_and_whose_means_came_back() {
    let district = district();
    let rules = district.model.rules();
    let list = wherewithal::watch::watch(&Partition::new(district.tables.clone(), |_| true), rules, as_of()).unwrap();
    assert!(list.watched().len() > 50, "{}", list.watched().len());
    let one = *list.watched().iter().find(|watched| watched.due_on.is_some()).unwrap();
    assert!(!one.is_back || one.now > one.then);
    // The same debtor with a deposit of half a million that a bank tells of today.
    let day = |name: &str| Column::new(name.into(), [as_of().number()]).cast(&DataType::Date).unwrap();
    let deposit = DataFrame::new(
        1,
        vec![
            Column::new(ENTITY_ID.into(), [one.entity_id]),
            day("event_on"),
            day("known_at"),
            Column::new("account".into(), [987_654_321i64]),
            Column::new("kind".into(), ["current"]),
            Column::new("state".into(), ["normal"]),
            Column::new("balance_fen".into(), [50_000_000i64]),
            Column::new("available_fen".into(), [50_000_000i64]),
        ],
    );
    let query = DataFrame::new(
        1,
        vec![
            Column::new(ENTITY_ID.into(), [one.entity_id]),
            day("event_on"),
            day("known_at"),
            Column::new("source".into(), ["bank"]),
            Column::new("answer".into(), ["found"]),
        ],
    );
    let tables = district.tables.clone().with_frame("deposits", deposit.unwrap()).unwrap();
    let tables = tables.with_frame("queries", query.unwrap()).unwrap();
    let found = wherewithal::watch::watch(&Partition::of_parties(tables, &[one.entity_id]), rules, as_of()).unwrap();
    let [found] = found.watched() else { panic!("{found:?}") };
    assert!(found.is_back && found.is_asked && found.now > one.now && found.then == one.then, "{found:?} {one:?}");
}

#[test]
fn folders_are_taken_in_once_and_rows_keep_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, files: &[(&str, &str)]| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        files.iter().for_each(|(file, text)| std::fs::write(folder.join(file), text).unwrap());
    };
    let head = "entity_id,event_on,known_at,account,balance_fen\n";
    let january = format!("{head}A,2018-01-05,2018-01-06,1,100\nB,2018-01-05,,2,200\nB,2018-01-05,2018-01-06,3,300\n");
    let february = format!("{head}A,2018-02-05,2018-02-06,1,400\nC,2018-02-05,2018-02-06,4,500\n");
    write("jan", &[("deposits.csv", &january)]);
    write("feb", &[("deposits.csv", &february)]);
    write("both", &[("deposits.csv", &january), ("network_funds.csv", &february)]);
    let store = folder.path().join("store");
    let ingest_into = |name: &str| {
        let key = wherewithal::domain::PseudonymKey::from_secret(b"test");
        let sources = wherewithal::ingest::Sources::new(folder.path().join(name), key);
        sources.ingest_into(&store, &StoreParams::default().buckets(2), &Silent)
    };
    for (name, rows) in [("jan", 2), ("feb", 4), ("jan", 4), ("feb", 4)] {
        let kept = ingest_into(name).unwrap().store;
        assert_eq!(kept.manifest().rows(), rows, "{name}");
    }
    let message = ingest_into("both").unwrap_err().to_string();
    assert!(message.contains("deposits.csv"), "{message}");
    let kept = Store::open(&store).unwrap();
    assert_eq!((kept.manifest().rows(), kept.manifest().parts.len()), (4, 2));
    assert_eq!(std::fs::read_dir(store.join("refused")).unwrap().count(), 2);
    assert!(store.join("refused/part-0001/ingest_report.json").is_file());
    let mut found = Vec::new();
    for bucket in 0..2 {
        let rows = kept.partition(bucket).unwrap().tables().frame("deposits").unwrap();
        let (records, balances) = (rows.column("record_id").unwrap(), rows.column("balance_fen").unwrap());
        for (record, fen) in records.i64().unwrap().iter().zip(balances.i64().unwrap().iter()) {
            let (file, line) = (record.unwrap() >> 40, record.unwrap() & ((1 << 40) - 1));
            found.push((fen.unwrap(), file, line));
        }
    }
    found.sort_unstable();
    assert_eq!(found, [(100, 1, 2), (300, 1, 4), (400, 2, 2), (500, 2, 3)]);
}

/// Every file of a folder, by its path within.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    let mut found: Vec<_> = files(folder).iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect();
    found.sort();
    found
}

#[test]
fn neither_memory_nor_portions_nor_threads_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let district = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let key = wherewithal::domain::PseudonymKey::from_secret(b"test");
    let sources = wherewithal::ingest::Sources::new(district, key);
    let params = StoreParams::default().buckets(16);
    let filled = |name: &str, held: usize, portion: u64, threads: usize| {
        let store = folder.path().join(name);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sources.ingest_into(&store, &params.clone().held_rows(held).bucket_rows(portion), &Silent))
            .unwrap();
        bytes_of(&store)
    };
    let one = filled("all", usize::MAX, u64::MAX, 2);
    assert!(one.iter().any(|(name, _)| name.ends_with("0015/index.parquet")));
    let ways = [
        ("few", 700, 1 << 20, 2),
        ("some", 20_000, 500, 3),
        ("alone", 20_000, 1 << 20, 1),
        ("cut", usize::MAX, 300, 2),
    ];
    for (name, held, portion, threads) in ways {
        let other = filled(name, held, portion, threads);
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&other), names(&one), "{name}");
        let differ = one.iter().zip(&other).find(|(a, b)| a != b).map(|((file, _), _)| file);
        assert_eq!(differ, None, "{name}");
    }
    // And what tables give that were read before; their manifest alone knows of no folder of refused rows.
    let reading = wherewithal::ingest::ReadParams::new(folder.path().join("read"));
    let (tables, report) = wherewithal::ingest::read(&sources, &reading, &Silent).unwrap();
    let kept = folder.path().join("kept");
    Store::keep(&kept, &tables, &report, &params, &Silent).unwrap();
    let is_rows = |(name, _): &(String, Vec<u8>)| !name.starts_with("refused") && name != "manifests/000001.json";
    assert!(one.into_iter().filter(is_rows).eq(bytes_of(&kept).into_iter().filter(is_rows)));
    let [mut read, kept] =
        ["all", "kept"].map(|name| Store::open(&folder.path().join(name)).unwrap().manifest().clone());
    assert_eq!(read.parts[0].refused.len(), 1);
    read.parts[0].refused.clear();
    assert_eq!(read, kept);
}

#[test]
fn a_store_is_filled_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let params = StoreParams::default();
    let first = Store::fill(folder.path(), "key", &params).unwrap();
    // Rows of the first that were refused so far.
    let waiting = first.incoming().join("payments.csv.csv");
    std::fs::create_dir(first.incoming()).unwrap();
    std::fs::write(&waiting, "a row\n").unwrap();
    let refused = Store::fill(folder.path(), "key", &params).unwrap_err().to_string();
    assert!(refused.contains("held by process") && refused.contains("filling the store"), "{refused}");
    assert_eq!(std::fs::read_to_string(&waiting).unwrap(), "a row\n");
    drop(first);
    // What a removal left that was killed in the middle is no stranger's.
    let removed = folder.path().join("part-0001.removed");
    std::fs::create_dir(&removed).unwrap();
    std::fs::write(removed.join("debtors.parquet"), "").unwrap();
    Store::fill(folder.path(), "key", &params).unwrap();
    assert!(!removed.exists());
}

#[test]
fn a_store_that_lost_its_manifest_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), &district().tables, &StoreParams::default().buckets(2));
    let before = bytes_of(folder.path());
    std::fs::remove_dir_all(folder.path().join("manifests")).unwrap();
    let again = Store::fill(folder.path(), &IngestReport::default().key, &StoreParams::default());
    let refused = again.unwrap_err().to_string();
    assert!(refused.contains("part-0001") && refused.contains("manifests"), "{refused}");
    assert_eq!(bytes_of(folder.path()).len() + 1, before.len());
    // And a folder of no sources is no night.
    let sources = wherewithal::ingest::Sources::new(
        folder.path().join("part-0001"),
        wherewithal::domain::PseudonymKey::from_secret(b"test"),
    );
    let store = folder.path().join("other");
    let refused = sources.ingest_into(&store, &StoreParams::default(), &Silent).unwrap_err().to_string();
    assert!(refused.contains("--store reads a store"), "{refused}");
    // Nor is a store that lies among the sources: its pseudonyms are no numbers.
    let among = folder.path().join("among");
    std::fs::create_dir_all(among.join("out")).unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/data/district/deposits.csv"), among.join("deposits.csv"))
        .unwrap();
    keep(&among.join("out/store"), &district().tables, &StoreParams::default().buckets(2));
    let sources = wherewithal::ingest::Sources::new(&among, wherewithal::domain::PseudonymKey::from_secret(b"test"));
    let read = sources.ingest_into(&folder.path().join("third"), &StoreParams::default(), &Silent).unwrap();
    assert_eq!(read.report.files.iter().map(|file| file.file.as_str()).collect::<Vec<_>>(), ["deposits.csv"]);
    let ignored: Vec<_> = read.report.ignored.iter().map(|of| (of.file.as_str(), of.reason.to_string())).collect();
    assert_eq!(ignored, [("out/store", "a store or a part of one: --store reads it".to_owned())]);
    std::fs::create_dir(folder.path().join("manifests")).unwrap();
    std::fs::write(folder.path().join("manifests/000001.json"), "{").unwrap();
    assert!(Store::open(folder.path()).unwrap_err().to_string().contains("000001.json"));
}

#[test]
fn a_store_that_lost_rows_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let store = keep(folder.path(), &district().tables, &StoreParams::default().buckets(2));
    let file = |bucket: &str, table: &str| folder.path().join(format!("part-0001/{bucket}/{table}.parquet"));
    let parties: Vec<i64> = {
        let unit = store.partition(0).unwrap();
        let rows = unit.tables().columns("deposits", &[ENTITY_ID]).unwrap();
        rows.column(ENTITY_ID).unwrap().i64().unwrap().iter().flatten().take(3).collect()
    };
    let deposits = |unit: Partition| unit.tables().columns("deposits", &[ENTITY_ID]).unwrap_err();
    // The rows of others in place of one's own.
    std::fs::copy(file("0001", "deposits"), file("0000", "deposits")).unwrap();
    let refused = deposits(store.tables_for(&parties).unwrap()).to_string();
    assert!(refused.contains("0000/deposits.parquet") && refused.contains("were written"), "{refused}");
    assert_eq!(deposits(store.partition(0).unwrap()).to_string(), refused);
    std::fs::remove_file(file("0000", "deposits")).unwrap();
    let refused = deposits(store.partition(0).unwrap()).to_string();
    assert!(refused.contains("0000/deposits.parquet"), "{refused}");
    // And whoever reads everything says the same.
    let damaged = Store::check(folder.path()).unwrap().damaged;
    assert_eq!(damaged.iter().map(ToString::to_string).collect::<Vec<_>>(), [refused]);
    assert!(store.partition(1).unwrap().tables().columns("deposits", &[ENTITY_ID]).is_ok());
}
