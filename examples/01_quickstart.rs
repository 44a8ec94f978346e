//! The main job on the bundled district: train, score, rank, portray.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --lang zh --out out/elsewhere
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use wherewithal::domain::{Day, Language};
use wherewithal::pipeline::{self, AssessParams, ModelSource, PageParams, TrainParams};
use wherewithal::profile::{DebtorProfile, Standing};
use wherewithal::progress::Progress;
use wherewithal::report;

/// Names each stage on standard error.
struct Stages;

impl Progress for Stages {
    fn begin(&self, stage: &str, _total: Option<u64>, _unit: &str) {
        eprintln!("{stage} …");
    }

    fn advance(&self, _amount: u64) {}
}

/// A debtor about whom there is something to decide.
fn is_open(profile: &&DebtorProfile) -> bool {
    matches!(&profile.standing, Standing::Scored { any, .. } if any.probability.value() < 0.6)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut language, mut out) = (Language::En, "out/quickstart".to_owned());
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        match (option.as_str(), arguments.next()) {
            ("--lang", Some(code)) if code == "zh" => language = Language::Zh,
            ("--lang", Some(code)) if code == "en" => {}
            ("--out", Some(folder)) => out = folder,
            _ => return Err("options: --lang zh or en, --out FOLDER".into()),
        }
    }
    let model = ModelSource::Train(Box::new(TrainParams::standard()?));
    let district = concat!(env!("CARGO_MANIFEST_DIR"), "/data/district");
    let params = AssessParams::new(Day::parse("2018-06-30")?, &out, model).sources(district).csv(true);
    let assessment = pipeline::assess(&params, &Stages)?;
    println!("{}", report::ranking(assessment.profiles.iter().take(15), language, assessment.currency()));
    if let Some(profile) = assessment.profiles.iter().find(is_open) {
        println!("{}", report::portrait(profile, language));
    }
    let pages = PageParams::new(&out, format!("{out}/pages")).language(language);
    let page = pipeline::write_pages(&pages, &Stages)?;
    println!("written to {out}; open {}", page.display());
    Ok(())
}
