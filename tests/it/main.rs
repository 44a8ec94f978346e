//! One integration binary: polars links slowly.

mod archetypes;
mod architecture;
mod linkage;
mod names;
mod screening;
mod features;
mod browser;
mod capacity;
mod conduct;
mod features;
mod ingest;
mod pipeline;
mod scorecard;
mod simulate;
mod report;
