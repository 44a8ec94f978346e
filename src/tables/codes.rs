//! Texts as integer codes. Equal texts have equal codes, and codes sort in the order of the texts.
//!
//! A table of a hundred million rows with four different words needs four words and a hundred million small
//! numbers; comparing a row with a word is comparing two numbers.

use std::ops::Range;
use std::sync::Arc;

/// A column of texts, each stored as its index in the sorted list of different texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// One a row; [`Codes::NONE`] where there is no text.
    codes: Vec<u32>,
    /// Sorted, so that indices compare as texts do.
    texts: Arc<[String]>,
}

impl Codes {
    /// No text.
    pub const NONE: u32 = u32::MAX;

    /// One number a row, the place of its text among different ones, or [`Codes::NONE`]; a number beyond them is none
    /// too. The texts need not be sorted and then are.
    ///
    /// ```
    /// use wherewithal::tables::Codes;
    ///
    /// let codes = Codes::new(vec![0, 1, Codes::NONE], vec!["out".to_owned(), "in".to_owned()]);
    /// assert_eq!(codes.texts(), ["in", "out"]);
    /// assert_eq!([codes.at(0), codes.at(1), codes.at(2)], [Some(1), Some(0), None]);
    /// ```
    pub fn new(mut codes: Vec<u32>, mut texts: Vec<String>) -> Self {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_unstable_by_key(|code| texts.get(*code).map(String::as_str));
        let mut ranks = vec![Self::NONE; texts.len()];
        for (rank, code) in (0..).zip(&order) {
            ranks.get_mut(*code).into_iter().for_each(|slot| *slot = rank);
        }
        if !order.is_sorted() {
            for code in &mut codes {
                *code = ranks.get(*code as usize).copied().unwrap_or(Self::NONE);
            }
        }
        texts.sort_unstable();
        Self { codes, texts: texts.into() }
    }

    /// The different texts, sorted.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The index of a row's text in [`Codes::texts`]; `None` without a text or beyond the last row.
    pub fn at(&self, row: usize) -> Option<usize> {
        self.codes.get(row).map(|code| *code as usize).filter(|code| *code < self.texts.len())
    }

    /// A row's text.
    ///
    /// `None` where the row has no text, and beyond the last row.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts.get(*self.codes.get(row)? as usize).map(String::as_str)
    }

    /// The index of each text of some rows, as [`Codes::at`]; empty when the range goes beyond the
    /// last row.
    pub fn range(&self, rows: Range<usize>) -> impl Iterator<Item = Option<usize>> + '_ {
        let codes = self.codes.get(rows).unwrap_or_default().iter();
        codes.map(|code| Some(*code as usize).filter(|code| *code < self.texts.len()))
    }

    /// The codes of some rows, among the same texts.
    pub(crate) fn taken(&self, rows: impl Iterator<Item = usize>) -> Self {
        let codes = rows.map(|row| self.codes.get(row).copied().unwrap_or(Self::NONE)).collect();
        Self { codes, texts: self.texts.clone() }
    }
}
