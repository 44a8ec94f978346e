//! A party's rows leave the store for good (个人信息保护法 art. 47).
//!
//! Rows lie sorted in large files, so nothing can be cut out of one: the store is written anew without the
//! party, the old files are removed, and every new file is read once more to prove that the party is in
//! none of them.

use std::path::Path;

use polars::prelude::*;

use super::fill::files_below;
use super::fold::refilled;
use super::parts::{self, REFUSED};
use super::removal::{Forgotten, Removal};
use super::row_selection::RowSelection;
use super::{Store, StoreParams};
use crate::disk;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::sentence::Sentence;

impl Store {
    /// Removes parties, by all their pseudonyms, from the store in `folder`: their rows, what
    /// others' rows name of them, the cases in which they are the only debtors, and what registers
    /// state of them. Rows of others that need a name, such as a relative's, go, too.
    ///
    /// All parts become one, as in [`Store::fold`], and the files of before are removed at once:
    /// whoever reads them meets an error. Afterwards every file is read again, and the call fails
    /// if one still names a party.
    ///
    /// Results of runs are another matter: [`forget_in_run`](crate::pipeline::forget_in_run).
    ///
    /// # Errors
    ///
    /// As [`Store::fold`]; [`Error::Table`] when a file still names a party.
    ///
    /// Whoever has only a number makes its pseudonym first, by the key that the store was filled with
    /// ([`PseudonymKey`](crate::domain::PseudonymKey)).
    pub fn forget(
        folder: &Path,
        parties: &[i64],
        params: &StoreParams,
        progress: &dyn Progress,
    ) -> Result<(Self, Forgotten)> {
        let old = Self::open(folder)?;
        let mut removal = Removal::plan(&old, parties)?;
        let store = refilled(folder, (params, |_| true, Some(&mut removal)), progress)?;
        // What was replaced still names them.
        let lock = disk::lock(folder, "removing parties from the store")?;
        parts::swept(folder, (store.manifest(), store.number))?;
        drop(lock);
        let named = store.naming(parties)?;
        if let Some((file, cells)) = named.first() {
            let found = format!("{cells} cells that still name a party that was to be forgotten");
            return Err(Error::table(Sentence::name(file), found, "none; forget it again, or look at the file"));
        }
        let mut forgotten = removal.forgotten;
        let of_part = |name: &String| files_below(&folder.join(REFUSED).join(name));
        for files in store.manifest().parts.iter().flat_map(|part| part.refused.keys()).map(of_part) {
            let files = files?.into_values().filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
            forgotten.refused.extend(files.map(|path| path.display().to_string()));
        }
        Ok((store, forgotten))
    }

    /// The files in which any cell names one of some parties, and how many do; every file is read.
    fn naming(&self, parties: &[i64]) -> Result<Vec<(String, usize)>> {
        let parties: PlHashSet<i64> = parties.iter().copied().collect();
        let mut found = Vec::new();
        let folders = self.buckets().into_iter().map(|(part, bucket)| self.bucket_seals(part, bucket));
        for seals in self.part_seals()?.into_iter().map(Ok).chain(folders) {
            let seals = seals?;
            for (name, file) in seals.files().filter(|(name, _)| name.ends_with(".parquet")) {
                let rows = RowSelection::whole(&file)?.read(None)?;
                let numbers = rows.columns().iter().filter_map(|column| column.i64().ok());
                let cells =
                    numbers.flat_map(|column| column.iter().flatten()).filter(|id| parties.contains(id)).count();
                if cells > 0 {
                    found.push((seals.folder.join(name).display().to_string(), cells));
                }
            }
        }
        Ok(found)
    }
}
