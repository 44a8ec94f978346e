//! What a partner asks, held to its limits before anything is compared.

use serde::de::DeserializeOwned;
use wherewithal::screening::Application;

use crate::settings::Limits;

/// Reads a document.
///
/// # Errors
///
/// The place of the fault; nothing that came is repeated.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (u16, String)> {
    serde_json::from_slice(body).map_err(|fault| {
        let (line, column) = (fault.line(), fault.column());
        if fault.is_data() {
            (422, format!("line {line}, column {column}: a field that is unknown, missing or of another kind"))
        } else {
            (400, format!("line {line}, column {column}: no JSON"))
        }
    })
}

/// Holds an application to the limits.
///
/// # Errors
///
/// The field that is too long.
pub(crate) fn check(application: &Application, limits: &Limits) -> Result<(), (u16, String)> {
    let most = limits.text_characters;
    let is_long = |text: &str| text.len() > 4 * most || text.chars().count() > most;
    let texts = [("application_id", application.application_id.as_str()), ("name", application.name.as_str())];
    let long = texts.into_iter().find(|(_, text)| is_long(text)).map(|(field, _)| field);
    let long = long.or_else(|| application.identifiers.iter().any(|text| is_long(text)).then_some("identifiers"));
    if let Some(field) = long {
        return Err((422, format!("{field}: more than {most} characters")));
    }
    if application.identifiers.len() > limits.identifiers {
        return Err((422, format!("identifiers: more than {}", limits.identifiers)));
    }
    if application.application_id.trim().is_empty() {
        return Err((422, "application_id: nothing".to_owned()));
    }
    Ok(())
}
