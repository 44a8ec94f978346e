//! What happened, out of the target column.

use wherewithal::sentence::Sentence;
use wherewithal::tabular::{ColumnKind, TableParams, WrittenColumn, described, shown};

use super::Options;
use crate::failure::Failure;
use crate::words::says;

/// Different numbers from which on a target looks like an amount.
const AMOUNTS: usize = 10;

/// Values that a message names at most.
const NAMED: usize = 10;

/// Rows whose outcome is known.
pub(super) struct Outcomes {
    pub(super) rows: Vec<usize>,
    /// Whether each of them has the event.
    pub(super) events: Vec<bool>,
    /// Which values mean what, and how many rows have them.
    pub(super) said: Sentence,
}

/// What a value of the target means.
#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Event,
    NoEvent,
    /// Blank, or declared to be neither.
    Open,
    Other,
}

/// The values of the target and what they mean.
struct Values<'a> {
    column: &'a WrittenColumn,
    event: &'a str,
    counts: Vec<u64>,
    meanings: Vec<Meaning>,
}

impl Outcomes {
    /// The outcomes in a column, of which one value is the event.
    pub(super) fn read(
        (column, event): (&WrittenColumn, &str),
        options: &Options,
        params: &TableParams,
    ) -> Result<Self, Failure> {
        let values = Values::read((column, event), options, params)?;
        let meaning = |code: &u32| values.meanings.get(*code as usize).copied().unwrap_or(Meaning::Open);
        let meanings = column.codes().iter().map(meaning).enumerate();
        let (rows, events) = meanings
            .filter(|(_, meaning)| *meaning != Meaning::Open)
            .map(|(row, meaning)| (row, meaning == Meaning::Event))
            .unzip();
        Ok(Self { rows, events, said: values.said() })
    }
}

impl<'a> Values<'a> {
    fn read(
        (column, event): (&'a WrittenColumn, &'a str),
        options: &Options,
        params: &TableParams,
    ) -> Result<Self, Failure> {
        let known = column.read(Some(ColumnKind::Category), params);
        let blank: Vec<&str> = known.missing.iter().map(|word| word.word.as_str()).collect();
        let meaning = |text: &String| {
            let any = |values: &[String]| values.iter().any(|value| same(text, value));
            if same(text, event) {
                Meaning::Event
            } else if any(&options.no_event) {
                Meaning::NoEvent
            } else if any(&options.indeterminate) || blank.contains(&text.as_str()) {
                Meaning::Open
            } else {
                Meaning::Other
            }
        };
        let meanings = column.texts().iter().map(meaning).collect();
        let mut values = Self { column, event, counts: column.counts(), meanings };
        values.settle(options)?;
        Ok(values)
    }

    /// Takes the one other value for the absence of the event, or refuses the target.
    fn settle(&mut self, options: &Options) -> Result<(), Failure> {
        let (target, event) = (self.column.name(), self.event);
        if !self.meanings.contains(&Meaning::Event) {
            let all = self.listed(|_| true);
            return Err(Failure::usage(says!(
                "--event {event}: no row of {target} has it; it holds {all}",
                event,
                target,
                all
            )));
        }
        if let Some(absent) = options.no_event.iter().find(|value| !self.column.texts().iter().any(|t| same(t, value)))
        {
            let all = self.listed(|_| true);
            return Err(Failure::usage(says!(
                "--no-event {absent}: no row of {target} has it; it holds {all}",
                absent,
                target,
                all
            )));
        }
        let others = self.meanings.iter().filter(|meaning| **meaning == Meaning::Other).count();
        let is_declared = !options.no_event.is_empty();
        if others == 1 && !is_declared {
            self.meanings.iter_mut().filter(|meaning| **meaning == Meaning::Other).for_each(|m| *m = Meaning::NoEvent);
        } else if others > AMOUNTS && self.are_numbers() {
            return Err(Failure::usage(says!(
                "{target} holds {others} different numbers beside {event}: a scorecard tells whether something \
                 happened, \
                 not how much; give --target-amount {target} instead, or add a column of yes and no (for instance \
                 {target} at or above a limit) and name it with \
                 --target",
                target,
                others,
                event
            )));
        } else if others > 0 {
            let listed = self.listed(|meaning| meaning == Meaning::Other);
            return Err(Failure::usage(says!(
                "{target} holds values that are neither the event {event} nor declared: {listed}; say which mean that \
                 it did not happen (--no-event V1,V2) and which say neither (--indeterminate V3)",
                target,
                event,
                listed
            )));
        }
        match self.meanings.contains(&Meaning::NoEvent) {
            true => Ok(()),
            false => Err(Failure::usage(says!("no row of {target} is without the event {event}", target, event))),
        }
    }

    fn are_numbers(&self) -> bool {
        let others = self.column.texts().iter().zip(&self.meanings).filter(|(_, meaning)| **meaning == Meaning::Other);
        others.map(|(text, _)| text).all(|text| text.replace(',', "").parse::<f64>().is_ok())
    }

    /// The values that mean so, the most frequent first, with their rows.
    fn listed(&self, is_so: impl Fn(Meaning) -> bool) -> Sentence {
        let all = self.column.texts().iter().zip(&self.counts).zip(&self.meanings);
        let mut those: Vec<(&String, u64)> =
            all.filter(|(_, meaning)| is_so(**meaning)).map(|((text, count), _)| (text, *count)).collect();
        those.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        // A value of a single row may be anybody's name.
        let word = |text: &str, count: u64| if count > 1 { shown(text) } else { described(text) };
        let named = those.iter().take(NAMED).map(|(text, count)| says!("{} × {count}", [word(text, *count)], count));
        let named = Sentence::list(named, ", ");
        match those.len().saturating_sub(NAMED) {
            0 => named,
            more => says!("{named} and {more} more values", named, more),
        }
    }

    fn said(&self) -> Sentence {
        let part = |meaning: Meaning| self.listed(|other| other == meaning);
        let open = part(Meaning::Open);
        let open = match open.is_empty() {
            true => open,
            false => says!("; neither: {open} (scored, not learnt from)", open),
        };
        says!("event: {}; no event: {}{open}", [part(Meaning::Event), part(Meaning::NoEvent)], open)
    }
}

/// Whether two values are the same text or the same number.
pub(super) fn same(text: &str, value: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    text == value || number(text).zip(number(value)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
}
