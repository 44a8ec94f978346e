//! Secrets: read from files that nobody else may read, or from the environment; never printed.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::Fault;

/// Where a secret is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Secret {
    /// In a file of mode 0600 or less; one line end behind it is no part of it.
    File(PathBuf),
    /// In a variable of the environment.
    Env(String),
}

/// No secret is shorter.
const LEAST: usize = 16;

impl Secret {
    /// The secret itself.
    ///
    /// # Errors
    ///
    /// When it cannot be read, others may read it, or it is too short to be one.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let (name, mut bytes) = match self {
            Self::File(path) => (path.display().to_string(), read_private(path)?),
            Self::Env(name) => {
                let value = std::env::var(name).map_err(|_| format!("{name}: not in the environment"))?;
                (name.clone(), Zeroizing::new(value.into_bytes()))
            }
        };
        let whole =
            bytes.strip_suffix(b"\n").map_or(bytes.len(), |line| line.strip_suffix(b"\r").unwrap_or(line).len());
        bytes.truncate(whole);
        if bytes.len() < LEAST || bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(format!("{name}: {} bytes, expected a secret of at least {LEAST}", bytes.len()).into());
        }
        Ok(bytes)
    }
}

/// Reads a file that its owner alone may read.
///
/// # Errors
///
/// When it cannot be read or its mode lets others in.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let failed = |fault: std::io::Error| format!("{}: {fault}", path.display());
    let mut file = File::open(path).map_err(failed)?;
    check_private(&file, path)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Refuses a file that others may read or write.
///
/// # Errors
///
/// With its mode.
pub(crate) fn check_private(file: &File, path: &Path) -> Result<(), Fault> {
    let mode = file.metadata().map_err(|fault| format!("{}: {fault}", path.display()))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(format!("{}: its mode is {mode:04o}, expected 0600: others may read it", path.display()).into())
    }
}

/// Hashes partners' keys under the pepper: a stolen configuration tells nothing without it.
pub(crate) struct KeyHasher(Zeroizing<[u8; 32]>);

impl KeyHasher {
    pub(crate) fn new(pepper: &[u8]) -> Self {
        Self(Zeroizing::new(blake3::derive_key("wherewithal screening-service 2026 partner keys", pepper)))
    }

    /// The hash of a key; two hashes are compared in constant time.
    pub(crate) fn hash(&self, key: &str) -> blake3::Hash {
        blake3::keyed_hash(&self.0, key.as_bytes())
    }
}

/// A new key of 256 random bits, in hexadecimal digits.
///
/// # Errors
///
/// When the system gives no random bytes.
pub(crate) fn new_key() -> Result<Zeroizing<String>, Fault> {
    let mut bytes = [0; 32];
    let source = tokio_rustls::rustls::crypto::ring::default_provider().secure_random;
    source.fill(&mut bytes).map_err(|_| "the system gives no random bytes")?;
    let key = Zeroizing::new(blake3::Hash::from_bytes(bytes).to_hex().to_string());
    bytes.zeroize();
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_private_and_long_and_ends_before_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            Secret::File(path.clone()).read().map(|bytes| bytes.to_vec()).map_err(|fault| fault.to_string())
        };
        assert_eq!(read("a secret of this court\r\n", 0o600).unwrap(), b"a secret of this court");
        assert!(read("a secret of this court", 0o640).unwrap_err().contains("its mode is 0640, expected 0600"));
        for short in ["", "\n", "short\n", "                         \n"] {
            let fault = read(short, 0o600).unwrap_err();
            assert!(fault.contains("expected a secret") && !fault.contains("short\n"), "{fault}");
        }
    }

    #[test]
    fn keys_differ_and_so_do_their_hashes_under_another_pepper() {
        let (key, other) = (new_key().unwrap(), new_key().unwrap());
        assert!(key.len() == 64 && key != other);
        let hasher = KeyHasher::new(b"pepper");
        assert_eq!(hasher.hash(&key), KeyHasher::new(b"pepper").hash(&key));
        assert_ne!(hasher.hash(&key), hasher.hash(&other));
        assert_ne!(hasher.hash(&key), KeyHasher::new(b"another").hash(&key));
    }
}
