//! Turns boosted shapes into the bins and points of a scorecard.
//!
//! What leaves here is a scorecard like any other: bins, points, standard errors. Whoever scores, explains
//! or deploys it need not know that it was boosted.

#![allow(clippy::indexing_slicing, reason = "features, pairs and bins are addressed by their own ranges")]

use super::bags::Bags;
use super::boost::Term;
use super::fold::Folded;
use super::layout::{Layout, kept_trend};
use super::loss::Loss;
use super::shapes::{Frame, Shapes, mean};
use crate::error::{Error, Result};
use crate::model::binning::{BinMap, Counts, Unseen};
use crate::model::pair::ScorecardPair;
use crate::model::scorecard::{Fitted, FittedFeature};
use crate::model::selection::{Exclusion, ExclusionReason, named_reasons};
use crate::model::{Coefficient, Target};
use crate::sentence::says;

/// Shapes cast into the bins of a card: what each bag says of each bin and cell.
pub(super) struct Cast<'a> {
    frame: &'a Frame<'a>,
    layout: &'a Layout,
    /// By bag.
    by_bag: Vec<Shapes>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, layout: &'a Layout, by_bag: &[Shapes]) -> Self {
        let cast = by_bag.iter().map(|shapes| cast(frame, layout, shapes)).collect();
        Self { frame, layout, by_bag: cast }
    }

    /// The sum of each row by the card of the bag that was boosted without it; a row of no bag has the prior.
    pub(super) fn held_out<L: Loss>(&self, bags: &Bags<'_, L>) -> Vec<f64> {
        let prior = bags.prior();
        let height = self.frame.features.first().map_or(0, |feature| feature.codes.len());
        let row = |row: usize| bags.bag_of(row).map_or(prior, |bag| self.sum(&self.by_bag[bag], row));
        (0..height).map(row).collect()
    }

    fn sum(&self, shapes: &Shapes, row: usize) -> f64 {
        let code = |feature: usize| usize::from(self.frame.features[feature].codes[row]);
        let mut sum = shapes.start;
        for (at, to) in self.layout.bins.iter().enumerate() {
            if let Some(to) = to {
                sum += shapes.mains[at][to[code(at)]];
            }
        }
        for (index, (first, other)) in self.frame.pairs.iter().enumerate() {
            if let Some(folded) = &self.layout.pairs[index] {
                let line = |along: usize, at: usize| folded.to[along][usize::from(self.frame.axes[at].line[code(at)])];
                sum += shapes.grids[index][line(0, *first) * folded.size(1) + line(1, *other)];
            }
        }
        sum
    }

    /// The card's features, the most telling first, and its pairs.
    pub(super) fn fitted(&self, mut excluded: Vec<Exclusion>, terms: &[Term], target: &Target) -> Result<Fitted> {
        let mean = mean(&self.by_bag);
        let mut features = Vec::new();
        for (at, to) in self.layout.bins.iter().enumerate() {
            let name = &self.frame.features[at].map.feature;
            match to {
                Some(to) => features.push(self.feature((at, to), &mean)),
                None => excluded.push(Exclusion { feature: name.clone(), reason: ExclusionReason::Flat }),
            }
        }
        excluded.sort_by(|a, b| a.feature.cmp(&b.feature));
        if features.is_empty() {
            let found = says!("none of {} features telling{}", [excluded.len(), named_reasons(&excluded)]);
            return Err(Error::too_little("boost a card", found, "at least one informative feature"));
        }
        features.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.map.feature.cmp(&b.1.map.feature)));
        let errors = self.errors(mean.start, |shapes| shapes.start);
        let folded = self.layout.pairs.iter().enumerate();
        let folded = folded.filter_map(|(index, folded)| Some((index, folded.as_ref()?)));
        Ok(Fitted {
            intercept: Coefficient::new(mean.start, errors * errors),
            features: features.into_iter().map(|(_, feature)| feature).collect(),
            pairs: folded.map(|(index, folded)| self.pair((index, folded), &mean, (&terms[index], target))).collect(),
            log_likelihood: 0.0,
            excluded,
        })
    }

    /// One feature, and the variance of what it says.
    fn feature(&self, (at, to): (usize, &[usize]), mean: &Shapes) -> (f64, FittedFeature) {
        let fine = &self.frame.features[at];
        let binning = self.frame.params.card.binning_of(&fine.map.feature);
        let mut map = fine.map.joined(to, &binning);
        let log_odds = mean.mains[at].clone();
        map.trend = if map.is_category() { map.trend } else { kept_trend(fine.line.trend()) };
        if binning.unseen == Unseen::Worst {
            map.unseen = (0..log_odds.len()).min_by(|a, b| log_odds[*a].total_cmp(&log_odds[*b]));
        }
        let weights = || map.bins.iter().map(|bin| bin.counts.weight);
        let spread = log_odds.iter().zip(weights()).map(|(x, weight)| weight * x * x).sum::<f64>();
        let standard_errors =
            (0..log_odds.len()).map(|bin| self.errors(log_odds[bin], |shapes| shapes.mains[at][bin])).collect();
        let slope = slope(&map, &log_odds);
        let slope_error = self.errors(slope, |shapes| self::slope(&map, &shapes.mains[at]));
        let coefficient = Coefficient::new(slope, slope_error * slope_error);
        (spread, FittedFeature { map, coefficient, log_odds, standard_errors })
    }

    fn pair(
        &self,
        (index, folded): (usize, &Folded),
        mean: &Shapes,
        (term, target): (&Term, &Target),
    ) -> ScorecardPair {
        let (first, other) = self.frame.pairs[index];
        let lines = |along: usize, at: usize| -> Vec<u16> {
            let to = self.layout.bins[at].as_deref().unwrap_or_default();
            let mut lines = vec![0; to.iter().max().map_or(0, |last| last + 1)];
            for (fine, bin) in to.iter().enumerate() {
                let line = folded.to[along][usize::from(self.frame.axes[at].line[fine])];
                lines[*bin] = u16::try_from(line).unwrap_or(u16::MAX);
            }
            lines
        };
        let log_odds = mean.grids[index].clone();
        let width = self.frame.axes[other].size();
        let mut counts = vec![Counts::default(); log_odds.len()];
        for (row, code) in term.codes.iter().enumerate() {
            let (a, b) = (usize::from(*code) / width, usize::from(*code) % width);
            let cell = &mut counts[folded.to[0][a] * folded.size(1) + folded.to[1][b]];
            *cell = *cell + Counts::row(target.events()[row], target.weight(row));
        }
        let error = |cell: usize| self.errors(log_odds[cell], |shapes| shapes.grids[index][cell]);
        ScorecardPair {
            features: [first, other].map(|at| self.frame.features[at].map.feature.clone()),
            lines: [lines(0, first), lines(1, other)],
            standard_errors: (0..log_odds.len()).map(error).collect(),
            log_odds,
            points: Vec::new(),
            counts,
            typical_points: 0,
        }
    }

    /// The standard error of a mean of bags, each of which is without one part of the parties.
    ///
    /// # Formula
    ///
    /// The delete-a-group jackknife: `√((K − 1) / K Σ (θₖ − θ̄)²)`.
    ///
    /// # References
    ///
    /// Kott, *The delete-a-group jackknife* (2001).
    #[expect(clippy::cast_precision_loss, reason = "a count of bags")]
    fn errors(&self, mean: f64, of: impl Fn(&Shapes) -> f64) -> f64 {
        let bags = self.by_bag.len() as f64;
        let squares: f64 = self.by_bag.iter().map(|shapes| (of(shapes) - mean).powi(2)).sum();
        ((bags - 1.0) / bags * squares).sqrt()
    }
}

