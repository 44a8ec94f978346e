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

/// A name folded and cut into words once, to be compared many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedName {
    folded: String,
    sound: String,
    words: Vec<(String, usize)>,
}

impl PreparedName {
    /// Folds and cuts `name`.
    pub fn new(name: &str) -> Self {
        let folded = folded(name);
        let sound = sound(&folded);
        let mut words = Vec::new();
        for token in firm_tokens(&folded) {
            if token.contains(is_han) {
                words.extend(token.chars().map(|c| (c.to_string(), 1)));
            } else {
                let letters = token.chars().count();
                words.push((token, letters));
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
fn aligned(left: &[(String, usize)], right: &[(String, usize)]) -> (f64, bool) {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, (a, letters)) in left.iter().enumerate() {
        for (j, (b, others)) in right.iter().enumerate() {
            let alike = match a == b {
                true => 1.0,
                false if *letters == 1 || *others == 1 => 0.0,
                false => strsim::jaro_winkler(a, b),
            };
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
        let letters = left.get(i).map_or(0, |w| w.1).min(right.get(j).map_or(0, |w| w.1));
        common += alike.powi(3) * count(letters);
    }
    let total = |words: &[(String, usize)]| count(words.iter().map(|w| w.1).sum());
    let (all_left, all_right) = (total(left), total(right));
    let shorter = if all_left <= all_right { &used_left } else { &used_right };
    ((2.0 * common / (all_left + all_right)).min(1.0), shorter.iter().all(|used| *used))
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
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
        fn is_symmetric_and_within_bounds(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let (there, back) = (name_similarity(&a, &b), name_similarity(&b, &a));
            prop_assert!((0.0..=1.0).contains(&there.score));
            prop_assert!((there.score - back.score).abs() < 1e-9);
        }
    }
}
