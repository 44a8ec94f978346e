//! Looks after a store: shows what it holds, or folds its parts into one.
//!
//! ```sh
//! cargo run --example store -- show --store out/district/store
//! cargo run --release --example store -- fold --store out/store
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use wherewithal::store::{Store, StoreParams};

/// Looks after a store of checked rows.
#[derive(Parser)]
struct Options {
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

fn main() -> ExitCode {
    terminal::end(look_after(&Options::parse().work))
}

fn look_after(work: &Work) -> Result<(), Box<dyn std::error::Error>> {
    match work {
        Work::Show { store } => show(&Store::open(store)?),
        Work::Fold { store, buckets } => {
            let bar = terminal::Bar::default();
            let before = Store::open(store)?.manifest().parts.len();
            let mut params = StoreParams::default();
            params.buckets = *buckets;
            let folded = Store::fold(store, &params, &bar)?;
            println!("{}folded {before} parts into {}", bar.times(), folded.manifest().parts.len());
            show(&folded);
        }
    }
    Ok(())
}

fn show(store: &Store) {
    for part in &store.manifest().parts {
        let rows: u64 = part.tables.values().map(|table| table.rows).sum();
        println!("{}: {rows} rows of {} files in {} buckets", part.folder, part.files.len(), part.buckets);
        for (name, table) in &part.tables {
            println!("  {name:20} {:>12} rows, {:>12} with those that several debtors need", table.rows, table.stored);
        }
    }
}
