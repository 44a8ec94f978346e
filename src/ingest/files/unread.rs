//! A file that cannot be read: refused alone, with the reason, while the others are read.
use std::path::{Path, PathBuf};

use super::input::{Fingerprint, fingerprint};
use crate::error::{Error, Result};
use crate::ingest::report::FileReport;
use crate::sentence::{Sentence, says};

/// A file that cannot be read, or not further: it is refused, and the others are read.
#[derive(Debug)]
pub(in crate::ingest) struct Unread {
    /// The path within the folder.
    name: String,
    path: PathBuf,
    /// Where, what was found and what was expected.
    what: [Sentence; 3],
}

impl Unread {
    /// The file at fault; any other error is one of the mapping or of the system, and stays.
    pub(in crate::ingest) fn new((name, path): (&str, &Path), error: Error) -> Result<Self> {
        match error {
            Error::Format { path: wrong, location, found, expected } if wrong == path => {
                Ok(Self { name: name.to_owned(), path: wrong, what: [location, found, expected] })
            }
            other => Err(other),
        }
    }

    /// Why it cannot be read.
    pub(in crate::ingest) fn why(&self) -> Sentence {
        let [location, found, expected] = &self.what;
        says!("{location}found {found}, expected {expected}", location, found, expected)
    }

    /// The error of a folder in which no other file is.
    pub(in crate::ingest) fn into_error(self, folder: &Path) -> Error {
        let [location, found, expected] = self.what;
        Error::Format { path: folder.join(self.name), location, found, expected }
    }

    /// What identifies its content; nothing of a pipe, which may have no end.
    pub(in crate::ingest) fn print(&self) -> Result<Option<Fingerprint>> {
        let is_file = std::fs::metadata(&self.path).is_ok_and(|data| data.is_file());
        is_file.then(|| fingerprint(&self.path)).transpose()
    }

    /// What is reported of a file of which nothing was read.
    pub(in crate::ingest) fn report(&self, ordinal: u64) -> Result<FileReport> {
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let (blake3, bytes) = self.print()?.map(|print| (print.blake3, print.bytes)).unwrap_or_default();
        let (file, format) = (self.name.clone(), ending.unwrap_or_default());
        Ok(FileReport { file, ordinal, format, blake3, bytes, damage: Some(self.why()), ..FileReport::default() })
    }
}
