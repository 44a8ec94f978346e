//! One integration binary: polars links slowly.

mod architecture;
mod features;
mod capacity;
mod ingest;
mod scorecard;
mod simulate;
