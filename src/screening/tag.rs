//! Keyed tags of identifiers.
//!
//! Equal numbers have equal tags under one key, so that two houses compare customers and list without
//! telling each other a number. 96 bits are enough: among ten million entries asked a hundred million
//! times, the chance that any two different numbers share a tag is about one in 80 trillion.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::domain::{Identifier, PseudonymKey};
use crate::error::Result;
use crate::linkage::standard_name;

/// A keyed 96-bit tag of an identifier: all that an index knows of a number.
///
/// Whoever lacks the key cannot find the number by trying all numbers. Tags are still personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub(super) [u8; 12]);

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(")?;
        self.0.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…)")
    }
}

/// The secret that a court and its partners share for one list.
#[derive(Debug, Clone)]
pub struct ListKey(PseudonymKey);

impl ListKey {
    /// A key from a secret phrase or the bytes of a key file.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(PseudonymKey::from_secret(secret))
    }

    /// The key of a key file, and whether a line end behind the secret was left out: see [`PseudonymKey::read`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`](crate::error::Error::Io) when the file cannot be read,
    /// [`Error::Format`](crate::error::Error::Format) when it holds no secret.
    pub fn read(path: &Path) -> Result<(Self, bool)> {
        let (key, is_trimmed) = PseudonymKey::read(path)?;
        Ok((Self(key), is_trimmed))
    }

    /// The tag of a sound identifier. A unit's credit code and the organisation code in it have one tag.
    ///
    /// ```
    /// use wherewithal::domain::Identifier;
    /// use wherewithal::screening::ListKey;
    ///
    /// let key = ListKey::from_secret(b"shared");
    /// let (unit, organisation) = (Identifier::parse("91350100M000100Y43")?, Identifier::parse("M000100Y4")?);
    /// assert_eq!(key.tag(&unit), key.tag(&organisation));
    /// assert_ne!(key.tag(&unit), ListKey::from_secret(b"another").tag(&unit));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tag(&self, identifier: &Identifier) -> Tag {
        use crate::domain::IdentifierKind::{CreditCode, OrganisationCode};
        match identifier.kind() {
            CreditCode => self.text_tag("unit", identifier.canonical().get(8..17).unwrap_or_default()),
            OrganisationCode => self.text_tag("unit", identifier.canonical()),
            kind if kind.is_checked() => self.text_tag("number", identifier.canonical()),
            kind => self.text_tag(kind.code(), identifier.canonical()),
        }
    }

    /// The tag of a number that fails its check, as it is written.
    pub(super) fn unsound_tag(&self, written: &str) -> Tag {
        self.text_tag("unsound", written)
    }

    /// The tag of a canonical resident number that is known to be sound, without checking it again.
    pub fn resident_tag(&self, canonical: &str) -> Tag {
        self.text_tag("number", canonical)
    }

    /// A short keyed mark of a name in its standard form: equal names have equal marks.
    ///
    /// ```
    /// # use wherewithal::screening::ListKey;
    /// let key = ListKey::from_secret(b"shared");
    /// assert_eq!(key.name_mark("張三"), key.name_mark("张三")); // traditional and simplified characters
    /// ```
    pub fn name_mark(&self, name: &str) -> u32 {
        let tag = self.0.tag("name", &standard_name(name));
        tag.iter().take(4).fold(0, |mark, byte| mark << 8 | u32::from(*byte))
    }

    /// A short public name of the key.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }

    /// A keyed digest of anything that serialises, as hexadecimal digits.
    pub(super) fn digest(&self, realm: &str, value: &impl Serialize) -> Result<String> {
        let mut hasher = self.0.hasher(realm);
        serde_json::to_writer(&mut hasher, value)?;
        Ok(hexadecimal(hasher.finalize().as_bytes().get(..16).unwrap_or_default()))
    }

    /// A keyed digest of a short text, as hexadecimal digits.
    pub(super) fn text_digest(&self, realm: &str, text: &str) -> String {
        hexadecimal(&self.0.tag(realm, text))
    }

    fn text_tag(&self, realm: &str, text: &str) -> Tag {
        let tag = self.0.tag(realm, text);
        Tag(tag.first_chunk().copied().unwrap_or_default())
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_party_has_one_tag_in_every_form_of_its_number() {
        let key = ListKey::from_secret(b"of this list");
        let tag = |text: &str| key.tag(&Identifier::parse(text).unwrap());
        assert_eq!(tag("91110000600037341L"), tag("60003734-1"), "the code of the unit stands in its credit code");
        assert_eq!(tag("110105491231002"), tag("11010519491231002X"));
        assert_eq!(tag("11010519491231002X"), key.resident_tag("11010519491231002X"));
        assert_ne!(tag("11010519491231002X"), key.unsound_tag("11010519491231002X"));
        assert_ne!(
            tag("E12345678"),
            key.resident_tag("E12345678"),
            "every kind without a check has a realm of its own"
        );
        assert_ne!(
            tag("11010519491231002X"),
            ListKey::from_secret(b"of another").tag(&Identifier::parse("11010519491231002X").unwrap())
        );
        let shown = format!("{:?}", Tag([0xAB, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
        assert_eq!(shown, "Tag(ab010203…)");
    }

    #[test]
    fn a_mark_is_that_of_the_standard_name() {
        let key = ListKey::from_secret(b"of this list");
        assert_eq!(key.name_mark("Putin, Vladimir"), key.name_mark("PUTIN VLADIMIR"));
        let tag = key.0.tag("name", &standard_name("张伟"));
        assert_eq!(key.name_mark("张伟"), u32::from_be_bytes(*tag.first_chunk().unwrap()));
        assert_eq!((key.fingerprint(), key.text_digest("a", "b").len()), (key.0.fingerprint(), 32));
        let digest = key.digest("entries", &["a"]).unwrap();
        let whole = key.0.hasher("entries").update(b"[\"a\"]").finalize();
        assert_eq!(digest, whole.to_hex()[..32]);
    }

    #[test]
    fn a_key_file_may_end_in_a_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "of this list\n").unwrap();
        let (key, is_trimmed) = ListKey::read(file.path()).unwrap();
        assert_eq!((key.fingerprint(), is_trimmed), (ListKey::from_secret(b"of this list").fingerprint(), true));
    }
}
