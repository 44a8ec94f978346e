//! The table of messages.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::template::{Found, Template, standard};

/// The file, by its sections.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Sentences of the program and of the library, with the holes that the source has.
    message: BTreeMap<String, String>,
    /// Paragraphs of help.
    help: BTreeMap<String, String>,
    /// Sentences of other crates and of the system, and such as are put together.
    foreign: BTreeMap<String, String>,
    /// Templates of what is found in files.
    finding: HashMap<String, String>,
    /// Names that a sentence holds: kinds, reasons, stages, units.
    word: HashMap<String, String>,
}

/// English sentences and the same in Chinese.
pub(super) struct Table {
    /// By how they stand in the source, their holes without the way they are shown.
    templates: HashMap<String, String>,
    whole: HashMap<String, String>,
    /// The heaviest first: what a template tells itself is surer than what stands in its holes.
    with_holes: Vec<(Template, Template)>,
    words: HashMap<String, String>,
}

/// Longer texts are no sentences.
const LONGEST: usize = 4_000;
/// The hole of what was found.
const FOUND: &str = "found";
/// Sentences within sentences.
const DEEPEST: usize = 6;

impl Table {
    /// The bundled table; a test holds that it can be read and is complete.
    pub(super) fn zh() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            toml::from_str(include_str!("../../../data/messages/zh.toml"))
                .map(Self::new)
                .unwrap_or_else(|_| Self::empty())
        })
    }

    fn empty() -> Self {
        Self { templates: HashMap::new(), whole: HashMap::new(), with_holes: Vec::new(), words: HashMap::new() }
    }

    fn new(file: File) -> Self {
        let mut table = Self::empty();
        let all = || file.message.iter().chain(&file.foreign).chain(&file.help);
        // Parts first, so that what the table says of the same text itself holds.
        for (english, chinese) in all() {
            // What is joined to others is also met alone.
            if let Some(alone) = english.strip_prefix([';', ',']) {
                table.add(alone, chinese.trim_start_matches(['；', '，']));
            }
            // And what is expected is met without the word.
            if let Some(alone) = english.strip_prefix("expected ") {
                table.add(alone, chinese.trim_start_matches("应为"));
            }
        }
        all().for_each(|(english, chinese)| table.add(english, chinese));
        let templates = all().map(|(english, chinese)| (english.clone(), chinese.clone())).chain(file.finding);
        let templates = templates.chain(file.word.clone());
        table.templates =
            templates.map(|(english, chinese)| (standard(english.trim()), chinese.trim().to_owned())).collect();
        table.words = file.word;
        table.with_holes.sort_by_cached_key(|(template, _)| (usize::MAX - template.weight(), template.plain()));
        table
    }

    fn add(&mut self, english: &str, chinese: &str) {
        let template = Template::parse(english);
        if template.has_holes() && template.weight() == 0 {
            // It would fit everything.
        } else if template.has_holes() {
            self.with_holes.push((template, Template::parse(chinese)));
        } else {
            self.whole.insert(template.plain(), chinese.to_owned());
        }
    }

    /// A name in Chinese, or as it is.
    pub(super) fn word<'w>(&'w self, word: &'w str) -> &'w str {
        self.words.get(word).map_or(word, String::as_str)
    }

    /// A template of ours or a word, with the same holes.
    pub(super) fn template(&self, text: &str) -> Option<String> {
        self.words.get(text).cloned().or_else(|| around(text, |text| self.templates.get(&standard(text)).cloned()))
    }

    /// A sentence that is finished.
    pub(super) fn finished(&self, text: &str) -> Option<String> {
        around(text, |text| self.told(text, DEEPEST))
    }

    /// A sentence of another crate or of the system, all of it.
    pub(super) fn foreign(&self, text: &str) -> Option<String> {
        self.finished(text).filter(|told| !has_english(told))
    }

    /// A line in Chinese; what is not known of it stays as it is.
    pub(super) fn line(&self, line: &str) -> String {
        self.finished(line).unwrap_or_else(|| line.to_owned())
    }

    fn told(&self, text: &str, depth: usize) -> Option<String> {
        if depth == 0 || text.len() > LONGEST || !text.contains(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        if let Some(told) = self.whole.get(text) {
            return Some(told.clone());
        }
        let inner = |found: &Found<'_>| {
            let told = if found.is_name { None } else { self.inner(found.text, depth - 1) };
            told.unwrap_or_else(|| if found.hole == FOUND { quoted(found.text) } else { found.text.to_owned() })
        };
        let fits = self.with_holes.iter().find_map(|(english, told)| Some((english.read(text)?, told)));
        if let Some((found, told)) = fits {
            return Some(told.filled(|hole| found.iter().find(|found| found.hole == hole).map(inner)));
        }
        self.put_together(text, depth)
    }

    /// What stands in a hole; a place ends with a colon.
    fn inner(&self, text: &str, depth: usize) -> Option<String> {
        // What stands between quotes is a name or a value, whatever it says.
        if text.trim().starts_with('"') && text.trim().ends_with('"') {
            return None;
        }
        match text.trim().strip_suffix(':') {
            Some(place) => self.told(place, depth).map(|place| place + "："),
            None => self.told(text.trim(), depth),
        }
    }

    /// A text of several, of which at least one is known.
    fn put_together(&self, text: &str, depth: usize) -> Option<String> {
        [("; ", "；"), (": ", "："), (", ", "，")].into_iter().find_map(|(mark, told)| {
            let parts: Vec<&str> = text.split(mark).collect();
            let known: Vec<Option<String>> = parts.iter().map(|part| self.told(part.trim(), depth - 1)).collect();
            let is_known = parts.len() > 1 && known.iter().any(Option::is_some);
            let parts = parts.iter().zip(known).map(|(part, known)| known.unwrap_or_else(|| (*part).to_owned()));
            is_known.then(|| parts.collect::<Vec<_>>().join(told))
        })
    }
}

/// A text told, with the blanks around it as they are.
fn around(text: &str, told: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let told = told(text.trim())?;
    let (before, _) = text.split_at(text.len() - text.trim_start().len());
    let after = text.get(text.trim_end().len()..).unwrap_or_default();
    // Marks of full width need no blank beside them.
    let before = if told.starts_with('（') { before.trim_end_matches(' ') } else { before };
    let after = if told.ends_with('：') { after.trim_start_matches(' ') } else { after };
    Some(format!("{before}{told}{after}"))
}

/// Whether two English words stand side by side.
fn has_english(text: &str) -> bool {
    let is_word = |word: &&str| word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase());
    text.split(' ').collect::<Vec<_>>().windows(2).any(|pair| pair.iter().all(is_word))
}

/// What was found, between quotes, so that it does not run into the words around it; figures and Chinese stay.
fn quoted(text: &str) -> String {
    let is_name = text.contains(|c: char| c.is_ascii_alphabetic()) && !text.contains(['"', '“', '`', '[', ' ']);
    if is_name { format!("“{text}”") } else { text.to_owned() }
}
