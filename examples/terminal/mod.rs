//! What the examples share: a progress bar, and a readable end on bad input.

use std::process::ExitCode;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use wherewithal::progress::Progress;

/// Draws the stages of long work on standard error.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
    fn begin(&self, stage: &str, total: Option<u64>, unit: &str) {
        let template = match total {
            Some(_) => format!("{{msg:24}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}}"),
            None => format!("{{msg:24}} {{spinner}} {{human_pos}} {unit}  {{per_sec}}"),
        };
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(stage.to_owned());
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, amount: u64) {
        if let Ok(current) = self.0.lock() {
            current.iter().for_each(|bar| bar.inc(amount));
        }
    }

    fn end(&self) {
        if let Ok(mut current) = self.0.lock() {
            current.take().iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}

/// Ends a program: quietly when all went well, with the reason and its causes when not.
pub fn end(outcome: Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
    ExitCode::from(2)
}
