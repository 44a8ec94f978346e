//! The coverage ratio: what is recovered over what is owed.

use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// What is recovered over what is owed, kept as the two amounts.
///
/// ```
/// use wherewithal::capacity::CoverageRatio;
/// use wherewithal::domain::Money;
///
/// let half = CoverageRatio { recovered: Money::from_fen(50), owed: Money::from_fen(100) };
/// assert_eq!(half.value(), Some(0.5));
/// // Where nothing is owed there is no ratio; it is neither 0 nor 1.
/// assert_eq!(CoverageRatio { recovered: Money::ZERO, owed: Money::ZERO }.value(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageRatio {
    /// What the claims get.
    pub recovered: Money,
    /// What the claims amount to.
    pub owed: Money,
}

impl CoverageRatio {
    /// The ratio, 0 to 1; nothing where nothing is owed.
    #[allow(clippy::cast_precision_loss, reason = "a ratio of amounts below 2^53 fen")]
    pub fn value(&self) -> Option<f64> {
        (self.owed > Money::ZERO).then(|| self.recovered.fen() as f64 / self.owed.fen() as f64)
    }
}
