//! Days and times as people write them, in the order that a column turns out to have.
//!
//! `03/04/2023` is a day in March or in April. A column is read in the one order that fits all its texts;
//! where two orders fit, the column says so and the caller decides.

use crate::domain::{Day, undressed, without_point};

/// A day, and the second of it where a time was written.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::tabular::Moment;
///
/// let (morning, evening) = (Moment { day: Day::EPOCH, second: 3_600 }, Moment { day: Day::EPOCH, second: 72_000 });
/// assert!(morning < evening); // by day, then by second
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The day as written, in whatever zone it was written.
    pub day: Day,
    /// The second of the day; 0 where none was written.
    pub second: u32,
}

/// In which order days are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// `2023-09-30`, `2023/9/30`, `2023年9月30日`, `20230930`, `2023-09`, `2023Q3`; also months by name.
    YearFirst,
    /// `9/30/2023`.
    MonthFirst,
    /// `30.9.2023`.
    DayFirst,
}

impl DayOrder {
    pub(super) const ALL: [Self; 3] = [Self::YearFirst, Self::MonthFirst, Self::DayFirst];
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The moment that a text is, its day written in this order.
pub(super) fn moment(text: &str, order: DayOrder) -> Option<Moment> {
    let text = undressed(text);
    let (date, time) = parted(&text);
    let second = if time.is_empty() { 0 } else { second(time)? };
    Some(Moment { day: day(date, order)?, second })
}

/// The date and the time of day behind it.
fn parted(text: &str) -> (&str, &str) {
    let colon = text.find([':', '时', '時']).unwrap_or(text.len());
    let head = text.get(..colon).unwrap_or_default();
    // Before the first colon stand one or two digits of the hour, and what parts them from the date.
    let hour = head.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if colon == text.len() {
        return (text.trim_end_matches(['T', 't']), "");
    }
    let date = text.get(..hour).unwrap_or_default().trim_end().trim_end_matches(['T', 't', ',']);
    (date.trim_end(), text.get(hour..).unwrap_or_default())
}

/// The second of the day of `8:30`, `08:30:15.250 PM` or `8时30分`, whatever zone stands behind it.
fn second(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let afternoon = lower.contains("pm");
    let morning = lower.contains("am");
    let clock = lower.split_once(['+', 'z']).map_or(lower.as_str(), |(clock, _)| clock);
    let clock = clock.split_once('-').map_or(clock, |(clock, _)| clock);
    let clock = clock.trim().trim_end_matches("am").trim_end_matches("pm").trim();
    let mut parts = clock.split([':', '时', '時', '分', '秒']).filter(|part| !part.is_empty());
    let mut part = || parts.next().map(|part| part.split('.').next().unwrap_or_default().trim().parse::<u32>());
    let (hour, minute, second) = (part()?.ok()?, part().unwrap_or(Ok(0)).ok()?, part().unwrap_or(Ok(0)).ok()?);
    let hour = if afternoon || morning { hour % 12 + 12 * u32::from(afternoon) } else { hour };
    (hour < 24 && minute < 60 && second < 61).then_some(hour * 3600 + minute * 60 + second)
}

/// The day written in one order; a month or a quarter stands for its first day.
fn day(text: &str, order: DayOrder) -> Option<Day> {
    if let Some(day) = named(text) {
        return Some(day);
    }
    if let Some((year, quarter)) = text.split_once(['Q', 'q']) {
        let year = year.trim_end_matches(['-', ' ']);
        let quarter: u32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
        let year = Some(year).filter(|year| year.len() == 4 && order == DayOrder::YearFirst)?.parse().ok()?;
        return Day::new(year, 3 * quarter - 2, 1);
    }
    let (written, text) = (text, without_point(text));
    let bytes = text.as_bytes();
    if bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit) {
        let parts = (text.get(..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?);
        return (order == DayOrder::YearFirst).then(|| Day::new(parts.0, parts.1, parts.2)).flatten();
    }
    let text = written;
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).map(str::trim).collect();
    let ended = text.ends_with(['月', '日']);
    let parts = if ended { parts.split_last()?.1 } else { parts.as_slice() };
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let year = |text: &str| number(text).filter(|_| text.len() == 4).and_then(|year| i32::try_from(year).ok());
    match (order, parts) {
        (DayOrder::YearFirst, [y, m, d]) => Day::new(year(y)?, number(m)?, number(d)?),
        // A month and no more, but not a number with a fraction.
        (DayOrder::YearFirst, [y, m]) if !text.contains('.') => Day::new(year(y)?, number(m)?, 1),
        (DayOrder::MonthFirst, [m, d, y]) | (DayOrder::DayFirst, [d, m, y]) => {
            Day::new(year(y)?, number(m)?, number(d)?)
        }
        _ => None,
    }
}

