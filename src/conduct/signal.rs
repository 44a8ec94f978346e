//! The result type: a graded signal with the rows that show it.

use serde::{Deserialize, Serialize};

use crate::domain::{AsOf, Day, Money};

/// How much a signal weighs; it says nothing of guilt.
///
/// ```
/// use wherewithal::conduct::Strength;
///
/// assert!(Strength::Strong > Strength::Medium && Strength::Medium > Strength::Weak);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Worth a question; often innocent.
    Weak,
    /// Worth an inquiry.
    Medium,
    /// Hardly ever seen with debtors who hide nothing.
    Strong,
}

/// A recorded act, or several of one kind, that look like evasion.
///
/// A signal enters no score. The card learns from outcomes alone, and conduct is shown beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConductSignal {
    /// The debtor.
    pub entity_id: i64,
    /// The day of the examination.
    pub as_of: AsOf,
    /// The code of the [`Pattern`](super::Pattern).
    pub pattern: String,
    /// The grade reached.
    pub strength: Strength,
    /// How many acts count for this grade.
    pub acts: usize,
    /// What the acts moved, hid or gave away, as far as amounts are known.
    pub amount: Money,
    /// The day of the first act.
    pub first_on: Day,
    /// The day of the last act.
    pub last_on: Day,
    /// The rows that show the acts, and after them the rows that show who is related.
    pub evidence: Vec<Evidence>,
}

/// A row that shows an act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The day of the act.
    pub on: Day,
    /// The table.
    pub table: String,
    /// The row's number.
    pub record_id: i64,
    /// What this act moved, when known.
    pub amount: Option<Money>,
}
