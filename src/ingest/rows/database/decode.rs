//! Values as PostgreSQL sends them.
//!
//! The binary form is asked for where it says exactly what is meant (numbers, days, instants), and text
//! where it is the safer one (`numeric`, `money`). Types that no column of a table holds, such as arrays,
//! are told as such and refuse a row only where a rule reads them.

use postgres::types::{FromSql, Kind, Type};

use super::quoted;
use super::text::of_bytes;
use crate::domain::Day;
use crate::ingest::refusal::Reason;
use crate::ingest::rows::odd::{Odd, Value};
use crate::ingest::rows::{Cell, Zone};

type BoxedError = Box<dyn std::error::Error + Sync + Send>;

/// What a column's values are, and how they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Flag,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Date,
    /// A clock's time.
    Timestamp,
    /// An instant.
    Instant,
    /// A number of as many digits as it has.
    Decimal,
    Money,
    Bytes,
    Text,
    /// Nothing that a column of a table holds, and what it is.
    Odd(&'static str),
}

impl Sent {
    pub(super) fn from_type(kind: &Type) -> Self {
        match *kind {
            Type::BOOL => Self::Flag,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID => Self::Oid,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::DATE => Self::Date,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::Instant,
            Type::NUMERIC => Self::Decimal,
            Type::MONEY => Self::Money,
            Type::BYTEA => Self::Bytes,
            Type::JSON | Type::JSONB => Self::Odd("a json document"),
            _ => match kind.kind() {
                Kind::Array(_) => Self::Odd("a list"),
                Kind::Composite(_) => Self::Odd("a struct"),
                Kind::Range(_) | Kind::Multirange(_) => Self::Odd("a range"),
                _ => Self::Text,
            },
        }
    }

    /// How the server is to send the column, no longer than `most` bytes allow.
    pub(super) fn asked(self, column: &str, most: usize) -> String {
        let (name, more) = (quoted(column), most.saturating_add(1));
        let asked = match self {
            Self::Text | Self::Odd(_) => format!("left({name}::text, {more})"),
            Self::Decimal => format!("{name}::text"),
            Self::Money => format!("{name}::numeric::text"),
            Self::Bytes => format!("substring({name} from 1 for {more})"),
            _ => return name,
        };
        format!("{asked} as {name}")
    }

    /// The value of these bytes.
    pub(super) fn read(self, bytes: &[u8], (zone, most): (Zone, usize)) -> Value<'static> {
        self.fixed(bytes, zone).unwrap_or_else(|| match self {
            Self::Decimal | Self::Money => of_bytes(bytes, most).map(decimal),
            Self::Odd(found) => {
                let shown = String::from_utf8_lossy(bytes).into_owned();
                Err(Odd::new(shown, (Reason::Type, found, "one value: a number, a text, a day or a flag")))
            }
            _ => of_bytes(bytes, most),
        })
    }

    /// The value of a type of so many bytes; nothing for the others.
    fn fixed(self, bytes: &[u8], zone: Zone) -> Option<Value<'static>> {
        Some(match self {
            Self::Flag => Ok(Cell::Flag(bytes.first()? != &0)),
            Self::Int2 => Ok(Cell::Int(i16::from_be_bytes(bytes.try_into().ok()?).into())),
            Self::Int4 => Ok(Cell::Int(i32::from_be_bytes(bytes.try_into().ok()?).into())),
            Self::Int8 => Ok(Cell::Int(i64::from_be_bytes(bytes.try_into().ok()?))),
            Self::Oid => Ok(Cell::Int(u32::from_be_bytes(bytes.try_into().ok()?).into())),
            Self::Float4 => short(f32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Float8 => Ok(Cell::Number(f64::from_be_bytes(bytes.try_into().ok()?))),
            Self::Date => day(i64::from(i32::from_be_bytes(bytes.try_into().ok()?)).checked_add(SINCE_1970)),
            Self::Timestamp => stamp(bytes, Zone::Local)?,
            Self::Instant => stamp(bytes, zone)?,
            _ => return None,
        })
    }
}

/// Days from 1970-01-01 to 2000-01-01, where PostgreSQL begins to count.
const SINCE_1970: i64 = 10_957;
const SECONDS: i64 = 86_400;
/// From here on a float of 32 bits skips whole numbers.
const EXACT_32: f32 = 16_777_216.0;

