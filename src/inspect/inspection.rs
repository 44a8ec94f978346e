//! The result: findings per file and column, and the draft.
//!
//! `wherewithal inspect --json` prints it. It is meant for a person who has never seen the files: what is
//! in them, what the program would make of them, and what it wants to be told.

use serde::{Deserialize, Serialize};

use super::amounts::MoneySeen;
use super::days::DaySeen;
use super::keys::SharedKey;
use crate::ingest::{IgnoredFile, Mapping};
use crate::sentence::Sentence;

/// How sure a guess is.
///
/// ```
/// use wherewithal::inspect::Certainty;
///
/// assert!(Certainty::Guess < Certainty::Likely && Certainty::Likely < Certainty::Sure);
/// assert_eq!(Certainty::Sure.word(), "sure");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Nothing that was seen speaks for it alone.
    Guess,
    /// Name or values speak for it.
    Likely,
    /// Name and values speak for it.
    Sure,
}

impl Certainty {
    /// The word that a draft has for it, as a template.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }
}

/// What files hold, and a draft of a mapping that reads them.
///
/// It holds no value that may tell who somebody is: counts, names of columns, levels of codes.
///
/// # Examples
///
/// ```
/// use wherewithal::inspect::{InspectParams, inspect};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("说明.txt"), "")?;
/// std::fs::write(folder.join("payments.csv"), "case_id,event_on,known_at,amount_fen\nA1,2017-07-03,2017-07-04,5\n")?;
/// let inspection = inspect(folder, &InspectParams::default(), &Silent)?;
/// // A file with the schema's own columns is read by them.
/// assert_eq!(inspection.mapping().source[0].table[0].name, "payments");
/// assert!(inspection.draft().to_string().contains("payments"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Inspection {
    /// The version of this format.
    pub format_version: u32,
    /// The tables that were found, in the order of their names.
    pub tables: Vec<TableFinding>,
    /// Columns of one table whose values are the key of another.
    pub keys: Vec<SharedKey>,
    /// Files without a table, and why.
    pub passed: Vec<IgnoredFile>,
    pub(super) mapping: Mapping,
    pub(super) draft: Sentence,
}

impl Inspection {
    /// The version of the format that this build writes.
    pub const FORMAT_VERSION: u32 = 1;

    /// The draft as a mapping: [`crate::ingest::read`] takes it as it is. It has no source when no file can be fed.
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The draft as a TOML file that says of every guess what was seen, how sure it is and what to check; its comments
    /// are sentences, all else are names.
    pub const fn draft(&self) -> &Sentence {
        &self.draft
    }
}

/// What one file, or one sheet of it, holds.
///
/// A sheet of a workbook and a table of a database are one each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableFinding {
    /// The path within the folder.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The format: csv, ndjson, parquet or sheet.
    pub format: String,
    /// The encoding; empty where there is no text.
    pub encoding: String,
    /// What parts the fields of delimited text.
    pub delimiter: Option<char>,
    /// Lines above the header.
    pub lines_above: u64,
    /// Whether the file names its columns.
    pub has_header: bool,
    /// Rows that were looked at.
    pub rows: u64,
    /// Whether these are all rows.
    pub is_whole: bool,
    /// Lines with another number of fields than the header, such as footers, or that could not be split.
    pub odd_rows: u64,
    /// What is wrong with the file as a whole.
    pub damage: Option<Sentence>,
    /// What was decided and could be decided otherwise, and why tables that it speaks of are not fed.
    pub notes: Vec<Sentence>,
    /// Its columns, in their order.
    pub columns: Vec<ColumnFinding>,
    /// The tables of the schema that the draft feeds with it, the chief one first.
    pub feeds: Vec<Feed>,
    /// Tables of the schema that it could feed, and how well they suit it, the best first.
    pub could_feed: Vec<(String, f64)>,
}

/// What one column holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ColumnFinding {
    /// Its name; masked where it looks like a value.
    pub name: String,
    /// What its values look like, in words, the likeliest first.
    pub looks_like: Vec<Sentence>,
    /// The share of rows without a value.
    ///
    /// From 0 to 1; words that stand for no value count as none.
    pub empty: f64,
    /// Different values.
    pub distinct: usize,
    /// Words that stand for no value.
    pub nulls: Vec<String>,
    /// How it writes days.
    pub days: DaySeen,
    /// How it writes amounts, where it may hold some.
    pub money: Option<MoneySeen>,
    /// How up to three of its values are written: 9 for a figure, A for a letter, 字 for a Chinese character.
    pub shapes: Vec<String>,
    /// What the draft does with it, or why it leaves it out.
    pub use_in_draft: Sentence,
}

/// A table of the schema that the draft feeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Feed {
    /// The table's name.
    pub table: String,
    /// Its guesses, in the order of the columns' names.
    pub guesses: Vec<Guess>,
}

/// Where the draft takes one column of the schema from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Guess {
    /// The column of the schema.
    pub column: String,
    /// The columns of the file; none where the draft has a constant.
    pub from: Vec<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// What was seen.
    pub seen: Sentence,
    /// What is to be checked.
    pub check: Sentence,
}
