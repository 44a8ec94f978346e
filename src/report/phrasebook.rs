//! Phrases of the pages in both languages, from `data/report/phrases.toml`.
//!
//! A test holds that each phrase has a Chinese and an English form and that each code of the schema that a
//! page may show has a phrase.

use std::collections::BTreeMap;

use crate::domain::{Label, Language};
use crate::error::{Error, Result};

const PHRASES: &str = include_str!("../../data/report/phrases.toml");

/// The phrases of the pages in one language, by section and key.
#[derive(Debug)]
pub(super) struct Phrasebook {
    words: BTreeMap<String, BTreeMap<String, String>>,
    language: Language,
}

impl Phrasebook {
    pub(super) fn new(language: Language) -> Result<Self> {
        let phrases: BTreeMap<String, BTreeMap<String, Label>> =
            toml::from_str(PHRASES).map_err(|error| Error::setting("phrases", error, "phrases"))?;
        let section = |section: BTreeMap<String, Label>| {
            section.into_iter().map(|(key, label)| (key, label.text(language).to_owned())).collect()
        };
        let words = phrases.into_iter().map(|(name, phrases)| (name, section(phrases))).collect();
        Ok(Self { words, language })
    }

    /// All phrases, for the templates.
    pub(super) fn words(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.words
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// One phrase; a code that has none stands for itself.
    pub(super) fn word(&self, section: &str, key: &str) -> String {
        let word = self.words.get(section).and_then(|section| section.get(key));
        word.cloned().unwrap_or_else(|| key.to_owned())
    }
}
