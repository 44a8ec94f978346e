//! One integration binary: polars links slowly.

mod architecture;
mod conduct;
mod ingest;
mod scorecard;
