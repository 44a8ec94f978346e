use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use polars::prelude::*;

use super::{AssessParams, Assessment, Event, RunReport};
use crate::error::{Error, Result};
use crate::profile::Standing;
use crate::schema::ENTITY_ID;

const FORMAT_VERSION: u32 = 1;

/// Writes everything but what ingest wrote already; `run.json` comes last, so that a folder with it is complete.
pub(super) fn write(assessment: &mut Assessment, params: &AssessParams) -> Result<()> {
    let out = params.out.as_path();
    fs::create_dir_all(out).map_err(Error::io(out))?;
    parquet(&mut assessment.scores, &out.join("scores.parquet"))?;
    csv(&assessment.scores, &out.join("scores.csv"))?;
    profiles(assessment, &out.join("profiles.ndjson"))?;
    text(&out.join("model.json"), &assessment.model.to_json()?)?;
    text(&out.join("ingest_report.json"), &serde_json::to_string_pretty(&assessment.ingest)?)?;
    let run = report(assessment, params)?;
    text(&out.join("run.json"), &serde_json::to_string_pretty(&run)?)
}

fn text(path: &Path, text: &str) -> Result<()> {
    fs::write(path, format!("{text}\n")).map_err(Error::io(path))
}

fn parquet(frame: &mut DataFrame, path: &Path) -> Result<()> {
    let file = File::create(path).map_err(Error::io(path))?;
    ParquetWriter::new(file).finish(frame)?;
    Ok(())
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

fn profiles(assessment: &Assessment, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).map_err(Error::io(path))?);
    for profile in &assessment.profiles {
        writeln!(file, "{}", serde_json::to_string(profile)?).map_err(Error::io(path))?;
    }
    file.flush().map_err(Error::io(path))
}

fn living_costs(path: &Path) -> Result<(String, String)> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, blake3::hash(&bytes).to_hex().to_string()))
}

fn report(assessment: &Assessment, params: &AssessParams) -> Result<RunReport> {
    let ingest = &assessment.ingest;
    let sum = |count: fn(&crate::ingest::FileReport) -> u64| ingest.files.iter().map(count).sum();
    let model = &assessment.model;
    let unscored = |profile: &&crate::profile::DebtorProfile| matches!(profile.standing, Standing::Insufficient { .. });
    let digest = |name: &str| -> Result<(String, String)> {
        let path = params.out.join(name);
        let bytes = fs::read(&path).map_err(Error::io(&path))?;
        Ok((name.to_owned(), blake3::hash(&bytes).to_hex().to_string()))
    };
    let written = ["scores.parquet", "scores.csv", "profiles.ndjson", "model.json", "ingest_report.json"];
    Ok(RunReport {
        format_version: FORMAT_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: params.as_of,
        mapping: ingest.mapping.clone(),
        key: params.key.fingerprint(),
        rules: (model.rules().name().to_owned(), model.rules().digest().to_owned()),
        living_costs: params.living_costs.as_deref().map(living_costs).transpose()?,
        inputs: ingest.files.iter().map(|file| (file.file.clone(), file.blake3.clone())).collect(),
        rows: [sum(|file| file.rows_read), sum(|file| file.rows_accepted), sum(|file| file.rows_refused)],
        linked: assessment.linked,
        debtors: [assessment.profiles.len(), assessment.profiles.iter().filter(unscored).count()],
        model: Event::ALL.map(|event| model.card(event).digest().to_owned()),
        cohort: model.cohort().clone(),
        scorecard: model.card(Event::Any).params().clone(),
        scorer: *model.scorer(),
        training: assessment.training.clone(),
        outputs: written.into_iter().map(digest).collect::<Result<_>>()?,
    })
}
