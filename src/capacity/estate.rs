//! The input of a statement of means: the recorded assets, incomes, burdens and claims of one
//! debtor on one day. Nothing here is estimated.
//!
//! A program that has its facts elsewhere builds an [`Estate`] and calls
//! [`assess_estate`](super::assess_estate()); from a snapshot [`estates`](super::estates()) reads them.

use serde::{Deserialize, Serialize};

use super::{AssetClass, Claim, Rate};
use crate::domain::{AsOf, Day, Money, PartyKind};

/// What is known, on one day, of what a debtor has, owes and earns: the facts that a statement of means is made from.
///
/// Everything in it is a recorded fact; ranges and legal numbers come from [`CapacityRules`](super::CapacityRules).
///
/// # Examples
///
/// ```
/// use wherewithal::capacity::{Asset, AssetClass, Estate};
/// use wherewithal::domain::{Day, Money, PartyKind};
///
/// let mut estate = Estate::new(42, Day::EPOCH, PartyKind::Person);
/// estate.assets.push(Asset::new(1, AssetClass::Deposit, Money::from_fen(500_000)));
/// assert_eq!(estate.household_persons, None); // unknown, and not one
/// let text = serde_json::to_string(&estate)?;
/// assert_eq!(serde_json::from_str::<Estate>(&text)?, estate);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estate {
    /// The debtor, as a keyed pseudonym.
    pub entity_id: i64,
    /// The day whose knowledge this is.
    pub as_of: AsOf,
    /// Natural person, legal person or other organisation.
    pub party: PartyKind,
    /// Area code of the debtor's place; rules of a longer matching prefix go before general ones.
    #[serde(default)]
    pub region: String,
    /// Persons living on the debtor's means, the debtor included.
    #[serde(default)]
    pub household_persons: Option<u32>,
    /// Since when the debtor is married, while the marriage lasts.
    #[serde(default)]
    pub married_since: Option<Day>,
    /// Assets, in the order in which they are taken: [`AssetClass`] lists the practice.
    #[serde(default)]
    pub assets: Vec<Asset>,
    /// Incomes.
    #[serde(default)]
    pub incomes: Vec<Income>,
    /// Claims of other creditors that are known and rest on no seizure among the assets' burdens.
    #[serde(default)]
    pub other_claims: Vec<OtherClaim>,
    /// Tax arrears that rest on no single asset: they come before unsecured claims (税收征收管理法 45).
    #[serde(default)]
    pub tax_arrears: Vec<OtherClaim>,
    /// This court's open claims against the debtor.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Holders of information that gave no answer by that day, by their names in the ledger of queries.
    #[serde(default)]
    pub unanswered: Vec<String>,
    /// Whether no holder of information gave any answer by that day.
    #[serde(default)]
    pub is_unasked: bool,
}

impl Estate {
    /// An estate with nothing in it yet.
    pub fn new(entity_id: i64, as_of: AsOf, party: PartyKind) -> Self {
        Self {
            entity_id,
            as_of,
            party,
            region: String::new(),
            household_persons: None,
            married_since: None,
            assets: Vec::new(),
            incomes: Vec::new(),
            other_claims: Vec::new(),
            tax_arrears: Vec::new(),
            claims: Vec::new(),
            unanswered: Vec::new(),
            is_unasked: false,
        }
    }
}

/// One asset as recorded.
///
/// Amounts are of the whole asset; `share` and `ownership` say how much of it is the debtor's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The record that shows it.
    pub record: i64,
    /// The asset's own pseudonym.
    pub item: i64,
    /// What kind of property it is.
    pub class: AssetClass,
    /// The value of the whole asset, where one is recorded. Below zero counts as nothing.
    pub value: Option<Money>,
    /// How the value was found.
    #[serde(default)]
    pub valued_by: Valuation,
    /// When it was valued.
    #[serde(default)]
    pub valued_on: Option<Day>,
    /// When it was acquired.
    #[serde(default)]
    pub acquired_on: Option<Day>,
    /// The debtor's share of it, where stated.
    #[serde(default)]
    pub share: Option<Rate>,
    /// How it is owned.
    #[serde(default)]
    pub ownership: Ownership,
    /// Whether the account is protected as a whole (wages of others, social insurance).
    #[serde(default)]
    pub is_protected: bool,
    /// Whether it is the household's only home, where known.
    #[serde(default)]
    pub is_only_home: Option<bool>,
    /// The monthly market rent of a like home.
    #[serde(default)]
    pub monthly_rent: Option<Money>,
    /// Whether only an advance notice is registered.
    #[serde(default)]
    pub is_notice: bool,
    /// Whether the court holds a movable, where known.
    #[serde(default)]
    pub is_in_hand: Option<bool>,
    /// What lies on it, released burdens left out.
    #[serde(default)]
    pub burdens: Vec<Burden>,
}

impl Asset {
    /// A sole, unburdened asset worth `value` at its balance or stated price.
    pub fn new(record: i64, class: AssetClass, value: Money) -> Self {
        Self {
            record,
            item: record,
            class,
            value: Some(value),
            valued_by: if class.is_auctioned() { Valuation::Appraisal } else { Valuation::Balance },
            valued_on: None,
            acquired_on: None,
            share: None,
            ownership: Ownership::Sole,
            is_protected: false,
            is_only_home: None,
            monthly_rent: None,
            is_notice: false,
            is_in_hand: None,
            burdens: Vec::new(),
        }
    }
}

