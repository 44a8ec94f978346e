//! Holds statements of means against the hidden truth of a simulated district.
//!
//! ```text
//! cargo run --example simulate -- --cases 50000 --seed 7 --out out/large
//! cargo run --example capacity_truth -- --sources out/large
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

#[path = "means/truth.rs"]
mod truth;

mod terminal;

use std::cmp::Ordering;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use truth::{Pair, auc, pairs, share};
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Progress;

/// Says how well coverage ranks true means, and how often its bounds hold them.
#[derive(Parser)]
struct Options {
    /// A folder written by the example `simulate` in CSV, with its truth.
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

fn main() -> ExitCode {
    terminal::end(check(&Options::parse()))
}

fn check(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let bar = terminal::Bar::default();
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
    println!("\nbounds, meant to hold for {:.0} % of debtors of whom every holder answered\n", level * 100.0);
    println!("{:44} {:>7}  {:>7} {:>7} {:>7}   {:>7}", "", "debtors", "below", "within", "above", "within");
    println!("{:44} {:>7}  {:>23}   {:>7}", "", "", "the means that agencies could show", "of all");
    let line = |name: &str, chosen: &dyn Fn(&Pair) -> bool| {
        let part = |holds: &dyn Fn(&Pair) -> bool| share(&pairs, chosen, holds).0 * 100.0;
        let (_, n) = share(&pairs, chosen, |_| true);
        let side = |side| part(&|pair| pair.side(pair.visible) == side);
        let [below, within, above] = [Ordering::Less, Ordering::Equal, Ordering::Greater].map(side);
        let all = part(&|pair| pair.holds(pair.means));
        println!("{name:44} {n:>7}  {below:>5.1} % {within:>5.1} % {above:>5.1} %   {all:>5.1} %");
    };
    let has_means = |pair: &Pair| pair.visible > 0.02;
    line("all", &|_| true);
    line("all, with such means", &has_means);
    line("every holder answered", &|pair| pair.unanswered == 0);
    line("every holder answered, with such means", &|pair| pair.unanswered == 0 && has_means(pair));
    line("the same, bounds apart", &|pair| pair.unanswered == 0 && has_means(pair) && pair.width() > 0.02);
    for most in 1..=6 {
        line(&format!("{most} kinds of holders silent, with such means"), &|pair| {
            pair.unanswered == most && has_means(pair)
        });
    }
    Ok(())
}