/// A day or a month with the month's English name: `Dec-2015`, `31-Dec-2015`, `Dec 31, 2015`.
fn named(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.split(['-', ' ', ',', '/', '.']).filter(|part| !part.is_empty()).collect();
    let is_name = |part: &str| part.len() >= 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let at = parts.iter().position(|part| is_name(part))?;
    let name = parts.get(at)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| name.starts_with(month))?;
    let mut numbers = parts.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, part)| *part);
    let (first, second, more) = (numbers.next()?, numbers.next(), numbers.next());
    let (day, year) = match (second, more) {
        (None, _) => ("1", first),
        (Some(second), None) if first.len() == 4 => (second, first),
        (Some(second), None) => (first, second),
        _ => return None,
    };
    let year = Some(year).filter(|year| year.len() == 4)?.parse().ok()?;
    Day::new(year, u32::try_from(month).ok()? + 1, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_as_people_write_them() {
        use DayOrder::{DayFirst, MonthFirst, YearFirst};
        for (text, order, expected) in [
            ("2023-09-30", YearFirst, "2023-09-30 0"),
            ("2023/9/30", YearFirst, "2023-09-30 0"),
            ("2023.9.30", YearFirst, "2023-09-30 0"),
            ("2023年9月30日", YearFirst, "2023-09-30 0"),
            ("2023年9月", YearFirst, "2023-09-01 0"),
            ("20230930", YearFirst, "2023-09-30 0"),
            ("20230930.0", YearFirst, "2023-09-30 0"),
            ("2023-09", YearFirst, "2023-09-01 0"),
            ("2023Q3", YearFirst, "2023-07-01 0"),
            ("2023-09-30T08:30:00Z", YearFirst, "2023-09-30 30600"),
            ("2023-09-30 08:30:15.250+08:00", YearFirst, "2023-09-30 30615"),
            ("2023年9月30日 8时30分", YearFirst, "2023-09-30 30600"),
            ("9/30/2023 8:30 PM", MonthFirst, "2023-09-30 73800"),
            ("9/30/2023", MonthFirst, "2023-09-30 0"),
            ("30.9.2023", DayFirst, "2023-09-30 0"),
            ("Dec-2015", YearFirst, "2015-12-01 0"),
            ("31-Dec-2015", DayFirst, "2015-12-31 0"),
            ("Dec 31, 2015", MonthFirst, "2015-12-31 0"),
        ] {
            let moment = moment(text, order).map(|moment| format!("{} {}", moment.day, moment.second));
            assert_eq!(moment.as_deref(), Some(expected), "{text}");
        }
        for text in [
            "9/30/2023",
            "2023",
            "2023.5",
            "12.5",
            "abc",
            "",
            "2023-13-01",
            "2023930.0",
            "9/30/23",
            "2023-09-30 25:00",
            "Y",
        ] {
            assert_eq!(moment(text, YearFirst), None, "{text}");
        }
        assert_eq!((moment("9/30/2023", DayFirst), moment("13/1/2023", MonthFirst)), (None, None));
    }
}
