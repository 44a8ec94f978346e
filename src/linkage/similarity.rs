//! How alike two names are, and why.
//!
//! Used where one name is looked up in a list (`screening`), and not by the model of linking, whose levels
//! are coarser. The score is from 0 to 1 and comes with the comparison that decided.

use serde::{Deserialize, Serialize};

use super::name::{firm_tokens, folded, is_han, stem_and_form, without_address};
use super::pronunciation::Pronunciations;

/// Why two names were found alike or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameReason {
    /// The standard forms are equal.
    Equal,
    /// The same letters cut into words otherwise, or the same name with another legal form or none.
    Recut,
    /// They sound alike, or hold the same words in another order.
    SameSound,
    /// Every word of the shorter name stands in the longer one.
    Contained,
    /// Their words are alike in part.
    Similar,
    /// One of them is empty.
    Missing,
}

/// How alike two names are, and why.
///
/// ```
/// use wherewithal::linkage::{NameReason, name_similarity};
///
/// assert_eq!(name_similarity("張 偉", "张伟").score, 1.0);
/// assert_eq!(name_similarity("王小明", "Xiaoming WANG").reason, NameReason::SameSound);
/// assert_eq!(name_similarity("", "张伟").reason, NameReason::Missing);
/// ```
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
    pub(super) fn from_text(text: &str) -> Self {
        let mask = text.chars().fold(0, |mask, c| mask | 1 << (u32::from(c) % 64));
        Self { mask, count: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) }
    }

    /// At least this many edits lie between the texts: each mends at most one letter that the other lacks.
    pub(super) fn least_edits(self, other: Self) -> u32 {
        (self.mask & !other.mask).count_ones().max((other.mask & !self.mask).count_ones())
    }

    /// At most so many letters of one are letters of the other.
    fn most_common(self, other: Self) -> u32 {
        let own = self.count.saturating_sub((self.mask & !other.mask).count_ones());
        own.min(other.count.saturating_sub((other.mask & !self.mask).count_ones()))
    }

    /// Jaro–Winkler is at most this: letters that the other lacks cannot match, and four may lead.
    pub(super) fn most_alike(self, other: Self) -> f64 {
        let matching = f64::from(self.most_common(other));
        let jaro = (matching / f64::from(self.count.max(1)) + matching / f64::from(other.count.max(1)) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro)
    }
}

/// Words below this similarity are different words.
const LIKE_WORD: f64 = 0.8;

/// The least score of names that hold the same letters, and of those that differ in their legal form.
const RECUT: f64 = 0.95;
const OTHER_FORM: f64 = 0.9;
/// The least score of names that sound alike.
const SAME_SOUND: f64 = 0.9;
/// The least score of a firm's or a person's name that stands whole in a longer one.
const CONTAINED: f64 = 0.8;

/// A Chinese name of so many characters is no person's.
const FIRM: u32 = 7;

/// Compares two names of any script, word by word.
///
/// # Formula
///
/// Each word of one name is paired with at most one word of the other, the most alike first
/// (Jaro–Winkler; words under 0.8 stay alone). With lengths *l* in letters and similarities *s*,
/// score = 2 Σ s³·min(l, l′) ÷ (all letters), so a small difference in a long word costs little and
/// a missing word costs its length. Chinese names compare by character. Legal forms count as their
/// short form and only where two names have different ones: a tenth off. One or two slips in a name
/// of eight letters or more cost one and a half letters each, also where a blank became a letter.
/// At least 0.95 for the same letters cut into words otherwise, 0.9 for equal sound, 0.8 for a name
/// of two words or of four Chinese characters that stands whole in the other. Against a name in
/// other letters every reading of a character counts (乐: LE, YUE) in Chinese names of two to six characters; up
/// to 64 readings of a name are combined, beyond them each character is varied alone.
pub fn name_similarity(left: &str, right: &str) -> NameSimilarity {
    PreparedName::new(left).similarity(&PreparedName::new(right))
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    letters: Letters,
}

/// A name folded and cut into words once, to be compared many times.
///
/// ```
/// use wherewithal::linkage::PreparedName;
///
/// // One name against many: it is folded and cut once.
/// let wanted = PreparedName::new("无锡锦瑞机械有限公司");
/// let listed = ["无锡锦瑞机械有限责任公司", "苏州恒鑫贸易有限公司"].map(PreparedName::new);
/// assert_eq!(wanted.similarity(&listed[0]).score, 1.0);
/// assert!(wanted.similarity(&listed[1]).score < 0.8);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PreparedName {
    folded: String,
    standard: String,
    pronunciations: Pronunciations,
    /// What tells it apart, without blanks.
    stem: String,
    form: String,
    /// The words of the stem.
    words: Vec<Word>,
    /// The letters of the stem.
    letters: Letters,
    is_han: bool,
}

