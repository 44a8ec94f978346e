//! Reads a folder of sources into a store as one further part.
//!
//! Rows that the store has already change nothing: files are known by their digests. So the same call can
//! be made again after a failure, and a night that is delivered twice counts once.

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
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::PseudonymKey;
    /// use wherewithal::ingest::Sources;
    /// use wherewithal::progress::Silent;
    /// use wherewithal::store::StoreParams;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let (night, store) = (folder.path().join("night"), folder.path().join("store"));
    /// # std::fs::create_dir(&night)?;
    /// let rows = "case_id,event_on,known_at,amount_fen\nA-1,2018-06-29,2018-06-30,500\nA-2,2018-06-29,,500\n";
    /// std::fs::write(night.join("payments.csv"), rows)?;
    /// let sources = Sources::new(&night, PseudonymKey::from_secret(b"of this court"));
    /// let intake = sources.ingest_into(&store, &StoreParams::default(), &Silent)?;
    /// assert_eq!((intake.report.files[0].rows_accepted, intake.report.files[0].rows_refused), (1, 1));
    /// // The same folder again: nothing is counted twice.
    /// let again = sources.ingest_into(&store, &StoreParams::default(), &Silent)?;
    /// assert_eq!((again.store.manifest().parts.len(), again.store.manifest().rows()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
pub(super) fn found_any(sources: &Sources, report: &IngestReport) -> Result<()> {
    if !report.files.is_empty() {
        return Ok(());
    }
    let there: Vec<&String> = report.unread.iter().chain(report.ignored.iter().map(|ignored| &ignored.file)).collect();
    let found = match there.as_slice() {
        [] => says!("no file and no table"),
        _ => says!("none of its files or tables; there are [{}]", [Sentence::names(there)]),
    };
    let named = |folder: &Path| Sentence::name(folder.display().to_string());
    let place = sources.folder().map_or_else(|| says!("the database"), named);
    Err(Error::setting(
        place,
        found,
        "files or tables of a database named after tables of the schema, or by the mapping",
    ))
}
