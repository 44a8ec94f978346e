//! Which measures deserve the judge's consideration (思路和方案)?
//!
//! Rules are data (`data/advice/measures.toml`) over the profile only. Each names its conditions on
//! [`facts`], what must be verified because no source tells it, its legal basis, what it could
//! bring and what it costs in work and time. [`advise`] offers the measures whose conditions are
//! not known to fail, says which conditions are met and which are open, quotes the articles in
//! force on the day, and orders them by expected recovery per hour of the court's work.
//!
//! ```
//! use wherewithal::advice::{AdviceRules, advise};
//! use wherewithal::domain::{Day, Money};
//! use wherewithal::profile::{CaseLine, DebtorProfile};
//!
//! let as_of = Day::parse("2017-09-28")?;
//! let (filed_on, claim) = (as_of.plus_days(-40), Some(Money::from_fen(500_000)));
//! let case = CaseLine { case_no: None, court: None, filed_on, claim };
//! let profile = DebtorProfile { as_of: Some(as_of), cases: vec![case], ..DebtorProfile::default() };
//! let advice = advise(&profile, &AdviceRules::standard()?)?;
//! assert!(advice.measures.iter().any(|measure| measure.code == "consumption_order"));
//! assert!(advice.measures.iter().all(|measure| measure.code != "list_able")); // ability is unknown, not assumed
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! - It suggests and never acts: there is no function here that does anything but return text and
//!   numbers. The judge's own finding stands in the profile
//!   ([`JudgeFinding`](crate::profile::JudgeFinding)).
//! - Unknown is not assumed (law 7): a condition on an unknown fact is told as "to verify", and a
//!   measure whose first condition is unknown is not offered.
//! - Every amount stands in the profile as it is: there is no arithmetic on money here. Absent
//!   here: tables, models, scores of its own.
//!
//! # References
//!
//! PIPL art. 24 (no purely automated decision); 法发〔2022〕33号 (artificial intelligence assists the judge); the articles
//! quoted by each rule, with their days in force, in `data/law/instruments.toml`.

mod facts;
mod measure;
mod rule;

mod advise;

pub use advise::advise;
pub use facts::{Facts, facts};
pub use measure::{Advice, Checked, Measure};
pub use rule::{AdviceRules, Duty, FactCondition, Rule};
