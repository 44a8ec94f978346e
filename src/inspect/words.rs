//! Splits names into words and compares them.
//!
//! `known_at`, `KnownAt` and `known at` are the same two words; Chinese is compared letter by letter. A
//! known name that stands at the end of a heading (被执行人证件号码 for 证件号码) counts more than one within it, and
//! the whole heading counts 1.

use crate::domain::undressed;

/// A name as words: Latin words in small letters, every other letter by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Words(Vec<String>);

/// What a word that is met in another is worth, and what the share that it takes up adds.
const AT_END: (f64, f64) = (0.6, 0.35);
const WITHIN: (f64, f64) = (0.35, 0.3);

impl Words {
    /// The words of a heading, without what stands in brackets.
    pub(super) fn of_heading(heading: &str) -> Self {
        let plain = undressed(heading);
        let bare = without_brackets(&plain);
        let words = Self::new(&bare);
        if words.0.is_empty() { Self::new(&plain) } else { words }
    }

    pub(super) fn new(text: &str) -> Self {
        let text = undressed(text);
        let (mut words, mut word, mut before) = (Vec::new(), String::new(), None::<char>);
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let next_is_small = characters.peek().is_some_and(char::is_ascii_lowercase);
            let begins = match before {
                Some(last) if last.is_ascii_digit() != c.is_ascii_digit() => true,
                Some(last) if c.is_ascii_uppercase() => !last.is_ascii_uppercase() || next_is_small,
                _ => false,
            };
            if begins || !c.is_ascii_alphanumeric() {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            }
            before = c.is_ascii_alphanumeric().then_some(c);
            if c.is_ascii_alphanumeric() {
                word.push(c.to_ascii_lowercase());
            } else if c.is_alphanumeric() {
                words.push(c.to_string());
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        Self(words)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contain(&self, other: &Self) -> bool {
        !other.is_empty() && self.0.windows(other.0.len()).any(|part| part == other.0)
    }

    /// Each word, in their order.
    pub(super) fn each(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The first word.
    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// The last word.
    pub(super) fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// How well a heading of these words is called by a known name, from 0 to 1.
    pub(super) fn likeness(&self, known: &Self) -> f64 {
        if self == known {
            return 1.0;
        }
        if known.is_empty() || known.0.len() >= self.0.len() {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "headings are short")]
        let share = known.0.len() as f64 / self.0.len() as f64;
        let (least, more) = match () {
            () if self.0.ends_with(&known.0) => AT_END,
            // One Chinese character within others says nothing.
            () if known.0.iter().map(String::len).sum::<usize>() > 3 && self.contain(known) => WITHIN,
            () => return 0.0,
        };
        least + more * share
    }
}

/// What stands in brackets of any kind.
pub(super) fn bracketed(text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), None::<String>);
    for c in text.chars() {
        match (c, &mut open) {
            ('(' | '[' | '【' | '〔', None) => open = Some(String::new()),
            (')' | ']' | '】' | '〕', Some(_)) => found.extend(open.take()),
            (c, Some(inside)) => inside.push(c),
            _ => {}
        }
    }
    found
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: &char| match c {
        '(' | '[' | '【' | '〔' => {
            depth += 1;
            false
        }
        ')' | ']' | '】' | '〕' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    text.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_fall_into_words() {
        for (heading, words) in [
            ("customerID", "customer id"),
            ("InvoiceDate", "invoice date"),
            ("k_symbol", "k symbol"),
            ("收/支", "收 支"),
            ("金额（万元）", "金 额"),
            ("IDNumber", "id number"),
            ("A12", "a 12"),
            (" 证件 号码*", "证 件 号 码"),
        ] {
            assert_eq!(Words::of_heading(heading).0.join(" "), words, "{heading}");
        }
        assert_eq!(bracketed("金额(万元)[税后]"), ["万元", "税后"]);
    }

    #[test]
    fn the_end_of_a_name_says_more_than_its_middle() {
        let likeness = |heading: &str, known: &str| Words::of_heading(heading).likeness(&Words::new(known));
        assert_eq!(likeness("证件号码", "证件号码"), 1.0);
        assert!(likeness("被执行人证件号码", "证件号码") > likeness("证件号码核查结果", "证件号码"));
        assert_eq!(likeness("日", "日期"), 0.0);
    }
}
