//! (being built)

mod aggregate;
mod catalog;
mod check;
mod compute;
mod condition;
mod evidence;
mod forbidden;
mod plan;
mod spec;
mod table;

pub use aggregate::{Aggregate, Aggregation, Window};
pub use catalog::{Family, FeatureCatalog};
pub use compute::compute;
pub use condition::{Condition, Test, Value};
pub use evidence::{Evidence, EvidenceParams, EvidenceTable, Record, evidence};
pub use spec::{Definition, Direction, FeatureSpec, Unit};
pub use table::{FeatureColumn, FeatureTable, TableRoles};
