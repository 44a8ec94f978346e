//! The cases of a partition: where each is handled, and what came of it.
//!
//! What definitions call a case is put together here from several tables: filing and claim, the last
//! closing, payments, reviews of the closing, preservations, the assignment to a team. A case with several
//! debtors lies in several partitions; it counts in that of the debtor whose hash comes first, so that it
//! counts once however the store is cut.

use std::collections::HashMap;

use polars::prelude::PlHashMap;

use super::columns::{Known, NONE, code, told};
use super::names::Names;
use super::rule::TermRule;
use crate::domain::{CaseNumber, Day};
use crate::error::Result;
use crate::schema::{self, CASE_ID, ColumnKind, ENTITY_ID, EVENT_ON, closes};
use crate::store::hash_key;
use crate::tables::Partition;

/// Where a case is handled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assignment {
    pub(crate) case_id: i64,
    /// Among the tally's courts and teams.
    pub(crate) court: u32,
    pub(crate) team: u32,
    /// The place of the kind among the schema's codes.
    pub(crate) kind: i64,
    /// What the case is like: cause, kind and size of the claim.
    pub(crate) stratum: u32,
    /// Whether it counts in this partition: the debtor whose place comes first lives here.
    pub(crate) is_own: bool,
}

/// The cases of a partition with their fields.
pub(crate) struct Docket {
    pub(crate) assignments: Vec<Assignment>,
    /// The index of a case among the assignments.
    pub(crate) by_case: PlHashMap<i64, usize>,
    /// The cases of each debtor with the day of filing, in the order of filing.
    pub(crate) by_debtor: PlHashMap<i64, Vec<(i64, usize)>>,
    pub(crate) fields: HashMap<&'static str, Vec<i64>>,
    /// Case numbers: the place of each case's among the texts.
    numbers: (Vec<i64>, Vec<String>),
}

/// The part of a claim that says how large it is: below ten thousand yuan, below a hundred thousand, a million, more.
const SIZES: [i64; 3] = [1_000_000, 10_000_000, 100_000_000];

fn text(texts: &[String], at: i64) -> Option<&str> {
    usize::try_from(at).ok().and_then(|at| texts.get(at)).map(String::as_str)
}

