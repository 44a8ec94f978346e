//! One integration binary: polars links slowly.

mod archetypes;
mod architecture;
mod browser;
mod conduct;
mod features;
mod capacity;
mod ingest;
mod scorecard;
mod simulate;
mod report;
