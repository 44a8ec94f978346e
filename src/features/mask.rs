//! Evaluates conditions and windows, each once per block of rows, into masks of the rows that pass.
//!
//! A catalogue of some hundred features asks the same few questions again and again: is the account open,
//! did it happen in the last year. Each is answered once for a block of rows, and features share the
//! answers.

use std::collections::BTreeMap;
use std::ops::Range;

use super::rows::{Cells, SourceRows};
use super::{Aggregate, Condition, Test, Value};
use crate::error::{Error, Result};
use crate::schema::EVENT_ON;
use crate::sentence::says;

/// Some rows of a source, and what was asked of them so far.
pub(super) struct Block<'r> {
    pub(super) rows: &'r SourceRows,
    pub(super) range: Range<usize>,
    cells: BTreeMap<&'r str, Cells>,
    conditions: Vec<(Condition, Vec<bool>)>,
    windows: Vec<(String, (i64, i64), Vec<bool>)>,
}

impl<'r> Block<'r> {
    pub(super) fn new(rows: &'r SourceRows, range: Range<usize>) -> Result<Self> {
        let cells = rows.cells(&range)?;
        Ok(Self { rows, range, cells, conditions: Vec::new(), windows: Vec::new() })
    }

    /// The rows that count for an aggregate.
    pub(super) fn counting(&mut self, aggregate: &Aggregate) -> Result<Vec<bool>> {
        let mut mask = self.whole(aggregate)?;
        self.narrow(&mut mask, &aggregate.conditions)?;
        Ok(mask)
    }

    /// The rows that a share is a share of.
    pub(super) fn whole(&mut self, aggregate: &Aggregate) -> Result<Vec<bool>> {
        let mut mask = self.passing(&aggregate.among)?;
        if let Some(window) = aggregate.window {
            let from = i64::from(window.skip);
            let day = aggregate.window_on.as_deref().unwrap_or(EVENT_ON);
            and(&mut mask, self.within(day, (from, from + i64::from(window.days)))?);
        }
        Ok(mask)
    }

    /// The rows that pass all conditions.
    pub(super) fn passing(&mut self, conditions: &[Condition]) -> Result<Vec<bool>> {
        let mut mask = vec![true; self.range.len()];
        self.narrow(&mut mask, conditions)?;
        Ok(mask)
    }

    fn narrow(&mut self, mask: &mut [bool], conditions: &[Condition]) -> Result<()> {
        conditions.iter().try_for_each(|condition| {
            and(mask, self.holds(condition)?);
            Ok(())
        })
    }

    /// The cells of a column in this block.
    pub(super) fn values(&self, column: &str) -> Result<&[Option<i64>]> {
        Ok(&self.cells(column)?.values)
    }

    fn cells(&self, column: &str) -> Result<&Cells> {
        self.cells.get(column).ok_or_else(|| Error::table("source", "no such column", says!("column {column}", column)))
    }

    pub(super) fn days(&self) -> &'r [i32] {
        self.rows.days.get(self.range.clone()).unwrap_or_default()
    }

    pub(super) fn samples(&self) -> &'r [usize] {
        self.rows.samples().get(self.range.clone()).unwrap_or_default()
    }

    fn within(&mut self, day: &str, (from, to): (i64, i64)) -> Result<&[bool]> {
        let met = |window: &(String, (i64, i64), Vec<bool>)| window.0 == day && window.1 == (from, to);
        let at = match self.windows.iter().position(met) {
            Some(at) => at,
            None => {
                let cells = self.values(day)?.iter().zip(self.days());
                let lies = |(on, as_of): (&Option<i64>, &i32)| {
                    on.is_some_and(|on| (from..to).contains(&(i64::from(*as_of) - on)))
                };
                self.windows.push((day.to_owned(), (from, to), cells.map(lies).collect()));
                self.windows.len() - 1
            }
        };
        Ok(self.windows.get(at).map_or(&[], |window| window.2.as_slice()))
    }

    fn holds(&mut self, condition: &Condition) -> Result<&[bool]> {
        let at = match self.conditions.iter().position(|(met, _)| met == condition) {
            Some(at) => at,
            None => {
                let mask = self.test(condition)?;
                self.conditions.push((condition.clone(), mask));
                self.conditions.len() - 1
            }
        };
        Ok(self.conditions.get(at).map_or(&[], |(_, mask)| mask.as_slice()))
    }

    fn test(&self, condition: &Condition) -> Result<Vec<bool>> {
        let cells = (self.cells(&condition.column)?, self.rows.texts(&condition.column));
        let values = self.values(&condition.column)?;
        let days = self.days();
        Ok(match &condition.test {
            Test::Is(wanted) => one_of(cells, wanted, false),
            Test::Not(wanted) => one_of(cells, wanted, true),
            Test::Below(limit) => compared(cells, limit, |value, limit| value < limit),
            Test::AtLeast(limit) => compared(cells, limit, |value, limit| value >= limit),
            Test::Open(true) => {
                values.iter().zip(days).map(|(on, day)| on.is_none_or(|on| on > i64::from(*day))).collect()
            }
            Test::Open(false) => {
                values.iter().zip(days).map(|(on, day)| on.is_some_and(|on| on <= i64::from(*day))).collect()
            }
            Test::Known(known) => match cells.0.numbers.as_slice() {
                [] => values.iter().map(|value| value.is_some() == *known).collect(),
                numbers => numbers.iter().map(|number| number.is_some() == *known).collect(),
            },
        })
    }
}

/// A column's cells and the texts that they stand for.
type Coded<'a> = (&'a Cells, &'a [String]);

/// Whether each value is one of `wanted`, or with `not`, none of them or unknown.
fn one_of((cells, texts): Coded<'_>, wanted: &[Value], not: bool) -> Vec<bool> {
    if !cells.numbers.is_empty() {
        let wanted: Vec<f64> = wanted.iter().filter_map(number).collect();
        let met = |value: &Option<f64>| value.is_some_and(|value| wanted.contains(&value));
        return cells.numbers.iter().map(|value| met(value) != not).collect();
    }
    let wanted: Vec<i64> = wanted.iter().filter_map(|value| whole(texts, value)).collect();
    cells.values.iter().map(|value| value.is_some_and(|value| wanted.contains(&value)) != not).collect()
}

fn compared((cells, texts): Coded<'_>, limit: &Value, holds: fn(f64, f64) -> bool) -> Vec<bool> {
    if !cells.numbers.is_empty() {
        let limit = number(limit).unwrap_or(f64::NAN);
        return cells.numbers.iter().map(|value| value.is_some_and(|value| holds(value, limit))).collect();
    }
    let Some(limit) = whole(texts, limit) else { return vec![false; cells.values.len()] };
    // The order of two whole numbers is that of their difference's sign.
    let holds = |value: &i64| holds(f64::from(i32::from(value.cmp(&limit) as i8)), 0.0);
    cells.values.iter().map(|value| value.as_ref().is_some_and(holds)).collect()
}

fn and(mask: &mut [bool], other: &[bool]) {
    mask.iter_mut().zip(other).for_each(|(slot, holds)| *slot &= holds);
}

/// A wanted value as a cell holds it; nothing when no cell does.
fn whole(texts: &[String], value: &Value) -> Option<i64> {
    match value {
        Value::Flag(flag) => Some(i64::from(*flag)),
        Value::Integer(number) => Some(*number),
        Value::Number(_) => None,
        Value::Text(text) => {
            let at = texts.binary_search(text).ok()?;
            i64::try_from(at).ok()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "limits of shares and areas are small")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        Value::Flag(_) | Value::Text(_) => None,
    }
}
