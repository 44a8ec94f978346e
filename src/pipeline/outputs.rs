//! Files that a run writes beside the tables of results.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use polars::prelude::*;

use super::assess::scores_of;
use super::ingest_into::Intake;
use super::run::Run;
use crate::error::{Error, Result};
use crate::profile::DebtorProfile;
use crate::schema::ENTITY_ID;

/// Writes portraits, the model, and where they apply the scores as CSV and the report of what was read; tells their names.
pub(super) fn write(run: &Run<'_>, (profiles, intake): (&[DebtorProfile], Option<&Intake>)) -> Result<Vec<String>> {
    let out = run.params.out.as_path();
    let mut written = Vec::new();
    let mut next = |name: &str| {
        written.push(name.to_owned());
        out.join(name)
    };
    if run.params.csv {
        csv(&scores_of(out)?, &next("scores.csv"))?;
    }
    ndjson(profiles, &next("profiles.ndjson"))?;
    text(&next("model.json"), &run.model.to_json()?)?;
    if let Some(intake) = intake {
        text(&next("ingest_report.json"), &serde_json::to_string_pretty(&intake.report)?)?;
    }
    Ok(written)
}

pub(super) fn text(path: &Path, text: &str) -> Result<()> {
    fs::write(path, format!("{text}\n")).map_err(Error::io(path))
}

/// One line per debtor; the party stands as in profiles, in hexadecimal.
fn csv(frame: &DataFrame, path: &Path) -> Result<()> {
    let file = File::create(path).map_err(Error::io(path))?;
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
    let mut file = BufWriter::new(File::create(path).map_err(Error::io(path))?);
    for profile in profiles {
        writeln!(file, "{}", serde_json::to_string(profile)?).map_err(Error::io(path))?;
    }
    file.flush().map_err(Error::io(path))
}

/// The name and the digest of a file of living costs.
pub(super) fn living_costs(path: &Path) -> Result<(String, String)> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, blake3::hash(&bytes).to_hex().to_string()))
}

/// Waits until the disk has a file.
pub(super) fn on_disk(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}

/// The digest of a file, BLAKE3.
pub(super) fn digest(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(Error::io(path))?;
    hasher.update_reader(file).map_err(Error::io(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}
