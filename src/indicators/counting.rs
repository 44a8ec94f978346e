//! Counts the rows of one partition into a tally, by small numbers in the place of names.
//!
//! A province has tens of millions of rows and some two hundred terms. So rows are taken in blocks that stay in the
//! cache while all terms look at them, and the sums of a post are moved out of the tally and back, not copied.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PlHashMap;

use super::columns::{NONE, told};
use super::docket::{Assignment, Docket};
use super::listings::Listings;
use super::names::Names;
use super::rows::{Reading, Rows};
use super::tally::{Order, Post, Tally, kind_of};
use super::terms::{Bound, Counted, fields};
use crate::error::Result;
use crate::schema;
use crate::tables::Partition;

/// Rows that are looked at together.
const BLOCK: usize = 1 << 11;

impl Tally {
    /// Adds the counts of one partition.
    pub(super) fn count(&mut self, partition: &Partition, order: &Order<'_>) -> Result<()> {
        let day = order.until;
        let mut names = Names::new();
        let docket = Docket::read(partition, (&mut names, order.terms), day)?;
        let listings = Listings::read(partition, &docket, day)?;
        self.elsewhere += listings.elsewhere;
        let delivered = schema::TABLES.iter().map(|table| table.name);
        self.tables.extend(delivered.filter(|name| partition.tables().has(name)));
        let reading = Reading { partition, docket: &docket, listings: &listings, day };
        let mut counting = Counting::new((order, &docket, &names), self);
        let mut by_thing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, counted) in order.counted.iter().enumerate() {
            by_thing.entry(&counted.term.of).or_default().push(at);
        }
        for (thing, terms) in by_thing {
            let wanted = terms.iter().filter_map(|at| order.counted.get(*at)).flat_map(|one| fields(&one.term));
            let wanted: BTreeSet<String> = wanted.collect();
            let rows = reading.rows(thing, &wanted.into_iter().collect::<Vec<_>>())?.merged();
            counting.add(&terms, &rows);
        }
        for (at, (counted, until)) in order.lasting.iter().enumerate() {
            let mut wanted = fields(&counted.term);
            wanted.push(until.clone());
            let rows = reading.rows(&counted.term.of, &wanted)?;
            counting.last((at, counted, until), &rows);
        }
        counting.finish();
        Ok(())
    }
}

/// What a term does with a row.
struct Counter {
    at: usize,
    /// The kind of case that it counts; all when absent.
    kind: Option<i64>,
    slot: usize,
    is_squared: bool,
    /// Its slot among the counts by kind of case.
    mixed: Option<usize>,
    /// Whether it is kept how many days each row waited.
    is_waiting: bool,
}

impl Counter {
    fn new((at, counted): (usize, &Counted), order: &Order<'_>) -> Self {
        Self {
            at,
            kind: kind_of(counted.scope),
            slot: order.slots.0.get(at).copied().unwrap_or_default(),
            is_squared: counted.is_squared,
            mixed: order.mixed.0.get(at).copied().flatten(),
            is_waiting: counted.is_squared && counted.term.ends_when_known(),
        }
    }
}

pub(super) struct Counting<'a> {
    order: &'a Order<'a>,
    docket: &'a Docket,
    names: &'a Names,
    courts: Vec<String>,
    /// The post of each assignment, and its kind of case.
    places: Vec<(usize, usize)>,
    /// Each post with its sums.
    posts: Vec<(Post, Vec<i64>)>,
    /// The post of rows that no case tells the court of, and whether there are any.
    nameless: usize,
    is_nameless: bool,
    /// The same by court and kind of case.
    mixes: Vec<((String, u32), Vec<i64>)>,
    /// By term, how many rows waited how many days.
    waits: Vec<PlHashMap<i64, u64>>,
    tally: &'a mut Tally,
}

impl<'a> Counting<'a> {
    pub(super) fn new((order, docket, names): (&'a Order<'a>, &'a Docket, &'a Names), tally: &'a mut Tally) -> Self {
        let (courts, teams) = (names.courts(), names.teams());
        let name = |names: &[String], at: u32| names.get(at as usize).cloned().unwrap_or_default();
        let (mut post_numbers, mut mix_numbers) = (PlHashMap::default(), PlHashMap::default());
        let (mut posts, mut mixes) = (Vec::new(), Vec::new());
        let of = |one: &Assignment| {
            let post = *post_numbers.entry((one.court, one.team, one.kind)).or_insert_with(|| {
                posts.push(Post { court: name(&courts, one.court), team: name(&teams, one.team), kind: one.kind });
                posts.len() - 1
            });
            let mix = *mix_numbers.entry((one.court, one.stratum)).or_insert_with(|| {
                mixes.push((name(&courts, one.court), one.stratum));
                mixes.len() - 1
            });
            (post, mix)
        };
        let places = docket.assignments.iter().map(of).collect();
        let nobody = Post { court: String::new(), team: String::new(), kind: NONE };
        let found = posts.iter().position(|post| *post == nobody);
        let is_nameless = found.is_some() || tally.sums.contains_key(&nobody);
        let nameless = found.unwrap_or_else(|| {
            posts.push(nobody);
            posts.len() - 1
        });
        let slots = order.slots.1 * (order.months + 1);
        let posts = posts.into_iter().map(|post| {
            let sums = tally.sums.remove(&post).unwrap_or_else(|| vec![0; slots]);
            (post, sums)
        });
        let posts = posts.collect();
        let mixes = mixes.into_iter().map(|mix| {
            let sums = tally.strata.remove(&mix).unwrap_or_else(|| vec![0; order.mixed.1]);
            (mix, sums)
        });
        let mixes = mixes.collect();
        let waits = vec![PlHashMap::default(); order.counted.len()];
        Self { order, docket, names, courts, places, posts, nameless, is_nameless, mixes, waits, tally }
    }

