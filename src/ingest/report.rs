//! The report of what was read: rows accepted, refused and ignored, by file.
//!
//! `ingest_report.json` of a run is this document. Whoever wants to know whether a source is fit to use
//! reads, in this order: [`IngestReport::lost`] (files of which something is missing),
//! [`IngestReport::misread`] (columns that the mapping reads in a wrong form), the refusals of each file
//! with their share of its rows, and `unread`, the files that nobody named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::misread::{SHAPES, shape};
use super::refusal::{Reason, Refusal};
use crate::domain::masked_file;
use crate::sentence::{Sentence, says};
use crate::tables::Doubts;

/// What was found in a folder of source files (数据质量报告).
///
/// It holds no value of any row: counts, names of files and columns, line numbers. In names of files numbers and what
/// may be the name of a person are masked; ordinals tell such files apart.
///
/// # Properties
///
/// For every file, rows read = rows accepted + rows left out + rows refused.
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::IngestReport;
///
/// let report: IngestReport = serde_json::from_str(
///     r#"{"format_version": 1, "mapping": "a bank", "key": "ab12", "files": [], "lookups": [],
///         "ignored": [], "unread": ["notes.docx"], "absent": [], "rows_by_table": {"deposits": 7}}"#,
/// )?;
/// assert_eq!(report.lost(), None);
/// assert_eq!(report.currency, "CNY"); // reports of before other currencies came
/// assert_eq!(report.rows_by_table["deposits"], 7);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestReport {
    /// The version of this format.
    pub format_version: u32,
    /// The name of the mapping.
    pub mapping: String,
    /// The digest of the mapping, BLAKE3: what a row becomes depends on it.
    #[serde(default)]
    pub mapping_digest: String,
    /// The currency of all amounts, of a hundred minor units.
    #[serde(default = "yuan", skip_serializing_if = "is_yuan")]
    pub currency: String,
    /// The public name of the key that made the pseudonyms.
    pub key: String,
    /// The files read, in the order of their ordinals.
    pub files: Vec<FileReport>,
    /// The parent files held in memory.
    pub lookups: Vec<LookupReport>,
    /// Files left out on purpose or passed over, such as hidden ones and older copies, and why.
    pub ignored: Vec<IgnoredFile>,
    /// Files that nobody named: neither the mapping nor the schema.
    pub unread: Vec<String>,
    /// Patterns of the mapping that no file has.
    pub absent: Vec<String>,
    /// Files with the same bytes as an earlier one: the file, and the earlier one. Their rows count twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<(String, String)>,
    /// Rows written, by table.
    pub rows_by_table: BTreeMap<String, u64>,
    /// Accepted rows that are the same as another row of their file in all columns, by table. They count as often as
    /// they stand there, for two payments of one day can be alike; an export that joined its tables wrongly repeats
    /// rows, too. A report that was written before the rows were in a store lacks them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub repeated_rows: BTreeMap<String, u64>,
    /// Accepted rows about cases of which neither these files nor the store has a row of `cases`, by table. Rows of a
    /// table that belongs to cases reach no debtor unless that row comes later; those of other tables count for their
    /// party and for no case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_cases: BTreeMap<String, u64>,
}

/// What was found in one file.
///
/// ```
/// use wherewithal::ingest::FileReport;
///
/// let (read, kept) = (5, 3);
/// let file =
///     FileReport { rows_read: read, rows_accepted: kept, rows_refused: 1, rows_left_out: 1, ..FileReport::default() };
/// assert_eq!(file.rows_read, file.rows_accepted + file.rows_left_out + file.rows_refused);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileReport {
    /// The path within the folder.
    pub file: String,
    /// The file's number in `record_id`, from 1.
    pub ordinal: u64,
    /// The format: csv, ndjson, parquet, sheet for one of a workbook, sqlite for a table of a file, postgresql for one
    /// of a server, `postgresql query` for what a query gave.
    pub format: String,
    /// The encoding used; empty where there is no text.
    pub encoding: String,
    /// BLAKE3 of the file as it lay there, of a sheet with its name, of a relation of what was read; in hexadecimal.
    pub blake3: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows read; blank lines and the header are none.
    pub rows_read: u64,
    /// Rows that went to at least one table.
    pub rows_accepted: u64,
    /// Rows that the mapping leaves out with `unless`.
    #[serde(default)]
    pub rows_left_out: u64,
    /// Rows kept in the folder of refused rows.
    pub rows_refused: u64,
    /// Refused rows by reason and column.
    pub refusals: Vec<RefusalCount>,
    /// What was accepted and is worth knowing all the same.
    #[serde(default)]
    pub remarks: Remarks,
    /// Rows written, by table; a row may go to several.
    pub rows_by_table: BTreeMap<String, u64>,
    /// Columns that the mapping does not use.
    pub unused_columns: Vec<String>,
    /// Columns left out on purpose.
    pub ignored_columns: Vec<IgnoredColumn>,
    /// Why the file, or a part of it, cannot be read, for instance a compressed stream that ends early, or a header
    /// without the columns of its table. What was read before is counted.
    pub damage: Option<Sentence>,
    /// What was decided about the file and could be decided otherwise, such as its encoding, and what was passed over.
    #[serde(default)]
    pub notes: Vec<Sentence>,
}

