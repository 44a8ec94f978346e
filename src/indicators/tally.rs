//! Whole numbers by post and month, counted partition by partition and added up.
//!
//! Adding whole numbers knows no order, so threads and partitions do not matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::columns::{NONE, told};
use super::definition::Scope;
use super::docket::{Assignment, Docket};
use super::listings::{Listings, code};
use super::measured::Period;
use super::rows::{Reading, Rows};
use super::rule::TermRule;
use super::terms::{Bound, Counted, fields};
use crate::error::Result;
use crate::schema;
use crate::tables::Partition;

/// A court.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Court {
    /// Its name as cases tell it; empty where they do not.
    pub name: String,
    /// Its code in case numbers, as 苏0205.
    pub code: Option<String>,
}

/// The courts and teams that a partition names, each with a small number.
#[derive(Debug, Default)]
pub(crate) struct Names {
    courts: BTreeMap<String, u32>,
    teams: BTreeMap<String, u32>,
    /// The code of each court in case numbers: the least, where they tell several.
    codes: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut names = Self::default();
        names.team("");
        names
    }

    pub(super) fn court(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.courts.len()).unwrap_or(u32::MAX);
        *self.courts.entry(name.to_owned()).or_insert(next)
    }

    pub(super) fn code(&mut self, court: &str, code: &str) {
        let held = self.codes.entry(court.to_owned()).or_insert_with(|| code.to_owned());
        if code < held.as_str() {
            code.clone_into(held);
        }
    }

    pub(crate) fn court_name(&self, at: u32) -> String {
        let found = self.courts.iter().find(|(_, number)| **number == at);
        found.map(|(court, _)| court.clone()).unwrap_or_default()
    }

    pub(crate) fn team_name(&self, at: u32) -> String {
        let found = self.teams.iter().find(|(_, number)| **number == at);
        found.map(|(team, _)| team.clone()).unwrap_or_default()
    }

    pub(super) fn team(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.teams.len()).unwrap_or(u32::MAX);
        *self.teams.entry(name.to_owned()).or_insert(next)
    }
}

/// Who handled what: a court, one of its teams, a kind of case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Post {
    /// Whether the court was told at all.
    pub(super) court: String,
    pub(super) team: String,
    /// The place of the kind among the schema's codes.
    pub(super) kind: i64,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) courts: BTreeMap<String, Option<String>>,
    /// By post: for each slot the months before the period as one, then each month.
    pub(super) sums: BTreeMap<Post, Vec<i64>>,
    /// By court and kind of case: for each slot the sum over the period.
    pub(super) strata: BTreeMap<(String, u32), Vec<i64>>,
    /// By term, rows that no day gives a month.
    pub(super) undated: Vec<u64>,
    /// By term, rows of the period that no case tells the court of.
    pub(super) astray: Vec<u64>,
    /// By survival indicator and court: after how many days how many had it happen, and how many were seen no longer.
    pub(super) lasting: BTreeMap<(usize, String), BTreeMap<i64, (u64, u64)>>,
    /// By term whose end is the day something became known: how many waited how many days, in the
    /// first half of the period.
    pub(super) waits: BTreeMap<usize, BTreeMap<i64, u64>>,
    pub(super) tables: BTreeSet<&'static str>,
    /// Listings that name no case.
    pub(super) elsewhere: u64,
}

/// What to count.
pub(super) struct Order<'a> {
    pub(super) counted: &'a [Counted],
    /// Terms whose counts are kept by kind of case too.
    pub(super) is_mixed: &'a [bool],
    /// Survival indicators: the term that begins and the field that ends.
    pub(super) lasting: &'a [(Counted, String)],
    pub(super) terms: &'a [TermRule],
    pub(super) period: Period,
}

impl Order<'_> {
    pub(super) fn slots(&self) -> usize {
        self.counted.len() * 2
    }
}

/// Whether an indicator of a scope counts a case of a kind.
pub(super) fn is_meant(scope: Scope, kind: i64) -> bool {
    scope == Scope::All || kind == code("cases", "kind", scope.code())
}

