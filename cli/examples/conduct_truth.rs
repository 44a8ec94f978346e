//! Holds the signals of conduct against the hidden truth of a simulated district.
//!
//! ```text
//! cargo run --example conduct_truth -- --cases 50000
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

use clap::Parser;
use wherewithal::conduct::ConductParams;
use wherewithal::progress::Progress;
use wherewithal::simulate::{SimulateParams, generate};

#[path = "truth/conduct.rs"]
mod truth;

/// Precision and recall of each signal of conduct on a simulated district.
///
/// `debtors` bear the signal; `precision` is the share of them who hide something; `shown` are debtors with a planted
/// act of that kind in a row known by their day; `recall` is the share of those who bear the signal; the last three
/// columns are about the strongest grade, `accused` being the share of all innocent debtors who bear it.
#[derive(Debug, Parser)]
struct Args {
    /// How many cases.
    #[arg(long, default_value_t = 2_000)]
    cases: u64,
    /// The seed.
    #[arg(long, default_value_t = 4)]
    seed: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let bar = wherewithal_cli::Bar::default();
    bar.begin("simulating and examining", None, "districts");
    let district = generate(&SimulateParams::default().cases(args.cases).seed(args.seed))?;
    let findings = truth::findings(&district, &ConductParams::default());
    bar.end();
    println!("{}", truth::table(&findings?));
    Ok(())
}
