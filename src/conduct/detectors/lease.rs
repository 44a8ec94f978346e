//! Finds long leases registered on the debtor's property: a home that is let for twenty years is hard to
//! sell. The extent is the years; a lease without an end is no act, as nobody knows how long it is.

use crate::conduct::Pattern;
use crate::conduct::acts::Act;
use crate::conduct::debtor_context::DebtorContext;
use crate::conduct::rows::TypedRows;
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::RowFilter;

const TABLE: &str = "encumbrances";
const DAYS_PER_YEAR: f64 = 365.25;

/// Leases of at least so many years registered within the window; a lease without an end is no act.
pub(in crate::conduct) fn leased(context: &DebtorContext<'_>, of: (&Pattern, f64)) -> Result<Vec<Act>> {
    let (pattern, least_years) = of;
    let leases = [RowFilter::Among("kind", &["lease"]), RowFilter::Empty("released_on")];
    let columns = ["kind", "released_on", EVENT_ON, "until_on", "amount_fen"];
    let rows = TypedRows::last(context.snapshot, TABLE, &columns, &leases)?;
    let acts = rows.iter().filter_map(|row| {
        let (key, on, until) = (row.key(), row.day(EVENT_ON)?, row.day("until_on")?);
        let years = f64::from(until.days_since(on)) / DAYS_PER_YEAR;
        let counts = context.within(pattern, key, on) && years >= least_years;
        let shown = row.shown(TABLE, on, row.money("amount_fen"));
        counts.then_some(Act { key, shown, extent: Some(years), ties: Vec::new() })
    });
    Ok(acts.collect())
}
