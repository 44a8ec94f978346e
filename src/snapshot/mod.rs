//! What was known on that day?
//!
//! A *sample* is a party on a day. A [`Snapshot`] is every source table as the court knew it for
//! each sample: a row is there when `known_at` is not after the day and, where rows are events,
//! `event_on` is not either. Case tables reach the party through the cases in which it was a
//! debtor, as far as that was known. A room asks for the columns it needs ([`Snapshot::rows`]) and
//! gets each row with the position of its sample. The last observations of a table of states are
//! found once, when first asked for.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::{domain::Day, snapshot, tables::SourceTables};
//!
//! let days = |days: [i32; 2]| Column::new("known_at".into(), days).cast(&DataType::Date);
//! let balances = DataFrame::new(2, vec![
//!     Column::new("entity_id".into(), [1i64, 1]),
//!     days([10, 30])?.with_name("event_on".into()),
//!     days([11, 31])?,
//!     Column::new("account".into(), [7i64, 7]),
//!     Column::new("balance_fen".into(), [500i64, 0]),
//! ])?;
//! let tables = SourceTables::new().with_frame("deposits", balances)?;
//! let sample = DataFrame::new(1, vec![
//!     Column::new("entity_id".into(), [1i64]),
//!     days([20, 0])?.head(Some(1)).with_name("as_of".into()),
//! ])?;
//! let known = snapshot::as_of_each(&tables, &sample)?.last_rows("deposits", &["balance_fen"])?;
//! assert_eq!(known.numbers("balance_fen")?.collect::<Vec<_>>(), [Some(500)]);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! The only door to time: a row known after the day does not exist (law 1). No view depends on the order of rows (law
//! 6). Absent here: outcomes, features, the clock.

mod debtors;
mod known;
mod last;
mod rows;
mod view;

pub use debtors::{as_of, as_of_each};
pub(crate) use debtors::{as_of_parties, debtors};
pub use known::Known;
pub use rows::{RowFilter, Rows};

pub use crate::tables::Codes;
pub use view::{PARTY_ID, Snapshot};
