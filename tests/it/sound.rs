//! What rests is checked: a flipped bit of a store, a model or a run is named by its file before a number leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use wherewithal::pipeline::{self, AssessParams, ModelSource, PerformanceModel, RunReport};
use wherewithal::progress::Silent;
use wherewithal::store::{Store, StoreParams};

use super::pipeline::{as_of, district};

const RESULTS: [&str; 6] =
    ["scores.parquet", "reasons.parquet", "capacity.parquet", "signals.parquet", "watch.parquet", "profiles.ndjson"];

/// Every file of a folder, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path).then_some(()).unwrap();
            };
        }
    }
    found.into_iter().collect()
}

/// A store of the district in two parts, with refused rows, and an assessment of it.
fn store_and_run(folder: &Path) -> (PathBuf, PathBuf) {
    let (store, out) = (folder.join("store"), folder.join("out"));
    let key = || wherewithal::domain::PseudonymKey::from_secret(b"test");
    let filling = StoreParams::default().buckets(2);
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let night = folder.join("night");
    std::fs::create_dir(&night).unwrap();
    let head = "entity_id,event_on,known_at,account,balance_fen\n";
    let rows = "A,2018-06-01,2018-06-02,1,100\nB,2018-06-01,,2,200\n";
    std::fs::write(night.join("deposits.csv"), format!("{head}{rows}")).unwrap();
    for sources in [bundled, night] {
        let sources = wherewithal::ingest::Sources::new(sources, key());
        sources.ingest_into(&store, &filling, &Silent).unwrap();
    }
    assess(folder, &out).unwrap();
    (store, out)
}

fn assess(folder: &Path, out: &Path) -> wherewithal::Result<()> {
    let model = folder.join("given.json");
    if !model.is_file() {
        std::fs::write(&model, district().model.to_json().unwrap()).unwrap();
    }
    let params = AssessParams::new(as_of(), out, ModelSource::File(model)).store(folder.join("store")).watch(true);
    pipeline::assess(&params.profiles(3), &Silent).map(|_| ())
}

fn draw(state: &mut u64, n: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % n
}

/// Flips a bit at so many random places of a store: a check names each, and an assessment names it or gives the same
/// bytes.
fn flip(places: usize, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let (store, out) = store_and_run(folder.path());
    let results = |out: &Path| RESULTS.map(|name| std::fs::read(out.join(name)).unwrap());
    let expected = results(&out);
    // An empty file has no bit to flip.
    let all: Vec<PathBuf> =
        files(&store).into_iter().filter(|path| std::fs::metadata(path).unwrap().len() > 0).collect();
    let (mut state, mut named, mut same) = (seed, BTreeMap::new(), 0);
    for _ in 0..places {
        let path = &all[draw(&mut state, all.len())];
        let written = std::fs::read(path).unwrap();
        let mut bytes = written.clone();
        let (at, bit) = (draw(&mut state, bytes.len()), draw(&mut state, 8));
        bytes[at] ^= 1 << bit;
        std::fs::write(path, bytes).unwrap();
        let (name, what) = (path.display().to_string(), format!("{}, byte {at}, bit {bit}", path.display()));
        match Store::check(&store) {
            Ok(check) => {
                let damaged: Vec<String> = check.damaged.iter().map(ToString::to_string).collect();
                assert!(
                    !damaged.is_empty() && damaged.iter().all(|error| error.contains(&name)),
                    "{what}: {damaged:?}"
                );
            }
            Err(error) => assert!(error.to_string().contains(&name), "{what}: {error}"),
        }
        match assess(folder.path(), &out) {
            Ok(()) => {
                same += 1;
                assert!(results(&out) == expected, "{what}: another answer");
            }
            Err(error) => {
                *named.entry(path.extension().map(|ending| ending.to_owned())).or_insert(0) += 1;
                assert!(error.to_string().contains(&name), "{what}: {error}");
                assert!(!out.join("run.json").exists(), "{what}: a run that failed vouches for its results");
            }
        }
        std::fs::write(path, written).unwrap();
    }
    println!("{places} flipped bits: all named by the check, {named:?} by the assessment, {same} not read by it");
    assert!(named.values().sum::<i32>() > 0 && same > 0, "{named:?} {same}");
    assert!(Store::check(&store).unwrap().is_sound());
}

