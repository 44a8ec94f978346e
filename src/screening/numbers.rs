//! Which kinds of numbers a party is known by.

use std::collections::BTreeSet;

use crate::domain::{Identifier, IdentifierKind, ShownNumber, is_masked, masked_number, plain};
use crate::linkage::fingerprint;

/// By which kinds of sound, checked number a party is known. Two parties known by numbers of one
/// kind, none in common, are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct NumberKinds(u8);

impl NumberKinds {
    pub(super) fn from_numbers(numbers: &[Identifier]) -> Self {
        let bit = |kind| match kind {
            IdentifierKind::Resident => 1,
            IdentifierKind::ResidencePermit => 2,
            IdentifierKind::CreditCode | IdentifierKind::OrganisationCode => 4,
            IdentifierKind::BusinessRegistration => 8,
            _ => 0,
        };
        Self(numbers.iter().fold(0, |bits, number| bits | bit(number.kind())))
    }

    /// The kinds of number that a shown one tells apart.
    pub(super) fn told_by(shown: &ShownNumber) -> Self {
        let kinds =
            [(IdentifierKind::Resident, 1), (IdentifierKind::ResidencePermit, 2), (IdentifierKind::CreditCode, 4)];
        Self(kinds.iter().filter(|(kind, _)| shown.is_like(*kind)).fold(0, |bits, (_, bit)| bits | bit))
    }

    /// The kinds of either.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether both are known by a number of one kind.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Reads a number without what a spreadsheet dresses it in: `'3202…`, `="3202…"`.
pub(super) fn number(text: &str) -> Option<Identifier> {
    let is_whole = ShownNumber::parse(undressed(text)).is_some_and(|shown| shown.is_whole());
    Identifier::parse(undressed(text)).ok().filter(|_| is_whole)
}

/// The sound numbers in several texts: one each, or those that pass their check among the words of a text that is none.
pub(super) fn sound_numbers(texts: &[String]) -> Vec<Identifier> {
    texts.iter().flat_map(|text| number(text).map_or_else(|| numbers_among(text), |number| vec![number])).collect()
}

fn numbers_among(text: &str) -> Vec<Identifier> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ('\u{FF10}'..='\u{FF5A}').contains(&c);
    let checked = |word: &str| number(word).filter(|number| number.kind().is_checked());
    let is_between = |c: char| {
        !is_part(c)
            && (c.is_whitespace()
                || c.is_alphabetic()
                || matches!(c, ',' | '，' | ';' | '；' | '、' | ':' | '：' | '|'))
    };
    // The ends of a mask are no numbers of their own: one in eleven passes the check of an organisation's code.
    let words = text.split(is_between).flat_map(|token| {
        // Fifteen digits before stars are no older number.
        let least = if is_masked(token) { WHOLE } else { LONG };
        let is_long = move |word: &&str| word.len() >= least || word.len() >= SHORTEST && word.len() == token.len();
        token.split(move |c| !is_part(c)).filter(is_long)
    });
    words.filter_map(checked).collect()
}

/// Characters of the numbers that are found although something else touches them.
const LONG: usize = 15;

/// Characters of a resident's number or a credit code.
const WHOLE: usize = 18;

/// Characters of the shortest number with a check, that of an organisation.
const SHORTEST: usize = 9;

/// A number as it may be shown.
pub(super) fn masked(text: &str) -> String {
    number(text).map_or_else(|| masked_number(&plain(undressed(text))), |sound| sound.masked())
}

pub(super) fn undressed(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"', '=', '’', '‘', '“', '”', '`']).trim()
}

/// The canonical text of a number that fails its check, or of a form nobody knows, when it can tell
/// parties apart: eight letters or digits at least, three of them different.
pub(super) fn unsound_number(text: &str) -> Option<String> {
    let text = plain(undressed(text)).into_owned();
    let different: BTreeSet<char> = text.chars().collect();
    let is_telling = text.len() >= 8 && text.bytes().all(|b| b.is_ascii_alphanumeric()) && different.len() >= 3;
    (is_telling && Identifier::parse(&text).is_err()).then_some(text)
}

