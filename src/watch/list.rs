//! Lists closed cases that are due to be checked again, and compares the debtor's means then and
//! now.
//!
//! Means are stated twice by the same rules: as known when the closing became known, and as known now. The
//! difference is what came back, whatever changed in the law between.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use polars::prelude::*;

use super::RecheckRule;
use crate::capacity::{self, CapacityParams, CapacityRules, Waterfall};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, closes};
use crate::snapshot::{self, Known, Snapshot};
use crate::tables::{Partition, SourceTables};

/// A debtor of a case closed without result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Watched {
    /// The debtor.
    pub entity_id: i64,
    /// The case closed last.
    pub case_id: i64,
    /// The day it was closed.
    pub closed_on: Day,
    /// The last check that fell due.
    pub due_on: Option<Day>,
    /// Whether anybody was asked about the debtor since.
    pub is_asked: bool,
    /// The next check.
    pub next_on: Option<Day>,
    /// What was available to claims as known on the day the closing became known, as expected.
    pub then: Money,
    /// The same as known now.
    pub now: Money,
    /// Whether that is a gain of the rule's least or more.
    pub is_back: bool,
}

/// The debtors to be looked at again, sorted by party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchList(Vec<Watched>);

/// When a case was closed without result, and when that became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Closing {
    on: Day,
    case_id: i64,
    known: Day,
}

/// Lists the debtors, among those who are whole in a partition, of cases closed without result
/// whose checks still go on.
///
/// A case that was closed in another manner afterwards is not looked at again; of several cases the last one counts.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a table operation fails.
///
/// # Examples
///
/// ```
/// use wherewithal::capacity::CapacityRules;
/// use wherewithal::domain::Day;
/// use wherewithal::tables::{Partition, SourceTables};
/// use wherewithal::watch::watch;
///
/// let nobody = Partition::of_parties(SourceTables::new(), &[]);
/// let list = watch(&nobody, &CapacityRules::standard()?, Day::parse("2018-06-30")?)?;
/// assert!(list.watched().is_empty());
/// assert_eq!(list.frame()?.height(), 0);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn watch(partition: &Partition, rules: &CapacityRules, day: Day) -> Result<WatchList> {
    let of = checked_still(partition, day)?;
    let samples = of.iter().flat_map(|(entity, (closing, _))| [(*entity, closing.known), (*entity, day)]);
    let snapshot = snapshot::as_of_each(partition.tables(), &samples_frame(samples.collect())?)?;
    let means = available(&snapshot, rules)?;
    let asked = asked(&snapshot)?;
    let watched = of.into_iter().map(|(entity_id, (closing, rule))| {
        let (due_on, next_on) = rule.checks(closing.on, day);
        let at = |day: Day| means.get(&(entity_id, day)).copied().unwrap_or_default();
        let (then, now) = (at(closing.known), at(day));
        let last = asked.get(&entity_id).copied();
        Watched {
            entity_id,
            case_id: closing.case_id,
            closed_on: closing.on,
            due_on,
            is_asked: due_on.is_some_and(|due| last.is_some_and(|last| last >= due)),
            next_on,
            then,
            now,
            is_back: now - then >= rule.least_gain(),
        }
    });
    Ok(WatchList(watched.collect()))
}

/// The debtors whom [`watch`] lists, sorted. Only the tables of cases are read.
///
/// # Errors
///
/// As [`watch`].
pub fn watched(partition: &Partition, day: Day) -> Result<Vec<i64>> {
    Ok(checked_still(partition, day)?.into_keys().collect())
}

/// The debtors whose checks still go on, each with the case closed last.
fn checked_still(partition: &Partition, day: Day) -> Result<BTreeMap<i64, (Closing, &'static RecheckRule)>> {
    let closings = closings(partition.tables(), day)?;
    let mut of: BTreeMap<i64, (Closing, &RecheckRule)> = BTreeMap::new();
    let pairs = pairs(partition.tables(), day)?;
    for (entity, case) in pairs.into_iter().filter(|(entity, _)| partition.contains(*entity)) {
        let Some(closing) = closings.get(&case) else { continue };
        let Some(rule) = RecheckRule::on(closing.on).filter(|rule| rule.is_open(closing.on, day)) else { continue };
        if of.get(&entity).is_none_or(|(last, _)| last < closing) {
            of.insert(entity, (*closing, rule));
        }
    }
    Ok(of)
}

impl WatchList {
    /// The debtors.
    pub fn watched(&self) -> &[Watched] {
        &self.0
    }

    /// One row per debtor, columns named like the fields of [`Watched`].
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when the columns cannot be joined into a frame.
    pub fn frame(&self) -> Result<DataFrame> {
        let whole =
            |name: &str, of: fn(&Watched) -> i64| Column::new(name.into(), self.0.iter().map(of).collect::<Vec<i64>>());
        let days = |name: &str, of: fn(&Watched) -> Option<Day>| {
            let numbers: Vec<Option<i32>> = self.0.iter().map(|row| of(row).map(Day::number)).collect();
            Column::new(name.into(), numbers).cast(&DataType::Date)
        };
        let columns = vec![
            whole(ENTITY_ID, |row| row.entity_id),
            whole(CASE_ID, |row| row.case_id),
            days("closed_on", |row| Some(row.closed_on))?,
            days("due_on", |row| row.due_on)?,
            Column::new("is_asked".into(), self.0.iter().map(|row| row.is_asked).collect::<Vec<_>>()),
            days("next_on", |row| row.next_on)?,
            whole("then_fen", |row| row.then.fen()),
            whole("now_fen", |row| row.now.fen()),
            Column::new("is_back".into(), self.0.iter().map(|row| row.is_back).collect::<Vec<_>>()),
        ];
        Ok(DataFrame::new(self.0.len(), columns)?)
    }
}

