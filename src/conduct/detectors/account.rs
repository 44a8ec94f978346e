//! Finds accounts that were opened after the suit began, and where money may have gone. Protected accounts
//! for wages and social insurance are left out: a court itself asks for these.

use crate::conduct::Pattern;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::DebtorContext;
use crate::conduct::rows::TypedRows;
use crate::error::Result;

const TABLE: &str = "deposits";

/// Accounts opened within the window. Protected accounts (wages, social insurance) are no acts.
pub(in crate::conduct) fn opened(context: &DebtorContext<'_>, pattern: &Pattern) -> Result<Vec<Act>> {
    let rows = TypedRows::last(context.snapshot, TABLE, &["kind", "opened_on", "balance_fen"], &[])?;
    let acts = rows.iter().filter_map(|row| {
        let own = !matches!(row.text("kind"), Some("special"));
        let on = row.day("opened_on").filter(|on| own && context.within(pattern, row.key(), *on))?;
        let shown = row.shown(TABLE, on, row.money("balance_fen"));
        Some(Act { key: row.key(), shown, extent: None, ties: Vec::new() })
    });
    Ok(acts.collect())
}
