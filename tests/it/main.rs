//! One integration binary: polars links slowly.

mod architecture;
mod capacity;
mod conduct;
mod features;
mod ingest;
mod pipeline;
mod scorecard;
mod simulate;
