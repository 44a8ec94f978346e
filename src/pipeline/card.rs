use super::{Event, PerformanceModel};
use crate::capacity::CapacityTable;
use crate::domain::{Day, Label};
use crate::model::{Bin, BinRange, Counts, Estimate, Scorecard, ScorecardFeature, ScorecardPair, ValidationReport};
use crate::profile::{CardBin, CardFeature, CardValidation, EventCard, Measured, ModelCard};

/// What there is to know about a model, as data for its page.
///
/// `held_out` is the validation of each event in the order of [`Event::ALL`], with a word on how rows were held out; where
/// it is none, the report that the card itself carries stands in.
pub fn model_card(
    model: &PerformanceModel,
    trained_as_of: Option<Day>,
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
        map.map_or_else(String::new, |map| part.line_text((along, line), map))
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
