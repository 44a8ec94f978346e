use polars_arrow::array::{Array, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::NativeType;

use crate::domain::Day;

/// How far ahead of UTC the clock is whose day an instant falls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Clock times, written down as they were shown.
    Local,
    /// Seconds ahead of UTC, all the year.
    Ahead(i64),
}

/// Zones of one clock all the year, by name, and hours ahead of UTC.
const NAMED: [(&str, i64); 12] = [
    ("UTC", 0),
    ("Z", 0),
    ("Etc/UTC", 0),
    ("GMT", 0),
    ("Asia/Shanghai", 8),
    ("Asia/Chongqing", 8),
    ("Asia/Hong_Kong", 8),
    ("Asia/Macau", 8),
    ("Asia/Taipei", 8),
    ("Asia/Singapore", 8),
    ("PRC", 8),
    ("Asia/Urumqi", 6),
];

impl Zone {
    /// Where instants belong whose file names no zone: the courts' own.
    pub(super) const COURT: Self = Self::Ahead(8 * 3600);

    /// Reads `+08:00`, `+0800`, `+08` or the name of a zone without summer time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let sign = match text.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return NAMED.iter().find(|(name, _)| *name == text).map(|(_, hours)| Self::Ahead(hours * 3600)),
        };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = digits.split_at_checked(2)?;
        let minutes = if minutes.is_empty() { "0" } else { minutes };
        Some(Self::Ahead(sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60)))
    }
}

/// What writes the value of a row.
pub(super) type Writer<'a> = Box<dyn Fn(usize) -> String + 'a>;

/// The values of an array as texts; `None` for lists, structs and whatever else holds no single values.
pub(super) fn cells(array: &dyn Array, zone: Zone) -> Option<Writer<'_>> {
    match array.dtype() {
        ArrowDataType::Null => Some(Box::new(|_| String::new())),
        ArrowDataType::Boolean => text(downcast::<BooleanArray>(array)?, |array, row| array.value(row).to_string()),
        ArrowDataType::Int8 => each(array, |value: i8| value.to_string()),
        ArrowDataType::Int16 => each(array, |value: i16| value.to_string()),
        ArrowDataType::Int32 => each(array, |value: i32| value.to_string()),
        ArrowDataType::Int64 => each(array, |value: i64| value.to_string()),
        ArrowDataType::UInt8 => each(array, |value: u8| value.to_string()),
        ArrowDataType::UInt16 => each(array, |value: u16| value.to_string()),
        ArrowDataType::UInt32 => each(array, |value: u32| value.to_string()),
        ArrowDataType::UInt64 => each(array, |value: u64| value.to_string()),
        // Each through its own shortest text, so that 0.29 stays 0.29.
        ArrowDataType::Float32 => each(array, |value: f32| value.to_string()),
        ArrowDataType::Float64 => each(array, |value: f64| value.to_string()),
        ArrowDataType::Decimal(_, scale) => {
            let scale = *scale;
            each(array, move |value: i128| decimal(value, scale))
        }
        ArrowDataType::Date32 => each(array, |value: i32| day(i64::from(value))),
        ArrowDataType::Timestamp(unit, _) => {
            let (unit, ahead) = (per_second(*unit), if let Zone::Ahead(seconds) = zone { seconds } else { 0 });
            each(array, move |value: i64| moment(value.div_euclid(unit).saturating_add(ahead)))
        }
        ArrowDataType::Time32(unit) => {
            let unit = per_second(*unit);
            each(array, move |value: i32| clock(i64::from(value).div_euclid(unit)))
        }
        ArrowDataType::Time64(unit) => {
            let unit = per_second(*unit);
            each(array, move |value: i64| clock(value.div_euclid(unit)))
        }
        ArrowDataType::Utf8View => text(downcast::<Utf8ViewArray>(array)?, |array, row| array.value(row).to_owned()),
        ArrowDataType::BinaryView => text(downcast::<BinaryViewArray>(array)?, |array, row| {
            String::from_utf8_lossy(array.value(row)).into_owned()
        }),
        ArrowDataType::FixedSizeBinary(_) => text(downcast::<FixedSizeBinaryArray>(array)?, |array, row| {
            String::from_utf8_lossy(array.value(row)).into_owned()
        }),
        _ => None,
    }
}

fn downcast<T: 'static>(array: &dyn Array) -> Option<&T> {
    array.as_any().downcast_ref()
}

fn text<'a, A>(array: &'a A, write: impl Fn(&A, usize) -> String + 'a) -> Option<Writer<'a>> {
    Some(Box::new(move |row| write(array, row)))
}

fn each<'a, T: NativeType>(array: &'a dyn Array, write: impl Fn(T) -> String + 'a) -> Option<Writer<'a>> {
    let values = downcast::<PrimitiveArray<T>>(array)?.values().as_slice();
    Some(Box::new(move |row| values.get(row).map(|value| write(*value)).unwrap_or_default()))
}

const fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

fn day(number: i64) -> String {
    let day = i32::try_from(number).ok().and_then(Day::from_number);
    day.map_or_else(|| number.to_string(), |day| day.to_string())
}

/// The day, and the time of it unless that is midnight.
fn moment(seconds: i64) -> String {
    let (number, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    if second == 0 { day(number) } else { format!("{} {}", day(number), clock(second)) }
}

fn clock(second: i64) -> String {
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Digits with a point before the last `scale`; zeros after it say nothing.
fn decimal(value: i128, scale: usize) -> String {
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs().to_string());
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_exactly() {
        assert_eq!(
            (decimal(12345, 2), decimal(-5, 3), decimal(50_000, 2)),
            ("123.45".into(), "-0.005".into(), "500".into())
        );
        assert_eq!((moment(0), moment(86_399)), ("1970-01-01".to_owned(), "1970-01-01 23:59:59".to_owned()));
        assert_eq!(moment(1_517_414_400 + 8 * 3600), "2018-02-01");
        assert_eq!(day(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn zones_have_one_clock_or_are_unknown() {
        for (text, hours) in [("+08:00", 8), ("+0800", 8), ("-05", -5), ("UTC", 0), ("Asia/Shanghai", 8)] {
            assert_eq!(Zone::parse(text), Some(Zone::Ahead(hours * 3600)), "{text}");
        }
        assert_eq!((Zone::parse("America/New_York"), Zone::parse(""), Zone::parse("+x")), (None, None, None));
    }
}
