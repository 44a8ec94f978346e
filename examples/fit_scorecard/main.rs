//! Fits a scorecard on a table of your own and writes everything that deploys and judges it.
//!
//! ```sh
//! cargo run --release --example fit_scorecard -- --table loans.csv --target bad --event 0 --seed 1 --out out/loans
//! ```
//!
//! Rows whose outcome is blank or named by `--indeterminate` (not yet over, withdrawn, refused before anything could
//! happen) say neither yes nor no: nothing is learnt from them and nothing judged by them, but they are scored. What a
//! card says about refused applicants rests on those that were accepted; no outcome is ever made up for them.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program prints, and may say how long it took"
)]

mod plots;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use wherewithal::domain::Share;
use wherewithal::features::FeatureTable;
use wherewithal::model::{self, CalibrationMethod, Periods, Scorecard, ScorecardParams, ValidationReport};
use wherewithal::score::{ScoreTable, Scorer, ScorerParams};

use table::Own;

/// Fits a scorecard on a table of your own: writes model.json, model.sql, model.pmml, bins.csv, scores.csv,
/// validation.json and plots.
#[derive(Parser)]
struct Options {
    /// The table: CSV with a header line, also gzipped; comma, semicolon or tab.
    #[arg(long)]
    table: PathBuf,
    /// The column that tells what happened.
    #[arg(long)]
    target: String,
    /// The value of that column that is the event; a higher score means a likelier event.
    #[arg(long)]
    event: String,
    /// Values of that column that are neither the event nor its absence; blank ones are so in any case.
    #[arg(long, value_delimiter = ',')]
    indeterminate: Vec<String>,
    /// The column that says whose row it is: rows of one party are never on both sides of a split.
    #[arg(long)]
    id: Option<String>,
    /// Columns left out, for instance those known only afterwards.
    #[arg(long, value_delimiter = ',')]
    drop: Vec<String>,
    /// Values of a column that are codes, not quantities, each in a bin of its own: COL=V1;V2.
    #[arg(long)]
    special: Vec<String>,
    /// The column of row weights.
    #[arg(long)]
    weight: Option<String>,
    /// The column of time, as text that sorts: adds a report per month (or per value, where it holds no dates), and a
    /// hold-out takes the latest rows.
    #[arg(long)]
    time: Option<String>,
    /// Folds of the cross-validation: row number modulo K, parties in order of appearance.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..))]
    folds: u32,
    /// The share of rows to judge on instead of a cross-validation.
    #[arg(long, conflicts_with = "folds")]
    holdout: Option<f64>,
    /// How probabilities are calibrated.
    #[arg(long, value_enum, default_value_t = Calibration::Curve)]
    calibration: Calibration,
    /// What deals rows to folds.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Calibration {
    Platt,
    Beta,
    Isotonic,
    Curve,
}

impl From<Calibration> for CalibrationMethod {
    fn from(calibration: Calibration) -> Self {
        match calibration {
            Calibration::Platt => Self::Platt,
            Calibration::Beta => Self::Beta,
            Calibration::Isotonic => Self::Isotonic,
            Calibration::Curve => Self::Curve,
        }
    }
}

