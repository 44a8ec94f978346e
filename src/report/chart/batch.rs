//! Charts of all debtors: how many of each grade, and in which classes of property the money lies.

use minijinja::Value;

use super::frame::{BLUE, Caption, GREEN};
use super::{Bar, Bars};
use crate::error::Result;
use crate::profile::{Batch, Grade};
use crate::report::phrasebook::Phrasebook;
use crate::report::text::amount;

/// Debtors by grade.
pub(in super::super) fn grades(batch: &Batch, phrases: &Phrasebook) -> Result<Value> {
    let most = batch.grades.iter().map(|group| group.debtors).max().unwrap_or_default();
    let bars = batch.grades.iter().map(|group| {
        let letter = group.grade.map(Grade::letter);
        let label = letter.map_or_else(
            || phrases.word("grade", "none"),
            |letter| format!("{letter} {}", phrases.word("grade", letter)),
        );
        Bar::new((label, group.debtors.to_string()), BLUE, (0.0, group.debtors as f64))
    });
    let caption = Caption { id: "c-grades".to_owned(), title: phrases.word("batch", "grades") };
    Bars::new(bars, (0.0, most as f64)).drawn(&caption)
}

/// What is within reach, by class of property.
pub(in super::super) fn classes(batch: &Batch, phrases: &Phrasebook) -> Result<Value> {
    let most = batch.classes.iter().map(|group| group.available.fen()).max().unwrap_or_default();
    let bars = batch.classes.iter().map(|group| {
        let label = format!("{} ({})", phrases.word("class", group.class.code()), group.debtors);
        let text = amount(group.available, phrases.language());
        Bar::new((label, text), GREEN, (0.0, group.available.fen() as f64))
    });
    let caption = Caption { id: "c-classes".to_owned(), title: phrases.word("batch", "money") };
    Bars::new(bars, (0.0, most as f64)).drawn(&caption)
}
