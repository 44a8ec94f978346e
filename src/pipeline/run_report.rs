use serde::{Deserialize, Serialize};

use super::{LinkedParties, TrainingReport};
use crate::cohort::CohortParams;
use crate::domain::Day;
use crate::model::ScorecardParams;
use crate::score::ScorerParams;

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
    /// The digest of what the store holds, however it is cut.
    pub store: String,
    /// Digest per source file of the store, BLAKE3.
    pub inputs: Vec<(String, String)>,
    /// Rows of these files read, accepted, refused.
    pub rows: [u64; 3],
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
    /// The version of the format that this build writes.
    pub const FORMAT_VERSION: u32 = 2;
}
