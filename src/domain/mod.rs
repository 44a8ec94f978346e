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
mod dress;
mod identifier;
mod language;
mod law;
mod mask;
mod mix;
mod money;
mod number;
mod party;
mod person_name;
mod pseudonym;
mod shown_number;
mod signature;

pub use case_number::{CaseFault, CaseKind, CaseNumber};
pub use day::{AsOf, Day};
pub(crate) use dress::{undressed, without_point};
pub use identifier::{Identifier, IdentifierFault, IdentifierKind, PartyKey};
pub(crate) use identifier::{item_key, plain};
pub use language::{Label, Language};
pub use law::{LegalBasis, article, cite};
pub(crate) use mask::is_masked;
pub use mask::{masked_name, masked_number, masked_text};
pub(crate) use mix::{mixed, scatter};
pub(crate) use money::plain_decimal;
pub use money::{Money, MoneyForm, Rounding};
pub use number::{LogOdds, Points, Probability, Share};
pub use party::PartyKind;
pub use person_name::{masked_file, may_be_name};
pub(crate) use person_name::{masked_path, masked_words};
pub use pseudonym::PseudonymKey;
pub use shown_number::{Fit, ShownNumber};
pub use signature::{Signer, SigningKey};
