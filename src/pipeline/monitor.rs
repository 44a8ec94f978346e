//! Compares later runs with an earlier one: drift, calibration, groups, data quality.
//!
//! A model learnt in one year may be wrong in the next without any error being raised. Here a run is held
//! against the one it was accepted by: have scores and features moved, are probabilities still what they
//! say, are groups treated alike, do sources still answer? Alerts are data; nothing is refitted.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::assess::{link, rules_of};
use super::challenge::{Challenged, changes_csv};
use super::deliveries::deliveries;
use super::outputs;
use crate::capacity::{CapacityRules, CapacityTable};
use crate::disk;
use crate::domain::{Day, Label, Language};
use crate::error::{Error, Result};
use crate::features::FeatureCatalog;
use crate::indicators::{IndicatorCatalog, Period, answers as answers_of, measure};
use crate::monitoring::{
    AuditRow, Followed, IntakeLimits, MonitorReport, QualityLimits, Sides, SourceLimits, Stability, Thresholds, audit,
    intake, kinds_too_new, maturing, quality, sources,
};
use crate::progress::Progress;
use crate::report::{Links, MonitorView, Pages};
use crate::schema::{AS_OF, ENTITY_ID};
use crate::sentence::says;
use crate::store::Store;
use polars::prelude::*;

/// Which runs to compare, and what is known of what came after.
///
/// A run is the folder that [`assess`](super::assess) wrote: its `scores.parquet`, and
/// `features.parquet` where there is one.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::MonitorParams;
///
/// let params = MonitorParams::new("out/a", "out/b", Day::parse("2018-06-30")?).window_days(180);
/// assert_eq!((params.runs.len(), params.window_days), (1, 180));
/// assert_eq!(params.outcomes, None); // what came after is not known yet
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MonitorParams {
    /// The run that others are held against; none where a store alone is looked at.
    pub base: Option<PathBuf>,
    /// Later runs; those of the base among the rows that are followed too.
    pub runs: Vec<PathBuf>,
    /// The last day of which anything is known. Deliveries are not cut by it: all that the store keeps are looked at.
    pub as_of: Day,
    /// A CSV file with the columns `entity_id` (16 hexadecimal digits) and `happened_on`: who performed, and when.
    pub outcomes: Option<PathBuf>,
    /// Days within which the event is predicted.
    pub window_days: i32,
    /// A CSV file with the columns `entity_id` and `group`, for the audit alone.
    pub groups: Option<PathBuf>,
    /// A store whose answers are held against those of its first months.
    pub store: Option<PathBuf>,
    /// Files of the model in use and of one that may follow it, to be held against each other on the cohort of the
    /// store.
    pub challenge: Option<Sides<PathBuf>>,
    /// A folder of legal parameters by which the two models state means, as
    /// [`AssessParams::rules`](super::AssessParams::rules); those that the crate carries when absent.
    pub rules: Option<PathBuf>,
    /// Living costs for the two models, as [`AssessParams::living_costs`](super::AssessParams::living_costs).
    pub living_costs: Option<PathBuf>,
    /// From when on something is an alert.
    pub thresholds: Thresholds,
    /// The folder for the page and its data; nothing is written when `None`.
    pub out: Option<PathBuf>,
    /// The language of the page.
    pub language: Language,
    /// Partitions of the store in flight.
    pub threads: usize,
}

impl MonitorParams {
    /// A comparison of a later run with a base.
    pub fn new(base: impl Into<PathBuf>, run: impl Into<PathBuf>, as_of: Day) -> Self {
        Self { base: Some(base.into()), runs: vec![run.into()], ..Self::of_day(as_of) }
    }

