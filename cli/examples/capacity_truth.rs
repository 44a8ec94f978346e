//! Holds statements of means against the hidden truth of a simulated district.
//!
//! ```text
//! cargo run -- simulate --cases 50000 --seed 7 --out out/large
//! cargo run --example capacity_truth -- --sources out/large
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

#[path = "truth/means.rs"]
mod truth;

use std::cmp::Ordering;
use std::path::PathBuf;

use clap::Parser;
use truth::{Pair, auc, pairs, share};
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Progress;

/// Says how well coverage ranks true means, and how often its bounds hold them.
#[derive(Parser)]
struct Options {
    /// A folder written by `wherewithal simulate` in CSV, with its truth.
    #[arg(long, default_value = "data/district")]
    sources: PathBuf,
    /// Days after the first filing on which each debtor is looked at.
    #[arg(long, default_value_t = 30)]
    days: i32,
    /// The folder to write to.
    #[arg(long, default_value = "out/capacity_truth")]
    out: PathBuf,
}

/// What is to be ranked, and whether it holds.
type Event = (&'static str, fn(&Pair) -> bool);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    check(&Options::parse())
}

fn check(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let bar = wherewithal_cli::Bar::default();
    let key = PseudonymKey::from_secret(b"public");
    let sources = Sources::new(&options.sources, key.clone());
    let (tables, _) = ingest::read(&sources, &ReadParams::new(&options.out), &bar)?;
    bar.begin("state means", None, "debtors");
    let pairs = pairs(&tables, &options.sources, (&key, options.days))?;
    bar.end();

    println!("{} debtors, {} days after their first filing\n", pairs.len(), options.days);
    println!("AUC against the hidden truth                coverage   sum found   sum found / owed");
    let events: [Event; 4] = [
        ("class full, over all cases ever", |pair| pair.class == "full"),
        ("class not none, over all cases ever", |pair| pair.class != "none"),
        ("means cover what is owed on the day", |pair| pair.means >= 1.0),
        ("means cover 2 % of it", |pair| pair.means >= 0.02),
    ];
    for (name, event) in events {
        let by = [
            auc(&pairs, |pair| pair.coverage()[1], event),
            auc(&pairs, |pair| pair.found, event),
            auc(&pairs, Pair::found_ratio, event),
        ];
        println!("{name:42} {:>9.4}   {:>9.4}   {:>16.4}", by[0], by[1], by[2]);
    }

    let level = pairs.iter().find_map(|pair| pair.statement.level).map_or(0.0, |level| level.value());
    let (most, whom) = (level * 100.0, "of the debtors of whom something that yields money is known");
    println!("\nbounds on what the things known of yield, meant to hold for {most:.0} % {whom}\n");
    println!("{:44} {:>7}  {:>7} {:>9} {:>9}", "", "debtors", "below", "within", "above");
    let line = |name: &str, truth: fn(&Pair) -> f64, chosen: &dyn Fn(&Pair) -> bool| {
        let n = share(&pairs, chosen, |_| true).1;
        let side = |side| share(&pairs, chosen, |pair| pair.side(truth(pair)) == side).0 * 100.0;
        let [below, within, above] = [Ordering::Less, Ordering::Equal, Ordering::Greater].map(side);
        println!("{name:44} {n:>7}  {below:>5.1} % {within:>7.1} % {above:>7.1} %");
    };
    let known = |pair: &Pair| pair.known;
    line("all debtors", known, &|_| true);
    line("something known yields money", known, &|pair| pair.known > 0.02);
    line("the same, bounds apart", known, &|pair| pair.known > 0.02 && pair.width() > 0.02);
    line("the same, nothing paid yet", known, &|pair| pair.known > 0.02 && pair.width() > 0.02 && pair.is_unpaid());
    println!("\nand on what every holder could show, whether known or not");
    let visible = |pair: &Pair| pair.visible;
    line("all debtors", visible, &|_| true);
    line("with such means", visible, &|pair| pair.visible > 0.02);
    for silent in 0..=6 {
        let name = format!("with such means, {silent} kinds of holders silent");
        line(&name, visible, &|pair| pair.visible > 0.02 && pair.unanswered == silent);
    }
    println!("\nand on all means, hidden ones and cash at home too");
    line("all debtors", |pair| pair.means, &|_| true);
    Ok(())
}
