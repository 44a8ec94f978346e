//! What do we know about this debtor (画像)?
//!
//! A [`DebtorProfile`] puts together what other rooms found: the grade and its two probabilities, the reasons with the
//! records behind them, the dimensions, who was asked and who answered, and what would have to be known for a score
//! where there is none. It is plain data: it serialises to one JSON line per debtor, and a report adds nothing to it.
//!
//! ```
//! use wherewithal::profile::{DebtorProfile, FORMAT_VERSION};
//!
//! let empty = DebtorProfile::default();
//! let line = serde_json::to_string(&empty)?;
//! assert_eq!(serde_json::from_str::<DebtorProfile>(&line)?, empty);
//! assert_eq!(empty.format_version, FORMAT_VERSION);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Invariants
//!
//! - Names and numbers are masked; parties are pseudonyms.
//! - A debtor without a score has `standing: insufficient` and no points, never low ones (law 7).
//! - Points of the reasons and of the features not listed add up, with the base, to the score (law 5).
//! - Absent here: tables, models, the words of any language but labels.
//!
//! # References
//!
//! PIPL art. 24 (explanation, no purely automated decision), 51 (de-identification); 法发〔2022〕33号 (results assist the
//! judge and are reference only).

mod debtor;
mod docket;
mod means;
mod outlook;
mod signal;
mod standing;
mod timeline;

mod batch;
mod card;
mod impact;

// What profiles are made of, for the rooms that may read nothing but profiles.
pub use crate::capacity::{Ability, AssetClass, Scenarios};
pub use crate::conduct::Strength;
pub use crate::score::Grade;

pub use batch::{Batch, ClassGroup, GradeGroup, SignalGroup};
pub use card::{CardBin, CardFeature, CardMoney, CardValidation, EventCard, Measured, ModelCard, MoneyOrder};
pub use debtor::{CaseLine, DebtorProfile, FORMAT_VERSION, JudgeFinding, ModelStamp};
pub use docket::{Docket, MeasureTaken};
pub use impact::{ImpactAssessment, ImpactLine, ImpactSection};
pub use means::{AssetGroup, Layers, Means, MeansGroup, MeansLine, MeansNote};
pub use outlook::{Way, WayStep, Worth};
pub use signal::SignalLine;
pub use standing::{Dimension, EventScore, Expected, Reason, RecordRef, SourceCoverage, Standing};
pub(crate) use timeline::gathered;
pub use timeline::{Moment, TimeScale};
