//! A conduct signal as a portrait shows it, with its articles and records.
//!
//! The page says beside each signal what else could explain it, before it says how grave it is.

use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::conduct::{ConductSignal, Pattern, Strength};
use crate::domain::{Day, Label, LegalBasis, Money, cite};
use crate::error::Result;

/// A recorded act that looks like evasion, as the portrait tells it. It is a question to the debtor, not a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalLine {
    /// The code of the pattern.
    pub pattern: String,
    /// The pattern in both languages.
    pub label: Label,
    /// The grade.
    pub strength: Strength,
    /// How many acts count.
    pub acts: usize,
    /// What they moved, as far as amounts are known.
    pub amount: Option<Money>,
    /// The day of the first act.
    pub first_on: Day,
    /// The day of the last act.
    pub last_on: Day,
    /// The articles in force on the day.
    pub basis: Vec<LegalBasis>,
    /// The innocent explanations to rule out first.
    pub innocent: Vec<Label>,
    /// The rows that show the acts, at most a few.
    pub records: Vec<RecordRef>,
    /// How many rows there are.
    pub records_total: usize,
}

/// Rows shown for one signal.
const MOST_RECORDS: usize = 8;

impl SignalLine {
    /// The portrait's line of a signal; `cite_row` turns a row's table and number into file and line.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`](crate::Error::Setting) when the pattern cites an unknown instrument.
    pub fn from_signal(
        signal: &ConductSignal,
        pattern: &Pattern,
        cite_row: impl Fn(&str, i64) -> RecordRef,
    ) -> Result<Self> {
        let rows = signal.evidence.iter().take(MOST_RECORDS);
        Ok(Self {
            pattern: signal.pattern.clone(),
            label: pattern.label(),
            strength: signal.strength,
            acts: signal.acts,
            amount: (signal.amount > Money::ZERO).then_some(signal.amount),
            first_on: signal.first_on,
            last_on: signal.last_on,
            basis: cite(&pattern.basis, signal.as_of)?,
            innocent: pattern.innocent.clone(),
            records: rows.map(|row| cite_row(&row.table, row.record_id)).collect(),
            records_total: signal.evidence.len(),
        })
    }
}
