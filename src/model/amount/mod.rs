//! How much: a card whose points are amounts.
//!
//! An [`AmountCard`] has bins per feature, a few grids of pairs, and an amount for each bin; their sum is the
//! prediction, in whole multiples of one unit, so that reasons add up to it exactly. It is boosted as an additive card
//! is, with half the squared error as its loss ([`fit_amount`]); an [`AmountReport`] judges it on rows that it was not
//! learnt from.

mod deciles;
mod ranks;
mod report;
mod target;

mod unit;

mod card;
mod fit;
mod held_out;

pub use card::{AmountCard, AmountFeature, AmountPair};
pub use deciles::{AmountDecile, ahead_in_top_tenth, found_in_top_tenth};
pub use fit::{fit_amount, fit_amount_coded};
pub use held_out::{AmountHeldOut, cross_validate_amount};
pub use report::{AmountFold, AmountReport};
pub use target::AmountTarget;
pub use unit::AmountUnit;
