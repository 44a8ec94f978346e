//! One integration binary: polars links slowly.

mod architecture;
mod linkage;
mod names;
mod screening;
mod ingest;
mod scorecard;