impl std::fmt::Debug for PreparedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PreparedName({})", crate::domain::masked_name(&self.folded))
    }
}

impl Word {
    fn new(text: String) -> Self {
        Self { letters: Letters::from_text(&text), text }
    }
}

impl PreparedName {
    /// Folds and cuts `name`.
    pub fn new(name: &str) -> Self {
        let folded = folded(name);
        let tokens = firm_tokens(&folded);
        let standard = tokens.join(" ");
        let (stem, form) = stem_and_form(&tokens);
        let called: Vec<String> = folded.split(' ').map(str::to_owned).collect();
        let folded = without_address(&called).join(" ");
        let mut words = Vec::new();
        for token in &stem {
            if token.contains(is_han) {
                words.extend(token.chars().map(|c| Word::new(c.to_string())));
            } else {
                words.push(Word::new(token.clone()));
            }
        }
        let (pronunciations, stem) = (Pronunciations::new(&folded), stem.concat());
        let (letters, is_han) = (Letters::from_text(&stem), stem.chars().all(is_han));
        Self { folded, standard, pronunciations, stem, form, words, letters, is_han }
    }

    /// The folded form, without a form of address such as 先生.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The standard form, as of [`standard_name`](super::standard_name).
    pub fn standard(&self) -> &str {
        &self.standard
    }

    /// What an index keeps of it: the ways it may be read aloud, each as a number.
    pub(crate) fn kept_readings(&self) -> impl Iterator<Item = u64> {
        self.pronunciations.kept()
    }

    /// What an index is asked for: what it kept of any name that may be read alike.
    pub(crate) fn sought_readings(&self) -> Vec<u64> {
        self.pronunciations.sought(&self.folded)
    }

    /// Whether it is written in Chinese, at least in part.
    pub(crate) fn is_chinese(&self) -> bool {
        self.folded.contains(is_han)
    }

    /// Whether comparing in full can reach `floor`: cheap, and never wrong with no.
    pub(crate) fn may_reach(&self, other: &Self, floor: f64) -> bool {
        let shorter = self.letters.count.min(other.letters.count);
        let all = f64::from(self.letters.count + other.letters.count);
        let common = self.letters.most_common(other.letters);
        // Only names of single characters are bound by the letters they share.
        !(self.is_han && other.is_han)
            || 2.0 * f64::from(common) / all >= floor
            || floor <= CONTAINED && common == shorter
            || self.pronunciations.meets(&other.pronunciations)
    }

    /// How alike this name and `other` are.
    pub fn similarity(&self, other: &Self) -> NameSimilarity {
        if self.words.is_empty() || other.words.is_empty() {
            return NameSimilarity { score: 0.0, reason: NameReason::Missing };
        }
        if self.standard == other.standard {
            return NameSimilarity { score: 1.0, reason: NameReason::Equal };
        }
        // Jaro–Winkler and the pairing of words depend on which side comes first: fix it.
        let (first, second) = if self.folded <= other.folded { (self, other) } else { (other, self) };
        let paired = Paired::new(&first.words, &second.words);
        let is_other_form = !self.form.is_empty() && !other.form.is_empty() && self.form != other.form;
        let alike = paired.score.max(self.less_slips(other));
        let score = if is_other_form { alike * OTHER_FORM } else { alike };
        let least = |least: f64, reason| NameSimilarity { score: score.max(least), reason };
        if self.is_recut(other) {
            least(if is_other_form { OTHER_FORM } else { RECUT }, NameReason::Recut)
        } else if self.pronunciations.meets(&other.pronunciations) {
            least(SAME_SOUND, NameReason::SameSound)
        } else if paired.is_contained && first.holds(second) {
            least(CONTAINED, NameReason::Contained)
        } else {
            least(0.0, if paired.is_contained { NameReason::Contained } else { NameReason::Similar })
        }
    }

    /// One less what one or two slips cost in a long name in letters, which may have glued two
    /// words to one; else nothing.
    fn less_slips(&self, other: &Self) -> f64 {
        let (own, theirs) = (self.letters.count, other.letters.count);
        let is_near = own.min(theirs) >= 8 && own.abs_diff(theirs) <= 2 && self.letters.least_edits(other.letters) <= 2;
        if self.is_han || other.is_han || !is_near {
            return 0.0;
        }
        let slips = u32::try_from(strsim::osa_distance(&self.stem, &other.stem)).unwrap_or(u32::MAX);
        if slips <= 2 { 1.0 - 1.5 * f64::from(slips) / f64::from(own.max(theirs)) } else { 0.0 }
    }

