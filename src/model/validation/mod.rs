//! How good is a card on rows that it was not learnt from?
//!
//! [`Splits`] says which rows are learnt from and which judged: in turn, drawn, or the latest. Rows
//! of one group are never on both sides. [`held_out`](held_out()) fits everything anew for each
//! split, [`ValidationReport`] judges the probabilities, [`Periods`] does so by time and says how
//! far scores and bins have moved.

mod splits;

mod report;

mod held_out;

mod drift;
mod periods;

pub use drift::Drift;
pub use held_out::{HeldOut, cross_validate, held_out, validate};
pub use periods::{FeatureDrift, PeriodBin, PeriodReport, Periods};
pub use report::{FoldReport, ValidationReport};
pub use splits::{Split, Splits};
