//! Fits a scorecard on a table of your own and writes everything that deploys and judges it.
//!
//! ```sh
//! cargo run --release --example fit_scorecard -- --table loans.csv --target bad --event 0 --seed 1 --out out/loans
//! ```
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
use wherewithal::model::{self, FoldReport, Scorecard, ScorecardParams, ValidationReport};
use wherewithal::score::{ScoreTable, Scorer, ScorerParams};

use table::Own;

/// Fits a scorecard on a table of your own: writes model.json, model.sql, bins.csv, scores.csv, validation.json and plots.
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
    /// The column of time, as text that sorts: adds a report per period, and a hold-out takes the latest rows.
    #[arg(long)]
    time: Option<String>,
    /// Folds of the cross-validation: row number modulo K, parties in order of appearance.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..))]
    folds: u32,
    /// The share of rows to judge on instead of a cross-validation.
    #[arg(long, conflicts_with = "folds")]
    holdout: Option<f64>,
    /// What deals rows to folds.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
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

/// What was judged: rows, their probabilities, and how good these are.
struct Judged {
    rows: Vec<usize>,
    probabilities: Vec<f64>,
    folds: Vec<FoldReport>,
}

fn fit(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let own = Own::read(options)?;
    let params = own.params(ScorecardParams::default().seed(options.seed), &options.special)?;
    let started = Instant::now();
    let card = model::fit(&own.table, &own.target, &params)?;
    let fit_seconds = started.elapsed().as_secs_f64();
    let judged = judge(&own, (options, &params))?;
    let target = own.target.rows(&judged.rows)?;
    let report =
        ValidationReport { folds: judged.folds.clone(), ..ValidationReport::new(&judged.probabilities, &target)? };

    std::fs::create_dir_all(&options.out)?;
    let write = |name: &str, text: String| std::fs::write(options.out.join(name), text);
    write("model.json", card.to_json()?)?;
    write("model.sql", card.to_sql(&options.table.file_stem().unwrap_or_default().to_string_lossy()))?;
    write("bins.csv", bins(&card)?)?;
    write("scores.csv", score_lines(&scores(&card, &own.table)?))?;
    let by_time = own.by_time(&judged.rows, &judged.probabilities)?;
    let document = serde_json::json!({ "report": report, "by_time": by_time });
    write("validation.json", serde_json::to_string_pretty(&document)?)?;
    for (name, svg) in plots::all(&card, &report, (&judged.probabilities, target.events()))? {
        write(&format!("{name}.svg"), svg)?;
    }
    summary(&card, &report);
    println!("written to {}", options.out.display());
    let line = serde_json::json!({
        "auc": report.auc.value, "auc_se": report.auc.standard_error, "ks": report.ks.value,
        "brier": report.brier.score.value, "ece": report.ece, "n_features": card.features().len(),
        "fit_seconds": fit_seconds,
    });
    println!("{line}");
    Ok(())
}

fn judge(own: &Own, (options, params): (&Options, &ScorecardParams)) -> Result<Judged, Box<dyn std::error::Error>> {
    let height = own.target.height();
    let Some(share) = options.holdout else {
        let held_out = model::held_out(&own.table, &own.target, &own.folds(options.folds), params)?;
        let (probabilities, folds) = (held_out.probabilities, held_out.folds);
        return Ok(Judged { rows: (0..height).collect(), probabilities, folds });
    };
    let labels = own.hold_out(share, options.seed)?;
    let (rows, learnt): (Vec<usize>, Vec<usize>) = (0..height).partition(|row| labels.get(*row) == Some(&true));
    let card = model::fit(&own.table.rows(&learnt)?, &own.target.rows(&learnt)?, params)?;
    let scores = scores(&card, &own.table.rows(&rows)?)?;
    let probabilities: Option<Vec<f64>> =
        (0..scores.height()).map(|row| scores.probability(row).map(|p| p.value())).collect();
    Ok(Judged { rows, probabilities: probabilities.ok_or("a row held out has no score")?, folds: Vec::new() })
}

/// Every row's score, however little is known of it.
fn scores(card: &Scorecard, table: &FeatureTable) -> Result<ScoreTable, Box<dyn std::error::Error>> {
    Ok(Scorer::with(card, ScorerParams::default().min_known_share(Share::new(0.0)?))?.score(table)?)
}

/// The card's score and probability of each row of the table, which it was fitted on.
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
        "p_value",
        "points",
    ])?;
    for feature in card.features() {
        let coefficient = feature.coefficient();
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
                format!("{:.3e}", coefficient.p_value),
                points.to_string(),
            ])?;
        }
    }
    Ok(String::from_utf8(csv.into_inner()?)?)
}

fn summary(card: &Scorecard, report: &ValidationReport) {
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
        "held out: AUC {:.4} ± {:.4}, KS {:.4}, Brier {:.4}, calibration error {:.4}",
        report.auc.value, report.auc.standard_error, report.ks.value, report.brier.score.value, report.ece
    );
}
