//! Definitions of indicators as data: scope, measure, conditions, which way is good.
//!
//! Courts define the "same" indicator in different ways, and definitions change with the years. Each one
//! says where it is from, since when it is used and how sure that is; variants stand beside each other
//! under their own codes, and a page shows which one it counted.

use serde::{Deserialize, Serialize};

use super::vocabulary::{Field, field, is_thing};
use crate::domain::{Day, Label};
use crate::error::{Error, Result};
use crate::schema::ColumnKind;
use crate::sentence::{Sentence, says};

/// Which cases an indicator counts. Figures of different scopes are never added or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// First enforcement (首次执行).
    First,
    /// Resumed cases (恢复执行).
    Resumed,
    /// Preservation (保全).
    Preservation,
    /// Whatever the kind.
    All,
}

impl Scope {
    /// The word in data and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Resumed => "resumed",
            Self::Preservation => "preservation",
            Self::All => "all",
        }
    }
}

/// How an indicator is made of counts.
///
/// | measure | value | unit |
/// |---|---|---|
/// | share | top ÷ bottom, 0 to 1, with an interval | per cent |
/// | ratio | top ÷ bottom, may exceed 1 | per cent |
/// | mean | sum ÷ count, with an interval | days, fen |
/// | count, sum, parts | a whole number | rows, fen |
/// | survival | a curve | share by days |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Those of `of` that also meet `met`, out of all of `of`.
    Share,
    /// The sum of `top` over the sum of `bottom`; more than one is legitimate.
    Ratio,
    /// The mean of `value` over `of`.
    Mean,
    /// How many of `of`.
    Count,
    /// The sum of `value` over `of`.
    Sum,
    /// The sum of the indicators in `parts`, which must count the same cases.
    Parts,
    /// How long it takes from `on` until `until`: a survival curve.
    Survival,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    High,
    /// Less is better.
    Low,
    /// Neither: it only describes.
    #[default]
    Neither,
}

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share of a whole.
    Percent,
    /// A plain number with two decimals.
    Number,
    /// Days.
    Days,
    /// A whole number.
    Count,
    /// Money in fen.
    Fen,
}

/// How sure a definition's source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// A legal text was read.
    Primary,
    /// Two independent sources agree.
    Two,
    /// One source.
    One,
    /// Follows by arithmetic.
    Derived,
    /// Not verified.
    Unverified,
}

/// Over which months a term is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// The months of the period.
    #[default]
    Period,
    /// All months up to the end of the period.
    UntilEnd,
    /// All months before the period.
    Before,
}

/// A condition on one row; an unknown value meets none but `known = false`.
///
/// All that is set must hold; a condition that sets nothing holds of every row.
///
/// ```
/// use wherewithal::indicators::Condition;
///
/// let recent: Condition = toml::from_str("field = 'closed_on'\nwithin_days = 90\nsince = 'filed_on'")?;
/// assert_eq!((recent.within_days, recent.since.as_deref()), (Some(90), Some("filed_on")));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The field asked.
    pub field: String,
    /// Yes or no.
    pub is: Option<bool>,
    /// Whether the value is known.
    pub known: Option<bool>,
    /// One of these codes.
    pub among: Vec<String>,
    /// None of these codes.
    pub not: Vec<String>,
    /// At least this number.
    pub at_least: Option<i64>,
    /// At most this number.
    pub at_most: Option<i64>,
    /// A day not after that in another field.
    pub not_after: Option<String>,
    /// A day before that in another field.
    pub before: Option<String>,
    /// Together with `since`: at most so many days after the day in that field.
    pub within_days: Option<i64>,
    /// See `within_days`.
    pub since: Option<String>,
    /// A day that is past on the day of counting.
    pub past: Option<bool>,
}

/// What is summed: a field, or the days between two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Value {
    /// A field with money or a whole number.
    Field {
        /// Its name.
        field: String,
    },
    /// The days from one day to another.
    Days {
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        /// Days that do not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        less: Option<String>,
    },
}

/// One sum of a numerator or denominator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What is counted: a table, or `cases` or `listings` as they are put together from several.
    pub of: String,
    /// The day that decides in which month a row counts.
    pub on: String,
    /// What must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// What is summed; rows are counted when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Over which months.
    #[serde(default)]
    pub over: Over,
    /// Whether it is taken off.
    #[serde(default)]
    pub minus: bool,
    /// Whether each row that has the value counts as one: the rows that a mean is of.
    #[serde(skip)]
    pub(super) is_count: bool,
}

impl Term {
    /// Whether it counts days until something became known: what is not known yet does not count,
    /// so last months fall short.
    pub(super) fn ends_when_known(&self) -> bool {
        !self.is_count && matches!(&self.value, Some(Value::Days { to, .. }) if to == crate::schema::KNOWN_AT)
    }
}

/// One indicator as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name in data.
    pub code: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// The function of the command centre that it belongs to.
    pub group: String,
    /// Which cases count.
    pub scope: Scope,
    /// How it is made.
    pub measure: Measure,
    /// See [`Measure`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Term>,
    /// See [`Measure::Share`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub met: Vec<Condition>,
    /// See [`Measure::Ratio`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<Term>,
    /// See [`Measure::Ratio`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bottom: Vec<Term>,
    /// See [`Measure::Parts`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The field with the day of the event; see [`Measure::Survival`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How it is written, where its measure does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Which way is good.
    #[serde(default)]
    pub better: Better,
    /// What was demanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// The indicator of which this is another definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_of: Option<String>,
    /// Where it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Label>,
    /// The first day of its use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day of its use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Where it is from.
    pub source: Label,
    /// How sure that is.
    pub sure: Sure,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Label>,
}

