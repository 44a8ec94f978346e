//! What may be said of a source's own words: headers and keys can be rows that stand in the wrong place.

use std::borrow::Cow;

use crate::domain::Identifier;

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

/// Names for a message; none of them when the line that holds them is no header.
pub(super) fn told_all(names: &[String]) -> String {
    match values(names) {
        Some(values) => format!("a line of {} cells, of which {values} are numbers, days or identifiers", names.len()),
        None => format!("columns {}", names.iter().map(|name| told(name)).collect::<Vec<_>>().join(", ")),
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

/// Whether the text can be an identifier, an account, a telephone number, or hold one.
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
    has_run || Identifier::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn columns_are_named_and_values_are_not() {
        assert_eq!(told_all(&names(&["证件号码", "2018", "amount_fen"])), "columns 证件号码, 2018, amount_fen");
        for value in ["11010519491231002X", "6222 0212 3456", "138-1234-5678", "３２０１０６１９８７", "tel13812345678"]
        {
            assert_eq!(told(value), "***", "{value}");
            assert!(!told_all(&names(&["a", "b", "c", "d", value])).contains(value), "{value}");
        }
        let row = names(&["王小明", "2018-02-01", "12.50"]);
        assert_eq!(told_all(&row), "a line of 3 cells, of which 2 are numbers, days or identifiers");
        assert_eq!(told(&"长".repeat(61)).chars().count(), 61);
    }
}
