//! Files that a run writes beside the tables of results.
//!
//! Results of an earlier run go first, beginning with the report that vouches for them; `run.json` comes
//! last. So a folder with `run.json` is a whole run, at whatever moment a machine was switched off.

use std::io::{BufWriter, Write};
use std::path::Path;

use polars::prelude::*;
use serde::Serialize;

use super::batch::RESULTS;
use super::{AssessParams, ModelSource, PerformanceModel, RunReport};
use crate::disk;
use crate::domain::masked_file;
use crate::error::{Error, Result};
use crate::ingest::IngestReport;
use crate::profile::DebtorProfile;
use crate::schema::ENTITY_ID;
use crate::store;

/// Writes portraits, the model, and where they apply the scores as CSV and the report of what was
/// read; tells their names.
pub(super) fn write(
    params: &AssessParams,
    model: &PerformanceModel,
    (profiles, read): (&[DebtorProfile], Option<&IngestReport>),
) -> Result<Vec<String>> {
    let out = params.out.as_path();
    let mut written = Vec::new();
    let mut next = |name: &str| {
        written.push(name.to_owned());
        out.join(name)
    };
    if params.csv {
        let scores = ParquetReader::new(disk::open(&out.join("scores.parquet"))?).finish()?;
        csv(&scores, &next("scores.csv"))?;
    }
    ndjson(profiles, &next("profiles.ndjson"))?;
    disk::replace(&next("model.json"), format!("{}\n", model.to_json()?).as_bytes())?;
    if let Some(read) = read {
        disk::write(&next(REPORT), &text_of(read)?)?;
    }
    Ok(written)
}

/// Removes what an earlier run left in the folder, beginning with the report that vouches for it; a
/// model that this run scores by stays.
pub(super) fn clear(params: &AssessParams) -> Result<()> {
    let out = params.out.as_path();
    disk::remove(&out.join(RunReport::FILE))?;
    let given = match &params.model {
        ModelSource::File(path) => path.canonicalize().ok(),
        ModelSource::Train(_) => None,
    };
    let tables = RESULTS.iter().map(|name| format!("{name}.parquet"));
    let is_given = |path: &Path| given.is_some() && path.canonicalize().ok() == given;
    for name in tables.chain(["scores.csv", "profiles.ndjson", REPORT].map(str::to_owned)) {
        let path = out.join(name);
        if !is_given(&path) {
            disk::remove(&path)?;
        }
    }
    let model = out.join("model.json");
    if !is_given(&model) {
        disk::remove(&PerformanceModel::signature_of(&model))?;
        disk::remove(&model)?;
    }
    Ok(())
}

/// What was read and refused.
pub(super) const REPORT: &str = store::REPORT;

/// A document as text with its last line end.
pub(super) fn text_of(document: &impl Serialize) -> Result<Vec<u8>> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?).into_bytes())
}

/// One line per debtor; the party stands as in profiles, in hexadecimal.
fn csv(frame: &DataFrame, path: &Path) -> Result<()> {
    let file = disk::create(path)?;
    let broken = |error: csv::Error| Error::io(path)(std::io::Error::other(error));
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(frame.get_column_names().iter().map(|name| name.as_bytes())).map_err(broken)?;
    let columns: Vec<Vec<String>> = frame.columns().iter().map(cells).collect::<Result<_>>()?;
    for row in 0..frame.height() {
        let cells = columns.iter().map(|column| column.get(row).map_or("", String::as_str));
        writer.write_record(cells).map_err(broken)?;
    }
    writer.flush().map_err(Error::io(path))
}

fn cells(column: &Column) -> Result<Vec<String>> {
    let cell = |value: AnyValue<'_>| match value {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => text.to_owned(),
        AnyValue::Int64(id) if column.name() == ENTITY_ID => format!("{id:016x}"),
        AnyValue::Date(day) => crate::domain::Day::from_number(day).map(|day| day.to_string()).unwrap_or_default(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::Int32(number) => number.to_string(),
        AnyValue::Int64(number) => number.to_string(),
        other => other.to_string(),
    };
    (0..column.len()).map(|row| Ok(cell(column.get(row)?))).collect()
}

fn ndjson(profiles: &[DebtorProfile], path: &Path) -> Result<()> {
    let mut file = BufWriter::new(disk::create(path)?);
    for profile in profiles {
        writeln!(file, "{}", serde_json::to_string(profile)?).map_err(Error::io(path))?;
    }
    file.flush().map_err(Error::io(path))
}

/// The name and the digest of a file of living costs.
pub(super) fn living_costs(path: &Path) -> Result<(String, String)> {
    let bytes = disk::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok((masked_file(&name).into_owned(), blake3::hash(&bytes).to_hex().to_string()))
}

/// The digest of a file, BLAKE3.
pub(super) fn digest(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let file = disk::open(path)?;
    hasher.update_reader(file).map_err(Error::io(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}
