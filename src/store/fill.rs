use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::cells::{CELLS, Sheet};
use super::files::{Growing, synced};
use super::hold::Held;
use super::manifest::{Manifest, Part, PartFile, PartTable};
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
    store: Store,
    params: StoreParams,
    name: String,
    folder: PathBuf,
    held: Held,
    waiting: Held,
    rows: BTreeMap<&'static str, u64>,
    /// Held as long as this is.
    _lock: File,
}

/// A file that stands in a part until the manifest names it.
const UNFINISHED: &str = "unfinished";

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
        params.checked()?;
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let lock = locked(folder)?;
        let store = match Self::is_in(folder) {
            true => Self::open(folder)?,
            false => Self::new(folder, Manifest::new(key)),
        };
        if store.manifest().key != key {
            return Err(Error::setting("key", key, format!("{}, as in the store", store.manifest().key)));
        }
        let name = format!("part-{:04}", store.manifest().parts.len() + 1);
        let part = store.folder().join(&name);
        if part.exists() {
            unfinished(&part)?;
            fs::remove_dir_all(&part).map_err(Error::io(&part))?;
        }
        let (mark, aside) = (part.join(UNFINISHED), part.join("aside"));
        fs::create_dir_all(&part).map_err(Error::io(&part))?;
        fs::write(&mark, "").map_err(Error::io(&mark))?;
        fs::create_dir_all(&aside).map_err(Error::io(&aside))?;
        let waiting = params.held_rows / WAITING_SHARE;
        let held = Held::new(&aside, params.buckets.unwrap_or(1).max(CELLS), params.held_rows - waiting);
        let waiting = Held::new(&aside.join("waiting"), CELLS, waiting);
        let (params, rows) = (params.clone(), BTreeMap::new());
        Ok(Filling { store, params, name, folder: part, held, waiting, rows, _lock: lock })
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
        if filling.is_kept(report)? {
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
        let shift = i64::try_from(self.store.manifest().files() << LINE_BITS).unwrap_or_default();
        let part = self.store.manifest().parts.len() as u64;
        let cells = self.held.cells();
        // Where the rows of each frame begin in their table: then frames are sorted abreast.
        let mut begun = Vec::with_capacity(rows.len());
        for (table, frame) in rows {
            let rows = self.rows.entry(table.name).or_default();
            let first = *rows;
            *rows += frame.height() as u64;
            begun.push((table, first, frame));
        }
        let sorted = begun.into_par_iter().with_max_len(1).map(|(table, first, frame)| {
            let mut frame = shifted(frame, shift)?;
            checked(table, &frame)?;
            let place = Held::place(table);
            if Copies::of(table) == Copies::None {
                return Ok((Some((place, Sheet::new((&frame, ENTITY_ID), cells)?)), Vec::new()));
            }
            let number = i64::try_from((part << LINE_BITS) + first).unwrap_or(i64::MAX);
            let numbers: Vec<i64> = (number..).take(frame.height()).collect();
            frame.with_column(Column::new(ROW.into(), numbers))?;
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
}

impl Filling {
    /// Ends the part: it becomes visible as a whole. Rows of files that the store has already in one part change nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the store has some of the files but not all in one part; [`Error::Table`] for a row
    /// without its key; [`Error::Io`], [`Error::Format`] and [`Error::Frame`] when rows cannot be read or written.
    pub fn finish(mut self, report: &IngestReport, progress: &dyn Progress) -> Result<Store> {
        if self.is_kept(report)? {
            return self.given_up();
        }
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
        self.waiting = Held::new(&self.folder, CELLS, 0);
        let buckets = self.params.buckets_for(self.rows.values().sum());
        let group = self.params.group_rows;
        let stored = settle((&self.folder, group), (&self.held, buckets), progress)?;
        let aside = self.folder.join("aside");
        fs::remove_dir_all(&aside).map_err(Error::io(&aside))?;
        synced(&self.folder)?;
        let first = self.store.manifest().files();
        let file = |file: &FileReport| PartFile {
            file: file.file.clone(),
            ordinal: first + file.ordinal,
            blake3: file.blake3.clone(),
            rows: [file.rows_read, file.rows_accepted, file.rows_refused],
        };
        let mut tables: BTreeMap<String, PartTable> =
            self.rows.iter().map(|(name, rows)| ((*name).to_owned(), PartTable { rows: *rows, stored: 0 })).collect();
        for (name, stored) in stored {
            tables.entry(name.to_owned()).or_default().stored = stored;
        }
        let files = report.files.iter().map(file).collect();
        self.store.add(Part { folder: self.name, buckets, files, tables })?;
        let mark = self.folder.join(UNFINISHED);
        fs::remove_file(&mark).map_err(Error::io(&mark))?;
        Ok(self.store)
    }

    /// The number, from 1, that the part has or gets when it was read from these files: see [`Manifest::part_of`].
    ///
    /// # Errors
    ///
    /// As [`Manifest::part_of`].
    pub fn number(&self, report: &IngestReport) -> Result<usize> {
        self.store.manifest().part_of(report)
    }

    /// Whether the store has a part of exactly these files.
    fn is_kept(&self, report: &IngestReport) -> Result<bool> {
        Ok(self.number(report)? <= self.store.manifest().parts.len())
    }

    fn given_up(self) -> Result<Store> {
        fs::remove_dir_all(&self.folder).map_err(Error::io(&self.folder))?;
        Ok(self.store)
    }
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
