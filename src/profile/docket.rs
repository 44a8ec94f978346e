//! What the court did in the debtor's cases: orders, listings, reports, closings.
//!
//! `None` for the whole means that nobody looked it up; an empty list means that nothing was ordered.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Money};

/// What the court itself did and knows in this debtor's cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Docket {
    /// Orders, listings and punishments, oldest first.
    pub measures: Vec<MeasureTaken>,
    /// How the duty to report property was met, by the last report; none when nothing is on record.
    pub report: Option<String>,
    /// The day of that report.
    pub reported_on: Option<Day>,
    /// The day of the last closing without result (终本), if there was one.
    pub no_result_on: Option<Day>,
    /// Whether a claim concerns wages, support, injury and the like.
    pub is_livelihood: bool,
    /// What was recovered so far in these cases.
    pub paid: Money,
}

/// An order, a listing or a punishment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureTaken {
    /// The code of `sanctions.kind`.
    pub kind: String,
    /// Its day.
    pub on: Day,
    /// Whether it is in force on the day of the portrait.
    pub in_force: bool,
}
