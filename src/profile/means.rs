//! The statement of means, summed up by class of property for a portrait.
//!
//! A statement has a line for each account and home; a portrait has one for each class, with the records
//! behind it, and keeps every sum.

use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::capacity::{Ability, AssetClass, CapacityStatement, Citation, Finding, Layer, Scenarios, Waterfall};
use crate::domain::Money;

/// What could be recovered, class by class: a [`CapacityStatement`] brought down to what a portrait shows.
///
/// # Properties
///
/// In every scenario gross = haircut + costs + secured + co-owners + exempt + priority + available,
/// to the fen (law 3), for each line and for the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// The rules, as their folder is named.
    pub rules: String,
    /// The digest of the rules.
    pub rules_digest: String,
    /// Months of income that count.
    pub horizon_months: u32,
    /// What the claims amount to, with interest and costs.
    pub owed: Money,
    /// What the claims would get.
    pub recovered: Scenarios<Money>,
    /// What others would get.
    pub to_others: Scenarios<Money>,
    /// Recovered over owed, 0 to 1; none where nothing is owed.
    pub coverage: Scenarios<Option<f64>>,
    /// The finding: none, part, all.
    pub ability: Scenarios<Ability>,
    /// One line per class of property, in the order in which courts take it.
    pub lines: Vec<MeansLine>,
    /// All lines together.
    pub total: Layers,
    /// What is available of the classes that one measure takes together; groups of which nothing was found are absent.
    pub groups: Vec<MeansGroup>,
    /// What a reader must know, and how often it applies.
    pub notes: Vec<MeansNote>,
    /// The rules that the statement rests on.
    pub articles: Vec<Citation>,
}

/// One class of property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeansLine {
    /// The class.
    pub class: AssetClass,
    /// How many things of it were found.
    pub assets: usize,
    /// Where their value goes.
    pub layers: Layers,
    /// The rows that show them, at most a few.
    pub records: Vec<RecordRef>,
}

/// From gross value to what is available.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// The value before anything is taken.
    pub gross: Scenarios<Money>,
    /// Lost between value and price.
    pub haircut: Scenarios<Money>,
    /// Paid out of ready money after its balance was seen; older documents count it to the haircut.
    #[serde(default)]
    pub paid_since: Scenarios<Money>,
    /// Costs and taxes of the sale.
    pub costs: Scenarios<Money>,
    /// Claims with a right in the thing.
    pub secured: Scenarios<Money>,
    /// Shares of co-owners.
    pub co_owners: Scenarios<Money>,
    /// What the debtor must be left.
    pub exempt: Scenarios<Money>,
    /// Ordinary claims that come earlier.
    pub priority: Scenarios<Money>,
    /// What remains for this court's claims and those who share with them.
    pub available: Scenarios<Money>,
}

/// Classes of property that courts take by one measure.
///
/// ```
/// use wherewithal::profile::{AssetClass, AssetGroup};
///
/// assert_eq!(AssetGroup::Funds.classes(), [AssetClass::Deposit, AssetClass::NetworkFunds]);
/// assert_eq!(AssetGroup::ALL.map(AssetGroup::code)[2], "real_estate");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetGroup {
    /// Deposits and wallets: frozen and transferred.
    Funds,
    /// Securities, funds, wealth products, policies: realised.
    Papers,
    /// Buildings and land: auctioned.
    RealEstate,
    /// Vehicles and other movables: detained and auctioned.
    Movables,
}

impl AssetGroup {
    /// Every group, in the order in which courts take them.
    pub const ALL: [Self; 4] = [Self::Funds, Self::Papers, Self::RealEstate, Self::Movables];

    /// Its name in data.
    pub fn code(self) -> &'static str {
        match self {
            Self::Funds => "funds",
            Self::Papers => "papers",
            Self::RealEstate => "real_estate",
            Self::Movables => "movables",
        }
    }

    /// Its classes.
    pub fn classes(self) -> &'static [AssetClass] {
        match self {
            Self::Funds => &[AssetClass::Deposit, AssetClass::NetworkFunds],
            Self::Papers => &[AssetClass::FinancialAsset, AssetClass::Insurance],
            Self::RealEstate => &[AssetClass::Home, AssetClass::Commercial, AssetClass::Parking, AssetClass::Land],
            Self::Movables => &[AssetClass::Vehicle, AssetClass::Other],
        }
    }
}

/// What is available of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeansGroup {
    /// The group.
    pub group: AssetGroup,
    /// The sum over its classes.
    pub available: Scenarios<Money>,
}

/// Something a reader must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeansNote {
    /// Its code.
    pub code: String,
    /// The source or rule that it concerns, where it concerns one.
    pub about: Option<String>,
    /// How often it applies.
    pub times: usize,
}

