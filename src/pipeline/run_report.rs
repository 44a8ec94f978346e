//! The record of a run (`run.json`): versions, parameters, digests and counts.
//!
//! With the store, the model and this record a run can be made again, and the digests of its outputs tell
//! whether it came out the same. It holds no party.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LinkedParties, TrainingReport};
use crate::cohort::CohortParams;
use crate::disk;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::model::ScorecardParams;
use crate::score::ScorerParams;
use crate::sentence::{Sentence, says};

/// What a run was made of and found, so that it can be repeated: `run.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RunReport {
    /// The format of this report.
    pub format_version: u32,
    /// The version of the crate.
    pub version: String,
    /// The day described.
    pub as_of: Day,
    /// The first day of the news, when only some were assessed.
    pub since: Option<Day>,
    /// Whether closed cases were looked at again.
    pub watch: bool,
    /// The public name of the pseudonyms' key.
    pub key: String,
    /// The currency of all amounts, by its ISO 4217 code.
    #[serde(default = "yuan", skip_serializing_if = "is_yuan")]
    pub currency: String,
    /// Whether that key is [`PseudonymKey::public`](crate::domain::PseudonymKey::public): then pseudonyms hide nobody.
    pub is_key_public: bool,
    /// The digest of what the store holds, however it is cut.
    pub store: String,
    /// Digest per source file of the store, BLAKE3.
    pub inputs: Vec<(String, String)>,
    /// Rows of these files read, accepted, refused.
    pub rows: [u64; 3],
    /// Rows by table that say the same as rows of an earlier part of the store, and so count once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub repeated: BTreeMap<String, u64>,
    /// The name and the digest of the rules behind the statements of means, living costs included.
    pub rules: (String, String),
    /// The file of living costs and its digest, BLAKE3; none when none was supplied.
    pub living_costs: Option<(String, String)>,
    /// Which identifiers were joined; absent when there was nothing to join.
    #[serde(default, skip_serializing_if = "LinkedParties::is_nothing")]
    pub linked: LinkedParties,
    /// Digests of the two cards.
    pub model: [String; 2],
    /// The digest of the catalogue whose features were computed.
    pub catalog: String,
    /// Whether they were written.
    pub features: bool,
    /// How outcomes were counted.
    pub cohort: CohortParams,
    /// How cards were fitted.
    pub scorecard: ScorecardParams,
    /// How scores became grades.
    pub scorer: ScorerParams,
    /// What training saw, when the model was trained in this run.
    pub training: Option<TrainingReport>,
    /// Debtors assessed, and those of them without a score.
    pub debtors: [usize; 2],
    /// Debtors portrayed.
    pub portrayed: usize,
    /// Digest per file written, BLAKE3.
    pub outputs: Vec<(String, String)>,
}

fn yuan() -> String {
    "CNY".to_owned()
}

fn is_yuan(currency: &str) -> bool {
    currency == "CNY"
}

impl RunReport {
    /// The version of the format that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 3;
    /// The file's name.
    pub const FILE: &'static str = "run.json";

    /// Reads the report of the run that wrote to the folder `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when there is none: a run writes it last, so that one without it did not end.
    /// [`Error::Format`] and [`Error::Version`] for one that was changed, or that this build does
    /// not read.
    pub fn read(out: &Path) -> Result<Self> {
        let is_known = |document: &Value| {
            let found = document.get("format_version").and_then(Value::as_u64).unwrap_or_default();
            let version = Self::FORMAT_VERSION;
            if found == u64::from(version) {
                return Ok(());
            }
            let (artifact, found) =
                (Sentence::name(out.join(Self::FILE).display().to_string()), u32::try_from(found).unwrap_or(u32::MAX));
            Err(Error::Version { artifact, found, oldest: version, newest: version })
        };
        disk::read_document(&out.join(Self::FILE), ("the report of a run", is_known))
    }

    /// A file that the run wrote to the folder `out`, as it was written.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a name that the run did not write, [`Error::Format`] for a file that was changed since.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::path::Path;
    /// use wherewithal::pipeline::RunReport;
    ///
    /// let out = Path::new("out/district");
    /// let portraits = RunReport::read(out)?.output(out, "profiles.ndjson")?;
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn output(&self, out: &Path, name: &str) -> Result<Vec<u8>> {
        let names = || self.outputs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let unknown =
            || Error::setting("output", Sentence::value(name), says!("one of those that the run wrote: {}", [names()]));
        let (_, digest) = self.outputs.iter().find(|(output, _)| output == name).ok_or_else(unknown)?;
        let path = out.join(name);
        let bytes = disk::read(&path)?;
        match blake3::hash(&bytes).to_hex().as_str() == digest {
            true => Ok(bytes),
            false => Err(Error::format(&path, "another content", "the file as the run wrote it; assess again")),
        }
    }
}
