//! The rows of a thing that count in a partition, each with the case whose court it counts for.
//!
//! A row of a case counts for the case's court. A row of a party, such as a query, counts for the court of
//! the debtor's case that was filed last by then.

use std::collections::HashMap;

use super::columns::{Known, NONE, told};
use super::docket::Docket;
use super::listings::Listings;
use super::vocabulary::{CASES, LISTINGS, field};
use crate::domain::{Day, mixed};
use crate::error::Result;
use crate::schema::{self, CASE_ID, ENTITY_ID, EVENT_ON, Owner};
use crate::tables::Partition;

/// Rows of one thing that count in a partition.
#[derive(Default)]
pub(super) struct Rows {
    /// The index of each row's case among the assignments; none where nobody knows the case.
    pub(super) assignments: Vec<Option<usize>>,
    /// The columns asked for.
    columns: HashMap<String, Vec<i64>>,
    /// The case or party of each row; none once rows are merged.
    pub(super) keys: Vec<i64>,
    /// How many rows each stands for; one each when empty.
    counts: Vec<u32>,
}

/// Places in which a row is looked for that equals another.
const PLACES: usize = 1 << 12;

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
        let column = |name: &String| {
            let all = self.docket.fields.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            (name.clone(), places.iter().map(|at| all.get(*at).copied().unwrap_or(NONE)).collect())
        };
        let case = |at: &usize| self.docket.assignments.get(*at).map_or(NONE, |assignment| assignment.case_id);
        Rows {
            assignments: places.iter().copied().map(Some).collect(),
            keys: places.iter().map(case).collect(),
            columns: fields.iter().map(column).collect(),
            counts: Vec::new(),
        }
    }

    fn listed(&self, fields: &[String]) -> Rows {
        let column = |name: &String| Some((name.clone(), self.listings.fields.get(name.as_str())?.clone()));
        Rows {
            assignments: self.listings.parties.iter().map(|(_, case)| self.docket.by_case.get(case).copied()).collect(),
            columns: fields.iter().filter_map(column).collect(),
            keys: self.listings.parties.iter().map(|(_, case)| *case).collect(),
            counts: Vec::new(),
        }
    }

    /// Finds the rows that count first, and reads the fields of those alone.
    fn table(&self, of: &str, fields: &[String]) -> Result<Rows> {
        let Some(table) = schema::table(of).filter(|_| self.partition.tables().has(of)) else {
            return Ok(Rows::default());
        };
        let known = Known::on(self.partition.tables(), table, self.day)?;
        let mut rows = Rows::default();
        let marks = match table.owner {
            Owner::Case => self.of_cases(&known, &mut rows)?,
            Owner::Party => self.of_parties(&known, &mut rows)?,
        };
        let known = known.narrowed(&marks);
        for name in fields.iter().filter(|name| field(of, name).is_some()) {
            rows.columns.insert(name.clone(), known.numbers(name)?);
        }
        Ok(rows)
    }

    /// Which rows of cases count here.
    fn of_cases(&self, known: &Known<'_>, rows: &mut Rows) -> Result<Vec<bool>> {
        let mut marks = Vec::with_capacity(known.len());
        for case in known.numbers(CASE_ID)? {
            let assignment = self.docket.by_case.get(&case).copied();
            // A case that nobody described counts where its own number lies.
            let is_own = match assignment.and_then(|at| self.docket.assignments.get(at)) {
                Some(assignment) => assignment.is_own,
                None => self.partition.contains(case),
            };
            marks.push(is_own);
            if is_own {
                rows.push(assignment, case);
            }
        }
        Ok(marks)
    }

    /// Which rows of parties count here.
    fn of_parties(&self, known: &Known<'_>, rows: &mut Rows) -> Result<Vec<bool>> {
        let cases = known.numbers(CASE_ID)?;
        let parties = known.numbers(ENTITY_ID)?.into_iter().zip(known.numbers(EVENT_ON)?);
        let mut marks = Vec::with_capacity(known.len());
        // The rows of a party lie together: what one asks serves the next.
        let (mut last, mut is_own, mut owed) = (None, false, [].as_slice());
        for ((party, on), case) in parties.zip(cases) {
            if last != Some(party) {
                last = Some(party);
                is_own = self.partition.contains(party);
                owed = self.docket.by_debtor.get(&party).map(Vec::as_slice).unwrap_or_default();
            }
            marks.push(is_own);
            if is_own {
                rows.push(self.case_of(owed, told(case), on), party);
            }
        }
        Ok(marks)
    }

    /// The case that a row of a debtor names, out of those that he owes; where it names none, the one filed last by its
    /// day, or his first one where none was filed by then.
    ///
    /// Where he owes nothing in the case named, no court is told: it may lie in another partition.
    fn case_of(&self, owed: &[(i64, usize)], named: Option<i64>, on: i64) -> Option<usize> {
        let is_named = |at: &usize| self.docket.assignments.get(*at).map(|assignment| assignment.case_id) == named;
        if named.is_some() {
            return owed.iter().map(|(_, at)| *at).find(is_named);
        }
        let after = owed.partition_point(|(filed, _)| *filed <= on);
        owed.get(after.saturating_sub(1)).map(|(_, at)| *at)
    }
}

