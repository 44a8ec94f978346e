use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ingest::IngestReport;

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
        let unreadable = |error| Error::format(&path, error, "the manifest of a store");
        let Version { format_version: found } = serde_json::from_str(&text).map_err(unreadable)?;
        if found != Self::FORMAT_VERSION {
            let (oldest, newest) = (Self::FORMAT_VERSION, Self::FORMAT_VERSION);
            return Err(Error::Version { artifact: "store".to_owned(), found, oldest, newest });
        }
        serde_json::from_str(&text).map_err(unreadable)
    }

    /// Writes the manifest beside the old one, then puts it in its place in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let (new, path) = (folder.join("manifest.new"), folder.join(Self::FILE));
        let mut file = File::create(&new).map_err(Error::io(&new))?;
        writeln!(file, "{}", serde_json::to_string_pretty(self)?).map_err(Error::io(&new))?;
        file.sync_all().map_err(Error::io(&new))?;
        fs::rename(&new, &path).map_err(Error::io(&path))?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
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

    /// The number, from 1, of the part that was read from exactly these files; the next number when none was.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] with the names of files that the store has already, where others come with them: their rows
    /// would count twice.
    pub fn part_of(&self, report: &IngestReport) -> Result<usize> {
        let digests = || report.files.iter().map(|file| file.blake3.as_str());
        let same = |part: &Part| part.files.iter().map(|file| file.blake3.as_str()).eq(digests());
        if let Some(at) = self.parts.iter().position(same).filter(|_| !report.files.is_empty()) {
            return Ok(at + 1);
        }
        // Files without rows are alike without being the same.
        let kept = self.parts.iter().flat_map(|part| &part.files).filter(|file| file.rows != [0; 3]);
        let kept: Vec<&str> = kept.map(|file| file.blake3.as_str()).collect();
        let again = report.files.iter().filter(|file| file.rows_read > 0 && kept.contains(&file.blake3.as_str()));
        let again: Vec<&str> = again.map(|file| file.file.as_str()).collect();
        if again.is_empty() {
            return Ok(self.parts.len() + 1);
        }
        Err(Error::setting(
            "sources",
            again.join(", "),
            "only files that the store does not have, or a part of it again",
        ))
    }
}
