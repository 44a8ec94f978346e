//! What is an amount, a probability, a day, an identity, a case number?
//!
//! Values that make sense without tables. Each is checked when it is made and when it is deserialised, so that a value
//! in hand is a value to trust.
//!
//! ```
//! use wherewithal::domain::{Day, Money};
//!
//! let claim = Money::from_fen(10_000_000);
//! assert_eq!(claim.to_string(), "100000.00");
//! assert_eq!(Day::parse("2017-09-28")?.plus_days(3).to_string(), "2017-10-01");
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! Absent here: tables, files, learners, the clock.

mod case_number;
mod day;
mod identifier;
mod language;
mod law;
mod mask;
mod mix;
mod money;
mod number;
mod party;
mod pseudonym;
mod shown_number;

pub use case_number::{CaseKind, CaseNumber};
pub use day::{AsOf, Day};
pub(crate) use identifier::plain;
pub use identifier::{Identifier, IdentifierFault, IdentifierKind};
pub use language::{Label, Language};
pub use law::{LegalBasis, article, cite};
pub use mask::{masked_name, masked_number};
pub(crate) use mix::{mixed, scatter};
pub use money::Money;
pub use number::{LogOdds, Points, Probability, Share};
pub use party::PartyKind;
pub use pseudonym::PseudonymKey;
pub use shown_number::{Fit, ShownNumber};
