//! Keyed pseudonyms of identifiers (BLAKE3).

use std::fmt;
use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, Result};

/// The secret that turns identifiers into pseudonyms.
///
/// The same identifier under the same key is the same number in every source, and without the key the number cannot be
/// traced back by enumerating identifiers. Data under a pseudonym is still personal data (PIPL art. 73).
///
/// # Formula
///
/// `pseudonym = first 63 bits of BLAKE3(key, realm ‖ 0x00 ‖ identifier)`; the realm keeps parties, cases and accounts
/// apart.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// A key from 32 secret bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key derived from a secret phrase or the bytes of a key file, whatever their length.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(blake3::derive_key("wherewithal 2026 pseudonyms of parties, cases and accounts", secret))
    }

    /// The key that everybody knows, for trials: who has this crate traces its pseudonyms back by
    /// enumerating identifiers.
    pub fn public() -> Self {
        Self::from_secret(b"public")
    }

    /// Whether this public name is that of [`PseudonymKey::public`].
    pub fn is_public(fingerprint: &str) -> bool {
        fingerprint == Self::public().fingerprint()
    }

    /// The key of a key file, and whether a line end behind the secret was left out: editors add
    /// one, and the secret with it and without it must not be two keys.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, [`Error::Format`] when it holds no secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::PseudonymKey;
    ///
    /// let file = tempfile::NamedTempFile::new()?;
    /// std::fs::write(file.path(), "a long secret of this court\n")?;
    /// let (key, is_trimmed) = PseudonymKey::read(file.path())?;
    /// assert!(is_trimmed);
    /// assert_eq!(key.fingerprint(), PseudonymKey::from_secret(b"a long secret of this court").fingerprint());
    /// std::fs::write(file.path(), "\n")?;
    /// assert!(PseudonymKey::read(file.path()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(path: &Path) -> Result<(Self, bool)> {
        let (secret, is_trimmed) = secret_of(path)?;
        Ok((Self::from_secret(&secret), is_trimmed))
    }

    /// The pseudonym of `identifier` within `realm`; never negative.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::PseudonymKey;
    /// let court = PseudonymKey::from_secret(b"a long secret of this court");
    /// let other = PseudonymKey::from_secret(b"of another court");
    /// assert_eq!(court.pseudonym("party", "A1"), court.pseudonym("party", "A1"));
    /// assert_ne!(court.pseudonym("party", "A1"), court.pseudonym("case", "A1"));
    /// assert_ne!(court.pseudonym("party", "A1"), other.pseudonym("party", "A1"));
    /// ```
    pub fn pseudonym(&self, realm: &str, identifier: &str) -> i64 {
        let tag = self.tag(realm, identifier);
        let (head, _) = tag.split_at(8);
        let number = head.iter().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        i64::try_from(number >> 1).unwrap_or_default()
    }

    /// The 128-bit keyed tag of `identifier` within `realm`.
    ///
    /// Twice as long as [`PseudonymKey::pseudonym`]: lists, digests and names of keys are made of it.
    pub fn tag(&self, realm: &str, identifier: &str) -> [u8; 16] {
        let mut block = [0; BLOCK];
        let hash = match written(&mut block, realm, identifier) {
            Some(text) => blake3::keyed_hash(&self.0, text),
            None => self.hasher(realm).update(identifier.as_bytes()).finalize(),
        };
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }

    /// The hasher of [`PseudonymKey::tag`], for what is not in one piece.
    pub(crate) fn hasher(&self, realm: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(realm.as_bytes()).update(&[0]);
        hasher
    }

    /// A short public name of this key, to tell whether two runs used the same one.
    ///
    /// ```
    /// # use wherewithal::domain::PseudonymKey;
    /// let name = PseudonymKey::from_secret(b"a long secret of this court").fingerprint();
    /// assert_eq!(name.len(), 8);
    /// assert!(PseudonymKey::is_public(&PseudonymKey::public().fingerprint()) && !PseudonymKey::is_public(&name));
    /// ```
    pub fn fingerprint(&self) -> String {
        let tag = self.tag("fingerprint", "");
        tag.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The secret in a key file without a line end behind it, and whether there was one.
pub(super) fn secret_of(path: &Path) -> Result<(Zeroizing<Vec<u8>>, bool)> {
    let mut secret = Zeroizing::new(std::fs::read(path).map_err(Error::io(path))?);
    let whole = secret.len();
    let trimmed = secret.strip_suffix(b"\r\n").or_else(|| secret.strip_suffix(b"\n")).map_or(whole, <[u8]>::len);
    if secret.iter().all(u8::is_ascii_whitespace) {
        let expected = "a secret: some line of random letters and digits that nobody else has";
        return Err(Error::format(path, "nothing but blanks", expected));
    }
    secret.truncate(trimmed);
    Ok((secret, trimmed < whole))
}

/// One block of BLAKE3: what fits is hashed without a hasher, in half the time.
const BLOCK: usize = 64;

/// Realm, a zero and the identifier in one piece, if they fit.
fn written<'b>(block: &'b mut [u8; BLOCK], realm: &str, identifier: &str) -> Option<&'b [u8]> {
    let text = block.get_mut(..realm.len() + 1 + identifier.len())?;
    let (head, tail) = text.split_at_mut_checked(realm.len() + 1)?;
    head.get_mut(..realm.len())?.copy_from_slice(realm.as_bytes());
    tail.copy_from_slice(identifier.as_bytes());
    Some(text)
}

