//! Prebinning by a regression tree.
//!
//! The exact program looks at every pair of prebins, so there must be few of them (64, say). A regression
//! tree puts their ends where events change most.

#![allow(clippy::indexing_slicing, reason = "ranges are made of indices into the sums they address")]

use std::collections::BinaryHeap;

use super::Counts;

/// A leaf that may be split: its atoms, its best cut and what that gains.
#[derive(Debug, PartialEq)]
struct Leaf {
    gain: f64,
    start: usize,
    cut: usize,
    end: usize,
}

impl Eq for Leaf {}

impl Ord for Leaf {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.gain.total_cmp(&other.gain).then(other.start.cmp(&self.start))
    }
}

impl PartialOrd for Leaf {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Where a regression tree over ordered atoms would cut: the index of each prebin's last atom.
///
/// The leaf whose best cut takes most off the sum of squares is split first, until there are `most` leaves. Leaves keep
/// at least the weight `room`. Marked atoms end a prebin in any case.
pub(crate) fn tree(atoms: &[Counts], fixed: &[bool], most: usize, room: f64) -> Vec<usize> {
    let sums: Vec<Counts> = std::iter::once(Counts::default())
        .chain(atoms.iter().scan(Counts::default(), |sum, atom| {
            *sum = *sum + *atom;
            Some(*sum)
        }))
        .collect();
    let mut ends: Vec<usize> = (0..atoms.len()).filter(|atom| fixed.get(*atom).copied().unwrap_or(false)).collect();
    if let Some(last) = atoms.len().checked_sub(1).filter(|last| ends.last() != Some(last)) {
        ends.push(last);
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let mut open: BinaryHeap<Leaf> = starts.zip(&ends).filter_map(|(s, e)| best_cut(&sums, (s, *e), room)).collect();
    while ends.len() < most {
        let Some(leaf) = open.pop() else { break };
        ends.push(leaf.cut);
        open.extend(best_cut(&sums, (leaf.start, leaf.cut), room));
        open.extend(best_cut(&sums, (leaf.cut + 1, leaf.end), room));
    }
    ends.sort_unstable();
    ends
}

/// The cut of atoms `start..=end` that gains most, if any gains.
///
/// # Formula
///
/// `gain = E₁²/W₁ + E₂²/W₂ − E²/W` with `E` the weighted events and `W` the weight of each part.
fn best_cut(sums: &[Counts], (start, end): (usize, usize), room: f64) -> Option<Leaf> {
    let (low, high) = (sums[start], sums[end + 1]);
    let square =
        |part: Counts| if part.weight > 0.0 { part.event_weight * part.event_weight / part.weight } else { 0.0 };
    let roomy = |part: &Counts| part.weight > 0.0 && part.weight >= room;
    let whole = square(high - low);
    let mut best: Option<Leaf> = None;
    for cut in start..end {
        let (left, right) = (sums[cut + 1] - low, high - sums[cut + 1]);
        if roomy(&left) && roomy(&right) {
            let gain = square(left) + square(right) - whole;
            if gain > best.as_ref().map_or(1e-12, |leaf| leaf.gain) {
                best = Some(Leaf { gain, start, cut, end });
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_where_the_rate_changes_and_keeps_marked_ends() {
        let atoms: Vec<Counts> = (0..30).map(|i| Counts::new(10, if (10..20).contains(&i) { 8 } else { 2 })).collect();
        assert_eq!(tree(&atoms, &[], 8, 5.0), [9, 19, 29]);
        let mut fixed = vec![false; 30];
        fixed[4] = true;
        assert_eq!(tree(&atoms, &fixed, 8, 5.0), [4, 9, 19, 29]);
        assert_eq!(tree(&atoms, &[], 2, 5.0).len(), 2);
        assert_eq!(tree(&atoms, &[], 8, 200.0), [29]);
        assert!(tree(&[], &[], 8, 1.0).is_empty());
    }
}
