//! Two cells in, a level out. A pair of records becomes one number: four bits a comparison.
//!
//! Level 0 is full agreement, each further level less, 15 a missing value. Two records have one pattern,
//! and there are few patterns: the model counts patterns and never looks at a pair of texts twice. Texts
//! are brought into the forms that are compared (folded, by sound, in pairs of letters) once for each
//! distinct value of a column.
#![allow(clippy::indexing_slicing, reason = "codes are places in the tables that made them")]

use rayon::prelude::*;

use super::day_form::day_form;
use super::name::{firm_tokens, folded, is_han};
use super::nulls::Nulls;
use super::params::{Comparison, ComparisonKind, KeyForm, LinkageParams};
use super::pronunciation::sound;
use super::records::{Canonical, CanonicalColumn, NONE, index_of, number};
use super::similarity::Letters;

/// The level of a comparison with a missing value.
pub(super) const MISSING: u8 = 15;

/// A column's distinct values in the forms that comparisons and blocks use.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) folded: Vec<String>,
    pub(super) sound: Vec<String>,
    /// Values that fold alike share a number; a value that folds to nothing is missing.
    pub(super) folded_code: Vec<u32>,
    sound_code: Vec<u32>,
    bigrams: Vec<Vec<u32>>,
    letters: Vec<Letters>,
    /// How many records carry each folded form, and how many carry any.
    frequency: Vec<u32>,
    pub(super) present: u32,
    /// How many records carry a value that stands for nothing.
    pub(super) nulls: u64,
}

impl Forms {
    /// The forms of a column's values; sounds and pairs of letters only where a comparison or a block asks for them.
    pub(super) fn new(column: &CanonicalColumn, params: &LinkageParams) -> Self {
        let compared_as = |kinds: &[ComparisonKind]| {
            params.comparisons.iter().any(|c| c.column == column.name && kinds.contains(&c.kind))
        };
        let keyed = params.blocking.iter().flat_map(|rule| &rule.keys);
        let sounds = keyed.filter(|key| key.column == column.name).any(|key| key.form == KeyForm::Sound);
        let is_name = compared_as(&[ComparisonKind::Name]);
        let nulls = Nulls::for_column(&column.name, params);
        // A value that stands for nothing folds to nothing.
        let form = |value: &String| match folded(value) {
            _ if nulls.is_no_number(value) => None,
            text if nulls.is_day() => day_form(&text).filter(|text| !nulls.contain(text)),
            text if nulls.is_compact() => Some(text.replace(' ', "")).filter(|text| !nulls.contain(text)),
            text if nulls.contain(&text) => None,
            text if is_name => Some(firm_tokens(&text).join(" ")),
            text => Some(text),
        };
        let formed: Vec<Option<String>> = column.values.par_iter().map(form).collect();
        let is_null = |code: &&u32| formed.get(index_of(**code)).is_some_and(Option::is_none);
        let nulls = u64::from(number(column.codes.iter().filter(is_null).count()));
        let folded: Vec<String> = formed.into_iter().map(Option::unwrap_or_default).collect();
        let of_each = |wanted: bool, form: fn(&str) -> String| -> Vec<String> {
            if wanted { folded.par_iter().map(|value| form(value)).collect() } else { Vec::new() }
        };
        let sound = of_each(sounds || is_name, sound);
        let bigrams = if compared_as(&[ComparisonKind::Address]) {
            folded.par_iter().map(|value| bigrams(value)).collect()
        } else {
            Vec::new()
        };
        let letters = folded.par_iter().map(|value| Letters::from_text(value)).collect();
        let folded_code = coded(&folded);
        let sound_code = coded(&sound);
        let mut frequency = vec![0u32; folded.len()];
        let mut present = 0;
        for code in column.codes.iter().filter(|code| **code != NONE) {
            if let Some(count) = frequency.get_mut(index_of(folded_code[index_of(*code)])) {
                *count += 1;
                present += 1;
            }
        }
        Self { folded, sound, folded_code, sound_code, bigrams, letters, frequency, present, nulls }
    }

    /// Whether a code has no value or one that says nothing.
    pub(super) fn is_nothing(&self, code: u32) -> bool {
        self.folded.get(index_of(code)).is_none_or(String::is_empty)
    }

