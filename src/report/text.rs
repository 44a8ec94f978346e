//! Numbers and amounts as a person reads them, and columns of a terminal: Chinese characters take two.
//!
//! Rounding is for display alone. A probability is never written as 0 % or 100 %, and a share between
//! nothing and half a per cent says so instead of becoming zero.

use unicode_width::UnicodeWidthStr;

use crate::domain::{Language, Money};

/// `text` padded with blanks on the right to `width` terminal columns.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// `text` padded with blanks on the left to `width` terminal columns.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// A value in its unit, as a person writes it; of a code, which has no number, a dash: its records say it.
pub(super) fn quantity(value: Option<f64>, unit: &str, language: Language) -> String {
    let zh = language == Language::Zh;
    let Some(value) = value else {
        if unit == "code" {
            return "—".to_owned();
        }
        return if zh { "未知" } else { "unknown" }.to_owned();
    };
    match unit {
        "fen" => yuan(value, language),
        "share" => format!("{:.0} %", value * 100.0),
        "ratio" => format!("{value:.2}"),
        "days" => format!("{value:.0} {}", if zh { "天" } else { "days" }),
        "months" => format!("{value:.0} {}", if zh { "个月" } else { "months" }),
        "flag" => match (value > 0.5, zh) {
            (true, true) => "是".to_owned(),
            (false, true) => "否".to_owned(),
            (true, false) => "yes".to_owned(),
            (false, false) => "no".to_owned(),
        },
        _ => format!("{value:.0}"),
    }
}

/// A share as a whole number of per cent; between nothing and half a per cent it says so.
pub(super) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.005 { "< 1 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}

/// A number without needless decimals.
pub(super) fn plain(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A probability for reading: certainty is never written.
pub(super) fn likelihood(probability: f64) -> String {
    match probability * 100.0 {
        percent if percent > 99.0 => ">99 %".to_owned(),
        percent if percent < 1.0 => "<1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// An amount for reading: yuan, thousands apart.
pub(super) fn amount(money: Money, language: Language) -> String {
    amount_in(money, unit(language))
}

/// What yuan are called.
pub(super) const fn unit(language: Language) -> &'static str {
    match language {
        Language::Zh => "元",
        Language::En => "CNY",
    }
}

/// An amount for reading, in units of a hundred of what it is kept in.
pub(super) fn amount_in(money: Money, unit: &str) -> String {
    let text = money.to_string();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let first = digits.len() % 3;
    let groups: Vec<&str> = std::iter::once(digits.get(..first).unwrap_or_default())
        .chain((first..digits.len()).step_by(3).map(|at| digits.get(at..at + 3).unwrap_or_default()))
        .filter(|group| !group.is_empty())
        .collect();
    format!("{sign}{}.{cents} {unit}", groups.join(","))
}

fn yuan(fen: f64, language: Language) -> String {
    // Feature values are whole fen below 2^53; a fraction can only come from a mean.
    #[allow(clippy::cast_possible_truncation, reason = "rounded, and money of one debtor stays far below 2^63")]
    amount(Money::from_fen(fen.round() as i64), language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_by_terminal_columns() {
        assert_eq!(left("王**", 6), "王**  ");
        assert_eq!(right("12", 4), "  12");
        assert_eq!(left("too long", 3), "too long");
    }

    #[test]
    fn writes_amounts_for_reading() {
        assert_eq!(amount(Money::from_fen(123_456_789), Language::Zh), "1,234,567.89 元");
        assert_eq!(amount(Money::from_fen(-99), Language::En), "-0.99 CNY");
        assert_eq!([likelihood(0.996), likelihood(0.5), likelihood(0.001)], [">99 %", "50 %", "<1 %"]);
        assert_eq!(quantity(None, "fen", Language::Zh), "未知");
        assert_eq!(quantity(None, "code", Language::Zh), "—");
        assert_eq!(quantity(Some(0.42), "share", Language::En), "42 %");
    }
}
