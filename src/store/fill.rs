//! Fills a new part of a store.
//!
//! ```text
//! rows ─► number them ─┬─► needed by their own party ────────────► held  ─┐
//!                      └─► needed by others too ─► waiting ─ replicate ─► held ─► buckets ─► manifest
//! ```
//!
//! Rows of a case are needed by each debtor of it, and which these are may stand in the last file. So such
//! rows wait until everything was read. Nothing is in the store before the manifest takes its next number;
//! a filling that is killed leaves a folder that the next one removes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::commits;
use super::files::Growing;
use super::identity::Statements;
use super::manifest::{Manifest, Part, PartFile, PartTable, Standing};
use super::partitioned_frame::{MICRO_PARTITIONS, STEP};
use super::parts::{self, ASIDE, INCOMING, REFUSED, UNFINISHED};
use super::repeats::{Repeated, Repeats};
use super::replication::Replication;
use super::seal::{Seal, Seals};
use super::shuffle_batch::{ShuffleBatch, batches};
use super::spill_buffer::SpillBuffer;
use super::write_buckets::write_buckets;
use super::{Store, StoreParams};
use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport, TableSink};
use crate::progress::Progress;
use crate::schema::TABLES;
use crate::sentence::{Sentence, says};
use crate::tables::{Doubts, SourceTables};

/// Of the rows held in memory, one in so many waits.
const WAITING_SHARE: usize = 4;

/// A part that is being filled while its rows are read.
///
/// Rows go to the bucket of their party as they come, in memory up to [`StoreParams::held_rows`], beyond that through
/// files. Those that others need too wait until everybody is known, by the cell of their case or party, beside the
/// pairs that tell who needs them. Nothing is in the store before [`Filling::finish`].
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::IngestReport;
/// use wherewithal::progress::Silent;
/// use wherewithal::store::{Standing, Store, StoreParams};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let filling = Store::fill(folder, "the key's public name", &StoreParams::default())?;
/// assert_eq!(filling.standing(&IngestReport::default())?, Standing::New);
/// assert!(!Store::is_in(folder)?, "nothing is there before it is whole");
/// // A filling that is given up leaves the store as it was.
/// assert_eq!(filling.given_up()?.manifest().rows(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Filling {
    /// What stays of the store: the parts that the new one stands behind.
    store: Store,
    /// The largest ordinal of their files, and the part's own number.
    pub(super) files: u64,
    pub(super) number: u64,
    /// Parts that go once this one is there.
    replaced: Vec<Part>,
    /// What vouches for the refused rows of earlier parts that this one takes over.
    refused: BTreeMap<String, String>,
    pub(super) params: StoreParams,
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) held: SpillBuffer,
    pub(super) waiting: SpillBuffer,
    pub(super) rows: BTreeMap<&'static str, u64>,
    pub(super) statements: Statements,
    /// Rows that were left out of earlier parts that this one takes over.
    pub(super) repeated: Repeated,
    pub(super) forgotten: Repeated,
    /// Held as long as this is.
    _lock: disk::Lock,
}

impl Store {
    /// Begins a part of the store in `folder`, whose rows bear pseudonyms made with the key of this public name; the
    /// store is made when there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the number of buckets is no power of two or too large, the store was filled under
    /// another key, is being filled by somebody else, or has a part that its manifest does not name; [`Error::Version`]
    /// and [`Error::Format`] for a manifest that this build does not read; [`Error::Io`] when the folder cannot be
    /// written.
    pub fn fill(folder: &Path, key: &str, params: &StoreParams) -> Result<Filling> {
        Filling::begin(folder, (key, params), |manifest| manifest.parts.clone())
    }

