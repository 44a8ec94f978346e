//! The mapping document (TOML): which files, columns, codes and units of a source mean what.
//!
//! ```text
//! Mapping
//! ├─ form, bounds          how files are written, how much they may hold
//! ├─ ignore[]              what is left out, with the reason
//! ├─ lookup.NAME           a parent file in memory: key ─► value
//! └─ source[]              a file, sheet or relation
//!    ├─ computed.NAME      columns made from other columns of the row
//!    └─ table[]            a table of the schema that rows go to
//!       ├─ when, unless    which rows
//!       ├─ columns.NAME    where each column comes from
//!       └─ extra.KIND.NAME further attributes
//! ```
//!
//! Everything that only somebody who knows the source can say stands here, and nothing is guessed: money
//! without a unit, days that could be read in two ways, and codes that nobody explained are problems.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::check;
use super::computed::ComputedRule;
use super::extra::ExtraKind;
use super::findings::{Findings, line};
use super::form::Form;
use super::origin::Origin;
use super::rule::{ColumnRule, one_or_several};
use crate::domain::masked_path;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::sentence::{Sentence, says};

/// What an outside source's files, columns, codes and units mean, as a TOML file.
///
/// The empty mapping reads files named like a table of the schema with the schema's own columns, days as ISO 8601 and
/// money in fen; `parties` may bring a `name` and a `number` in clear instead of masked ones.
///
/// # Examples
///
/// ```
/// use wherewithal::ingest::Mapping;
///
/// let mapping = Mapping::parse(r#"
///     name = "a bank"
///
///     [[source]]
///     file = "accounts*.csv"
///     null = ["NULL"]
///
///     [[source.table]]
///     name = "queries"
///     [source.table.columns]
///     entity_id = { from = "证件号码" }
///     event_on = { from = "查询时间", date = "%Y%m%d%H%M%S" }
///     known_at = { from = "反馈时间", date = "%Y%m%d%H%M%S" }
///     source = { const = "bank" }
///     answer = { from = "账号", codes = { "查无开户信息" = "nothing_found" }, otherwise = "found", default = "no_answer" }
///
///     [[source.table]]
///     name = "deposits"
///     unless = { "账号" = ["", "查无开户信息"] }
///     [source.table.columns]
///     entity_id = { from = "证件号码" }
///     event_on = { from = "反馈时间", date = "%Y%m%d%H%M%S" }
///     known_at = { from = "反馈时间", date = "%Y%m%d%H%M%S" }
///     account = { from = "账号" }
///     balance_fen = { from = "余额", unit = "yuan" }
/// "#)?;
/// assert_eq!(mapping.source.len(), 1);
///
/// let error = Mapping::parse("[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'deposits'\n").unwrap_err();
/// assert!(error.to_string().contains("found 4 problems: line"), "{error}");
/// let error = Mapping::parse("[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'no such'\n").unwrap_err();
/// assert!(error.to_string().contains("found one problem: line"), "{error}");
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The version of this format.
    pub format_version: u32,
    /// What the mapping is called in reports.
    pub name: String,
    /// The currency of the amounts, by its ISO 4217 code; it has a hundred minor units, which stand where fen do.
    #[serde(skip_serializing_if = "is_yuan")]
    pub currency: String,
    /// How files are written unless they say otherwise.
    pub form: Form,
    /// How much its files may hold, where that is not [`ReadParams::bounds`](crate::ingest::ReadParams::bounds).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// How cases become learning samples: settings of [`CohortParams`](crate::cohort::CohortParams), which the
    /// pipeline reads and checks; reading files does not need them.
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    pub cohort: toml::Table,
    /// Files and columns that are left out on purpose.
    pub ignore: Vec<IgnoreRule>,
    /// Parent files, held in memory, by name.
    pub lookup: BTreeMap<String, LookupRule>,
    /// Files to read.
    pub source: Vec<SourceRule>,
    /// Where it was read from.
    #[serde(skip)]
    pub origin: Origin,
}

/// A file, or a column of it, that is left out on purpose. Lookups that lead through the file still do.
///
/// ```
/// use wherewithal::ingest::Mapping;
///
/// let mapping = Mapping::parse("[[ignore]]\nfile = '*.bak.csv'\nreason = 'backups'\n")?;
/// assert_eq!((mapping.ignore[0].file.as_str(), &mapping.ignore[0].column), ("*.bak.csv", &None));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRule {
    /// The pattern of the file's path, or of that of a sheet or a table within it, as `book.xlsx/Sheet2`.
    pub file: String,
    /// The column; the whole file when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Why; shown in the report.
    pub reason: String,
}

