//! The last observation of every item.

use polars::prelude::*;

use super::rows::Rows;
use super::view::{PARTY_ID, own_columns};
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Owner, RECORD_ID, Table};

/// The position of the sample while rows are put in order.
const SAMPLE: &str = "sample";

/// The last observations among rows with all columns of their table.
///
/// Most items were observed once; only the others need the order of observations.
pub(super) fn observations(table: &'static Table, rows: Rows) -> Result<Rows> {
    let own = |column: &&'static str| -> &'static str {
        if *column == ENTITY_ID && table.owner == Owner::Case { PARTY_ID } else { column }
    };
    let case = (table.owner == Owner::Case).then_some(CASE_ID);
    let item: Vec<&str> = case.into_iter().chain(table.item().iter().map(own)).collect();
    let [once, often] = once_and_often(&rows, &item)?;
    if often.is_empty() {
        return rows.taken(once);
    }
    let content = own_columns(table).filter(|column| !item.contains(column) && *column != RECORD_ID);
    let order: Vec<&str> = [KNOWN_AT, EVENT_ON]
        .into_iter()
        .chain(content.filter(|column| ![KNOWN_AT, EVENT_ON].contains(column)))
        .chain([RECORD_ID])
        .collect();
    let descending = order.iter().map(|column| *column != RECORD_ID);
    let options = SortMultipleOptions::new().with_order_descending_multi(descending).with_nulls_last(true);
    let order: Vec<Expr> = order.iter().copied().map(col).collect();
    let item = item.into_iter().chain([SAMPLE]).map(col).collect();
    let often = rows.taken(often)?;
    let samples: Vec<u64> = often.samples().iter().map(|sample| *sample as u64).collect();
    let often = often.frame().hstack(&[Column::new(SAMPLE.into(), samples)])?.lazy().sort_by_exprs(order, options);
    let mut last = often.unique_stable_generic(Some(item), UniqueKeepStrategy::First).collect()?;
    let samples = last.drop_in_place(SAMPLE)?;
    let samples = samples.u64()?.iter().flatten().filter_map(|sample| usize::try_from(sample).ok());
    let once = rows.taken(once)?;
    let samples = once.samples().iter().copied().chain(samples).collect();
    let mut frame = once.frame().vstack(&last)?;
    frame.rechunk_mut();
    Ok(Rows::new(frame, samples))
}

/// Rows whose item stands in no other row, and rows whose item may.
fn once_and_often(rows: &Rows, item: &[&str]) -> Result<[Vec<IdxSize>; 2]> {
    let mut hashes: Vec<u64> = rows.samples().iter().map(|sample| add(0, *sample as u64)).collect();
    for name in item {
        mix(rows.frame().column(name)?, &mut hashes)?;
    }
    let mut order: Vec<(u64, IdxSize)> = hashes.into_iter().zip(0..).collect();
    order.sort_unstable();
    let (mut once, mut often) = (Vec::new(), Vec::new());
    for alike in order.chunk_by(|a, b| a.0 == b.0) {
        let kept = if alike.len() == 1 { &mut once } else { &mut often };
        kept.extend(alike.iter().map(|(_, row)| *row));
    }
    once.sort_unstable();
    often.sort_unstable();
    Ok([once, often])
}

fn add(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Mixes a column into the hashes of rows; unlike items that fall together cost time and nothing else.
fn mix(column: &Column, hashes: &mut [u64]) -> Result<()> {
    match column.dtype() {
        DataType::String => {
            for (hash, text) in hashes.iter_mut().zip(column.str()?.iter()) {
                *hash = text.unwrap_or_default().bytes().fold(*hash, |hash, byte| add(hash, u64::from(byte)));
                *hash = add(*hash, 256);
            }
        }
        DataType::Date => {
            let days = column.date()?.phys.iter();
            hashes
                .iter_mut()
                .zip(days)
                .for_each(|(hash, day)| *hash = add(*hash, i64::from(day.unwrap_or(-1)).cast_unsigned()));
        }
        _ => {
            let numbers = column.i64()?.iter();
            hashes
                .iter_mut()
                .zip(numbers)
                .for_each(|(hash, number)| *hash = add(*hash, number.unwrap_or(-1).cast_unsigned()));
        }
    }
    Ok(())
}
