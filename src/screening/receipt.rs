//! Receipts: what is needed to give the same answer again and to check that it is the same.
//!
//! A platform keeps the receipt and not the answer: whoever disputes a refusal years later has the question
//! put again to the edition of that day, and the digests tell whether anything was changed. The edition
//! itself is kept by its owner.

use serde::{Deserialize, Serialize};

use super::answer::{Application, LeftOut, Outcome, Restriction, ScreeningHit};
use super::list::Edition;
use super::screen::{Screener, screen};
use crate::domain::Day;
use crate::error::Result;

/// The version of a receipt's form.
pub const RECEIPT_FORMAT_VERSION: u32 = 2;

/// What it takes to give an answer again and to see that it is the same: the edition, the rules, the settings, the
/// question and the answer, each as a digest. It holds no name and no number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of this form.
    pub format_version: u32,
    /// The edition asked.
    pub edition: Edition,
    /// The short name of the list's key.
    pub key: String,
    /// The rules about activities.
    pub rules: String,
    /// The settings.
    pub settings: String,
    /// The application, under the list's key.
    pub application: String,
    /// The day for which the answer holds.
    pub on: Day,
    /// The outcome.
    pub outcome: Outcome,
    /// Outcome, hits, what was left out, and restrictions.
    pub answer: String,
}

impl Receipt {
    pub(super) fn new(
        screener: &Screener,
        application: &Application,
        answer: (Outcome, &[ScreeningHit], &LeftOut, &[Restriction]),
    ) -> Result<Self> {
        let key = screener.list().key();
        Ok(Self {
            format_version: RECEIPT_FORMAT_VERSION,
            edition: screener.list().edition().clone(),
            key: key.fingerprint(),
            rules: screener.rules_digest().to_owned(),
            settings: screener.settings_digest().to_owned(),
            application: key.digest("application", application)?,
            on: application.on,
            outcome: answer.0,
            answer: key.digest("answer", &answer)?,
        })
    }
}

/// What giving an answer again showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// The same answer.
    Same,
    /// Another edition, key, rule set or setting is loaded than the receipt names.
    OtherGround,
    /// It is not the application that the receipt is about.
    OtherApplication,
    /// The ground and the question are the same, the answer is not: the receipt or the list was tampered with.
    OtherAnswer,
}

/// Gives the answer again and compares it with the receipt.
///
/// # Errors
///
/// As [`screen`].
pub fn replay(screener: &Screener, application: &Application, receipt: &Receipt) -> Result<Replay> {
    let again = screen(screener, application)?.receipt;
    let ground =
        |r: &Receipt| (r.format_version, r.edition.clone(), r.key.clone(), r.rules.clone(), r.settings.clone());
    Ok(if ground(&again) != ground(receipt) {
        Replay::OtherGround
    } else if again.application != receipt.application {
        Replay::OtherApplication
    } else if again == *receipt {
        Replay::Same
    } else {
        Replay::OtherAnswer
    })
}

/// What the person who reviewed a hit found (核查结论).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// The answer reviewed.
    pub receipt: Receipt,
    /// The entry.
    pub entry_id: String,
    /// The finding.
    pub finding: Finding,
    /// Who found it.
    pub reviewer: String,
    /// When.
    pub on: Day,
    /// On what grounds.
    pub grounds: String,
}

/// A reviewer's finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The applicant is the listed party.
    SameParty,
    /// The applicant is another party.
    AnotherParty,
    /// It cannot be told.
    Undecided,
}
