//! Shares to fall back on where the records teach none.
//!
//! Ten records teach nothing about how often telephones differ. Stated shares (`data/linkage/shares.toml`)
//! then stand in, and the model says for each comparison why ([`Unlearnt`]).
#![allow(clippy::indexing_slicing, reason = "comparisons are places in the patterns that they made")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::compare::{MISSING, level_of};
use super::estimate::{Seen, normal, prior, sums};
use super::model::{FittedComparison, LinkageModel, Unlearnt};
use super::params::ComparisonKind;
use super::records::number;

#[derive(Debug, Deserialize)]
struct Shares {
    same: Vec<f64>,
    other: Vec<f64>,
}

static STATED: LazyLock<BTreeMap<ComparisonKind, Shares>> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/linkage/shares.toml")).unwrap_or_default());

/// As many pairs of two parties as the stated shares weigh beside those of the records.
const STATED_PAIRS: f64 = 1_000.0;

/// Shares closer than this are equal.
const NOTHING: f64 = 0.05;

/// Puts stated shares where a fit is degenerate, and says so in the model.
pub(super) fn fall_back(model: &mut LinkageModel, seen: &Seen) {
    if model.comparisons.is_empty() || seen.records < 2 {
        return;
    }
    let reasons: Vec<Option<Unlearnt>> = (0..model.comparisons.len()).map(|i| reason(model, seen, i)).collect();
    for (comparison, reason) in model.comparisons.iter_mut().zip(&reasons) {
        comparison.unlearnt = *reason;
    }
    if reasons.iter().any(Option::is_some) {
        restate(model, seen);
        model.prior = prior(model, &seen.drawn, seen.records);
    }
    let n = f64::from(number(seen.records));
    if model.prior * n * (n - 1.0) / 2.0 < 0.5 {
        let no_pairs = seen.drawn.iter().all(|drawn| drawn.counts.is_empty());
        let reason = if no_pairs { Unlearnt::NoPairs } else { Unlearnt::NoMatches };
        model.unlearnt = Some(reason);
        model.comparisons.iter_mut().for_each(|comparison| _ = comparison.unlearnt.get_or_insert(reason));
        restate(model, seen);
    }
}

/// Why comparison `i` learnt nothing, if pairs had both values at all.
fn reason(model: &LinkageModel, seen: &Seen, i: usize) -> Option<Unlearnt> {
    let pairs = |free: bool| -> u64 {
        let drawn = seen.drawn.iter().filter(|drawn| drawn.free[i] || !free);
        let counts = drawn.flat_map(|drawn| &drawn.counts).filter(|(pattern, _)| level_of(**pattern, i) != MISSING);
        counts.map(|(_, (all, _))| all).sum()
    };
    let levels = &model.comparisons[i].levels;
    let (first, last) = (levels.first()?, levels.last()?);
    match (pairs(true), pairs(false)) {
        (0, 0) => None,
        (0, _) => Some(Unlearnt::NeverFree),
        _ if first.same < first.other - NOTHING || last.same > last.other + NOTHING => Some(Unlearnt::AgainstSense),
        _ => None,
    }
}

/// Stated shares and a prior of one partner a record; pairs that seem to be of two parties then
/// correct the shares of two.
fn restate(model: &mut LinkageModel, seen: &Seen) {
    for comparison in model.comparisons.iter_mut().filter(|comparison| comparison.unlearnt.is_some()) {
        let (same, other) = stated(comparison);
        for ((level, same), other) in comparison.levels.iter_mut().zip(same).zip(other) {
            (level.same, level.other) = (same, other);
        }
    }
    model.prior = 1.0 / f64::from(number(seen.records));
    let apart = sums(&seen.random, model.comparisons.len(), |pattern| 1.0 - model.posterior(pattern));
    for (comparison, sums) in model.comparisons.iter_mut().zip(&apart).filter(|(c, _)| c.unlearnt.is_some()) {
        // Each level's sum begins at half a pair; the stated shares stand in for that half.
        let blended = comparison.levels.iter().zip(sums).map(|(level, sum)| level.other * STATED_PAIRS + sum - 0.5);
        let shares = normal(&blended.collect::<Vec<f64>>());
        comparison.levels.iter_mut().zip(shares).for_each(|(level, share)| level.other = share);
    }
}

/// The stated shares of a comparison's levels, among pairs of one party and of two.
fn stated(comparison: &FittedComparison) -> (Vec<f64>, Vec<f64>) {
    let even = || vec![1.0; comparison.comparison.kind.levels().len()];
    let shares = STATED.get(&comparison.comparison.kind);
    let (mut same, mut other) = shares.map_or_else(|| (even(), even()), |s| (s.same.clone(), s.other.clone()));
    if comparison.comparison.swapped_with.is_some() {
        let before_last = same.len().saturating_sub(1);
        same.insert(before_last, 0.01);
        other.insert(before_last, 0.0005);
    }
    (normal(&same), normal(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::params::ComparisonKind::{Address, Day, Digits, Exact, Name, Text};

    #[test]
    fn every_kind_has_shares_for_its_levels_that_add_up() {
        for kind in [Exact, Text, Name, Digits, Day, Address] {
            let shares = &STATED[&kind];
            for shares in [&shares.same, &shares.other] {
                assert_eq!(shares.len(), kind.levels().len(), "{kind:?}");
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{kind:?}");
            }
        }
    }
}
