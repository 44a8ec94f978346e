//! Rows of a table that were known on a day, without samples: who they are about does not matter.

use polars::prelude::*;

use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, EVENT_ON, KNOWN_AT, Nature};
use crate::tables::SourceTables;

/// Source tables as they were known on a day, whoever their rows are about.
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
