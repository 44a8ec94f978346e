//! Masks names and numbers wherever a person reads them.
//!
//! A mask is for the eye and hides no one from the holder of the data: what leaves the house is told under
//! keyed pseudonyms ([`PseudonymKey`](super::PseudonymKey)).

use std::borrow::Cow;
use std::ops::Range;

use super::Day;
use super::dress::{half_width, is_hyphen, is_invisible};

/// A name with all but its first character hidden, at most six stars.
///
/// ```
/// # use wherewithal::domain::masked_name;
/// assert_eq!(masked_name("王小明"), "王**");
/// assert_eq!(masked_name(""), "*");
/// ```
pub fn masked_name(name: &str) -> String {
    let mut characters = name.trim().chars();
    let first = characters.next();
    let hidden = characters.count().clamp(1, 6);
    first.into_iter().chain(std::iter::repeat_n('*', hidden)).collect()
}

/// A number with its middle hidden: the first four and the last four characters stay when it is twelve or longer, else
/// only the last quarter.
///
/// ```
/// # use wherewithal::domain::masked_number;
/// assert_eq!(masked_number("11010519491231002X"), "1101**********002X");
/// assert_eq!(masked_number("12345678"), "******78");
/// assert_eq!(masked_number("123"), "***");
/// ```
pub fn masked_number(number: &str) -> String {
    let characters: Vec<char> = number.trim().chars().collect();
    let n = characters.len();
    let (head, tail) = if n >= 12 { (4, 4) } else { (0, n / 4) };
    characters.iter().enumerate().map(|(i, c)| if i < head || i >= n - tail { *c } else { '*' }).collect()
}

/// Whether part of a name is hidden already: by stars and the like, or by 某.
pub(crate) fn is_masked(name: &str) -> bool {
    name.contains(['*', '＊', '×', '●', '•', '○', '※', '某'])
}

