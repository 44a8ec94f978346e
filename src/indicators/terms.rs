//! Terms of definitions, compiled: which rows they take and what each row adds.
//!
//! A condition becomes a comparison of two numbers. An unknown value meets no condition but the one that
//! asks for it.

use std::ops::Range;

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
    /// Unmarks those of some rows whose value does not meet it.
    fn narrow(&self, (column, rows): (&[i64], &Range<usize>), marks: &mut [bool]) {
        let values = part(column, rows);
        match self {
            Self::Known(wanted) => {
                marks.iter_mut().zip(values).for_each(|(mark, value)| *mark &= (*value != NONE) == *wanted);
            }
            Self::Is(wanted) => keep(marks, values, |value| value == *wanted),
            Self::Among(codes) => keep(marks, values, |value| codes.contains(&value)),
            Self::Not(codes) => keep(marks, values, |value| !codes.contains(&value)),
            Self::AtLeast(least) => keep(marks, values, |value| value >= *least),
            Self::AtMost(most) => keep(marks, values, |value| value <= *most),
            Self::NotAfter(other) => keep_beside(marks, (values, part(other, rows)), |value, day| value <= day),
            Self::Before(other) => keep_beside(marks, (values, part(other, rows)), |value, day| value < day),
            Self::Within(other, days) => {
                keep_beside(marks, (values, part(other, rows)), |value, day| value - day <= *days);
            }
        }
    }
}

fn part<'a>(column: &'a [i64], rows: &Range<usize>) -> &'a [i64] {
    column.get(rows.clone()).unwrap_or_default()
}

/// Unmarks what does not hold; an unknown value never does.
fn keep(marks: &mut [bool], values: &[i64], holds: impl Fn(i64) -> bool) {
    marks.iter_mut().zip(values).for_each(|(mark, value)| *mark &= *value != NONE && holds(*value));
}

/// Unmarks what does not hold of a value and the one beside it; an unknown one never does.
fn keep_beside(marks: &mut [bool], (values, others): (&[i64], &[i64]), holds: impl Fn(i64, i64) -> bool) {
    for ((mark, value), other) in marks.iter_mut().zip(values).zip(others) {
        *mark = *mark && *value != NONE && *other != NONE && holds(*value, *other);
    }
}

/// A term bound to the columns of some rows.
pub(super) struct Bound<'a> {
    on: &'a [i64],
    checks: Vec<(&'a [i64], Check<'a>)>,
    value: Worth<'a>,
    is_count: bool,
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
        Self { on: rows.column(&term.on), checks, value, is_count: term.is_count }
    }

    /// Gives those of some rows that are meant: each with the day that decides its month, and what it adds.
    ///
    /// Conditions are looked at one after the other, each for all rows: a loop over one column is fast.
    pub(super) fn each(&self, rows: Range<usize>, mut give: impl FnMut(usize, Option<i64>, i64)) {
        let mut marks = vec![true; rows.len()];
        for (column, check) in &self.checks {
            check.narrow((column, &rows), &mut marks);
        }
        for (row, _) in rows.zip(marks).filter(|(_, is_meant)| *is_meant) {
            match self.worth(row) {
                // Days that run backwards are an error of the source: the row is left out and counted as such.
                Some(days) if days < 0 && matches!(self.value, Worth::Days(..)) => give(row, None, 0),
                Some(worth) => {
                    let worth = if self.is_count { 1 } else { worth };
                    give(row, self.on.get(row).copied().and_then(told), worth);
                }
                None => {}
            }
        }
    }

    fn worth(&self, row: usize) -> Option<i64> {
        let at = |column: &[i64]| column.get(row).copied().and_then(told);
        match self.value {
            Worth::One => Some(1),
            Worth::Field(column) => at(column),
            Worth::Days(from, to, less) => Some(at(to)? - at(from)? - less.and_then(at).unwrap_or(0)),
        }
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