/// What accepted rows of one file held that is worth knowing.
///
/// ```
/// use wherewithal::ingest::Remarks;
///
/// let mut remarks = Remarks { masked_cells: 2, ..Remarks::default() };
/// remarks += Remarks { masked_cells: 1, placeholders: 4, ..Remarks::default() };
/// let said: Vec<_> = remarks.in_words().collect();
/// assert_eq!(said, ["4 placeholders read as empty", "3 cells masked"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Remarks {
    /// Rows under a number of a party that fails its check, as real registers hold them, or that stands among other
    /// characters and so is another key.
    pub unsound_numbers: u64,
    /// Cells with a placeholder such as 无 or 000000000 where a number belongs, read as empty.
    pub placeholders: u64,
    /// Cells written like a case number that are none, kept as the source's own keys.
    pub unread_case_numbers: u64,
    /// Cells of text in which a name or numbers were masked.
    pub masked_cells: u64,
    /// Amounts rounded to whole fen, as the mapping allows.
    pub rounded_amounts: u64,
}

impl Remarks {
    /// Each remark that counts something, in words.
    pub fn in_words(&self) -> impl Iterator<Item = String> + use<> {
        let counts = [
            (self.unsound_numbers, "rows under numbers that fail their check or stand among other characters"),
            (self.placeholders, "placeholders read as empty"),
            (self.unread_case_numbers, "case numbers of no known form, kept as they are"),
            (self.masked_cells, "cells masked"),
            (self.rounded_amounts, "amounts rounded to whole fen"),
        ];
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"))
    }
}

impl std::ops::AddAssign for Remarks {
    fn add_assign(&mut self, other: Self) {
        self.unsound_numbers += other.unsound_numbers;
        self.placeholders += other.placeholders;
        self.unread_case_numbers += other.unread_case_numbers;
        self.masked_cells += other.masked_cells;
        self.rounded_amounts += other.rounded_amounts;
    }
}

/// Rows refused for one reason in one column.
///
/// `shapes` shows how values are written without showing one: `9,999.99` for an amount with a comma.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalCount {
    /// Why.
    pub reason: Reason,
    /// The source column; empty when it is the whole line.
    pub column: String,
    /// How many rows.
    pub rows: u64,
    /// The first line concerned.
    pub first_line: u64,
    /// What was expected of the first value, where its form is at fault.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// How the first different values are written, figures and letters masked, where their form is at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<String>,
}

/// A column left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoredColumn {
    /// The column.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// A file left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoredFile {
    /// The path within the folder.
    pub file: String,
    /// Why.
    pub reason: Sentence,
}

/// A parent file held in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupReport {
    /// The lookup's name.
    pub name: String,
    /// The file.
    pub file: String,
    /// BLAKE3 of the file, in hexadecimal.
    pub blake3: String,
    /// Keys with one answer.
    pub keys: u64,
    /// Keys with several answers; a row that asks for one is refused.
    pub ambiguous: u64,
    /// Lines that could not be read, or whose key names nothing: a placeholder, a number in scientific notation.
    pub broken: u64,
    /// How the file was read where that was found out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Sentence>,
}

fn yuan() -> String {
    "CNY".to_owned()
}

fn is_yuan(currency: &str) -> bool {
    currency == "CNY"
}

impl IngestReport {
    /// The format version that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 1;

    pub(super) fn new((mapping, digest): (&str, String), key: String) -> Self {
        Self {
            format_version: Self::FORMAT_VERSION,
            mapping: mapping.to_owned(),
            mapping_digest: digest,
            currency: yuan(),
            key,
            files: Vec::new(),
            lookups: Vec::new(),
            ignored: Vec::new(),
            unread: Vec::new(),
            absent: Vec::new(),
            duplicates: Vec::new(),
            rows_by_table: BTreeMap::new(),
            repeated_rows: BTreeMap::new(),
            unknown_cases: BTreeMap::new(),
        }
    }

    /// Takes down what was read of a further file.
    pub(crate) fn add(&mut self, file: FileReport) {
        for (table, rows) in &file.rows_by_table {
            *self.rows_by_table.entry(table.clone()).or_default() += rows;
        }
        if let Some(earlier) = self.files.iter().find(|earlier| earlier.blake3 == file.blake3 && file.rows_read > 0) {
            self.duplicates.push((file.file.clone(), earlier.file.clone()));
        }
        self.files.push(file);
    }

