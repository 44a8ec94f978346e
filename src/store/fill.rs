use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::cells::{CELLS, Sheet};
use super::hold::Held;
use super::manifest::{Manifest, Part, PartFile, PartTable};
use super::needs::{Copies, NEEDER, Needs, Pairs, ROW};
use super::settle::settle;
use super::wait::Waiting;
use super::{Store, StoreParams, files};
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport, Recipient};
use crate::progress::Progress;
use crate::schema::{CASE_ID, ENTITY_ID, LINE_BITS, RECORD_ID, SourceTables, TABLES, Table};

/// Rows taken from a source table at a time.
const CHUNK: u32 = 1 << 20;
/// Rows that one thread sorts at a time.
const STEP: usize = 1 << 16;

/// A part that is being filled while its rows are read.
///
/// Rows go to the bucket of their party as they come, in memory up to [`StoreParams::held_rows`], beyond that through
/// files. Those that others need too wait until everybody is known. Nothing is in the store before
/// [`Filling::finish`].
#[derive(Debug)]
pub struct Filling {
    store: Store,
    params: StoreParams,
    name: String,
    folder: PathBuf,
    held: Held,
    waiting: Waiting,
    /// Pairs that come with this part: debtors of cases, and who names whom.
    new: Pairs,
    rows: BTreeMap<&'static str, u64>,
    /// Held as long as this is.
    _lock: File,
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
    /// [`Error::Setting`] when the number of buckets is no power of two, the store was filled under another key, or is being
    /// filled by somebody else; [`Error::Version`] and [`Error::Json`] for a manifest that this build does not read; [`Error::Io`] when the folder
    /// cannot be written.
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
            fs::remove_dir_all(&part).map_err(Error::io(&part))?;
        }
        let aside = part.join("aside");
        fs::create_dir_all(&aside).map_err(Error::io(&aside))?;
        let held = Held::new(&aside, params.buckets.unwrap_or(1).max(CELLS), params.held_rows);
        let (waiting, params) = (Waiting::new(&aside), params.clone());
        let (new, rows) = (Pairs::default(), BTreeMap::new());
        Ok(Filling { store, params, name, folder: part, held, waiting, new, rows, _lock: lock })
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
            let mut start = 0;
            loop {
                let mut frame = table.numbered(tables.scan(table.name)?.slice(start, CHUNK).collect()?)?;
                frame.rechunk_mut();
                let rows = frame.height();
                let step = |at: usize| (*table, frame.slice(i64::try_from(at).unwrap_or(i64::MAX), STEP));
                filling.take((0..rows).step_by(STEP).map(step).collect())?;
                progress.advance(rows as u64);
                start += i64::from(CHUNK);
                if rows < CHUNK as usize {
                    break;
                }
            }
            filling.rows.entry(table.name).or_default();
            progress.end();
        }
        filling.finish(report, progress)
    }
}

