//! The page of what is watched of a model in use and of its sources.

mod charts;
mod lines;
mod page;

pub use page::MonitorView;
