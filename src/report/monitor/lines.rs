//! What is watched, as lines of tables.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::indicators::{Call, IndicatorCatalog};
use crate::monitoring::{
    Alert, AlertKind, AnswerMove, Challenge, GroupAudit, IntakeLine, LEAST_OF_EACH, MonthReport, PairedFigures,
    QualityLine, Sides, SourceLine, SourceMeasure,
};
use crate::report::phrasebook::Phrasebook;
use crate::report::words::source_name;

/// A share in per cent, with one decimal.
pub(super) fn share(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn between((low, high): (f64, f64)) -> String {
    format!("{} – {}", share(low), share(high))
}

fn call(call: Call, phrases: &Phrasebook) -> Option<String> {
    let key = match call {
        Call::Above => "above",
        Call::Below => "below",
        Call::TooFew => "too_few",
        Call::Within => return None,
    };
    Some(phrases.word("monitor", key))
}

fn is_called(call: Call) -> bool {
    matches!(call, Call::Above | Call::Below)
}

/// Alerts, in their order.
pub(super) fn alerts(alerts: &[Alert], (phrases, name): (&Phrasebook, &dyn Fn(&str) -> String)) -> Vec<Value> {
    let line = |alert: &Alert| {
        let key = match alert.kind {
            AlertKind::Population => "population",
            AlertKind::Feature => "feature",
            AlertKind::Calibration => "calibration",
            AlertKind::Performance => "performance",
            AlertKind::Quality => "quality",
            AlertKind::Source => "source",
            AlertKind::Intake => "intake_kind",
            AlertKind::Group => "group",
        };
        context! {
            kind => phrases.word("monitor", key),
            subject => match alert.kind {
                AlertKind::Source => source_name(&alert.subject, phrases.language()).to_owned(),
                AlertKind::Group if alert.subject.is_empty() => phrases.word("monitor", "no_group"),
                AlertKind::Group | AlertKind::Intake => alert.subject.clone(),
                _ => name(&alert.subject),
            },
            code => alert.subject,
            when => alert.month.as_ref().or(alert.part.as_ref()),
            value => format!("{:.4}", alert.value),
            threshold => format!("{:.4}", alert.threshold),
            reason => alert.reason.text(phrases.language()),
            rows => alert.rows,
        }
    };
    alerts.iter().map(line).collect()
}

/// Calibration and performance, month by month.
pub(super) fn months(months: &[MonthReport]) -> Vec<Value> {
    let line = |month: &MonthReport| {
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let ripe = month.ripe as f64 / month.rows.max(1) as f64;
        let is_outside = month.observed.is_some_and(|(_, (low, high))| month.predicted < low || month.predicted > high);
        context! {
            month => month.month,
            rows => month.rows,
            ripe => share(ripe),
            predicted => share(month.predicted),
            observed => month.observed.map(|(observed, _)| share(observed)),
            bounds => month.observed.map(|(_, bounds)| between(bounds)),
            is_outside => is_outside,
            awaited => month.awaited.map(share),
            auc => month.auc.map(|auc| format!("{auc:.4}")),
            promised => month.promised_auc.map(|auc| format!("{auc:.4}")),
        }
    };
    months.iter().map(line).collect()
}

/// Groups of the audit.
pub(super) fn groups(groups: &[GroupAudit], phrases: &Phrasebook) -> Vec<Value> {
    let rate =
        |rate: Option<(f64, (f64, f64))>| rate.map(|(at, bounds)| format!("{} ({})", share(at), between(bounds)));
    let line = |group: &GroupAudit| {
        context! {
            name => group.group.clone().unwrap_or_else(|| phrases.word("monitor", "no_group")),
            rows => group.rows,
            predicted => share(group.predicted),
            observed => share(group.observed),
            bounds => between(group.bounds),
            is_outside => group.predicted < group.bounds.0 || group.predicted > group.bounds.1,
            missed => rate(group.missed),
            accused => rate(group.accused),
            auc => group.auc.map(|auc| format!("{auc:.4}")),
        }
    };
    groups.iter().map(line).collect()
}

/// Answers of each source: a line for each month, with what is watched of it.
pub(super) fn sources(lines: &[SourceLine], phrases: &Phrasebook) -> Vec<Value> {
    let mut of: BTreeMap<&str, BTreeMap<&str, Vec<&SourceLine>>> = BTreeMap::new();
    for line in lines {
        of.entry(&line.source).or_default().entry(&line.month).or_default().push(line);
    }
    let cell = |line: Option<&&SourceLine>| {
        let show = |line: &SourceLine, value: f64| match line.measure {
            SourceMeasure::AnswerDays => format!("{value:.1}"),
            _ => share(value),
        };
        context! {
            value => line.and_then(|line| line.value.map(|value| show(line, value))),
            base => line.and_then(|line| line.base.map(|base| show(line, base))),
            call => line.and_then(|line| call(line.call, phrases)),
            is_called => line.is_some_and(|line| is_called(line.call)),
        }
    };
    let measures = [SourceMeasure::Answered, SourceMeasure::Refused, SourceMeasure::AnswerDays];
    let month = |(month, lines): (&str, Vec<&SourceLine>)| {
        let of = |measure: SourceMeasure| lines.iter().find(|line| line.measure == measure);
        context! {
            month => month,
            asked => of(SourceMeasure::Answered).map(|line| line.rows),
            is_ripe => lines.iter().all(|line| line.is_ripe),
            cells => measures.map(|measure| cell(of(measure))),
        }
    };
    let source = |(code, months): (&str, BTreeMap<&str, Vec<&SourceLine>>)| {
        let called = months.values().flatten().filter(|line| is_called(line.call)).count();
        let months: Vec<Value> = months.into_iter().map(month).collect();
        context! { name => source_name(code, phrases.language()), months => months, called => called }
    };
    of.into_iter().map(source).collect()
}

/// Answers of all sources together, by indicator and month.
pub(super) fn quality(lines: &[QualityLine], (catalog, phrases): (&IndicatorCatalog, &Phrasebook)) -> Vec<Value> {
    let line = |line: &QualityLine| {
        let definition = catalog.definition(&line.indicator);
        let show = |value: f64| match line.indicator.ends_with("_days") {
            true => format!("{value:.1}"),
            false => share(value),
        };
        let label = definition.map(|definition| definition.label().text(phrases.language()).to_owned());
        context! {
            label => label.unwrap_or_else(|| line.indicator.clone()),
            month => line.month,
            now => line.now.value.map(show),
            base => line.base.value.map(show),
            rows => line.now.bottom,
            is_ripe => line.is_ripe,
            call => call(line.call, phrases),
            is_called => is_called(line.call),
        }
    };
    lines.iter().map(line).collect()
}

/// Rows refused of each kind of file: a line for each delivery, with the reasons that refused any.
pub(super) fn intake(lines: &[IntakeLine], phrases: &Phrasebook) -> Vec<Value> {
    let mut of: BTreeMap<&str, Vec<&IntakeLine>> = BTreeMap::new();
    lines.iter().for_each(|line| of.entry(&line.source).or_default().push(line));
    let why = |line: &&&IntakeLine| {
        context! {
            reason => line.reason.as_ref().map(|reason| phrases.word("refusal", reason)),
            refused => line.refused,
            call => call(line.call, phrases),
            is_called => is_called(line.call),
        }
    };
    let delivery = |all: &[&IntakeLine], line: &IntakeLine| {
        let is_why = |other: &&&IntakeLine| {
            other.part == line.part && other.reason.is_some() && (other.refused > 0 || is_called(other.call))
        };
        context! {
            part => line.part,
            read => line.read,
            refused => line.refused,
            share => line.share.map(share),
            base => line.base.map(share),
            call => call(line.call, phrases),
            is_called => is_called(line.call),
            reasons => all.iter().filter(is_why).map(|line| why(&line)).collect::<Vec<_>>(),
        }
    };
    let source = |(name, all): (&str, Vec<&IntakeLine>)| {
        let called = all.iter().filter(|line| is_called(line.call)).count();
        let tables = all.first().map(|line| line.tables.join(", "));
        let in_all = all.iter().filter(|line| line.reason.is_none());
        let parts: Vec<Value> = in_all.map(|line| delivery(&all, line)).collect();
        context! { name => name, tables => tables, called => called, parts => parts }
    };
    of.into_iter().map(source).collect()
}

/// By how much the challenger is ahead, and whether chance explains it.
fn lead(ahead: f64, (low, high): (f64, f64), phrases: &Phrasebook) -> Value {
    let key = match (low > 0.0, high < 0.0) {
        (true, _) => "ahead",
        (_, true) => "behind",
        _ => "not_apart",
    };
    let signed = |value: f64| format!("{value:+.4}");
    context! {
        by => signed(ahead),
        bounds => format!("{} – {}", signed(low), signed(high)),
        call => phrases.word("monitor", key),
        is_called => key != "not_apart",
    }
}

/// The measures of one event, or of money, side by side.
fn versus(key: &str, sides: Sides<String>, ahead: Value, phrases: &Phrasebook) -> Value {
    let label = phrases.word("monitor", key);
    context! { label => label, champion => sides.champion, challenger => sides.challenger, ahead => ahead }
}

/// What two models are worth on the same samples.
pub(super) fn challenge(challenge: &Challenge, phrases: &Phrasebook) -> Vec<Value> {
    let empty = Vec::<Value>::new;
    let fact = |key: &str, count: u64| context! { label => phrases.word("monitor", key), count => count };
    let event = |name: &str, figures: &PairedFigures| {
        let (auc, loss) = (&figures.auc_ahead, &figures.log_loss_ahead);
        let lines = vec![
            versus(
                "auc",
                figures.auc.map(|auc| format!("{auc:.4}")),
                lead(auc.value, auc.interval(0.95), phrases),
                phrases,
            ),
            versus(
                "log_loss",
                figures.log_loss.map(|loss| format!("{loss:.4}")),
                lead(loss.value, loss.interval(0.95), phrases),
                phrases,
            ),
        ];
        let title = phrases.word("monitor", name);
        context! { title => title, lines => lines, facts => empty(), deciles => deciles(figures) }
    };
    let mut parts: Vec<Value> = challenge
        .events
        .iter()
        .map(|of| match &of.figures {
            Some(figures) => event(&of.event, figures),
            None => context! {
                title => phrases.word("monitor", &of.event),
                lines => empty(),
                deciles => empty(),
                none => phrases.word("monitor", "too_few_events"),
                facts => [
                    fact("with_event", of.events),
                    fact("without_event", challenge.samples.saturating_sub(of.events)),
                    fact("least_of_each", LEAST_OF_EACH as u64),
                ],
            },
        })
        .collect();
    let title = phrases.word("monitor", "money");
    let Some(money) = &challenge.money else {
        let facts = [fact("least_of_each", LEAST_OF_EACH as u64)];
        let none = phrases.word("monitor", "too_little_money");
        parts.push(context! { title => title, none => none, lines => empty(), facts => facts, deciles => empty() });
        return parts;
    };
    let found = money.found.map(|found| format!("{} ± {}", share(found.value), share(found.standard_error)));
    let key = if money.by_amount { "top_tenth" } else { "top_tenth_by_chance" };
    let ahead = lead(money.ahead.value, money.ahead.interval(0.95), phrases);
    let line = versus(key, found, ahead, phrases);
    parts.push(context! {
        title => title,
        lines => vec![line],
        deciles => empty(),
        facts => [fact("samples", money.samples), fact("unknown_money", money.unknown)],
    });
    parts
}

/// Predicted and observed by tenth, the two models side by side.
fn deciles(figures: &PairedFigures) -> Vec<Value> {
    let Sides { champion, challenger } = figures
        .deciles
        .map(|bins| bins.iter().map(|bin| (share(bin.predicted), share(bin.observed))).collect::<Vec<_>>());
    let tenths = champion.len().max(challenger.len());
    let line = |at: usize| context! { tenth => at + 1, sides => [champion.get(at), challenger.get(at)] };
    (0..tenths).map(line).collect()
}

/// How many debtors have which pair of answers: changed ones first.
pub(super) fn answers(challenge: &Challenge, phrases: &Phrasebook) -> Vec<Value> {
    let name = |answer: &str| match answer {
        "insufficient" => phrases.word("monitor", "insufficient"),
        grade => grade.to_owned(),
    };
    let mut moves: Vec<_> = challenge.answers.iter().collect();
    moves.sort_by_key(|of| (!of.is_change(), std::cmp::Reverse(of.debtors)));
    let line = |of: &&AnswerMove| {
        context! {
            champion => name(&of.answers.champion),
            challenger => name(&of.answers.challenger),
            debtors => of.debtors,
            is_change => of.is_change(),
        }
    };
    moves.iter().map(line).collect()
}