#[test]
fn a_flipped_bit_of_a_store_is_named_before_a_number_leaves() {
    flip(40, 1);
}

/// The manifest and the lists of digests, bit by bit.
#[test]
fn what_vouches_is_vouched_for() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_and_run(folder.path());
    let lists =
        files(&store).into_iter().filter(|path| path.ends_with("manifests/000001.json") || path.ends_with("digests"));
    for path in lists {
        let written = std::fs::read(&path).unwrap();
        for at in (0..written.len()).step_by(written.len() / 40 + 1) {
            for bit in [0, 2, 5, 7] {
                let mut bytes = written.clone();
                bytes[at] ^= 1 << bit;
                std::fs::write(&path, bytes).unwrap();
                let found = Store::check(&store).map(|check| check.damaged.iter().map(ToString::to_string).collect());
                let said: Vec<String> = found.unwrap_or_else(|error| vec![error.to_string()]);
                let name = path.display().to_string();
                assert!(said.iter().any(|error| error.contains(&name)), "{name} {at} {bit}: {said:?}");
            }
        }
        std::fs::write(&path, written).unwrap();
    }
}

#[test]
fn a_flipped_bit_of_a_model_or_a_run_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = store_and_run(folder.path());
    let run = RunReport::read(&out).unwrap();
    let names: Vec<String> = run.outputs.iter().map(|(name, _)| name.clone()).collect();
    assert!(names.iter().any(|name| name == "model.json") && names.len() >= 8, "{names:?}");
    let model = PerformanceModel::read(&out.join("model.json")).unwrap();
    let mut state = 3;
    for name in names.iter().map(String::as_str).chain([RunReport::FILE]) {
        let path = out.join(name);
        let written = std::fs::read(&path).unwrap();
        for _ in 0..12 {
            let mut bytes = written.clone();
            let (at, bit) = (draw(&mut state, bytes.len()), draw(&mut state, 8));
            bytes[at] ^= 1 << bit;
            std::fs::write(&path, bytes).unwrap();
            let refused = RunReport::read(&out).and_then(|run| run.output(&out, name));
            assert!(refused.unwrap_err().to_string().contains(&path.display().to_string()), "{name}, {at}, {bit}");
            if name == "scores.parquet" {
                assert!(pipeline::scores_of(&out).unwrap_err().to_string().contains(name), "{at}, {bit}");
            }
            if name == "model.json" {
                match PerformanceModel::read(&path) {
                    Ok(read) => assert_eq!(read, model, "{at}, {bit}"),
                    Err(error) => assert!(error.to_string().contains(&path.display().to_string()), "{error}"),
                }
            }
        }
        std::fs::write(&path, written).unwrap();
    }
    assert!(run.output(&out, "../store/manifest.json").is_err());
}

/// A damaged part is withdrawn and filled again, and the answers are those of before.
#[test]
fn a_damaged_part_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, out) = store_and_run(folder.path());
    let expected = RESULTS.map(|name| std::fs::read(out.join(name)).unwrap());
    let opened = Store::open(&store).unwrap();
    let part = opened.manifest().parts[1].folder.clone();
    let file = files(&store.join(&part)).into_iter().find(|path| path.ends_with("deposits.parquet")).unwrap();
    std::fs::write(&file, "gone").unwrap();
    let refused = Store::check(&store).unwrap().damaged[0].to_string();
    assert!(refused.contains(&part) && refused.contains("withdraw") && refused.contains("sources"), "{refused}");
    let params = StoreParams::default().buckets(2);
    let left = Store::withdraw(&store, &part, &params, &Silent).unwrap();
    assert_eq!(left.manifest().parts, opened.manifest().parts[..1]);
    let sources = wherewithal::ingest::Sources::new(
        folder.path().join("night"),
        wherewithal::domain::PseudonymKey::from_secret(b"test"),
    );
    let intake = sources.ingest_into(&store, &params, &Silent).unwrap();
    assert_eq!(intake.store.manifest(), opened.manifest());
    assert!(Store::check(&store).unwrap().is_sound());
    assess(folder.path(), &out).unwrap();
    assert!(RESULTS.map(|name| std::fs::read(out.join(name)).unwrap()) == expected);
}

