use polars::prelude::*;

use crate::conduct::acts::Act;
use crate::conduct::pattern::{Recipient, Until};
use crate::conduct::rows::{Row, Rows};
use crate::conduct::scene::Scene;
use crate::conduct::{Evidence, Pattern};
use crate::domain::Money;
use crate::error::Result;
use crate::schema::EVENT_ON;

/// What an outflow must be.
#[derive(Debug, Clone, Copy)]
pub(in crate::conduct) struct Outflow<'a> {
    pub(in crate::conduct) kinds: &'a [String],
    pub(in crate::conduct) to: Recipient,
    pub(in crate::conduct) until: Until,
}

const TABLE: &str = "bank_transactions";

/// Money that left an account, to whom the pattern names.
pub(in crate::conduct) fn sent(scene: &Scene<'_>, pattern: &Pattern, outflow: Outflow<'_>) -> Result<Vec<Act>> {
    let of_kind = outflow.kinds.iter().map(|kind| col("kind").eq(lit(kind.as_str())));
    let Some(of_kind) = of_kind.reduce(Expr::or) else { return Ok(Vec::new()) };
    let large = col("amount_fen").gt_eq(lit(pattern.least_row_fen.fen()));
    let plan = scene.events(TABLE)?.filter(col("direction").eq(lit("out"))).filter(of_kind).filter(large);
    let rows = Rows::collect(plan, &[EVENT_ON, "amount_fen", "balance_fen", "counterparty_id"])?;
    Ok(rows.iter().filter_map(|row| act(scene, (pattern, outflow), row)).collect())
}

fn act(scene: &Scene<'_>, what: (&Pattern, Outflow<'_>), row: Row<'_>) -> Option<Act> {
    let (pattern, outflow) = what;
    let (key, on, amount) = (row.key(), row.day(EVENT_ON)?, row.money("amount_fen")?);
    let filed = scene.anchors.get(&key)?.filed;
    if !scene.within(pattern, key, on) || (outflow.until == Until::Filing && on > filed) {
        return None;
    }
    let ties = row.whole("counterparty_id").and_then(|other| scene.ties.between(key, other));
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
