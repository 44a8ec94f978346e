//! A model described as plain data, for the page that describes it.
//!
//! A model card in the sense of Mitchell et al., *Model cards for model reporting* (2019): what was learnt
//! from, how well it does on rows it did not see, and every bin with its points.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Label, Money, Points};

/// What there is to know about a model before its scores are read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// The days from the statement within which performance was counted.
    pub window_days: i32,
    /// The day up to which outcomes were used; none when the model was loaded from a file.
    pub trained_as_of: Option<Day>,
    /// The least share of the score's range that must be known for a score.
    pub min_known_share: f64,
    /// The least probabilities of the grades A to D.
    pub grades: [f64; 4],
    /// One card per event: any performance, full performance.
    pub events: Vec<EventCard>,
    /// How much money is found at the same work, by the model and without it; none when nothing was held out to compare
    /// on.
    #[serde(default)]
    pub money: Option<CardMoney>,
}

/// What came in of the tenth of the debtors that each order takes first, on samples that nothing was learnt from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardMoney {
    /// Samples judged.
    pub rows: usize,
    /// What came in of all of them.
    pub received: Money,
    /// The orders: `model`, `clerk`, `claim`, `any`, `means`, and `best`, which knows what came in.
    pub orders: Vec<MoneyOrder>,
    /// The model's share less the clerk's, on the same samples.
    pub ahead: Option<Measured>,
    /// The same as money.
    pub ahead_money: Money,
    /// The facts by which the clerk goes.
    pub facts: Vec<Label>,
    /// Where the clerk's rule is from.
    pub source: Label,
    /// Samples of which one of the facts is unknown.
    pub unknown: usize,
}

/// One order in which debtors are taken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyOrder {
    /// Its name.
    pub order: String,
    /// The share of all money in its first tenth.
    pub share: Measured,
    /// The same as money.
    pub money: Money,
}

impl CardMoney {
    /// The share that an order finds.
    pub fn order(&self, name: &str) -> Option<Measured> {
        self.orders.iter().find(|order| order.order == name).map(|order| order.share)
    }
}

/// One fitted event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventCard {
    /// The event's name: `any` or `full`.
    pub event: String,
    /// The digest of the card.
    pub digest: String,
    /// Rows learnt from.
    pub rows: usize,
    /// Rows with the event.
    pub events: usize,
    /// The points that everybody starts with.
    pub base: Points,
    /// How good the probabilities are on rows not learnt from; none when nothing was held out.
    pub validation: Option<CardValidation>,
    /// The features, the widest first.
    pub features: Vec<CardFeature>,
}

/// A number with its standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// How good the probabilities are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardValidation {
    /// How rows were held out: `folds` (rows dealt to folds), `cross_validation` (parties dealt to
    /// folds) or `out_of_time` (a later period).
    pub held_out: String,
    /// Rows judged.
    pub rows: usize,
    /// Rows with the event.
    pub events: usize,
    /// Area under the ROC curve.
    pub auc: Measured,
    /// Kolmogorov–Smirnov distance.
    pub ks: Measured,
    /// Brier score.
    pub brier: Measured,
    /// Expected calibration error.
    pub ece: f64,
    /// Groups of like probability: predicted, observed, rows.
    pub calibration: Vec<(f64, f64, usize)>,
    /// AUC of each fold.
    pub folds: Vec<Measured>,
}

/// One feature of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFeature {
    /// Its name.
    pub feature: String,
    /// In both languages.
    pub label: Label,
    /// Its unit.
    pub unit: String,
    /// The most points less the fewest.
    pub range: u32,
    /// Its information value on the rows learnt from.
    pub information: f64,
    /// Its bins: which values, rows, events, points.
    pub bins: Vec<CardBin>,
}

/// One bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardBin {
    /// The bound below, itself outside; none without bound or for other bins than intervals.
    pub above: Option<f64>,
    /// The bound above, itself inside.
    pub up_to: Option<f64>,
    /// The levels, special codes or `missing` of other bins.
    pub other: Option<String>,
    /// Rows of the fit.
    pub rows: f64,
    /// Rows with the event.
    pub events: f64,
    /// Points.
    pub points: Points,
}
