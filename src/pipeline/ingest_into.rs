use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::{self, IngestReport, ReadParams, Sources};
use crate::progress::Progress;
use crate::store::{Filling, Standing, Store, StoreParams};

/// What became of a folder of sources.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Intake {
    /// The store with the folder's rows.
    pub store: Store,
    /// What was read and refused.
    pub report: IngestReport,
    /// Whether the store had the rows before.
    pub standing: Standing,
    /// Where the refused rows stand; nowhere when the store had the rows before.
    pub refused: Option<PathBuf>,
}

/// Reads a folder of source files and adds what is accepted to a store as one part.
///
/// Accepted rows go to the store's buckets as they are read. Refused rows and the report stand under `refused/` in the
/// store's folder, by part. Files that the store was filled from before change nothing, neither its rows nor the refused
/// ones; the files of its last part, read by another mapping, replace that part. A store of more than
/// [`StoreParams::most_parts`] parts is folded into one.
///
/// # Errors
///
/// [`Error::Setting`] for a folder in which no file is a source; otherwise as [`ingest::read`], [`Store::fill`] and
/// [`Filling::finish`].
pub fn ingest_into(
    sources: &Sources,
    (folder, params): (&Path, &StoreParams),
    progress: &dyn Progress,
) -> Result<Intake> {
    let filling = Store::fill(folder, &sources.key(), params)?;
    let mut intake = fill(sources, filling, progress)?;
    if intake.store.manifest().parts.len() > params.most_parts {
        intake.store = Store::fold(folder, params, progress)?;
    }
    Ok(intake)
}

/// Reads a folder of source files into a filling.
pub(super) fn fill(sources: &Sources, mut filling: Filling, progress: &dyn Progress) -> Result<Intake> {
    // The filling holds the store's lock: whatever stands in `incoming` was left by a run that was killed.
    let folder = filling.store_folder().to_path_buf();
    let incoming = folder.join("incoming");
    removed(&incoming)?;
    let new = incoming.join("refused");
    fs::create_dir_all(&new).map_err(Error::io(&new))?;
    let report = ingest::read_to(sources, &ReadParams::new(&folder).refused(&new), &mut filling, progress)?;
    let path = new.join("ingest_report.json");
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&report)?)).map_err(Error::io(&path))?;
    found_any(sources, &report)?;
    let standing = filling.standing(&report)?;
    let mut refused = None;
    if standing != Standing::Kept {
        // What is refused is in its place before the part counts: a part without its report is never seen.
        let place = folder.join("refused").join(filling.name());
        removed(&place)?;
        fs::create_dir_all(folder.join("refused")).map_err(Error::io(&folder))?;
        fs::rename(&new, &place).map_err(Error::io(&place))?;
        refused = Some(place);
    }
    let store = filling.finish(&report, progress)?;
    removed(&incoming)?;
    Ok(Intake { store, report, standing, refused })
}

/// Refuses a folder in which no file is a source: a path mistyped.
fn found_any(sources: &Sources, report: &IngestReport) -> Result<()> {
    if !report.files.is_empty() {
        return Ok(());
    }
    let found = format!("none of its files; there are [{}]", report.unread.join(", "));
    let place = sources.folder().map_or_else(|| "the database".to_owned(), |folder| folder.display().to_string());
    Err(Error::setting(
        place,
        found,
        "files or tables of a database named after tables of the schema, or by the mapping",
    ))
}

fn removed(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(Error::io(folder)) } else { Ok(()) }
}
