//! Writes a simulated court district: source files as agencies deliver them, and the truth beside them.
//!
//! ```text
//! cargo run --example simulate -- --cases 2000 --seed 7 --format csv --out out/district
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use wherewithal::progress::Progress;
use wherewithal::simulate::{Format, Manifest, SimulateParams, write};

/// Make a court district whose debtors' true means and will are known.
#[derive(Debug, Parser)]
struct Args {
    /// How many enforcement cases.
    #[arg(long, default_value_t = 2_000)]
    cases: u64,
    /// The seed: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The form of the files.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    /// The folder to write to; made if absent, files in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// What to start from: the small district kept in data/, or a full search for property.
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

struct Bar(ProgressBar);

impl Progress for Bar {
    fn begin(&self, stage: &str, total: Option<u64>, unit: &str) {
        let line = format!("{stage} {{bar:30}} {{pos}}/{{len}} {unit} · {{per_sec}} · {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&line) {
            self.0.set_style(style);
        }
        self.0.set_length(total.unwrap_or_default());
    }

    fn advance(&self, amount: u64) {
        self.0.inc(amount);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn simulate(args: &Args) -> wherewithal::Result<Manifest> {
    let base = match args.preset {
        Preset::District => SimulateParams::district(),
        Preset::Full => SimulateParams::default(),
    };
    let evasion = args.evasion.unwrap_or(base.evasion_share);
    let banks = args.banks.unwrap_or(base.banks_asked);
    let again = base.banks_asked_again.min(banks);
    let params = base.cases(args.cases).seed(args.seed).evasion_share(evasion).banks_asked(banks, again);
    let format = match args.format {
        Form::Csv => Format::Csv,
        Form::Parquet => Format::Parquet,
    };
    write(&params, (&args.out, format), &Bar(ProgressBar::new(0)))
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to its user")]
fn main() -> ExitCode {
    let args = Args::parse();
    match simulate(&args) {
        Ok(manifest) => {
            for written in &manifest.files {
                println!("{:>12} rows  {}", written.rows, args.out.join(&written.file).display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
