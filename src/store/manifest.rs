//! The manifest: the parts of a store with files, digests and counts.
//!
//! It is the root of what vouches for the store: it has the digest of each part's list of digests, which
//! has those of the part's files. It also says what was read, so that a file that comes again is known.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport};
use crate::sentence::{Sentence, says};

/// What a store holds: its parts in the order in which they came.
///
/// The store is what its manifest says: a part that no manifest names does not exist.
///
/// # Examples
///
/// ```
/// use wherewithal::store::Manifest;
///
/// let manifest: Manifest = serde_json::from_str(r#"{"format_version": 3, "key": "ab12", "parts": []}"#)?;
/// assert_eq!((manifest.rows(), manifest.buckets()), (0, 1));
/// assert_eq!(manifest.currency, "CNY"); // manifests of before other currencies came
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format.
    pub format_version: u32,
    /// The public name of the key that made the pseudonyms.
    pub key: String,
    /// The currency of all amounts, by its ISO 4217 code.
    #[serde(default = "yuan", skip_serializing_if = "is_yuan")]
    pub currency: String,
    /// The parts.
    pub parts: Vec<Part>,
}

/// The rows that came in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its folder within the store.
    pub folder: String,
    /// Its number, by which rows that are copied are known: none of another part, but not always its place among them.
    pub number: u64,
    /// The number of its buckets, a power of two.
    pub buckets: u32,
    /// The source files that it was read from.
    pub files: Vec<PartFile>,
    /// Its tables.
    pub tables: BTreeMap<String, PartTable>,
    /// BLAKE3 of the part's file `digests`, which vouches for all its other files.
    pub digests: String,
    /// The folders within `refused/` that keep what was refused of these files, and BLAKE3 of the
    /// file `digests` of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, String>,
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
    /// The digest of the mapping that said what the file means.
    pub mapping: String,
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
    /// Rows of these that say the same as rows of earlier parts or of another file of this one, as
    /// a file does that is delivered again with more rows: they count once, as known when they came
    /// first. [`Table::event`](crate::schema::Table::event) says by what.
    #[serde(default, skip_serializing_if = "is_none")]
    pub repeated: u64,
    /// Rows of these that went with a party that was forgotten ([`Store::forget`](super::Store::forget)).
    #[serde(default, skip_serializing_if = "is_none")]
    pub forgotten: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Part {
    /// The largest ordinal of its files; none has 0.
    pub(super) fn ordinal(&self) -> u64 {
        self.files.iter().map(|file| file.ordinal).max().unwrap_or_default()
    }
}

impl Manifest {
    /// The version of the format that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 3;

    pub(super) fn new(key: &str) -> Self {
        Self { format_version: Self::FORMAT_VERSION, key: key.to_owned(), currency: yuan(), parts: Vec::new() }
    }

