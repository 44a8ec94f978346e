//! Looks after a store: shows what it holds, or folds its parts into one.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wherewithal::store::{Store, StoreParams};

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;

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
        Work::Fold { store, buckets } => {
            let bar = Bar::new(console.language());
            let before = Store::open(store)?.manifest().parts.len();
            let mut params = StoreParams::default();
            params.buckets = *buckets;
            let folded = Store::fold(store, &params, &bar)?;
            say!(console, "{}", bar.times());
            say!(console, "folded {before} parts into {}", folded.manifest().parts.len());
            show(&folded, console)
        }
    }
}

fn show(store: &Store, console: &Console<'_>) -> Result<(), Failure> {
    for part in &store.manifest().parts {
        let rows: u64 = part.tables.values().map(|table| table.rows).sum();
        say!(console, "{}: {rows} rows of {} files in {} buckets", part.folder, part.files.len(), part.buckets);
        for (name, table) in &part.tables {
            say!(
                console,
                "  {name:20} {:>12} rows, {:>12} with those that several debtors need",
                table.rows,
                table.stored
            );
        }
    }
    console.result(store.manifest())
}
