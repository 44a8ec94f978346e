//! What only dresses a text: widths, blanks, invisible characters, and the marks by which spreadsheets keep text as
//! text.

use std::borrow::Cow;

/// The text without its dress: half width, no invisible characters, no apostrophe, quotes or `="…"` around it, plain
/// blanks, none at either end.
pub(crate) fn undressed(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\'' | b'"' | b'=' | b'`')) {
        return Cow::Borrowed(text);
    }
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(half_width).collect();
    let mut inner = plain.as_str();
    loop {
        let bare = inner.trim_matches(|c| c == ' ' || is_quote(c));
        let bare = bare.strip_prefix("=T(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(bare);
        let bare = bare.strip_prefix('=').filter(|rest| rest.trim_start().starts_with(is_quote)).unwrap_or(bare);
        if bare.len() == inner.len() {
            return Cow::Owned(inner.to_owned());
        }
        inner = bare;
    }
}

/// A number as it stands before a point with nothing but zeros behind it: spreadsheets and frames write whole numbers
/// so.
pub(crate) fn without_point(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

/// The half-width form of a character; any white space is a blank.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        // Digits of other scripts and of formulas.
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6F0}'..='\u{6F9}' => digit(c, 0x6F0),
        '\u{966}'..='\u{96F}' => digit(c, 0x966),
        '\u{1D7CE}'..='\u{1D7FF}' => digit(c, 0x1D7CE),
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The ASCII digit of one of the sets of ten that begin at `zero`.
fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c).saturating_sub(zero) % 10, 10).unwrap_or(c)
}

/// Whether a character takes no room: control characters, zero-width blanks and joiners, marks of direction and of byte
/// order.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}'
            | '\u{E}'..='\u{1F}'
            | '\u{7F}'
            | '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

/// Whether a character is printed as a hyphen or a minus.
pub(crate) const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

pub(crate) const fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"' | '`' | '\u{2018}'..='\u{201F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_what_only_dresses_a_text() {
        for dressed in [
            "3201",
            "'3201",
            "’3201",
            "=\"3201\"",
            "=T(\"3201\")",
            "= \"3201\"",
            "\"3201\"",
            "“3201”",
            "３２０１",
            "\u{FEFF}3201\u{200B}",
            "\t3201\u{A0}",
            "\u{3000}32\u{200D}01\n",
            "\u{202A}3201\u{202C}",
        ] {
            assert_eq!(undressed(dressed), "3201", "{dressed:?}");
        }
        for digits in ["٣٢٠١", "۳۲۰۱", "३२०१", "𝟑𝟐𝟎𝟏", "𝟹𝟸𝟶𝟷"] {
            assert_eq!(undressed(digits), "3201", "{digits}");
        }
        assert_eq!(undressed("=3201"), "=3201", "a formula is none");
        assert_eq!(undressed("某　公司"), "某 公司");
        assert!(matches!(undressed("91350100M000100Y43"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_point_with_zeros_behind_it_is_none_of_the_number() {
        for (text, number) in
            [("1.0", "1"), ("20180630.000", "20180630"), ("1.", "1."), ("1.50", "1.50"), ("1.0.0", "1.0.0"), ("1", "1")]
        {
            assert_eq!(without_point(text), number, "{text}");
        }
    }

    #[test]
    fn ranges_of_characters_end_where_they_end() {
        let plain: String = "！～Ａｚ\u{FF00}\u{FF5F}٠٩۰۹०९𝟎𝟗𝟘𝟿\u{3000}\u{A0}中".chars().map(half_width).collect();
        assert_eq!(plain, "!~Az\u{FF00}\u{FF5F}0909090909  中");
        assert!("-\u{2010}\u{2015}−﹣－".chars().all(is_hyphen) && !"~_\u{200F}\u{2016}ー".chars().any(is_hyphen));
        assert!("'\"`‘“‟".chars().all(is_quote) && !"´\u{2017}\u{2020}".chars().any(is_quote));
        assert!(
            "\0\u{8}\u{E}\u{1F}\u{7F}\u{AD}\u{200B}\u{200F}\u{202E}\u{2060}\u{FE0F}\u{FEFF}".chars().all(is_invisible)
        );
        assert!(!"\t\n\r \u{A0}\u{2010}\u{202F}\u{2070}\u{FE10}a".chars().any(is_invisible));
    }
}
