//! Grades A to E as bands of probability.
//!
//! A grade is a name for a range of the calibrated probability and says nothing that the probability does
//! not.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Probability;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// A band of probabilities; A is the likeliest to perform.
///
/// ```
/// use wherewithal::score::Grade;
///
/// assert!(Grade::A < Grade::E); // sorted from the likeliest to perform
/// assert_eq!(Grade::ALL.map(Grade::letter), ["A", "B", "C", "D", "E"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// The highest band.
    A,
    /// The second.
    B,
    /// The middle one.
    C,
    /// The fourth.
    D,
    /// The lowest band.
    E,
}

impl Grade {
    /// All grades, the likeliest to perform first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// The grade's letter.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letter())
    }
}

/// The least probability of each grade from A to D; what is below is E.
///
/// ```
/// # use wherewithal::domain::Probability;
/// # use wherewithal::score::{Grade, GradeScale};
/// let scale = GradeScale::new([0.7, 0.5, 0.3, 0.1])?;
/// assert_eq!(scale.grade(Probability::new(0.5)?), Grade::B);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 4]", into = "[f64; 4]")]
pub struct GradeScale([f64; 4]);

impl GradeScale {
    /// A scale from the least probabilities of A, B, C and D.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when they do not fall strictly or one is not between 0 and 1.
    ///
    /// ```
    /// use wherewithal::score::GradeScale;
    ///
    /// assert!(GradeScale::new([0.5, 0.5, 0.3, 0.1]).is_err()); // two grades for one range
    /// assert_eq!(GradeScale::default().least(), [0.8, 0.6, 0.4, 0.2]);
    /// ```
    pub fn new(least: [f64; 4]) -> Result<Self> {
        if least.is_sorted_by(|a, b| a > b) && least.iter().all(|p| *p > 0.0 && *p < 1.0) {
            Ok(Self(least))
        } else {
            Err(Error::setting("grades", Sentence::name(format!("{least:?}")), "four falling numbers between 0 and 1"))
        }
    }

    /// The least probabilities of A, B, C and D.
    pub const fn least(&self) -> [f64; 4] {
        self.0
    }

    /// The grade of a probability.
    pub fn grade(&self, probability: Probability) -> Grade {
        let reached = Grade::ALL.into_iter().zip(self.0).find(|(_, least)| probability.value() >= *least);
        reached.map_or(Grade::E, |(grade, _)| grade)
    }
}

impl Default for GradeScale {
    /// Fifths of the probability.
    fn default() -> Self {
        Self([0.8, 0.6, 0.4, 0.2])
    }
}

impl TryFrom<[f64; 4]> for GradeScale {
    type Error = Error;

    fn try_from(least: [f64; 4]) -> Result<Self> {
        Self::new(least)
    }
}

impl From<GradeScale> for [f64; 4] {
    fn from(scale: GradeScale) -> Self {
        scale.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_fall_with_probability_and_scales_are_checked() {
        let scale = GradeScale::default();
        let grades: Vec<Grade> =
            [1.0, 0.8, 0.79, 0.4, 0.2, 0.0].map(|p| scale.grade(Probability::new(p).unwrap())).to_vec();
        assert_eq!(grades, [Grade::A, Grade::A, Grade::B, Grade::C, Grade::D, Grade::E]);
        assert!(GradeScale::new([0.5, 0.5, 0.3, 0.1]).is_err());
        assert!(serde_json::from_str::<GradeScale>("[0.1, 0.2, 0.3, 0.4]").is_err());
    }
}
