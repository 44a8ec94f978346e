//! Opens a store and reads buckets or single parties from it.
//!
//! A [`Store`] is what its manifest said when it was opened. Fillings, foldings and withdrawals of others
//! change nothing for it: they write new files and let the old ones lie until the next one begins.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use polars::prelude::*;
use rayon::prelude::*;

use super::aliases::Aliases;
use super::bucket;
use super::commits;
use super::files::joined;
use super::identity::Statements;
use super::index::index_columns;
use super::manifest::{Manifest, Part};
use super::owned::Owned;
use super::parts::{bucket_digests, table_file};
use super::replication::{KeyToOwners, Replication, pairs_of};
use super::row_selection::seen;
use super::rows::{Source, StoredRows, Wanted};
use super::seal::{Sealed, Seals, UNCHANGED};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{ENTITY_ID, KNOWN_AT, TABLES, Table};
use crate::sentence::{Sentence, says};
use crate::tables::{Partition, Partitions, SourceTables};

/// Checked rows in buckets of parties; see [the room](super).
///
/// # Examples
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::domain::Day;
/// use wherewithal::ingest::IngestReport;
/// use wherewithal::progress::Silent;
/// use wherewithal::store::{Store, StoreParams};
/// use wherewithal::tables::{Partitions, SourceTables};
///
/// # let day = |name: &str| Column::new(name.into(), [10, 20]).cast(&DataType::Date);
/// # let balances = DataFrame::new(2, vec![
/// #     Column::new("entity_id".into(), [1i64, 2]),
/// #     day("event_on")?,
/// #     day("known_at")?,
/// #     Column::new("account".into(), [7i64, 8]),
/// #     Column::new("balance_fen".into(), [500i64, 0]),
/// # ])?;
/// # let tables = SourceTables::new().with_frame("deposits", balances)?;
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # let params = StoreParams::default().buckets(2);
/// # Store::keep(folder, &tables, &IngestReport::default(), &params, &Silent)?;
/// let store = Store::open(folder)?;
/// assert_eq!(store.partitions(), 2);
/// // About whom has anything become known since 1970-01-16?
/// let (since, until) = (Day::new(1970, 1, 16).ok_or("no day")?, Day::new(1970, 2, 1).ok_or("no day")?);
/// assert_eq!(store.fresh(since, until)?, [2]);
/// assert!(store.debtors_among(&[1, 2])?.is_empty()); // no case names them
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    manifest: Manifest,
    /// The number of the manifest, behind which the next one goes.
    pub(super) number: u64,
    /// How parties are named, when that is not as their rows were read.
    aliases: Option<Arc<Aliases>>,
    /// What vouches for the files of the folders read so far.
    seals: Arc<Mutex<BTreeMap<String, Arc<Seals>>>>,
}

/// Parties whose rows are read at a time to find news.
const LOOKED_AT: usize = 2048;

/// Where the rows of tables lie, by the index of the table.
type Sources = BTreeMap<usize, Vec<Source>>;

