//! Detectors, one file per shape of pattern. Each finds the acts of its shape in the tables.

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
