//! Names of source files, so that a record is cited by file and line.

use std::collections::BTreeMap;

use crate::profile::RecordRef;
use crate::schema::LINE_BITS;

/// The names of the source files by their ordinal; see [`crate::schema::RECORD_ID`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileNames(BTreeMap<i64, String>);

impl FromIterator<(i64, String)> for FileNames {
    fn from_iter<I: IntoIterator<Item = (i64, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl FileNames {
    /// File and line of a row; the table stands for a file whose name is not known.
    pub(super) fn cite(&self, table: &str, record_id: i64) -> RecordRef {
        let file = self.0.get(&(record_id >> LINE_BITS)).cloned().unwrap_or_else(|| table.to_owned());
        let line = (record_id & ((1 << LINE_BITS) - 1)).unsigned_abs();
        RecordRef { table: table.to_owned(), file, line }
    }
}