impl Tally {
    /// Counts one partition.
    pub(super) fn count(partition: &Partition, order: &Order<'_>) -> Result<Self> {
        let day = order.period.until();
        let mut names = Names::new();
        let docket = Docket::read(partition, (&mut names, order.terms), day)?;
        let listings = Listings::read(partition, &docket, day)?;
        let mut tally = Self {
            undated: vec![0; order.counted.len()],
            astray: vec![0; order.counted.len()],
            elsewhere: listings.elsewhere,
            ..Self::default()
        };
        let delivered = schema::TABLES.iter().map(|table| table.name);
        tally.tables.extend(delivered.filter(|name| partition.tables().has(name)));
        let reading = Reading { partition, docket: &docket, listings: &listings, day };
        let mut counting = Counting::new((order, &docket, &names), &mut tally);
        let mut by_thing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, counted) in order.counted.iter().enumerate() {
            by_thing.entry(&counted.term.of).or_default().push(at);
        }
        for (thing, terms) in by_thing {
            let wanted = terms.iter().filter_map(|at| order.counted.get(*at)).flat_map(|one| fields(&one.term));
            let wanted: BTreeSet<String> = wanted.collect();
            let rows = reading.rows(thing, &wanted.into_iter().collect::<Vec<_>>())?;
            terms.into_iter().for_each(|at| counting.add(at, &rows));
        }
        for (at, (counted, until)) in order.lasting.iter().enumerate() {
            let mut wanted = fields(&counted.term);
            wanted.push(until.clone());
            let rows = reading.rows(&counted.term.of, &wanted)?;
            counting.last((at, counted, until), &rows);
        }
        counting.finish();
        Ok(tally)
    }

    /// Adds what another partition counted.
    pub(super) fn add(&mut self, other: Self) {
        let plus = |held: &mut Vec<i64>, new: Vec<i64>| {
            if held.is_empty() {
                *held = new;
            } else {
                held.iter_mut().zip(new).for_each(|(held, new)| *held = held.saturating_add(new));
            }
        };
        for (court, code) in other.courts {
            let held = self.courts.entry(court).or_default();
            *held = [held.take(), code].into_iter().flatten().min();
        }
        for (post, sums) in other.sums {
            plus(self.sums.entry(post).or_default(), sums);
        }
        for (key, sums) in other.strata {
            plus(self.strata.entry(key).or_default(), sums);
        }
        for (held, new) in [(&mut self.undated, other.undated), (&mut self.astray, other.astray)] {
            held.resize(held.len().max(new.len()), 0);
            held.iter_mut().zip(new).for_each(|(held, new)| *held += new);
        }
        for (key, days) in other.lasting {
            let held = self.lasting.entry(key).or_default();
            for (day, (events, censored)) in days {
                let slot = held.entry(day).or_default();
                *slot = (slot.0 + events, slot.1 + censored);
            }
        }
        for (term, days) in other.waits {
            let held = self.waits.entry(term).or_default();
            days.into_iter().for_each(|(days, count)| *held.entry(days).or_default() += count);
        }
        self.tables.extend(other.tables);
        self.elsewhere += other.elsewhere;
    }
}

/// Counts of one partition, by small numbers in the place of names.
struct Counting<'a> {
    order: &'a Order<'a>,
    docket: &'a Docket,
    courts: Vec<String>,
    codes: BTreeMap<String, String>,
    teams: Vec<String>,
    /// The post of each assignment, and its index by kind of case.
    posts: Vec<(usize, usize)>,
    post_keys: Vec<(u32, u32, i64)>,
    mix_keys: Vec<(u32, u32)>,
    sums: Vec<i64>,
    mixes: Vec<i64>,
    months: usize,
    /// The post of rows that no case tells the court of, and whether there are any.
    nameless: usize,
    is_nameless: bool,
    tally: &'a mut Tally,
}

