//! Assesses every debtor of a folder of exports.
//!
//! ```sh
//! cargo run --example assess -- --sources data/district --train --as-of 2018-06-30 --out out/district
//! cargo run --example assess -- --sources data/district --model out/district/model.json --as-of 2018-06-30 --out out/again
//! # A province: fill a store once, add each night's answers, assess everybody or those about whom there is news.
//! cargo run --release --example assess -- --sources year --store store --model model.json --as-of 2017-12-31 --out out/year
//! cargo run --release --example assess -- --sources night --store store --model model.json --as-of 2018-01-01 --since 48h --out out/night
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

use terminal::province::Province;

/// Many threads that ask for much memory for a short time wait for each other with most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads a folder of exports, scores every debtor with an open case, and writes scores, portraits and reports.
#[derive(Parser)]
struct Options {
    /// The folder of source files.
    #[arg(long, required_unless_present = "store")]
    sources: Option<PathBuf>,
    /// A mapping file (TOML) for exports whose columns are not the schema's.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// A model written by an earlier run.
    #[arg(long, conflicts_with = "train")]
    model: Option<PathBuf>,
    /// Train on the folder itself; what happens too when no model is given.
    #[arg(long, conflicts_with = "store")]
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
    /// A store: the sources are added to it, and it is assessed bucket by bucket instead of the folder.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Buckets of what is added to the store, a power of two; by default as many as its rows ask for.
    #[arg(long, requires = "store")]
    buckets: Option<u32>,
    /// Of a store, assess only debtors about whom something became known in this span up to the day, as 48h or 2d.
    #[arg(long, requires = "store", value_parser = days)]
    since: Option<i32>,
    /// Of a store, list the cases closed without result that are due to be looked at again, and whose means came back.
    #[arg(long, requires = "store")]
    watch: bool,
    /// Of a store, write every feature of the standard catalogue beside the scores.
    #[arg(long, requires = "store")]
    dump_features: bool,
    /// Buckets of a store in flight.
    #[arg(long, default_value_t = 2, requires = "store")]
    threads: usize,
    /// Of a store, portray this many debtors, the likeliest to perform.
    #[arg(long, default_value_t = 0, requires = "store")]
    profiles: usize,
    /// Of a store, portray this debtor too, by the pseudonym in hexadecimal; may be given often.
    #[arg(long, requires = "store", value_parser = pseudonym)]
    profile: Vec<i64>,
}

/// A debtor as portraits name him.
fn pseudonym(text: &str) -> Result<i64, String> {
    let expected = || format!("found {text}, expected a pseudonym of sixteen hexadecimal digits, as portraits show it");
    u64::from_str_radix(text, 16).map(u64::cast_signed).map_err(|_| expected())
}

/// A span of whole days: 48h or 2d.
fn days(text: &str) -> Result<i32, String> {
    let expected = || format!("found {text}, expected a span of whole days as 48h or 2d");
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(expected)?;
    let number: i32 = digits.parse().map_err(|_| expected())?;
    match unit {
        "d" if number > 0 => Ok(number),
        "h" if number > 0 && number % 24 == 0 => Ok(number / 24),
        _ => Err(expected()),
    }
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
    let key = PseudonymKey::from_secret(secret.as_deref().unwrap_or(b"public"));
    let language = if options.lang == "zh" { Language::Zh } else { Language::En };
    if let Some(store) = &options.store {
        return province(options, store, key)?.assess(language);
    }
    let Some(sources) = options.sources.clone() else { return Err("no --sources".into()) };
    let params = AssessParams {
        sources,
        mapping: options.mapping.clone(),
        as_of: options.as_of,
        out: options.out.clone(),
        model,
        key,
        rules: options.rules.clone(),
        living_costs: options.living_costs.clone(),
    };
    let assessment = pipeline::assess(&params, &terminal::Bar::default())?;
    terminal::summary(&assessment);
    println!("\n{}", report::ranking(assessment.profiles.iter().take(options.top), language));
    if options.living_costs.is_none() {
        println!("no living costs were supplied (--living-costs): wages count 0 in the low and expected figures");
    }
    println!("written to {}", options.out.display());
    Ok(())
}

fn province(
    options: &Options,
    store: &std::path::Path,
    key: PseudonymKey,
) -> Result<Province, Box<dyn std::error::Error>> {
    Ok(Province {
        store: store.to_path_buf(),
        sources: options.sources.clone().map(|folder| (folder, options.mapping.clone())),
        key,
        rules: options.rules.clone(),
        living_costs: options.living_costs.clone(),
        buckets: options.buckets,
        model: options.model.clone().map(ModelSource::File),
        as_of: options.as_of,
        // The day itself is the last of the span.
        since: options.since.map(|days| options.as_of.plus_days(1 - days)),
        watch: options.watch,
        dump: options.dump_features,
        out: options.out.clone(),
        threads: options.threads,
        profiles: options.profiles,
        portrayed: options.profile.clone(),
    })
}
