use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// What another library makes of bytes that may be damaged: where it gives up, the file is unreadable, and nothing else
/// ends.
pub(super) fn guarded<T, E: Display>(
    (path, expected): (&Path, &str),
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Error::format(path, Sentence::foreign(error.to_string()), expected)),
        Err(_) => Err(Error::format(path, "bytes that the decoder stops at", expected)),
    }
}
