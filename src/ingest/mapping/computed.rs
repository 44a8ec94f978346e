//! Columns of a mapping that are computed from other columns of the row.
//!
//! The set of operations is closed and small on purpose. Whatever decides what a value means belongs to the
//! mapping, where a person can read it; whatever needs a program belongs before the export.
//!
//! | operation | operands | result |
//! |---|---|---|
//! | `days` | two days | days from the first to the second |
//! | `sum` | two to sixteen numbers or amounts | their sum |
//! | `difference` | two numbers or amounts | the first less the second |
//! | `ratio` | two numbers or amounts | the quotient; nothing where the second is zero |
//! | `less`, `at_most`, `more`, `at_least`, `equal` | two values of one measure | `true` or `false` |
//!
//! Days are never added to money: [`Measure`] says what a value is, and the check refuses what does not go
//! together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::findings::Findings;
use super::rule::{DecimalMark, MoneyUnit, one_or_several};
use crate::schema::ColumnKind;
use crate::sentence::{Sentence, says};

/// A column that is computed from columns of the same row, to be used like one of the file.
///
/// Where an operand has no value there is no result: unknown is not zero. An operand that cannot be read refuses the
/// row. Amounts come out in fen, so the rule that reads one says `unit = "fen"`; days come out as a whole number,
/// comparisons as `true` or `false`.
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::{Mapping, Operation};
///
/// let mapping = Mapping::parse(r#"
///     name = "a bank"
///     [[source]]
///     file = "loans.csv"
///     [source.computed.open]
///     op = "difference"
///     of = ["granted", "repaid"]
///     unit = "yuan"
///     [[source.table]]
///     name = "deposits"
///     [source.table.columns]
///     entity_id = { from = "id" }
///     account = { from = "account" }
///     event_on = { from = "day" }
///     known_at = { from = "day" }
///     balance_fen = { from = "open", unit = "fen" } # amounts come out in fen
/// "#)?;
/// assert_eq!(mapping.source[0].computed["open"].op, Operation::Difference);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedRule {
    /// What is done.
    pub op: Operation,
    /// With what: columns of the file, other computed columns, and constants.
    pub of: Vec<Operand>,
    /// The unit of the operands that are columns of the file, when they are money; constants are in it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<MoneyUnit>,
    /// What stands before the decimals of such money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// Patterns of the operands that are columns of the file, when they are days; years first for `days` when empty.
    #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    pub date: Vec<String>,
}

/// The closed set of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Days from the first day to the second.
    Days,
    /// The sum of two or more.
    Sum,
    /// The first less the second.
    Difference,
    /// The first divided by the second; no result where the second is zero.
    Ratio,
    /// Whether the first is less than, or before, the second.
    Less,
    /// Whether the first is at most the second.
    AtMost,
    /// Whether the first is more than, or after, the second.
    More,
    /// Whether the first is at least the second.
    AtLeast,
    /// Whether both are equal.
    Equal,
}

/// What an operation works on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// A column.
    Column(String),
    /// A number; of the operands' unit where they are money.
    Integer(i64),
    /// A number with decimals; not of money.
    Number(f64),
    /// A day, written as TOML writes days.
    Day(toml::value::Datetime),
}

/// What a value is, so that days are not added to money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Measure {
    Number,
    Days,
    Money,
    Day,
    Flag,
}

impl Measure {
    const fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Days => "a number of days",
            Self::Money => "money",
            Self::Day => "a day",
            Self::Flag => "true or false",
        }
    }

    /// Whether values of both can be added and compared.
    fn goes_with(self, other: Self) -> bool {
        let plain = |measure| matches!(measure, Self::Number | Self::Days);
        self == other || plain(self) && plain(other)
    }

    /// What is wrong with reading this as a column of the schema, if anything.
    pub(super) fn problem_as(self, (kind, name): (ColumnKind, &str), unit: Option<MoneyUnit>) -> Option<Sentence> {
        let fits = match self {
            Self::Number => matches!(kind, ColumnKind::Number | ColumnKind::Integer | ColumnKind::Share),
            Self::Days => matches!(kind, ColumnKind::Number | ColumnKind::Integer) && !name.ends_with("_months"),
            Self::Money if kind == ColumnKind::Money && unit != Some(MoneyUnit::Fen) => {
                return Some(says!("unit: computed amounts are in fen, expected unit = \"fen\""));
            }
            Self::Money => kind == ColumnKind::Money,
            Self::Day => kind == ColumnKind::Day,
            Self::Flag => matches!(kind, ColumnKind::Flag),
        };
        let fits = fits || matches!(kind, ColumnKind::Text | ColumnKind::Code(_));
        (!fits).then(|| says!("found {} computed, expected {}", [Sentence::from(self.name()), kind.unit()]))
    }
}

