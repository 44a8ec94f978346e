//! A mapping, compiled for one file: from cells to typed values of the tables.
//!
//! `compile` is done once for a file; everything else here runs once for a cell, and keeps its buffers in a
//! [`Scratch`] from row to row.

mod compile;
mod compile_computed;
mod computed;
mod contents;
mod fits;
mod key;
mod lookup;
mod own;
mod pattern;
mod read_value;
mod rule;
mod scratch;
mod written_day;

pub(super) use compile::{Plan, Takes, Target, needed_columns};
pub(super) use lookup::{Lookup, Lookups};
pub(crate) use own::{own_columns, own_rule};
pub(super) use pattern::DayPattern;
pub(super) use scratch::{Scratch, ScratchPool, Staged};
