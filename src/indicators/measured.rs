//! Counts indicators over a period, by month, court and team, in one pass over the partitions.
//!
//! Terms that several indicators share are counted once. What is kept is one whole number for each term,
//! month and post, so that any selection of months and courts is a sum of what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::catalog::IndicatorCatalog;
use super::chance::wilson;
use super::definition::{Definition, Measure, Over, Scope};
use super::period::Period;
use super::tally::{Court, Order, Post, Tally, is_meant};
use super::terms::Counted;
use super::vocabulary::{CASES, LISTINGS};
use crate::error::{Error, Result};
use crate::sentence::says;
use crate::tables::Partitions;

/// Which part of what was counted.
///
/// ```
/// use wherewithal::indicators::{Scope, Selection};
///
/// let one = Selection::all().court("无锡市锡山区人民法院").scope(Scope::First).months(0, 2);
/// assert_eq!((one.courts.len(), one.months), (1, Some((0, 2))));
/// assert_eq!(Selection::all(), Selection::default());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selection {
    /// Courts by name; all when empty.
    pub courts: Vec<String>,
    /// A team of them.
    pub team: Option<String>,
    /// Cases of one scope, where the indicator counts all.
    pub scope: Option<Scope>,
    /// The first and the last month by their places in the period from 0; all when absent.
    pub months: Option<(usize, usize)>,
}

impl Selection {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// One court.
    #[must_use]
    pub fn court(mut self, name: impl Into<String>) -> Self {
        self.courts.push(name.into());
        self
    }

    /// One team.
    #[must_use]
    pub fn team(self, name: impl Into<String>) -> Self {
        Self { team: Some(name.into()), ..self }
    }

    /// Cases of one scope.
    #[must_use]
    pub fn scope(self, scope: Scope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// Some months.
    #[must_use]
    pub fn months(self, first: usize, last: usize) -> Self {
        Self { months: Some((first, last)), ..self }
    }

    fn holds(&self, post: &Post) -> bool {
        (self.courts.is_empty() || self.courts.contains(&post.court))
            && self.team.as_ref().is_none_or(|team| *team == post.team)
            && self.scope.is_none_or(|scope| is_meant(scope, post.kind))
    }
}

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nobody delivered this table.
    Table(String),
    /// No row counts.
    NoRows,
    /// The definition is not in use at the end of the period.
    NotInUse,
    /// It is a curve: see [`Measured::survival`].
    Curve,
    /// A sum leaves the numbers of 64 bits.
    Beyond,
}

/// One figure.
///
/// `value` is `None` exactly where `missing` says why: a figure that could not be had is not 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The numerator: a count, fen, or days.
    pub top: i64,
    /// The denominator; 0 where there is none.
    pub bottom: i64,
    /// The figure.
    pub value: Option<f64>,
    /// Between which values it lies, at 95 %; none where amounts or flows are compared.
    pub interval: Option<(f64, f64)>,
    /// Rows that no day gives a month or whose days run backwards, which count nowhere, and rows of the period that no
    /// case tells the court of, such as those about a guarantor, which count for the whole alone.
    pub left_out: (u64, u64),
    /// Why there is none.
    pub missing: Option<Missing>,
}

impl Figure {
    fn none(missing: Missing) -> Self {
        Self { top: 0, bottom: 0, value: None, interval: None, left_out: (0, 0), missing: Some(missing) }
    }
}

/// The places of an indicator's terms.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    pub(super) top: Vec<(usize, Over, bool)>,
    pub(super) bottom: Vec<(usize, Over, bool)>,
}

/// Everything that was counted over one period.
#[derive(Debug, Clone)]
pub struct Measured {
    pub(super) catalog: IndicatorCatalog,
    pub(super) period: Period,
    pub(super) tally: Tally,
    pub(super) sides: BTreeMap<String, Sides>,
    pub(super) lasting: Vec<String>,
    /// The first slot of each term; that of its squares, where they are summed, is the next.
    pub(super) slots: Vec<usize>,
    /// The slot of each term that is counted by kind of case, too.
    pub(super) mixed: Vec<Option<usize>>,
}

