//! The same work as other software, on the same input; the scripts in `benches/peers/` make it and drive this program.
//!
//! ```sh
//! cargo bench --bench peers -- bins cases.json
//! ```
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::disallowed_methods,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that fails may fail loudly, and says how long things took"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Deserialize;
use wherewithal::Error;
use wherewithal::model::{BinningParams, Counts, Trend, optimal_bins};

#[path = "peers/speed.rs"]
mod speed;

/// What the information value may differ by: optbinning keeps rates and values to six decimals.
const SAME: f64 = 2e-6;

#[derive(Deserialize)]
struct Case {
    seed: u64,
    trend: Trend,
    bounds: BinningParams,
    rows: Vec<u64>,
    events: Vec<u64>,
    peer: Peer,
}

#[derive(Deserialize)]
struct Peer {
    cuts: Vec<usize>,
    information: Option<f64>,
}

#[derive(Default)]
struct Tally {
    cases: usize,
    equal: usize,
    higher: usize,
    lower: usize,
    only_ours: usize,
    only_theirs: usize,
    neither: usize,
    most: f64,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bins", path] => bins(path),
        [work @ ("bin" | "fit" | "logistic" | "boost" | "pairs" | "no-pairs" | "score"), ref paths @ ..]
            if !paths.is_empty() =>
        {
            speed::measure(work, paths);
            ExitCode::SUCCESS
        }
        _ => {
            println!("skipped: no input given; benches/peers/README.md says how to make it");
            ExitCode::SUCCESS
        }
    }
}

/// Every case beside the peer's answer; fails when one is worse.
fn bins(path: &str) -> ExitCode {
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for case in &cases {
        let ours = solve(case);
        let tally = tallies.entry(format!("{:?}", case.trend).to_lowercase()).or_default();
        tally.cases += 1;
        match (ours, case.peer.information) {
            (Some(ours), Some(theirs)) => {
                let gap = ours - theirs;
                let slot = match gap {
                    gap if gap.abs() <= SAME => &mut tally.equal,
                    gap if gap > 0.0 => &mut tally.higher,
                    _ => &mut tally.lower,
                };
                *slot += 1;
                tally.most = tally.most.max(gap);
                if gap < -SAME {
                    println!("lower: seed {}, {:?}: {ours:.7} against {theirs:.7}", case.seed, case.trend);
                }
            }
            (Some(_), None) => tally.only_ours += 1,
            (None, Some(_)) => {
                tally.only_theirs += 1;
                println!("infeasible here only: seed {}, cuts there {:?}", case.seed, case.peer.cuts);
            }
            (None, None) => tally.neither += 1,
        }
    }
    println!("| trend | cases | equal | higher | lower | only here | only there | neither | most gained |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (trend, t) in &tallies {
        println!(
            "| {trend} | {} | {} | {} | {} | {} | {} | {} | {:.4} |",
            t.cases, t.equal, t.higher, t.lower, t.only_ours, t.only_theirs, t.neither, t.most
        );
    }
    let worse: usize = tallies.values().map(|tally| tally.lower + tally.only_theirs).sum();
    println!("{} cases, {worse} worse", cases.len());
    if worse == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The information value of the best bins, without smoothing; `None` where no bins satisfy the bounds.
fn solve(case: &Case) -> Option<f64> {
    let prebins: Vec<Counts> =
        case.rows.iter().zip(&case.events).map(|(rows, events)| Counts::new(*rows, *events)).collect();
    let total: Counts = prebins.iter().copied().sum();
    let params = case.bounds.clone().trend(case.trend);
    let ends = match optimal_bins(&prebins, &params) {
        Ok(ends) => ends,
        Err(Error::TooLittle { .. }) => return None,
        Err(error) => panic!("{error}"),
    };
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let bin = |(start, end): (usize, &usize)| -> f64 {
        let bin: Counts = prebins[start..=*end].iter().copied().sum();
        let (p, q) = (bin.event_weight / total.event_weight, bin.non_event_weight() / total.non_event_weight());
        (p - q) * (p / q).ln()
    };
    Some(starts.zip(&ends).map(bin).sum())
}
