//! Creates a folder together with its first file in one step, so that of two processes one wins.
//!
//! The folder is made under a name that nobody else has and then renamed. A rename onto a folder with
//! anything in it fails, on every system, also where locks of another machine are not seen.

use std::fs;
use std::path::Path;

use super::folder::word;
use super::{Deed, make, met, remove, write};
use crate::error::{Error, Result};

/// Makes a folder with one file in it where nothing is, in one step, so that nobody ever sees it
/// without the file; whether nothing was there. What is killed in the middle leaves a folder that
/// ends in [`CLAIM`].
pub(crate) fn claim(folder: &Path, (name, bytes): (&str, &[u8])) -> Result<bool> {
    let new = folder.with_extension(format!("{}.{CLAIM}", word()));
    make(&new)?;
    write(&new.join(name), bytes)?;
    match met(Deed::Rename, folder).and_then(|()| fs::rename(&new, folder)) {
        Ok(()) => Ok(true),
        Err(error) => {
            remove(&new)?;
            if folder.exists() { Ok(false) } else { Err(Error::io(folder)(error)) }
        }
    }
}

/// How the name of a folder ends that was to become another.
pub(crate) const CLAIM: &str = "claim";