/// A parent file in which a key leads to a value.
///
/// A rule names it in `join`: an account leads to its holder, a holder to a number. A key with two
/// different values refuses the rows that ask for it, unless `pick` says which of them stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupRule {
    /// The pattern of the file's path; empty for a relation of the database that is read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The table or view of a database; see [`SourceRule::relation`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The statement that gives the rows; see [`SourceRule::query`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How the file is written, when not as the mapping says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// The column of the key, or several, joined by blanks.
    #[serde(deserialize_with = "one_or_several")]
    pub key: Vec<String>,
    /// The column of the value.
    pub value: String,
    /// Of several values of a key the first or the last by the day in `by`; without it, a key has one value only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<Pick>,
    /// The column with the day, for `pick`; a row without one is not picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Patterns of that day, tried in order; years first when empty.
    #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    pub date: Vec<String>,
    /// Only rows in which each of these columns has one of these texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Vec<String>>,
}

/// Which of a key's values stands for it.
///
/// ```
/// use wherewithal::ingest::Mapping;
///
/// let mapping = Mapping::parse(r#"
///     [lookup.holder]
///     file = "accounts.csv"
///     key = "account"
///     value = "holder"
///     pick = "last"
///     by = "opened_on"
/// "#)?;
/// assert_eq!(mapping.lookup["holder"].pick, Some(wherewithal::ingest::Pick::Last));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// The one of the earliest day.
    First,
    /// The one of the latest day in the whole file, which a row of an earlier day may not have known.
    Last,
}

/// Which tables the rows of a file go to.
///
/// A row may go to several tables: an answer of a bank is a row of `queries` and, where it found an
/// account, one of `deposits`. All of them take it or none does, because a fault in one refuses the row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRule {
    /// The pattern of the file's path; empty for a relation of the database that is read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The table or view of a database, such as `payments` or `court.payments`: of the one that is read where `file` is
    /// empty, else of the files of SQLite that it means. With a query, what its rows are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The statement that gives the rows, where they are not the whole relation. It should say their order: rows in
    /// another order are another part of a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// How the file is written, when not as the mapping says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Texts that mean "no value" in every column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub null: Vec<String>,
    /// Columns computed from columns of the same row, by name; rules and conditions use them like columns of the file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub computed: BTreeMap<String, ComputedRule>,
    /// The tables; a row that none of them takes is refused.
    #[serde(default)]
    pub table: Vec<TableRule>,
}

impl SourceRule {
    /// What messages call the source.
    pub(in crate::ingest) fn called(&self) -> String {
        called(&self.file, self.relation.as_deref())
    }
}

impl LookupRule {
    /// What messages call the parent file.
    pub(in crate::ingest) fn called(&self) -> String {
        called(&self.file, self.relation.as_deref())
    }
}

fn called(file: &str, relation: Option<&str>) -> String {
    match (file, relation) {
        (file, None) => file.to_owned(),
        ("", Some(relation)) => format!("relation {relation}"),
        (file, Some(relation)) => format!("{file}/{relation}"),
    }
}

/// One table that rows of a file go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    /// The table's name in the schema.
    pub name: String,
    /// Only rows in which each of these columns has one of these texts; the empty text is "no value".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Vec<String>>,
    /// Not the rows in which one of these columns has one of these texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unless: BTreeMap<String, Vec<String>>,
    /// Where each column comes from; `record_id` comes by itself.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnRule>,
    /// Further attributes of parties or cases, by what their values are and by name: rows of `party_extras` and
    /// `case_extras`, which own features can use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<ExtraKind, BTreeMap<String, ColumnRule>>,
}

impl Mapping {
    /// The format version that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 1;

