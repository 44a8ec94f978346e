//! Finds transfers out of the debtor's accounts, to whom the pattern names.
//!
//! The extent of an act is the share of the balance that it took: half of an account sent to a brother on
//! the day after service tells more than a small sum each month. A counterparty that nobody knows is not
//! related; it may be anybody.

use crate::conduct::acts::Act;
use crate::conduct::debtor_context::DebtorContext;
use crate::conduct::pattern::{Recipient, Shape, Until};
use crate::conduct::rows::{Row, TypedRows};
use crate::conduct::{Evidence, Pattern};
use crate::domain::Money;
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::{RowFilter, Snapshot};

/// What an outflow must be.
#[derive(Debug, Clone, Copy)]
pub(in crate::conduct) struct Outflow<'a> {
    pub(in crate::conduct) kinds: &'a [String],
    pub(in crate::conduct) to: Recipient,
    pub(in crate::conduct) until: Until,
}

const TABLE: &str = "bank_transactions";

/// Money that left an account, to whom the pattern names.
pub(in crate::conduct) fn sent(context: &DebtorContext<'_>, pattern: &Pattern, outflow: Outflow<'_>) -> Vec<Act> {
    let Some(outflows) = &context.outflows else { return Vec::new() };
    let of_kind = outflows.among("kind", outflow.kinds);
    outflows.iter().filter(of_kind).filter_map(|row| act(context, (pattern, outflow), row)).collect()
}

/// Every row that any pattern may look at: money out, of the least amount that counts.
pub(in crate::conduct) fn outflows<'a>(snapshot: &'a Snapshot, patterns: &[Pattern]) -> Result<Option<TypedRows<'a>>> {
    let of_outflows = patterns.iter().filter(|pattern| matches!(pattern.shape, Shape::Outflow { .. }));
    let Some(least) = of_outflows.map(|pattern| pattern.least_row_fen).min() else { return Ok(None) };
    let large = [RowFilter::Among("direction", &["out"]), RowFilter::AtLeast("amount_fen", least.fen())];
    let columns = ["direction", "kind", EVENT_ON, "amount_fen", "balance_fen", "counterparty_id"];
    TypedRows::all(snapshot, TABLE, &columns, &large).map(Some)
}

fn act(context: &DebtorContext<'_>, what: (&Pattern, Outflow<'_>), row: Row<'_>) -> Option<Act> {
    let (pattern, outflow) = what;
    let amount = row.money("amount_fen").filter(|amount| *amount >= pattern.least_row_fen)?;
    let (key, on) = (row.key(), row.day(EVENT_ON)?);
    let filed = context.suit_starts.get(&key)?.filed;
    if !context.within(pattern, key, on) || (outflow.until == Until::Filing && on > filed) {
        return None;
    }
    let ties = row.whole("counterparty_id").and_then(|other| context.ties.between(key, other));
    let ties: Vec<Evidence> = match (outflow.to, ties) {
        (Recipient::Related, ties) => ties?,
        (Recipient::Unrelated, Some(_)) => return None,
        (Recipient::Unrelated, None) => Vec::new(),
        (Recipient::Anybody, ties) => ties.unwrap_or_default(),
    };
    let extent = row.money("balance_fen").map(|left| share(amount, left.or_zero()));
    Some(Act { key, shown: row.shown(TABLE, on, Some(amount)), extent, ties })
}

/// The share that `taken` was of what lay there, when `left` remained.
fn share(taken: Money, left: Money) -> f64 {
    let before = taken + left;
    if before == Money::ZERO { 0.0 } else { taken.fen() as f64 / before.fen() as f64 }
}
