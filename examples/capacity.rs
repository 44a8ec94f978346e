//! States what could be recovered from debtors, in the order of the law, between which bounds.
//!
//! ```text
//! cargo run --example capacity -- --sources data/district --as-of 2018-06-30
//! cargo run --example capacity -- --sources data/district --as-of 2018-06-30 --debtor 00f3c2a41b6d9e57
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

mod means;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use means::{Files, print_ranking, print_statement};
use wherewithal::capacity::{self, CapacityParams, CapacityRules, CapacityTable, SalePath};
use wherewithal::domain::{Day, PartyKey, PseudonymKey};
use wherewithal::ingest::{self, Mapping, ReadParams, Sources};
use wherewithal::progress::Progress;
use wherewithal::snapshot;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// States the means of every debtor with an open case, or of one.
#[derive(Parser)]
struct Options {
    /// The folder of source files.
    #[arg(long)]
    sources: PathBuf,
    /// A mapping file (TOML) for exports whose columns are not the schema's.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The day described, YYYY-MM-DD: nothing known later is used.
    #[arg(long)]
    as_of: Day,
    /// One debtor: the pseudonym of the list (16 hexadecimal digits), or the identifier in clear.
    #[arg(long)]
    debtor: Option<String>,
    /// A folder of legal parameters instead of the ones built in; data/capacity/README.md describes it.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Retained living costs (CSV, as in data/capacity/README.md); without it income is only bounded.
    #[arg(long)]
    living_costs: Option<PathBuf>,
    /// Months of income that count.
    #[arg(long, default_value_t = 24)]
    horizon: u32,
    /// By which rules assets are put up for sale: online or offline.
    #[arg(long, default_value = "online", value_parser = ["online", "offline"])]
    sale: String,
    /// A file with the secret behind the pseudonyms; without it a public one is used, which hides nothing.
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The folder to write to.
    #[arg(long, default_value = "out/capacity")]
    out: PathBuf,
    /// Rows of the list.
    #[arg(long, default_value_t = 15)]
    top: usize,
}

fn main() -> ExitCode {
    terminal::end(state(&Options::parse()))
}

fn state(options: &Options) -> Outcome<()> {
    let bar = terminal::Bar::default();
    let rules = rules(options)?;
    let sale_path = if options.sale == "offline" { SalePath::Offline } else { SalePath::Online };
    let params = CapacityParams::default().horizon_months(options.horizon).sale_path(sale_path);
    let secret = options.key_file.as_deref().map(bytes).transpose()?;
    let key = PseudonymKey::from_secret(secret.as_deref().unwrap_or(b"public"));

    let mut sources = Sources::new(&options.sources, key.clone());
    if let Some(path) = &options.mapping {
        sources = sources.with_mapping(Mapping::parse(&text(path)?)?);
    }
    let (tables, report) = ingest::read(&sources, &ReadParams::new(&options.out), &bar)?;
    terminal::taken_in(&report);
    let known = snapshot::as_of(&tables, options.as_of)?;
    bar.begin("state means", None, "debtors");
    let known = match &options.debtor {
        Some(debtor) => known.of(&[entity(debtor, &key)?])?,
        None => known,
    };
    let table = capacity::assess(&known, &rules, &params)?;
    bar.end();

    let files = Files::of(&report);
    match (&options.debtor, table.statements()) {
        (Some(debtor), []) => {
            return Err(format!("--debtor {}: no open case on {}", terminal::shown(debtor), options.as_of).into());
        }
        (Some(_), statements) => statements.iter().for_each(|statement| print_statement(statement, &files)),
        (None, _) => print_ranking(&table, options.top),
    }
    write(&table, options)
}

fn rules(options: &Options) -> Outcome<CapacityRules> {
    let rules = match &options.rules {
        Some(folder) => CapacityRules::load(folder)?,
        None => CapacityRules::standard()?,
    };
    Ok(match &options.living_costs {
        Some(path) => rules.with_living_costs(&text(path)?)?,
        None => rules,
    })
}

/// A pseudonym as the list shows it, or the pseudonym of an identifier in clear, however it is dressed.
fn entity(debtor: &str, key: &PseudonymKey) -> Outcome<i64> {
    if terminal::is_pseudonym(debtor) {
        return Ok(i64::from_str_radix(debtor.trim(), 16)?);
    }
    let party = PartyKey::parse(debtor).map_err(|fault| format!("--debtor {}: {fault}", terminal::shown(debtor)))?;
    Ok(party.pseudonym(key))
}

fn write(table: &CapacityTable, options: &Options) -> Outcome<()> {
    let (name, content) = match (&options.debtor, table.statements()) {
        (Some(_), [statement]) => ("statement.json", serde_json::to_string_pretty(statement)? + "\n"),
        (_, statements) => {
            let lines = statements.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
            ("statements.ndjson", lines.join("\n") + "\n")
        }
    };
    let path = options.out.join(name);
    std::fs::create_dir_all(&options.out).map_err(|error| format!("{}: {error}", options.out.display()))?;
    std::fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("\nwritten to {}", path.display());
    Ok(())
}

fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    Ok(std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn text(path: &Path) -> Outcome<String> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}
