//! Day patterns, compiled for speed where they have fixed width.
//!
//! Days are the most frequent values of the sources: each row has two or more. A pattern of fixed-width
//! numbers (`%Y%m%d`) is read byte by byte; anything else is left to chrono and reads the same days.

use super::written_day;
use crate::domain::{Day, without_point};
use crate::ingest::mapping::EXCEL;

/// A pattern of days, compiled where it consists of fixed-width numbers and plain characters.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct DayPattern {
    text: String,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// Year first, in any of the usual ways.
    YearFirst,
    Iso(Vec<Step>),
    Steps(Vec<Step>),
    /// The day that a spreadsheet counts from.
    Serial(Day),
    /// Left to chrono.
    General,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Year,
    YearOfCentury,
    Month,
    Day,
    /// A part of the time of day and one more than its largest value.
    Time(u32),
    Literal(u8),
}

impl DayPattern {
    pub(in crate::ingest) fn new(pattern: &str) -> Self {
        let [since_1900, since_1904] = EXCEL;
        let form = match steps(pattern) {
            _ if pattern == since_1900 => Day::new(1899, 12, 31).map(Form::Serial),
            _ if pattern == since_1904 => Day::new(1904, 1, 1).map(Form::Serial),
            Some(steps) if pattern == "%Y-%m-%d" => Some(Form::Iso(steps)),
            Some(steps) => Some(Form::Steps(steps)),
            None => None,
        };
        Self { text: pattern.to_owned(), form: form.unwrap_or(Form::General) }
    }

    /// Days as they are written where nothing is declared.
    pub(in crate::ingest) fn usual() -> Self {
        Self { text: "YYYY-MM-DD, YYYY/M/D, YYYY年M月D日 or YYYYMMDD".to_owned(), form: Form::YearFirst }
    }

