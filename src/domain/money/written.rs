//! Reads amounts as sources write them: units, currencies, separators, brackets for minus, Chinese
//! numerals.

use std::borrow::Cow;

use super::Money;
use super::capitals;
use crate::domain::dress::{half_width, is_hyphen, is_invisible};

/// How a source writes amounts.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::{Money, MoneyForm};
///
/// let yuan = MoneyForm::of_unit(100);
/// for text in ["1,234.50", "￥1,234.50", "CNY 1234.5", "１２３４．５０元", "0.12345万元", "123450分"] {
///     assert_eq!(yuan.read(text), Some(Money::from_fen(123_450)));
/// }
/// assert_eq!(yuan.read("（100.00）"), Some(Money::from_fen(-10_000)));
/// assert_eq!(yuan.read("1.234,50"), None); // a decimal comma is declared, not guessed
/// assert_eq!(MoneyForm { decimal_comma: true, ..yuan }.read("1.234,50"), Some(Money::from_fen(123_450)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyForm {
    /// How many fen one unit is, where the amount does not name its own.
    pub fen_per_unit: i64,
    /// Whether decimals follow a comma, and points or blanks part groups of three digits.
    pub decimal_comma: bool,
    /// Whether amounts are written in characters, as 壹万贰仟叁佰元整; others are read as well.
    pub capitals: bool,
    /// What becomes of parts of a fen.
    pub rounding: Rounding,
}

/// What becomes of an amount that is more precise than a fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// It is no amount.
    #[default]
    Refused,
    /// It is rounded to whole fen, half away from zero.
    HalfAway,
}

impl MoneyForm {
    /// Plain amounts of a unit that is worth so many fen.
    pub const fn of_unit(fen_per_unit: i64) -> Self {
        Self { fen_per_unit, decimal_comma: false, capitals: false, rounding: Rounding::Refused }
    }

    /// Reads an amount as [`Money::parse`] does, and besides: full-width characters, brackets for a minus, a currency
    /// before it, a unit behind it (元, 万元, 亿元, 角, 分), which goes before the declared one.
    ///
    /// `None` when it is no such amount, is more precise than a fen and may not be rounded, or is beyond what
    /// [`Money`] holds.
    pub fn read(&self, text: &str) -> Option<Money> {
        if !self.decimal_comma
            && let Some(amount) = Money::parse(text, self.fen_per_unit)
        {
            return Some(amount);
        }
        let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
        let capital = || capitals::read(&plain).map(Money::from_fen);
        self.capitals.then(capital).flatten().or_else(|| self.number(&plain))
    }

