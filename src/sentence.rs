//! What is said, and which of it no language changes?
//!
//! A message is a [`Sentence`]: a template, and what stands in its holes. It is told as late as can be, in English by
//! its [`Display`](fmt::Display) or in another language by [`Sentence::told`], so a name, a value or a path of
//! somebody's is never taken for a word of ours.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{Day, Money, Points};

/// What is said, and the names in it, which are the same in every language.
///
/// A sentence is shown in English; [`Sentence::told`] says it by the templates of another language. Two sentences are
/// equal when they say the same.
///
/// # Examples
///
/// ```
/// use wherewithal::sentence::Sentence;
///
/// let sentence = Sentence::said("{name} is empty", [("name", Sentence::name("sums of its own"))]);
/// assert_eq!(sentence.to_string(), "sums of its own is empty");
/// assert_eq!(sentence.told(&|_| Some("{name}为空".to_owned())), "sums of its own为空");
/// ```
#[derive(Clone, Default)]
pub struct Sentence(Vec<Part>);

#[derive(Clone)]
enum Part {
    /// A name or a value: no language changes it.
    Name(String),
    /// A sentence that is finished, in English.
    Message(String),
    /// A sentence of the system or of another crate.
    Foreign(String),
    /// A template with `{holes}` and what stands in them.
    Said(Cow<'static, str>, Vec<(Cow<'static, str>, Sentence)>),
}

/// A part of a sentence on its way to another machine, where it is told in that machine's language: a [`Sentence`]
/// itself is written as it reads in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum SentPart {
    Name(String),
    Message(String),
    Foreign(String),
    Said(String, Vec<(String, Vec<Self>)>),
}

