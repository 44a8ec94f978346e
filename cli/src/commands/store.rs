//! Looks after a store: shows what it holds, checks it, folds its parts into one, withdraws one, or forgets a party.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use wherewithal::pipeline::forget_in_run;
use wherewithal::store::{Store, StoreParams};

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::words::says;

/// Looks after a store of checked rows.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    work: Work,
}

#[derive(Subcommand)]
enum Work {
    /// Prints the parts of a store, their tables and rows.
    Show {
        /// The folder of the store.
        #[arg(long)]
        store: PathBuf,
    },
    /// Reads every byte of a store and says, file by file, what is not as it was written.
    Check {
        /// The folder of the store.
        #[arg(long)]
        store: PathBuf,
    },
    /// Takes a part out of a store, as though its files had never come; whoever reads it meanwhile is not disturbed.
    Withdraw {
        /// The folder of the store.
        #[arg(long)]
        store: PathBuf,
        /// The part, by the name that `store show` prints.
        #[arg(long)]
        part: String,
    },
    /// Removes a party from a store, and from the results of runs, for good, and proves it by reading everything again.
    Forget {
        /// The folder of the store.
        #[arg(long)]
        store: PathBuf,
        /// The party, by pseudonym (16 hexadecimal digits); given again for each further number of the same party.
        #[arg(long, required = true, value_parser = pseudonym, value_name = "PSEUDONYM")]
        party: Vec<i64>,
        /// A folder that `assess` wrote; may be given again.
        #[arg(long, value_name = "FOLDER")]
        run: Vec<PathBuf>,
    },
    /// Makes one part of all parts of a store; whoever reads it meanwhile is not disturbed.
    Fold {
        /// The folder of the store.
        #[arg(long)]
        store: PathBuf,
        /// Buckets of the folded part, a power of two; by default as many as its rows ask for.
        #[arg(long)]
        buckets: Option<u32>,
    },
}

pub(crate) fn look_after(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    match &options.work {
        Work::Show { store } => show(&Store::open(store)?, console),
        Work::Check { store } => check(store, console),
        Work::Withdraw { store, part } => {
            let rows = |store: &Store| store.manifest().rows();
            let before = rows(&Store::open(store)?);
            let left = Store::withdraw(store, part, &StoreParams::default(), &Bar::new(console.language()))?;
            say!(console, "withdrew {part}: {} rows of {before} are left", [rows(&left)], part, before);
            show(&left, console)
        }
        Work::Forget { store, party, run } => forget(store, (party, run), console),
        Work::Fold { store, buckets } => {
            let bar = Bar::new(console.language());
            let old = Store::open(store)?.manifest().clone();
            let before = old.parts.len();
            let mut params = StoreParams::default();
            params.buckets = *buckets;
            let folded = Store::fold(store, &params, &bar)?;
            if *folded.manifest() == old {
                say!(
                    console,
                    "the store has {before} part and as many buckets as were asked for: nothing was folded",
                    before
                );
            } else {
                say!(console, "{}", [bar.times()]);
                say!(console, "folded {before} parts into {}", [folded.manifest().parts.len()], before);
            }
            show(&folded, console)
        }
    }
}

/// A party as portraits name it.
fn pseudonym(text: &str) -> Result<i64, String> {
    // Whatever else was given may be a number in clear.
    let expected =
        |_| "found something else, expected a pseudonym of sixteen hexadecimal digits, as portraits show it".to_owned();
    u64::from_str_radix(text, 16).map(u64::cast_signed).map_err(expected)
}

fn forget(store: &Path, (parties, runs): (&[i64], &[PathBuf]), console: &Console<'_>) -> Result<(), Failure> {
    let (_, forgotten) = Store::forget(store, parties, &StoreParams::default(), &Bar::new(console.language()))?;
    for (name, rows) in &forgotten.rows {
        say!(console, "{rows} rows of {name} are gone", rows, name);
    }
    for (name, cells) in &forgotten.cells {
        say!(console, "{cells} cells of {name} that named the party in rows of others are empty", cells, name);
    }
    for path in &forgotten.refused {
        caution!(console, "not looked through, since refused rows hold what sources say in clear: {path}", path);
    }
    if forgotten.rows.values().chain(forgotten.cells.values()).all(|count| *count == 0) {
        caution!(console, "the store named no such party: nothing was removed from it");
    }
    say!(console, "every file of the store was read again: none names the party");
    let mut of_runs = Vec::new();
    for run in runs {
        let forgotten = forget_in_run(run, parties)?;
        for (name, rows) in &forgotten.rows {
            say!(console, "{}: {rows} rows or lines are gone", [run.join(name).display()], rows);
        }
        if !forgotten.pages.is_empty() {
            say!(console, "{}: {} pages are gone; write them again", [run.display(), forgotten.pages.len()]);
        }
        of_runs.push(json!({ "run": run, "rows": forgotten.rows, "pages": forgotten.pages }));
    }
    console.result(&json!({
        "rows": forgotten.rows, "cells": forgotten.cells, "refused": forgotten.refused, "runs": of_runs,
    }))
}

fn check(store: &Path, console: &Console<'_>) -> Result<(), Failure> {
    let check = Store::check(store)?;
    for damage in &check.damaged {
        say!(console, "damaged: {damage}", damage);
    }
    for path in &check.foreign {
        say!(console, "not of the store: {}", [path.display()]);
    }
    say!(console, "{} files of {} bytes are as they were written", [check.sound, check.bytes]);
    let damaged: Vec<String> = check.damaged.iter().map(ToString::to_string).collect();
    console.result(&json!({
        "sound": check.sound, "bytes": check.bytes, "damaged": damaged, "foreign": check.foreign,
    }))?;
    match damaged.len() {
        0 => Ok(()),
        n => Err(Failure::work(says!("{n} files of {} are damaged", [store.display()], n))),
    }
}

fn show(store: &Store, console: &Console<'_>) -> Result<(), Failure> {
    for part in &store.manifest().parts {
        let rows: u64 = part.tables.values().map(|table| table.rows).sum();
        say!(console, "{}: {rows} rows of {} files in {} buckets", [part.folder, part.files.len(), part.buckets], rows);
        for (name, table) in &part.tables {
            say!(
                console,
                "  {name:20} {:>12} rows, {:>12} with those that several debtors need",
                [format!("{:>12}", table.rows), format!("{:>12}", table.stored)],
                name = format!("{name:20}")
            );
        }
    }
    console.result(store.manifest())
}