fn main() -> ExitCode {
    match fit(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn fit(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let own = Own::read(options)?;
    let params = ScorecardParams::default().seed(options.seed).calibration(options.calibration.into());
    let params = own.params(params, &options.special)?;
    let (table, splits) = (own.decided()?, own.splits(options)?);
    let started = Instant::now();
    let card = model::fit(&table, &own.target, &params)?;
    let fit_seconds = started.elapsed().as_secs_f64();
    let held_out = model::judge(&table, &own.target, &splits, &params)?;
    let mut report = held_out.report(&own.target)?;
    if let Some(times) = &own.times {
        let periods = Periods { card: &card, table: &table, target: &own.target, times };
        report = report.periods(periods.report(&held_out)?);
    }

    std::fs::create_dir_all(&options.out)?;
    let write = |name: &str, text: String| std::fs::write(options.out.join(name), text);
    write("model.json", card.to_json()?)?;
    write("model.sql", card.to_sql(&options.table.file_stem().unwrap_or_default().to_string_lossy()))?;
    write("model.pmml", card.to_pmml()?)?;
    write("bins.csv", bins(&card)?)?;
    write("scores.csv", score_lines(&scores(&card, &own.table)?))?;
    write("validation.json", serde_json::to_string_pretty(&report)?)?;
    let judged = own.target.rows(&held_out.rows)?;
    for (name, svg) in plots::all(&card, &report, (&held_out.probabilities, judged.events()))? {
        write(&format!("{name}.svg"), svg)?;
    }
    summary(&card, &report, own.table.height() - table.height());
    println!("written to {}", options.out.display());
    let line = serde_json::json!({
        "auc": report.auc.value, "auc_se": report.auc.standard_error, "ks": report.ks.value,
        "brier": report.brier.score.value, "ece": report.ece.value, "n_features": card.features().len(),
        "fit_seconds": fit_seconds,
    });
    println!("{line}");
    Ok(())
}

/// Every row's score, however little is known of it.
fn scores(card: &Scorecard, table: &FeatureTable) -> Result<ScoreTable, Box<dyn std::error::Error>> {
    Ok(Scorer::with(card, ScorerParams::default().min_known_share(Share::new(0.0)?))?.score(table)?)
}

/// The card's score and probability of each row of the table, most of which it was fitted on.
fn score_lines(scores: &ScoreTable) -> String {
    let line = |row: usize| {
        let score = scores.score(row).map(|points| points.0.to_string()).unwrap_or_default();
        let probability = scores.probability(row).map(|p| p.value().to_string()).unwrap_or_default();
        format!("{},{score},{probability}\n", row + 1)
    };
    std::iter::once("row,score,probability\n".to_owned()).chain((0..scores.height()).map(line)).collect()
}

/// One line per bin.
fn bins(card: &Scorecard) -> Result<String, Box<dyn std::error::Error>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "feature",
        "bin",
        "rows",
        "events",
        "event_rate",
        "woe",
        "information_value",
        "coefficient",
        "standard_error",
        "low_95",
        "high_95",
        "p_value",
        "points",
    ])?;
    for feature in card.features() {
        let coefficient = feature.coefficient();
        let (low, high) = coefficient.interval(0.95);
        for (bin, points) in feature.map().bins.iter().zip(feature.points()) {
            csv.write_record([
                feature.name().to_owned(),
                bin.range.to_string(),
                bin.counts.rows.to_string(),
                bin.counts.events.to_string(),
                format!("{:.6}", bin.counts.rate()),
                format!("{:.6}", bin.woe),
                format!("{:.6}", bin.information),
                format!("{:.6}", coefficient.value),
                format!("{:.6}", coefficient.standard_error),
                format!("{low:.6}"),
                format!("{high:.6}"),
                format!("{:.3e}", coefficient.p_value),
                points.to_string(),
            ])?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

fn summary(card: &Scorecard, report: &ValidationReport, undecided: usize) {
    if undecided > 0 {
        println!("{undecided} rows without a known outcome: scored, but neither learnt from nor judged");
    }
    println!("{} rows, {} events, {} features of the card:", card.rows(), card.events(), card.features().len());
    for feature in card.features() {
        let (map, coefficient) = (feature.map(), feature.coefficient());
        println!(
            "  {:32} {:2} bins  information {:6.3}  coefficient {:6.3} ± {:.3}",
            feature.name(),
            map.bins.len(),
            map.information_value(),
            coefficient.value,
            coefficient.standard_error
        );
    }
    println!(
        "held out: AUC {:.4}, KS {:.4}, Brier {:.4}, calibration error {:.4}, H {:.4}",
        report.auc, report.ks, report.brier.score, report.ece, report.h_measure
    );
    let bound = card.rounding();
    println!("rounding to whole points moves no score by more than {:.2} points", bound.bound_points);
    for period in &report.periods {
        println!(
            "  {:10} {:6} rows  predicted {:.4}  observed {:.4}  score moved {:.4} ({:.4} by chance)",
            period.period, period.rows, period.predicted, period.observed, period.score.index, period.score.by_chance
        );
    }
}
