//! One integration binary: polars links slowly.

mod architecture;
mod ingest;
mod scorecard;
mod simulate;
