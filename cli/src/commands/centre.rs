//! Shows how the courts of a store enforce and what needs doing.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use wherewithal::domain::Day;
use wherewithal::indicators::{Behind, IndicatorCatalog, Selection, Side};
use wherewithal::pipeline::{CentreParams, centre, figures};
use wherewithal::store::Store;

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;

/// Counts how courts enforce, ranks them with what chance would do, and lists what needs doing: pages and data.
#[derive(Args)]
pub(crate) struct Options {
    /// The store.
    #[arg(long)]
    store: PathBuf,
    /// The day described: what became known later does not exist.
    #[arg(long, value_name = "DAY")]
    as_of: Day,
    /// The first month counted; January of that year by default.
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// The folder to write to.
    #[arg(long, required_unless_present = "open", conflicts_with = "open")]
    out: Option<PathBuf>,
    /// Write the figures alone, as data: figures.json, rankings.json, curves.json.
    #[arg(long, conflicts_with_all = ["open", "portraits"])]
    figures: bool,
    /// A folder of portraits, as `portrait` wrote it: matters link to the pages of their debtors.
    #[arg(long, value_name = "FOLDER", conflicts_with = "open")]
    portraits: Option<PathBuf>,
    /// Instead of pages, the rows behind this indicator, one a line: side, case number, case or party, court, team,
    /// month, what it adds.
    #[arg(long, value_name = "INDICATOR")]
    open: Option<String>,
    /// With --open: of this court only.
    #[arg(long, requires = "open")]
    court: Option<String>,
}

pub(crate) fn show(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    if options.court.is_some() && options.open.is_none() {
        return Err(Failure::usage("--court narrows the rows of --open: without --open it does not apply"));
    }
    let out = options.out.clone().unwrap_or_default();
    let params = CentreParams::new(&options.store, options.as_of, &out).from(options.from).language(console.language());
    let params = params.portraits(options.portraits.clone());
    if let Some(code) = &options.open {
        return open(options, (&params, code), console);
    }
    let bar = Bar::new(console.language());
    if options.figures {
        let report = figures(&params, &bar)?;
        match report.courts {
            1 => say!(console, "Figures of 1 court in {}", [out.display()]),
            courts => say!(console, "Figures of {} courts in {}", [courts, out.display()]),
        }
        missing(report.missing, console);
        return console.result(&report);
    }
    let report = centre(&params, &bar)?;
    say!(console, "{} courts, {} matters, {} pages in {}", [report.courts, report.tasks, report.pages, out.display()]);
    if options.portraits.is_some() {
        say!(console, "{} of {} matters link to a portrait of their debtor", [report.portrayed, report.tasks]);
    }
    missing(report.missing, console);
    console.result(&report)
}

/// Says how many figures of the whole there are not.
fn missing(figures: usize, console: &Console<'_>) {
    match figures {
        0 => {}
        1 => say!(console, "1 figure of the whole could not be given; figures.json says why"),
        _ => say!(console, "{} figures of the whole could not be given; figures.json says why", [figures]),
    }
}

/// A row behind a figure, for a machine.
#[derive(Serialize)]
struct Row<'a> {
    side: &'a str,
    case_no: Option<&'a str>,
    key: String,
    court: &'a str,
    team: &'a str,
    month: Option<String>,
    adds: i64,
}

fn open(options: &Options, (params, code): (&CentreParams, &str), console: &Console<'_>) -> Result<(), Failure> {
    let (store, catalog, period) = (Store::open(&options.store)?, IndicatorCatalog::standard()?, params.period()?);
    let of = options.court.iter().fold(Selection::all(), |of, court| of.court(court));
    let rows = catalog.behind(&store, code, period, &of)?;
    let month = |row: &Behind| row.month.map(|at| period.month(at).to_string().chars().take(7).collect::<String>());
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|row| Row {
            side: if row.side == Side::Top { "numerator" } else { "denominator" },
            case_no: row.case_no.as_deref(),
            key: format!("{:016x}", row.key),
            court: &row.court,
            team: &row.team,
            month: month(row),
            adds: row.adds,
        })
        .collect();
    if let Some(court) = options.court.as_ref().filter(|_| rows.is_empty()) {
        caution!(console, "--court {court}: no row of the indicator is of it; the name is that of the store", court);
    }
    say!(console, "side\tcase_no\tkey\tcourt\tteam\tmonth\tadds");
    // A tab or a line's end within a name would part the line.
    let plain = |name: &str| name.replace(char::is_control, " ");
    for Row { side, case_no, key, court, team, month, adds } in &rows {
        let (court, team) = (plain(court), plain(team));
        let (case_no, month) = (case_no.unwrap_or("-"), month.as_deref().unwrap_or("before"));
        say!(
            console,
            "{side}\t{case_no}\t{key}\t{court}\t{team}\t{month}\t{adds}",
            side,
            case_no,
            key,
            court,
            team,
            month,
            adds
        );
    }
    console.result(&rows)
}
