//! The profile of one debtor, and how it is read from and written to JSON.
//!
//! A field that was added later has a default, so that documents of before are read; a document of another
//! format is refused by name (law 9).

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::{Dimension, Docket, Expected, Means, Moment, Reason, SignalLine, SourceCoverage, Standing, Way, Worth};
use crate::domain::{Day, Money, PartyKind};

/// The format of profiles that this build writes and reads; 1 had no sums of groups and no ends of moments.
pub const FORMAT_VERSION: u32 = 2;

/// Reads the format of a profile and refuses any other than this build's, by name (law 9).
fn own_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        FORMAT_VERSION => Ok(FORMAT_VERSION),
        other => Err(D::Error::custom(format!("profile of format {other}, expected format {FORMAT_VERSION}"))),
    }
}

/// Everything asserted about one debtor on one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebtorProfile {
    /// The format of this profile.
    #[serde(deserialize_with = "own_format")]
    pub format_version: u32,
    /// The debtor's keyed pseudonym, sixteen hexadecimal digits.
    pub entity: String,
    /// The name, masked.
    pub masked_name: Option<String>,
    /// The identifier, masked.
    pub masked_number: Option<String>,
    /// Person, company or other organisation.
    pub kind: Option<PartyKind>,
    /// The day described: nothing known later was used.
    pub as_of: Option<Day>,
    /// The model that scored.
    pub model: ModelStamp,
    /// The score, or why there is none.
    pub standing: Standing,
    /// The cases in which this party is a debtor, oldest first.
    pub cases: Vec<CaseLine>,
    /// Points by family of features.
    pub dimensions: Vec<Dimension>,
    /// The strongest reasons, first the one that moves the score most.
    pub reasons: Vec<Reason>,
    /// Who was asked and who answered.
    pub coverage: Vec<SourceCoverage>,
    /// What is expected to come in within the window; none without a score, where a claim is
    /// unknown, or by a model that does not tell.
    #[serde(default)]
    pub expected: Option<Expected>,
    /// What could be recovered; none when it was not assessed.
    #[serde(default)]
    pub means: Option<Means>,
    /// Recorded acts that look like evasion, strongest first; none when conduct was not examined.
    #[serde(default)]
    pub signals: Option<Vec<SignalLine>>,
    /// What the court did and knows in these cases; none when it was not looked up.
    #[serde(default)]
    pub docket: Option<Docket>,
    /// What became known when, oldest first.
    #[serde(default)]
    pub timeline: Vec<Moment>,
    /// Smallest changes that would move the grade up.
    #[serde(default)]
    pub ways: Vec<Way>,
    /// Which further answers could change the result most, first the one that would.
    #[serde(default)]
    pub worth: Vec<Worth>,
    /// The judge's own finding; empty until a judge writes it.
    pub finding: JudgeFinding,
}

impl Default for DebtorProfile {
    fn default() -> Self {
        Self {
            format_version: FORMAT_VERSION,
            entity: String::new(),
            masked_name: None,
            masked_number: None,
            kind: None,
            as_of: None,
            model: ModelStamp::default(),
            standing: Standing::default(),
            cases: Vec::new(),
            dimensions: Vec::new(),
            reasons: Vec::new(),
            coverage: Vec::new(),
            expected: None,
            means: None,
            signals: None,
            docket: None,
            timeline: Vec::new(),
            ways: Vec::new(),
            worth: Vec::new(),
            finding: JudgeFinding::default(),
        }
    }
}

impl DebtorProfile {
    /// The principal of all cases.
    ///
    /// Cases whose principal the court did not say add nothing: where one is `None` the sum is a lower
    /// bound.
    pub fn claim(&self) -> Money {
        self.cases.iter().filter_map(|case| case.claim).sum()
    }
}

/// Which model scored, so that the score can be repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelStamp {
    /// Digest of the model for "any performance".
    pub any: String,
    /// Digest of the model for "full performance".
    pub full: String,
    /// The days from `as_of` within which performance was counted.
    pub window_days: i32,
}

/// One case of the debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseLine {
    /// The case number as the court writes it.
    pub case_no: Option<String>,
    /// The court.
    pub court: Option<String>,
    /// The filing day.
    pub filed_on: Day,
    /// The principal applied for; none when the court did not say.
    pub claim: Option<Money>,
}

/// What the judge found, in the judge's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgeFinding {
    /// The finding.
    pub finding: Option<String>,
    /// Why it departs from the estimate, where it does.
    pub reason: Option<String>,
}
