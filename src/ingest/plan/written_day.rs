//! Days as people and spreadsheets write them.
//!
//! Year first, in whatever dress: `2017-07-18`, `2017/7/18`, `2017年7月18日`, `20170718`, with a time and a
//! zone behind it or without. The day is the one that is written, the zone's own; no clock is asked. Which
//! of `03/04/2017` is the month is never guessed.

use crate::domain::{Day, undressed, without_point};

/// A day written year first, with or without a time and a zone: the day is the one that is written, the zone's own.
pub(super) fn year_first(text: &str) -> Option<Day> {
    let text = undressed(text);
    let (year, rest) = digits(&text, 4)?;
    let year = i32::try_from(year).ok()?;
    let Some(mark) = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.' | '年')) else {
        return compact(year, rest);
    };
    let (month, rest) = digits(rest.get(mark.len_utf8()..)?.trim_start(), 2)?;
    let rest = rest.strip_prefix(if mark == '年' { '月' } else { mark })?;
    let (day, rest) = digits(rest.trim_start(), 2)?;
    let rest = if mark == '年' { rest.strip_prefix(['日', '号'])? } else { rest };
    let is_whole = rest.is_empty() || (mark == '年' || rest.starts_with([' ', 'T', 't'])) && is_time(rest);
    is_whole.then(|| Day::new(year, month, day))?
}

/// `20170718`, with a time as `20170718235959`, or with `.0` behind it when it went through a
/// column of floats. Of seven digits nobody knows whether the month or the day has one.
fn compact(year: i32, rest: &str) -> Option<Day> {
    let rest = without_point(rest);
    let (month, rest) = two_digits(rest)?;
    let (day, rest) = two_digits(rest)?;
    let is_time = rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_digit()) && rest < "240000";
    let is_whole =
        rest.is_empty() || is_time || rest.starts_with([' ', 'T']) && (self::is_time(rest) || is_compact_time(rest));
    (is_whole && (1900..=2100).contains(&year)).then(|| Day::new(year, month, day))?
}

/// Hours and minutes, perhaps seconds, a fraction and a zone.
fn is_time(text: &str) -> bool {
    let text = text.trim_start_matches([' ', 'T', 't']);
    let text = text.strip_prefix("上午").or_else(|| text.strip_prefix("下午")).unwrap_or(text);
    if let Some((clock, zone)) = ZONES.iter().find_map(|zone| text.split_once(zone)) {
        return is_time(&format!("{clock}{zone}"));
    }
    let is_mark = |c: char| matches!(c, ':' | '.' | '+' | '-' | ' ' | 'Z' | 'z' | '时' | '分' | '秒');
    let plain = text.chars().all(|c| c.is_ascii_digit() || is_mark(c)) && text.len() <= 40;
    let hour = text.split_once([':', '时']).and_then(|(hour, rest)| Some((hour.parse::<u32>().ok()?, rest)));
    plain && hour.is_some_and(|(hour, rest)| hour < 24 && rest.starts_with(['0', '1', '2', '3', '4', '5']))
}

/// Names of zones that programs write behind a time, with or without an offset.
const ZONES: [&str; 3] = ["GMT", "UTC", "CST"];

/// `000000`, perhaps with an offset behind.
fn is_compact_time(text: &str) -> bool {
    let text = text.trim_start_matches([' ', 'T']);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    text.split_at_checked(6).is_some_and(|(clock, zone)| {
        let offset = zone.trim_start().trim_start_matches(['+', '-', 'Z', 'z']);
        clock.bytes().all(|b| b.is_ascii_digit()) && clock < "240000" && digits(offset) && offset.len() <= 5
    })
}

/// Days counted by a spreadsheet from `first`; a part of a day is dropped. Counted since 1900,
/// there is a day 60 that no calendar has.
pub(super) fn serial(text: &str, first: Day) -> Option<Day> {
    let text = undressed(text);
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number: i32 = (are_digits(whole) && are_digits(part)).then(|| whole.parse().ok())??;
    let since_1900 = first.year() == 1899;
    let fits = number <= 2_958_465 && (!since_1900 || (number != 60 && number > 0));
    let days = if since_1900 && number > 60 { number - 1 } else { number };
    fits.then(|| Day::from_number(first.number() + days))?
}

/// What to declare so that a text that is no day here may become one; empty where nobody can tell.
pub(super) fn hint(text: &str) -> &'static str {
    let text = undressed(text);
    let bare = without_point(&text).trim_end_matches('月');
    if is_month(bare) {
        return "; a month has no day of its own: declare prefix = \"28 \" and date = \"%d %Y%m\", or another pattern \
                for what is written; it is not guessed";
    }
    let parts: Vec<&str> = bare.split(['/', '-', '.']).collect();
    let are_digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match lengths.as_slice() {
        _ if !are_digits => "",
        [1 | 2, 1 | 2, 4] => {
            "; declare date = \"%d/%m/%Y\" or \"%m/%d/%Y\": whether day or month comes first is not guessed"
        }
        [1 | 2, 1 | 2, 1 | 2] => "; declare date, such as \"%y/%m/%d\": the order is not guessed",
        [6] => "; declare date, such as \"%y%m%d\": the order is not guessed",
        [5] => "; for the day numbers of spreadsheets declare date = \"excel_1900\" or \"excel_1904\"",
        _ => "",
    }
}

