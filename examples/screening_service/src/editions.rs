//! The list, edition by edition, and the changes that made them, kept on disk.
//!
//! Below the folder each list has one of its own, named by the digest of its first edition, with a file for each later
//! edition: its changes and what they came to. A restart reads the list and makes all its editions again; each must come to
//! what its file says, and the last must be the one that the audit says stood.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wherewithal::domain::Day;
use wherewithal::screening::{
    Activities, Change, DefaulterList, Edition, ListForm, ListKey, Screener, ScreeningParams, read_list,
};

use crate::Fault;
use crate::chain::Stood;
use crate::disk::sync_name;
use crate::secret::{check_private, read_private};
use crate::settings::Settings;

/// What a file keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    edition: Edition,
    day: Day,
    changes: Vec<Change>,
}

/// The editions of one list.
pub(crate) struct Editions {
    pub(crate) current: Arc<Screener>,
    /// The digest of its first edition.
    pub(crate) list: String,
    /// Where this list and those before it were last.
    stood: Stood,
    folder: PathBuf,
}

/// An edition that is made and written, but does not stand yet.
pub(crate) struct Next {
    pub(crate) screener: Arc<Screener>,
    written: PathBuf,
    place: PathBuf,
}

impl Editions {
    /// Reads the list and makes its editions again. Also says what a person should know of it.
    ///
    /// # Errors
    ///
    /// When the list cannot be read, an edition does not come to what was kept of it, or one is missing.
    pub(crate) fn open(settings: &Settings, stood: Stood) -> Result<(Self, String), Fault> {
        let (first, said) = first(settings)?;
        private_folder(&settings.editions)?;
        let id = first.edition().digest.clone();
        let folder = settings.editions.join(&id);
        private_folder(&folder)?;
        finish(&folder, stood.get(&id))?;
        let mut list = first;
        loop {
            let path = file(&folder, list.edition().number + 1);
            if !path.try_exists()? {
                break;
            }
            list = again(&list, &path)?;
        }
        let Edition { number, day, .. } = list.edition();
        let known = stood.get(&id).map_or(0, |(number, _)| *number).max(highest(&folder)?);
        if known > *number {
            let missing = file(&folder, number + 1);
            return Err(format!("{}: it is missing, and edition {known} was made", missing.display()).into());
        }
        let said = format!("{said}; edition {number} of {day}: {} entries", list.len());
        let current = Arc::new(Screener::new(list, Activities::standard()?, ScreeningParams::default())?);
        Ok((Self { current, list: id, stood, folder }, said))
    }

    /// Makes the next edition and writes it beside those that stand.
    ///
    /// # Errors
    ///
    /// `Ok(Err(…))` when the changes do not fit the edition; the outer one when it cannot be written.
    pub(crate) fn next(&self, day: Day, changes: Vec<Change>) -> Result<wherewithal::error::Result<Next>, Fault> {
        let list = match self.current.list().apply(day, &changes) {
            Ok(list) => list,
            Err(misfit) => return Ok(Err(misfit)),
        };
        let edition = list.edition().clone();
        let place = file(&self.folder, edition.number);
        let written = place.with_extension("new");
        let text = serde_json::to_vec(&Kept { edition, day, changes })?;
        let options =
            |options: &mut OpenOptions| options.write(true).create(true).truncate(true).mode(0o600).open(&written);
        let mut out = options(&mut OpenOptions::new())?;
        check_private(&out, &written)?;
        out.write_all(&text)?;
        out.sync_all()?;
        Ok(Ok(Next { screener: Arc::new(self.current.with_list(list)), written, place }))
    }

    /// Lets an edition stand: from here on a restart knows it.
    ///
    /// # Errors
    ///
    /// When it cannot be put in its place; the edition before stays, after a restart as well.
    pub(crate) fn stand(&mut self, next: Next) -> Result<(), Fault> {
        put(&next.written, &next.place)?;
        self.current = next.screener;
        let Edition { number, digest, .. } = self.current.list().edition().clone();
        self.stood.insert(self.list.clone(), (number, digest));
        Ok(())
    }

    /// Where this list and those before it were last.
    pub(crate) fn stood(&self) -> Stood {
        let mut stood = self.stood.clone();
        let Edition { number, digest, .. } = self.current.list().edition().clone();
        stood.insert(self.list.clone(), (number, digest));
        stood
    }
}

fn file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.json"))
}

/// Puts a written edition in its place, for good or not at all.
fn put(written: &Path, place: &Path) -> Result<(), Fault> {
    std::fs::rename(written, place)?;
    if let Err(fault) = sync_name(place) {
        std::fs::remove_file(place)?;
        return Err(fault.into());
    }
    Ok(())
}

/// Puts the edition in its place that the audit already says stood, if a kill came between the two.
fn finish(folder: &Path, stood: Option<&(u32, String)>) -> Result<(), Fault> {
    let Some((number, digest)) = stood else { return Ok(()) };
    let place = file(folder, *number);
    let written = place.with_extension("new");
    if place.try_exists()? || !written.try_exists()? {
        return Ok(());
    }
    let is_it = serde_json::from_slice(&read_private(&written)?).is_ok_and(|kept: Kept| kept.edition.digest == *digest);
    if is_it { put(&written, &place) } else { Ok(()) }
}

/// The highest number of an edition in the folder; 0 without one.
fn highest(folder: &Path) -> Result<u32, Fault> {
    let mut highest = 0;
    for found in std::fs::read_dir(folder)? {
        let name = found?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|name| name.parse().ok());
        highest = highest.max(number.unwrap_or_default());
    }
    Ok(highest)
}

fn private_folder(path: &Path) -> Result<(), Fault> {
    let failed = |fault: std::io::Error| format!("{}: {fault}", path.display());
    if !path.try_exists().map_err(failed)? {
        DirBuilder::new().mode(0o700).create(path).map_err(failed)?;
    }
    sync_name(path).map_err(failed)?;
    check_private(&File::open(path).map_err(failed)?, path)
}

/// The edition that the list's file is.
fn first(settings: &Settings) -> Result<(DefaulterList, String), Fault> {
    let path = &settings.list.file;
    let named = |fault: String| format!("{}: {fault}", path.display());
    let form = match &settings.list.form {
        Some(form) => ListForm::from_toml(&std::fs::read_to_string(form)?).map_err(|e| e.to_string())?,
        None => ListForm::default(),
    };
    let bytes = std::fs::read(path).map_err(|fault| named(fault.to_string()))?;
    let source = read_list(&bytes, &form).map_err(|fault| named(fault.to_string()))?;
    let mut said = named(format!("{} entries, {} records refused", source.entries.len(), source.refused.len()));
    if let Some(record) = source.refused.first() {
        said.push_str(&format!(", the first in line {}: {}", record.line, record.reason));
    }
    let key = ListKey::from_secret(&settings.list.key.read()?);
    let list =
        DefaulterList::build(&source.entries, key, settings.list.day).map_err(|fault| named(fault.to_string()))?;
    Ok((list.lacking(source.refused.len() as u64), said))
}

/// Makes an edition again from what was kept of it.
fn again(list: &DefaulterList, path: &Path) -> Result<DefaulterList, Fault> {
    let wrong = |found: &str| format!("{}: {found}", path.display());
    let kept: Kept = serde_json::from_slice(&read_private(path)?).map_err(|_| wrong("no edition is kept in it"))?;
    let made = list.apply(kept.day, &kept.changes).map_err(|fault| wrong(&fault.to_string()))?;
    if *made.edition() == kept.edition {
        Ok(made)
    } else {
        Err(wrong("it does not come to the edition that it was").into())
    }
}
