//! Fits a scorecard on a table of one's own and writes everything that deploys and judges it.

mod account;
mod amount;
mod applies;
mod compare;
mod deployed;
mod outcome;
mod outputs;
mod own;
mod plots;
mod received;
mod settings;
mod steadiness;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use wherewithal::domain::Share;
use wherewithal::features::FeatureTable;
use wherewithal::model::{
    self, CalibrationMethod, FeaturePath, HeldOut, Learner, Periods, Scorecard, Splits, Stability, ValidationReport,
};
use wherewithal::score::{Scorer, ScorerParams};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{DayOrder, WrittenTable};

use crate::console::{Console, say};
use crate::failure::Failure;
use crate::files;
use crate::path_points::path_points;
use crate::reading::ReadingOptions;
use crate::words::says;
use account::Account;
use deployed::{Deployed, renamed};
use outputs::ScoreLines;
use own::Own;

/// Fits a scorecard on a table of your own, or with --target-amount a card of amounts: writes model.json, model.sql,
/// model.pmml, bins.csv, columns.csv, scores.csv, validation.json and plots.
///
/// Rows whose outcome is blank or named by --indeterminate (not yet over, withdrawn, refused before anything could
/// happen) say neither yes nor no: nothing is learnt from them and nothing judged by them, but they are scored. What a
/// card says about refused applicants rests on those that were accepted; no outcome is ever made up for them.
///
/// The table is read as people write it, and what was done with every column is said and written to columns.csv.
/// score-table scores new rows with the card.
#[derive(Args)]
pub(crate) struct Options {
    /// The table: delimited text in UTF-8, UTF-16 or GB18030, or Parquet; also gzipped.
    #[arg(long)]
    table: PathBuf,
    #[command(flatten)]
    reading: ReadingOptions,
    /// The column that tells what happened.
    #[arg(long, requires = "event", required_unless_present = "target_amount", conflicts_with = "target_amount")]
    target: Option<String>,
    /// The value of that column that is the event; a higher score means a likelier event.
    #[arg(long, requires = "target", conflicts_with = "target_amount")]
    event: Option<String>,
    /// The column that tells how much there was, instead of --target: the card's points are amounts, and their sum is
    /// what is expected. Writes model.json, model.sql, model.pmml, bins.csv, columns.csv, scores.csv, reasons.csv and
    /// validation.json.
    #[arg(long)]
    target_amount: Option<String>,
    /// The values of that column that mean the event did not happen; may be left out where there is only one.
    #[arg(long, value_delimiter = ',', requires = "target", conflicts_with = "target_amount")]
    no_event: Vec<String>,
    /// Values of that column that are neither the event nor its absence; blank ones are so in any case.
    #[arg(long, value_delimiter = ',')]
    indeterminate: Vec<String>,
    /// The column that says whose row it is: rows of one party are never on both sides of a split.
    #[arg(long)]
    id: Option<String>,
    /// Columns left out, for instance those known only afterwards.
    #[arg(long, value_delimiter = ',')]
    drop: Vec<String>,
    /// Columns whose values are levels, whatever they look like.
    #[arg(long, value_delimiter = ',')]
    categorical: Vec<String>,
    /// Columns whose values are numbers; what is none counts as missing.
    #[arg(long, value_delimiter = ',')]
    numeric: Vec<String>,
    /// Values of a column that are codes, not quantities, each in a bin of its own: COL=V1;V2, or *=V1;V2 for all.
    #[arg(long)]
    special: Vec<String>,
    /// How the event rate runs over a column's numbers: COL=ascending, descending, peak, valley, concave or convex.
    #[arg(long)]
    trend: Vec<String>,
    /// Bins of a column at most, missing values and codes aside.
    #[arg(long)]
    max_bins: Option<usize>,
    /// The share of rows in a bin at least.
    #[arg(long)]
    min_share: Option<f64>,
    /// The column of row weights.
    #[arg(long)]
    weight: Option<String>,
    /// The column of time: days however written, or whole numbers. Adds a report per month (or number), and a hold-out
    /// takes the latest rows.
    #[arg(long)]
    time: Option<String>,
    /// How the days of --time are written, where no day tells.
    #[arg(long, value_enum)]
    day_order: Option<Order>,
    /// Folds of the cross-validation: row number modulo K, parties in order of appearance.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..))]
    folds: u32,
    /// The share of rows to judge on instead of a cross-validation.
    #[arg(long, conflicts_with = "folds")]
    holdout: Option<f64>,
    /// How the card is learnt: from weight of evidence (where nothing is said), by boosting shapes and pairs, or both
    /// on the same folds: then each writes to a folder of its own beside comparison.json and comparison.svg. Amounts
    /// are boosted.
    #[arg(long, value_enum)]
    learner: Option<LearnerKind>,
    /// Features of the card at most: the set that explains most together.
    #[arg(long)]
    features: Option<usize>,
    /// Judge cards of 5, 8, 12, 20 and 30 features beside the full one, say what each loses, and take the smallest
    /// within one standard error of the best; writes path.json. Cards of weight of evidence only.
    #[arg(long, conflicts_with_all = ["features", "target_amount"])]
    path: bool,
    /// Draw the rows anew so many times, learn a card from each draw, and say how often each feature is chosen; writes
    /// stability.json. What is drawn depends on --seed alone.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000), conflicts_with = "target_amount")]
    bootstraps: Option<u32>,
    /// Let no feature move a score by more points than its own weights of evidence do. Cards of weight of evidence
    /// only.
    #[arg(long, conflicts_with = "target_amount")]
    within_evidence: bool,
    /// Pairs of features at most, for the additive learner.
    #[arg(long)]
    pairs: Option<usize>,
    /// How probabilities are calibrated: along a smooth curve where nothing is said.
    #[arg(long, value_enum, conflicts_with = "target_amount")]
    calibration: Option<Calibration>,
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

/// The column that is learnt.
#[derive(Clone, Copy)]
enum Asked<'a> {
    /// Whether a value of it is there.
    Event { column: &'a str, event: &'a str },
    /// How much it holds.
    Amount(&'a str),
}

impl Options {
    fn asked(&self) -> Asked<'_> {
        match &self.target_amount {
            Some(column) => Asked::Amount(column),
            None => Asked::Event {
                column: self.target.as_deref().unwrap_or_default(),
                event: self.event.as_deref().unwrap_or_default(),
            },
        }
    }
}