/// Whether a text is a year of these times and a month: `201801`, `2018-01`, `2018年1`.
fn is_month(text: &str) -> bool {
    let Some((year, rest)) = digits(text, 4) else { return false };
    let marked = rest.strip_prefix(['-', '/', '.', '年']);
    let month = marked.unwrap_or(rest);
    let is_whole = matches!(month.len(), 1 | 2) && (marked.is_some() || month.len() == 2);
    let month = if month.bytes().all(|b| b.is_ascii_digit()) { month.parse().unwrap_or(0) } else { 0 };
    is_whole && (1900..=2100).contains(&year) && (1..=12).contains(&month)
}

fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (head, rest) = text.split_at_checked(2)?;
    let is_number = head.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Some((head.parse().ok()?, rest)))?
}

fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
    let n = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at_checked(n)?;
    let is_enough = n > 0 && (most == 2 || n == most);
    is_enough.then(|| Some((head.parse().ok()?, rest)))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_days_year_first() {
        let day = Day::new(2017, 7, 18);
        for text in [
            "2017-7-18",
            "2017/7/18",
            "2017/07/18",
            "2017.7.18",
            "2017年7月18日",
            "2017年07月18日",
            "2017 年 7 月 18 日".replace(' ', "").as_str(),
            "20170718",
            "20170718235959",
            "20170718.0",
            "20170718.00",
            "20170718235959.0",
            "２０１７－７－１８",
            "２０１７/７/１８",
            "'2017-7-18",
            "\u{FEFF}2017/7/18",
            "2017-07-18 00:00:00",
            "2017-07-18T23:30:00+08:00",
            "2017-07-18T23:30:00.123Z",
            "2017-07-18 23:30",
            "2017/7/18 0:00",
            "2017年7月18日12时30分",
            "2017-07-18 00:30:00 +0800",
        ] {
            assert_eq!(year_first(text), day, "{text}");
        }
        for text in [
            "",
            "03/04/2017",
            "17/7/18",
            "170718",
            "2017-13-01",
            "2017-02-29",
            "2017-7",
            "2017-7/18",
            "10101010",
            "42934",
            "2017-07-18x",
            "2017-07-18 25:00",
            "201707189",
            "2017718",
            "2017111",
            "2017111.0",
            "20170718.",
            "20170718.5",
            "20170718.0.0",
            "2017.0",
            "2017年7月18",
        ] {
            assert_eq!(year_first(text), None, "{text}");
        }
    }

    #[test]
    fn reads_the_day_numbers_of_spreadsheets() {
        let [since_1900, since_1904] = [Day::new(1899, 12, 31).unwrap(), Day::new(1904, 1, 1).unwrap()];
        assert_eq!(serial("42934", since_1900), Day::new(2017, 7, 18));
        assert_eq!(serial("42934.75", since_1900), Day::new(2017, 7, 18));
        assert_eq!(serial("43282.0", since_1900), Day::new(2018, 7, 1));
        assert_eq!(serial("1", since_1900), Day::new(1900, 1, 1));
        assert_eq!(serial("59", since_1900), Day::new(1900, 2, 28));
        assert_eq!(serial("61", since_1900), Day::new(1900, 3, 1));
        assert_eq!(serial("41472", since_1904), Day::new(2017, 7, 18));
        assert_eq!(serial("0", since_1904), Day::new(1904, 1, 1));
        for text in ["60", "0", "-1", "", "2017-07-18", "99999999", "4.2e4"] {
            assert_eq!(serial(text, since_1900), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_in_every_dress(number in -25_000i32..47_000, time in "( [0-2][0-3]:[0-5][0-9](:[0-5][0-9])?)?") {
            let day = Day::from_number(number).unwrap();
            let iso = day.to_string();
            let parts: Vec<u32> = iso.split('-').map(|part| part.parse().unwrap()).collect();
            let (year, month, date) = (parts[0], parts[1], parts[2]);
            for text in [
                iso.clone(),
                iso.replace('-', "/"),
                format!("{year}-{month}-{date}"),
                format!("{year}年{month}月{date}日"),
                iso.replace('-', ""),
            ] {
                prop_assert_eq!(year_first(&format!("{text}{time}")), Some(day));
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,24}|[0-9年月日/:. T-]{0,24}") {
            let _ = (year_first(&text), hint(&text));
        }
    }
}
