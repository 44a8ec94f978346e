//! Where should a feature be cut?
//!
//! Values become prebins, prebins become bins by an exact dynamic program, bins get weight of evidence.
//!
//! ```text
//! values ─► prebins (a regression tree, or a histogram) ─► bins (exact, by dynamic programming) ─► weights of evidence
//! ```
//!
//! Bins are optimal over the prebins: no other partition that keeps the trend and the bounds has more
//! information. A test tries all of them.

mod params;

mod counts;

mod woe;

mod prebin;
mod value_bins;

mod limits;

mod grid;

mod curvature;
mod optimal;

mod partition;

mod bin_map;
mod joined;
mod met_range;
mod step_function;

mod assembly;
mod levels;
mod numbers;

mod cells;
mod effective;
mod fine;
mod level_sketch;
mod number_sketch;

#[cfg(test)]
mod brute_force;

pub use bin_map::{Bin, BinMap, BinRange};
pub(crate) use cells::{CODES, bin_cells, count_codes};
pub use counts::Counts;
pub(crate) use fine::bin_finely;
pub use level_sketch::LevelSketch;
pub(crate) use levels::bin_category;
pub use levels::bin_levels;
pub(crate) use limits::Limits;
pub use met_range::{Beyond, MetRange};
pub use number_sketch::NumberSketch;
pub use numbers::bin_numbers;
pub(crate) use numbers::{bin_effective, number};
pub(crate) use params::within;
pub use params::{BinningParams, Divergence, Placement, SpecialCode, Trend, Unseen};
pub use partition::optimal_bins;
pub(crate) use step_function::StepFunction;
pub(crate) use value_bins::{joined_to, key, same, shortest};
