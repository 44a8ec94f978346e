//! Turns a cell into a value of its column, or says what is wrong with it.
//!
//! Nothing is repaired. An amount that is no whole number of fen, a share of 101 %, a code that nobody
//! explained: each refuses its row with what was expected there, and with the setting that would allow it
//! where there is one.

use std::borrow::Cow;

use super::contents::Contents;
use super::key::Realm;
use super::pattern::DayPattern;
use super::scratch::{Scratch, Staged};
use super::written_day;
use crate::domain::{
    CaseNumber, Day, Identifier, IdentifierFault, IdentifierKind, Money, MoneyForm, masked_name, masked_number,
    plain_decimal, without_point,
};
use crate::ingest::mapping::{Derivation, Scale};
use crate::ingest::refusal::{Fault, Reason};
use crate::ingest::rows::Cell;

/// How a cell becomes a value of its column.
#[derive(Debug)]
pub(super) enum Reading {
    Text(Contents),
    Code(&'static [&'static str]),
    Integer,
    Number,
    Money(MoneyForm),
    Share(Scale),
    Day { patterns: Vec<DayPattern>, plus_days: i32 },
    Flag,
    Pseudonym(Realm),
    Derived(Derivation),
}

impl Reading {
    /// The value where the source has none.
    pub(super) const fn of_nothing(&self) -> Staged {
        match self {
            Self::Derived(Derivation::NumberState) => Staged::Word("missing"),
            _ => Staged::Null,
        }
    }

    /// Whether the column takes only certain values, so that an unknown code is a fault.
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self, Self::Code(_) | Self::Flag)
    }

    /// Whether a float serves that does not keep every digit.
    pub(super) const fn is_rough(&self) -> bool {
        matches!(self, Self::Number | Self::Share(_))
    }

    /// Reads a cell that is not empty.
    pub(super) fn stage(&self, cell: &Cell<'_>, scratch: &mut Scratch<'_>) -> Result<Staged, Fault> {
        let text = || match cell {
            Cell::Text(text) => Cow::Borrowed(text.as_ref()),
            other => other.text().unwrap_or_default(),
        };
        let fault = |reason, expected: &str| Fault::line(reason, text(), expected);
        match self {
            Self::Text(contents) => contents.stage(&text(), scratch),
            Self::Code(codes) => {
                let text = text();
                codes
                    .iter()
                    .position(|code| *code == text)
                    .map(Staged::Code)
                    .ok_or_else(|| Fault::line(Reason::Code, text.clone(), codes.join(" | ")))
            }
            Self::Integer => integer(cell).map(Staged::Int).ok_or_else(|| fault(Reason::Integer, "a whole number")),
            Self::Number => number(cell).map(Staged::Number).ok_or_else(|| fault(Reason::Number, "a decimal number")),
            Self::Money(form) => money(cell, form, scratch)
                .map(Staged::Int)
                .ok_or_else(|| fault(Reason::Money, &expected_money(&text(), form))),
            Self::Share(scale) => {
                share(cell, *scale).map(Staged::Number).ok_or_else(|| fault(Reason::Share, expected_share(*scale)))
            }
            Self::Day { patterns, plus_days } => match day(cell, patterns) {
                Some(day) if *plus_days == 0 => Ok(Staged::Day(day.number().into())),
                Some(day) => Ok(Staged::Day(day.plus_days(*plus_days).number().into())),
                None => {
                    let names: Vec<_> = patterns.iter().map(DayPattern::text).collect();
                    let hint = written_day::hint(&text());
                    Err(fault(Reason::Day, &format!("a day ({}){hint}", names.join(" or "))))
                }
            },
            Self::Flag => {
                flag(cell).map(Staged::Flag).ok_or_else(|| fault(Reason::Flag, "true, false, 1, 0, 是 or 否"))
            }
            Self::Pseudonym(realm) => {
                let found = match cell {
                    Cell::Flag(_) => Some("a yes or no"),
                    Cell::Day(_) => Some("a day"),
                    _ => None,
                };
                if let Some(found) = found {
                    return Err(Fault::line(Reason::Type, found, "a number or a text that names something"));
                }
                let text = text();
                let pseudonym = scratch.pseudonym(*realm, &text).map_err(|fault| fault.of_row(text.as_ref()))?;
                Ok(pseudonym.map_or(Staged::Null, Staged::Int))
            }
            Self::Derived(derivation) => Ok(derived(*derivation, &text(), scratch)),
        }
    }
}

