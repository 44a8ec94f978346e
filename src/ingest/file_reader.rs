//! Files of a folder read one by one, on whatever machine: what was listed is read as it was listed, or not at all.

use serde::{Deserialize, Serialize};

use super::files::{Job, Part, Place, Rows, assign, fingerprint};
use super::params::{ReadParams, Sources};
use super::plan::{Lookup, Lookups, ScratchPool};
use super::read::{Context, begun};
use super::report::{FileReport, IngestReport, LookupReport};
use super::table_sink::TableSink;
use crate::domain::masked_file;
use crate::error::{Error, Result};
use crate::progress::Silent;
use crate::sentence::{Sentence, says};

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedFile {
    /// The path within the folder, masked.
    pub(crate) file: String,
    /// The file's number in `record_id`, from 1.
    pub(crate) ordinal: u64,
    /// BLAKE3 of the file as it lies there, in hexadecimal; of a sheet or a relation, of the file that holds it.
    pub(crate) blake3: String,
    /// The tables to which its rows may go.
    pub(crate) tables: Vec<String>,
}

impl ListedFile {
    fn new((job, ordinal): (&Job<'_>, u64)) -> Result<Self> {
        let tables = match job.rows {
            Rows::Own(table) => vec![table.name.to_owned()],
            Rows::Mapped(source, _) => source.table.iter().map(|rule| rule.name.clone()).collect(),
        };
        let blake3 = fingerprint(&job.path)?.blake3;
        Ok(Self { file: masked_file(&job.name).into_owned(), ordinal, blake3, tables })
    }
}

/// The files that a reading of the sources would read, in its order, and its report so far: it names the files that
/// cannot be read at all.
///
/// # Errors
///
/// [`Error::Setting`] for a database, which is read on one machine; otherwise as [`read`](super::read).
pub(crate) fn listed(sources: &Sources, params: &ReadParams) -> Result<(Vec<ListedFile>, IngestReport)> {
    if sources.database.is_some() {
        return Err(Error::setting("sources", "a database", "files: a database is read on one machine"));
    }
    let (params, mut report) = begun(sources, params)?;
    let files = assign((place(sources), &params), &sources.mapping, &mut report)?;
    report.lookups = Lookup::load(&sources.mapping, (&files, &params.bounds), None)?.1;
    let jobs = files.jobs.iter().zip(1..).map(ListedFile::new).collect::<Result<Vec<_>>>()?;
    for (broken, ordinal) in files.unread.into_iter().zip(files.jobs.len() as u64 + 1..) {
        report.files.push(broken.report(ordinal)?);
    }
    report.mask_files();
    Ok((jobs, report))
}

fn place(sources: &Sources) -> Place<'_> {
    Place { folder: sources.folder.as_deref(), server: None }
}

/// Reads listed files, in any order; lookups are loaded once.
#[derive(Debug)]
pub(crate) struct FileReader {
    sources: Sources,
    params: ReadParams,
    lookups: Lookups,
}

impl FileReader {
    /// Loads the lookups, and tells of them as a report does.
    pub(crate) fn new(sources: Sources, params: &ReadParams) -> Result<(Self, Vec<LookupReport>)> {
        let (params, mut report) = begun(&sources, params)?;
        let files = assign((place(&sources), &params), &sources.mapping, &mut report)?;
        let (lookups, loaded) = Lookup::load(&sources.mapping, (&files, &params.bounds), None)?;
        drop(files);
        report.lookups = loaded;
        report.mask_files();
        Ok((Self { sources, params, lookups }, report.lookups))
    }

    /// Reads a file into a sink.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the file is not there or is another one than was listed; otherwise as
    /// [`read_to`](super::read_to).
    pub(crate) fn read(&self, wanted: &ListedFile, sink: &mut dyn TableSink) -> Result<FileReport> {
        self.read_by(&self.params, wanted, sink)
    }

    /// As [`FileReader::read`], but refused rows are kept nowhere: whoever reads a file twice keeps them once.
    ///
    /// # Errors
    ///
    /// As [`FileReader::read`].
    pub(crate) fn read_again(&self, wanted: &ListedFile, sink: &mut dyn TableSink) -> Result<FileReport> {
        let mut params = self.params.clone();
        params.bounds.refused_bytes = 0;
        self.read_by(&params, wanted, sink)
    }

    fn read_by(&self, params: &ReadParams, wanted: &ListedFile, sink: &mut dyn TableSink) -> Result<FileReport> {
        let (_, mut report) = begun(&self.sources, params)?;
        let files = assign((place(&self.sources), params), &self.sources.mapping, &mut report)?;
        let ordinal = wanted.ordinal;
        let other = |found: Sentence| {
            let setting = says!("file {ordinal} of the plan, {}", [wanted.file], ordinal);
            Error::setting(setting, found, "the file that was there when the filling was planned")
        };
        let at = usize::try_from(ordinal).ok().and_then(|ordinal| ordinal.checked_sub(1));
        let job = at.and_then(|at| files.jobs.get(at)).filter(|job| masked_file(&job.name) == wanted.file);
        let job = job.ok_or_else(|| other(says!("another file")))?;
        let is_whole = job.part == Part::Whole;
        if !is_whole && fingerprint(&job.path)?.blake3 != wanted.blake3 {
            return Err(other(says!("other bytes")));
        }
        let context = Context {
            sources: &self.sources,
            params,
            progress: &Silent,
            lookups: self.lookups.clone(),
            scratch_pool: ScratchPool::new(&self.sources.key),
        };
        sink.begin(&job.name, ordinal)?;
        let (mut file, _) = context.read_file((job, ordinal), None, sink)?;
        sink.end()?;
        if is_whole && file.blake3 != wanted.blake3 {
            return Err(other(says!("other bytes")));
        }
        file.file.clone_from(&wanted.file);
        Ok(file)
    }
}
