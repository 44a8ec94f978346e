//! How are checked rows read, column by column, wherever they lie?
//!
//! [`SourceTables`] holds the accepted rows of every table. Each table is a [`TableReader`]: a
//! frame in memory, which a Rust program brings ([`SourceTables::with_frame`]), or files of a
//! [`store`](crate::store), of which only the columns that somebody asks for are read.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::tables::SourceTables;
//!
//! let day = |name: &str| Column::new(name.into(), [10, 10]).cast(&DataType::Date);
//! let balances = DataFrame::new(2, vec![
//!     Column::new("entity_id".into(), [1i64, 2]),
//!     day("event_on")?,
//!     day("known_at")?,
//!     Column::new("account".into(), [7i64, 8]),
//!     Column::new("balance_fen".into(), [500i64, 0]),
//! ])?;
//! let tables = SourceTables::new().with_frame("deposits", balances)?;
//! assert_eq!(tables.columns("deposits", &["balance_fen"])?.shape(), (2, 1));
//! assert_eq!(tables.frame("vehicles")?.height(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! A table has exactly the columns and types that the schema gives it. Absent here: files, query plans, days.

mod codes;
mod doubts;
mod encode;
mod memory;
mod partition;
mod reader;
mod renamed;
mod source_tables;
mod types;

pub use codes::Codes;
pub(crate) use doubts::{Doubts, may_name_case, needs_case, repeated_rows, unknown_rows};
pub use partition::{Partition, Partitions};
pub use reader::TableReader;
pub use renamed::Names;
pub use source_tables::SourceTables;
