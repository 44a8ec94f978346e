//! Which texts cannot be a whole number, however their characters fall.

use super::fault::IdentifierFault as Fault;
use super::written::is_filler;

/// What keeps an undressed text from being a whole number.
pub(super) fn fault(text: &str) -> Option<Fault> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return is_run(text).then_some(Fault::Placeholder);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Some(Fault::Empty);
    }
    if is_scientific(text) {
        return Some(Fault::Scientific);
    }
    if is_fraction(text) {
        return Some(Fault::Fraction);
    }
    if is_word(text) || is_run(text) {
        return Some(Fault::Placeholder);
    }
    let is_hidden = has_run(text, 2, |c| matches!(c, '*' | '#' | '?' | '×' | '●' | '•' | '○' | '※' | '〇' | '□' | '■'));
    (is_hidden || text.ends_with(['*', '#', '?', '●', '○', '□', '■'])).then_some(Fault::Hidden)
}

/// Whether the middle of a number that is not sound is crossed out.
pub(super) fn is_crossed_out(text: &str) -> bool {
    has_run(text, 4, |c| matches!(c, 'x' | 'X'))
}

/// Whether digits end as a spreadsheet leaves them that keeps fifteen.
pub(super) fn is_cut_off(number: &str) -> bool {
    number.len() == 18 && number.ends_with("000") && number.bytes().all(|b| b.is_ascii_digit())
}

/// `3.20106E+17`: a decimal mark or a sign tells it from a code with an E; `3.20106×10^17` says the same.
fn is_scientific(text: &str) -> bool {
    let powers = ["×10^", "x10^", "*10^", "X10^"].iter().find_map(|power| text.split_once(power));
    let Some((mantissa, exponent)) = powers.or_else(|| text.split_once(['e', 'E'])) else { return false };
    let (mantissa, exponent) = (mantissa.trim_end(), exponent.trim_start());
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_marked = whole.len() < mantissa.len() || exponent.starts_with('+');
    is_marked
        && !whole.is_empty()
        && are_digits(whole)
        && are_digits(decimals)
        && !power.is_empty()
        && are_digits(power)
}

/// Digits, a point, digits: a number that a program took for an amount.
fn is_fraction(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.split_once('.').is_some_and(|(whole, decimals)| !whole.is_empty() && are_digits(whole) && are_digits(decimals))
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Words that stand where a number is not known.
const WORDS: [&str; 43] = [
    "无",
    "无号",
    "无证",
    "无证件",
    "无证件号",
    "无证件号码",
    "无身份证",
    "没有",
    "暂无",
    "空",
    "不详",
    "不明",
    "未知",
    "未提供",
    "未登记",
    "未填",
    "未填写",
    "待补",
    "待补充",
    "待查",
    "待核",
    "待核实",
    "保密",
    "无效",
    "空白",
    "缺",
    "缺失",
    "暂缺",
    "无记录",
    "无数据",
    "无身份证号",
    "无身份证号码",
    "未知身份",
    "身份不明",
    "n/a",
    "n.a.",
    "#n/a",
    "na",
    "null",
    "none",
    "nan",
    "nil",
    "unknown",
];

fn is_word(text: &str) -> bool {
    let is_bracket = |c: char| matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '〈'..='】');
    let bare = text.trim_matches(is_bracket).trim();
    // The errors of a spreadsheet: `#VALUE!`, `#NAME?`.
    let is_error = text.starts_with('#') && text.ends_with(['!', '?']);
    is_error || WORDS.iter().any(|word| word.eq_ignore_ascii_case(bare)) || bare == "\\N"
}

/// One character again and again, or each digit followed by the next: nobody's number.
fn is_run(text: &str) -> bool {
    let mut characters = text.chars().filter(char::is_ascii_alphanumeric);
    let Some(first) = characters.next() else { return false };
    let (mut n, mut last, mut same, mut up, mut down) = (1, first, true, true, true);
    for c in characters {
        // The check letter of a resident number may close a run.
        if c.eq_ignore_ascii_case(&'x') && n == 17 {
            continue;
        }
        let (before, now) = (u32::from(last), u32::from(c));
        let digits = last.is_ascii_digit() && c.is_ascii_digit();
        same &= c == first;
        up &= digits && (now == before + 1 || (last == '9' && c == '0'));
        down &= digits && (before == now + 1 || (last == '0' && c == '9'));
        if !(same || up || down) {
            return false;
        }
        (n, last) = (n + 1, c);
    }
    let least = if first == '0' { 6 } else { 8 };
    let is_long = (same && n >= least) || ((up || down) && n >= 9);
    is_long && text.chars().all(|c| c.is_ascii_alphanumeric() || is_filler(c))
}

fn has_run(text: &str, least: usize, is_part: impl Fn(char) -> bool) -> bool {
    let longest = text.chars().scan(0, |run, c| {
        *run = if is_part(c) { *run + 1 } else { 0 };
        Some(*run)
    });
    longest.max().is_some_and(|longest| longest >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_cannot_be_whole() {
        assert_eq!(fault("32010619870615021*"), Some(Fault::Hidden));
        for text in ["3.20106E+17", "3.2e17", "3,20106E+17", "+3.20106E+017", "3E+17", "6.222E+18"] {
            assert_eq!(fault(text), Some(Fault::Scientific), "{text}");
        }
        for text in ["320106198706150217.0", "1.5", "17.", "-3.25"] {
            assert_eq!(fault(text), Some(Fault::Fraction), "{text}");
        }
        for text in [
            "000000",
            "000000000",
            "00000000-0",
            "111111111111111111",
            "11111111111111111X",
            "99999999",
            "123456789",
            "123456789012345678",
            "987654321",
            "无",
            "不详",
            "N/A",
            "null",
            "XXXXXXXX",
            "\\N",
        ] {
            assert_eq!(fault(text), Some(Fault::Placeholder), "{text}");
        }
        for text in ["3201**********0217", "王*****", "3201●●●●●●0217"] {
            assert_eq!(fault(text), Some(Fault::Hidden), "{text}");
        }
    }

    #[test]
    fn marks_alone_are_nothing() {
        for text in ["-", "--", "/", "?", "***", "．．"] {
            assert_eq!(fault(text), Some(Fault::Empty), "{text}");
        }
    }

    #[test]
    fn leaves_other_keys_alone() {
        for text in
            ["1", "0", "11", "111111", "12345678", "12E5", "60003734E", "E12345678", "1.2.3", "某某公司", "C-1", "v1.5"]
        {
            assert_eq!(fault(text), None, "{text}");
        }
        assert!(is_cut_off("320106198706150000") && !is_cut_off("3201061987061500000"));
    }
}
