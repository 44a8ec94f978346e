//! Whom do we learn from, and what happened next?
//!
//! Every filing makes a candidate: its debtor, `offset_days` after the filing day. A candidate is
//! sampled when it had an open case on that day and enough time has passed to see what became of
//! it; the others are counted by reason. The outcome is the legal one (法释〔2024〕13号 art. 5): within
//! the window the debtor performed none, part or all of what stood open, over all of his open
//! cases.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::{cohort::{self, CohortParams, Outcome}, tables::SourceTables};
//!
//! let day = |name: &str, day: i32| Column::new(name.into(), [day]).cast(&DataType::Date);
//! let row = |on: i32, own: Vec<Column>| -> PolarsResult<DataFrame> {
//!     let case = vec![Column::new("case_id".into(), [1i64]), day("event_on", on)?, day("known_at", on)?];
//!     DataFrame::new(1, case.into_iter().chain(own).collect())
//! };
//! let debtor = vec![Column::new("entity_id".into(), [7i64]), Column::new("role".into(), ["debtor"])];
//! let tables = SourceTables::new()
//!     .with_frame("cases", row(100, vec![Column::new("claim_fen".into(), [500i64])])?)?
//!     .with_frame("case_parties", row(100, debtor)?)?
//!     .with_frame("payments", row(150, vec![Column::new("amount_fen".into(), [200i64])])?)?;
//! let params = CohortParams::default().offset_days(30).window_days(20);
//! let cohort = cohort::sample(&tables, &params)?;
//! assert_eq!(cohort.outcomes(), [Outcome::Partial]);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! The only room that looks forward. Rows of one party never straddle a split. Absent here: features, learners.
//!
//! # References
//!
//! 法释〔2024〕13号 art. 5 (ability to perform all or part).

mod claims;
mod outcome;
mod params;
mod received;
mod sample;
mod split;

pub use outcome::Outcome;
pub use params::{CohortParams, Settled};
pub use received::Received;
pub(crate) use received::open_amounts;
pub use sample::sample;
pub(crate) use sample::sample_of;
pub use split::{Cohort, Exclusions};