    /// Reads and checks a mapping.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `text` is no TOML of this form, or with every problem that [`Mapping::check`] finds.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::ingest::Mapping;
    ///
    /// // The empty document means the schema's own names.
    /// assert_eq!(Mapping::parse("")?, Mapping::default());
    /// // A word that this format does not have is a problem, not a word to pass over.
    /// assert!(Mapping::parse("nmae = 'a bank'").is_err());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_as(text, None)
    }

    fn parse_as(text: &str, file: Option<&Path>) -> Result<Self> {
        let called = |name: &str| match file {
            Some(path) => says!("mapping {}", [masked_path(path)]),
            None if name.trim().is_empty() => says!("mapping"),
            None => says!("mapping {}", [name.trim_end()]),
        };
        let mut mapping: Self = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(1, |span| line(text, span.start));
            Error::setting(
                called(""),
                says!("line {line}: {}", [Sentence::foreign(e.message())], line),
                "a mapping file",
            )
        })?;
        mapping.checked(&called(&mapping.name), |findings| findings.with_lines(text))?;
        mapping.origin = Origin::new(file, text);
        Ok(mapping)
    }

    /// Reads and checks a mapping file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, else as [`Mapping::parse`], and the message names the file.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::ingest::Mapping;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("bank.toml");
    /// std::fs::write(&path, "name = 'a bank'\n\n[[source]]\nfile = 'a.csv'\n[[source.table]]\nname = 'no such'\n")?;
    /// let error = Mapping::load(&path).unwrap_err().to_string();
    /// assert!(error.contains("bank.toml") && error.contains("line"), "{error}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::parse_as(&std::fs::read_to_string(path).map_err(Error::io(path))?, Some(path))
    }

    /// The mapping as TOML; reading it gives the same mapping.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when TOML cannot say it.
    ///
    /// ```
    /// use wherewithal::ingest::Mapping;
    ///
    /// let mapping = Mapping { name: "a bank".to_owned(), ..Mapping::default() };
    /// assert_eq!(Mapping::parse(&mapping.to_toml()?)?, mapping);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Error::setting("mapping", e, "a mapping that TOML can say"))
    }

    /// A digest of what the mapping says, BLAKE3 in hexadecimal.
    ///
    /// # Errors
    ///
    /// As [`Mapping::to_toml`].
    ///
    /// A run writes it down, since what a row becomes depends on it. White space and comments of the file
    /// do not change it.
    ///
    /// ```
    /// use wherewithal::ingest::Mapping;
    ///
    /// let (one, other) = (Mapping::parse("name = 'a'")?, Mapping::parse("# of the bank\nname   =   'a'")?);
    /// assert_eq!(one.digest()?, other.digest()?);
    /// assert_ne!(one.digest()?, Mapping::parse("name = 'b'")?.digest()?);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn digest(&self) -> Result<String> {
        Ok(blake3::hash(self.to_toml()?.as_bytes()).to_hex().to_string())
    }

    /// Holds the mapping against the schema.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for another format version, [`Error::Setting`] with all problems, not only the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::ingest::{Mapping, SourceRule};
    ///
    /// let mut mapping = Mapping { format_version: 9, ..Mapping::default() };
    /// assert!(matches!(mapping.check(), Err(wherewithal::Error::Version { .. })));
    /// mapping.format_version = Mapping::FORMAT_VERSION;
    /// mapping.currency = "yuan".to_owned();
    /// assert!(matches!(mapping.check(), Err(wherewithal::Error::Setting { .. })));
    /// ```
    pub fn check(&self) -> Result<()> {
        self.checked(&says!("mapping {}", [self.name]), Findings::texts)
    }

    fn checked(&self, called: &Sentence, texts: impl FnOnce(Findings) -> Vec<Sentence>) -> Result<()> {
        if self.format_version != Self::FORMAT_VERSION {
            return Err(Error::Version {
                artifact: called.clone(),
                found: self.format_version,
                oldest: Self::FORMAT_VERSION,
                newest: Self::FORMAT_VERSION,
            });
        }
        let problems = texts(check::problems(self));
        if problems.is_empty() {
            return Ok(());
        }
        let (count, all) = (problems.len(), Sentence::list(problems, "; "));
        let found = match count {
            1 => says!("one problem: {all}", all),
            _ => says!("{count} problems: {all}", count, all),
        };
        Err(Error::setting(called.clone(), found, "a mapping that fits the schema"))
    }
}

const YUAN: &str = "CNY";

fn is_yuan(currency: &str) -> bool {
    currency == YUAN
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            format_version: Self::FORMAT_VERSION,
            name: String::new(),
            currency: YUAN.to_owned(),
            form: Form::default(),
            bounds: None,
            cohort: toml::Table::new(),
            ignore: Vec::new(),
            lookup: BTreeMap::new(),
            source: Vec::new(),
            origin: Origin::default(),
        }
    }
}
