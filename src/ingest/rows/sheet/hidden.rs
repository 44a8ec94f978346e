//! Finds hidden sheets, rows and columns in XLSX workbooks.
//!
//! The reader of workbooks does not tell them, so the few tags that do are looked for in the workbook's own
//! XML, without reading it as a whole.

use std::io::{BufRead, Read};
use std::path::Path;

use crate::error::Result;
use crate::ingest::files::part;

/// Longer tags are not looked at.
const TAG: u64 = 4_096;

/// The rows and columns of a sheet that a spreadsheet does not show. A workbook in `.xls` says it
/// where nobody here reads it.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// The first and the last of each group, from 1, in rising order.
    pub(super) rows: Vec<(usize, usize)>,
    /// The same of columns.
    pub(super) columns: Vec<(usize, usize)>,
}

impl Hidden {
    /// What is hidden of a sheet of an `.xlsx` workbook; nothing where its part is not found.
    pub(super) fn of_xlsx(path: &Path, sheet: &str) -> Result<Self> {
        let mut id = None;
        part(path, "xl/workbook.xml", |xml| {
            each_tag(xml, |tag| {
                if tag.is("sheet") && tag.value("name").is_some_and(|name| unescaped(name) == sheet) {
                    id = tag.value("id").map(str::to_owned);
                }
            })
        })?;
        let mut target = None;
        part(path, "xl/_rels/workbook.xml.rels", |xml| {
            each_tag(xml, |tag| {
                if tag.is("Relationship") && id.is_some() && tag.value("Id") == id.as_deref() {
                    target = tag.value("Target").map(str::to_owned);
                }
            })
        })?;
        let mut hidden = Self::default();
        let Some(target) = target else { return Ok(hidden) };
        let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        part(path, &name, |xml| each_tag(xml, |tag| hidden.add(&tag)))?;
        hidden.rows.sort_unstable();
        Ok(hidden)
    }

    fn add(&mut self, tag: &Tag<'_>) {
        if !matches!(tag.value("hidden"), Some("1" | "true")) {
            return;
        }
        if tag.is("row") {
            self.rows.extend(tag.number("r").map(|row| (row, row)));
        } else if tag.is("col") {
            self.columns.extend(tag.number("min").zip(tag.number("max")));
        }
    }

    /// Whether a row, counted from 0, is hidden.
    pub(super) fn has_row(&self, row: u32) -> bool {
        let number = row as usize + 1;
        let before = self.rows.partition_point(|(first, _)| *first <= number);
        before.checked_sub(1).and_then(|at| self.rows.get(at)).is_some_and(|(_, last)| number <= *last)
    }

    /// Hidden columns among the first so many.
    pub(super) fn columns(&self, width: usize) -> usize {
        (1..=width).filter(|at| self.columns.iter().any(|(first, last)| (first..=last).contains(&at))).count()
    }
}

/// A tag of XML, without its angle brackets.
pub(super) struct Tag<'x>(&'x str);

impl<'x> Tag<'x> {
    pub(super) fn is(&self, name: &str) -> bool {
        local(self.0.split([' ', '\t', '\n', '\r', '/']).next().unwrap_or_default()) == name
    }

    /// Whether it ends an element of this name.
    pub(super) fn ends(&self, name: &str) -> bool {
        self.0.strip_prefix('/').is_some_and(|rest| Tag(rest).is(name))
    }

    /// Whether it is an element without content.
    pub(super) fn is_empty(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The value of an attribute, whatever stands before a colon in its name.
    pub(super) fn value(&self, name: &str) -> Option<&'x str> {
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after.get(1..)?.split_once(quote)?;
            if local(before.split_whitespace().next_back().unwrap_or_default()) == name {
                return Some(value);
            }
            rest = next;
        }
        None
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.value(name)?.parse().ok()
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

pub(super) fn unescaped(text: &str) -> String {
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    marks.iter().fold(text.to_owned(), |text, (escape, mark)| text.replace(escape, mark))
}

pub(super) fn each_tag(xml: &mut dyn BufRead, mut take: impl FnMut(Tag<'_>)) -> std::io::Result<()> {
    let mut piece = Vec::new();
    loop {
        piece.clear();
        if xml.read_until(b'<', &mut piece)? == 0 {
            return Ok(());
        }
        piece.clear();
        xml.take(TAG).read_until(b'>', &mut piece)?;
        if let Some(tag) = piece.strip_suffix(b">").and_then(|tag| std::str::from_utf8(tag).ok()) {
            take(Tag(tag));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_what_is_hidden() {
        let xml = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min='9' max='16384' hidden='true'/></cols><sheetData>\
                   <row r=\"1\"><c r=\"A1\"><v>hidden=\"1\"</v></c></row><x:row r=\"2\" spans=\"1:2\" hidden=\"1\"></x:row>\
                   <row r=\"3\" hidden=\"0\"/></sheetData>";
        let mut hidden = Hidden::default();
        each_tag(&mut xml.as_bytes(), |tag| hidden.add(&tag)).unwrap();
        assert_eq!([0, 1, 2].map(|row| hidden.has_row(row)), [false, true, false]);
        assert_eq!((hidden.columns(2), hidden.columns(5), hidden.columns(9)), (1, 2, 3));
        assert_eq!(Tag("sheet name=\"A&amp;B = C\" r:id=\"rId3\"/").value("id"), Some("rId3"));
        assert_eq!(unescaped("A&amp;B &lt;"), "A&B <");
    }
}
