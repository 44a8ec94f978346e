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

/// Points by level, of a missing value, and of a level never met.
#[derive(Debug, Clone)]
pub(super) struct LevelPoints {
    short: ShortLevels,
    long: HashMap<String, f64>,
    missing: f64,
    unseen: f64,
}

/// Levels of up to twelve bytes, found by the sixteen bytes in which a frame keeps such a text: its length and itself.
///
/// Seven of eight places are free, so that the first place asked nearly always answers.
#[derive(Debug, Clone)]
struct ShortLevels {
    places: Vec<(u128, f64)>,
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
    pub(super) fn new(levels: &[(String, f64)], missing: f64, unseen: f64) -> Self {
        let long = levels.iter().filter(|(level, _)| short(level).is_none()).cloned().collect();
        Self { short: ShortLevels::new(levels), long, missing, unseen }
    }

    /// Adds the points of each level to `points`, and `range` to `unknown` where it is missing or was never met.
    fn add(
        &self,
        rows: Range<usize>,
        (texts, range): (&StringChunked, f64),
        (points, unknown): (&mut [f64], &mut [f64]),
    ) {
        let Some(piece) = texts.downcast_iter().next() else { return };
        let validity = texts.chunks().first().and_then(|piece| piece.validity());
        let views = piece.views().get(rows.clone()).unwrap_or_default();
        for ((row, view), (points, unknown)) in rows.zip(views).zip(points.iter_mut().zip(unknown)) {
            let level = if view.is_inline() {
                self.short.get(view.as_u128())
            } else {
                self.long.get(piece.value(row)).copied()
            };
            let (found, gap) = level.map_or((self.unseen, range), |points| (points, 0.0));
            let missing = validity.is_some_and(|known| !known.get_bit(row));
            *points += if missing { self.missing } else { found };
            *unknown += if missing { range } else { gap };
        }
    }
}

impl ShortLevels {
    fn new(levels: &[(String, f64)]) -> Self {
        let size = (8 * levels.len()).next_power_of_two().max(8);
        let mut table = Self { places: vec![(FREE, 0.0); size], shift: 64 - size.trailing_zeros() };
        for (key, points) in levels.iter().filter_map(|(level, points)| Some((short(level)?, *points))) {
            let at = table.probe(key).find(|at| table.places.get(*at).is_some_and(|(taken, _)| *taken == FREE));
            if let Some(place) = at.and_then(|at| table.places.get_mut(at)) {
                *place = (key, points);
            }
        }
        table
    }

    fn get(&self, key: u128) -> Option<f64> {
        let met = self.probe(key).filter_map(|at| self.places.get(at)).find(|(met, _)| *met == key || *met == FREE)?;
        (met.0 == key).then_some(met.1)
    }

    /// The places of a key, the likeliest first.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the key, and the highest bits of a product")]
    fn probe(&self, key: u128) -> impl Iterator<Item = usize> + use<> {
        let (low, high) = (key as u64, (key >> 64) as u64);
        let mixed = (low ^ high.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (first, mask) = ((mixed >> self.shift) as usize, self.places.len() - 1);
        (0..self.places.len()).map(move |step| (first + step) & mask)
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
    /// Adds the points of some rows, and `range` to `unknown` where a value is unknown.
    pub(super) fn add(&self, rows: Range<usize>, range: f64, (points, unknown): (&mut [f64], &mut [f64])) {
        match self {
            Self::Number(feature, values) => {
                let values = values.get(rows).unwrap_or_default();
                feature.points.add(values, points);
                feature.unknown.add(values, unknown);
            }
            Self::Level(feature, texts) => feature.add(rows, (texts, range), (points, unknown)),
            Self::Nothing(feature) => {
                points.iter_mut().for_each(|sum| *sum += feature.missing);
                unknown.iter_mut().for_each(|sum| *sum += range);
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
        let feature = LevelPoints::new(&worth, -1.0, -2.0);
        let values = levels.map(Some).into_iter().chain([None, Some("boat"), Some("a level of the same length")]);
        let texts = StringChunked::from_slice_options("level".into(), &values.collect::<Vec<_>>());
        let source = Source::Level(&feature, texts.rechunk());
        let (mut points, mut unknown) = (vec![0.0; 8], vec![0.0; 8]);
        source.add(1..9, 5.0, (&mut points, &mut unknown));
        assert_eq!(points, [2.0, 3.0, 4.0, 5.0, 6.0, -1.0, -2.0, -2.0]);
        assert_eq!(unknown, [0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0]);
    }
}
