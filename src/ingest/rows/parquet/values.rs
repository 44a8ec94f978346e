//! Decoded Parquet values as cells.
//!
//! Each Arrow type has one reader. A float of 32 bits goes through its own shortest text, so that 0.29
//! stays 0.29 and does not become 0.28999999165534973; decimals keep all their digits.

use chrono::NaiveTime;
use polars_arrow::array::{Array, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::{NativeType, i256};

use super::column::Meaning;
use crate::ingest::refusal::{Reason, escaped};
use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::{Odd, Value};

/// From here on a float of 32 bits skips whole numbers.
const EXACT_32: f32 = 16_777_216.0;

/// Texts that are UTF-8 throughout, as nearly all are, need no look at each of them.
pub(super) fn checked(array: Box<dyn Array>) -> Box<dyn Array> {
    match downcast::<BinaryViewArray>(array.as_ref()).map(BinaryViewArray::to_utf8view) {
        Some(Ok(texts)) => texts.boxed(),
        _ => array,
    }
}

/// The values of a column, as cells.
pub(super) struct Values<'a> {
    array: &'a dyn Array,
    read: Reader<'a>,
}

impl<'a> Values<'a> {
    pub(super) fn new(array: &'a dyn Array, meaning: &Meaning) -> Self {
        Self { array, read: reader(array, meaning) }
    }

    pub(super) fn cell(&self, row: usize) -> Value<'a> {
        if self.array.is_null(row) { Ok(Cell::Null) } else { (self.read)(row) }
    }
}

type Reader<'a> = Box<dyn Fn(usize) -> Value<'a> + 'a>;

fn reader<'a>(array: &'a dyn Array, meaning: &Meaning) -> Reader<'a> {
    let kind = array.dtype();
    let read = match kind {
        _ if *meaning == Meaning::Span => None,
        ArrowDataType::Boolean => downcast::<BooleanArray>(array).map(flags),
        ArrowDataType::Int8 => each(array, |value: i8| Ok(Cell::Int(value.into()))),
        ArrowDataType::Int16 => each(array, |value: i16| Ok(Cell::Int(value.into()))),
        ArrowDataType::Int32 => each(array, |value: i32| Ok(Cell::Int(value.into()))),
        ArrowDataType::Int64 => each(array, |value: i64| Ok(Cell::Int(value))),
        ArrowDataType::UInt8 => each(array, |value: u8| Ok(Cell::Int(value.into()))),
        ArrowDataType::UInt16 => each(array, |value: u16| Ok(Cell::Int(value.into()))),
        ArrowDataType::UInt32 => each(array, |value: u32| Ok(Cell::Int(value.into()))),
        ArrowDataType::UInt64 => each(array, |value: u64| {
            Ok(i64::try_from(value).map_or_else(|_| Cell::Text(value.to_string().into()), Cell::Int))
        }),
        ArrowDataType::Float32 => each(array, short),
        ArrowDataType::Float64 => each(array, |value: f64| Ok(Cell::Number(value))),
        ArrowDataType::Date32 => each(array, |value: i32| Ok(Cell::Day(value))),
        ArrowDataType::Timestamp(unit, _) => stamps(array, *unit, meaning),
        ArrowDataType::Time32(unit) => {
            let unit = *unit;
            each(array, move |value: i32| Ok(clock(value.into(), unit)))
        }
        ArrowDataType::Time64(unit) => {
            let unit = *unit;
            each(array, move |value: i64| Ok(clock(value, unit)))
        }
        ArrowDataType::Decimal(_, scale) => {
            let scale = *scale;
            each(array, move |value: i128| Ok(decimal(value.to_string(), scale)))
        }
        ArrowDataType::Decimal256(_, scale) => {
            let scale = *scale;
            each(array, move |value: i256| Ok(decimal(value.0.to_string(), scale)))
        }
        ArrowDataType::Utf8View => downcast::<Utf8ViewArray>(array)
            .map(|array| Box::new(move |row| Ok(Cell::piece(array.value(row)))) as Reader<'a>),
        ArrowDataType::BinaryView => {
            downcast::<BinaryViewArray>(array).map(|array| Box::new(move |row| text(array.value(row))) as Reader<'a>)
        }
        ArrowDataType::FixedSizeBinary(_) => {
            let meaning = meaning.clone();
            downcast::<FixedSizeBinaryArray>(array)
                .map(|array| Box::new(move |row| fixed(array.value(row), &meaning)) as Reader<'a>)
        }
        _ => None,
    };
    read.unwrap_or_else(|| shown(array, meaning))
}

fn downcast<T: 'static>(array: &dyn Array) -> Option<&T> {
    array.as_any().downcast_ref()
}

fn flags(array: &BooleanArray) -> Reader<'_> {
    Box::new(|row| Ok(Cell::Flag(array.value(row))))
}