impl ComputedRule {
    /// What an operand that is a column of the file is read as.
    pub(in crate::ingest) const fn read_as(&self) -> Measure {
        match (self.op, self.unit.is_some(), self.date.is_empty()) {
            (Operation::Days, ..) | (_, _, false) => Measure::Day,
            (_, true, _) => Measure::Money,
            _ => Measure::Number,
        }
    }

    /// The columns that it names.
    pub(in crate::ingest) fn columns(&self) -> impl Iterator<Item = &String> {
        self.of.iter().filter_map(|operand| if let Operand::Column(name) = operand { Some(name) } else { None })
    }

    /// What an operation on these makes; how they do not fit when they do not.
    fn result(&self, of: &[Measure]) -> Result<Measure, Sentence> {
        let expected = if self.op == Operation::Sum { 2..=16 } else { 2..=2 };
        if !expected.contains(&of.len()) {
            let several = if self.op == Operation::Sum { "2 to 16" } else { "2" };
            return Err(says!("found {} operands, expected {several}", [of.len()], several));
        }
        let first = of.first().copied().unwrap_or(Measure::Number);
        if let Some(other) = of.iter().find(|other| !first.goes_with(**other)) {
            return Err(says!(
                "found {} and {}, expected operands of one unit",
                [Sentence::from(first.name()), Sentence::from(other.name())]
            ));
        }
        let summed = if of.contains(&Measure::Days) { Measure::Days } else { first };
        match (self.op, first) {
            (Operation::Days, Measure::Day) => Ok(Measure::Days),
            (Operation::Sum | Operation::Difference, Measure::Number | Measure::Days | Measure::Money) => Ok(summed),
            (Operation::Ratio, Measure::Number | Measure::Days | Measure::Money) => Ok(Measure::Number),
            (Operation::Days, other) => Err(says!("found {}, expected days", [Sentence::from(other.name())])),
            (Operation::Sum | Operation::Difference | Operation::Ratio, other) => {
                Err(says!("found {}, expected numbers or money", [Sentence::from(other.name())]))
            }
            (Operation::Equal, _) => Ok(Measure::Flag),
            (_, Measure::Flag) => Err(says!("found true or false, expected what can be more or less")),
            _ => Ok(Measure::Flag),
        }
    }
}

/// What each computed column is; problems go to `found`.
pub(super) fn measures<'m>(
    rules: &'m BTreeMap<String, ComputedRule>,
    place: &Sentence,
    found: &mut Findings,
) -> BTreeMap<&'m str, Measure> {
    let mut known = BTreeMap::new();
    for (name, rule) in rules {
        found.within(["computed".into(), name.as_str().into()], |found| {
            if let Err(problem) = measure(rules, &mut known, &mut vec![name.as_str()]) {
                found.push(says!("{place}, computed {name}: {problem}", place, name, problem));
            }
            if rule.unit.is_some() && !rule.date.is_empty() {
                found.push(says!(
                    "{place}, computed {name}: found unit and date, expected one: days are no money",
                    place,
                    name
                ));
            }
        });
    }
    known
}

/// What the last column of `way` is; the columns before it wait for it.
fn measure<'m>(
    rules: &'m BTreeMap<String, ComputedRule>,
    known: &mut BTreeMap<&'m str, Measure>,
    way: &mut Vec<&'m str>,
) -> Result<Measure, Sentence> {
    let name = way.last().copied().unwrap_or_default();
    if let Some(measure) = known.get(name) {
        return Ok(*measure);
    }
    let Some(rule) = rules.get(name) else { return Err(says!("found no column {name}", name)) };
    let mut of = Vec::new();
    for operand in &rule.of {
        of.push(match operand {
            Operand::Column(column) if way.contains(&column.as_str()) => {
                return Err(says!("found {column}, which is computed from this column", column));
            }
            Operand::Column(column) => match rules.get_key_value(column) {
                Some((column, _)) => {
                    way.push(column);
                    let measure = measure(rules, known, way);
                    way.pop();
                    measure?
                }
                None => rule.read_as(),
            },
            Operand::Day(day) if day.date.is_some() && day.time.is_none() => Measure::Day,
            Operand::Day(day) => return Err(says!("found {day}, expected a day without time", day = day.to_string())),
            Operand::Number(_) if rule.unit.is_some() => {
                return Err(says!("found a decimal number, expected whole units of money"));
            }
            Operand::Integer(_) | Operand::Number(_) if rule.unit.is_some() => Measure::Money,
            Operand::Integer(_) | Operand::Number(_) => Measure::Number,
        });
    }
    let result = rule.result(&of)?;
    known.insert(name, result);
    Ok(result)
}
