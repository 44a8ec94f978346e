//! A scorecard laid out for speed, and the loop that scores blocks of rows.
//!
//! Rows are scored in blocks of 2,048, feature by feature, so that the points of a block stay in the
//! nearest cache while the columns stream by. Points and the ranges of unknown features travel in one
//! number.

use rayon::prelude::*;

use super::ScorerParams;
use super::pairs::Pairs;
use super::source::{LevelPoints, MOST_POINTS, Source, UNKNOWN, parted};
use super::table::{Row, ScoreTable};
use crate::error::{Error, Result};
use crate::features::{FeatureColumn, FeatureTable};
use crate::model::{Scorecard, ScorecardFeature, StepFunction};
use crate::sentence::{Sentence, says};

/// Rows per block: the points of a block stay in the nearest cache.
pub(super) const BLOCK: usize = 2048;

/// A card ready to score.
#[derive(Debug, Clone)]
pub struct Scorer {
    params: ScorerParams,
    card: Scorecard,
    features: Vec<Compiled>,
    pairs: Pairs,
}

#[derive(Debug, Clone)]
pub(super) struct Compiled {
    name: String,
    points: Points,
}

#[derive(Debug, Clone)]
enum Points {
    Number(StepFunction),
    Level(LevelPoints),
}

impl Scorer {
    /// Lays out a card with the default settings.
    ///
    /// # Errors
    ///
    /// As [`Scorer::with`].
    pub fn new(card: &Scorecard) -> Result<Self> {
        Self::with(card, ScorerParams::default())
    }

    /// Lays out a card.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the card has a feature without bins, which no fit returns, or when
    /// its points may come to more than 16,777,216.
    pub fn with(card: &Scorecard, params: ScorerParams) -> Result<Self> {
        let of_pairs =
            card.pairs().iter().flat_map(|pair| pair.points().iter().map(|points| points.unsigned_abs()).max());
        let most = f64::from(card.base_points().0).abs()
            + card.features().iter().map(most_points).sum::<f64>()
            + of_pairs.map(f64::from).sum::<f64>();
        if most > MOST_POINTS {
            return Err(Error::setting("points", most, says!("at most {MOST_POINTS}: a smaller scale", MOST_POINTS)));
        }
        let features: Vec<Compiled> = card.features().iter().map(Compiled::new).collect::<Result<_>>()?;
        Ok(Self { params, card: card.clone(), features, pairs: Pairs::new(card)? })
    }

    /// The card.
    pub fn card(&self) -> &Scorecard {
        &self.card
    }

    /// The settings.
    pub fn params(&self) -> &ScorerParams {
        &self.params
    }

    /// Scores every row.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the table lacks a feature of the card or has it as another kind.
    ///
    /// The head of [the room](super) has an example. Columns that the card does not use are not looked at.
    pub fn score(&self, table: &FeatureTable) -> Result<ScoreTable> {
        let sources: Vec<Source<'_>> =
            self.features.par_iter().map(|feature| feature.source(table)).collect::<Result<_>>()?;
        let sources = Sources { features: sources, classes: self.pairs.sources(table)? };
        let height = table.height();
        let width = if self.params.keep_points { self.features.len() + self.card.pairs().len() } else { 0 };
        let mut rows = vec![Row::default(); height];
        let mut points = vec![0; height * width];
        let blocks = rows.par_chunks_mut(BLOCK).enumerate();
        if width == 0 {
            blocks.for_each(|(block, rows)| self.score_block(&sources, block * BLOCK, (rows, &mut [])));
        } else {
            let kept = points.par_chunks_mut(BLOCK * width);
            blocks.zip(kept).for_each(|((block, rows), kept)| self.score_block(&sources, block * BLOCK, (rows, kept)));
        }
        ScoreTable::new(self, table, (rows, points))
    }

