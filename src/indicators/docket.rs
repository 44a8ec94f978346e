//! The cases of a partition: where each is handled, and what came of it.
//!
//! What definitions call a case is put together here from several tables: filing and claim, the last
//! closing, payments, reviews of the closing, preservations, the assignment to a team. A case with several
//! debtors lies in several partitions; it counts in that of the debtor whose hash comes first, so that it
//! counts once however the store is cut.

use std::collections::HashMap;

use super::columns::{Known, NONE, told};
use super::listings::code;
use super::rule::TermRule;
use super::tally::Names;
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
    pub(crate) by_case: HashMap<i64, usize>,
    /// The cases of each debtor with the day of filing, in the order of filing.
    pub(crate) by_debtor: HashMap<i64, Vec<(i64, usize)>>,
    pub(crate) fields: HashMap<&'static str, Vec<i64>>,
    /// Case numbers: the place of each case's among the texts.
    numbers: (Vec<i64>, Vec<String>),
}

/// The part of a claim that says how large it is: below ten thousand yuan, below a hundred thousand, a million, more.
const SIZES: [i64; 3] = [1_000_000, 10_000_000, 100_000_000];

impl Docket {
    pub(crate) fn read(partition: &Partition, (names, terms): (&mut Names, &[TermRule]), day: Day) -> Result<Self> {
        let tables = partition.tables();
        let known = |name: &str| -> Result<Option<Known<'_>>> {
            let table = schema::table(name);
            table.map(|table| Known::on(tables, table, day)).transpose()
        };
        let mut docket = Self {
            assignments: Vec::new(),
            by_case: HashMap::new(),
            by_debtor: HashMap::new(),
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
        let text = |texts: &[String], at: i64| usize::try_from(at).ok().and_then(|at| texts.get(at).cloned());
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
            let number = text(&written, at(&numbers)).and_then(|number| CaseNumber::parse(&number).ok());
            number.iter().for_each(|number| names.code(&name, number.court()));
            let court = names.court(&name);
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
        let text = |texts: &[String], at: i64| usize::try_from(at).ok().and_then(|at| texts.get(at).cloned());
        for ((case, court), team) in assignments.numbers(CASE_ID)?.iter().zip(courts).zip(teams) {
            let Some(assignment) = self.by_case.get(case).and_then(|at| self.assignments.get_mut(*at)) else {
                continue;
            };
            if let Some(name) = text(&court_names, court) {
                assignment.court = names.court(&name);
            }
            if let Some(name) = text(&team_names, team) {
                assignment.team = names.team(&name);
            }
        }
        Ok(())
    }

    /// Finds the partition of each case, and the cases of each debtor.
    fn own(&mut self, parties: &Known<'_>, partition: &Partition) -> Result<()> {
        let debtor = code("case_parties", "role", "debtor");
        let filed = self.fields.get("filed_on").cloned().unwrap_or_default();
        let rows = parties.numbers(CASE_ID)?.into_iter().zip(parties.numbers(ENTITY_ID)?).zip(parties.numbers("role")?);
        let mut first: HashMap<i64, i64> = HashMap::new();
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

    fn set(&mut self, name: &'static str, at: usize, value: i64) {
        if let Some(slot) = self.fields.get_mut(name).and_then(|column| column.get_mut(at)) {
            *slot = value;
        }
    }

    fn get(&self, name: &str, at: usize) -> i64 {
        self.fields.get(name).and_then(|column| column.get(at)).copied().unwrap_or(NONE)
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
        for (row, (case, on)) in closings.numbers(CASE_ID)?.iter().zip(closings.numbers(EVENT_ON)?).enumerate() {
            let value = |at: usize| read.get(at).and_then(|column| column.get(row)).copied().unwrap_or(NONE);
            let Some(at) = self.by_case.get(case).copied().filter(|_| is_closing(value(0))) else { continue };
            let seen = (on, value(0), value(2));
            let held = (self.get("closed_on", at), self.get("manner", at), self.get("recovered_fen", at));
            if seen > held {
                self.set("closed_on", at, on);
                for (nth, name) in columns.into_iter().enumerate() {
                    self.set(name, at, value(nth));
                }
            }
        }
        Ok(())
    }

    fn pay(&mut self, payments: &Known<'_>) -> Result<()> {
        for (case, amount) in payments.numbers(CASE_ID)?.iter().zip(payments.numbers("amount_fen")?) {
            if let (Some(at), Some(amount)) = (self.by_case.get(case).copied(), told(amount)) {
                let paid = told(self.get("paid_fen", at)).unwrap_or(0).saturating_add(amount);
                self.set("paid_fen", at, paid);
            }
        }
        Ok(())
    }

    fn review(&mut self, reviews: &Known<'_>) -> Result<()> {
        let names = [
            "due_fen",
            "deducted_days",
            "is_property",
            "is_searched",
            "is_restricted",
            "is_heard",
            "is_inspected",
            "is_qualified",
        ];
        let cases = reviews.numbers(CASE_ID)?;
        for name in names {
            for (case, value) in cases.iter().zip(reviews.numbers(name)?) {
                if let Some(at) = self.by_case.get(case).copied() {
                    self.set(name, at, value);
                }
            }
        }
        for (case, days) in cases.iter().zip(reviews.numbers("extended_days")?) {
            // An extension lengthens the term; it is added where the term is set.
            if let (Some(at), Some(days)) = (self.by_case.get(case).copied(), told(days)) {
                self.set("term_on", at, days);
            }
        }
        Ok(())
    }

    fn preserve(&mut self, preservations: &Known<'_>) -> Result<()> {
        for (case, held) in preservations.numbers(CASE_ID)?.iter().zip(preservations.numbers("held_fen")?) {
            if let (Some(at), Some(held)) = (self.by_case.get(case).copied(), told(held)) {
                let is_held = self.get("is_preserved", at).max(i64::from(held > 0));
                self.set("is_preserved", at, is_held);
            }
        }
        Ok(())
    }

    /// The last day on which each case may close: the term, what was deducted, what it was extended by.
    fn set_terms(&mut self, terms: &[TermRule]) {
        for at in 0..self.assignments.len() {
            let day = |value: i64| i32::try_from(value).ok().and_then(Day::from_number);
            let filed = told(self.get("filed_on", at)).and_then(day);
            let rule = filed.and_then(|filed| TermRule::on(terms, "closing", filed));
            let extra = [self.get("deducted_days", at), self.get("term_on", at)];
            let extra: i64 = extra.into_iter().filter_map(told).sum();
            let end = filed.zip(rule).map(|(filed, rule)| i64::from(rule.end(filed).number()) + extra);
            self.set("term_on", at, end.unwrap_or(NONE));
        }
    }
}
