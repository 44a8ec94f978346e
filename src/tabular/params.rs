//! Settings of reading a table.

use super::missing;
use super::number::Decimal;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// How a table is read.
///
/// ```
/// # use wherewithal::tabular::TableParams;
/// let params = TableParams::default().decimal_comma(true).missing(vec!["keine".into()]);
/// assert!(params.decimal_comma);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableParams {
    /// The names of the columns, where the file has no header.
    pub header: Option<Vec<String>>,
    /// Lines above the header that are left out.
    pub skip: usize,
    /// The sheet of a workbook or the table of a database, where there are several.
    pub sheet: Option<String>,
    /// The delimiter; found out where it is not said.
    pub delimiter: Option<char>,
    /// The encoding by its usual name, for instance `gb18030`; found out where it is not said.
    pub encoding: Option<String>,
    /// Whether numbers are written `1.234,5`.
    pub decimal_comma: bool,
    /// Further words for "unknown".
    pub missing: Vec<String>,
}

impl TableParams {
    setters! {
        header: Option<Vec<String>>,
        skip: usize,
        sheet: Option<String>,
        delimiter: Option<char>,
        encoding: Option<String>,
        decimal_comma: bool,
        missing: Vec<String>,
    }
}

impl TableParams {
    /// The texts that stand for "unknown" in any column: those in upper or lower case, and further ones exactly as they
    /// are.
    ///
    /// Any text that a spreadsheet writes as an error counts as well; of these the usual ones are told.
    pub fn unknown_texts(&self) -> (Vec<String>, Vec<String>) {
        (missing::words().map(str::to_owned).collect(), self.missing.clone())
    }

    /// Whether a text stands for "unknown" beside numbers and days.
    pub(super) fn is_missing(&self, text: &str) -> bool {
        missing::anywhere(text, &self.missing) || missing::among_numbers(text)
    }

    /// Refuses what only text has, for a file of another kind.
    pub(super) fn refuse_of_text(&self) -> Result<()> {
        let expected = "none: the file is no delimited text";
        match (&self.delimiter, &self.encoding) {
            (Some(mark), _) => {
                Err(Error::setting("delimiter", Sentence::value(mark.escape_debug().to_string()), expected))
            }
            (None, Some(name)) => Err(Error::setting("encoding", name, expected)),
            (None, None) => Ok(()),
        }
    }

    pub(super) fn decimal(&self) -> Decimal {
        if self.decimal_comma { Decimal::Comma } else { Decimal::Point }
    }
}