    /// The day that `text` writes in this pattern.
    pub(in crate::ingest) fn read(&self, text: &str) -> Option<Day> {
        match &self.form {
            Form::YearFirst => iso(text.as_bytes()).or_else(|| written_day::year_first(text)),
            Form::Iso(steps) => iso(text.as_bytes()).or_else(|| read(steps, text.as_bytes())),
            Form::Steps(steps) => {
                read(steps, text.as_bytes()).or_else(|| read(steps, floated(steps, text)?.as_bytes()))
            }
            Form::Serial(first) => written_day::serial(text, *first),
            Form::General => Day::parse_with(text, &self.text),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

fn steps(pattern: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut bytes = pattern.bytes();
    while let Some(byte) = bytes.next() {
        let step = match byte {
            b'%' => match bytes.next()? {
                b'Y' => Step::Year,
                b'y' => Step::YearOfCentury,
                b'm' => Step::Month,
                b'd' => Step::Day,
                b'H' => Step::Time(24),
                b'M' => Step::Time(60),
                // A leap second is the sixty-first.
                b'S' => Step::Time(61),
                _ => return None,
            },
            // White space stands for any amount of it in these patterns: left to the general reader.
            byte if byte.is_ascii_whitespace() && byte != b' ' => return None,
            byte => Step::Literal(byte),
        };
        steps.push(step);
    }
    let count = |wanted: fn(&Step) -> bool| steps.iter().filter(|step| wanted(step)).count();
    let once = count(|s| matches!(s, Step::Year | Step::YearOfCentury)) == 1
        && count(|s| matches!(s, Step::Month)) == 1
        && count(|s| matches!(s, Step::Day)) == 1;
    once.then_some(steps)
}

/// The usual form of ten characters, quickly.
fn iso(bytes: &[u8]) -> Option<Day> {
    let &[m, c, y, u, b'-', a, b, b'-', d, e] = bytes else { return None };
    let digits = [m, c, y, u, a, b, d, e].map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let [m, c, y, u, a, b, d, e] = digits;
    let is_number = digits.iter().all(|digit| *digit < 10);
    let year = i32::try_from(m * 1000 + c * 100 + y * 10 + u).ok()?;
    is_number.then(|| Day::new(year, a * 10 + b, d * 10 + e))?
}

fn read(steps: &[Step], bytes: &[u8]) -> Option<Day> {
    let (mut year, mut month, mut day) = (0, 0, 0);
    let mut rest = bytes;
    let is_number =
        |at: Option<usize>| at.and_then(|at| steps.get(at)).is_some_and(|step| !matches!(step, Step::Literal(_)));
    for (at, step) in steps.iter().enumerate() {
        // Of numbers without a mark between them only full ones are told apart.
        let least = if is_number(at.checked_sub(1)) || is_number(Some(at + 1)) { 2 } else { 1 };
        match step {
            Step::Literal(expected) => {
                let (first, tail) = rest.split_first()?;
                if first != expected {
                    return None;
                }
                rest = tail;
            }
            Step::Year => year = i32::try_from(number(&mut rest, (4, 4))?).ok()?,
            Step::YearOfCentury => {
                let short = i32::try_from(number(&mut rest, (2, 2))?).ok()?;
                // The century as POSIX has it: 69 to 99 are of the twentieth.
                year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            Step::Month => month = number(&mut rest, (least, 2))?,
            Step::Day => day = number(&mut rest, (least, 2))?,
            Step::Time(limit) => {
                number(&mut rest, (least, 2)).filter(|part| part < limit)?;
            }
        }
    }
    if rest.is_empty() { Day::new(year, month, day) } else { None }
}

/// A day of digits alone that went through a column of floats, without what that put behind it. A zero in front is lost
/// there, so only a text of full length is one.
fn floated<'t>(steps: &[Step], text: &'t str) -> Option<&'t str> {
    let width = |step: &Step| match step {
        Step::Literal(_) => None,
        Step::Year => Some(4),
        _ => Some(2),
    };
    let full: usize = steps.iter().map(width).sum::<Option<usize>>()?;
    let whole = without_point(text);
    (whole.len() == full && whole.len() < text.len()).then_some(whole)
}

/// As many digits as there are within the bounds.
fn number(rest: &mut &[u8], (least, most): (usize, usize)) -> Option<u32> {
    let digits = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if digits < least {
        return None;
    }
    let (head, tail) = rest.split_at_checked(digits)?;
    *rest = tail;
    Some(head.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_patterns_seen_in_sources() {
        let read = |pattern: &str, text: &str| DayPattern::new(pattern).read(text);
        assert_eq!(read("%y%m%d", "930705"), Day::new(1993, 7, 5));
        assert_eq!(read("%y%m%d %H:%M:%S", "931107 00:00:00"), Day::new(1993, 11, 7));
        assert_eq!(read("%Y/%m/%d", "2017/7/18"), Day::new(2017, 7, 18));
        assert_eq!(read("%Y年%m月%d日", "2017年7月18日"), Day::new(2017, 7, 18));
        assert_eq!(read("%Y%m%d%H%M%S", "20170718235959"), Day::new(2017, 7, 18));
        assert_eq!(read("%d-%b-%Y", "18-Jul-2017"), Day::new(2017, 7, 18), "left to chrono");
        assert_eq!(read("%y%m%d", "930705.0"), Day::new(1993, 7, 5));
        assert_eq!(read("%d%m%Y", "18072017.00"), Day::new(2017, 7, 18));
        assert_eq!(read("%d.%m.%Y", "1.7.2018"), Day::new(2018, 7, 1));
        for (pattern, text) in [
            ("%y%m%d", "931305"),
            ("%Y-%m-%d", "2017-02-29"),
            ("%Y%m%d", "20170718x"),
            ("%Y", "2017"),
            ("%y%m%d", "50111"),
            ("%y%m%d", "50111.0"),
            ("%Y%m%d", "2017111"),
            ("%d%m%Y", "1072018"),
            ("%d.%m.%Y", "1.7.2018.0"),
        ] {
            assert_eq!(read(pattern, text), None, "{pattern} {text}");
        }
    }

    proptest! {
        /// What the quick reader takes, chrono takes alike.
        #[test]
        fn agrees_with_chrono(
            pattern in "(%Y|%y)[-/.]?%m[-/.]?%d( %H:%M(:%S)?)?",
            text in "[0-9]{2,4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,2}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?",
        ) {
            let quick = DayPattern::new(&pattern);
            prop_assert!(matches!(quick.form, Form::Iso(_) | Form::Steps(_)));
            if let Some(day) = quick.read(&text) {
                prop_assert_eq!(Day::parse_with(&text, &pattern), Some(day));
            }
        }
    }
}
