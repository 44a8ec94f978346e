//! One integration binary: polars links slowly.

mod architecture;
mod linkage;
mod names;
mod screening;
mod features;
mod capacity;
mod ingest;
mod scorecard;
mod simulate;
