//! A value that is present but cannot be read, with what was found.
//!
//! It is not the same as no value. A row whose rule needs it is refused; a row that does not need it is
//! accepted, and what is shown of the value stands in the refused row if something else is wrong.

use std::borrow::Cow;

use super::Cell;
use crate::ingest::refusal::{Fault, Reason};

/// A cell, or a value that is there and cannot be read.
pub(in crate::ingest) type Value<'a> = Result<Cell<'a>, Box<Odd<'a>>>;

/// A value that is there and cannot be read.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct Odd<'a> {
    pub(in crate::ingest) shown: Cell<'a>,
    /// Without its column.
    pub(in crate::ingest) fault: Fault,
}

impl<'a> Odd<'a> {
    pub(super) fn new(shown: impl Into<Cow<'a, str>>, (reason, found, expected): (Reason, &str, &str)) -> Box<Self> {
        Box::new(Self { shown: Cell::Text(shown.into()), fault: Fault::line(reason, found, expected) })
    }
}
