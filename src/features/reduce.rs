//! Aggregates the rows that pass into one value per sample. Sums are of integers, so order does not
//! matter.
//!
//! Of each sample a few integers are kept whatever the number of its rows, except for
//! [`Aggregation::NUnique`], which must remember the values.

use std::collections::BTreeSet;

use polars::prelude::*;

use super::mask::Block;
use super::rows::{MILLION, SourceRows};
use super::{Aggregate, Aggregation, check};
use crate::error::{Error, Result};
use crate::schema::{ColumnKind, EVENT_ON, KNOWN_AT, Table};
use crate::sentence::Sentence;

/// What the rows of one sample add up to.
///
/// `n` counts rows; `known` those with a value; `a` and `b` hold what the aggregation keeps: a sum,
/// an extreme, the time and value of an end, the two ends of a span, the part and the whole of a
/// share.
#[derive(Debug, Clone, Copy, Default)]
struct Accumulator {
    n: i64,
    known: i64,
    a: i64,
    b: i64,
    /// Whether a sum left the numbers of 64 bits.
    is_beyond: bool,
}

/// An aggregate while its rows are read.
pub(super) struct Reduced<'a> {
    pub(super) aggregate: &'a Aggregate,
    table: &'static Table,
    accumulators: Vec<Accumulator>,
    /// Sample and value, for what counts different values.
    pairs: Vec<(usize, i64)>,
    /// Rows that prove an answer where the holder is another than the table's.
    proofs: Vec<bool>,
}

impl<'a> Reduced<'a> {
    pub(super) fn new(aggregate: &'a Aggregate, samples: usize) -> Result<Self> {
        let missing = || Error::table(Sentence::name(&aggregate.source), "no such table", "a table of the schema");
        let table = aggregate.table().ok_or_else(missing)?;
        let proofs = vec![false; if aggregate.asked.is_some() { samples } else { 0 }];
        Ok(Self { aggregate, table, accumulators: vec![Accumulator::default(); samples], pairs: Vec::new(), proofs })
    }

