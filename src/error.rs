//! What went wrong?
//!
//! One error type for the whole crate. Problems of a *row* are findings ([`crate::ingest::Refusal`]), not errors: an
//! error stops the work, a refusal does not. Messages say what was found and what was expected, in lower case and
//! without a full stop, and repeat no number or name of a person: names of files are masked. A message holds its reason, so no
//! error has a source that says the same once more.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::{masked_path, masked_text};

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call could not be carried out.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{path}: {reason}", path = masked_path(.path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file was read but is not what it should be.
    #[error("{path}: {location}found {found}, expected {expected}", path = masked_path(.path))]
    Format {
        /// The file.
        path: PathBuf,
        /// Where in the file, for instance `line 3, column 7: `, or empty.
        location: String,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// A setting is outside what it may be.
    #[error("{setting}: found {found}, expected {expected}")]
    Setting {
        /// The setting's name as its owner writes it.
        setting: String,
        /// The value given.
        found: String,
        /// The values allowed.
        expected: String,
    },
    /// A table lacks what is asked of it.
    #[error("table {table}: found {found}, expected {expected}")]
    Table {
        /// The table's name.
        table: String,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// The data cannot support what was asked, for instance a fit on one class.
    #[error("too little data to {what}: found {found}, expected {expected}")]
    TooLittle {
        /// The step that could not be taken.
        what: String,
        /// What there is.
        found: String,
        /// What it takes.
        expected: String,
    },
    /// A stored artifact has a format version this build does not read.
    #[error("{artifact}: found format version {found}, this build reads {oldest} to {newest}")]
    Version {
        /// What was loaded.
        artifact: String,
        /// Its version.
        found: u32,
        /// The oldest version readable.
        oldest: u32,
        /// The newest version readable.
        newest: u32,
    },
    /// A table operation failed.
    #[error("table operation: {text}", text = masked_text(&.0.to_string()))]
    Frame(polars::error::PolarsError),
    /// A document could not be written as or read from JSON.
    #[error("json: {text}", text = masked_text(&.0.to_string()))]
    Json(serde_json::Error),
}

impl From<polars::error::PolarsError> for Error {
    fn from(reason: polars::error::PolarsError) -> Self {
        Self::Frame(reason)
    }
}

impl From<serde_json::Error> for Error {
    fn from(reason: serde_json::Error) -> Self {
        Self::Json(reason)
    }
}

/// As people read it: the parts of an error may hold what nothing may repeat.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl Error {
    /// An [`Error::Io`] at `path`; made for `map_err`.
    pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |reason| Self::Io { path, reason }
    }

    /// An [`Error::Setting`].
    pub fn setting(setting: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::Setting { setting: setting.into(), found: found.to_string(), expected: expected.into() }
    }

    /// An [`Error::Table`].
    pub fn table(table: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::Table { table: table.into(), found: found.to_string(), expected: expected.into() }
    }

    /// An [`Error::TooLittle`].
    pub fn too_little(what: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::TooLittle { what: what.into(), found: found.to_string(), expected: expected.into() }
    }

    /// An [`Error::Format`] about a whole file.
    pub fn format(path: impl AsRef<Path>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::Format {
            path: path.as_ref().to_path_buf(),
            location: String::new(),
            found: found.to_string(),
            expected: expected.into(),
        }
    }
}
