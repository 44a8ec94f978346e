//! One integration binary: polars links slowly.

mod architecture;
mod conduct;
mod features;
mod ingest;
mod scorecard;
mod simulate;
