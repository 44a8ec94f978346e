//! Which manifest of a store counts, and how the next one comes to count.
//!
//! Manifests are numbered, and the one of the highest number counts. A new one is put under the next number where
//! nothing is yet, in one step: of two that begin behind the same manifest one wins, also on machines that cannot see
//! each other's locks. The names of those that counted before stay, with nothing in them, so that nobody who comes late
//! takes a number again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use crate::disk;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The folder of manifests within a store.
const FOLDER: &str = "manifests";

/// Where stores had their only manifest before manifests were numbered; it counts as number 0.
const UNNUMBERED: &str = "manifest.json";

/// Whether a folder has a manifest. One that may not be looked at is no folder without one.
pub(super) fn is_in(folder: &Path) -> Result<bool> {
    Ok(highest(folder)?.is_some() || has_unnumbered(folder)?)
}

fn has_unnumbered(folder: &Path) -> Result<bool> {
    let path = folder.join(UNNUMBERED);
    path.try_exists().map_err(Error::io(&path))
}

/// The manifest that counts, and its number.
pub(super) fn latest(folder: &Path) -> Result<(Manifest, u64)> {
    loop {
        let number = highest(folder)?;
        let path = match number {
            Some(number) => path_of(folder, number),
            None if has_unnumbered(folder)? => folder.join(UNNUMBERED),
            None => folder.join(FOLDER),
        };
        match Manifest::load(&path) {
            Ok(manifest) => return Ok((manifest, number.unwrap_or_default())),
            Err(error) if highest(folder)? == number => return Err(error),
            // Another came since, and this one counts no more.
            Err(_) => {}
        }
    }
}

/// Lets a manifest count that was made behind the one of number `behind`, if none came since; its number. `work` is
/// what would be lost otherwise.
pub(super) fn commit(folder: &Path, (manifest, behind): (&Manifest, u64), work: &Sentence) -> Result<u64> {
    let (number, place) = (behind + 1, folder.join(FOLDER));
    if !place.is_dir() {
        disk::make(&place)?;
        disk::synced(folder)?;
    }
    if !disk::put_document(&path_of(folder, number), manifest)? {
        return Err(Error::setting(
            Sentence::name(folder.display().to_string()),
            says!("another change, manifest {number}, which came first", number),
            says!("none since this work began: begin it again; lost is {work}", work = work.clone()),
        ));
    }
    empty_older(folder, number);
    Ok(number)
}

/// Empties the manifests that no longer count, and removes what commits left that were killed or lost. What another
/// empties or removes at the same time, or what cannot be, the next commit meets again.
fn empty_older(folder: &Path, newest: u64) {
    for entry in fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_empty = || entry.metadata().is_ok_and(|found| found.len() == 0);
        match number_of(&name) {
            Some((number, true)) if number < newest && !is_empty() => disk::replace(&entry.path(), b"").ok(),
            Some((number, false)) if number <= newest => disk::remove(&entry.path()).ok(),
            _ => None,
        };
    }
    disk::remove(&folder.join(UNNUMBERED)).ok();
}

fn path_of(folder: &Path, number: u64) -> PathBuf {
    // Messages mask longer numbers, which could be those of a person.
    folder.join(FOLDER).join(format!("{number:06}.json"))
}

/// The number in the name of a manifest, and whether it is one, and not what becomes one.
fn number_of(name: &str) -> Option<(u64, bool)> {
    let (number, rest) = name.split_once('.')?;
    Some((number.parse().ok()?, rest == "json"))
}

