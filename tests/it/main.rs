//! One integration binary: polars links slowly.

mod architecture;
mod features;
mod ingest;
mod scorecard;
mod simulate;
