//! Turns a panic of another library on damaged bytes into an error that names the file.
//!
//! Readers of workbooks, archives and Parquet were not all written for hostile bytes. A file that makes one
//! of them give up must cost that file alone. The words of the other library go into the error as a
//! technical detail, with every number that may be an identifier masked.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::domain::masked_text;
use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// Longer details are cut.
const LONG: usize = 300;

/// An error of another crate about bytes that it cannot read.
pub(super) trait Broken: Display {
    /// What is wrong with the bytes.
    fn kind(&self) -> Sentence;
}

/// What another library makes of bytes that may be damaged: where it gives up, the file is unreadable, and nothing else
/// ends.
pub(super) fn guarded<T, E: Broken>(
    (path, expected): (&Path, &str),
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Error::format(path, broken(&error.kind(), &error), expected)),
        Err(_) => Err(Error::format(path, "bytes that the decoder stops at", expected)),
    }
}

/// What is wrong with bytes, and behind it, as a detail, the words of whoever could not read them.
pub(super) fn broken(kind: &Sentence, words: &dyn Display) -> Sentence {
    let detail: String = masked_text(&words.to_string()).chars().take(LONG).collect();
    says!("{kind} (technical detail: {detail})", kind, detail)
}
