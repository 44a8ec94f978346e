//! The one form of a text that names a party, a case or a thing.
//!
//! The same party comes as `11010519491231002X`, `11010519491231002x`, in full-width digits, or with 15
//! digits as until 1999. [`key_of`] brings a text into one form and makes the pseudonym of it: the keyed
//! hash of the form and of its realm, so that a case and an account with the same digits differ.
//!
//! A number that fails its check names somebody all the same: real registers hold such numbers. It is
//! counted and kept apart from sound ones. What certainly names nobody (000000000, 无) is no key, and what a
//! spreadsheet has destroyed (3.20106E+17, last digits zero) refuses the row.

use std::borrow::Cow;

use crate::domain::{
    CaseFault, CaseNumber, Identifier, IdentifierFault, IdentifierKind, PartyKey, PseudonymKey, item_key,
};
use crate::ingest::refusal::{Fault, Reason};

/// What a value stands for, so that equal texts of different kinds get different pseudonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Realm {
    Party,
    Case,
    Item,
}

/// What a text comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Sound(i64),
    /// A number of a party that fails its check.
    Unsound(i64),
    /// Written like a case number, and none.
    Unread(i64),
    /// A placeholder.
    Nobody,
    Refused(KeyFault),
}

/// Why a text cannot name anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyFault {
    Number(IdentifierFault),
    Case(CaseFault),
}

impl KeyFault {
    fn reason(self) -> Reason {
        match self {
            Self::Number(IdentifierFault::Scientific) => Reason::Scientific,
            Self::Number(IdentifierFault::CutOff) => Reason::CutOff,
            Self::Number(IdentifierFault::Fraction) => Reason::Fraction,
            Self::Number(IdentifierFault::Hidden) => Reason::Hidden,
            Self::Number(IdentifierFault::Length { .. }) => Reason::Length,
            Self::Number(IdentifierFault::Several) => Reason::SeveralParties,
            Self::Number(_) => Reason::Placeholder,
            Self::Case(_) => Reason::SeveralCases,
        }
    }

    pub(super) fn of_row(self, found: impl Into<String>) -> Fault {
        let message = match self {
            Self::Number(fault) => fault.to_string(),
            Self::Case(fault) => fault.to_string(),
        };
        // The row keeps what was found; the rest of the message says what belongs there.
        let expected = message.split_once("expected ").map_or(message.as_str(), |(_, expected)| expected);
        Fault::line(self.reason(), found, expected)
    }
}

/// What a text of this realm comes to under the key of the pseudonyms.
pub(super) fn key_of(realm: Realm, text: &str, secret: &PseudonymKey) -> Key {
    match realm {
        Realm::Party => match PartyKey::parse(text) {
            Ok(party) if party.is_unsound() => Key::Unsound(party.pseudonym(secret)),
            Ok(party) => Key::Sound(party.pseudonym(secret)),
            Err(fault) => nobody_or(fault),
        },
        Realm::Case => match CaseNumber::parse(text) {
            Ok(number) => Key::Sound(secret.pseudonym("case", &number.to_string())),
            Err(CaseFault::Several) => Key::Refused(KeyFault::Case(CaseFault::Several)),
            Err(CaseFault::Form) => match item_key(text) {
                Ok(own) if is_like_a_case(&own) => Key::Unread(secret.pseudonym("case", &own)),
                Ok(own) => Key::Sound(secret.pseudonym("case", &own)),
                Err(fault) => nobody_or(fault),
            },
        },
        // A share is named by its company, which is a party: burdens on it must find it under that name.
        Realm::Item if is_credit_code(text) => key_of(Realm::Party, text, secret),
        Realm::Item => match item_key(text) {
            Ok(item) => Key::Sound(secret.pseudonym("item", &item)),
            Err(fault) => nobody_or(fault),
        },
    }
}

fn is_credit_code(text: &str) -> bool {
    // Shorter numbers, such as most accounts, need no second look.
    text.len() >= 18 && Identifier::parse(text).is_ok_and(|number| number.kind() == IdentifierKind::CreditCode)
}

/// The form in which the key of a lookup is compared, whatever it names; `None` for a placeholder.
pub(super) fn comparable(text: &str) -> Result<Option<Cow<'_, str>>, KeyFault> {
    if !text.is_ascii()
        && let Ok(number) = CaseNumber::parse(text)
    {
        return Ok(Some(Cow::Owned(number.to_string())));
    }
    match PartyKey::parse(text) {
        Ok(party) => Ok(Some(party.into_text())),
        // Nobody's number, such as `0`, may be a code that leads somewhere.
        Err(IdentifierFault::Placeholder | IdentifierFault::Empty) => Ok(item_key(text).ok()),
        Err(fault @ (IdentifierFault::Scientific | IdentifierFault::CutOff)) => Err(KeyFault::Number(fault)),
        // A code such as `1.0`, or a masked number, leads where it leads.
        Err(_) => Ok(Some(item_key(text).unwrap_or(Cow::Borrowed(text)))),
    }
}

