use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::manifest::{Manifest, Part, PartFile, PartTable};
use super::needs::{Copies, Needs};
use super::settle::{self, Pending};
use super::{Store, bucket, files};
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport};
use crate::progress::Progress;
use crate::schema::{CASE_ID, ENTITY_ID, LINE_BITS, RECORD_ID, SourceTables, TABLES, Table};

/// In tables with copies: the party that needs the row.
pub(super) const NEEDER: &str = "needer_id";
/// In tables with copies: the row's number over all parts, by which copies are known.
pub(super) const ROW: &str = "row";
/// Rows taken from a source table at a time.
const CHUNK: u32 = 1 << 20;
/// The most buckets that are made unasked.
const MOST_BUCKETS: u64 = 1 << 12;

/// How a store is laid out. No setting changes what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreParams {
    /// The number of buckets, a power of two; as many as rows ask for when `None`.
    pub buckets: Option<u32>,
    /// Rows in a bucket, about, where their number is not given: what one thread has in memory at a time.
    pub bucket_rows: u64,
    /// Rows held in memory while they are sorted into buckets.
    pub held_rows: usize,
    /// Rows in a row group: what is decoded to read one party.
    pub group_rows: usize,
}

impl Default for StoreParams {
    fn default() -> Self {
        Self { buckets: None, bucket_rows: 1 << 20, held_rows: 1 << 22, group_rows: 1 << 12 }
    }
}

impl StoreParams {
    /// Sets [`StoreParams::buckets`].
    #[must_use]
    pub fn buckets(self, buckets: u32) -> Self {
        Self { buckets: Some(buckets), ..self }
    }

    /// Sets [`StoreParams::bucket_rows`].
    #[must_use]
    pub fn bucket_rows(self, bucket_rows: u64) -> Self {
        Self { bucket_rows, ..self }
    }

    /// Sets [`StoreParams::group_rows`].
    #[must_use]
    pub fn group_rows(self, group_rows: usize) -> Self {
        Self { group_rows, ..self }
    }

    /// Sets [`StoreParams::held_rows`].
    #[must_use]
    pub fn held_rows(self, held_rows: usize) -> Self {
        Self { held_rows, ..self }
    }

    fn checked(&self) -> Result<()> {
        if let Some(buckets) = self.buckets.filter(|buckets| !buckets.is_power_of_two()) {
            return Err(Error::setting("buckets", buckets, "a power of two"));
        }
        if self.bucket_rows == 0 || self.group_rows == 0 {
            return Err(Error::setting("bucket_rows, group_rows", 0, "at least 1"));
        }
        Ok(())
    }

    fn buckets_for(&self, rows: u64) -> u32 {
        let wanted = (rows / self.bucket_rows).clamp(1, MOST_BUCKETS).next_power_of_two();
        self.buckets.unwrap_or(u32::try_from(wanted).unwrap_or(1))
    }
}

impl Store {
    /// Adds tables to the store in `folder` as one part; makes the store when there is none.
    ///
    /// `report` names the files that the tables were read from; tables read from files that the store has already change
    /// nothing, so that a night's intake can be repeated. The part is visible once it is whole.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the number of buckets is no power of two, the store was filled under another key, or it
    /// has some of the files but not all in one part; [`Error::Version`] and [`Error::Json`] for a manifest that this
    /// build does not read; [`Error::Table`] for a row without its key; [`Error::Io`], [`Error::Format`] and
    /// [`Error::Frame`] when rows cannot be read or written.
    pub fn keep(
        folder: &Path,
        (tables, report): (&SourceTables, &IngestReport),
        params: &StoreParams,
        progress: &dyn Progress,
    ) -> Result<Self> {
        params.checked()?;
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let mut store = match Self::is_in(folder) {
            true => Self::open(folder)?,
            false => Self::new(folder, Manifest::new(&report.key)),
        };
        if store.manifest().key != report.key {
            return Err(Error::setting("key", &report.key, format!("{}, as in the store", store.manifest().key)));
        }
        if store.manifest().part_of(report)? <= store.manifest().parts.len() {
            return Ok(store);
        }
        let part = Builder::new(&store, tables, params)?.part((tables, report), progress)?;
        store.add(part)?;
        Ok(store)
    }
}

