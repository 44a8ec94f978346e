use std::fmt;
use std::path::Path;

use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};

use super::pseudonym::secret_of;
use crate::error::{Error, Result};

/// The secret with which a site signs what it passes on (Ed25519, RFC 8032).
///
/// ```
/// use wherewithal::domain::SigningKey;
///
/// let key = SigningKey::from_secret(b"a long secret of this site")?;
/// let signature = key.sign(b"a model");
/// assert!(key.signer().has_signed(b"a model", &signature));
/// assert!(!key.signer().has_signed(b"another model", &signature));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(KeyPair);

/// Who signed: the public half of a [`SigningKey`], 64 hexadecimal digits, which anybody may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer(PublicKey);

impl SigningKey {
    /// A key derived from a secret phrase or the bytes of a key file, whatever their length.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a secret of which no key comes; none is known.
    pub fn from_secret(secret: &[u8]) -> Result<Self> {
        let seed = blake3::derive_key("wherewithal 2026 signatures of models", secret);
        let pair = KeyPair::try_from_seed(Seed::new(seed));
        pair.map(Self).map_err(|_| Error::setting("secret", "one that makes no key", "another one"))
    }

    /// The key of a key file, and whether a line end behind the secret was left out, as
    /// [`PseudonymKey::read`](super::PseudonymKey::read).
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, [`Error::Format`] when it holds no secret.
    pub fn read(path: &Path) -> Result<(Self, bool)> {
        let (secret, is_trimmed) = secret_of(path)?;
        Ok((Self::from_secret(&secret)?, is_trimmed))
    }

    /// Who signs with it.
    pub fn signer(&self) -> Signer {
        Signer(self.0.pk)
    }

    /// The signature of some bytes, 128 hexadecimal digits; the same bytes have the same one.
    pub fn sign(&self, bytes: &[u8]) -> String {
        hexadecimal(self.0.sk.sign(bytes, None).as_slice())
    }
}

impl Signer {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let key = bytes_of(text.trim()).map(PublicKey::new).filter(|key| key.validate().is_ok());
        key.map(Self)
            .ok_or_else(|| Error::setting("signer", "no such key", "64 hexadecimal digits, as signing prints them"))
    }

    /// Whether a text is the signature by this signer of some bytes.
    pub fn has_signed(&self, bytes: &[u8], signature: &str) -> bool {
        bytes_of(signature.trim()).is_some_and(|found| self.0.verify(bytes, &Signature::new(found)).is_ok())
    }
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(self.0.as_slice()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.signer())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes, two hexadecimal digits each.
fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: &u8| u8::try_from(char::from(*byte).to_digit(16)?).ok();
    let pairs = text.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.last()?)?));
    let bytes: Vec<u8> = pairs.collect::<Option<_>>()?;
    bytes.try_into().ok().filter(|_| text.len() == 2 * N)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let seed = bytes_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = SigningKey(KeyPair::from_seed(Seed::new(seed)));
        let signer = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!((key.signer().to_string().as_str(), key.sign(b"r").as_str()), (signer, signature));
        let signer = Signer::parse(signer).unwrap();
        assert!(signer.has_signed(b"r", signature) && signer == key.signer());
    }

    #[test]
    fn no_other_bytes_signer_or_text_pass() {
        let (key, other) = (SigningKey::from_secret(b"a").unwrap(), SigningKey::from_secret(b"b").unwrap());
        let signature = key.sign(b"model");
        assert!(key.signer().has_signed(b"model", &format!("{signature}\n")));
        assert!(!other.signer().has_signed(b"model", &signature));
        for at in 0..signature.len() {
            let digit = if signature.as_bytes()[at] == b'0' { "1" } else { "0" };
            let changed = format!("{}{digit}{}", &signature[..at], &signature[at + 1..]);
            assert!(!key.signer().has_signed(b"model", &changed), "{at}");
        }
        for text in ["", "0", "zz", &signature[1..], &signature[2..], &format!("{signature}00"), &"é".repeat(64)] {
            assert!(!key.signer().has_signed(b"model", text), "{text}");
            assert!(Signer::parse(text).is_err(), "{text}");
        }
        // A point of small order, under which anything could be signed.
        assert!(Signer::parse(&"0".repeat(64)).is_err());
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.signer()));
    }

    #[test]
    fn a_key_file_may_end_in_a_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (secret, is_trimmed) in [("open sesame", false), ("open sesame\n", true), ("open sesame\r\n", true)] {
            std::fs::write(file.path(), secret).unwrap();
            let (key, trimmed) = SigningKey::read(file.path()).unwrap();
            assert_eq!(key.signer(), SigningKey::from_secret(b"open sesame").unwrap().signer(), "{secret:?}");
            assert_eq!(trimmed, is_trimmed, "{secret:?}");
        }
        std::fs::write(file.path(), " \n").unwrap();
        assert!(matches!(SigningKey::read(file.path()), Err(Error::Format { .. })));
    }
}
