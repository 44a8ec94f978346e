//! Tables in which parties go by other names.

use std::sync::Arc;

use polars::prelude::*;

use super::{Codes, TableReader};
use crate::error::Result;

/// New names of parties, by the names under which they were read.
pub(super) type Names = Arc<PlHashMap<i64, i64>>;

/// The rows of another reader with the parties in some columns renamed.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) rows: Arc<dyn TableReader>,
    pub(super) columns: Vec<&'static str>,
    pub(super) names: Names,
}

impl TableReader for Renamed {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut frame = self.rows.columns(names)?;
        for name in self.columns.iter().filter(|column| names.contains(column)) {
            let ids = frame.column(name)?.i64()?.iter();
            let renamed: Int64Chunked = ids.map(|id| id.map(|id| self.names.get(&id).copied().unwrap_or(id))).collect();
            frame.with_column(renamed.with_name((*name).into()).into_column())?;
        }
        Ok(frame)
    }

    fn codes(&self, name: &str) -> Result<Option<Codes>> {
        self.rows.codes(name)
    }
}
