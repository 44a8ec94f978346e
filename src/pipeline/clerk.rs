//! What a clerk would do without a model, to compare with.
//!
//! A rule of a few facts, each worth a point, as a clerk with a list would go by (`data/model/clerk.toml`).
//! A model that finds no more money at the same work is not worth its trouble, and the report of training
//! says so in figures.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::domain::Label;
use crate::model::{AmountTarget, Estimate, ahead_in_top_tenth, found_in_top_tenth};

/// One fact that a clerk looks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClerkFact {
    /// The feature that tells it.
    pub feature: String,
    /// It is met from this value on, in the unit of the feature.
    ///
    /// In the feature's own unit: fen, days, a count.
    pub at_least: f64,
    /// In both languages.
    pub label: Label,
}

/// The money that a clerk's rule finds at the same work as the model: in the tenth of the debtors that each takes
/// first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClerkReport {
    /// The facts, a point for each; of equal debtors the one with the larger open claim comes first.
    pub facts: Vec<ClerkFact>,
    /// Where the rule is from.
    pub source: Label,
    /// Of all that came in the share in the clerk's tenth.
    pub share: Estimate,
    /// The share in the model's tenth less that in the clerk's, on the same debtors.
    pub ahead: Estimate,
    /// Debtors of whom a fact is unknown: it is taken as not met.
    pub unknown: usize,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    source: Label,
    fact: Vec<ClerkFact>,
}

/// Broken data gives a rule without facts, and then nothing is compared; a test reads the real one.
static RULE: LazyLock<Rule> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/model/clerk.toml")).unwrap_or_default());

/// The features that the facts are told by.
pub(super) fn facts() -> impl Iterator<Item = &'static str> {
    RULE.fact.iter().map(|fact| fact.feature.as_str())
}

/// Compares the order of the `model` with the clerk's; `values` has the numbers of each of [`facts`], NaN where
/// unknown. None where nothing came in.
#[expect(clippy::cast_precision_loss, reason = "three facts")]
pub(super) fn compared(
    (model, target): (&[f64], &AmountTarget),
    (claims, values): (&[f64], &[Vec<f64>]),
) -> Option<ClerkReport> {
    let largest = claims.iter().copied().fold(0.0, f64::max);
    let (mut order, mut unknown) = (Vec::with_capacity(claims.len()), 0);
    for (row, open) in claims.iter().enumerate() {
        let told =
            RULE.fact.iter().zip(values).map(|(fact, values)| (fact, values.get(row).copied().unwrap_or(f64::NAN)));
        let told: Vec<_> = told.collect();
        unknown += usize::from(told.iter().any(|(_, value)| value.is_nan()));
        let met = told.iter().filter(|(fact, value)| *value >= fact.at_least).count();
        order.push(met as f64 + open / (2.0 * largest.max(1.0)));
    }
    Some(ClerkReport {
        facts: (!RULE.fact.is_empty()).then(|| RULE.fact.clone())?,
        source: RULE.source.clone(),
        share: found_in_top_tenth(&order, target)?,
        ahead: ahead_in_top_tenth(model, &order, target)?,
        unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureCatalog;

    #[test]
    fn the_rule_has_three_facts_that_the_catalogue_knows() {
        let catalog = FeatureCatalog::standard().unwrap();
        assert_eq!(facts().count(), 3);
        for name in facts() {
            assert!(catalog.feature(name).is_some_and(|feature| feature.on_card), "{name}");
        }
    }

    #[test]
    fn more_facts_come_first_then_larger_claims_and_unknown_is_not_met() {
        // Twenty debtors: the tenth is two of them.
        let mut received = vec![0.0; 20];
        (received[3], received[7], received[9]) = (60.0, 30.0, 10.0);
        let target = AmountTarget::new(received).unwrap();
        let claims: Vec<f64> = (0..20).map(|row| 100.0 + f64::from(row)).collect();
        let mut facts = [vec![0.0; 20], vec![0.0; 20], vec![f64::NAN; 20]];
        // The third and the seventh have the money in the bank, and the seventh a home besides.
        (facts[0][3], facts[0][7], facts[1][7]) = (200_000.0, 100_000.0, 1.0);
        let model: Vec<f64> = (0..20).map(|row| if row == 3 || row == 9 { 1.0 } else { 0.0 }).collect();
        let report = compared((&model, &target), (&claims, &facts)).unwrap();
        assert!((report.share.value - 0.9).abs() < 1e-12 && (report.ahead.value + 0.2).abs() < 1e-12, "{report:?}");
        assert_eq!(report.unknown, 20);
        // Without facts the two largest claims are first, and nothing came in of them.
        let report = compared((&model, &target), (&claims, &[vec![0.0; 20]])).unwrap();
        assert!(report.share.value.abs() < 1e-12 && (report.ahead.value - 0.7).abs() < 1e-12, "{report:?}");
    }
}
