//! One integration binary: polars links slowly.

mod architecture;
mod linkage;
mod screening;
mod ingest;
mod scorecard;
