//! The names most programs need.
//!
//! ```
//! use wherewithal::prelude::*;
//!
//! let params = TrainParams::standard()?;
//! assert!(params.catalog.features().len() >= 120);
//! # Ok::<(), wherewithal::Error>(())
//! ```

pub use crate::domain::{AsOf, Day, Language, Money, PseudonymKey};
pub use crate::ingest::{IngestReport, Mapping, ReadParams, Sources};
pub use crate::pipeline::{
    AssessParams, Assessment, Event, FileNames, ModelSource, PerformanceModel, Scored, ScoringParams, TrainParams,
    assess,
};
pub use crate::profile::{DebtorProfile, Standing};
pub use crate::progress::{Progress, Silent};
pub use crate::tables::SourceTables;
pub use crate::{Error, Result};
