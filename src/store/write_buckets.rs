//! A part's buckets, each sorted by party and written with its index: debtors with an open case
//! first, so that most of what is asked for lies together.
//!
//! A bucket is a folder with a file per table and an index: the party, when it was last heard of, and how
//! many rows each table has of it. Rows of one party lie together in the order of the index, so that the
//! index alone says where.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::*;
use rayon::prelude::*;

use super::files;
use super::hash_key::hash_key;
use super::parts::{INDEX, bucket_digests, bucket_name, table_file};
use super::repeats::{Repeated, Repeats};
use super::replication::{OWNER_ID, ROW, Replication};
use super::seal::Seals;
use super::spill_buffer::SpillBuffer;
use crate::disk;
use crate::error::Result;
use crate::progress::Progress;
use crate::schema::{self, CASE_ID, ENTITY_ID, KNOWN_AT, TABLES, Table};

/// Sorts and writes some of so many buckets, and adds to `seals` what vouches for it; tells the rows written and those
/// that were there already, by table.
///
/// As many buckets as there are threads at a time, and their tables abreast: memory is that of these tables.
pub(super) fn write_buckets(
    (seals, group): (&mut Seals, usize),
    (held, (wanted, buckets), repeats): (&SpillBuffer, (Range<u32>, u32), &Repeats<'_>),
    progress: &dyn Progress,
) -> Result<(BTreeMap<&'static str, u64>, Repeated)> {
    let numbers: Vec<u32> = wanted.collect();
    progress.begin("write buckets", Some(numbers.len() as u64), "buckets");
    let (mut counts, mut repeated) = (BTreeMap::new(), Repeated::new());
    let cells = held.cells() / buckets;
    let folder_of = |bucket: u32| seals.folder.join(bucket_name(bucket));
    let mut settled = Vec::new();
    for wave in numbers.chunks(rayon::current_num_threads().max(1)) {
        for bucket in wave {
            disk::make(&folder_of(*bucket))?;
        }
        let cells_of = |bucket: u32| bucket * cells..(bucket + 1) * cells;
        let open = wave.par_iter().map(|bucket| Ok((*bucket, open_debtors(held, &cells_of(*bucket))?)));
        let open = open.collect::<Result<BTreeMap<u32, PlHashSet<i64>>>>()?;
        let rank = |bucket: u32, party: i64| -> Rank {
            (!open.get(&bucket).is_some_and(|open| open.contains(&party)), hash_key(party))
        };
        let mut tasks: Vec<(u32, usize)> =
            wave.iter().flat_map(|bucket| (0..TABLES.len()).map(|table| (*bucket, table))).collect();
        // The longest first, so that threads end together.
        tasks.sort_by_key(|(_, table)| Reverse(held.rows_of(*table)));
        let write = |(bucket, at): (u32, usize)| {
            let Some(table) = TABLES.get(at) else { return Ok(None) };
            let Some(rows) = held.read(at, &cells_of(bucket))? else { return Ok(None) };
            let (rows, repeated) = repeats.of_parties(table, rows)?;
            let path = folder_of(bucket).join(table_file(table));
            let (sorted, parties) = ranked((table, &rows), |party| rank(bucket, party))?;
            drop(rows);
            let seal = files::write(&path, &mut table.decode_codes(sorted)?, group)?;
            Ok(Some((bucket, (at, *table, repeated), parties, seal)))
        };
        let written = tasks.into_par_iter().with_max_len(1).map(write).collect::<Result<Vec<_>>>()?;
        let mut indices: BTreeMap<u32, (Index, Seals)> =
            wave.iter().map(|bucket| (*bucket, (Index::new(), Seals::new(&folder_of(*bucket))))).collect();
        for (bucket, (at, table, known), parties, seal) in written.into_iter().flatten() {
            *counts.entry(table.name).or_default() += parties.iter().map(|party| u64::from(party.rows)).sum::<u64>();
            *repeated.entry(table.name).or_default() += known;
            if let Some((index, seals)) = indices.get_mut(&bucket) {
                parties.into_iter().for_each(|party| Entry::count((index, rank(bucket, party.entity)), at, &party));
                seals.add(&table_file(table), seal);
            }
        }
        let ended = indices.into_par_iter().map(|(bucket, (index, mut seals))| {
            seals.add(INDEX, files::write(&seals.folder.join(INDEX), &mut index_frame(&index)?, group)?);
            Ok((bucket_digests(bucket), seals.write()?))
        });
        settled.extend(ended.collect::<Result<Vec<_>>>()?);
        progress.advance(wave.len() as u64);
    }
    settled.into_iter().for_each(|(name, seal)| seals.add(&name, seal));
    progress.end();
    Ok((counts, repeated))
}

/// Where a party's rows stand: behind those of all debtors with an open case or among them, and then by index.
type Rank = (bool, u64);

/// What a bucket's index will tell, by the rank of the party.
type Index = BTreeMap<Rank, Entry>;

/// The debtors of cases that no row of this part closes.
fn open_debtors(held: &SpillBuffer, cells: &Range<u32>) -> Result<PlHashSet<i64>> {
    let rows = |name: &str, code: &str| -> Result<Option<(DataFrame, DataFrame)>> {
        let Some(table) = schema::table(name) else { return Ok(None) };
        let Some(rows) = held.read(SpillBuffer::table_index(table), cells)? else { return Ok(None) };
        let codes = table.decode_codes(rows.select([code])?)?;
        Ok(Some((rows, codes)))
    };
    let (mut open, mut closed) = (PlHashSet::default(), PlHashSet::default());
    if let Some((rows, manners)) = rows("closings", "manner")? {
        let cases = rows.column(CASE_ID)?.i64()?.iter().zip(manners.column("manner")?.str()?.iter());
        closed.extend(cases.filter(|(_, manner)| manner.is_some_and(schema::closes)).filter_map(|(case, _)| case));
    }
    if let Some((rows, roles)) = rows("case_parties", "role")? {
        let number = |name: &str| rows.column(name)?.i64();
        let parties = number(ENTITY_ID)?.iter().zip(number(OWNER_ID)?.iter());
        let rows = parties.zip(number(CASE_ID)?.iter()).zip(roles.column("role")?.str()?.iter());
        let own = rows.filter(|((parties, _), role)| parties.0 == parties.1 && *role == Some("debtor"));
        let own = own.filter_map(|((parties, case), _)| parties.0.zip(case));
        open.extend(own.filter(|(_, case)| !closed.contains(case)).map(|(party, _)| party));
    }
    Ok(open)
}

/// One party's rows in one table.
///
/// Counted while its rows are put in order.
struct Party {
    entity: i64,
    known_at: i32,
    rows: u32,
}

/// What the index tells of one party.
struct Entry {
    entity: i64,
    known_at: i32,
    rows: [u32; TABLES.len()],
}

impl Entry {
    fn count((index, rank): (&mut Index, Rank), table: usize, party: &Party) {
        let none = Self { entity: party.entity, known_at: i32::MIN, rows: [0; TABLES.len()] };
        let entry = index.entry(rank).or_insert(none);
        entry.known_at = entry.known_at.max(party.known_at);
        if let Some(rows) = entry.rows.get_mut(table) {
            *rows = party.rows;
        }
    }
}

/// The rows by the rank of who needs them, otherwise as they were read, and how many each party has.
fn ranked((table, frame): (&Table, &DataFrame), rank: impl Fn(i64) -> Rank) -> Result<(DataFrame, Vec<Party>)> {
    let owners: Vec<i64> = frame
        .column(Replication::for_table(table).owner_column())?
        .i64()?
        .iter()
        .map(Option::unwrap_or_default)
        .collect();
    let known: Vec<i32> = frame.column(KNOWN_AT)?.date()?.phys.iter().map(Option::unwrap_or_default).collect();
    // Rows that were copied came in the order in which they were dealt; their numbers tell in which they were read.
    let numbers = match Replication::for_table(table) {
        Replication::None => vec![0; owners.len()],
        _ => frame.column(ROW)?.i64()?.iter().map(Option::unwrap_or_default).collect(),
    };
    let rows = (0..).zip(&owners).zip(&numbers);
    let mut order: Vec<(Rank, i64, IdxSize)> =
        rows.map(|((row, owner), number)| (rank(*owner), *number, row)).collect();
    order.sort_unstable();
    let mut parties = Vec::new();
    for party in order.chunk_by(|a, b| a.0 == b.0) {
        let rows = u32::try_from(party.len()).unwrap_or(u32::MAX);
        let entity = party.first().and_then(|(.., row)| owners.get(*row as usize)).copied().unwrap_or_default();
        let known_at = party.iter().filter_map(|(.., row)| known.get(*row as usize)).max().copied().unwrap_or(i32::MIN);
        parties.push(Party { entity, known_at, rows });
    }
    Ok((files::taken(frame, order.into_iter().map(|(.., row)| row).collect())?, parties))
}

fn index_frame(index: &Index) -> Result<DataFrame> {
    let entries = || index.values();
    let known: Vec<i32> = entries().map(|entry| entry.known_at).collect();
    let mut columns = vec![
        Column::new(ENTITY_ID.into(), entries().map(|entry| entry.entity).collect::<Vec<_>>()),
        Column::new(KNOWN_AT.into(), known).cast(&DataType::Date)?,
    ];
    for (at, table) in TABLES.iter().enumerate() {
        let rows: Vec<u32> = entries().map(|entry| entry.rows.get(at).copied().unwrap_or_default()).collect();
        // The register is optional: an index without its rows is the one of a store that never heard of it.
        if at < schema::debtor_tables().len() || rows.iter().any(|rows| *rows > 0) {
            columns.push(Column::new(table.name.into(), rows));
        }
    }
    Ok(DataFrame::new(index.len(), columns)?)
}
