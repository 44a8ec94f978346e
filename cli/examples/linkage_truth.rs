//! Links simulated party records and holds the joins against the truth.
//!
//! ```text
//! cargo run --release --example linkage_truth -- --records 1000000
//! ```
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program prints, and may say how long it took")]

use std::time::Instant;

use clap::Parser;
use wherewithal::linkage::{LinkageParams, link};

#[path = "../../benches/parties/mod.rs"]
mod parties;

/// Precision and recall of the joins on simulated party records of many agencies.
#[derive(Debug, Parser)]
struct Args {
    /// How many records.
    #[arg(long, default_value_t = 20_000)]
    records: usize,
    /// The seed.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let (records, truth) = parties::records(args.records, args.seed);
    let begun = Instant::now();
    let map = link(&records, &LinkageParams::default(), &wherewithal_cli::Bar::default())?;
    let seconds = begun.elapsed().as_secs_f64();
    let (precision, recall, f1) = parties::agreement(map.parties(), &truth);
    println!("{} records are {} parties, {seconds:.1} s", map.counts().records, map.counts().parties);
    println!("precision {precision:.5}, recall {recall:.5}, F1 {f1:.5}");
    Ok(())
}
