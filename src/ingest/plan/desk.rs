use std::sync::Mutex;

use crate::domain::{CaseNumber, Identifier, IdentifierKind, PseudonymKey};

/// One value, ready for its column. Texts lie in the desk's tray.
///
/// Every part is a whole word: values that are written in bytes and moved in words wait for each other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u64)]
pub(in crate::ingest) enum Staged {
    Null,
    Int(i64),
    Number(f64),
    /// Days since 1970-01-01.
    Day(i64),
    Flag(bool),
    /// The number of a code in the column's list.
    Code(usize),
    /// A word that is given, not read: a code of the column's list, or a text.
    Word(&'static str),
    /// From, and up to, this byte of the tray.
    Text(usize, usize),
}

/// What a value stands for, so that equal texts of different kinds get different pseudonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Realm {
    Party,
    Case,
    Item,
}

impl Realm {
    const fn name(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Case => "case",
            Self::Item => "item",
        }
    }
}

/// What is needed while rows are read: a tray for texts, and pseudonyms made lately.
#[derive(Debug)]
pub(in crate::ingest) struct Desk<'k> {
    key: &'k PseudonymKey,
    tray: String,
    memo: Vec<Slot>,
}

/// Desks that nobody sits at: what one reader remembers serves the next.
#[derive(Debug)]
pub(in crate::ingest) struct Desks<'k> {
    key: &'k PseudonymKey,
    free: Mutex<Vec<Desk<'k>>>,
}

impl<'k> Desks<'k> {
    pub(in crate::ingest) const fn new(key: &'k PseudonymKey) -> Self {
        Self { key, free: Mutex::new(Vec::new()) }
    }

    pub(in crate::ingest) fn lend(&self) -> Desk<'k> {
        self.free.lock().ok().and_then(|mut free| free.pop()).unwrap_or_else(|| Desk::new(self.key))
    }

    pub(in crate::ingest) fn take_back(&self, desk: Desk<'k>) {
        if let Ok(mut free) = self.free.lock() {
            free.push(desk);
        }
    }
}

#[derive(Debug, Clone)]
struct Slot {
    realm: Realm,
    text: String,
    pseudonym: i64,
}

const SLOTS: usize = 1 << 12;

impl<'k> Desk<'k> {
    pub(in crate::ingest) fn new(key: &'k PseudonymKey) -> Self {
        let empty = Slot { realm: Realm::Item, text: String::new(), pseudonym: 0 };
        Self { key, tray: String::new(), memo: vec![empty; SLOTS] }
    }

    /// Forgets the texts of the row before.
    pub(in crate::ingest) fn clear(&mut self) {
        self.tray.clear();
    }

    pub(super) fn keep(&mut self, text: &str) -> Staged {
        let start = self.tray.len();
        self.tray.push_str(text);
        Staged::Text(start, self.tray.len())
    }

    /// The text that was staged.
    pub(in crate::ingest) fn text(&self, start: usize, end: usize) -> &str {
        self.tray.get(start..end).unwrap_or_default()
    }

    /// The pseudonym of a text that is not empty.
    pub(super) fn pseudonym(&mut self, realm: Realm, text: &str) -> i64 {
        let place = spread(text.as_bytes()) % SLOTS;
        if let Some(slot) = self.memo.get(place)
            && slot.realm == realm
            && slot.text == text
        {
            return slot.pseudonym;
        }
        let pseudonym = self.made(realm, text);
        if let Some(slot) = self.memo.get_mut(place) {
            slot.text.clear();
            slot.text.push_str(text);
            (slot.realm, slot.pseudonym) = (realm, pseudonym);
        }
        pseudonym
    }

    fn made(&self, realm: Realm, text: &str) -> i64 {
        match realm {
            Realm::Party => match Identifier::parse(text) {
                Ok(number) => self.key.pseudonym(realm.name(), number.canonical()),
                Err(_) => self.key.pseudonym(realm.name(), text),
            },
            Realm::Case => match CaseNumber::parse(text) {
                Ok(number) => self.key.pseudonym(realm.name(), &number.to_string()),
                Err(_) => self.key.pseudonym(realm.name(), text),
            },
            // A share is named by its company, which is a party: burdens on it must find it under that name.
            Realm::Item => match Identifier::parse(text) {
                Ok(number) if number.kind() == IdentifierKind::CreditCode => self.made(Realm::Party, text),
                _ => self.key.pseudonym(realm.name(), text),
            },
        }
    }
}

/// Spreads texts over the slots, eight bytes at a time; a collision costs one more hash, nothing else.
fn spread(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    let last = rest.iter().fold(1, |last, byte| (last << 8) | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]);
    let hash = words.fold(0, |hash: u64, word| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    usize::try_from(hash >> 40).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parties_in_other_dress_have_one_pseudonym() {
        let key = PseudonymKey::from_secret(b"test");
        let mut desk = Desk::new(&key);
        let number = desk.pseudonym(Realm::Party, "11010519491231002X");
        assert_eq!(desk.pseudonym(Realm::Party, "110105491231002"), number);
        assert_eq!(desk.pseudonym(Realm::Party, "１１０１０５19491231002x"), number);
        assert_eq!(number, key.pseudonym("party", "11010519491231002X"));
        assert_ne!(desk.pseudonym(Realm::Item, "11010519491231002X"), number);
        let company = desk.pseudonym(Realm::Party, "91350100M000100Y43");
        assert_eq!(desk.pseudonym(Realm::Item, "91350100M000100Y43"), company);
        assert_ne!(desk.pseudonym(Realm::Item, "91350100M000100Y44"), company);
        assert_eq!(
            desk.pseudonym(Realm::Case, "(2017)苏0205执07号"),
            desk.pseudonym(Realm::Case, "（2017）苏0205执7号")
        );
        assert_eq!(desk.pseudonym(Realm::Party, "某某公司"), key.pseudonym("party", "某某公司"));
    }

    #[test]
    fn a_full_memo_forgets_but_never_errs() {
        let key = PseudonymKey::from_secret(b"test");
        let mut desk = Desk::new(&key);
        for round in 0..2 {
            for n in 0..3 * SLOTS {
                let text = n.to_string();
                assert_eq!(desk.pseudonym(Realm::Item, &text), key.pseudonym("item", &text), "{round}");
            }
        }
    }
}