/// What belongs there, and what to declare where the amount is written in a way that only a declaration can settle.
fn expected_money(text: &str, form: &MoneyForm) -> String {
    let hint = form.declaration(text).map_or_else(String::new, |what| format!("; {what}"));
    format!("an amount in whole fen, 1 unit = {} fen{hint}", form.fen_per_unit)
}

const fn expected_share(scale: Scale) -> &'static str {
    match scale {
        Scale::Whole => "a share from 0 to 1",
        Scale::Percent => "a share from 0 to 100 per cent",
        Scale::Fraction => "a fraction such as 1/2, at most 1",
    }
}

fn derived(derivation: Derivation, text: &str, scratch: &mut Scratch<'_>) -> Staged {
    match derivation {
        Derivation::MaskedName => scratch.keep(&masked_name(text)),
        Derivation::MaskedNumber => match Identifier::parse(text) {
            Ok(number) => scratch.keep(&number.masked()),
            Err(_) => scratch.keep(&masked_number(text)),
        },
        Derivation::NumberState => Staged::Word(match Identifier::parse(text) {
            Ok(_) => "valid",
            Err(IdentifierFault::Empty | IdentifierFault::Placeholder) => "missing",
            Err(_) => "damaged",
        }),
        Derivation::OrganisationId => match organisation_code(text) {
            Some(code) => scratch.pseudonym(Realm::Party, &code).ok().flatten().map_or(Staged::Null, Staged::Int),
            None => Staged::Null,
        },
        Derivation::NumberKind => Staged::Word(match Identifier::parse(text).map(|number| number.kind()) {
            Ok(IdentifierKind::CreditCode) => "unit",
            Ok(kind) if kind.is_checked() && kind.is_person() => "person",
            _ => "document",
        }),
        Derivation::CaseKind => CaseNumber::parse(text).map_or(Staged::Null, |case| Staged::Word(case.kind().code())),
    }
}

/// The organisation code within a credit code, unless it could be read as a document of another kind.
fn organisation_code(text: &str) -> Option<String> {
    let number = Identifier::parse(text).ok().filter(|number| number.kind() == IdentifierKind::CreditCode)?;
    let code = number.canonical().get(8..17)?;
    let is_other = Identifier::parse(code).is_ok_and(|read| read.kind() != IdentifierKind::OrganisationCode);
    (!is_other).then(|| code.to_owned())
}

fn integer(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Int(number) => Some(*number),
        // Whole numbers with gaps are often stored as floats; beyond 2^53 they are no longer exact.
        Cell::Number(number) if number.abs() < 9_007_199_254_740_992.0 => whole(&number.to_string()),
        Cell::Text(text) => whole(text).or_else(|| whole(without_point(&plain_decimal(text)?))),
        _ => None,
    }
}

fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Int(number) => decimal(&number.to_string()),
        Cell::Number(number) => Some(*number).filter(|number| number.is_finite()),
        Cell::Text(text) => decimal(text).or_else(|| decimal(&plain_decimal(text)?)),
        _ => None,
    }
}

fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain.then(|| text.parse().ok())?.filter(|number: &f64| number.is_finite())
}

fn money(cell: &Cell<'_>, form: &MoneyForm, scratch: &mut Scratch<'_>) -> Option<i64> {
    let text = match cell {
        Cell::Int(number) => return number.checked_mul(form.fen_per_unit),
        // A float has a point, whatever its source's texts have.
        Cell::Number(number) => {
            let (text, form) = (number.to_string(), MoneyForm { decimal_comma: false, ..*form });
            scratch.remarks.rounded_amounts += u64::from(form.rounds(&text));
            return form.read(&text).map(Money::fen);
        }
        Cell::Text(text) => text,
        _ => return None,
    };
    let amount = form.read(text)?;
    scratch.remarks.rounded_amounts += u64::from(form.rounds(text));
    Some(amount.fen())
}