    /// Begins to fill a store from nothing: what it held before goes once the new part is whole.
    ///
    /// # Errors
    ///
    /// As [`Store::fill`]; [`Error::Setting`] when nights were added to the store, which would be lost.
    pub fn fill_anew(folder: &Path, key: &str, params: &StoreParams) -> Result<Filling> {
        let filling = Filling::begin(folder, (key, params), |_| Vec::new())?;
        match filling.replaced.len() {
            0 | 1 => Ok(filling),
            parts => {
                filling.given_up()?;
                let found = format!("a store of {parts} parts");
                let expected = "no store, or one of a single filling; name it with --store to add to it";
                Err(Error::setting(Sentence::name(folder.display().to_string()), found, expected))
            }
        }
    }

    /// Begins the first part of a store, whose buckets are settled elsewhere.
    pub(crate) fn fill_first(folder: &Path, key: &str, params: &StoreParams) -> Result<Filling> {
        if params.buckets.is_none() {
            let expected = "a number of them: tasks are cut before rows are counted";
            return Err(Error::setting("buckets", "none", expected));
        }
        let filling = Self::fill(folder, key, params)?;
        match filling.store.manifest().parts.len() {
            0 => Ok(filling),
            parts => {
                filling.given_up()?;
                let found = says!("a store of {parts} parts", parts);
                let expected = "none yet: tasks fill a first part; nights belong on one machine";
                Err(Error::setting(Sentence::name(folder.display().to_string()), found, expected))
            }
        }
    }

    /// Adds tables to the store in `folder` as one part; makes the store when there is none.
    ///
    /// `report` names the files that the tables were read from; tables read from files that the store has already
    /// change nothing, so that a night's intake can be repeated. The part is visible once it is whole.
    ///
    /// # Errors
    ///
    /// As [`Store::fill`] and [`Filling::finish`].
    ///
    /// # Examples
    ///
    /// The head of [the room](super) has one.
    pub fn keep(
        folder: &Path,
        tables: &SourceTables,
        report: &IngestReport,
        params: &StoreParams,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let mut filling = Self::fill(folder, &report.key, params)?;
        if filling.standing(report)? == Standing::Kept {
            return filling.given_up();
        }
        for table in TABLES.iter().filter(|table| tables.has(table.name)) {
            progress.begin(&format!("sort {}", table.name), None, "rows");
            let mut frame = table.encode_codes(tables.frame(table.name)?)?;
            frame.rechunk_mut();
            let step = |at: usize| (*table, frame.slice(i64::try_from(at).unwrap_or(i64::MAX), STEP));
            filling.take((0..frame.height()).step_by(STEP).map(step).collect())?;
            progress.advance(frame.height() as u64);
            filling.rows.entry(table.name).or_default();
            progress.end();
        }
        filling.finish(report, progress)
    }
}

impl Filling {
    /// The parts that go once this one is there.
    pub(super) fn replaced(&self) -> &[Part] {
        &self.replaced
    }

