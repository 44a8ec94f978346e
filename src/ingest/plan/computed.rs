//! Columns computed from columns of the same row.
//!
//! Whole numbers (fen, days, counts) are computed as integers; a result beyond 64 bits refuses the row.
//! Where an operand has no value there is no result: unknown is not zero.

use std::cmp::Ordering;

use super::read_value::Reading;
use super::scratch::{Scratch, Staged};
use crate::ingest::mapping::Operation;
use crate::ingest::refusal::{Fault, Reason};
use crate::ingest::rows::Cell;

/// The computed columns of a file, each after those it needs.
#[derive(Debug, Default)]
pub(super) struct Computed(pub(super) Vec<Computation>);

/// One computed column.
#[derive(Debug)]
pub(super) struct Computation {
    pub(super) name: String,
    pub(super) op: Operation,
    pub(super) of: Vec<Part>,
}

/// One operand.
#[derive(Debug)]
pub(super) enum Part {
    /// A column of the file, how it is read, and the texts that mean no value.
    Read {
        column: usize,
        name: String,
        reading: Reading,
        null: Vec<String>,
    },
    /// A computed column, by its place among them.
    Made(usize),
    Fixed(Value),
}

/// What is computed with: fen, days and days' numbers are whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl Computed {
    /// The row with the computed columns after its own.
    pub(super) fn completed<'c>(&self, row: &'c [Cell<'c>], scratch: &mut Scratch<'_>) -> Result<Vec<Cell<'c>>, Fault> {
        let mut made: Vec<Option<Value>> = Vec::with_capacity(self.0.len());
        for computation in &self.0 {
            let value = computation.value(row, (&made, scratch))?;
            made.push(value);
        }
        let cells = made.into_iter().map(|value| value.map_or(Cell::Null, Value::cell));
        Ok(row.iter().map(Cell::lent).chain(cells).collect())
    }
}

impl Computation {
    fn value(
        &self,
        row: &[Cell<'_>],
        (made, scratch): (&[Option<Value>], &mut Scratch<'_>),
    ) -> Result<Option<Value>, Fault> {
        let mut of = Vec::with_capacity(self.of.len());
        for part in &self.of {
            let value = match part {
                Part::Fixed(value) => Some(*value),
                Part::Made(at) => made.get(*at).copied().flatten(),
                Part::Read { column, name, reading, null } => {
                    let cell = row.get(*column).map_or(Cell::Null, Cell::lent);
                    let is_null = null.iter().any(|null| cell.text().is_some_and(|text| text == *null));
                    match cell {
                        Cell::Null => None,
                        _ if is_null => None,
                        cell => {
                            let staged = reading.stage(&cell, scratch);
                            Value::from_staged(staged.map_err(|fault| Fault { column: name.clone(), ..fault })?)
                        }
                    }
                }
            };
            of.push(value);
        }
        let Some(of) = of.into_iter().collect::<Option<Vec<Value>>>() else { return Ok(None) };
        let too_large = || Fault {
            column: self.name.clone(),
            ..Fault::line(Reason::Number, "a result out of range", "a result that 64 bits can hold")
        };
        self.result(&of).map(|value| value.ok_or_else(too_large)).transpose()
    }

    /// The result, if there is one; `Some(None)` when it is out of range.
    fn result(&self, of: &[Value]) -> Option<Option<Value>> {
        let (first, second) = (*of.first()?, *of.get(1)?);
        let order = || first.order(second);
        let flag = |holds: bool| Some(Some(Value::Flag(holds)));
        match self.op {
            Operation::Days => Some(second.less(first)),
            Operation::Difference => Some(first.less(second)),
            Operation::Sum => Some(of.iter().skip(1).try_fold(first, |sum, value| sum.plus(*value))),
            Operation::Ratio => {
                let divisor = second.number();
                let ratio = || Some(first.number() / divisor).filter(|ratio| ratio.is_finite());
                (divisor != 0.0).then(|| ratio().map(Value::Number))
            }
            Operation::Less => flag(order()? == Ordering::Less),
            Operation::AtMost => flag(order()? != Ordering::Greater),
            Operation::More => flag(order()? == Ordering::Greater),
            Operation::AtLeast => flag(order()? != Ordering::Less),
            Operation::Equal => flag(order()? == Ordering::Equal),
        }
    }
}

impl Value {
    const fn from_staged(staged: Staged) -> Option<Self> {
        match staged {
            Staged::Int(number) | Staged::Day(number) => Some(Self::Whole(number)),
            Staged::Number(number) => Some(Self::Number(number)),
            Staged::Flag(flag) => Some(Self::Flag(flag)),
            Staged::Null | Staged::Code(_) | Staged::Word(_) | Staged::Text(..) => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a quotient, or a whole number beside a decimal one")]
    fn number(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Number(number) => number,
            Self::Flag(flag) => f64::from(u8::from(flag)),
        }
    }

    fn plus(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.checked_add(b).map(Self::Whole),
            _ => Some(self.number() + other.number()).filter(|sum| sum.is_finite()).map(Self::Number),
        }
    }

    fn less(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.checked_sub(b).map(Self::Whole),
            _ => Some(self.number() - other.number()).filter(|rest| rest.is_finite()).map(Self::Number),
        }
    }

    fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(&b)),
            _ => self.number().partial_cmp(&other.number()),
        }
    }

    const fn cell<'c>(self) -> Cell<'c> {
        match self {
            Self::Whole(number) => Cell::Int(number),
            Self::Number(number) => Cell::Number(number),
            Self::Flag(flag) => Cell::Flag(flag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(op: Operation, of: &[Value]) -> Option<Option<Value>> {
        Computation { name: String::new(), op, of: Vec::new() }.result(of)
    }

    #[test]
    fn whole_numbers_stay_whole_and_overflow_is_seen() {
        use Value::{Flag, Number, Whole};
        assert_eq!(computed(Operation::Days, &[Whole(10), Whole(3)]), Some(Some(Whole(-7))));
        assert_eq!(computed(Operation::Sum, &[Whole(1), Whole(2), Whole(3)]), Some(Some(Whole(6))));
        assert_eq!(computed(Operation::Sum, &[Whole(i64::MAX), Whole(1)]), Some(None));
        assert_eq!(computed(Operation::Difference, &[Number(1.5), Whole(1)]), Some(Some(Number(0.5))));
        assert_eq!(computed(Operation::Ratio, &[Whole(1), Whole(4)]), Some(Some(Number(0.25))));
        assert_eq!(computed(Operation::Ratio, &[Whole(1), Whole(0)]), None, "no result, and no fault");
        assert_eq!(computed(Operation::AtLeast, &[Whole(2), Whole(2)]), Some(Some(Flag(true))));
        assert_eq!(computed(Operation::Less, &[Number(2.5), Whole(2)]), Some(Some(Flag(false))));
    }
}
