//! Counts the different values of a column.
//!
//! Values are told apart by 32 bits of their own, about six digits. Sorting such keys by counting takes a
//! few passes over the column; where there are many different values, neighbours are counted together.

#![allow(
    clippy::indexing_slicing,
    reason = "digits are masked to their table, indices count the rows, runs are not empty"
)]

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::error::{Error, Result};
use crate::model::Target;

/// Values that agree in their leading 32 bits: sign, exponent and 20 bits of fraction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Atom {
    /// The key of the smallest value; the keys of one atom or a run of atoms are `first..=last`.
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) counts: Counts,
}

/// A column's values counted: regular ones in rising order, missing ones, and each special code.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) missing: Counts,
    pub(crate) special: Vec<Counts>,
}

/// Whether neighbouring values are counted together where there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Every atom apart.
    Whole,
    /// Atoms joined until about [`FINE`] are left, none of them across a split.
    Fine,
}

/// More distinct values than this are first joined into runs of about equal weight.
const FINE: usize = 512;

/// Numbers that are more than values of the column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks<'a> {
    /// Special codes, counted apart.
    pub(crate) special: &'a [f64],
    /// Cut points that no atom may reach across.
    pub(crate) splits: &'a [f64],
}

impl Histogram {
    /// Joins atoms until about [`FINE`] are left, none of them across a split.
    pub(crate) fn joined(self, splits: &[f64]) -> Self {
        if self.atoms.len() <= FINE {
            return self;
        }
        let total = self.atoms.iter().map(|atom| atom.counts.weight).sum();
        Self { atoms: joined(self.atoms.into_iter(), total, splits), ..self }
    }
}

/// Counts a column; two values closer than one part in a million may count as one.
///
/// # Errors
///
/// [`Error::Setting`] for an infinite value, or one so close above a split that the two cannot be told apart.
#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
pub(crate) fn tally(values: &[f64], target: &Target, marks: Marks<'_>, detail: Detail) -> Result<Histogram> {
    let blurred = |split: &&f64| values.iter().any(|value| value > *split && key(*value) == key(**split));
    if let Some(split) = marks.splits.iter().find(blurred) {
        return Err(Error::setting("splits", split, "a split with no value less than one part in a million above it"));
    }
    let mut missing = Counts::default();
    let mut special = vec![Counts::default(); marks.special.len()];
    let mut keyed: Vec<u64> = Vec::with_capacity(values.len());
    let is_weighted = target.row_weights().is_some();
    for (row, (value, event)) in values.iter().zip(target.events()).enumerate() {
        if is_weighted && target.weight(row) <= 0.0 {
            continue;
        }
        if value.is_nan() {
            missing = missing + Counts::row(*event, target.weight(row));
        } else if let Some(code) = marks.special.iter().position(|code| same(*value, *code)) {
            special[code] = special[code] + Counts::row(*event, target.weight(row));
        } else if value.is_infinite() {
            return Err(Error::setting("values", value, "finite numbers, or NaN where unknown"));
        } else {
            keyed.push(u64::from(key(*value)) << 32 | u64::from(*event) << 31 | row as u64);
        }
    }
    sort_by_key(&mut keyed);
    let steps = keyed.windows(2).filter(|pair| pair[0] >> 32 != pair[1] >> 32);
    let atoms = if detail == Detail::Fine && steps.take(FINE).count() == FINE {
        let weighed = keyed.iter().map(|item| target.weight(row_of(*item)));
        let total = if target.row_weights().is_some() { weighed.sum() } else { keyed.len() as f64 };
        joined(atoms(&keyed, target), total, marks.splits)
    } else {
        atoms(&keyed, target).collect()
    };
    Ok(Histogram { atoms, missing, special })
}

/// The row of an item that is sorted.
const fn row_of(item: u64) -> usize {
    (item & 0x7fff_ffff) as usize
}

/// Whether two numbers are the same, 0 and −0 included.
#[expect(clippy::float_cmp, reason = "a code is exactly its number")]
pub(crate) fn same(a: f64, b: f64) -> bool {
    a == b
}

/// Order-preserving 32 bits of a number.
pub(crate) fn key(value: f64) -> u32 {
    let bits = (value + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    (ordered >> 32) as u32
}

/// The smallest and the largest number with a key.
pub(crate) fn reach(key: u32) -> (f64, f64) {
    let number = |ordered: u64| f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered });
    let low = u64::from(key) << 32;
    (number(low), number(low | u64::from(u32::MAX)))
}

/// The number with a key whose lower half is empty: of all with this key the one of fewest digits.
pub(crate) fn shortest(key: u32) -> f64 {
    let (low, high) = reach(key);
    if low.is_sign_negative() { high } else { low }
}

/// The digits of a key, lowest first: where each begins in an item, and its bits.
const DIGITS: [(u32, u32); 3] = [(32, 11), (43, 11), (54, 10)];

