//! Identifiers of parties: which document is it, and is its number complete and sound?

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
