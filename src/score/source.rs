use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::lanes::NumberPoints;

/// Points by level, of a missing value, and of a level never met.
#[derive(Debug, Clone)]
pub(super) struct LevelPoints {
    pub(super) known: HashMap<String, f64, BuildHasherDefault<Quick>>,
    pub(super) missing: f64,
    pub(super) unseen: f64,
}

/// A column beside the feature it belongs to.
pub(super) enum Source<'a> {
    Number(&'a NumberPoints, Cow<'a, [f64]>),
    Level(&'a LevelPoints, Vec<Option<&'a str>>),
}

impl Source<'_> {
    /// Writes the points of some rows, and adds `range` where a value is unknown.
    pub(super) fn write(&self, rows: Range<usize>, range: f64, (points, unknown): (&mut [f64], &mut [f64])) {
        match self {
            Self::Number(feature, values) => {
                feature.write(values.get(rows).unwrap_or_default(), range, (points, unknown));
            }
            Self::Level(feature, values) => {
                let slots = points.iter_mut().zip(unknown);
                for ((slot, unknown), level) in slots.zip(values.get(rows).unwrap_or_default()) {
                    let known = level.map(|level| feature.known.get(level));
                    *slot = known.map_or(feature.missing, |points| points.copied().unwrap_or(feature.unseen));
                    *unknown += if known.flatten().is_some() { 0.0 } else { range };
                }
            }
        }
    }
}

/// A hash of short text in a few multiplications.
///
/// The table is the card's own and small, so nobody can make its levels collide.
#[derive(Debug, Clone, Default)]
pub(super) struct Quick(u64);

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Quick {
    const fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(ODD);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(word.try_into().map_or(0, u64::from_le_bytes));
        }
        self.add(words.remainder().iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest.
        self.0 ^ self.0 >> 32
    }
}