impl Definition {
    /// Its name.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }

    /// How it is written.
    pub fn unit(&self) -> Unit {
        self.unit.unwrap_or(match self.measure {
            Measure::Share | Measure::Ratio | Measure::Parts | Measure::Survival => Unit::Percent,
            Measure::Mean => Unit::Days,
            Measure::Count => Unit::Count,
            Measure::Sum => Unit::Fen,
        })
    }

    /// The sums of its numerator and of its denominator.
    pub(super) fn sides(&self) -> (Vec<Term>, Vec<Term>) {
        let of = || self.of.iter().cloned();
        match self.measure {
            Measure::Share => {
                let met = of().map(|term| Term { when: [term.when, self.met.clone()].concat(), ..term });
                (met.collect(), of().collect())
            }
            Measure::Mean => (of().collect(), of().map(|term| Term { is_count: true, ..term }).collect()),
            Measure::Ratio => (self.top.clone(), self.bottom.clone()),
            Measure::Count => (of().map(|term| Term { value: None, ..term }).collect(), Vec::new()),
            Measure::Sum => (of().collect(), Vec::new()),
            Measure::Parts | Measure::Survival => (Vec::new(), Vec::new()),
        }
    }

    /// Whether its numerator and its denominator are money.
    ///
    /// In fen, where it is.
    pub fn is_money(&self) -> (bool, bool) {
        let (top, bottom) = self.sides();
        let is_money = |terms: &[Term]| {
            terms.iter().any(|term| matches!(&term.value, Some(Value::Field { field }) if field.ends_with("_fen")))
        };
        (is_money(&top), is_money(&bottom))
    }

    /// Whether it counts cases by the day of closing: those without one are open.
    pub fn is_by_closing(&self) -> bool {
        let (top, bottom) = self.sides();
        top.iter().chain(&bottom).any(|term| term.of == super::vocabulary::CASES && term.on == "closed_on")
    }

    /// The tables and assembled things it counts.
    pub fn things(&self) -> impl Iterator<Item = &str> {
        self.of.iter().chain(&self.top).chain(&self.bottom).map(|term| term.of.as_str())
    }

    pub(super) fn check(&self) -> Result<()> {
        let needs = match self.measure {
            Measure::Share => self.of.is_some() && !self.met.is_empty(),
            Measure::Mean | Measure::Sum => self.of.as_ref().is_some_and(|term| term.value.is_some()),
            Measure::Count => self.of.is_some(),
            Measure::Ratio => !self.top.is_empty() && !self.bottom.is_empty(),
            Measure::Parts => self.parts.len() > 1,
            Measure::Survival => self.of.is_some() && self.until.is_some(),
        };
        if !needs {
            return Err(self.refused(format!("{:?}", self.measure), "what this measure is made of"));
        }
        for term in self.of.iter().chain(&self.top).chain(&self.bottom) {
            self.check_term(term)?;
        }
        if let (Some(until), Some(term)) = (&self.until, &self.of) {
            self.day(&term.of, until)?;
        }
        Ok(())
    }

    fn check_term(&self, term: &Term) -> Result<()> {
        if !is_thing(&term.of) {
            return Err(self.refused(&term.of, "a table of the schema, `cases` or `listings`"));
        }
        self.day(&term.of, &term.on)?;
        for condition in term.when.iter().chain(&self.met) {
            self.check_condition(&term.of, condition)?;
        }
        match &term.value {
            Some(Value::Field { field: name }) => self.known(&term.of, name).map(|_| ()),
            Some(Value::Days { from, to, less }) => {
                [from, to].into_iter().try_for_each(|name| self.day(&term.of, name))?;
                less.iter().try_for_each(|name| self.known(&term.of, name).map(|_| ()))
            }
            None => Ok(()),
        }
    }

    fn check_condition(&self, of: &str, condition: &Condition) -> Result<()> {
        let field = self.known(of, &condition.field)?;
        for code in condition.among.iter().chain(&condition.not) {
            let has = matches!(field.kind, ColumnKind::Code(codes) if codes.contains(&code.as_str()));
            if !has {
                return Err(self.refused(format!("{}: {code}", condition.field), "a code of the field"));
            }
        }
        let days = condition.not_after.iter().chain(&condition.before).chain(&condition.since);
        days.into_iter().try_for_each(|name| self.day(of, name))?;
        if condition.within_days.is_some() != condition.since.is_some() {
            return Err(self.refused("one of within_days and since", "both or neither"));
        }
        let asks = [
            condition.is.is_some(),
            condition.known.is_some(),
            !condition.among.is_empty(),
            !condition.not.is_empty(),
            condition.at_least.is_some() || condition.at_most.is_some(),
            condition.not_after.is_some() || condition.before.is_some(),
            condition.within_days.is_some(),
            condition.past.is_some(),
        ];
        if asks.contains(&true) { Ok(()) } else { Err(self.refused(&condition.field, "something that must hold")) }
    }

    fn known(&self, of: &str, name: &str) -> Result<Field> {
        field(of, name).ok_or_else(|| {
            self.refused(Sentence::name(format!("{of}.{name}")), "a field with numbers, days, codes or flags")
        })
    }

    fn day(&self, of: &str, name: &str) -> Result<()> {
        match self.known(of, name)?.kind {
            ColumnKind::Day => Ok(()),
            _ => Err(self.refused(Sentence::name(format!("{of}.{name}")), "a day")),
        }
    }

    fn refused(&self, found: impl Into<Sentence>, expected: &str) -> Error {
        Error::setting(says!("indicator {}", [self.code]), found, expected)
    }
}
