//! A second learner for the same card: boosting whose result is a table of bins and points per feature and a few small
//! grids for pairs of features.
//!
//! 1. Every feature is cut into fine bins (`features`); small trees are boosted on one feature
//!    after the other, round by round (`boost`, `line`), in several bags, each without one part of
//!    the parties, on which it stops (`bags`).
//! 2. Every pair is scanned for what the two say together on rows held out; the strongest are
//!    boosted as grids, and those stay without which rows held out would lose (`pairs`, `plane`,
//!    `axis`).
//! 3. What a grid says about one feature alone moves to that feature (`purify`), shapes are
//!    smoothed (`smooth`) and cut into the fewest bins within a stated loss (`compress`); bags give
//!    the standard errors (`shapes`).
//!
//! What sums are judged by is a `Loss`: the likelihood of an event, or squares for amounts;
//! everything else is the same. Rows are summed in whole numbers, so a fit does not depend on their
//! order or on the number of threads.
//!
//! # References
//!
//! Lou, Caruana and Gehrke, *Intelligible models for classification and regression* (2012); Lou et al., *Accurate
//! intelligible models with pairwise interactions* (2013); Lengerich et al., *Purifying interaction effects with the
//! functional ANOVA* (2020).

mod params;

mod loss;

mod line;
mod plane;
mod rows;

mod crossed;

mod boost;

mod bags;
mod features;

mod axis;
mod pairs;

mod compress;
mod purify;
mod smooth;

mod fold;
mod shapes;

mod layout;

mod card;

mod fit;

pub use params::AdditiveParams;

pub(super) use fit::{Boosting, boosting, fit_additive};
pub(super) use loss::Squares;

/// Codes of a term at most.
const CELLS: usize = 256;

/// A number for each code.
type Cells = [f64; CELLS];
