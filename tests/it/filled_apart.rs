//! A store filled by tasks, in any order and more than once, is that of one machine: every byte of every file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wherewithal::Result;
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{IngestReport, Sources};
use wherewithal::pipeline::{FillPlan, FillReader, Intake, PlannedFilling};
use wherewithal::progress::Silent;
use wherewithal::sentence::Words;
use wherewithal::store::{Blob, Pairs, Store, StoreParams};

/// Rows handed on at a time: few, so that most files come in several pieces.
const STEP: u64 = 1 << 11;

fn sources(folder: &Path) -> Sources {
    Sources::new(folder, PseudonymKey::from_secret(b"of this court"))
}

fn params(buckets: u32) -> StoreParams {
    let mut params = StoreParams::default().buckets(buckets).group_rows(1 << 9);
    params.bucket_rows = STEP;
    params
}

/// The district, and further files that repeat some of its rows, have rows that are refused, and tell of unknown cases.
fn district(folder: &Path) -> PathBuf {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district"), folder.join("sources"));
    fs::create_dir(&to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        fs::copy(&entry, to.join(entry.file_name().unwrap())).unwrap();
    }
    for (name, again, more) in [
        (
            "payments.csv",
            "PAYMENTS.csv",
            "（2017）苏0205执999999号,2017-07-03,2017-07-04,320282195504115470,500,voluntary\n\
             （2017）苏0205执999998号,2017-07-03,,320282195504115470,500,voluntary\n",
        ),
        ("bank_transactions.csv", "BANK_TRANSACTIONS.csv", ""),
        ("relations.csv", "RELATIONS.csv", ""),
    ] {
        let text = fs::read_to_string(to.join(name)).unwrap();
        let mut some: String = text.lines().take(200).map(|line| format!("{line}\n")).collect();
        some.extend(text.lines().nth(3).map(|line| format!("{line}\n")));
        let text = some + more;
        // One is of two bytes a character, which its report says.
        let wide = || [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let bytes: Vec<u8> = if again == "RELATIONS.csv" { wide() } else { text.into_bytes() };
        fs::write(to.join(again), bytes).unwrap();
    }
    to
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// The files of a store by name; the lock says who works there.
fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    found.remove("lock");
    found
}

/// The plan as a worker gets it, the worker, and the pairs.
fn worker(planned: &PlannedFilling, folder: &Path, refused: &Path) -> Result<(FillPlan, FillReader, Pairs)> {
    let plan = FillPlan::from_json(&serde_json::to_string(planned.plan())?)?;
    let reader = plan.reader(sources(folder), refused)?;
    let told = plan.files_with_pairs().into_iter().rev().map(|file| reader.pairs(file)).collect::<Result<Vec<_>>>()?;
    let pairs = plan.pairs(told)?;
    // As they are sent to tasks elsewhere.
    let pairs = plan.pairs([plan.bytes_of(&pairs)?])?;
    Ok((plan, reader, pairs))
}

/// The blobs of all files, read from the last to the first, one of them twice.
fn blobs_of(plan: &FillPlan, reader: &FillReader, pairs: &Pairs) -> Result<Vec<Blob>> {
    let mut blobs = Vec::new();
    for file in (1..=plan.files()).rev().chain([3]) {
        reader.read(file, pairs, &mut |blob| {
            blobs.push(blob);
            Ok(())
        })?;
    }
    Ok(blobs)
}

/// Fills a store by tasks: buckets from the last to the first, the first of them twice.
fn filled(folder: &Path, store: &Path, params: &StoreParams) -> Result<Intake> {
    let planned = sources(&folder.join("sources")).plan_fill(store, params)?;
    let (plan, reader, pairs) = worker(&planned, &folder.join("elsewhere"), &folder.join("refused"))?;
    let blobs = blobs_of(&plan, &reader, &pairs)?;
    let of = |bucket: u32| blobs.iter().filter(move |blob| blob.bucket == bucket).cloned();
    let order = (0..plan.buckets()).rev().chain([0]);
    let settled: Vec<_> = order.map(|bucket| plan.settle(store, bucket, &pairs, of(bucket))).collect();
    planned.finish(&pairs, of(plan.buckets()), settled)
}

/// What is noted of files in a language that puts every template between marks.
fn told(report: &IngestReport) -> Vec<String> {
    let marked = |words: Words<'_>| match words {
        Words::Template(template) => Some(format!("「{template}」")),
        _ => None,
    };
    report.files.iter().flat_map(|file| &file.notes).map(|note| note.told(&marked)).collect()
}