    /// Takes down which rows are in doubt.
    pub(crate) fn doubt(&mut self, doubts: &Doubts) {
        let named = |counts: &BTreeMap<&'static str, u64>| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        (self.repeated_rows, self.unknown_cases) = (named(&doubts.repeated), named(&doubts.unknown_cases));
    }

    /// The files that gave no row although they hold some, or of which a part is lost, and why: work that rests on the
    /// others is not the whole work.
    ///
    /// A run over such sources ends with exit code 1 at the command line, after it has written what rests
    /// on the other files.
    ///
    /// ```
    /// use wherewithal::ingest::{FileReport, IngestReport};
    /// use wherewithal::sentence::Sentence;
    ///
    /// let damage = Some(Sentence::name("the archive ends early"));
    /// let file = FileReport { file: "deposits.csv.gz".into(), damage, ..FileReport::default() };
    /// let report = IngestReport { files: vec![file, FileReport::default()], ..IngestReport::default() };
    /// assert_eq!(report.lost_files(), 1);
    /// let lost = report.lost().unwrap_or_default().to_string();
    /// assert_eq!(lost, "deposits.csv.gz: the archive ends early");
    /// ```
    pub fn lost(&self) -> Option<Sentence> {
        let lost = Sentence::list(self.files.iter().filter_map(FileReport::lost), "; ");
        (!lost.is_empty()).then_some(lost)
    }

    /// How many files [`IngestReport::lost`] names.
    pub fn lost_files(&self) -> usize {
        self.files.iter().filter(|file| file.lost().is_some()).count()
    }

    /// The report of the file at `path` within the folder.
    ///
    /// `path` is the name as it lies in the folder; the report holds it masked.
    pub fn file(&self, path: &str) -> Option<&FileReport> {
        let name = masked_file(path);
        self.files.iter().find(|file| file.file == name)
    }

    /// Hides in the names of files what may tell who is meant.
    pub(super) fn mask_files(&mut self) {
        let files = self.files.iter_mut().map(|file| &mut file.file);
        let lookups = self.lookups.iter_mut().map(|lookup| &mut lookup.file);
        let ignored = self.ignored.iter_mut().map(|ignored| &mut ignored.file);
        let duplicates = self.duplicates.iter_mut().flat_map(|(file, earlier)| [file, earlier]);
        let names = files.chain(lookups).chain(ignored).chain(duplicates);
        for name in names.chain(&mut self.unread).chain(&mut self.absent) {
            let masked = masked_file(name).into_owned();
            *name = masked;
        }
    }
}

impl RefusalCount {
    fn add(&mut self, refusal: &Refusal) {
        self.rows += 1;
        if self.shapes.len() >= SHAPES || !self.reason.is_of_form() {
            return;
        }
        let shape = shape(refusal.found());
        if !self.shapes.contains(&shape) {
            self.shapes.push(shape);
        }
        if self.expected.is_empty() {
            refusal.expected().clone_into(&mut self.expected);
        }
    }
}

impl FileReport {
    /// Whether nothing of the file could be read.
    pub(crate) const fn is_unread(&self) -> bool {
        self.damage.is_some() && self.rows_read == 0
    }

    /// What it says in sentences.
    pub(crate) fn sentences(&mut self) -> impl Iterator<Item = &mut Sentence> {
        self.damage.iter_mut().chain(&mut self.notes)
    }

    fn lost(&self) -> Option<Sentence> {
        if let Some(damage) = &self.damage {
            return Some(says!("{file}: {damage}", file = self.file, damage));
        }
        let first = self.refusals.first().filter(|_| self.rows_accepted == 0 && self.rows_left_out == 0)?;
        let reason = says!(first.reason.name());
        let place = match first.column.as_str() {
            "" => reason,
            column => says!("{column} {reason}", column, reason),
        };
        let (file, rows, line) = (&self.file, self.rows_refused, first.first_line);
        Some(says!("{file}: all {rows} rows refused, the first in line {line} ({})", [place], file, rows, line))
    }

    pub(super) fn count_refusals(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            let same = |count: &RefusalCount| count.reason == refusal.reason() && count.column == refusal.column();
            match self.refusals.iter_mut().find(|count| same(count)) {
                Some(count) => count.add(refusal),
                None => {
                    let mut count = RefusalCount {
                        reason: refusal.reason(),
                        column: refusal.column().to_owned(),
                        rows: 0,
                        first_line: refusal.line(),
                        expected: String::new(),
                        shapes: Vec::new(),
                    };
                    count.add(refusal);
                    self.refusals.push(count);
                }
            }
        }
        self.rows_refused += refusals.len() as u64;
    }
}
