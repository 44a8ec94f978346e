//! The Python module `wherewithal._native`: what the package `wherewithal` in this folder stands on.
//!
//! Frames cross as Arrow IPC streams in bytes, settings and findings as JSON; while Rust works, other threads of Python
//! run. Errors become exceptions of the package with the same words. What is asked of people, docstrings and defaults
//! of single arguments stand in the Python files; nothing is computed there.

mod card;
mod errors;
mod fill;
mod frames;
mod inspect;
mod link;
mod plan;
mod program;
mod run;
mod screen;
mod store;
mod table;

use pyo3::prelude::*;

/// Many threads that ask for much memory for a short time wait for each other with most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the package `wherewithal` stands on; not meant to be called directly.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::card::Card;
    #[pymodule_export]
    use super::fill::{FillPlan, FillReader, Pairs, PlannedFilling};
    #[pymodule_export]
    use super::inspect::inspect;
    #[pymodule_export]
    use super::link::link;
    #[pymodule_export]
    use super::plan::{Plan, Worker};
    #[pymodule_export]
    use super::program::run;
    #[pymodule_export]
    use super::run::{assess, output, pages, portrait, report};
    #[pymodule_export]
    use super::screen::screen;
    #[pymodule_export]
    use super::store::{check, fill, fold, forget, manifest, withdraw};
}