fn stamp(bytes: &[u8], zone: Zone) -> Option<Value<'static>> {
    let micros = i64::from_be_bytes(bytes.try_into().ok()?);
    let seconds = micros.div_euclid(1_000_000).checked_add(SINCE_1970 * SECONDS);
    Some(day(seconds.and_then(|seconds| zone.day(seconds)).map(i64::from)))
}

/// `infinity` and its like are days of no calendar.
fn day(number: Option<i64>) -> Value<'static> {
    let number =
        number.and_then(|number| i32::try_from(number).ok()).filter(|number| Day::from_number(*number).is_some());
    number.map(Cell::Day).ok_or_else(|| Odd::new("", (Reason::Day, "infinity, or a day out of all calendars", "a day")))
}

/// Through its own shortest text, so that 0.29 stays 0.29.
fn short(value: f32) -> Value<'static> {
    let text = value.to_string();
    if value.abs() >= EXACT_32 {
        let found = "a 32-bit number of more digits than it keeps";
        return Err(Odd::new(text, (Reason::Inexact, found, "a number below 16777216, or another type")));
    }
    Ok(text.parse().map_or(Cell::Null, Cell::Number))
}

/// Zeros after the point say nothing.
fn decimal(cell: Cell<'static>) -> Cell<'static> {
    let Cell::Text(text) = &cell else { return cell };
    if !text.contains('.') {
        return text.parse().map_or_else(|_| cell.clone(), Cell::Int);
    }
    Cell::Text(text.trim_end_matches('0').trim_end_matches('.').to_owned().into())
}

/// The bytes of a value, of whatever type.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, BoxedError> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sent: Sent, bytes: &[u8]) -> Value<'static> {
        sent.read(bytes, (Zone::COURT, 40))
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(
            read(Sent::Int8, &320_106_198_706_150_217i64.to_be_bytes()).unwrap(),
            Cell::Int(320_106_198_706_150_217)
        );
        assert_eq!(read(Sent::Float4, &0.29f32.to_be_bytes()).unwrap(), Cell::Number(0.29));
        assert_eq!(read(Sent::Float4, &2e7f32.to_be_bytes()).unwrap_err().fault.reason, Reason::Inexact);
        assert_eq!(read(Sent::Decimal, b"123.4500").unwrap(), Cell::Text("123.45".into()));
        assert_eq!(read(Sent::Decimal, b"500.00").unwrap(), Cell::Text("500".into()));
        assert_eq!(read(Sent::Decimal, b"320106198706150217").unwrap(), Cell::Int(320_106_198_706_150_217));
        let long = "123456789012345678901234567890";
        assert_eq!(read(Sent::Decimal, long.as_bytes()).unwrap(), Cell::Text(long.into()));
    }

    #[test]
    fn the_day_of_an_instant_is_the_zones_and_that_of_a_clock_its_own() {
        let february = Cell::Day(Day::new(2018, 2, 1).unwrap().number());
        // 2018-01-31T16:00Z.
        let micros = (1_517_414_400 - SINCE_1970 * SECONDS) * 1_000_000;
        assert_eq!(read(Sent::Instant, &micros.to_be_bytes()).unwrap(), february);
        assert_ne!(read(Sent::Timestamp, &micros.to_be_bytes()).unwrap(), february);
        assert_eq!(read(Sent::Date, &(17_563i32 - 10_957).to_be_bytes()).unwrap(), february);
        for (sent, bytes) in [(Sent::Date, &i32::MAX.to_be_bytes()[..]), (Sent::Instant, &i64::MIN.to_be_bytes())] {
            assert_eq!(read(sent, bytes).unwrap_err().fault.reason, Reason::Day);
        }
    }

    #[test]
    fn what_no_column_holds_is_odd_and_long_text_is_cut_by_the_server() {
        assert_eq!(Sent::from_type(&Type::TEXT_ARRAY), Sent::Odd("a list"));
        assert_eq!(read(Sent::Odd("a list"), b"{1,2}").unwrap_err().fault.reason, Reason::Type);
        assert_eq!(Sent::Text.asked("证件", 9), "left(\"证件\"::text, 10) as \"证件\"");
        assert_eq!(Sent::Int4.asked("n", 9), "\"n\"");
    }
}
