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

#[cfg(test)]
mod tests {
    use super::super::{bin_levels, bin_numbers};
    use super::*;
    use crate::model::Target;

    #[test]
    fn joined_bins_have_the_counts_and_the_range_of_both() {
        let values: Vec<f64> = (0..400).map(|row| if row % 20 == 0 { f64::NAN } else { f64::from(row % 40) }).collect();
        let events = (0..400).map(|row| row % 40 > (row * 7) % 53).collect::<Vec<_>>();
        let target = Target::new(events).unwrap();
        let params = BinningParams::default().splits(vec![9.5, 19.5, 29.5]).max_bins(4);
        let map = bin_numbers("x", &values, &target, &params).unwrap();
        assert_eq!((map.bins.len(), map.cuts.as_slice()), (5, [9.5, 19.5, 29.5].as_slice()));
        let joined = map.joined(&[0, 0, 1, 1, 2], &params);
        assert_eq!((joined.cuts.as_slice(), joined.missing), ([19.5].as_slice(), Some(2)));
        assert_eq!(joined.bins[0].range, BinRange::Interval { above: None, up_to: Some(19.5) });
        assert_eq!(joined.bins[1].range, BinRange::Interval { above: Some(19.5), up_to: None });
        assert_eq!(joined.bins[0].counts, map.bins[0].counts + map.bins[1].counts);
        assert_eq!((joined.bins[2].woe, joined.bins[2].counts), (map.bins[4].woe, map.bins[4].counts));
        assert_eq!((joined.feature.as_str(), joined.met), ("x", map.met));
    }

    #[test]
    fn joined_levels_are_those_of_both() {
        let levels: Vec<Option<&str>> = (0..600).map(|row| Some(["a", "b", "c"][row % 3])).collect();
        let events = (0..600).map(|row| (row * 7) % 10 < 2 + 3 * (row % 3)).collect::<Vec<_>>();
        let target = Target::new(events).unwrap();
        let params = BinningParams::default();
        let map = bin_levels("x", &levels, &target, &params).unwrap();
        let all: Vec<usize> = vec![0; map.bins.len()];
        let joined = map.joined(&all, &params);
        assert_eq!(joined.levels, [("a", 0), ("b", 0), ("c", 0)].map(|(level, bin)| (level.to_owned(), bin)));
        assert_eq!((joined.bins.len(), joined.bins[0].counts, joined.bins[0].woe), (1, Counts::new(600, 300), 0.0));
        let a = || vec!["a".to_owned()];
        let (levels, rest) = (BinRange::Levels(a()), BinRange::Rest(a()));
        let two = || vec!["a".to_owned(), "a".to_owned()];
        assert_eq!(both(levels.clone(), &levels), BinRange::Levels(two()));
        assert_eq!(both(levels.clone(), &rest), BinRange::Rest(two()));
        assert_eq!(both(rest, &levels), BinRange::Rest(two()));
        assert_eq!(
            both(BinRange::Special(vec![1.0]), &BinRange::Special(vec![2.0])),
            BinRange::Special(vec![1.0, 2.0])
        );
        assert_eq!(both(BinRange::Missing, &levels), BinRange::Missing);
    }
}
