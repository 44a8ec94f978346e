//! Which recorded acts look like evasion, and on which evidence?
//!
//! Unwilling is not unable: what a debtor can pay is another room's question. Here each *pattern*
//! (`data/conduct/patterns.toml`) is a definition: the rows in which it is read, the size from
//! which it counts, the article on which it rests, the innocent explanations to rule out.
//! [`examine`] reads every pattern for every sample of a [`Snapshot`](crate::snapshot::Snapshot)
//! and returns [`ConductSignal`]s, graded by [`Strength`], each with the rows that show it. A
//! signal is a question to the debtor, not a finding.
//!
//! The clock of a pattern is the suit: acts from service of the suit on count fully, since they may be acts of refusal
//! even before judgment (法释〔2024〕13号 art. 6); some patterns look further back and then weigh less. Who is *related* is
//! found in a graph of relations and company offices around the debtor, at most two steps long.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::conduct::{ConductParams, Strength, examine};
//! use wherewithal::{domain::Day, snapshot, tables::SourceTables};
//!
//! let days = |name: &str, day: i32| Column::new(name.into(), [day]).cast(&DataType::Date);
//! let clocks = |day| -> PolarsResult<Vec<Column>> { Ok(vec![days("event_on", day)?, days("known_at", day)?]) };
//! let table = |mut columns: Vec<Column>, day| -> PolarsResult<DataFrame> {
//!     columns.extend(clocks(day)?);
//!     DataFrame::new(1, columns)
//! };
//! let case = |name: &str, value: i64| Column::new(name.into(), [value]);
//! let word = |name: &str, value: &str| Column::new(name.into(), [value]);
//! let tables = SourceTables::new()
//!     .with_frame(
//!         "cases",
//!         table(vec![case("case_id", 1), case("claim_fen", 10_000_000), days("served_on", 10)?], 90)?,
//!     )?
//!     .with_frame("case_parties", table(vec![case("case_id", 1), case("entity_id", 7), word("role", "debtor")], 90)?)?
//!     .with_frame(
//!         "vehicles",
//!         table(
//!             vec![case("entity_id", 7), case("plate", 3), word("kind", "car"), case("value_fen", 8_000_000),
//!                  case("price_fen", 100_000), days("disposed_on", 60)?],
//!             95,
//!         )?,
//!     )?;
//! let day = Day::from_number(120).ok_or("no day")?;
//! let signals = examine(&snapshot::as_of(&tables, day)?, &ConductParams::default())?;
//! assert_eq!(signals[0].pattern, "cheap_disposal");
//! assert_eq!(signals[0].strength, Strength::Strong);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! - Only what was known on the day is read (law 1), and neither the order of rows nor who else is examined changes a
//!   signal (law 6).
//! - Every signal names at least one row. A source that never answered gives no signal: silence accuses nobody.
//! - Absent here: scores, capacity, sex, age, and any reading of people other than the debtor beyond who is related.
//!
//! # References
//!
//! 法释〔2024〕13号 art. 3, 6, 8; 法释〔2017〕7号 art. 1; 法释〔2017〕8号 art. 5–10; 民事诉讼法解释 art. 188.

mod params;
mod pattern;
mod signal;

mod acts;
mod debtor_context;
mod rows;
mod ties;

mod detectors;

mod examine;

pub use examine::examine;
pub use params::ConductParams;
pub use pattern::{GradeRule, Pattern, Recipient, Shape, Until, patterns};
pub use signal::{ConductSignal, Evidence, Strength};
