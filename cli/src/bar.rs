//! The progress bar.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use wherewithal::domain::Language;
use wherewithal::progress::Progress;

use crate::times::Times;
use crate::words::{called, word};

/// Draws the stages of long work on standard error, where that is a terminal.
pub struct Bar {
    drawn: Mutex<Option<ProgressBar>>,
    times: Times,
    language: Language,
}

impl Default for Bar {
    /// A bar in English.
    fn default() -> Self {
        Self::new(Language::En)
    }
}

impl std::fmt::Debug for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bar").finish_non_exhaustive()
    }
}

impl Bar {
    /// A bar in this language.
    pub fn new(language: Language) -> Self {
        Self { drawn: Mutex::default(), times: Times::default(), language }
    }

    /// A table of where the time went.
    pub fn times(&self) -> String {
        self.times.table(self.language)
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &str, total: Option<u64>, unit: &str) {
        self.times.begin(stage);
        let unit = word(unit, self.language);
        let template = match total {
            Some(_) => format!("{{msg:24}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}}"),
            None => format!("{{msg:24}} {{spinner}} {{human_pos}} {unit}  {{per_sec}}"),
        };
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(called(stage, self.language));
        if let Ok(mut current) = self.drawn.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, amount: u64) {
        if let Ok(current) = self.drawn.lock() {
            current.iter().for_each(|bar| bar.inc(amount));
        }
    }

    fn turn_to(&self, work: &str) {
        self.times.turn_to(std::thread::current().id(), work);
    }

    fn end(&self) {
        self.times.end();
        if let Ok(mut current) = self.drawn.lock() {
            current.take().iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}
