//! Writes a simulated court district: source files as agencies deliver them, and the truth beside them.
//!
//! ```text
//! cargo run --example simulate -- --cases 2000 --seed 7 --format csv --out out/district
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use wherewithal::simulate::{Format, SimulateParams, write};

mod terminal;

/// Make a court district whose debtors' true means and will are known.
#[derive(Debug, Parser)]
struct Args {
    /// How many enforcement cases.
    #[arg(long)]
    cases: Option<u64>,
    /// The seed: the same seed gives the same bytes.
    #[arg(long)]
    seed: Option<u64>,
    /// The form of the files.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// The folder to write to; made if absent, files of the same name in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// What to start from: a full search for property, or the small district kept in data/ (fewer banks, thin flows).
    #[arg(long, value_enum, default_value_t = Preset::Full)]
    preset: Preset,
    /// The share of debtors with property who hide part of it, 0 to 1.
    #[arg(long)]
    evasion: Option<f64>,
    /// How many banks are asked at filing.
    #[arg(long)]
    banks: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Csv,
    Parquet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preset {
    District,
    Full,
}

impl Args {
    fn params(&self) -> SimulateParams {
        let base = match self.preset {
            Preset::District => SimulateParams::district(),
            Preset::Full => SimulateParams::default(),
        };
        let banks = self.banks.unwrap_or(base.banks_asked);
        let again = base.banks_asked_again.min(banks);
        let (cases, seed) = (self.cases.unwrap_or(base.cases), self.seed.unwrap_or(base.seed));
        let evasion = self.evasion.unwrap_or(base.evasion_share);
        base.cases(cases).seed(seed).evasion_share(evasion).banks_asked(banks, again)
    }
}

#[allow(clippy::print_stdout, reason = "a program speaks to its user")]
fn simulate(args: &Args) -> Result<(), Box<dyn Error>> {
    let format = match args.format {
        Form::Csv => Format::Csv,
        Form::Parquet => Format::Parquet,
    };
    let manifest = write(&args.params(), (&args.out, format), &terminal::Bar::default())?;
    for written in &manifest.files {
        println!("{:>12} rows  {}", written.rows, args.out.join(&written.file).display());
    }
    Ok(())
}

fn main() -> ExitCode {
    terminal::end(simulate(&Args::parse()))
}
