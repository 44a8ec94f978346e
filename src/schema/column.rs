//! The types that describe tables and columns.
//!
//! They are constants: what a table may contain is known when the program is compiled, so a mapping, a
//! feature or a reader that names a column which is not there is told so before any row is read.

use super::ValueRange;

/// What the values of a column are.
///
/// | kind | in a frame | unknown |
/// |---|---|---|
/// | text, code | `String` | null |
/// | integer, money, pseudonyms, record | `Int64` | null |
/// | number, share | `Float64` | null |
/// | day | `Date` | null |
/// | flag | `Boolean` | null |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Free text.
    Text,
    /// One of a closed list of codes.
    Code(&'static [&'static str]),
    /// A whole number of the column's unit.
    Integer,
    /// A decimal number of the column's unit.
    Number,
    /// Money in integer fen.
    Money,
    /// A share of a whole, 0 to 1.
    Share,
    /// A calendar day.
    Day,
    /// Yes or no.
    Flag,
    /// A party: read as an identifier, kept as a keyed pseudonym.
    Party,
    /// A case: read as a case number or the source's own key, kept as a keyed pseudonym.
    Case,
    /// An account, policy, plate or unit number: kept as a keyed pseudonym.
    Item,
    /// The number that the reader gives to the row.
    Record,
}

impl ColumnKind {
    /// The unit or form in words, for the dictionary.
    ///
    /// ```
    /// use wherewithal::schema::ColumnKind;
    ///
    /// assert_eq!(ColumnKind::Money.unit(), "fen");
    /// assert_eq!(ColumnKind::Share.unit(), "share 0–1");
    /// ```
    pub fn unit(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code(_) => "code",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Money => "fen",
            Self::Share => "share 0–1",
            Self::Day => "day",
            Self::Flag => "true/false",
            Self::Party | Self::Case | Self::Item => "keyed pseudonym",
            Self::Record => "row number",
        }
    }
}

/// One column of a table.
///
/// ```
/// use wherewithal::schema::{ColumnKind, table};
///
/// let deposits = table("deposits").ok_or("no such table")?;
/// let balance = deposits.column("balance_fen").ok_or("no such column")?;
/// assert_eq!((balance.kind, balance.nullable), (ColumnKind::Money, true)); // many banks leave it out
/// assert_eq!((balance.zh, balance.en), ("余额", "balance"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name in frames and files.
    pub name: &'static str,
    /// What the values are.
    pub kind: ColumnKind,
    /// Whether a value may be unknown.
    pub nullable: bool,
    /// What numbers may be; rows beyond it are refused.
    pub range: ValueRange,
    /// The meaning in Chinese.
    pub zh: &'static str,
    /// The meaning in English.
    pub en: &'static str,
}

/// A column whose value is always known.
pub(super) const fn must(name: &'static str, kind: ColumnKind, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind, nullable: false, range: ValueRange::default_for(kind), zh, en }
}

/// A column whose value may be unknown.
pub(super) const fn may(name: &'static str, kind: ColumnKind, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind, nullable: true, range: ValueRange::default_for(kind), zh, en }
}

impl Column {
    /// The same column, whose numbers are nowhere less than this.
    pub(super) const fn at_least(self, least: i64) -> Self {
        Self { range: ValueRange { least, ..self.range }, ..self }
    }

    /// The same column, whose numbers are within these two.
    pub(super) const fn within(self, least: i64, most: i64) -> Self {
        Self { range: ValueRange { least, most }, ..self }
    }
}

/// Whose row it is: the key that says which debtor a row speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Rows carry `entity_id`.
    Party,
    /// Rows carry `case_id`; `case_parties` leads to the parties.
    Case,
}

/// How rows of one table stand to each other.
///
/// ```
/// use wherewithal::schema::{Nature, table};
///
/// // A later answer about an account replaces an earlier one; each payment stands for itself.
/// assert_eq!(table("deposits").map(|table| table.nature), Some(Nature::State(&["account"])));
/// assert_eq!(table("payments").map(|table| table.nature), Some(Nature::Event));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Every row is an event of its own.
    Event,
    /// Rows observe the state of an item, named by these columns within its owner; a later observation replaces an
    /// earlier one.
    State(&'static [&'static str]),
}

/// One source table.
///
/// # Examples
///
/// ```
/// use wherewithal::schema::table;
///
/// let payments = table("payments").ok_or("no such table")?;
/// let names: Vec<_> = payments.columns().map(|column| column.name).collect();
/// // The row's number, its owner, the two clocks, and then its own columns.
/// assert_eq!(names[..4], ["record_id", "case_id", "event_on", "known_at"]);
/// assert_eq!(payments.key(), "case_id");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The name in files and mappings.
    pub name: &'static str,
    /// The meaning in Chinese.
    pub zh: &'static str,
    /// The meaning in English.
    pub en: &'static str,
    /// Whose rows they are.
    pub owner: Owner,
    /// How rows stand to each other.
    pub nature: Nature,
    /// The `source` in the ledger of queries whose answers fill this table; `None` when the court itself knows.
    pub asked: Option<&'static str>,
    /// The columns of this table alone; [`Table::columns`] lists all.
    pub own: &'static [Column],
}

const RECORD: Column =
    must(super::RECORD_ID, ColumnKind::Record, "记录号：来源文件序号与行号", "row number: source file and line");
const ENTITY: Column =
    must(super::ENTITY_ID, ColumnKind::Party, "当事人（加密标识）", "the party, as a keyed pseudonym");
const CASE: Column = must(super::CASE_ID, ColumnKind::Case, "案件（加密标识）", "the case, as a keyed pseudonym");
const CLOCKS: [Column; 2] = [
    must(super::EVENT_ON, ColumnKind::Day, "发生日期", "the day it happened"),
    must(super::KNOWN_AT, ColumnKind::Day, "法院知悉日期", "the day the court learnt it"),
];

impl Table {
    /// All columns: row number, owner, the two clocks, then the table's own.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> + use<> {
        let owner: &'static Column = match self.owner {
            Owner::Party => &ENTITY,
            Owner::Case => &CASE,
        };
        [&RECORD, owner].into_iter().chain(CLOCKS.iter()).chain(self.own.iter())
    }

    /// The column called `name`.
    ///
    /// `None` where the table has no such column; names are told apart by the case of their letters.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns().find(|column| column.name == name)
    }

    /// The columns that name the item whose state a row observes; empty for events.
    ///
    /// ```
    /// use wherewithal::schema::table;
    ///
    /// assert_eq!(table("encumbrances").map(|table| table.item()), Some(["asset", "kind", "rank"].as_slice()));
    /// assert_eq!(table("payments").map(|table| table.item().len()), Some(0));
    /// ```
    pub fn item(&self) -> &'static [&'static str] {
        match self.nature {
            Nature::Event => &[],
            Nature::State(item) => item,
        }
    }

    /// The columns by which a row of an event is known again: all but its number and the day it
    /// became known, since a file that is delivered again tells of the same event later.
    ///
    /// Two rows that agree in them are one event that was told twice.
    pub fn event(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns().filter(|column| ![super::RECORD_ID, super::KNOWN_AT].contains(&column.name))
    }

    /// The column that holds the owner's key.
    pub fn key(&self) -> &'static str {
        match self.owner {
            Owner::Party => super::ENTITY_ID,
            Owner::Case => super::CASE_ID,
        }
    }
}