impl Recipient for Filling {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let shift = i64::try_from(self.store.manifest().files() << LINE_BITS).unwrap_or_default();
        let cells = self.held.cells();
        let sorted = rows.into_par_iter().with_max_len(1).map(|(table, frame)| {
            let frame = shifted(frame, shift)?;
            checked(table, &frame)?;
            let sheet = match Copies::of(table) {
                Copies::None => Some(Sheet::new((&frame, ENTITY_ID), cells)?),
                _ => None,
            };
            Ok((table, frame, sheet))
        });
        for (table, mut frame, sheet) in sorted.collect::<Result<Vec<_>>>()? {
            let rows = self.rows.entry(table.name).or_default();
            let (first, count) = (*rows, frame.height());
            *rows += count as u64;
            if let Some(sheet) = sheet {
                self.held.add(table, sheet)?;
                continue;
            }
            self.new.note(table, &frame)?;
            let part = self.store.manifest().parts.len() as u64;
            let number = i64::try_from((part << LINE_BITS) + first).unwrap_or(i64::MAX);
            let numbers: Vec<i64> = (number..).take(count).collect();
            frame.with_column(Column::new(ROW.into(), numbers))?;
            self.waiting.add(table, frame)?;
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
        let new = std::mem::take(&mut self.new).sorted();
        let old = self.store.needs()?;
        let all = [new[0].and(&old[0]), new[1].and(&old[1])];
        self.deal(&all, progress)?;
        self.take_earlier(&old, &new)?;
        drop((old, all));
        let buckets = self.params.buckets_for(self.rows.values().sum());
        let group = self.params.group_rows;
        let stored = settle((&self.folder, group), (&self.held, buckets), progress)?;
        let aside = self.folder.join("aside");
        fs::remove_dir_all(&aside).map_err(Error::io(&aside))?;
        for (pairs, file) in new.iter().zip(Store::PAIRS) {
            files::write(&self.folder.join(file), &mut pairs.frame()?, group)?;
        }
        files::synced(&self.folder)?;
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

    /// Gives each row that waited to everybody who needs it.
    fn deal(&mut self, needs: &[Needs; 2], progress: &dyn Progress) -> Result<()> {
        let waiting = self.waiting.finish();
        progress.begin("deal", Some(waiting.len() as u64), "chunks");
        for chunk in waiting {
            let (table, frame) = chunk.read()?;
            let [debtors, named] = needs;
            let copies = Copies::of(table);
            let needs = if copies == Copies::ByCase { debtors } else { named };
            let steps: Vec<DataFrame> = (0..frame.height())
                .step_by(STEP)
                .map(|at| frame.slice(i64::try_from(at).unwrap_or(i64::MAX), STEP))
                .collect();
            let cells = self.held.cells();
            let sheets = steps.into_par_iter().with_max_len(1).map(|frame| {
                let mut given = Given::default();
                for (row, key) in (0..).zip(keys_of(table, &frame)?) {
                    let mut is_given = false;
                    for needer in needs.of(key) {
                        is_given |= copies == Copies::ByCase || needer == key;
                        given.give(row, needer);
                    }
                    // Nobody's case stands under its own number, so that no row is lost.
                    if !is_given {
                        given.give(row, key);
                    }
                }
                given.sheet(&frame, cells)
            });
            for sheet in sheets.collect::<Result<Vec<_>>>()? {
                self.held.add(table, sheet)?;
            }
            progress.advance(1);
        }
        progress.end();
        Ok(())
    }

    /// Rows of earlier parts that somebody needs only since this part.
    fn take_earlier(&mut self, old: &[Needs; 2], new: &[Needs; 2]) -> Result<()> {
        let ([debtors, named], [new_debtors, new_named]) = (old, new);
        // Where the rows of a case stand, and who needs them now.
        let of_cases: Vec<[i64; 3]> = new_debtors
            .iter()
            .filter(|pair| !debtors.has(*pair))
            .map(|(case, needer)| [debtors.of(case).next().unwrap_or(case), case, needer])
            .collect();
        let of_named = new_named.iter().filter(|pair| !named.has(*pair) && pair.0 != pair.1);
        let of_named: Vec<[i64; 3]> = of_named.map(|(name, needer)| [name, name, needer]).collect();
        for (copies, key, wanted) in [(Copies::ByCase, CASE_ID, of_cases), (Copies::ByName, ENTITY_ID, of_named)] {
            let mut by_place: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
            for [place, of, needer] in &wanted {
                by_place.entry((*place, *of)).or_default().push(*needer);
            }
            let mut places: Vec<i64> = by_place.keys().map(|(place, _)| *place).collect();
            places.dedup();
            for (table, frame) in self.store.raw(&places, |table| Copies::of(table) == copies)? {
                let mut given = Given::default();
                let keys = frame.column(NEEDER)?.i64()?.iter().zip(frame.column(key)?.i64()?.iter());
                for (row, (place, of)) in (0..).zip(keys) {
                    let needers = place.zip(of).and_then(|at| by_place.get(&at));
                    needers.into_iter().flatten().for_each(|needer| given.give(row, *needer));
                }
                self.held.add(table, given.sheet(&table.numbered(frame.drop(NEEDER)?)?, self.held.cells())?)?;
            }
        }
        Ok(())
    }
}

/// Rows and those who need them.
#[derive(Default)]
struct Given {
    rows: Vec<IdxSize>,
    needers: Vec<i64>,
}

impl Given {
    fn give(&mut self, row: IdxSize, needer: i64) {
        self.rows.push(row);
        self.needers.push(needer);
    }

    fn sheet(self, frame: &DataFrame, cells: u32) -> Result<Sheet> {
        let mut rows = files::taken(frame, self.rows)?;
        rows.with_column(Column::new(NEEDER.into(), self.needers))?;
        Sheet::new((&rows, NEEDER), cells)
    }
}

/// The party or the case that each row speaks of.
fn keys_of(table: &Table, frame: &DataFrame) -> Result<Vec<i64>> {
    checked(table, frame)?;
    Ok(frame.column(table.key())?.i64()?.iter().flatten().collect())
}

fn checked(table: &Table, frame: &DataFrame) -> Result<()> {
    match frame.column(table.key())?.null_count() {
        0 => Ok(()),
        _ => Err(Error::table(table.name, "an empty key", table.key())),
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