    /// A look at a store alone: its answers, and two models on its cohort.
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::pipeline::MonitorParams;
    ///
    /// let params = MonitorParams::of_store("out/store", Day::parse("2018-06-30")?).challenge("old.json", "new.json");
    /// assert!(params.base.is_none() && params.challenge.is_some());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn of_store(store: impl Into<PathBuf>, as_of: Day) -> Self {
        Self { store: Some(store.into()), ..Self::of_day(as_of) }
    }

    fn of_day(as_of: Day) -> Self {
        Self {
            base: None,
            runs: Vec::new(),
            as_of,
            outcomes: None,
            window_days: 365,
            groups: None,
            store: None,
            challenge: None,
            rules: None,
            living_costs: None,
            thresholds: Thresholds::default(),
            out: None,
            language: Language::Zh,
            threads: 2,
        }
    }

    setters! {
        runs: Vec<PathBuf>,
        window_days: i32,
        thresholds: Thresholds,
        language: Language,
        threads: usize,
    }

    /// Sets [`MonitorParams::challenge`]: the model in use, and the one that may follow it.
    #[must_use]
    pub fn challenge(mut self, champion: impl Into<PathBuf>, challenger: impl Into<PathBuf>) -> Self {
        self.challenge = Some(Sides { champion: champion.into(), challenger: challenger.into() });
        self
    }

    setters! {
        into store: Option<PathBuf>,
        rules: Option<PathBuf>,
        living_costs: Option<PathBuf>,
        out: Option<PathBuf>,
        outcomes: Option<PathBuf>,
        groups: Option<PathBuf>,
    }
}

/// One scored debtor.
struct Scored {
    entity: i64,
    on: Day,
    probability: f64,
}

/// Holds runs against a base, a store against its first months, two models against each other: population, calibration,
/// performance, groups, data quality. Nothing refits or switches by itself.
///
/// With [`MonitorParams::out`] it writes `monitor.html`, a page of its own, `monitor.json`, and with two models
/// `changes.csv`: the pseudonyms of those whose answer would change. Without two models that of an earlier run is
/// removed.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Format`] when a file cannot be read or lacks a column, or cannot be written;
/// [`Error::Setting`] for two models without a store, for such as foretell different events or learnt under another law
/// than that of [`MonitorParams::rules`], and for a law without two models; what [`CapacityRules::load`] reports.
pub fn monitor(params: &MonitorParams, progress: &dyn Progress) -> Result<MonitorReport> {
    if params.challenge.is_none() && (params.rules.is_some() || params.living_costs.is_some()) {
        let expected = "two models, which are judged under it";
        return Err(Error::setting("rules and living_costs", "a law without two models", expected));
    }
    let living_costs = params.living_costs.as_deref().map(outputs::living_costs).transpose()?;
    // A model that cannot be read is an error before anything else is looked at.
    let challenged = params.challenge.as_ref().map(|files| {
        let law = (params.rules.as_deref(), params.living_costs.as_deref());
        Challenged::read(files, (&rules_of(law, CapacityRules::standard()?)?, params.as_of))
    });
    let challenged = challenged.transpose()?;
    let mut report = MonitorReport::new(params.as_of, params.thresholds);
    let followed = moved(params, &mut report)?;
    if let Some(outcomes) = &params.outcomes {
        outcome(params, (outcomes, &followed), &mut report)?;
    }
    if let Some(store) = &params.store {
        answers(params, store, &mut report)?;
    }
    if let Some(challenged) = challenged {
        let Some(store) = &params.store else {
            return Err(Error::setting("challenge", "no store", "the store on whose cohort the models are compared"));
        };
        let (store, _) = link(&Store::open(store)?, params.as_of)?;
        let mut told = challenged.on(&store, params.threads, progress)?;
        told.living_costs = living_costs;
        report.challenge = Some(told);
    }
    if let Some(out) = &params.out {
        disk::make(out)?;
        disk::replace_document(&out.join("monitor.json"), &report)?;
        let labels = labels(&report)?;
        let view = MonitorView { report: &report, labels: &labels };
        let page = Pages::new(params.language)?.monitor(view, &Links::default())?;
        disk::replace(&out.join("monitor.html"), page.as_bytes())?;
        let changes = out.join("changes.csv");
        match &report.challenge {
            Some(challenge) => disk::replace(&changes, changes_csv(challenge).as_bytes())?,
            // Those of an earlier run would be taken for this one's.
            None => disk::remove(&changes)?,
        }
    }
    Ok(report)
}