/// How a value was found (法释〔2018〕15号 for the first four).
///
/// ```
/// use wherewithal::capacity::Valuation;
///
/// assert_eq!(Valuation::from_code("tax_base"), Valuation::TaxBase);
/// assert_eq!(Valuation::from_code("a guess"), Valuation::Other);
/// assert_eq!(Valuation::default().code(), "other");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Valuation {
    /// The parties agreed on it.
    Agreement,
    /// An office was asked.
    DirectedInquiry,
    /// Platforms were asked; the mean of their answers.
    NetworkInquiry,
    /// An appraiser's report.
    Appraisal,
    /// The tax base.
    TaxBase,
    /// A balance or cash value that an institution answered.
    Balance,
    /// Capital paid in, for want of a value.
    PaidIn,
    /// The debtor's own statement.
    Declared,
    /// Not stated.
    #[default]
    Other,
}

impl Valuation {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Agreement, "agreement"),
        (Self::DirectedInquiry, "directed_inquiry"),
        (Self::NetworkInquiry, "network_inquiry"),
        (Self::Appraisal, "appraisal"),
        (Self::TaxBase, "tax_base"),
        (Self::Balance, "balance"),
        (Self::PaidIn, "paid_in"),
        (Self::Declared, "declared"),
        (Self::Other, "other"),
    ];

    /// The code, as in tables and in the files of rules.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(valuation, _)| *valuation == self).map_or("other", |(_, code)| code)
    }

    /// Reads a code; an unknown one is [`Valuation::Other`].
    pub fn from_code(code: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == code).map_or(Self::Other, |(valuation, _)| *valuation)
    }
}

/// How an asset is owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// In the debtor's name alone; inside a marriage it may still be joint.
    #[default]
    Sole,
    /// Jointly, without stated shares.
    Joint,
    /// By shares.
    ByShare,
}

/// An amount of money that may be known only in part.
///
/// ```
/// use wherewithal::capacity::Amount;
/// use wherewithal::domain::Money;
///
/// // A bank that tells of a mortgage and not of its amount has told neither 0 nor the value of the home.
/// assert_ne!(Amount::Unknown, Amount::Known(Money::ZERO));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// The amount is recorded.
    Known(Money),
    /// Only a cap is recorded, as in a maximum-amount mortgage (最高额抵押).
    AtMost(Money),
    /// No amount is recorded: neither zero nor the value of the asset may be assumed.
    Unknown,
}

/// What lies on an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burden {
    /// The record that shows it.
    pub record: i64,
    /// What kind of burden it is.
    pub kind: BurdenKind,
    /// The rank among burdens of its kind, from 1.
    pub rank: u32,
    /// The amount secured or seized for.
    pub amount: Amount,
    /// The day of registration.
    pub since: Day,
    /// The last day of effect, where recorded.
    #[serde(default)]
    pub until: Option<Day>,
    /// Who holds it.
    #[serde(default)]
    pub holder: Option<String>,
    /// This court's case that it serves; `None` when it is another's.
    #[serde(default)]
    pub our_case: Option<i64>,
}

/// Kinds of burdens.
///
/// ```
/// use wherewithal::capacity::BurdenKind;
///
/// assert!(BurdenKind::Mortgage.is_secured() && !BurdenKind::Seizure.is_secured());
/// assert_eq!(BurdenKind::from_code("pledge"), Some(BurdenKind::Pledge));
/// assert_eq!(BurdenKind::from_code("promise"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BurdenKind {
    /// A consumer who bought the home from its developer.
    Homebuyer,
    /// The price of construction (民法典 807).
    ConstructionPrice,
    /// Retention of a movable.
    Retention,
    /// Mortgage.
    Mortgage,
    /// Pledge.
    Pledge,
    /// Tax arrears.
    Tax,
    /// Seizure, sealing or freeze.
    Seizure,
    /// A seizure waiting behind another.
    WaitingSeizure,
    /// A seizure of a right before its registration.
    AdvanceSeizure,
    /// A lease.
    Lease,
    /// A recorded objection.
    Objection,
}

impl BurdenKind {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Homebuyer, "homebuyer"),
        (Self::ConstructionPrice, "construction_price"),
        (Self::Retention, "retention"),
        (Self::Mortgage, "mortgage"),
        (Self::Pledge, "pledge"),
        (Self::Tax, "tax"),
        (Self::Seizure, "seizure"),
        (Self::WaitingSeizure, "waiting_seizure"),
        (Self::AdvanceSeizure, "advance_seizure"),
        (Self::Lease, "lease"),
        (Self::Objection, "objection"),
    ];

    /// The code, as in tables and in the files of rules.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, code)| code)
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }

    /// Whether it is a court's measure for an ordinary claim.
    pub(crate) const fn is_seizure(self) -> bool {
        matches!(self, Self::Seizure | Self::WaitingSeizure | Self::AdvanceSeizure)
    }

    /// Whether it is paid from the asset before ordinary claims.
    pub const fn is_secured(self) -> bool {
        matches!(
            self,
            Self::Homebuyer | Self::ConstructionPrice | Self::Retention | Self::Mortgage | Self::Pledge | Self::Tax
        )
    }
}

/// One stream of income.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Income {
    /// The latest record that shows it.
    pub record: i64,
    /// What it is, as the source says: wage, pension, rent …
    pub kind: String,
    /// Net amount per month.
    pub monthly: Money,
    /// Attachments by others that go before this court's.
    #[serde(default)]
    pub earlier_attachments: u32,
}

/// A claim of another creditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherClaim {
    /// The record that shows it.
    pub record: i64,
    /// Who holds it.
    #[serde(default)]
    pub holder: Option<String>,
    /// What is claimed.
    pub amount: Money,
}
