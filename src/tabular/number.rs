//! Numbers as people write them: with currency signs, groups of three, per cent, 万, brackets for minus, in
//! full width, or as a text that a spreadsheet protects.
//!
//! Groups must be groups: `1,23` is no number where the point is the decimal sign.

use std::borrow::Cow;

/// Which sign parts the whole from its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimal {
    Point,
    Comma,
}

/// Signs and words of money, before or after a number.
const MONEY: [&str; 15] =
    ["人民币", "HK$", "US$", "RMB", "CNY", "USD", "EUR", "GBP", "¥", "￥", "$", "€", "£", "元", "圆"];

/// What stands behind a number and what it is times.
const UNITS: [(&str, f64); 5] = [("%", 1e-2), ("‰", 1e-3), ("千", 1e3), ("万", 1e4), ("亿", 1e8)];

/// The number that a text is, however it is dressed: `1,234.5`, `￥1,234`, `12%`, `（100.00）`, `１２`, `1.2万元`, `="7"`,
/// `100-`; infinite for `inf`; `None` where it is none.
pub(super) fn number(text: &str, decimal: Decimal) -> Option<f64> {
    let plain = decimal == Decimal::Point || !text.contains('.');
    if let (true, Ok(number)) = (plain, text.parse::<f64>()) {
        return Some(number).filter(|number| !number.is_nan());
    }
    let text = half_width(text);
    let text = undressed(&text);
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        return unsigned(inner.trim(), decimal).map(|number| -number);
    }
    let (text, sign) = signed(text);
    let text = without_money(text);
    let (text, inner) = signed(text);
    unsigned(text, decimal).map(|number| sign * inner * number)
}

/// Digits and signs of full width as those of half width.
pub(super) fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => ' ',
        '\u{2212}' | '\u{2013}' => '-',
        '\u{2019}' => '\'',
        '∞' => '∞',
        _ => c,
    };
    Cow::Owned(text.chars().map(narrow).collect())
}

/// Without what a spreadsheet puts around a number that it keeps as text.
fn undressed(text: &str) -> &str {
    let text = text.trim();
    let formula = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    formula.unwrap_or_else(|| text.strip_prefix('\'').unwrap_or(text)).trim()
}

fn signed(text: &str) -> (&str, f64) {
    let behind = text.strip_suffix('-').filter(|text| text.ends_with(|c: char| c.is_ascii_digit()));
    match (text.strip_prefix('-').or(behind), text.strip_prefix('+')) {
        (Some(text), _) => (text.trim(), -1.0),
        (None, Some(text)) => (text.trim(), 1.0),
        (None, None) => (text, 1.0),
    }
}

fn without_money(text: &str) -> &str {
    let before = MONEY.iter().find_map(|word| strip(text, word, true));
    let text = before.unwrap_or(text);
    MONEY.iter().find_map(|word| strip(text, word, false)).unwrap_or(text)
}

/// The text without a word at one of its ends, upper or lower case alike.
fn strip<'t>(text: &'t str, word: &str, at_start: bool) -> Option<&'t str> {
    let cut = if at_start { word.len() } else { text.len().checked_sub(word.len())? };
    let (head, tail) = text.split_at_checked(cut)?;
    let (end, rest) = if at_start { (head, tail) } else { (tail, head) };
    end.eq_ignore_ascii_case(word).then(|| rest.trim())
}

fn unsigned(text: &str, decimal: Decimal) -> Option<f64> {
    let text = without_money(text);
    if text == "∞" {
        return Some(f64::INFINITY);
    }
    for (word, times) in UNITS {
        if let Some(text) = text.strip_suffix(word) {
            let number = digits(text.trim(), decimal)?;
            return Some(if times < 1.0 { number / times.recip().round() } else { number * times });
        }
    }
    digits(text, decimal)
}

/// A number of digits in groups of three, with or without a fraction.
fn digits(text: &str, decimal: Decimal) -> Option<f64> {
    let (point, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (whole, fraction) = text.split_once(point).map_or((text, None), |(whole, part)| (whole, Some(part)));
    let separator = whole.chars().find(|c| !c.is_ascii_digit() && !matches!(c, 'e' | 'E' | '+' | '-'));
    let whole = match separator {
        None => Cow::Borrowed(whole),
        Some(mark) if mark == group || mark == '\'' || mark == ' ' => Cow::Owned(ungrouped(whole, mark)?),
        Some(_) => return None,
    };
    if fraction.is_some_and(|part| !part.starts_with(|c: char| c.is_ascii_digit()) && !part.is_empty()) {
        return None;
    }
    let first = whole.chars().next().or_else(|| fraction.and_then(|part| part.chars().next()))?;
    if !first.is_ascii_digit() {
        return None;
    }
    format!("{whole}.{}", fraction.filter(|part| !part.is_empty()).unwrap_or("0"))
        .parse()
        .ok()
        .or_else(|| whole.parse().ok().filter(|_| fraction.is_none()))
        .filter(|number: &f64| !number.is_nan())
}

/// Digits without the marks between groups: one to three digits first, then three each.
fn ungrouped(text: &str, mark: char) -> Option<String> {
    let mut groups = text.split(mark);
    let all_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().filter(|group| all_digits(group) && group.len() <= 3)?;
    groups.try_fold(first.to_owned(), |whole, group| (group.len() == 3 && all_digits(group)).then(|| whole + group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("7", 7.0),
            ("1,234.5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("￥1,234", 1234.0),
            ("¥ 1,234.50", 1234.5),
            ("$-5", -5.0),
            ("-$5", -5.0),
            ("12%", 0.12),
            ("１２．５％", 0.125),
            ("(100)", -100.0),
            ("（1,100.50）", -1100.5),
            ("100-", -100.0),
            ("−3", -3.0),
            ("1.2万元", 12_000.0),
            ("3亿", 3e8),
            ("500元", 500.0),
            ("1 234,567", f64::NAN),
            ("1 234 567.5", 1_234_567.5),
            ("1'234.5", 1234.5),
            ("'123", 123.0),
            ("=\"7\"", 7.0),
            ("+5", 5.0),
            ("1.5e3", 1500.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1,23", f64::NAN),
            ("1,2345", f64::NAN),
            ("1,234,5", f64::NAN),
            ("1.234.567", f64::NAN),
            ("12 34", f64::NAN),
            ("abc", f64::NAN),
            ("", f64::NAN),
            ("-", f64::NAN),
            ("%", f64::NAN),
            ("2023/9/30", f64::NAN),
            ("2023-09-30", f64::NAN),
            ("1e", f64::NAN),
            ("36 months", f64::NAN),
        ] {
            let found = number(text, Decimal::Point);
            assert_eq!(found, Some(expected).filter(|number| !number.is_nan()), "{text}");
        }
        for text in ["inf", "-inf", "Infinity", "∞", "1e999"] {
            assert!(number(text, Decimal::Point).is_some_and(f64::is_infinite), "{text}");
        }
    }

    #[test]
    fn reads_decimal_commas_where_they_are_declared() {
        for (text, expected) in
            [("1.234,5", 1234.5), ("1,5", 1.5), ("1.234", 1234.0), ("€ 0,29", 0.29), ("12,5 %", 0.125)]
        {
            assert_eq!(number(text, Decimal::Comma), Some(expected), "{text}");
        }
        for text in ["1.5", "1,234,5", "1.23,4"] {
            assert_eq!(number(text, Decimal::Comma), None, "{text}");
        }
    }
}
