//! Whole numbers by post and month, counted partition by partition and added up.
//!
//! Adding whole numbers knows no order, so threads and partitions do not matter.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::code;
use super::definition::Scope;
use super::period::Places;
use super::rule::TermRule;
use super::terms::Counted;
use crate::domain::Day;

/// A court.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Court {
    /// Its name as cases tell it; empty where they do not.
    pub name: String,
    /// Its code in case numbers, as 苏0205.
    pub code: Option<String>,
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
    /// The first slot of each term, and how many slots there are.
    pub(super) slots: (&'a [usize], usize),
    /// The slot of each term whose counts are kept by kind of case too, and how many of these there are.
    pub(super) mixed: (&'a [Option<usize>], usize),
    /// Survival indicators: the term that begins and the field that ends.
    pub(super) lasting: &'a [(Counted, String)],
    pub(super) terms: &'a [TermRule],
    /// The last day of which anything is known.
    pub(super) until: Day,
    /// Months of the period.
    pub(super) months: usize,
    pub(super) places: Places,
}

/// The kind of cases that an indicator of a scope counts; all when absent.
pub(super) fn kind_of(scope: Scope) -> Option<i64> {
    (scope != Scope::All).then(|| code("cases", "kind", scope.code()))
}

/// Whether an indicator of a scope counts a case of a kind.
pub(super) fn is_meant(scope: Scope, kind: i64) -> bool {
    kind_of(scope).is_none_or(|wanted| wanted == kind)
}

impl Tally {
    pub(super) fn new(order: &Order<'_>) -> Self {
        let none = vec![0; order.counted.len()];
        Self { undated: none.clone(), astray: none, ..Self::default() }
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