const fn nobody_or(fault: IdentifierFault) -> Key {
    match fault {
        IdentifierFault::Placeholder | IdentifierFault::Empty => Key::Nobody,
        fault => Key::Refused(KeyFault::Number(fault)),
    }
}

fn is_like_a_case(text: &str) -> bool {
    text.contains(['执', '執']) && text.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> PseudonymKey {
        PseudonymKey::from_secret(b"test")
    }

    fn key(realm: Realm, text: &str) -> Key {
        key_of(realm, text, &secret())
    }

    #[test]
    fn equal_parties_in_other_dress_have_one_pseudonym() {
        let number = key(Realm::Party, "11010519491231002X");
        assert_eq!(number, Key::Sound(secret().pseudonym("party", "11010519491231002X")));
        for dressed in ["110105491231002", "１１０１０５19491231002x", "'11010519491231002X", "=\"11010519491231002X\""]
        {
            assert_eq!(key(Realm::Party, dressed), number, "{dressed}");
        }
        assert_ne!(key(Realm::Item, "11010519491231002X"), number);
        let company = key(Realm::Party, "91350100M000100Y43");
        assert_eq!(key(Realm::Item, "'91350100M000100Y43"), company);
        assert_ne!(key(Realm::Item, "91350100M000100Y44"), company);
        assert_eq!(key(Realm::Party, "某某公司"), Key::Sound(secret().pseudonym("party", "某某公司")));
    }

    #[test]
    fn cases_have_one_pseudonym_and_several_have_none() {
        assert_eq!(key(Realm::Case, "(2017)蘇0205執字第07号之一"), key(Realm::Case, "（2017）苏0205执7号"));
        assert_ne!(key(Realm::Case, "（2017）苏0205执恢7号"), key(Realm::Case, "（2017）苏0205执7号"));
        let several = Key::Refused(KeyFault::Case(CaseFault::Several));
        assert_eq!(key(Realm::Case, "（2018）苏0205执1234、1235号"), several);
        assert_eq!(key(Realm::Case, "C-1"), Key::Sound(secret().pseudonym("case", "C-1")));
        assert!(matches!(key(Realm::Case, "苏0205执1号"), Key::Unread(_)));
    }

    #[test]
    fn nothing_is_named_by_a_damaged_number() {
        let refused = |fault| Key::Refused(KeyFault::Number(fault));
        for realm in [Realm::Party, Realm::Case, Realm::Item] {
            assert_eq!(key(realm, "3.20106E+17"), refused(IdentifierFault::Scientific));
            assert_eq!(key(realm, "17.0"), refused(IdentifierFault::Fraction));
            assert_eq!(key(realm, "000000000"), Key::Nobody);
            assert_eq!(key(realm, "无"), Key::Nobody);
        }
        assert_eq!(key(Realm::Party, "320106198706150000"), refused(IdentifierFault::CutOff));
        assert_eq!(key(Realm::Party, "32010619870615021"), refused(IdentifierFault::Length { characters: 17 }));
        assert_eq!(key(Realm::Party, "320106198706150217、11010519491231002X"), refused(IdentifierFault::Several));
        // A zero names no party and may well name a case or a thing.
        assert_eq!(key(Realm::Party, "0"), Key::Nobody);
        assert!(matches!(key(Realm::Case, "0"), Key::Sound(_)) && matches!(key(Realm::Item, "0"), Key::Sound(_)));
        let fault = KeyFault::Number(IdentifierFault::Scientific).of_row("3.20106E+17");
        assert_eq!(
            (fault.reason, fault.expected.as_str()),
            (Reason::Scientific, "all its digits: export the column as text")
        );
    }

    #[test]
    fn keys_of_lookups_are_compared_without_dress() {
        let shown = |text: &str| comparable(text).map(|key| key.map(Cow::into_owned));
        let whole = Ok(Some("11010519491231002X".to_owned()));
        for text in ["11010519491231002x", "110105491231002", " '11010519491231002X"] {
            assert_eq!(shown(text), whole, "{text}");
        }
        assert_eq!(shown("(2017)苏0205执07号"), Ok(Some("（2017）苏0205执7号".to_owned())));
        for code in ["1.0", "0", "00", "-1", "32010619870615021", "1;2"] {
            assert_eq!(shown(code), Ok(Some(code.to_owned())), "{code}");
        }
        assert_eq!(shown("不详"), Ok(None));
        assert!(comparable("3.20106E+17").is_err());
    }
}
