//! One integration binary: polars links slowly.

mod architecture;
mod linkage;
mod names;
mod screening;
mod features;
mod capacity;
mod conduct;
mod features;
mod ingest;
mod pipeline;
mod scorecard;
mod simulate;
