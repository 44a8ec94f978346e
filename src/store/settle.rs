//! A part's buckets, each sorted by party and written with its index.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::files;
use super::hold::Held;
use super::needs::Copies;
use super::place::place;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::{ENTITY_ID, KNOWN_AT, TABLES, Table};

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
        let tasks: Vec<(u32, usize)> =
            wave.iter().flat_map(|bucket| (0..TABLES.len()).map(|table| (*bucket, table))).collect();
        let write = |(bucket, at): (u32, usize)| {
            let Some(table) = TABLES.get(at) else { return Ok((bucket, at, Vec::new())) };
            let Some(rows) = held.of(at, &(bucket * cells..(bucket + 1) * cells))? else {
                return Ok((bucket, at, Vec::new()));
            };
            let path = bucket_folder(part, bucket as usize).join(format!("{}.parquet", table.name));
            let (sorted, parties) = by_place(table, &rows)?;
            drop(rows);
            files::write(&path, &mut table.spelled(sorted)?, group)?;
            Ok((bucket, at, parties))
        };
        let written = tasks.into_par_iter().with_max_len(1).map(write).collect::<Result<Vec<_>>>()?;
        let mut indices: BTreeMap<u32, BTreeMap<u64, Entry>> =
            wave.iter().map(|bucket| (*bucket, BTreeMap::new())).collect();
        for (bucket, at, parties) in written {
            let rows: u64 = parties.iter().map(|party| u64::from(party.rows)).sum();
            if let (Some(table), true) = (TABLES.get(at), rows > 0) {
                *counts.entry(table.name).or_default() += rows;
            }
            if let Some(index) = indices.get_mut(&bucket) {
                parties.into_iter().for_each(|party| Entry::count(index, at, &party));
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
    fn count(index: &mut BTreeMap<u64, Self>, table: usize, party: &Party) {
        let none = Self { entity: party.entity, known_at: i32::MIN, rows: [0; TABLES.len()] };
        let entry = index.entry(place(party.entity)).or_insert(none);
        entry.known_at = entry.known_at.max(party.known_at);
        if let Some(rows) = entry.rows.get_mut(table) {
            *rows = party.rows;
        }
    }
}

/// The rows by the place of who needs them, otherwise as they came, and how many each party has.
fn by_place(table: &Table, frame: &DataFrame) -> Result<(DataFrame, Vec<Party>)> {
    let needers: Vec<i64> =
        frame.column(Copies::of(table).needer())?.i64()?.iter().map(Option::unwrap_or_default).collect();
    let known: Vec<i32> = frame.column(KNOWN_AT)?.date()?.phys.iter().map(Option::unwrap_or_default).collect();
    let mut order: Vec<(u64, IdxSize)> = (0..).zip(&needers).map(|(row, needer)| (place(*needer), row)).collect();
    order.sort_unstable();
    let mut parties = Vec::new();
    for party in order.chunk_by(|a, b| a.0 == b.0) {
        let rows = u32::try_from(party.len()).unwrap_or(u32::MAX);
        let entity = party.first().and_then(|(_, row)| needers.get(*row as usize)).copied().unwrap_or_default();
        let known_at = party.iter().filter_map(|(_, row)| known.get(*row as usize)).max().copied().unwrap_or(i32::MIN);
        parties.push(Party { entity, known_at, rows });
    }
    Ok((files::taken(frame, order.into_iter().map(|(_, row)| row).collect())?, parties))
}

fn index_frame(index: &BTreeMap<u64, Entry>) -> Result<DataFrame> {
    let entries = || index.values();
    let known: Vec<i32> = entries().map(|entry| entry.known_at).collect();
    let mut columns = vec![
        Column::new(ENTITY_ID.into(), entries().map(|entry| entry.entity).collect::<Vec<_>>()),
        Column::new(KNOWN_AT.into(), known).cast(&DataType::Date)?,
    ];
    for (at, table) in TABLES.iter().enumerate() {
        let rows: Vec<u32> = entries().map(|entry| entry.rows.get(at).copied().unwrap_or_default()).collect();
        columns.push(Column::new(table.name.into(), rows));
    }
    Ok(DataFrame::new(index.len(), columns)?)
}
