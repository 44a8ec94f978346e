//! How another crate uses this one: train, save, load and score, with public names only.
//!
//! ```sh
//! cargo run --example embed -- data/district 2018-06-30
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{PerformanceModel, ScoringParams, TrainParams};
use wherewithal::progress::Silent;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, day] = arguments.as_slice() else { return Err("usage: embed FOLDER YYYY-MM-DD".into()) };
    let (as_of, out) = (Day::parse(day)?, std::env::temp_dir().join("wherewithal-embed"));

    let sources = Sources::new(folder, PseudonymKey::from_secret(b"a secret of your own"));
    let (tables, report) = ingest::read(&sources, &ReadParams::new(&out), &Silent)?;
    let (model, training) = TrainParams::standard()?.train(&tables, as_of, &Silent)?;
    std::fs::create_dir_all(&out)?;
    std::fs::write(out.join("model.json"), model.to_json()?)?;
    let model = PerformanceModel::from_json(&std::fs::read_to_string(out.join("model.json"))?)?;
    let scored = model.score(&tables, &ScoringParams::new(as_of), &Silent)?;
    let (rows, columns) = scored.scores.shape();

    println!("{} files read, {} samples learnt from", report.files.len(), training.samples);
    println!("{rows} debtors scored in {columns} columns; {} portraits", scored.profiles.len());
    Ok(())
}
