//! Who of these applicants is on the list of defaulters.

use std::path::PathBuf;

use pyo3::prelude::*;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::json;
use wherewithal::Result;
use wherewithal::domain::Day;
use wherewithal::screening::{
    self, Activities, DefaulterList, ListForm, ListKey, ListSource, RefusedRecord, Screener, ScreeningAnswer,
    ScreeningParams, read_applications, read_list,
};
use wherewithal::sentence::Sentence;

use crate::errors::work;

/// How the list is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The day the list is of.
    edition: Day,
    /// The day for which answers hold, for applications that name none.
    on: Option<Day>,
    /// How the list is written, as TOML.
    form: Option<String>,
    /// The file with the secret shared with the list's owner.
    key_file: Option<PathBuf>,
    review_from: Option<f64>,
}

/// Answers to applications, in their order, with what could not be read of them and of the list, as JSON.
#[pyfunction]
pub(crate) fn screen(py: Python<'_>, list: &[u8], applications: &[u8], asked: &str) -> PyResult<String> {
    work(py, || {
        let asked: Asked = serde_json::from_str(asked)?;
        let form = asked.form.as_deref().map(ListForm::from_toml).transpose()?.unwrap_or_default();
        let source = read_list(list, &form)?;
        let screener = screener(&source, &asked)?;
        let read = read_applications(applications, asked.on)?;
        let answered: Vec<(u64, Result<ScreeningAnswer, Sentence>)> = read
            .into_par_iter()
            .map(|(line, asked)| {
                (line, asked.and_then(|asked| screening::screen(&screener, &asked).map_err(Sentence::from)))
            })
            .collect();
        let (mut answers, mut refused) = (Vec::new(), Vec::new());
        for (line, answer) in answered {
            match answer {
                Ok(answer) => answers.push(answer),
                Err(reason) => refused.push(RefusedRecord { line, reason }),
            }
        }
        Ok(serde_json::to_string(&json!({
            "answers": answers, "refused": lines(&refused), "edition": screener.list().edition(),
            "list": {
                "entries": screener.list().len(), "refused": lines(&source.refused), "repeated": source.repeated,
                "renamed": source.renamed, "unread_numbers": source.unread_numbers, "unread_days": source.unread_days,
                "unused_columns": source.unused_columns,
            },
        }))?)
    })
}

fn screener(source: &ListSource, asked: &Asked) -> Result<Screener> {
    let key = match &asked.key_file {
        Some(path) => ListKey::read(path)?.0,
        None => ListKey::from_secret(b"no key was given"),
    };
    let list = DefaulterList::build(&source.entries, key, asked.edition)?;
    let params = ScreeningParams::default();
    let params = asked.review_from.map_or(params, |from| params.review_from(from));
    Screener::new(list.lacking(source.refused.len() as u64), Activities::standard()?, params)
}

fn lines(refused: &[RefusedRecord]) -> Vec<serde_json::Value> {
    refused.iter().map(|record| json!({ "line": record.line, "reason": record.reason })).collect()
}
