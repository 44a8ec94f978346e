//! Finds purchases of policies and wealth products, in which money rests out of sight. Insurance of things
//! is left out: it saves nothing.

use crate::conduct::Pattern;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::DebtorContext;
use crate::conduct::rows::TypedRows;
use crate::error::Result;
use crate::snapshot::RowFilter;

/// Policies that save, and papers, acquired within the window.
pub(in crate::conduct) fn bought(context: &DebtorContext<'_>, pattern: &Pattern) -> Result<Vec<Act>> {
    let mut acts = Vec::new();
    for (table, since, value) in
        [("insurance_policies", "started_on", "premium_fen"), ("financial_assets", "acquired_on", "value_fen")]
    {
        let large = RowFilter::AtLeast(value, pattern.least_row_fen.fen());
        let rows = TypedRows::last(context.snapshot, table, &["kind", since, value], &[large])?;
        acts.extend(rows.iter().filter_map(|row| {
            let saves = !matches!(row.text("kind"), Some("property" | "vehicle"));
            let on = row.day(since).filter(|on| saves && context.within(pattern, row.key(), *on))?;
            let shown = row.shown(table, on, row.money(value));
            Some(Act { key: row.key(), shown, extent: None, ties: Vec::new() })
        }));
    }
    Ok(acts)
}
