//! What a partner sends, held to its form and its limits before anything is done with it.
//!
//! The library reads what people's files hold: numbers without quotes, days of many kinds. Here one form is one form.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use wherewithal::domain::Day;
use wherewithal::screening::{Application, Change, ListEntry};

use crate::settings::Limits;

/// An application as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    application_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    identifiers: Vec<String>,
    #[serde(default)]
    born_on: Option<Day>,
    pub(crate) activity: String,
    on: Day,
}

impl From<Question> for Application {
    fn from(sent: Question) -> Self {
        let Question { application_id, name, identifiers, born_on, activity, on } = sent;
        Self { application_id, name, identifiers, born_on, activity: Some(activity), on }
    }
}

/// A refusal: its status and why.
type Refusal = (u16, String);

/// Reads a document.
///
/// # Errors
///
/// The place of the fault; nothing that came is repeated.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|fault| {
        let (line, column) = (fault.line(), fault.column());
        if fault.is_data() {
            (422, format!("line {line}, column {column}: a field that is unknown, missing or of another kind"))
        } else {
            (400, format!("line {line}, column {column}: no JSON"))
        }
    })
}

impl Question {
    /// Holds it to the limits.
    ///
    /// # Errors
    ///
    /// The field that is empty or too long.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        let most = limits.text_characters;
        some("application_id", &self.application_id, most)?;
        bounded("name", &self.name, most)?;
        self.identifiers.iter().try_for_each(|text| bounded("identifiers", text, most))?;
        if self.identifiers.len() > limits.identifiers {
            return Err((422, format!("identifiers: more than {}", limits.identifiers)));
        }
        Ok(())
    }
}

/// Holds what is to stand in the list to what answers say of it.
///
/// # Errors
///
/// Which change it is and its field.
pub(crate) fn check_changes(changes: &[Change], limits: &Limits) -> Result<(), Refusal> {
    let placed = |at: usize, (status, reason): Refusal| (status, format!("change {at}: {reason}"));
    (1..).zip(changes).try_for_each(|(at, change)| match change {
        Change::Add(entry) | Change::Correct(entry) => {
            check_entry(entry, limits).map_err(|refusal| placed(at, refusal))
        }
        Change::Remove { .. } => Ok(()),
    })
}

fn check_entry(ListEntry { listing, identifiers, related }: &ListEntry, limits: &Limits) -> Result<(), Refusal> {
    let most = limits.text_characters;
    some("entry_id", &listing.entry_id, most)?;
    some("name", &listing.name, most)?;
    related.iter().try_for_each(|person| some("related.name", &person.name, most))?;
    let numbers = identifiers.iter().chain(related.iter().flat_map(|person| &person.identifiers));
    numbers.into_iter().try_for_each(|number| bounded("identifiers", number, most))?;
    if listing.circumstance.is_some_and(|item| !(1..=6).contains(&item)) {
        return Err((422, "circumstance: expected 1 to 6".to_owned()));
    }
    // Everybody who is answered sees it.
    if listing.masked_number.as_ref().is_some_and(|number| !number.contains(['*', '＊'])) {
        return Err((422, "masked_number: nothing is hidden".to_owned()));
    }
    Ok(())
}

fn some(field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err((422, format!("{field}: nothing"))) } else { bounded(field, text, most) }
}

fn bounded(field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    // A character has four bytes at most, so what is far too long is not counted through.
    let is_long = text.len() > 4 * most || text.chars().count() > most;
    if is_long { Err((422, format!("{field}: more than {most} characters"))) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        r#"{"application_id":"1","name":"张三","identifiers":["x"],"activity":"loan","on":"2026-01-06"}"#;

    fn status(from: &str, to: &str) -> u16 {
        assert!(WHOLE.contains(from));
        let read = read::<Question>(WHOLE.replace(from, to).as_bytes());
        read.and_then(|question| question.check(&Limits::default())).map_or_else(|(status, _)| status, |()| 200)
    }

    #[test]
    fn a_question_has_one_form() {
        assert_eq!(status("x", "x"), 200);
        assert_eq!(status("\"name\":\"张三\",", ""), 200);
        assert_eq!(status("\"on\"", "\"born_on\":null,\"on\""), 200);
        for (from, to) in [
            ("\"1\"", "1"),
            ("\"1\"", "\" \""),
            ("[\"x\"]", "\"x\""),
            ("[\"x\"]", "[1]"),
            ("2026-01-06", "2026年01月06日"),
            ("2026-01-06", "2026-13-06"),
            ("\"on\"", "\"born_on\":\"\",\"on\""),
            ("\"on\"", "\"age\":3,\"on\""),
            ("\"activity\":\"loan\",", ""),
        ] {
            assert_eq!(status(from, to), 422, "{to}");
        }
        for broken in ["", "{", "\u{feff}{"] {
            assert_eq!(status(WHOLE, broken), 400, "{broken:?}");
        }
    }
}
