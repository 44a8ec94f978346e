//! How good is a score?
//!
//! All in `f64`, all with row weights, each with a standard error where theory gives one.

mod estimate;

mod discrimination;
mod probability;

pub use discrimination::{auc, kolmogorov_smirnov, lift};
pub use estimate::Estimate;
pub use probability::{
    BrierScore, CalibrationBin, brier_score, calibration_bins, expected_calibration_error, log_loss,
};
