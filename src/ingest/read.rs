//! The entry points of reading: a folder or a database, into memory or into a sink.
//!
//! ```text
//! folder ─► assign ─► for each file: open ─► blocks ─► rows ─► plan ─┬─► accepted ─► TableSink
//!                                                                    ├─► left out  (counted)
//!                                                                    └─► refused   ─► refused/FILE.csv
//! ```
//!
//! Files are read one after the other in the order of their names, each on all threads. Memory holds a few
//! blocks for each thread.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::file_ingest::FileIngest;
use super::files::{Job, Part, Place, Rows, Unread, assign};
use super::mapping::{Form, Format};
use super::params::{ReadParams, Sources};
use super::plan::{Lookup, Lookups, ScratchPool};
use super::report::{FileReport, IngestReport};
use super::rows::{Database, SERVER, connected, opened};
use super::table_sink::TableSink;
use crate::domain::masked_file;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::Table;
use crate::sentence::says;
use crate::tables::{Doubts, SourceTables};

/// Reads a folder of source files: accepts or refuses every row, and writes both down.
///
/// Accepted rows stay in memory; [`read_to`] gives them to whoever keeps them elsewhere, as a
/// [`store`](crate::store) does. Refused rows go, whole, to one CSV file for each source file that has any.
///
/// # Properties
///
/// Per file, rows read = accepted + left out + refused. The tables do not depend on the number of threads or the size
/// of blocks.
///
/// # Errors
///
/// When the mapping does not fit the schema, when a lookup's file is missing or cannot be read, when the system does
/// not let a file be opened, read or written, or when no file at all can be read. A bad row is no error, and neither is
/// a file that cannot be read beside others that can ([`FileReport::damage`]).
///
/// # Examples
///
/// ```
/// use wherewithal::domain::PseudonymKey;
/// use wherewithal::ingest::{self, ReadParams, Sources};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
/// # std::fs::create_dir(&sources)?;
/// std::fs::write(
///     sources.join("payments.csv"),
///     "case_id,event_on,known_at,amount_fen,manner\n\
///      （2017）苏0205执1号,2017-07-03,2017-07-04,250000,voluntary\n\
///      （2017）苏0205执2号,2017-07-03,,80000,voluntary\n",
/// )?;
///
/// let sources = Sources::new(sources, PseudonymKey::from_secret(b"of this court"));
/// let (tables, report) = ingest::read(&sources, &ReadParams::new(&out), &Silent)?;
///
/// assert_eq!(tables.frame("payments")?.height(), 1);
/// let file = &report.files[0];
/// assert_eq!((file.rows_read, file.rows_accepted, file.rows_refused), (2, 1, 1));
/// assert_eq!((file.refusals[0].column.as_str(), file.refusals[0].first_line), ("known_at", 3));
/// assert!(std::fs::read_to_string(out.join("refused/payments.csv.csv"))?.contains("执2号"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(sources: &Sources, params: &ReadParams, progress: &dyn Progress) -> Result<(SourceTables, IngestReport)> {
    let mut memory = Memory::default();
    let mut report = read_to(sources, params, &mut memory, progress)?;
    report.doubt(&Doubts::count(&memory.0)?);
    Ok((memory.tables()?, report))
}

/// Accepted rows in memory.
#[derive(Debug, Default)]
struct Memory(BTreeMap<&'static str, DataFrame>);

impl Memory {
    fn tables(self) -> Result<SourceTables> {
        self.0.into_iter().try_fold(SourceTables::new(), |tables, (name, frame)| tables.with_frame(name, frame))
    }
}

impl TableSink for Memory {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        for (table, frame) in rows {
            let frame = table.decode_codes(frame)?;
            match self.0.get_mut(table.name) {
                Some(before) => before.vstack_mut_owned(frame).map(|_| ())?,
                None => self.0.insert(table.name, frame).map_or((), drop),
            }
        }
        Ok(())
    }
}

