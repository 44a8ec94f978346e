//! Rows on their way between machines: opaque bytes under a name, with what vouches for them.
//!
//! | bytes | content |
//! |---|---|
//! | 32 | BLAKE3 over the digest of the plan, the name and all that follows |
//! | … | rows as Parquet, or a document as JSON |

use std::io::Cursor;

use polars::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::aside::AsideWriter;
use crate::error::{Error, Result};

/// What a task of a filling sends to another: rows of one table and one file that a bucket needs, or what is told of
/// them.
///
/// An engine sorts blobs by [`Blob::bucket`] and looks at nothing else of them. Their parties are pseudonyms, and their
/// bytes are those of Parquet or JSON behind a digest; a blob that comes twice counts once, and so does a file that was
/// read twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blob {
    /// The bucket that needs it; the number behind the last bucket for what the plan's own machine needs.
    pub bucket: u32,
    /// What it holds: the place of a table among [`TABLES`](crate::schema::TABLES), or a number behind these.
    pub table: u32,
    /// The ordinal of the source file.
    pub file: u64,
    /// Which of the blobs of this bucket, table and file it is, from 0.
    pub chunk: u32,
    /// The digest and the content.
    pub data: Vec<u8>,
}

/// What stands in a blob: its bucket, table, file and chunk.
pub(super) type BlobName = (u32, u32, u64, u32);

/// What a blob holds that has no rows of a table: the cases that rows of parties name.
pub(super) const NAMED: u32 = 1 << 16;
/// What a file tells to every bucket: how many rows it has of each table, and which blobs it sends there.
pub(super) const SENT: u32 = NAMED + 1;
/// What a file states of identities, by the table that states it; the last kind of blob.
pub(super) const STATED: u32 = NAMED + 2;

impl Blob {
    /// A blob as an engine brings it back.
    pub const fn new(bucket: u32, table: u32, file: u64, chunk: u32, data: Vec<u8>) -> Self {
        Self { bucket, table, file, chunk, data }
    }

    pub(super) const fn name(&self) -> BlobName {
        (self.bucket, self.table, self.file, self.chunk)
    }

    /// The digest at its head, which tells it from another of its name.
    pub(super) fn digest(&self) -> String {
        let head = self.data.first_chunk().copied().map(blake3::Hash::from_bytes);
        head.map(|head| head.to_hex().to_string()).unwrap_or_default()
    }

    pub(super) fn of_frame(purpose: &str, name: BlobName, frame: &DataFrame) -> Result<Self> {
        let mut writer = AsideWriter::new(Vec::new(), frame.schema())?;
        writer.add(frame)?;
        Ok(Self::sealed(purpose, name, &writer.finish()?))
    }

    pub(super) fn of_document(purpose: &str, name: BlobName, document: &impl Serialize) -> Result<Self> {
        Ok(Self::sealed(purpose, name, &serde_json::to_vec(document)?))
    }

    fn sealed(purpose: &str, name: BlobName, content: &[u8]) -> Self {
        let (bucket, table, file, chunk) = name;
        Self { bucket, table, file, chunk, data: sealed((purpose, &told(name)), content) }
    }

    pub(super) fn frame(&self, purpose: &str) -> Result<DataFrame> {
        Ok(ParquetReader::new(Cursor::new(self.content(purpose)?)).finish()?)
    }

    pub(super) fn document<T: DeserializeOwned>(&self, purpose: &str) -> Result<T> {
        Ok(serde_json::from_slice(self.content(purpose)?)?)
    }

    fn content(&self, purpose: &str) -> Result<&[u8]> {
        opened((purpose, &told(self.name())), &self.data)
    }
}

fn told((bucket, table, file, chunk): BlobName) -> String {
    format!("{bucket}/{table}/{file}/{chunk}")
}

/// Content behind a digest over it, what it is of and what it is called.
pub(super) fn sealed((purpose, name): (&str, &str), content: &[u8]) -> Vec<u8> {
    [digest((purpose, name), content).as_bytes().as_slice(), content].concat()
}

/// The content, as it was sealed for this plan and under this name.
pub(super) fn opened<'b>((purpose, name): (&str, &str), bytes: &'b [u8]) -> Result<&'b [u8]> {
    let whole = bytes
        .split_first_chunk()
        .filter(|(found, content)| digest((purpose, name), content) == blake3::Hash::from_bytes(**found));
    let other = || Error::setting("task", "other bytes", "bytes as a task of this plan gave them");
    whole.map(|(_, content)| content).ok_or_else(other)
}

fn digest((purpose, name): (&str, &str), content: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in [purpose.as_bytes(), name.as_bytes()] {
        hasher.update(blake3::hash(part).as_bytes());
    }
    hasher.update(content).finalize()
}
