#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::float_cmp, reason = "the tests ask for the same bits"))]

// Rooms in the order the data goes; `docs` holds the architecture and its reasons.
#[macro_use]
mod setters;

mod disk;
pub mod docs;
pub mod error;
pub mod progress;
pub mod sentence;

pub mod domain;
pub mod schema;
pub mod tables;

pub mod ingest;
pub mod inspect;
pub mod store;
pub mod tabular;

pub mod linkage;
pub mod snapshot;

pub mod cohort;
pub mod features;

pub mod capacity;
pub mod conduct;
pub mod watch;

pub mod indicators;

pub mod model;
pub mod score;

pub mod monitoring;

pub mod explain;

pub mod screening;

pub mod profile;

pub mod advice;
pub mod report;
pub mod tasks;

pub mod simulate;

pub mod pipeline;
pub mod prelude;

pub use error::{Error, Result};

/// The polars whose frames this crate takes and returns: version 0.55. A program that uses this
/// re-export cannot depend on another version by mistake.
///
/// ```
/// use wherewithal::polars::prelude::*;
/// use wherewithal::tables::SourceTables;
///
/// let balances = SourceTables::new().frame("deposits")?;
/// assert_eq!(balances.column("balance_fen")?.dtype(), &DataType::Int64);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[doc(no_inline)]
pub use polars;
