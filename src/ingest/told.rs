//! What may be said of a source's own words: headers and keys can be rows that stand in the wrong place.
//!
//! A file without a header puts its first row where the names are looked for. Were the names repeated in
//! the error, the error would hold somebody's number. So a name that may be a value is shown as `***`, and
//! a line that is mostly values is described by how it is written.

use std::borrow::Cow;

use super::misread::shape;
use crate::domain::{Identifier, may_be_name};
use crate::sentence::{Sentence, says};

/// So many digits in a row are a number that stands for somebody or something.
const DIGITS: usize = 7;
/// Names of columns are shorter.
const LONG: usize = 60;

/// The name of a column as messages and reports may repeat it: what can be a value of a row is masked.
pub(crate) fn told(name: &str) -> Cow<'_, str> {
    if is_value(name) {
        return Cow::Borrowed("***");
    }
    match name.char_indices().nth(LONG) {
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

/// Cells whose form is shown.
const SHOWN: usize = 6;

/// Names for a message; none of them when the line that holds them is no header: when it has values, or not one of the
/// columns that are looked for.
pub(super) fn told_all(names: &[String], has_any: bool) -> Sentence {
    match values(names) {
        None if !has_any => {
            let forms: Vec<_> = names.iter().take(SHOWN).map(|name| shape(name)).collect();
            let more = if names.len() > SHOWN { ", …" } else { "" };
            says!(
                "a line of {} cells, none of them a column that is read, written as {}{more}",
                [names.len(), forms.join(", ")],
                more
            )
        }
        Some(values) => {
            says!(
                "a line of {} cells, of which {values} are numbers, days, identifiers or names",
                [names.len()],
                values
            )
        }
        None => says!("columns {}", [Sentence::names(names.iter().map(|name| told(name)))]),
    }
}

/// How many cells are values, when so many are that the line is no header.
fn values(names: &[String]) -> Option<usize> {
    let filled = names.iter().filter(|name| !name.is_empty()).count();
    let values = names.iter().filter(|name| is_value(name) || is_number(name)).count();
    let is_header = values * 3 <= filled && !names.iter().any(|name| is_value(name));
    (!is_header).then_some(values)
}

fn is_number(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || "+-.,/: %¥￥".contains(c);
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(plain)
}

/// Whether the text can be an identifier, an account, a telephone number, or hold one, or can be the name of a person.
fn is_value(text: &str) -> bool {
    let mut run = 0;
    let has_run = text.chars().any(|c| {
        run = match c {
            _ if c.is_numeric() => run + 1,
            ' ' | '-' if run > 0 => run,
            _ => 0,
        };
        run >= DIGITS
    });
    has_run || Identifier::parse(text).is_ok() || may_be_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn columns_are_named_and_values_are_not() {
        assert_eq!(
            told_all(&names(&["证件号码", "2018", "amount_fen"]), true).to_string(),
            "columns 证件号码, 2018, amount_fen"
        );
        for value in ["11010519491231002X", "6222 0212 3456", "138-1234-5678", "３２０１０６１９８７", "tel13812345678"]
        {
            assert_eq!(told(value), "***", "{value}");
            assert!(!told_all(&names(&["a", "b", "c", "d", value]), true).to_string().contains(value), "{value}");
        }
        let row = names(&["王小明", "2018-02-01", "12.50"]);
        assert_eq!(
            told_all(&row, true).to_string(),
            "a line of 3 cells, of which 3 are numbers, days, identifiers or names"
        );
        let passwd = told_all(&names(&["root:x:0:0:root:/root:/bin/bash"]), false).to_string();
        assert!(passwd.contains("a line of 1 cells") && !passwd.contains("root"), "{passwd}");
        assert_eq!(told("王小明"), "***");
        assert_eq!(told(&"长".repeat(61)).chars().count(), 61);
    }
}