    /// Who must have answered for an absence of rows to mean zero.
    pub(super) fn asked(&self) -> Option<&'a str> {
        self.aggregate.asked.as_deref().or(self.table.asked)
    }

    /// The columns that an aggregate reads.
    pub(super) fn columns(aggregate: &Aggregate) -> BTreeSet<&str> {
        let conditions = aggregate.conditions.iter().chain(&aggregate.among).map(|condition| condition.column.as_str());
        conditions.chain(aggregate.column.as_deref()).chain(aggregate.window_on.as_deref()).collect()
    }

    /// Adds the rows of a block.
    pub(super) fn add(&mut self, block: &mut Block<'_>) -> Result<()> {
        let mask = block.counting(self.aggregate)?;
        if self.aggregate.asked.is_some() {
            let proofs = block.passing(&self.aggregate.conditions)?;
            for (sample, _) in block.samples().iter().zip(proofs).filter(|(_, passes)| *passes) {
                self.proofs.get_mut(*sample).into_iter().for_each(|proof| *proof = true);
            }
        }
        use Aggregation::{
            Any, Count, DaysSinceFirst, DaysSinceLast, First, Last, Max, Mean, Min, NUnique, Periods, Share, SpanDays,
            Sum,
        };
        let column = self.aggregate.column.as_deref();
        match self.aggregate.aggregation {
            Count => self.each(block, (&mask, None), |accumulator, _| accumulator.n += 1),
            Any | Max => self.each(block, (&mask, column), |accumulator, value| accumulator.widen(value)),
            Sum | Mean => self.each(block, (&mask, column), |accumulator, value| accumulator.sum(value)),
            Min => self.each(block, (&mask, column), |accumulator, value| accumulator.widen(value)),
            DaysSinceLast | DaysSinceFirst | SpanDays => {
                self.each(block, (&mask, Some(check::day_column(self.aggregate))), |accumulator, value| {
                    accumulator.widen(value);
                })
            }
            Last => self.end(block, &mask, |new, old| new > old),
            First => self.end(block, &mask, |new, old| new < old),
            NUnique => self.pair(block, (&mask, column.unwrap_or(KNOWN_AT)), |value, _| Some(value)),
            Periods => {
                let length = i64::from(self.aggregate.period_days.unwrap_or(1)).max(1);
                let period = |on: i64, as_of: i64| (as_of >= on).then(|| (as_of - on) / length);
                self.pair(block, (&mask, check::day_column(self.aggregate)), period)
            }
            Share => {
                let whole = block.whole(self.aggregate)?;
                self.each(block, (&mask, column), |accumulator, value| {
                    accumulator.a = accumulator.added(accumulator.a, value.unwrap_or_default());
                })?;
                self.each(block, (&whole, column), |accumulator, value| {
                    accumulator.b = accumulator.added(accumulator.b, value.unwrap_or_default());
                })
            }
        }
    }

    /// Gives the value of each row that counts to its sample; every value is one when there is no column.
    fn each(
        &mut self,
        block: &Block<'_>,
        (mask, column): (&[bool], Option<&str>),
        mut add: impl FnMut(&mut Accumulator, Option<i64>),
    ) -> Result<()> {
        let rows = block.samples().iter().zip(mask);
        match column {
            None => {
                for (sample, _) in rows.filter(|(_, counts)| **counts) {
                    self.accumulators.get_mut(*sample).into_iter().for_each(|accumulator| add(accumulator, Some(1)));
                }
            }
            Some(column) => {
                for ((sample, _), value) in rows.zip(block.values(column)?).filter(|((_, counts), _)| **counts) {
                    self.accumulators.get_mut(*sample).into_iter().for_each(|accumulator| add(accumulator, *value));
                }
            }
        }
        Ok(())
    }

    /// Keeps the value of the latest (or earliest) row with one; of several at that time, the largest (or smallest).
    fn end(&mut self, block: &Block<'_>, mask: &[bool], wins: fn((i64, i64), (i64, i64)) -> bool) -> Result<()> {
        let every = vec![Some(1); mask.len()];
        let values = match &self.aggregate.column {
            Some(column) => block.values(column)?,
            None => &every,
        };
        let times = block.values(EVENT_ON)?.iter().zip(block.values(KNOWN_AT)?);
        for (((sample, counts), value), (on, known)) in block.samples().iter().zip(mask).zip(values).zip(times) {
            let (true, Some(value), Some(on), Some(known)) = (*counts, *value, *on, *known) else { continue };
            let time = on * (1 << 32) + (known - i64::from(i32::MIN));
            if let Some(accumulator) = self.accumulators.get_mut(*sample) {
                if accumulator.known == 0 || wins((time, value), (accumulator.a, accumulator.b)) {
                    (accumulator.a, accumulator.b) = (time, value);
                }
                accumulator.known += 1;
            }
        }
        Ok(())
    }

    fn pair(
        &mut self,
        block: &Block<'_>,
        (mask, column): (&[bool], &str),
        of: impl Fn(i64, i64) -> Option<i64>,
    ) -> Result<()> {
        let rows = block.samples().iter().zip(block.days()).zip(mask).zip(block.values(column)?);
        for (((sample, day), _), value) in rows.filter(|((_, counts), _)| **counts) {
            if let Some(value) = value.and_then(|value| of(value, i64::from(*day))) {
                let pair = (*sample, value);
                if self.pairs.last() != Some(&pair) {
                    self.pairs.push(pair);
                }
            }
        }
        Ok(())
    }

    /// The values, one per sample; `answered` tells whether the holder ever answered, `has_rows`
    /// whether there are rows.
    pub(super) fn finish(
        mut self,
        (rows, samples): (&SourceRows, &[(i64, i32)]),
        answered: Option<&[bool]>,
        has_rows: &[bool],
    ) -> Result<Column> {
        let beyond = self.accumulators.iter().filter(|accumulator| accumulator.is_beyond).count();
        if beyond > 0 {
            let column = self.aggregate.column.as_deref().unwrap_or_default();
            let found = format!("a sum of {column} beyond 64 bits for {beyond} samples");
            return Err(Error::table(self.table.name, found, "amounts that add up to less"));
        }
        if matches!(self.aggregate.aggregation, Aggregation::NUnique | Aggregation::Periods) {
            self.pairs.sort_unstable();
            self.pairs.dedup();
            for (sample, _) in &self.pairs {
                self.accumulators.get_mut(*sample).into_iter().for_each(|accumulator| accumulator.n += 1);
            }
        }
        let proofs = if self.aggregate.asked.is_some() { &self.proofs } else { has_rows };
        let known: Vec<bool> = match answered {
            Some(answered) => answered.iter().zip(proofs).map(|(answered, proof)| *answered || *proof).collect(),
            None => vec![true; samples.len()],
        };
        let kind =
            self.aggregate.column.as_deref().and_then(|name| check::view_column(self.table, name)).map(|c| c.kind);
        let ends = matches!(self.aggregate.aggregation, Aggregation::Last | Aggregation::First);
        if ends && kind.is_some_and(check::is_text) {
            let texts = rows.texts(self.aggregate.column.as_deref().unwrap_or_default());
            let ends = self
                .accumulators
                .iter()
                .zip(known)
                .map(|(accumulator, known)| text(texts, accumulator).filter(|_| known));
            return Ok(Column::new("".into(), ends.collect::<Vec<_>>()));
        }
        let scale = if matches!(kind, Some(ColumnKind::Number | ColumnKind::Share)) { MILLION } else { 1.0 };
        let values = self.accumulators.iter().zip(samples).zip(known);
        let value = |((accumulator, (_, day)), known): ((&Accumulator, &(i64, i32)), bool)| {
            known.then(|| self.value(accumulator, i64::from(*day), scale)).flatten()
        };
        Ok(Column::new("".into(), values.map(value).collect::<Vec<_>>()))
    }

    #[expect(clippy::cast_precision_loss, reason = "a feature is a number, rounded to the nearest beyond 2⁵³")]
    fn value(&self, accumulator: &Accumulator, day: i64, scale: f64) -> Option<f64> {
        let Accumulator { n, known, a, b, .. } = *accumulator;
        let if_known = |value: f64| (known > 0).then_some(value);
        let scaled = |value: i64| if scale > 1.0 { value as f64 / scale } else { value as f64 };
        match self.aggregate.aggregation {
            Aggregation::Count | Aggregation::NUnique | Aggregation::Periods => Some(n as f64),
            Aggregation::Any if n == 0 => Some(0.0),
            Aggregation::Any => if_known(b as f64),
            Aggregation::Sum if n == 0 => Some(0.0),
            Aggregation::Sum => if_known(scaled(a)),
            Aggregation::Mean => if_known(scaled(a) / known as f64),
            Aggregation::Min => if_known(scaled(a)),
            Aggregation::Max | Aggregation::Last | Aggregation::First => if_known(scaled(b)),
            Aggregation::DaysSinceLast => if_known((day - b) as f64),
            Aggregation::DaysSinceFirst => if_known((day - a) as f64),
            Aggregation::SpanDays => if_known((b - a) as f64),
            Aggregation::Share => (b != 0).then(|| a as f64 / b as f64),
        }
    }
}