impl Rows {
    fn push(&mut self, assignment: Option<usize>, key: i64) {
        self.assignments.push(assignment);
        self.keys.push(key);
    }

    pub(super) fn len(&self) -> usize {
        self.assignments.len()
    }

    /// How many rows a row stands for.
    pub(super) fn count(&self, row: usize) -> u32 {
        self.counts.get(row).copied().unwrap_or(1)
    }

    /// One row for rows of the same case, or of none that is known, that differ in no column: an evening asks sixty
    /// banks about a debtor, and most answer alike.
    ///
    /// A row is compared with the last one in its place among [`PLACES`] alone, so that some equal rows stay apart,
    /// which changes no sum.
    pub(super) fn merged(self) -> Self {
        let columns: Vec<&[i64]> = self.columns.values().map(Vec::as_slice).collect();
        let mut hashes: Vec<u64> = self.assignments.iter().map(|at| at.map_or(0, |at| at as u64 + 1)).collect();
        for column in &columns {
            hashes.iter_mut().zip(*column).for_each(|(hash, value)| *hash = mixed(*hash ^ value.cast_unsigned()));
        }
        let are_equal = |one: usize, other: usize| {
            self.assignments.get(one) == self.assignments.get(other)
                && columns.iter().all(|column| column.get(one) == column.get(other))
        };
        let (mut last, mut counts) = (vec![usize::MAX; PLACES], vec![0u32; self.len()]);
        for (row, hash) in hashes.iter().enumerate() {
            let place = usize::try_from(*hash % PLACES as u64).unwrap_or_default();
            let Some(place) = last.get_mut(place) else { continue };
            if hashes.get(*place) != Some(hash) || !are_equal(*place, row) {
                *place = row;
            }
            counts.get_mut(*place).into_iter().for_each(|count| *count += 1);
        }
        let columns = self.columns.into_iter().map(|(name, column)| (name, kept(column, &counts))).collect();
        let assignments = kept(self.assignments, &counts);
        counts.retain(|count| *count > 0);
        Self { assignments, columns, keys: Vec::new(), counts }
    }

    /// A column that was asked for; empty where there is none of that name.
    pub(super) fn column(&self, name: &str) -> &[i64] {
        self.columns.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Those that stand for at least one row.
fn kept<T>(values: Vec<T>, counts: &[u32]) -> Vec<T> {
    values.into_iter().zip(counts).filter(|(_, count)| **count > 0).map(|(value, _)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(assignments: Vec<Option<usize>>, values: Vec<i64>) -> Rows {
        let keys = vec![0; values.len()];
        Rows { assignments, columns: HashMap::from([("a".to_owned(), values)]), keys, counts: Vec::new() }
    }

    #[test]
    fn equal_rows_of_a_case_become_one_with_their_count() {
        let merged = rows(vec![Some(0), Some(0), Some(0), Some(0), None, Some(1)], vec![7, 7, 8, 7, 7, 7]).merged();
        assert_eq!(merged.assignments, [Some(0), Some(0), None, Some(1)]);
        assert_eq!((merged.column("a"), &merged.counts), (&[7, 8, 7, 7][..], &vec![3, 1, 1, 1]));
    }

    #[test]
    fn no_row_is_lost_where_there_are_more_rows_than_places() {
        let values: Vec<i64> = (0..10_000).chain(0..10_000).collect();
        let merged = rows(vec![None; values.len()], values).merged();
        assert_eq!((0..merged.len()).map(|row| merged.count(row)).sum::<u32>(), 20_000);
        let sum: i64 = (0..merged.len()).map(|row| i64::from(merged.count(row)) * merged.column("a")[row]).sum();
        assert_eq!(sum, 10_000 * 9_999);
    }
}
