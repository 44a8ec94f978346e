//! The bytes of a Parquet file, on disk or in memory.
//!
//! A damaged footer can promise any length. A range beyond the end of the bytes is an error before memory
//! for it is asked for.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use polars::prelude::{PolarsResult, polars_bail};
use polars_buffer::Buffer;

/// Where the bytes of a file lie.
pub(super) enum Bytes {
    File { path: PathBuf, length: u64 },
    Memory(Buffer<u8>),
}

impl Bytes {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The file, where the bytes lie in one.
    pub(super) fn open(&self) -> io::Result<Option<File>> {
        match self {
            Self::File { path, .. } => File::open(path).map(Some),
            Self::Memory(_) => Ok(None),
        }
    }

    /// The bytes of a range, out of the file as [`Bytes::open`] gave it.
    pub(super) fn range(&self, file: &mut Option<File>, range: &Range<u64>) -> PolarsResult<Buffer<u8>> {
        // What a damaged footer tells may be more than there is memory for.
        let length = range.end.checked_sub(range.start).filter(|_| range.end <= self.length());
        let bytes = match (self, file, length) {
            (Self::Memory(bytes), _, Some(_)) => {
                let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
                ends.map_or_else(Buffer::new, |(start, end)| bytes.clone().sliced(start..end))
            }
            (Self::File { .. }, Some(file), Some(length)) => {
                let mut read = Vec::new();
                file.seek(SeekFrom::Start(range.start))?;
                file.take(length).read_to_end(&mut read)?;
                read.into()
            }
            _ => Buffer::new(),
        };
        if length != Some(bytes.len() as u64) {
            polars_bail!(ComputeError: "bytes {} to {} of {}", range.start, range.end, self.length());
        }
        Ok(bytes)
    }
}
