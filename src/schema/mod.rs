//! What may a table contain: column, type, unit, meaning, key?
//!
//! The one place where a table or a column is named. Every source table that an enforcement court
//! gets is described here as data; readers check rows against it, the feature catalogue is checked
//! against it, and the data dictionary in `data/README.md` is generated from it ([`dictionary`]).
//!
//! Every row has two clocks: [`EVENT_ON`], the day it happened, and [`KNOWN_AT`], the day the court learnt it. What a
//! statement of a day may use is decided by the second alone.
//!
//! ```
//! use wherewithal::schema;
//!
//! let deposits = schema::table("deposits").ok_or("no such table")?;
//! assert!(deposits.column("available_fen").is_some_and(|column| column.kind == schema::ColumnKind::Money));
//! # Ok::<(), &str>(())
//! ```
//!
//! # Invariants
//!
//! Absent here: files, frames, rows. No column holds sex, age, birth, ethnicity, religion, health, education or
//! household origin (PIPL art. 28; 征信业管理条例 art. 14), so no later room can use one by mistake.

mod assets;
mod column;
mod conduct;
mod court;
mod dictionary;
mod extras;
mod flows;
mod forbidden;
mod range;
mod register;

pub use column::{Column, ColumnKind, Nature, Owner, Table};
pub use dictionary::dictionary;
pub use forbidden::forbidden_word;
pub use range::ValueRange;

/// The row's own number: the source file's ordinal × 2⁴⁰ + the line where the row begins.
pub const RECORD_ID: &str = "record_id";
/// The bits of a row's number that hold the line.
pub const LINE_BITS: u32 = 40;
/// The party, as a keyed pseudonym.
pub const ENTITY_ID: &str = "entity_id";
/// The case, as a keyed pseudonym.
pub const CASE_ID: &str = "case_id";
/// The day it happened.
pub const EVENT_ON: &str = "event_on";
/// The day the court learnt it.
pub const KNOWN_AT: &str = "known_at";
/// The manner, in `closings`, of a state that was seen and closed nothing.
pub const OBSERVED: &str = "observed";
/// The kind of `relations` that states two identifiers to be one party's.
pub const SAME_PARTY: &str = "same_party";

/// Whether a row of `closings` with this manner closes its case.
pub fn closes(manner: &str) -> bool {
    manner != OBSERVED
}

/// The day a statement describes.
pub const AS_OF: &str = "as_of";

/// Every table, in the order of the data dictionary: what tells of debtors, then the court's own register.
pub static TABLES: [&Table; 36] = [
    &court::PARTIES,
    &court::CASES,
    &court::CASE_PARTIES,
    &court::QUERIES,
    &assets::DEPOSITS,
    &flows::BANK_TRANSACTIONS,
    &assets::NETWORK_FUNDS,
    &assets::FINANCIAL_ASSETS,
    &assets::INSURANCE_POLICIES,
    &assets::REAL_ESTATE,
    &assets::VEHICLES,
    &assets::EQUITY,
    &flows::INCOME,
    &flows::INVOICES,
    &flows::CONSUMPTION,
    &flows::EXIT_ENTRY,
    &conduct::RELATIONS,
    &assets::ENCUMBRANCES,
    &conduct::SANCTIONS,
    &conduct::PROPERTY_REPORTS,
    &court::PAYMENTS,
    &court::CLOSINGS,
    &extras::PARTY_EXTRAS,
    &extras::CASE_EXTRAS,
    &register::ASSIGNMENTS,
    &register::AUCTIONS,
    &register::PRESERVATIONS,
    &register::ENTRUSTMENTS,
    &register::PETITIONS,
    &register::ORDERS,
    &register::REWARDS,
    &register::TRANSFERS,
    &register::DISCLOSURES,
    &register::MEASURES,
    &register::CASE_FUNDS,
    &register::CLOSING_REVIEWS,
];

/// How many of [`TABLES`] tell of debtors.
const OF_DEBTORS: usize = 24;

/// The tables that tell of debtors.
pub fn debtor_tables() -> &'static [&'static Table] {
    TABLES.get(..OF_DEBTORS).unwrap_or_default()
}

/// The tables of the court's own register: optional, and read by what counts how a court enforces.
pub fn register_tables() -> &'static [&'static Table] {
    TABLES.get(OF_DEBTORS..).unwrap_or_default()
}

/// The table called `name`.
///
/// # Examples
///
/// ```
/// # use wherewithal::schema;
/// let payments = schema::table("payments").ok_or("no such table")?;
/// assert_eq!((payments.key(), payments.asked), (schema::CASE_ID, None)); // the court itself knows
/// assert!(schema::table("no_such_table").is_none());
/// # Ok::<(), &str>(())
/// ```
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().copied().find(|table| table.name == name)
}

/// What the ledger `queries` calls an answer: something was found, or it was said that there is nothing.
pub const ANSWERS: [&str; 2] = ["found", "nothing_found"];

/// The holders of information that the ledger `queries` may name in its column `source`.
pub const SOURCES: &[&str] = &[
    "bank",
    "network_funds",
    "securities",
    "insurance",
    "real_estate",
    "vehicles",
    "registry",
    "tax",
    "social_insurance",
    "housing_fund",
    "household",
    "marriage",
    "exit_entry",
    "hotel",
    "travel",
    "card",
    "delivery",
    "debtor_report",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_snake_case_and_columns_resolve() {
        let mut names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLES.len());
        for table in TABLES {
            let mut columns: Vec<_> = table.columns().map(|column| column.name).collect();
            let n = columns.len();
            columns.sort_unstable();
            columns.dedup();
            assert_eq!(columns.len(), n, "{}", table.name);
            assert!(
                columns.iter().all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
            );
            for clock in [EVENT_ON, KNOWN_AT] {
                assert!(table.column(clock).is_some_and(|column| !column.nullable), "{}", table.name);
            }
            for item in table.item() {
                assert!(table.column(item).is_some(), "{}.{item}", table.name);
            }
            assert!(table.asked.is_none_or(|source| SOURCES.contains(&source)), "{}", table.name);
        }
    }

    #[test]
    fn units_follow_names() {
        for column in TABLES.iter().flat_map(|table| table.columns()) {
            assert_eq!(column.kind == ColumnKind::Money, column.name.ends_with("_fen"), "{}", column.name);
            let day = column.name.ends_with("_on") || column.name == KNOWN_AT;
            assert_eq!(column.kind == ColumnKind::Day, day, "{}", column.name);
            assert_eq!(column.kind == ColumnKind::Flag, column.name.starts_with("is_"), "{}", column.name);
        }
    }
}
