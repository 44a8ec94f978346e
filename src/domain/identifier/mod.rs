//! Identifiers of parties: which document is it, and is its number complete and sound?
//!
//! | document | form | check |
//! |---|---|---|
//! | resident identity number, residence permit | 17 digits and a check character, or 15 digits | ISO 7064 MOD 11-2 |
//! | unified social credit code | 17 characters and a check character | weights modulo 31 |
//! | organisation code | 8 characters and a check character | weights modulo 11 |
//! | business licence before 2015 | 14 digits and a check digit | ISO 7064 MOD 11,10 |
//! | permits of travel, passports | letters and digits | none |
//!
//! Reading goes in three steps, each a file: the dress comes off (`written`), what cannot be a whole number
//! is told apart (`whole`, `several`), and the rest is recognised by its form and checked (`recognise`). A
//! number is never repaired.

mod checksum;
mod fault;
mod key;
mod kind;
mod number;
mod recognise;
mod several;
mod whole;
mod written;

pub use fault::IdentifierFault;
pub use key::PartyKey;
pub(crate) use key::item_key;
pub use kind::IdentifierKind;
pub use number::Identifier;
pub(crate) use written::plain;