/// Log-odds per unit of weight of evidence: the weighted least-squares line through 0.
fn slope(map: &BinMap, log_odds: &[f64]) -> f64 {
    let bins = || map.bins.iter().zip(log_odds);
    let square: f64 = bins().map(|(bin, _)| bin.counts.weight * bin.woe * bin.woe).sum();
    let product: f64 = bins().map(|(bin, x)| bin.counts.weight * bin.woe * x).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// A bag's shapes by bin and line of the card.
fn cast(frame: &Frame<'_>, layout: &Layout, shapes: &Shapes) -> Shapes {
    let mut start = shapes.start;
    let mut mains = Vec::with_capacity(shapes.mains.len());
    for (at, shape) in shapes.mains.iter().enumerate() {
        let Some(to) = &layout.bins[at] else {
            mains.push(Vec::new());
            continue;
        };
        let bins = &frame.features[at].map.bins;
        let size = to.iter().max().map_or(0, |last| last + 1);
        let (mut sums, mut curvatures, mut weights) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        for (fine, bin) in to.iter().enumerate() {
            // A bin of rows that are all but certain still has a mean.
            let curvature = frame.curvature[at][fine] + 1e-9 * bins[fine].counts.weight;
            sums[*bin] += curvature * shape[fine];
            curvatures[*bin] += curvature;
            weights[*bin] += bins[fine].counts.weight;
        }
        let mut joined: Vec<f64> =
            sums.iter().zip(&curvatures).map(|(sum, h)| if *h > 0.0 { sum / h } else { 0.0 }).collect();
        let total: f64 = weights.iter().sum();
        let mean = joined.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
        joined.iter_mut().for_each(|value| *value -= mean);
        start += mean;
        mains.push(joined);
    }
    let grids = shapes.grids.iter().zip(&layout.pairs);
    let grids = grids.map(|(grid, folded)| folded.as_ref().map_or_else(Vec::new, |folded| folded.apply(grid)));
    Shapes { start, mains, grids: grids.collect() }
}
