//! How a number is written apart from what it says.

use std::borrow::Cow;

/// The number in half-width capitals, without blanks, hyphens, dots and brackets.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(half_width).filter(|c| !is_filler(*c)).map(|c| c.to_ascii_uppercase()).collect())
}

/// Whether a hyphen stands before the last character, as organisation codes are printed.
pub(super) fn has_final_hyphen(text: &str) -> bool {
    let mut characters = text.trim().chars().rev().map(half_width);
    characters.next().is_some_and(|c| c.is_ascii_alphanumeric()) && characters.next().is_some_and(is_hyphen)
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
}

fn is_filler(c: char) -> bool {
    c.is_whitespace() || is_hyphen(c) || matches!(c, '.' | '(' | ')' | '\u{B7}' | '\u{200B}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_what_only_dresses_a_number() {
        assert_eq!(plain("11010519491231002X"), "11010519491231002X");
        assert_eq!(plain(" １１０１０５ 19491231-002ｘ　"), "11010519491231002X");
        assert_eq!(plain("0123456701（Ａ）"), "0123456701A");
        assert!(has_final_hyphen("58073473－9 ") && !has_final_hyphen("580734739"));
    }
}
