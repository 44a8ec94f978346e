//! How far is it?
//!
//! A library prints nothing: long work tells an observer that the caller passes in, and the caller draws the bar.

/// Watches long work.
pub trait Progress: Sync {
    /// A stage begins; `total` is its size in `unit`s where it is known.
    fn begin(&self, stage: &str, total: Option<u64>, unit: &str);

    /// `amount` more units of the current stage are done.
    fn advance(&self, amount: u64);

    /// The current stage is over.
    fn end(&self) {}

    /// The calling thread turns to one kind of work out of those that a stage is made of; empty when it turns to none.
    ///
    /// With a clock, the observer can tell where the time went, thread by thread.
    fn turn_to(&self, _work: &str) {}
}

/// An observer that does not look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: Option<u64>, _: &str) {}

    fn advance(&self, _: u64) {}
}
