//! The rows of a table as known on a day, field by field as whole numbers.
//!
//! Indicators ask the same few things of many tables: days, amounts, codes, flags, keys. Each of them is a
//! whole number, so one kind of column serves all conditions, and sums do not depend on their order. An
//! unknown value is a number of its own ([`NONE`]), never 0.

use polars::prelude::PlHashMap;

use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, ColumnKind, EVENT_ON, KNOWN_AT, Nature, Table};
use crate::tables::SourceTables;

/// An unknown value.
pub(crate) const NONE: i64 = i64::MIN;

/// A number, if it is known.
pub(crate) fn told(value: i64) -> Option<i64> {
    (value != NONE).then_some(value)
}

/// The place of a code of a column.
pub(crate) fn code(table: &str, column: &str, code: &str) -> i64 {
    let kind = schema::table(table).and_then(|table| table.column(column)).map(|column| column.kind);
    match kind {
        Some(ColumnKind::Code(codes)) => {
            codes.iter().position(|known| *known == code).and_then(|at| i64::try_from(at).ok()).unwrap_or(NONE)
        }
        _ => NONE,
    }
}

/// Rows of one table.
pub(crate) struct Known<'a> {
    tables: &'a SourceTables,
    pub(crate) table: &'static Table,
    /// Which of the table's rows these are; all of them when absent.
    marks: Option<Vec<bool>>,
    len: usize,
}

impl<'a> Known<'a> {
    /// Those known on a day; of a table of states, the last observation of every item.
    pub(crate) fn on(tables: &'a SourceTables, table: &'static Table, day: Day) -> Result<Self> {
        let frame = tables.columns(table.name, &[KNOWN_AT, EVENT_ON])?;
        let days = |name: &str| -> Result<Vec<i32>> {
            Ok(frame.column(name)?.date()?.phys.iter().map(|day| day.unwrap_or(i32::MAX)).collect())
        };
        let (known, events) = (days(KNOWN_AT)?, days(EVENT_ON)?);
        let (today, is_event) = (day.number(), table.nature == Nature::Event);
        let is_known = |(known, event): (&i32, &i32)| *known <= today && (!is_event || *event <= today);
        let marks: Vec<bool> = known.iter().zip(&events).map(is_known).collect();
        let all = Self { tables, table, marks: None, len: known.len() }.narrowed(&marks);
        if is_event {
            return Ok(all);
        }
        let clocks: Vec<(i32, i32)> = all.kept(known.into_iter().zip(events));
        let marks = all.last(&clocks)?;
        Ok(all.narrowed(&marks))
    }

    /// Which rows are the last observation of their item: the latest by both clocks, then the later row.
    fn last(&self, clocks: &[(i32, i32)]) -> Result<Vec<bool>> {
        // Items are numbered key by key: one number for each pair of the number so far and the next key.
        let mut items = vec![0u32; self.len];
        for name in [self.table.key()].into_iter().chain(self.table.item().iter().copied()) {
            let mut met: PlHashMap<(u32, i64), u32> = PlHashMap::default();
            for (item, key) in items.iter_mut().zip(self.numbers(name)?) {
                let next = u32::try_from(met.len()).unwrap_or(u32::MAX);
                *item = *met.entry((*item, key)).or_insert(next);
            }
        }
        let mut last: Vec<Option<((i32, i32), usize)>> = vec![None; self.len];
        for (row, (item, clock)) in items.into_iter().zip(clocks).enumerate() {
            if let Some(held) = last.get_mut(item as usize) {
                *held = (*held).max(Some((*clock, row)));
            }
        }
        let mut marks = vec![false; self.len];
        for (_, row) in last.into_iter().flatten() {
            marks.get_mut(row).into_iter().for_each(|mark| *mark = true);
        }
        Ok(marks)
    }

    /// Those of the rows that are marked.
    pub(crate) fn narrowed(self, marks: &[bool]) -> Self {
        let len = marks.iter().filter(|mark| **mark).count();
        if len == self.len {
            return self;
        }
        let mut marks = marks.iter().copied();
        let marks = match self.marks {
            None => marks.collect(),
            Some(before) => before.into_iter().map(|was| was && marks.next().unwrap_or_default()).collect(),
        };
        Self { marks: Some(marks), len, ..self }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A column as numbers: days since 1970, fen, 0 and 1, the place of a code in its list, keys as they are. Texts are
    /// numbered within the table, which tells them apart and nothing else.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<i64>> {
        let Some(column) = self.table.column(name) else { return Ok(vec![NONE; self.len]) };
        let frame = || self.tables.columns(self.table.name, &[name]);
        Ok(match column.kind {
            ColumnKind::Code(codes) => self.coded(name, codes)?,
            ColumnKind::Text => self.texts(name)?.0,
            ColumnKind::Number | ColumnKind::Share => vec![NONE; self.len],
            ColumnKind::Day => {
                self.kept(frame()?.column(name)?.date()?.phys.iter().map(|day| day.map_or(NONE, i64::from)))
            }
            ColumnKind::Flag => {
                self.kept(frame()?.column(name)?.bool()?.iter().map(|flag| flag.map_or(NONE, i64::from)))
            }
            _ => self.kept(frame()?.column(name)?.i64()?.iter().map(|number| number.unwrap_or(NONE))),
        })
    }

    /// The values of these rows out of those of all rows of the table.
    fn kept<T>(&self, values: impl Iterator<Item = T>) -> Vec<T> {
        let mut kept = Vec::with_capacity(self.len);
        match &self.marks {
            None => kept.extend(values),
            Some(marks) => kept.extend(values.zip(marks).filter(|(_, mark)| **mark).map(|(value, _)| value)),
        }
        kept
    }

    fn coded(&self, name: &str, codes: &[&str]) -> Result<Vec<i64>> {
        let (mut numbers, texts) = self.texts(name)?;
        let place = |text: &String| codes.iter().position(|code| code == text).and_then(|at| i64::try_from(at).ok());
        let places: Vec<i64> = texts.iter().map(|text| place(text).unwrap_or(NONE)).collect();
        for number in &mut numbers {
            *number = usize::try_from(*number).ok().and_then(|at| places.get(at).copied()).unwrap_or(NONE);
        }
        Ok(numbers)
    }

    /// A column of texts: numbers among the different texts, and these.
    pub(crate) fn texts(&self, name: &str) -> Result<(Vec<i64>, Vec<String>)> {
        if let Some(codes) = self.tables.codes(self.table.name, name)? {
            let numbers =
                codes.range(0..codes.len()).map(|at| at.and_then(|at| i64::try_from(at).ok()).unwrap_or(NONE));
            return Ok((self.kept(numbers), codes.texts().to_vec()));
        }
        let frame = self.tables.columns(self.table.name, &[name])?;
        let column = frame.column(name)?.str()?;
        let (mut texts, mut met): (Vec<String>, PlHashMap<&str, i64>) = (Vec::new(), PlHashMap::default());
        let mut number = |text| {
            let next = i64::try_from(texts.len()).unwrap_or(NONE);
            *met.entry(text).or_insert_with(|| {
                texts.push(text.to_owned());
                next
            })
        };
        let numbers = self.kept(column.iter()).into_iter().map(|text| text.map_or(NONE, &mut number)).collect();
        Ok((numbers, texts))
    }
}
