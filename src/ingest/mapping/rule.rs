//! Rules of a mapping for single columns: source column, date form, unit, codes.
//!
//! ```text
//! from / const ─► join ─► trim ─► null? ─► codes ─► read as the column's kind ─► value
//!                                   │                                              │
//!                                   └────────────► or ─► default ◄── no value ─────┘
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// The unit in which a source writes money.
///
/// ```
/// use wherewithal::ingest::MoneyUnit;
///
/// assert_eq!(MoneyUnit::Yuan.fen(), 100);
/// assert_eq!(MoneyUnit::WanYuan.fen(), 10_000 * MoneyUnit::Yuan.fen());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyUnit {
    /// 1/100 yuan (分).
    Fen,
    /// Yuan (元), or any currency with a hundred minor units.
    Yuan,
    /// Ten thousand yuan (万元).
    WanYuan,
    /// A hundred million yuan (亿元).
    YiYuan,
}

/// What stands before the decimals of a number.
///
/// `1.234` is one and a bit or one thousand and more; only whoever knows the source can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.50`.
    Point,
    /// `1.234,50`.
    Comma,
}

impl MoneyUnit {
    /// How many fen one unit is.
    pub const fn fen(self) -> i64 {
        match self {
            Self::Fen => 1,
            Self::Yuan => 100,
            Self::WanYuan => 1_000_000,
            Self::YiYuan => 10_000_000_000,
        }
    }
}

/// Patterns of days that count days as spreadsheets do: since 1900, with a 29 February that never was, or since 1904.
pub(in crate::ingest) const EXCEL: [&str; 2] = ["excel_1900", "excel_1904"];

/// How a source writes a share of a whole.
///
/// A value outside 0 to 1, after it was scaled, refuses its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From 0 to 1.
    #[default]
    Whole,
    /// From 0 to 100, with or without a per-cent sign.
    Percent,
    /// As a fraction, such as `1/2`.
    Fraction,
}

/// What is made of a source value besides reading it.
///
/// A derived value is made while the row is read, so that the value it is made from (a name, a number in
/// clear) is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Derivation {
    /// All but the first character of a name hidden.
    MaskedName,
    /// The middle of an identifier hidden.
    MaskedNumber,
    /// `valid`, `damaged` or `missing`, by the identifier's checks.
    NumberState,
    /// The pseudonym of the organisation code within a credit code; nothing for other identifiers.
    OrganisationId,
    /// `person` for a checked number of a person, `unit` for a credit code, `document` for anything else.
    NumberKind,
    /// The code of a case's kind, by its case number.
    CaseKind,
}

/// Where the value of one target column comes from.
///
/// The value is taken from `const` or `from`, led through `join`, trimmed, compared with the `null` texts, translated
/// by `codes`, and read as the target's kind. Where nothing is left, `or` is tried, then `default` stands.
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::{ColumnRule, MoneyUnit};
///
/// let rule = ColumnRule {
///     unit: Some(MoneyUnit::WanYuan),
///     or: Some(Box::new(ColumnRule::from_column("金额（元）"))),
///     ..ColumnRule::from_column("金额（万元）")
/// };
/// let names: Vec<_> = rule.alternatives().map(|rule| rule.from[0].as_str()).collect();
/// assert_eq!(names, ["金额（万元）", "金额（元）"]);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnRule {
    /// One source column, or several that make a key together; if one of several is empty, there is no key.
    #[serde(deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// What stands between the parts of a key; a blank when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// What stands before the value, to keep two kinds of numbers apart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The same value for every row, as the target writes it: an ISO day, a code, `true`; money in `unit`.
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// Names of lookups that lead from the value to another, one after the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<String>,
    /// Texts that mean "no value", besides the source's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub null: Vec<String>,
    /// What the source's codes mean.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, String>,
    /// What any other code means; without it, another code is refused where the target has a closed list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// What stands where there is no value, as the target writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The unit of money where a cell does not name its own (`1.5万元`); it has no usual value, because a wrong guess is
    /// wrong by a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<MoneyUnit>,
    /// What stands before the decimals of an amount; a point when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// Whether amounts may be written in characters, as 壹万贰仟叁佰元整.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub capitals: bool,
    /// Whether amounts that are more precise than a fen are rounded, half away from zero; the report counts them. They
    /// are refused otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub round: bool,
    /// Patterns of days, tried in order, in `strftime` specifiers, or `excel_1900` and `excel_1904` for the day numbers
    /// of spreadsheets; a time of day and a zone are read and dropped, so that the day is the zone's own. When empty,
    /// days are written year first: `2017-07-18`, `2017/7/18`, `2017年7月18日`, `20170718`.
    #[serde(deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    pub date: Vec<String>,
    /// Days to add to a day, or to take away.
    #[serde(skip_serializing_if = "is_zero")]
    pub plus_days: i32,
    /// How a share is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// What is made of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derive: Option<Derivation>,
    /// Another rule for rows in which this one finds no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub or: Option<Box<ColumnRule>>,
}

impl ColumnRule {
    /// The value of a source column, read as the target's kind.
    ///
    /// ```
    /// use wherewithal::ingest::ColumnRule;
    ///
    /// let rule = ColumnRule::from_column("证件号码");
    /// assert_eq!(rule.from, ["证件号码"]);
    /// assert_eq!(rule.default, None); // where the cell is empty there is no value
    /// ```
    pub fn from_column(name: impl Into<String>) -> Self {
        Self { from: vec![name.into()], ..Self::default() }
    }

    /// This rule and those it falls back to.
    ///
    /// The rule itself comes first; there is always one.
    pub fn alternatives(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |rule| rule.or.as_deref())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

/// A text or a list of texts.
pub(super) fn one_or_several<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrSeveral::deserialize(input)? {
        OneOrSeveral::One(text) => vec![text],
        OneOrSeveral::Several(texts) => texts,
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(days: &i32) -> bool {
    *days == 0
}
