//! Builds a bin map: regular bins first, then special codes and missing values.
//!
//! Where missing values and special codes go is a setting: a bin of their own, or that of the regular bin
//! whose rate of events is nearest.

use super::woe::Yardstick;
use super::{Bin, BinMap, BinRange, Counts, Placement, Trend, Unseen};

/// Regular bins, to which special and missing ones are added until the map is done.
pub(super) struct Assembly {
    feature: String,
    yardstick: Yardstick,
    bins: Vec<(BinRange, Counts)>,
    regular: usize,
    special: Vec<(f64, usize)>,
    levels: Vec<(String, usize)>,
    missing: Option<usize>,
    rest: Option<usize>,
}

impl Assembly {
    pub(super) fn new(feature: &str, yardstick: Yardstick, regular: Vec<(BinRange, Counts)>) -> Self {
        Self {
            feature: feature.to_owned(),
            yardstick,
            regular: regular.len(),
            bins: regular,
            special: Vec::new(),
            levels: Vec::new(),
            missing: None,
            rest: None,
        }
    }

    /// Says which bin a level belongs to.
    pub(super) fn level(&mut self, level: &str, bin: usize) {
        self.levels.push((level.to_owned(), bin));
    }

    /// Says which bin holds the rare levels.
    pub(super) fn rest(&mut self, bin: usize) {
        self.rest = Some(bin);
    }

    /// Adds values apart from the regular ones; returns their bin.
    pub(super) fn place(&mut self, range: BinRange, counts: Counts, placement: Placement) -> usize {
        let bin = match placement {
            Placement::Own => self.bins.len(),
            Placement::Nearest => self.nearest(&counts).unwrap_or(self.bins.len()),
        };
        match &range {
            BinRange::Special(codes) => self.special.extend(codes.iter().map(|code| (*code, bin))),
            BinRange::Missing => self.missing = Some(bin),
            _ => {}
        }
        match self.bins.get_mut(bin) {
            Some(host) => host.1 = host.1 + counts,
            None => self.bins.push((range, counts)),
        }
        bin
    }

    fn nearest(&self, counts: &Counts) -> Option<usize> {
        let gap = |bin: &(BinRange, Counts)| (bin.1.rate() - counts.rate()).abs();
        let regular = self.bins.iter().take(self.regular).enumerate();
        regular.min_by(|a, b| gap(a.1).total_cmp(&gap(b.1))).map(|(bin, _)| bin)
    }

    pub(super) fn finish(mut self, cuts: Vec<f64>, trend: Trend, unseen: Unseen) -> BinMap {
        let bin = |(range, counts): (BinRange, Counts)| Bin {
            range,
            counts,
            woe: self.yardstick.woe(&counts),
            information: self.yardstick.information(&counts),
        };
        let bins: Vec<Bin> = self.bins.into_iter().map(bin).collect();
        let worst = || bins.iter().enumerate().min_by(|a, b| a.1.woe.total_cmp(&b.1.woe)).map(|(bin, _)| bin);
        let unseen = match unseen {
            Unseen::Rest => self.rest,
            Unseen::Neutral => None,
            Unseen::Worst => worst(),
        };
        self.levels.sort_unstable();
        let (special, levels) = (self.special, self.levels);
        BinMap { feature: self.feature, trend, bins, cuts, special, levels, missing: self.missing, unseen, met: None }
    }
}
