//! What needs doing this morning?
//!
//! [`TaskRules::list`] lists, per court and team, debtors about whom property or an income was found within
//! two days, and cases near or past a term: seizures that lapse, rounds of auctions that are due,
//! money in hand past its term, entrusted matters and petitions due, checks of cases closed without
//! result, such cases whose means came back or whose conditions were not met, and cases with
//! property found where nothing was done. Each bears what can be recovered, as
//! [`capacity`](crate::capacity) expects, and the hours of work of the measure in
//! [`advice`](crate::advice), so that a list begins with what an hour brings most.
//!
//! ```
//! use wherewithal::tasks::TaskRules;
//!
//! let rules = TaskRules::standard()?;
//! assert!(rules.rules().iter().any(|rule| rule.code == "renew_seizure" && rule.lead_days == 30));
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! Rows known after the day do not exist (law 1). A matter is listed once, whoever its debtors are. Terms and hours are
//! data. Nothing is done: a list asks a person to look.

mod candidate;
mod due;
mod idle;
mod list;
mod night;
mod rule;
mod stakes;

pub use list::{Task, TaskList};
pub use rule::{TaskRule, TaskRules};
