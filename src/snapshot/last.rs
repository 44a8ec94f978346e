//! Finds the last observation of every item in a table of states.
//!
//! The last is the one that became known last, then the one that tells of the latest day, then the one
//! whose content sorts last: the order of rows decides nothing.

use polars::prelude::*;

use super::rows::Rows;
use super::view::{PARTY_ID, own_columns};
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Owner, RECORD_ID, Table};

/// The last observations of a table, whose known rows `read` gives with the columns asked for: the same rows each time.
///
/// Most items were observed once, and of most others one observation became known last: columns of
/// content are read only where they must decide.
pub(super) fn observations(table: &'static Table, read: impl Fn(&[&'static str]) -> Result<Rows>) -> Result<Rows> {
    let own = |column: &&'static str| -> &'static str {
        if *column == ENTITY_ID && table.owner == Owner::Case { PARTY_ID } else { column }
    };
    let case = (table.owner == Owner::Case).then_some(CASE_ID);
    let item: Vec<&str> = case.into_iter().chain(table.item().iter().map(own)).collect();
    let first: Vec<&str> = item.iter().copied().chain([KNOWN_AT, EVENT_ON]).collect();
    let rows = read(&first)?;
    let mut contest = Contest::new(&rows, &item)?;
    for name in &item {
        contest.split(&ranks(&contest.contenders(&rows), name)?);
    }
    let content = own_columns(table).filter(|column| !first.contains(column) && *column != RECORD_ID);
    for name in [KNOWN_AT, EVENT_ON].into_iter().chain(content) {
        if contest.is_over() {
            break;
        }
        contest.keep_largest(&ranks(&contest.contenders(&read(&[name])?), name)?);
    }
    if !contest.is_over() {
        let smaller = ranks(&contest.contenders(&read(&[RECORD_ID])?), RECORD_ID)?;
        contest.keep_largest(&smaller.into_iter().map(|number| number.map(|number| !number)).collect::<Vec<_>>());
    }
    Ok(rows.marked(&contest.won()))
}

/// Rows of the same item contend for being its last observation.
struct Contest {
    /// Whether a row is the last of its item.
    won: Vec<bool>,
    /// Rows that contend, rising, each with its group.
    rows: Vec<(usize, usize)>,
    /// The number of groups that there ever were.
    groups: usize,
}

impl Contest {
    /// Groups rows by a hash of item and sample. Most groups have one row, which has won at once.
    fn new(rows: &Rows, item: &[&str]) -> Result<Self> {
        let mut hashes: Vec<u64> = rows.samples().iter().map(|sample| add(0, *sample as u64)).collect();
        for name in item {
            mix((rows, name), &mut hashes)?;
        }
        let mut order: Vec<(u64, usize)> = hashes.into_iter().zip(0..).collect();
        order.sort_unstable();
        let mut contest = Self { won: vec![false; rows.len()], rows: Vec::new(), groups: 0 };
        for alike in order.chunk_by(|a, b| a.0 == b.0) {
            match alike {
                [(_, row)] => contest.win(*row),
                _ => {
                    contest.rows.extend(alike.iter().map(|(_, row)| (*row, contest.groups)));
                    contest.groups += 1;
                }
            }
        }
        contest.rows.sort_unstable();
        let samples: Vec<_> =
            contest.contenders(rows).samples().iter().map(|sample| i64::try_from(*sample).ok()).collect();
        contest.split(&samples);
        Ok(contest)
    }

    fn is_over(&self) -> bool {
        self.rows.is_empty()
    }

    /// Those of some rows that contend, in their order.
    fn contenders(&self, rows: &Rows) -> Rows {
        let mut marks = vec![false; rows.len()];
        for (row, _) in &self.rows {
            marks.get_mut(*row).into_iter().for_each(|mark| *mark = true);
        }
        rows.marked(&marks)
    }

    /// Splits groups whose rows have different values; `values` has one for each contending row.
    fn split(&mut self, values: &[Option<i64>]) {
        let mut first = vec![None; self.groups];
        let mut others = PlHashMap::new();
        for ((_, group), value) in self.rows.iter_mut().zip(values) {
            let alike = first.get_mut(*group).is_some_and(|first| *first.get_or_insert(*value) == *value);
            if !alike {
                *group = *others.entry((*group, *value)).or_insert_with(|| {
                    self.groups += 1;
                    self.groups - 1
                });
            }
        }
        self.take_unrivalled();
    }

