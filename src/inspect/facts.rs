//! What the values of a column look like: shares of numbers, days, identifiers, names.
//!
//! Every share is one of the rows that have a value, from 0 to 1. ColumnFacts decide together with the heading
//! what a column may feed, and they decide what may be shown: of a column whose values may tell who
//! somebody is no value is repeated anywhere.

use super::amounts::{self, MoneySeen};
use super::days::{self, DaySeen};
use super::dictionary::DictionaryColumn;
use crate::domain::{CaseNumber, Day, Identifier, IdentifierKind, is_masked, plain_decimal, undressed};
use crate::ingest::shape;

const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
/// How names of firms end.
const FIRMS: [&str; 8] = ["公司", "厂", "集团", "银行", "合作社", "经营部", "事务所", "中心"];

/// Digits of a number that spreadsheets keep.
const FIFTEEN: usize = 15;
/// So many zeros behind them are no chance.
const SURE: usize = 3;
/// So many numbers that all end in fewer are none either.
const MANY: usize = 5;

/// What the values of a column look like.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnFacts {
    pub(super) days: DaySeen,
    /// The earliest and the latest day.
    pub(super) span: Option<(Day, Day)>,
    pub(super) money: Option<MoneySeen>,
    /// Shares of the rows with a value: whole numbers, numbers, numbers with decimals.
    pub(super) integers: f64,
    pub(super) numbers: f64,
    pub(super) decimals: f64,
    /// Numbers of persons that pass their check, credit codes, and any sound identifier.
    pub(super) persons: f64,
    pub(super) credit_codes: f64,
    pub(super) case_numbers: f64,
    pub(super) plates: f64,
    pub(super) phones: f64,
    /// Digits of twelve to twenty-two, as accounts have.
    pub(super) long_numbers: f64,
    /// Codes of twenty-eight characters, as units of real estate have.
    pub(super) unit_codes: f64,
    /// Names of firms; short Chinese texts, as names of people are.
    pub(super) firms: f64,
    pub(super) short_names: f64,
    pub(super) masked: f64,
    pub(super) fractions: f64,
    pub(super) percents: f64,
    /// Numbers from 0 to 1.
    pub(super) within_one: f64,
    /// Rows with a number of which a spreadsheet cut digits.
    pub(super) cut: u64,
    pub(super) is_unique: bool,
    pub(super) distinct: usize,
    pub(super) filled: u64,
}

impl ColumnFacts {
    pub(super) fn new(column: &DictionaryColumn, titles: &[String]) -> Self {
        let days = days::seen(column);
        let number = |text: &str| plain_decimal(text).and_then(|plain| plain.parse::<f64>().ok());
        let is_number = |kind: fn(IdentifierKind) -> bool| {
            column.share(|text| Identifier::parse(text).is_ok_and(|number| kind(number.kind())))
        };
        let is_plain = |text: &str| text.split_once('.').is_none_or(|(_, part)| part.bytes().all(|b| b == b'0'));
        let integers = |text: &str| number(text).is_some_and(|x| x.fract() == 0.0) && is_plain(text);
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'*');
        Self {
            span: days::span(column, &days),
            money: amounts::seen(column, titles),
            integers: column.share(integers),
            numbers: column.share(|text| number(text).is_some()),
            decimals: column.share(|text| text.contains('.') && number(text).is_some()),
            persons: is_number(|kind| kind.is_person() && kind.is_checked()),
            credit_codes: is_number(|kind| kind == IdentifierKind::CreditCode),
            case_numbers: column.share(|text| CaseNumber::parse(text).is_ok()),
            plates: column.share(is_plate),
            phones: column.share(is_phone),
            long_numbers: column.share(|text| digits(text) && (12..=23).contains(&text.len())),
            unit_codes: column.share(|text| text.len() == 28 && text.bytes().all(|b| b.is_ascii_alphanumeric())),
            firms: column.share(|text| FIRMS.iter().any(|ending| text.ends_with(ending))),
            short_names: column.share(is_short_name),
            masked: column.share(is_masked),
            fractions: column.share(is_fraction),
            percents: column.share(|text| text.ends_with(['%', '％'])),
            within_one: column.share(|text| number(text).is_some_and(|x| (0.0..=1.0).contains(&x))),
            cut: cut(column),
            is_unique: column.is_unique(),
            distinct: column.texts.len(),
            filled: column.filled(),
            days,
        }
    }

    /// Whether some amounts are negative, in a form that can be computed with.
    pub(super) fn is_signed(&self) -> bool {
        self.money.is_some_and(|money| money.negative && !money.decimal_comma && !money.capitals)
    }

    /// Whether the values may tell who somebody is: none of them is ever shown.
    pub(super) fn is_telling(&self) -> bool {
        self.persons + self.credit_codes > 0.05
            || self.phones > 0.05
            || self.long_numbers > 0.3
            || self.plates > 0.3
            || self.short_names > 0.5
    }
}

