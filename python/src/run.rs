//! A run: assessing, and reading what a run wrote.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Deserialize;
use serde_json::json;
use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::{Day, Language, PseudonymKey};
use wherewithal::features::FeatureCatalog;
use wherewithal::pipeline::{self, AssessParams, ModelSource, PageParams, RunReport, TrainParams};
use wherewithal::profile::DebtorProfile;
use wherewithal::progress::Silent;
use wherewithal::report::{Links, Pages};
use wherewithal::store::StoreParams;
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::store::database;

/// What to assess; absent settings are those of the library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    sources: Option<PathBuf>,
    database_url_file: Option<PathBuf>,
    mapping: Option<PathBuf>,
    store: Option<PathBuf>,
    buckets: Option<u32>,
    as_of: Day,
    out: PathBuf,
    model: Option<PathBuf>,
    samples: Option<usize>,
    features: Option<PathBuf>,
    key_file: Option<PathBuf>,
    rules: Option<PathBuf>,
    living_costs: Option<PathBuf>,
    since: Option<Day>,
    watch: bool,
    dump_features: bool,
    csv: bool,
    profiles: Option<usize>,
    portrayed: Vec<String>,
    threads: usize,
}

impl Asked {
    pub(crate) fn params(&self) -> Result<AssessParams> {
        let mut filling = StoreParams::default();
        filling.buckets = self.buckets;
        let portrayed: Vec<i64> = self.portrayed.iter().map(|party| pseudonym(party)).collect::<Result<_>>()?;
        let params = AssessParams::new(self.as_of, &self.out, self.model()?)
            .database(self.database_url_file.as_deref().map(database).transpose()?)
            .mapping(self.mapping.clone())
            .store(self.store.clone())
            .filling(filling)
            .key(key(self.key_file.as_deref())?)
            .rules(self.rules.clone())
            .living_costs(self.living_costs.clone())
            .since(self.since)
            .watch(self.watch)
            .features(self.dump_features.then(FeatureCatalog::standard).transpose()?)
            .csv(self.csv)
            .profiles(self.profiles)
            .portrayed(portrayed)
            .threads(self.threads);
        Ok(match &self.sources {
            Some(sources) => params.sources(sources),
            None => params,
        })
    }

    fn model(&self) -> Result<ModelSource> {
        if let Some(path) = &self.model {
            return Ok(ModelSource::File(path.clone()));
        }
        let mut params = TrainParams::standard()?.samples(self.samples);
        if let Some(path) = &self.features {
            let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
            params.catalog = params.catalog.extend_from_toml(&text)?;
        }
        Ok(ModelSource::Train(Box::new(params)))
    }
}

/// The secret behind the pseudonyms; the public one, which hides nothing, when no file holds another.
pub(crate) fn key(file: Option<&Path>) -> Result<PseudonymKey> {
    file.map_or_else(|| Ok(PseudonymKey::public()), |path| Ok(PseudonymKey::read(path)?.0))
}

/// A party as portraits name it.
pub(crate) fn pseudonym(text: &str) -> Result<i64> {
    // Whatever else was given may be a number in clear.
    let expected = "the pseudonym that the run's list shows, 16 hexadecimal digits";
    let number = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
    number.map(u64::cast_signed).ok_or_else(|| Error::setting("debtor", "something else", expected))
}

/// Assesses: what there is to warn of, as JSON.
#[pyfunction]
pub(crate) fn assess(py: Python<'_>, asked: &str) -> PyResult<String> {
    work(py, || {
        let asked: Asked = serde_json::from_str(asked)?;
        let assessment = pipeline::assess(&asked.params()?, &Silent)?;
        let report = assessment.intake.as_ref().map(|intake| &intake.report);
        let warnings: Vec<String> = report
            .map(|report| report.misread().into_iter().chain(report.lost()).map(|said| said.to_string()).collect())
            .unwrap_or_default();
        Ok(serde_json::to_string(&json!({ "warnings": warnings }))?)
    })
}

/// The report of the run in a folder.
#[pyfunction]
pub(crate) fn report(py: Python<'_>, out: PathBuf) -> PyResult<String> {
    work(py, || Ok(serde_json::to_string(&RunReport::read(&out)?)?))
}

/// A file of the run, as it was written.
#[pyfunction]
pub(crate) fn output<'py>(py: Python<'py>, out: PathBuf, name: &str) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &work(py, || RunReport::read(&out)?.output(&out, name))?))
}

fn language(code: &str) -> Result<Language> {
    match code {
        "zh" => Ok(Language::Zh),
        "en" => Ok(Language::En),
        _ => Err(Error::setting("language", code, "zh or en")),
    }
}

/// Writes the pages of a run, in this language and of so many debtors, and names the first.
#[pyfunction]
pub(crate) fn pages(py: Python<'_>, run: PathBuf, out: PathBuf, how: (String, usize)) -> PyResult<PathBuf> {
    let (code, top) = how;
    work(py, || pipeline::write_pages(&PageParams::new(&run, &out).language(language(&code)?).top(top), &Silent))
}

/// A debtor's page and portrait, the latter as JSON.
#[pyfunction]
pub(crate) fn portrait(py: Python<'_>, run: PathBuf, entity: &str, code: &str) -> PyResult<(String, String)> {
    work(py, || {
        const NAME: &str = "profiles.ndjson";
        pseudonym(entity)?;
        let report = RunReport::read(&run)?;
        let text = String::from_utf8_lossy(&report.output(&run, NAME)?).into_owned();
        let profiles: Vec<DebtorProfile> = text.lines().map(serde_json::from_str).collect::<serde_json::Result<_>>()?;
        let profile = profiles.iter().find(|profile| profile.entity.eq_ignore_ascii_case(entity)).ok_or_else(|| {
            Error::setting("debtor", entity, format!("one of the {} debtors that the run portrays", profiles.len()))
        })?;
        let links = Links { is_key_public: report.is_key_public, ..Links::default() };
        let advice = advise(profile, &AdviceRules::standard()?)?;
        Ok((Pages::new(language(code)?)?.portrait(profile, &advice, &links)?, serde_json::to_string(profile)?))
    })
}
