//! Settings of reading: what is read, with which mapping and key, and where refused rows go.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bounds::Bounds;
use super::database_url::DatabaseUrl;
use super::mapping::Mapping;
use crate::domain::PseudonymKey;
use crate::error::{Error, Result};

/// What is to be read: a folder, a PostgreSQL database or both, what their rows mean, and the key of the pseudonyms.
#[derive(Debug, Clone)]
pub struct Sources {
    pub(super) folder: Option<PathBuf>,
    pub(super) database: Option<DatabaseUrl>,
    pub(super) mapping: Mapping,
    pub(super) key: PseudonymKey,
}

impl Sources {
    /// A folder with files named like the schema's tables, with the schema's own columns.
    pub fn new(folder: impl Into<PathBuf>, key: PseudonymKey) -> Self {
        Self { folder: Some(folder.into()), database: None, mapping: Mapping::default(), key }
    }

    /// A database with tables named like the schema's, with the schema's own columns; a build with
    /// the feature `postgres` reads it.
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
