use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a store holds: its parts in the order in which they came.
///
/// The store is what its manifest says: a part that no manifest names does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub format_version: u32,
    /// The public name of the key that made the pseudonyms.
    pub key: String,
    /// The parts.
    pub parts: Vec<Part>,
}

/// The rows that came in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its folder within the store.
    pub folder: String,
    /// The number of its buckets, a power of two.
    pub buckets: u32,
    /// The source files that it was read from.
    pub files: Vec<PartFile>,
    /// Its tables.
    pub tables: BTreeMap<String, PartTable>,
}

/// A source file of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartFile {
    /// The path within the folder of sources.
    pub file: String,
    /// The file's number in `record_id`, over all parts.
    pub ordinal: u64,
    /// BLAKE3 of the file, in hexadecimal.
    pub blake3: String,
    /// Rows read, accepted, refused.
    pub rows: [u64; 3],
}

/// A table of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartTable {
    /// Rows that came.
    pub rows: u64,
    /// Rows that stand in the files: a row that several debtors need stands there once for each.
    pub stored: u64,
}

impl Manifest {
    /// The version of the format that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 1;
    /// The file's name.
    pub(super) const FILE: &'static str = "manifest.json";

    pub(super) fn new(key: &str) -> Self {
        Self { format_version: Self::FORMAT_VERSION, key: key.to_owned(), parts: Vec::new() }
    }

    pub(super) fn load(folder: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        let path = folder.join(Self::FILE);
        let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
        let Version { format_version: found } = serde_json::from_str(&text)?;
        if found != Self::FORMAT_VERSION {
            let (oldest, newest) = (Self::FORMAT_VERSION, Self::FORMAT_VERSION);
            return Err(Error::Version { artifact: "store".to_owned(), found, oldest, newest });
        }
        Ok(serde_json::from_str(&text)?)
    }

    /// Writes the manifest beside the old one, then puts it in its place in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let (new, path) = (folder.join("manifest.new"), folder.join(Self::FILE));
        fs::write(&new, format!("{}\n", serde_json::to_string_pretty(self)?)).map_err(Error::io(&new))?;
        fs::rename(&new, &path).map_err(Error::io(&path))
    }

    /// A digest of what the store holds.
    ///
    /// # Errors
    ///
    /// None: a manifest can be written.
    pub fn digest(&self) -> Result<String> {
        Ok(blake3::hash(&serde_json::to_vec(self)?).to_hex().to_string())
    }

    /// The largest number of buckets of any part.
    pub fn buckets(&self) -> u32 {
        self.parts.iter().map(|part| part.buckets).max().unwrap_or(1)
    }

    /// Rows that came, over all parts and tables.
    pub fn rows(&self) -> u64 {
        self.parts.iter().flat_map(|part| part.tables.values()).map(|table| table.rows).sum()
    }

    pub(super) fn files(&self) -> u64 {
        self.parts.iter().flat_map(|part| &part.files).map(|file| file.ordinal).max().unwrap_or_default()
    }

    /// Whether a part was read from files of these digests.
    pub(super) fn has(&self, digests: &[&str]) -> bool {
        let same = |part: &Part| part.files.iter().map(|file| file.blake3.as_str()).eq(digests.iter().copied());
        !digests.is_empty() && self.parts.iter().any(same)
    }
}
