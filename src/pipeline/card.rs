//! Collects what is known about a model (cards, bins, validation) for the page that describes it.
//!
//! Nothing is computed anew: points come from the cards, figures from the reports of training.

use super::{Event, MoneyReport, PerformanceModel};
use crate::capacity::CapacityTable;
use crate::domain::{Day, Label, Money};
use crate::model::{Bin, BinRange, Counts, Estimate, Scorecard, ScorecardFeature, ScorecardPair, ValidationReport};
use crate::profile::{CardBin, CardFeature, CardMoney, CardValidation, EventCard, Measured, ModelCard, MoneyOrder};

/// What there is to know about a model, as data for its page.
///
/// `held_out` is the validation of each event in the order of [`Event::ALL`], with a word on how rows were held out;
/// where it is none, the report that the card itself carries stands in. `money` is what each order of debtors found at
/// the same work.
pub(super) fn model_card(
    model: &PerformanceModel,
    (trained_as_of, money): (Option<Day>, Option<&MoneyReport>),
    held_out: [Option<(&ValidationReport, &str)>; 2],
) -> ModelCard {
    let event = |(event, held_out): (Event, Option<(&ValidationReport, &str)>)| {
        let card = model.card(event);
        let own = || card.held_out().map(|report| (report, "folds"));
        let mut features: Vec<CardFeature> = card.features().iter().map(|part| feature(model, part)).collect();
        features.extend(card.pairs().iter().map(|part| pair((model, card), part)));
        features.sort_by(|a, b| b.range.cmp(&a.range).then_with(|| a.feature.cmp(&b.feature)));
        EventCard { validation: held_out.or_else(own).map(validation), features, ..heading(event, card) }
    };
    ModelCard {
        window_days: model.cohort().window_days,
        trained_as_of,
        min_known_share: model.scorer().min_known_share.value(),
        grades: model.scorer().grades.least(),
        events: Event::ALL.into_iter().zip(held_out).map(event).collect(),
        money: money.map(at_equal_work),
    }
}

/// What each order found, as shares and as money.
fn at_equal_work(report: &MoneyReport) -> CardMoney {
    let received = report.amounts.received;
    #[expect(clippy::cast_possible_truncation, reason = "amounts below 2^53 fen")]
    let money = |share: f64| Money::from_fen((share * received).round() as i64);
    let clerk = report.by_clerk.as_ref();
    let best = report.amounts.top_tenth_at_best.map(|value| Estimate { value, standard_error: 0.0 });
    let orders = [
        ("model", report.amounts.top_tenth),
        ("clerk", clerk.map(|clerk| clerk.share)),
        ("claim", report.by_claim),
        ("any", report.by_any),
        ("means", report.by_means),
        ("best", best),
    ];
    let order = |(name, share): (&str, Option<Estimate>)| {
        let share = measured(share?);
        Some(MoneyOrder { order: name.to_owned(), share, money: money(share.value) })
    };
    CardMoney {
        rows: report.amounts.rows,
        received: money(1.0),
        orders: orders.into_iter().filter_map(order).collect(),
        ahead: clerk.map(|clerk| measured(clerk.ahead)),
        ahead_money: clerk.map_or(Money::ZERO, |clerk| money(clerk.ahead.value)),
        facts: clerk.iter().flat_map(|clerk| &clerk.facts).map(|fact| fact.label.clone()).collect(),
        source: clerk.map(|clerk| clerk.source.clone()).unwrap_or_default(),
        unknown: clerk.map_or(0, |clerk| clerk.unknown),
    }
}

fn heading(event: Event, card: &Scorecard) -> EventCard {
    EventCard {
        event: event.name().to_owned(),
        digest: card.digest().to_owned(),
        rows: card.rows(),
        events: card.events(),
        base: card.base_points(),
        ..EventCard::default()
    }
}

fn measured(estimate: Estimate) -> Measured {
    Measured { value: estimate.value, error: estimate.standard_error }
}

fn validation((report, held_out): (&ValidationReport, &str)) -> CardValidation {
    CardValidation {
        held_out: held_out.to_owned(),
        rows: report.rows,
        events: report.events,
        auc: measured(report.auc),
        ks: measured(report.ks),
        brier: measured(report.brier.score),
        ece: report.ece.value,
        calibration: report.calibration.iter().map(|bin| (bin.predicted, bin.observed, bin.rows)).collect(),
        folds: report.folds.iter().filter_map(|fold| fold.auc.map(measured)).collect(),
    }
}

/// What a feature is called, and its unit.
fn named(model: &PerformanceModel, name: &str) -> (Label, &'static str) {
    match model.catalog().feature(name) {
        Some(spec) => (spec.label.clone(), spec.unit.name()),
        None => match CapacityTable::label(name) {
            Some(label) => (label, "ratio"),
            None => (Label::new(name, name), ""),
        },
    }
}

/// A pair as a feature of its own, whose bins are the cells.
fn pair((model, card): (&PerformanceModel, &Scorecard), part: &ScorecardPair) -> CardFeature {
    let [first, second] = part.features().map(|name| named(model, name).0);
    let line = |along: usize, line: usize| {
        let map = part.features().get(along).and_then(|name| card.feature(name)).map(ScorecardFeature::map);
        map.map_or_else(String::new, |map| part.line_text(along, line, map))
    };
    let width = part.shape().last().copied().unwrap_or(1).max(1);
    let cell = |(at, (counts, points)): (usize, (&Counts, &i32))| CardBin {
        above: None,
        up_to: None,
        other: Some(format!("{} × {}", line(0, at / width), line(1, at % width))),
        rows: counts.weight,
        events: counts.event_weight,
        points: crate::domain::Points(*points),
    };
    CardFeature {
        feature: part.name(),
        label: Label::new(format!("{} × {}", first.zh, second.zh), format!("{} × {}", first.en, second.en)),
        unit: String::new(),
        range: part.range(),
        information: 0.0,
        bins: part.counts().iter().zip(part.points()).enumerate().map(cell).collect(),
    }
}

fn feature(model: &PerformanceModel, part: &ScorecardFeature) -> CardFeature {
    let (label, unit) = named(model, part.name());
    let bins = part.map().bins.iter().zip(part.points());
    CardFeature {
        feature: part.name().to_owned(),
        label,
        unit: unit.to_owned(),
        range: part.range(),
        information: part.map().information_value(),
        bins: bins.map(|(bin, points)| card_bin(bin, *points)).collect(),
    }
}

fn card_bin(bin: &Bin, points: i32) -> CardBin {
    let (above, up_to, other) = match &bin.range {
        BinRange::Interval { above, up_to } => (*above, *up_to, None),
        BinRange::Missing => (None, None, Some("missing".to_owned())),
        other => (None, None, Some(other.to_string())),
    };
    CardBin {
        above,
        up_to,
        other,
        rows: bin.counts.weight,
        events: bin.counts.event_weight,
        points: crate::domain::Points(points),
    }
}
