//! Reads a folder of sources into a store as one further part.

use std::path::{Path, PathBuf};

use super::outputs::{self, REPORT};
use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{self, IngestReport, ReadParams, Sources};
use crate::progress::Progress;
use crate::sentence::{Sentence, says};
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

impl Sources {
    /// Reads a folder of source files and adds what is accepted to a store as one part.
    ///
    /// Accepted rows go to the store's buckets as they are read. Refused rows and the report stand
    /// under `refused/` in the store's folder, by part. Files that the store was filled from before
    /// change nothing, neither its rows nor the refused ones; the files of its last part, read by
    /// another mapping, replace that part. A store of more than [`StoreParams::most_parts`] parts
    /// is folded into one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a folder in which no file is a source; otherwise as [`ingest::read`],
    /// [`Store::fill`] and [`Filling::finish`].
    pub fn ingest_into(&self, folder: &Path, params: &StoreParams, progress: &dyn Progress) -> Result<Intake> {
        let filling = Store::fill(folder, &self.key(), params)?;
        let intake = fill(self, (filling, |_: &IngestReport| Ok(())), progress)?;
        folded(intake, params, progress)
    }
}

/// Folds a store of too many parts into one.
pub(super) fn folded(mut intake: Intake, params: &StoreParams, progress: &dyn Progress) -> Result<Intake> {
    if intake.store.manifest().parts.len() > params.most_parts {
        intake.store = Store::fold(intake.store.folder(), params, progress)?;
    }
    Ok(intake)
}

/// Reads a folder of source files into a filling; `told` hears what was read before anything else is tried with it, and
/// again once the rows are in the store.
pub(super) fn fill(
    sources: &Sources,
    (mut filling, told): (Filling, impl Fn(&IngestReport) -> Result<()>),
    progress: &dyn Progress,
) -> Result<Intake> {
    let (incoming, refused) = (filling.incoming(), filling.refused());
    disk::make(&incoming)?;
    let reading = ReadParams::new(&incoming).refused(&incoming);
    let mut report = ingest::read_to(sources, &reading, &mut filling, progress)?;
    disk::write(&incoming.join(REPORT), &outputs::text_of(&report)?)?;
    told(&report)?;
    found_any(sources, &report)?;
    let standing = filling.standing(&report)?;
    let (store, doubts) = filling.finished(&report, progress)?;
    report.doubt(&doubts);
    told(&report)?;
    Ok(Intake { store, report, standing, refused: (standing != Standing::Kept).then_some(refused) })
}

/// Refuses a folder in which no file is a source: a path mistyped.
fn found_any(sources: &Sources, report: &IngestReport) -> Result<()> {
    if !report.files.is_empty() {
        return Ok(());
    }
    let there = report.unread.iter().chain(report.ignored.iter().map(|ignored| &ignored.file));
    let found = says!("none of its files; there are [{}]", [Sentence::names(there)]);
    let named = |folder: &Path| Sentence::name(folder.display().to_string());
    let place = sources.folder().map_or_else(|| says!("the database"), named);
    Err(Error::setting(
        place,
        found,
        "files or tables of a database named after tables of the schema, or by the mapping",
    ))
}