    /// How many records carry the folded form numbered `folded`.
    pub(super) fn carriers(&self, folded: u32) -> u32 {
        self.frequency.get(index_of(folded)).copied().unwrap_or(0)
    }

    /// Makes every value whose folded form is among `forms` say nothing; both lists are in order.
    pub(super) fn leave_out(&mut self, forms: &[u32]) {
        for value in 0..self.folded.len() {
            if forms.binary_search(&self.folded_code[value]).is_ok() {
                self.folded[value].clear();
                self.folded_code[value] = NONE;
                self.sound.get_mut(value).into_iter().for_each(String::clear);
            }
        }
        self.present -= forms.iter().map(|form| self.carriers(*form)).sum::<u32>();
    }

    /// How many folded forms there are.
    pub(super) fn distinct(&self) -> u32 {
        number(self.frequency.iter().filter(|count| **count > 0).count())
    }

    /// The share of records with this value's folded form, the first `own` of them not counted.
    fn share(&self, code: u32, own: u32) -> f64 {
        let folded = self.folded_code.get(index_of(code)).copied().unwrap_or(NONE);
        f64::from(self.carriers(folded).saturating_sub(own)) / f64::from(self.present.max(1))
    }

    pub(super) fn form(&self, form: KeyForm) -> &[String] {
        match form {
            KeyForm::Folded => &self.folded,
            KeyForm::Sound => &self.sound,
        }
    }
}

/// A number for each form: the place of the first one that is equal to it.
fn coded(forms: &[String]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..forms.len()).collect();
    order.sort_by(|a, b| forms[*a].cmp(&forms[*b]));
    let mut codes = vec![NONE; forms.len()];
    let mut last = NONE;
    for (i, value) in order.iter().enumerate() {
        let new = i == 0 || forms[order[i - 1]] != forms[*value];
        last = if new { number(*value) } else { last };
        codes[*value] = if forms[*value].is_empty() { NONE } else { last };
    }
    codes
}

/// The pairs of neighbouring letters, sorted, for the overlap of addresses.
fn bigrams(folded: &str) -> Vec<u32> {
    let letters: Vec<char> = folded.chars().filter(|c| *c != ' ').collect();
    let mut pairs: Vec<u32> = letters.windows(2).map(|w| (w[0] as u32) << 16 ^ w[1] as u32).collect();
    pairs.sort_unstable();
    pairs
}

/// Every comparison of a model over the columns of the records.
#[derive(Debug)]
pub(super) struct Comparator<'a> {
    parts: Vec<Part<'a>>,
}

/// One comparison: a column, or two columns whose values may have changed places.
#[derive(Debug)]
struct Part<'a> {
    kind: ComparisonKind,
    codes: &'a [u32],
    forms: &'a Forms,
    swapped: Option<(&'a [u32], &'a Forms)>,
}

impl<'a> Comparator<'a> {
    pub(super) fn new(comparisons: &[Comparison], table: &'a Canonical, forms: &'a [Forms]) -> Self {
        let part = |comparison: &Comparison| {
            let column = table.position(&comparison.column)?;
            let other = comparison.swapped_with.as_ref().and_then(|name| table.position(name));
            let swapped = other.map(|other| (table.columns[other].codes.as_slice(), &forms[other]));
            let codes = table.columns[column].codes.as_slice();
            Some(Part { kind: comparison.kind, codes, forms: &forms[column], swapped })
        };
        Self { parts: comparisons.iter().filter_map(part).collect() }
    }

    /// The levels of all comparisons of two records, four bits each, the first comparison lowest.
    pub(super) fn pattern(&self, left: u32, right: u32) -> u64 {
        let levels = self.parts.iter().enumerate();
        levels.fold(0, |pattern, (i, part)| pattern | u64::from(part.level(index_of(left), index_of(right))) << (4 * i))
    }

    /// Whether both values of comparison `i` are written in Chinese.
    pub(super) fn are_both_han(&self, i: usize, left: u32, right: u32) -> bool {
        let part = &self.parts[i];
        let is_written = |row: u32| part.forms.folded[index_of(part.codes[index_of(row)])].starts_with(is_han);
        is_written(left) && is_written(right)
    }

