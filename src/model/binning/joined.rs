//! Joins bins of a map.

use super::woe::Yardstick;
use super::{Bin, BinMap, BinRange, BinningParams, Counts};

impl BinMap {
    /// The map with some of its bins joined: bin `b` becomes part of bin `to[b]`.
    ///
    /// Regular bins of numbers must be joined with neighbours only and keep their order; codes and
    /// missing values may join a regular bin.
    pub(crate) fn joined(&self, to: &[usize], params: &BinningParams) -> Self {
        let size = to.iter().max().map_or(0, |last| last + 1);
        let mut parts: Vec<Option<(BinRange, Counts)>> = vec![None; size];
        for (bin, index) in self.bins.iter().zip(to) {
            let Some(part) = parts.get_mut(*index) else { continue };
            *part = Some(match part.take() {
                None => (bin.range.clone(), bin.counts),
                Some((range, counts)) => (both(range, &bin.range), counts + bin.counts),
            });
        }
        let yardstick = Yardstick::new(self.bins.iter().map(|bin| bin.counts).sum(), params);
        let bins = parts.into_iter().flatten().map(|(range, counts)| Bin {
            range,
            counts,
            woe: yardstick.woe(&counts),
            information: yardstick.information(&counts),
        });
        let index = |bin: usize| to.get(bin).copied().unwrap_or_default();
        let ends = |below: &usize| to.get(*below) != to.get(below + 1);
        Self {
            feature: self.feature.clone(),
            trend: self.trend,
            bins: bins.collect(),
            cuts: self.cuts.iter().enumerate().filter(|(below, _)| ends(below)).map(|(_, cut)| *cut).collect(),
            special: self.special.iter().map(|(code, bin)| (*code, index(*bin))).collect(),
            levels: self.levels.iter().map(|(level, bin)| (level.clone(), index(*bin))).collect(),
            missing: self.missing.map(index),
            unseen: self.unseen.map(index),
            met: self.met,
        }
    }
}

/// The values of two bins; codes and missing values leave the name of a regular bin as it is.
fn both(range: BinRange, other: &BinRange) -> BinRange {
    match (range, other) {
        (BinRange::Interval { above, .. }, BinRange::Interval { up_to, .. }) => {
            BinRange::Interval { above, up_to: *up_to }
        }
        (BinRange::Levels(a), BinRange::Levels(b)) => BinRange::Levels(a.into_iter().chain(b.clone()).collect()),
        (BinRange::Levels(a) | BinRange::Rest(a), BinRange::Levels(b) | BinRange::Rest(b)) => {
            BinRange::Rest(a.into_iter().chain(b.clone()).collect())
        }
        (BinRange::Special(a), BinRange::Special(b)) => BinRange::Special(a.into_iter().chain(b.clone()).collect()),
        (range, _) => range,
    }
}
