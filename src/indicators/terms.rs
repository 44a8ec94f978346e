//! Terms of definitions, compiled: which rows they take and what each row adds.
//!
//! A condition becomes a comparison of two numbers. An unknown value meets no condition but the one that
//! asks for it.

use super::columns::{NONE, told};
use super::definition::{Condition, Scope, Term, Value};
use super::rows::Rows;
use super::vocabulary::field;
use crate::domain::Day;
use crate::schema::ColumnKind;

/// A term, with the scope of its indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) term: Term,
    pub(super) scope: Scope,
    /// Whether squares are summed: only of days, whose means need them.
    pub(super) is_squared: bool,
}

/// What a condition asks of a value.
enum Check<'a> {
    Is(i64),
    Known(bool),
    Among(Vec<i64>),
    Not(Vec<i64>),
    AtLeast(i64),
    AtMost(i64),
    NotAfter(&'a [i64]),
    Before(&'a [i64]),
    Within(&'a [i64], i64),
}

impl Check<'_> {
    fn holds(&self, value: i64, place: usize) -> bool {
        let other = |column: &[i64]| column.get(place).copied().and_then(told);
        match self {
            Self::Known(wanted) => (value != NONE) == *wanted,
            _ if value == NONE => false,
            Self::Is(wanted) => value == *wanted,
            Self::Among(codes) => codes.contains(&value),
            Self::Not(codes) => !codes.contains(&value),
            Self::AtLeast(least) => value >= *least,
            Self::AtMost(most) => value <= *most,
            Self::NotAfter(column) => other(column).is_some_and(|day| value <= day),
            Self::Before(column) => other(column).is_some_and(|day| value < day),
            Self::Within(column, days) => other(column).is_some_and(|since| value - since <= *days),
        }
    }
}

/// A term bound to the columns of some rows.
pub(super) struct Bound<'a> {
    on: &'a [i64],
    checks: Vec<(&'a [i64], Check<'a>)>,
    value: Worth<'a>,
}

enum Worth<'a> {
    One,
    Field(&'a [i64]),
    Days(&'a [i64], &'a [i64], Option<&'a [i64]>),
}

/// The fields that a term asks for.
pub(super) fn fields(term: &Term) -> Vec<String> {
    let of_condition = |condition: &Condition| {
        let others = [&condition.not_after, &condition.before, &condition.since].into_iter().flatten();
        [condition.field.clone()].into_iter().chain(others.cloned()).collect::<Vec<_>>()
    };
    let mut fields: Vec<String> = term.when.iter().flat_map(of_condition).collect();
    fields.push(term.on.clone());
    match &term.value {
        Some(Value::Field { field }) => fields.push(field.clone()),
        Some(Value::Days { from, to, less }) => {
            fields.extend([from.clone(), to.clone()]);
            fields.extend(less.clone());
        }
        None => {}
    }
    fields.sort_unstable();
    fields.dedup();
    fields
}

impl<'a> Bound<'a> {
    pub(super) fn new(term: &Term, rows: &'a Rows, day: Day) -> Self {
        let mut checks = Vec::new();
        for condition in &term.when {
            let column = rows.column(&condition.field);
            checks.extend(asked((&term.of, condition), rows, day).into_iter().map(|check| (column, check)));
        }
        let value = match &term.value {
            None => Worth::One,
            Some(Value::Field { field }) => Worth::Field(rows.column(field)),
            Some(Value::Days { from, to, less }) => {
                Worth::Days(rows.column(from), rows.column(to), less.as_ref().map(|name| rows.column(name)))
            }
        };
        Self { on: rows.column(&term.on), checks, value }
    }

    /// The day that decides the month and what the row adds; none where the row is not meant.
    pub(super) fn row(&self, place: usize) -> Option<(Option<i64>, i64)> {
        let at = |column: &[i64]| column.get(place).copied().unwrap_or(NONE);
        if !self.checks.iter().all(|(column, check)| check.holds(at(column), place)) {
            return None;
        }
        let worth = match self.value {
            Worth::One => 1,
            Worth::Field(column) => told(at(column))?,
            Worth::Days(from, to, less) => {
                let off = less.and_then(|column| told(at(column))).unwrap_or(0);
                (told(at(to))? - told(at(from))? - off).max(0)
            }
        };
        Some((told(at(self.on)), worth))
    }
}

fn asked<'a>((of, condition): (&str, &Condition), rows: &'a Rows, day: Day) -> Vec<Check<'a>> {
    let codes: &[&str] = match field(of, &condition.field).map(|field| field.kind) {
        Some(ColumnKind::Code(codes)) => codes,
        _ => &[],
    };
    let numbers = |wanted: &[String]| -> Vec<i64> {
        let number = |code: &String| codes.iter().position(|known| known == code).and_then(|at| i64::try_from(at).ok());
        wanted.iter().filter_map(number).collect()
    };
    let today = i64::from(day.number());
    let past = condition.past.map(|past| if past { Check::AtMost(today) } else { Check::AtLeast(today + 1) });
    let within = condition.since.as_ref().zip(condition.within_days);
    [
        condition.is.map(|is| Check::Is(i64::from(is))),
        condition.known.map(Check::Known),
        (!condition.among.is_empty()).then(|| Check::Among(numbers(&condition.among))),
        (!condition.not.is_empty()).then(|| Check::Not(numbers(&condition.not))),
        condition.at_least.map(Check::AtLeast),
        condition.at_most.map(Check::AtMost),
        condition.not_after.as_ref().map(|name| Check::NotAfter(rows.column(name))),
        condition.before.as_ref().map(|name| Check::Before(rows.column(name))),
        within.map(|(since, days)| Check::Within(rows.column(since), days)),
        past,
    ]
    .into_iter()
    .flatten()
    .collect()
}
