//! The program `wherewithal`, as a library: whoever embeds it (the Python package does) calls [`run`] and has the same
//! program.
//!
//! Results go to the first writer, warnings and errors to the second, in Chinese or in English. With `--json` the first
//! writer gets one JSON document and the sentences go to the second. A reader who closes the first writer early stops
//! nothing: the work is finished, in silence.
#![allow(clippy::disallowed_methods, reason = "a program may say how long it took")]

mod bar;
mod command;
mod commands;
mod console;
mod failure;
mod files;
mod help;
mod intake;
mod key;
mod language;
mod path_points;
mod reading;
mod repeated;
mod times;
mod usage;
mod words;

use std::ffi::OsString;
use std::io::Write;

use clap::FromArgMatches;

pub use bar::Bar;
use command::Cli;
use console::Console;

/// The work was done.
pub const DONE: u8 = 0;
/// The command is right and the work failed, or not all of it could be done; the message says why.
pub const FAILED: u8 = 1;
/// The command is wrong; the message says what it should be.
pub const WRONG_USAGE: u8 = 2;

/// Runs the program with these arguments, its own name first, and returns its exit code: [`DONE`], [`FAILED`] or
/// [`WRONG_USAGE`].
///
/// ```
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let code = wherewithal_cli::run(["wherewithal", "--lang", "en", "--version"], &mut out, &mut err);
/// assert_eq!((code, err.len()), (wherewithal_cli::DONE, 0));
/// assert!(out.starts_with(b"wherewithal "));
/// ```
pub fn run<A: Into<OsString> + Clone>(
    arguments: impl IntoIterator<Item = A>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let console = Console::new(out, err);
    let language = language::of_the_arguments(&arguments).unwrap_or_else(language::of_the_system);
    console.speak(language);
    let parsed = help::command(language).try_get_matches_from(arguments);
    let outcome = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => {
            console.tell_machines(cli.json());
            cli.work(&console)
        }
        Err(error) => usage::not_parsed(&error, &console),
    };
    let code = match outcome {
        Ok(()) => DONE,
        Err(failure) => {
            console.error(&failure);
            failure.code()
        }
    };
    console.end(code)
}
