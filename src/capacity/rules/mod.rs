//! Which law holds on that day, in that place?
//!
//! Legal numbers are data: a folder of CSV files per jurisdiction, each row with its instrument,
//! article, time and place of force, and whether it was checked. [`CapacityRules`] reads a folder
//! and names every problem in it at once; [`Law`] is the view of one day and one place.
//! `data/capacity/README.md` says what the files hold.
//!
//! # Invariants
//!
//! Absent here: assets, claims, numbers of the law written in code.

mod bands;
mod citation;
mod law;
mod living;
mod order;
mod parameter;
mod rounds;
mod set;
mod sheet;

pub use bands::{Band, Bands};
pub use citation::{ArticleId, Citation};
pub(super) use law::Law;
pub(super) use living::LivingCost;
pub use order::Sharing;
pub(super) use order::{OrderRow, ShownAs};
pub use parameter::Parameter;
pub(super) use parameter::ParameterRow;
pub use rounds::{Round, SalePath};
pub use set::CapacityRules;
