//! Looking after a store of checked rows; what is found is JSON.

use std::path::PathBuf;

use pyo3::prelude::*;
use serde_json::json;
use wherewithal::ingest::{DatabaseUrl, Mapping, Sources};
use wherewithal::pipeline::{self, Intake};
use wherewithal::progress::Silent;
use wherewithal::store::{Standing, Store, StoreParams};
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::run::{key, pseudonym};

/// Adds the rows of a folder or a database (the file with its connection string) to the store in `folder`, made if
/// absent, by a mapping, a key's file and a number of buckets: what was read, as JSON.
#[pyfunction]
pub(crate) fn fill(
    py: Python<'_>,
    folder: PathBuf,
    origin: (Option<PathBuf>, Option<PathBuf>),
    how: (Option<PathBuf>, Option<PathBuf>, Option<u32>),
) -> PyResult<String> {
    let ((sources, database_url_file), (mapping, key_file, buckets)) = (origin, how);
    work(py, || {
        let database = database_url_file.map(|path| database(&path)).transpose()?;
        let key = key(key_file.as_deref())?;
        let sources = match (sources, database) {
            (Some(folder), database) => Sources::new(folder, key).with_database(database),
            (None, Some(database)) => Sources::of_database(database, key),
            (None, None) => return Err(Error::setting("sources", "none", "a folder or a database to read")),
        };
        let sources = sources.with_mapping(mapping.as_deref().map(Mapping::load).transpose()?.unwrap_or_default());
        let mut params = StoreParams::default();
        params.buckets = buckets;
        told(&sources.ingest_into(&folder, &params, &Silent)?)
    })
}

/// What was read and warned of, as JSON.
pub(crate) fn told(intake: &Intake) -> Result<String> {
    let standing = match intake.standing {
        Standing::New => "new",
        Standing::Kept => "kept",
        Standing::Replaces => "replaces",
    };
    let warnings: Vec<String> =
        intake.report.misread().into_iter().chain(intake.report.lost()).map(|said| said.to_string()).collect();
    Ok(serde_json::to_string(&json!({
        "standing": standing, "report": intake.report, "refused": intake.refused, "warnings": warnings,
    }))?)
}

/// The connection string that a file holds.
pub(crate) fn database(path: &std::path::Path) -> Result<DatabaseUrl> {
    Ok(DatabaseUrl::new(std::fs::read_to_string(path).map_err(Error::io(path))?))
}

/// What the store holds.
#[pyfunction]
pub(crate) fn manifest(py: Python<'_>, folder: PathBuf) -> PyResult<String> {
    work(py, || Ok(serde_json::to_string(Store::open(&folder)?.manifest())?))
}

/// Reads every byte of the store.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, folder: PathBuf) -> PyResult<String> {
    work(py, || {
        let check = Store::check(&folder)?;
        let damaged: Vec<String> = check.damaged.iter().map(ToString::to_string).collect();
        Ok(serde_json::to_string(&json!({
            "sound": check.sound, "bytes": check.bytes, "damaged": damaged, "foreign": check.foreign,
        }))?)
    })
}

/// Makes one part of all.
#[pyfunction]
pub(crate) fn fold(py: Python<'_>, folder: PathBuf, buckets: Option<u32>) -> PyResult<()> {
    work(py, || {
        let mut params = StoreParams::default();
        params.buckets = buckets;
        Store::fold(&folder, &params, &Silent).map(drop)
    })
}

/// Takes a part out.
#[pyfunction]
pub(crate) fn withdraw(py: Python<'_>, folder: PathBuf, part: &str) -> PyResult<()> {
    work(py, || Store::withdraw(&folder, part, &StoreParams::default(), &Silent).map(drop))
}

/// Removes parties from the store and from the results of runs.
#[pyfunction]
pub(crate) fn forget(py: Python<'_>, folder: PathBuf, parties: Vec<String>, runs: Vec<PathBuf>) -> PyResult<String> {
    work(py, || {
        let parties: Vec<i64> = parties.iter().map(|party| pseudonym(party)).collect::<Result<_>>()?;
        let (_, forgotten) = Store::forget(&folder, &parties, &StoreParams::default(), &Silent)?;
        let mut of_runs = Vec::new();
        for run in &runs {
            let gone = pipeline::forget_in_run(run, &parties)?;
            of_runs.push(json!({ "run": run, "rows": gone.rows, "pages": gone.pages }));
        }
        Ok(serde_json::to_string(&json!({
            "rows": forgotten.rows, "cells": forgotten.cells, "refused": forgotten.refused, "runs": of_runs,
        }))?)
    })
}