/// The last closing of each case, where it was one without result.
fn closings(tables: &SourceTables, day: Day) -> Result<HashMap<i64, Closing>> {
    let frame = Known::on(tables, day).columns("closings", &[CASE_ID, EVENT_ON, KNOWN_AT, "manner"])?;
    let days = |name: &str| -> Result<&Int32Chunked> { Ok(&frame.column(name)?.date()?.phys) };
    let keys = frame.column(CASE_ID)?.i64()?.iter().zip(frame.column("manner")?.str()?.iter());
    let mut of: HashMap<i64, Vec<(Day, Day, String)>> = HashMap::new();
    for ((case, manner), (on, known)) in keys.zip(days(EVENT_ON)?.iter().zip(days(KNOWN_AT)?.iter())) {
        let (Some(case_id), Some(manner)) = (case, manner.filter(|manner| closes(manner))) else { continue };
        if let (Some(on), Some(known)) = (on.and_then(Day::from_number), known.and_then(Day::from_number)) {
            of.entry(case_id).or_default().push((on, known, manner.to_owned()));
        }
    }
    Ok(of.into_iter().filter_map(|(case_id, rows)| Some((case_id, last(case_id, rows)?))).collect())
}

/// The last closing of one case as told last, if it was one without result; it was known when it was first told.
fn last(case_id: i64, mut rows: Vec<(Day, Day, String)>) -> Option<Closing> {
    rows.sort();
    let (on, _, manner) = rows.last()?;
    let (_, known, _) = rows.iter().find(|(day, _, told)| day == on && told == manner)?;
    (manner == "no_result").then_some(Closing { on: *on, case_id, known: *known })
}

/// Debtors, each with a case.
fn pairs(tables: &SourceTables, day: Day) -> Result<BTreeSet<(i64, i64)>> {
    let frame = Known::on(tables, day).columns("case_parties", &[ENTITY_ID, CASE_ID, "role"])?;
    let pairs = frame.column(ENTITY_ID)?.i64()?.iter().zip(frame.column(CASE_ID)?.i64()?.iter());
    let roles = frame.column("role")?.str()?.iter();
    let pairs = pairs.zip(roles).filter(|(_, role)| *role == Some("debtor")).map(|(pair, _)| pair);
    Ok(pairs.filter_map(|(entity, case)| entity.zip(case)).collect())
}

fn samples_frame(samples: Vec<(i64, Day)>) -> Result<DataFrame> {
    let days: Vec<i32> = samples.iter().map(|sample| sample.1.number()).collect();
    let parties: Vec<i64> = samples.iter().map(|sample| sample.0).collect();
    let days = Column::new(AS_OF.into(), days).cast(&DataType::Date)?;
    Ok(DataFrame::new(samples.len(), vec![Column::new(ENTITY_ID.into(), parties), days])?)
}

/// What the assets of each sample make available, as expected.
fn available(snapshot: &Snapshot, rules: &CapacityRules) -> Result<HashMap<(i64, Day), Money>> {
    let table = capacity::assess(snapshot, rules, &CapacityParams::default().turning_points(false).articles(false))?;
    let sum = |assets: &[Waterfall]| assets.iter().map(|asset| asset.available().expected).sum();
    Ok(table.statements().iter().map(|row| ((row.entity_id, row.as_of), sum(&row.assets))).collect())
}

/// The last day on which anybody was asked about each party.
fn asked(snapshot: &Snapshot) -> Result<HashMap<i64, Day>> {
    let rows = snapshot.rows("queries", &[EVENT_ON])?;
    let mut last: HashMap<i64, Day> = HashMap::new();
    for (sample, day) in rows.samples().iter().zip(rows.days(EVENT_ON)?) {
        if let (Some((entity, _)), Some(day)) = (snapshot.keys().get(*sample), day) {
            let last = last.entry(*entity).or_insert(day);
            *last = day.max(*last);
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_told_twice_was_known_when_told_first() {
        let day = |number| Day::from_number(number).unwrap();
        let row = |on, known, manner: &str| (day(on), day(known), manner.to_owned());
        let told = |rows: Vec<_>| last(7, rows).map(|closing| (closing.on, closing.known));
        let twice = vec![row(10, 40, "no_result"), row(10, 12, "no_result")];
        assert_eq!(told(twice), Some((day(10), day(12))));
        assert_eq!(told(vec![row(10, 12, "no_result"), row(30, 31, "completed")]), None);
        assert_eq!(told(vec![row(10, 12, "no_result"), row(10, 20, "completed")]), None);
        assert_eq!(told(vec![row(10, 12, "settled"), row(10, 20, "no_result")]), Some((day(10), day(20))));
    }
}