    /// The manifest in a file; [`commits`](super::commits) knows which one counts.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let is_known = |document: &Value| {
            let found = document.get("format_version").and_then(Value::as_u64).unwrap_or_default();
            if found == u64::from(Self::FORMAT_VERSION) {
                return Ok(());
            }
            let (oldest, newest) = (Self::FORMAT_VERSION, Self::FORMAT_VERSION);
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            Err(Error::Version { artifact: Sentence::name(path.display().to_string()), found, oldest, newest })
        };
        disk::read_document(path, ("the manifest of a store", is_known))
    }

    /// A digest of what was read, however it is cut into buckets and parts.
    ///
    /// # Errors
    ///
    /// None: names and numbers can be written.
    ///
    /// Two stores of the same files have one digest, whatever their layout; `run.json` names it.
    pub fn digest(&self) -> Result<String> {
        let files: Vec<&PartFile> = self.parts.iter().flat_map(|part| &part.files).collect();
        Ok(blake3::hash(&serde_json::to_vec(&(&self.key, files))?).to_hex().to_string())
    }

    /// The largest number of buckets of any part.
    pub fn buckets(&self) -> u32 {
        self.parts.iter().map(|part| part.buckets).max().unwrap_or(1)
    }

    /// Rows that came, over all parts and tables.
    pub fn rows(&self) -> u64 {
        self.parts.iter().flat_map(|part| part.tables.values()).map(|table| table.rows).sum()
    }

    /// Rows by table that say the same as rows that came before, over all parts; they count once.
    pub fn repeated(&self) -> BTreeMap<String, u64> {
        let mut repeated = BTreeMap::new();
        for (name, table) in self.parts.iter().flat_map(|part| &part.tables).filter(|(_, table)| table.repeated > 0) {
            *repeated.entry(name.clone()).or_default() += table.repeated;
        }
        repeated
    }

    /// A number that no part has.
    pub(super) fn next_number(&self) -> u64 {
        self.parts.iter().map(|part| part.number + 1).max().unwrap_or_default()
    }

    pub(super) fn files(&self) -> u64 {
        self.parts.iter().map(Part::ordinal).max().unwrap_or_default()
    }

    /// What reading these files would be to the store.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] with the names of files that the store has already, where others come
    /// with them, or where they were read by another mapping and later parts stand on theirs: their
    /// rows would count twice; for a table of a server of which the store has an earlier state; for
    /// amounts in another currency.
    ///
    /// | the store has | and the files come | standing |
    /// |---|---|---|
    /// | none of the files | – | [`Standing::New`] |
    /// | all of them | by the same mapping | [`Standing::Kept`] |
    /// | all of them, as its last part | by another mapping | [`Standing::Replaces`] |
    /// | some of them | with others | an error that names them |
    pub fn standing(&self, report: &IngestReport) -> Result<Standing> {
        self.regrown(report)?;
        // A report that nobody wrote says no currency.
        if !self.parts.is_empty() && !report.currency.is_empty() && self.currency != report.currency {
            let found = says!("amounts in {}", [report.currency]);
            return Err(Error::setting("sources", found, says!("amounts in {}, as the store has", [self.currency])));
        }
        // Files without rows are alike without being the same.
        let stored = self.parts.iter().flat_map(|part| &part.files).filter(|file| file.rows != [0; 3]);
        let stored: BTreeMap<&str, &PartFile> = stored.map(|file| (file.blake3.as_str(), file)).collect();
        let filled: Vec<&FileReport> = report.files.iter().filter(|file| file.rows_read > 0).collect();
        let again = filled.iter().filter_map(|file| Some((*file, *stored.get(file.blake3.as_str())?)));
        let again: Vec<(&FileReport, &PartFile)> = again.collect();
        if again.is_empty() {
            return Ok(Standing::New);
        }
        // What a file means depends on its name, too.
        let is_alike = |(file, stored): &(&FileReport, &PartFile)| {
            file.file == stored.file && stored.mapping == report.mapping_digest
        };
        if again.len() == filled.len() && again.iter().all(is_alike) {
            return Ok(Standing::Kept);
        }
        let of_last = self.parts.last().into_iter().flat_map(|part| &part.files).filter(|file| file.rows != [0; 3]);
        let key = |file: &PartFile| (file.file.clone(), file.blake3.clone());
        if of_last.map(key).eq(filled.iter().map(|file| (file.file.clone(), file.blake3.clone()))) {
            return Ok(Standing::Replaces);
        }
        let again: Vec<&str> = again.iter().map(|(file, _)| file.file.as_str()).collect();
        Err(Error::setting(
            "sources",
            says!("{}, which the store has", [again.join(", ")]),
            "only files that the store does not have, the files of one part again, or those of the last part by \
             another mapping",
        ))
    }
}

impl Manifest {
    /// Refuses the whole of a server's table of which the store has an earlier state: its rows would count twice.
    fn regrown(&self, report: &IngestReport) -> Result<()> {
        let stored = || self.parts.iter().flat_map(|part| &part.files).filter(|file| file.rows != [0; 3]);
        let is_earlier = |file: &&FileReport| {
            file.format == WHOLE_RELATION
                && stored().any(|stored| stored.file == file.file && stored.blake3 != file.blake3)
        };
        match report.files.iter().find(is_earlier) {
            None => Ok(()),
            Some(file) => Err(Error::setting(
                "sources",
                says!("{}, of which the store has an earlier state", [file.file]),
                "a query for the rows that are new since, or a store that is filled anew",
            )),
        }
    }
}

fn yuan() -> String {
    "CNY".to_owned()
}

fn is_yuan(currency: &str) -> bool {
    currency == "CNY"
}

/// The format of the whole of a server's table.
const WHOLE_RELATION: &str = "postgresql";

/// What some source files are to a store.
///
/// Files without rows are left out of account: they are alike without being the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The store does not have them.
    New,
    /// It has all of them, read by the same mapping.
    Kept,
    /// Its last part is of exactly these, read by another mapping.
    Replaces,
}
