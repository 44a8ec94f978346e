//! What is in these files, and how could they be read?
//!
//! [`inspect`] looks at exports that nobody has described: encoding, delimiter, header, what each column looks like
//! (identifiers, case numbers, days and in which pattern, amounts and in which unit), which keys files share, which
//! tables of the schema they could feed. It drafts a mapping that runs as it is and says of every line what was seen,
//! how sure it is and what to check.
//!
//! # Invariants
//!
//! - The draft fits the schema: [`Inspection::mapping`] is read back from its text.
//! - Nothing ambiguous is guessed: both readings are said, and the column is left out or refuses its rows until one is
//!   declared.
//! - No value that may tell who somebody is stands in the draft or in what was found: counts, names of columns, levels
//!   of codes, shapes.
//! - What is not looked at is said: rows beyond [`InspectParams::rows`], files without a table, columns left out.
//!
//! What is said is a [`Sentence`](crate::sentence::Sentence), whose names no language changes. The knowledge of names,
//! words and units is data in `data/inspect`. Absent here: any reader of files
//! ([`ReadParams::look`](crate::ingest::ReadParams::look) reads); what a person must decide.

mod amounts;
mod assign;
mod days;
mod dictionary;
mod draft;
mod facts;
mod feed;
#[expect(clippy::module_inception, reason = "the room's verb is its name")]
mod inspect;
mod inspection;
mod keys;
mod levels;
mod looks;
mod own;
mod params;
mod plan;
mod rules;
mod tables;
mod uses;
mod vocabulary;
mod wants;
mod words;

pub use amounts::{MoneySeen, UnitSource};
pub use days::DaySeen;
pub use inspect::inspect;
pub use inspection::{Certainty, ColumnFinding, Feed, Guess, Inspection, TableFinding};
pub use keys::SharedKey;
pub use params::InspectParams;
