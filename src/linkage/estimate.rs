//! Fellegi–Sunter by expectation–maximisation, on counts of patterns: integers, so no order of pairs can
//! matter.
//!
//! | what is estimated | from |
//! |---|---|
//! | u: shares of levels among pairs of two parties | pairs of records drawn at random, which are nearly all of two |
//! | m: shares of levels among pairs of one party | pairs within blocks, rule by rule, by EM |
//! | λ: the share of pairs of one party | the matches that the rules find |
//!
//! Within the block of a rule all pairs agree on the rule's own key, so that rule teaches nothing about
//! those columns; another one does.
#![allow(clippy::indexing_slicing, reason = "levels are places in the shares that made them")]

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::blocking::{Blocks, is_first};
use super::compare::{Comparator, MISSING, level_of};
use super::model::{FORMAT_VERSION, FittedComparison, FittedLevel, LinkageModel};
use super::params::LinkageParams;
use super::records::number;
use super::stated::fall_back;
use crate::domain::mixed;

/// How often each pattern was seen: among all pairs drawn, and among those that no earlier rule had found.
pub(super) type Counts = BTreeMap<u64, (u64, u64)>;

/// The pairs that a model is fitted to.
pub(super) struct Seen {
    pub(super) random: Counts,
    pub(super) drawn: Vec<Drawn>,
    pub(super) records: usize,
}

const STEPS: usize = 60;
const ROUNDS: usize = 2;

/// Pairs drawn from one rule.
pub(super) struct Drawn {
    pub(super) counts: Counts,
    halvings: u32,
    /// Which comparisons the rule leaves free, since a block agrees on its own key.
    pub(super) free: Vec<bool>,
}

/// Fits a model to records without labels.
pub(super) fn fit(params: &LinkageParams, comparator: &Comparator<'_>, rules: &[Blocks]) -> LinkageModel {
    let n = rules.first().map_or(0, Blocks::len);
    let random = random_pairs(comparator, n, params.training_pairs);
    let mut model = start(params, n);
    let comparisons = params.comparisons.len();
    set(&mut model, &sums(&random, comparisons, |_| 1.0), false);
    let drawn: Vec<Drawn> = rules.iter().enumerate().map(|(at, _)| draw(params, comparator, (rules, at))).collect();
    for _ in 0..ROUNDS {
        let found: Vec<(Vec<Vec<f64>>, f64)> = drawn.iter().map(|drawn| maximise(&model, drawn)).collect();
        set(&mut model, &averaged(&found, &drawn), true);
        model.prior = prior(&model, &drawn, n);
        let apart = sums(&random, comparisons, |pattern| 1.0 - model.posterior(pattern));
        set(&mut model, &apart, false);
    }
    model.prior = prior(&model, &drawn, n);
    fall_back(&mut model, &Seen { random, drawn, records: n });
    model
}

/// Guesses to begin with: records of one party mostly agree.
fn start(params: &LinkageParams, n: usize) -> LinkageModel {
    let comparisons = params.comparisons.iter().map(|comparison| {
        let names = comparison.levels();
        let last = names.len().saturating_sub(1);
        let rest = 0.2 / f64::from(number(last.max(1)));
        let level = |(i, name): (usize, &str)| FittedLevel {
            name: name.to_owned(),
            same: if i == 0 { 0.8 } else { rest },
            other: if i == last { 0.8 } else { rest },
        };
        let levels = names.into_iter().enumerate().map(level).collect();
        FittedComparison { comparison: comparison.clone(), levels, unlearnt: None }
    });
    let prior = 1.0 / f64::from(number(n.max(2)));
    LinkageModel { format_version: FORMAT_VERSION, prior, unlearnt: None, comparisons: comparisons.collect() }
}

fn set(model: &mut LinkageModel, sums: &[Vec<f64>], same: bool) {
    for (comparison, sums) in model.comparisons.iter_mut().zip(sums) {
        let shares = normal(&sums[..comparison.levels.len()]);
        for (level, share) in comparison.levels.iter_mut().zip(shares) {
            *(if same { &mut level.same } else { &mut level.other }) = share;
        }
    }
}

/// Pairs of records drawn at random by a fixed sequence, all of them when there are few.
fn random_pairs(comparator: &Comparator<'_>, n: usize, wanted: usize) -> Counts {
    let all = n.saturating_mul(n.saturating_sub(1)) / 2;
    let pair = |draw: usize| {
        let spread = mixed(u64::from(number(draw)) ^ 0x5eed_5eed_5eed_5eed);
        let below = |part: u64| (part * u64::from(number(n))) >> 32;
        let (i, j) = (below(spread >> 32), below(spread & 0xffff_ffff));
        (number(usize::try_from(i).unwrap_or(0)), number(usize::try_from(j).unwrap_or(0)))
    };
    if all <= wanted {
        let rows = (0..number(n)).into_par_iter();
        return counted(rows.flat_map_iter(|i| (i + 1..number(n)).map(move |j| (i, j))), |(i, j)| {
            (comparator.pattern(i, j), true)
        });
    }
    counted((0..wanted).into_par_iter().map(pair).filter(|(i, j)| i != j), |(i, j)| {
        (comparator.pattern(i.min(j), i.max(j)), true)
    })
}

