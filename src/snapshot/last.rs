//! The last observation of every item.

use polars::prelude::*;

use super::rows::Rows;
use super::view::{PARTY_ID, own_columns};
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Owner, RECORD_ID, Table};

/// The position of the sample while rows are put in order.
const SAMPLE: &str = "sample";
/// The position of the row while rows are put in order.
const ROW: &str = "row";

/// The last observations among rows with all columns of their table.
///
/// Most items were observed once; only the others need the order of observations.
pub(super) fn observations(table: &'static Table, rows: &Rows) -> Result<Rows> {
    let own = |column: &&'static str| -> &'static str {
        if *column == ENTITY_ID && table.owner == Owner::Case { PARTY_ID } else { column }
    };
    let case = (table.owner == Owner::Case).then_some(CASE_ID);
    let item: Vec<&str> = case.into_iter().chain(table.item().iter().map(own)).collect();
    let (mut last, often) = once_and_often(rows, &item)?;
    if often.iter().any(|often| *often) {
        for row in lasting((table, rows), &item, &often)? {
            last.get_mut(row).into_iter().for_each(|slot| *slot = true);
        }
    }
    Ok(rows.marked(&last))
}

/// The rows that are the last of their item, among those marked.
fn lasting((table, rows): (&'static Table, &Rows), item: &[&str], often: &[bool]) -> Result<Vec<usize>> {
    let content = own_columns(table).filter(|column| !item.contains(column) && *column != RECORD_ID);
    let order: Vec<&str> = [KNOWN_AT, EVENT_ON]
        .into_iter()
        .chain(content.filter(|column| ![KNOWN_AT, EVENT_ON].contains(column)))
        .chain([RECORD_ID])
        .collect();
    let descending = order.iter().map(|column| *column != RECORD_ID);
    let options = SortMultipleOptions::new().with_order_descending_multi(descending).with_nulls_last(true);
    let order: Vec<Expr> = order.iter().copied().map(col).collect();
    let item = item.iter().copied().chain([SAMPLE]).map(col).collect();
    let (mut samples, mut places) = (Vec::new(), Vec::new());
    for ((row, sample), _) in (0u64..).zip(rows.samples()).zip(often).filter(|(_, often)| **often) {
        samples.push(*sample as u64);
        places.push(row);
    }
    let keys = [Column::new(SAMPLE.into(), samples), Column::new(ROW.into(), places)];
    let frame = rows.marked(often).taken()?.hstack(&keys)?;
    let last = frame.lazy().sort_by_exprs(order, options).unique_stable_generic(Some(item), UniqueKeepStrategy::First);
    let last = last.select([col(ROW)]).collect()?;
    Ok(last.column(ROW)?.u64()?.iter().flatten().filter_map(|row| usize::try_from(row).ok()).collect())
}

/// Marks of rows whose item stands in no other row, and of rows whose item may.
fn once_and_often(rows: &Rows, item: &[&str]) -> Result<(Vec<bool>, Vec<bool>)> {
    let mut hashes: Vec<u64> = rows.samples().iter().map(|sample| add(0, *sample as u64)).collect();
    for name in item {
        mix((rows, name), &mut hashes)?;
    }
    let mut order: Vec<(u64, usize)> = hashes.into_iter().zip(0..).collect();
    order.sort_unstable();
    let (mut once, mut often) = (vec![false; rows.len()], vec![false; rows.len()]);
    for alike in order.chunk_by(|a, b| a.0 == b.0) {
        let marks = if alike.len() == 1 { &mut once } else { &mut often };
        for (_, row) in alike {
            marks.get_mut(*row).into_iter().for_each(|mark| *mark = true);
        }
    }
    Ok((once, often))
}

fn add(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Mixes a column into the hashes of rows; unlike items that fall together cost time and nothing else.
fn mix((rows, name): (&Rows, &str), hashes: &mut [u64]) -> Result<()> {
    match rows.kind(name)? {
        DataType::String => {
            for (hash, text) in hashes.iter_mut().zip(rows.texts(name)?) {
                *hash = text.unwrap_or_default().bytes().fold(*hash, |hash, byte| add(hash, u64::from(byte)));
                *hash = add(*hash, 256);
            }
        }
        DataType::Date => {
            for (hash, day) in hashes.iter_mut().zip(rows.day_numbers(name)?) {
                *hash = add(*hash, i64::from(day.unwrap_or(-1)).cast_unsigned());
            }
        }
        _ => {
            for (hash, number) in hashes.iter_mut().zip(rows.numbers(name)?) {
                *hash = add(*hash, number.unwrap_or(-1).cast_unsigned());
            }
        }
    }
    Ok(())
}
