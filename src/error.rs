//! What went wrong?
//!
//! One error type for the whole crate. Problems of a *row* are findings
//! ([`crate::ingest::Refusal`]), not errors: an error stops the work, a refusal does not. Messages
//! say what was found and what was expected, in lower case and without a full stop, and repeat no
//! number or name of a person: names of files are masked. A message holds its reason, so no error
//! has a source that says the same once more. An error is a [`Sentence`] until it is told, so
//! another language can tell it and leave somebody's names as they are.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::{masked_path, masked_text};
use crate::sentence::{Fills, Sentence, says};

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call could not be carried out.
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file was read but is not what it should be.
    Format {
        /// The file.
        path: PathBuf,
        /// Where in the file, for instance `line 3, column 7: `, or empty.
        location: Sentence,
        /// What stands there.
        found: Sentence,
        /// What should stand there.
        expected: Sentence,
    },
    /// A setting is outside what it may be.
    Setting {
        /// The setting's name as its owner writes it.
        setting: Sentence,
        /// The value given.
        found: Sentence,
        /// The values allowed.
        expected: Sentence,
    },
    /// A table lacks what is asked of it.
    Table {
        /// The table's name.
        table: Sentence,
        /// What stands there.
        found: Sentence,
        /// What should stand there.
        expected: Sentence,
    },
    /// The data cannot support what was asked, for instance a fit on one class.
    TooLittle {
        /// The step that could not be taken.
        what: Sentence,
        /// What there is.
        found: Sentence,
        /// What it takes.
        expected: Sentence,
    },
    /// A stored artifact has a format version this build does not read.
    Version {
        /// What was loaded.
        artifact: Sentence,
        /// Its version.
        found: u32,
        /// The oldest version readable.
        oldest: u32,
        /// The newest version readable.
        newest: u32,
    },
    /// A table operation failed.
    Frame(polars::error::PolarsError),
    /// A document could not be written as or read from JSON.
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

impl std::error::Error for Error {}

/// The error in English.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

/// As people read it: the parts of an error may hold what nothing may repeat.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl Error {
    /// What an error says, to be told in any language.
    pub fn sentence(&self) -> Sentence {
        let foreign = |error: &dyn fmt::Display| Sentence::foreign(masked_text(&error.to_string()));
        match self {
            Self::Io { path, reason } => {
                let (path, reason) = (masked_path(path), Sentence::foreign(reason.to_string()));
                says!("{path}: {reason}", path, reason)
            }
            Self::Format { path, location, found, expected } => {
                let path = masked_path(path);
                says!("{path}: {location}found {found}, expected {expected}", path, location, found, expected)
            }
            Self::Setting { setting, found, expected } => {
                says!("{setting}: found {found}, expected {expected}", setting, found, expected)
            }
            Self::Table { table, found, expected } => {
                says!("table {table}: found {found}, expected {expected}", table, found, expected)
            }
            Self::TooLittle { what, found, expected } => {
                says!("too little data to {what}: found {found}, expected {expected}", what, found, expected)
            }
            Self::Version { artifact, found, oldest, newest } => says!(
                "{artifact}: found format version {found}, this build reads {oldest} to {newest}",
                artifact,
                found,
                oldest,
                newest
            ),
            Self::Frame(reason) => says!("table operation: {text}", text = foreign(reason)),
            Self::Json(reason) => says!("json: {text}", text = foreign(reason)),
        }
    }

    /// An [`Error::Io`] at `path`; made for `map_err`.
    pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |reason| Self::Io { path, reason }
    }

    /// An [`Error::Setting`].
    pub fn setting(setting: impl Into<Sentence>, found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Self {
        Self::Setting { setting: setting.into(), found: found.into(), expected: expected.into() }
    }

    /// An [`Error::Table`].
    pub fn table(table: impl Into<Sentence>, found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Self {
        Self::Table { table: table.into(), found: found.into(), expected: expected.into() }
    }

    /// An [`Error::TooLittle`].
    pub fn too_little(what: impl Into<Sentence>, found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Self {
        Self::TooLittle { what: what.into(), found: found.into(), expected: expected.into() }
    }

    /// An [`Error::Format`] about a whole file.
    pub fn format(path: impl AsRef<Path>, found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Self {
        Self::Format {
            path: path.as_ref().to_path_buf(),
            location: Sentence::default(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// What other crates say of their own errors.
macro_rules! foreign {
    ($($error:ty),*) => {
        $(impl From<$error> for Sentence {
            fn from(error: $error) -> Self {
                Self::foreign(error.to_string())
            }
        })*
    };
}

foreign!(std::io::Error, serde_json::Error, csv::Error, polars::error::PolarsError, toml::ser::Error);

/// What is wrong with a text of TOML, without a piece of it.
impl From<toml::de::Error> for Sentence {
    fn from(error: toml::de::Error) -> Self {
        Self::foreign(error.message())
    }
}

impl Fills for Error {
    fn fills(&self) -> Sentence {
        self.sentence()
    }
}

/// An error within another one.
impl From<Error> for Sentence {
    fn from(error: Error) -> Self {
        error.sentence()
    }
}
