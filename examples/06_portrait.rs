//! A portrait (画像) as data, as text and as a page, with the measures that deserve the judge's consideration.
//!
//! ```sh
//! cargo run --example portrait
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::{Day, Language, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{FileNames, ScoringParams, TrainParams};
use wherewithal::progress::Silent;
use wherewithal::report;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let district = concat!(env!("CARGO_MANIFEST_DIR"), "/data/district");
    let sources = Sources::new(district, PseudonymKey::from_secret(b"a secret of your own"));
    let (tables, read) = ingest::read(&sources, &ReadParams::new("out/portrait"), &Silent)?;
    // Records are cited by file and line.
    let names: FileNames = read.files.iter().map(|file| (file.ordinal as i64, file.file.clone())).collect();
    let as_of = Day::parse("2018-06-30")?;
    let (model, _) = TrainParams::standard()?.folds(0).train(&tables, as_of, &Silent)?;
    let scored = model.score(&tables, &ScoringParams::new(as_of).files(names), &Silent)?;

    let profile = scored.profiles.first().ok_or("no debtor has an open case")?;
    for reason in &profile.reasons {
        println!("{} ({:+} points), {} records", reason.feature, reason.points.0, reason.records_total);
    }
    let advice = advise(profile, &AdviceRules::standard()?)?;
    println!("{}", report::portrait(profile, Language::Zh));
    std::fs::create_dir_all("out/portrait")?;
    std::fs::write("out/portrait/portrait.html", report::document(profile, &advice, Language::Zh)?)?;
    std::fs::write("out/portrait/portrait.json", serde_json::to_string_pretty(profile)?)?;
    println!("written to out/portrait");
    Ok(())
}