    /// Keeps the rows of each group that have the largest value; none is the smallest.
    fn keep_largest(&mut self, values: &[Option<i64>]) {
        let mut largest = vec![None; self.groups];
        for ((_, group), value) in self.rows.iter().zip(values) {
            largest.get_mut(*group).into_iter().for_each(|largest| *largest = *value.max(largest));
        }
        let rows = self.rows.iter().zip(values).filter(|((_, group), value)| largest.get(*group) == Some(*value));
        self.rows = rows.map(|(row, _)| *row).collect();
        self.take_unrivalled();
    }

    /// A row without a rival is the last observation of its item.
    fn take_unrivalled(&mut self) {
        let mut counts = vec![0usize; self.groups];
        for (_, group) in &self.rows {
            counts.get_mut(*group).into_iter().for_each(|count| *count += 1);
        }
        let (alone, rows) = self.rows.iter().partition(|(_, group)| counts.get(*group) == Some(&1));
        self.rows = rows;
        let alone: Vec<(usize, usize)> = alone;
        alone.into_iter().for_each(|(row, _)| self.win(row));
    }

    fn win(&mut self, row: usize) {
        self.won.get_mut(row).into_iter().for_each(|won| *won = true);
    }

    /// The rows that won; of rows that nothing tells apart, the first.
    fn won(mut self) -> Vec<bool> {
        let mut met = PlHashSet::new();
        let rows = std::mem::take(&mut self.rows);
        rows.into_iter().filter(|(_, group)| met.insert(*group)).for_each(|(row, _)| self.win(row));
        self.won
    }
}

/// The values of a column as numbers that compare as the values do.
fn ranks(rows: &Rows, name: &str) -> Result<Vec<Option<i64>>> {
    Ok(match rows.kind(name)? {
        DataType::String => {
            let codes = rows.codes(name)?;
            codes.range(0..rows.len()).map(|code| code.and_then(|code| i64::try_from(code).ok())).collect()
        }
        DataType::Float64 => rows.decimals(name)?.map(|value| value.map(rank)).collect(),
        DataType::Date => rows.day_numbers(name)?.map(|day| day.map(i64::from)).collect(),
        DataType::Boolean => rows.flags(name)?.map(|flag| flag.map(i64::from)).collect(),
        _ => rows.numbers(name)?.collect(),
    })
}

/// A whole number that compares as a decimal does; what is no number is the largest.
fn rank(value: f64) -> i64 {
    if value.is_nan() {
        return i64::MAX;
    }
    // Both zeros are one.
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63) & i64::MAX)
}

