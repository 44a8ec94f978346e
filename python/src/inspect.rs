//! What is in files that nobody has described.

use std::path::PathBuf;

use pyo3::prelude::*;
use wherewithal::domain::Day;
use wherewithal::ingest::ReadParams;
use wherewithal::inspect::{InspectParams, inspect as looked_at};
use wherewithal::progress::Silent;

use crate::errors::work;

/// What was found, as JSON, and the draft of a mapping, as TOML; archives are unpacked in the folder named by `how`,
/// which also says on which day the files came and how many rows are looked at.
#[pyfunction]
pub(crate) fn inspect(
    py: Python<'_>,
    path: PathBuf,
    how: (PathBuf, Option<String>, usize),
) -> PyResult<(String, String)> {
    let (scratch, received, rows) = how;
    work(py, || {
        let received = received.as_deref().map(Day::parse).transpose()?;
        let params = InspectParams::default().rows(rows).received(received).read(ReadParams::new(&scratch));
        let found = looked_at(&path, &params, &Silent)?;
        Ok((serde_json::to_string(&found)?, found.draft().to_string()))
    })
}
