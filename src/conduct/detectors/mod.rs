//! Detectors, one file per shape of pattern. Each finds the acts of its shape in the tables.
//!
//! A detector reads rows of the snapshot and says what it saw: row, day, amount, how extreme. What is
//! suspicious about it, from which size on and how much, the pattern says, which is data.

mod account;
mod disposal;
mod divorce;
mod lease;
mod order;
mod outflow;
mod purchase;
mod report;
mod thing;
mod undeclared;

pub(super) use account::opened;
pub(super) use disposal::disposed;
pub(super) use divorce::divorced;
pub(super) use lease::leased;
pub(super) use order::breached;
pub(super) use outflow::{Outflow, outflows, sent};
pub(super) use purchase::bought;
pub(super) use report::refused;
pub(super) use thing::{Thing, thing};
pub(super) use undeclared::undeclared;
