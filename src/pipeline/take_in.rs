use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::{self, IngestReport, ReadParams, Sources};
use crate::progress::Progress;
use crate::store::{Store, StoreParams};

/// Reads a folder of source files and adds what is accepted to a store as one part.
///
/// Refused rows stand under `refused/` in the store's folder, the report beside them. Files that the store was filled
/// from before change nothing.
///
/// # Errors
///
/// As [`ingest::read`] and [`Store::keep`].
pub fn take_in(
    sources: &Sources,
    (folder, params): (&Path, &StoreParams),
    progress: &dyn Progress,
) -> Result<(Store, IngestReport)> {
    let incoming = folder.join("incoming");
    removed(&incoming)?;
    let new = incoming.join("refused");
    fs::create_dir_all(&new).map_err(Error::io(&new))?;
    let reading = ReadParams::new(folder).store(incoming.join("accepted")).refused(&new);
    let (tables, report) = ingest::read(sources, &reading, progress)?;
    let path = new.join("ingest_report.json");
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&report)?)).map_err(Error::io(&path))?;
    // What is refused is in its place before the part counts: a part without its report is never seen.
    let number = if Store::is_in(folder) { Store::open(folder)?.manifest().part_of(&report)? } else { 1 };
    let refused = folder.join("refused").join(format!("part-{number:04}"));
    removed(&refused)?;
    fs::create_dir_all(folder.join("refused")).map_err(Error::io(folder))?;
    fs::rename(&new, &refused).map_err(Error::io(&refused))?;
    let store = Store::keep(folder, (&tables, &report), params, progress)?;
    removed(&incoming)?;
    Ok((store, report))
}

fn removed(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(Error::io(folder)) } else { Ok(()) }
}
