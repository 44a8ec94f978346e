use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use super::files::joined;
use super::index::{index_columns, stored_rows};
use super::manifest::{Manifest, Part};
use super::needs::{Copies, Needs, pairs_of};
use super::rows::{Source, StoredRows, Wanted};
use super::settle::bucket_folder;
use super::unit::{Owned, Unit};
use super::{bucket, files};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{ENTITY_ID, KNOWN_AT, TABLES, Table};
use crate::tables::SourceTables;

/// Checked rows in buckets of parties; see [the room](super).
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    manifest: Manifest,
}

/// Parties whose rows are read at a time to find news.
const LOOKED_AT: usize = 2048;

/// Frames by table.
pub(super) type Frames = Vec<(&'static Table, DataFrame)>;

impl Store {
    pub(super) fn new(folder: &Path, manifest: Manifest) -> Self {
        Self { folder: folder.to_path_buf(), manifest }
    }

    /// Whether a folder holds a store.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(Manifest::FILE).is_file()
    }

    /// Opens a store as its manifest says at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] and [`Error::Format`] when there is no manifest or it cannot be read; [`Error::Version`] when it is of
    /// another format.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self::new(folder, Manifest::load(folder)?))
    }

    /// What the store holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn add(&mut self, part: Part) -> Result<()> {
        let mut manifest = self.manifest.clone();
        manifest.parts.push(part);
        manifest.write(&self.folder)?;
        self.manifest = manifest;
        Ok(())
    }

    /// The tables of one bucket out of [`Manifest::buckets`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Format`] when an index cannot be read or names a file that is not there; of tables, see
    /// [`Unit::tables`].
    pub fn unit(&self, number: u32) -> Result<Unit> {
        let buckets = self.manifest.buckets();
        let owned = Owned::Bucket { number, buckets };
        let mut tables = SourceTables::new();
        for table in TABLES {
            let mut sources = Vec::new();
            for part in &self.manifest.parts {
                let own = u64::from(number) * u64::from(part.buckets) / u64::from(buckets);
                let folder = bucket_folder(&self.folder.join(&part.folder), usize::try_from(own).unwrap_or_default());
                let path = folder.join(format!("{}.parquet", table.name));
                if !path.is_file() {
                    let lost = stored_rows(&folder, table)?;
                    if lost > 0 {
                        return Err(Error::format(&path, "no such file", format!("{lost} rows, as its index counts")));
                    }
                } else {
                    let is_whole = part.buckets == buckets;
                    let wanted = if is_whole { Wanted::All } else { Wanted::Of(owned.clone()) };
                    sources.push(Source { path, wanted });
                }
            }
            if !sources.is_empty() {
                tables = tables.with_reader(table.name, Arc::new(StoredRows::new(table, sources)))?;
            }
        }
        Ok(Unit::new(tables, owned))
    }

    /// The tables of some parties alone.
    ///
    /// # Errors
    ///
    /// As [`Store::unit`].
    pub fn of(&self, entity_ids: &[i64]) -> Result<Unit> {
        let units = self.of_each(&[entity_ids.to_vec()])?;
        Ok(units.into_iter().next().unwrap_or_else(|| Unit::new(SourceTables::new(), Owned::Parties(HashSet::new()))))
    }

    /// The tables of each of some groups of parties that have none in common, with one look at every index.
    ///
    /// # Errors
    ///
    /// As [`Store::unit`].
    pub(crate) fn of_each(&self, groups: &[Vec<i64>]) -> Result<Vec<Unit>> {
        let unit = |(tables, group): (BTreeMap<usize, Vec<Source>>, &Vec<i64>)| -> Result<Unit> {
            let mut all = SourceTables::new();
            for (at, sources) in tables {
                if let Some(table) = TABLES.get(at) {
                    all = all.with_reader(table.name, Arc::new(StoredRows::new(table, sources)))?;
                }
            }
            Ok(Unit::new(all, Owned::Parties(group.iter().copied().collect())))
        };
        self.sources(groups, |_| true)?.into_iter().zip(groups).map(unit).collect()
    }

    /// The parties about whom something became known on a day from `since` to `until`, in the order of the store.
    ///
    /// The index knows the last day on which anything became known; where that is later than `until`, rows are read.
    ///
    /// # Errors
    ///
    /// As [`Store::unit`].
    pub fn fresh(&self, since: Day, until: Day) -> Result<Vec<i64>> {
        let of_bucket = |folder: PathBuf| -> Result<Vec<(i64, i32)>> {
            let index = index_columns(&folder, &[ENTITY_ID, KNOWN_AT])?;
            let days = index.column(KNOWN_AT)?.date()?.phys.iter();
            let rows = index.column(ENTITY_ID)?.i64()?.iter().zip(days).filter_map(|(entity, day)| entity.zip(day));
            Ok(rows.filter(|(_, day)| *day >= since.number()).collect())
        };
        let found: Vec<Vec<(i64, i32)>> =
            self.bucket_folders().into_par_iter().map(of_bucket).collect::<Result<_>>()?;
        let (mut fresh, mut open): (BTreeSet<i64>, BTreeSet<i64>) = (BTreeSet::new(), BTreeSet::new());
        for (entity, last) in found.into_iter().flatten() {
            if last <= until.number() {
                fresh.insert(entity)
            } else {
                open.insert(entity)
            };
        }
        let open: Vec<i64> = open.difference(&fresh).copied().collect();
        let looked = open.par_chunks(LOOKED_AT).map(|parties| self.known_within(parties, since..=until));
        fresh.extend(looked.collect::<Result<Vec<_>>>()?.into_iter().flatten());
        let mut fresh: Vec<i64> = fresh.into_iter().collect();
        fresh.sort_unstable_by_key(|id| super::place(*id));
        Ok(fresh)
    }

    /// Those of some parties who are debtors of any case, in their order.
    ///
    /// # Errors
    ///
    /// As [`Store::unit`].
    pub fn debtors_among(&self, parties: &[i64]) -> Result<Vec<i64>> {
        let asked: PlHashSet<i64> = parties.iter().copied().collect();
        let mut debtors = PlHashSet::new();
        for part in &self.manifest.parts {
            let found = |pairs: DataFrame| {
                let of_cases = pairs_of(&pairs)?.map(|(_, debtor)| debtor);
                Ok(of_cases.filter(|debtor| asked.contains(debtor)).collect())
            };
            debtors.extend(files::seen(&self.pairs(part, 0), found)?);
        }
        Ok(parties.iter().copied().filter(|party| debtors.contains(party)).collect())
    }

    /// Those of some parties about whom a row became known within some days.
    fn known_within(&self, parties: &[i64], days: RangeInclusive<Day>) -> Result<Vec<i64>> {
        let mut fresh = BTreeSet::new();
        for (table, frame) in self.raw(parties, |_| true)? {
            let needers = frame.column(Copies::of(table).needer())?.i64()?.iter();
            let known = frame.column(KNOWN_AT)?.date()?.phys.iter();
            let within = |day: i32| (days.start().number()..=days.end().number()).contains(&day);
            fresh.extend(needers.zip(known).filter_map(|(needer, day)| within(day?).then_some(needer?)));
        }
        Ok(parties.iter().copied().filter(|party| fresh.contains(party)).collect())
    }

    fn bucket_folders(&self) -> Vec<PathBuf> {
        let of_part = |part: &Part| {
            let folder = self.folder.join(&part.folder);
            (0..part.buckets as usize).map(move |bucket| bucket_folder(&folder, bucket))
        };
        self.manifest.parts.iter().flat_map(of_part).collect()
    }

    /// The debtors of some cases, and who names some parties, over all parts.
    pub(super) fn needs(&self, keys: &[PlHashSet<i64>; 2]) -> Result<[Needs; 2]> {
        let mut needs: [Needs; 2] = Default::default();
        for (way, (needs, keys)) in needs.iter_mut().zip(keys).enumerate() {
            let mut found = Vec::new();
            for part in &self.manifest.parts {
                let needed = |pairs: DataFrame| Ok(pairs_of(&pairs)?.filter(|(key, _)| keys.contains(key)).collect());
                found.extend(files::seen(&self.pairs(part, way), needed)?);
            }
            *needs = Needs::new(found);
        }
        Ok(needs)
    }

    /// The file of a part's pairs of a way of copying.
    fn pairs(&self, part: &Part, way: usize) -> PathBuf {
        self.folder.join(&part.folder).join(Copies::FILES.get(way).copied().unwrap_or_default())
    }

    /// The stored rows of some parties in some tables, with those columns that only the store has.
    pub(super) fn raw(&self, entity_ids: &[i64], wanted: impl Fn(&Table) -> bool + Sync) -> Result<Frames> {
        let mut frames = Vec::new();
        for (at, sources) in self.sources(&[entity_ids.to_vec()], wanted)?.into_iter().flatten() {
            let Some(table) = TABLES.get(at) else { continue };
            let read = |source: &Source| source.open(table)?.read(None);
            let rows = sources.par_iter().map(read).collect::<Result<Vec<_>>>()?;
            frames.extend(joined(rows)?.map(|rows| (*table, rows)));
        }
        Ok(frames)
    }

    /// Where the stored rows of each group of parties lie, by the place of the table.
    fn sources(
        &self,
        groups: &[Vec<i64>],
        wanted: impl Fn(&Table) -> bool + Sync,
    ) -> Result<Vec<BTreeMap<usize, Vec<Source>>>> {
        let mut asked: Vec<(PathBuf, PlHashMap<i64, usize>)> = Vec::new();
        for part in &self.manifest.parts {
            let mut by_bucket: BTreeMap<u32, PlHashMap<i64, usize>> = BTreeMap::new();
            for (group, ids) in groups.iter().enumerate() {
                for id in ids {
                    by_bucket.entry(bucket(*id, part.buckets)).or_default().insert(*id, group);
                }
            }
            let folder = self.folder.join(&part.folder);
            asked.extend(by_bucket.into_iter().map(|(number, ids)| (bucket_folder(&folder, number as usize), ids)));
        }
        let find = |(folder, ids): &(PathBuf, PlHashMap<i64, usize>)| sources_of(folder, ids, &wanted);
        let found: Vec<Vec<(usize, usize, Source)>> = asked.par_iter().map(find).collect::<Result<_>>()?;
        let mut by_group = vec![BTreeMap::<usize, Vec<Source>>::new(); groups.len()];
        for (group, at, source) in found.into_iter().flatten() {
            if let Some(tables) = by_group.get_mut(group) {
                tables.entry(at).or_default().push(source);
            }
        }
        Ok(by_group)
    }
}

