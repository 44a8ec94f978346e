//! Completion scripts for shells.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::command::Cli;
use crate::console::Console;
use crate::failure::Failure;

/// Prints the script by which a shell completes commands and options.
#[derive(Args)]
pub(crate) struct Options {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn print(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "wherewithal", &mut script);
    console.write(&String::from_utf8(script)?);
    Ok(())
}
