//! A part's buckets, each sorted by party and written with its index: debtors with an open case first, so that most of what
//! is asked for lies together.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::files;
use super::hold::Held;
use super::needs::{Copies, NEEDER, ROW};
use super::place::place;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::{self, CASE_ID, ENTITY_ID, KNOWN_AT, TABLES, Table};

/// The index of a bucket: a party's rows in each table, and the last day on which anything about it became known.
pub(super) const INDEX: &str = "index.parquet";

/// The folder of a bucket.
pub(super) fn bucket_folder(part: &Path, bucket: usize) -> PathBuf {
    part.join(format!("{bucket:04}"))
}

/// Sorts and writes every bucket; tells the rows written, by table.
///
/// As many buckets as there are threads at a time, and their tables abreast: memory is that of these tables.
pub(super) fn settle(
    (part, group): (&Path, usize),
    (held, buckets): (&Held, u32),
    progress: &dyn Progress,
) -> Result<BTreeMap<&'static str, u64>> {
    progress.begin("write buckets", Some(u64::from(buckets)), "buckets");
    let mut counts = BTreeMap::new();
    let numbers: Vec<u32> = (0..buckets).collect();
    let cells = held.cells() / buckets;
    for wave in numbers.chunks(rayon::current_num_threads().max(1)) {
        for bucket in wave {
            let folder = bucket_folder(part, *bucket as usize);
            fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        let cells_of = |bucket: u32| bucket * cells..(bucket + 1) * cells;
        let open = wave.par_iter().map(|bucket| Ok((*bucket, open_debtors(held, &cells_of(*bucket))?)));
        let open = open.collect::<Result<BTreeMap<u32, PlHashSet<i64>>>>()?;
        let rank = |bucket: u32, party: i64| -> Rank {
            (!open.get(&bucket).is_some_and(|open| open.contains(&party)), place(party))
        };
        let mut tasks: Vec<(u32, usize)> =
            wave.iter().flat_map(|bucket| (0..TABLES.len()).map(|table| (*bucket, table))).collect();
        // The longest first, so that threads end together.
        tasks.sort_by_key(|(_, table)| Reverse(held.rows_of(*table)));
        let write = |(bucket, at): (u32, usize)| {
            let Some(table) = TABLES.get(at) else { return Ok((bucket, at, Vec::new())) };
            let Some(rows) = held.of(at, &cells_of(bucket))? else {
                return Ok((bucket, at, Vec::new()));
            };
            let path = bucket_folder(part, bucket as usize).join(format!("{}.parquet", table.name));
            let (sorted, parties) = ranked((table, &rows), |party| rank(bucket, party))?;
            drop(rows);
            files::write(&path, &mut table.decode_codes(sorted)?, group)?;
            Ok((bucket, at, parties))
        };
        let written = tasks.into_par_iter().with_max_len(1).map(write).collect::<Result<Vec<_>>>()?;
        let mut indices: BTreeMap<u32, BTreeMap<Rank, Entry>> =
            wave.iter().map(|bucket| (*bucket, BTreeMap::new())).collect();
        for (bucket, at, parties) in written {
            let rows: u64 = parties.iter().map(|party| u64::from(party.rows)).sum();
            if let (Some(table), true) = (TABLES.get(at), rows > 0) {
                *counts.entry(table.name).or_default() += rows;
            }
            if let Some(index) = indices.get_mut(&bucket) {
                parties.into_iter().for_each(|party| Entry::count((index, rank(bucket, party.entity)), at, &party));
            }
        }
        indices.into_par_iter().try_for_each(|(bucket, index)| {
            let folder = bucket_folder(part, bucket as usize);
            files::write(&folder.join(INDEX), &mut index_frame(&index)?, group)?;
            files::synced(&folder)
        })?;
        progress.advance(wave.len() as u64);
    }
    progress.end();
    Ok(counts)
}

/// Where a party's rows stand: behind those of all debtors with an open case or among them, and then by place.
type Rank = (bool, u64);

/// The debtors of cases that no row of this part closes.
fn open_debtors(held: &Held, cells: &Range<u32>) -> Result<PlHashSet<i64>> {
    let rows = |name: &str, code: &str| -> Result<Option<(DataFrame, DataFrame)>> {
        let Some(table) = schema::table(name) else { return Ok(None) };
        let Some(rows) = held.of(Held::place(table), cells)? else { return Ok(None) };
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
        let parties = number(ENTITY_ID)?.iter().zip(number(NEEDER)?.iter());
        let rows = parties.zip(number(CASE_ID)?.iter()).zip(roles.column("role")?.str()?.iter());
        let own = rows.filter(|((parties, _), role)| parties.0 == parties.1 && *role == Some("debtor"));
        let own = own.filter_map(|((parties, case), _)| parties.0.zip(case));
        open.extend(own.filter(|(_, case)| !closed.contains(case)).map(|(party, _)| party));
    }
    Ok(open)
}

/// One party's rows in one table.
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
    fn count((index, rank): (&mut BTreeMap<Rank, Self>, Rank), table: usize, party: &Party) {
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
    let needers: Vec<i64> =
        frame.column(Copies::of(table).needer())?.i64()?.iter().map(Option::unwrap_or_default).collect();
    let known: Vec<i32> = frame.column(KNOWN_AT)?.date()?.phys.iter().map(Option::unwrap_or_default).collect();
    // Rows that were copied came in the order in which they were dealt; their numbers tell in which they were read.
    let numbers = match Copies::of(table) {
        Copies::None => vec![0; needers.len()],
        _ => frame.column(ROW)?.i64()?.iter().map(Option::unwrap_or_default).collect(),
    };
    let rows = (0..).zip(&needers).zip(&numbers);
    let mut order: Vec<(Rank, i64, IdxSize)> =
        rows.map(|((row, needer), number)| (rank(*needer), *number, row)).collect();
    order.sort_unstable();
    let mut parties = Vec::new();
    for party in order.chunk_by(|a, b| a.0 == b.0) {
        let rows = u32::try_from(party.len()).unwrap_or(u32::MAX);
        let entity = party.first().and_then(|(.., row)| needers.get(*row as usize)).copied().unwrap_or_default();
        let known_at = party.iter().filter_map(|(.., row)| known.get(*row as usize)).max().copied().unwrap_or(i32::MIN);
        parties.push(Party { entity, known_at, rows });
    }
    Ok((files::taken(frame, order.into_iter().map(|(.., row)| row).collect())?, parties))
}

fn index_frame(index: &BTreeMap<Rank, Entry>) -> Result<DataFrame> {
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
