//! The result: a list of measures to consider, each with its conditions, its articles, its yield
//! and its cost.

use serde::{Deserialize, Serialize};

use super::Duty;
use crate::domain::{Day, Label, LegalBasis, Money};

/// What a judge may consider for one debtor. It is a suggestion from the records named in the profile; nothing is done
/// with it here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Advice {
    /// The debtor's keyed pseudonym.
    pub entity: String,
    /// The day for which the law was quoted.
    pub as_of: Option<Day>,
    /// The measures: first those that bring money, by expected recovery per hour of work; then what the court is to do;
    /// then what it may do.
    pub measures: Vec<Measure>,
}

/// One measure to consider.
///
/// `yields` divided by `effort_hours` decides the order among measures that bring money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Measure {
    /// Its name.
    pub code: String,
    /// Its group.
    pub group: String,
    /// In both languages.
    pub label: Label,
    /// Why it comes to mind.
    pub why: Label,
    /// Whether the law leaves a choice once the conditions are verified.
    pub duty: Duty,
    /// Conditions that the profile shows to be met.
    pub met: Vec<Checked>,
    /// Conditions that the profile does not answer, and what no source tells.
    pub verify: Vec<Label>,
    /// Sources to ask, the most worthwhile first; for searches.
    pub sources: Vec<String>,
    /// What it could bring: an amount of the profile, at most what is owed; none when it brings no money by itself.
    pub yields: Option<Money>,
    /// Hours of the court's own work: a stated assumption.
    pub effort_hours: f64,
    /// Calendar days until it brings something.
    pub wait_days: u32,
    /// The articles in force on the day.
    pub basis: Vec<LegalBasis>,
}

/// A condition that is met, and by which value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Checked {
    /// The condition in words.
    pub label: Label,
    /// The fact.
    pub fact: String,
    /// Its value.
    pub value: f64,
}
