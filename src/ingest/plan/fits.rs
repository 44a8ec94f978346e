//! Checks that a value fits its column: present where required, within range.
//!
//! The schema says for each column whether it may be empty and between which bounds its numbers lie. An
//! amount of −1 fen where none can be negative is a fault of the source, and the row is refused rather than
//! cut to the bound.

use super::scratch::Staged;
use crate::ingest::refusal::{Fault, Reason};
use crate::schema::Column;

/// Whether a column may hold a value: that there is one where there must be, and that a number is within its range.
pub(super) fn fits(column: &Column, value: Staged, is_placeholder: bool) -> Result<(), Fault> {
    let beyond = |found: String| Err(Fault::line(Reason::Range, found, column.range.in_words(column.kind)));
    match value {
        Staged::Null if column.nullable => Ok(()),
        Staged::Null if is_placeholder => {
            Err(Fault::line(Reason::Placeholder, "a placeholder", "a number that somebody has"))
        }
        Staged::Null => Err(Fault::line(Reason::Missing, "nothing", "a value")),
        Staged::Int(number) if !column.range.holds(number) => beyond(number.to_string()),
        Staged::Number(number) if !column.range.holds_decimal(number) => beyond(number.to_string()),
        _ => Ok(()),
    }
}
