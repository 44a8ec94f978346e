//! Kinds of parties: natural person, legal person, other organisation.

use serde::{Deserialize, Serialize};

/// What kind of party a debtor is: it decides how creditors share (最高人民法院关于适用《中华人民共和国民事诉讼法》的解释 art.
/// 506–514). A person's creditors may take part in proportion; a company's stand in the order of seizure.
///
/// ```
/// use wherewithal::domain::PartyKind;
///
/// assert_eq!(PartyKind::Company.code(), "company");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A natural person (自然人).
    Person,
    /// A legal person (法人).
    Company,
    /// An organisation without legal personality (非法人组织).
    Organisation,
}

impl PartyKind {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
            Self::Organisation => "organisation",
        }
    }

    /// Reads a table's code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Person, Self::Company, Self::Organisation].into_iter().find(|kind| kind.code() == code)
    }
}
