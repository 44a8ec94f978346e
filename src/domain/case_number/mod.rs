//! Which case is it, in whatever spelling?

mod kind;
mod number;
mod read;

pub use kind::CaseKind;
pub use number::{CaseFault, CaseNumber};
