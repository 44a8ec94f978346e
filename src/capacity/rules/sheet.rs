//! Reads CSV files of rules. It numbers their citations and collects every problem instead of
//! stopping at the first.
//!
//! A person who edits the law in a spreadsheet makes several mistakes at once, and wants to hear of all of
//! them with file, line and column.

use std::collections::BTreeMap;

use super::citation::{ArticleId, Citation, Validity};
use crate::domain::Day;
use crate::sentence::{Sentence, says};

/// Columns that every file of rules ends with.
const SOURCE: [&str; 7] = ["instrument", "article", "in_force_from", "in_force_to", "region", "verified", "note"];

/// Reads files of rules, numbering what they cite and gathering every problem on the way.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) articles: Vec<Citation>,
    pub(super) problems: Vec<Sentence>,
}

/// One row of a file of rules.
#[derive(Debug)]
pub(super) struct SheetRow {
    file: &'static str,
    line: u64,
    fields: BTreeMap<String, String>,
}

impl Reading {
    /// The rows of one file, with the columns `own` and those that cite.
    pub(super) fn rows(&mut self, file: &'static str, text: &str, own: &[&str]) -> Vec<SheetRow> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(str::to_owned).collect(),
            Err(problem) => {
                self.problems.push(says!("{file}: {problem}", file, problem = Sentence::from(problem)));
                return Vec::new();
            }
        };
        let expected: Vec<&str> = own.iter().chain(&SOURCE).copied().collect();
        if header != expected {
            let (found, expected) = (header.join(","), expected.join(","));
            self.problems.push(says!(
                "{file} line 1: found columns {found}, expected {expected}",
                file,
                found,
                expected
            ));
            return Vec::new();
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let fields = header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
                    rows.push(SheetRow { file, line, fields });
                }
                Err(problem) => self.problems.push(says!("{file}: {problem}", file, problem = Sentence::from(problem))),
            }
        }
        rows
    }

    /// What a row cites, and when and where it holds.
    pub(super) fn validity(&mut self, row: &SheetRow, rule: String) -> Option<Validity> {
        let from = self.value(row, "in_force_from", "a day as YYYY-MM-DD", |text| Day::parse(text).ok())?;
        let to = self.optional(row, "in_force_to", "a day as YYYY-MM-DD", |text| Day::parse(text).ok())?;
        let verified = self.value(row, "verified", "true or false", |text| text.parse().ok())?;
        let instrument = self.value(row, "instrument", "a name", |text| Some(text.to_owned()))?;
        if to.is_some_and(|to| to < from) {
            self.problem(row, "in_force_to", "a day not before in_force_from");
            return None;
        }
        let Ok(number) = u16::try_from(self.articles.len()) else {
            self.problem(row, "instrument", "at most 65,536 rows in all files");
            return None;
        };
        let (id, region) = (ArticleId(number), row.text("region").to_owned());
        let (article, note) = (row.text("article").to_owned(), row.text("note").to_owned());
        let in_force = (from, to);
        self.articles.push(Citation {
            id,
            rule,
            instrument,
            article,
            in_force_from: in_force.0,
            in_force_to: in_force.1,
            region: region.clone(),
            verified,
            note,
        });
        Some(Validity { article: id, from, to, region })
    }

    /// A field that must hold a value.
    pub(super) fn value<T>(
        &mut self,
        row: &SheetRow,
        column: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = row.text(column);
        let value = if text.is_empty() { None } else { parse(text) };
        if value.is_none() {
            self.problem(row, column, expected);
        }
        value
    }

    /// A field that may be empty; the outer `None` says that it could not be read.
    #[allow(clippy::option_option, reason = "unreadable and empty are two answers")]
    pub(super) fn optional<T>(
        &mut self,
        row: &SheetRow,
        column: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        if row.text(column).is_empty() { Some(None) } else { self.value(row, column, expected, parse).map(Some) }
    }

    /// Notes a problem of one field.
    pub(super) fn problem(&mut self, row: &SheetRow, column: &str, expected: &str) {
        let (file, line, found) = (row.file, row.line, row.text(column));
        self.problems.push(says!(
            "{file} line {line}, column {column}: found '{found}', expected {expected}",
            file,
            line,
            column,
            found,
            expected = Sentence::from(expected)
        ));
    }

    /// Notes rows of the same key that hold on a common day in the same place.
    pub(super) fn no_overlap<'a>(&mut self, file: &str, rows: impl Iterator<Item = (String, &'a Validity)>) {
        let mut by_key: BTreeMap<String, Vec<&Validity>> = BTreeMap::new();
        for (key, validity) in rows {
            let seen = by_key.entry(key.clone()).or_default();
            if let Some(other) = seen.iter().find(|other| other.overlaps(validity)) {
                let (from, other) = (validity.from, other.from);
                self.problems.push(says!(
                    "{file}: {key}: the rows in force from {other} and from {from} overlap",
                    file,
                    key,
                    other,
                    from
                ));
            }
            seen.push(validity);
        }
    }
}

impl SheetRow {
    /// A field's text; empty where there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }
}
