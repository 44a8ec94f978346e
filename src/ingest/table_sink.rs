//! The trait that takes accepted rows while files are read.
//!
//! It is what keeps `ingest` from having a home of its own: rows go to memory, to a store, or to whatever a
//! caller makes of them.

use polars::prelude::DataFrame;

use crate::error::Result;
use crate::schema::Table;

/// Takes accepted rows while files are read.
///
/// Calls come in one order: `begin`, then `take` any number of times, then `end`, for one file after the
/// other, always on the thread that called the reading. [`read_to`](super::read_to) has an example.
pub trait TableSink {
    /// A file begins: the rows that follow are its.
    ///
    /// # Errors
    ///
    /// As the sink's own.
    fn begin(&mut self, _file: &str, _ordinal: u64) -> Result<()> {
        Ok(())
    }

    /// Rows of some tables; those of one table in the order of the file. Frames have the schema's
    /// columns, codes as their numbers: [`Table::decode_codes`] makes words of them.
    ///
    /// # Errors
    ///
    /// As the sink's own; it ends the reading.
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()>;

    /// The file is over.
    ///
    /// # Errors
    ///
    /// As the sink's own.
    fn end(&mut self) -> Result<()> {
        Ok(())
    }
}