/// Sorts the rows of a part into buckets.
struct Builder<'a> {
    store: &'a Store,
    params: &'a StoreParams,
    name: String,
    folder: PathBuf,
    buckets: u32,
    /// Pairs of earlier parts: debtors of cases, and who names whom.
    old: [Needs; 2],
    /// Pairs that came with this part.
    new: [Needs; 2],
    /// All pairs.
    all: [Needs; 2],
    pending: Vec<Pending>,
    held: usize,
    spills: usize,
    counts: BTreeMap<String, PartTable>,
}

impl<'a> Builder<'a> {
    fn new(store: &'a Store, tables: &SourceTables, params: &'a StoreParams) -> Result<Self> {
        let name = format!("part-{:04}", store.manifest().parts.len() + 1);
        let folder = store.folder().join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let rows = TABLES.iter().map(|table| height(tables, table)).sum::<Result<u64>>()?;
        let buckets = params.buckets_for(rows);
        let new = [Needs::debtors(tables)?, Needs::named(tables)?];
        let old = store.needs()?;
        let [debtors, named] = &new;
        let [old_debtors, old_named] = &old;
        let all = [debtors.and(old_debtors), named.and(old_named)];
        let pending = (0..buckets).map(|_| Pending::default()).collect();
        let counts = BTreeMap::new();
        Ok(Self { store, params, name, folder, buckets, old, new, all, pending, held: 0, spills: 0, counts })
    }

    fn part(mut self, (tables, report): (&SourceTables, &IngestReport), progress: &dyn Progress) -> Result<Part> {
        let first = self.store.manifest().files();
        for table in TABLES.iter().filter(|table| tables.has(table.name)) {
            let rows = height(tables, table)?;
            progress.begin(&format!("sort {}", table.name), Some(rows), "rows");
            self.take_table((tables, table), (rows, first), progress)?;
            progress.end();
        }
        self.take_earlier()?;
        let stored =
            settle::settle((&self.folder, self.params.group_rows), std::mem::take(&mut self.pending), progress)?;
        for (table, stored) in stored {
            self.counts.entry(table.to_owned()).or_default().stored = stored;
        }
        for (pairs, file) in self.new.iter().zip(Store::PAIRS) {
            files::write(&self.folder.join(file), &mut pairs.frame()?, self.params.group_rows)?;
        }
        let file = |file: &FileReport| PartFile {
            file: file.file.clone(),
            ordinal: first + file.ordinal,
            blake3: file.blake3.clone(),
            rows: [file.rows_read, file.rows_accepted, file.rows_refused],
        };
        let files = report.files.iter().map(file).collect();
        Ok(Part { folder: self.name, buckets: self.buckets, files, tables: self.counts })
    }

