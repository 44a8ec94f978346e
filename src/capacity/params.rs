//! Settings of a statement of means.

use serde::{Deserialize, Serialize};

use super::{Rate, SalePath};
use crate::error::{Error, Result};

/// What the one who asks decides; everything else is a recorded fact or a rule.
///
/// ```
/// use wherewithal::capacity::{CapacityParams, SalePath};
///
/// let params = CapacityParams::default().horizon_months(12).sale_path(SalePath::Offline);
/// assert_eq!((params.horizon_months, CapacityParams::default().horizon_months), (12, 24));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CapacityParams {
    /// Months of income that count, from the day of the statement.
    pub horizon_months: u32,
    /// By which rules assets are put up for sale.
    pub sale_path: SalePath,
    /// The share of the claims from which a recovery is called a part of them; below it counts as none.
    pub least_part: Rate,
    /// Whether to search for what the finding turns on.
    pub turning_points: bool,
    /// Whether a statement carries the articles that it cites; without them it names them by their numbers alone.
    pub articles: bool,
}

impl Default for CapacityParams {
    /// Two years of income (the time in which enforcement must be applied for), online sale, any recovery is a part.
    fn default() -> Self {
        let (sale_path, least_part) = (SalePath::Online, Rate::ZERO);
        Self { horizon_months: 24, sale_path, least_part, turning_points: true, articles: true }
    }
}

impl CapacityParams {
    setters! {
        horizon_months: u32,
        sale_path: SalePath,
        least_part: Rate,
        turning_points: bool,
        articles: bool,
    }

    pub(super) fn checked(&self) -> Result<()> {
        if self.horizon_months > 600 {
            return Err(Error::setting("horizon_months", self.horizon_months, "at most 600"));
        }
        Ok(())
    }
}
