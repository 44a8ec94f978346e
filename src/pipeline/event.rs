//! The two modelled events: any performance, and full performance.
//!
//! Each has a card of its own. They are nested, so a probability of full performance above that of any is
//! cut to it when both are shown.

use serde::{Deserialize, Serialize};

use crate::cohort::Outcome;

/// What is counted as performed.
///
/// ```
/// use wherewithal::cohort::Outcome;
/// use wherewithal::pipeline::Event;
///
/// assert!(Event::Any.has(Outcome::Partial) && !Event::Full.has(Outcome::Partial));
/// assert!(Event::ALL.iter().all(|event| event.has(Outcome::Full) && !event.has(Outcome::None)));
/// assert_eq!(Event::Any.name(), "any"); // columns any_points, any_prob
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Part or all of the claims was performed within the window.
    Any,
    /// All of the claims was performed within the window.
    Full,
}

impl Event {
    /// Both, the wider first.
    pub const ALL: [Self; 2] = [Self::Any, Self::Full];

    /// Whether an outcome is this event.
    pub fn has(self, outcome: Outcome) -> bool {
        match self {
            Self::Any => outcome != Outcome::None,
            Self::Full => outcome == Outcome::Full,
        }
    }

    /// The ending of the event's columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Full => "full",
        }
    }
}
