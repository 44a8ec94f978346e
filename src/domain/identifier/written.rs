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

/// The text without a label of letters before a colon and without marks behind; nothing where it has neither.
pub(super) fn unlabelled(text: &str) -> Option<&str> {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphabetic() || c == ' ');
    let inner = match text.split_once(':') {
        Some((label, rest)) if is_label(label) => rest,
        _ => text,
    };
    let inner = inner.trim_matches([' ', ';', ',', '.', '。', '、']);
    (inner.len() < text.len()).then_some(inner)
}

/// The text without Chinese words glued to either end of it; nothing where it has none.
pub(super) fn without_words(text: &str) -> Option<&str> {
    let is_word =
        |c: char| matches!(c, '\u{4E00}'..='\u{9FFF}' | ' ' | '(' | ')' | ':' | ';' | ',' | '.' | '。' | '、');
    let inner = text.trim_matches(is_word);
    (inner.len() < text.len()).then_some(inner)
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
        assert_eq!(unlabelled("身份证号:1101;"), Some("1101"));
        assert_eq!((unlabelled("1101:2"), unlabelled("1101")), (None, None));
        assert_eq!((without_words("身份证1101(本人)"), without_words("1101")), (Some("1101"), None));
        assert!(has_final_hyphen(&undressed("58073473－9 ")) && !has_final_hyphen("580734739"));
    }
}
