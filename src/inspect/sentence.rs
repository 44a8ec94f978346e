use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is said, and the names in it, which are the same in every language.
///
/// A sentence is shown in English; [`Sentence::told`] says it by the templates of another language. Two sentences are
/// equal when they say the same.
///
/// # Examples
///
/// ```
/// use wherewithal::inspect::Sentence;
///
/// let sentence = Sentence::said("{name} is empty", [("name", Sentence::name("sums of its own"))]);
/// assert_eq!(sentence.to_string(), "sums of its own is empty");
/// assert_eq!(sentence.told(&|_| Some("{name}为空".to_owned())), "sums of its own为空");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sentence(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    /// A name or a value: no language changes it.
    Name(String),
    /// A sentence of another room, already in English.
    Message(String),
    /// A template with `{holes}` and what stands in them.
    Said(&'static str, Vec<(&'static str, Sentence)>),
}

impl Sentence {
    /// A name or a value.
    pub fn name(name: impl Into<String>) -> Self {
        Self(vec![Part::Name(name.into())])
    }

    /// A template with its holes filled.
    pub fn said(template: &'static str, holes: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self(vec![Part::Said(template, holes.into_iter().collect())])
    }

    /// A sentence that another room has made.
    pub fn message(text: impl Into<String>) -> Self {
        Self(vec![Part::Message(text.into())])
    }

    /// Sentences one after the other, with a mark between them.
    pub fn list(sentences: impl IntoIterator<Item = Self>, mark: &'static str) -> Self {
        let mut parts = Vec::new();
        for sentence in sentences {
            if !parts.is_empty() {
                parts.push(Part::Said(mark, Vec::new()));
            }
            parts.extend(sentence.0);
        }
        Self(parts)
    }

    /// This sentence and another behind it.
    #[must_use]
    pub(super) fn and(mut self, other: impl Into<Self>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentence in another language: `translated` gives each template, and each message of another room, in it;
    /// what it does not know stays English.
    pub fn told(&self, translated: &dyn Fn(&str) -> Option<String>) -> String {
        self.0.iter().map(|part| part.told(translated)).collect()
    }

    /// The sentence on one line: names that have control characters are told without them.
    pub(super) fn on_one_line(self) -> Self {
        let flat = |text: String| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let parts = self.0.into_iter().map(|part| match part {
            Part::Name(name) => Part::Name(flat(name)),
            Part::Message(text) => Part::Message(flat(text)),
            Part::Said(template, holes) => {
                Part::Said(template, holes.into_iter().map(|(hole, sentence)| (hole, sentence.on_one_line())).collect())
            }
        });
        Self(parts.collect())
    }
}

impl Part {
    fn told(&self, translated: &dyn Fn(&str) -> Option<String>) -> String {
        let (template, holes) = match self {
            Self::Name(name) => return name.clone(),
            Self::Message(text) => return translated(text).unwrap_or_else(|| text.clone()),
            Self::Said(template, holes) => (translated(template).unwrap_or_else(|| (*template).to_owned()), holes),
        };
        let (mut text, mut rest) = (String::new(), template.as_str());
        while let Some((before, (hole, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            text += before;
            let filled = holes.iter().find(|(name, _)| *name == hole);
            text += &filled.map(|(_, sentence)| sentence.told(translated)).unwrap_or_default();
            rest = after;
        }
        text + rest
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(&|_| None))
    }
}

impl PartialEq for Sentence {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

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

impl From<String> for Sentence {
    fn from(name: String) -> Self {
        Self::name(name)
    }
}

impl From<&str> for Sentence {
    fn from(name: &str) -> Self {
        Self::name(name)
    }
}

impl From<&String> for Sentence {
    fn from(name: &String) -> Self {
        Self::name(name)
    }
}

/// A sentence: a template and what stands in its holes, where texts are names.
macro_rules! says {
    ($template:expr $(, $hole:ident = $value:expr)* $(,)?) => {
        $crate::inspect::Sentence::said($template, [$((stringify!($hole), $crate::inspect::Sentence::from($value))),*])
    };
}

pub(super) use says;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_sentences_are_told() {
        let odd = "its own {name}, fen";
        let left = says!("left out: {name}: {why}", name = odd, why = says!("it is empty"));
        let sentence = Sentence::list([left, Sentence::message("x ends early")], "; ");
        assert_eq!(sentence.to_string(), format!("left out: {odd}: it is empty; x ends early"));
        let told = sentence.told(&|text| {
            Some(match text {
                "left out: {name}: {why}" => "未用：{name}（{why}）".to_owned(),
                "it is empty" => "为空".to_owned(),
                "x ends early" => "x 提前结束".to_owned(),
                _ => return None,
            })
        });
        assert_eq!(told, format!("未用：{odd}（为空）; x 提前结束"));
        let read: Sentence = serde_json::from_str(&serde_json::to_string(&sentence).unwrap()).unwrap();
        assert_eq!(read, sentence);
        assert_eq!(says!("{name}", name = "a\nb").on_one_line().to_string(), "a b");
    }
}
