//! Turns one column of a table into points, row by row.
//!
//! A number finds its bin by a step function, a level by a table of the texts as a frame keeps them. Both
//! add to the sums of a block without a branch for each row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use polars::prelude::StringChunked;

use crate::model::StepFunction;

/// A row's points and the ranges of the features unknown for it travel in one number,
/// `points + UNKNOWN · ranges`: whole, and exact in an `f64` while the points stay within
/// ±[`MOST_POINTS`] and the ranges below it.
pub(super) const UNKNOWN: f64 = 268_435_456.0;

/// The most that the points of a card may come to.
pub(super) const MOST_POINTS: f64 = 16_777_216.0;

/// The points and the ranges in a sum.
#[expect(clippy::cast_possible_truncation, reason = "the sum is whole: its lower 28 bits are the points, signed")]
pub(super) fn parted(sum: f64) -> (i32, i32) {
    let sum = sum as i64;
    let points = sum << 36 >> 36;
    (points as i32, ((sum - points) >> 28) as i32)
}

/// What each level is worth.
#[derive(Debug, Clone)]
pub(super) struct LevelPoints {
    short: ShortLevels,
    long: HashMap<String, f64>,
    missing: f64,
    unseen: f64,
}

/// Levels of up to twelve bytes, found by the sixteen bytes in which a frame keeps such a text: its length and itself.
///
/// Seven of eight slots are free, so that the first probe nearly always decides. A free slot means
/// a level never met.
#[derive(Debug, Clone)]
struct ShortLevels {
    indices: Vec<(u128, f64)>,
    shift: u32,
    factor: u64,
}

/// No text is this long.
const FREE: u128 = u128::MAX;

/// Hash factors tried until every level stands in its first slot.
const FACTORS: u64 = 64;

/// A column beside the feature it belongs to.
pub(super) enum Source<'a> {
    Number(&'a StepFunction, Cow<'a, [f64]>),
    Level(&'a LevelPoints, Cow<'a, StringChunked>),
    /// A category of which nothing is known.
    Nothing(&'a LevelPoints),
}

impl LevelPoints {
    /// Of points by level, and what a missing level and one never met are worth.
    pub(super) fn new(levels: &[(String, f64)], (missing, unseen): (f64, f64)) -> Self {
        let long = levels.iter().filter(|(level, _)| short(level).is_none()).cloned().collect();
        Self { short: ShortLevels::new(levels, unseen), long, missing, unseen }
    }

    fn add(&self, rows: Range<usize>, texts: &StringChunked, sums: &mut [f64]) {
        let Some(piece) = texts.downcast_iter().next() else { return };
        let views = piece.views().get(rows.clone()).unwrap_or_default();
        let validity = texts.chunks().first().and_then(|piece| piece.validity());
        for ((row, view), sum) in rows.zip(views).zip(sums) {
            let worth = if view.is_inline() {
                self.short.get(view.as_u128())
            } else {
                self.long.get(piece.value(row)).copied().unwrap_or(self.unseen)
            };
            let known = validity.is_none_or(|known| known.get_bit(row));
            *sum += if known { worth } else { self.missing };
        }
    }
}

impl ShortLevels {
    fn new(levels: &[(String, f64)], unseen: f64) -> Self {
        let size = (8 * levels.len()).next_power_of_two().max(8);
        let levels: Vec<(u128, f64)> =
            levels.iter().filter_map(|(level, worth)| Some((short(level)?, *worth))).collect();
        let factors = (0..FACTORS).map(|step| 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(2 * step + 1));
        let empty = |factor| Self { indices: vec![(FREE, unseen); size], shift: 64 - size.trailing_zeros(), factor };
        let apart = |table: &Self| {
            let mut firsts: Vec<usize> = levels.iter().map(|(key, _)| table.first(*key)).collect();
            firsts.sort_unstable();
            firsts.is_sorted_by(|a, b| a < b)
        };
        let mut table = factors.map(empty).find(apart).unwrap_or_else(|| empty(1));
        for (key, worth) in levels {
            if let Some(index) = table.slot_of(key).and_then(|at| table.indices.get_mut(at)) {
                *index = (key, worth);
            }
        }
        table
    }

    fn get(&self, key: u128) -> f64 {
        self.slot_of(key).and_then(|at| self.indices.get(at)).map_or(0.0, |(_, worth)| *worth)
    }

    /// Where a key stands, or would stand.
    fn slot_of(&self, key: u128) -> Option<usize> {
        let (first, mask) = (self.first(key), self.indices.len() - 1);
        let mut indices = (0..self.indices.len()).map(|step| (first + step) & mask);
        indices.find(|at| self.indices.get(*at).is_some_and(|(met, _)| *met == key || *met == FREE))
    }

    /// The slot where a key is looked for first.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the key, and the highest bits of a product")]
    fn first(&self, key: u128) -> usize {
        let (low, high) = (key as u64, (key >> 64) as u64);
        ((low ^ high.rotate_left(29)).wrapping_mul(self.factor) >> self.shift) as usize
    }
}

/// A text of up to twelve bytes as a frame keeps it.
fn short(text: &str) -> Option<u128> {
    let mut bytes = [0; 16];
    let (length, content) = bytes.split_at_mut(4);
    length.copy_from_slice(&u32::try_from(text.len()).ok()?.to_ne_bytes());
    content.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(u128::from_ne_bytes(bytes))
}

impl Source<'_> {
    /// What every row starts with.
    pub(super) const fn first(&self) -> f64 {
        match self {
            Self::Number(feature, _) => feature.first(),
            Self::Level(..) | Self::Nothing(_) => 0.0,
        }
    }

    /// Adds what some rows are worth beyond that.
    pub(super) fn add(&self, rows: Range<usize>, sums: &mut [f64]) {
        match self {
            Self::Number(feature, values) => feature.add(values.get(rows).unwrap_or_default(), sums),
            Self::Level(feature, texts) => feature.add(rows, texts, sums),
            Self::Nothing(feature) => sums.iter_mut().for_each(|sum| *sum += feature.missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::NewChunkedArray;

    use super::*;

    #[test]
    fn points_and_ranges_come_out_of_one_sum_as_they_went_in() {
        for points in [0.0, 1.0, -1.0, MOST_POINTS, -MOST_POINTS] {
            for ranges in [0.0, 1.0, MOST_POINTS] {
                let (found, unknown) = parted(points + UNKNOWN * ranges);
                assert_eq!((f64::from(found), f64::from(unknown)), (points, ranges));
            }
        }
    }

    #[test]
    fn finds_levels_of_any_length_and_tells_missing_from_unseen() {
        let levels = ["", "own", "twelve bytes", "thirteen byte", "执行完毕", "a long level of its own"];
        let worth: Vec<(String, f64)> = levels.iter().zip(1..).map(|(l, p)| ((*l).to_owned(), f64::from(p))).collect();
        let feature = LevelPoints::new(&worth, (5.0 * UNKNOWN - 1.0, 5.0 * UNKNOWN - 2.0));
        let values = levels.map(Some).into_iter().chain([None, Some("boat"), Some("a level of the same length")]);
        let texts = StringChunked::from_slice_options("level".into(), &values.collect::<Vec<_>>());
        let source = Source::Level(&feature, texts.rechunk());
        let mut sums = vec![0.0; 8];
        source.add(1..9, &mut sums);
        let found: Vec<(i32, i32)> = sums.into_iter().map(parted).collect();
        assert_eq!(found, [(2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (-1, 5), (-2, 5), (-2, 5)]);
    }
}
