//! How does a person read it?
//!
//! The only room that turns numbers into words, in Chinese and in English. It formats what a [`crate::profile`] holds and
//! adds nothing (law 10).
//!
//! ```
//! use wherewithal::domain::Language;
//! use wherewithal::profile::DebtorProfile;
//! use wherewithal::report;
//!
//! let text = report::portrait(&DebtorProfile::default(), Language::Zh);
//! assert!(text.contains("数据不足"));
//! ```
//!
//! # Invariants
//!
//! Absent here: tables, models, arithmetic beyond rounding for display.

mod portrait;
mod ranking;
mod text;
mod words;

pub use portrait::portrait;
pub use ranking::ranking;
