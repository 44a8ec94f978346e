//! Charts of the model's page.

use serde::Serialize;

use super::chart::{Bar, Bars};
use crate::domain::Language;
use crate::profile::{CardValidation, EventCard, ModelCard};

/// One event with its charts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Part<'a> {
    card: &'a EventCard,
    weights: Bars,
    folds: Bars,
    calibration: Scatter,
}

/// Points in a square of 300 px height.
#[derive(Debug, Clone, Default, Serialize)]
struct Scatter {
    points: Vec<Point>,
}

#[derive(Debug, Clone, Serialize)]
struct Point {
    x: f64,
    y: f64,
}

const HEIGHT: f64 = 300.0;

pub(super) fn parts(card: &ModelCard, language: Language) -> Vec<Part<'_>> {
    let part = |event| Part {
        card: event,
        weights: weights(event, language),
        folds: event.validation.as_ref().map(folds).unwrap_or_default(),
        calibration: event.validation.as_ref().map(calibration).unwrap_or_default(),
    };
    card.events.iter().map(part).collect()
}

fn weights(event: &EventCard, language: Language) -> Bars {
    let most = event.features.iter().map(|feature| feature.range).max().unwrap_or_default().max(1);
    Bars::new(event.features.iter().map(|feature| {
        let width = f64::from(feature.range) / f64::from(most) * 100.0;
        Bar::new((feature.label.text(language).to_owned(), feature.range.to_string()), "gross", (0.0, width))
    }))
}

/// AUC of each fold on a scale from a half to one, one standard error either way, the whole as a mark.
fn folds(validation: &CardValidation) -> Bars {
    let at = |auc: f64| (auc - 0.5) * 200.0;
    Bars::new(validation.folds.iter().map(|fold| {
        let text = format!("{:.4} ± {:.4}", fold.value, fold.error);
        let (from, to) = (at(fold.value - fold.error), at(fold.value + fold.error));
        Bar::new((String::new(), text), "gross", (from, to - from)).mark(at(validation.auc.value))
    }))
}

fn calibration(validation: &CardValidation) -> Scatter {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let point = |(predicted, observed, _): &(f64, f64, usize)| Point {
        x: round(predicted * 100.0),
        y: round((1.0 - observed) * HEIGHT),
    };
    Scatter { points: validation.calibration.iter().map(point).collect() }
}