    /// What to declare so that a text which is no amount in this form becomes one, as a mapping writes it.
    ///
    /// A report shows it beside the cells that were refused, so that a person need not look the setting up.
    ///
    /// ```
    /// # use wherewithal::domain::MoneyForm;
    /// let yuan = MoneyForm::of_unit(100);
    /// assert_eq!(yuan.declaration("1.005"), Some("to round to whole fen, declare round = true"));
    /// assert_eq!(yuan.declaration("壹万元整"), Some("for amounts in characters, declare capitals = true"));
    /// assert_eq!(yuan.declaration("unknown"), None);
    /// ```
    pub fn declaration(&self, text: &str) -> Option<&'static str> {
        let reads = |form: Self| form.read(text).is_some();
        if reads(Self { rounding: Rounding::HalfAway, ..*self }) {
            Some("to round to whole fen, declare round = true")
        } else if reads(Self { decimal_comma: true, ..*self }) {
            Some("where decimals follow a comma, declare decimal = \"comma\"")
        } else if reads(Self { capitals: true, ..*self }) {
            Some("for amounts in characters, declare capitals = true")
        } else {
            None
        }
    }

    /// Whether parts of a fen are dropped from an amount that [`MoneyForm::read`] takes.
    ///
    /// ```
    /// # use wherewithal::domain::{Money, MoneyForm, Rounding};
    /// let form = MoneyForm { rounding: Rounding::HalfAway, ..MoneyForm::of_unit(100) };
    /// assert!(form.rounds("1.005") && !form.rounds("1.00"));
    /// assert_eq!(form.read("1.005"), Some(Money::from_fen(101)));
    /// ```
    pub fn rounds(&self, text: &str) -> bool {
        self.rounding == Rounding::HalfAway && Self { rounding: Rounding::Refused, ..*self }.read(text).is_none()
    }

    fn number(&self, text: &str) -> Option<Money> {
        let (is_bracketed, text) = match text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => (true, inner),
            None => (false, text.trim()),
        };
        let (sign, text) = signed(text);
        let marked = text;
        let text = without_currency(text);
        let is_marked = text.len() < marked.len();
        let (inner, text) = signed(text);
        let (unit, bare) = self.unit(text);
        // A currency stands for its yuan: where fen are declared, nobody knows which of the two is meant.
        if is_marked && self.fen_per_unit == 1 && bare.len() == text.len() {
            return None;
        }
        let text = bare;
        let (own_sign, text) = if sign.is_empty() { (inner, text) } else { (sign, text) };
        if (!sign.is_empty() && !inner.is_empty()) || (is_bracketed && !own_sign.is_empty()) || !starts_well(text) {
            return None;
        }
        let digits = self.with_point(text)?;
        let amount = self.rounded(&digits, unit?)?;
        Some(if is_bracketed || own_sign == "-" { -amount } else { amount })
    }

    /// The amount with its decimals behind a point and groups parted by commas.
    fn with_point<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        if !self.decimal_comma {
            return Some(Cow::Borrowed(text));
        }
        let swapped = text.chars().map(|c| match c {
            ',' => '.',
            '.' | ' ' => ',',
            c => c,
        });
        let swapped: String = swapped.collect();
        (swapped.matches('.').count() <= 1).then_some(Cow::Owned(swapped))
    }

    fn rounded(&self, text: &str, fen_per_unit: i64) -> Option<Money> {
        let exact = Money::parse(text, fen_per_unit);
        if exact.is_some() || self.rounding == Rounding::Refused {
            return exact;
        }
        // Whole fen and a rest: the decimals that the unit can say, then one that decides.
        let (whole, decimals) = text.split_once('.')?;
        let places = usize::try_from(fen_per_unit.checked_ilog10()?).ok()?;
        let (kept, rest) = decimals.split_at_checked(places)?;
        if !rest.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let down = Money::parse(&format!("{whole}.{kept}"), fen_per_unit)?;
        let up = i64::from(rest.starts_with(['5', '6', '7', '8', '9']));
        down.fen().checked_add(up).map(Money::from_fen)
    }

    /// The unit behind the amount, and the amount; `None` for 万 alone where fen are declared: nobody knows of what.
    fn unit<'t>(&self, text: &'t str) -> (Option<i64>, &'t str) {
        const UNITS: [(&str, i64); 12] = [
            ("亿元", 10_000_000_000),
            ("億元", 10_000_000_000),
            ("万元", 1_000_000),
            ("萬元", 1_000_000),
            ("千元", 100_000),
            ("元整", 100),
            ("元", 100),
            ("圆", 100),
            ("角", 10),
            ("分", 1),
            ("亿", 10_000_000_000),
            ("万", 1_000_000),
        ];
        for (name, fen) in UNITS {
            if let Some(rest) = text.strip_suffix(name) {
                let is_clear = self.fen_per_unit > 1 || name.ends_with(['元', '整', '圆', '角', '分']);
                return (is_clear.then_some(fen), rest.trim_end());
            }
        }
        (Some(self.fen_per_unit), text)
    }
}