/// What was the key is overwritten once nobody needs it.
impl Drop for PseudonymKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PseudonymKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_key_realm_and_identifier() {
        let (a, b) = (PseudonymKey::from_secret(b"a"), PseudonymKey::from_secret(b"b"));
        let number = a.pseudonym("party", "11010519491231002X");
        assert!(number >= 0);
        assert_eq!(number, a.pseudonym("party", "11010519491231002X"));
        assert_ne!(number, b.pseudonym("party", "11010519491231002X"));
        assert_ne!(number, a.pseudonym("case", "11010519491231002X"));
        assert_ne!(number, a.pseudonym("party", "110105194912310021"));
    }

    #[test]
    fn short_and_long_identifiers_follow_one_formula() {
        let key = PseudonymKey::from_secret(b"a");
        for n in [0, 1, 17, 57, 58, 59, 200] {
            let identifier = "9".repeat(n);
            let mut hasher = blake3::Hasher::new_keyed(&key.0);
            hasher.update(format!("party\0{identifier}").as_bytes());
            assert_eq!(key.tag("party", &identifier), hasher.finalize().as_bytes()[..16], "{n}");
        }
    }

    #[test]
    fn does_not_show_its_secret() {
        let shown = format!("{:?}", PseudonymKey::from_secret(b"open sesame"));
        assert!(shown.starts_with("PseudonymKey(") && shown.len() == "PseudonymKey(01234567)".len());
    }

    #[test]
    fn the_key_of_trials_is_known_by_its_name() {
        let (public, own) = (PseudonymKey::public(), PseudonymKey::from_secret(b"own"));
        assert!(PseudonymKey::is_public(&public.fingerprint()) && !PseudonymKey::is_public(&own.fingerprint()));
        let tag = own.tag("fingerprint", "");
        assert_eq!(own.fingerprint(), format!("{:02x}{:02x}{:02x}{:02x}", tag[0], tag[1], tag[2], tag[3]));
        let first = i64::from_be_bytes(*own.tag("party", "A1").first_chunk().unwrap());
        assert_eq!(own.pseudonym("party", "A1"), (first >> 1) & i64::MAX);
        let bytes = [7; 32];
        assert_eq!(
            PseudonymKey::from_bytes(bytes).hasher("x").finalize(),
            *blake3::Hasher::new_keyed(&bytes).update(b"x\0").finalize().as_bytes()
        );
    }
}