/// The terms of all indicators, each once, and which of them each indicator sums.
pub(super) fn compiled(catalog: &IndicatorCatalog) -> (Vec<Counted>, BTreeMap<String, Sides>) {
    let (mut counted, mut sides): (Vec<Counted>, BTreeMap<String, Sides>) = (Vec::new(), BTreeMap::new());
    for definition in catalog.definitions() {
        let (top, bottom) = definition.sides();
        let mut places = |terms: Vec<super::Term>, is_top: bool| {
            let is_squared = is_top && definition.measure == Measure::Mean;
            let place = |term: super::Term| {
                let (over, minus) = (term.over, term.minus);
                let plain = super::Term { over: Over::Period, minus: false, ..term };
                let one = Counted { term: plain, scope: definition.scope, is_squared };
                let at = counted.iter().position(|known| *known == one).unwrap_or_else(|| {
                    counted.push(one);
                    counted.len() - 1
                });
                (at, over, minus)
            };
            terms.into_iter().map(place).collect()
        };
        let of = Sides { top: places(top, true), bottom: places(bottom, false) };
        sides.insert(definition.code.clone(), of);
    }
    (counted, sides)
}

/// Counts every indicator of a catalogue in one pass over the partitions.
///
/// # Errors
///
/// As [`Partitions::partition`], and [`Error::Frame`] or [`Error::Format`] when rows cannot be read.
///
/// Partitions may be a [`Store`](crate::store::Store) or tables in memory; the figures are the same.
///
/// # Examples
///
/// The head of [the room](super) has one.
pub fn measure(partitions: &dyn Partitions, catalog: &IndicatorCatalog, period: Period) -> Result<Measured> {
    let (counted, sides) = compiled(catalog);
    let shares: BTreeSet<usize> = catalog
        .definitions()
        .iter()
        .filter(|definition| definition.measure == Measure::Share)
        .filter_map(|definition| sides.get(&definition.code))
        .flat_map(|sides| sides.top.iter().chain(&sides.bottom).map(|side| side.0))
        .collect();
    let mixed: Vec<Option<usize>> = (0..counted.len()).map(|at| shares.iter().position(|share| *share == at)).collect();
    let mut next = 0;
    let slot = |counted: &Counted| {
        let slot = next;
        next += 1 + usize::from(counted.is_squared);
        slot
    };
    let slots: Vec<usize> = counted.iter().map(slot).collect();
    let curves = catalog.definitions().iter().filter(|definition| definition.measure == Measure::Survival);
    let curve = |definition: &Definition| {
        let term = definition.of.clone()?;
        let counted = Counted { term, scope: definition.scope, is_squared: false };
        Some((definition.code.clone(), (counted, definition.until.clone()?)))
    };
    let (names, lasting): (Vec<String>, Vec<(Counted, String)>) = curves.filter_map(curve).unzip();
    let order = Order {
        counted: &counted,
        slots: (&slots, next),
        mixed: (&mixed, shares.len()),
        lasting: &lasting,
        terms: catalog.terms(),
        until: period.until(),
        months: period.months(),
        places: period.places(),
    };
    // Each thread adds to one tally, whichever partitions it counts: memory is that of these.
    let spare: Mutex<Vec<Tally>> = Mutex::default();
    let held = || spare.lock().unwrap_or_else(PoisonError::into_inner);
    (0..partitions.partitions()).into_par_iter().with_max_len(1).try_for_each(|number| {
        let before = held().pop();
        let mut tally = before.unwrap_or_else(|| Tally::new(&order));
        tally.count(&partitions.partition(number)?, &order)?;
        held().push(tally);
        Ok::<(), Error>(())
    })?;
    let mut tally = Tally::new(&order);
    spare.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().for_each(|one| tally.add(one));
    Ok(Measured { catalog: catalog.clone(), period, tally, sides, lasting: names, slots, mixed })
}

impl Measured {
    /// The definitions that were counted.
    pub fn catalog(&self) -> &IndicatorCatalog {
        &self.catalog
    }

    /// The period.
    pub fn period(&self) -> Period {
        self.period
    }

    /// The courts, by name; the one without a name stands for cases whose court nobody told.
    ///
    /// Those with a case in the tables, whether or not one falls into the period.
    pub fn courts(&self) -> Vec<Court> {
        let court = |(name, code): (&String, &Option<String>)| Court { name: name.clone(), code: code.clone() };
        self.tally.courts.iter().map(court).collect()
    }

    /// The teams of a court, sorted; the empty name stands for cases that no team has.
    pub fn teams(&self, court: &str) -> Vec<String> {
        let teams: BTreeSet<&String> =
            self.tally.sums.keys().filter(|post| post.court == court).map(|post| &post.team).collect();
        teams.into_iter().cloned().collect()
    }

