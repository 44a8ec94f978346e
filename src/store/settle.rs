//! A part's buckets, each sorted by party and written with its index.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::files;
use super::needs::Copies;
use super::place::place;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::{ENTITY_ID, KNOWN_AT, TABLES, Table};

/// The index of a bucket: a party's rows in each table, and the last day on which anything about it became known.
pub(super) const INDEX: &str = "index.parquet";
const SPILLED: &str = "spilled";

/// Rows of one bucket that are not yet written, by table.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) rows: BTreeMap<&'static str, Vec<DataFrame>>,
}

/// The folder of a bucket.
pub(super) fn bucket_folder(part: &Path, bucket: usize) -> PathBuf {
    part.join(format!("{bucket:04}"))
}

/// Writes what is pending to files of its own, so that memory is free again.
pub(super) fn spill(part: &Path, number: usize, pending: &mut [Pending]) -> Result<()> {
    pending.par_iter_mut().enumerate().try_for_each(|(bucket, pending)| {
        let folder = bucket_folder(part, bucket).join(SPILLED);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        for (table, frames) in std::mem::take(&mut pending.rows) {
            if let Some(mut frame) = joined(frames)? {
                let rows = frame.height().max(1);
                files::write(&folder.join(format!("{table}-{number:06}.parquet")), &mut frame, rows)?;
            }
        }
        Ok(())
    })
}

/// Sorts and writes every bucket; tells the rows written, by table.
pub(super) fn settle(
    (part, group): (&Path, usize),
    pending: Vec<Pending>,
    progress: &dyn Progress,
) -> Result<BTreeMap<&'static str, u64>> {
    progress.begin("write buckets", Some(pending.len() as u64), "buckets");
    let counts: Vec<BTreeMap<&'static str, u64>> = pending
        .into_par_iter()
        .enumerate()
        .map(|(bucket, pending)| {
            let counts = settle_bucket((&bucket_folder(part, bucket), group), pending);
            progress.advance(1);
            counts
        })
        .collect::<Result<_>>()?;
    progress.end();
    let mut all = BTreeMap::new();
    for (table, rows) in counts.into_iter().flatten() {
        *all.entry(table).or_default() += rows;
    }
    Ok(all)
}

/// What the index tells of one party.
struct Entry {
    entity: i64,
    known_at: i32,
    rows: [u32; TABLES.len()],
}

fn settle_bucket((folder, group): (&Path, usize), mut pending: Pending) -> Result<BTreeMap<&'static str, u64>> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let spilled = folder.join(SPILLED);
    let mut waiting: Vec<PathBuf> = Vec::new();
    if spilled.is_dir() {
        for entry in fs::read_dir(&spilled).map_err(Error::io(&spilled))? {
            waiting.push(entry.map_err(Error::io(&spilled))?.path());
        }
        waiting.sort();
    }
    let mut index: BTreeMap<u64, Entry> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for (at, table) in TABLES.iter().enumerate() {
        let is_of_table = |path: &&PathBuf| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            stem.rsplit_once('-').is_some_and(|(name, _)| name == table.name)
        };
        let mut frames =
            waiting.iter().filter(is_of_table).map(|path| files::read(path)).collect::<Result<Vec<_>>>()?;
        frames.extend(pending.rows.remove(table.name).into_iter().flatten());
        let Some(frame) = joined(frames)? else { continue };
        let mut sorted = by_place((at, table), &frame, &mut index)?;
        files::write(&folder.join(format!("{}.parquet", table.name)), &mut sorted, group)?;
        counts.insert(table.name, sorted.height() as u64);
    }
    files::write(&folder.join(INDEX), &mut index_frame(&index)?, group)?;
    if spilled.is_dir() {
        fs::remove_dir_all(&spilled).map_err(Error::io(&spilled))?;
    }
    Ok(counts)
}

/// The rows by the place of who needs them, otherwise as they came; each is counted in the index.
fn by_place((at, table): (usize, &Table), frame: &DataFrame, index: &mut BTreeMap<u64, Entry>) -> Result<DataFrame> {
    let needers: Vec<i64> =
        frame.column(Copies::of(table).needer())?.i64()?.iter().map(Option::unwrap_or_default).collect();
    let known: Vec<i32> = frame.column(KNOWN_AT)?.date()?.phys.iter().map(Option::unwrap_or_default).collect();
    let mut order: Vec<(u64, IdxSize)> = (0..).zip(&needers).map(|(row, needer)| (place(*needer), row)).collect();
    order.sort_unstable();
    for party in order.chunk_by(|a, b| a.0 == b.0) {
        let Some((place, first)) = party.first() else { continue };
        let entity = needers.get(*first as usize).copied().unwrap_or_default();
        let last = party.iter().filter_map(|(_, row)| known.get(*row as usize)).max().copied().unwrap_or(i32::MIN);
        let none = Entry { entity, known_at: i32::MIN, rows: [0; TABLES.len()] };
        let entry = index.entry(*place).or_insert(none);
        entry.known_at = entry.known_at.max(last);
        if let Some(count) = entry.rows.get_mut(at) {
            *count = u32::try_from(party.len()).unwrap_or(u32::MAX);
        }
    }
    files::taken(frame, order.into_iter().map(|(_, row)| row).collect())
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

pub(super) fn joined(frames: Vec<DataFrame>) -> Result<Option<DataFrame>> {
    let mut frames = frames.into_iter();
    let Some(mut all) = frames.next() else { return Ok(None) };
    for frame in frames {
        all.vstack_mut_owned(frame)?;
    }
    all.rechunk_mut();
    Ok(Some(all))
}