/// 14.A1: a mapping with a wrong date pattern, then the right one, then the wrong one again.
#[test]
fn a_corrected_mapping_replaces_its_part_loudly() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/remap");
    if !cases.is_dir() {
        println!("skipped: no {}", cases.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (sources, store) = (folder.path().join("sources"), folder.path().join("store"));
    std::fs::create_dir(&sources).unwrap();
    let payments = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district/payments.csv");
    std::fs::copy(payments, sources.join("payments.csv")).unwrap();
    let fill = |mapping: &str| {
        let mapping = wherewithal::ingest::Mapping::load(&cases.join(mapping)).unwrap();
        let key = wherewithal::domain::PseudonymKey::from_secret(b"test");
        let sources = wherewithal::ingest::Sources::new(&sources, key).with_mapping(mapping);
        sources.ingest_into(&store, &StoreParams::default(), &Silent).unwrap()
    };
    use wherewithal::store::Standing;
    let accepted = |intake: &pipeline::Intake| intake.report.files[0].rows_accepted;
    let kept = |path: &Option<PathBuf>| std::fs::read(path.as_ref().unwrap().join("payments.csv.csv")).unwrap();
    let wrong = fill("b.toml");
    let (all, refused) = (wrong.report.files[0].rows_read, kept(&wrong.refused));
    assert!(all > 2_000 && accepted(&wrong) == 0 && wrong.standing == Standing::New);
    // Filled again by the same mapping: nothing changes, and what was refused stays.
    let again = fill("b.toml");
    assert!(again.standing == Standing::Kept && again.refused.is_none() && kept(&wrong.refused) == refused);
    let right = fill("a.toml");
    assert_eq!((right.standing, accepted(&right)), (Standing::Replaces, all));
    assert_eq!((right.store.manifest().rows(), right.store.manifest().parts.len()), (all, 1));
    let rows = right.store.tables_of_every_bucket("payments");
    assert_eq!(rows as u64, all);
    // A night behind a part that replaced another: no row of either is taken for one of the other, also when they are
    // folded.
    let night = folder.path().join("night");
    std::fs::create_dir(&night).unwrap();
    let head = "case_id,event_on,known_at,amount_fen\n";
    std::fs::write(night.join("payments.csv"), format!("{head}X,2018-01-01,2018-01-02,100\n")).unwrap();
    let key = wherewithal::domain::PseudonymKey::from_secret(b"test");
    let night = wherewithal::ingest::Sources::new(night, key);
    let grown = night.ingest_into(&store, &StoreParams::default(), &Silent).unwrap().store;
    assert_eq!((grown.tables_of_every_bucket("payments") as u64, grown.manifest().parts.len()), (all + 1, 2));
    let folded = Store::fold(&store, &StoreParams::default(), &Silent).unwrap();
    assert_eq!(folded.tables_of_every_bucket("payments") as u64, all + 1);
    let withdrawn = folded.manifest().parts[0].folder.clone();
    Store::withdraw(&store, &withdrawn, &StoreParams::default(), &Silent).unwrap();
    fill("a.toml");
    let back = fill("b.toml");
    assert_eq!((back.standing, back.store.manifest().rows()), (Standing::Replaces, 0));
    assert_eq!(kept(&back.refused), refused);
    assert!(Store::check(&store).unwrap().is_sound());
}

/// Counts what stands in the store.
trait Counted {
    fn tables_of_every_bucket(&self, table: &str) -> usize;
}

impl Counted for Store {
    fn tables_of_every_bucket(&self, table: &str) -> usize {
        use wherewithal::tables::Partitions;
        let rows = |bucket| self.partition(bucket).unwrap().tables().frame(table).unwrap();
        let ids = (0..self.partitions()).flat_map(|bucket| {
            let rows = rows(bucket);
            let ids: Vec<i64> = rows.column("record_id").unwrap().i64().unwrap().iter().flatten().collect();
            ids
        });
        ids.collect::<BTreeSet<i64>>().len()
    }
}

#[test]
fn one_run_works_in_a_folder_and_leaves_nothing_stale() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = store_and_run(folder.path());
    let names = || files(&out).iter().map(|path| path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    let before = names();
    // Somebody else works there: nothing is touched.
    let held = std::fs::File::open(out.join("lock")).unwrap();
    held.try_lock().unwrap();
    let refused = assess(folder.path(), &out).unwrap_err().to_string();
    assert!(refused.contains("one run at a time"), "{refused}");
    assert_eq!(names(), before);
    drop(held);
    // A model that cannot be read: nothing is touched either.
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, "{}").unwrap();
    let params = AssessParams::new(as_of(), &out, ModelSource::File(broken)).store(folder.path().join("store"));
    assert!(pipeline::assess(&params, &Silent).is_err());
    assert_eq!(names(), before);
    RunReport::read(&out).unwrap();
    // A run that fails later leaves no result of the one before.
    let given = || ModelSource::File(folder.path().join("given.json"));
    let params = AssessParams::new(as_of(), &out, given())
        .sources(folder.path().join("night"))
        .store(folder.path().to_path_buf());
    let other_key = params.key(wherewithal::domain::PseudonymKey::from_secret(b"another"));
    std::fs::write(folder.path().join("manifest.json"), "{").unwrap();
    assert!(pipeline::assess(&other_key, &Silent).is_err());
    assert_eq!(names(), ["lock"]);
    // The model of an earlier run in the same folder is no result to be removed before it is used.
    std::fs::copy(folder.path().join("given.json"), out.join("model.json")).unwrap();
    let params = AssessParams::new(as_of(), &out, ModelSource::File(out.join("model.json")));
    pipeline::assess(&params.store(folder.path().join("store")), &Silent).unwrap();
    assert_eq!(PerformanceModel::read(&out.join("model.json")).unwrap(), district().model);
}

