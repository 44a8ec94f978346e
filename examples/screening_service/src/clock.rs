//! The clock. The library has none; a service must say when.
#![expect(clippy::disallowed_methods, reason = "who answers says when and how long it took")]

use std::time::{Instant, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};

/// The time of day in the world's time, to the millisecond: `2026-11-30T11:22:33.123Z`.
pub(crate) fn now() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A point in time to measure from.
pub(crate) fn begin() -> Instant {
    Instant::now()
}
