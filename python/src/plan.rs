//! A run as tasks for any engine.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use wherewithal::capacity::CapacityRules;
use wherewithal::pipeline::{self, AssessParams, PerformanceModel};
use wherewithal::progress::Silent;
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::run::Asked;

/// A plan, which is a document.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct Plan {
    plan: pipeline::Plan,
}

/// What assesses units of a plan.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct Worker {
    worker: pipeline::Worker,
}

#[pymethods]
impl Plan {
    /// Plans the run that is asked for.
    #[staticmethod]
    fn of(py: Python<'_>, asked: &str) -> PyResult<Self> {
        work(py, || Ok(Self { plan: pipeline::Plan::new(&params(asked)?)? }))
    }

    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        work(py, || Ok(Self { plan: pipeline::Plan::from_json(text)? }))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || Ok(serde_json::to_string(&self.plan)?))
    }

    #[getter]
    fn units(&self) -> usize {
        self.plan.units()
    }

    /// A worker by a store and a model, under a folder of rules and a file of living costs.
    fn worker(
        &self,
        py: Python<'_>,
        by: (PathBuf, PathBuf),
        under: (Option<PathBuf>, Option<PathBuf>),
    ) -> PyResult<Worker> {
        let ((store, model), (rules, living_costs)) = (by, under);
        work(py, || {
            let mut under = rules.as_deref().map_or_else(CapacityRules::standard, CapacityRules::load)?;
            if let Some(path) = living_costs {
                under = under.with_living_costs(&std::fs::read_to_string(&path).map_err(Error::io(&path))?)?;
            }
            let model = PerformanceModel::read(&model)?.with_rules(under)?;
            Ok(Worker { worker: self.plan.worker(&store, model)? })
        })
    }

    /// Finishes the run that was asked for, from pairs of a unit's number and its bytes.
    fn finish(&self, py: Python<'_>, asked: &str, units: Bound<'_, PyIterator>) -> PyResult<()> {
        let (units, mut raised) = (units.unbind(), None);
        let next = || {
            let pair = Python::with_gil(|py| {
                let next = units.clone_ref(py).into_bound(py).next()?;
                Some(next.and_then(|pair| pair.extract::<(usize, Vec<u8>)>()))
            })?;
            Some(pair.map_err(|fault| {
                raised = Some(fault);
                Error::setting("units", "an error", "the bytes of every unit")
            }))
        };
        let outcome = work(py, || self.plan.finish(&params(asked)?, std::iter::from_fn(next), &Silent).map(drop));
        raised.map_or(outcome, Err)
    }
}

#[pymethods]
impl Worker {
    /// The folders of the store in which a unit reads.
    fn reads(&self, py: Python<'_>, unit: usize) -> PyResult<Vec<String>> {
        work(py, || self.worker.reads(unit))
    }

    /// The bytes of a unit.
    fn assess<'py>(&self, py: Python<'py>, unit: usize) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &work(py, || self.worker.assess(unit))?))
    }
}

fn params(asked: &str) -> Result<AssessParams> {
    serde_json::from_str::<Asked>(asked)?.params()
}
