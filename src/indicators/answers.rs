//! How each source answered, by the month of asking: what data quality is watched by.
//!
//! A query that came back without an answer is not one that found nothing. So three things are told apart: answered,
//! refused (rolled back by the holder), and neither.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns::{Known, code};
use super::period::{Period, Places};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{self, ENTITY_ID, EVENT_ON, KNOWN_AT, SOURCES};
use crate::tables::{Partition, Partitions};

/// What came of the queries that one source was sent in one month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceMonth {
    /// Queries of which anything is known.
    pub asked: u64,
    /// Those answered: something found, or nothing.
    pub answered: u64,
    /// Those that the holder rolled back.
    pub refused: u64,
    /// Days from asking to the answer, summed over those answered.
    pub days: u64,
    /// Their squares, summed.
    pub squares: u64,
}

/// How the sources answered over a period; see [`answers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    period: Period,
    sources: BTreeMap<&'static str, Vec<SourceMonth>>,
    /// By source: how many queries of which month became known after how many days.
    waits: BTreeMap<&'static str, BTreeMap<i64, Vec<u64>>>,
}

/// Counts how each source answered, by the month of asking, in one pass over the ledger of queries.
///
/// Of queries asked before the period nothing is counted, and a row that became known after its last day does not
/// exist.
///
/// # Errors
///
/// As [`measure`](super::measure).
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::domain::Day;
/// use wherewithal::indicators::{Period, answers};
/// use wherewithal::tables::SourceTables;
///
/// let day = |name: &str, text: &str| -> Result<Column, Box<dyn std::error::Error>> {
///     Ok(Column::new(name.into(), [Day::parse(text)?.number()]).cast(&DataType::Date)?)
/// };
/// let queries = DataFrame::new(1, vec![
///     Column::new("entity_id".into(), [7i64]),
///     day("event_on", "2017-03-01")?,
///     day("known_at", "2017-03-04")?,
///     Column::new("source".into(), ["bank"]),
///     Column::new("answer".into(), ["nothing_found"]),
/// ])?;
/// let tables = SourceTables::new().with_frame("queries", queries)?;
/// let answers = answers(&tables, Period::new(Day::parse("2017-03-01")?, Day::parse("2017-03-31")?)?)?;
/// let (source, months) = answers.sources().next().ok_or("no source")?;
/// assert_eq!((source, months[0].asked, months[0].answered, months[0].days), ("bank", 1, 1, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn answers(partitions: &dyn Partitions, period: Period) -> Result<Answers> {
    let all = Mutex::new(Answers { period, sources: BTreeMap::new(), waits: BTreeMap::new() });
    (0..partitions.partitions()).into_par_iter().with_max_len(1).try_for_each(|number| {
        let one = of_partition(&partitions.partition(number)?, period)?;
        all.lock().unwrap_or_else(PoisonError::into_inner).add(one);
        Ok::<(), Error>(())
    })?;
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Counts by the place of a source among the schema's, so that no row is looked up by a name.
struct Counts {
    months: Vec<Vec<SourceMonth>>,
    waits: Vec<BTreeMap<i64, Vec<u64>>>,
}

impl Counts {
    fn add(&mut self, (source, month): (usize, usize), (days, is_answered, is_refused): (u64, bool, bool)) {
        let Some(slot) = self.months.get_mut(source).and_then(|months| months.get_mut(month)) else { return };
        slot.asked += 1;
        slot.refused += u64::from(is_refused);
        if is_answered {
            slot.answered += 1;
            slot.days += days;
            slot.squares = slot.squares.saturating_add(days.saturating_mul(days));
        }
    }
}

