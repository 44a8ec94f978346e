//! Kinds of enforcement cases by the type code in a case number.

use serde::{Deserialize, Serialize};

/// What an enforcement case is about, by the type code of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// First enforcement (执).
    First,
    /// Resumed enforcement (执恢).
    Resumed,
    /// Preservation (执保).
    Preservation,
    /// Preservation before suit (财保).
    PreSuitPreservation,
    /// Objection (执异).
    Objection,
    /// Review (执复).
    Review,
    /// Supervision (执监).
    Supervision,
    /// Coordination (执协).
    Coordination,
    /// Other enforcement (执他).
    Other,
    /// No enforcement case: a trial, an administrative or a criminal one.
    NotEnforcement,
}

/// Longest codes first: `执` begins most of the others.
pub(super) const TYPES: [(&str, CaseKind); 9] = [
    ("执恢", CaseKind::Resumed),
    ("执保", CaseKind::Preservation),
    ("财保", CaseKind::PreSuitPreservation),
    ("执异", CaseKind::Objection),
    ("执复", CaseKind::Review),
    ("执监", CaseKind::Supervision),
    ("执协", CaseKind::Coordination),
    ("执他", CaseKind::Other),
    ("执", CaseKind::First),
];

impl CaseKind {
    /// The code of table `cases`, column `kind`.
    ///
    /// ```
    /// # use wherewithal::domain::CaseKind;
    /// assert_eq!(CaseKind::Resumed.code(), "resumed");
    /// assert_eq!(CaseKind::Objection.code(), "other"); // the table knows four kinds
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Resumed => "resumed",
            Self::Preservation | Self::PreSuitPreservation => "preservation",
            _ => "other",
        }
    }

    pub(super) fn from_type_code(type_code: &str) -> Self {
        TYPES.iter().find(|(code, _)| *code == type_code).map_or(Self::NotEnforcement, |(_, kind)| *kind)
    }
}
