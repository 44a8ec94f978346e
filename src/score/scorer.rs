use rayon::prelude::*;

use super::ScorerParams;
use super::source::{LevelPoints, NumberPoints, Source};
use super::table::{Row, ScoreTable};
use crate::error::{Error, Result};
use crate::features::{FeatureColumn, FeatureTable};
use crate::model::{Ladder, Scorecard, ScorecardFeature};

/// Rows per block: the points of a block stay in the nearest cache.
const BLOCK: usize = 512;

/// A card ready to score.
#[derive(Debug, Clone)]
pub struct Scorer {
    params: ScorerParams,
    card: Scorecard,
    features: Vec<Compiled>,
}

#[derive(Debug, Clone)]
struct Compiled {
    name: String,
    range: f64,
    points: Points,
}

#[derive(Debug, Clone)]
enum Points {
    Number(NumberPoints),
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
    /// [`Error::Setting`] when the card has a feature without bins, which no fit returns.
    pub fn with(card: &Scorecard, params: ScorerParams) -> Result<Self> {
        let features: Vec<Compiled> = card.features().iter().map(Compiled::new).collect::<Result<_>>()?;
        Ok(Self { params, card: card.clone(), features })
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
    pub fn score(&self, table: &FeatureTable) -> Result<ScoreTable> {
        let sources: Vec<Source<'_>> =
            self.features.par_iter().map(|feature| feature.source(table)).collect::<Result<_>>()?;
        let height = table.height();
        let width = if self.params.keep_points { self.features.len() } else { 0 };
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

    fn score_block(&self, sources: &[Source<'_>], start: usize, (rows, kept): (&mut [Row], &mut [i32])) {
        let mut total = [f64::from(self.card.base_points().0); BLOCK];
        let mut unknown = [0.0; BLOCK];
        let block = start..start + rows.len();
        for (place, (feature, source)) in self.features.iter().zip(sources).enumerate() {
            if kept.is_empty() {
                source.add(block.clone(), feature.range, (&mut total, &mut unknown));
                continue;
            }
            let mut points = [0.0; BLOCK];
            source.add(block.clone(), feature.range, (&mut points, &mut unknown));
            total.iter_mut().zip(&points).for_each(|(sum, points)| *sum += points);
            let column = kept.iter_mut().skip(place).step_by(self.features.len().max(1));
            column.zip(&points).for_each(|(slot, points)| *slot = whole(*points));
        }
        for ((row, points), unknown) in rows.iter_mut().zip(&total).zip(&unknown) {
            *row = Row { points: whole(*points), unknown: whole(*unknown) };
        }
    }
}

impl Compiled {
    fn new(feature: &ScorecardFeature) -> Result<Self> {
        let map = feature.map();
        let points = |bin: Option<usize>| f64::from(feature.points_of(bin).0);
        if map.bins.is_empty() {
            return Err(Error::setting(feature.name(), "no bins", "at least one bin"));
        }
        let missing = points(map.missing.or(map.unseen));
        let compiled = if map.is_category() {
            let levels = map.levels.iter().map(|(level, bin)| (level.clone(), points(Some(*bin))));
            Points::Level(LevelPoints::new(&levels.collect::<Vec<_>>(), missing, points(map.unseen)))
        } else {
            Points::Number(NumberPoints {
                points: Ladder::new(map, points),
                unknown: Ladder::of_missing(f64::from(feature.range())),
            })
        };
        Ok(Self { name: feature.name().to_owned(), range: f64::from(feature.range()), points: compiled })
    }

    fn source<'a>(&'a self, table: &'a FeatureTable) -> Result<Source<'a>> {
        let refusal = |found: &str, expected: &str| Err(Error::table("features", found, expected));
        let feature = table.names().find(|name| *name == self.name);
        let Some(column) = feature.and_then(|name| table.frame().column(name).ok()) else {
            return refusal("no such column", &self.name);
        };
        match (&self.points, column.str().ok()) {
            (Points::Level(points), Some(texts)) => Ok(Source::Level(points, texts.rechunk())),
            // A category of which nothing is known arrives as a column without a kind.
            (Points::Level(points), None) if column.null_count() == column.len() => Ok(Source::Nothing(points)),
            (Points::Level(_), None) => refusal(&format!("numbers in {}", self.name), "text"),
            (Points::Number(_), Some(_)) => refusal(&format!("text in {}", self.name), "numbers"),
            (Points::Number(points), None) => match table.column(&self.name) {
                Some(FeatureColumn::Numeric(values)) => Ok(Source::Number(points, values)),
                _ => refusal("no such column", &self.name),
            },
        }
    }
}

/// A whole number held as `f64`.
#[expect(clippy::cast_possible_truncation, reason = "sums of 32-bit points are whole, and the cast saturates")]
fn whole(points: f64) -> i32 {
    points as i32
}
