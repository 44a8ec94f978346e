//! Definitions of single features: name, labels, unit, direction, and how the value is made.

use serde::{Deserialize, Serialize};

use super::{Aggregate, Aggregation, Condition, Window};
use crate::domain::Label;

/// One feature's definition, as data.
///
/// In TOML a definition is flat: an aggregate names its `source` and `aggregation`, a derived feature has `ratio` or
/// `difference` of two others.
///
/// ```
/// use wherewithal::features::{Aggregation, Definition, FeatureSpec};
///
/// let spec: FeatureSpec = toml::from_str(r#"
///     name = "flows_in_12m_fen"
///     family = "flows"
///     zh = "近一年流入金额"
///     en = "money received in the last year"
///     unit = "fen"
///     direction = "more"
///     source = "bank_transactions"
///     where = [{ column = "direction", is = "in" }]
///     aggregation = "sum"
///     column = "amount_fen"
///     window_days = 365
/// "#)?;
/// assert!(matches!(spec.definition, Definition::Aggregate(sum) if sum.aggregation == Aggregation::Sum));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct FeatureSpec {
    /// The column it becomes: `<family>_<what>_<window>_<unit>`.
    pub name: String,
    /// The family it belongs to.
    pub family: String,
    /// What it says, in both languages.
    pub label: Label,
    /// What its values are.
    pub unit: Unit,
    /// What a higher value is expected to mean.
    pub direction: Direction,
    /// Whether a card may use it. What a judge could not defend before the debtor, such as how
    /// often the court itself has asked about him, is shown and never scored.
    pub on_card: bool,
    /// How it is computed.
    pub definition: Definition,
}

/// How a feature is computed.
///
/// A derived feature reads no rows. Its parts are features of the same catalogue, numbers that are not
/// derived themselves.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// From the rows of one table.
    Aggregate(Aggregate),
    /// The first feature divided by the second; unknown when either is or the second is zero.
    Ratio(String, String),
    /// The first feature less the second; unknown when either is.
    Difference(String, String),
}

/// What the values of a feature are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Money in fen.
    Fen,
    /// A count.
    Count,
    /// Days.
    Days,
    /// Months.
    Months,
    /// A part of a whole, 0 to 1.
    Share,
    /// A quotient.
    Ratio,
    /// 1 for yes, 0 for no.
    Flag,
    /// A number of the column's own unit.
    Number,
    /// A category.
    Code,
}

/// What a higher value is expected to mean for the capacity to perform.
///
/// Training keeps to it: a card never gives points against what everybody expects of a feature. `Either`
/// leaves it to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More capacity.
    More,
    /// Less capacity.
    Less,
    /// No expectation.
    #[default]
    Either,
}

impl Unit {
    /// The word for it in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fen => "fen",
            Self::Count => "count",
            Self::Days => "days",
            Self::Months => "months",
            Self::Share => "share",
            Self::Ratio => "ratio",
            Self::Flag => "flag",
            Self::Number => "number",
            Self::Code => "code",
        }
    }
}

impl FeatureSpec {
    /// A feature without expected direction; its family is the first word of its name.
    ///
    /// ```
    /// use wherewithal::domain::Label;
    /// use wherewithal::features::{Definition, Direction, FeatureSpec, Unit};
    ///
    /// let parts = Definition::Ratio("deposits_balance_fen".into(), "obligations_claim_fen".into());
    /// let label = Label::new("存款与债权之比", "deposits per claim");
    /// let spec = FeatureSpec::new("deposits_per_claim", label, Unit::Ratio, parts);
    /// assert_eq!((spec.family.as_str(), spec.direction), ("deposits", Direction::Either));
    /// assert_eq!(spec.parts(), ["deposits_balance_fen", "obligations_claim_fen"]);
    /// assert!(spec.aggregate().is_none());
    /// ```
    pub fn new(name: &str, label: Label, unit: Unit, definition: Definition) -> Self {
        let family = name.split('_').next().unwrap_or_default().to_owned();
        Self { name: name.to_owned(), family, label, unit, direction: Direction::Either, on_card: true, definition }
    }

    setters! {
        direction: Direction,
        on_card: bool,
    }

    /// The two features that this one is derived from; empty for an aggregate.
    pub fn parts(&self) -> Vec<&str> {
        match &self.definition {
            Definition::Aggregate(_) => Vec::new(),
            Definition::Ratio(of, to) | Definition::Difference(of, to) => vec![of, to],
        }
    }

    /// What it aggregates; `None` when it is derived from others.
    pub fn aggregate(&self) -> Option<&Aggregate> {
        match &self.definition {
            Definition::Aggregate(aggregate) => Some(aggregate),
            Definition::Ratio(..) | Definition::Difference(..) => None,
        }
    }
}

