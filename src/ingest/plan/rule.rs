//! One compiled column rule: where the value comes from and how it is translated.
//!
//! The order of steps is the one that [`ColumnRule`](crate::ingest::ColumnRule) documents: pick, join,
//! compare with the texts that mean nothing, translate, read. Where nothing is left, the next rule of `or`
//! is asked, and then the default stands.

use std::borrow::Cow;
use std::sync::Arc;

use super::key::comparable;
use super::lookup::{Answer, Lookup};
use super::read_value::Reading;
use super::scratch::{Scratch, Staged};
use crate::domain::without_point;
use crate::ingest::refusal::{Fault, Reason};
use crate::ingest::rows::Cell;

/// Where one column's value comes from, with everything looked up that can be looked up before the rows.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pick: Pick,
    /// The source columns, for messages.
    pub(super) names: String,
    pub(super) joins: Vec<Arc<Lookup>>,
    pub(super) null: Vec<String>,
    pub(super) codes: Vec<(String, Fixed)>,
    pub(super) otherwise: Option<Fixed>,
    pub(super) default: Option<Fixed>,
    pub(super) reading: Reading,
    pub(super) or: Option<Box<Rule>>,
}

/// What a rule begins with.
#[derive(Debug)]
pub(super) enum Pick {
    Fixed(Fixed),
    Column(usize),
    Key { columns: Vec<usize>, separator: String, prefix: String },
}

/// A value that the mapping itself gives.
#[derive(Debug, Clone)]
pub(super) enum Fixed {
    Value(Staged),
    Text(String),
}

impl Fixed {
    fn stage(&self, scratch: &mut Scratch<'_>) -> Staged {
        match self {
            Self::Value(staged) => *staged,
            Self::Text(text) => scratch.keep(text),
        }
    }
}

impl Rule {
    /// The value of this rule for a row; [`Staged::Null`] when there is none.
    pub(super) fn stage(&self, row: &[Cell<'_>], scratch: &mut Scratch<'_>) -> Result<Staged, Fault> {
        let staged = match &self.pick {
            Pick::Fixed(fixed) => return Ok(fixed.stage(scratch)),
            Pick::Column(column) => match row.get(*column).map_or(Cell::Null, Cell::lent) {
                Cell::Null => self.reading.of_nothing(),
                cell if cell.is_exact() || self.reading.is_rough() => self.translated(&cell, scratch)?,
                _ => return Err(self.named(inexact())),
            },
            Pick::Key { columns, separator, prefix } => match self.key(row, columns, separator)? {
                None => self.reading.of_nothing(),
                Some(key) => self.translated(&Cell::Text(Cow::Owned(format!("{prefix}{key}"))), scratch)?,
            },
        };
        match (staged, &self.or, &self.default) {
            (Staged::Null, Some(or), _) => or.stage(row, scratch),
            (Staged::Null, None, Some(default)) => Ok(default.stage(scratch)),
            (staged, ..) => Ok(staged),
        }
    }

    fn translated(&self, cell: &Cell<'_>, scratch: &mut Scratch<'_>) -> Result<Staged, Fault> {
        if self.joins.is_empty() && self.null.is_empty() && self.codes.is_empty() && self.otherwise.is_none() {
            return self.reading.stage(cell, scratch).map_err(|fault| self.named(fault));
        }
        let text = cell.text().unwrap_or_default();
        let Some(text) = self.joined(&text)? else { return Ok(self.reading.of_nothing()) };
        // A code that went through a column of floats is the same code.
        let is = |code: &String| code == text || *code == without_point(text);
        if self.null.iter().any(is) {
            return Ok(self.reading.of_nothing());
        }
        let found = self.codes.iter().find(|(code, _)| *code == text);
        if let Some((_, fixed)) = found.or_else(|| self.codes.iter().find(|(code, _)| is(code))) {
            return Ok(fixed.stage(scratch));
        }
        if let Some(otherwise) = &self.otherwise {
            return Ok(otherwise.stage(scratch));
        }
        if !self.codes.is_empty() && self.reading.is_closed() {
            let known: Vec<_> = self.codes.iter().take(12).map(|(code, _)| code.as_str()).collect();
            let fault = Fault::line(Reason::Code, text, known.join(" | "));
            return Err(self.named(fault));
        }
        if self.joins.is_empty() {
            return self.reading.stage(cell, scratch).map_err(|fault| self.named(fault));
        }
        self.reading.stage(&Cell::Text(Cow::Borrowed(text)), scratch).map_err(|fault| self.named(fault))
    }

    fn joined<'a>(&'a self, text: &'a str) -> Result<Option<&'a str>, Fault> {
        let mut text = text;
        for lookup in &self.joins {
            text = match lookup.find(text).map_err(|fault| self.named(fault.of_row(text)))? {
                Answer::Nothing => return Ok(None),
                Answer::One(value) => value,
                Answer::Several => {
                    let expected = format!("a key with one answer in {}", lookup.file());
                    return Err(self.named(Fault::line(Reason::Join, text, expected)));
                }
            };
        }
        Ok(Some(text))
    }

    /// The parts of a key, each in its one form where a lookup compares them; `None` when one is empty.
    fn key(&self, row: &[Cell<'_>], columns: &[usize], separator: &str) -> Result<Option<String>, Fault> {
        let mut key = String::new();
        for (at, column) in columns.iter().enumerate() {
            let cell = row.get(*column).unwrap_or(&Cell::Null);
            let Some(part) = cell.text() else { return Ok(None) };
            if !cell.is_exact() {
                return Err(self.named(inexact()));
            }
            let one_form = (!self.joins.is_empty()).then(|| comparable(&part)).transpose();
            let one_form = one_form.map_err(|fault| self.named(fault.of_row(part.as_ref())))?;
            if at > 0 {
                key.push_str(separator);
            }
            match one_form {
                None => key.push_str(&part),
                Some(Some(part)) => key.push_str(&part),
                Some(None) => return Ok(None),
            }
        }
        Ok(Some(key))
    }

    fn named(&self, fault: Fault) -> Fault {
        Fault { column: self.names.clone(), ..fault }
    }
}

fn inexact() -> Fault {
    let expected = "a text, an integer or a decimal: a float keeps whole numbers below 2^53 only";
    Fault::line(Reason::Inexact, "a float that does not keep every digit", expected)
}