/// What was read is told before anything else is tried, so that it can be looked at when training fails.
#[test]
fn the_report_of_what_was_read_outlives_a_failed_training() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, out) = (folder.path().join("sources"), folder.path().join("out"));
    std::fs::create_dir(&sources).unwrap();
    let rows = "case_id,event_on,known_at,amount_fen\nX,2018-01-01,never,100\nY,2018-01-01,never,100\n";
    std::fs::write(sources.join("payments.csv"), rows).unwrap();
    let train = ModelSource::Train(Box::new(pipeline::TrainParams::standard().unwrap()));
    let params = AssessParams::new(as_of(), &out, train).sources(&sources);
    let refused = pipeline::assess(&params, &Silent).unwrap_err().to_string();
    assert!(refused.contains("payments.csv") && refused.contains("known_at"), "{refused}");
    let report = std::fs::read_to_string(out.join("ingest_report.json")).unwrap();
    assert!(report.contains("\"rows_refused\": 2"), "{report}");
    assert!(!out.join("run.json").exists());
}

#[cfg(unix)]
#[test]
fn stores_runs_and_refused_rows_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (store, out) = store_and_run(folder.path());
    assert!(store.join("refused/part-0002/deposits.csv.csv").is_file());
    for path in [store, out] {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for file in files(&path) {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            let mut within = file.parent().unwrap();
            while within.starts_with(&path) {
                assert_eq!(mode(within), 0o700, "{}", within.display());
                within = within.parent().unwrap();
            }
        }
    }
}

