use std::path::PathBuf;

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::take_in::found_any;
use super::{
    FileNames, LinkedParties, PerformanceModel, Scored, TrainParams, TrainingReport, link_parties, outputs, score,
    train,
};
use crate::capacity::CapacityRules;
use crate::cohort::CohortParams;
use crate::domain::{Day, PseudonymKey};
use crate::error::{Error, Result};
use crate::ingest::{self, IngestReport, Mapping, ReadParams, Sources};
use crate::model::ScorecardParams;
use crate::profile::DebtorProfile;
use crate::progress::Progress;
use crate::score::ScorerParams;

/// Where the model comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSource {
    /// Learnt from the folder itself, from what was known on the day.
    Train(Box<TrainParams>),
    /// Read from a file that an earlier run wrote.
    File(PathBuf),
}

/// What to assess.
#[derive(Debug, Clone)]
pub struct AssessParams {
    /// The folder of source files.
    pub sources: PathBuf,
    /// The mapping of an outside source; without one, files are named after tables and columns after the schema.
    pub mapping: Option<PathBuf>,
    /// The day described.
    pub as_of: Day,
    /// The folder to write to; made when it is not there.
    pub out: PathBuf,
    /// Where the model comes from.
    pub model: ModelSource,
    /// The secret behind the pseudonyms.
    pub key: PseudonymKey,
    /// A folder of legal parameters (`data/capacity/README.md`) for the statements of means, in training too; without
    /// one the rules of [`TrainParams`], or those that the crate carries.
    pub rules: Option<PathBuf>,
    /// Living costs (a `living_costs.csv`) that a household must be left; without them income counts nothing in the low
    /// and expected figures.
    pub living_costs: Option<PathBuf>,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// One row per debtor; see [`Scored::scores`].
    pub scores: DataFrame,
    /// The portraits, the most able first.
    pub profiles: Vec<DebtorProfile>,
    /// What was read and refused.
    pub ingest: IngestReport,
    /// Which identifiers were joined.
    pub linked: LinkedParties,
    /// The model that scored.
    pub model: PerformanceModel,
    /// What training saw, when the model was trained here.
    pub training: Option<TrainingReport>,
}

/// What a run was made of, so that it can be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunReport {
    /// The format of this report.
    pub format_version: u32,
    /// The version of the crate.
    pub version: String,
    /// The day described.
    pub as_of: Day,
    /// The mapping's name.
    pub mapping: String,
    /// The public name of the pseudonyms' key.
    pub key: String,
    /// The name and the digest of the rules behind the statements of means, living costs included.
    pub rules: (String, String),
    /// The file of living costs and its digest, BLAKE3; none when none was supplied.
    pub living_costs: Option<(String, String)>,
    /// Digest per source file, BLAKE3.
    pub inputs: Vec<(String, String)>,
    /// Rows read, accepted, refused.
    pub rows: [u64; 3],
    /// Which identifiers were joined; absent when there was nothing to join.
    #[serde(default, skip_serializing_if = "LinkedParties::is_nothing")]
    pub linked: LinkedParties,
    /// Debtors assessed, and those of them without a score.
    pub debtors: [usize; 2],
    /// Digests of the two cards.
    pub model: [String; 2],
    /// How outcomes were counted.
    pub cohort: CohortParams,
    /// How cards were fitted.
    pub scorecard: ScorecardParams,
    /// How scores became grades.
    pub scorer: ScorerParams,
    /// What training saw, when the model was trained in this run.
    pub training: Option<TrainingReport>,
    /// Digest per file written, BLAKE3.
    pub outputs: Vec<(String, String)>,
}

/// Reads a folder, trains or loads a model, scores and portrays every debtor with an open case, and writes the results.
///
/// Writes `scores.parquet`, `scores.csv`, `profiles.ndjson`, `model.json`, `ingest_report.json`, `run.json`, the checked
/// rows under `store/` and the refused ones under `refused/`. The same input gives the same bytes.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Format`] for files that cannot be read or written; [`Error::Setting`] for a mapping or model
/// that does not fit, such as one trained on ratios of statements under other rules, and for a folder in which no file is
/// a source; [`Error::TooLittle`] when there is nothing to learn from. Bad rows are no error: they are refused, kept and
/// counted.
pub fn assess(params: &AssessParams, progress: &dyn Progress) -> Result<Assessment> {
    let key = params.key.clone();
    let mut sources = Sources::new(&params.sources, key);
    if let Some(path) = &params.mapping {
        sources = sources.with_mapping(Mapping::load(path)?);
    }
    let (tables, ingest) = ingest::read(&sources, &ReadParams::new(&params.out), progress)?;
    found_any(&params.sources, &ingest)?;
    let (tables, linked) = link_parties(&tables, params.as_of)?;
    let files: FileNames =
        ingest.files.iter().filter_map(|file| Some((i64::try_from(file.ordinal).ok()?, file.file.clone()))).collect();
    let (model, training) = match &params.model {
        ModelSource::Train(train_params) => {
            let mut train_params = train_params.as_ref().clone();
            if !sources.mapping().cohort.is_empty() {
                train_params.cohort = cohort_of(sources.mapping())?;
            }
            train_params.rules = rules_of(params, train_params.rules)?;
            let (model, report) = train(&tables, (&train_params, params.as_of), progress)?;
            (model, Some(report))
        }
        ModelSource::File(path) => {
            let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
            let rules = rules_of(params, CapacityRules::standard()?)?;
            (PerformanceModel::from_json(&text)?.with_rules(rules)?, None)
        }
    };
    let Scored { scores, profiles } = score((&tables, &files), (&model, params.as_of), progress)?;
    let mut assessment = Assessment { scores, profiles, ingest, linked, model, training };
    outputs::write(&mut assessment, params)?;
    Ok(assessment)
}

/// The rules that the run asks for, where it asks for none the given ones.
fn rules_of(params: &AssessParams, given: CapacityRules) -> Result<CapacityRules> {
    let rules = match &params.rules {
        Some(folder) => CapacityRules::load(folder)?,
        None => given,
    };
    match &params.living_costs {
        Some(path) => rules.with_living_costs(&std::fs::read_to_string(path).map_err(Error::io(path))?),
        None => Ok(rules),
    }
}

/// The mapping's own settings of the cohort.
fn cohort_of(mapping: &Mapping) -> Result<CohortParams> {
    let settings = toml::Value::Table(mapping.cohort.clone());
    let problem = |error: toml::de::Error| Error::setting("cohort", error.message(), "settings of CohortParams");
    settings.try_into().map_err(problem)
}