impl Docket {
    pub(crate) fn read(partition: &Partition, (names, terms): (&mut Names, &[TermRule]), day: Day) -> Result<Self> {
        let tables = partition.tables();
        let known = |name: &str| -> Result<Option<Known<'_>>> {
            let table = schema::table(name);
            table.map(|table| Known::on(tables, table, day)).transpose()
        };
        let mut docket = Self {
            assignments: Vec::new(),
            by_case: PlHashMap::default(),
            by_debtor: PlHashMap::default(),
            fields: HashMap::new(),
            numbers: Default::default(),
        };
        let Some(cases) = known("cases")? else { return Ok(docket) };
        docket.open(&cases, names)?;
        if let Some(assignments) = known("assignments")? {
            docket.assign(&assignments, names)?;
        }
        if let Some(parties) = known("case_parties")? {
            docket.own(&parties, partition)?;
        }
        if let Some(closings) = known("closings")? {
            docket.close(&closings)?;
        }
        if let Some(payments) = known("payments")? {
            docket.pay(&payments)?;
        }
        if let Some(reviews) = known("closing_reviews")? {
            docket.review(&reviews)?;
        }
        if let Some(preservations) = known("preservations")? {
            docket.preserve(&preservations)?;
        }
        docket.set_terms(terms);
        Ok(docket)
    }

    fn open(&mut self, cases: &Known<'_>, names: &mut Names) -> Result<()> {
        let (courts, court_names) = cases.texts("court")?;
        let (numbers, written) = cases.texts("case_no")?;
        let kinds = cases.numbers("kind")?;
        let causes = cases.numbers("cause")?;
        let parts = [cases.numbers("claim_fen")?, cases.numbers("interest_fen")?, cases.numbers("fee_fen")?];
        let ids = cases.numbers(CASE_ID)?;
        let mut owed = Vec::with_capacity(ids.len());
        for (row, case_id) in ids.iter().enumerate() {
            let at = |column: &[i64]| column.get(row).copied().unwrap_or(NONE);
            let claim = told(at(parts.first().map_or(&[][..], Vec::as_slice)));
            let sum = parts.iter().filter_map(|part| told(at(part))).fold(0i64, i64::saturating_add);
            owed.push(claim.map_or(NONE, |_| sum));
            let name = text(&court_names, at(&courts)).unwrap_or_default();
            let number = text(&written, at(&numbers)).and_then(|number| CaseNumber::parse(number).ok());
            number.iter().for_each(|number| names.code(name, number.court()));
            let court = names.court(name);
            let size = claim.map_or(SIZES.len() + 1, |claim| SIZES.partition_point(|limit| *limit <= claim));
            let of = |number: i64| u32::try_from(told(number).unwrap_or(31)).unwrap_or(31).min(31);
            let stratum = (of(at(&causes)) * 32 + of(at(&kinds))) * 8 + u32::try_from(size).unwrap_or(7);
            self.by_case.insert(*case_id, self.assignments.len());
            let kind = at(&kinds);
            self.assignments.push(Assignment { case_id: *case_id, court, team: 0, kind, stratum, is_own: false });
        }
        for name in ["cause", "title", "kind", "is_livelihood", "is_secured"] {
            let values = cases.numbers(name)?;
            if let Some(column) = cases.table.column(name) {
                self.fields.insert(column.name, values);
            }
        }
        self.numbers = (numbers, written);
        self.fields.insert("filed_on", cases.numbers(EVENT_ON)?);
        self.fields.insert("owed_fen", owed);
        for (name, _) in super::vocabulary::OF_CASE {
            self.fields.entry(name).or_insert_with(|| vec![NONE; ids.len()]);
        }
        for name in ["manner", "performance"] {
            self.fields.insert(name, vec![NONE; ids.len()]);
        }
        Ok(())
    }

    fn assign(&mut self, assignments: &Known<'_>, names: &mut Names) -> Result<()> {
        let (courts, court_names) = assignments.texts("court")?;
        let (teams, team_names) = assignments.texts("team")?;
        for ((case, court), team) in assignments.numbers(CASE_ID)?.iter().zip(courts).zip(teams) {
            let Some(assignment) = self.by_case.get(case).and_then(|at| self.assignments.get_mut(*at)) else {
                continue;
            };
            if let Some(name) = text(&court_names, court) {
                assignment.court = names.court(name);
            }
            if let Some(name) = text(&team_names, team) {
                assignment.team = names.team(name);
            }
        }
        Ok(())
    }

    /// Finds the partition of each case, and the cases of each debtor.
    fn own(&mut self, parties: &Known<'_>, partition: &Partition) -> Result<()> {
        let debtor = code("case_parties", "role", "debtor");
        let filed = self.fields.get("filed_on").cloned().unwrap_or_default();
        let rows = parties.numbers(CASE_ID)?.into_iter().zip(parties.numbers(ENTITY_ID)?).zip(parties.numbers("role")?);
        let mut first: PlHashMap<i64, i64> = PlHashMap::default();
        for ((case, party), role) in rows {
            if role != debtor {
                continue;
            }
            let held = first.entry(case).or_insert(party);
            if hash_key(party) < hash_key(*held) {
                *held = party;
            }
            if let Some(at) = self.by_case.get(&case) {
                let on = filed.get(*at).copied().unwrap_or(NONE);
                self.by_debtor.entry(party).or_default().push((on, *at));
            }
        }
        for cases in self.by_debtor.values_mut() {
            cases
                .sort_unstable_by_key(|(on, at)| (*on, self.assignments.get(*at).map(|assignment| assignment.case_id)));
            cases.dedup();
        }
        for assignment in &mut self.assignments {
            // Nobody's case lies under its own number.
            assignment.is_own =
                partition.contains(first.get(&assignment.case_id).copied().unwrap_or(assignment.case_id));
        }
        Ok(())
    }

    /// Whether a party is a debtor of a case.
    pub(crate) fn owes(&self, party: i64, case: i64) -> bool {
        let Some(at) = self.by_case.get(&case) else { return false };
        self.by_debtor.get(&party).is_some_and(|cases| cases.iter().any(|(_, one)| one == at))
    }

    /// The number of a case as it is written.
    pub(crate) fn case_no(&self, at: usize) -> Option<&str> {
        let place = usize::try_from(*self.numbers.0.get(at)?).ok()?;
        self.numbers.1.get(place).map(String::as_str)
    }

    /// Takes a column out, to be set case by case, and puts it back.
    fn with(&mut self, name: &'static str, set: impl FnOnce(&Self, &mut [i64])) {
        let mut column = self.fields.remove(name).unwrap_or_default();
        set(self, &mut column);
        self.fields.insert(name, column);
    }

    /// The case and the value of each row, where the case is known.
    fn values<'a>(&'a self, cases: &'a [i64], values: &'a [i64]) -> impl Iterator<Item = (usize, i64)> + 'a {
        let known = cases.iter().zip(values).map(|(case, value)| Some((*self.by_case.get(case)?, *value)));
        known.flatten()
    }

    /// The last closing of each case.
    fn close(&mut self, closings: &Known<'_>) -> Result<()> {
        let codes = match closings.table.column("manner").map(|column| column.kind) {
            Some(ColumnKind::Code(codes)) => codes,
            _ => &[],
        };
        let is_closing = |manner: i64| {
            usize::try_from(manner).ok().and_then(|at| codes.get(at)).is_some_and(|manner| closes(manner))
        };
        let columns = ["manner", "performance", "recovered_fen"];
        let read = columns.iter().map(|name| closings.numbers(name)).collect::<Result<Vec<_>>>()?;
        let value = |row: usize, nth: usize| read.get(nth).and_then(|column| column.get(row)).copied().unwrap_or(NONE);
        // Of each case what orders its closings, and the row of the last.
        let mut last: Vec<((i64, i64, i64), Option<usize>)> = vec![((NONE, NONE, NONE), None); self.assignments.len()];
        for (row, (case, on)) in closings.numbers(CASE_ID)?.iter().zip(closings.numbers(EVENT_ON)?).enumerate() {
            let Some(at) = self.by_case.get(case).copied().filter(|_| is_closing(value(row, 0))) else { continue };
            let seen = (on, value(row, 0), value(row, 2));
            if let Some(held) = last.get_mut(at).filter(|held| seen > held.0) {
                *held = (seen, Some(row));
            }
        }
        self.fields.insert("closed_on", last.iter().map(|(seen, _)| seen.0).collect());
        for (nth, name) in columns.into_iter().enumerate() {
            let of = |(_, row): &(_, Option<usize>)| row.map_or(NONE, |row| value(row, nth));
            self.fields.insert(name, last.iter().map(of).collect());
        }
        Ok(())
    }

    fn pay(&mut self, payments: &Known<'_>) -> Result<()> {
        let (cases, amounts) = (payments.numbers(CASE_ID)?, payments.numbers("amount_fen")?);
        self.with("paid_fen", |docket, paid| {
            for (at, amount) in docket.values(&cases, &amounts).filter(|(_, amount)| *amount != NONE) {
                if let Some(sum) = paid.get_mut(at) {
                    *sum = told(*sum).unwrap_or(0).saturating_add(amount);
                }
            }
        });
        Ok(())
    }

    fn review(&mut self, reviews: &Known<'_>) -> Result<()> {
        let names = [
            ("due_fen", "due_fen"),
            ("deducted_days", "deducted_days"),
            ("is_property", "is_property"),
            ("is_searched", "is_searched"),
            ("is_restricted", "is_restricted"),
            ("is_heard", "is_heard"),
            ("is_inspected", "is_inspected"),
            ("is_qualified", "is_qualified"),
            // An extension lengthens the term; it is added where the term is set.
            ("term_on", "extended_days"),
        ];
        let cases = reviews.numbers(CASE_ID)?;
        for (field, name) in names {
            let values = reviews.numbers(name)?;
            self.with(field, |docket, column| {
                for (at, value) in docket.values(&cases, &values) {
                    column.get_mut(at).into_iter().for_each(|slot| *slot = value);
                }
            });
        }
        Ok(())
    }

    fn preserve(&mut self, preservations: &Known<'_>) -> Result<()> {
        let (cases, held) = (preservations.numbers(CASE_ID)?, preservations.numbers("held_fen")?);
        self.with("is_preserved", |docket, flags| {
            for (at, held) in docket.values(&cases, &held).filter(|(_, held)| *held != NONE) {
                flags.get_mut(at).into_iter().for_each(|flag| *flag = (*flag).max(i64::from(held > 0)));
            }
        });
        Ok(())
    }

    /// The last day on which each case may close: the term, what was deducted, what it was extended by.
    fn set_terms(&mut self, terms: &[TermRule]) {
        let column = |name: &str| self.fields.get(name).cloned().unwrap_or_default();
        let (filed, deducted) = (column("filed_on"), column("deducted_days"));
        self.with("term_on", |_, extended| {
            for ((extended, deducted), filed) in extended.iter_mut().zip(deducted).zip(filed) {
                let filed = told(filed).and_then(|day| Day::from_number(i32::try_from(day).ok()?));
                let rule = filed.and_then(|filed| TermRule::on(terms, "closing", filed));
                let extra: i64 = [deducted, *extended].into_iter().filter_map(told).sum();
                let end = filed.zip(rule).map(|(filed, rule)| i64::from(rule.end(filed).number()) + extra);
                *extended = end.unwrap_or(NONE);
            }
        });
    }
}
