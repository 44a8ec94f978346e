//! The secret behind the pseudonyms.

use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::PseudonymKey;

use crate::console::{Console, caution};
use crate::failure::Failure;

// No doc comment: it would become the command's own.
#[derive(Args)]
pub(crate) struct KeyOptions {
    /// A file with the secret behind the pseudonyms; without it a public one is used, which hides nothing.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyOptions {
    pub(crate) const fn is_given(&self) -> bool {
        self.key_file.is_some()
    }

    pub(crate) fn key(&self, console: &Console<'_>) -> Result<PseudonymKey, Failure> {
        let Some(path) = &self.key_file else { return Ok(PseudonymKey::public()) };
        let (key, is_trimmed) = PseudonymKey::read(path)?;
        if is_trimmed {
            caution!(console, "{}: the line end behind the secret is no part of it", [path.display()]);
        }
        Ok(key)
    }
}

/// Says that pseudonyms hide nobody, where the key of this public name is the public one.
pub(crate) fn warn_of_public(fingerprint: &str, console: &Console<'_>) {
    if PseudonymKey::is_public(fingerprint) {
        caution!(
            console,
            "warning: pseudonyms are made with the public key (no --key-file): whoever has this program can trace \
             them back"
        );
    }
}
