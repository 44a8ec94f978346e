//! Rows of a table that were known on a day, without samples: who they are about does not matter.
//!
//! For rooms that count rows of all parties (linking, indicators) and need no sample for each.

use polars::prelude::*;

use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, EVENT_ON, KNOWN_AT, Nature};
use crate::tables::SourceTables;

/// Source tables as they were known on a day, whoever their rows are about.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::snapshot::Known;
/// use wherewithal::tables::SourceTables;
///
/// let tables = SourceTables::new();
/// let rows = Known::on(&tables, Day::EPOCH).columns("relations", &["entity_id", "kind"])?;
/// assert_eq!(rows.shape(), (0, 2));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    tables: &'a SourceTables,
    day: Day,
}

impl<'a> Known<'a> {
    /// The tables as known on a day.
    pub const fn on(tables: &'a SourceTables, day: Day) -> Self {
        Self { tables, day }
    }

    /// Some columns of the rows of a table that were known on the day.
    ///
    /// A row of a table of events must also have happened by the day. A row of a table of states
    /// need not: its `event_on` says since when the state holds.
    ///
    /// # Errors
    ///
    /// As [`SourceTables::columns`].
    pub fn columns(&self, name: &str, columns: &[&str]) -> Result<DataFrame> {
        let is_event = schema::table(name).is_some_and(|table| table.nature == Nature::Event);
        let clocks: &[&str] = if is_event { &[KNOWN_AT, EVENT_ON] } else { &[KNOWN_AT] };
        let missing = clocks.iter().filter(|clock| !columns.contains(clock));
        let wanted: Vec<&str> = columns.iter().chain(missing).copied().collect();
        let mut frame = self.tables.columns(name, &wanted)?;
        for clock in clocks {
            let days = frame.column(clock)?.date()?.phys.iter();
            let is_past: BooleanChunked =
                days.map(|of_row| Some(of_row.is_some_and(|of_row| of_row <= self.day.number()))).collect();
            frame = frame.filter(&is_past)?;
        }
        Ok(frame.select(columns.iter().copied())?)
    }
}