fn text<'t>(texts: &'t [String], accumulator: &Accumulator) -> Option<&'t str> {
    let at = usize::try_from(accumulator.b).ok().filter(|_| accumulator.known > 0)?;
    texts.get(at).map(String::as_str)
}

impl Accumulator {
    /// Keeps the smallest value in `a` and the largest in `b`.
    fn widen(&mut self, value: Option<i64>) {
        self.n += 1;
        let Some(value) = value else { return };
        (self.a, self.b) = if self.known == 0 { (value, value) } else { (self.a.min(value), self.b.max(value)) };
        self.known += 1;
    }

    fn sum(&mut self, value: Option<i64>) {
        self.n += 1;
        let Some(value) = value else { return };
        self.a = self.added(self.a, value);
        self.known += 1;
    }

    /// A sum, or a note that there is none.
    fn added(&mut self, sum: i64, value: i64) -> i64 {
        sum.checked_add(value).unwrap_or_else(|| {
            self.is_beyond = true;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_neither_wraps_nor_stops_in_silence() {
        let mut accumulator = Accumulator::default();
        accumulator.sum(Some(i64::MAX));
        assert!(!accumulator.is_beyond);
        accumulator.sum(Some(-1));
        (0..3).for_each(|_| accumulator.sum(Some(1)));
        assert!(accumulator.is_beyond);
    }
}