impl<'a> Counting<'a> {
    fn new((order, docket, names): (&'a Order<'a>, &'a Docket, &Names), tally: &'a mut Tally) -> Self {
        let mut courts: Vec<(u32, String)> = names.courts.iter().map(|(court, at)| (*at, court.clone())).collect();
        courts.sort_unstable();
        let mut teams: Vec<(u32, String)> = names.teams.iter().map(|(team, at)| (*at, team.clone())).collect();
        teams.sort_unstable();
        let (mut posts, mut mixes) = (HashMap::new(), HashMap::new());
        let of = |assignment: &Assignment| {
            let (next_post, next_mix) = (posts.len(), mixes.len());
            let post = *posts.entry((assignment.court, assignment.team, assignment.kind)).or_insert(next_post);
            (post, *mixes.entry((assignment.court, assignment.stratum)).or_insert(next_mix))
        };
        let places: Vec<(usize, usize)> = docket.assignments.iter().map(of).collect();
        let months = order.period.months() + 1;
        let mut post_keys: Vec<((u32, u32, i64), usize)> = posts.into_iter().collect();
        post_keys.sort_unstable_by_key(|(_, at)| *at);
        let mut mix_keys: Vec<((u32, u32), usize)> = mixes.into_iter().collect();
        mix_keys.sort_unstable_by_key(|(_, at)| *at);
        Self {
            nameless: post_keys.len(),
            is_nameless: false,
            sums: vec![0; (post_keys.len() + 1) * order.slots() * months],
            mixes: vec![0; mix_keys.len() * order.slots()],
            order,
            docket,
            codes: names.codes.clone(),
            courts: courts.into_iter().map(|(_, court)| court).collect(),
            teams: teams.into_iter().map(|(_, team)| team).collect(),
            posts: places,
            post_keys: post_keys.into_iter().map(|(key, _)| key).collect(),
            mix_keys: mix_keys.into_iter().map(|(key, _)| key).collect(),
            months,
            tally,
        }
    }

    fn add(&mut self, at: usize, rows: &Rows) {
        let Some(counted) = self.order.counted.get(at) else { return };
        let bound = Bound::new(&counted.term, rows, self.order.period.until());
        let is_mixed = self.order.is_mixed.get(at).copied().unwrap_or_default();
        let (slots, months) = (self.order.slots(), self.months);
        let does_wait = counted.is_squared && counted.term.ends_when_known();
        for (place, assignment) in rows.places.iter().zip(&rows.assignments) {
            let Some((day, worth)) = bound.row(*place) else { continue };
            let known = assignment.and_then(|assignment| {
                Some((self.docket.assignments.get(assignment)?.kind, *self.posts.get(assignment)?))
            });
            // Who is nobody's debtor counts for no court.
            let (kind, (post, mix)) = known.unwrap_or((NONE, (self.nameless, usize::MAX)));
            if !is_meant(counted.scope, kind) {
                continue;
            }
            let Some(day) = day else {
                self.tally.undated.get_mut(at).into_iter().for_each(|count| *count += 1);
                continue;
            };
            let Some(month) = self.order.period.place(day) else { continue };
            if known.is_none() && month > 0 {
                self.tally.astray.get_mut(at).into_iter().for_each(|count| *count += 1);
            }
            if does_wait && (1..=months / 2).contains(&month) {
                *self.tally.waits.entry(at).or_default().entry(worth).or_default() += 1;
            }
            self.is_nameless |= known.is_none();
            let squared = if counted.is_squared { worth.saturating_mul(worth) } else { 0 };
            for (nth, value) in [worth, squared].into_iter().enumerate() {
                let slot = at * 2 + nth;
                if let Some(sum) = self.sums.get_mut((post * slots + slot) * months + month) {
                    *sum = sum.saturating_add(value);
                }
                if is_mixed && month > 0 && mix != usize::MAX {
                    self.mixes.get_mut(mix * slots + slot).into_iter().for_each(|sum| *sum += value);
                }
            }
        }
    }

    /// How long it took, or has been so far.
    fn last(&mut self, (at, counted, until): (usize, &Counted, &str), rows: &Rows) {
        let bound = Bound::new(&counted.term, rows, self.order.period.until());
        let ends = rows.column(until);
        let today = i64::from(self.order.period.until().number());
        for (place, assignment) in rows.places.iter().zip(&rows.assignments) {
            let Some(assignment) = assignment.and_then(|assignment| self.docket.assignments.get(assignment)) else {
                continue;
            };
            let Some((Some(begun), _)) = bound.row(*place) else { continue };
            if !is_meant(counted.scope, assignment.kind) || begun > today {
                continue;
            }
            let end = ends.get(*place).copied().and_then(told).filter(|end| *end <= today);
            let days = (end.unwrap_or(today) - begun).max(0);
            let court = self.courts.get(assignment.court as usize).cloned().unwrap_or_default();
            let slot = self.tally.lasting.entry((at, court)).or_default().entry(days).or_default();
            if end.is_some() { slot.0 += 1 } else { slot.1 += 1 }
        }
    }

    fn finish(self) {
        let (slots, months) = (self.order.slots(), self.months);
        let court = |at: u32| self.courts.get(at as usize).cloned().unwrap_or_default();
        for ((at, team, kind), sums) in self.post_keys.iter().zip(self.sums.chunks(slots * months)) {
            let team = self.teams.get(*team as usize).cloned().unwrap_or_default();
            let post = Post { court: court(*at), team, kind: *kind };
            let held = self.tally.sums.entry(post).or_default();
            if held.is_empty() {
                *held = sums.to_vec();
            } else {
                held.iter_mut().zip(sums).for_each(|(held, new)| *held += new);
            }
        }
        if let Some(sums) = self.sums.chunks(slots * months).nth(self.nameless).filter(|_| self.is_nameless) {
            let post = Post { court: String::new(), team: String::new(), kind: NONE };
            self.tally.sums.insert(post, sums.to_vec());
            self.tally.courts.entry(String::new()).or_default();
        }
        for ((at, stratum), sums) in self.mix_keys.iter().zip(self.mixes.chunks(slots)) {
            let held = self.tally.strata.entry((court(*at), *stratum)).or_default();
            if held.is_empty() {
                *held = sums.to_vec();
            } else {
                held.iter_mut().zip(sums).for_each(|(held, new)| *held += new);
            }
        }
        for court in self.courts {
            let code = self.codes.get(&court).cloned();
            self.tally.courts.insert(court, code);
        }
    }
}
