//! Assesses every debtor of a folder of exports.
//!
//! ```sh
//! cargo run --example assess -- --sources data/district --train --as-of 2018-06-30 --out out/district
//! cargo run --example assess -- --sources data/district --model out/district/model.json --as-of 2018-06-30 --out out/again
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use wherewithal::domain::{Day, Language, PseudonymKey};
use wherewithal::pipeline::{self, AssessParams, ModelSource, TrainParams};
use wherewithal::report;

/// Reads a folder of exports, scores every debtor with an open case, and writes scores, portraits and reports.
#[derive(Parser)]
struct Options {
    /// The folder of source files.
    #[arg(long)]
    sources: PathBuf,
    /// A mapping file (TOML) for exports whose columns are not the schema's.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// A model written by an earlier run.
    #[arg(long, conflicts_with = "train")]
    model: Option<PathBuf>,
    /// Train on the folder itself; what happens too when no model is given.
    #[arg(long)]
    train: bool,
    /// The day described, YYYY-MM-DD: nothing known later is used.
    #[arg(long)]
    as_of: Day,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
    /// A file with the secret behind the pseudonyms; without it a public one is used, which hides nothing.
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// Features added to the standard catalogue (TOML).
    #[arg(long)]
    features: Option<PathBuf>,
    /// A folder of legal parameters instead of the ones built in; data/capacity/README.md describes it.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Living costs that households must be left (CSV, as in data/capacity/README.md); without them wages count 0.
    #[arg(long)]
    living_costs: Option<PathBuf>,
    /// The language of the table: zh or en.
    #[arg(long, default_value = "en", value_parser = ["zh", "en"])]
    lang: String,
    /// Rows of the ranked table.
    #[arg(long, default_value_t = 15)]
    top: usize,
}

fn main() -> ExitCode {
    terminal::end(assess(&Options::parse()))
}

fn assess(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let secret = options.key_file.as_ref().map(read).transpose()?;
    let model = match &options.model {
        Some(path) => ModelSource::File(path.clone()),
        None => {
            let mut params = TrainParams::standard()?;
            if let Some(path) = &options.features {
                params.catalog = params.catalog.extend_from_toml(&String::from_utf8(read(path)?)?)?;
            }
            ModelSource::Train(Box::new(params))
        }
    };
    let params = AssessParams {
        sources: options.sources.clone(),
        mapping: options.mapping.clone(),
        as_of: options.as_of,
        out: options.out.clone(),
        model,
        key: PseudonymKey::from_secret(secret.as_deref().unwrap_or(b"public")),
        rules: options.rules.clone(),
        living_costs: options.living_costs.clone(),
    };
    let assessment = pipeline::assess(&params, &terminal::Bar::default())?;
    terminal::summary(&assessment);
    let language = if options.lang == "zh" { Language::Zh } else { Language::En };
    println!("\n{}", report::ranking(assessment.profiles.iter().take(options.top), language));
    if options.living_costs.is_none() {
        println!("no living costs were supplied (--living-costs): wages count 0 in the low and expected figures");
    }
    println!("written to {}", options.out.display());
    Ok(())
}