    fn score_block(&self, sources: &Sources<'_>, start: usize, (rows, kept): (&mut [Row], &mut [i32])) {
        let block = start..start + rows.len();
        let first: f64 = sources.features.iter().map(Source::first).sum();
        let mut total = [f64::from(self.card.base_points().0) + first; BLOCK];
        let width = self.features.len() + self.card.pairs().len();
        if kept.is_empty() {
            sources.features.iter().for_each(|source| source.add(block.clone(), &mut total));
        } else {
            for (index, source) in sources.features.iter().enumerate() {
                let mut points = [source.first(); BLOCK];
                source.add(block.clone(), &mut points);
                total.iter_mut().zip(&points).for_each(|(sum, points)| *sum += points - source.first());
                let column = kept.iter_mut().skip(index).step_by(width.max(1));
                column.zip(&points).for_each(|(slot, points)| *slot = parted(*points).0);
            }
        }
        if !self.pairs.is_empty() {
            self.pairs.score(&sources.classes, &block, |pair, points| {
                if kept.is_empty() {
                    total.iter_mut().zip(points).for_each(|(sum, points)| *sum += points);
                } else {
                    let column = kept.iter_mut().skip(self.features.len() + pair).step_by(width.max(1));
                    for ((sum, slot), points) in total.iter_mut().zip(column).zip(points) {
                        *sum += points;
                        *slot = parted(points).0;
                    }
                }
            });
        }
        for (row, sum) in rows.iter_mut().zip(&total) {
            let (points, unknown) = parted(*sum);
            *row = Row { points, unknown };
        }
    }
}

/// The columns that a table scores by.
struct Sources<'a> {
    features: Vec<Source<'a>>,
    /// Those of the features in pairs.
    classes: Vec<Source<'a>>,
}

/// Twice the most points that a value can bring: no less than the range.
fn most_points(feature: &ScorecardFeature) -> f64 {
    let most = (0..=feature.map().bins.len()).map(|bin| feature.points_of(Some(bin)).0.unsigned_abs()).max();
    2.0 * f64::from(most.unwrap_or_default())
}

impl Compiled {
    fn new(feature: &ScorecardFeature) -> Result<Self> {
        let map = feature.map();
        let points = |bin: Option<usize>| f64::from(feature.points_of(bin).0);
        if map.bins.is_empty() {
            return Err(Error::setting(Sentence::name(feature.name()), "no bins", "at least one bin"));
        }
        let unknown = UNKNOWN * f64::from(feature.range());
        let compiled = if map.is_category() {
            let missing = points(map.missing.or(map.unseen));
            let levels = map.levels.iter().map(|(level, bin)| (level.clone(), points(Some(*bin))));
            Points::Level(LevelPoints::new(
                &levels.collect::<Vec<_>>(),
                (missing + unknown, points(map.unseen) + unknown),
            ))
        } else {
            Points::Number(StepFunction::new(map, points).missing_worth(unknown))
        };
        Ok(Self { name: feature.name().to_owned(), points: compiled })
    }

    /// A class for each bin instead of points.
    pub(super) fn classes(feature: &ScorecardFeature, class: impl Fn(Option<usize>) -> f64) -> Self {
        let map = feature.map();
        let points = if map.is_category() {
            let levels = map.levels.iter().map(|(level, bin)| (level.clone(), class(Some(*bin))));
            let others = (class(map.missing.or(map.unseen)), class(map.unseen));
            Points::Level(LevelPoints::new(&levels.collect::<Vec<_>>(), others))
        } else {
            Points::Number(StepFunction::new(map, class))
        };
        Self { name: feature.name().to_owned(), points }
    }

    pub(super) fn source<'a>(&'a self, table: &'a FeatureTable) -> Result<Source<'a>> {
        let refusal = |found: Sentence, expected: Sentence| Err(Error::table("features", found, expected));
        let name = &self.name;
        let feature = table.names().find(|name| *name == self.name);
        let Some(column) = feature.and_then(|name| table.frame().column(name).ok()) else {
            return refusal(says!("no such column"), Sentence::name(name));
        };
        match (&self.points, column.str().ok()) {
            (Points::Level(points), Some(texts)) => Ok(Source::Level(points, texts.rechunk())),
            // A category of which nothing is known arrives as a column of nulls without a type.
            (Points::Level(points), None) if column.null_count() == column.len() => Ok(Source::Nothing(points)),
            (Points::Level(_), None) => refusal(says!("numbers in {}", [name]), says!("text")),
            (Points::Number(_), Some(_)) => refusal(says!("text in {}", [name]), says!("numbers")),
            (Points::Number(points), None) => match table.column(&self.name) {
                Some(FeatureColumn::Numeric(values)) => Ok(Source::Number(points, values)),
                _ => refusal(says!("no such column"), Sentence::name(name)),
            },
        }
    }
}