/// What the features that may have moved are called.
fn labels(report: &MonitorReport) -> Result<BTreeMap<String, Label>> {
    let catalog = FeatureCatalog::standard()?;
    let label = |name: &str| {
        let of_catalog = catalog.feature(name).map(|spec| spec.label.clone());
        of_catalog.or_else(|| CapacityTable::label(name))
    };
    Ok(report.moved.iter().filter_map(|(_, name, _)| Some((name.clone(), label(name)?))).collect())
}

/// How far scores and features of later runs have moved; tells whom the runs scored.
fn moved(params: &MonitorParams, report: &mut MonitorReport) -> Result<Vec<Scored>> {
    let Some(base_run) = &params.base else { return Ok(Vec::new()) };
    let base = scores_of(base_run)?;
    let mut followed = scored(&base)?;
    for run in &params.runs {
        let name = run.display().to_string();
        let scores = scores_of(run)?;
        let one = Stability::of_numbers(&numbers(&base, "any_points")?, &numbers(&scores, "any_points")?);
        followed.extend(scored(&scores)?);
        let mut moved = vec![("score".to_owned(), one)];
        moved.extend(features((base_run, run))?);
        // Hundreds of features are looked at: of one in a hundred of the runs, not of the features, chance may raise an
        // alert.
        Stability::together(moved.iter_mut().map(|(_, one)| one));
        report.alerts.extend(moved.iter().filter_map(|(subject, one)| params.thresholds.of_stability(subject, one)));
        report.moved.extend(moved.into_iter().map(|(subject, one)| (name.clone(), subject, one)));
    }
    Ok(followed)
}

/// The scores of a run, which must have somebody's: nothing is like or unlike an empty run.
fn scores_of(run: &Path) -> Result<DataFrame> {
    let scores = frame(&run.join("scores.parquet"))?;
    if scores.height() == 0 {
        return Err(Error::format(run.join("scores.parquet"), "no debtor", "a run that assessed debtors"));
    }
    Ok(scores)
}

fn outcome(params: &MonitorParams, (outcomes, followed): (&Path, &[Scored]), report: &mut MonitorReport) -> Result<()> {
    let happened = pairs(outcomes, "happened_on", &mut |text| Day::parse(text))?;
    let rows: Vec<Followed> = followed
        .iter()
        .map(|one| {
            let days = happened.get(&one.entity).into_iter().flatten().copied();
            let happened_on = days.filter(|day| *day > one.on && *day <= params.as_of).min();
            Followed { scored_on: one.on, probability: one.probability, happened_on }
        })
        .collect();
    let known: std::collections::HashSet<i64> = followed.iter().map(|one| one.entity).collect();
    report.unmatched += happened.keys().filter(|entity| !known.contains(*entity)).count() as u64;
    let (months, alerts) = maturing(&rows, params.window_days, params.as_of, &params.thresholds);
    report.months = months;
    report.alerts.extend(alerts);
    let Some(groups) = &params.groups else { return Ok(()) };
    let groups = pairs(groups, "group", &mut |text| Ok(text.to_owned()))?;
    report.unmatched += groups.keys().filter(|entity| !known.contains(*entity)).count() as u64;
    let ripe = |row: &Followed| row.scored_on.plus_days(params.window_days) <= params.as_of;
    let judged = followed.iter().zip(&rows).filter(|(_, row)| ripe(row));
    let judge = |(one, row): (&Scored, &Followed)| {
        let end = row.scored_on.plus_days(params.window_days);
        let happened = row.happened_on.is_some_and(|on| on <= end);
        (
            AuditRow { probability: row.probability, happened },
            groups.get(&one.entity).and_then(|of| of.first()).map(String::as_str),
        )
    };
    let (rows, of): (Vec<AuditRow>, Vec<Option<&str>>) = judged.map(judge).unzip();
    let (audits, alerts) = audit(&rows, &of, 0.5, &params.thresholds);
    report.groups = audits;
    report.alerts.extend(alerts);
    Ok(())
}

