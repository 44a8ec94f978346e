//! Assesses every debtor of a folder of exports.
//!
//! ```sh
//! cargo run --example assess -- --sources data/district --train --as-of 2018-06-30 --out out/district
//! cargo run --example assess -- --sources data/district --model out/district/model.json --as-of 2018-06-30 --out out/again
//! # A province: fill a store once, add each night's answers, assess everybody or those about whom there is news. The store
//! of any run (here out/district/store) can be named again.
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
use wherewithal::features::FeatureCatalog;
use wherewithal::ingest::{Mapping, Sources};
use wherewithal::pipeline::{self, AssessParams, ModelSource, TrainParams};
use wherewithal::report;
use wherewithal::store::StoreParams;

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
    #[arg(long, requires = "sources")]
    mapping: Option<PathBuf>,
    /// A model written by an earlier run.
    #[arg(long, conflicts_with = "train")]
    model: Option<PathBuf>,
    /// Train on what the store holds; what happens too when neither a model nor a store is given.
    #[arg(long, conflicts_with = "model")]
    train: bool,
    /// Learn from about so many samples, those of parties drawn by hash, instead of all.
    #[arg(long, requires = "train")]
    samples: Option<usize>,
    /// The day described, YYYY-MM-DD: nothing known later is used.
    #[arg(long)]
    as_of: Day,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
    /// A file with the secret behind the pseudonyms; without it a public one is used, which hides nothing.
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// Features added to the standard catalogue (TOML), to train with.
    #[arg(long, conflicts_with = "model")]
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
    /// A store to which the sources are added as a part; without it OUT/store is filled anew.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Buckets of what is added to the store, a power of two; by default as many as its rows ask for.
    #[arg(long, requires = "sources")]
    buckets: Option<u32>,
    /// Assess only debtors about whom something became known in this span up to the day, as 48h or 2d.
    #[arg(long, value_parser = days)]
    since: Option<i32>,
    /// List the cases closed without result that are due to be looked at again, and whose means came back.
    #[arg(long)]
    watch: bool,
    /// Write every feature of the standard catalogue beside the scores.
    #[arg(long)]
    dump_features: bool,
    /// Buckets in flight.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Portray this many debtors, the likeliest to perform; without it all of a run of at most 5,000 debtors.
    #[arg(long)]
    profiles: Option<usize>,
    /// Portray this debtor too, by the pseudonym in hexadecimal; may be given often.
    #[arg(long, value_parser = pseudonym)]
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
    let key = PseudonymKey::from_secret(secret.as_deref().unwrap_or(b"public"));
    let language = if options.lang == "zh" { Language::Zh } else { Language::En };
    let Some(model) = model(options)? else { return take_in(options, key) };
    let mut filling = StoreParams::default();
    filling.buckets = options.buckets;
    let params = AssessParams::new(options.as_of, &options.out, model)
        .mapping(options.mapping.clone())
        .store(options.store.clone())
        .filling(filling)
        .key(key)
        .rules(options.rules.clone())
        .living_costs(options.living_costs.clone())
        // The day itself is the last of the span.
        .since(options.since.map(|days| options.as_of.plus_days(1 - days)))
        .watch(options.watch)
        .features(options.dump_features.then(FeatureCatalog::standard).transpose()?)
        .csv(options.store.is_none())
        .profiles(options.profiles)
        .portrayed(options.profile.iter().copied())
        .threads(options.threads);
    let params = match &options.sources {
        Some(sources) => params.sources(sources),
        None => params,
    };
    let bar = terminal::Bar::default();
    let assessment = pipeline::assess(&params, &bar)?;
    terminal::summary(&assessment);
    println!("\n{}", report::ranking(assessment.profiles.iter().take(options.top), language));
    let is_portrayed = |id: &&i64| assessment.profiles.iter().any(|of| of.entity == format!("{id:016x}"));
    for id in options.profile.iter().filter(|id| !is_portrayed(id)) {
        println!("no portrait of {id:016x}: the store knows no open case of such a debtor on {}", options.as_of);
    }
    if options.living_costs.is_none() {
        println!("no living costs were supplied (--living-costs): wages count 0 in the low and expected figures");
    }
    println!("{}written to {}", bar.times(), options.out.display());
    Ok(())
}

/// Where the model comes from; nothing when sources are only to be taken into a store.
fn model(options: &Options) -> Result<Option<ModelSource>, Box<dyn std::error::Error>> {
    if let Some(path) = &options.model {
        return Ok(Some(ModelSource::File(path.clone())));
    }
    if options.store.is_some() && !options.train {
        return Ok(None);
    }
    let mut params = TrainParams::standard()?.samples(options.samples);
    if let Some(path) = &options.features {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        params.catalog = params.catalog.extend_from_toml(&text)?;
    }
    Ok(Some(ModelSource::Train(Box::new(params))))
}

/// Adds the sources to the store, and assesses nobody.
fn take_in(options: &Options, key: PseudonymKey) -> Result<(), Box<dyn std::error::Error>> {
    let (Some(store), Some(folder)) = (&options.store, &options.sources) else {
        return Err("nothing to do: give --sources to add to the store, --model or --train to assess it".into());
    };
    let unused = [
        ("--features", options.features.is_some()),
        ("--rules", options.rules.is_some()),
        ("--living-costs", options.living_costs.is_some()),
        ("--since", options.since.is_some()),
        ("--watch", options.watch),
        ("--dump-features", options.dump_features),
        ("--profiles", options.profiles.is_some()),
        ("--profile", !options.profile.is_empty()),
    ];
    if let Some((name, _)) = unused.iter().find(|(_, given)| *given) {
        return Err(format!("{name}: nobody is assessed without --model or --train, so it does not apply").into());
    }
    let mapping = options.mapping.as_deref().map(Mapping::load).transpose()?.unwrap_or_default();
    let sources = Sources::new(folder, key).with_mapping(mapping);
    let mut filling = StoreParams::default();
    filling.buckets = options.buckets;
    let bar = terminal::Bar::default();
    let intake = pipeline::ingest_into(&sources, (store, &filling), &bar)?;
    terminal::intake(&intake);
    println!("{}taken in; nobody was assessed, since neither --model nor --train was given", bar.times());
    Ok(())
}
