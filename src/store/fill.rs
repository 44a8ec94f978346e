use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::cells::{CELLS, Sheet};
use super::files::{Growing, synced};
use super::hold::Held;
use super::identity::Statements;
use super::manifest::{Manifest, Part, PartFile, PartTable, Standing};
use super::needs::{Copies, KEY, ROW};
use super::portion::{Portion, checked, portions};
use super::settle::settle;
use super::{Store, StoreParams};
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport, Recipient};
use crate::progress::Progress;
use crate::schema::{ENTITY_ID, LINE_BITS, RECORD_ID, TABLES, Table};
use crate::tables::SourceTables;

/// Rows that one thread sorts at a time.
pub(super) const STEP: usize = 1 << 16;

/// Of the rows held in memory, one in so many waits.
const WAITING_SHARE: usize = 4;

/// A part that is being filled while its rows are read.
///
/// Rows go to the bucket of their party as they come, in memory up to [`StoreParams::held_rows`], beyond that through
/// files. Those that others need too wait until everybody is known, by the cell of their case or party, beside the pairs
/// that tell who needs them. Nothing is in the store before [`Filling::finish`].
#[derive(Debug)]
pub struct Filling {
    /// What stays of the store: the parts that the new one stands behind.
    store: Store,
    /// The largest ordinal of their files, and how many parts they are.
    files: u64,
    number: u64,
    /// Parts that go once this one is there.
    replaced: Vec<Part>,
    params: StoreParams,
    name: String,
    folder: PathBuf,
    held: Held,
    waiting: Held,
    rows: BTreeMap<&'static str, u64>,
    statements: Statements,
    /// Held as long as this is.
    _lock: File,
}

/// A file that stands in a part until the manifest names it.
const UNFINISHED: &str = "unfinished";

/// A file that stands in a part which another has replaced.
const REPLACED: &str = "replaced";

/// Removes the parts that others have replaced.
fn swept(folder: &Path, manifest: &Manifest) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        let is_named =
            manifest.parts.iter().any(|part| path.file_name().is_some_and(|name| name == part.folder.as_str()));
        let is_removed = path.extension().is_some_and(|ending| ending == REMOVED);
        if is_removed || !is_named && path.join(REPLACED).is_file() {
            remove(&path)?;
        }
    }
    Ok(())
}

/// What a part is called that is being removed.
const REMOVED: &str = "removed";

/// Removes a part: under another name first, since a removal that was killed in the middle may leave rows without the mark
/// that says what they are.
fn remove(part: &Path) -> Result<()> {
    let removed = part.with_extension(REMOVED);
    if part != removed {
        fs::rename(part, &removed).map_err(Error::io(part))?;
    }
    fs::remove_dir_all(&removed).map_err(Error::io(&removed))
}

/// Refuses to begin anew in a folder that no killed filling left: a store that lost its manifest still has its rows.
fn unfinished(part: &Path) -> Result<()> {
    let is_left = [UNFINISHED, "aside"].iter().any(|name| part.join(name).exists());
    let is_empty = || fs::read_dir(part).is_ok_and(|mut entries| entries.next().is_none());
    if is_left || is_empty() {
        return Ok(());
    }
    let found = "files that no manifest names";
    Err(Error::setting(part.display().to_string(), found, "the store's manifest.json beside it, or no such folder"))
}

/// The right to fill a store: two at once would each replace the other's manifest.
fn locked(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Error::setting(folder.display().to_string(), "being filled by another run", "one that nobody fills"))
        }
        // A file system without locks cannot tell.
        Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => Err(Error::io(&path)(error)),
        Err(TryLockError::Error(_)) | Ok(()) => Ok(file),
    }
}