/// Answers month by month, held against the first half of the last year; refusals by delivery.
fn answers(params: &MonitorParams, store: &Path, report: &mut MonitorReport) -> Result<()> {
    let period = Period::new(params.as_of.plus_months(-11), params.as_of)?;
    let store = Store::open(store)?;
    let measured = measure(&store, &IndicatorCatalog::standard()?, period)?;
    let (lines, alerts) = quality(&measured, &QualityLimits::standard()?)?;
    report.quality = lines;
    report.alerts.extend(alerts);
    let (lines, alerts) = sources(&answers_of(&store, period)?, &SourceLimits::standard()?);
    report.sources = lines;
    report.alerts.extend(alerts);
    let (deliveries, unreported) = deliveries(&store)?;
    let limits = IntakeLimits::standard()?;
    let (lines, alerts) = intake(&deliveries, &limits);
    (report.intake, report.unreported, report.too_new) = (lines, unreported, kinds_too_new(&deliveries, &limits));
    report.alerts.extend(alerts);
    Ok(())
}

fn frame(path: &Path) -> Result<DataFrame> {
    let file = File::open(path).map_err(Error::io(path))?;
    ParquetReader::new(file).finish().map_err(|error| Error::format(path, error, "a Parquet file of a run"))
}

/// A column of numbers; unknown ones are none.
fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>> {
    Ok(frame.column(name)?.cast(&DataType::Float64)?.f64()?.iter().collect())
}

fn scored(frame: &DataFrame) -> Result<Vec<Scored>> {
    let keys = frame.column(ENTITY_ID)?.i64()?.iter().zip(frame.column(AS_OF)?.date()?.phys.iter());
    let rows = keys.zip(frame.column("any_prob")?.f64()?.iter());
    let one = |((entity, on), probability): ((Option<i64>, Option<i32>), Option<f64>)| {
        let probability = probability.filter(|probability| !probability.is_nan())?;
        Some(Scored { entity: entity?, on: on.and_then(Day::from_number)?, probability })
    };
    Ok(rows.filter_map(one).collect())
}

/// How far each feature that both runs wrote has moved; none where one wrote none.
fn features((base, run): (&Path, &Path)) -> Result<Vec<(String, Stability)>> {
    let paths = [base, run].map(|folder| folder.join("features.parquet"));
    if !paths.iter().all(|path| path.is_file()) {
        return Ok(Vec::new());
    }
    let [before, now] = paths;
    let (before, now) = (frame(&before)?, frame(&now)?);
    let mut moved = Vec::new();
    for column in before.columns() {
        let name = column.name().as_str();
        let is_number = column.dtype().is_primitive_numeric() || column.dtype() == &DataType::Boolean;
        if name != ENTITY_ID && is_number && now.column(name).is_ok() {
            moved.push((name.to_owned(), Stability::of_numbers(&numbers(&before, name)?, &numbers(&now, name)?)));
        }
    }
    Ok(moved)
}

/// A column of a CSV file by `entity_id`.
fn pairs<T>(path: &Path, column: &str, read: &mut dyn FnMut(&str) -> Result<T>) -> Result<HashMap<i64, Vec<T>>> {
    let unreadable = |error: csv::Error| Error::format(path, error, "a CSV file");
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let heads = reader.headers().map_err(unreadable)?.clone();
    let place = |name: &str| {
        let found = heads.iter().position(|head| head == name);
        found.ok_or_else(|| {
            Error::format(
                path,
                says!("no column {name}", name),
                says!("the columns {ENTITY_ID} and {column}", ENTITY_ID, column),
            )
        })
    };
    let (entity, value) = (place(ENTITY_ID)?, place(column)?);
    let mut pairs: HashMap<i64, Vec<T>> = HashMap::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(unreadable)?;
        let digits = record.get(entity).unwrap_or_default();
        let number = u64::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 16);
        let number = number.ok_or_else(|| {
            Error::format(
                path,
                says!("line {}, {ENTITY_ID}: not 16 hexadecimal digits", [row + 2], ENTITY_ID),
                "a pseudonym as pages show it",
            )
        })?;
        pairs.entry(number.cast_signed()).or_default().push(read(record.get(value).unwrap_or_default())?);
    }
    Ok(pairs)
}
