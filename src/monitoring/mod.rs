//! Is today still like the day we learnt from?
//!
//! A model learnt from one year judges the next. [`Stability`] says how far a distribution over bins has moved (PSI of
//! scores, CSI of features), between which bounds, and how likely chance alone moves it as far. [`maturing`] follows
//! calibration and performance month by month while outcomes come in, with an estimate for months that are not ripe
//! yet. [`quality`] holds each month's answers against those of a base, [`sources()`] those of each source,
//! [`intake()`] the rows refused of each kind of file. [`audit`] tells calibration and error rates by groups that the
//! model never saw. [`Challenge`] holds two models against each other on the same samples. Whatever crosses a stated
//! threshold is an [`Alert`]: data with a reason. Nothing refits or switches by itself.
//!
//! ```
//! use wherewithal::monitoring::Stability;
//!
//! let still = Stability::new(&[500.0, 300.0, 200.0], &[252.0, 149.0, 99.0]);
//! assert!(!still.is_beyond_chance());
//! let moved = Stability::new(&[500.0, 300.0, 200.0], &[150.0, 150.0, 200.0]);
//! assert!(moved.is_beyond_chance() && moved.low > 0.1);
//! ```
//!
//! # Invariants
//!
//! Groups of an audit are supplied beside the rows and reach no model: no type here joins them to inputs. A figure of
//! few rows says how few. Absent here: files, source tables, days of today.
//!
//! # References
//!
//! Yurdakul and Naranjo, *Statistical properties of the population stability index* (2020); NannyML's confidence-based
//! performance estimation, after Garg et al., *Leveraging unlabeled data to predict out-of-distribution performance*
//! (2022), for the estimate before outcomes.

mod alert;
#[cfg(test)]
mod draws;
mod proportion;
mod shift;
mod stability;

mod audit;
mod challenge;
mod findings;
mod intake;
mod maturing;
mod quality;
mod sources;

pub use alert::{Alert, AlertKind, Thresholds};
pub use audit::{AuditRow, GroupAudit, audit};
pub use challenge::{
    AnswerChange, AnswerMove, Challenge, EventChallenge, LEAST_OF_EACH, MoneyChallenge, Paired, PairedFigures, Sides,
};
pub use findings::MonitorReport;
pub use intake::{Delivery, IntakeLimits, IntakeLine, intake, kinds_too_new};
pub use maturing::{Followed, MonthReport, maturing};
pub use quality::{QualityLimit, QualityLimits, QualityLine, quality};
pub use sources::{SourceLimit, SourceLimits, SourceLine, SourceMeasure, sources};
pub use stability::Stability;
