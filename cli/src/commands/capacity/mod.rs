//! States what could be recovered from debtors, in the order of the law, between which bounds.

mod statement;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use wherewithal::capacity::{self, CapacityParams, CapacityRules, CapacityTable, SalePath};
use wherewithal::domain::{Day, PartyKey, PseudonymKey, masked_number};
use wherewithal::ingest::{self, Mapping, ReadParams, Sources};
use wherewithal::progress::Progress;
use wherewithal::sentence::Sentence;
use wherewithal::snapshot;

use crate::bar::Bar;
use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;
use crate::intake;
use crate::key::KeyOptions;
use crate::words::says;
use statement::Names;

/// States the means of every debtor with an open case, or of one.
///
/// A file that cannot be read, or not whole, and one whose rows are all refused, is named; the statements rest on the
/// rest, and the exit code is 1.
#[derive(Args)]
pub(crate) struct Options {
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
    #[command(flatten)]
    key: KeyOptions,
    /// The folder to write to.
    #[arg(long, default_value = "out/capacity")]
    out: PathBuf,
    /// Rows of the list.
    #[arg(long, default_value_t = 15, conflicts_with = "debtor")]
    top: usize,
}

pub(crate) fn state(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let bar = Bar::new(console.language());
    let rules = rules(options)?;
    let sale_path = if options.sale == "offline" { SalePath::Offline } else { SalePath::Online };
    let params = CapacityParams::default().horizon_months(options.horizon).sale_path(sale_path);
    let key = options.key.key(console)?;

    let mut sources = Sources::new(&options.sources, key.clone());
    if let Some(path) = &options.mapping {
        sources = sources.with_mapping(Mapping::load(path)?);
    }
    let (tables, report) = ingest::read(&sources, &ReadParams::new(&options.out), &bar)?;
    intake::taken_in(&report, console);
    if report.files.is_empty() {
        let there = report.unread.len() + report.ignored.len();
        return Err(Failure::usage(says!(
            "{}: none of its files is read; there are {}; they are read by the names of tables, or as a mapping says",
            [options.sources.display(), there]
        )));
    }
    let known = snapshot::as_of(&tables, options.as_of)?;
    bar.begin("state means", None, "debtors");
    let known = match &options.debtor {
        Some(debtor) => known.for_parties(&[entity(debtor, &key)?])?,
        None => known,
    };
    let table = capacity::assess(&known, &rules, &params)?;
    bar.end();

    let names = Names::new(&report, &known)?;
    match (&options.debtor, table.statements()) {
        (Some(debtor), []) => {
            return Err(Failure::work(says!("--debtor {}: no open case on {}", [shown(debtor), options.as_of])));
        }
        (Some(_), statements) => statements.iter().for_each(|of| statement::statement(of, (&names, console))),
        (None, _) => statement::ranking(&table, options.top, console),
    }
    let written = write(&table, options)?;
    say!(console, "written to {}", [written.display()]);
    console.result(&json!({ "debtors": table.statements().len(), "statements": written }))?;
    intake::whole(&report)
}

fn rules(options: &Options) -> Result<CapacityRules, Failure> {
    let rules = match &options.rules {
        Some(folder) => CapacityRules::load(folder)?,
        None => CapacityRules::standard()?,
    };
    Ok(match &options.living_costs {
        Some(path) => rules.with_living_costs(&text(path)?).map_err(Failure::in_file(path))?,
        None => rules,
    })
}

/// A pseudonym as the list shows it, or the pseudonym of an identifier in clear, however it is dressed.
fn entity(debtor: &str, key: &PseudonymKey) -> Result<i64, Failure> {
    if is_pseudonym(debtor) {
        return Ok(i64::from_str_radix(debtor.trim(), 16)?);
    }
    let party = PartyKey::parse(debtor).map_err(|fault| {
        Failure::usage(says!("--debtor {}: {fault}", [shown(debtor)], fault = Sentence::from(fault.to_string())))
    })?;
    Ok(party.pseudonym(key))
}

/// Whether a text has the form of a debtor's pseudonym.
fn is_pseudonym(text: &str) -> bool {
    text.trim().len() == 16 && text.trim().bytes().all(|b| b.is_ascii_hexdigit())
}

/// A debtor as messages name him: the pseudonym as it is, anything else masked.
fn shown(debtor: &str) -> String {
    if is_pseudonym(debtor) { debtor.trim().to_owned() } else { masked_number(debtor) }
}

/// Writes the statements and returns their file.
fn write(table: &CapacityTable, options: &Options) -> Result<PathBuf, Failure> {
    let (name, content) = match (&options.debtor, table.statements()) {
        (Some(_), [statement]) => ("statement.json", serde_json::to_string_pretty(statement)? + "\n"),
        (_, statements) => {
            let lines = statements.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
            ("statements.ndjson", lines.join("\n") + "\n")
        }
    };
    let path = options.out.join(name);
    files::make(&options.out)?;
    files::write(&path, content)?;
    Ok(path)
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(Failure::io(path))
}
