//! How well does the court itself enforce?
//!
//! An indicator is a [`Definition`] in `data/indicators/`: what is counted, which conditions a row
//! must meet, which day decides its month, which cases it is about, where the definition is from
//! and how sure that is. [`measure`] counts all of them in one pass over the partitions of a store,
//! per court, team, kind of case and month, in whole numbers and fen, so that the figures do not
//! depend on threads or buckets. [`Measured::figure`] gives a figure with its interval, or says why
//! there is none; [`IndicatorCatalog::behind`] lists the cases behind it. [`Measured::ranking`] ranks courts with
//! what chance alone would do to them, and [`Measured::survival`] tells how long something takes
//! while not everything has happened yet.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::domain::Day;
//! use wherewithal::indicators::{IndicatorCatalog, Period, Selection, measure};
//! use wherewithal::tables::SourceTables;
//!
//! let day = |name: &str, on: i32| Column::new(name.into(), [on]).cast(&DataType::Date);
//! let filed = Day::parse("2017-03-01")?.number();
//! let cases = DataFrame::new(1, vec![
//!     Column::new("case_id".into(), [1i64]),
//!     day("event_on", filed)?,
//!     day("known_at", filed)?,
//!     Column::new("court".into(), ["A"]),
//!     Column::new("kind".into(), ["first"]),
//! ])?;
//! let tables = SourceTables::new().with_frame("cases", cases)?;
//! let year = Period::new(Day::parse("2017-01-01")?, Day::parse("2017-12-31")?)?;
//! let measured = measure(&tables, &IndicatorCatalog::standard()?, year)?;
//! let rate = measured.figure("closing_rate", &Selection::all())?;
//! assert_eq!((rate.top, rate.bottom, rate.value), (0, 1, Some(0.0)));
//! assert!(measured.figure("auction_sale_rate", &Selection::all())?.missing.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! A row that became known after the period's last day does not exist (law 1). A case counts once,
//! whoever its debtors are and however the store is cut. Figures of different scopes are refused in
//! one sum or ranking. Rows without the day that would give them a month are counted as undated.
//! Absent here: models, scores, money to be recovered.
//!
//! # References
//!
//! Wilson, *Probable inference* (1927); Spiegelhalter, *Funnel plots for comparing institutional
//! performance* (2005); Kaplan and Meier, *Nonparametric estimation from incomplete observations*
//! (1958). Definitions: the sources named in each.

mod vocabulary;

mod definition;
mod rule;

mod catalog;

mod columns;
mod docket;
mod listings;
mod names;
mod rows;
mod terms;

mod counting;
mod period;
mod tally;

mod chance;
mod measured;
mod ranking;
mod survival;

mod answers;
mod behind;

pub use answers::{Answers, SourceMonth, answers};
pub use behind::{Behind, Side};
pub use catalog::IndicatorCatalog;
pub use chance::{Call, funnel, wilson};
pub use definition::{Better, Condition, Definition, Measure, Over, Scope, Sure, Term, Unit, Value};
pub use measured::{Figure, Measured, Missing, Selection, measure};
pub use period::Period;
pub use ranking::{Ranked, Ranking};
pub use rule::TermRule;
pub use survival::{Survival, SurvivalStep};
pub use tally::Court;

pub(crate) use columns::{Known, NONE, code, told};
pub(crate) use docket::Docket;
pub(crate) use names::Names;
