//! Reasons why a row is refused, and the file in which refused rows are kept whole.
//!
//! For each source file with refused rows there is one CSV file below
//! [`ReadParams::refused`](super::ReadParams::refused), readable by its owner alone:
//!
//! | column | content |
//! |---|---|
//! | `line` | the line, or row, of the source at which the record begins |
//! | `column` | the source column at fault; empty when it is the whole line |
//! | `reason` | [`Reason::name`] |
//! | `found`, `expected` | the value in clear, and what would have been accepted |
//! | `is_escaped` | whether `row` shows bytes that are no text as `\xNN` |
//! | `row` | the whole row as it stood there; bytes that are no text are escaped |
//!
//! A person mends these rows and brings them again. They are the only place where source values stand in
//! clear.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::rows::Raw;
use crate::disk;
use crate::error::{Error, Result};

/// Why a row is refused.
///
/// Reports and files write [`Reason::name`], which is the variant in small letters with underscores.
///
/// ```
/// use wherewithal::ingest::Reason;
///
/// assert_eq!(Reason::SeveralParties.name(), "several_parties");
/// assert_eq!(serde_json::to_string(&Reason::CutOff)?, "\"cut_off\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The bytes are no text in the file's encoding.
    Encoding,
    /// A quote is not closed, or text follows a closed one.
    Quote,
    /// The line's end is lost with the rest of its file.
    Cut,
    /// A line or a cell is longer than is allowed.
    Size,
    /// The line has another number of fields than the file has columns.
    Fields,
    /// The line is no JSON object.
    Json,
    /// No table takes the row.
    NoTable,
    /// A value that is never empty is missing.
    Missing,
    /// An amount of money cannot be read, or not in whole fen.
    Money,
    /// A whole number cannot be read.
    Integer,
    /// A decimal number cannot be read.
    Number,
    /// A share is none, or outside 0 to 1.
    Share,
    /// A day matches no pattern or does not exist.
    Day,
    /// Neither yes nor no.
    Flag,
    /// A code that the mapping does not know.
    Code,
    /// A parent file gives two answers for one key.
    Join,
    /// An identifier stands in clear where a masked one belongs.
    InClear,
    /// A number in scientific notation, such as 3.20106E+17, stands where a party, a case or a thing is named.
    Scientific,
    /// The last digits of an identifier became zeros.
    CutOff,
    /// A number with decimals stands where a party, a case or a thing is named.
    Fraction,
    /// A partly hidden number stands where a party is named.
    Hidden,
    /// What stands where no number is known, such as 000000000 or 无, in a column that is never empty.
    Placeholder,
    /// A number that begins like an identifier has a character too few or too many.
    Length,
    /// One cell holds the numbers of several parties.
    SeveralParties,
    /// One cell names several cases.
    SeveralCases,
    /// A number is outside the column's range.
    Range,
    /// A number whose type does not keep all its digits stands where each digit counts.
    Inexact,
    /// A formula of a workbook whose value was never computed stands where a value is needed.
    Formula,
    /// A list, a struct or another value that no column holds.
    Type,
}

impl Reason {
    /// The reason's name in reports and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Quote => "quote",
            Self::Cut => "cut",
            Self::Size => "size",
            Self::Fields => "fields",
            Self::Json => "json",
            Self::NoTable => "no_table",
            Self::Missing => "missing",
            Self::Money => "money",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Share => "share",
            Self::Day => "day",
            Self::Flag => "flag",
            Self::Code => "code",
            Self::Join => "join",
            Self::InClear => "in_clear",
            Self::Scientific => "scientific",
            Self::CutOff => "cut_off",
            Self::Fraction => "fraction",
            Self::Hidden => "hidden",
            Self::Placeholder => "placeholder",
            Self::Length => "length",
            Self::SeveralParties => "several_parties",
            Self::SeveralCases => "several_cases",
            Self::Range => "range",
            Self::Inexact => "inexact",
            Self::Formula => "formula",
            Self::Type => "type",
        }
    }
}

/// What is wrong with a row, before anybody knows which row it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: Reason,
    pub(super) column: String,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Fault {
    /// A fault of a whole line.
    pub(super) fn line(reason: Reason, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { reason, column: String::new(), found: found.into(), expected: expected.into() }
    }

    /// A line or a cell beyond a bound.
    pub(super) fn long(what: &str, (name, bound): (&str, usize)) -> Self {
        let expected = format!("no more; bounds.{name} sets it");
        Self::line(Reason::Size, format!("a {what} of more than {bound} bytes"), expected)
    }

    pub(super) fn encoding(charset: &'static encoding_rs::Encoding) -> Self {
        let charset = charset.name().to_ascii_lowercase();
        Self::line(Reason::Encoding, format!("bytes that are not {charset}"), format!("text in {charset}"))
    }
}

/// A refused row, kept whole.
///
/// This is the one thing of this room that holds source values in clear: it goes to the folder of refused rows and
/// nowhere else. Reports count refusals by reason and column and name lines.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    line: u64,
    fault: Fault,
    is_escaped: bool,
    row: String,
}