/// A file of the whole month, delivered again a night later with one row more: what it repeats counts once, and that is
/// said.
#[test]
fn rows_that_stand_twice_count_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let key = || wherewithal::domain::PseudonymKey::from_secret(b"test");
    let night = |number: u32, payments: &str, transactions: &str| {
        let at = folder.path().join(format!("night-{number}"));
        std::fs::create_dir(&at).unwrap();
        let known = format!("2018-02-0{number}");
        let file = |name: &str, head: &str, rows: &str| {
            let rows: String = rows.split(';').map(|row| format!("{}\n", row.replace("KNOWN", &known))).collect();
            std::fs::write(at.join(name), format!("{head}\n{rows}")).unwrap();
        };
        file("payments.csv", "case_id,event_on,known_at,amount_fen", payments);
        let head = "entity_id,event_on,known_at,account,direction,amount_fen";
        file("bank_transactions.csv", head, transactions);
        let filling = StoreParams::default().buckets(2);
        wherewithal::ingest::Sources::new(at, key()).ingest_into(&store, &filling, &Silent).unwrap().store
    };
    // Two payments of one amount on one day are two; so are they when the file comes again.
    let month = "C,2018-01-05,KNOWN,100;C,2018-01-05,KNOWN,100;D,2018-01-07,KNOWN,300";
    let flows = "A,2018-01-05,KNOWN,1,in,700;B,2018-01-05,KNOWN,2,out,800";
    let first = night(1, month, flows);
    let count =
        |store: &Store| [store.tables_of_every_bucket("payments"), store.tables_of_every_bucket("bank_transactions")];
    assert_eq!((count(&first), first.manifest().repeated().len()), ([3, 2], 0));
    let second = night(
        2,
        &format!("{month};C,2018-01-05,KNOWN,100;E,2018-02-01,KNOWN,5"),
        &format!("{flows};B,2018-01-06,KNOWN,2,out,800"),
    );
    assert_eq!(count(&second), [5, 3]);
    let repeated = BTreeMap::from([("bank_transactions".to_owned(), 2), ("payments".to_owned(), 3)]);
    assert_eq!(second.manifest().repeated(), repeated);
    // Known when they came first.
    let known = |store: &Store| {
        use wherewithal::tables::Partitions;
        let mut days: Vec<i32> = Vec::new();
        for bucket in 0..store.partitions() {
            let rows = store.partition(bucket).unwrap().tables().frame("payments").unwrap();
            days.extend(rows.column("known_at").unwrap().date().unwrap().phys.iter().flatten());
        }
        days.sort_unstable();
        days
    };
    let first = as_of().plus_days(-149).number();
    assert_eq!(known(&second), [first, first, first, first + 1, first + 1]);
    // Folding neither loses them nor lets them come again.
    let folded = Store::fold(&store, &StoreParams::default().buckets(2), &Silent).unwrap();
    assert_eq!((count(&folded), folded.manifest().repeated()), ([5, 3], repeated));
    let third = night(3, month, flows);
    assert_eq!(count(&third), [5, 3]);
    assert!(Store::check(&store).unwrap().is_sound());
}

/// Two exports of one table that overlap, in one folder: what both say counts once, and that is said.
#[test]
fn rows_of_two_files_that_overlap_count_once() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("in");
    std::fs::create_dir(&sources).unwrap();
    let write = |name: &str, head: &str, rows: &[&str]| {
        let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(sources.join(name), format!("{head}\n{rows}")).unwrap();
    };
    let head = "case_id,event_on,known_at,amount_fen";
    let (c, d, e) = ("C,2018-01-05,2018-01-31,100", "D,2018-01-07,2018-01-31,300", "E,2018-02-01,2018-02-28,5");
    // Two payments of one amount on one day are two; the export of February was known later.
    write("payments-01.csv", head, &[c, c, d]);
    let later = |row: &str| row.replace("2018-01-31", "2018-02-28");
    write("payments-02.csv", head, &[&later(c), &later(c), &later(c), &later(d), e]);
    let head = "entity_id,event_on,known_at,account,direction,amount_fen";
    let flow = "A,2018-01-05,2018-01-31,1,in,700";
    write("bank_transactions-a.csv", head, &["B,2018-01-05,2018-01-31,2,out,800", &later(flow)]);
    // The one that was known first stays, whatever the files are called.
    write("bank_transactions-b.csv", head, &[flow, "A,2018-01-05,2018-01-31,1,in,701"]);
    let mapping = "format_version = 1\nname = \"exports\"\n[[source]]\nfile = \"payments-*.csv\"\n[[source.table]]\nname = \"payments\"\n\
        [source.table.columns]\ncase_id = { from = \"case_id\" }\nevent_on = { from = \"event_on\", date = \"%Y-%m-%d\" }\n\
        known_at = { from = \"known_at\", date = \"%Y-%m-%d\" }\namount_fen = { from = \"amount_fen\", unit = \"fen\" }\n\
        [[source]]\nfile = \"bank_transactions-*.csv\"\n[[source.table]]\nname = \"bank_transactions\"\n[source.table.columns]\n\
        entity_id = { from = \"entity_id\" }\nevent_on = { from = \"event_on\", date = \"%Y-%m-%d\" }\n\
        known_at = { from = \"known_at\", date = \"%Y-%m-%d\" }\naccount = { from = \"account\" }\n\
        direction = { from = \"direction\" }\namount_fen = { from = \"amount_fen\", unit = \"fen\" }\n";
    let mapping = wherewithal::ingest::Mapping::parse(mapping).unwrap();
    let key = wherewithal::domain::PseudonymKey::from_secret(b"test");
    let sources = wherewithal::ingest::Sources::new(sources, key).with_mapping(mapping);
    let mut found = Vec::new();
    for buckets in [1, 4] {
        let store = folder.path().join(format!("store-{buckets}"));
        let filling = StoreParams::default().buckets(buckets);
        let store = sources.ingest_into(&store, &filling, &Silent).unwrap().store;
        let count = |name| store.tables_of_every_bucket(name);
        assert_eq!([count("payments"), count("bank_transactions")], [5, 3], "{buckets}");
        let repeated = BTreeMap::from([("bank_transactions".to_owned(), 1), ("payments".to_owned(), 3)]);
        assert_eq!(store.manifest().repeated(), repeated);
        use wherewithal::tables::Partitions;
        let known = |bucket| {
            let partition = store.partition(bucket).unwrap();
            let rows = partition.tables().frame("bank_transactions").unwrap();
            rows.column("known_at").unwrap().date().unwrap().phys.iter().flatten().collect::<Vec<_>>()
        };
        let mut days: Vec<i32> = (0..store.partitions()).flat_map(known).collect();
        days.sort_unstable();
        found.push(days);
    }
    assert_eq!(found, vec![vec![as_of().plus_days(-150).number(); 3]; 2]);
}