    /// Listings that count nowhere, since nobody can tell what came of them: they name no case, or
    /// one in which the party is no debtor, such as a guarantor.
    pub fn listings_elsewhere(&self) -> u64 {
        self.tally.elsewhere
    }

    /// One figure.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there is no such indicator, or cases of another scope are asked of
    /// it: such figures do not reconcile.
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::indicators::{IndicatorCatalog, Missing, Period, Selection, measure};
    /// use wherewithal::tables::SourceTables;
    ///
    /// let year = Period::new(Day::parse("2017-01-01")?, Day::parse("2017-12-31")?)?;
    /// let nothing = measure(&SourceTables::new(), &IndicatorCatalog::standard()?, year)?;
    /// let rate = nothing.figure("closing_rate", &Selection::all())?;
    /// assert_eq!(rate.value, None); // nobody delivered anything, so there is no rate of 0 %
    /// assert!(rate.missing.is_some());
    /// assert!(nothing.figure("no_such_indicator", &Selection::all()).is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn figure(&self, code: &str, of: &Selection) -> Result<Figure> {
        let definition = self.catalog.needed(code)?;
        if let Some(scope) = of.scope.filter(|scope| definition.scope != Scope::All && *scope != definition.scope) {
            return Err(Error::setting(
                says!("indicator {code}", code),
                says!("{} cases asked of it", [scope.code()]),
                says!("{} cases: figures of different scopes do not reconcile", [definition.scope.code()]),
            ));
        }
        if let Some(missing) = self.missing(definition) {
            return Ok(Figure::none(missing));
        }
        match definition.measure {
            Measure::Survival => Ok(Figure::none(Missing::Curve)),
            Measure::Parts => self.sum_of(definition, of),
            _ => Ok(self.counted(definition, of)),
        }
    }

    /// Days within which 95 of 100 became known, in the first half of the period; none where an
    /// indicator does not wait, or nothing was counted. Months that ended later than so many days
    /// before the last day are not ripe: who waits long in them is not known yet.
    pub fn wait(&self, code: &str) -> Option<i32> {
        let days = self.sides.get(code)?.top.iter().find_map(|(at, ..)| self.tally.waits.get(at))?;
        let all: u64 = days.values().sum();
        let mut seen = 0;
        let mut reached = days.iter().filter(|(_, count)| {
            seen += *count;
            seen * 100 >= all * 95
        });
        reached.next().and_then(|(days, _)| i32::try_from(*days).ok())
    }

    /// How many months of the period are ripe for an indicator: all, unless it waits.
    pub fn ripe_months(&self, code: &str) -> usize {
        let months = self.period.months();
        let Some(wait) = self.wait(code) else { return months };
        // A month is ripe when its last day, the one before the next month, is.
        (0..months).filter(|at| self.period.month(at + 1).plus_days(wait - 1) <= self.period.until()).count()
    }

    fn missing(&self, definition: &Definition) -> Option<Missing> {
        let until = self.period.until();
        let is_used =
            definition.from.is_none_or(|from| from <= until) && definition.to.is_none_or(|to| to >= self.period.from());
        if !is_used {
            return Some(Missing::NotInUse);
        }
        let table = |thing: &str| match thing {
            CASES => "cases".to_owned(),
            LISTINGS => "sanctions".to_owned(),
            table => table.to_owned(),
        };
        let wanted = definition.things().map(table).chain(self.reviews(definition));
        wanted.into_iter().find(|table| !self.tally.tables.contains(table.as_str())).map(Missing::Table)
    }

    /// The tables that give a case's fields besides its own.
    fn reviews(&self, definition: &Definition) -> Vec<String> {
        let (top, bottom) = definition.sides();
        let asked: Vec<String> =
            top.iter().chain(&bottom).filter(|term| term.of == CASES).flat_map(super::terms::fields).collect();
        let needs = |fields: &[&str]| asked.iter().any(|field| fields.contains(&field.as_str()));
        let mut tables = Vec::new();
        let of_reviews =
            ["due_fen", "is_property", "is_searched", "is_restricted", "is_heard", "is_inspected", "is_qualified"];
        if needs(&of_reviews) {
            tables.push("closing_reviews".to_owned());
        }
        if needs(&["is_preserved"]) {
            tables.push("preservations".to_owned());
        }
        tables
    }

    fn sum_of(&self, definition: &Definition, of: &Selection) -> Result<Figure> {
        let parts = definition.parts.iter().map(|part| self.figure(part, of)).collect::<Result<Vec<_>>>()?;
        if let Some(missing) = parts.iter().find_map(|part| part.missing.clone()) {
            return Ok(Figure::none(missing));
        }
        let value = parts.iter().filter_map(|part| part.value).sum();
        let left_out = parts.iter().fold((0, 0), |all, part| (all.0 + part.left_out.0, all.1 + part.left_out.1));
        Ok(Figure { top: 0, bottom: 0, value: Some(value), interval: None, left_out, missing: None })
    }

    fn counted(&self, definition: &Definition, of: &Selection) -> Figure {
        let Some(sides) = self.sides.get(&definition.code) else { return Figure::none(Missing::NoRows) };
        let total = |sides: &[(usize, Over, bool)], nth: usize| -> Option<i64> {
            let side = |(at, over, minus): &(usize, Over, bool)| {
                let sum = self.sum((*at, nth, *over), of);
                if *minus { -sum } else { sum }
            };
            // Sums of a month stop at the ends: what reaches one is not known.
            i64::try_from(sides.iter().map(side).sum::<i128>()).ok().filter(|sum| !matches!(*sum, i64::MIN | i64::MAX))
        };
        let (Some(top), Some(bottom)) = (total(&sides.top, 0), total(&sides.bottom, 0)) else {
            return Figure::none(Missing::Beyond);
        };
        let count = |counts: &[u64]| -> u64 {
            let places: BTreeSet<usize> = sides.top.iter().chain(&sides.bottom).map(|side| side.0).collect();
            places.iter().filter_map(|at| counts.get(*at)).max().copied().unwrap_or(0)
        };
        let left_out = (count(&self.tally.undated), count(&self.tally.astray));
        let figure = Figure { top, bottom, value: None, interval: None, left_out, missing: None };
        if sides.bottom.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "shown, not reckoned with")]
            return Figure { value: Some(top as f64), ..figure };
        }
        if bottom <= 0 {
            return Figure { missing: Some(Missing::NoRows), ..figure };
        }
        #[expect(clippy::cast_precision_loss, reason = "shown, not reckoned with")]
        let value = top as f64 / bottom as f64;
        let interval = match definition.measure {
            Measure::Share if definition.of.as_ref().is_some_and(|term| term.value.is_none()) => {
                wilson(u64::try_from(top).unwrap_or(0), u64::try_from(bottom).unwrap_or(0))
            }
            Measure::Mean => total(&sides.top, 1).and_then(|squares| mean_interval((top, squares, bottom))),
            _ => None,
        };
        Figure { value: Some(value), interval, ..figure }
    }

    /// The sum of a slot of a term over the months that are asked for.
    fn sum(&self, (at, nth, over): (usize, usize, Over), of: &Selection) -> i128 {
        let months = self.period.months() + 1;
        let (first, last) = of.months.map_or((1, months - 1), |(first, last)| (first + 1, (last + 1).min(months - 1)));
        let range = match over {
            Over::Period => first..last + 1,
            Over::UntilEnd => 0..last + 1,
            Over::Before => 0..first,
        };
        let Some(slot) = self.slots.get(at).map(|slot| (slot + nth) * months) else { return 0 };
        let of_post = |(post, sums): (&Post, &Vec<i64>)| -> Option<i128> {
            let slots = sums.get(slot + range.start..slot + range.end)?;
            of.holds(post).then(|| slots.iter().copied().map(i128::from).sum())
        };
        match of.courts.as_slice() {
            // Posts stand in the order of courts: those of one court are found at once.
            [court] => {
                let first = Post { court: court.clone(), team: String::new(), kind: i64::MIN };
                self.tally.sums.range(first..).take_while(|(post, _)| post.court == *court).filter_map(of_post).sum()
            }
            _ => self.tally.sums.iter().filter_map(of_post).sum(),
        }
    }
}

/// Between which values a mean lies, at 95 %, as far as the normal curve tells.
#[expect(clippy::cast_precision_loss, reason = "shown, not reckoned with")]
fn mean_interval((sum, squares, n): (i64, i64, i64)) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if n < 2 {
        return None;
    }
    let (n, mean) = (n as f64, sum as f64 / n as f64);
    let variance = ((squares as f64 - n * mean * mean) / (n - 1.0)).max(0.0);
    let half = Z * (variance / n).sqrt();
    Some((mean - half, mean + half))
}
