//! What a person reads of a command, and what a machine does.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, Write};

use serde::Serialize;
use wherewithal::domain::Language;
use wherewithal::sentence::Sentence;

use crate::failure::{Failure, in_one_line};
use crate::words::{masked, padded, says, spoken, told, word};
use crate::{DONE, FAILED};

/// Where a command says what it did.
pub(crate) struct Console<'a> {
    out: RefCell<&'a mut dyn Write>,
    err: RefCell<&'a mut dyn Write>,
    language: Cell<Language>,
    is_json: Cell<bool>,
    /// Why results could not be said; a reader who left is no reason.
    fault: RefCell<Option<io::Error>>,
}

impl<'a> Console<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self {
            out: RefCell::new(out),
            err: RefCell::new(err),
            language: Cell::new(Language::En),
            is_json: Cell::new(false),
            fault: RefCell::new(None),
        }
    }

    pub(crate) fn speak(&self, language: Language) {
        self.language.set(language);
    }

    /// Whether results are for machines.
    pub(crate) fn tell_machines(&self, is_json: bool) {
        self.is_json.set(is_json);
    }

    pub(crate) fn language(&self) -> Language {
        self.language.get()
    }

    /// The name of a kind, a reason, a stage or a unit in the language.
    pub(crate) fn word<'w>(&self, name: &'w str) -> &'w str {
        word(name, self.language())
    }

    /// A name or a short text in the language, filled with blanks to a width.
    pub(crate) fn padded(&self, name: &str, width: usize) -> String {
        padded(&told(self.word(name), self.language()), width)
    }

    /// Says a line of the result; its names are the same in every language.
    pub(crate) fn say(&self, line: &Sentence) {
        if self.is_json.get() {
            return self.warn(line);
        }
        self.write(&format!("{}\n", visible(&spoken(line, self.language()))));
    }

    /// Says a line that is no result: what should make one wary.
    pub(crate) fn warn(&self, line: &Sentence) {
        // Who does not read warnings misses them; there is no third place to say so.
        let _ = writeln!(self.err.borrow_mut(), "{}", visible(&spoken(line, self.language())));
    }

    /// Says why a command did not end well.
    pub(crate) fn error(&self, failure: &Failure) {
        // The last door: whatever a sentence repeats, it repeats no number of anybody.
        let (mark, colon) = match self.language() {
            Language::En => ("error: ", ": "),
            Language::Zh => ("错误：", "："),
        };
        // What other crates say may have several lines.
        let flat = |text: String| if text.contains('\n') { in_one_line(&text, ": ") } else { text };
        let message = failure.said().clone().with_names(&|text| masked(&flat(text)));
        let message = in_one_line(&spoken(&message, self.language()), colon);
        let _ = writeln!(self.err.borrow_mut(), "{mark}{}", visible(&message));
    }

    /// With `--json`, says the result to a machine, in one line.
    pub(crate) fn result(&self, result: &impl Serialize) -> Result<(), Failure> {
        if self.is_json.get() {
            self.write(&format!("{}\n", serde_json::to_string(result)?));
        }
        Ok(())
    }

    /// Writes a document as it is: help, a completion script.
    pub(crate) fn write(&self, text: &str) {
        let mut fault = self.fault.borrow_mut();
        if fault.is_none() {
            let mut out = self.out.borrow_mut();
            *fault = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
        }
    }

    /// The exit code, given the work's own.
    pub(crate) fn end(&self, code: u8) -> u8 {
        match self.fault.borrow().as_ref() {
            Some(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                let fault = Sentence::foreign(fault.to_string());
                self.warn(&says!("error: the result could not be written to standard output: {fault}", fault));
                if code == DONE { FAILED } else { code }
            }
            _ => code,
        }
    }
}

/// A text in which characters that steer a terminal are spelled out: what a file holds must not move the cursor.
fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let spelled = |c: char| if steers(c) { c.escape_default().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(spelled).collect())
}

/// Says a line of the result.
macro_rules! say {
    ($console:expr, $($words:tt)+) => { $console.say(&$crate::words::says!($($words)+)) };
}

/// Says a line that should make one wary.
macro_rules! caution {
    ($console:expr, $($words:tt)+) => { $console.warn(&$crate::words::says!($($words)+)) };
}

pub(crate) use {caution, say};

#[cfg(test)]
mod tests {
    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(super::visible("a\u{8}b\0\u{1b}[2J\tc\n"), "a\\u{8}b\\u{0}\\u{1b}[2J\tc\n");
        assert_eq!(super::visible("张某, 1"), "张某, 1");
    }
}
