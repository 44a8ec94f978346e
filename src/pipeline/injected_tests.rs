//! Whatever fails, nothing that counted is gone, and the same call ends the work with the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{AssessParams, ModelSource, PerformanceModel, RunReport, TrainParams, assess};
use crate::disk::faults::{Fault, Injected};
use crate::domain::{Day, PseudonymKey};
use crate::error::Result;
use crate::ingest::Sources;
use crate::progress::Silent;
use crate::store::{Store, StoreParams};

/// Every file of a folder but locks, by its path within.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("lock") {
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// What counts of a store: the files that its manifest names, the manifest itself and the refused rows.
fn stored(store: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let manifest = Store::open(store).unwrap().manifest().clone();
    let is_named = |path: &Path| {
        let part = path.components().next().unwrap().as_os_str().to_str().unwrap();
        let refused = path.components().nth(1).map(|name| name.as_os_str().to_str().unwrap().to_owned());
        path.starts_with("manifests")
            || manifest.parts.iter().any(|known| known.folder == part)
            || part == "refused"
                && manifest.parts.iter().any(|known| known.refused.contains_key(refused.as_ref().unwrap()))
    };
    // Marks say what to do with a part that no manifest names; in one that it names they say nothing.
    let is_mark = |path: &Path| path.ends_with("unfinished") || path.ends_with("replaced");
    // Of the manifests the last one counts; those before may be empty by now.
    let counts = bytes(store).into_iter().filter(|(path, _)| is_named(path) && !is_mark(path));
    let (manifests, mut found): (BTreeMap<_, _>, BTreeMap<_, _>) =
        counts.partition(|(path, _)| path.starts_with("manifests"));
    let is_whole = |(path, _): &(PathBuf, Vec<u8>)| path.extension().is_some_and(|ending| ending == "json");
    found.extend(manifests.into_iter().rfind(is_whole));
    found
}

fn copied(from: &Path, to: &Path) {
    for (name, bytes) in bytes(from) {
        std::fs::create_dir_all(to.join(&name).parent().unwrap()).unwrap();
        std::fs::write(to.join(name), bytes).unwrap();
    }
}

/// Work in a folder that is prepared, and what must come of it.
struct Work<'a> {
    /// A folder as it is before.
    before: &'a Path,
    act: &'a dyn Fn(&Path) -> Result<()>,
    /// What counts in the folder.
    outcome: &'a dyn Fn(&Path) -> BTreeMap<PathBuf, Vec<u8>>,
}

impl Work<'_> {
    /// Lets each deed fail in each way; of more than `most` deeds, as many spread among them.
    fn endures(&self, most: usize) {
        let folder = tempfile::tempdir().unwrap();
        let fresh = |name: String| {
            let at = folder.path().join(name);
            copied(self.before, &at);
            std::fs::create_dir_all(&at).unwrap();
            at
        };
        let whole = fresh("whole".to_owned());
        let counting = Injected::counting(&whole);
        (self.act)(&whole).unwrap();
        let deeds = counting.seen();
        drop(counting);
        let (before, expected) = ((self.outcome)(&fresh("before".to_owned())), (self.outcome)(&whole));
        assert!(deeds.len() > 5 && expected != before, "{}", deeds.len());
        let mut failed = BTreeMap::new();
        for fault in [Fault::Full, Fault::Denied, Fault::Torn, Fault::Interrupted] {
            for at in (0..deeds.len()).step_by(deeds.len() / most + 1) {
                let what = format!("{fault:?} at {at} of {}, {:?}", deeds.len(), deeds[at]);
                let place = fresh(format!("{fault:?}-{at}"));
                let injected = Injected::new(&place, (at, fault));
                let outcome = (self.act)(&place);
                drop(injected);
                if let Err(error) = outcome {
                    *failed.entry(format!("{fault:?}")).or_insert(0) += 1;
                    // The error names a file.
                    let place = place.display().to_string();
                    assert!(error.to_string().contains(&place), "{what}: {error}");
                    let left = (self.outcome)(Path::new(&place));
                    assert!(left == before || left == expected, "{what}: what counted is gone");
                }
                (self.act)(&place).unwrap_or_else(|error| panic!("{what}, again: {error}"));
                assert!((self.outcome)(&place) == expected, "{what}: other bytes");
                std::fs::remove_dir_all(&place).unwrap();
            }
        }
        assert!(failed.len() >= 3, "{failed:?}");
    }
}

