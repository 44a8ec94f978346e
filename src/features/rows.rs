//! The rows of a source, column by column as integers, each row with its sample.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;

use super::aggregate::rows_of;
use crate::error::Result;
use crate::schema::{EVENT_ON, KNOWN_AT};
use crate::snapshot::{self, Codes, Snapshot};

/// Decimal columns are read in millionths.
pub(super) const MILLION: f64 = 1e6;

/// One column of some rows.
pub(super) struct Cells {
    /// Whole numbers, days, flags as 0 and 1, decimals in millionths; of text the place among
    /// [`SourceRows::texts`].
    pub(super) values: Vec<Option<i64>>,
    /// Decimals as they are; nothing where a value is not finite.
    pub(super) numbers: Vec<Option<f64>>,
}

/// The rows of one source as known for each sample.
pub(super) struct SourceRows {
    rows: snapshot::Rows,
    /// The day of each row's sample.
    pub(super) days: Vec<i32>,
    /// The columns read as cells, and what those of text were coded to.
    columns: BTreeMap<String, Option<Arc<Codes>>>,
}

impl SourceRows {
    /// Reads some columns and the two clocks as cells, and `beside` as it is.
    pub(super) fn read(
        snapshot: &Snapshot,
        (source, columns): (&str, &BTreeSet<&str>),
        beside: &[&str],
    ) -> Result<Self> {
        let cells: BTreeSet<&str> = columns.iter().copied().chain([EVENT_ON, KNOWN_AT]).collect();
        let wanted: BTreeSet<&str> = cells.iter().copied().chain(beside.iter().copied()).collect();
        let rows = rows_of(snapshot, source, &wanted.into_iter().collect::<Vec<_>>())?;
        let keys = snapshot.keys();
        let days = rows.samples().iter().map(|sample| keys.get(*sample).map_or(0, |key| key.1)).collect();
        let coded = |name: &str| match rows.kind(name)? {
            DataType::String => rows.codes(name).map(Some),
            _ => Ok(None),
        };
        let columns = cells.into_iter().map(|name| Ok((name.to_owned(), coded(name)?))).collect::<Result<_>>()?;
        Ok(Self { rows, days, columns })
    }

    pub(super) fn len(&self) -> usize {
        self.days.len()
    }

    /// The place of each row's sample.
    pub(super) fn samples(&self) -> &[usize] {
        self.rows.samples()
    }

    /// What was read, `beside` included.
    pub(super) fn read_rows(&self) -> &snapshot::Rows {
        &self.rows
    }

    /// The different texts of a column, sorted, so that their places compare as they do.
    pub(super) fn texts(&self, name: &str) -> &[String] {
        self.columns.get(name).and_then(Option::as_ref).map_or(&[], |codes| codes.texts())
    }

    /// The cells of some rows.
    pub(super) fn cells(&self, range: &Range<usize>) -> Result<BTreeMap<&str, Cells>> {
        let part = self.rows.part(range.clone());
        let of = |(name, codes): (&'_ String, &Option<Arc<Codes>>)| match codes {
            Some(codes) => Ok(Cells::of_codes(codes, range)),
            None => Cells::read(&part, name),
        };
        self.columns.iter().map(|column| Ok((column.0.as_str(), of(column)?))).collect()
    }
}

impl Cells {
    fn of_codes(codes: &Codes, range: &Range<usize>) -> Self {
        let places = codes.range(range.clone()).map(|place| place.and_then(|place| i64::try_from(place).ok()));
        Self { values: places.collect(), numbers: Vec::new() }
    }

    fn read(rows: &snapshot::Rows, name: &str) -> Result<Self> {
        let mut numbers = Vec::new();
        let values = match rows.kind(name)? {
            DataType::Float64 => {
                numbers = rows.collected(rows.decimals(name)?.map(|value| value.filter(|value| value.is_finite())));
                numbers.iter().map(|value| value.and_then(millionths)).collect()
            }
            DataType::Date => rows.collected(rows.day_numbers(name)?.map(|day| day.map(i64::from))),
            DataType::Boolean => rows.collected(rows.flags(name)?.map(|flag| flag.map(i64::from))),
            _ => rows.collected(rows.numbers(name)?),
        };
        Ok(Self { values, numbers })
    }
}

/// Half away from zero; nothing beyond 64 bits.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked against the range")]
fn millionths(value: f64) -> Option<i64> {
    let scaled = value * MILLION + if value < 0.0 { -0.5 } else { 0.5 };
    (scaled > i64::MIN as f64 && scaled < i64::MAX as f64).then_some(scaled as i64)
}
