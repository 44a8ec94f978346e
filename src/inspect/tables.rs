//! All tables that an inspection looks at, with the facts about their columns.
//!
//! They are looked at together because one explains another: keys lead from file to file, and the latest
//! day of all files bounds the day on which they came.

use super::dictionary::DictionaryTable;
use super::facts::ColumnFacts;
use super::vocabulary::Vocabulary;
use crate::domain::Day;
use crate::ingest::{DayForm, told};
use crate::sentence::says;

/// All tables of what is inspected.
#[derive(Debug, Default)]
pub(super) struct InspectedTables {
    pub(super) tables: Vec<InspectedTable>,
    /// The day on which the files came, where somebody says so.
    pub(super) received: Option<Day>,
}

/// A table and what its columns look like.
#[derive(Debug)]
pub(super) struct InspectedTable {
    pub(super) held: DictionaryTable,
    pub(super) facts: Vec<ColumnFacts>,
}

impl InspectedTable {
    pub(super) fn new(mut held: DictionaryTable) -> Self {
        let facts: Vec<_> = held.columns.iter().map(|column| ColumnFacts::new(column, &held.titles)).collect();
        let cut = held.columns.iter().zip(&facts).filter(|(_, facts)| facts.cut > 0);
        let notes = cut.map(|(column, facts)| {
            says!(
                "column {name}: {} of {} values are numbers of which a spreadsheet cut digits (3.2E+17, or zeros \
                 behind the fifteenth): export it again as text",
                [facts.cut, facts.filled],
                name = told(&column.name)
            )
        });
        held.raw.notes.extend(notes);
        Self { held, facts }
    }

    /// The file, and the sheet where it has several.
    pub(super) fn name(&self) -> String {
        match &self.held.raw.sheet {
            Some(sheet) => format!("{}/{sheet}", self.held.raw.file),
            None => self.held.raw.file.clone(),
        }
    }

    /// Names by which the table itself is told: its file's and its sheet's.
    pub(super) fn called(&self) -> Vec<String> {
        let file = self.held.raw.file.rsplit('/').next().unwrap_or_default().to_owned();
        std::iter::once(file).chain(self.held.raw.sheet.clone()).collect()
    }

    /// All texts that say what a file is about: its names, its titles, its headings.
    pub(super) fn texts(&self) -> Vec<String> {
        let headings = self.held.columns.iter().map(|column| column.name.clone());
        self.called().into_iter().chain(self.held.titles.iter().cloned()).chain(headings).collect()
    }

    /// The day that a title gives as that of the answer.
    pub(super) fn answered_on(&self) -> Option<Day> {
        let usual = DayForm::new::<&str>(&[]);
        let known = Vocabulary::standard();
        let day = |title: &String| {
            let after =
                known.answered().iter().find_map(|word| title.split_once(word.as_str()).map(|(_, rest)| rest))?;
            let text = after.trim_start_matches([':', '：', ' ', '[', '【', '为', '至', '日', '期']);
            // The longest beginning that is a day.
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(32);
            ends.filter_map(|end| usual.read(text.get(..end)?.trim_end())).last()
        };
        self.held.titles.iter().find_map(day)
    }
}

impl InspectedTables {
    /// The latest day that anything in the files happened: they are not older.
    pub(super) fn latest(&self) -> Option<Day> {
        let known = Vocabulary::standard();
        let columns = self.tables.iter().flat_map(|seen| seen.held.columns.iter().zip(&seen.facts));
        let days = columns.filter(|(column, _)| !known.is_ahead(&column.words)).filter_map(|(_, facts)| facts.span);
        let answered = self.tables.iter().filter_map(InspectedTable::answered_on);
        days.map(|(_, latest)| latest).chain(answered).filter(|day| day.year() <= 2100).max()
    }
}
