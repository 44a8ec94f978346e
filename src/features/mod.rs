//! What did the past look like, as numbers?
//!
//! A feature is a definition, not code: a [`FeatureSpec`] says which source it reads, which rows count, what is taken
//! from them, and over which days; or that it is the ratio or difference of two others. A [`FeatureCatalog`] holds
//! definitions that fit the schema and each other; the standard one is `data/features/*.toml`, and a user adds to it
//! from Rust or TOML. [`compute`] reads each source once, however many features read it, and returns
//! a [`FeatureTable`] with one row per party and day. [`evidence`] names the rows behind a value.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::{domain::Day, features::{self, FeatureCatalog}, snapshot, tables::SourceTables};
//!
//! let day = |name: &str| Column::new(name.into(), [10, 10]).cast(&DataType::Date);
//! let cases = DataFrame::new(2, vec![
//!     Column::new("case_id".into(), [1i64, 2]),
//!     day("event_on")?,
//!     day("known_at")?,
//!     Column::new("claim_fen".into(), [300i64, 400]),
//! ])?;
//! let parties = DataFrame::new(2, vec![
//!     Column::new("case_id".into(), [1i64, 2]),
//!     day("event_on")?,
//!     day("known_at")?,
//!     Column::new("entity_id".into(), [7i64, 7]),
//!     Column::new("role".into(), ["debtor", "debtor"]),
//! ])?;
//! let tables = SourceTables::new().with_frame("cases", cases)?.with_frame("case_parties", parties)?;
//! let snapshot = snapshot::as_of(&tables, Day::parse("1970-02-01")?)?;
//! let table = features::compute(&snapshot, &FeatureCatalog::standard()?)?;
//! let value = |name: &str| -> PolarsResult<Option<f64>> { Ok(table.frame().column(name)?.f64()?.get(0)) };
//! assert_eq!(value("obligations_claim_fen")?, Some(700.0));
//! assert_eq!(value("obligations_n_listings")?, Some(0.0)); // the court's own list: nothing means nothing
//! assert_eq!(value("deposits_balance_fen")?, None); // no bank was asked
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Unknown is not zero
//!
//! A table is filled by the answers of some holder of information (`asked` in the schema). For a
//! party without rows in it, counts and sums are 0 when the ledger `queries` shows that this holder
//! ever answered (`found` or `nothing_found`), and unknown when it was not asked, did not answer or
//! rolled the query back. Rows themselves prove an answer. What the court keeps itself is always
//! known. The family `coverage` tells the states apart as features. The court's register is optional: the family
//! `enforcement` counts and sums nothing of it, and takes only what no row leaves unknown (extremes, shares, days).
//!
//! # Invariants
//!
//! Looks only backward, through [`Snapshot`](crate::snapshot::Snapshot) (law 1); the same bits for any row order and
//! number of threads (law 6); unknown, no answer and nothing found stay apart (law 7). Absent here: outcomes, learners,
//! files, and sex, age, ethnicity, religion, health, education, household origin: the catalogue refuses them by name.
//!
//! # References
//!
//! 个人信息保护法 art. 6, 28; 征信业管理条例 art. 14 (what may not be collected or used).

mod aggregate;
mod condition;
mod spec;

mod catalog;
mod check;

mod mask;
mod reduce;
mod rows;

mod compute;
mod table;

mod evidence;

pub use crate::schema::forbidden_word;
pub use aggregate::{Aggregate, Aggregation, OPEN_CASES, Window};
pub use catalog::{Family, FeatureCatalog};
pub use compute::compute;
pub use condition::{Condition, Test, Value};
pub use evidence::{Evidence, EvidenceParams, EvidenceTable, Record, evidence};
pub use spec::{Definition, Direction, FeatureSpec, Unit};
pub use table::{FeatureColumn, FeatureTable, FeatureValue, TableRoles};
