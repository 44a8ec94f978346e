//! What a message may repeat of what somebody typed.

use wherewithal::domain::Identifier;
use wherewithal::sentence::Sentence;
use wherewithal::tabular;

/// As many digits in a row are somebody's number; days and pseudonyms have fewer.
const DIGITS: usize = 11;

/// A text without what can be a number of somebody: documents, telephones, accounts.
pub(crate) fn masked(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for token in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = token.trim_end_matches(|c: char| !c.is_alphanumeric());
        let mark = token.get(word.len()..).unwrap_or_default();
        told += if is_private(word) { "***" } else { word };
        told += mark;
    }
    told
}

fn is_private(word: &str) -> bool {
    let digits = word.chars().filter(|c| c.is_numeric()).count();
    let is_pseudonym = word.len() == 16 && word.chars().any(|c| ('a'..='f').contains(&c));
    // Letters are upper case in every number that has some.
    digits >= DIGITS && !is_pseudonym || digits >= 8 && word.chars().count() >= 15 && Identifier::parse(word).is_ok()
}

/// A value of the command line as a message repeats it: quoted, masked, and one that may be a name by its length alone.
pub(crate) fn shown(value: &str) -> Sentence {
    let told = if value.is_ascii() { tabular::shown(value) } else { tabular::described(value) };
    told.with_names(&|name| masked(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_not_repeated() {
        for number in ["11010519491231002X", "13812345678", "6222021234567890123", "91110000000000000A"] {
            let text = format!("out/{number}.csv: found {number}, expected x");
            assert!(!masked(&text).contains(number), "{text}");
            assert!(!shown(number).to_string().contains(number), "{number}");
        }
        let harmless = "out/2018-06-30/run.json: found 00f3c2a41b6d9e57, expected 1000000";
        assert_eq!(masked(harmless), harmless);
        let said = |value: &str| shown(value).to_string();
        assert_eq!((said("2018-02-30"), said("magic")), ("\"2018-02-30\"".to_owned(), "\"magic\"".to_owned()));
        assert!(!said("张小明").contains('张'));
    }
}
