use crate::domain::masked_number;

/// Characters of a value that a message repeats at most.
const MOST: usize = 24;

/// Digits from which on a value may be somebody's number.
const PRIVATE_DIGITS: usize = 6;

/// A value as a message may repeat it: quoted, cut where it is long, masked where it may be somebody's number.
///
/// ```
/// # use wherewithal::tabular::shown;
/// assert_eq!(shown("无"), "\"无\"");
/// assert_eq!(shown(""), "empty");
/// assert_eq!(shown("320106198706150217"), "\"3201**********0217\"");
/// ```
pub fn shown(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let day = text.len() <= 19 && text.get(4..5).is_some_and(|mark| matches!(mark, "-" | "/"));
    if text.is_empty() {
        "empty".to_owned()
    } else if text.chars().count() > MOST {
        format!("a text of {} characters", text.chars().count())
    } else if digits >= PRIVATE_DIGITS && !day {
        format!("\"{}\"", masked_number(text))
    } else {
        format!("\"{text}\"")
    }
}
