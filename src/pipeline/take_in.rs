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
    let number = if Store::is_in(folder) { Store::open(folder)?.manifest().parts.len() + 1 } else { 1 };
    let incoming = folder.join("incoming");
    let refused = folder.join("refused").join(format!("part-{number:04}"));
    let reading = ReadParams::new(folder).store(&incoming).refused(&refused);
    let (tables, report) = ingest::read(sources, &reading, progress)?;
    let store = Store::keep(folder, (&tables, &report), params, progress)?;
    fs::create_dir_all(&refused).map_err(Error::io(&refused))?;
    let path = refused.join("ingest_report.json");
    fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&report)?)).map_err(Error::io(&path))?;
    fs::remove_dir_all(&incoming).map_err(Error::io(&incoming))?;
    Ok((store, report))
}
