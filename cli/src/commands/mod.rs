//! One file per command: its options and what it does.

pub(crate) mod assess;
pub(crate) mod capacity;
pub(crate) mod centre;
pub(crate) mod completion;
pub(crate) mod fit;
pub(crate) mod inspect;
pub(crate) mod link;
pub(crate) mod monitor;
pub(crate) mod portrait;
pub(crate) mod score_table;
pub(crate) mod screen;
pub(crate) mod simulate;
pub(crate) mod store;
