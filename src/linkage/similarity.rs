use serde::{Deserialize, Serialize};

use super::name::{firm_tokens, folded, is_han, sound};

/// Why two names were found alike or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameReason {
    /// The folded forms are equal.
    Equal,
    /// They sound alike, or hold the same words in another order.
    SameSound,
    /// Every word of the shorter name has a like word in the longer one.
    Contained,
    /// Their words are alike in part.
    Similar,
    /// One of them is empty.
    Missing,
}

/// How alike two names are, and why.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NameSimilarity {
    /// 0 (nothing in common) to 1 (equal as folded).
    pub score: f64,
    /// The comparison that decided.
    pub reason: NameReason,
}

/// Which letters a text holds, to see without comparing that two texts cannot be alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters {
    mask: u64,
    count: u32,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mask = text.chars().fold(0, |mask, c| mask | 1 << (u32::from(c) % 64));
        Self { mask, count: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) }
    }

    /// At least this many edits lie between the texts: each mends at most one letter that the other lacks.
    pub(super) fn least_edits(self, other: Self) -> u32 {
        (self.mask & !other.mask).count_ones().max((other.mask & !self.mask).count_ones())
    }

    /// Jaro–Winkler is at most this: letters that the other lacks cannot match, and four may lead.
    pub(super) fn most_alike(self, other: Self) -> f64 {
        let own = self.count.saturating_sub((self.mask & !other.mask).count_ones());
        let theirs = other.count.saturating_sub((other.mask & !self.mask).count_ones());
        let matching = f64::from(own.min(theirs));
        let jaro = (matching / f64::from(self.count.max(1)) + matching / f64::from(other.count.max(1)) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro)
    }
}

/// Words below this similarity are different words.
const LIKE_WORD: f64 = 0.8;

/// Compares two names of any script, word by word.
///
/// # Formula
///
/// Each word of one name is paired with at most one word of the other, the most alike first (Jaro–Winkler; words under
/// 0.8 stay alone). With lengths *l* in letters and similarities *s*, score = 2 Σ s³·min(l, l′) ÷ (all letters), so a small
/// difference in a long word costs little and a missing word costs its length. Chinese names compare by character; equal
/// sound alone gives 0.9. Legal forms count as their short form.
pub fn name_similarity(left: &str, right: &str) -> NameSimilarity {
    PreparedName::new(left).similarity(&PreparedName::new(right))
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    letters: Letters,
}

/// A name folded and cut into words once, to be compared many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedName {
    folded: String,
    sound: String,
    words: Vec<Word>,
}

impl Word {
    fn new(text: String) -> Self {
        Self { letters: Letters::of(&text), text }
    }
}

impl PreparedName {
    /// Folds and cuts `name`.
    pub fn new(name: &str) -> Self {
        let folded = folded(name);
        let sound = sound(&folded);
        let mut words = Vec::new();
        for token in firm_tokens(&folded) {
            if token.contains(is_han) {
                words.extend(token.chars().map(|c| Word::new(c.to_string())));
            } else {
                words.push(Word::new(token));
            }
        }
        Self { folded, sound, words }
    }

    /// The folded form.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// How alike this name and `other` are.
    pub fn similarity(&self, other: &Self) -> NameSimilarity {
        if self.words.is_empty() || other.words.is_empty() {
            return NameSimilarity { score: 0.0, reason: NameReason::Missing };
        }
        if self.folded == other.folded {
            return NameSimilarity { score: 1.0, reason: NameReason::Equal };
        }
        // Jaro–Winkler and the pairing of words depend on which side comes first: fix it.
        let (first, second) = if self.folded <= other.folded { (self, other) } else { (other, self) };
        let (score, contained) = aligned(&first.words, &second.words);
        if self.sound == other.sound {
            return NameSimilarity { score: score.max(0.9), reason: NameReason::SameSound };
        }
        let reason = if contained { NameReason::Contained } else { NameReason::Similar };
        NameSimilarity { score, reason }
    }
}

/// Greedy best pairing of words; says whether every word of the side with fewer letters found a partner.
fn aligned(left: &[Word], right: &[Word]) -> (f64, bool) {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in left.iter().enumerate() {
        for (j, b) in right.iter().enumerate() {
            let alike = word_similarity(a, b);
            if alike >= LIKE_WORD {
                pairs.push((alike, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let (mut used_left, mut used_right) = (vec![false; left.len()], vec![false; right.len()]);
    let mut common = 0.0;
    for (alike, i, j) in pairs {
        let (Some(a), Some(b)) = (used_left.get_mut(i), used_right.get_mut(j)) else { continue };
        if *a || *b {
            continue;
        }
        (*a, *b) = (true, true);
        let letters = |words: &[Word], at: usize| words.get(at).map_or(0, |word| word.letters.count);
        common += alike.powi(3) * f64::from(letters(left, i).min(letters(right, j)));
    }
    let total = |words: &[Word]| words.iter().map(|word| f64::from(word.letters.count)).sum::<f64>();
    let (all_left, all_right) = (total(left), total(right));
    let shorter = if all_left <= all_right { &used_left } else { &used_right };
    ((2.0 * common / (all_left + all_right)).min(1.0), shorter.iter().all(|used| *used))
}

fn word_similarity(a: &Word, b: &Word) -> f64 {
    if a.text == b.text {
        1.0
    } else if a.letters.most_alike(b.letters) < LIKE_WORD {
        0.0
    } else {
        strsim::jaro_winkler(&a.text, &b.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_orders_scripts_legal_forms_and_slips() {
        let score = |a, b| name_similarity(a, b).score;
        assert!(score("Siemens Aktiengesellschaft", "Siemens AG") > 0.99);
        assert!(score("WANG Xiaoming", "王小明") >= 0.9);
        assert!(score("張偉", "张伟") > 0.99);
        assert!(score("Olaf Scholze", "Olaf Scholz") > 0.9);
        assert!(score("Octavian Scholz", "Olaf Scholz") < 0.7);
        assert!(score("张伟", "张强") < 0.6);
        assert_eq!(name_similarity("", "x").reason, NameReason::Missing);
    }

    proptest! {
        #[test]
        fn letters_bound_what_comparing_would_find(a in "[a-f]{1,9}", b in "[a-f]{1,9}") {
            let (x, y) = (Letters::of(&a), Letters::of(&b));
            prop_assert!(strsim::jaro_winkler(&a, &b) <= x.most_alike(y) + 1e-9);
            prop_assert!(strsim::osa_distance(&a, &b) >= x.least_edits(y) as usize);
        }

        #[test]
        fn is_symmetric_and_within_bounds(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let (there, back) = (name_similarity(&a, &b), name_similarity(&b, &a));
            prop_assert!((0.0..=1.0).contains(&there.score));
            prop_assert!((there.score - back.score).abs() < 1e-9);
        }
    }
}