    /// Counts the rows of one thing for all terms about it.
    pub(super) fn add(&mut self, terms: &[usize], rows: &Rows) {
        let order = self.order;
        let counted = terms.iter().filter_map(|at| Some((*at, order.counted.get(*at)?)));
        let bound: Vec<(Counter, Bound<'_>)> = counted
            .map(|(at, counted)| (Counter::new((at, counted), order), Bound::new(&counted.term, rows, order.until)))
            .collect();
        for start in (0..rows.len()).step_by(BLOCK) {
            let block = start..rows.len().min(start + BLOCK);
            for (counter, bound) in &bound {
                bound.each(block.clone(), |row, day, worth| {
                    let assignment = rows.assignments.get(row).copied().flatten();
                    self.add_row(counter, (assignment, rows.count(row)), (day, worth));
                });
            }
        }
    }

    /// Adds so many rows of one case, day and worth.
    fn add_row(
        &mut self,
        counter: &Counter,
        (assignment, rows): (Option<usize>, u32),
        (day, worth): (Option<i64>, i64),
    ) {
        let known = assignment.and_then(|assignment| {
            Some((self.docket.assignments.get(assignment)?.kind, *self.places.get(assignment)?))
        });
        // Who is nobody's debtor counts for no court.
        let (kind, (post, mix)) = known.unwrap_or((NONE, (self.nameless, usize::MAX)));
        if counter.kind.is_some_and(|wanted| wanted != kind) {
            return;
        }
        let count =
            |counts: &mut [u64]| counts.get_mut(counter.at).into_iter().for_each(|count| *count += u64::from(rows));
        let Some(day) = day else { return count(&mut self.tally.undated) };
        let Some(month) = self.order.places.month_index(day) else { return };
        if known.is_none() {
            self.is_nameless = true;
            if month > 0 {
                count(&mut self.tally.astray);
            }
        }
        let months = self.order.months + 1;
        if counter.is_waiting && (1..=months / 2).contains(&month) {
            let waits = self.waits.get_mut(counter.at);
            waits.into_iter().for_each(|waits| *waits.entry(worth).or_default() += u64::from(rows));
        }
        let sum = worth.saturating_mul(rows.into());
        let plus = |sums: Option<&mut i64>, value: i64| {
            sums.into_iter().for_each(|sum| *sum = sum.saturating_add(value));
        };
        if let Some((_, sums)) = self.posts.get_mut(post) {
            plus(sums.get_mut(counter.slot * months + month), sum);
            if counter.is_squared {
                plus(sums.get_mut((counter.slot + 1) * months + month), sum.saturating_mul(worth));
            }
        }
        if let Some((slot, (_, sums))) = counter.mixed.filter(|_| month > 0).zip(self.mixes.get_mut(mix)) {
            plus(sums.get_mut(slot), sum);
        }
    }

    /// How long it took, or has been so far.
    pub(super) fn last(&mut self, (at, counted, until): (usize, &Counted, &str), rows: &Rows) {
        let bound = Bound::new(&counted.term, rows, self.order.until);
        let ends = rows.column(until);
        let (today, kind) = (i64::from(self.order.until.number()), kind_of(counted.scope));
        let mut lasted: PlHashMap<(u32, i64), (u64, u64)> = PlHashMap::default();
        bound.each(0..rows.len(), |row, begun, _| {
            let assignment = rows.assignments.get(row).copied().flatten();
            let assignment = assignment.and_then(|assignment| self.docket.assignments.get(assignment));
            let (Some(assignment), Some(begun)) = (assignment, begun) else { return };
            if kind.is_some_and(|wanted| wanted != assignment.kind) || begun > today {
                return;
            }
            let end = ends.get(row).copied().and_then(told).filter(|end| *end <= today);
            let days = (end.unwrap_or(today) - begun).max(0);
            let slot = lasted.entry((assignment.court, days)).or_default();
            if end.is_some() { slot.0 += 1 } else { slot.1 += 1 }
        });
        for ((court, days), (ended, seen)) in lasted {
            let court = self.courts.get(court as usize).cloned().unwrap_or_default();
            let slot = self.tally.lasting.entry((at, court)).or_default().entry(days).or_default();
            *slot = (slot.0 + ended, slot.1 + seen);
        }
    }

    /// Puts the sums back.
    pub(super) fn finish(mut self) {
        if self.is_nameless {
            self.tally.courts.entry(String::new()).or_default();
        } else {
            // It is the last one, since no case has it.
            self.posts.truncate(self.nameless);
        }
        self.tally.sums.extend(self.posts);
        self.tally.strata.extend(self.mixes);
        for (term, waits) in self.waits.into_iter().enumerate().filter(|(_, waits)| !waits.is_empty()) {
            let held = self.tally.waits.entry(term).or_default();
            waits.into_iter().for_each(|(days, rows)| *held.entry(days).or_default() += rows);
        }
        for court in self.courts {
            let code = self.names.codes().get(&court).cloned();
            let held = self.tally.courts.entry(court).or_default();
            *held = [held.take(), code].into_iter().flatten().min();
        }
    }
}
