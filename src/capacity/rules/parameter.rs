//! Single numbers of the law and their ranges (low, value, high), by name and scope.
//!
//! A range has three numbers. `low` is the end that is unfavourable to recovery, whichever of the numbers
//! is larger: a low price share is small, a low cost share is large.

use serde::{Deserialize, Serialize};

use super::citation::{ArticleId, Validity};
use super::sheet::Reading;
use crate::capacity::{Rate, Scenario};
use crate::domain::{Day, Money};

macro_rules! parameters {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $unit:literal, $direction:ident, $neutral:literal;)*) => {
        /// A number of the law, or a stated assumption, that a statement of means needs.
        ///
        /// Where no row is in force for it the statement says so and the number takes the neutral value named here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Parameter {
            $($(#[$doc])* $variant,)*
        }

        impl Parameter {
            /// Every parameter.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in `parameters.csv`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The unit in `parameters.csv`; shares are kept in millionths, amounts in fen.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)* }
            }

            /// The value where no row is in force.
            pub const fn neutral(self) -> i64 {
                match self { $(Self::$variant => $neutral,)* }
            }

            const fn direction(self) -> Direction {
                match self { $(Self::$variant => Direction::$direction,)* }
            }
        }
    };
}

/// Whether more of it helps recovery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Helps,
    Hurts,
    Fixed,
}

parameters! {
    /// How often the ranges taken together are meant to hold, for what was found. Neutral: not said.
    RangeLevel, "range_level", "share", Fixed, 0;
    /// Doubled delay interest per day. Neutral: none.
    DelayInterestRate, "delay_interest_rate", "share per day", Fixed, 0;
    /// The longest term of a seizure, by kind of property. Neutral: unlimited.
    SeizureTerm, "seizure_term", "months", Fixed, 0;
    /// Months of market rent left from the price of the only home. Neutral: none.
    RentReserve, "rent_reserve", "months", Hurts, 0;
    /// The share of what the only home leaves after that rent that is taken, it being sold or not. Neutral: all.
    OnlyHomeSold, "only_home_sold", "share", Helps, 1_000_000;
    /// Yearly rent over the price that the home fetches, where the rent is unknown. Neutral: none.
    RentYield, "rent_yield", "share per year", Hurts, 0;
    /// Months for which a valuation is valid. Neutral: for ever.
    ValuationValidity, "valuation_validity", "months", Fixed, 0;
    /// True value over recorded value, by method. Neutral: 1.
    ValuationFactor, "valuation_factor", "share", Helps, 1_000_000;
    /// The value of an asset that has none on record, by class. Neutral: nothing.
    UnknownValue, "unknown_value", "amount", Helps, 0;
    /// Further factor once the valuation has run out. Neutral: 1.
    StaleFactor, "stale_factor", "share", Helps, 1_000_000;
    /// What the asset fetches over its value, by class. Neutral: nothing; such an asset is not counted.
    PriceShare, "price_share", "share", Helps, 0;
    /// Factor for a doubtful title (`notice`, `objection`, `lease`) or a movable `not_in_hand`. Neutral: 1.
    TitleFactor, "title_factor", "share", Helps, 1_000_000;
    /// The debtor's share of what is in his name and was acquired in marriage, by kind. Neutral: the whole.
    MaritalShare, "marital_share", "share", Helps, 1_000_000;
    /// The debtor's share of joint property without stated shares. Neutral: the whole.
    JointShare, "joint_share", "share", Helps, 1_000_000;
    /// Costs of sale over the price, by class. Neutral: none.
    SaleCost, "sale_cost", "share", Hurts, 0;
    /// Taxes borne by the debtor over the price, by class. Neutral: none.
    SaleTax, "sale_tax", "share", Hurts, 0;
    /// What is exempt of `protected_account` or `housing_fund`. Neutral: nothing.
    ExemptShare, "exempt_share", "share", Hurts, 0;
    /// Months of living costs left on accounts. Neutral: none.
    LivingReserve, "living_reserve", "months", Hurts, 0;
    /// Persons of a household that is not known. Neutral: 1.
    HouseholdPersons, "household_persons", "persons", Hurts, 1;
    /// The attachable share of income above the retained living costs. Neutral: all.
    AttachableShare, "attachable_share", "share", Helps, 1_000_000;
    /// The share of what is left that a security without an amount takes. Neutral: all.
    UnknownSecured, "unknown_secured", "share", Hurts, 1_000_000;
    /// The share of what is left that a foreign seizure without an amount claims. Neutral: all.
    UnknownClaim, "unknown_claim", "share", Hurts, 1_000_000;
    /// What is owed under a security of which only the cap is known, over the cap. Neutral: all.
    CappedAmount, "capped_amount", "share", Hurts, 1_000_000;
    /// Days until an asset is turned into money, by kind. Neutral: none.
    DaysToSale, "days_to_sale", "days", Fixed, 0;
    /// Attachments of earnings that may run at once. Neutral: unlimited.
    AttachmentOrders, "attachment_orders", "orders", Fixed, 0;
}

