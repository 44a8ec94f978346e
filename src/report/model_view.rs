//! Charts of the model's page: how many points each feature can move, how well each fold was told, and
//! whether probabilities are what they say.

use minijinja::Value;
use serde::Serialize;

use super::chart::{self, BLUE, Bar, Bars, Caption};
use super::phrasebook::Phrasebook;
use crate::error::Result;
use crate::profile::{CardValidation, EventCard, ModelCard};

/// One event with its charts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Part<'a> {
    card: &'a EventCard,
    weights: Value,
    folds: Value,
    calibration: Value,
}

pub(super) fn parts<'a>(card: &'a ModelCard, phrases: &Phrasebook) -> Result<Vec<Part<'a>>> {
    let part = |event: &'a EventCard| {
        let caption = |key: &str| Caption {
            id: format!("c-{key}-{}", event.event),
            title: format!("{}: {}", phrases.word("model", &event.event), phrases.word("model", key)),
        };
        let validation = event.validation.as_ref();
        Ok(Part {
            card: event,
            weights: weights(event, phrases).drawn(&caption("weights"))?,
            folds: validation.map(folds).unwrap_or_default().drawn(&caption("folds"))?,
            calibration: match validation {
                Some(validation) => chart::calibration(&validation.calibration, &caption("calibration"))?,
                None => Value::from(""),
            },
        })
    };
    card.events.iter().map(part).collect()
}

fn weights(event: &EventCard, phrases: &Phrasebook) -> Bars {
    let most = event.features.iter().map(|feature| feature.range).max().unwrap_or_default();
    let bars = event.features.iter().map(|feature| {
        let label = feature.label.text(phrases.language()).to_owned();
        Bar::new((label, feature.range.to_string()), BLUE, (0.0, f64::from(feature.range)))
    });
    Bars::new(bars, (0.0, f64::from(most)))
}

/// AUC of each fold on a scale from a half to one, one standard error either way, the whole as a mark.
fn folds(validation: &CardValidation) -> Bars {
    let bars = (1..).zip(&validation.folds).map(|(fold, auc): (usize, _)| {
        let text = format!("{:.4} ± {:.4}", auc.value, auc.error);
        Bar::new((fold.to_string(), text), BLUE, (auc.value - auc.error, auc.value + auc.error))
            .mark(validation.auc.value)
    });
    let ticks = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0].map(|auc| (auc, format!("{auc:.1}")));
    Bars::new(bars, (0.5, 1.0)).ticks(ticks)
}