    /// The share of records with the value on which two records agree in comparison `i`, the first `own` not counted.
    pub(super) fn shared_value(&self, i: usize, left: u32, own: u32) -> f64 {
        let part = &self.parts[i];
        part.forms.share(part.codes[index_of(left)], own)
    }
}

/// The level of comparison `i` in a pattern.
pub(super) const fn level_of(pattern: u64, i: usize) -> u8 {
    (pattern >> (4 * i) & 15) as u8
}

impl Part<'_> {
    fn level(&self, left: usize, right: usize) -> u8 {
        let (a, b) = (self.codes[left], self.codes[right]);
        if a == NONE || b == NONE {
            return MISSING;
        }
        let level = level(self.kind, self.forms, a, b);
        let last = u8::try_from(self.kind.levels().len() - 1).unwrap_or(1);
        match self.swapped {
            Some((others, forms)) if level == last => {
                let crossed = |mine: u32, other: u32| {
                    other != NONE && self.forms.folded[index_of(mine)] == forms.folded[index_of(other)]
                };
                if crossed(a, others[right]) || crossed(b, others[left]) { last } else { last + 1 }
            }
            _ => level,
        }
    }
}

fn level(kind: ComparisonKind, forms: &Forms, a: u32, b: u32) -> u8 {
    let (a, b) = (index_of(a), index_of(b));
    let (code_a, code_b) = (forms.folded_code[a], forms.folded_code[b]);
    if code_a == NONE || code_b == NONE {
        return MISSING;
    }
    if code_a == code_b {
        return 0;
    }
    let (x, y) = (forms.folded[a].as_str(), forms.folded[b].as_str());
    let (letters_x, letters_y) = (forms.letters[a], forms.letters[b]);
    let cannot_reach = |least: f64| letters_x.most_alike(letters_y) < least;
    let edits = letters_x.least_edits(letters_y);
    match kind {
        ComparisonKind::Exact => 1,
        ComparisonKind::Text if cannot_reach(0.8) => 3,
        ComparisonKind::Text => graded(strsim::jaro_winkler(x, y), 0.92, 0.8),
        ComparisonKind::Name if forms.sound_code[a] == forms.sound_code[b] => 1,
        ComparisonKind::Name if cannot_reach(0.9) && edits > 1 => 3,
        ComparisonKind::Name => {
            if close_names(x, y) {
                2
            } else {
                3
            }
        }
        ComparisonKind::Digits if edits > 2 => 3,
        ComparisonKind::Digits => slips(x, y),
        ComparisonKind::Day => days(x, y, edits),
        ComparisonKind::Address => graded(shared_pairs(&forms.bigrams[a], &forms.bigrams[b]), 0.8, 0.5),
    }
}

fn graded(similarity: f64, close: f64, similar: f64) -> u8 {
    if similarity >= close {
        1
    } else if similarity >= similar {
        2
    } else {
        3
    }
}

/// Chinese names of three characters or more that differ in one; other names by Jaro–Winkler.
fn close_names(x: &str, y: &str) -> bool {
    if x.starts_with(is_han) && y.starts_with(is_han) {
        let longer = x.chars().count().max(y.chars().count());
        return longer >= 3 && strsim::osa_distance(x, y) == 1;
    }
    strsim::jaro_winkler(x, y) >= 0.9
}

fn slips(x: &str, y: &str) -> u8 {
    if x.len().abs_diff(y.len()) > 2 {
        return 3;
    }
    let distance = strsim::osa_distance(x, y);
    match distance {
        0 | 1 => 1,
        2 if x.len().min(y.len()) >= 6 => 2,
        _ => 3,
    }
}

fn days(x: &str, y: &str, least_edits: u32) -> u8 {
    if least_edits <= 1 && strsim::osa_distance(x, y) <= 1 {
        return 1;
    }
    let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
    if same(x.get(..4), y.get(..4)) || same(x.get(4..), y.get(4..)) { 2 } else { 3 }
}

/// Dice's coefficient over pairs of characters, both lists in order.
fn shared_pairs(a: &[u32], b: &[u32]) -> f64 {
    let (mut i, mut j, mut both) = (0, 0, 0u32);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += u32::from(x == y);
        (i, j) = (i + usize::from(x <= y), j + usize::from(y <= x));
    }
    f64::from(2 * both) / f64::from(number(a.len() + b.len()).max(1))
}
