//! Which document names this party, and is its number whole?

mod checksum;
mod fault;
mod kind;
mod number;
mod recognise;
mod written;

pub use fault::IdentifierFault;
pub use kind::IdentifierKind;
pub use number::Identifier;
pub(crate) use written::plain;
