//! How good is a score?
//!
//! All in `f64`, all with row weights, each with its standard error, from which
//! [`Estimate::interval`] makes an interval:
//!
//! | metric | standard error |
//! |---|---|
//! | [`auc`], and `2 AUC − 1` | DeLong's |
//! | [`kolmogorov_smirnov`] | that of two independent shares, at the maximising score |
//! | [`brier_score`], [`log_loss`] | that of a mean over rows |
//! | [`expected_calibration_error`] | from the errors of its bins (delta method) |
//! | [`lift`], [`h_measure`] | of seeded bootstrap samples |

mod estimate;

mod bootstrap;

mod discrimination;
mod h_measure;
mod lift;
mod probability;

pub use discrimination::{auc, auc_difference, kolmogorov_smirnov};
pub use estimate::Estimate;
pub use h_measure::h_measure;
pub use lift::lift;
pub use probability::{
    BrierScore, CalibrationBin, brier_score, calibration_bins, expected_calibration_error, log_loss,
};