/// The highest number of a manifest.
fn highest(folder: &Path) -> Result<Option<u64>> {
    let place = folder.join(FOLDER);
    let entries = match fs::read_dir(&place) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(Error::io(&place))?,
    };
    let mut highest = None;
    for entry in entries {
        let name = entry.map_err(Error::io(&place))?.file_name();
        if let Some((number, true)) = number_of(&name.to_string_lossy()) {
            highest = highest.max(Some(number));
        }
    }
    Ok(highest)
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::ingest::{IngestReport, TableSink};
    use crate::progress::Silent;
    use crate::schema;
    use crate::store::fill::Filling;
    use crate::store::parts::UNFINISHED;
    use crate::store::{Store, StoreParams};
    use crate::tables::SourceTables;

    fn names(folder: &Path) -> Vec<(String, bool)> {
        let entries = fs::read_dir(folder.join(FOLDER)).unwrap().map(|entry| entry.unwrap());
        let named = |entry: fs::DirEntry| {
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().len() > 0)
        };
        let mut names: Vec<_> = entries.map(named).collect();
        names.sort();
        names
    }

    #[test]
    fn of_many_committers_behind_the_same_manifest_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let of = |key: String| Manifest::new(&key);
        let mut behind = 0;
        for round in 0..20 {
            let work = |at: usize| says!("part-{at}", at);
            let committed = std::thread::scope(|scope| {
                let committers: Vec<_> = (0..8)
                    .map(|at| {
                        let commit = move |folder| commit(folder, (&of(format!("{round} {at}")), behind), &work(at));
                        let folder = folder.path();
                        scope.spawn(move || commit(folder))
                    })
                    .collect();
                committers.into_iter().map(|committer| committer.join().unwrap()).collect::<Vec<_>>()
            });
            let won: Vec<usize> = (0..8).filter(|at| committed[*at].is_ok()).collect();
            assert_eq!(won.len(), 1, "{committed:?}");
            for (at, lost) in committed.iter().enumerate().filter(|(at, _)| *at != won[0]) {
                let words = lost.as_ref().unwrap_err().to_string();
                assert!(words.contains(&format!("part-{at}")) && words.contains("which came first"), "{words}");
            }
            let (manifest, number) = latest(folder.path()).unwrap();
            assert_eq!((manifest.key, number), (format!("{round} {}", won[0]), behind + 1));
            behind = number;
        }
        // Late by many: the number is taken for good.
        assert!(commit(folder.path(), (&of("late".to_owned()), 3), &says!("part-9")).is_err());
        let expected: Vec<_> = (1..=20).map(|number| (format!("{number:06}.json"), number == 20)).collect();
        let is_manifest = |(name, _): &(String, bool)| name.ends_with(".json");
        assert_eq!(names(folder.path()).into_iter().filter(is_manifest).collect::<Vec<_>>(), expected);
    }

    /// A filling that has taken a balance of each party.
    fn begun(folder: &Path, parties: [i64; 2]) -> Filling {
        let day = |name: &str| Column::new(name.into(), [10, 10]).cast(&DataType::Date).unwrap();
        let number = |name: &str, values: [i64; 2]| Column::new(name.into(), values);
        let balances = vec![
            number("entity_id", parties),
            day("event_on"),
            day("known_at"),
            number("account", [7, 8]),
            number("balance_fen", [500, 0]),
        ];
        let tables = SourceTables::new().with_frame("deposits", DataFrame::new(2, balances).unwrap()).unwrap();
        let mut filling = Store::fill(folder, "key", &StoreParams::default().buckets(2)).unwrap();
        let table = schema::table("deposits").unwrap();
        filling.take(vec![(table, table.encode_codes(tables.frame("deposits").unwrap()).unwrap())]).unwrap();
        filling
    }

    #[test]
    fn of_two_machines_that_fill_without_a_lock_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let (at, report) = (folder.path(), IngestReport::default());
        let first = begun(at, [1, 2]);
        fs::remove_file(at.join("lock")).unwrap();
        // The other machine has the name of this one.
        let machine = disk::machine();
        let elsewhere = format!("{} another boot\n0\n", machine.split(' ').next().unwrap());
        fs::write(at.join("part-0001").join(UNFINISHED), elsewhere).unwrap();
        let second = begun(at, [3, 4]).finish(&report, &Silent).unwrap();
        assert_eq!(second.manifest().parts[0].folder, "part-0001-1");
        let lost = first.finish(&report, &Silent).unwrap_err().to_string();
        assert!(lost.contains("lost is part-0001 of the store") && lost.contains("manifest 1"), "{lost}");
        assert_eq!(Store::open(at).unwrap().manifest(), second.manifest());
        assert!(Store::check(at).unwrap().is_sound() && second.manifest().rows() == 2);
        // The next filling removes what was lost, and stands behind the part that won.
        let both = begun(at, [1, 2]).finish(&report, &Silent).unwrap();
        assert_eq!(both.manifest().rows(), 4);
        assert!(!at.join("part-0001").exists() && at.join("part-0001-1").exists());
    }

    #[test]
    fn whoever_reads_meanwhile_sees_one_or_the_other() {
        let folder = tempfile::tempdir().unwrap();
        commit(folder.path(), (&Manifest::new("0"), 0), &says!("a part")).unwrap();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut last = 0;
                while last < 200 {
                    let (manifest, number) = latest(folder.path()).unwrap();
                    assert!(number >= last && manifest.key == (number - 1).to_string());
                    last = number;
                }
            });
            for number in 1..200 {
                commit(folder.path(), (&Manifest::new(&number.to_string()), number), &says!("a part")).unwrap();
            }
            reader.join().unwrap();
        });
    }

    #[test]
    fn what_cannot_be_read_is_named_and_is_not_taken_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::write(at.join(FOLDER), "").unwrap();
        for failed in [Store::is_in(at).unwrap_err(), Store::open(at).unwrap_err()] {
            assert!(failed.to_string().contains("manifests"), "{failed}");
        }
        fs::remove_file(at.join(FOLDER)).unwrap();
        drop(begun(at, [1, 2]));
        let mark = at.join("part-0001").join(UNFINISHED);
        fs::remove_file(&mark).unwrap();
        fs::create_dir(&mark).unwrap();
        let failed = Store::fill(at, "key", &StoreParams::default()).unwrap_err().to_string();
        assert!(failed.contains("part-0001/unfinished") && mark.exists(), "{failed}");
        fs::remove_dir(&mark).unwrap();
        // So a machine died before its disk had the mark.
        fs::write(&mark, "").unwrap();
        assert_eq!(begun(at, [1, 2]).finish(&IngestReport::default(), &Silent).unwrap().manifest().rows(), 2);
    }

    #[test]
    fn a_store_of_before_is_read_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join(UNNUMBERED);
        assert!(!is_in(folder.path()).unwrap());
        let missing = latest(folder.path()).unwrap_err().to_string();
        assert!(missing.contains(FOLDER), "{missing}");
        disk::replace_document(&old, &Manifest::new("old")).unwrap();
        assert!(is_in(folder.path()).unwrap());
        assert_eq!(latest(folder.path()).unwrap(), (Manifest::new("old"), 0));
        commit(folder.path(), (&Manifest::new("new"), 0), &says!("a part")).unwrap();
        assert!(!old.exists());
        assert_eq!(latest(folder.path()).unwrap(), (Manifest::new("new"), 1));
        // One that was cut off is no reason to read an older one.
        fs::write(path_of(folder.path(), 2), "").unwrap();
        let spoilt = latest(folder.path()).unwrap_err().to_string();
        assert!(spoilt.contains("000002.json"), "{spoilt}");
    }
}
