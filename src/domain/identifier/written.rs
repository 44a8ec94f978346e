//! How a number is written apart from what it says.

use std::borrow::Cow;

use crate::domain::dress::{is_hyphen, undressed};

/// The number in half-width capitals, without dress, blanks, hyphens, commas, dots and brackets.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(undressed(text).chars().filter(|c| !is_filler(*c)).map(|c| c.to_ascii_uppercase()).collect())
}

/// Whether a hyphen stands before the last character, as organisation codes are printed.
pub(super) fn has_final_hyphen(text: &str) -> bool {
    let mut characters = text.chars().rev();
    characters.next().is_some_and(|c| c.is_ascii_alphanumeric()) && characters.next().is_some_and(is_hyphen)
}

pub(super) fn is_filler(c: char) -> bool {
    is_hyphen(c) || matches!(c, ' ' | '.' | ',' | '(' | ')' | '\u{B7}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dress::undressed;

    #[test]
    fn drops_what_only_dresses_a_number() {
        assert_eq!(plain("11010519491231002X"), "11010519491231002X");
        assert_eq!(plain(" １１０１０５ 19491231-002ｘ　"), "11010519491231002X");
        assert_eq!(plain("0123456701（Ａ）"), "0123456701A");
        assert!(has_final_hyphen(&undressed("58073473－9 ")) && !has_final_hyphen("580734739"));
    }
}