impl<'a> Asked<'a> {
    /// The option that names the column, and the column.
    fn column(self) -> (&'static str, &'a str) {
        match self {
            Self::Event { column, .. } => ("--target", column),
            Self::Amount(column) => ("--target-amount", column),
        }
    }
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

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum LearnerKind {
    Woe,
    Additive,
    Both,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Order {
    Ymd,
    Mdy,
    Dmy,
}

impl From<Order> for DayOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Ymd => Self::YearFirst,
            Order::Mdy => Self::MonthFirst,
            Order::Dmy => Self::DayFirst,
        }
    }
}

pub(crate) fn fit(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let mut said = Vec::new();
    let outcome = fit_and_write(options, (&mut said, console));
    if outcome.is_err() {
        said.iter().for_each(|line| console.warn(line));
    }
    outcome
}

/// Fits and writes; `said` is what was found in the table until then.
fn fit_and_write(options: &Options, (said, console): (&mut Vec<Sentence>, &Console<'_>)) -> Result<(), Failure> {
    applies::check(options)?;
    let (written, how) = options.reading.read(&options.table)?;
    let own = Own::read(&written, options)?;
    let params = settings::params(options, &own.table)?;
    let account = Account::new(&own, &written, &params)?;
    said.extend([how].into_iter().chain(own.said.clone()).chain(account.lines(console.language())));
    said.extend(applies::unmet(options, &written));
    said.extend(account.warnings(&written, options));
    if own.table.width() == 0 {
        return Err(Failure::work(says!("no column is left to be a feature; the lines above say why each is out")));
    }
    let lesson = Lesson { options, written: &written, own: &own, account: &account, table: own.decided()? };
    let splits = own.splits(options)?;
    said.extend(own.held_out(options, &splits));
    if let Some(amounts) = &own.amounts {
        let learnt = amount::Learnt::new(&lesson, amounts, (&splits, &settings::additive(options, &params)))?;
        return learnt.write(said, console);
    }
    let learners = settings::learners(options, &params)?;
    let mut all = Vec::with_capacity(learners.len());
    for learner in &learners {
        let made = lesson.learn(learner, &splits)?;
        if let Some(path) = made.card.path() {
            write_path(path, (&options.out, &mut *said))?;
        }
        all.push(made);
    }
    let best = match all.as_slice() {
        [champion, challenger] => {
            for made in [champion, challenger] {
                lesson.write(made, (options.out.join(made.learner).as_path(), &mut *said))?;
            }
            compare::write((champion, challenger), &own.target, (options.out.as_path(), console))?;
            challenger
        }
        [only] => {
            lesson.write(only, (options.out.as_path(), &mut *said))?;
            only
        }
        _ => return Err(Failure::work(says!("no learner was asked for"))),
    };
    said.iter().for_each(|line| console.say(line));
    for made in &all {
        summary(&made.card, &made.report, ([made.held_out.rows.len(), own.table.height()], console));
    }
    say!(console, "written to {}", [options.out.display()]);
    console.result(&serde_json::json!({
        "learner": best.learner,
        "auc": best.report.auc.value, "auc_se": best.report.auc.standard_error, "ks": best.report.ks.value,
        "brier": best.report.brier.score.value, "ece": best.report.ece.value, "n_features": best.card.features().len(),
        "n_pairs": best.card.pairs().len(), "fit_seconds": best.fit_seconds, "stability": best.stability,
    }))
}

/// Says what cards of fewer features lose, and writes it.
fn write_path(path: &FeaturePath, (out, said): (&Path, &mut Vec<Sentence>)) -> Result<(), Failure> {
    said.extend(path_points(path, 2));
    said.push(says!("at most {} features: the fewest within one standard error of the least loss", [path.chosen]));
    files::make(out)?;
    let file = out.join("path.json");
    files::write(&file, serde_json::to_string_pretty(path)?)
}

/// A table to learn from.
struct Lesson<'a> {
    options: &'a Options,
    written: &'a WrittenTable,
    own: &'a Own<'a>,
    account: &'a Account<'a>,
    /// The rows whose outcome is known.
    table: FeatureTable,
}

