//! How do bytes come to rest, whole and for the owner alone?
//!
//! Whatever the library writes beside refused rows of a stream goes through here: files that nobody
//! but their owner reads (0600, folders 0700, where the system knows such rights), and documents
//! that replace an older one in one step, or come where none is, and carry the digest of all they
//! say. Whoever works in a folder holds its [`Lock`].
//!
//! # Invariants
//!
//! An error names its file. In tests every write, sync, rename, removal and read can be made to
//! fail. Absent here: tables, what bytes mean, the clock.

mod claim;
mod document;
#[cfg(test)]
pub(crate) mod faults;
mod file;
mod folder;
mod lock;

pub(crate) use claim::{CLAIM, claim};
pub(crate) use document::{document_of, put_document, read_document, replace_document};
pub(crate) use file::{Writer, create, open, put, read, replace, write};
pub(crate) use folder::{make, remove, rename, synced, word};
pub(crate) use lock::{Lock, lock, machine};

/// What is done to a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Make,
    #[cfg(test)]
    Write,
    Sync,
    Rename,
    Link,
    Remove,
    Read,
}

/// Where a test lets a deed fail.
#[cfg(not(test))]
#[inline]
fn met(_deed: Deed, _path: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
use faults::met;
