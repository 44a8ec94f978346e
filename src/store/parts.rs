//! The folders of parts: what their files are called, which of them count, and which were left over.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::manifest::Manifest;
use super::seal::Seals;
use crate::disk;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::sentence::Sentence;

/// A file that stands in a part until the manifest names it: the machine that fills it, and the number of the manifest
/// behind which it is to stand.
pub(super) const UNFINISHED: &str = "unfinished";

/// A file that stands in a part which another has replaced, or which was withdrawn.
pub(super) const REPLACED: &str = "replaced";

/// Rows that wait for their bucket, in the folder of their part.
pub(super) const ASIDE: &str = "aside";

/// What a part is called that is being removed.
const REMOVED: &str = "removed";

/// The folder of refused rows, by part; and where they wait, in the folder of their part, until it is whole.
pub(super) const REFUSED: &str = "refused";
pub(super) const INCOMING: &str = "incoming";

/// The index of a bucket: a party's rows in each table, and the last day on which anything about it became known.
pub(super) const INDEX: &str = "index.parquet";

/// The name of a bucket's folder within its part.
pub(super) fn bucket_name(bucket: u32) -> String {
    format!("{bucket:04}")
}

/// The name, within its part, of the list of a bucket's digests.
pub(super) fn bucket_digests(bucket: u32) -> String {
    format!("{bucket:04}/{}", Seals::FILE)
}

/// The name of a table's file in a bucket.
pub(super) fn table_file(table: &Table) -> String {
    format!("{}.parquet", table.name)
}

/// Removes the parts that others have replaced, those that can never count since another manifest came first, the
/// marks of unfinished work in parts that count, and the refused rows that belong to no part. `at` is the number of the
/// manifest.
pub(super) fn swept(folder: &Path, (manifest, at): (&Manifest, u64)) -> Result<()> {
    let names = |folder: &Path| -> Result<Vec<_>> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(Error::io(folder))?,
        };
        entries.map(|entry| Ok(entry.map_err(Error::io(folder))?.path())).collect()
    };
    for path in names(folder)? {
        let is_named =
            manifest.parts.iter().any(|part| path.file_name().is_some_and(|name| name == part.folder.as_str()));
        let ends = |with: &str| path.extension().is_some_and(|ending| ending == with);
        let mark = if path.is_dir() { mark_of(&path)? } else { None };
        let is_removed = ends(REMOVED) || ends(disk::CLAIM) && mark.is_none();
        let is_late = mark.is_some_and(|(_, behind)| behind < at);
        if is_removed || !is_named && (path.join(REPLACED).is_file() || is_late) {
            remove(&path)?;
        } else if is_named {
            // Who filled it was killed after the manifest named it, or a task of it ended late.
            disk::remove(&path.join(UNFINISHED))?;
            disk::remove(&path.join(ASIDE))?;
        }
    }
    for path in names(&folder.join(REFUSED))? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_at_work = || folder.join(&name).join(UNFINISHED).is_file();
        let is_named = manifest.parts.iter().any(|part| part.refused.contains_key(&name));
        if name.starts_with("part-") && !is_named && !is_at_work() {
            disk::remove(&path)?;
        }
    }
    // Where refused rows waited before they did so in the folder of their part.
    disk::remove(&folder.join(INCOMING))
}

/// Removes a part: under another name first, since a removal that was killed in the middle may leave rows without the
/// mark that says what they are.
pub(super) fn remove(part: &Path) -> Result<()> {
    let removed = part.with_extension(REMOVED);
    if part != removed {
        disk::rename(part, &removed)?;
    }
    disk::remove(&removed)
}

/// Marks a part that the next manifest no longer names: whoever began to read it before goes on, and the next filling
/// removes it, also where this one is killed once the manifest is written.
pub(super) fn replaced(part: &Path) -> Result<()> {
    disk::write(&part.join(REPLACED), b"")
}

/// Refuses to begin anew in a folder that no killed filling left: a store that lost its manifest still has its rows.
fn unfinished(part: &Path) -> Result<()> {
    let is_left = [UNFINISHED, ASIDE].iter().any(|name| part.join(name).exists());
    let is_empty = || fs::read_dir(part).is_ok_and(|mut entries| entries.next().is_none());
    if is_left || is_empty() {
        return Ok(());
    }
    let found = "files that no manifest names";
    Err(Error::setting(
        Sentence::name(part.display().to_string()),
        found,
        "the store's folder manifests beside it, or no such folder",
    ))
}

/// Makes a folder for the part of this number, which neither names a part nor the refused rows of one, and which no
/// other machine fills; what a killed filling of this one left there goes. `at` is the number of the manifest.
pub(super) fn claimed(folder: &Path, (manifest, at): (&Manifest, u64), number: u64) -> Result<String> {
    let is_free =
        |name: &String| manifest.parts.iter().all(|part| part.folder != *name && !part.refused.contains_key(name));
    let names = (0u32..).map(|again| match again {
        0 => format!("part-{number:04}"),
        _ => format!("part-{number:04}-{again}"),
    });
    let machine = disk::machine();
    for name in names.filter(is_free) {
        let part = folder.join(&name);
        if mark_of(&part)?.is_some_and(|(other, _)| other != machine) {
            continue;
        }
        if part.exists() {
            unfinished(&part)?;
            remove(&part)?;
        }
        if disk::claim(&part, (UNFINISHED, format!("{machine}\n{at}\n").as_bytes()))? {
            return Ok(name);
        }
    }
    Err(Error::setting("store", "no name for a part", "fewer parts"))
}

/// What an unfinished part says of itself: the machine that fills it, and the number of the manifest behind which it is
/// to stand. None where a part is not marked, or so that a machine died before its disk had the mark.
fn mark_of(part: &Path) -> Result<Option<(String, u64)>> {
    let path = part.join(UNFINISHED);
    let mark = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        // Who may not read a mark does not know whose the part is.
        mark => mark.map_err(Error::io(&path))?,
    };
    let mark = String::from_utf8_lossy(&mark);
    let fields = mark.trim_end().split_once('\n');
    Ok(fields.and_then(|(machine, behind)| Some((machine.to_owned(), behind.parse().ok()?))))
}
