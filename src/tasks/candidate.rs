//! Matters found in one partition, before they are valued.
//!
//! Finding is cheap and valuing is not: means are stated only for debtors with a matter.

use std::collections::HashMap;

use crate::domain::{Day, Money};
use crate::error::Result;
use crate::indicators::{Docket, Known, NONE, told};
use crate::schema::{self, CASE_ID};
use crate::store::hash_key;
use crate::tables::Partition;

use super::rule::TaskRules;

/// A matter found, before anybody asked what it may bring.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) code: &'static str,
    /// The index of the case among the assignments.
    pub(super) assignment: usize,
    pub(super) entity_id: Option<i64>,
    pub(super) due_on: Option<Day>,
    /// What is at stake, where the matter tells it itself.
    pub(super) stake: Option<Money>,
    /// How many rows stand behind it.
    pub(super) records: u64,
}

/// What is looked at in one partition.
pub(super) struct PartitionContext<'a> {
    pub(super) partition: &'a Partition,
    pub(super) docket: &'a Docket,
    pub(super) rules: &'a TaskRules,
    pub(super) today: Day,
    /// The debtors of each case, by its index among the assignments.
    pub(super) debtors: HashMap<usize, Vec<i64>>,
}

impl<'a> PartitionContext<'a> {
    pub(super) fn new((partition, docket): (&'a Partition, &'a Docket), rules: &'a TaskRules, today: Day) -> Self {
        let mut debtors: HashMap<usize, Vec<i64>> = HashMap::new();
        for (party, cases) in &docket.by_debtor {
            for (_, at) in cases {
                debtors.entry(*at).or_default().push(*party);
            }
        }
        // The first is the one whose partition counts the case: only there are his rows whole.
        debtors.values_mut().for_each(|parties| parties.sort_unstable_by_key(|party| (hash_key(*party), *party)));
        Self { partition, docket, rules, today, debtors }
    }

    /// The rows of a table known on the day; none where nobody delivered it.
    pub(super) fn known(&self, table: &str) -> Result<Option<Known<'a>>> {
        let found = schema::table(table).filter(|table| self.partition.tables().has(table.name));
        found.map(|table| Known::on(self.partition.tables(), table, self.today)).transpose()
    }

    /// The place of a case that counts in this partition.
    pub(super) fn own(&self, case_id: i64) -> Option<usize> {
        let at = self.docket.by_case.get(&case_id).copied()?;
        self.docket.assignments.get(at)?.is_own.then_some(at)
    }

    pub(super) fn field(&self, name: &str, at: usize) -> Option<i64> {
        told(self.docket.fields.get(name).and_then(|column| column.get(at)).copied().unwrap_or(NONE))
    }

    pub(super) fn is_open(&self, at: usize) -> bool {
        self.field("closed_on", at).is_none()
    }

    /// What is still owed in a case: claim, interest and fee less what came in; unknown where the claim is.
    pub(super) fn owed(&self, at: usize) -> Option<Money> {
        let paid = self.field("paid_fen", at).unwrap_or(0);
        Some(Money::from_fen(self.field("owed_fen", at)?.saturating_sub(paid).max(0)))
    }

    /// The cases in which a preservation holds something: how much, and its last day.
    pub(super) fn held(&self) -> Result<Vec<(i64, Money, i64)>> {
        let Some(rows) = self.known("preservations")? else { return Ok(Vec::new()) };
        let held = rows.numbers("held_fen")?.into_iter().zip(rows.numbers("until_on")?);
        let rows = rows.numbers(CASE_ID)?.into_iter().zip(held).filter(|(_, (held, _))| *held > 0);
        Ok(rows.map(|(case, (held, until))| (case, Money::from_fen(held), until)).collect())
    }

    pub(super) fn day(&self, number: i64) -> Option<Day> {
        Day::from_number(i32::try_from(told(number)?).ok()?)
    }

    /// The matter if it is due by now, or near enough.
    pub(super) fn due(&self, code: &'static str, assignment: usize, due: Day) -> Option<Candidate> {
        let is_listed = self.rules.is_listed(code, due, self.today);
        let entity_id = self.debtors.get(&assignment).and_then(|debtors| debtors.first()).copied();
        is_listed.then_some(Candidate { code, assignment, entity_id, due_on: Some(due), stake: None, records: 1 })
    }
}
