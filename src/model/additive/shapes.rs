//! Shape functions of features and grids of pairs, and their mean over bags.
//!
//! Bags are averaged, and how far they lie apart gives the standard error of each bin.

#![allow(clippy::indexing_slicing, reason = "features, bins and lines are addressed by their own ranges")]

use super::axis::Axis;
use super::bags::Bag;
use super::features::Feature;
use super::pairs::Pair;
use super::purify::purified;
use super::rows::float;
use super::smooth::smoothed;
use super::{AdditiveParams, Cells};
use crate::model::binning::BinRange;

/// What a bag says: what sums start from, by fine bin of each feature, and by cell of each pair.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    pub(super) start: f64,
    pub(super) mains: Vec<Vec<f64>>,
    pub(super) grids: Vec<Vec<f64>>,
}

/// The features and pairs that shapes belong to.
pub(super) struct Frame<'a> {
    pub(super) features: &'a [Feature],
    /// The curvature of the loss by fine bin.
    pub(super) curvature: Vec<Vec<f64>>,
    pub(super) axes: &'a [Axis],
    pub(super) pairs: &'a [Pair],
    pub(super) params: &'a AdditiveParams,
    /// The loss that settings count in.
    pub(super) unit: f64,
}

impl Frame<'_> {
    /// The shapes of a bag: smoothed, pairs purified, every feature's mean moved to the start.
    /// Linear in what was boosted, so that it does not matter whether bags are averaged before or
    /// after.
    pub(super) fn shapes(&self, bag: &Bag) -> Shapes {
        let by_bin = |(feature, shape): (&Feature, &super::rows::Step)| -> Vec<f64> {
            shape.iter().take(feature.map.bins.len()).map(|value| float(*value)).collect()
        };
        let mains = self.features.iter().zip(&bag.mains.shapes).map(by_bin).enumerate();
        let mains = mains.map(|(at, shape)| self.smoothed(at, shape)).collect();
        let mut shapes = Shapes { start: bag.start, mains, grids: Vec::with_capacity(self.pairs.len()) };
        for (index, (first, other)) in self.pairs.iter().enumerate() {
            let (a, b) = (&self.axes[*first], &self.axes[*other]);
            let cells: Cells = bag.grid(index).unwrap_or([0.0; super::CELLS]);
            let pure = purified(&cells[..a.size() * b.size()], (&a.weight, &b.weight));
            shapes.start += pure.mean;
            for (at, axis, alone) in [(*first, a, &pure.alone.0), (*other, b, &pure.alone.1)] {
                shapes.mains[at]
                    .iter_mut()
                    .zip(&axis.line)
                    .for_each(|(value, line)| *value += alone[usize::from(*line)]);
            }
            shapes.grids.push(pure.grid);
        }
        for (feature, shape) in self.features.iter().zip(&mut shapes.mains) {
            let weights = feature.map.bins.iter().map(|bin| bin.counts.weight);
            let total: f64 = weights.clone().sum();
            let mean = shape.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
            shape.iter_mut().for_each(|value| *value -= mean);
            shapes.start += mean;
        }
        shapes
    }

    /// A shape with small steps between the bins of numbers.
    fn smoothed(&self, at: usize, mut shape: Vec<f64>) -> Vec<f64> {
        let bins = &self.features[at].map.bins;
        let ordered = bins.iter().take_while(|bin| matches!(bin.range, BinRange::Interval { .. })).count();
        let smooth = smoothed(&shape[..ordered], &self.curvature[at][..ordered], self.params.smoothness);
        shape[..ordered].copy_from_slice(&smooth);
        shape
    }
}

/// The mean of bags.
#[expect(clippy::cast_precision_loss, reason = "a count of bags")]
pub(super) fn mean(all: &[Shapes]) -> Shapes {
    let share = 1.0 / all.len().max(1) as f64;
    let over = |of: &dyn Fn(&Shapes) -> &Vec<Vec<f64>>| -> Vec<Vec<f64>> {
        let mut sums: Vec<Vec<f64>> =
            all.first().map_or_else(Vec::new, |first| of(first).iter().map(|part| vec![0.0; part.len()]).collect());
        for shapes in all {
            for (sums, part) in sums.iter_mut().zip(of(shapes)) {
                sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += share * value);
            }
        }
        sums
    };
    Shapes {
        start: all.iter().map(|shapes| share * shapes.start).sum(),
        mains: over(&|shapes| &shapes.mains),
        grids: over(&|shapes| &shapes.grids),
    }
}
