//! The features that move one score most, ranked.
//!
//! Features are ordered by how far they move the score against the typical row, either way. What is unknown
//! can be a reason too: then it is that it is not known.

use serde::{Deserialize, Serialize};

use super::Explanation;

/// Whether a feature lifts the score above the typical or pulls it below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It speaks for greater capacity than is typical.
    Raises,
    /// It speaks for less.
    Lowers,
}

/// One of the features that make a score differ from the typical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReasonCode {
    /// 1 for the feature that moves the score most.
    pub rank: usize,
    /// The feature's name.
    pub feature: String,
    /// Which way it moves the score.
    pub direction: Direction,
    /// By how many points, against the typical row; never zero.
    pub above_typical: i32,
    /// Whether the feature's value is known; if not, the reason is that it is not.
    pub known: bool,
}

impl Explanation {
    /// The features that move the score most against the typical row, at most `most`; equal moves
    /// in the order of names.
    ///
    /// Fewer come back where fewer features differ from the typical.
    pub fn reasons(&self, most: usize) -> Vec<ReasonCode> {
        let mut moving: Vec<_> = self.contributions.iter().filter(|c| c.above_typical() != 0).collect();
        moving.sort_by(|a, b| {
            b.above_typical().abs().cmp(&a.above_typical().abs()).then_with(|| a.feature.cmp(&b.feature))
        });
        let reason = |(place, contribution): (usize, &super::Contribution)| ReasonCode {
            rank: place + 1,
            feature: contribution.feature.clone(),
            direction: if contribution.above_typical() > 0 { Direction::Raises } else { Direction::Lowers },
            above_typical: contribution.above_typical(),
            known: contribution.known,
        };
        moving.into_iter().take(most).enumerate().map(reason).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Contribution;
    use super::*;
    use crate::domain::{Points, Share};

    #[test]
    fn ranks_by_size_then_name_and_leaves_out_the_typical() {
        let contribution = |feature: &str, points: i32| Contribution {
            feature: feature.to_owned(),
            bin: Some(0),
            known: true,
            points: Points(points),
            typical_points: Points(2),
        };
        let contributions =
            vec![contribution("c", -8), contribution("b", 12), contribution("a", 2), contribution("d", 40)];
        let explanation = Explanation {
            card: String::new(),
            base: Points(500),
            score: Points(546),
            typical_score: Points(508),
            known_share: Share::new(1.0).unwrap(),
            contributions,
        };
        let found: Vec<_> =
            explanation.reasons(9).into_iter().map(|r| (r.rank, r.feature, r.direction, r.above_typical)).collect();
        let expected = [
            (1, "d".to_owned(), Direction::Raises, 38),
            (2, "b".to_owned(), Direction::Raises, 10),
            (3, "c".to_owned(), Direction::Lowers, -10),
        ];
        assert_eq!(found, expected);
    }
}