    /// Takes over the refused rows of some parts.
    pub(super) fn refused_by<'p>(&mut self, parts: impl Iterator<Item = &'p Part>) {
        self.refused = parts.flat_map(|part| part.refused.clone()).collect();
    }

    /// Begins a part behind some of those that the store has; the others are replaced by it.
    pub(super) fn begin(
        folder: &Path,
        (key, params): (&str, &StoreParams),
        behind: impl Fn(&Manifest) -> Vec<Part>,
    ) -> Result<Self> {
        params.checked()?;
        disk::make(folder)?;
        let lock = disk::lock(folder, "filling the store")?;
        let (old, at) = match Store::is_in(folder)? {
            true => commits::latest(folder)?,
            false => (Manifest::new(key), 0),
        };
        if old.key != key {
            return Err(Error::setting("key", key, says!("{}, as in the store", [old.key])));
        }
        parts::swept(folder, (&old, at))?;
        let manifest = Manifest { parts: behind(&old), ..old.clone() };
        let replaced = old.parts.iter().filter(|part| !manifest.parts.contains(part)).cloned().collect();
        let number = manifest.next_number();
        let name = parts::claimed(folder, (&old, at), number + 1)?;
        let part = folder.join(&name);
        let aside = part.join(ASIDE);
        disk::make(&aside)?;
        let waiting = params.held_rows / WAITING_SHARE;
        let held =
            SpillBuffer::new(&aside, params.buckets.unwrap_or(1).max(MICRO_PARTITIONS), params.held_rows - waiting);
        Ok(Self {
            files: manifest.files(),
            store: Store::new(folder, (manifest, at)),
            params: params.clone(),
            replaced,
            refused: BTreeMap::new(),
            number,
            name,
            folder: part,
            held,
            waiting: SpillBuffer::new(&aside.join("waiting"), MICRO_PARTITIONS, waiting),
            rows: BTreeMap::new(),
            statements: Statements::default(),
            repeated: Repeated::new(),
            forgotten: Repeated::new(),
            _lock: lock,
        })
    }

    /// Ends the part: it becomes visible as a whole. Rows of files that the store has already change nothing; rows of
    /// the last part's files, read by another mapping, take its index.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] as [`Manifest::standing`]; [`Error::Table`] for a row without its key; [`Error::Io`],
    /// [`Error::Format`] and [`Error::Frame`] when rows cannot be read or written.
    pub fn finish(self, report: &IngestReport, progress: &dyn Progress) -> Result<Store> {
        self.finished(report, progress).map(|(store, _)| store)
    }

    /// [`Filling::finish`], and which of the rows that came are in doubt; nothing of rows that the store had.
    pub(crate) fn finished(mut self, report: &IngestReport, progress: &dyn Progress) -> Result<(Store, Doubts)> {
        match self.standing(report)? {
            Standing::Kept => return Ok((self.given_up()?, Doubts::default())),
            Standing::Replaces => self.replaced.extend(self.store.without_last()),
            Standing::New => {}
        }
        let files = self.files_of(report);
        self.write((files, true), progress)
    }

    /// The files of a report as the part names them, and their currency as that of the store.
    pub(super) fn files_of(&mut self, report: &IngestReport) -> Vec<PartFile> {
        self.store.currency(&report.currency);
        let file = |file: &FileReport| PartFile {
            file: file.file.clone(),
            ordinal: self.files + file.ordinal,
            blake3: file.blake3.clone(),
            mapping: report.mapping_digest.clone(),
            rows: [file.rows_read, file.rows_accepted, file.rows_refused],
        };
        report.files.iter().map(file).collect()
    }

    /// Writes the buckets and the manifest that names the part; `are_of_files` says that its rows were in no store
    /// before.
    pub(super) fn write(
        mut self,
        (files, are_of_files): (Vec<PartFile>, bool),
        progress: &dyn Progress,
    ) -> Result<(Store, Doubts)> {
        let mut seals = Seals::new(&self.folder);
        let mut pairs = Replication::FILES.map(|file| Growing::new(self.folder.join(file), self.params.group_rows));
        let (repeats, mut repeated) = (Repeats::new(&self.store, are_of_files), Repeated::new());
        progress.begin("deal", Some(self.waiting.rows()), "rows");
        for cells in batches(&self.waiting, self.params.bucket_rows) {
            let portion = ShuffleBatch::read(&self.waiting, &cells, (&self.store, &repeats, &mut repeated))?;
            for (pairs, new) in pairs.iter_mut().zip(portion.arrived()) {
                pairs.add(&new.frame()?)?;
            }
            progress.advance(portion.read_rows());
            portion.replicate(&self.store, &mut self.held)?;
        }
        progress.end();
        for (file, pairs) in Replication::FILES.iter().zip(pairs) {
            pairs.finish()?.into_iter().for_each(|seal| seals.add(file, seal));
        }
        std::mem::take(&mut self.statements).write(&self.folder, (self.params.group_rows, &mut seals))?;
        self.waiting = SpillBuffer::new(&self.folder, MICRO_PARTITIONS, 0);
        let buckets = self.params.buckets_for(self.rows.values().sum());
        let group = self.params.group_rows;
        let held = (&self.held, (0..buckets, buckets), &repeats);
        let (stored, known) = write_buckets((&mut seals, group), held, progress)?;
        let doubts = repeats.into_doubts();
        let counts = (stored, known.into_iter().chain(repeated).collect());
        Ok((self.closed((seals, buckets), files, counts)?, doubts))
    }

    /// Closes a part whose files are all there: what vouches for them, and what was counted.
    pub(super) fn closed(
        mut self,
        (seals, buckets): (Seals, u32),
        files: Vec<PartFile>,
        (stored, repeated): (BTreeMap<&'static str, u64>, Vec<(&'static str, u64)>),
    ) -> Result<Store> {
        disk::remove(&self.folder.join(ASIDE))?;
        let digests = seals.write()?.to_string();
        let mut tables: BTreeMap<String, PartTable> = self
            .rows
            .iter()
            .map(|(name, rows)| ((*name).to_owned(), PartTable { rows: *rows, ..PartTable::default() }))
            .collect();
        for (name, stored) in stored {
            tables.entry(name.to_owned()).or_default().stored = stored;
        }
        for (name, count) in repeated.into_iter().chain(std::mem::take(&mut self.repeated)) {
            tables.entry(name.to_owned()).or_default().repeated += count;
        }
        for (name, count) in std::mem::take(&mut self.forgotten) {
            tables.entry(name.to_owned()).or_default().forgotten += count;
        }
        self.place_refused()?;
        for part in &self.replaced {
            parts::replaced(&self.store.folder().join(&part.folder))?;
        }
        let (folder, number, refused) = (self.name, self.number, self.refused);
        self.store.add(Part { folder, number, buckets, files, tables, digests, refused })?;
        disk::remove(&self.folder.join(UNFINISHED))?;
        Ok(self.store)
    }

    /// Puts what was refused in its place before the part counts: a part without its report is never seen.
    fn place_refused(&mut self) -> Result<()> {
        let (new, index) = (self.incoming(), self.store.folder().join(REFUSED).join(&self.name));
        if !new.is_dir() {
            return Ok(());
        }
        let mut seals = Seals::new(&new);
        for (name, path) in files_below(&new)? {
            disk::synced(&path)?;
            seals.add(&name, Seal::whole(&path)?);
        }
        self.refused.insert(self.name.clone(), seals.write()?.to_string());
        disk::make(&self.store.folder().join(REFUSED))?;
        // What stands there was refused of a part that never counted.
        disk::remove(&index)?;
        disk::rename(&new, &index)?;
        disk::synced(&self.store.folder().join(REFUSED))
    }

    /// The folder, not made yet, where refused rows and the report of what was read wait until the part is whole; they
    /// stand under [`Filling::refused`] then.
    pub fn incoming(&self) -> PathBuf {
        self.folder.join(INCOMING)
    }

    /// The folder where refused rows stand once the part is whole.
    pub fn refused(&self) -> PathBuf {
        self.store.folder().join(REFUSED).join(&self.name)
    }

    /// What the rows that were read are to the store.
    ///
    /// # Errors
    ///
    /// As [`Manifest::standing`].
    pub fn standing(&self, report: &IngestReport) -> Result<Standing> {
        self.store.manifest().standing(report)
    }

    /// Leaves the store as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when what was written cannot be removed.
    pub fn given_up(self) -> Result<Store> {
        parts::remove(&self.folder)?;
        Ok(self.store)
    }
}

/// The files of a folder and of those within, by their paths in it, in the order of these.
pub(super) fn files_below(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).map_err(Error::io(&next))? {
            let path = entry.map_err(Error::io(&next))?.path();
            match (path.is_dir(), path.strip_prefix(folder)) {
                (true, _) => folders.push(path),
                (false, Ok(name)) => {
                    found.insert(name.to_string_lossy().into_owned(), path);
                }
                (false, Err(_)) => {}
            }
        }
    }
    Ok(found)
}
