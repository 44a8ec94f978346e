//! A pair of features on a card: a grid of points.

use serde::{Deserialize, Serialize};

use super::binning::{BinMap, BinRange, Counts, Trend};
use crate::domain::Points;

/// Two features that say together what neither says alone: a grid of points.
///
/// Lines are unions of the bins of each feature. Under the product of the two features' own weights every line has mean
/// zero, so what a feature says alone stands with the feature; a row with a value never met in either gets 0 points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardPair {
    pub(super) features: [String; 2],
    /// The line of each bin, by feature.
    pub(super) lines: [Vec<u16>; 2],
    /// Log-odds by `line · lines of the second + line of the second`.
    pub(super) log_odds: Vec<f64>,
    pub(super) standard_errors: Vec<f64>,
    pub(super) points: Vec<i32>,
    pub(super) counts: Vec<Counts>,
    pub(super) typical_points: i32,
}

impl ScorecardPair {
    /// `first × second`.
    pub fn name(&self) -> String {
        self.features.join(" × ")
    }

    /// The two features, in their order on the card.
    pub fn features(&self) -> [&str; 2] {
        self.features.each_ref().map(String::as_str)
    }

    /// The line of each bin of the features' maps.
    pub fn lines(&self) -> [&[u16]; 2] {
        self.lines.each_ref().map(Vec::as_slice)
    }

    /// How many lines the grid has along each feature.
    pub fn shape(&self) -> [usize; 2] {
        self.lines.each_ref().map(|lines| lines.iter().max().map_or(0, |last| usize::from(*last) + 1))
    }

    /// What each cell is worth in log-odds: `line · lines of the second + line of the second`.
    pub fn log_odds(&self) -> &[f64] {
        &self.log_odds
    }

    /// Standard errors of the log-odds, between bags.
    pub fn standard_errors(&self) -> &[f64] {
        &self.standard_errors
    }

    /// The points of each cell.
    pub fn points(&self) -> &[i32] {
        &self.points
    }

    /// Rows and events of the fit in each cell.
    pub fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// The values of a line of the first feature (`along` 0) or of the second (1), in words; `map` is that feature's.
    pub fn line_text(&self, along: usize, line: usize, map: &BinMap) -> String {
        let lines = self.lines.get(along).map(Vec::as_slice).unwrap_or_default();
        let on_line = |at: &usize| lines.get(*at).is_some_and(|of| usize::from(*of) == line);
        let mut ranges: Vec<BinRange> = Vec::new();
        for bin in (0..map.bins.len()).filter(on_line).filter_map(|at| map.bins.get(at)) {
            match (ranges.last_mut(), &bin.range) {
                (Some(BinRange::Interval { up_to, .. }), BinRange::Interval { up_to: next, .. }) => *up_to = *next,
                _ => ranges.push(bin.range.clone()),
            }
        }
        ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    /// The points of two bins of the features' maps; 0 where either is of no bin.
    pub fn points_of(&self, bins: [Option<usize>; 2]) -> Points {
        Points(self.cell(bins).and_then(|cell| self.points.get(cell)).copied().unwrap_or(0))
    }

    /// The cell of two bins.
    pub(crate) fn cell(&self, [first, second]: [Option<usize>; 2]) -> Option<usize> {
        let [of_first, of_second] = &self.lines;
        let line = usize::from(*of_first.get(first?)?);
        let other = usize::from(*of_second.get(second?)?);
        Some(line * self.shape()[1] + other)
    }

    /// The mean points over the rows of the fit, rounded.
    pub fn typical_points(&self) -> Points {
        Points(self.typical_points)
    }

    /// The most points less the fewest.
    pub fn range(&self) -> u32 {
        let bounds = self.points.iter().min().zip(self.points.iter().max());
        bounds.map_or(0, |(least, most)| most.abs_diff(*least))
    }
}

/// Makes whole points follow the trend of a feature beside every value of the features that it is paired with.
///
/// Log-odds follow it; rounding a shape and its grids apart may break it by a point or two, and then every later bin of
/// the shape is moved by as much.
pub(super) fn keep_trend((map, points): (&BinMap, &mut [i32]), pairs: &[ScorecardPair]) {
    let sign = match map.trend {
        Trend::Ascending => 1,
        Trend::Descending => -1,
        _ => return,
    };
    let paired: Vec<(&ScorecardPair, usize)> =
        pairs.iter().filter_map(|pair| Some((pair, pair.along(&map.feature)?))).collect();
    let ordered = map.bins.iter().take_while(|bin| matches!(bin.range, BinRange::Interval { .. })).count();
    if paired.is_empty() {
        return;
    }
    for next in 1..ordered {
        let alone = points.get(next).zip(points.get(next - 1)).map_or(0, |(after, before)| sign * (after - before));
        let least: i32 = paired.iter().map(|(pair, along)| pair.least_step((*along, next), sign)).sum();
        let short = -(alone + least);
        if short > 0 {
            points.iter_mut().take(ordered).skip(next).for_each(|points| *points += sign * short);
        }
    }
}

impl ScorecardPair {
    /// Which of the two features this is.
    fn along(&self, feature: &str) -> Option<usize> {
        self.features.iter().position(|name| name == feature)
    }

    /// The least that points rise, counted in the direction of `sign`, from the bin below to this one of a feature.
    fn least_step(&self, (along, bin): (usize, usize), sign: i32) -> i32 {
        let line = |bin: usize| self.lines.get(along).and_then(|lines| lines.get(bin)).copied().map_or(0, usize::from);
        let (below, here) = (line(bin - 1), line(bin));
        let [height, width] = self.shape();
        let at = |line: usize, other: usize| {
            let cell = if along == 0 { line * width + other } else { other * width + line };
            self.points.get(cell).copied().unwrap_or_default()
        };
        let others = if along == 0 { width } else { height };
        (0..others).map(|other| sign * (at(here, other) - at(below, other))).min().unwrap_or_default()
    }
}
