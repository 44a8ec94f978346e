use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use polars::prelude::StringChunked;

use crate::model::Ladder;

/// Points of numbers, and the range of the feature where a number is missing.
#[derive(Debug, Clone)]
pub(super) struct NumberPoints {
    pub(super) points: Ladder,
    pub(super) unknown: Ladder,
}

/// Points by level.
#[derive(Debug, Clone)]
pub(super) struct LevelPoints {
    short: ShortLevels,
    long: HashMap<String, f64>,
    missing: Found,
    unseen: Found,
}

/// The points of a level, and the range of the feature where nothing is known by it.
#[derive(Debug, Clone, Copy)]
struct Found {
    points: f64,
    unknown: f64,
}

/// Levels of up to twelve bytes, found by the sixteen bytes in which a frame keeps such a text: its length and itself.
///
/// Seven of eight places are free, so that the first place asked nearly always answers; a free place answers for the levels
/// never met.
#[derive(Debug, Clone)]
struct ShortLevels {
    places: Vec<(u128, Found)>,
    shift: u32,
}

/// No text is this long.
const FREE: u128 = u128::MAX;

/// A column beside the feature it belongs to.
pub(super) enum Source<'a> {
    Number(&'a NumberPoints, Cow<'a, [f64]>),
    Level(&'a LevelPoints, Cow<'a, StringChunked>),
    /// A category of which nothing is known.
    Nothing(&'a LevelPoints),
}

impl LevelPoints {
    /// Of a feature with this range: points by level, of a missing level, and of one never met.
    pub(super) fn new(levels: &[(String, f64)], range: f64, (missing, unseen): (f64, f64)) -> Self {
        let long = levels.iter().filter(|(level, _)| short(level).is_none()).cloned().collect();
        let unknown = |points: f64| Found { points, unknown: range };
        let (missing, unseen) = (unknown(missing), unknown(unseen));
        Self { short: ShortLevels::new(levels, unseen), long, missing, unseen }
    }

    fn add(&self, rows: Range<usize>, texts: &StringChunked, (points, unknown): (&mut [f64], &mut [f64])) {
        let Some(piece) = texts.downcast_iter().next() else { return };
        let validity = texts.chunks().first().and_then(|piece| piece.validity());
        let views = piece.views().get(rows.clone()).unwrap_or_default();
        for ((row, view), (points, unknown)) in rows.zip(views).zip(points.iter_mut().zip(unknown)) {
            let level = if view.is_inline() {
                self.short.get(view.as_u128())
            } else {
                self.long.get(piece.value(row)).map_or(self.unseen, |points| Found { points: *points, unknown: 0.0 })
            };
            let missing = validity.is_some_and(|known| !known.get_bit(row));
            let found = if missing { self.missing } else { level };
            *points += found.points;
            *unknown += found.unknown;
        }
    }
}

impl ShortLevels {
    fn new(levels: &[(String, f64)], unseen: Found) -> Self {
        let size = (8 * levels.len()).next_power_of_two().max(8);
        let mut table = Self { places: vec![(FREE, unseen); size], shift: 64 - size.trailing_zeros() };
        for (key, points) in levels.iter().filter_map(|(level, points)| Some((short(level)?, *points))) {
            if let Some(place) = table.place(key).and_then(|at| table.places.get_mut(at)) {
                *place = (key, Found { points, unknown: 0.0 });
            }
        }
        table
    }

    fn get(&self, key: u128) -> Found {
        let found = self.place(key).and_then(|at| self.places.get(at));
        found.map_or(Found { points: 0.0, unknown: 0.0 }, |(_, found)| *found)
    }

    /// Where a key stands, or would stand.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the key, and the highest bits of a product")]
    fn place(&self, key: u128) -> Option<usize> {
        let (low, high) = (key as u64, (key >> 64) as u64);
        let mixed = (low ^ high.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (first, mask) = ((mixed >> self.shift) as usize, self.places.len() - 1);
        let mut places = (0..self.places.len()).map(|step| (first + step) & mask);
        places.find(|at| self.places.get(*at).is_some_and(|(met, _)| *met == key || *met == FREE))
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
    /// Adds the points of some rows, and the feature's range to `unknown` where a value is unknown.
    pub(super) fn add(&self, rows: Range<usize>, (points, unknown): (&mut [f64], &mut [f64])) {
        match self {
            Self::Number(feature, values) => {
                let values = values.get(rows).unwrap_or_default();
                // The lighter work first: it waits for memory less, and leaves the values in the nearest cache.
                feature.unknown.add(values, unknown);
                feature.points.add(values, points);
            }
            Self::Level(feature, texts) => feature.add(rows, texts, (points, unknown)),
            Self::Nothing(feature) => {
                points.iter_mut().for_each(|sum| *sum += feature.missing.points);
                unknown.iter_mut().for_each(|sum| *sum += feature.missing.unknown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::NewChunkedArray;

    use super::*;

    #[test]
    fn finds_levels_of_any_length_and_tells_missing_from_unseen() {
        let levels = ["", "own", "twelve bytes", "thirteen byte", "执行完毕", "a long level of its own"];
        let worth: Vec<(String, f64)> = levels.iter().zip(1..).map(|(l, p)| ((*l).to_owned(), f64::from(p))).collect();
        let feature = LevelPoints::new(&worth, 5.0, (-1.0, -2.0));
        let values = levels.map(Some).into_iter().chain([None, Some("boat"), Some("a level of the same length")]);
        let texts = StringChunked::from_slice_options("level".into(), &values.collect::<Vec<_>>());
        let source = Source::Level(&feature, texts.rechunk());
        let (mut points, mut unknown) = (vec![0.0; 8], vec![0.0; 8]);
        source.add(1..9, (&mut points, &mut unknown));
        assert_eq!(points, [2.0, 3.0, 4.0, 5.0, 6.0, -1.0, -2.0, -2.0]);
        assert_eq!(unknown, [0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0]);
    }
}
