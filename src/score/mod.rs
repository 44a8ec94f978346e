//! How likely, for each row, fast?
//!
//! A [`Scorer`] is a fitted card laid out for speed: per feature, cut points and the points gained
//! at each. It reads columns in blocks of rows, in parallel, and adds whole numbers, so a row's
//! score is the same bits in a batch or alone, in any order, on any number of threads.
//!
//! Too little knowledge is a result of its own. A card's points span a range; the part of it that
//! rests on features known for a row is the row's *known share*. Below
//! [`ScorerParams::min_known_share`] the row is [`ScoreState::Insufficient`] and has no score,
//! never a low one.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::features::{FeatureTable, TableRoles};
//! use wherewithal::model::{self, ScorecardParams, Target};
//! use wherewithal::score::{ScoreState, Scorer};
//!
//! let deposits: Vec<f64> = (0..600).map(|i| f64::from(i % 60)).collect();
//! let performed: Vec<bool> = (0..600).map(|i| i % 60 > (i * 11) % 90).collect();
//! let frame = DataFrame::new(600, vec![Column::new("deposits".into(), deposits)])?;
//! let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
//! let card = model::fit(&table, &Target::new(performed)?, &ScorecardParams::default())?;
//!
//! let today = DataFrame::new(3, vec![Column::new("deposits".into(), [Some(55.0), Some(2.0), None])])?;
//! let today = FeatureTable::from_frame(today, &TableRoles::default())?;
//! let scores = Scorer::new(&card)?.score(&today)?;
//! assert!(scores.score(0) > scores.score(1));
//! assert_eq!((scores.state(2), scores.score(2)), (Some(ScoreState::Insufficient), None));
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! A pure function of a card and a row. Base points and the points of the features add up to the
//! score, exactly (law 5). Absent here: learning, files, the clock, words for people.

mod grade;
mod params;

mod source;

mod pairs;
mod scorer;

mod table;

mod amount;

pub use amount::{AmountScorer, AmountScores};
pub use grade::{Grade, GradeScale};
pub use params::ScorerParams;
pub use scorer::Scorer;
pub use table::{ScoreState, ScoreTable};
