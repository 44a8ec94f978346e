//! Values of workbook cells, with the pitfalls of spreadsheets (serial days, fifteen digits, formulas).
//!
//! | in the workbook | what it becomes |
//! |---|---|
//! | a number of up to fifteen digits | an integer or a number |
//! | a whole number of more digits | a value that cannot be read: its last digits became zeros |
//! | a day | the day; a time of day is dropped |
//! | a length of time | a value that cannot be read |
//! | `#N/A` and other errors | a value that cannot be read |
//! | a formula with its saved value | the value |

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

use crate::domain::Day;
use crate::ingest::refusal::Reason;
use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::{Odd, Value};

/// Excel keeps fifteen digits of a number.
const DIGITS: f64 = 1e15;
/// The serial number of the day after the last, 9999-12-31.
const DAYS: f64 = 2_958_466.0;

pub(super) fn of_ref(value: DataRef<'_>) -> Value<'static> {
    match value {
        DataRef::Empty => Ok(Cell::Null),
        DataRef::Int(number) => Ok(Cell::Int(number)),
        DataRef::Float(number) => of_number(number),
        DataRef::String(text) => Ok(Cell::Text(text.into())),
        DataRef::SharedString(text) => Ok(Cell::Text(text.to_owned().into())),
        DataRef::Bool(flag) => Ok(Cell::Flag(flag)),
        DataRef::DateTime(moment) => of_moment(moment),
        DataRef::DateTimeIso(text) => Ok(of_iso(text)),
        DataRef::DurationIso(text) => Ok(Cell::Text(text.into())),
        DataRef::Error(error) => Err(of_error(&error)),
    }
}

pub(super) fn of_data(value: &Data) -> Value<'static> {
    match value {
        Data::Empty => Ok(Cell::Null),
        Data::Int(number) => Ok(Cell::Int(*number)),
        Data::Float(number) => of_number(*number),
        Data::String(text) => Ok(Cell::Text(text.clone().into())),
        Data::Bool(flag) => Ok(Cell::Flag(*flag)),
        Data::DateTime(moment) => of_moment(*moment),
        Data::DateTimeIso(text) => Ok(of_iso(text.clone())),
        Data::DurationIso(text) => Ok(Cell::Text(text.clone().into())),
        Data::Error(error) => Err(of_error(error)),
    }
}

/// A formula whose value was never computed.
pub(super) fn of_formula() -> Value<'static> {
    let unknown = (Reason::Formula, "a formula without its value", "a value: open the workbook, compute and save it");
    Err(Odd::new("", unknown))
}

fn of_number(number: f64) -> Value<'static> {
    let is_whole = number.fract() == 0.0;
    if is_whole && number.abs() >= DIGITS {
        let cut = (Reason::Inexact, "a number of more than fifteen digits, of which fifteen are kept", "text");
        return Err(Odd::new(number.to_string(), cut));
    }
    match number.to_string().parse() {
        Ok(integer) if is_whole => Ok(Cell::Int(integer)),
        _ => Ok(Cell::Number(number)),
    }
}

/// The day of a serial number; within the first day, a time of day.
fn of_moment(moment: ExcelDateTime) -> Value<'static> {
    let serial = moment.as_f64();
    if moment.is_duration() || !(0.0..DAYS).contains(&serial) {
        let none = (Reason::Day, "a length of time, or a day out of all calendars", "a day");
        return Err(Odd::new(serial.to_string(), none));
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if serial < 1.0 {
        return Ok(Cell::Text(format!("{hour:02}:{minute:02}:{second:02}").into()));
    }
    match Day::new(year.into(), month.into(), day.into()) {
        Some(day) => Ok(Cell::Day(day.number())),
        None => Err(Odd::new(serial.to_string(), (Reason::Day, "29 February 1900", "a day of the calendar"))),
    }
}

fn of_iso(text: String) -> Cell<'static> {
    match text.get(..10).and_then(|day| Day::parse(day).ok()) {
        Some(day) => Cell::Day(day.number()),
        None => Cell::Text(text.into()),
    }
}

fn of_error(error: &CellErrorType) -> Box<Odd<'static>> {
    let shown = error.to_string();
    Odd::new(shown.clone(), (Reason::Type, &format!("the error {shown}"), "a value"))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_are_whole_where_they_are_and_refused_where_they_were_cut() {
        assert_eq!(of_number(500_000.0).unwrap(), Cell::Int(500_000));
        assert_eq!(of_number(0.29).unwrap(), Cell::Number(0.29));
        assert_eq!(of_number(320_106_198_706_150_217.0).unwrap_err().fault.reason, Reason::Inexact);
    }

    #[test]
    fn serials_are_days_of_either_epoch() {
        let day = |serial, is_1904| of_moment(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904));
        let february = Cell::Day(Day::new(2018, 2, 1).unwrap().number());
        assert_eq!(day(43_132.0, false).unwrap(), february);
        assert_eq!(day(43_132.99, false).unwrap(), february);
        assert_eq!(day(43_132.0 - 1_462.0, true).unwrap(), february);
        assert_eq!(day(0.5, false).unwrap(), Cell::Text("12:00:00".into()));
        assert!(day(60.0, false).is_err() && day(-1.0, false).is_err() && day(3e6, false).is_err());
        assert_eq!(of_iso("2018-02-01T23:00:00".to_owned()), february);
        assert_eq!(of_iso("soon".to_owned()), Cell::Text("soon".into()));
    }
}
