//! What would a province look like?
//!
//! A seeded world with a hidden truth of means and will. Groups of debtors are drawn with what they have, what they hide
//! and what they owe; the court asks agencies in rounds and learns part of it, late or never; payments and closings
//! follow from means, will, the court's effort and luck. Written out are *source files*, one per table of
//! [`crate::schema`], with identifiers in the clear, as agencies deliver them, and beside them a truth that no source
//! tells.
//!
//! ```
//! use wherewithal::simulate::{SimulateParams, generate};
//!
//! let district = generate(&SimulateParams::district().cases(50))?;
//! let cases = district.frame("cases")?;
//! assert_eq!(cases.height(), 50);
//! assert!(district.truth().height() > 30);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Calibration
//!
//! By default 43 % of debtors have no executable property, about 40 % of cases are completed and half are closed without
//! result, three claims of five are below 100,000 yuan, a bit over half of the money is recovered, 2.1 rounds of queries
//! fall on a case, and 2 % of bank queries find an account when 34 banks are asked. How many debtors own what is not
//! published: those shares are assumptions.
//!
//! # Invariants
//!
//! - The same parameters give the same bytes, on any machine, for any number of threads, in one part or many: each
//!   debtor draws from streams of his own ([`World`]).
//! - A row is there only when the court knows it by `observed_until`; no event is known before it happened.
//! - Age and sex carry no information: numbers are spread evenly over their space.
//! - Absent here: features, models, scores. A truth that knew them would validate nothing.

mod params;

mod draw;
mod identity;
mod names;
mod sheet;

mod estate;
mod evasion;
mod group;

mod answers;
mod course;
mod flows;
mod inquiry;
mod record;
mod truth;

mod district;
mod files;

pub use district::{District, World, generate};
pub use files::{Format, Manifest, Written, write};
pub use params::SimulateParams;
pub use sheet::Sheet;