/// A definition as it stands in a file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) family: String,
    zh: String,
    en: String,
    unit: Unit,
    #[serde(default)]
    direction: Direction,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    on_card: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aggregation: Option<Aggregation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    among: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skip_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio: Option<[String; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<[String; 2]>,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

impl Written {
    fn has_aggregate_fields(&self) -> bool {
        let rows = !self.conditions.is_empty() || !self.among.is_empty() || self.column.is_some();
        let time = self.window_days.is_some()
            || self.skip_days.is_some()
            || self.window_on.is_some()
            || self.period_days.is_some();
        self.source.is_some() || self.aggregation.is_some() || self.asked.is_some() || rows || time
    }

    fn aggregate(&mut self) -> Option<Aggregate> {
        let window = match (self.window_days, self.skip_days) {
            (None, None) => None,
            (days, skip) => Some(Window { days: days?, skip: skip.unwrap_or(0) }),
        };
        Some(Aggregate {
            source: self.source.take()?,
            aggregation: self.aggregation?,
            column: self.column.take(),
            conditions: std::mem::take(&mut self.conditions),
            among: std::mem::take(&mut self.among),
            window,
            window_on: self.window_on.take(),
            period_days: self.period_days,
            asked: self.asked.take(),
        })
    }
}

impl TryFrom<Written> for FeatureSpec {
    type Error = String;

    fn try_from(mut written: Written) -> Result<Self, String> {
        let aggregate = written.has_aggregate_fields();
        let definition = match (written.ratio.take(), written.difference.take()) {
            (Some([of, to]), None) if !aggregate => Some(Definition::Ratio(of, to)),
            (None, Some([of, less])) if !aggregate => Some(Definition::Difference(of, less)),
            (None, None) => written.aggregate().map(Definition::Aggregate),
            _ => None,
        };
        let definition = definition.ok_or_else(|| {
            format!(
                "feature {}: expected source and aggregation (skip_days only with window_days), or ratio, or \
                 difference",
                written.name
            )
        })?;
        let label = Label { zh: written.zh, en: written.en };
        let Written { name, family, unit, direction, on_card, .. } = written;
        Ok(Self { name, family, label, unit, direction, on_card, definition })
    }
}

impl From<FeatureSpec> for Written {
    fn from(spec: FeatureSpec) -> Self {
        let FeatureSpec { name, family, label: Label { zh, en }, unit, direction, on_card, definition } = spec;
        let (aggregate, ratio, difference) = match definition {
            Definition::Aggregate(aggregate) => (Some(aggregate), None, None),
            Definition::Ratio(of, to) => (None, Some([of, to]), None),
            Definition::Difference(of, less) => (None, None, Some([of, less])),
        };
        let window = aggregate.as_ref().and_then(|aggregate| aggregate.window);
        let window_on = aggregate.as_ref().and_then(|aggregate| aggregate.window_on.clone());
        let asked = aggregate.as_ref().and_then(|aggregate| aggregate.asked.clone());
        let period_days = aggregate.as_ref().and_then(|aggregate| aggregate.period_days);
        let aggregation = aggregate.as_ref().map(|aggregate| aggregate.aggregation);
        let (source, column, conditions, among) = match aggregate {
            Some(aggregate) => (Some(aggregate.source), aggregate.column, aggregate.conditions, aggregate.among),
            None => (None, None, Vec::new(), Vec::new()),
        };
        Self {
            name,
            family,
            zh,
            en,
            unit,
            direction,
            on_card,
            source,
            aggregation,
            column,
            conditions,
            among,
            window_days: window.map(|window| window.days),
            skip_days: window.map(|window| window.skip).filter(|skip| *skip > 0),
            window_on,
            period_days,
            asked,
            ratio,
            difference,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = 'f_x'\nfamily = 'f'\nzh = '某'\nen = 'some'\nunit = 'count'\n";

    fn read(rest: &str) -> Result<FeatureSpec, toml::de::Error> {
        toml::from_str(&format!("{HEAD}{rest}"))
    }

    #[test]
    fn is_an_aggregate_or_derived_never_both() {
        assert!(read("source = 'cases'\naggregation = 'count'").is_ok());
        assert!(read("ratio = ['a', 'b']").is_ok());
        assert!(read("ratio = ['a', 'b']\nsource = 'cases'").is_err());
        assert!(read("ratio = ['a', 'b']\ndifference = ['a', 'b']").is_err());
        assert!(read("source = 'cases'").is_err());
        assert!(read("source = 'cases'\naggregation = 'count'\nskip_days = 3").is_err());
        assert!(read("source = 'cases'\naggregation = 'median'").is_err());
        assert!(read("source = 'cases'\naggregation = 'count'\nwindow = 3").is_err());
    }

    #[test]
    fn survives_a_round_trip() {
        for rest in [
            "source = 'cases'\naggregation = 'count'\nwindow_days = 30\nskip_days = 30",
            "source = 'deposits'\naggregation = 'share'\nasked = 'bank'\nwhere = [{ column = 'kind', is = 'term' }]",
            "difference = ['a', 'b']\ndirection = 'less'",
            "source = 'cases'\naggregation = 'count'\non_card = false",
        ] {
            let spec = read(rest).unwrap();
            assert_eq!(serde_json::from_str::<FeatureSpec>(&serde_json::to_string(&spec).unwrap()).unwrap(), spec);
            assert_eq!(toml::from_str::<FeatureSpec>(&toml::to_string(&spec).unwrap()).unwrap(), spec);
        }
    }
}