fn each<'a, T: NativeType>(array: &'a dyn Array, read: impl Fn(T) -> Value<'a> + 'a) -> Option<Reader<'a>> {
    let array = downcast::<PrimitiveArray<T>>(array)?;
    let values = array.values().as_slice();
    Some(Box::new(move |row| values.get(row).map_or(Ok(Cell::Null), |value| read(*value))))
}

/// Through its own shortest text, so that 0.29 stays 0.29.
fn short<'a>(value: f32) -> Value<'a> {
    let text = value.to_string();
    if value.abs() >= EXACT_32 {
        let found = "a 32-bit number of more digits than it keeps";
        return Err(Odd::new(text, (Reason::Inexact, found, "a number below 16777216, or another type")));
    }
    Ok(text.parse().map_or(Cell::Null, Cell::Number))
}

fn stamps<'a>(array: &'a dyn Array, unit: TimeUnit, meaning: &Meaning) -> Option<Reader<'a>> {
    let per_second = per_second(unit);
    let zone = match meaning {
        Meaning::Stamp(zone) | Meaning::Bare(zone) => Some(*zone),
        _ => None,
    };
    each(array, move |value: i64| match zone {
        Some(zone) => zone.day(value.div_euclid(per_second)).map(Cell::Day).ok_or_else(|| {
            Odd::new(value.to_string(), (Reason::Day, "an instant out of all years", "a day of these centuries"))
        }),
        None => Err(Odd::new(value.to_string(), (Reason::Day, "an instant in an unknown zone", "a known zone"))),
    })
}

const fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A time of day.
fn clock<'a>(value: i64, unit: TimeUnit) -> Cell<'a> {
    let (seconds, part) = (value.div_euclid(per_second(unit)), value.rem_euclid(per_second(unit)));
    let nanoseconds = part * (1_000_000_000 / per_second(unit));
    let time = u32::try_from(seconds).ok().zip(u32::try_from(nanoseconds).ok());
    let time = time.and_then(|(seconds, part)| NaiveTime::from_num_seconds_from_midnight_opt(seconds, part));
    Cell::Text(time.map_or_else(|| value.to_string(), |time| time.to_string()).into())
}

/// Digits with a point before the last `scale`; zeros after it say nothing.
fn decimal<'a>(digits: String, scale: usize) -> Cell<'a> {
    if scale == 0 {
        return digits.parse().map_or_else(|_| Cell::Text(digits.into()), Cell::Int);
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    Cell::Text(format!("{sign}{whole}{point}{part}").into())
}

fn text(bytes: &[u8]) -> Value<'_> {
    let none = (Reason::Encoding, "bytes that are not utf-8", "text in utf-8");
    std::str::from_utf8(bytes).map(Cell::piece).map_err(|_| Odd::new(escaped(bytes), none))
}

fn fixed<'a>(bytes: &'a [u8], meaning: &Meaning) -> Value<'a> {
    match (meaning, bytes) {
        (Meaning::Uuid, _) => Ok(Cell::Text(uuid(bytes).into())),
        (Meaning::Half, [low, high]) => Ok(Cell::Number(half(u16::from_le_bytes([*low, *high])))),
        _ => text(bytes),
    }
}

