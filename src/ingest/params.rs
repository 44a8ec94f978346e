//! Settings of reading: what is read, with which mapping and key, and where refused rows go.
//!
//! [`Sources`] says what the rows are and is part of what a run is repeated with; [`ReadParams`] says how
//! they are read, and changes nothing of what comes out except by its bounds.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bounds::Bounds;
use super::database_url::DatabaseUrl;
use super::mapping::Mapping;
use crate::domain::PseudonymKey;
use crate::error::{Error, Result};

/// What is to be read: a folder, a PostgreSQL database or both, what their rows mean, and the key of the pseudonyms.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::PseudonymKey;
/// use wherewithal::ingest::{DatabaseUrl, Mapping, Sources};
///
/// let key = PseudonymKey::from_secret(b"of this court");
/// let sources = Sources::new("answers", key)
///     .with_mapping(Mapping::parse("name = 'banks'")?)
///     .with_database(DatabaseUrl::new("postgresql:///court"));
/// assert_eq!(sources.mapping().name, "banks");
/// assert_eq!(sources.folder(), Some("answers".as_ref()));
/// // The key has a public name, which reports carry; the secret is shown nowhere.
/// assert_eq!(sources.key(), PseudonymKey::from_secret(b"of this court").fingerprint());
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sources {
    pub(super) folder: Option<PathBuf>,
    pub(super) database: Option<DatabaseUrl>,
    pub(super) mapping: Mapping,
    pub(super) key: PseudonymKey,
}

impl Sources {
    /// A folder with files named like the schema's tables, with the schema's own columns.
    ///
    /// The folder is looked at when it is read, not now.
    pub fn new(folder: impl Into<PathBuf>, key: PseudonymKey) -> Self {
        Self { folder: Some(folder.into()), database: None, mapping: Mapping::default(), key }
    }

    /// A database with tables named like the schema's, with the schema's own columns; a build with
    /// the feature `postgres` reads it.
    ///
    /// ```
    /// use wherewithal::domain::PseudonymKey;
    /// use wherewithal::ingest::{DatabaseUrl, Sources};
    ///
    /// let url = DatabaseUrl::new("postgresql:///court");
    /// let sources = Sources::of_database(url, PseudonymKey::from_secret(b"of this court"));
    /// assert_eq!(sources.folder(), None);
    /// ```
    pub fn of_database(database: DatabaseUrl, key: PseudonymKey) -> Self {
        Self { folder: None, database: Some(database), mapping: Mapping::default(), key }
    }

    /// The same folder, and a database beside it.
    #[must_use]
    pub fn with_database(self, database: impl Into<Option<DatabaseUrl>>) -> Self {
        Self { database: database.into(), ..self }
    }

    /// The same sources, read as the mapping says.
    #[must_use]
    pub fn with_mapping(self, mapping: Mapping) -> Self {
        Self { mapping, ..self }
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The public name of the key of the pseudonyms.
    pub fn key(&self) -> String {
        self.key.fingerprint()
    }

    /// What its files mean.
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

/// How a folder is read. No setting but the folders and the bounds changes what is accepted.
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::{Bounds, ReadParams};
///
/// let params = ReadParams::new("out").block_bytes(1 << 16).bounds(Bounds { files: 10, ..Bounds::default() });
/// assert_eq!(params.refused, std::path::Path::new("out/refused"));
/// assert_eq!(params.bounds.files, 10);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadParams {
    /// The folder for the refused rows, which hold source values in clear.
    pub refused: PathBuf,
    /// Bytes of text that one thread reads at a time.
    pub block_bytes: usize,
    /// Rows of a Parquet file that one thread reads at a time, at most.
    pub group_rows: usize,
    /// How much the sources may hold.
    pub bounds: Bounds,
}

impl Default for ReadParams {
    fn default() -> Self {
        Self::new("out")
    }
}

impl ReadParams {
    /// Usual settings with `refused` below the folder `out`.
    pub fn new(out: impl AsRef<Path>) -> Self {
        let out = out.as_ref();
        Self { refused: out.join("refused"), block_bytes: 1 << 20, group_rows: 1 << 17, bounds: Bounds::default() }
    }

    /// Sets the folder for the refused rows.
    #[must_use]
    pub fn refused(self, refused: impl Into<PathBuf>) -> Self {
        Self { refused: refused.into(), ..self }
    }

    /// Sets the bytes of text that one thread reads at a time.
    #[must_use]
    pub fn block_bytes(self, block_bytes: usize) -> Self {
        Self { block_bytes, ..self }
    }

    /// Sets [`ReadParams::group_rows`].
    #[must_use]
    pub fn group_rows(self, group_rows: usize) -> Self {
        Self { group_rows, ..self }
    }

    /// Sets how much the sources may hold.
    #[must_use]
    pub fn bounds(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [("block_bytes", self.block_bytes), ("group_rows", self.group_rows)] {
            if value == 0 {
                return Err(Error::setting(name, value, "at least 1"));
            }
        }
        self.bounds.check()
    }
}