/// Values that are shown by their shape.
const SHAPES: usize = 3;

/// How the first values of a column that are written differently are written.
pub(super) fn value_shapes(column: &DictionaryColumn) -> String {
    let mut shapes: Vec<_> = column.texts.iter().map(|text| shape(text)).collect();
    let mut met = std::collections::HashSet::new();
    shapes.retain(|shape| met.insert(shape.clone()));
    shapes.truncate(SHAPES);
    shapes.join(", ")
}

fn is_plate(text: &str) -> bool {
    let plain = undressed(text);
    let bare: Vec<char> = plain.chars().filter(|c| !matches!(c, ' ' | '·' | '-' | '.')).collect();
    let [province, city, rest @ ..] = bare.as_slice() else { return false };
    let is_end = |c: &char| c.is_ascii_alphanumeric() || "学警港澳挂".contains(*c);
    PROVINCES.contains(*province)
        && city.is_ascii_uppercase()
        && (5..=6).contains(&rest.len())
        && rest.iter().all(is_end)
}

fn is_phone(text: &str) -> bool {
    let digits: String = undressed(text).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    digits.len() == 11 && digits.starts_with('1') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a spreadsheet cut digits of a number: it shows no more than the first of eleven or more, or put zeros for
/// those behind the fifteenth.
fn is_cut(text: &str) -> bool {
    let plain = undressed(text);
    if let Some((number, power)) = plain.split_once(['e', 'E']) {
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        return is_number && power.trim_start_matches('+').parse().is_ok_and(|power: u32| (10..30).contains(&power));
    }
    ends_in_zeros(&plain) == Some(true)
        && plain.len() >= FIFTEEN + SURE
        && !Identifier::parse(&plain).is_ok_and(|number| number.kind().is_checked())
}

/// Whether the figures behind the fifteenth are zeros; nothing for what is no number of sixteen to twenty-two figures.
fn ends_in_zeros(text: &str) -> Option<bool> {
    let is_long = (FIFTEEN + 1..=22).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_long.then(|| text.bytes().skip(FIFTEEN).all(|b| b == b'0'))
}

/// Rows with a number that was cut. A zero or two at the end prove nothing alone, but where all long numbers have them.
fn cut(column: &DictionaryColumn) -> u64 {
    let is_short = |text: &str| text.len() < FIFTEEN + SURE;
    let short = || column.each().filter(|(text, _)| is_short(text) && ends_in_zeros(text).is_some());
    let are_all_cut = short().count() >= MANY && short().all(|(text, _)| ends_in_zeros(text) == Some(true));
    let rows =
        |is: &dyn Fn(&str) -> bool| column.each().filter(|(text, _)| is(text)).map(|(_, rows)| rows).sum::<u64>();
    let doubtful = if are_all_cut { short().map(|(_, rows)| rows).sum() } else { 0 };
    rows(&is_cut) + doubtful
}

fn is_short_name(text: &str) -> bool {
    let is_han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c) || matches!(c, '·' | '*' | '某');
    (2..=4).contains(&text.chars().count()) && text.chars().all(is_han)
}

fn is_fraction(text: &str) -> bool {
    let is_whole = |part: &str| !part.is_empty() && part.len() < 5 && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once(['/', '／']).is_some_and(|(part, of)| is_whole(part.trim()) && is_whole(of.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_telephones_and_names_are_known_by_their_form() {
        assert!(is_plate("苏B12345") && is_plate("苏B·D12345") && !is_plate("苏州12345") && !is_plate("B12345"));
        assert!(is_phone("138-1234-5678") && !is_phone("23812345678"));
        assert!(is_short_name("张某") && !is_short_name("某某有限公司"));
        assert!(is_fraction("1/2") && !is_fraction("1/2/2013"));
    }

    #[test]
    fn numbers_that_a_spreadsheet_cut_are_known() {
        for cut in ["3.20106E+17", "6.22E+18", "320106198706150000", "6222021234567890000", "'3.20106e+17"] {
            assert!(is_cut(cut), "{cut}");
        }
        for whole in
            ["320106198706150217", "6222021234567890", "1.5E-05", "2E+3", "100000000000000", "E+17", "张三", ""]
        {
            assert!(!is_cut(whole), "{whole}");
        }
    }
}