/// Reads a folder of source files as [`read`] does, and gives the accepted rows to a sink.
///
/// Memory holds a few blocks for each thread and the mapping's lookups, however large the files are.
///
/// # Errors
///
/// As [`read`], and what the sink reports.
///
/// # Examples
///
/// A sink that only counts rows; a [`store`](crate::store) is another one.
///
/// ```
/// use polars::prelude::DataFrame;
/// use wherewithal::domain::PseudonymKey;
/// use wherewithal::ingest::{ReadParams, Sources, TableSink, read_to};
/// use wherewithal::progress::Silent;
/// use wherewithal::schema::Table;
///
/// #[derive(Default)]
/// struct Rows(usize);
///
/// impl TableSink for Rows {
///     fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> wherewithal::Result<()> {
///         self.0 += rows.iter().map(|(_, frame)| frame.height()).sum::<usize>();
///         Ok(())
///     }
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
/// # std::fs::create_dir(&sources)?;
/// std::fs::write(
///     sources.join("payments.csv"),
///     "case_id,event_on,known_at,amount_fen,manner\nA-1,2017-07-03,2017-07-04,250000,voluntary\n",
/// )?;
/// let mut rows = Rows::default();
/// let sources = Sources::new(sources, PseudonymKey::from_secret(b"of this court"));
/// let report = read_to(&sources, &ReadParams::new(&out), &mut rows, &Silent)?;
/// assert_eq!((rows.0, report.files[0].rows_accepted), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_to(
    sources: &Sources,
    params: &ReadParams,
    sink: &mut dyn TableSink,
    progress: &dyn Progress,
) -> Result<IngestReport> {
    let (params, mut report) = begun(sources, params)?;
    let params = &params;
    let mut server = sources.database.as_ref().map(connected).transpose()?;
    let place = Place { folder: sources.folder.as_deref(), server: lent(&mut server) };
    let files = assign((place, params), &sources.mapping, &mut report)?;
    let (lookups, reports) = Lookup::load(&sources.mapping, (&files, &params.bounds), lent(&mut server))?;
    report.lookups = reports;
    let context = Context { sources, params, progress, lookups, scratch_pool: ScratchPool::new(&sources.key) };
    let mut unread = Vec::new();
    for (job, ordinal) in files.jobs.iter().zip(1..) {
        sink.begin(&job.name, ordinal)?;
        let (file, broken) = context.read_file((job, ordinal), lent(&mut server), sink)?;
        sink.end()?;
        unread.extend(broken);
        report.add(file);
    }
    for (broken, ordinal) in files.unread.into_iter().zip(files.jobs.len() as u64 + 1..) {
        report.files.push(broken.report(ordinal)?);
        unread.push(broken);
    }
    report.mask_files();
    let is_any_read = report.files.iter().any(|file| !file.is_unread());
    if unread.is_empty() || is_any_read { Ok(report) } else { Err(none_read(sources, &report, unread)) }
}

/// The settings under which sources are read, and the report that so begins.
pub(super) fn begun(sources: &Sources, params: &ReadParams) -> Result<(ReadParams, IngestReport)> {
    let bounds = sources.mapping.bounds.clone();
    let params = bounds.map_or_else(|| params.clone(), |bounds| params.clone().bounds(bounds));
    params.check()?;
    sources.mapping.check()?;
    let mut report = IngestReport::new((&sources.mapping.name, sources.mapping.digest()?), sources.key.fingerprint());
    report.currency.clone_from(&sources.mapping.currency);
    Ok((params, report))
}

/// The error of a folder in which no file can be read.
fn none_read(sources: &Sources, report: &IngestReport, unread: Vec<Unread>) -> Error {
    let folder = sources.folder.clone().unwrap_or_default();
    let found = report.lost().unwrap_or_default();
    match (unread.into_iter().next(), report.files.len()) {
        (Some(only), 1) => only.into_error(&folder),
        _ => Error::format(folder, says!("no file that can be read: {found}", found), "one at least"),
    }
}

/// The server, for a while.
fn lent(server: &mut Option<Box<dyn Database>>) -> Option<&mut dyn Database> {
    server.as_mut().map(|server| &mut **server as &mut dyn Database)
}

/// What every file of a reading shares.
pub(super) struct Context<'r> {
    pub(super) sources: &'r Sources,
    pub(super) params: &'r ReadParams,
    pub(super) progress: &'r dyn Progress,
    pub(super) lookups: Lookups,
    pub(super) scratch_pool: ScratchPool<'r>,
}

impl Context<'_> {
    pub(super) fn read_file(
        &self,
        (job, ordinal): (&Job<'_>, u64),
        server: Option<&mut dyn Database>,
        sink: &mut dyn TableSink,
    ) -> Result<(FileReport, Option<Unread>)> {
        let is_file = !matches!(job.part, Part::Relation(_) | Part::Served(_));
        let size = std::fs::metadata(&job.path).ok().filter(|_| is_file).map(|data| data.len());
        self.progress.begin(&format!("read {}", masked_file(&job.name)), size, "bytes");
        let mapping = &self.sources.mapping;
        let own = Form::default();
        let form = match job.rows {
            Rows::Own(_) => &own,
            Rows::Mapped(source, _) => source.form.as_ref().unwrap_or(&mapping.form),
        };
        let mut file_ingest = FileIngest::new(&job.name, ordinal, (sink, (&self.params.refused, &self.params.bounds)));
        file_ingest.file.notes.clone_from(&job.notes);
        let read = match (&job.part, server) {
            (Part::Sheet(sheet), _) => self.read_sheet((job, sheet), form, &mut file_ingest),
            (Part::Relation(select), _) => {
                file_ingest.file.format = "sqlite".to_owned();
                let file = opened(&job.path);
                file.and_then(|mut file| self.read_relation((job, form), (&mut *file, select), &mut file_ingest))
            }
            (Part::Served(select), Some(server)) => {
                let part = if select.query.is_some() { " query" } else { "" };
                file_ingest.file.format = format!("{SERVER}{part}");
                self.read_relation((job, form), (server, select), &mut file_ingest)
            }
            (Part::Whole | Part::Served(_), _) => match form.format_of(&job.name) {
                Format::Parquet => self.read_parquet(job, form, &mut file_ingest),
                format => self.read_text(job, (form, format), &mut file_ingest),
            },
        };
        let unread = read.err().map(|error| file_ingest.broken_off(job, error)).transpose()?;
        self.progress.end();
        Ok((file_ingest.finish(mapping)?, unread))
    }
}
