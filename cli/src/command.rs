//! The command line.

use clap::{Args, Parser, Subcommand};
use wherewithal::domain::Language;

use crate::commands::{
    assess, capacity, centre, completion, fit, inspect, link, monitor, portrait, score_table, screen, simulate, store,
};
use crate::console::Console;
use crate::failure::Failure;
use crate::language;

/// Can this judgment debtor pay, how much, how do we know, and what should the judge consider next?
#[derive(Parser)]
#[command(name = "wherewithal", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    command: Command,
}

// No doc comment: it would become the program's own.
#[derive(Args)]
struct Everywhere {
    /// The language: zh or en; by default that of the locale.
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language::parse)]
    lang: Option<Language>,
    /// Print the result as one JSON document; sentences go to standard error.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Options),
    Assess(Box<assess::Options>),
    Portrait(portrait::Options),
    Capacity(capacity::Options),
    #[command(alias = "fit_scorecard")]
    Fit(Box<fit::Options>),
    #[command(alias = "score_table")]
    ScoreTable(score_table::Options),
    Link(link::Options),
    Screen(screen::Options),
    Store(store::Options),
    Centre(centre::Options),
    Monitor(monitor::Options),
    Simulate(simulate::Options),
    Completion(completion::Options),
}

impl Cli {
    pub(crate) fn json(&self) -> bool {
        self.everywhere.json
    }

    /// Does the work.
    pub(crate) fn work(&self, console: &Console<'_>) -> Result<(), Failure> {
        match &self.command {
            Command::Inspect(options) => inspect::look(options, console),
            Command::Assess(options) => assess::assess(options, console),
            Command::Portrait(options) => portrait::portray(options, console),
            Command::Capacity(options) => capacity::state(options, console),
            Command::Fit(options) => fit::fit(options, console),
            Command::ScoreTable(options) => score_table::score(options, console),
            Command::Link(options) => link::join(options, console),
            Command::Screen(options) => screen::answer_all(options, console),
            Command::Store(options) => store::look_after(options, console),
            Command::Centre(options) => centre::show(options, console),
            Command::Monitor(options) => monitor::watch(options, console),
            Command::Simulate(options) => simulate::simulate(options, console),
            Command::Completion(options) => completion::print(options, console),
        }
    }
}