/// The forms, of eighteen characters and of fifteen, of a number that fails its check; none unless
/// it has eighteen characters, one more or one less.
pub(super) fn damaged_forms(unsound: &str) -> Vec<ShownNumber> {
    if !(17..=19).contains(&unsound.len()) {
        return Vec::new();
    }
    let older = unsound.get(..6).zip(unsound.get(8..unsound.len() - 1)).map(|(area, rest)| format!("{area}{rest}"));
    let forms = [Some(unsound.to_owned()), older].into_iter().flatten();
    forms.filter_map(|form| ShownNumber::parse(&form)).collect()
}

/// Finds shown numbers that a number may fit, by their ends.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownIndex {
    /// The ends as a number, and whose they are, in order.
    ends: Vec<(u64, u32)>,
    /// How many characters of either end are in it.
    widths: BTreeSet<(usize, usize)>,
}

/// Characters of either end that are looked up.
const ENDS: (usize, usize) = (6, 4);
/// Numbers that show fewer characters are told apart by too few.
const LEAST: usize = 6;

impl ShownIndex {
    pub(super) fn new(shown: impl IntoIterator<Item = (u32, ShownNumber)>) -> Self {
        let mut index = Self::default();
        for (owner, shown) in shown {
            let width = (shown.head().len().min(ENDS.0), shown.tail().len().min(ENDS.1));
            if let Some(ends) = ends(&shown, width).filter(|_| Self::holds(&shown)) {
                index.ends.push((ends, owner));
                index.widths.insert(width);
            }
        }
        index.ends.sort_unstable();
        index
    }

    /// Whether a number shows enough to be looked up.
    pub(super) fn holds(shown: &ShownNumber) -> bool {
        shown.head().len().min(ENDS.0) + shown.tail().len().min(ENDS.1) >= LEAST
    }

    /// Both indexes in one, the owners of the second counted up by `shift`.
    pub(super) fn joined(&self, later: &Self, shift: u32) -> Self {
        let moved = later.ends.iter().map(|(ends, owner)| (*ends, owner + shift));
        let mut ends: Vec<(u64, u32)> = self.ends.iter().copied().chain(moved).collect();
        ends.sort_unstable();
        Self { ends, widths: &self.widths | &later.widths }
    }

    /// Owners whose shown number one of these may fit, each once.
    pub(super) fn candidates(&self, numbers: &[ShownNumber]) -> BTreeSet<u32> {
        let asked = numbers.iter().flat_map(|number| self.widths.iter().filter_map(|width| ends(number, *width)));
        asked.flat_map(|ends| self.owners(ends)).collect()
    }

    fn owners(&self, ends: u64) -> impl Iterator<Item = u32> {
        let begin = self.ends.partition_point(|(other, _)| *other < ends);
        let rest = self.ends.get(begin..).unwrap_or_default();
        rest.iter().take_while(move |(other, _)| *other == ends).map(|(_, owner)| *owner)
    }
}

