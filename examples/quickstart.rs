//! The main job on the bundled district: train, score, rank, portray.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --lang zh
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
use terminal::pages::{self, Order};
use wherewithal::domain::{Day, Language};
use wherewithal::pipeline::{self, AssessParams, ModelSource, TrainParams};
use wherewithal::profile::Standing;
use wherewithal::report;

/// Reads the bundled district, trains, scores every debtor, prints a ranked table and one full portrait,
/// and writes every portrait as a page to open in a browser.
#[derive(Parser)]
struct Options {
    /// The language of the table and the portrait: zh or en.
    #[arg(long, default_value = "en", value_parser = ["zh", "en"])]
    lang: String,
    /// The folder to write to.
    #[arg(long, default_value = "out/quickstart")]
    out: PathBuf,
    /// Rows of the ranked table.
    #[arg(long, default_value_t = 15)]
    top: usize,
}

fn main() -> ExitCode {
    terminal::end(quickstart(&Options::parse()))
}

fn quickstart(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let language = if options.lang == "zh" { Language::Zh } else { Language::En };
    let model = ModelSource::Train(Box::new(TrainParams::standard()?));
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/district");
    let params = AssessParams::new(Day::parse("2018-06-30")?, &options.out, model).sources(sources).csv(true);
    let assessment = pipeline::assess(&params, &terminal::Bar::default())?;
    terminal::summary(&assessment);
    println!("\n{}", report::ranking(assessment.profiles.iter().take(options.top), language));
    // The first graded C or below: a debtor about whom there is something to decide.
    let undecided = assessment.profiles.iter().find(|profile| match &profile.standing {
        Standing::Scored { any, .. } => any.probability.value() < 0.6,
        Standing::Insufficient { .. } => false,
    });
    if let Some(profile) = undecided.or(assessment.profiles.first()) {
        println!("{}", report::portrait(profile, language));
    }
    let order = Order { run: &options.out, out: &options.out.join("pages"), language, top: 30, list: 1_000 };
    let page = pages::write(&order)?;
    println!("written to {}; open {}", options.out.display(), page.display());
    Ok(())
}
