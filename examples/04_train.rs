//! Training and what it says of itself, with a feature of one's own beside the catalogue.
//!
//! ```sh
//! cargo run --example train
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{Event, TrainParams};
use wherewithal::progress::Silent;

/// A definition as in data/features: all of it is data.
const OWN: &str = r#"
[family]
name = "deposits"
zh = "存款与流动性"
en = "deposits and liquidity"

[[feature]]
name = "own_term_deposits_fen"
zh = "定期存款合计"
en = "money in term deposits"
unit = "fen"
direction = "more"
source = "deposits"
aggregation = "sum"
column = "balance_fen"
where = [{ column = "kind", is = "term" }]
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let district = concat!(env!("CARGO_MANIFEST_DIR"), "/data/district");
    let sources = Sources::new(district, PseudonymKey::from_secret(b"a secret of your own"));
    let (tables, _) = ingest::read(&sources, &ReadParams::new("out/train"), &Silent)?;
    let mut params = TrainParams::standard()?.folds(3);
    params.catalog = params.catalog.extend_from_toml(OWN)?;
    let (model, training) = params.train(&tables, Day::parse("2018-06-30")?, &Silent)?;

    println!("{} samples, {} features offered", training.samples, training.features);
    if let Some(held_out) = &training.any.cross_validated {
        println!("any performance: AUC {:.3} ± {:.3}", held_out.auc.value, held_out.auc.standard_error);
    }
    let card = model.card(Event::Any);
    println!("base points {}", card.base_points().0);
    for feature in card.features().iter().take(5) {
        println!("{}", feature.name());
        for (bin, points) in feature.map().bins.iter().zip(feature.points()) {
            println!("  {:>4} points  {} ({} rows)", points, bin.range, bin.counts.rows);
        }
    }
    Ok(())
}
