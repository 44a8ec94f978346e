//! Names of source files, so that a record is cited by file and line.
//!
//! `record_id` of a row is the ordinal of its file times 2⁴⁰ plus the line. A name turns `1099511629421`
//! into `deposits.csv:1645`, which a person can look up.

use std::collections::BTreeMap;

use crate::profile::RecordRef;
use crate::schema::LINE_BITS;

/// The names of the source files by their ordinal; see [`crate::schema::RECORD_ID`].
///
/// ```
/// use wherewithal::pipeline::{FileNames, ScoringParams};
///
/// let names: FileNames = [(1, "deposits.csv".to_owned()), (2, "cases.csv".to_owned())].into_iter().collect();
/// let params = ScoringParams::new(wherewithal::domain::Day::EPOCH).files(names.clone());
/// assert_eq!(params.files, names);
/// ```
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
