//! The trait by which rows are read, wherever they are stored.
//!
//! Rooms ask for columns and never for files, so an assessment of frames in memory and one of a store run
//! the same code.

use std::sync::Arc;

use polars::prelude::*;

use super::Codes;
use crate::error::Result;

/// Checked rows of one table, read column by column.
pub trait TableReader: std::fmt::Debug + Send + Sync {
    /// Some columns of all rows, in the order asked for and of the schema's types.
    ///
    /// The rows and their order are the same whenever and for whatever columns it is called:
    /// callers put columns that they read at different times side by side.
    ///
    /// # Errors
    ///
    /// As whatever holds the rows reports, for a column that is not there too.
    fn columns(&self, names: &[&str]) -> Result<DataFrame>;

    /// A text column as codes, row by row as [`TableReader::columns`] gives it; `None` where reading codes would not be
    /// cheaper.
    ///
    /// # Errors
    ///
    /// As [`TableReader::columns`].
    fn codes(&self, _name: &str) -> Result<Option<Codes>> {
        Ok(None)
    }
}

/// The rows of several readers of one table, one after the other.
#[derive(Debug)]
pub(super) struct Stacked(pub(super) Vec<Arc<dyn TableReader>>);

impl TableReader for Stacked {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut readers = self.0.iter();
        let mut all = readers.next().map(|reader| reader.columns(names)).transpose()?.unwrap_or_default();
        for reader in readers {
            all.vstack_mut_owned(reader.columns(names)?)?;
        }
        Ok(all)
    }
}