impl Refusal {
    pub(super) fn new(line: u64, fault: Fault, raw: Raw<'_>) -> Self {
        let (row, is_escaped) = match raw {
            Raw::Text(text) => (text.to_owned(), false),
            Raw::Bytes(bytes) => (escaped(bytes), true),
            Raw::Cells(names, cells) => {
                let object: serde_json::Map<String, serde_json::Value> = names
                    .iter()
                    .zip(cells)
                    .map(|(name, cell)| (name.clone(), cell.text().map_or(serde_json::Value::Null, Into::into)))
                    .collect();
                (serde_json::Value::Object(object).to_string(), false)
            }
        };
        Self { line, fault, is_escaped, row }
    }

    /// Says where in a sheet the columns at fault stand.
    pub(super) fn locate(&mut self, letter: impl Fn(&str) -> Option<String>) {
        let placed = |name: &str| letter(name).map_or_else(|| name.to_owned(), |letter| format!("{name} [{letter}]"));
        self.fault.column = self.fault.column.split(" + ").map(placed).collect::<Vec<_>>().join(" + ");
    }

    /// The line where the row begins; in Parquet files, the row, counted from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Why the row is refused.
    pub const fn reason(&self) -> Reason {
        self.fault.reason
    }

    /// The source column at fault; empty when it is the whole line.
    pub fn column(&self) -> &str {
        &self.fault.column
    }

    /// The value at fault, in clear.
    pub fn found(&self) -> &str {
        &self.fault.found
    }

    /// What should stand there.
    pub fn expected(&self) -> &str {
        &self.fault.expected
    }

    /// The row in clear, for a file of refused rows and nothing else; where it is no text ([`Refusal::is_escaped`]),
    /// each byte that is no ASCII as `\xNN`, a backslash doubled.
    pub fn row(&self) -> &str {
        &self.row
    }

    /// Whether the row's bytes are no text in the file's encoding.
    pub const fn is_escaped(&self) -> bool {
        self.is_escaped
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal(line {}, {}, {})", self.line, self.fault.column, self.fault.reason.name())
    }
}

/// Bytes as text that tells every byte: what is no ASCII as `\xNN`, a backslash doubled.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let shown = |b: &u8| match b {
        b'\\' => Cow::Borrowed("\\\\"),
        b' '..=b'~' | b'\t' => Cow::Owned(char::from(*b).to_string()),
        _ => Cow::Owned(format!("\\x{b:02X}")),
    };
    bytes.iter().map(shown).collect()
}

/// The file that keeps the refused rows of one source file; it is not made when there are none.
#[derive(Debug)]
pub(super) struct RefusedFile {
    path: PathBuf,
    writer: Option<csv::Writer<disk::Writer>>,
    /// Bytes of rows that may still be kept.
    left: u64,
    /// Rows that were not kept.
    lost: u64,
}

impl RefusedFile {
    pub(super) fn new(folder: &Path, source: &str, most: u64) -> Self {
        Self { path: folder.join(format!("{source}.csv")), writer: None, left: most, lost: 0 }
    }

    pub(super) fn append(&mut self, refusals: &[Refusal]) -> Result<()> {
        if refusals.is_empty() {
            return Ok(());
        }
        let path = self.path.clone();
        let failed = |e: csv::Error| Error::io(&path)(std::io::Error::other(e));
        if self.writer.is_none() {
            if let Some(folder) = path.parent() {
                disk::make(folder)?;
            }
            let mut writer = csv::Writer::from_writer(disk::create(&path)?);
            writer
                .write_record(["line", "column", "reason", "found", "expected", "is_escaped", "row"])
                .map_err(failed)?;
            self.writer = Some(writer);
        }
        for refusal in refusals {
            let (line, escaped) = (refusal.line.to_string(), refusal.is_escaped.to_string());
            let Fault { reason, column, found, expected } = &refusal.fault;
            let record = [&line, column, reason.name(), found, expected, &escaped, &refusal.row];
            let bytes = record.iter().map(|field| field.len() as u64).sum();
            match (self.left.checked_sub(bytes), &mut self.writer) {
                (Some(left), Some(writer)) => {
                    self.left = left;
                    writer.write_record(record).map_err(failed)?;
                }
                // What is kept is the beginning, whole.
                _ => (self.left, self.lost) = (0, self.lost + 1),
            }
        }
        Ok(())
    }

    /// How many refused rows are not kept.
    pub(super) fn finish(self) -> Result<u64> {
        if let Some(mut writer) = self.writer {
            writer.flush().map_err(Error::io(&self.path))?;
        }
        Ok(self.lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_bytes_that_are_no_text() {
        assert_eq!(escaped(b"a\\\xFF,\t1"), "a\\\\\\xFF,\t1");
    }

    #[test]
    fn does_not_show_the_row_in_debug() {
        let refusal = Refusal::new(3, Fault::line(Reason::Quote, "x", "y"), Raw::Text("11010519491231002X"));
        assert_eq!(format!("{refusal:?}"), "Refusal(line 3, , quote)");
    }
}
