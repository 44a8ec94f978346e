//! Says which records of several agencies are the same party.
//!
//! ```text
//! cargo run --example link -- --sources parties/ --out out/link
//! cargo run --release --example link -- --simulate 1000000 --out out/link
//! ```
//!
//! Every CSV file of the folder (UTF-8, with a header) is one source. Columns that the settings name are used, others are
//! not read; `record_id` names a record, file and line do where it is missing. The files written hold personal data.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use wherewithal::linkage::{Decision, EntityMap, LinkageParams, Records, Waterfalls, link};

#[path = "../benches/parties/mod.rs"]
mod parties;
mod terminal;

/// Join the records of several agencies into parties.
#[derive(Debug, Parser)]
struct Args {
    /// The folder with one CSV file per source.
    #[arg(long, required_unless_present = "simulate", conflicts_with = "simulate")]
    sources: Option<PathBuf>,
    /// Link this many simulated records instead and compare with the truth.
    #[arg(long)]
    simulate: Option<usize>,
    /// Settings as in data/linkage; those for party records of Chinese agencies when absent.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// The folder to write to; made if absent, files in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// At most this many joined pairs are explained; doubtful ones all are.
    #[arg(long, default_value_t = 1_000)]
    explain: usize,
}

fn main() -> ExitCode {
    terminal::end(work(&Args::parse()))
}

fn work(args: &Args) -> Result<(), Box<dyn Error>> {
    let params = match &args.settings {
        Some(path) => {
            LinkageParams::from_toml(&fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?)?
        }
        None => LinkageParams::default(),
    };
    let (records, truth) = match (args.simulate, &args.sources) {
        (Some(n), _) => parties::records(n, 7),
        (None, Some(folder)) => (read(folder, &params)?, Vec::new()),
        (None, None) => return Err("neither --sources nor --simulate".into()),
    };
    let begun = Instant::now();
    let map = link(&records, &params, &terminal::Bar::default())?;
    let seconds = begun.elapsed().as_secs_f64();
    let counts = map.counts();
    println!("{} records are {} parties, {seconds:.1} s", counts.records, counts.parties);
    println!(
        "  {} joined by a sound identifier, {} identifiers damaged",
        counts.joined_by_identifier, counts.damaged_identifiers
    );
    report_evidence(&map);
    for decision in [Decision::Joined, Decision::Review, Decision::Ambiguous, Decision::Refused] {
        let pairs = map.links().iter().filter(|link| link.decision == decision).count();
        println!("  {pairs} pairs {decision:?}, of {} compared", counts.pairs_compared);
    }
    if !truth.is_empty() {
        let (precision, recall, f1) = parties::agreement(map.parties(), &truth);
        println!("  against the truth: precision {precision:.5}, recall {recall:.5}, F1 {f1:.5}");
    }
    write(&records, &map, args)?;
    println!("written to {}", args.out.display());
    Ok(())
}

/// Says what was no evidence, what a household held back, and what the records did not teach.
fn report_evidence(map: &EntityMap) {
    let counts = map.counts();
    for found in &counts.no_evidence {
        println!(
            "  {}: {} cells stand for nothing, {} cells hold {} values that too many records share: no evidence",
            found.column, found.nulls, found.shared, found.shared_values
        );
    }
    if counts.held_as_household > 0 {
        println!("  {} likely pairs may be two members of one household: for review", counts.held_as_household);
    }
    if counts.left_out_of_blocks > 0 {
        println!("  {} times a record was in a block too large to be compared", counts.left_out_of_blocks);
    }
    let model = map.model();
    if let Some(why) = model.unlearnt {
        println!("  warning: {}; stated shares and a prior of one partner a record stand in", why.reason());
        return;
    }
    for fitted in &model.comparisons {
        if let Some(why) = fitted.unlearnt {
            println!("  warning: {}: {}; stated shares stand in", fitted.comparison.column, why.reason());
        }
    }
}

fn read(folder: &Path, params: &LinkageParams) -> Result<Records, Box<dyn Error>> {
    let listed = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = listed.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: found no CSV file", folder.display()).into());
    }
    let columns = params.columns();
    let mut records = Records::new(columns.clone());
    for path in files {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&path)?;
        let headers = reader.headers()?.clone();
        let at = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        let places: Vec<Option<usize>> = columns.iter().map(|name| at(name)).collect();
        if places.iter().all(Option::is_none) {
            return Err(format!("{}: found none of the columns {}", path.display(), columns.join(", ")).into());
        }
        let id = at("record_id").or_else(|| at("rec_id"));
        for row in reader.records() {
            let row = row.map_err(|e| format!("{}: {e}", path.display()))?;
            let line = row.position().map_or(0, csv::Position::line);
            let name =
                id.and_then(|at| row.get(at)).map_or_else(|| format!("{}:{line}", path.display()), str::to_owned);
            records.push(name, places.iter().map(|place| place.and_then(|at| row.get(at)).unwrap_or_default()))?;
        }
    }
    Ok(records)
}

fn write(records: &Records, map: &EntityMap, args: &Args) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&args.out).map_err(|e| format!("{}: {e}", args.out.display()))?;
    let mut parties = csv::Writer::from_path(args.out.join("parties.csv"))?;
    parties.write_record(["record_id", "party"])?;
    for (id, party) in records.ids().iter().zip(map.parties()) {
        parties.write_record([id.as_str(), &party.to_string()])?;
    }
    parties.flush()?;
    let waterfalls = Waterfalls::new(records, map);
    let mut explained = BufWriter::new(File::create(args.out.join("pairs.ndjson"))?);
    let mut joined = 0;
    for pair in map.links() {
        joined += usize::from(pair.decision == Decision::Joined);
        if pair.decision == Decision::Joined && joined > args.explain {
            continue;
        }
        if let Some(waterfall) = waterfalls.explain(pair.left as usize, pair.right as usize) {
            let line = serde_json::json!({ "decision": pair.decision, "waterfall": waterfall });
            writeln!(explained, "{line}")?;
        }
    }
    explained.flush()?;
    fs::write(args.out.join("model.json"), serde_json::to_string_pretty(map.model())?)?;
    fs::write(args.out.join("counts.json"), serde_json::to_string_pretty(map.counts())?)?;
    fs::write(args.out.join("settings.toml"), map.params().to_toml()?)?;
    Ok(())
}
