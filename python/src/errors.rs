//! Errors of the library as exceptions of the package, with the same words.

use pyo3::prelude::*;
use pyo3::types::PyType;
use wherewithal::{Error, Result};

/// Does work while other threads of Python run.
pub(crate) fn work<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.allow_threads(work).map_err(|error| raised(py, &error))
}

/// The exception of an error.
fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let class = py.import("wherewithal._errors").and_then(|errors| errors.getattr(class(error)));
    match class.and_then(|class| Ok(class.downcast_into::<PyType>()?)) {
        Ok(class) => PyErr::from_type(class, error.to_string()),
        Err(fault) => fault,
    }
}

/// The exception's name.
const fn class(error: &Error) -> &'static str {
    match error {
        Error::Io { .. } => "IoError",
        Error::Format { .. } => "FormatError",
        Error::Setting { .. } => "SettingError",
        Error::Table { .. } => "TableError",
        Error::TooLittle { .. } => "TooLittleError",
        Error::Version { .. } => "VersionError",
        Error::Frame(_) => "FrameError",
        Error::Json(_) => "JsonError",
        _ => "WherewithalError",
    }
}
