//! What is wrong with a command line, in one sentence of our own: clap's repeat whatever was typed.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::console::Console;
use crate::failure::Failure;
use crate::help;
use crate::words::shown;

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

fn sentence(error: &clap::Error) -> String {
    let option = texts(error, ContextKind::InvalidArg).join(", ");
    let option = option.as_str();
    match error.kind() {
        ErrorKind::InvalidValue => invalid(error, option),
        ErrorKind::ValueValidation => {
            let value = texts(error, ContextKind::InvalidValue).concat();
            format!("{option}: found {}, {}", shown(&value), expectation(error))
        }
        ErrorKind::UnknownArgument => unknown(error, option),
        ErrorKind::InvalidSubcommand => {
            let value = texts(error, ContextKind::InvalidSubcommand).concat();
            match texts(error, ContextKind::SuggestedSubcommand).as_slice() {
                [] => format!("{} is no command; --help lists them", shown(&value)),
                near => format!("{} is no command; did you mean {}?", shown(&value), near.join(", ")),
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let mut valid = texts(error, ContextKind::ValidSubcommand);
            // Words of old work and are not advertised.
            valid.retain(|name| !name.contains('_'));
            format!("no command was given; the commands are {}", valid.join(", "))
        }
        ErrorKind::MissingRequiredArgument => format!("missing {option}; --help shows what it is"),
        ErrorKind::ArgumentConflict => {
            let prior = texts(error, ContextKind::PriorArg).join(", ");
            match (prior.as_str(), prior == option) {
                ("", _) => format!("{option} does not go with the other options"),
                (_, true) => format!("{option} is given more than once"),
                (prior, false) => format!("{option} does not go with {prior}; leave one of them out"),
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is no UTF-8 text".to_owned(),
        _ => format!("{option}: not as --help says"),
    }
}

fn invalid(error: &clap::Error, option: &str) -> String {
    let (value, valid) = (texts(error, ContextKind::InvalidValue).concat(), texts(error, ContextKind::ValidValue));
    match (value.as_str(), valid.as_slice()) {
        ("", []) => format!("{option}: found no value, expected one"),
        (value, []) => format!("{option}: found {}, expected what --help says", shown(value)),
        (value, valid) => format!("{option}: found {}, expected one of {}", shown(value), valid.join(", ")),
    }
}

fn unknown(error: &clap::Error, option: &str) -> String {
    let near = texts(error, ContextKind::SuggestedArg).concat();
    match (option.starts_with('-'), near.as_str()) {
        (true, "") => format!("{} is no option here; --help lists them", shown(option)),
        (true, near) => format!("{} is no option here; did you mean {near}?", shown(option)),
        // It may be anything, a number in clear too.
        (false, _) => format!("found {} where an option is expected; values follow their option", shown(option)),
    }
}

/// What a value should be, out of the reason why it is none.
fn expectation(error: &clap::Error) -> String {
    let Some(reason) = error.source() else { return "expected what --help says".to_owned() };
    if let Some(wherewithal::Error::Setting { expected, .. }) = reason.downcast_ref() {
        return format!("expected {expected}");
    }
    let reason = reason.to_string();
    match reason.split_once(" is not in ") {
        Some((_, range)) => format!("expected a number in {range}"),
        None if reason.starts_with("expected ") => reason,
        None => "expected a number".to_owned(),
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
