//! Writes a simulated court district: source files as agencies deliver them, and the truth beside them.
//!
//! ```text
//! cargo run --example simulate -- --cases 2000 --seed 7 --format csv --out out/district
//! cargo run --release --example simulate -- --preset jiangsu-2017 --scale 0.1 --format parquet --out out/tenth
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
    /// How many enforcement cases; where queries are counted, their number follows.
    #[arg(long, conflicts_with = "scale")]
    cases: Option<u64>,
    /// So many times the cases, and the counted queries, of the preset.
    #[arg(long)]
    scale: Option<f64>,
    /// The seed: the same seed gives the same bytes.
    #[arg(long)]
    seed: Option<u64>,
    /// The form of the files.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// The folder to write to; made if absent, files of the same name in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// What to start from: a full search for property, the small district kept in data/ (fewer banks, thin flows), or a
    /// province's year with as many cases and queries as were published.
    #[arg(long, value_enum, default_value_t = Preset::Full)]
    preset: Preset,
    /// The share of debtors with property who hide part of it, 0 to 1.
    #[arg(long)]
    evasion: Option<f64>,
    /// How many banks are asked at filing; of no effect where queries are counted.
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
    #[value(name = "jiangsu-2017")]
    Jiangsu2017,
}

impl Args {
    fn params(&self) -> SimulateParams {
        let base = match self.preset {
            Preset::District => SimulateParams::district(),
            Preset::Full => SimulateParams::default(),
            Preset::Jiangsu2017 => SimulateParams::jiangsu_2017(),
        };
        let times = self.scale.or_else(|| self.cases.map(|cases| cases as f64 / base.cases as f64));
        let base = base.scaled(times.unwrap_or(1.0));
        let banks = self.banks.unwrap_or(base.banks_asked);
        let again = base.banks_asked_again.min(banks);
        let (seed, evasion) = (self.seed.unwrap_or(base.seed), self.evasion.unwrap_or(base.evasion_share));
        base.seed(seed).evasion_share(evasion).banks_asked(banks, again)
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
