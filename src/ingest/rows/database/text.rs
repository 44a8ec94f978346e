//! Text values of a database: bytes that are no UTF-8, and texts beyond the bound of a cell, are values
//! that cannot be read. They refuse a row where a rule needs them.

use crate::ingest::refusal::{Fault, Reason, escaped};
use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::{Odd, Value};

/// A text, whatever the column is declared as; bytes that are none can be read by no rule.
pub(super) fn of_bytes(bytes: &[u8], most: usize) -> Value<'static> {
    if bytes.len() > most {
        let shown = String::from_utf8_lossy(bytes.get(..most).unwrap_or_default()).into_owned();
        return Err(Box::new(Odd {
            shown: Cell::Text(shown.into()),
            fault: Fault::long("cell", ("cell_bytes", most)),
        }));
    }
    let none = (Reason::Encoding, "bytes that are not utf-8", "text in utf-8");
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cell::Text(text.to_owned().into())),
        Err(_) => Err(Odd::new(escaped(bytes), none)),
    }
}
