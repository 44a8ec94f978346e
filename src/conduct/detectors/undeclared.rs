//! Finds property that the debtor had when filing a property report and left out of it.
//!
//! What a debtor declares by kind alone ("some savings") counts as declared for all items of that kind:
//! doubts are his. The extent is the share of all that was found which the report leaves out.

use std::collections::{BTreeMap, BTreeSet};

use super::Thing;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::{DebtorContext, Key};
use crate::conduct::rows::{Row, TypedRows};
use crate::conduct::{Evidence, Pattern};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::RowFilter;

/// What a debtor declared, in any report of any case.
#[derive(Debug)]
struct Declared {
    /// The first report.
    on: Day,
    items: BTreeSet<i64>,
    /// Kinds declared without naming the item: whatever is of that kind counts as declared.
    kinds: BTreeSet<String>,
}

/// Things that were the debtor's when the first report was filed and that no report names.
pub(in crate::conduct) fn undeclared(context: &DebtorContext<'_>, pattern: &Pattern) -> Result<Vec<Act>> {
    let reports = reports(context)?;
    let mut found: BTreeMap<Key, Money> = BTreeMap::new();
    let mut acts = Vec::new();
    for thing in Thing::declarable() {
        for (item, best) in held(context, thing, &reports)? {
            let (key, number) = item;
            let Some((report, value)) = reports.get(&key).zip(best.amount) else { continue };
            *found.entry(key).or_default() += value;
            let named = report.items.contains(&number) || report.kinds.contains(thing.declared_as);
            if !named && value >= pattern.least_row_fen {
                acts.push(Act { key, shown: best, extent: None, ties: Vec::new() });
            }
        }
    }
    let mut hidden: BTreeMap<Key, Money> = BTreeMap::new();
    for act in &acts {
        *hidden.entry(act.key).or_default() += act.shown.amount.unwrap_or_default();
    }
    for act in &mut acts {
        let all = found.get(&act.key).copied().unwrap_or_default();
        let left_out = hidden.get(&act.key).copied().unwrap_or_default();
        act.extent = (all > Money::ZERO).then(|| left_out.fen() as f64 / all.fen() as f64);
    }
    Ok(acts)
}

fn reports(context: &DebtorContext<'_>) -> Result<BTreeMap<Key, Declared>> {
    let filed = RowFilter::Not("state", "refused");
    let columns = ["state", EVENT_ON, "item_kind", "asset"];
    let rows = TypedRows::all(context.snapshot, "property_reports", &columns, &[filed])?;
    let mut reports: BTreeMap<Key, Declared> = BTreeMap::new();
    for row in rows.iter() {
        let Some(on) = row.day(EVENT_ON) else { continue };
        let empty = Declared { on, items: BTreeSet::new(), kinds: BTreeSet::new() };
        let report = reports.entry(row.key()).or_insert(empty);
        report.on = report.on.min(on);
        match (row.whole("asset"), row.text("item_kind")) {
            (Some(item), _) => {
                report.items.insert(item);
            }
            (None, Some(kind)) => {
                report.kinds.insert(kind.to_owned());
            }
            (None, None) => {}
        }
    }
    Ok(reports)
}

/// Each item of a kind that was there on the day of the report, by its most valuable observation.
fn held(
    context: &DebtorContext<'_>,
    thing: Thing,
    reports: &BTreeMap<Key, Declared>,
) -> Result<BTreeMap<(Key, i64), Evidence>> {
    let columns = [&[EVENT_ON][..], &thing.columns()].concat();
    let rows = TypedRows::all(context.snapshot, thing.table, &columns, &[])?;
    let there = |row: Row<'_>, report: &Declared| {
        let day = |column: Option<&'static str>| column.and_then(|column| row.day(column));
        let came = thing.since.is_none() || day(thing.since).is_some_and(|since| since < report.on);
        came && day(thing.gone).is_none_or(|gone| gone > report.on)
    };
    let mut items: BTreeMap<(Key, i64), Evidence> = BTreeMap::new();
    for row in rows.iter() {
        let (key, Some(on), Some(item)) = (row.key(), row.day(EVENT_ON), row.whole(thing.item)) else { continue };
        let Some(report) = reports.get(&key).filter(|report| there(row, report)) else { continue };
        // A balance seen long after the report says nothing about the day of the report.
        let stale = thing.table == "deposits" && on.days_since(report.on).abs() > 90;
        let Some(value) = row.money(thing.value).filter(|_| !stale) else { continue };
        let shown = row.shown(thing.table, on, Some(value));
        match items.entry((key, item)) {
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(shown);
            }
            std::collections::btree_map::Entry::Occupied(mut slot) => {
                let rank = |shown: &Evidence| (shown.amount, std::cmp::Reverse((shown.on, shown.record_id)));
                if rank(&shown) > rank(slot.get()) {
                    slot.insert(shown);
                }
            }
        }
    }
    Ok(items)
}
