//! One integration binary: polars links slowly.

mod archetypes;
mod architecture;
mod browser;
mod capacity;
mod conduct;
mod counterfactual;
mod features;
mod ingest;
mod scorecard;
mod simulate;
mod report;
