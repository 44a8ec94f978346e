//! Citations of law: looks up the instrument in `data/law/instruments.toml` and keeps those in
//! force on a day.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Day, Label, Language};
use crate::error::{Error, Result};

/// An article in force on the day for which it is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The instrument's title.
    pub instrument: Label,
    /// The article, with the item in brackets: `3(1)`.
    pub article: String,
    /// The first day in force.
    pub from: Day,
    /// Whether the article was checked against its text or two independent sources when it was written down here.
    pub verified: bool,
}

impl LegalBasis {
    /// The citation in one line.
    ///
    /// ```
    /// # use wherewithal::domain::{Day, Language, cite};
    /// let bases = cite(&["list2017 1(3)"], Day::parse("2017-09-28")?)?;
    /// assert_eq!(bases[0].text(Language::En), "Rules on the list of defaulters, 法释〔2017〕7号, art. 1(3)");
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn text(&self, language: Language) -> String {
        format!("{}{}", self.instrument.text(language), article(&self.article, language))
    }
}

/// An article as it follows the name of its instrument: `3(1)` is article 3, item 1, and `(1)` item 1 of an instrument
/// without articles. A text that is no number names no article.
///
/// ```
/// # use wherewithal::domain::{Language, article};
/// assert_eq!(article("3(1)", Language::Zh), "第3条第1项");
/// assert_eq!(article("(1)", Language::En), ", item 1");
/// assert_eq!(article("506-508", Language::En), ", art. 506-508");
/// assert_eq!(article("254 (2023 text)", Language::Zh), "第254条");
/// assert_eq!(article("calendar of the steps", Language::Zh), "");
/// ```
pub fn article(article: &str, language: Language) -> String {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let (number, item) = article.split_once('(').unwrap_or((article, ""));
    let (number, item) = (number.trim(), item.trim_end_matches(')'));
    if !digits(number) || article.is_empty() {
        return String::new();
    }
    match (language, number, item) {
        (Language::En, "", item) => format!(", item {item}"),
        (Language::En, _, _) => format!(", art. {article}"),
        (Language::Zh, "", item) => format!("第{item}项"),
        (Language::Zh, number, item) if item.is_empty() || !digits(item) => format!("第{number}条"),
        (Language::Zh, number, item) => format!("第{number}条第{item}项"),
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instrument {
    key: String,
    zh: String,
    en: String,
    from: Day,
    until: Option<Day>,
    /// Articles checked, each with its items.
    #[serde(default)]
    checked: Vec<String>,
}

impl Instrument {
    fn has_checked(&self, article: &str) -> bool {
        let whole = article.split('(').next().unwrap_or_default();
        self.checked.iter().any(|checked| checked == whole)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    instrument: Vec<Instrument>,
}

/// Broken data gives an empty book, and then every citation is refused by name; a test reads the real one.
static BOOK: LazyLock<Vec<Instrument>> = LazyLock::new(|| {
    toml::from_str::<Book>(include_str!("../../data/law/instruments.toml"))
        .map(|book| book.instrument)
        .unwrap_or_default()
});

/// Those of the citations whose instrument is in force on `day`, in the order given.
///
/// A citation is the key of an instrument in `data/law/instruments.toml`, a blank, and the article: `cpl2023 254`.
///
/// # Errors
///
/// [`Error::Setting`] when a citation names no instrument of the book or no article.
///
/// # Examples
///
/// A rule cites an instrument and its successor, and the day decides which of them is told.
///
/// ```
/// # use wherewithal::domain::{Day, cite};
/// let both = ["list2013 1", "list2017 1"];
/// assert_eq!(cite(&both, Day::parse("2015-01-01")?)?.len(), 1);
/// assert_eq!(cite(&both, Day::parse("2018-01-01")?)?.len(), 1);
/// assert!(cite(&["no such law 1"], Day::EPOCH).is_err());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn cite<S: AsRef<str>>(citations: &[S], day: Day) -> Result<Vec<LegalBasis>> {
    let mut bases = Vec::new();
    for citation in citations {
        let refused =
            || Error::setting("citation", citation.as_ref(), "a key of data/law/instruments.toml and an article");
        let (key, article) = citation.as_ref().split_once(' ').ok_or_else(refused)?;
        let instrument = BOOK.iter().find(|instrument| instrument.key == key).ok_or_else(refused)?;
        if day >= instrument.from && instrument.until.is_none_or(|until| day <= until) {
            bases.push(LegalBasis {
                instrument: Label::new(&instrument.zh, &instrument.en),
                article: article.to_owned(),
                from: instrument.from,
                verified: instrument.has_checked(article),
            });
        }
    }
    Ok(bases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_reads_and_its_keys_are_unique() {
        let book: Book = toml::from_str(include_str!("../../data/law/instruments.toml")).unwrap();
        let mut keys: Vec<_> = book.instrument.iter().map(|instrument| &instrument.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), book.instrument.len());
        assert!(book.instrument.iter().all(|instrument| instrument.until.is_none_or(|until| until >= instrument.from)));
    }

    #[test]
    fn only_what_is_in_force_is_cited() {
        let citations = ["refusal2015 2", "refusal2024 3(1)", "refusal2002 (1)"];
        let on = |day| cite(&citations, Day::parse(day).unwrap()).unwrap();
        assert_eq!(on("2017-09-28").len(), 2);
        assert_eq!(on("2024-12-01")[0].text(Language::Zh).chars().last(), Some('项'));
        assert!(on("2024-12-01").iter().all(|basis| basis.article != "2"));
        let checked = |citation| cite(&[citation], Day::parse("2024-12-01").unwrap()).unwrap()[0].verified;
        assert_eq!(["refusal2024 3(1)", "cpl2023 254", "cpl2023 241"].map(checked), [true, true, false]);
        assert!(cite(&["nowhere 1"], Day::parse("2017-09-28").unwrap()).is_err());
    }

    #[test]
    fn the_first_and_the_last_day_count() {
        let (book, mut ended): (&[Instrument], usize) = (&BOOK, 0);
        for instrument in book {
            let is_cited = |day: Day| !cite(&[format!("{} 1", instrument.key)], day).unwrap().is_empty();
            let from = instrument.from;
            assert_eq!((is_cited(from.plus_days(-1)), is_cited(from)), (false, true), "{}", instrument.key);
            if let Some(until) = instrument.until {
                ended += 1;
                assert_eq!((is_cited(until), is_cited(until.plus_days(1))), (true, false), "{}", instrument.key);
            }
        }
        assert!(ended > 0 && cite(&["refusal2015"], Day::EPOCH).is_err());
    }

    #[test]
    fn an_article_is_named_by_its_number_and_by_nothing_else() {
        for (text, zh, en) in [
            ("", "", ""),
            ("2", "第2条", ", art. 2"),
            ("3(a)", "第3条", ", art. 3(a)"),
            ("506-508", "第506-508条", ", art. 506-508"),
            ("(2)", "第2项", ", item 2"),
            ("annex", "", ""),
        ] {
            assert_eq!(
                (article(text, Language::Zh).as_str(), article(text, Language::En).as_str()),
                (zh, en),
                "{text}"
            );
        }
    }
}
