//! Compares applications with an edition of the list of defaulters.
//!
//! ```text
//! cargo run --example screen -- --list data/screening/list.ndjson --applications data/screening/applications.ndjson \
//!     --out out/answers.ndjson
//! ```
//!
//! The list holds one JSON object a line with the fields of the public list (iname, cardNum, caseCode …); applications
//! hold `application_id`, `name`, `identifiers`, `activity`, `on`. Both are read line by line; answers come out in the
//! order of the questions. A line that cannot be read is named and left out, and the exit code says so.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use rayon::prelude::*;
use wherewithal::domain::Day;
use wherewithal::progress::Progress;
use wherewithal::screening::{
    Activities, Application, Change, DefaulterList, ListKey, Outcome, PublicRecord, Screener, ScreeningAnswer,
    ScreeningParams, screen,
};

mod terminal;

/// Screen applications against a dated list.
#[derive(Debug, Parser)]
struct Args {
    /// The list: public records, one JSON object a line.
    #[arg(long)]
    list: PathBuf,
    /// The day the list is of.
    #[arg(long, default_value = "2026-01-05")]
    edition: String,
    /// Changes to the next edition, one JSON object a line: add, remove, correct.
    #[arg(long)]
    changes: Option<PathBuf>,
    /// The applications, one JSON object a line.
    #[arg(long)]
    applications: PathBuf,
    /// The file of answers, one JSON object a line.
    #[arg(long)]
    out: PathBuf,
    /// A file with the secret shared with the list's owner; receipts are only comparable under one key.
    #[arg(long)]
    key: Option<PathBuf>,
    /// Names from this similarity on are worth a review.
    #[arg(long, default_value_t = ScreeningParams::default().review_from)]
    review_from: f64,
}

/// Applications answered together.
const TOGETHER: usize = 4_096;

fn main() -> ExitCode {
    terminal::end(work(&Args::parse()))
}

fn work(args: &Args) -> Result<(), Box<dyn Error>> {
    let secret = args.key.as_ref().map_or_else(
        || Ok(b"no key was given".to_vec()),
        |path| fs::read(path).map_err(|e| format!("{}: {e}", path.display())),
    )?;
    let mut unread = 0;
    let mut entries = Vec::new();
    for line in lines(&args.list)? {
        let (number, line) = line?;
        let read = serde_json::from_str::<PublicRecord>(&line).map_err(|e| e.to_string());
        match read.and_then(|record| record.into_entry().map_err(|e| e.to_string())) {
            Ok(entry) => entries.push(entry),
            Err(reason) => refuse(&args.list, (number, &reason), &mut unread),
        }
    }
    if unread > 0 || entries.is_empty() {
        let all = format!("{unread} lines are not records, {} are", entries.len());
        return Err(format!("{}: {all}; nobody was cleared by a list that is not whole", args.list.display()).into());
    }
    let mut list = DefaulterList::build(&entries, ListKey::from_secret(&secret), Day::parse(&args.edition)?)?;
    if let Some(path) = &args.changes {
        let mut changes = Vec::new();
        for line in lines(path)? {
            let (number, line) = line?;
            let change: Change =
                serde_json::from_str(&line).map_err(|e| format!("{}: line {number}: {e}", path.display()))?;
            changes.push(change);
        }
        list = list.apply(Day::parse(&args.edition)?, &changes)?;
    }
    println!("edition {} of {}: {} entries", list.edition().number, list.edition().day, list.len());
    let params = ScreeningParams::default().review_from(args.review_from);
    let screener = Screener::new(list, Activities::standard()?, params)?;
    let begun = Instant::now();
    let tally = answer(&screener, args, &mut unread)?;
    let seconds = begun.elapsed().as_secs_f64();
    let all = tally.clear + tally.review + tally.matched;
    println!(
        "{all} applications, {seconds:.2} s: {} clear, {} review, {} match",
        tally.clear, tally.review, tally.matched
    );
    println!("written to {}", args.out.display());
    if unread > 0 {
        Err(format!("{unread} lines could not be read and are not among the answers").into())
    } else {
        Ok(())
    }
}

#[derive(Default)]
struct Tally {
    clear: u64,
    review: u64,
    matched: u64,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Clear => &mut self.clear,
            Outcome::Review => &mut self.review,
            Outcome::Match => &mut self.matched,
        } += 1;
    }
}

fn answer(screener: &Screener, args: &Args, unread: &mut u64) -> Result<Tally, Box<dyn Error>> {
    if let Some(folder) = args.out.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut out = BufWriter::new(File::create(&args.out).map_err(|e| format!("{}: {e}", args.out.display()))?);
    let bar = terminal::Bar::default();
    bar.begin("screen", None, "applications");
    let mut tally = Tally::default();
    let mut lines = lines(&args.applications)?.peekable();
    while lines.peek().is_some() {
        let batch: Vec<(u64, String)> = lines.by_ref().take(TOGETHER).collect::<Result<_, _>>()?;
        let answers: Vec<(u64, Result<ScreeningAnswer, String>)> = batch
            .par_iter()
            .map(|(number, line)| {
                let read = serde_json::from_str::<Application>(line).map_err(|e| e.to_string());
                (*number, read.and_then(|application| screen(screener, &application).map_err(|e| e.to_string())))
            })
            .collect();
        for (number, answer) in answers {
            match answer {
                Ok(answer) => {
                    tally.count(answer.outcome);
                    serde_json::to_writer(&mut out, &answer)?;
                    out.write_all(b"\n")?;
                }
                Err(reason) => refuse(&args.applications, (number, &reason), unread),
            }
        }
        bar.advance(batch.len() as u64);
    }
    bar.end();
    out.flush()?;
    Ok(tally)
}

type Lines = Box<dyn Iterator<Item = Result<(u64, String), String>>>;

fn lines(path: &Path) -> Result<Lines, String> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|e| format!("{name}: {e}"))?;
    let numbered = (1u64..).zip(BufReader::new(file).lines());
    let filled = numbered.filter(|(_, line)| line.as_ref().map_or(true, |line| !line.trim().is_empty()));
    Ok(Box::new(
        filled.map(move |(number, line)| {
            line.map(|line| (number, line)).map_err(|e| format!("{name}: line {number}: {e}"))
        }),
    ))
}

fn refuse(path: &Path, (number, reason): (u64, &str), unread: &mut u64) {
    eprintln!("{}: line {number}: {reason}", path.display());
    *unread += 1;
}
