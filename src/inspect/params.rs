//! Settings of an inspection.

use crate::domain::Day;
use crate::ingest::ReadParams;

/// How files are inspected.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::inspect::InspectParams;
///
/// let params = InspectParams::default().rows(500).received(Day::new(2018, 6, 30));
/// assert_eq!(params.rows, 500);
/// assert_eq!(InspectParams::default().received, None); // unknown, unless somebody says it
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectParams {
    /// Rows of each table that are looked at; where there are more, that is said.
    pub rows: usize,
    /// The day on which the files came to the court, for files that do not say it.
    pub received: Option<Day>,
    /// Bounds of the files, and the folder below which archives are unpacked while they are looked at.
    pub read: ReadParams,
}

impl Default for InspectParams {
    fn default() -> Self {
        Self { rows: 100_000, received: None, read: ReadParams::default() }
    }
}

impl InspectParams {
    /// Sets [`InspectParams::rows`].
    #[must_use]
    pub fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// Sets [`InspectParams::received`].
    #[must_use]
    pub fn received(self, received: Option<Day>) -> Self {
        Self { received, ..self }
    }

    /// Sets [`InspectParams::read`].
    #[must_use]
    pub fn read(self, read: ReadParams) -> Self {
        Self { read, ..self }
    }
}
