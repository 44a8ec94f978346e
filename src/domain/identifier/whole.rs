//! Finds texts that cannot be a complete identifier: scientific notation, cut digits, hidden
//! digits, placeholders.
//!
//! Spreadsheets and exports ruin numbers in a few known ways. Each has a name, because each has a remedy: a
//! column read as a number is exported again as text, a hidden one is asked for whole, a placeholder means
//! that nothing is known.

use super::fault::IdentifierFault as Fault;
use super::written::is_filler;
use crate::domain::Day;

/// What keeps an undressed text from being a whole number.
pub(super) fn fault(text: &str) -> Option<Fault> {
    if text.is_empty() {
        return Some(Fault::Empty);
    }
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

/// What keeps a plain text from being a number: marks around a run hide it from [`fault`].
pub(super) fn placeholder(plain: &str) -> Option<Fault> {
    is_run(plain).then_some(Fault::Placeholder)
}

/// Whether the middle of a number that is not sound is crossed out.
pub(super) fn is_crossed_out(text: &str) -> bool {
    has_run(text, 4, |c| matches!(c, 'x' | 'X'))
}

/// Whether digits end as a spreadsheet leaves them that keeps fifteen.
pub(super) fn is_cut_off(number: &str) -> bool {
    number.len() == 18 && number.ends_with("000") && number.bytes().all(|b| b.is_ascii_digit())
}

/// Zero and minus one stand where no party is known; a code may be either.
pub(super) fn is_nobody(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'0') || text == "-1"
}

/// Codes of the provinces (GB/T 2260) and of the areas of residence permits.
const PROVINCES: [&str; 37] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91", "92",
];

/// Whether a plain number that is no sound one begins as a resident's or a unit's does, up to a day
/// of birth or a province, and is one or two characters shorter or longer than these are. A
/// source's own number does so once in thousands.
pub(super) fn is_of_no_length(number: &str) -> bool {
    if !matches!(number.len(), 16 | 17 | 19 | 20) || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let is_province = |at: usize| number.get(at..at + 2).is_some_and(|code| PROVINCES.contains(&code));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_resident = is_province(0) && digits >= number.len() - 1 && {
        let part = |from: usize, to: usize| number.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
        let born = part(6, 10).zip(part(10, 12)).zip(part(12, 14));
        born.is_some_and(|((year, month), day)| {
            (1880..2100).contains(&year) && i32::try_from(year).is_ok_and(|year| Day::new(year, month, day).is_some())
        })
    };
    let is_unit =
        matches!(number.len(), 17 | 19) && matches!(number.get(..2), Some("51" | "52" | "53" | "91" | "92" | "93"));
    let area = number.get(2..8).is_some_and(are_digits) && digits >= 9;
    is_resident || is_unit && is_province(2) && area
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

    #[test]
    fn a_number_of_another_length_is_known_by_its_beginning() {
        for text in [
            "32010619870615021",
            "3201061987061502170",
            "11010519491231002",
            "1101051949123100",
            "91350100M000100Y4",
            "91350100M000100Y430",
        ] {
            assert!(is_of_no_length(text), "{text}");
        }
        // Numbers of a bank card, of a database, of a moment, of a parcel, and others' own.
        for text in [
            "6222020200112233445",
            "1750123456789012345",
            "20180601123456789",
            "32010619871315021",
            "320106198706150217",
            "DE8937040044053201",
            "WVWZZZ1JZXW000001",
            "1234",
        ] {
            assert!(!is_of_no_length(text), "{text}");
        }
        assert!(is_nobody("0") && is_nobody("000") && is_nobody("-1") && !is_nobody("1") && !is_nobody("-2"));
    }
}
