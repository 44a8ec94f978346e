use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use polars::prelude::StringChunked;

use super::lanes::NumberPoints;

/// Points by level, of a missing value, and of a level never met.
#[derive(Debug, Clone)]
pub(super) struct LevelPoints {
    /// By the sixteen bytes in which a frame keeps a text of up to twelve: the length and the text.
    short: HashMap<u128, f64, BuildHasherDefault<Quick>>,
    long: HashMap<String, f64>,
    missing: f64,
    unseen: f64,
}

/// A column beside the feature it belongs to.
pub(super) enum Source<'a> {
    Number(&'a NumberPoints, Cow<'a, [f64]>),
    Level(&'a LevelPoints, Texts<'a>),
    /// A category of which nothing is known.
    Nothing(&'a LevelPoints),
}

/// A column of text, and which of its rows are unknown; none when it is empty.
pub(super) struct Texts<'a> {
    texts: Cow<'a, StringChunked>,
    unknown: Vec<bool>,
}

impl LevelPoints {
    pub(super) fn new(levels: &[(String, f64)], missing: f64, unseen: f64) -> Self {
        let key = |(level, points): &(String, f64)| Some((short(level)?, *points));
        let long = levels.iter().filter(|(level, _)| short(level).is_none()).cloned().collect();
        Self { short: levels.iter().filter_map(key).collect(), long, missing, unseen }
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

impl<'a> Texts<'a> {
    pub(super) fn new(texts: &'a StringChunked) -> Self {
        let known = texts.null_count() == 0;
        let unknown =
            if known { Vec::new() } else { texts.is_null().iter().map(|unknown| unknown == Some(true)).collect() };
        Self { texts: texts.rechunk(), unknown }
    }

    fn write(
        &self,
        rows: Range<usize>,
        (feature, range): (&LevelPoints, f64),
        (points, unknown): (&mut [f64], &mut [f64]),
    ) {
        let Some(piece) = self.texts.downcast_iter().next() else { return };
        let views = piece.views().get(rows.clone()).unwrap_or_default();
        for ((row, view), (slot, unknown)) in rows.zip(views).zip(points.iter_mut().zip(unknown)) {
            let level =
                if view.is_inline() { feature.short.get(&view.as_u128()) } else { feature.long.get(piece.value(row)) };
            let missing = self.unknown.get(row) == Some(&true);
            let (found, gap) = match level {
                _ if missing => (feature.missing, range),
                Some(points) => (*points, 0.0),
                None => (feature.unseen, range),
            };
            *slot = found;
            *unknown += gap;
        }
    }
}

impl Source<'_> {
    /// Writes the points of some rows, and adds `range` where a value is unknown.
    pub(super) fn write(&self, rows: Range<usize>, range: f64, (points, unknown): (&mut [f64], &mut [f64])) {
        match self {
            Self::Number(feature, values) => {
                feature.write(values.get(rows).unwrap_or_default(), range, (points, unknown));
            }
            Self::Level(feature, texts) => texts.write(rows, (feature, range), (points, unknown)),
            Self::Nothing(feature) => {
                points.fill(feature.missing);
                unknown.iter_mut().for_each(|sum| *sum += range);
            }
        }
    }
}

/// A hash of short keys in two multiplications.
///
/// The table is the card's own and small, so nobody can make its levels collide.
#[derive(Debug, Clone, Default)]
pub(super) struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let word = word.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the key")]
    fn write_u128(&mut self, key: u128) {
        let (low, high) = (key as u64, (key >> 64) as u64);
        let mixed = (low ^ high.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest.
        self.0 ^ self.0 >> 32
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
        let source = Source::Level(&feature, Texts::new(&texts));
        let (mut points, mut unknown) = (vec![0.0; 8], vec![0.0; 8]);
        source.write(1..9, 5.0, (&mut points, &mut unknown));
        assert_eq!(points, [2.0, 3.0, 4.0, 5.0, 6.0, -1.0, -2.0, -2.0]);
        assert_eq!(unknown, [0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0]);
    }
}