#[test]
fn tasks_write_what_one_machine_writes() {
    for buckets in [1, 8, 64] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let here = district(folder);
        copied(&here, &folder.join("elsewhere"));
        let (one, apart) = (folder.join("one"), folder.join("apart"));
        let single = sources(&here).ingest_into(&one, &params(buckets), &Silent).unwrap();
        let tasks = filled(folder, &apart, &params(buckets)).unwrap();
        assert_eq!(tasks.report, single.report);
        let [ours, theirs] = [&tasks.report, &single.report].map(told);
        assert!(ours == theirs && ours.iter().any(|note| note.starts_with("「text in ")), "{ours:?} {theirs:?}");
        assert!(tasks.report.repeated_rows.len() > 1 && tasks.report.unknown_cases.contains_key("payments"));
        let (ours, mut theirs) = (files_of(&apart), files_of(&one));
        // What was refused stays where it was refused, so that the list of what was refused is a shorter one.
        let refused = theirs.remove("refused/part-0001/PAYMENTS.csv.csv").unwrap();
        assert_eq!(fs::read(folder.join("refused/PAYMENTS.csv.csv")).unwrap(), refused);
        assert!(ours.keys().eq(theirs.keys()), "{:?}\n{:?}", ours.keys(), theirs.keys());
        let other: Vec<_> =
            ours.iter().filter(|(name, bytes)| theirs[*name] != **bytes).map(|(name, _)| name).collect();
        assert_eq!(other, ["manifests/000001.json", "refused/part-0001/digests"], "{buckets} buckets");
        let mut parts = [tasks.store, single.store].map(|store| store.manifest().clone());
        for manifest in &mut parts {
            assert!(manifest.parts[0].tables["payments"].repeated > 100);
            manifest.parts[0].refused.clear();
        }
        assert_eq!(parts[0], parts[1]);
        assert!(Store::check(&apart).unwrap().is_sound() && Store::check(&apart).unwrap().foreign.is_empty());
    }
}

