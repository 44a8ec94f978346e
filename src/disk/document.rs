//! Writes and reads JSON documents that carry a digest of their fields. A document that was changed is
//! refused.
//!
//! The digest guards against mistakes of hand and disk, not against somebody who means to deceive: that is
//! what signatures are for.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{put, read, replace};
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// The field that holds the digest of the others: BLAKE3 of the document without it, its fields in
/// the order of their names and no blanks.
const DIGEST: &str = "blake3";

/// A document with its digest, as text.
fn sealed_text(document: &impl Serialize) -> Result<String> {
    let digest = digest(&serde_json::to_value(document)?)?;
    let text = serde_json::to_string_pretty(document)?;
    // Behind the other fields, which keep their order.
    let fields = text.strip_suffix("\n}").unwrap_or("{");
    Ok(format!("{fields},\n  \"{DIGEST}\": \"{digest}\"\n}}\n"))
}

/// Puts a document, with its digest, in the place of an older one.
pub(crate) fn replace_document(path: &Path, document: &impl Serialize) -> Result<()> {
    replace(path, sealed_text(document)?.as_bytes())
}

/// Puts a document, with its digest, where no file is, whole or not at all; whether none was.
pub(crate) fn put_document(path: &Path, document: &impl Serialize) -> Result<bool> {
    put(path, sealed_text(document)?.as_bytes())
}

/// Reads a document after `look` had a look at it, and refuses one that is not as it was written.
pub(crate) fn read_document<T: DeserializeOwned>(
    path: &Path,
    (kind, look): (&str, impl Fn(&Value) -> Result<()>),
) -> Result<T> {
    let unreadable = |error| Error::format(path, error, kind);
    let mut document: Value = serde_json::from_slice(&read(path)?).map_err(unreadable)?;
    look(&document)?;
    let found = document.as_object_mut().and_then(|fields| fields.remove(DIGEST));
    if found.as_ref().and_then(Value::as_str) != Some(digest(&document)?.as_str()) {
        return Err(Error::format(
            path,
            "a content that is not what its digest says",
            says!("{kind}, unchanged", kind = Sentence::from(kind)),
        ));
    }
    serde_json::from_value(document).map_err(unreadable)
}

/// The document in a text, of the one format that this build reads.
///
/// # Errors
///
/// [`Error::Json`] for a text that is no such document, [`Error::Version`] for one of another format.
pub(crate) fn document_of<T: DeserializeOwned>(text: &str, (artifact, version): (&str, u32)) -> Result<T> {
    #[derive(Deserialize)]
    struct Format {
        format_version: u32,
    }
    let Format { format_version: found } = serde_json::from_str(text)?;
    if found != version {
        return Err(Error::Version { artifact: artifact.into(), found, oldest: version, newest: version });
    }
    Ok(serde_json::from_str(text)?)
}

fn digest(document: &Value) -> Result<String> {
    Ok(blake3::hash(&serde_json::to_vec(document)?).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_changed_bit_is_met_or_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document.json");
        let document = BTreeMap::from([("a", vec![1.5, -2.0]), ("b", vec![f64::from(u32::MAX)])]);
        replace_document(&path, &document).unwrap();
        let written = std::fs::read(&path).unwrap();
        let back = || read_document::<BTreeMap<String, Vec<f64>>>(&path, ("a document", |_: &Value| Ok(())));
        let whole = back().unwrap();
        let mut met = 0;
        for bit in 0..written.len() * 8 {
            let mut bytes = written.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, bytes).unwrap();
            match back() {
                Ok(found) => assert_eq!(found, whole, "bit {bit}"),
                Err(error) => {
                    met += 1;
                    assert!(error.to_string().contains("document.json"), "{error}");
                }
            }
        }
        assert!(met > written.len() * 7, "{met}");
    }
}
