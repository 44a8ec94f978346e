//! The trait that takes accepted rows while files are read.

use polars::prelude::DataFrame;

use crate::error::Result;
use crate::schema::Table;

/// Takes accepted rows while files are read.
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
