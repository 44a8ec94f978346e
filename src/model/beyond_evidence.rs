use super::Scorecard;
use super::evidence::own_range;

/// A feature whose points reach further than what it says alone.
///
/// # Formula
///
/// Alone, a feature moves the log-odds by the range of the smoothed weights of evidence of its bins, and its
/// information value is the mean of these differences: that range, in points, is what its share of information
/// justifies. Beside features that say the same it has less. More it can only have where another feature contradicts
/// it, and a reason that is larger than all the feature ever showed cannot be explained by the feature.
/// [`ScorecardParams::within_evidence`](super::ScorecardParams::within_evidence) holds a card to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BeyondEvidence {
    /// The feature's name.
    pub feature: String,
    /// By how many points it can move a score.
    pub points: i32,
    /// By how many its own evidence moves it.
    pub justified: f64,
}

/// Points that rounding may add to a range.
const ROUNDING: f64 = 1.0;

impl Scorecard {
    /// The features that move a score by more points than their own evidence justifies, in the card's order. The rule
    /// is that of a scale of points to log-odds: it says nothing of the table in a card of amounts.
    pub fn beyond_evidence(&self) -> Vec<BeyondEvidence> {
        let factor = self.scale().factor();
        let found = self.features().iter().filter_map(|feature| {
            let (least, most) = (feature.points().iter().min()?, feature.points().iter().max()?);
            let (points, justified) = (most - least, factor * own_range(feature.map()));
            let is_beyond = f64::from(points) > justified + ROUNDING;
            is_beyond.then(|| BeyondEvidence { feature: feature.name().to_owned(), points, justified })
        });
        found.collect()
    }
}
