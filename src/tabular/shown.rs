//! How much of a value a message may repeat.
//!
//! A word such as 无 helps a reader; a number of eighteen digits is somebody's. A day of eight digits is
//! neither and stays.

use super::moment::{DayOrder, moment};
use crate::domain::masked_number;
use crate::sentence::{Sentence, says};

/// Characters of a value that a message repeats at most.
const MOST: usize = 24;

/// Digits from which on a value may be somebody's number.
const PRIVATE_DIGITS: usize = 6;

/// A value that many rows have, as a message may repeat it: quoted, cut where it is long, masked where it may be
/// somebody's number.
///
/// ```
/// # use wherewithal::tabular::shown;
/// assert_eq!(shown("无").to_string(), "\"无\"");
/// assert_eq!(shown("").to_string(), "empty");
/// assert_eq!(shown("320106198706150217").to_string(), "\"3201**********0217\"");
/// assert_eq!(shown("20180630").to_string(), "\"20180630\"");
/// ```
pub fn shown(text: &str) -> Sentence {
    if text.is_empty() {
        says!("empty")
    } else if text.chars().count() > MOST {
        length(text)
    } else if is_private(text) {
        Sentence::name(format!("\"{}\"", masked_number(text)))
    } else {
        Sentence::name(format!("\"{text}\""))
    }
}

/// A value that a single row has: one with letters may be a name, and is told by its length alone.
///
/// ```
/// # use wherewithal::tabular::described;
/// assert_eq!(described("张小明").to_string(), "a text of 3 characters");
/// assert_eq!(described("1,23").to_string(), "\"1,23\"");
/// ```
pub fn described(text: &str) -> Sentence {
    if text.chars().any(char::is_alphabetic) || is_private(text) { length(text) } else { shown(text) }
}

/// Whether a value has as many digits as somebody's number, days aside.
fn is_private(text: &str) -> bool {
    // A day is nobody's number, however it is written.
    let is_day = text.len() <= 19
        && (text.get(4..5).is_some_and(|mark| matches!(mark, "-" | "/"))
            || DayOrder::ALL.iter().any(|order| moment(text, *order).is_some()));
    text.chars().filter(char::is_ascii_digit).count() >= PRIVATE_DIGITS && !is_day
}

fn length(text: &str) -> Sentence {
    says!("a text of {} characters", [text.chars().count()])
}
