//! What is wrong with a command line, in one sentence of our own: clap's repeat whatever was typed.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use wherewithal::sentence::Sentence;

use crate::console::Console;
use crate::failure::Failure;
use crate::help;
use crate::words::{says, shown};

/// Help and the version are asked for; anything else is wrong usage.
pub(crate) fn not_parsed(error: &clap::Error, console: &Console<'_>) -> Result<(), Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            console.write(&help::rendered(&error.render().to_string(), console.language()));
            Ok(())
        }
        _ => Err(Failure::usage(sentence(error))),
    }
}

fn sentence(error: &clap::Error) -> Sentence {
    let option = texts(error, ContextKind::InvalidArg).join(", ");
    let option = option.as_str();
    match error.kind() {
        ErrorKind::InvalidValue => invalid(error, option),
        ErrorKind::ValueValidation => {
            let value = texts(error, ContextKind::InvalidValue).concat();
            says!("{option}: found {}, {}", [shown(&value), expectation(error)], option)
        }
        ErrorKind::UnknownArgument => unknown(error, option),
        ErrorKind::InvalidSubcommand => {
            let value = texts(error, ContextKind::InvalidSubcommand).concat();
            match texts(error, ContextKind::SuggestedSubcommand).as_slice() {
                [] => says!("{} is no command; --help lists them", [shown(&value)]),
                near => says!("{} is no command; did you mean {}?", [shown(&value), near.join(", ")]),
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let mut valid = texts(error, ContextKind::ValidSubcommand);
            // Words of old work and are not advertised.
            valid.retain(|name| !name.contains('_'));
            says!("no command was given; the commands are {}", [valid.join(", ")])
        }
        ErrorKind::MissingRequiredArgument => says!("missing {option}; --help shows what it is", option),
        ErrorKind::ArgumentConflict => {
            let prior = texts(error, ContextKind::PriorArg).join(", ");
            match (prior.as_str(), prior == option) {
                ("", _) => says!("{option} does not go with the other options", option),
                (_, true) => says!("{option} is given more than once", option),
                (prior, false) => says!("{option} does not go with {prior}; leave one of them out", option, prior),
            }
        }
        ErrorKind::InvalidUtf8 => says!("an argument is no UTF-8 text"),
        _ => says!("{option}: not as --help says", option),
    }
}

fn invalid(error: &clap::Error, option: &str) -> Sentence {
    let (value, valid) = (texts(error, ContextKind::InvalidValue).concat(), texts(error, ContextKind::ValidValue));
    match (value.as_str(), valid.as_slice()) {
        ("", []) => says!("{option}: found no value, expected one", option),
        (value, []) => says!("{option}: found {}, expected what --help says", [shown(value)], option),
        (value, valid) => says!("{option}: found {}, expected one of {}", [shown(value), valid.join(", ")], option),
    }
}

fn unknown(error: &clap::Error, option: &str) -> Sentence {
    let near = texts(error, ContextKind::SuggestedArg).concat();
    match (option.starts_with('-'), near.as_str()) {
        (true, "") => says!("{} is no option here; --help lists them", [shown(option)]),
        (true, near) => says!("{} is no option here; did you mean {near}?", [shown(option)], near),
        // It may be anything, a number in clear too.
        (false, _) => says!("found {} where an option is expected; values follow their option", [shown(option)]),
    }
}

/// What a value should be, out of the reason why it is none.
fn expectation(error: &clap::Error) -> Sentence {
    let Some(reason) = error.source() else { return says!("expected what --help says") };
    if let Some(wherewithal::Error::Setting { expected, .. }) = reason.downcast_ref() {
        return says!("expected {expected}", expected);
    }
    let reason = reason.to_string();
    match reason.split_once(" is not in ") {
        Some((_, range)) => says!("expected a number in {range}", range),
        None if reason.starts_with("expected ") => Sentence::from(reason),
        None => says!("expected a number"),
    }
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
