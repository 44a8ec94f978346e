//! The rows of a table as known on a day, field by field as whole numbers.
//!
//! Indicators ask the same few things of many tables: days, amounts, codes, flags, keys. Each of them is a
//! whole number, so one kind of column serves all conditions, and sums do not depend on their order. An
//! unknown value is a number of its own ([`NONE`]), never 0.

use std::collections::HashMap;

use crate::domain::Day;
use crate::error::Result;
use crate::schema::{ColumnKind, EVENT_ON, KNOWN_AT, Nature, Table};
use crate::tables::SourceTables;

/// An unknown value.
pub(crate) const NONE: i64 = i64::MIN;

/// A number, if it is known.
pub(crate) fn told(value: i64) -> Option<i64> {
    (value != NONE).then_some(value)
}

/// Rows of one table.
pub(crate) struct Known<'a> {
    tables: &'a SourceTables,
    pub(crate) table: &'static Table,
    /// Places in the table, rising.
    places: Vec<usize>,
}

impl<'a> Known<'a> {
    /// Those known on a day; of a table of states, the last observation of every item.
    pub(crate) fn on(tables: &'a SourceTables, table: &'static Table, day: Day) -> Result<Self> {
        let days = |name: &str| -> Result<Vec<i32>> {
            let frame = tables.columns(table.name, &[name])?;
            let days = frame.column(name)?.date()?.phys.iter();
            Ok(days.map(|day| day.unwrap_or(i32::MAX)).collect())
        };
        let known = days(KNOWN_AT)?;
        let mut places: Vec<usize> = (0..known.len()).collect();
        places.retain(|place| known.get(*place).is_some_and(|known| *known <= day.number()));
        let events = days(EVENT_ON)?;
        if table.nature == Nature::Event {
            places.retain(|place| events.get(*place).is_some_and(|event| *event <= day.number()));
            return Ok(Self { tables, table, places });
        }
        let all = Self { tables, table, places };
        let keys = [table.key()].into_iter().chain(table.item().iter().copied());
        let keys = keys.map(|name| all.numbers(name)).collect::<Result<Vec<_>>>()?;
        let mut last: HashMap<Vec<i64>, (i32, i32, usize)> = HashMap::with_capacity(all.places.len());
        for (row, place) in all.places.iter().enumerate() {
            let key = keys.iter().map(|column| column.get(row).copied().unwrap_or(NONE)).collect();
            let clock = |days: &[i32]| days.get(*place).copied().unwrap_or(i32::MIN);
            let seen = (clock(&known), clock(&events), *place);
            last.entry(key).and_modify(|held| *held = seen.max(*held)).or_insert(seen);
        }
        let mut places: Vec<usize> = last.into_values().map(|(.., place)| place).collect();
        places.sort_unstable();
        Ok(Self { places, ..all })
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// A column as numbers: days since 1970, fen, 0 and 1, the place of a code in its list, keys as they are. Texts are
    /// numbered within the table, which tells them apart and nothing else.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<i64>> {
        let Some(column) = self.table.column(name) else { return Ok(vec![NONE; self.len()]) };
        let all: Vec<i64> = match column.kind {
            ColumnKind::Code(codes) => return self.coded(name, codes),
            ColumnKind::Text => return Ok(self.texts(name)?.0),
            ColumnKind::Day => {
                let frame = self.tables.columns(self.table.name, &[name])?;
                let days = frame.column(name)?.date()?.phys.iter();
                days.map(|day| day.map_or(NONE, i64::from)).collect()
            }
            ColumnKind::Flag => {
                let frame = self.tables.columns(self.table.name, &[name])?;
                frame.column(name)?.bool()?.iter().map(|flag| flag.map_or(NONE, i64::from)).collect()
            }
            ColumnKind::Number | ColumnKind::Share => {
                vec![NONE; self.tables.columns(self.table.name, &[name])?.height()]
            }
            _ => {
                let frame = self.tables.columns(self.table.name, &[name])?;
                frame.column(name)?.i64()?.iter().map(|number| number.unwrap_or(NONE)).collect()
            }
        };
        Ok(self.at(&all))
    }

    fn at(&self, all: &[i64]) -> Vec<i64> {
        self.places.iter().map(|place| all.get(*place).copied().unwrap_or(NONE)).collect()
    }

    fn coded(&self, name: &str, codes: &[&str]) -> Result<Vec<i64>> {
        let (numbers, texts) = self.texts(name)?;
        let place = |text: &String| codes.iter().position(|code| code == text).and_then(|at| i64::try_from(at).ok());
        let places: Vec<i64> = texts.iter().map(|text| place(text).unwrap_or(NONE)).collect();
        let of = |number: &i64| usize::try_from(*number).ok().and_then(|at| places.get(at).copied()).unwrap_or(NONE);
        Ok(numbers.iter().map(of).collect())
    }

    /// A column of texts: numbers among the different texts, and these.
    pub(crate) fn texts(&self, name: &str) -> Result<(Vec<i64>, Vec<String>)> {
        if let Some(codes) = self.tables.codes(self.table.name, name)? {
            let number = |place: &usize| codes.at(*place).and_then(|at| i64::try_from(at).ok()).unwrap_or(NONE);
            return Ok((self.places.iter().map(number).collect(), codes.texts().to_vec()));
        }
        let frame = self.tables.columns(self.table.name, &[name])?;
        let column = frame.column(name)?.str()?;
        let (mut texts, mut met): (Vec<String>, HashMap<&str, i64>) = (Vec::new(), HashMap::new());
        let mut all = Vec::with_capacity(column.len());
        for text in column.iter() {
            let Some(text) = text else {
                all.push(NONE);
                continue;
            };
            let next = i64::try_from(texts.len()).unwrap_or(NONE);
            let number = *met.entry(text).or_insert(next);
            if number == next {
                texts.push(text.to_owned());
            }
            all.push(number);
        }
        Ok((self.at(&all), texts))
    }
}