fn ends(number: &ShownNumber, (head, tail): (usize, usize)) -> Option<u64> {
    let first = number.head().get(..head)?;
    let last = number.tail().get(number.tail().len().checked_sub(tail)?..)?;
    let width = [u8::try_from(head).ok()?, u8::try_from(tail).ok()?];
    Some(fingerprint(first.bytes().chain(last.bytes()).chain(width)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_fits_by_its_ends() {
        let shown = ["3202051970****0058", "320205****0058", "110105********002X", "3****8"];
        let index = ShownIndex::new((0u32..).zip(shown.map(|text| ShownNumber::parse(text).unwrap())));
        let found = |number: &str| index.candidates(&ShownNumber::forms(number)).into_iter().collect::<Vec<_>>();
        assert_eq!(found("320205197005050058"), [0, 1], "two ends of one character tell nobody apart");
        assert_eq!(found("110105491231002"), [2], "by the form of 18");
        assert!(found("440524188001010014").is_empty());
    }

    #[test]
    fn dress_is_no_part_of_a_number() {
        for text in ["'11010519491231002X", "=\"11010519491231002X\"", " 11010519491231002x "] {
            assert_eq!(masked(text), "1101**********002X");
        }
    }

    #[test]
    fn an_unsound_number_must_tell_parties_apart() {
        assert_eq!(unsound_number(" 91350200m0001qkt19 ").as_deref(), Some("91350200M0001QKT19"));
        for text in ["000000000", "00000000-0", "无", "不详", "3.20106E+17", "11010519491231002X", "1234567"] {
            assert_eq!(unsound_number(text), None, "{text}");
        }
    }

    #[test]
    fn several_numbers_of_a_cell_are_each_found() {
        let (one, other) = ("11010519491231002X", "320106198706150217");
        for mark in [",", "、", " ", "/", "，", "\n", "\\", " 和 "] {
            let found = sound_numbers(&[format!("{one}{mark}{other}")]);
            let found: Vec<_> = found.iter().map(Identifier::canonical).collect();
            assert_eq!(found, [one, other], "{mark:?}");
        }
        let found = sound_numbers(&[format!("护照E12345678 身份证{other}")]);
        assert_eq!(found.iter().map(Identifier::canonical).collect::<Vec<_>>(), [other]);
        assert_eq!(sound_numbers(&["1101 0519 4912 3100 2X".to_owned()]).len(), 1);
        for mask in ["320205195**0506", "320205195--0506", "320205195....0506"] {
            assert!(Identifier::parse_as(IdentifierKind::OrganisationCode, "320205195").is_ok());
            assert!(sound_numbers(&[mask.to_owned()]).is_empty(), "{mask}");
        }
    }

    #[test]
    fn numbers_of_one_kind_tell_parties_apart() {
        let kinds = |text: &str| NumberKinds::from_numbers(&[Identifier::parse(text).unwrap()]);
        let licence = format!(
            "32020000000000{}",
            Identifier::check_character(IdentifierKind::BusinessRegistration, "32020000000000").unwrap()
        );
        let (person, firm, unit, old) =
            (kinds("11010519491231002X"), kinds("91350100M000100Y43"), kinds("58073473-9"), kinds(&licence));
        assert!(firm.meets(unit) && !firm.meets(person) && !firm.meets(old) && old.meets(old));
        assert_eq!(kinds("E12345678"), NumberKinds::default());
        assert!(!NumberKinds::default().meets(NumberKinds::default()));
        assert!(person.or(firm).meets(firm) && person.or(firm).meets(person) && person.or(person) == person);
        let told = |text: &str| NumberKinds::told_by(&ShownNumber::parse(text).unwrap());
        assert!(told("1101051949****002X").meets(person) && told("9135****00Y43****").meets(firm));
    }

    #[test]
    fn a_damaged_number_has_a_character_too_few_or_too_many_at_most() {
        for (length, forms) in [(16, 0), (17, 2), (18, 2), (19, 2), (20, 0)] {
            let text: String = "1234567890".chars().cycle().take(length).collect();
            assert_eq!(damaged_forms(&text).len(), forms, "{length}");
        }
        let forms = damaged_forms("110105194912310021");
        assert_eq!(forms.iter().map(ShownNumber::head).collect::<Vec<_>>(), ["110105194912310021", "110105491231002"]);
        assert_eq!(
            ["ABABABAB", "ABCABCAB", "ABCABCA"].map(|text| unsound_number(text).is_some()),
            [false, true, false]
        );
    }

    #[test]
    fn joined_indexes_find_the_owners_of_both() {
        let index =
            |shown: &[&str]| ShownIndex::new((0u32..).zip(shown.iter().map(|text| ShownNumber::parse(text).unwrap())));
        let both =
            index(&["3202051970****0058", "44****0014"]).joined(&index(&["320205****0058", "110105****002X"]), 2);
        let found = |number: &str| both.candidates(&ShownNumber::forms(number)).into_iter().collect::<Vec<_>>();
        assert_eq!((found("320205197005050058"), found("11010519491231002X")), (vec![0, 2], vec![3]));
        assert_eq!(found("440524188001010014"), [1], "two and four characters are six");
        assert!(!ShownIndex::holds(&ShownNumber::parse("4****0014").unwrap()));
    }
}
