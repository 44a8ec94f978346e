//! The first part of a store as tasks for any engine.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use wherewithal::ingest::{Mapping, Sources};
use wherewithal::pipeline;
use wherewithal::store::{self, Blob, StoreParams};
use wherewithal::{Error, Result};

use crate::errors::work;
use crate::run::key;
use crate::store::told;

/// A blob as Python has it: its bucket, table, file and chunk, and its bytes.
type Packed = (u32, u32, u64, u32, Vec<u8>);

/// A plan, which is a document.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct FillPlan {
    plan: pipeline::FillPlan,
}

/// A filling whose tasks are under way; nothing once it is finished or given up.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct PlannedFilling {
    planned: Mutex<Option<pipeline::PlannedFilling>>,
}

/// What reads the files of a plan.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct FillReader {
    reader: pipeline::FillReader,
}

/// Who needs whose rows.
#[pyclass(frozen, module = "wherewithal._native")]
#[derive(Debug)]
pub(crate) struct Pairs {
    pairs: store::Pairs,
}

#[pymethods]
impl PlannedFilling {
    /// Plans to fill a store from a folder of files, by a mapping and a key's file, in so many buckets.
    #[staticmethod]
    fn of(
        py: Python<'_>,
        store: PathBuf,
        from: (PathBuf, Option<PathBuf>, Option<PathBuf>),
        buckets: u32,
    ) -> PyResult<Self> {
        work(py, || {
            let planned = sources(&from)?.plan_fill(&store, &StoreParams::default().buckets(buckets))?;
            Ok(Self { planned: Mutex::new(Some(planned)) })
        })
    }

    fn plan(&self, py: Python<'_>) -> PyResult<FillPlan> {
        work(py, || {
            let planned = self.planned.lock().map_err(|_| over())?;
            Ok(FillPlan { plan: planned.as_ref().ok_or_else(over)?.plan().clone() })
        })
    }

    /// Lets the part count, from what files tell of themselves and the reports of buckets: what was read, as JSON.
    fn finish(&self, py: Python<'_>, pairs: &Pairs, from: (Vec<Packed>, Vec<Vec<u8>>)) -> PyResult<String> {
        let (told_of, settled) = from;
        work(py, || {
            let told_of = told_of.into_iter().map(unpacked);
            let intake = self.taken()?.finish(&pairs.pairs, told_of, settled.into_iter().map(Ok))?;
            told(&intake)
        })
    }

    fn give_up(&self, py: Python<'_>) -> PyResult<()> {
        work(py, || self.taken()?.given_up())
    }
}

impl PlannedFilling {
    fn taken(&self) -> Result<pipeline::PlannedFilling> {
        self.planned.lock().ok().and_then(|mut planned| planned.take()).ok_or_else(over)
    }
}

fn over() -> Error {
    Error::setting("filling", "one that is over", "one whose tasks are under way")
}

#[pymethods]
impl FillPlan {
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        work(py, || Ok(Self { plan: pipeline::FillPlan::from_json(text)? }))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        work(py, || Ok(serde_json::to_string(&self.plan)?))
    }

    #[getter]
    fn files(&self) -> u64 {
        self.plan.files()
    }

    #[getter]
    fn buckets(&self) -> u32 {
        self.plan.buckets()
    }

    #[getter]
    fn files_with_pairs(&self) -> Vec<u64> {
        self.plan.files_with_pairs()
    }

    /// The pairs that some bytes of tasks hold, put together.
    fn pairs(&self, py: Python<'_>, told: Vec<Vec<u8>>) -> PyResult<Pairs> {
        work(py, || Ok(Pairs { pairs: self.plan.pairs(told)? }))
    }

    /// Pairs as bytes for tasks elsewhere.
    fn bytes_of<'py>(&self, py: Python<'py>, pairs: &Pairs) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &work(py, || self.plan.bytes_of(&pairs.pairs))?))
    }

    /// A reader of a folder of files, by a mapping and a key's file; refused rows go to a folder.
    fn reader(
        &self,
        py: Python<'_>,
        from: (PathBuf, Option<PathBuf>, Option<PathBuf>),
        refused: PathBuf,
    ) -> PyResult<FillReader> {
        work(py, || Ok(FillReader { reader: self.plan.reader(sources(&from)?, &refused)? }))
    }

    /// Settles a bucket of a store from its blobs: the bytes that report it.
    fn settle<'py>(
        &self,
        py: Python<'py>,
        store: PathBuf,
        of: (u32, PyRef<'py, Pairs>),
        blobs: Bound<'py, PyIterator>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let blobs = blobs.map(|blob| Ok(unpacked(blob?.extract()?))).collect::<PyResult<Vec<_>>>()?;
        let (bucket, pairs) = (of.0, &of.1.pairs);
        Ok(PyBytes::new(py, &work(py, || self.plan.settle(&store, bucket, pairs, blobs))?))
    }
}

#[pymethods]
impl FillReader {
    /// The pairs that a file tells, as bytes.
    fn pairs<'py>(&self, py: Python<'py>, file: u64) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &work(py, || self.reader.pairs(file))?))
    }

    /// The blobs of a file.
    fn read<'py>(
        &self,
        py: Python<'py>,
        file: u64,
        pairs: &Pairs,
    ) -> PyResult<Vec<(u32, u32, u64, u32, Bound<'py, PyBytes>)>> {
        let blobs = work(py, || {
            let mut blobs = Vec::new();
            self.reader.read(file, &pairs.pairs, &mut |blob| {
                blobs.push(blob);
                Ok(())
            })?;
            Ok(blobs)
        })?;
        let packed = |blob: Blob| (blob.bucket, blob.table, blob.file, blob.chunk, PyBytes::new(py, &blob.data));
        Ok(blobs.into_iter().map(packed).collect())
    }
}

fn unpacked((bucket, table, file, chunk, data): Packed) -> Blob {
    Blob::new(bucket, table, file, chunk, data)
}

fn sources((folder, mapping, key_file): &(PathBuf, Option<PathBuf>, Option<PathBuf>)) -> Result<Sources> {
    let mapping = mapping.as_deref().map(|path: &Path| Mapping::load(path)).transpose()?.unwrap_or_default();
    Ok(Sources::new(folder, key(key_file.as_deref())?).with_mapping(mapping))
}
