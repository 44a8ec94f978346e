//! Finds spending that a consumption order (限制消费令) forbade, from the day after the order until it was
//! lifted or ran out. On the very day of the order the debtor may not have known of it.

use std::collections::BTreeMap;

use crate::conduct::Pattern;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::{DebtorContext, Key};
use crate::conduct::rows::TypedRows;
use crate::domain::Day;
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::RowFilter;

const TABLE: &str = "consumption";

/// Spending of forbidden kinds while an order was in force.
pub(in crate::conduct) fn breached(
    context: &DebtorContext<'_>,
    pattern: &Pattern,
    kinds: &[String],
) -> Result<Vec<Act>> {
    let ordered = RowFilter::Among("kind", &["consumption_order"]);
    let columns = ["kind", EVENT_ON, "until_on", "lifted_on"];
    let orders = TypedRows::all(context.snapshot, "sanctions", &columns, &[ordered])?;
    let mut spans: BTreeMap<Key, Vec<(Day, Option<Day>)>> = BTreeMap::new();
    for row in orders.iter() {
        let Some(from) = row.day(EVENT_ON) else { continue };
        let end = [row.day("until_on"), row.day("lifted_on")].into_iter().flatten().min();
        spans.entry(row.key()).or_default().push((from, end));
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let of_kind = RowFilter::Among("kind", &kinds);
    let rows = TypedRows::all(context.snapshot, TABLE, &["kind", EVENT_ON, "amount_fen"], &[of_kind])?;
    let acts = rows.iter().filter_map(|row| {
        let (key, on, amount) = (row.key(), row.day(EVENT_ON)?, row.money("amount_fen"));
        // On the very day of the order the debtor may not have known.
        let forbidden = spans.get(&key)?.iter().any(|(from, end)| *from < on && end.is_none_or(|end| on <= end));
        let large = amount.is_none_or(|amount| amount >= pattern.least_row_fen);
        (forbidden && large).then(|| Act { key, shown: row.shown(TABLE, on, amount), extent: None, ties: Vec::new() })
    });
    Ok(acts.collect())
}