/// What a learner made of it.
struct Made {
    learner: &'static str,
    card: Scorecard,
    held_out: HeldOut,
    report: ValidationReport,
    stability: Option<Stability>,
    fit_seconds: f64,
}

impl Lesson<'_> {
    fn learn(&self, learner: &Learner, splits: &Splits) -> Result<Made, Failure> {
        let target = &self.own.target;
        let started = Instant::now();
        let card = model::fit(&self.table, target, learner)?;
        let fit_seconds = started.elapsed().as_secs_f64();
        let held_out = model::cross_validate(&self.table, target, splits, learner)?;
        let mut report = held_out.report(target)?;
        if let Some(times) = &self.own.times {
            let periods = Periods { card: &card, table: &self.table, target, times };
            report = report.periods(periods.report(&held_out)?);
        }
        let stability = steadiness::drawn(self, &card, learner)?;
        Ok(Made { learner: learner.name(), card, held_out, report, stability, fit_seconds })
    }

    fn write(&self, made: &Made, (out, said): (&Path, &mut Vec<Sentence>)) -> Result<(), Failure> {
        let Made { card, held_out, report, .. } = made;
        said.extend(account::left_out(card));
        said.extend(steadiness::beyond(card));
        files::make(out)?;
        let write = |name: &str, text: String| {
            let path = out.join(name);
            files::write(&path, text)
        };
        write("model.json", card.to_json()?)?;
        let deployed = Deployed::new(card, (self.options, self.written));
        write("model.sql", deployed.commented(&card.to_sql_of(&deployed.table)))?;
        write("model.pmml", card.to_pmml_of(&deployed.table)?)?;
        let names: Vec<&str> = self.written.names().collect();
        said.extend(renamed(&card.output_names(&names).renamed(), &card.output_names(&[]).renamed()));
        said.extend(deployed.notes);
        write("bins.csv", outputs::bins(card)?)?;
        if !card.pairs().is_empty() {
            write("pairs.csv", outputs::pairs(card)?)?;
        }
        write("columns.csv", self.account.csv(card)?)?;
        let id = self.options.id.as_ref().map(|name| self.written.column(name)).transpose()?;
        let ids = id.map(|column| (0..column.len()).map(|row| column.text(row)).collect());
        // Every row's score, however little is known of it.
        let scorer = Scorer::with(card, ScorerParams::default().min_known_share(Share::new(0.0)?))?;
        let scores = scorer.score(&self.own.table)?;
        let lines = ScoreLines { scores: &scores, held_out, decided: &self.own.decided, ids };
        write("scores.csv", lines.csv()?)?;
        write("validation.json", serde_json::to_string_pretty(report)?)?;
        if let Some(stability) = &made.stability {
            said.extend(steadiness::write(stability, out)?);
        }
        let judged = self.own.target.rows(&held_out.rows)?;
        for (name, svg) in plots::all(card, report, (&held_out.probabilities, judged.events()))? {
            write(&format!("{name}.svg"), svg)?;
        }
        Ok(())
    }
}

