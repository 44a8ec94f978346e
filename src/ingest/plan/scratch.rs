//! Buffers and caches that one reading thread reuses: pseudonyms, and texts that need no mask.
//!
//! A pseudonym is a keyed hash, which costs more than anything else that is done with a cell, and sources
//! are sorted: the next row often names the same party. Texts repeat, too, for banks are few. The last few thousand of
//! both are remembered in tables of fixed size.

use std::borrow::Cow;
use std::sync::Mutex;

use super::key::{Key, KeyFault, Realm, key_of};
use crate::domain::{PseudonymKey, masked_words};
use crate::ingest::report::Remarks;

/// One value, ready for its column. Texts lie in the scratch's tray.
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

/// Scratch space of one thread that reads rows: a buffer for texts, and pseudonyms made lately.
#[derive(Debug)]
pub(in crate::ingest) struct Scratch<'k> {
    key: &'k PseudonymKey,
    tray: String,
    memo: Vec<Slot>,
    /// Texts met lately of which nothing is masked, such as names of banks.
    plain: Vec<String>,
    /// What the row at hand holds that is worth knowing.
    pub(in crate::ingest) remarks: Remarks,
}

/// Scratch space that no thread uses now: the pseudonyms that one reader remembers serve the next.
#[derive(Debug)]
pub(in crate::ingest) struct ScratchPool<'k> {
    key: &'k PseudonymKey,
    free: Mutex<Vec<Scratch<'k>>>,
}

impl<'k> ScratchPool<'k> {
    pub(in crate::ingest) const fn new(key: &'k PseudonymKey) -> Self {
        Self { key, free: Mutex::new(Vec::new()) }
    }

    pub(in crate::ingest) fn lend(&self) -> Scratch<'k> {
        self.free.lock().ok().and_then(|mut free| free.pop()).unwrap_or_else(|| Scratch::new(self.key))
    }

    pub(in crate::ingest) fn take_back(&self, scratch: Scratch<'k>) {
        if let Ok(mut free) = self.free.lock() {
            free.push(scratch);
        }
    }
}

#[derive(Debug, Clone)]
struct Slot {
    realm: Realm,
    text: String,
    key: Key,
}

const SLOTS: usize = 1 << 12;
/// Bytes of the longest text that is remembered as it is.
const SHORT: usize = 64;

impl<'k> Scratch<'k> {
    pub(in crate::ingest) fn new(key: &'k PseudonymKey) -> Self {
        let empty = Slot { realm: Realm::Item, text: String::new(), key: Key::Nobody };
        let (memo, plain) = (vec![empty; SLOTS], vec![String::new(); SLOTS]);
        Self { key, tray: String::new(), memo, plain, remarks: Remarks::default() }
    }

    /// Forgets the row before.
    pub(in crate::ingest) fn clear(&mut self) {
        self.tray.clear();
        self.remarks = Remarks::default();
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

    /// A text as [`masked_words`] leaves it.
    pub(super) fn masked<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let place = spread(text.as_bytes()) % SLOTS;
        if self.plain.get(place).is_some_and(|plain| plain == text) {
            return Cow::Borrowed(text);
        }
        let masked = masked_words(text);
        if matches!(masked, Cow::Borrowed(_))
            && text.len() <= SHORT
            && let Some(plain) = self.plain.get_mut(place)
        {
            plain.clear();
            plain.push_str(text);
        }
        masked
    }

    /// The pseudonym of a text that names something; `None` for a placeholder, which is counted.
    pub(super) fn pseudonym(&mut self, realm: Realm, text: &str) -> Result<Option<i64>, KeyFault> {
        match self.known(realm, text) {
            Key::Sound(pseudonym) => return Ok(Some(pseudonym)),
            Key::Unsound(pseudonym) => {
                self.remarks.unsound_numbers = 1;
                return Ok(Some(pseudonym));
            }
            Key::Unread(pseudonym) => {
                self.remarks.unread_case_numbers += 1;
                return Ok(Some(pseudonym));
            }
            Key::Refused(fault) => return Err(fault),
            Key::Nobody => {}
        }
        self.remarks.placeholders += 1;
        Ok(None)
    }

    fn known(&mut self, realm: Realm, text: &str) -> Key {
        let place = spread(text.as_bytes()) % SLOTS;
        if let Some(slot) = self.memo.get(place)
            && slot.realm == realm
            && slot.text == text
        {
            return slot.key;
        }
        let key = key_of(realm, text, self.key);
        if let Some(slot) = self.memo.get_mut(place) {
            slot.text.clear();
            slot.text.push_str(text);
            (slot.realm, slot.key) = (realm, key);
        }
        key
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
    fn counts_what_is_accepted_all_the_same() {
        let key = PseudonymKey::from_secret(b"test");
        let mut scratch = Scratch::new(&key);
        for text in ["110105194912310021", "110105194912310021", "无", "000000000"] {
            let _ = scratch.pseudonym(Realm::Party, text);
        }
        let _ = scratch.pseudonym(Realm::Case, "苏0205执1号");
        assert_eq!((scratch.remarks.unsound_numbers, scratch.remarks.placeholders), (1, 2), "rows, and cells");
        assert_eq!(scratch.remarks.unread_case_numbers, 1);
        scratch.clear();
        assert_eq!(scratch.remarks, Remarks::default());
    }

    #[test]
    fn a_text_met_before_is_masked_as_at_first() {
        let key = PseudonymKey::from_secret(b"test");
        let mut scratch = Scratch::new(&key);
        for _ in 0..2 {
            for text in ["工商银行", "王小明", "", "江阴支行 13812345678"] {
                let (met, first) = (scratch.masked(text), masked_words(text));
                assert_eq!((matches!(met, Cow::Owned(_)), &met), (matches!(first, Cow::Owned(_)), &first));
            }
        }
    }

    #[test]
    fn a_full_memo_forgets_but_never_errs() {
        let key = PseudonymKey::from_secret(b"test");
        let mut scratch = Scratch::new(&key);
        for round in 0..2 {
            for n in 0..3 * SLOTS {
                let text = n.to_string();
                assert_eq!(scratch.pseudonym(Realm::Item, &text), Ok(Some(key.pseudonym("item", &text))), "{round}");
            }
        }
    }
}
