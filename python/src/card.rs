//! A fitted scorecard.

use polars::prelude::{Column, DataFrame, DataType};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use serde::Deserialize;
use wherewithal::domain::{Points, Share};
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{self, AdditiveParams, Learner, Scorecard, ScorecardParams, Target};
use wherewithal::score::{Scorer, ScorerParams};
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::{frames, table};

/// A fitted scorecard, laid out to score.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct Card {
    card: Scorecard,
    scorer: Scorer,
}

/// How a card is learnt, by the learner's name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Settings {
    Woe(Box<ScorecardParams>),
    Additive(Box<AdditiveParams>),
}

impl From<Settings> for Learner {
    fn from(settings: Settings) -> Self {
        match settings {
            Settings::Woe(params) => (*params).into(),
            Settings::Additive(params) => (*params).into(),
        }
    }
}

#[pymethods]
impl Card {
    /// Learns from features and, row by row, the columns `event`, and `weight` and `group` where there are some.
    #[staticmethod]
    fn fit(py: Python<'_>, features: &[u8], outcome: &[u8], settings: &str) -> PyResult<Self> {
        work(py, || {
            let settings: Settings = serde_json::from_str(settings)?;
            let table = table_of(features)?;
            Self::new(model::fit(&table, &target(&frames::read(outcome)?)?, settings)?)
        })
    }

    /// Reads a stored form.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        work(py, || Self::new(Scorecard::from_json(text)?))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || self.card.to_json())
    }

    fn to_sql(&self, table: &str) -> String {
        self.card.to_sql(table)
    }

    fn to_pmml(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || self.card.to_pmml())
    }

    /// Copies and pickles by the stored form, which holds every bit.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyString>,))> {
        let py = slf.py();
        Ok((slf.get_type().getattr("from_json")?, (PyString::new(py, &slf.get().to_json(py)?),)))
    }

    #[getter]
    fn digest(&self) -> &str {
        self.card.digest()
    }

    /// The features of the card, the most informative first.
    #[getter]
    fn features(&self) -> Vec<&str> {
        self.card.features().iter().map(model::ScorecardFeature::name).collect()
    }

    /// The features that were left out, each with the reason, as JSON.
    fn excluded(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || Ok(serde_json::to_string(self.card.excluded())?))
    }

    #[getter]
    fn base_points(&self) -> i32 {
        self.card.base_points().0
    }

    /// What cards like this one were worth on the folds held out for calibration, as JSON; nothing when none were.
    fn held_out(&self, py: Python<'_>) -> PyResult<Option<String>> {
        work(py, || Ok(self.card.held_out().map(serde_json::to_string).transpose()?))
    }

    fn bins<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        framed(py, || table::bins(&self.card))
    }

    fn pairs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        framed(py, || table::pairs(&self.card))
    }

    fn contributions<'py>(&self, py: Python<'py>, features: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        framed(py, || table::contributions(&self.card, &table_of(features)?))
    }

    /// State, points, probability and grade of every row; below this share of what is known a row has none of them.
    fn scores<'py>(&self, py: Python<'py>, features: &[u8], min_known_share: f64) -> PyResult<Bound<'py, PyBytes>> {
        framed(py, || {
            let params = ScorerParams::default().min_known_share(Share::new(min_known_share)?);
            Scorer::with(&self.card, params)?.score(&table_of(features)?)?.to_frame()
        })
    }

    /// The probability of every row, however little is known of it.
    fn probabilities<'py>(&self, py: Python<'py>, features: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        framed(py, || {
            let scores = self.scorer.score(&table_of(features)?)?;
            let points: Vec<i32> =
                (0..scores.height()).filter_map(|row| scores.total_points(row)).map(|p| p.0).collect();
            let probabilities = self.probabilities_of(&points);
            Ok(DataFrame::new(points.len(), vec![Column::new("probability".into(), probabilities)])?)
        })
    }
}

impl Card {
    fn new(card: Scorecard) -> Result<Self> {
        let scorer = Scorer::with(&card, ScorerParams::default().min_known_share(Share::new(0.0)?))?;
        Ok(Self { card, scorer })
    }

    /// Many rows have few different scores: each is looked up.
    fn probabilities_of(&self, points: &[i32]) -> Vec<f64> {
        let probability = |points: i32| self.card.probability(Points(points)).value();
        let (Some(least), Some(most)) = (points.iter().min(), points.iter().max()) else { return Vec::new() };
        let span = usize::try_from(i64::from(*most) - i64::from(*least)).unwrap_or(usize::MAX);
        if span >= points.len() {
            return points.iter().map(|points| probability(*points)).collect();
        }
        let known: Vec<f64> = (*least..=*most).map(probability).collect();
        let place = |points: i32| usize::try_from(i64::from(points) - i64::from(*least)).unwrap_or(usize::MAX);
        points.iter().map(|points| known.get(place(*points)).copied().unwrap_or(f64::NAN)).collect()
    }
}

fn table_of(features: &[u8]) -> Result<FeatureTable> {
    FeatureTable::from_frame(frames::read(features)?, &TableRoles::default())
}

fn framed<'py>(py: Python<'py>, frame: impl FnOnce() -> Result<DataFrame> + Send) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &work(py, || frames::write(&frame()?))?))
}

fn target(outcome: &DataFrame) -> Result<Target> {
    let whole = |column: &Column| match column.null_count() {
        0 => Ok(()),
        n => Err(Error::table("outcome", format!("{}: {n} empty values", column.name()), "a value in every row")),
    };
    let event = outcome.column("event")?;
    whole(event)?;
    let mut target = Target::new(event.bool()?.iter().flatten())?;
    if let Ok(weight) = outcome.column("weight") {
        whole(weight)?;
        target = target.weights(&weight.cast(&DataType::Float64)?.f64()?.iter().flatten().collect::<Vec<_>>())?;
    }
    if let Ok(group) = outcome.column("group") {
        whole(group)?;
        target = target.groups(&group.u64()?.iter().flatten().collect::<Vec<_>>())?;
    }
    Ok(target)
}