/// What a language gives its own words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words<'t> {
    /// A template, or a word, of ours: the same `{holes}` stand in what comes back.
    Template(&'t str),
    /// A sentence of ours that is finished.
    Finished(&'t str),
    /// A sentence of the system or of another crate: all of it or nothing.
    Foreign(&'t str),
}

/// A value: a language may put it between quotes of its own.
const QUOTED: &str = "{value}";
/// What the system or another crate says: a language introduces it where it has no words for it.
const FOREIGN: &str = "{foreign}";

impl Sentence {
    /// A name or a value.
    pub fn name(name: impl Into<String>) -> Self {
        Self(vec![Part::Name(name.into())])
    }

    /// Names with commas between them.
    pub fn names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::list(names.into_iter().map(Self::name), ", ")
    }

    /// A value that stands where words are expected too: another language puts one with letters between quotes.
    pub fn value(value: impl Into<String>) -> Self {
        let value = value.into();
        let is_word = value.contains(|c: char| c.is_ascii_alphabetic()) && !value.contains(['"', '“', '`', '[']);
        if is_word { Self::said(QUOTED, [("value", Self::name(value))]) } else { Self::name(value) }
    }

    /// A template with its holes filled; those of holes without a name, `{}`, are called "" and come in order.
    pub fn said(template: &'static str, holes: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let holes = holes.into_iter().map(|(hole, sentence)| (hole.into(), sentence)).collect();
        Self(vec![Part::Said(template.into(), holes)])
    }

    /// A sentence that is finished and holds nothing of anybody's.
    pub fn message(text: impl Into<String>) -> Self {
        Self(vec![Part::Message(text.into())])
    }

    /// What the system or another crate says.
    pub fn foreign(text: impl Into<String>) -> Self {
        Self(vec![Part::Foreign(text.into())])
    }

    /// Sentences one after the other, with a mark between them.
    pub fn list(sentences: impl IntoIterator<Item = Self>, mark: &'static str) -> Self {
        let mut parts = Vec::new();
        for sentence in sentences {
            if !parts.is_empty() {
                parts.push(Part::Said(mark.into(), Vec::new()));
            }
            parts.extend(sentence.0);
        }
        Self(parts)
    }

    /// This sentence and another behind it.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentence in another language: `translated` gives each template and each finished sentence in it; what it
    /// does not know stays English.
    pub fn told(&self, translated: &dyn Fn(Words<'_>) -> Option<String>) -> String {
        self.0.iter().map(|part| part.told(translated)).collect()
    }

    /// The sentence with each name and each finished sentence in it as `changed` gives it, to mask for instance.
    #[must_use]
    pub fn with_names(self, changed: &dyn Fn(String) -> String) -> Self {
        let parts = self.0.into_iter().map(|part| match part {
            Part::Name(name) => Part::Name(changed(name)),
            Part::Message(text) => Part::Message(changed(text)),
            Part::Foreign(text) => Part::Foreign(changed(text)),
            Part::Said(template, holes) => {
                let holes = holes.into_iter().map(|(hole, sentence)| (hole, sentence.with_names(changed)));
                Part::Said(template, holes.collect())
            }
        });
        Self(parts.collect())
    }

    /// The sentence for another machine.
    pub(crate) fn sent(&self) -> Vec<SentPart> {
        let hole = |(hole, sentence): &(Cow<'static, str>, Self)| (hole.to_string(), sentence.sent());
        let sent = |part: &Part| match part {
            Part::Name(name) => SentPart::Name(name.clone()),
            Part::Message(text) => SentPart::Message(text.clone()),
            Part::Foreign(text) => SentPart::Foreign(text.clone()),
            Part::Said(template, holes) => SentPart::Said(template.to_string(), holes.iter().map(hole).collect()),
        };
        self.0.iter().map(sent).collect()
    }

    /// The sentence that another machine sent.
    pub(crate) fn received(parts: Vec<SentPart>) -> Self {
        let hole = |(hole, parts): (String, Vec<SentPart>)| (hole.into(), Self::received(parts));
        let received = |part: SentPart| match part {
            SentPart::Name(name) => Part::Name(name),
            SentPart::Message(text) => Part::Message(text),
            SentPart::Foreign(text) => Part::Foreign(text),
            SentPart::Said(template, holes) => Part::Said(template.into(), holes.into_iter().map(hole).collect()),
        };
        Self(parts.into_iter().map(received).collect())
    }

    /// The sentence on one line: names that have control characters are told without them.
    pub(crate) fn on_one_line(self) -> Self {
        self.with_names(&|text| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    }
}

impl Part {
    fn told(&self, translated: &dyn Fn(Words<'_>) -> Option<String>) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Message(text) => translated(Words::Finished(text)).unwrap_or_else(|| text.clone()),
            Self::Foreign(text) => translated(Words::Foreign(text)).unwrap_or_else(|| {
                let introduced = translated(Words::Template(FOREIGN)).unwrap_or_else(|| FOREIGN.to_owned());
                filled(&introduced, &[("foreign".into(), Sentence::name(text))], translated)
            }),
            Self::Said(template, holes) => match translated(Words::Template(template)) {
                Some(template) => filled(&template, holes, translated),
                None => filled(template, holes, translated),
            },
        }
    }
}

/// A template with its holes filled, by their names or by their places.
fn filled(
    template: &str,
    holes: &[(Cow<'static, str>, Sentence)],
    translated: &dyn Fn(Words<'_>) -> Option<String>,
) -> String {
    let (mut text, mut rest, mut passed) = (String::new(), template, 0);
    while let Some((before, (hole, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let name = hole.split(':').next().unwrap_or_default();
        let place = if name.is_empty() { Some(passed) } else { name.parse().ok() };
        passed += usize::from(name.is_empty());
        let found = match place {
            Some(place) => holes.iter().filter(|(name, _)| name.is_empty()).nth(place),
            None => holes.iter().find(|(other, _)| *other == name),
        };
        text += before;
        text += &found.map(|(_, sentence)| sentence.told(translated)).unwrap_or_default();
        rest = after;
    }
    text + rest
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(&|_| None))
    }
}

/// As people read it.
impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl PartialEq for Sentence {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Sentence {}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::name)
    }
}

/// What can fill a hole: a sentence as such, and any text or number as a name, which no language changes.
pub trait Fills {
    /// What stands in the hole.
    fn fills(&self) -> Sentence;
}

impl Fills for Sentence {
    fn fills(&self) -> Sentence {
        self.clone()
    }
}

impl<T: Fills + ?Sized> Fills for &T {
    fn fills(&self) -> Sentence {
        (*self).fills()
    }
}

macro_rules! names {
    ($($kind:ty),*) => {
        $(impl Fills for $kind {
            fn fills(&self) -> Sentence {
                Sentence::name(self.to_string())
            }
        })*
    };
}

names!(str, String, Cow<'_, str>, std::path::Display<'_>);

/// A number as a person reads it: in full, or with a power of ten where it would have more than 16 digits before the
/// point or five zeros behind it.
///
/// ```
/// # use wherewithal::sentence::digits;
/// assert_eq!([0.5, 120_000.0, 1e300, -2.5e-9].map(digits), ["0.5", "120000", "1e300", "-2.5e-9"]);
/// ```
pub fn digits(number: f64) -> String {
    let size = number.abs();
    if size.is_finite() && size > 0.0 && !(1e-5..1e16).contains(&size) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

impl Fills for f64 {
    fn fills(&self) -> Sentence {
        Sentence::name(digits(*self))
    }
}

impl From<f64> for Sentence {
    fn from(number: f64) -> Self {
        Self::name(digits(number))
    }
}

impl From<&f64> for Sentence {
    fn from(number: &f64) -> Self {
        Self::from(*number)
    }
}

/// A number is the same in every language, wherever it stands.
macro_rules! numbers {
    ($($kind:ty),*) => {
        names!($($kind),*);
        $(impl From<$kind> for Sentence {
            fn from(number: $kind) -> Self {
                Self::name(number.to_string())
            }
        }

        impl From<&$kind> for Sentence {
            fn from(number: &$kind) -> Self {
                Self::name(number.to_string())
            }
        })*
    };
}

numbers!(u32, u64, usize, i32, i64, bool, char, Day, Money, Points);

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self::message(text)
    }
}

impl From<&String> for Sentence {
    fn from(text: &String) -> Self {
        Self::message(text)
    }
}

impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self::message(text)
    }
}

/// A sentence: a template, what stands in its holes without a name, and what stands in those with one, where texts are
/// names: `says!("{} rows of {file}", [rows], file = path)`; a hole is filled by the variable of its name.
macro_rules! says {
    (@ $hole:ident) => { &$hole };
    (@ $hole:ident $value:expr) => { &$value };
    ($template:expr, [$($at:expr),* $(,)?] $(, $hole:ident $(= $value:expr)?)* $(,)?) => {
        $crate::sentence::Sentence::said($template, [
            $(("", $crate::sentence::Fills::fills(&$at)),)*
            $((stringify!($hole), $crate::sentence::Fills::fills($crate::sentence::says!(@ $hole $($value)?))),)*
        ])
    };
    ($template:expr $(, $hole:ident $(= $value:expr)?)* $(,)?) => {
        $crate::sentence::says!($template, [] $(, $hole $(= $value)?)*)
    };
}

pub(crate) use says;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_sentences_are_told() {
        let odd = "its own {name}, fen";
        let left = says!("left out: {name}: {why}", name = odd, why = says!("it is empty"));
        let sentence = Sentence::list([left, Sentence::message("x ends early"), Sentence::foreign("it broke")], "; ");
        assert_eq!(sentence.to_string(), format!("left out: {odd}: it is empty; x ends early; it broke"));
        let chinese = |words: Words<'_>| {
            let known = match words {
                Words::Template("left out: {name}: {why}") => "未用：{name}（{why}）",
                Words::Template("it is empty") => "为空",
                Words::Template(FOREIGN) => "系统信息：{foreign}",
                Words::Finished("x ends early") => "x 提前结束",
                _ => return None,
            };
            Some(known.to_owned())
        };
        let told = sentence.told(&chinese);
        assert_eq!(told, format!("未用：{odd}（为空）; x 提前结束; 系统信息：it broke"));
        let read: Sentence = serde_json::from_str(&serde_json::to_string(&sentence).unwrap()).unwrap();
        assert_eq!(read, sentence);
        // Sent elsewhere it is told there as here.
        let sent: Vec<SentPart> = serde_json::from_str(&serde_json::to_string(&sentence.sent()).unwrap()).unwrap();
        assert_eq!(Sentence::received(sent).told(&chinese), told);
        let name = "a\nb";
        assert_eq!(says!("{name}", name).on_one_line().to_string(), "a b");
    }

    #[test]
    fn numbers_beyond_what_is_read_at_a_glance_are_told_with_a_power_of_ten() {
        let told = |number: f64| (says!("{number}", number).to_string(), Sentence::from(number).to_string());
        for (number, expected) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1e16, "1e16"),
            (f64::MAX, "1.7976931348623157e308"),
            (1e-5, "0.00001"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(told(number), (expected.to_owned(), expected.to_owned()));
        }
    }

    #[test]
    fn holes_have_names_or_places() {
        let said = says!("{} of {}, {rate:.2}", [3, "it"], rate = 0.5);
        assert_eq!(said.to_string(), "3 of it, 0.5");
        assert_eq!(said.told(&|_| Some("{1} 的 {0}，{rate}".to_owned())), "it 的 3，0.5");
    }

    #[test]
    fn a_value_with_letters_is_quoted_by_other_languages_only() {
        let chinese = |words: Words<'_>| (words == Words::Template(QUOTED)).then(|| "“{value}”".to_owned());
        for (value, told) in [("found 3", "“found 3”"), ("7", "7"), ("\"x\"", "\"x\"")] {
            assert_eq!(Sentence::value(value).to_string(), value);
            assert_eq!(Sentence::value(value).told(&chinese), told);
        }
    }
}
