use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Label, LegalBasis};

/// The assessment of a model's impact on personal information, as far as a run can tell it (PIPL art. 55 and 56).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactAssessment {
    /// The day that the run describes.
    pub as_of: Day,
    /// Digests of the two cards.
    pub model: [String; 2],
    /// What the run tells, as the text has it.
    pub facts: BTreeMap<String, String>,
    /// Occasion, purpose and necessity, effect on rights, safeguards.
    pub sections: Vec<ImpactSection>,
}

/// One question of the assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactSection {
    /// Its name.
    pub code: String,
    /// The question.
    pub title: Label,
    /// The answers.
    pub lines: Vec<ImpactLine>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactLine {
    /// What is said.
    pub text: Label,
    /// The articles behind it.
    pub basis: Vec<LegalBasis>,
    /// Whether the court has something to fill in, to answer or to refuse.
    pub is_open: bool,
}
