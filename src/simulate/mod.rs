//! What would a province look like?
//!
//! A seeded world with a hidden truth of means and will. Groups of debtors are drawn with what they
//! have, what they hide and what they owe; the court asks agencies in rounds and learns part of it,
//! late or never; payments and closings follow from means, will, the court's effort and luck.
//! Written out are *source files*, one per table of [`crate::schema`], with identifiers in the
//! clear, as agencies deliver them, and beside them a truth that no source tells.
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
//! By default 43 % of debtors have no executable property, about 40 % of cases are completed and
//! half are closed without result, three claims of five are below 100,000 yuan, a bit over half of
//! the money is recovered, 2.1 rounds of queries fall on a case, and 2 % of bank queries find an
//! account when 34 banks are asked. How many debtors own what is not published: those shares are
//! assumptions. A boosted tree on some fifty plain sums known 30 days after filing reaches an AUC
//! of about .86 for any performance within a year on 20,000 cases, so there is something to learn
//! and not all of it.
//!
//! [`SimulateParams::jiangsu_2017`] is a province's year with exactly as many cases and queries as
//! were published ([`QueryCounts`]): 2.1 % of its bank queries find an account, rounds lie within
//! the year, and filings fill it evenly. How it hits a total although debtors know nothing of each
//! other is told in [`crate::docs::scale`].
//!
//! What the court itself keeps about how it enforces (auctions, entrusted matters, petitions, money
//! in hand) is a folder of its own ([`SimulateParams::write_register`]), drawn from streams of its own: with it or
//! without, the other files are the same.
//!
//! # Invariants
//!
//! - Counted queries add up to their total exactly, at every scale and in any parts.
//! - The same parameters give the same bytes, on any machine, for any number of threads, in one part or many: each
//!   debtor draws from streams of his own ([`World`]).
//! - A row is there only when the court knows it by `observed_until`; no event is known before it happened.
//! - Age and sex carry no information: numbers are spread evenly over their space.
//! - Absent here: features, models, scores. A truth that knew them would validate nothing.
//!
//! # References
//!
//! Queries and cases of Jiangsu in 2017: 中国江苏网, 25 January 2018. 33 bank queries and .70 hits per case, 2.1 % with a
//! deposit: 镇江日报, 15 November 2017. Cases without property, about 43 %: a Hunan court, November 2018. Completed and
//! recovered: 中新社, 7 April 2025 (44.32 % and 56.74 %), and the year 2024 derived from it (40.13 % and 54.29 %). Form of
//! the numbers: GB 11643-1999, GB 32100-2015, GB 11714, GB/T 2260.
//!
//! # How a row comes about
//!
//! ```text
//! World ─ group n ─► Estate, Will, Case  (drawn: the truth)
//!                     │
//!                     ├─► evasion  ─► acts, what is hidden
//!                     ├─► course   ─► payments, closings
//!                     ├─► inquiry  ─► queries, and what the answers tell
//!                     └─► register ─► auctions, money in hand, petitions
//!                                         │
//!                          rows known by `observed_until` ─► Sheet ─► files
//! ```

mod params;

mod deal;
mod draw;
mod identity;
mod names;
mod sheet;
mod texts;

mod estate;
mod evasion;
mod group;

mod answers;
mod counted;
mod course;
mod flows;
mod inquiry;
mod record;
mod truth;

mod register;
mod register_lots;
mod register_steps;

mod district;
mod files;

pub use deal::QueryCounts;
pub use district::{District, World, generate};
pub use files::{Format, Manifest, Written};
pub use params::SimulateParams;
pub use register::Register;
pub use sheet::Sheet;