/// PIPL art. 47: a party leaves the store and the results, everything is read again, and whoever is left is assessed as
/// before.
#[test]
fn a_party_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (store, out) = store_and_run(folder.path());
    let ids = |out: &Path| -> Vec<i64> {
        let scores = pipeline::scores_of(out).unwrap();
        scores.column("entity_id").unwrap().i64().unwrap().iter().flatten().collect()
    };
    let before = ids(&out);
    // One with a portrait, and one whose transactions others name.
    let portraits = std::fs::read_to_string(out.join("profiles.ndjson")).unwrap();
    let entity: serde_json::Value = serde_json::from_str(portraits.lines().next().unwrap()).unwrap();
    let portrayed = i64::from_str_radix(entity["entity"].as_str().unwrap(), 16).unwrap();
    let named = {
        use wherewithal::tables::Partitions;
        let opened = Store::open(&store).unwrap();
        let rows = |bucket| opened.partition(bucket).unwrap().tables().frame("bank_transactions").unwrap();
        let others: Vec<i64> = (0..opened.partitions())
            .flat_map(|bucket| {
                rows(bucket).column("counterparty_id").unwrap().i64().unwrap().iter().flatten().collect::<Vec<_>>()
            })
            .collect();
        before.iter().copied().find(|id| others.contains(id)).unwrap_or(before[0])
    };
    let gone = [portrayed, named];
    let (left, forgotten) = Store::forget(&store, &gone, &StoreParams::default().buckets(2), &Silent).unwrap();
    assert!(forgotten.rows["case_parties"] >= 2 && forgotten.rows.contains_key("parties"), "{forgotten:?}");
    assert!(forgotten.refused.iter().any(|path| path.ends_with("deposits.csv.csv")), "{forgotten:?}");
    assert!(gone.iter().all(|id| left.tables_for(&[*id]).unwrap().tables().frame("parties").unwrap().height() == 0));
    assert!(Store::check(&store).unwrap().is_sound());
    // No part of before is left whose files name the party.
    let parts = std::fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(parts.filter(|name| name.starts_with("part-")).count(), 1);
    let in_run = pipeline::forget_in_run(&out, &gone).unwrap();
    assert!(in_run.rows["scores.parquet"] >= 1 && in_run.rows["profiles.ndjson"] >= 1, "{in_run:?}");
    let expected: Vec<i64> = before.iter().copied().filter(|id| !gone.contains(id)).collect();
    assert_eq!(ids(&out), expected);
    let run = RunReport::read(&out).unwrap();
    assert_eq!((run.debtors[0], run.portrayed as u64), (expected.len(), 3 - in_run.rows["profiles.ndjson"]));
    for file in files(&out) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(gone.iter().all(|id| !text.contains(&format!("{id:016x}"))), "{}", file.display());
    }
    // Whoever is left is there as before, and nobody else.
    assess(folder.path(), &out).unwrap();
    assert_eq!(ids(&out), expected);
    assert!(Store::forget(&store, &gone, &StoreParams::default(), &Silent).unwrap().1.rows.is_empty());
}
