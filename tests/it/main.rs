//! One integration binary: polars links slowly.

mod simulate;