/// A text with every run of characters masked that may be an identifier, a telephone, an account or a card, however it
/// is dressed: seven digits or more in one piece, eleven or more with blanks or hyphens between them.
///
/// Days and the hexadecimal pseudonyms and digests of this crate stay.
///
/// ```
/// # use wherewithal::domain::masked_text;
/// assert_eq!(masked_text("欠款人 11010519491231002x, 138-1234-5678"), "欠款人 1101**********002x, 138-*****5678");
/// assert_eq!(masked_text("（2018）苏0205执1234号 2018-06-30"), "（2018）苏0205执1234号 2018-06-30");
/// ```
pub fn masked_text(text: &str) -> Cow<'_, str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_wide = || text.chars().any(|c| ('０'..='９').contains(&c));
    // Full-width digits begin with this byte.
    if digits < LEAST && !(text.as_bytes().contains(&0xEF) && is_wide()) {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for run in runs(text) {
        let inside = text.get(run.clone()).unwrap_or_default();
        masked.push_str(text.get(done..run.start).unwrap_or_default());
        masked.push_str(&if is_telling(inside) { Cow::Owned(masked_number(inside)) } else { Cow::Borrowed(inside) });
        done = run.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

/// Digits from which a run may tell who or what is meant.
const LEAST: usize = 7;

/// Stretches of letters and digits, with single blanks and hyphens between digits; a day ends one.
fn runs(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut run) = (Vec::new(), None::<Range<usize>>);
    let (mut joined, mut after_digit) = (false, false);
    for (at, c) in text.char_indices() {
        let plain = half_width(c);
        if plain.is_ascii_alphanumeric() || plain == '*' {
            if joined && !plain.is_ascii_digit() {
                found.extend(run.take());
            }
            let whole = run.take().map_or(at, |run| run.start)..at + c.len_utf8();
            let is_day = text.get(whole.clone()).is_some_and(|run| run.len() == 10 && Day::parse(run).is_ok());
            run = (!is_day).then_some(whole);
            (joined, after_digit) = (false, plain.is_ascii_digit());
        } else if (plain == ' ' || is_hyphen(c)) && !joined && after_digit {
            joined = true;
        } else if !is_invisible(c) {
            found.extend(run.take());
        }
    }
    found.extend(run);
    found
}

fn is_telling(run: &str) -> bool {
    let plain: String = run.chars().map(half_width).filter(|c| !is_invisible(*c)).collect();
    let digits = |piece: &str| piece.bytes().filter(u8::is_ascii_digit).count();
    let is_solid = |piece: &str| digits(piece) >= LEAST && !is_compact_day(piece) && !is_ours(piece);
    let is_hidden = plain.bytes().filter(|b| *b == b'*').count() >= 4;
    let pieces = || plain.split(|c: char| c == ' ' || is_hyphen(c)).filter(|piece| !piece.is_empty());
    !is_hidden && (pieces().any(is_solid) || (pieces().count() > 1 && digits(&plain) >= 11))
}

/// `20180630`.
fn is_compact_day(piece: &str) -> bool {
    piece.len() == 8 && piece.starts_with(['1', '2']) && Day::parse_with(piece, "%Y%m%d").is_some()
}

/// A pseudonym or a digest, as this crate writes them.
fn is_ours(piece: &str) -> bool {
    let is_hexadecimal = piece.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hexadecimal && matches!(piece.len(), 16 | 64) && piece.bytes().any(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_what_may_tell_who_is_meant() {
        for (text, masked) in [
            ("11010519491231002X", "1101**********002X"),
            ("'320106198706150217", "'3201**********0217"),
            ("找 320106 19870615 0217 问", "找 3201************0217 问"),
            ("91350100M000100Y43", "9135**********0Y43"),
            ("holder-320106198706150217.csv", "holder-3201**********0217.csv"),
            ("13812345678", "*********78"),
            ("电话0510-82701234。", "电话0510*****1234。"),
            ("6222000000000000001", "6222***********0001"),
            ("E12345678", "*******78"),
            ("１１０１０５19491231002X", "１１０１**********002X"),
            ("3201\u{200B}06198706150217", "3201***********0217"),
            ("2018-06-30 320106198706150217", "2018-06-30 3201**********0217"),
        ] {
            assert_eq!(masked_text(text), masked, "{text}");
            assert_eq!(masked_text(masked), masked, "{text}");
        }
    }

    #[test]
    fn leaves_what_tells_nobody() {
        for text in [
            "",
            "无锡市惠山区人民法院",
            "（2018）苏0205执1234号",
            "2018-06-30",
            "2018-06-30 12:00:00",
            "20180630",
            "320205",
            "00d6dc3b4f2f1c11",
            "1101**********002X",
            "line 12, column 7",
        ] {
            assert!(matches!(masked_text(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn knows_a_masked_name() {
        assert!(is_masked("王**") && is_masked("张某某") && !is_masked("王小明"));
    }

    #[test]
    fn stars_are_bounded_and_the_ends_of_long_numbers_stay() {
        assert_eq!(["王", "王小明王小明王小明", " 王五 "].map(masked_name), ["王*", "王******", "王*"]);
        assert_eq!(
            ["12345678901", "123456789012", " 1234 "].map(masked_number),
            ["*********01", "1234****9012", "***4"]
        );
    }

    #[test]
    fn a_run_is_masked_from_seven_digits_in_one_piece_and_from_eleven_in_several() {
        for (text, masked) in [
            ("123456", "123456"),
            ("1234567", "******7"),
            ("12345 67890", "12345 67890"),
            ("12345 678901", "1234****8901"),
            ("１２３４５６７", "******７"),
            ("00d6dc3b4f2f1c1", "00d6*******f1c1"),
            ("0036553334232111", "0036********2111"),
            ("30180630", "******30"),
            ("20181330", "******30"),
            ("1101 ab 2345678", "1101 ab ******8"),
        ] {
            assert_eq!(masked_text(text), masked, "{text}");
        }
        assert_eq!(masked_text(&"0a".repeat(32)), "0a".repeat(32), "a digest of ours");
    }
}
