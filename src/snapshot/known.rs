use polars::prelude::*;

use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, EVENT_ON, KNOWN_AT, Nature};
use crate::tables::SourceTables;

/// Some columns of the rows of a table that were known on a day, whoever they are about.
///
/// A row of a table of events must have happened by the day too; since when a state is does not matter.
///
/// # Errors
///
/// As [`SourceTables::columns`].
pub fn known(tables: &SourceTables, (name, columns): (&str, &[&str]), day: Day) -> Result<DataFrame> {
    let is_event = schema::table(name).is_some_and(|table| table.nature == Nature::Event);
    let clocks: &[&str] = if is_event { &[KNOWN_AT, EVENT_ON] } else { &[KNOWN_AT] };
    let missing = clocks.iter().filter(|clock| !columns.contains(clock));
    let wanted: Vec<&str> = columns.iter().chain(missing).copied().collect();
    let mut frame = tables.columns(name, &wanted)?;
    for clock in clocks {
        let days = frame.column(clock)?.date()?.phys.iter();
        let is_past: BooleanChunked =
            days.map(|of_row| Some(of_row.is_some_and(|of_row| of_row <= day.number()))).collect();
        frame = frame.filter(&is_past)?;
    }
    Ok(frame.select(columns.iter().copied())?)
}