/// Frames by table.
pub(super) type Frames = Vec<(&'static Table, DataFrame)>;

impl Store {
    pub(super) fn new(folder: &Path, (manifest, number): (Manifest, u64)) -> Self {
        Self { folder: folder.to_path_buf(), manifest, number, aliases: None, seals: Arc::default() }
    }

    /// Whether a folder holds a store.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when nobody can tell, since the folder or its manifests cannot be read.
    ///
    /// ```
    /// use wherewithal::store::Store;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// assert!(!Store::is_in(folder.path())?);
    /// assert!(Store::open(folder.path()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_in(folder: &Path) -> Result<bool> {
        commits::is_in(folder)
    }

    /// Opens a store as its manifest says at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] and [`Error::Format`] when there is no manifest or it cannot be read; [`Error::Version`] when it
    /// is of another format.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self::new(folder, commits::latest(folder)?))
    }

    /// The store in `folder` as a manifest of it said once: what came later is not there, whatever the folder holds by
    /// now.
    ///
    /// Files of parts that were folded or withdrawn since go with the next filling or folding; whoever reads them then
    /// meets an error.
    pub fn at(folder: &Path, manifest: Manifest) -> Self {
        Self::new(folder, (manifest, 0))
    }

    /// What the store holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Amounts are in this currency, by its ISO 4217 code.
    pub(super) fn currency(&mut self, code: &str) {
        if !code.is_empty() {
            code.clone_into(&mut self.manifest.currency);
        }
    }

    /// Takes the last part out of sight; the manifest on the disk still names it.
    pub(super) fn without_last(&mut self) -> Option<Part> {
        self.manifest.parts.pop()
    }

    pub(super) fn add(&mut self, part: Part) -> Result<()> {
        let (mut manifest, name) = (self.manifest.clone(), part.folder.clone());
        manifest.parts.push(part);
        let work = says!("{part} of the store", part = Sentence::name(&name));
        self.number = commits::commit(&self.folder, (&manifest, self.number), &work)?;
        self.manifest = manifest;
        Ok(())
    }

    /// What the rows of all parts state of parties: the tables `relations` and `parties`, as far as rows of them say
    /// that two identifiers are one party's, with the columns that say it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Format`] when a file cannot be read.
    pub fn statements(&self) -> Result<SourceTables> {
        Statements::read(&self.part_seals()?)
    }

    pub(super) fn with_aliases(&self, aliases: Aliases) -> Self {
        Self { aliases: Some(Arc::new(aliases)), ..self.clone() }
    }

    pub(super) fn aliases(&self) -> Option<&Aliases> {
        self.aliases.as_deref()
    }

    /// How many identifiers have rows that stand under another since [`Store::with_parties_named`].
    pub fn renamed(&self) -> usize {
        self.aliases.as_ref().map_or(0, |aliases| aliases.identifiers())
    }

    fn name_of(&self, party: i64) -> i64 {
        self.aliases.as_ref().map_or(party, |aliases| aliases.names.resolve(party))
    }

    /// The tables of some parties alone.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`].
    ///
    /// A party of whom the store has nothing has no rows; that is no error. Rows are read when a room first
    /// asks for a table's column.
    pub fn tables_for(&self, entity_ids: &[i64]) -> Result<Partition> {
        let partitions = self.tables_for_each(&[entity_ids.to_vec()])?;
        Ok(partitions.into_iter().next().unwrap_or_else(|| Partition::of_parties(SourceTables::new(), entity_ids)))
    }

    /// The tables of each of some groups of parties that have none in common, with one look at every index.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`].
    pub(crate) fn tables_for_each(&self, groups: &[Vec<i64>]) -> Result<Vec<Partition>> {
        let Some(aliases) = &self.aliases else {
            let found = self.sources(groups, |_| true)?.into_iter().zip(groups);
            return found.map(|(sources, group)| Ok(Partition::of_parties(self.tables(sources)?, group))).collect();
        };
        let expanded: Vec<Vec<i64>> = groups.iter().map(|group| aliases.expanded(group)).collect();
        let found = self.sources(&expanded, |_| true)?.into_iter().zip(groups);
        let partition = |(mut sources, group): (Sources, &Vec<i64>)| {
            let among: HashSet<i64> = group.iter().copied().collect();
            self.add_named(&mut sources, |party| among.contains(&party))?;
            Ok(Partition::of_parties(self.tables(sources)?, group))
        };
        found.map(partition).collect()
    }

    /// Adds the rows of parties whom some name by another identifier than that of their rows.
    fn add_named(&self, sources: &mut Sources, contains: impl Fn(i64) -> bool) -> Result<()> {
        let Some(aliases) = &self.aliases else { return Ok(()) };
        let named = aliases.named_by(contains);
        if !named.is_empty() {
            for (at, more) in self
                .sources(&[named], |table| Replication::for_table(table) == Replication::ByName)?
                .into_iter()
                .flatten()
            {
                sources.entry(at).or_default().extend(more);
            }
        }
        Ok(())
    }

    /// Tables that lie at some keys, by the index of the table.
    fn tables(&self, sources: Sources) -> Result<SourceTables> {
        let mut tables = SourceTables::new();
        for (at, sources) in sources {
            if let Some(table) = TABLES.get(at) {
                tables = tables.with_reader(table.name, Arc::new(StoredRows::new(table, sources)))?;
            }
        }
        Ok(match &self.aliases {
            Some(aliases) => tables.with_parties_named(&aliases.names),
            None => tables,
        })
    }

    /// Where the rows of one bucket out of [`Manifest::buckets`] lie.
    fn bucket_sources(&self, number: u32) -> Result<Sources> {
        let buckets = self.manifest.buckets();
        let mut found = Sources::new();
        for (at, table) in TABLES.iter().enumerate() {
            for part in &self.manifest.parts {
                let own = u64::from(number) * u64::from(part.buckets) / u64::from(buckets);
                let bucket = self.bucket_seals(part, u32::try_from(own).unwrap_or_default())?;
                if let Some(file) = bucket.file(&table_file(table)) {
                    let is_whole = part.buckets == buckets;
                    let wanted = if is_whole { Wanted::All } else { Wanted::Of(Owned { number, buckets }) };
                    found.entry(at).or_default().push(Source { file, bucket, wanted });
                }
            }
        }
        Ok(found)
    }

    /// The parties about whom something became known on a day from `since` to `until`, in the order of the store.
    ///
    /// The index knows the last day on which anything became known; where that is later than `until`, rows are read.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`].
    ///
    /// Both days are included.
    pub fn fresh(&self, since: Day, until: Day) -> Result<Vec<i64>> {
        let of_bucket = |(part, number): (&Part, u32)| -> Result<Vec<(i64, i32)>> {
            let index = index_columns(&*self.bucket_seals(part, number)?, &[ENTITY_ID, KNOWN_AT])?;
            let days = index.column(KNOWN_AT)?.date()?.phys.iter();
            let rows = index.column(ENTITY_ID)?.i64()?.iter().zip(days).filter_map(|(entity, day)| entity.zip(day));
            Ok(rows.filter(|(_, day)| *day >= since.number()).collect())
        };
        let found: Vec<Vec<(i64, i32)>> = self.buckets().into_par_iter().map(of_bucket).collect::<Result<_>>()?;
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
        let fresh: BTreeSet<i64> = fresh.into_iter().map(|id| self.name_of(id)).collect();
        let mut fresh: Vec<i64> = fresh.into_iter().collect();
        fresh.sort_unstable_by_key(|id| super::hash_key(*id));
        Ok(fresh)
    }

    /// Those of some parties who are debtors of any case, in their order.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`].
    pub fn debtors_among(&self, parties: &[i64]) -> Result<Vec<i64>> {
        let asked: PlHashSet<i64> = parties.iter().copied().collect();
        let mut debtors = PlHashSet::new();
        for part in &self.manifest.parts {
            let found = |pairs: DataFrame| {
                let of_cases = pairs_of(&pairs)?.map(|(_, debtor)| self.name_of(debtor));
                Ok(of_cases.filter(|debtor| asked.contains(debtor)).collect())
            };
            debtors.extend(self.pairs_seen((part, 0), found)?);
        }
        Ok(parties.iter().copied().filter(|party| debtors.contains(party)).collect())
    }

    /// Those of some parties about whom a row became known within some days.
    fn known_within(&self, parties: &[i64], days: RangeInclusive<Day>) -> Result<Vec<i64>> {
        let mut fresh = BTreeSet::new();
        for (table, frame) in self.raw(parties, |_| true)? {
            let owners = frame.column(Replication::for_table(table).owner_column())?.i64()?.iter();
            let known = frame.column(KNOWN_AT)?.date()?.phys.iter();
            let within = |day: i32| (days.start().number()..=days.end().number()).contains(&day);
            fresh.extend(owners.zip(known).filter_map(|(owner, day)| within(day?).then_some(owner?)));
        }
        Ok(parties.iter().copied().filter(|party| fresh.contains(party)).collect())
    }

    /// Every bucket of every part.
    pub(super) fn buckets(&self) -> Vec<(&Part, u32)> {
        self.manifest.parts.iter().flat_map(|part| (0..part.buckets).map(move |bucket| (part, bucket))).collect()
    }

    /// What vouches for the files of a bucket.
    pub(super) fn bucket_seals(&self, part: &Part, number: u32) -> Result<Arc<Seals>> {
        let name = bucket_digests(number);
        self.seals_of(&format!("{}/{name}", part.folder), || {
            let of_part = self.seals_of_part(part)?;
            let missing = || Error::format(of_part.folder.join(&name), "no such file", UNCHANGED);
            Seals::read(&of_part.file(&name).ok_or_else(missing)?)
        })
    }

    /// What vouches for the files of each part.
    pub(super) fn part_seals(&self) -> Result<Vec<Arc<Seals>>> {
        self.manifest.parts.iter().map(|part| self.seals_of_part(part)).collect()
    }

    /// Refuses a folder that does not hold the parts of the manifest; of each its list of digests is read.
    pub(crate) fn vouched(&self) -> Result<()> {
        self.part_seals().map(drop)
    }

    pub(super) fn seals_of_part(&self, part: &Part) -> Result<Arc<Seals>> {
        self.seals_of(&part.folder, || Seals::vouched(&self.folder.join(&part.folder), &part.digests))
    }

    fn seals_of(&self, folder: &str, read: impl Fn() -> Result<Seals>) -> Result<Arc<Seals>> {
        if let Some(seals) = self.seals.lock().ok().and_then(|seals| seals.get(folder).cloned()) {
            return Ok(seals);
        }
        let found = Arc::new(read()?);
        if let Ok(mut seals) = self.seals.lock() {
            seals.insert(folder.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// The debtors of some cases, and who names some parties, over all parts.
    pub(super) fn needs(&self, keys: &[PlHashSet<i64>; 2]) -> Result<[KeyToOwners; 2]> {
        let mut needs: [KeyToOwners; 2] = Default::default();
        for (way, (needs, keys)) in needs.iter_mut().zip(keys).enumerate() {
            let mut found = Vec::new();
            for part in &self.manifest.parts {
                let needed = |pairs: DataFrame| Ok(pairs_of(&pairs)?.filter(|(key, _)| keys.contains(key)).collect());
                found.extend(self.pairs_seen((part, way), needed)?);
            }
            *needs = KeyToOwners::new(found);
        }
        Ok(needs)
    }

    /// What a look at a part's pairs of a way of copying gives; a part without any has no file of them.
    pub(super) fn pairs_seen<T: Send>(
        &self,
        (part, way): (&Part, usize),
        look: impl Fn(DataFrame) -> Result<Vec<T>> + Sync,
    ) -> Result<Vec<T>> {
        let seals = self.seals_of_part(part)?;
        let file: Option<Sealed> = Replication::FILES.get(way).and_then(|file| seals.file(file));
        file.map_or_else(|| Ok(Vec::new()), |file| seen(&file, look))
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

    /// Where the stored rows of each group of parties lie, by the index of the table.
    fn sources(&self, groups: &[Vec<i64>], wanted: impl Fn(&Table) -> bool + Sync) -> Result<Vec<Sources>> {
        let mut asked: Vec<(&Part, u32, PlHashMap<i64, usize>)> = Vec::new();
        for part in &self.manifest.parts {
            let mut by_bucket: BTreeMap<u32, PlHashMap<i64, usize>> = BTreeMap::new();
            for (group, ids) in groups.iter().enumerate() {
                for id in ids {
                    by_bucket.entry(bucket(*id, part.buckets)).or_default().insert(*id, group);
                }
            }
            asked.extend(by_bucket.into_iter().map(|(number, ids)| (part, number, ids)));
        }
        let find = |(part, number, ids): &(&Part, u32, PlHashMap<i64, usize>)| {
            sources_of(&self.bucket_seals(part, *number)?, ids, &wanted)
        };
        let found: Vec<Vec<(usize, usize, Source)>> = asked.par_iter().map(find).collect::<Result<_>>()?;
        let mut by_group = vec![Sources::new(); groups.len()];
        for (group, at, source) in found.into_iter().flatten() {
            if let Some(tables) = by_group.get_mut(group) {
                tables.entry(at).or_default().push(source);
            }
        }
        Ok(by_group)
    }
}

impl Partitions for Store {
    /// [`Manifest::buckets`].
    fn partitions(&self) -> u32 {
        self.manifest.buckets()
    }

    /// The tables of one bucket.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Format`] when an index cannot be read or names a file that is not there; of tables,
    /// see [`Partition::tables`].
    fn partition(&self, number: u32) -> Result<Partition> {
        let buckets = self.manifest.buckets();
        let mut sources = self.bucket_sources(number)?;
        if let Some(aliases) = &self.aliases {
            let is_own = |party: i64| bucket(party, buckets) == number;
            let elsewhere: Vec<i64> = aliases
                .own()
                .filter(|(party, _)| is_own(*party))
                .flat_map(|(_, ids)| ids)
                .copied()
                .filter(|id| !is_own(*id))
                .collect();
            if !elsewhere.is_empty() {
                for (at, more) in self.sources(&[elsewhere], |_| true)?.into_iter().flatten() {
                    sources.entry(at).or_default().extend(more);
                }
            }
            self.add_named(&mut sources, is_own)?;
        }
        Ok(Partition::new(self.tables(sources)?, move |party| bucket(party, buckets) == number))
    }
}

/// The rows of some parties in one bucket: group of the party, index of the table, rows.
fn sources_of(
    bucket: &Arc<Seals>,
    ids: &PlHashMap<i64, usize>,
    wanted: &(impl Fn(&Table) -> bool + Sync),
) -> Result<Vec<(usize, usize, Source)>> {
    let mut found = Vec::new();
    let tables = || TABLES.iter().enumerate().filter(|(_, table)| wanted(table));
    let columns: Vec<&str> = [ENTITY_ID].into_iter().chain(tables().map(|(_, table)| table.name)).collect();
    let index = index_columns(bucket, &columns)?;
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
        if ranges.is_empty() {
            continue;
        }
        let name = table_file(table);
        let lost = || {
            Error::format(bucket.folder.join(&name), "no such file", says!("{start} rows, as its index counts", start))
        };
        let file = bucket.file(&name).ok_or_else(lost)?;
        found.extend(ranges.into_iter().map(|(group, ranges)| {
            let (file, bucket) = (file.clone(), bucket.clone());
            (group, at, Source { file, bucket, wanted: Wanted::Ranges(ranges, start) })
        }));
    }
    Ok(found)
}
