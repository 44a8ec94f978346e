//! Adds the points of feature pairs to the sums of rows.
//!
//! A pair of features has a grid of points beside what each feature gives alone. A row's place in it is
//! found from two small class numbers, which are read once however many pairs a feature is part of.

use super::scorer::Compiled;
use super::source::Source;
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::{Scorecard, ScorecardFeature};

/// Rows per block, as in the scorer.
const BLOCK: usize = super::scorer::BLOCK;

/// Lines of one feature told apart at most, over all the pairs that it is part of.
const MOST_CLASSES: usize = 256;

/// The pairs of a card, ready to score: a class for each bin of the features in them, and a grid of points by class.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    classes: Vec<Compiled>,
    grids: Vec<Grid>,
}

/// Points by class of the first feature and of the second.
#[derive(Debug, Clone)]
struct Grid {
    /// Which of the features in pairs.
    indices: [usize; 2],
    width: usize,
    points: Vec<f64>,
}

impl Pairs {
    pub(super) fn new(card: &Scorecard) -> Result<Self> {
        let mut pairs = Self::default();
        let mut of_feature: Vec<(&ScorecardFeature, Vec<Vec<u16>>)> = Vec::new();
        for feature in card.features() {
            let lines = lines_of(card, feature);
            if lines.first().is_some_and(|lines| !lines.is_empty()) {
                let mut distinct = lines.clone();
                distinct.sort_unstable();
                distinct.dedup();
                distinct.truncate(MOST_CLASSES - 1);
                let class = |bin: Option<usize>| {
                    let lines = bin.and_then(|bin| lines.get(bin));
                    lines.and_then(|lines| distinct.binary_search(lines).ok()).unwrap_or(distinct.len())
                };
                pairs.classes.push(Compiled::classes(feature, |bin| class_number(class(bin))));
                of_feature.push((feature, distinct));
            }
        }
        for (index, pair) in card.pairs().iter().enumerate() {
            let sides = pair.features().map(|name| of_feature.iter().position(|(feature, _)| feature.name() == name));
            let [Some(first), Some(second)] = sides else { continue };
            let classes = |at: usize| of_feature.get(at).map_or(0, |(_, classes)| classes.len());
            let line = |at: usize, class: usize| {
                let (feature, classes) = of_feature.get(at)?;
                let within = card.pairs().iter().take(index).filter(|pair| pair.features().contains(&feature.name()));
                classes.get(class)?.get(within.count()).copied().map(usize::from)
            };
            let (height, width) = (classes(first) + 1, classes(second) + 1);
            let columns = pair.shape().last().copied().unwrap_or_default();
            let cell = |at: usize| {
                let (a, b) = (line(first, at / width), line(second, at % width));
                let cell = a.zip(b).map(|(a, b)| a * columns + b);
                cell.and_then(|cell| pair.points().get(cell)).map_or(0.0, |points| f64::from(*points))
            };
            pairs.grids.push(Grid { indices: [first, second], width, points: (0..height * width).map(cell).collect() });
        }
        Ok(pairs)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }

    /// The sources of the classes in a table.
    pub(super) fn sources<'a>(&'a self, table: &'a FeatureTable) -> Result<Vec<Source<'a>>> {
        self.classes.iter().map(|class| class.source(table)).collect()
    }

    /// The points of every pair for some rows, pair by pair, through `add`.
    pub(super) fn score(
        &self,
        sources: &[Source<'_>],
        rows: &std::ops::Range<usize>,
        mut add: impl FnMut(usize, &mut dyn Iterator<Item = f64>),
    ) {
        let classes = |source: &Source<'_>| {
            let mut sums = [source.first(); BLOCK];
            source.add(rows.clone(), &mut sums);
            sums.map(narrow)
        };
        let by_feature: Vec<[u8; BLOCK]> = sources.iter().map(classes).collect();
        for (pair, grid) in self.grids.iter().enumerate() {
            let [first, second] = grid.indices.map(|index| by_feature.get(index));
            let (Some(first), Some(second)) = (first, second) else { continue };
            let points = |(a, b): (&u8, &u8)| {
                grid.points.get(usize::from(*a) * grid.width + usize::from(*b)).copied().unwrap_or_default()
            };
            add(pair, &mut first.iter().zip(second).map(points).take(rows.len()));
        }
    }
}

/// The lines of each bin of a feature, in every pair that it is part of.
fn lines_of(card: &Scorecard, feature: &ScorecardFeature) -> Vec<Vec<u16>> {
    let line = |bin: usize| {
        let of_pair = |pair: &crate::model::ScorecardPair| {
            let along = pair.features().iter().position(|name| *name == feature.name())?;
            pair.lines().get(along)?.get(bin).copied()
        };
        card.pairs().iter().filter_map(of_pair).collect()
    };
    (0..feature.map().bins.len()).map(line).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a class is below 256")]
fn class_number(class: usize) -> f64 {
    class as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a class is a whole number below 256")]
fn narrow(class: f64) -> u8 {
    class as u8
}
