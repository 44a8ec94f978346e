//! Completion scripts for shells.

use clap::Args;
use clap_complete::Shell;

use crate::console::Console;
use crate::failure::Failure;
use crate::help;

/// Prints the script by which a shell completes commands and options.
#[derive(Args)]
pub(crate) struct Options {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn print(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut help::command(console.language()), "wherewithal", &mut script);
    console.write(&String::from_utf8(script)?);
    Ok(())
}
