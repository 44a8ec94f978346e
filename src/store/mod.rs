//! Where do checked rows rest, so that a debtor can be read at once?
//!
//! A [`Store`] keeps accepted tables as Parquet, cut into buckets by the hash of the party. Within
//! a bucket each party's rows stand together, those of debtors with an open case first, since these
//! are asked for. Each bucket is **self-sufficient**: it holds every row that an assessment of its
//! own parties can look at. A row of a case stands there for each debtor of the case, a row about a
//! relative or a company for each party that names it. So a whole province is assessed bucket by
//! bucket with the same code that assesses a district, memory is bounded by the buckets in flight,
//! and buckets can be assessed apart, on other machines too: the results put together are those of
//! one run.
//!
//! Rows come in *parts* ([`Store::keep`]). A part becomes visible when the manifest that names it
//! takes the next number, in one step of the file system: a reader sees all of a night's answers or
//! none, and what a killed run left behind is not in the store. Each bucket of a part has an index
//! that tells how many rows each party has in each table, and when anything about the party became
//! known last; [`Store::tables_for`] reads just these rows, [`Store::fresh`] finds the parties
//! about whom there is news.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::ingest::IngestReport;
//! use wherewithal::progress::Silent;
//! use wherewithal::tables::SourceTables;
//! use wherewithal::store::{Store, StoreParams};
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
//! let folder = tempfile::tempdir()?;
//! let (params, report) = (StoreParams::default().buckets(4), IngestReport::default());
//! let store = Store::keep(folder.path(), &tables, &report, &params, &Silent)?;
//! assert_eq!(store.manifest().rows(), 2);
//! let one = store.tables_for(&[2])?.tables().frame("deposits")?;
//! assert_eq!(one.column("account")?.i64()?.iter().collect::<Vec<_>>(), [Some(8)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! No row is lost or invented: a bucket's tables are the source rows of its parties, each once. The
//! rows and their order do not depend on the number of threads. Absent here: source files,
//! refusals, days of assessment.
//!
//! # On the disk
//!
//! ```text
//! STORE/
//! ├─ manifests/000003.json      the manifest that counts: the one of the highest number
//! ├─ part-0001/
//! │  ├─ digests                 what vouches for the files below
//! │  ├─ debtors.parquet         pairs: a case, a debtor of it
//! │  ├─ named.parquet           pairs: a party, somebody whose rows name it
//! │  ├─ 0000/                   a bucket: parties of one range of the hash
//! │  │  ├─ digests, index.parquet
//! │  │  └─ deposits.parquet, … one file per table
//! │  └─ 0001/ …
//! └─ refused/part-0001/         refused rows in clear, and the report of what was read
//! ```

mod hash_key;

mod commits;
mod files;
mod manifest;
mod params;
mod partitioned_frame;
mod parts;
mod replication;
mod seal;

mod check;

mod fill;
mod fold;
mod forget;
mod removal;
mod repeats;
mod shuffle_batch;
mod sink;
mod spill_buffer;
mod write_buckets;

mod arrived;
mod aside;
mod blob;
mod deal;
mod gather;
mod pairs;
mod settle;

mod aliases;
mod dictionary;
mod identity;
mod index;
mod named;
mod owned;
mod read;
mod reports;
mod row_selection;
mod rows;

pub(crate) use aliases::Naming;
pub use blob::Blob;
pub use check::StoreCheck;
pub(crate) use deal::{Dealer, Dealing};
pub use fill::Filling;
pub use hash_key::{bucket, hash_key};
pub use manifest::{Manifest, Part, PartFile, PartTable, Standing};
pub use pairs::Pairs;
pub(crate) use pairs::TellsPairs;
pub use params::StoreParams;
pub use read::Store;
pub use removal::Forgotten;
pub(crate) use reports::REPORT;
pub(crate) use settle::{Layout, Task};
