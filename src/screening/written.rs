//! Values as people's files write them.
//!
//! Lists on the web write one field as a number today and as text tomorrow: 580 or "580", one identifier or
//! a list of them. What a person would read as the same is the same here; a number that lost digits is not
//! made whole.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::domain::{Day, without_point};
use crate::sentence::{Sentence, says};

/// A value that is text, whether or not it stands in quotes.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Written {
    Text(String),
    /// A list of values, each as text.
    List(Vec<String>),
    /// Anything else.
    Other,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenVisitor)
    }
}

struct WrittenVisitor;

impl<'de> Visitor<'de> for WrittenVisitor {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
        Ok(Written::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Written, E> {
        Ok(Written::Text(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Written, E> {
        Ok(Written::Text(number.to_string()))
    }

    /// A fraction or a number that lost its digits keeps an exponent or a point, so that it is no identifier.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Written, E> {
        Ok(Written::Text(if number.abs() < 9e15 { number.to_string() } else { format!("{number:e}") }))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Written, E> {
        Ok(Written::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Written, E> {
        Ok(Written::Text(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Written, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Written>()? {
            let Written::Text(text) = item else {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Written::Other);
            };
            list.push(text);
        }
        Ok(Written::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Written, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Written::Other)
    }
}

/// Reads several identifiers, one of them without a list around it, numbers without quotes.
pub(super) fn identifiers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Text(text) => Ok(Some(text).filter(|text| !text.trim().is_empty()).into_iter().collect()),
        Written::List(list) => Ok(list),
        Written::Other => Err(D::Error::invalid_type(Unexpected::Map, &"a list of identifiers")),
    }
}

/// Reads text that may stand without quotes.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Text(text) => Ok(text),
        _ => Err(D::Error::invalid_type(Unexpected::Map, &"text or a number")),
    }
}

/// Reads a day, with a time or without.
pub(super) fn a_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let text = text(deserializer)?;
    day(&text).ok_or_else(|| D::Error::custom(format!("found {}, expected a day as 2026-01-06", described(&text))))
}

/// Reads a day that may be absent.
pub(super) fn maybe_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    let text = text(deserializer)?;
    let wrong = || D::Error::custom(format!("found {}, expected a day as 1970-01-06", described(&text)));
    if text.trim().is_empty() { Ok(None) } else { day(&text).map(Some).ok_or_else(wrong) }
}

/// Reads a day as the public list and its tables write it. A time after it is passed over: the day is the one written.
pub(super) fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    let end =
        text.char_indices().skip(1).find(|(_, c)| *c == 'T' || c.is_whitespace()).map_or(text.len(), |(at, _)| at);
    let (date, time) = text.split_at(end);
    let is_time = time.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || ":.+-TZ时分秒".contains(c));
    let forms = ["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d"];
    // Of seven digits nobody knows whether the month or the day has one.
    let compact = Some(without_point(date)).filter(|digits| digits.len() == 8);
    let compact = || compact.and_then(|digits| Day::parse_with(digits, "%Y%m%d"));
    forms.iter().find_map(|form| Day::parse_with(date, form)).or_else(compact).filter(|_| is_time)
}

/// What stands in a place, without saying it.
pub(super) fn described(text: &str) -> Sentence {
    match text.trim().chars().count() {
        0 => says!("nothing"),
        1 => says!("one character"),
        n => says!("{n} characters", n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_with_times() {
        let wanted = Day::new(2017, 9, 8);
        for text in [
            "2017-09-08",
            "2017年09月08日",
            "2017年9月8日 00:00:00",
            "2017/9/8 0:00",
            "2017-09-08T23:59:59.000+08:00",
            "2017-09-08T00:00:00Z",
            "20170908",
            "20170908.0",
            "2017.9.8",
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
        for text in
            ["", "09/08/2017", "2017-13-01", "2017-09-08 noon", "1504800000000", "2017111", "2017111.0", "20170908.5"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn reads_numbers_without_quotes() {
        let text = |json: &str| match serde_json::from_str::<Written>(json).unwrap() {
            Written::Text(text) => text,
            _ => "other".into(),
        };
        assert_eq!(text("320205197005050058"), "320205197005050058");
        assert_eq!(text("3.20205E+17"), "3.20205e17");
        assert_eq!((text("null"), text("580.0"), text("{\"a\": [1]}")), (String::new(), "580".into(), "other".into()));
    }

    #[test]
    fn identifiers_are_one_text_or_a_list_of_texts() {
        let read = |json: &str| {
            #[derive(Deserialize)]
            struct Cell(#[serde(deserialize_with = "identifiers")] Vec<String>);
            serde_json::from_str::<Cell>(json).map(|cell| cell.0).ok()
        };
        for (json, found) in [
            ("\"1101\"", Some(vec!["1101"])),
            ("1101", Some(vec!["1101"])),
            ("-1101", Some(vec!["-1101"])),
            ("\" \"", Some(vec![])),
            ("null", Some(vec![])),
            ("[\"1101\", 1102]", Some(vec!["1101", "1102"])),
            ("[\"1101\", true, 5]", None),
            ("[[\"1101\"]]", None),
            ("true", None),
            ("{\"a\": 1}", None),
        ] {
            let found = found.map(|list| list.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(read(json), found, "{json}");
        }
        assert_eq!(
            ["8999999999999999.0", "-9e15"].map(|json| read(json).unwrap()[0].clone()),
            ["8999999999999999", "-9e15"]
        );
        assert!(serde_json::from_str::<Written>("\u{1}").is_err());
    }

    #[test]
    fn days_may_be_missing_and_faults_tell_lengths_alone() {
        #[derive(Debug, Deserialize)]
        struct Days {
            #[serde(deserialize_with = "maybe_day")]
            born: Option<Day>,
            #[serde(deserialize_with = "a_day")]
            on: Day,
        }
        let read = |born: &str, on: &str| serde_json::from_str::<Days>(&format!("{{\"born\": {born}, \"on\": {on}}}"));
        let days = read("null", "20180630").unwrap();
        assert_eq!((days.born, Some(days.on)), (None, Day::new(2018, 6, 30)));
        assert_eq!(read("\"1987-06-05\"", "\"2018-06-30\"").unwrap().born, Day::new(1987, 6, 5));
        for (born, on, said) in [
            ("\"王小明\"", "20180630", "found 3 characters, expected a day as 1970-01-06"),
            ("null", "\"王\"", "found one character, expected a day as 2026-01-06"),
            ("null", "\" \"", "found nothing, expected a day as 2026-01-06"),
        ] {
            let fault = read(born, on).unwrap_err().to_string();
            assert!(fault.contains(said), "{fault}");
        }
    }
}
