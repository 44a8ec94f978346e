//! Removes what a number is written with but does not belong to it: labels, blanks, hyphens,
//! brackets.

use std::borrow::Cow;

use super::fault::IdentifierFault as Fault;
use crate::domain::dress::{is_hyphen, undressed};

/// The number in half-width capitals, without dress, blanks, hyphens, commas, dots and brackets.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let mut plain: String =
        undressed(text).chars().filter(|c| !is_filler(*c)).map(|c| c.to_ascii_uppercase()).collect();
    // Behind seventeen digits stands an X, whatever it was typed as.
    if plain.len() > 17
        && let Some((digits, end)) = plain.split_at_checked(17)
        && digits.bytes().all(|b| b.is_ascii_digit())
        && matches!(end, "×" | "Х" | "х" | "✕" | "Ⅹ" | "ⅹ" | "χ" | "Χ")
    {
        plain.replace_range(17.., "X");
    }
    Cow::Owned(plain)
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

/// Words that say what a number is, or whose where it is the party's own.
const WORDS: [&str; 16] = [
    "统一社会信用代码",
    "社会信用代码",
    "组织机构代码",
    "营业执照",
    "居民身份证",
    "身份证件",
    "身份证",
    "证件",
    "公民身份",
    "号码",
    "号",
    "代码",
    "本人",
    "居民",
    "第",
    "注册",
];
/// The same in Latin letters, in any case; further letters make another word of them.
const LATIN: [&str; 2] = ["ID", "NO"];

/// The text without marks (`=`, `#`, `_`) and words at either end of it that say what the number
/// is; nothing where it has none, or others: the number of a spouse or an agent is not the party's.
pub(super) fn without_words(text: &str) -> Option<&str> {
    let is_mark = |c: char| !c.is_alphanumeric();
    let mut inner = text.trim_matches(is_mark);
    while let Some(shorter) = without_word(inner) {
        inner = shorter.trim_matches(is_mark);
    }
    (!inner.chars().any(is_chinese) && inner.len() < text.len()).then_some(inner)
}

fn without_word(text: &str) -> Option<&str> {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let latin = |word: &&str| {
        let (head, rest) = text.split_at_checked(word.len())?;
        let (before, tail) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
        let begins = head.eq_ignore_ascii_case(word) && !is_letter(rest.chars().next());
        let ends = tail.eq_ignore_ascii_case(word) && !is_letter(before.chars().next_back());
        if begins { Some(rest) } else { ends.then_some(before) }
    };
    let chinese = WORDS.iter().find_map(|word| text.strip_prefix(word).or_else(|| text.strip_suffix(word)));
    chinese.or_else(|| LATIN.iter().find_map(latin))
}

/// Whether what is wrong with the part of a text that is left without label, words and marks is wrong with the text: a
/// placeholder behind a name leaves the name, and short decimals behind a label are a source's own number.
pub(super) fn is_ruin(fault: Fault, (text, bare): (&str, &str)) -> bool {
    match fault {
        Fault::Placeholder => says_number(text) || letters(text).eq(letters(bare)),
        Fault::Empty => says_number(text),
        Fault::Fraction => bare.find('.').is_some_and(|digits| digits >= 8),
        fault => fault.is_ruin(),
    }
}

/// Whether a text says that it holds a number, by its label or by words around it.
pub(super) fn says_number(text: &str) -> bool {
    let label = text.split_once(':').map_or(text, |(label, _)| label).trim();
    label.ends_with(['号', '码', '证']) || WORDS.iter().any(|word| label.starts_with(word) || label.ends_with(word))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

fn is_chinese(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
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
        assert_eq!(
            (plain("11010519491231002×"), plain("11010519491231002Х")),
            (plain("11010519491231002X"), plain("11010519491231002X"))
        );
        assert_eq!(unlabelled("身份证号:1101;"), Some("1101"));
        assert_eq!((unlabelled("1101:2"), unlabelled("1101")), (None, None));
        assert_eq!((without_words("身份证1101(本人)"), without_words("1101")), (Some("1101"), None));
        assert_eq!(without_words("居民身份证号码：第1101号".replace('：', ":").as_str()), Some("1101"));
        for marked in ["=1101", "#1101", "_1101_", "+1101%", "ID:1101", "ID No. 1101", "【1101】", "<1101>"] {
            assert_eq!(without_words(marked), Some("1101"), "{marked}");
        }
        assert_eq!((without_words("配偶1101"), without_words("法定代表人身份证1101")), (None, None));
        assert!(has_final_hyphen(&undressed("58073473－9 ")) && !has_final_hyphen("580734739"));
    }
}
