//! How does a card leave the house?
//!
//! As SQL for a warehouse and as PMML for a decision engine; both score like the card itself, which the checks beside
//! `benches/peers` hold against DuckDB, SQLite and a PMML evaluator.
//!
//! | form | for | score | probability |
//! |---|---|---|---|
//! | SQL | DuckDB, PostgreSQL, SQLite | whole numbers, exact | as exact as the database's `EXP` |
//! | PMML 4.4 | decision engines | whole numbers, exact | with reasons |

mod names;
mod sql;
mod table;

mod pmml;
mod xml;

pub use names::{AmountOutputNames, OutputNames};
pub use table::{DeployedTable, UnknownTexts};
