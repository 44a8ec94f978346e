//! The months over which indicators are counted.

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Error, Result};
use crate::sentence::says;

/// Whole months, from the first day of one to the last day known.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::indicators::Period;
///
/// let period = Period::new(Day::parse("2017-02-14")?, Day::parse("2017-04-03")?)?;
/// assert_eq!((period.from(), period.months()), (Day::parse("2017-02-01")?, 3)); // whole months
/// assert_eq!(period.month(2), Day::parse("2017-04-01")?);
/// assert!(Period::new(period.until(), period.from()).is_err());
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    from: Day,
    until: Day,
}

impl Period {
    /// From the month of one day up to another day, which is the last of which anything is known.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when it ends before it begins or is longer than twenty years.
    pub fn new(from: Day, until: Day) -> Result<Self> {
        let begun = Day::new(from.year(), from.month(), 1).unwrap_or(from);
        let period = Self { from: begun, until };
        if begun > until || period.months() > 240 {
            return Err(Error::setting("period", says!("{from} to {until}", from, until), "one day to twenty years"));
        }
        Ok(period)
    }

    /// The first day.
    pub fn from(self) -> Day {
        self.from
    }

    /// The last day.
    pub fn until(self) -> Day {
        self.until
    }

    /// How many months it touches.
    pub fn months(self) -> usize {
        usize::try_from(number(self.until) - number(self.from) + 1).unwrap_or(0)
    }

    /// The first day of its month at a place from 0.
    pub fn month(self, at: usize) -> Day {
        self.from.plus_months(i32::try_from(at).unwrap_or(0))
    }

    /// The place of every day, reckoned once: rows are many, days are few.
    pub(super) fn places(self) -> Places {
        let places = (self.from.number()..=self.until.number()).filter_map(Day::from_number);
        let place = |day: Day| usize::try_from(number(day) - number(self.from) + 1).unwrap_or(0);
        Places { from: i64::from(self.from.number()), places: places.map(place).collect() }
    }
}

/// The months of the days of a period.
pub(super) struct Places {
    from: i64,
    places: Vec<usize>,
}

impl Places {
    /// The index of a day's month: 0 before the period, then the months from 1; none after it.
    pub(super) fn month_index(&self, day: i64) -> Option<usize> {
        match usize::try_from(day - self.from) {
            Ok(nth) => self.places.get(nth).copied(),
            Err(_) => Some(0),
        }
    }
}

fn number(day: Day) -> i32 {
    day.year() * 12 + i32::try_from(day.month()).unwrap_or(1)
}
