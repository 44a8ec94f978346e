//! The three legal outcomes: none, part or all performed.

use serde::{Deserialize, Serialize};

/// What a debtor performed within the window, in the law's three steps; a later one is more.
///
/// ```
/// use wherewithal::cohort::Outcome;
///
/// assert!(Outcome::None < Outcome::Partial && Outcome::Partial < Outcome::Full);
/// assert_eq!(Outcome::Full.code(), "full");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing (全部未履行).
    None,
    /// A part (部分履行).
    Partial,
    /// All (全部履行).
    Full,
}

impl Outcome {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }

    /// Reads a table's code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::None, Self::Partial, Self::Full].into_iter().find(|outcome| outcome.code() == code)
    }
}
