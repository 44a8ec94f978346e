//! Writes the portraits of a run as self-contained HTML pages to open in a browser.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example portrait -- --run out/quickstart --top 20 --lang zh --out out/portraits
//! cargo run --example portrait -- --run out/quickstart --debtor 00d6dc3b4f2f1c11 --lang en --out out/portraits
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

use clap::Parser;
use wherewithal::domain::Language;

use terminal::pages::{self, Order};

/// Turns the portraits of a run into HTML pages: one per debtor, one of all debtors, one of the model.
#[derive(Debug, Parser)]
struct Args {
    /// The folder that `assess` or `quickstart` wrote.
    #[arg(long)]
    run: PathBuf,
    /// One debtor, by pseudonym (16 hexadecimal digits).
    #[arg(long, conflicts_with = "top")]
    debtor: Option<String>,
    /// The first so many debtors of the run, the most able first.
    #[arg(long, default_value_t = 20)]
    top: usize,
    /// Debtors named in the list of the page of all debtors.
    #[arg(long, default_value_t = 1_000)]
    list: usize,
    /// The language: zh or en.
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    lang: String,
    /// The folder to write to; made if absent.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> ExitCode {
    terminal::end(written(&Args::parse()))
}

fn written(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let language = if args.lang == "zh" { Language::Zh } else { Language::En };
    let order = Order { run: &args.run, out: &args.out, language, top: args.top, list: args.list };
    let page = match &args.debtor {
        Some(entity) => pages::write_one(&order, entity)?,
        None => pages::write(&order)?,
    };
    println!("open {}", page.display());
    Ok(())
}
