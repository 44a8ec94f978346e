//! (being built)

mod table;

pub use table::{FeatureColumn, FeatureTable, TableRoles};