fn sources(folder: &Path, night: u32) -> Sources {
    let at = folder.join(format!("night-{night}"));
    std::fs::create_dir_all(&at).unwrap();
    let day = format!("2018-01-0{night}");
    let tables = [
        ("cases", "case_id,event_on,known_at,claim_fen", format!("C{night},{day},{day},100\n")),
        ("case_parties", "case_id,event_on,known_at,entity_id,role", format!("C{night},{day},{day},A,debtor\n")),
        ("deposits", "entity_id,event_on,known_at,account,balance_fen", format!("A,{day},{day},1,500\nB,{day},,2,1\n")),
        ("payments", "case_id,event_on,known_at,amount_fen", format!("C1,{day},{day},{night}00\n")),
    ];
    for (name, head, rows) in tables {
        std::fs::write(at.join(format!("{name}.csv")), format!("{head}\n{rows}")).unwrap();
    }
    Sources::new(at, PseudonymKey::from_secret(b"test"))
}

fn nights(folder: &Path, nights: std::ops::RangeInclusive<u32>) -> PathBuf {
    let before = folder.join("before");
    for night in nights {
        let filling = StoreParams::default().buckets(2);
        sources(folder, night).ingest_into(&before, &filling, &Silent).unwrap();
    }
    before
}

#[test]
fn a_mark_left_behind_the_manifest_goes_with_the_next_filling() {
    let folder = tempfile::tempdir().unwrap();
    let store = nights(folder.path(), 1..=1);
    let part = store.join(&Store::open(&store).unwrap().manifest().parts[0].folder);
    let rows = bytes(&part);
    std::fs::write(part.join("unfinished"), "this machine\n0\n").unwrap();
    // And what a task leaves that ends after its part counts.
    std::fs::create_dir_all(part.join("aside/0003-late")).unwrap();
    std::fs::write(part.join("aside/0003-late/rows"), "").unwrap();
    nights(folder.path(), 2..=2);
    assert_eq!(bytes(&part), rows);
    assert_eq!(Store::open(&store).unwrap().manifest().parts.len(), 2);
}

#[test]
fn a_night_is_taken_in_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let before = nights(folder.path(), 1..=2);
    let third = sources(folder.path(), 3);
    let act = |store: &Path| third.ingest_into(store, &StoreParams::default().buckets(2), &Silent).map(|_| ());
    Work { before: &before, act: &act, outcome: &stored }.endures(80);
}

#[test]
fn parts_are_folded_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let before = nights(folder.path(), 1..=3);
    let act = |store: &Path| Store::fold(store, &StoreParams::default().buckets(4), &Silent).map(|_| ());
    Work { before: &before, act: &act, outcome: &stored }.endures(80);
}

#[test]
fn a_part_is_withdrawn_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let before = nights(folder.path(), 1..=3);
    for part in ["part-0002", "part-0003"] {
        let act = |store: &Path| match Store::withdraw(store, part, &StoreParams::default(), &Silent) {
            // It was withdrawn before the deed that failed.
            Err(error) if error.to_string().contains("a part of the store") => Ok(()),
            other => other.map(|_| ()),
        };
        Work { before: &before, act: &act, outcome: &stored }.endures(60);
    }
}

/// A model of the bundled district.
fn model() -> &'static PerformanceModel {
    static MODEL: OnceLock<PerformanceModel> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let train = ModelSource::Train(Box::new(TrainParams::standard().unwrap().folds(0)));
        assess(&district(folder.path(), train), &Silent).unwrap().model
    })
}

fn district(out: &Path, model: ModelSource) -> AssessParams {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
    AssessParams::new(Day::parse("2018-06-30").unwrap(), out, model).sources(bundled).profiles(2)
}

/// A folder assessed, where an earlier run wrote: its results count until the first of the new ones is written.
#[test]
fn a_folder_is_assessed_whatever_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (before, given) = (folder.path().join("before"), folder.path().join("given.json"));
    std::fs::write(&given, model().to_json().unwrap()).unwrap();
    std::fs::create_dir(&before).unwrap();
    let act = |out: &Path| {
        let params = district(out, ModelSource::File(given.clone())).filling(StoreParams::default().buckets(1));
        assess(&params, &Silent).map(|_| ())
    };
    // What no report vouches for does not count.
    let outcome = |out: &Path| match RunReport::read(out) {
        Ok(run) => run.outputs.iter().map(|(name, _)| (PathBuf::from(name), run.output(out, name).unwrap())).collect(),
        Err(_) => BTreeMap::new(),
    };
    Work { before: &before, act: &act, outcome: &outcome }.endures(16);
}