fn share(cell: &Cell<'_>, scale: Scale) -> Option<f64> {
    let share = match scale {
        Scale::Whole => number(cell)?,
        Scale::Percent => {
            let text = cell.text()?;
            decimal(text.trim_end_matches(['%', '％']).trim_end())? / 100.0
        }
        Scale::Fraction => {
            let text = cell.text()?;
            let (part, of) = text.split_once(['/', '／'])?;
            decimal(part.trim())? / Some(decimal(of.trim())?).filter(|of| *of > 0.0)?
        }
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// The day that a cell holds.
pub(super) fn day(cell: &Cell<'_>, patterns: &[DayPattern]) -> Option<Day> {
    let text = match cell {
        Cell::Day(number) => return Day::from_number(*number),
        Cell::Text(text) => Cow::Borrowed(text.as_ref()),
        other => other.text()?,
    };
    patterns.iter().find_map(|pattern| pattern.read(&text))
}

fn flag(cell: &Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Flag(flag) => Some(*flag),
        Cell::Text(text) if matches!(text.as_ref(), "true" | "是") => Some(true),
        Cell::Text(text) if matches!(text.as_ref(), "false" | "否") => Some(false),
        cell => match integer(cell)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PseudonymKey;

    fn staged(reading: &Reading, cell: &Cell<'_>) -> Result<Staged, Reason> {
        let key = PseudonymKey::from_secret(b"test");
        reading.stage(cell, &mut Scratch::new(&key)).map_err(|fault| fault.reason)
    }

    fn text(text: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(text))
    }

    #[test]
    fn money_is_exact_in_every_type() {
        let yuan = Reading::Money(MoneyForm::of_unit(100));
        assert_eq!(staged(&yuan, &text("-943.4")), Ok(Staged::Int(-94_340)));
        assert_eq!(staged(&yuan, &Cell::Number(0.29)), Ok(Staged::Int(29)));
        assert_eq!(staged(&yuan, &Cell::Int(7)), Ok(Staged::Int(700)));
        assert_eq!(staged(&yuan, &text("1.005")), Err(Reason::Money));
        assert_eq!(staged(&yuan, &Cell::Int(i64::MAX)), Err(Reason::Money));
        assert_eq!(staged(&Reading::Money(MoneyForm::of_unit(1_000_000)), &text("1.2345")), Ok(Staged::Int(1_234_500)));
    }

    #[test]
    fn shares_come_in_three_dresses() {
        for (scale, given, share) in [
            (Scale::Whole, "0.5", Ok(0.5)),
            (Scale::Percent, "50%", Ok(0.5)),
            (Scale::Percent, "50", Ok(0.5)),
            (Scale::Fraction, "1/2", Ok(0.5)),
            (Scale::Fraction, "1/0", Err(Reason::Share)),
            (Scale::Whole, "50", Err(Reason::Share)),
            (Scale::Whole, "NaN", Err(Reason::Share)),
        ] {
            assert_eq!(staged(&Reading::Share(scale), &text(given)), share.map(Staged::Number), "{given}");
        }
    }

    #[test]
    fn integers_flags_and_numbers() {
        assert_eq!(staged(&Reading::Integer, &Cell::Number(12.0)), Ok(Staged::Int(12)));
        assert_eq!(staged(&Reading::Integer, &Cell::Number(12.5)), Err(Reason::Integer));
        assert_eq!(staged(&Reading::Integer, &text("+1")), Err(Reason::Integer));
        assert_eq!(staged(&Reading::Integer, &text("１，２３４")), Ok(Staged::Int(1234)));
        for (given, number) in [("3.0", 3), ("-2018.00", -2018), ("1,234.0", 1234)] {
            assert_eq!(staged(&Reading::Integer, &text(given)), Ok(Staged::Int(number)), "{given}");
        }
        for given in ["3.", "3.01", ".0", "3.0.0"] {
            assert_eq!(staged(&Reading::Integer, &text(given)), Err(Reason::Integer), "{given}");
        }
        assert_eq!(staged(&Reading::Flag, &text("1.0")), Ok(Staged::Flag(true)));
        assert_eq!(staged(&Reading::Flag, &Cell::Number(0.0)), Ok(Staged::Flag(false)));
        assert_eq!(staged(&Reading::Flag, &text("2")), Err(Reason::Flag));
        assert_eq!(staged(&Reading::Number, &text("1,234.5")), Ok(Staged::Number(1234.5)));
        assert_eq!(staged(&Reading::Number, &text("1,23.5")), Err(Reason::Number));
        assert_eq!(staged(&Reading::Number, &text("inf")), Err(Reason::Number));
        assert_eq!(staged(&Reading::Number, &text("1e3")), Ok(Staged::Number(1000.0)));
        assert_eq!(staged(&Reading::Flag, &text("否")), Ok(Staged::Flag(false)));
        assert_eq!(staged(&Reading::Flag, &text("y")), Err(Reason::Flag));
    }

    #[test]
    fn a_credit_code_leads_to_its_organisation_code_and_other_numbers_to_none() {
        let key = PseudonymKey::from_secret(b"test");
        let organisation = Reading::Derived(Derivation::OrganisationId);
        let code = key.pseudonym("party", "M000100Y4");
        assert_eq!(staged(&organisation, &text("91350100M000100Y43")), Ok(Staged::Int(code)));
        assert_eq!(staged(&Reading::Pseudonym(Realm::Party), &text("M000100Y-4")), Ok(Staged::Int(code)));
        for other in ["11010519491231002X", "M000100Y-4", "91350100M000100Y44", "某某公司"] {
            assert_eq!(staged(&organisation, &text(other)), Ok(Staged::Null), "{other}");
        }
        let kinds = [("110105491231002", "person"), ("91350100M000100Y43", "unit"), ("E12345678", "document")];
        for (number, kind) in kinds.into_iter().chain([("110105194912310021", "document")]) {
            assert_eq!(staged(&Reading::Derived(Derivation::NumberKind), &text(number)), Ok(Staged::Word(kind)));
        }
    }

    #[test]
    fn a_placeholder_is_a_missing_number() {
        let state = Reading::Derived(Derivation::NumberState);
        assert_eq!(staged(&state, &text("110105194912310021")), Ok(Staged::Word("damaged")));
        assert_eq!(staged(&state, &text("不详")), Ok(Staged::Word("missing")));
        assert_eq!(state.of_nothing(), Staged::Word("missing"));
        let party = Reading::Pseudonym(Realm::Party);
        assert_eq!(staged(&party, &text("000000000")), Ok(Staged::Null));
        assert_eq!(staged(&party, &text("3.20106E+17")), Err(Reason::Scientific));
        assert_eq!(staged(&party, &Cell::Number(1.5)), Err(Reason::Fraction));
        assert!(matches!(staged(&party, &Cell::Number(17.0)), Ok(Staged::Int(_))));
        for realm in [Realm::Party, Realm::Case, Realm::Item] {
            let key = Reading::Pseudonym(realm);
            assert_eq!(staged(&key, &text("6222000000000001.0")), Err(Reason::Fraction), "{realm:?}");
            assert_eq!(staged(&key, &Cell::Flag(true)), Err(Reason::Type), "{realm:?}");
            assert_eq!(staged(&key, &Cell::Day(17_000)), Err(Reason::Type), "{realm:?}");
        }
    }

    #[test]
    fn says_what_to_declare() {
        let key = PseudonymKey::from_secret(b"test");
        let expected = |reading: &Reading, given: &str| {
            reading.stage(&text(given), &mut Scratch::new(&key)).map_err(|fault| fault.expected).unwrap_err()
        };
        let yuan = Reading::Money(MoneyForm::of_unit(100));
        for (given, hint) in
            [("1.234,50", "decimal = \"comma\""), ("壹佰元整", "capitals = true"), ("1.005", "round = true")]
        {
            assert!(expected(&yuan, given).contains(hint), "{}", expected(&yuan, given));
        }
        let day = Reading::Day { patterns: vec![DayPattern::usual()], plus_days: 0 };
        for (given, hint) in [("03/04/2017", "%d/%m/%Y"), ("170718", "%y%m%d"), ("42934", "excel_1900")] {
            assert!(expected(&day, given).contains(hint), "{}", expected(&day, given));
        }
        for given in ["201801", "201801.0", "2018-01", "2018/1", "2018.12", "2018年1月"] {
            assert!(expected(&day, given).contains("%d %Y%m"), "{}", expected(&day, given));
        }
        for given in ["201813", "209901011", "2018-13", "1.12"] {
            assert!(!expected(&day, given).contains("%d %Y%m"), "{}", expected(&day, given));
        }
    }
}