impl Means {
    /// The portrait's part of a statement; `cite` turns a row's number into file and line.
    pub fn from_statement(statement: &CapacityStatement, cite: impl Fn(&str, i64) -> RecordRef) -> Self {
        let mut lines: Vec<MeansLine> = Vec::new();
        for asset in &statement.assets {
            let place = lines.iter().position(|line| line.class == asset.class).unwrap_or_else(|| {
                let empty = MeansLine { class: asset.class, assets: 0, layers: Layers::default(), records: Vec::new() };
                lines.push(empty);
                lines.len() - 1
            });
            if let Some(line) = lines.get_mut(place) {
                line.assets += 1;
                line.layers = line.layers + Layers::from_waterfall(asset);
                if line.records.len() < MOST_RECORDS && asset.record > 0 {
                    line.records.push(cite(asset.class.code(), asset.record));
                }
            }
        }
        lines.sort_by_key(|line| line.class);
        Self {
            rules: statement.rules.clone(),
            rules_digest: statement.rules_digest.clone(),
            horizon_months: statement.horizon_months,
            owed: statement.owed,
            recovered: statement.recovered,
            to_others: statement.to_others,
            coverage: statement.coverage().map(crate::capacity::CoverageRatio::value),
            ability: statement.ability,
            total: lines.iter().fold(Layers::default(), |sum, line| sum + line.layers),
            groups: groups(&lines),
            lines,
            notes: notes(&statement.findings),
            articles: statement.articles.clone(),
        }
    }

    /// What is available of a group; none where nothing was found.
    pub fn group(&self, group: AssetGroup) -> Option<Scenarios<Money>> {
        self.groups.iter().find(|found| found.group == group).map(|found| found.available)
    }

    /// The line of a class.
    pub fn line(&self, class: AssetClass) -> Option<&MeansLine> {
        self.lines.iter().find(|line| line.class == class)
    }
}

fn groups(lines: &[MeansLine]) -> Vec<MeansGroup> {
    let group = |group: AssetGroup| {
        let available = lines.iter().filter(|line| group.classes().contains(&line.class));
        let available = available.map(|line| line.layers.available).reduce(|sum, part| sum + part)?;
        Some(MeansGroup { group, available })
    };
    AssetGroup::ALL.into_iter().filter_map(group).collect()
}

/// Records shown for one class.
const MOST_RECORDS: usize = 5;

impl Layers {
    fn from_waterfall(asset: &Waterfall) -> Self {
        Self {
            gross: asset.gross,
            haircut: asset.layer(Layer::Haircut),
            paid_since: asset.layer(Layer::PaidSince),
            costs: asset.layer(Layer::Costs),
            secured: asset.layer(Layer::Secured),
            co_owners: asset.layer(Layer::CoOwners),
            exempt: asset.layer(Layer::Exempt),
            priority: asset.layer(Layer::Priority),
            available: asset.available(),
        }
    }

    /// The eight parts of the gross value, in the order in which they are taken.
    pub fn parts(&self) -> [Scenarios<Money>; 8] {
        let Self { haircut, paid_since, costs, secured, co_owners, exempt, priority, available, .. } = *self;
        [haircut, paid_since, costs, secured, co_owners, exempt, priority, available]
    }
}

impl std::ops::Add for Layers {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            gross: self.gross + other.gross,
            haircut: self.haircut + other.haircut,
            paid_since: self.paid_since + other.paid_since,
            costs: self.costs + other.costs,
            secured: self.secured + other.secured,
            co_owners: self.co_owners + other.co_owners,
            exempt: self.exempt + other.exempt,
            priority: self.priority + other.priority,
            available: self.available + other.available,
        }
    }
}

fn notes(findings: &[Finding]) -> Vec<MeansNote> {
    let mut notes: Vec<MeansNote> = Vec::new();
    for finding in findings {
        let (code, about) = match finding {
            Finding::LivingCostsNotSupplied => ("living_costs_not_supplied", None),
            Finding::HouseholdUnknown => ("household_unknown", None),
            Finding::ValueUnknown { .. } => ("value_unknown", None),
            Finding::ValuationStale { .. } => ("valuation_stale", None),
            Finding::AmountUnknown { .. } => ("amount_unknown", None),
            Finding::NoSurplus { .. } => ("no_surplus", None),
            Finding::OwnSeizureLapsed { .. } => ("own_seizure_lapsed", None),
            Finding::OnlyHomePresumed { .. } => ("only_home_presumed", None),
            Finding::DelayStartAssumed { .. } => ("delay_start_assumed", None),
            Finding::NoRule { rule } => ("no_rule", Some(rule.clone())),
            Finding::OrderAssumed { .. } => ("order_assumed", None),
            Finding::Unanswered { source } => ("unanswered", Some(source.clone())),
            Finding::NothingAsked => ("nothing_asked", None),
            Finding::NoClaim => ("no_claim", None),
        };
        match notes.iter_mut().find(|note| note.code == code && note.about == about) {
            Some(note) => note.times += 1,
            None => notes.push(MeansNote { code: code.to_owned(), about, times: 1 }),
        }
    }
    notes
}
