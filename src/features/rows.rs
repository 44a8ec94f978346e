//! The rows of a source as cells, each with its sample.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use polars::prelude::*;

use super::aggregate::view;
use crate::error::{Error, Result};
use crate::schema::{AS_OF, ENTITY_ID, EVENT_ON, KNOWN_AT};
use crate::snapshot::Snapshot;

/// Decimal columns are read in millionths.
pub(super) const MILLION: f64 = 1e6;

/// The keys of the samples, sorted.
pub(super) struct Samples(Vec<(i64, i32)>);

impl Samples {
    pub(super) fn of(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self(keys(snapshot.samples())?))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn days(&self) -> impl Iterator<Item = i32> + '_ {
        self.0.iter().map(|key| key.1)
    }
}

/// One column.
pub(super) struct Cells {
    /// Whole numbers, days, flags as 0 and 1, decimals in millionths; of text the place of its value in `texts`.
    pub(super) values: Vec<Option<i64>>,
    /// The different texts, sorted, so that their places compare as they do.
    pub(super) texts: Vec<String>,
    /// Decimals as they are; nothing where a value is not finite.
    pub(super) numbers: Vec<Option<f64>>,
}

/// The rows of one source as known for each sample.
pub(super) struct Rows {
    pub(super) frame: DataFrame,
    /// The place of each row's sample.
    pub(super) samples: Vec<usize>,
    /// The day of each row's sample.
    pub(super) days: Vec<i32>,
    columns: BTreeMap<String, Cells>,
}

impl Rows {
    /// Reads some columns, the two clocks and `beside`, which stays a frame.
    pub(super) fn read(
        (snapshot, samples): (&Snapshot, &Samples),
        (source, columns): (&str, &BTreeSet<&str>),
        beside: &[&str],
    ) -> Result<Self> {
        let mut wanted: BTreeSet<&str> = columns.iter().copied().chain([EVENT_ON, KNOWN_AT]).collect();
        let cells: Vec<&str> = wanted.iter().copied().collect();
        wanted.extend([ENTITY_ID, AS_OF].into_iter().chain(beside.iter().copied()));
        let mut frame = view(snapshot, source)?.select(wanted.into_iter().map(col).collect::<Vec<_>>()).collect()?;
        frame.rechunk_mut();
        let keys = keys(&frame)?;
        let mut places = Vec::with_capacity(keys.len());
        let mut last: Option<((i64, i32), usize)> = None;
        for key in &keys {
            // Rows of one party mostly stand together.
            let place = match last {
                Some((before, place)) if before == *key => place,
                _ => samples
                    .0
                    .binary_search(key)
                    .map_err(|_| Error::table(source, "a row of no sample", "rows of samples"))?,
            };
            last = Some((*key, place));
            places.push(place);
        }
        let days = keys.into_iter().map(|key| key.1).collect();
        let columns = cells.into_iter().map(|name| Ok((name.to_owned(), Cells::of(frame.column(name)?)?)));
        let columns = columns.collect::<Result<_>>()?;
        Ok(Self { frame, samples: places, days, columns })
    }

    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn cells(&self, name: &str) -> Result<&Cells> {
        self.columns.get(name).ok_or_else(|| Error::table("source", "no such column", format!("column {name}")))
    }
}

impl Cells {
    fn of(column: &Column) -> Result<Self> {
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        let values = match column.dtype() {
            DataType::String => {
                let values = column.str()?;
                texts = places(values.iter());
                let of: HashMap<&str, i64> = texts.iter().map(String::as_str).zip(0..).collect();
                let mut last = ("", None);
                values
                    .iter()
                    .map(|text| {
                        let text = text?;
                        if last.1.is_none() || last.0 != text {
                            last = (text, of.get(text).copied());
                        }
                        last.1
                    })
                    .collect()
            }
            DataType::Float64 => {
                numbers = column.f64()?.iter().map(|value| value.filter(|value| value.is_finite())).collect();
                numbers.iter().map(|value| value.and_then(millionths)).collect()
            }
            DataType::Date => column.date()?.phys.iter().map(|day| day.map(i64::from)).collect(),
            DataType::Boolean => column.bool()?.iter().map(|flag| flag.map(i64::from)).collect(),
            _ => column.i64()?.iter().collect(),
        };
        Ok(Self { values, texts, numbers })
    }
}

/// The different texts, sorted.
fn places<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut met: std::collections::HashSet<&str> = std::collections::HashSet::new();
    let mut last = None;
    for text in values.flatten() {
        if last != Some(text) {
            met.insert(text);
            last = Some(text);
        }
    }
    let mut texts: Vec<String> = met.into_iter().map(str::to_owned).collect();
    texts.sort_unstable();
    texts
}

/// Half away from zero; nothing beyond 64 bits.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked against the range")]
fn millionths(value: f64) -> Option<i64> {
    let scaled = value * MILLION + if value < 0.0 { -0.5 } else { 0.5 };
    (scaled > i64::MIN as f64 && scaled < i64::MAX as f64).then_some(scaled as i64)
}

fn keys(frame: &DataFrame) -> Result<Vec<(i64, i32)>> {
    let days = frame.column(AS_OF)?.date()?.phys.iter();
    let keys = frame.column(ENTITY_ID)?.i64()?.iter().zip(days);
    Ok(keys.map(|(entity, day)| (entity.unwrap_or_default(), day.unwrap_or_default())).collect())
}
