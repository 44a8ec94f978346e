//! A store: filled once, given a night's answers each day, assessed for everybody or for those about whom there is
//! news.
//!
//! ```sh
//! cargo run --example store
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::fs;
use std::path::Path;

use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::Sources;
use wherewithal::pipeline::{self, AssessParams, ModelSource, TrainParams};
use wherewithal::progress::Silent;
use wherewithal::store::{Store, StoreParams};

const DISTRICT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/district");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The public key, which hides nothing, is the one that runs use unless they are given another.
    let key = || PseudonymKey::from_secret(b"public");
    let (store, night) = (Path::new("out/store/rows"), Path::new("out/store/night"));
    let day = Day::parse("2018-06-30")?;
    let params = StoreParams::default();
    let filled = Sources::new(DISTRICT, key()).ingest_into(store, &params, &Silent)?;
    println!("filled: {} rows in {} buckets", filled.store.manifest().rows(), filled.store.manifest().buckets());
    let train = ModelSource::Train(Box::new(TrainParams::standard()?.folds(0)));
    let all = pipeline::assess(&AssessParams::new(day, "out/store/all", train).store(store.to_path_buf()), &Silent)?;
    println!("everybody: {} debtors", all.run.debtors[0]);

    // A night: a bank tells of one account more.
    fs::create_dir_all(night)?;
    let deposits = fs::read_to_string(Path::new(DISTRICT).join("deposits.csv"))?;
    let (header, last) = (deposits.lines().next().unwrap_or_default(), deposits.lines().last().unwrap_or_default());
    fs::write(night.join("deposits.csv"), format!("{header}\n{last}\n"))?;
    let grown = Sources::new(night, key()).ingest_into(store, &params, &Silent)?;
    println!("after the night: {} parts", grown.store.manifest().parts.len());
    let model = ModelSource::File("out/store/all/model.json".into());
    let news = AssessParams::new(day, "out/store/news", model).store(store.to_path_buf()).since(day.plus_days(-1));
    println!("with news: {} debtors", pipeline::assess(&news, &Silent)?.run.debtors[0]);

    let folded = Store::fold(store, &params, &Silent)?;
    println!("folded: {} part, {} rows", folded.manifest().parts.len(), folded.manifest().rows());
    Ok(())
}