/// Counts the patterns of pairs on all threads; sums of integers do not depend on how the pairs were shared out.
fn counted<P: Send>(pairs: impl ParallelIterator<Item = P>, pattern: impl Fn(P) -> (u64, bool) + Sync) -> Counts {
    let add = |mut counts: Counts, pair: P| {
        let (pattern, first) = pattern(pair);
        let count = counts.entry(pattern).or_default();
        *count = (count.0 + 1, count.1 + u64::from(first));
        counts
    };
    let merge = |mut into: Counts, from: Counts| {
        for (pattern, (all, first)) in from {
            let count = into.entry(pattern).or_default();
            *count = (count.0 + all, count.1 + first);
        }
        into
    };
    pairs.fold(Counts::new, add).reduce(Counts::new, merge)
}

fn draw(params: &LinkageParams, comparator: &Comparator<'_>, (rules, at): (&[Blocks], usize)) -> Drawn {
    let rule = &rules[at];
    let mut halvings = 0;
    while halvings < 40 && rule.pairs >> halvings > u64::from(number(params.training_pairs)) {
        halvings += 1;
    }
    let ranges = rule.ranges.par_iter().filter(|range| rule.is_drawn(**range, halvings));
    let pairs = ranges.flat_map_iter(|range| pairs_of(rule.block(*range)));
    let counts = counted(pairs, |(i, j)| (comparator.pattern(i, j), is_first(rules, at, i, j)));
    let keys = params.blocking.get(at).map(|rule| rule.keys.as_slice()).unwrap_or_default();
    let free = params.comparisons.iter().map(|c| !keys.iter().any(|key| key.column == c.column)).collect();
    Drawn { counts, halvings, free }
}

/// Every pair of a block.
pub(super) fn pairs_of(block: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    block.iter().enumerate().flat_map(move |(at, i)| block[at + 1..].iter().map(move |j| (*i, *j)))
}

/// Sums of levels per comparison over pairs weighted by their pattern, with half a pair added to each level.
pub(super) fn sums(counts: &Counts, comparisons: usize, weight: impl Fn(u64) -> f64) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.5; usize::from(MISSING)]; comparisons];
    for (pattern, (all, _)) in counts {
        let pairs = weight(*pattern) * wide(*all);
        for (i, sum) in sums.iter_mut().enumerate() {
            if let Some(sum) = sum.get_mut(usize::from(level_of(*pattern, i))) {
                *sum += pairs;
            }
        }
    }
    sums
}

/// The m-shares that explain one rule's pairs best while u stays fixed, and how many of the pairs match.
fn maximise(model: &LinkageModel, drawn: &Drawn) -> (Vec<Vec<f64>>, f64) {
    let all: f64 = drawn.counts.values().map(|(all, _)| wide(*all)).sum();
    let mut same: Vec<Vec<f64>> =
        model.comparisons.iter().map(|c| c.levels.iter().map(|level| level.same).collect()).collect();
    let mut lambda: f64 = 0.3;
    let mut matches = 0.0;
    for _ in 0..STEPS {
        let bits: Vec<Vec<f64>> = model
            .comparisons
            .iter()
            .zip(&same)
            .map(|(c, same)| c.levels.iter().zip(same).map(|(level, same)| (same / level.other).log2()).collect())
            .collect();
        let prior = (lambda / (1.0 - lambda)).log2();
        let posterior = |pattern: u64| {
            let evidence = bits.iter().enumerate().filter(|(i, _)| drawn.free[*i]);
            let evidence = evidence.filter_map(|(i, bits)| bits.get(usize::from(level_of(pattern, i))));
            super::model::probability(prior + evidence.sum::<f64>())
        };
        matches = drawn.counts.iter().map(|(pattern, (all, _))| posterior(*pattern) * wide(*all)).sum();
        let found = sums(&drawn.counts, drawn.free.len(), posterior);
        same = same.iter().zip(&found).map(|(same, sums)| normal(&sums[..same.len()])).collect();
        lambda = ((matches + 0.5) / (all + 1.0)).clamp(1e-6, 1.0 - 1e-6);
    }
    (same, matches)
}

/// The rules' m-shares, each weighted by the matches the rule saw; a comparison that no rule leaves free agrees as the
/// others do.
fn averaged(found: &[(Vec<Vec<f64>>, f64)], drawn: &[Drawn]) -> Vec<Vec<f64>> {
    let comparisons = found.first().map_or(0, |(same, _)| same.len());
    (0..comparisons)
        .map(|i| {
            let seen: Vec<(&Vec<f64>, f64)> = found
                .iter()
                .zip(drawn)
                .filter(|(_, drawn)| drawn.free[i])
                .map(|((same, matches), _)| (&same[i], *matches))
                .collect();
            let levels = found[0].0[i].len();
            let sums: Vec<f64> = (0..levels)
                .map(|level| seen.iter().map(|(same, matches)| same[level] * matches).sum::<f64>() + 1e-9)
                .collect();
            normal(&sums)
        })
        .collect()
}

pub(super) fn normal(sums: &[f64]) -> Vec<f64> {
    let all: f64 = sums.iter().sum();
    sums.iter().map(|sum| sum / all).collect()
}

/// The share of matches among all pairs of records, as far as the rules find them.
pub(super) fn prior(model: &LinkageModel, drawn: &[Drawn], n: usize) -> f64 {
    let n = f64::from(number(n));
    let all = n * (n - 1.0) / 2.0;
    let mut model = model.clone();
    for _ in 0..20 {
        let expected: f64 = drawn
            .iter()
            .map(|drawn| {
                let pairs = drawn.counts.iter().map(|(pattern, (_, first))| model.posterior(*pattern) * wide(*first));
                pairs.sum::<f64>() * f64::from(drawn.halvings).exp2()
            })
            .sum();
        model.prior = (expected / all.max(1.0)).clamp(1e-15, 0.5);
    }
    model.prior
}

fn wide(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
