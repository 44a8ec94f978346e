//! Case numbers (案号): reads their spellings and brings them into one form.

mod kind;
mod number;
mod read;

pub use kind::CaseKind;
pub use number::{CaseFault, CaseNumber};
