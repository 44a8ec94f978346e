//! Finds divorces around which other detectors saw property leave.
//!
//! A divorce alone is nobody's concern. It becomes an act where other patterns saw property go within days
//! of it, and its amount is what they saw.

use crate::conduct::acts::Act;
use crate::conduct::debtor_context::{DebtorContext, Key};
use crate::conduct::rows::TypedRows;
use crate::conduct::{ConductSignal, Evidence, Pattern};
use crate::domain::{Day, Money};
use crate::error::Result;

const TABLE: &str = "relations";

/// Marriages that ended within the window, with what the other signals saw leaving around the day.
pub(in crate::conduct) fn divorced(
    context: &DebtorContext<'_>,
    of: (&Pattern, i32),
    others: &[ConductSignal],
) -> Result<Vec<Act>> {
    let (pattern, within_days) = of;
    let rows = TypedRows::last(context.snapshot, TABLE, &["kind", "until_on", "event_on"], &[])?;
    let acts = rows.iter().filter_map(|row| {
        let ended = match row.text("kind")? {
            "former_spouse" => row.day("until_on").or_else(|| row.day("event_on")),
            "spouse" => row.day("until_on"),
            _ => None,
        };
        let (key, on) = (row.key(), ended?);
        if !context.within(pattern, key, on) {
            return None;
        }
        let left = leaving(others, key, (on, within_days));
        let amount = left.iter().filter_map(|shown| shown.amount).sum::<Money>();
        let amount = (amount > Money::ZERO).then_some(amount);
        Some(Act { key, shown: row.shown(TABLE, on, amount), extent: None, ties: left })
    });
    Ok(acts.collect())
}

/// Rows of other signals that show property leaving around a day, each once.
fn leaving(others: &[ConductSignal], key: Key, around: (Day, i32)) -> Vec<Evidence> {
    let (day, within_days) = around;
    let away = ["real_estate", "vehicles", "equity", "financial_assets", "bank_transactions"];
    let of_debtor = others.iter().filter(|signal| signal.entity_id == key.0 && signal.as_of.number() == key.1);
    let mut rows: Vec<Evidence> = of_debtor
        .filter(|signal| signal.pattern != "undeclared")
        .flat_map(|signal| signal.evidence.iter())
        .filter(|shown| away.contains(&shown.table.as_str()) && shown.amount.is_some())
        .filter(|shown| shown.on.days_since(day).abs() <= within_days)
        .cloned()
        .collect();
    rows.sort();
    rows.dedup();
    rows
}
