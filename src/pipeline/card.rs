use super::{Event, PerformanceModel};
use crate::capacity::CapacityTable;
use crate::domain::{Day, Label};
use crate::model::{Bin, BinRange, Estimate, Scorecard, ScorecardFeature, ValidationReport};
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

fn feature(model: &PerformanceModel, part: &ScorecardFeature) -> CardFeature {
    let (label, unit) = match model.catalog().feature(part.name()) {
        Some(spec) => (spec.label.clone(), spec.unit.name()),
        None => match CapacityTable::label(part.name()) {
            Some(label) => (label, "ratio"),
            None => (Label::new(part.name(), part.name()), ""),
        },
    };
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
