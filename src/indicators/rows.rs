//! The rows of a thing that count in a partition, each with the case whose court it counts for.
//!
//! A row of a case counts for the case's court. A row of a party, such as a query, counts for the court of
//! the debtor's case that was filed last by then.

use std::collections::HashMap;

use super::columns::{Known, NONE, told};
use super::docket::Docket;
use super::listings::Listings;
use super::vocabulary::{CASES, LISTINGS, field};
use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, CASE_ID, ENTITY_ID, EVENT_ON, Owner};
use crate::tables::Partition;

/// Rows of one thing.
#[derive(Default)]
pub(super) struct Rows {
    /// The index of each row's case among the assignments; none where nobody knows the case.
    pub(super) assignments: Vec<Option<usize>>,
    /// Places in the columns of the rows that count here.
    pub(super) places: Vec<usize>,
    /// The columns asked for, all rows.
    pub(super) columns: HashMap<String, Vec<i64>>,
    /// The case or party of each row that counts.
    pub(super) keys: Vec<i64>,
}

/// What is read of one partition.
pub(super) struct Reading<'a> {
    pub(super) partition: &'a Partition,
    pub(super) docket: &'a Docket,
    pub(super) listings: &'a Listings,
    pub(super) day: Day,
}

impl Reading<'_> {
    /// The rows of a thing with some fields.
    pub(super) fn rows(&self, of: &str, fields: &[String]) -> Result<Rows> {
        match of {
            CASES => Ok(self.cases(fields)),
            LISTINGS => Ok(self.listed(fields)),
            _ => self.table(of, fields),
        }
    }

    fn cases(&self, fields: &[String]) -> Rows {
        let own = |(at, assignment): (usize, &super::docket::Assignment)| assignment.is_own.then_some(at);
        let places: Vec<usize> = self.docket.assignments.iter().enumerate().filter_map(own).collect();
        let column = |name: &String| Some((name.clone(), self.docket.fields.get(name.as_str())?.clone()));
        let case = |at: &usize| self.docket.assignments.get(*at).map_or(NONE, |assignment| assignment.case_id);
        Rows {
            assignments: places.iter().copied().map(Some).collect(),
            keys: places.iter().map(case).collect(),
            places,
            columns: fields.iter().filter_map(column).collect(),
        }
    }

    fn listed(&self, fields: &[String]) -> Rows {
        let column = |name: &String| Some((name.clone(), self.listings.fields.get(name.as_str())?.clone()));
        Rows {
            assignments: self.listings.parties.iter().map(|(_, case)| self.docket.by_case.get(case).copied()).collect(),
            places: (0..self.listings.parties.len()).collect(),
            columns: fields.iter().filter_map(column).collect(),
            keys: self.listings.parties.iter().map(|(_, case)| *case).collect(),
        }
    }

    fn table(&self, of: &str, fields: &[String]) -> Result<Rows> {
        let Some(table) = schema::table(of).filter(|_| self.partition.tables().has(of)) else {
            return Ok(Rows::default());
        };
        let known = Known::on(self.partition.tables(), table, self.day)?;
        let mut columns = HashMap::new();
        for name in fields.iter().filter(|name| field(of, name).is_some()) {
            columns.insert(name.clone(), known.numbers(name)?);
        }
        let mut rows = Rows { columns, ..Rows::default() };
        match table.owner {
            Owner::Case => {
                for (place, case) in known.numbers(CASE_ID)?.into_iter().enumerate() {
                    let assignment = self.docket.by_case.get(&case).copied();
                    // A case that nobody described counts where its own number lies.
                    let is_own = match assignment.and_then(|at| self.docket.assignments.get(at)) {
                        Some(assignment) => assignment.is_own,
                        None => self.partition.contains(case),
                    };
                    if is_own {
                        rows.push(place, assignment, case);
                    }
                }
            }
            Owner::Party => {
                let cases = match table.column(CASE_ID) {
                    Some(_) => known.numbers(CASE_ID)?,
                    None => vec![NONE; known.len()],
                };
                let parties = known.numbers(ENTITY_ID)?.into_iter().zip(known.numbers(EVENT_ON)?);
                for (place, ((party, on), case)) in parties.zip(cases).enumerate() {
                    if self.partition.contains(party) {
                        let of_case = match told(case) {
                            None => self.case_of(party, on),
                            // Where the party owes nothing in it, no court is told: it may lie in another partition.
                            Some(case) if self.docket.owes(party, case) => self.docket.by_case.get(&case).copied(),
                            Some(_) => None,
                        };
                        rows.push(place, of_case, party);
                    }
                }
            }
        }
        Ok(rows)
    }

    /// The debtor's case filed last by a day; his first one where none was filed by then.
    fn case_of(&self, party: i64, on: i64) -> Option<usize> {
        let cases = self.docket.by_debtor.get(&party)?;
        let after = cases.partition_point(|(filed, _)| *filed <= on);
        cases.get(after.saturating_sub(1)).map(|(_, at)| *at)
    }
}

impl Rows {
    fn push(&mut self, place: usize, assignment: Option<usize>, key: i64) {
        self.places.push(place);
        self.assignments.push(assignment);
        self.keys.push(key);
    }

    pub(super) fn column(&self, name: &str) -> &[i64] {
        self.columns.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}
