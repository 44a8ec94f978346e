//! Why this score?
//!
//! A score is base points and the points of each feature, so its explanation is exact: what each
//! feature gave, and how far that is from what it gives the typical row
//! ([`ScorecardFeature::typical_points`](crate::model::ScorecardFeature)). [`ReasonCode`]s are the
//! features that differ most from the typical, in a fixed order.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::explain::{self, Direction};
//! use wherewithal::features::{FeatureTable, TableRoles};
//! use wherewithal::model::{self, ScorecardParams, Target};
//!
//! let deposits: Vec<f64> = (0..600).map(|i| f64::from(i % 60)).collect();
//! let performed: Vec<bool> = (0..600).map(|i| i % 60 > (i * 11) % 90).collect();
//! let frame = DataFrame::new(600, vec![Column::new("deposits".into(), deposits)])?;
//! let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
//! let card = model::fit(&table, &Target::new(performed)?, &ScorecardParams::default())?;
//!
//! let why = explain::explain(&card, &table, 59)?;
//! let reason = &why.reasons(3)[0];
//! assert_eq!((reason.feature.as_str(), reason.direction), ("deposits", Direction::Raises));
//! assert_eq!(why.score.0, why.base.0 + why.contributions.iter().map(|c| c.points.0).sum::<i32>());
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! [`explain_amount`] says the same of a predicted amount.
//!
//! [`WhatIf::counterfactuals`] finds the smallest changes that would raise the grade. It changes
//! only features that a debtor can change, and only in the direction that means more capacity.
//! [`WhatIf::worth_asking`] says which source's answer would move the score most where something is
//! unknown. [`ScoreTable::reasons`](crate::score::ScoreTable::reasons) gives the reasons of many
//! rows at once.
//!
//! # Invariants
//!
//! Contributions add up to the score exactly (law 5): `base + Σ points = score`, and
//! `typical score + Σ (points − typical points) = score`. Features are named, not worded: labels are the catalogue's.
//!
//! # References
//!
//! Wachter, Mittelstadt and Russell, *Counterfactual explanations without opening the black box*
//! (2018); FICO, reason codes as points lost against a reference; PIPL art. 24 (a right to an
//! explanation).

mod amount;
mod explanation;
mod ranking;
mod reason;

mod counterfactual;
mod what_if;
mod worth;

pub use amount::{AmountExplanation, AmountPart, explain_amount};
pub use counterfactual::{Change, Counterfactual, CounterfactualParams};
pub use explanation::{Contribution, Explanation, explain};
pub use reason::{Direction, ReasonCode};
pub use what_if::WhatIf;
pub use worth::AnswerWorth;
