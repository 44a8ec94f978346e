//! Checked numbers: probability, share, log-odds, points.
//!
//! A number that left its range is refused where it arises, so that no later step has to ask.
//!
//! ```
//! use wherewithal::domain::{LogOdds, Points, Probability, Share};
//!
//! assert!(Probability::new(0.7).is_ok() && Probability::new(1.2).is_err() && Share::new(f64::NAN).is_err());
//! assert_eq!(LogOdds::EVEN.probability().value(), 0.5);
//! assert_eq!(Points(620).to_string(), "620");
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// Checks and wraps a number.
            ///
            /// # Errors
            ///
            /// [`Error::Setting`] when the number is out of range or not a number.
            pub fn new(value: f64) -> Result<Self> {
                let valid: fn(f64) -> bool = $valid;
                if valid(value) { Ok(Self(value)) } else { Err(Error::setting(stringify!($name), value, $expected)) }
            }

            /// The number.
            pub const fn value(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = Error;

            fn try_from(value: f64) -> Result<Self> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

bounded!(
    /// A probability, 0 to 1.
    Probability,
    "a number from 0 to 1",
    |v| (0.0..=1.0).contains(&v)
);
bounded!(
    /// A share of a whole, 0 to 1.
    Share,
    "a number from 0 to 1",
    |v| (0.0..=1.0).contains(&v)
);
bounded!(
    /// The natural logarithm of the odds of the modelled event; finite.
    LogOdds,
    "a finite number",
    f64::is_finite
);

impl Share {
    /// One half.
    pub const HALF: Self = Self(0.5);
}

impl LogOdds {
    /// Even odds.
    pub const EVEN: Self = Self(0.0);

    /// The probability with these odds.
    ///
    /// # Formula
    ///
    /// `p = 1 / (1 + e^-x)`
    pub fn probability(self) -> Probability {
        Probability(1.0 / (1.0 + (-self.0).exp()))
    }
}

/// Score points: integers, so that a score is exactly the sum of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub i32);

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_when_made_and_when_read() {
        assert!(Probability::new(1.0 + 1e-12).is_err());
        assert!(Share::new(f64::NAN).is_err());
        assert!(LogOdds::new(f64::INFINITY).is_err());
        assert!(serde_json::from_str::<Probability>("1.5").is_err());
        assert_eq!(serde_json::from_str::<Share>("0.25").unwrap().value(), 0.25);
    }

    #[test]
    fn log_odds_of_zero_is_even() {
        assert_eq!(LogOdds::new(0.0).unwrap().probability().value(), 0.5);
    }

    #[test]
    fn odds_of_three_to_one_are_three_quarters() {
        let odds = |x: f64| LogOdds::new(x).unwrap().probability().value();
        assert!((odds(3f64.ln()) - 0.75).abs() < 1e-15 && (odds(-3f64.ln()) - 0.25).abs() < 1e-15);
    }

    #[test]
    fn shown_and_passed_on_as_the_number_itself() {
        let share = Share::new(0.25).unwrap();
        assert_eq!(
            (share.to_string().as_str(), f64::from(share), format!("{share:.1}").as_str()),
            ("0.25", 0.25, "0.2")
        );
        assert_eq!((Points(-12).to_string().as_str(), format!("{:>4}", Points(7)).as_str()), ("-12", "   7"));
        for (low, high) in [(0.0, 1.0), (-1e-12, 1.0 + 1e-12)] {
            assert_eq!(Probability::new(low).is_ok(), low == 0.0);
            assert_eq!(Share::new(high).is_ok(), high == 1.0);
        }
    }
}