fn words<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let here = district(folder);
    copied(&here, &folder.join("elsewhere"));
    let (store, elsewhere, refused) = (folder.join("store"), folder.join("elsewhere"), folder.join("refused"));
    let said = words(sources(&here).plan_fill(&store, &StoreParams::default()));
    assert!(said.starts_with("buckets: found none"), "{said}");
    let planned = sources(&here).plan_fill(&store, &params(2)).unwrap();
    let (plan, reader, pairs) = worker(&planned, &elsewhere, &refused).unwrap();
    let text = serde_json::to_string(&plan).unwrap();
    assert!(!text.contains("of this court") && !text.contains(&*here.to_string_lossy()));
    let blobs = blobs_of(&plan, &reader, &pairs).unwrap();
    // A blob is missing; one is of another plan; one was changed on its way.
    let lacking = blobs.iter().filter(|blob| (blob.bucket, blob.file, blob.chunk) != (1, 4, 0)).cloned();
    let said = words(plan.settle(&store, 1, &pairs, lacking));
    assert!(said.starts_with("bucket 1: found not all rows of file 4"), "{said}");
    let other = sources(&here).plan_fill(&folder.join("other"), &params(4)).unwrap();
    assert!(words(other.plan().settle(&store, 1, &pairs, blobs.clone())).contains("other bytes"));
    let mut changed = blobs.clone();
    changed.iter_mut().for_each(|blob| blob.data[40] ^= 1);
    assert!(words(plan.settle(&store, 1, &pairs, changed)).contains("other bytes"));
    assert!(words(plan.settle(&store, 2, &pairs, blobs.clone())).starts_with("bucket: found 2"));
    let nowhere = folder.join("nowhere");
    assert!(words(plan.settle(&nowhere, 1, &pairs, blobs.clone())).contains("no part under way") && !nowhere.exists());
    // Another key, another version, a file that changed.
    let key = PseudonymKey::from_secret(b"of another court");
    assert!(words(plan.reader(Sources::new(&elsewhere, key), &refused)).starts_with("key of the plan"));
    let newer = FillPlan::from_json(&text.replacen("\"version\":\"", "\"version\":\"9", 1)).unwrap();
    assert!(words(newer.settle(&store, 1, &pairs, blobs.clone())).starts_with("version of the plan"));
    let said = words(FillPlan::from_json(r#"{"layout":{},"format_version":0}"#));
    assert_eq!(said, "the plan of a filling: found format version 0, this build reads 1 to 1");
    let file = elsewhere.join("payments.csv");
    fs::write(&file, fs::read_to_string(&file).unwrap() + "\n").unwrap();
    let said: Vec<_> = (1..=plan.files()).map(|file| reader.read(file, &pairs, &mut |_| Ok(()))).collect();
    let said: Vec<String> = said.into_iter().filter_map(|read| Some(read.err()?.to_string())).collect();
    assert!(said.len() == 1 && said[0].contains("payments.csv: found other bytes"), "{said:?}");
    // Nothing counts before all is there, and then the store is no empty one.
    let of = |bucket: u32| blobs.iter().filter(move |blob| blob.bucket == bucket).cloned();
    let settled = plan.settle(&store, 0, &pairs, of(0));
    let said = words(planned.finish(&pairs, of(2), [settled]));
    assert!(said.contains("none for 1 of 2, the first of which is 1") && !Store::is_in(&store).unwrap(), "{said}");
    fs::copy(here.join("payments.csv"), &file).unwrap();
    filled(folder, &store, &params(2)).unwrap();
    let said = words(sources(&here).plan_fill(&store, &params(2)));
    assert!(said.contains("a store of 1 parts") && said.contains("nights belong on one machine"), "{said}");
}

#[test]
fn where_no_file_can_be_read_no_part_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (here, store) = (folder.path().join("here"), folder.path().join("store"));
    fs::create_dir(&here).unwrap();
    fs::write(here.join("payments.csv"), "foo,bar\n1,2\n").unwrap();
    let planned = sources(&here).plan_fill(&store, &params(2)).unwrap();
    let (plan, reader, pairs) = worker(&planned, &here, &folder.path().join("refused")).unwrap();
    let mut blobs = Vec::new();
    reader
        .read(1, &pairs, &mut |blob| {
            blobs.push(blob);
            Ok(())
        })
        .unwrap();
    let of = |bucket: u32| blobs.iter().filter(move |blob| blob.bucket == bucket).cloned();
    let settled: Vec<_> = (0..2).map(|bucket| plan.settle(&store, bucket, &pairs, of(bucket))).collect();
    let said = words(planned.finish(&pairs, of(2), settled));
    assert!(said.contains("no file that can be read") && said.contains("payments.csv"), "{said}");
    assert!(!Store::is_in(&store).unwrap());
    // The folder is free for one with rows.
    fs::write(here.join("payments.csv"), "case_id,event_on,known_at,amount_fen\nA,2018-06-29,2018-06-30,500\n")
        .unwrap();
    assert_eq!(sources(&here).plan_fill(&store, &params(2)).unwrap().plan().files(), 1);
}
