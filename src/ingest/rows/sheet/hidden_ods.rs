//! Finds hidden rows and columns in OpenDocument workbooks, where a row, a column or a folded group around
//! them says so.

use std::path::Path;

use super::hidden::{Hidden, Tag, each_tag, unescaped};
use crate::error::Result;
use crate::ingest::files::part;

impl Hidden {
    /// What is hidden of a sheet of an OpenDocument workbook: rows and columns that say so, and groups that are folded.
    pub(super) fn of_ods(path: &Path, sheet: &str) -> Result<Self> {
        let mut walk = Walk { sheet, ..Walk::default() };
        part(path, "content.xml", |xml| each_tag(xml, |tag| walk.meet(&tag)))?;
        Ok(walk.hidden)
    }
}

/// What was met of the sheet.
#[derive(Debug, Default)]
struct Walk<'s> {
    sheet: &'s str,
    hidden: Hidden,
    /// How many tables the place is in, from that of the sheet on.
    depth: usize,
    rows: usize,
    columns: usize,
    /// For each group around the place, whether it is folded.
    folded: Vec<bool>,
}

impl Walk<'_> {
    fn meet(&mut self, tag: &Tag<'_>) {
        if tag.is("table") && !tag.is_empty() {
            let is_sheet = tag.value("name").is_some_and(|name| unescaped(name) == self.sheet);
            self.depth += usize::from(self.depth > 0 || is_sheet);
        } else if tag.ends("table") {
            self.depth = self.depth.saturating_sub(1);
        }
        // A table within a cell has rows of its own.
        if self.depth != 1 {
            return;
        }
        let is_group = |tag: &Tag<'_>, name: &str| tag.is(name) && !tag.is_empty();
        if is_group(tag, "table-row-group") || is_group(tag, "table-column-group") {
            self.folded.push(tag.value("display") == Some("false"));
        } else if tag.ends("table-row-group") || tag.ends("table-column-group") {
            self.folded.pop();
        } else if tag.is("table-row") {
            let first = self.rows + 1;
            self.rows += tag.number("number-rows-repeated").unwrap_or(1);
            self.hidden.rows.extend(self.is_hidden(tag).then_some((first, self.rows)));
        } else if tag.is("table-column") {
            let first = self.columns + 1;
            self.columns += tag.number("number-columns-repeated").unwrap_or(1);
            self.hidden.columns.extend(self.is_hidden(tag).then_some((first, self.columns)));
        }
    }

    fn is_hidden(&self, tag: &Tag<'_>) -> bool {
        matches!(tag.value("visibility"), Some("collapse" | "filter")) || self.folded.contains(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_columns_and_folded_groups_are_hidden() {
        let xml = "<office:spreadsheet><table:table table:name='other'><table:table-row table:visibility='collapse'/></table:table>\
                   <table:table table:name='A&amp;B' table:style-name='ta1'><table:table-column table:number-columns-repeated='2'/>\
                   <table:table-column table:visibility='collapse'/><table:table-row><table:table-cell/></table:table-row>\
                   <table:table-row table:visibility='filter' table:number-rows-repeated='2'/>\
                   <table:table-row-group table:display='false'><table:table-row/></table:table-row-group>\
                   <table:table-row/></table:table></office:spreadsheet>";
        let mut walk = Walk { sheet: "A&B", ..Walk::default() };
        each_tag(&mut xml.as_bytes(), |tag| walk.meet(&tag)).unwrap();
        let hidden = walk.hidden;
        assert_eq!([0, 1, 2, 3, 4].map(|row| hidden.has_row(row)), [false, true, true, true, false]);
        assert_eq!((hidden.columns(2), hidden.columns(3)), (0, 1));
    }
}
