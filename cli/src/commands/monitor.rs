//! Holds later runs against an earlier one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::{Day, Label, Language};
use wherewithal::features::FeatureCatalog;
use wherewithal::indicators::IndicatorCatalog;
use wherewithal::model::Estimate;
use wherewithal::monitoring::{Alert, AlertKind, Challenge, IntakeLine, LEAST_OF_EACH, SourceLine, SourceMeasure};
use wherewithal::pipeline::{MonitorParams, monitor};
use wherewithal::report::source_name;
use wherewithal::sentence::Sentence;

use crate::bar::Bar;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::words::says;

/// Is today still like the day we learnt from? Drift of scores and features, calibration and performance as outcomes
/// come in, groups, data quality, a model that may follow the one in use: alerts as data; nothing refits or switches by
/// itself.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of the run that others are held against.
    #[arg(long, requires = "run", required_unless_present = "store")]
    base: Option<PathBuf>,
    /// Folders of later runs.
    #[arg(long, requires = "base")]
    run: Vec<PathBuf>,
    /// The last day of which anything is known.
    #[arg(long, value_name = "DAY")]
    as_of: Day,
    /// Who performed and when: a CSV file with the columns entity_id and happened_on.
    #[arg(long, value_name = "FILE", requires = "base")]
    outcomes: Option<PathBuf>,
    /// Days within which the event is predicted.
    #[arg(
        long,
        default_value_t = 365,
        requires = "outcomes",
        value_parser = clap::value_parser!(i32).range(1..=36_500)
    )]
    window: i32,
    /// Groups for the audit alone: a CSV file with the columns entity_id and group.
    #[arg(long, value_name = "FILE", requires = "outcomes")]
    groups: Option<PathBuf>,
    /// A store whose answers of the last half-year are held against those of the half-year before, and whose deliveries
    /// by the rows refused of each kind of file.
    #[arg(long)]
    store: Option<PathBuf>,
    /// The model in use, to be held against --challenger: on samples of the store that neither may have learnt from,
    /// with outcomes known by the day.
    #[arg(long, value_name = "FILE", requires_all = ["challenger", "store"])]
    champion: Option<PathBuf>,
    /// A model that may follow the one in use.
    #[arg(long, value_name = "FILE", requires = "champion")]
    challenger: Option<PathBuf>,
    /// A folder of legal parameters instead of the ones built in; data/capacity/README.md describes it.
    #[arg(long, requires = "champion")]
    rules: Option<PathBuf>,
    /// Living costs that households must be left (CSV, as in data/capacity/README.md); without them wages count 0.
    #[arg(long, requires = "champion")]
    living_costs: Option<PathBuf>,
    /// The folder to write to: a page, monitor.html, its data, monitor.json, and with two models changes.csv, whose
    /// answers would change.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn watch(options: &Options, console: &Console<'_>) -> Result<(), Failure> {
    let mut params = MonitorParams::of_store(PathBuf::new(), options.as_of).language(console.language());
    params.base.clone_from(&options.base);
    params.runs.clone_from(&options.run);
    params.outcomes.clone_from(&options.outcomes);
    params.window_days = options.window;
    params.groups.clone_from(&options.groups);
    params.store.clone_from(&options.store);
    params.out.clone_from(&options.out);
    if let (Some(champion), Some(challenger)) = (&options.champion, &options.challenger) {
        params = params.challenge(champion, challenger);
        params = params.rules(options.rules.clone()).living_costs(options.living_costs.clone());
    }
    let report = monitor(&params, &Bar::new(console.language()))?;
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
    if report.unreported > 0 {
        caution!(console, "{} parts of the store keep no report of what was refused", [report.unreported]);
    }
    if report.too_new > 0 {
        caution!(console, "{} kinds of file have too few deliveries to hold any against the first", [report.too_new]);
    }
    for line in refusing(&report.intake) {
        let (source, share) = (&line.source, |share: Option<f64>| format!("{:.1}", share.unwrap_or_default() * 100.0));
        say!(
            console,
            "{source}  {}  {} of {} rows refused, {:.1} % (first deliveries {:.1} %)",
            [line.part, line.refused, line.read, share(line.share), share(line.base)],
            source
        );
    }
    if let Some(challenge) = &report.challenge {
        say_challenge(challenge, console);
    }
    for alert in &report.alerts {
        let (subject, month) =
            (subject(alert, console.language())?, alert.month.as_deref().or(alert.part.as_deref()).unwrap_or(""));
        let reason = alert.reason.text(console.language());
        if matches!(alert.kind, AlertKind::Quality | AlertKind::Source | AlertKind::Intake) {
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

/// Of each kind of file the last delivery that is held against the first ones.
fn refusing(lines: &[IntakeLine]) -> impl Iterator<Item = &IntakeLine> {
    let in_all = lines.iter().filter(|line| line.reason.is_none() && line.share.is_some() && line.base.is_some());
    // Deliveries come in their order.
    in_all.map(|line| (line.source.as_str(), line)).collect::<BTreeMap<_, _>>().into_values()
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

/// Who is ahead in what, on how many samples, and how many answers would change.
fn say_challenge(challenge: &Challenge, console: &Console<'_>) {
    let left_out = &challenge.insufficient;
    say!(
        console,
        "champion and challenger on {} samples; left out: {} that one may have learnt from, {} whose outcome is not \
         known yet, {} without an answer by the champion, {} by the challenger",
        [challenge.samples, challenge.learnt, challenge.immature, left_out.champion, left_out.challenger]
    );
    for event in &challenge.events {
        let name = console.word(&event.event);
        let Some(figures) = &event.figures else {
            caution!(
                console,
                "{name}: {} of them have the event: nothing is compared with fewer than {} with it or without it",
                [event.events, LEAST_OF_EACH as u64],
                name
            );
            continue;
        };
        let loss = &figures.log_loss;
        say!(
            console,
            "{name}: AUC {:.4} and {:.4}, challenger {ahead}; log loss {:.4} and {:.4}, challenger {less}",
            [
                format!("{:.4}", figures.auc.champion.value),
                format!("{:.4}", figures.auc.challenger.value),
                format!("{:.4}", loss.champion.value),
                format!("{:.4}", loss.challenger.value)
            ],
            name,
            ahead = lead(&figures.auc_ahead),
            less = lead(&figures.log_loss_ahead)
        );
    }
    match &challenge.money {
        Some(money) => say!(
            console,
            "money in the top tenth: {:.1} % and {:.1} % of all that came in, challenger {ahead} ({} samples, {} \
             unknown)",
            [
                format!("{:.1}", money.found.champion.value * 100.0),
                format!("{:.1}", money.found.challenger.value * 100.0),
                money.samples,
                money.unknown
            ],
            ahead = lead(&money.ahead)
        ),
        None => caution!(console, "money came in of fewer than {} samples: it is not compared", [LEAST_OF_EACH]),
    }
    say!(console, "the answer of {} of {} debtors would change", [challenge.changed, challenge.debtors]);
}

/// By how much the challenger is ahead or behind, where chance does not explain it.
fn lead(ahead: &Estimate) -> Sentence {
    let (low, high) = ahead.interval(0.95);
    let [by, low_end, high_end] = [ahead.value, low, high].map(|value| format!("{value:+.4}"));
    match (low > 0.0, high < 0.0) {
        (true, _) => says!("ahead by {} ({} to {})", [by, low_end, high_end]),
        (_, true) => says!("behind by {} ({} to {})", [by, low_end, high_end]),
        _ => says!("not apart beyond chance: {} ({} to {})", [by, low_end, high_end]),
    }
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
        AlertKind::Group | AlertKind::Intake => None,
    };
    Ok(meaning.map_or_else(|| code.clone(), |meaning| format!("{code} ({meaning})")))
}
