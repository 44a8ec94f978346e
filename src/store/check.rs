//! Whether a store is still what was written.
//!
//! Disks lose bits and people move files. Every stretch of every file has a digest, so damage is found
//! where it is, and only the part that holds it has to be filled anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Store;
use super::commits;
use super::fill::files_below;
use super::manifest::Part;
use super::parts::{REFUSED, UNFINISHED, bucket_digests};
use super::seal::{Sealed, Seals};
use crate::error::{Error, Result};

/// What [`Store::check`] found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct StoreCheck {
    /// Files that were read to the last byte and are as they were written.
    pub sound: usize,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong, file by file: each error names its file. Empty when the store is as it was written.
    pub damaged: Vec<Error>,
    /// Files within parts that no digest vouches for; nobody reads them.
    pub foreign: Vec<PathBuf>,
}

impl StoreCheck {
    /// Whether every file is as it was written.
    ///
    /// Foreign files are no damage: no reader looks at them.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty()
    }

    fn lists(&mut self, found: Result<Seals>) -> Option<Seals> {
        found.map_err(|error| self.damaged.push(error)).ok()
    }
}

impl Store {
    /// Reads every byte of the store in `folder` and holds it against what was written: the rows of
    /// all parts, their indexes and pairs, and the refused rows.
    ///
    /// Whoever reads rows checks the bytes that he reads anyway; this looks at the others, too, and
    /// goes on after the first damage. A damaged part is mended by [`Store::withdraw`] and a new
    /// filling from its sources.
    ///
    /// # Errors
    ///
    /// As [`Store::open`]; damage of other files than the manifest is no error but what this tells.
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::ingest::IngestReport;
    /// # use wherewithal::progress::Silent;
    /// # use wherewithal::tables::SourceTables;
    /// use wherewithal::store::{Store, StoreParams};
    ///
    /// # let day = |name: &str| Column::new(name.into(), [10]).cast(&DataType::Date);
    /// # let rows = vec![
    /// #     Column::new("entity_id".into(), [1i64]),
    /// #     day("event_on")?,
    /// #     day("known_at")?,
    /// #     Column::new("account".into(), [7i64]),
    /// #     Column::new("balance_fen".into(), [500i64]),
    /// # ];
    /// # let tables = SourceTables::new().with_frame("deposits", DataFrame::new(1, rows)?)?;
    /// # let folder = tempfile::tempdir()?;
    /// # let (params, report) = (StoreParams::default().buckets(1), IngestReport::default());
    /// Store::keep(folder.path(), &tables, &report, &params, &Silent)?;
    /// assert!(Store::check(folder.path())?.is_sound());
    /// let file = folder.path().join("part-0001/0000/deposits.parquet");
    /// let mut bytes = std::fs::read(&file)?;
    /// bytes[40] ^= 1;
    /// std::fs::write(&file, bytes)?;
    /// let damaged = Store::check(folder.path())?.damaged;
    /// assert!(damaged[0].to_string().contains("deposits.parquet"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(folder: &Path) -> Result<StoreCheck> {
        let (manifest, _) = commits::latest(folder)?;
        let mut check = StoreCheck::default();
        let mut files: Vec<Sealed> = Vec::new();
        for part in &manifest.parts {
            let within = files_of(folder, part, &mut check);
            check.foreign.extend(foreign(&folder.join(&part.folder), &within));
            files.extend(within);
        }
        let read = |file: &Sealed| (file.check(), file.length());
        for (outcome, bytes) in files.par_iter().with_max_len(1).map(read).collect::<Vec<_>>() {
            match outcome {
                Ok(()) => (check.sound, check.bytes) = (check.sound + 1, check.bytes + bytes),
                Err(error) => check.damaged.push(error),
            }
        }
        Ok(check)
    }
}

/// Every file of a part and of what was refused of its sources.
fn files_of(folder: &Path, part: &Part, check: &mut StoreCheck) -> Vec<Sealed> {
    let mut files = Vec::new();
    let lists = part.refused.iter().map(|(name, digest)| (folder.join(REFUSED).join(name), digest));
    for (list, digest) in [(folder.join(&part.folder), &part.digests)].into_iter().chain(lists) {
        let Some(seals) = check.lists(Seals::vouched(&list, digest)) else { continue };
        for bucket in (0..part.buckets).filter_map(|bucket| seals.file(&bucket_digests(bucket))) {
            let within = check.lists(Seals::read(&bucket));
            files.extend(within.iter().flat_map(Seals::files).map(|(_, file)| file));
        }
        files.extend(seals.files().map(|(_, file)| file));
    }
    files
}

/// The files in a part's folder that are none of these.
fn foreign(part: &Path, known: &[Sealed]) -> Vec<PathBuf> {
    let known: BTreeSet<&Path> = known.iter().map(|file| file.path.as_path()).collect();
    let found = files_below(part).unwrap_or_default().into_values();
    let is_own = |path: &Path| path == part.join(Seals::FILE) || path == part.join(UNFINISHED);
    found.filter(|path| !known.contains(path.as_path()) && !is_own(path)).collect()
}