    fn take_table(
        &mut self,
        (tables, table): (&SourceTables, &'static Table),
        (rows, first_file): (u64, u64),
        progress: &dyn Progress,
    ) -> Result<()> {
        let part = self.store.manifest().parts.len() as u64;
        let mut start = 0u64;
        while start < rows {
            let start_at = i64::try_from(start).unwrap_or(i64::MAX);
            let mut frame = tables.scan(table.name)?.slice(start_at, CHUNK).collect()?;
            frame.rechunk_mut();
            if first_file > 0 {
                let shifted = shifted(&frame, first_file << LINE_BITS)?;
                frame.with_column(shifted)?;
            }
            if Copies::of(table) != Copies::None {
                let number = i64::try_from((part << LINE_BITS) + start).unwrap_or(i64::MAX);
                let numbers: Vec<i64> = (number..).take(frame.height()).collect();
                frame.with_column(Column::new(ROW.into(), numbers))?;
            }
            self.take(table, &frame)?;
            start += u64::from(CHUNK);
            progress.advance(frame.height() as u64);
        }
        self.counts.entry(table.name.to_owned()).or_default().rows = rows;
        Ok(())
    }

    /// Gives each row to everybody who needs it.
    fn take(&mut self, table: &'static Table, frame: &DataFrame) -> Result<()> {
        let copies = Copies::of(table);
        let keys = frame.column(table.key())?.i64()?;
        let [debtors, named] = &self.all;
        let mut given = Given::new(self.buckets);
        for (row, key) in (0..).zip(keys.iter()) {
            let key = key.ok_or_else(|| Error::table(table.name, "an empty key", table.key()))?;
            let needs = match copies {
                Copies::None => None,
                Copies::ByCase => Some(debtors),
                Copies::ByName => Some(named),
            };
            let mut is_given = false;
            for needer in needs.into_iter().flat_map(|needs| needs.of(key)) {
                is_given |= copies == Copies::ByCase || needer == key;
                given.give(row, needer);
            }
            // Nobody's case stands under its own number, so that no row is lost.
            if !is_given {
                given.give(row, key);
            }
        }
        self.put(table, frame, given)
    }

    fn put(&mut self, table: &'static Table, frame: &DataFrame, given: Given) -> Result<()> {
        for ((rows, needers), pending) in given.0.into_iter().zip(&mut self.pending) {
            if rows.is_empty() {
                continue;
            }
            let mut part = files::taken(frame, rows)?;
            if Copies::of(table) != Copies::None {
                part.with_column(Column::new(NEEDER.into(), needers))?;
            }
            self.held += part.height();
            pending.rows.entry(table.name).or_default().push(part);
        }
        if self.held > self.params.held_rows {
            self.spills += 1;
            settle::spill(&self.folder, self.spills, &mut self.pending)?;
            self.held = 0;
        }
        Ok(())
    }

    /// Rows of earlier parts that somebody needs only since this part.
    fn take_earlier(&mut self) -> Result<()> {
        let [debtors, named] = &self.old;
        let [new_debtors, new_named] = &self.new;
        // Where the rows of a case stand, and who needs them now.
        let of_cases: Vec<[i64; 3]> = new_debtors
            .iter()
            .filter(|pair| !debtors.has(*pair))
            .map(|(case, needer)| [debtors.of(case).next().unwrap_or(case), case, needer])
            .collect();
        let of_named = new_named.iter().filter(|pair| !named.has(*pair) && pair.0 != pair.1);
        let of_named: Vec<[i64; 3]> = of_named.map(|(name, needer)| [name, name, needer]).collect();
        for (copies, key, wanted) in [(Copies::ByCase, CASE_ID, of_cases), (Copies::ByName, ENTITY_ID, of_named)] {
            let places: BTreeSet<i64> = wanted.iter().map(|[place, ..]| *place).collect();
            let places: Vec<i64> = places.into_iter().collect();
            for (table, frame) in self.store.raw(&places, |table| Copies::of(table) == copies)? {
                let mut by_place: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
                for [place, of, needer] in &wanted {
                    by_place.entry((*place, *of)).or_default().push(*needer);
                }
                let mut given = Given::new(self.buckets);
                let keys = frame.column(NEEDER)?.i64()?.iter().zip(frame.column(key)?.i64()?.iter());
                for (row, (place, of)) in (0..).zip(keys) {
                    let needers = place.zip(of).and_then(|at| by_place.get(&at));
                    needers.into_iter().flatten().for_each(|needer| given.give(row, *needer));
                }
                self.put(table, &frame.drop(NEEDER)?, given)?;
            }
        }
        Ok(())
    }
}

/// Rows and those who need them, by bucket.
struct Given(Vec<(Vec<IdxSize>, Vec<i64>)>);

impl Given {
    fn new(buckets: u32) -> Self {
        Self((0..buckets).map(|_| Default::default()).collect())
    }

    fn give(&mut self, row: IdxSize, needer: i64) {
        let buckets = u32::try_from(self.0.len()).unwrap_or(1);
        if let Some((rows, needers)) = self.0.get_mut(bucket(needer, buckets) as usize) {
            rows.push(row);
            needers.push(needer);
        }
    }
}

fn height(tables: &SourceTables, table: &Table) -> Result<u64> {
    let rows = tables.scan(table.name)?.select([len().cast(DataType::Int64)]).collect()?;
    let rows = rows.columns().first().and_then(|rows| rows.i64().ok()?.get(0));
    Ok(rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default())
}

fn shifted(frame: &DataFrame, by: u64) -> Result<Column> {
    let by = i64::try_from(by).unwrap_or_default();
    let numbers: Vec<Option<i64>> =
        frame.column(RECORD_ID)?.i64()?.iter().map(|record| record.map(|n| n + by)).collect();
    Ok(Column::new(RECORD_ID.into(), numbers))
}
