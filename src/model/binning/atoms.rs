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
pub(crate) struct Tally {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) missing: Counts,
    pub(crate) special: Vec<Counts>,
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

impl Tally {
    /// Joins atoms until about [`FINE`] are left, none of them across a split.
    pub(crate) fn joined(self, splits: &[f64]) -> Self {
        let ends: Vec<u32> = splits.iter().map(|split| key(*split)).collect();
        Self { atoms: joined(self.atoms, &ends), ..self }
    }
}

/// Counts a column; two values closer than one part in a million may count as one.
///
/// # Errors
///
/// [`Error::Setting`] for an infinite value, or one so close above a split that the two cannot be told apart.
pub(crate) fn tally(values: &[f64], target: &Target, marks: Marks<'_>) -> Result<Tally> {
    let special = marks.special;
    if let Some(value) = values.iter().find(|value| value.is_infinite()) {
        return Err(Error::setting("values", value, "finite numbers, or NaN where unknown"));
    }
    let mut missing = Counts::default();
    let mut codes = vec![Counts::default(); special.len()];
    let mut keyed: Vec<u64> = Vec::with_capacity(values.len());
    for (row, (value, event)) in values.iter().zip(target.events()).enumerate() {
        let slot = if value.is_nan() {
            Some(&mut missing)
        } else {
            special.iter().zip(&mut codes).find(|(code, _)| same(*value, **code)).map(|(_, counts)| counts)
        };
        match slot {
            Some(counts) => *counts = *counts + Counts::row(*event, target.weight(row)),
            None => keyed.push(u64::from(key(*value)) << 32 | u64::from(*event) << 31 | row as u64),
        }
    }
    let blurred = |split: &&f64| values.iter().any(|value| value > *split && key(*value) == key(**split));
    if let Some(split) = marks.splits.iter().find(blurred) {
        return Err(Error::setting("splits", split, "a split with no value less than one part in a million above it"));
    }
    sort_by_key(&mut keyed);
    Ok(Tally { atoms: atoms(&keyed, target), missing, special: codes })
}

/// Whether two numbers are the same, 0 and −0 included.
pub(crate) fn same(a: f64, b: f64) -> bool {
    (a + 0.0).total_cmp(&(b + 0.0)).is_eq()
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

/// Sorts by the upper half: by comparison when short, by three counting passes when long.
fn sort_by_key(keyed: &mut Vec<u64>) {
    if keyed.len() < 4096 {
        keyed.sort_unstable();
        return;
    }
    let mut spare = vec![0; keyed.len()];
    for (shift, bits) in [(32, 11), (43, 11), (54, 10)] {
        if scatter(keyed, &mut spare, (shift, (1u64 << bits) - 1)) {
            std::mem::swap(keyed, &mut spare);
        }
    }
}

/// One counting pass; false when all digits are equal and nothing was moved.
#[expect(clippy::cast_possible_truncation, reason = "a digit has at most 11 bits")]
#[expect(clippy::indexing_slicing, reason = "digits are masked to the table; places count the rows")]
fn scatter(from: &[u64], to: &mut [u64], (shift, mask): (u32, u64)) -> bool {
    let mut places = [0usize; 2048];
    for item in from {
        places[(item >> shift & mask) as usize] += 1;
    }
    if places.contains(&from.len()) {
        return false;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    for item in from {
        let place = &mut places[(item >> shift & mask) as usize];
        to[*place] = *item;
        *place += 1;
    }
    true
}

fn atoms(keyed: &[u64], target: &Target) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let weights = target.row_weights();
    for run in keyed.chunk_by(|a, b| a >> 32 == b >> 32) {
        let Some(first) = run.first() else { continue };
        let key = (first >> 32) as u32;
        let counts = match weights {
            None => Counts::new(run.len() as u64, run.iter().map(|item| item >> 31 & 1).sum()),
            Some(_) => run
                .iter()
                .map(|item| Counts::row(item >> 31 & 1 == 1, target.weight((item & 0x7fff_ffff) as usize)))
                .sum(),
        };
        atoms.push(Atom { first: key, last: key, counts });
    }
    atoms
}

/// Joins neighbours until at most about [`FINE`] are left; a heavy value stays alone.
fn joined(atoms: Vec<Atom>, ends: &[u32]) -> Vec<Atom> {
    if atoms.len() <= FINE {
        return atoms;
    }
    let total: f64 = atoms.iter().map(|atom| atom.counts.weight).sum();
    let room = total / FINE as f64;
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
    fn counts_every_row_once_however_long() {
        for n in [10usize, 5_000, 50_000] {
            let values: Vec<f64> = (0..n).map(|i| ((i * 7919) % 3001) as f64 - 1000.0).collect();
            let target = Target::new((0..n).map(|i| i % 3 == 0)).unwrap();
            let tally = tally(&values, &target, Marks { special: &[-1000.0], splits: &[5.0] }).unwrap().joined(&[5.0]);
            let all: Counts = tally.atoms.iter().map(|atom| atom.counts).chain(tally.special).sum();
            assert_eq!((all.rows, all.events), (n as u64, n.div_ceil(3) as u64));
            assert!(tally.atoms.is_sorted_by(|a, b| a.last < b.first) && tally.atoms.len() <= 2 * FINE + 1);
            assert!(!tally.atoms.iter().any(|atom| atom.first <= key(5.0) && key(5.0) < atom.last));
        }
    }
}