fn of_partition(partition: &Partition, period: Period) -> Result<Answers> {
    let (months, places): (usize, Places) = (period.months(), period.places());
    let mut counts = Counts { months: vec![vec![SourceMonth::default(); months]; SOURCES.len()], waits: Vec::new() };
    counts.waits.resize_with(SOURCES.len(), BTreeMap::new);
    if let Some(table) = schema::table("queries").filter(|table| partition.tables().has(table.name)) {
        let known = Known::on(partition.tables(), table, period.until())?;
        let [found, nothing, refused] =
            ["found", "nothing_found", "rolled_back"].map(|answer| code("queries", "answer", answer));
        let about = known.numbers("source")?.into_iter().zip(known.numbers("answer")?);
        let days = known.numbers(EVENT_ON)?.into_iter().zip(known.numbers(KNOWN_AT)?);
        let mut last = (None, false);
        for ((party, (source, answer)), (asked, came)) in known.numbers(ENTITY_ID)?.into_iter().zip(about).zip(days) {
            // The rows of a party lie together.
            if last.0 != Some(party) {
                last = (Some(party), partition.contains(party));
            }
            let place = places.month_index(asked).and_then(|month| month.checked_sub(1));
            let (true, Some(month), Ok(source)) = (last.1, place, usize::try_from(source)) else { continue };
            let wait = came.saturating_sub(asked).max(0);
            let days = wait.unsigned_abs();
            counts.add((source, month), (days, answer == found || answer == nothing, answer == refused));
            if let Some(waits) = counts.waits.get_mut(source) {
                let of_days = waits.entry(wait).or_insert_with(|| vec![0; months]);
                of_days.get_mut(month).into_iter().for_each(|count| *count += 1);
            }
        }
    }
    let named = SOURCES.iter().copied().zip(counts.months.into_iter().zip(counts.waits));
    let asked = named.filter(|(_, (months, _))| months.iter().any(|month| month.asked > 0));
    let (mut sources, mut waits) = (BTreeMap::new(), BTreeMap::new());
    for (source, (months, days)) in asked {
        sources.insert(source, months);
        waits.insert(source, days);
    }
    Ok(Answers { period, sources, waits })
}

impl Answers {
    fn add(&mut self, other: Self) {
        let months = self.period.months();
        for (source, counts) in other.sources {
            let held = self.sources.entry(source).or_insert_with(|| vec![SourceMonth::default(); months]);
            for (held, new) in held.iter_mut().zip(counts) {
                held.asked += new.asked;
                held.answered += new.answered;
                held.refused += new.refused;
                held.days += new.days;
                held.squares = held.squares.saturating_add(new.squares);
            }
        }
        for (source, waits) in other.waits {
            let held = self.waits.entry(source).or_default();
            for (days, counts) in waits {
                let held = held.entry(days).or_insert_with(|| vec![0; months]);
                held.iter_mut().zip(counts).for_each(|(held, new)| *held += new);
            }
        }
    }

    /// The period.
    pub fn period(&self) -> Period {
        self.period
    }

    /// The sources that were asked, by name, each with its months; a source that nobody asked is not there.
    pub fn sources(&self) -> impl Iterator<Item = (&'static str, &[SourceMonth])> {
        self.sources.iter().map(|(source, months)| (*source, months.as_slice()))
    }

    /// Days within which 95 of 100 queries of a source's first `base_months` were known to have come back or not;
    /// none where it was not asked.
    ///
    /// Months that ended later than so many days before the last day are not ripe: late answers are not in yet.
    pub fn wait(&self, source: &str, base_months: usize) -> Option<i32> {
        let counts = self.waits.get(source)?;
        let of_base = |months: &Vec<u64>| months.iter().take(base_months).sum::<u64>();
        let all: u64 = counts.values().map(of_base).sum();
        let mut seen = 0;
        let mut reached = counts.iter().filter(|(_, months)| {
            seen += of_base(months);
            all > 0 && seen * 100 >= all * 95
        });
        reached.next().and_then(|(days, _)| i32::try_from(*days).ok())
    }

    /// Whether a month ended at least so many days before the last day.
    pub fn is_ripe(&self, month: usize, wait_days: i32) -> bool {
        let last: Day = self.period.month(month + 1).plus_days(-1);
        last.plus_days(wait_days) <= self.period.until()
    }
}