/// A decimal number in half width without the commas between groups of three digits; `None` when it is none.
pub(crate) fn plain_decimal(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
    let text = text.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next().is_some_and(|group| !group.is_empty() && (group.len() <= 3 || !whole.contains(',')));
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = first && groups.all(|group| group.len() == 3) && are_digits(decimals);
    let digits = whole.replace(',', "");
    let is_number = fits && are_digits(digits.strip_prefix('-').unwrap_or(&digits));
    is_number.then(|| if text.contains('.') { format!("{digits}.{decimals}") } else { digits })
}

/// A character as amounts have it: half width, one minus, one comma.
const fn plain_sign(c: char) -> char {
    if is_hyphen(c) { '-' } else { c }
}

fn plain(c: char) -> char {
    match half_width(plain_sign(c)) {
        '\u{A5}' | '\u{FFE5}' => '¥',
        '﹙' => '(',
        '﹚' => ')',
        c => c,
    }
}

fn signed(text: &str) -> (&str, &str) {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (sign, _) = text.split_at_checked(text.len() - rest.len()).unwrap_or_default();
    (sign, rest.trim_start())
}

fn without_currency(text: &str) -> &str {
    let before = ["¥", "RMB", "CNY", "人民币"];
    let text = before.iter().find_map(|name| strip_word(text, name)).unwrap_or(text);
    let text = text.trim_start_matches([':', ' ']);
    let after = ["RMB", "CNY"].iter().find_map(|name| text.strip_suffix(name));
    after.unwrap_or(text).trim_end()
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// No second sign, which [`Money::parse`] would take.
fn starts_well(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const YUAN: MoneyForm = MoneyForm::of_unit(100);

    #[test]
    fn reads_amounts_as_written() {
        for (text, fen) in [
            ("1,234.50", 123_450),
            ("1，234.50", 123_450),
            ("１２３４．５", 123_450),
            ("￥1,234.50", 123_450),
            ("¥ 1234.50", 123_450),
            ("RMB1234.50", 123_450),
            ("rmb 1,234.50元", 123_450),
            ("CNY 1234.50", 123_450),
            ("1234.50 CNY", 123_450),
            ("人民币1234.50元", 123_450),
            ("人民币：1234.50元整", 123_450),
            ("1234.5元", 123_450),
            ("123450分", 123_450),
            ("5角", 50),
            ("1.5万元", 1_500_000),
            ("1.5万", 1_500_000),
            ("2亿元", 20_000_000_000),
            ("(100.00)", -10_000),
            ("（100.00）", -10_000),
            ("（￥100.00元）", -10_000),
            ("-100", -10_000),
            ("－100", -10_000),
            ("−100", -10_000),
            ("–100.5", -10_050),
            ("-￥100", -10_000),
            ("￥-100", -10_000),
            ("+100", 10_000),
            ("\u{200B}100\u{FEFF}", 10_000),
            ("1,234,567.89", 123_456_789),
        ] {
            assert_eq!(YUAN.read(text), Some(Money::from_fen(fen)), "{text}");
        }
    }

    #[test]
    fn guesses_nothing() {
        for text in [
            "",
            "-",
            "()",
            "无",
            "1.234,50",
            "1234,5",
            "1e3",
            "1.2E+08",
            "12,34",
            "1 000",
            "--1",
            "(-1)",
            "-￥-1",
            "1.005",
            "1元5角",
            "壹佰元整",
            "92233720368547758.08",
            "922337203685477万元",
            "$100",
            "USD 1",
            "100元元",
            "1.2.3",
            "元",
        ] {
            assert_eq!(YUAN.read(text), None, "{text}");
        }
        assert_eq!(MoneyForm::of_unit(1).read("5万"), None, "ten thousand fen, or yuan?");
        assert_eq!(MoneyForm::of_unit(1).read("5万元"), Some(Money::from_fen(5_000_000)));
        assert_eq!(MoneyForm::of_unit(1_000_000).read("5万"), Some(Money::from_fen(5_000_000)));
    }

    #[test]
    fn what_is_declared_is_read() {
        let comma = MoneyForm { decimal_comma: true, ..YUAN };
        for (text, fen) in [
            ("1.234,50", Some(123_450)),
            ("1 234,50", Some(123_450)),
            ("1234,5", Some(123_450)),
            ("-0,29", Some(-29)),
            ("1.234", Some(123_400)),
            ("1,234.50", None),
            ("1.23", None),
        ] {
            assert_eq!(comma.read(text).map(Money::fen), fen, "{text}");
        }
        let round = MoneyForm { rounding: Rounding::HalfAway, ..YUAN };
        for (text, fen) in
            [("1.005", 101), ("-1.005", -101), ("1.0049", 100), ("0.30000000000000004", 30), ("￥2.999", 300)]
        {
            assert_eq!(round.read(text), Some(Money::from_fen(fen)), "{text}");
            assert!(round.rounds(text));
        }
        assert!(!round.rounds("1.00") && round.read("1.0x5").is_none());
        let capitals = MoneyForm { capitals: true, ..YUAN };
        assert_eq!(capitals.read("人民币壹万贰仟叁佰元整"), Some(Money::from_fen(1_230_000)));
        assert_eq!(capitals.read("12,300.00"), Some(Money::from_fen(1_230_000)));
    }

    proptest! {
        /// What is written plainly is read as itself in every dress.
        #[test]
        fn dress_changes_nothing(fen in -1_000_000_000_000i64..1_000_000_000_000) {
            let plain = Money::from_fen(fen).to_string();
            let bare = plain.trim_start_matches('-');
            let sign = if fen < 0 { "－" } else { "" };
            let wide: String = plain.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
            for text in [plain.clone(), wide, format!("{sign}￥{bare}"), format!("{sign}{bare}元"), format!(" {plain} ").trim().to_owned()] {
                prop_assert_eq!(YUAN.read(&text), Some(Money::from_fen(fen)));
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,16}|[0-9.,()万元亿分¥-]{0,16}") {
            for form in [YUAN, MoneyForm { decimal_comma: true, capitals: true, rounding: Rounding::HalfAway, ..YUAN }] {
                let _ = form.read(&text);
            }
        }
    }

    #[test]
    fn a_currency_where_fen_are_declared_is_no_amount() {
        let fen = MoneyForm::of_unit(1);
        for text in ["￥5000", "¥5000", "CNY 5000", "5000RMB", "人民币5000"] {
            assert_eq!(fen.read(text), None, "{text}");
            assert_eq!(MoneyForm::of_unit(100).read(text), Some(Money::from_fen(500_000)), "{text}");
        }
        for (text, found) in [("5000", 5_000), ("5000元", 500_000), ("￥5000元", 500_000), ("5000分", 5_000)] {
            assert_eq!(fen.read(text), Some(Money::from_fen(found)), "{text}");
        }
    }

    #[test]
    fn what_would_make_an_amount_of_it_is_said() {
        for (text, declared) in [
            ("1.005", Some("to round to whole fen, declare round = true")),
            ("1.234,50", Some("where decimals follow a comma, declare decimal = \"comma\"")),
            ("壹佰元整", Some("for amounts in characters, declare capitals = true")),
            ("无", None),
        ] {
            assert_eq!(YUAN.declaration(text), declared, "{text}");
        }
    }

    #[test]
    fn a_plain_decimal_has_groups_of_three_or_none() {
        for (text, plain) in [
            ("1,234.50", Some("1234.50")),
            ("12,345", Some("12345")),
            ("1,234,567", Some("1234567")),
            ("１２３．４", Some("123.4")),
            ("−5", Some("-5")),
            (" 1234 ", Some("1234")),
            ("1234,567", None),
            ("1,23", None),
            ("1,2345", None),
            ("1.2.3", None),
            ("1.2x", None),
            ("--5", None),
            ("1 2", None),
            (".5", None),
            ("", None),
        ] {
            assert_eq!(plain_decimal(text).as_deref(), plain, "{text}");
        }
    }
}
