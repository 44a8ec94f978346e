//! A statement of means: what could be recovered from one debtor, in the order of the law, between which bounds.
//!
//! ```sh
//! cargo run --example capacity
//! ```
#![allow(clippy::print_stdout, reason = "a program prints")]

use wherewithal::capacity::{self, CapacityParams, CapacityRules};
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::snapshot;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let district = concat!(env!("CARGO_MANIFEST_DIR"), "/data/district");
    let sources = Sources::new(district, PseudonymKey::from_secret(b"a secret of your own"));
    let (tables, _) = ingest::read(&sources, &ReadParams::new("out/capacity"), &Silent)?;
    // Nothing known later exists from here on.
    let known = snapshot::as_of(&tables, Day::parse("2018-06-30")?)?;
    let table = capacity::assess(&known, &CapacityRules::standard()?, &CapacityParams::default())?;

    let statement = table.statements().iter().max_by_key(|statement| statement.assets.len()).ok_or("no debtor")?;
    println!("{:016x} owes {} yuan", statement.entity_id, statement.owed);
    for asset in &statement.assets {
        println!("{}: {} yuan gross", asset.class.code(), asset.gross.expected);
        for line in &asset.lines {
            let article = line.article.and_then(|id| statement.article(id));
            let article = article.map(|at| format!("{} {}", at.instrument, at.article)).unwrap_or_default();
            println!("  {:?} {}  {article}", line.layer, line.amount.expected);
        }
    }
    let recovered = statement.recovered;
    println!("recovered: {} to {}, expected {} yuan", recovered.low, recovered.high, recovered.expected);
    println!("finding: {:?}", statement.ability.expected);
    Ok(())
}