    /// Whether both hold the same letters in the same order, with one legal form, another or none.
    fn is_recut(&self, other: &Self) -> bool {
        let is_whole_equal = || {
            let letters = |name: &'_ Self| name.standard.bytes().filter(|b| *b != b' ').count();
            letters(self) == letters(other)
                && self.standard.chars().filter(|c| *c != ' ').eq(other.standard.chars().filter(|c| *c != ' '))
        };
        self.letters.count > 1 && (self.stem == other.stem || is_whole_equal())
    }

    /// Whether the shorter of two names stands whole in the longer: a firm's stem of four Chinese
    /// characters in one piece, or at least two words of another script and eight letters.
    fn holds(&self, other: &Self) -> bool {
        let (short, long) = if self.letters.count <= other.letters.count { (self, other) } else { (other, self) };
        if short.is_han || long.is_han {
            let is_firm = !self.form.is_empty() || !other.form.is_empty() || long.letters.count >= FIRM;
            return is_firm && short.letters.count >= 4 && long.stem.contains(&short.stem);
        }
        let is_there = |word: &Word| long.words.iter().any(|other| other.text == word.text);
        short.words.len() >= 2 && short.letters.count >= 8 && short.words.iter().all(is_there)
    }
}

/// Two names' words in pairs.
struct Paired {
    score: f64,
    /// Whether every word of the side with fewer letters found a partner.
    is_contained: bool,
}

impl Paired {
    /// The best pair first, then the best of what is left.
    fn new(left: &[Word], right: &[Word]) -> Self {
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
        let score = (2.0 * common / (all_left + all_right)).min(1.0);
        Self { score, is_contained: shorter.iter().all(|used| *used) }
    }
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
        assert!(score("Natalia Abramov", "NataliarAbramov") > 0.8 && score("Igor Yildirim", "Igor Yyldirim") > 0.8);
        assert!(score("张伟", "张强") < 0.6);
        assert_eq!(name_similarity("", "x").reason, NameReason::Missing);
    }

    #[test]
    fn offers_glued_forms_and_contained_firms_and_no_persons() {
        let of = |a: &str, b: &str| name_similarity(a, b);
        for (a, b) in [
            ("北京东方科技", "北京东方科技有限公司"),
            ("LVNVFUNDINGLLC", "LVNV Funding, LLC"),
            ("SiemensAktiengesellschaft", "Siemens AG"),
            ("SIEMENSAG", "Siemens Aktiengesellschaft"),
            ("Acme Trading Ltd", "AcmeTrading"),
        ] {
            assert_eq!((of(a, b).reason, of(a, b).score >= 0.95), (NameReason::Recut, true), "{a} {b}");
        }
        assert_eq!(of("北京东方科技股份有限公司", "北京东方科技有限公司").score, 0.9);
        assert!(of("东方科技", "北京东方科技发展有限公司无锡分公司").score >= 0.8);
        assert!(of("Maria Garcia", "Maria Garcia Lopez").score >= 0.8);
        assert!(of("欧阳建国", "欧阳建国华").score >= 0.8, "by its letters alone");
        assert!(of("张伟", "张伟民").score <= 0.8 && of("ABC LLC", "XYZ ABC Holding LLC").score < 0.8);
        assert!(of("江阴国商贸有限公司", "江阴建商贸有限公司").score < 0.85, "the legal form is nothing in common");
    }

    proptest! {
        #[test]
        fn letters_bound_what_comparing_would_find(a in "[a-f]{1,9}", b in "[a-f]{1,9}") {
            let (x, y) = (Letters::from_text(&a), Letters::from_text(&b));
            prop_assert!(strsim::jaro_winkler(&a, &b) <= x.most_alike(y) + 1e-9);
            prop_assert!(strsim::osa_distance(&a, &b) >= x.least_edits(y) as usize);
        }

        #[test]
        fn what_may_not_reach_a_floor_does_not(a in "[张伟国建公司有限]{1,8}", b in "[张伟国建公司有限]{1,8}", floor in 0.5f64..1.0) {
            let (x, y) = (PreparedName::new(&a), PreparedName::new(&b));
            prop_assert!(x.may_reach(&y, floor) || x.similarity(&y).score < floor);
        }

        #[test]
        fn is_symmetric_and_within_bounds(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let (there, back) = (name_similarity(&a, &b), name_similarity(&b, &a));
            prop_assert!((0.0..=1.0).contains(&there.score));
            prop_assert!((there.score - back.score).abs() < 1e-9);
        }
    }
}