impl Parameter {
    /// The parameter called `name`.
    ///
    /// ```
    /// use wherewithal::capacity::Parameter;
    ///
    /// assert_eq!(Parameter::from_name("price_share"), Some(Parameter::PriceShare));
    /// assert_eq!((Parameter::SeizureTerm.unit(), Parameter::SeizureTerm.neutral()), ("months", 0));
    /// assert!(Parameter::ALL.iter().all(|one| Parameter::from_name(one.name()) == Some(*one)));
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|parameter| parameter.name() == name)
    }
}

/// One row of `parameters.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct ParameterRow {
    pub(in super::super) scope: String,
    low: i64,
    pub(in super::super) value: i64,
    high: i64,
    pub(super) validity: Validity,
}

impl ParameterRow {
    /// The number under a scenario.
    pub(in super::super) fn at(&self, scenario: Scenario) -> i64 {
        match scenario {
            Scenario::Low => self.low,
            Scenario::Expected => self.value,
            Scenario::High => self.high,
        }
    }

    /// Whether the number is a range and not one point.
    pub(in super::super) fn is_range(&self) -> bool {
        self.low != self.high
    }

    /// The article that it cites.
    pub(in super::super) fn article(&self) -> ArticleId {
        self.validity.article
    }
}

/// A value of a parameter over a span of days.
pub(in super::super) struct Span {
    pub(in super::super) from: Day,
    pub(in super::super) to: Option<Day>,
    pub(in super::super) value: i64,
    pub(in super::super) article: ArticleId,
}

impl ParameterRow {
    pub(super) fn span(&self) -> Span {
        let Validity { from, to, article, .. } = self.validity;
        Span { from, to, value: self.value, article }
    }
}

/// The rows of `parameters.csv`, by parameter.
pub(super) fn read(text: &str, reading: &mut Reading) -> Vec<Vec<ParameterRow>> {
    let mut by_parameter: Vec<Vec<ParameterRow>> = Parameter::ALL.iter().map(|_| Vec::new()).collect();
    for row in reading.rows("parameters.csv", text, &["name", "scope", "low", "value", "high", "unit"]) {
        let Some(parameter) = reading.value(&row, "name", "the name of a parameter", Parameter::from_name) else {
            continue;
        };
        if row.text("unit") != parameter.unit() {
            reading.problem(&row, "unit", parameter.unit());
        }
        let expected = expected(parameter);
        let number = |text: &str| number(parameter, text);
        let value = reading.value(&row, "value", expected, number);
        let low = reading.optional(&row, "low", expected, number);
        let high = reading.optional(&row, "high", expected, number);
        let rule = format!("{} {}", parameter.name(), row.text("scope")).trim_end().to_owned();
        let validity = reading.validity(&row, rule);
        let (Some(value), Some(low), Some(high), Some(validity)) = (value, low, high, validity) else { continue };
        let (low, high) = (low.unwrap_or(value), high.unwrap_or(value));
        let ordered = match parameter.direction() {
            Direction::Helps => low <= value && value <= high,
            Direction::Hurts => low >= value && value >= high,
            Direction::Fixed => low == value && value == high,
        };
        if !ordered {
            reading.problem(&row, "low", "low unfavourable to recovery, high favourable, value between them");
        }
        let scope = row.text("scope").to_owned();
        if let Some(rows) = by_parameter.get_mut(parameter as usize) {
            rows.push(ParameterRow { scope, low, value, high, validity });
        }
    }
    for (parameter, rows) in Parameter::ALL.iter().zip(&by_parameter) {
        let keyed = rows.iter().map(|row| (format!("{} {}", parameter.name(), row.scope), &row.validity));
        reading.no_overlap("parameters.csv", keyed);
    }
    by_parameter
}

/// A number in the parameter's own unit: millionths for shares, fen for amounts.
fn number(parameter: Parameter, text: &str) -> Option<i64> {
    let number = match parameter.unit() {
        "amount" => Money::parse(text, 100)?.fen(),
        _ if is_share(parameter) => Rate::parse(text)?.millionths(),
        _ => text.parse().ok()?,
    };
    (number >= 0).then_some(number)
}

fn expected(parameter: Parameter) -> &'static str {
    match parameter.unit() {
        "amount" => "an amount",
        _ if is_share(parameter) => "a share with at most six decimals",
        _ => "a whole number",
    }
}

fn is_share(parameter: Parameter) -> bool {
    parameter.unit().starts_with("share")
}
