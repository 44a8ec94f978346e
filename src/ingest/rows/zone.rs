//! Time zones: which day an instant falls on.
//!
//! China has one clock, UTC+8 without summer time since 1992, and it is the one meant where a source names
//! none. Clock times without an instant need no zone: their day is the day that is written.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, Offset, TimeZone};
use chrono_tz::Tz;

/// The zone whose day an instant falls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Zone {
    /// Clock times, written down as they were shown.
    Local,
    Fixed(FixedOffset),
    Named(Tz),
}

impl Zone {
    /// Where instants belong whose file names no zone: the courts' own, which has one clock and no summer time.
    pub(super) const COURT: Self = Self::Named(Tz::Asia__Shanghai);

    /// Reads `UTC`, `+08:00`, `+0800`, `+08` or a name of the IANA time zone database.
    pub(in crate::ingest) fn parse(text: &str) -> Option<Self> {
        if matches!(text, "" | "Z") {
            return Some(if text.is_empty() { Self::Local } else { Self::Named(Tz::UTC) });
        }
        if text.starts_with(['+', '-']) {
            let digits: String = text.chars().filter(|c| *c != ':').collect();
            let digits = if digits.len() == 3 { format!("{digits}00") } else { digits };
            return FixedOffset::from_str(&digits).ok().map(Self::Fixed);
        }
        Tz::from_str(text).ok().map(Self::Named)
    }

    /// The day, since 1970-01-01, that a clock of the zone shows so many seconds after 1970-01-01T00:00Z.
    pub(super) fn day(self, seconds: i64) -> Option<i32> {
        let ahead = match self {
            Self::Local => 0,
            Self::Fixed(offset) => offset.local_minus_utc(),
            Self::Named(zone) => {
                let instant = DateTime::from_timestamp(seconds, 0)?.naive_utc();
                zone.offset_from_utc_datetime(&instant).fix().local_minus_utc()
            }
        };
        i32::try_from(seconds.checked_add(i64::from(ahead))?.div_euclid(86_400)).ok()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("the clock that was written down"),
            Self::Fixed(offset) => write!(f, "{offset}"),
            Self::Named(zone) => f.write_str(zone.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_zones_own() {
        let evening = 1_517_414_400; // 2018-01-31T16:00Z
        let february = 17_563;
        for zone in ["+08:00", "+0800", "+08", "Asia/Shanghai", "PRC", "Asia/Chongqing"] {
            assert_eq!(Zone::parse(zone).unwrap().day(evening), Some(february), "{zone}");
        }
        for zone in ["UTC", "Z", "+00:00", "", "Etc/UTC", "America/New_York", "-05:00"] {
            assert_eq!(Zone::parse(zone).unwrap().day(evening), Some(february - 1), "{zone}");
        }
        assert_eq!(Zone::COURT.day(evening), Some(february));
        assert_eq!(Zone::Local.day(-1), Some(-1));
        assert_eq!((Zone::parse("Mars/Olympus"), Zone::Local.day(i64::MAX)), (None, None));
    }
}