fn summary(card: &Scorecard, report: &ValidationReport, ([judged, all], console): ([usize; 2], &Console<'_>)) {
    say!(
        console,
        "{all} rows scored, {} learnt from, {judged} judged by cards fitted without them",
        [card.rows()],
        all,
        judged
    );
    say!(console, "{} rows, {} events, {} features of the card:", [card.rows(), card.events(), card.features().len()]);
    for feature in card.features() {
        let (map, coefficient) = (feature.map(), feature.coefficient());
        say!(
            console,
            "  {:32} {:2} bins  information {:6.3}  coefficient {:6.3} ± {:.3}",
            [
                format!("{:32}", feature.name()),
                format!("{:2}", map.bins.len()),
                format!("{:6.3}", map.information_value()),
                format!("{:6.3}", coefficient.value),
                format!("{:.3}", coefficient.standard_error)
            ]
        );
    }
    say!(
        console,
        "held out: AUC {:.4}, KS {:.4}, Brier {:.4}, calibration error {:.4}, H {:.4}",
        [
            format!("{:.4}", report.auc),
            format!("{:.4}", report.ks),
            format!("{:.4}", report.brier.score),
            format!("{:.4}", report.ece),
            format!("{:.4}", report.h_measure)
        ]
    );
    let bound = card.rounding();
    say!(
        console,
        "rounding to whole points moves no score by more than {:.2} points",
        [format!("{:.2}", bound.bound_points)]
    );
    for period in &report.periods {
        say!(
            console,
            "  {:10} {:6} rows  predicted {:.4}  observed {:.4}  score moved {:.4} ({:.4} by chance)",
            [
                format!("{:10}", period.period),
                format!("{:6}", period.rows),
                format!("{:.4}", period.predicted),
                format!("{:.4}", period.observed),
                format!("{:.4}", period.score.index),
                format!("{:.4}", period.score.by_chance)
            ]
        );
    }
}