/// The rows of some parties in one bucket: group of the party, place of the table, rows.
fn sources_of(
    folder: &Path,
    ids: &PlHashMap<i64, usize>,
    wanted: &(impl Fn(&Table) -> bool + Sync),
) -> Result<Vec<(usize, usize, Source)>> {
    let mut found = Vec::new();
    let tables = || TABLES.iter().enumerate().filter(|(_, table)| wanted(table));
    let columns: Vec<&str> = [ENTITY_ID].into_iter().chain(tables().map(|(_, table)| table.name)).collect();
    let index = index_columns(folder, &columns)?;
    let group_of = |id: Option<i64>| id.and_then(|id| ids.get(&id).copied());
    let groups: Vec<Option<usize>> = index.column(ENTITY_ID)?.i64()?.iter().map(group_of).collect();
    for (at, table) in tables() {
        let (mut ranges, mut start): (BTreeMap<usize, Vec<Range<usize>>>, _) = (BTreeMap::new(), 0);
        // A party's rows stand behind those of the parties before it.
        for (count, group) in index.column(table.name)?.u32()?.iter().zip(&groups) {
            let rows = start..start + count.unwrap_or_default() as usize;
            start = rows.end;
            if let Some(group) = group.filter(|_| !rows.is_empty()) {
                let ranges = ranges.entry(group).or_default();
                match ranges.last_mut() {
                    Some(last) if last.end == rows.start => last.end = rows.end,
                    _ => ranges.push(rows),
                }
            }
        }
        found.extend(ranges.into_iter().map(|(group, ranges)| {
            let path = folder.join(format!("{}.parquet", table.name));
            (group, at, Source { path, wanted: Wanted::Ranges(ranges, start) })
        }));
    }
    Ok(found)
}