impl Store {
    /// Begins a part of the store in `folder`, whose rows bear pseudonyms made with the key of this public name; the
    /// store is made when there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the number of buckets is no power of two, the store was filled under another key, is being
    /// filled by somebody else, or has a part that its manifest does not name; [`Error::Version`] and [`Error::Format`] for a
    /// manifest that this build does not read; [`Error::Io`] when the folder cannot be written.
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
                Err(Error::setting(folder.display().to_string(), found, expected))
            }
        }
    }

    /// Adds tables to the store in `folder` as one part; makes the store when there is none.
    ///
    /// `report` names the files that the tables were read from; tables read from files that the store has already change
    /// nothing, so that a night's intake can be repeated. The part is visible once it is whole.
    ///
    /// # Errors
    ///
    /// As [`Store::fill`] and [`Filling::finish`].
    pub fn keep(
        folder: &Path,
        (tables, report): (&SourceTables, &IngestReport),
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

impl Recipient for Filling {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let beyond = |numbers: u64| {
            Error::setting("store", format!("{numbers} files or parts"), "fewer: rows have no numbers left")
        };
        let numbers = |count: u64| -> Result<i64> {
            let first = count.checked_mul(1 << LINE_BITS).and_then(|first| i64::try_from(first).ok());
            first.ok_or_else(|| beyond(count))
        };
        let (shift, part) = (numbers(self.files)?, numbers(self.number)?);
        // Where the rows of each frame begin in their table: then frames are sorted abreast.
        let mut begun = Vec::with_capacity(rows.len());
        for (table, frame) in rows {
            let rows = self.rows.entry(table.name).or_default();
            begun.push((table, *rows, frame));
            *rows += begun.last().map_or(0, |(.., frame)| frame.height() as u64);
        }
        let numbered = begun.into_par_iter().with_max_len(1).map(|(table, first, frame)| {
            let mut frame = shifted(frame, shift)?;
            checked(table, &frame)?;
            if Copies::of(table) != Copies::None {
                let first = i64::try_from(first).ok().and_then(|first| part.checked_add(first));
                let first = first.ok_or_else(|| beyond(self.number))?;
                let numbers: Vec<i64> = (first..).take(frame.height()).collect();
                frame.with_column(Column::new(ROW.into(), numbers))?;
            }
            Ok((table, Statements::told(table, &frame)?, frame))
        });
        let mut frames = Vec::new();
        for (table, stated, frame) in numbered.collect::<Result<Vec<_>>>()? {
            stated.into_iter().for_each(|stated| self.statements.add(stated));
            frames.push((table, frame));
        }
        self.sort(frames)
    }
}

impl Filling {
    /// Sorts rows that have their numbers into cells; those that others need too wait.
    pub(super) fn sort(&mut self, frames: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let cells = self.held.cells();
        let sorted = frames.into_par_iter().with_max_len(1).map(|(table, frame)| {
            let place = Held::place(table);
            if Copies::of(table) == Copies::None {
                return Ok((Some((place, Sheet::new((&frame, ENTITY_ID), cells)?)), Vec::new()));
            }
            let mut waiting = vec![(place, Sheet::new((&frame, table.key()), CELLS)?)];
            if let Some((way, pairs)) = Copies::told(table, &frame)? {
                waiting.push((TABLES.len() + way, Sheet::new((&pairs, KEY), CELLS)?));
            }
            Ok((None, waiting))
        });
        for (held, waiting) in sorted.collect::<Result<Vec<_>>>()? {
            held.into_iter().try_for_each(|(place, sheet)| self.held.add(place, sheet))?;
            waiting.into_iter().try_for_each(|(place, sheet)| self.waiting.add(place, sheet))?;
        }
        Ok(())
    }

    /// Counts rows that were numbered elsewhere.
    pub(super) fn count(&mut self, table: &'static Table, rows: u64) {
        *self.rows.entry(table.name).or_default() += rows;
    }

    /// Takes the statements of earlier parts over.
    pub(super) fn state(&mut self, statements: Statements) {
        self.statements = statements;
    }

    /// The parts that go once this one is there.
    pub(super) fn replaced(&self) -> &[Part] {
        &self.replaced
    }

    /// Begins a part behind some of those that the store has; the others are replaced by it.
    pub(super) fn begin(
        folder: &Path,
        (key, params): (&str, &StoreParams),
        behind: impl Fn(&Manifest) -> Vec<Part>,
    ) -> Result<Self> {
        params.checked()?;
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let lock = locked(folder)?;
        let old = match Store::is_in(folder) {
            true => Manifest::load(folder)?,
            false => Manifest::new(key),
        };
        if old.key != key {
            return Err(Error::setting("key", key, format!("{}, as in the store", old.key)));
        }
        swept(folder, &old)?;
        let manifest = Manifest { parts: behind(&old), ..old.clone() };
        let replaced = old.parts.iter().filter(|part| !manifest.parts.contains(part)).cloned().collect();
        let number = manifest.parts.len() as u64;
        let name = free_name(&old, number + 1);
        let part = folder.join(&name);
        if part.exists() {
            unfinished(&part)?;
            remove(&part)?;
        }
        let (mark, aside) = (part.join(UNFINISHED), part.join("aside"));
        fs::create_dir_all(&part).map_err(Error::io(&part))?;
        fs::write(&mark, "").map_err(Error::io(&mark))?;
        fs::create_dir_all(&aside).map_err(Error::io(&aside))?;
        let waiting = params.held_rows / WAITING_SHARE;
        let held = Held::new(&aside, params.buckets.unwrap_or(1).max(CELLS), params.held_rows - waiting);
        Ok(Self {
            files: manifest.files(),
            store: Store::new(folder, manifest),
            params: params.clone(),
            replaced,
            number,
            name,
            folder: part,
            held,
            waiting: Held::new(&aside.join("waiting"), CELLS, waiting),
            rows: BTreeMap::new(),
            statements: Statements::default(),
            _lock: lock,
        })
    }