/// A float of 1 bit of sign, 5 of exponent and 10 of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 0 { size } else { -size }
}

fn uuid(bytes: &[u8]) -> String {
    let dash = |at: usize| if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
    bytes.iter().enumerate().map(|(at, byte)| format!("{}{byte:02x}", dash(at))).collect()
}

/// Values of other types, which no column of a table holds.
fn shown<'a>(array: &'a dyn Array, meaning: &Meaning) -> Reader<'a> {
    let found = match array.dtype() {
        _ if *meaning == Meaning::Span => "a length of time",
        ArrowDataType::List(_) | ArrowDataType::LargeList(_) | ArrowDataType::FixedSizeList(..) => "a list",
        ArrowDataType::Struct(_) => "a struct",
        ArrowDataType::Map(..) => "a map",
        _ => "a value of a type that no table has",
    };
    Box::new(move |row| {
        let shown = format!("{:?}", array.sliced(row, 1));
        Err(Odd::new(shown, (Reason::Type, found, "one value: a number, a text, a day or a flag")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_lose_idle_zeros() {
        let text = |digits: &str, scale| decimal(digits.to_owned(), scale).text().unwrap().into_owned();
        assert_eq!(text("12345", 2), "123.45");
        assert_eq!(text("-5", 3), "-0.005");
        assert_eq!(text("50000", 2), "500");
        assert_eq!(text("320106198706150217", 0), "320106198706150217");
        assert_eq!(text("12345678901234567890123456789", 1), "1234567890123456789012345678.9");
        assert_eq!(decimal("7".to_owned(), 0), Cell::Int(7));
    }

    #[test]
    fn short_floats_keep_their_text_and_long_ones_are_odd() {
        assert_eq!(short(0.29).ok().unwrap(), Cell::Number(0.29));
        assert_eq!(short(20_000_000.0).err().unwrap().fault.reason, Reason::Inexact);
        assert!(short(f32::NAN).is_ok());
    }

    #[test]
    fn times_and_uuids_are_texts() {
        assert_eq!(clock(3_661_500, TimeUnit::Millisecond), Cell::Text("01:01:01.500".into()));
        assert_eq!(clock(-1, TimeUnit::Second), Cell::Text("-1".into()));
        assert_eq!(uuid(&[0x12; 16]), "12121212-1212-1212-1212-121212121212");
    }

    #[test]
    fn half_floats_are_what_they_say() {
        assert_eq!(
            [0x4700, 0xC000, 0x3555, 0x0001, 0x0000].map(half),
            [7.0, -2.0, 0.333_251_953_125, 2f64.powi(-24), 0.0]
        );
        assert!(half(0x7C00).is_infinite() && half(0x7E00).is_nan());
    }

    #[test]
    fn texts_are_checked_at_once_and_a_bad_one_spoils_no_other() {
        let long = "a text of more than twelve bytes";
        let read = |values: [Option<&[u8]>; 3]| {
            let array = checked(BinaryViewArray::from_slice(values).boxed());
            let cells = Values::new(array.as_ref(), &Meaning::Plain);
            let cell = |row| cells.cell(row).ok().map(|cell| cell.text().map(|text| text.into_owned()));
            (array.dtype().clone(), [0, 1, 2].map(cell))
        };
        let (kind, cells) = read([Some("张伟".as_bytes()), None, Some(long.as_bytes())]);
        assert_eq!(kind, ArrowDataType::Utf8View);
        assert_eq!(cells, [Some(Some("张伟".to_owned())), Some(None), Some(Some(long.to_owned()))]);
        let (kind, cells) = read([Some(b"\xff"), None, Some(long.as_bytes())]);
        assert_eq!(kind, ArrowDataType::BinaryView);
        assert_eq!(cells, [None, Some(None), Some(Some(long.to_owned()))]);
    }
}
