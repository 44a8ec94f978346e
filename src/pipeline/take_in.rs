use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::{self, IngestReport, ReadParams, Sources};
use crate::progress::Progress;
use crate::store::{Store, StoreParams};

/// Reads a folder of source files and adds what is accepted to a store as one part.
///
/// Accepted rows go to the store's buckets as they are read. Refused rows stand under `refused/` in the store's folder,
/// the report beside them. Files that the store was filled from before change nothing.
///
/// # Errors
///
/// [`Error::Setting`] for a folder in which no file is a source; otherwise as [`ingest::read`], [`Store::fill`] and
/// [`Filling::finish`](crate::store::Filling::finish).
pub fn take_in(
    sources: &Sources,
    (folder, params): (&Path, &StoreParams),
    progress: &dyn Progress,
) -> Result<(Store, IngestReport)> {
    let incoming = folder.join("incoming");
    removed(&incoming)?;
    let new = incoming.join("refused");
    fs::create_dir_all(&new).map_err(Error::io(&new))?;
    let mut filling = Store::fill(folder, &sources.key(), params)?;
    let report = ingest::read_to(sources, &ReadParams::new(folder).refused(&new), &mut filling, progress)?;
    found_any(sources.folder(), &report)?;
    let path = new.join("ingest_report.json");
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&report)?)).map_err(Error::io(&path))?;
    // What is refused is in its place before the part counts: a part without its report is never seen.
    let refused = folder.join("refused").join(format!("part-{:04}", filling.number(&report)?));
    removed(&refused)?;
    fs::create_dir_all(folder.join("refused")).map_err(Error::io(folder))?;
    fs::rename(&new, &refused).map_err(Error::io(&refused))?;
    let store = filling.finish(&report, progress)?;
    removed(&incoming)?;
    Ok((store, report))
}

/// Refuses a folder in which no file is a source: a path mistyped.
pub(super) fn found_any(folder: &Path, report: &IngestReport) -> Result<()> {
    if !report.files.is_empty() {
        return Ok(());
    }
    let found = format!("none of its files; there are [{}]", report.unread.join(", "));
    Err(Error::setting(folder.display().to_string(), found, "files named after tables, or by the mapping"))
}

fn removed(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(Error::io(folder)) } else { Ok(()) }
}