/// Sorts by the upper half: by comparison when short, by counting when long.
fn sort_by_key(keyed: &mut Vec<u64>) {
    if keyed.len() < 4096 {
        keyed.sort_unstable();
        return;
    }
    let mut indices = [[0u32; 1 << 11]; 3];
    for item in keyed.iter() {
        for (indices, at) in indices.iter_mut().zip(DIGITS) {
            indices[digit(*item, at)] += 1;
        }
    }
    let mut spare = vec![0; keyed.len()];
    for (indices, at) in indices.iter_mut().zip(DIGITS) {
        // Nothing moves where all digits are equal.
        if keyed.first().is_some_and(|item| indices[digit(*item, at)] as usize == keyed.len()) {
            continue;
        }
        let mut sum = 0;
        indices.iter_mut().for_each(|index| sum += std::mem::replace(index, sum));
        for item in keyed.iter() {
            let index = &mut indices[digit(*item, at)];
            spare[*index as usize] = *item;
            *index += 1;
        }
        std::mem::swap(keyed, &mut spare);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a digit has at most 11 bits")]
const fn digit(item: u64, (shift, bits): (u32, u32)) -> usize {
    (item >> shift & ((1 << bits) - 1)) as usize
}

/// The atoms of sorted items.
fn atoms(keyed: &[u64], target: &Target) -> impl Iterator<Item = Atom> {
    let weights = target.row_weights();
    keyed.chunk_by(|a, b| a >> 32 == b >> 32).map(move |run| {
        let key = (run[0] >> 32) as u32;
        let counts = match weights {
            None => Counts::new(run.len() as u64, run.iter().map(|item| item >> 31 & 1).sum()),
            Some(_) => run.iter().map(|item| Counts::row(item >> 31 & 1 == 1, target.weight(row_of(*item)))).sum(),
        };
        Atom { first: key, last: key, counts }
    })
}

/// Joins neighbours until at most about [`FINE`] are left; a heavy value stays alone, and nothing
/// reaches across a split.
fn joined(atoms: impl Iterator<Item = Atom>, total: f64, splits: &[f64]) -> Vec<Atom> {
    joined_within(atoms, total / FINE as f64, splits)
}

/// Joins neighbours whose weight together is at most `room`.
fn joined_within(atoms: impl Iterator<Item = Atom>, room: f64, splits: &[f64]) -> Vec<Atom> {
    let ends: Vec<u32> = splits.iter().map(|split| key(*split)).collect();
    let parted = |run: &Atom, next: &Atom| ends.iter().any(|end| run.last <= *end && *end < next.first);
    let mut runs: Vec<Atom> = Vec::with_capacity(2 * FINE);
    for atom in atoms {
        match runs.last_mut() {
            Some(run) if run.counts.weight + atom.counts.weight <= room && !parted(run, &atom) => {
                run.last = atom.last;
                run.counts = run.counts + atom.counts;
            }
            _ => runs.push(atom),
        }
    }
    runs
}

/// Joins neighbours until at most `most` are left, as evenly as that allows; with few atoms each stays alone.
pub(crate) fn joined_to(atoms: &[Atom], most: usize, splits: &[f64]) -> Vec<Atom> {
    if atoms.len() <= most {
        return atoms.to_vec();
    }
    let total: f64 = atoms.iter().map(|atom| atom.counts.weight).sum();
    // Of two neighbouring runs the weight is above the room: with this much there are few enough for sure.
    let sure = 2.0 * total / most.saturating_sub(splits.len() + 1).max(1) as f64;
    let (mut least, mut enough) = (0.0, sure);
    let mut runs = joined_within(atoms.iter().copied(), enough, splits);
    for _ in 0..16 {
        let room = f64::midpoint(least, enough);
        let tried = joined_within(atoms.iter().copied(), room, splits);
        if tried.len() <= most {
            (enough, runs) = (room, tried);
        } else {
            least = room;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_order_of_numbers() {
        let numbers = [-1e300, -2.5, -1e-300, 0.0, 1e-300, 0.1, 1.0, 1.000_002, 2.0, 1e300];
        assert!(numbers.map(key).is_sorted_by(|a, b| a < b));
        assert_eq!(key(-0.0), key(0.0));
        for number in numbers {
            let (low, high) = reach(key(number));
            assert!(low <= number && number <= high, "{number}: {low} {high}");
        }
    }

    #[test]
    fn joins_to_no_more_codes_than_there_are_and_keeps_what_is_heavy_alone() {
        let atom = |key: u32| {
            let rows = if key.is_multiple_of(100) { 5_000 } else { 1 + u64::from(key % 7) };
            Atom { first: key, last: key, counts: Counts::new(rows, 0) }
        };
        let atoms: Vec<Atom> = (0..4_000).map(atom).collect();
        let runs = joined_to(&atoms, 254, &[]);
        assert!((200..=254).contains(&runs.len()), "{}", runs.len());
        let all: Counts = runs.iter().map(|run| run.counts).sum();
        assert_eq!(all, atoms.iter().map(|atom| atom.counts).sum());
        assert!(runs.iter().filter(|run| run.counts.weight >= 5_000.0).all(|run| run.first == run.last));
        assert_eq!(joined_to(&atoms[..254], 254, &[]), atoms[..254]);
    }

    #[test]
    fn counts_every_row_once_however_long() {
        for n in [10usize, 5_000, 50_000] {
            let values: Vec<f64> = (0..n).map(|i| ((i * 7919) % 3001) as f64 - 1000.0).collect();
            let target = Target::new((0..n).map(|i| i % 3 == 0)).unwrap();
            let tally = tally(&values, &target, Marks { special: &[-1000.0], splits: &[5.0] }, Detail::Fine).unwrap();
            let all: Counts = tally.atoms.iter().map(|atom| atom.counts).chain(tally.special).sum();
            assert_eq!((all.rows, all.events), (n as u64, n.div_ceil(3) as u64));
            assert!(tally.atoms.is_sorted_by(|a, b| a.last < b.first) && tally.atoms.len() <= 2 * FINE + 1);
            assert!(!tally.atoms.iter().any(|atom| atom.first <= key(5.0) && key(5.0) < atom.last));
        }
    }
}
