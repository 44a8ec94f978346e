//! Finds things that were sold or given away below their value.
//!
//! The amount of an act is value less price, for the debtor's share in the thing; its extent is 1 − price ÷
//! value. Where the value was never told there is no act: a price alone shows nothing.

use std::collections::BTreeMap;

use super::{Thing, thing};
use crate::conduct::Pattern;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::{DebtorContext, Key};
use crate::conduct::rows::{Row, TypedRows};
use crate::domain::Money;
use crate::error::Result;
use crate::schema::{EVENT_ON, KNOWN_AT, RECORD_ID};
use crate::snapshot::RowFilter;

/// Things disposed of within the window: below value, or at any price.
pub(in crate::conduct) fn disposed(
    context: &DebtorContext<'_>,
    pattern: &Pattern,
    of: (&[String], bool),
) -> Result<Vec<Act>> {
    let (tables, any_price) = of;
    let mut acts = Vec::new();
    for thing in tables.iter().filter_map(|table| thing(table)) {
        let Some(gone) = thing.gone else { continue };
        let rows = TypedRows::last(context.snapshot, thing.table, &thing.columns(), &[RowFilter::Known(gone)])?;
        let values = values(context, thing, &rows)?;
        for row in rows.iter() {
            let Some(on) = row.day(gone).filter(|on| context.within(pattern, row.key(), *on)) else { continue };
            let price = thing.price.and_then(|column| row.money(column));
            let value = values.get(&(row.key(), row.whole(thing.item).unwrap_or_default())).copied();
            let (amount, extent) = match (any_price, value, price) {
                (true, value, _) => (value.filter(|value| *value > Money::ZERO), None),
                (false, Some(value), Some(price)) => lost(value, price),
                (false, ..) => continue,
            };
            acts.push(Act { key: row.key(), shown: row.shown(thing.table, on, amount), extent, ties: Vec::new() });
        }
    }
    Ok(acts)
}

/// What was given away, and which share of the value.
fn lost(value: Money, price: Money) -> (Option<Money>, Option<f64>) {
    let amount = (value - price).or_zero();
    let extent = (value > Money::ZERO).then(|| amount.fen() as f64 / value.fen() as f64);
    (Some(amount), extent)
}

/// The value of each item: of its last observation, or of the last one that tells any.
fn values(context: &DebtorContext<'_>, thing: Thing, rows: &TypedRows<'_>) -> Result<BTreeMap<(Key, i64), Money>> {
    let item = |row: Row<'_>| (row.key(), row.whole(thing.item).unwrap_or_default());
    let of_debtor = |row: Row<'_>| {
        let value = row.money(thing.value).filter(|value| *value > Money::ZERO)?;
        let share = thing.share.and_then(|column| row.number(column));
        Some(share.map_or(value, |share| part(value, share)))
    };
    let known: BTreeMap<_, _> = rows.iter().filter_map(|row| Some((item(row), of_debtor(row)?))).collect();
    if rows.iter().all(|row| known.contains_key(&item(row))) {
        return Ok(known);
    }
    let told = RowFilter::AtLeast(thing.value, 1);
    let columns = [&[KNOWN_AT, EVENT_ON][..], &thing.columns()].concat();
    let earlier = TypedRows::all(context.snapshot, thing.table, &columns, &[told])?;
    let mut earlier: Vec<Row<'_>> = earlier.iter().collect();
    earlier.sort_by_key(|row| [KNOWN_AT, EVENT_ON, thing.value, RECORD_ID].map(|column| row.whole(column)));
    let mut all: BTreeMap<_, _> = earlier.iter().filter_map(|row| Some((item(*row), of_debtor(*row)?))).collect();
    all.extend(known);
    Ok(all)
}

fn part(value: Money, share: f64) -> Money {
    // A share of at most one, kept to a millionth: exact in integers.
    #[allow(clippy::cast_possible_truncation, reason = "0 to 1,000,000")]
    let millionths = (share.clamp(0.0, 1.0) * 1e6).round() as i64;
    value.times(millionths, 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_is_never_negative() {
        let yuan = |n: i64| Money::from_fen(n * 100);
        assert_eq!(lost(yuan(100), yuan(30)), (Some(yuan(70)), Some(0.7)));
        assert_eq!(lost(yuan(100), yuan(130)), (Some(Money::ZERO), Some(0.0)));
        assert_eq!(lost(Money::ZERO, yuan(1)), (Some(Money::ZERO), None));
        assert_eq!(part(yuan(90), 0.5), yuan(45));
    }
}