fn add(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Mixes a column into the hashes of rows; hash collisions are harmless, since rows are compared by
/// value afterwards.
fn mix((rows, name): (&Rows, &str), hashes: &mut [u64]) -> Result<()> {
    for (hash, rank) in hashes.iter_mut().zip(ranks(rows, name)?) {
        *hash = add(*hash, rank.unwrap_or(-1).cast_unsigned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::as_of;
    use super::*;
    use crate::domain::{Day, mixed};
    use crate::schema::{self, ColumnKind};
    use crate::tables::SourceTables;

    /// A column with few different values, some of them unknown, so that many rows are alike in many columns.
    fn column(column: &schema::Column, rows: u64, seed: u64) -> Column {
        let drawn = |row: u64, of: usize| usize::try_from(mixed(row ^ (seed << 32)) % of as u64).unwrap();
        let empty = |row: u64| column.nullable && mixed(row ^ (seed << 33)).is_multiple_of(4);
        let whole = |of: usize| -> Vec<Option<i64>> {
            (0..rows).map(|row| (!empty(row)).then_some(drawn(row, of) as i64)).collect()
        };
        let text = |these: &[&str]| -> Vec<Option<String>> {
            let text = |row| these.get(drawn(row, these.len())).map(ToString::to_string);
            (0..rows).map(|row| text(row).filter(|_| !empty(row))).collect()
        };
        let name = column.name.into();
        match column.kind {
            _ if column.name == RECORD_ID => Column::new(name, (0..rows.cast_signed()).rev().collect::<Vec<i64>>()),
            _ if column.name == ENTITY_ID => Column::new(name, whole(40)),
            ColumnKind::Text => Column::new(name, text(&["", "a bank", "another bank with a long name"])),
            ColumnKind::Code(codes) => Column::new(name, text(codes.get(..2).unwrap_or(codes))),
            ColumnKind::Number | ColumnKind::Share => {
                let values = [0.0, -0.0, 0.25, 1.0];
                let value = |row| values.get(drawn(row, 4)).copied().filter(|_| !empty(row));
                Column::new(name, (0..rows).map(value).collect::<Vec<Option<f64>>>())
            }
            ColumnKind::Day => Column::new(name, whole(2)).cast(&DataType::Date).unwrap(),
            ColumnKind::Flag => {
                Column::new(name, whole(2).iter().map(|flag| flag.map(|flag| flag == 1)).collect::<Vec<_>>())
            }
            _ if column.range.least == 1 => {
                Column::new(name, whole(2).iter().map(|n| n.map(|n| n + 1)).collect::<Vec<_>>())
            }
            _ => Column::new(name, whole(2)),
        }
    }

    /// The last observations by a sort of all columns.
    fn by_sorting(table: &'static Table, known: &DataFrame) -> DataFrame {
        let content = table.columns().map(|column| column.name);
        let content = content.filter(|name| ![KNOWN_AT, EVENT_ON, RECORD_ID, ENTITY_ID].contains(name));
        let order: Vec<&str> = [KNOWN_AT, EVENT_ON].into_iter().chain(content).chain([RECORD_ID]).collect();
        let descending = order.iter().map(|name| *name != RECORD_ID);
        let options = SortMultipleOptions::new().with_order_descending_multi(descending).with_nulls_last(true);
        let item: Vec<String> =
            [ENTITY_ID].into_iter().chain(table.item().iter().copied()).map(ToOwned::to_owned).collect();
        let sorted = known.sort(order, options).unwrap();
        sorted.unique_stable(Some(&item), UniqueKeepStrategy::First, None).unwrap()
    }

    #[test]
    fn the_last_observations_are_those_of_a_sort() {
        for name in ["real_estate", "encumbrances", "deposits", "equity", "parties"] {
            let table = schema::table(name).unwrap();
            let columns: Vec<Column> = table.columns().zip(1..).map(|(of, seed)| column(of, 900, seed)).collect();
            let rows = DataFrame::new(900, columns).unwrap();
            // Each of two days is a sample with rows of its own.
            let case = |column: &schema::Column| match column.name {
                "role" => Column::new("role".into(), vec!["debtor"; 40]),
                CASE_ID | ENTITY_ID => Column::new(column.name.into(), (0..40).collect::<Vec<i64>>()),
                _ => self::column(column, 40, 99),
            };
            let cases = |name: &str| {
                let columns = schema::table(name).unwrap().columns().map(case).collect();
                DataFrame::new(40, columns).unwrap()
            };
            let tables = SourceTables::new().with_frame("cases", cases("cases")).unwrap();
            let tables = tables.with_frame("case_parties", cases("case_parties")).unwrap();
            let tables = tables.with_frame(name, rows).unwrap();
            for day in [0, 1] {
                let snapshot = as_of(&tables, Day::from_number(day).unwrap()).unwrap();
                let columns: Vec<&str> = own_columns(table).collect();
                let known = snapshot.frame(&snapshot.rows(name, &columns).unwrap(), &columns).unwrap();
                let sorted = |frame: DataFrame| frame.sort([RECORD_ID], SortMultipleOptions::new()).unwrap();
                let found = sorted(snapshot.frame(&snapshot.last_rows(name, &columns).unwrap(), &columns).unwrap());
                assert!(found.height() > 20 && known.height() > found.height() + 20, "{name} {day}: {known}");
                assert!(found.equals_missing(&sorted(by_sorting(table, &known))), "{name} {day}");
            }
        }
    }
}
