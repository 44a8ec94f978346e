//! Result types: the legal finding (able to perform none, part or all), what would change it, and
//! notes for the reader.

use serde::{Deserialize, Serialize};

use super::{BurdenKind, Factor, Scenario};

/// The legal finding: is the debtor able to perform all, a part, or nothing (法释〔2024〕13号, art. 5)?
///
/// ```
/// use wherewithal::capacity::Ability;
///
/// assert!(Ability::None < Ability::Part && Ability::Part < Ability::All);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Nothing (无履行能力).
    None,
    /// A part (部分履行能力).
    Part,
    /// All (全部履行能力).
    All,
}

/// One thing that alone would change the expected finding.
///
/// A judge reads it as a question: what is this home worth, was the mortgage paid down?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurningPoint {
    /// What it turns on.
    pub factor: Factor,
    /// Which way that thing turns out.
    pub outcome: Outturn,
    /// The finding then.
    pub ability: Ability,
}

/// Which way an uncertain thing turns out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outturn {
    /// As under this scenario.
    As(Scenario),
    /// Sold in this round at its lowest price.
    SoldInRound(u32),
    /// Not sold in any round.
    Unsold,
}

/// Something that a reader of the statement must know.
///
/// Pages say each of them in both languages; none is left out for being usual.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// No living costs were supplied: income is only bounded, and ready money is not reduced.
    LivingCostsNotSupplied,
    /// The size of the household is not known.
    HouseholdUnknown,
    /// An asset has no value on record: the range stated for its class was used.
    ValueUnknown {
        /// The asset's position.
        asset: usize,
    },
    /// A valuation has run out.
    ValuationStale {
        /// The asset's position.
        asset: usize,
    },
    /// A burden has no amount on record: what it takes is a range.
    AmountUnknown {
        /// The asset's position.
        asset: usize,
        /// The burden's record.
        record: i64,
    },
    /// The expected price leaves nothing after costs and secured claims: no sale at that reserve.
    NoSurplus {
        /// The asset's position.
        asset: usize,
    },
    /// A seizure of this court has run out.
    OwnSeizureLapsed {
        /// The asset's position.
        asset: usize,
        /// The seizure's record.
        record: i64,
    },
    /// The one home found is taken for the only home.
    OnlyHomePresumed {
        /// The asset's position.
        asset: usize,
    },
    /// The end of the titled period is not on record: doubled interest is counted from the filing day.
    DelayStartAssumed {
        /// The case.
        case_id: i64,
    },
    /// No rule is in force for something that the statement needs; its neutral value was used.
    NoRule {
        /// The rule that is missing.
        rule: String,
    },
    /// No place in the order is stated for this kind of burden; it was put before ordinary claims.
    OrderAssumed {
        /// The kind of burden.
        kind: BurdenKind,
    },
    /// A holder of information gave no answer: nothing found there does not mean nothing is there.
    Unanswered {
        /// The holder's kind, as in the ledger of queries.
        source: String,
    },
    /// No holder of information gave any answer: the figures say nothing about the debtor's means.
    NothingAsked,
    /// No claim of this court is open.
    NoClaim,
}