    /// Ends the part: it becomes visible as a whole. Rows of files that the store has already change nothing; rows of the last
    /// part's files, read by another mapping, take its place.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] as [`Manifest::standing`]; [`Error::Table`] for a row without its key; [`Error::Io`],
    /// [`Error::Format`] and [`Error::Frame`] when rows cannot be read or written.
    pub fn finish(mut self, report: &IngestReport, progress: &dyn Progress) -> Result<Store> {
        match self.standing(report)? {
            Standing::Kept => return self.given_up(),
            Standing::Replaces => self.replaced.extend(self.store.without_last()),
            Standing::New => {}
        }
        let file = |file: &FileReport| PartFile {
            file: file.file.clone(),
            ordinal: self.files + file.ordinal,
            blake3: file.blake3.clone(),
            mapping: report.mapping_digest.clone(),
            rows: [file.rows_read, file.rows_accepted, file.rows_refused],
        };
        let files = report.files.iter().map(file).collect();
        self.store.currency(&report.currency);
        self.write(files, progress)
    }

    /// Writes the buckets and the manifest that names the part.
    pub(super) fn write(mut self, files: Vec<PartFile>, progress: &dyn Progress) -> Result<Store> {
        let mut pairs = Copies::FILES.map(|file| Growing::new(self.folder.join(file), self.params.group_rows));
        progress.begin("deal", Some(self.waiting.rows()), "rows");
        for cells in portions(&self.waiting, self.params.bucket_rows) {
            let portion = Portion::read(&self.waiting, &cells, &self.store)?;
            for (pairs, new) in pairs.iter_mut().zip(portion.arrived()) {
                pairs.add(&new.frame()?)?;
            }
            progress.advance(portion.read_rows());
            portion.deal(&self.store, &mut self.held)?;
        }
        progress.end();
        pairs.into_iter().try_for_each(Growing::finish)?;
        self.statements.write(&self.folder, self.params.group_rows)?;
        self.waiting = Held::new(&self.folder, CELLS, 0);
        let buckets = self.params.buckets_for(self.rows.values().sum());
        let group = self.params.group_rows;
        let stored = settle((&self.folder, group), (&self.held, buckets), progress)?;
        let aside = self.folder.join("aside");
        fs::remove_dir_all(&aside).map_err(Error::io(&aside))?;
        synced(&self.folder)?;
        let mut tables: BTreeMap<String, PartTable> =
            self.rows.iter().map(|(name, rows)| ((*name).to_owned(), PartTable { rows: *rows, stored: 0 })).collect();
        for (name, stored) in stored {
            tables.entry(name.to_owned()).or_default().stored = stored;
        }
        // Whoever began to read before goes on: what is replaced stays until the next filling, which knows it by its mark, also
        // where this one is killed once the manifest names the new part.
        for part in &self.replaced {
            let mark = self.store.folder().join(&part.folder).join(REPLACED);
            fs::write(&mark, "").map_err(Error::io(&mark))?;
        }
        self.store.add(Part { folder: self.name, buckets, files, tables })?;
        let mark = self.folder.join(UNFINISHED);
        fs::remove_file(&mark).map_err(Error::io(&mark))?;
        Ok(self.store)
    }

    /// What the rows that were read are to the store.
    ///
    /// # Errors
    ///
    /// As [`Manifest::standing`].
    pub fn standing(&self, report: &IngestReport) -> Result<Standing> {
        self.store.manifest().standing(report)
    }

    /// The folder of the store.
    pub fn store_folder(&self) -> &Path {
        self.store.folder()
    }

    /// The name of the part within the store.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Leaves the store as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when what was written cannot be removed.
    pub fn given_up(self) -> Result<Store> {
        remove(&self.folder)?;
        Ok(self.store)
    }
}

/// A folder for the part of this number that the manifest does not name.
fn free_name(manifest: &Manifest, number: u64) -> String {
    let is_free = |name: &String| manifest.parts.iter().all(|part| part.folder != *name);
    let mut names = (0u32..).map(|again| match again {
        0 => format!("part-{number:04}"),
        _ => format!("part-{number:04}-{again}"),
    });
    names.find(is_free).unwrap_or_default()
}

/// Rows with their numbers counted on from the files of earlier parts.
fn shifted(mut frame: DataFrame, by: i64) -> Result<DataFrame> {
    if by > 0 {
        let records = frame.column(RECORD_ID)?.i64()?.iter();
        let numbers: Vec<Option<i64>> = records.map(|record| record.map(|number| number + by)).collect();
        frame.with_column(Column::new(RECORD_ID.into(), numbers))?;
    }
    Ok(frame)
}
