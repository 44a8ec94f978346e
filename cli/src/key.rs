//! The secret behind the pseudonyms.

use std::path::PathBuf;

use clap::Args;
use wherewithal::domain::PseudonymKey;

use crate::failure::Failure;

// No doc comment: it would become the command's own.
#[derive(Args)]
pub(crate) struct KeyOptions {
    /// A file with the secret behind the pseudonyms; without it a public one is used, which hides nothing.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyOptions {
    pub(crate) fn key(&self) -> Result<PseudonymKey, Failure> {
        let secret = self.key_file.as_ref().map(|path| std::fs::read(path).map_err(Failure::io(path))).transpose()?;
        Ok(PseudonymKey::from_secret(secret.as_deref().unwrap_or(b"public")))
    }
}
