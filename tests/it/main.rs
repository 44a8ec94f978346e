//! One integration binary: polars links slowly.

mod architecture;
mod capacity;
mod ingest;
mod scorecard;
