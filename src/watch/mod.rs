//! Whose means came back after a case was closed without result?
//!
//! A case in which nothing was found is closed for the time being (终结本次执行程序): the court asks again every six
//! months for five years, and resumes when means are found. [`watch`] lists such cases with the day of the last check
//! that fell due, whether anybody was asked since, and the next day; and it states the debtor's means twice with the
//! rules of [`capacity`](crate::capacity), as known on the day of closing and as known now. Where what is available has
//! grown by a stated least or more, the means came back.
//!
//! ```
//! use wherewithal::domain::Day;
//! use wherewithal::watch::RecheckRule;
//!
//! let closed = Day::parse("2017-03-31")?;
//! let rule = RecheckRule::on(closed).ok_or("no rule")?;
//! let (due, next) = rule.checks(closed, Day::parse("2018-04-15")?);
//! assert_eq!(due, Some(Day::parse("2018-03-31")?));
//! assert_eq!(next, Some(Day::parse("2018-09-30")?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! Means are seen through the [`snapshot`](crate::snapshot), cases and closings as far as known by
//! the day: what is known later changes nothing (law 1). Numbers of the rule stand in
//! `data/law/recheck.toml`. Absent here: scores; and nothing is resumed, a judge decides.
//!
//! # References
//!
//! 最高人民法院关于严格规范终结本次执行程序的规定（试行）, art. 9.

mod list;
mod rule;

pub use list::{WatchList, Watched, watch, watched};
pub use rule::RecheckRule;
