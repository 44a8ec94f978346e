//! Finds refused property reports. A refusal after a fine or detention weighs more: criminal refusal needs
//! it (法释〔2024〕13号 art. 3).

use std::collections::BTreeMap;

use crate::conduct::acts::Act;
use crate::conduct::debtor_context::{DebtorContext, Key};
use crate::conduct::rows::TypedRows;
use crate::domain::Day;
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::RowFilter;

const TABLE: &str = "property_reports";

/// Reports refused; extent 1 where a fine or detention came before, as criminal refusal needs.
pub(in crate::conduct) fn refused(context: &DebtorContext<'_>) -> Result<Vec<Act>> {
    let punished = RowFilter::Among("kind", &["fine", "detention"]);
    let rows = TypedRows::all(context.snapshot, "sanctions", &["kind", EVENT_ON], &[punished])?;
    let mut first: BTreeMap<Key, Day> = BTreeMap::new();
    for row in rows.iter() {
        let Some(on) = row.day(EVENT_ON) else { continue };
        let day = first.entry(row.key()).or_insert(on);
        *day = on.min(*day);
    }
    let refusals = RowFilter::Among("state", &["refused"]);
    let rows = TypedRows::all(context.snapshot, TABLE, &["state", EVENT_ON], &[refusals])?;
    let acts = rows.iter().filter_map(|row| {
        let (key, on) = (row.key(), row.day(EVENT_ON)?);
        let extent = first.get(&key).map_or(0.0, |punished| f64::from(u8::from(*punished < on)));
        Some(Act { key, shown: row.shown(TABLE, on, None), extent: Some(extent), ties: Vec::new() })
    });
    Ok(acts.collect())
}
