//! A cell as its file types it: text, number, day, flag.
//!
//! CSV has texts only; Parquet, workbooks and databases have types of their own. A rule reads a cell of any
//! type, so that the same mapping serves an export in either form. A float is a number that may have lost
//! digits: where each digit counts (a number of a party, an amount) one of 2⁵³ or more is refused.

use std::borrow::Cow;

/// From here on floats skip whole numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// One value of a row, as its file types it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ingest) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    Int(i64),
    Number(f64),
    /// Days since 1970-01-01.
    Day(i32),
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// A piece of the text that the row was read from.
    pub(super) const fn piece(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Whether the text of the value is the value: floats keep all digits of whole numbers below 2^53.
    pub(in crate::ingest) fn is_exact(&self) -> bool {
        match self {
            Self::Number(number) => number.abs() < EXACT,
            _ => true,
        }
    }

    /// The value as text, trimmed; `None` when there is none.
    pub(in crate::ingest) fn text(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::Null => return None,
            Self::Text(text) => Cow::Borrowed(trimmed(text)),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Day(number) => {
                Cow::Owned(crate::domain::Day::from_number(*number).map(|day| day.to_string()).unwrap_or_default())
            }
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The same value, borrowed and trimmed; empty text is no value.
    pub(in crate::ingest) fn lent(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => match trimmed(text) {
                "" => Cell::Null,
                text => Cell::piece(text),
            },
            Self::Null => Cell::Null,
            Self::Int(number) => Cell::Int(*number),
            Self::Number(number) => Cell::Number(*number),
            Self::Day(day) => Cell::Day(*day),
            Self::Flag(flag) => Cell::Flag(*flag),
        }
    }
}

/// Without white space at either end; nearly always there is none.
fn trimmed(text: &str) -> &str {
    let dressed = |b: Option<&u8>| b.is_some_and(|b| *b <= b' ' || *b >= 0x80);
    let bytes = text.as_bytes();
    if dressed(bytes.first()) || dressed(bytes.last()) { text.trim() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_wide_blanks_and_knows_nothing_from_something() {
        assert_eq!(Cell::piece("　作废发票 ").text().as_deref(), Some("作废发票"));
        assert_eq!(Cell::piece(" \t").text(), None);
        assert_eq!(Cell::piece("").lent(), Cell::Null);
        assert_eq!(Cell::Number(0.29).text().as_deref(), Some("0.29"));
        assert_eq!(Cell::Day(0).text().as_deref(), Some("1970-01-01"));
        assert!(Cell::Number(9_007_199_254_740_991.0).is_exact() && !Cell::Number(9_007_199_254_740_992.0).is_exact());
        assert!(!Cell::Number(f64::NAN).is_exact());
    }
}
