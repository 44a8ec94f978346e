//! Holds later runs against an earlier one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::{Day, Label, Language};
use wherewithal::features::FeatureCatalog;
use wherewithal::indicators::IndicatorCatalog;
use wherewithal::monitoring::{Alert, AlertKind, SourceLine, SourceMeasure};
use wherewithal::pipeline::{MonitorParams, monitor};
use wherewithal::report::source_name;
use wherewithal::sentence::Sentence;

use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::words::says;

/// Is today still like the day we learnt from? Drift of scores and features, calibration and performance as outcomes
/// come in, groups, data quality: alerts as data; nothing refits by itself.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of the run that others are held against.
    #[arg(long)]
    base: PathBuf,
    /// Folders of later runs.
    #[arg(long, required = true)]
    run: Vec<PathBuf>,
    /// The last day of which anything is known.
    #[arg(long, value_name = "DAY")]
    as_of: Day,
    /// Who performed and when: a CSV file with the columns entity_id and happened_on.
    #[arg(long, value_name = "FILE")]
    outcomes: Option<PathBuf>,
    /// Days within which the event is predicted.
    #[arg(long, default_value_t = 365, requires = "outcomes")]
    window: i32,
    /// Groups for the audit alone: a CSV file with the columns entity_id and group.
    #[arg(long, value_name = "FILE", requires = "outcomes")]
    groups: Option<PathBuf>,
    /// A store whose answers of the last half-year are held against those of the half-year before.
    #[arg(long)]
    store: Option<PathBuf>,
}

pub(crate) fn watch(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let mut params = MonitorParams::new(&options.base, PathBuf::new(), options.as_of);
    params.runs.clone_from(&options.run);
    params.outcomes.clone_from(&options.outcomes);
    params.window_days = options.window;
    params.groups.clone_from(&options.groups);
    params.store.clone_from(&options.store);
    let report = monitor(&params)?;
    for (run, subject, moved) in &report.moved {
        say!(
            console,
            "{run}  {subject:<40} {:.4} ({:.4} to {:.4}), chance alone goes so far with probability {:.4}",
            [
                format!("{:.4}", moved.index),
                format!("{:.4}", moved.low),
                format!("{:.4}", moved.high),
                format!("{:.4}", moved.p_value)
            ],
            run,
            subject = format!("{:<40}", subject)
        );
    }
    for month in &report.months {
        let observed =
            month.observed.map_or_else(|| says!("not ripe"), |(share, _)| Sentence::name(format!("{share:.3}")));
        say!(
            console,
            "{}  {} rows, {} ripe, predicted {:.3}, observed {observed}",
            [month.month, month.rows, month.ripe, format!("{:.3}", month.predicted)],
            observed
        );
    }
    for group in &report.groups {
        let name = group.group.as_deref().unwrap_or("-");
        say!(
            console,
            "group {name}: {} rows, predicted {:.3}, observed {:.3}",
            [group.rows, format!("{:.3}", group.predicted), format!("{:.3}", group.observed)],
            name
        );
    }
    if report.unmatched > 0 {
        caution!(console, "{} parties of outcomes and groups were never scored", [report.unmatched]);
    }
    for lines in newest(&report.sources).values() {
        say_source(lines, console);
    }
    for alert in &report.alerts {
        let (subject, month) = (subject(alert, console.language())?, alert.month.as_deref().unwrap_or(""));
        let reason = alert.reason.text(console.language());
        if matches!(alert.kind, AlertKind::Quality | AlertKind::Source) {
            caution!(
                console,
                "alert: {subject} {month} {:.4} against {:.4} in the base: {reason} ({} rows)",
                [format!("{:.4}", alert.value), format!("{:.4}", alert.threshold), alert.rows],
                subject,
                month,
                reason
            );
            continue;
        }
        caution!(
            console,
            "alert: {subject} {month} {:.4} against the threshold {:.4}: {reason} ({} rows)",
            [format!("{:.4}", alert.value), format!("{:.4}", alert.threshold), alert.rows],
            subject,
            month,
            reason
        );
    }
    console.result(&report)
}

/// Of each source the lines of the last month in which late answers are in.
fn newest(lines: &[SourceLine]) -> BTreeMap<&str, BTreeMap<SourceMeasure, &SourceLine>> {
    let mut newest: BTreeMap<&str, BTreeMap<SourceMeasure, &SourceLine>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.is_ripe) {
        // Months come in their order.
        newest.entry(&line.source).or_default().insert(line.measure, line);
    }
    newest
}

fn say_source(lines: &BTreeMap<SourceMeasure, &SourceLine>, console: &Console<'_>) {
    let Some(first) = lines.values().next() else { return };
    let source = source_name(&first.source, console.language());
    let shown = |measure: SourceMeasure, of: fn(&SourceLine) -> Option<f64>| {
        let value = lines.get(&measure).and_then(|line| of(line));
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
    };
    let [answered, refused, days] = [SourceMeasure::Answered, SourceMeasure::Refused, SourceMeasure::AnswerDays]
        .map(|measure| [shown(measure, |line| line.value), shown(measure, |line| line.base)]);
    let ([answered, answered_base], [refused, refused_base], [days, days_base]) = (answered, refused, days);
    say!(
        console,
        "source {source}  {}  answered {answered} (first months {answered_base}), rolled back {refused} \
         ({refused_base}), days until an answer {days} ({days_base})",
        [first.month],
        source,
        answered,
        answered_base,
        refused,
        refused_base,
        days,
        days_base
    );
}

/// What an alert is about: the code, and what it means.
fn subject(alert: &Alert, language: Language) -> Result<String, Failure> {
    let code = &alert.subject;
    let meaning = match alert.kind {
        AlertKind::Population | AlertKind::Calibration | AlertKind::Performance => {
            Some(Label::new("评分", "scores").text(language).to_owned())
        }
        AlertKind::Feature => {
            FeatureCatalog::standard()?.feature(code).map(|feature| feature.label.text(language).to_owned())
        }
        AlertKind::Quality => {
            IndicatorCatalog::standard()?.definition(code).map(|found| found.label().text(language).to_owned())
        }
        AlertKind::Source => Some(source_name(code, language).to_owned()).filter(|name| name != code),
        AlertKind::Group => None,
    };
    Ok(meaning.map_or_else(|| code.clone(), |meaning| format!("{code} ({meaning})")))
}
