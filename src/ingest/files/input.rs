//! Opens a file: unpacks gzip, decodes UTF-16, and computes the digest of what is read.
//!
//! Whoever reads from [`Input`] gets plain bytes of UTF-8 or of an ASCII superset. The digest (BLAKE3) is
//! that of the file as it lies on disk, so that the digest of a report can be checked with any other
//! program.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding as Charset;
use flate2::bufread::GzDecoder;

use super::wide::{Wide, marked};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;

/// The first bytes of a gzip stream.
const MAGIC: [u8; 2] = [0x1F, 0x8B];
/// Unpacked bytes below which nobody asks how many times its size a file unpacks to.
const SMALL: u64 = 1 << 20;

/// What identifies a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct Fingerprint {
    /// BLAKE3 of the file as it lies there, in hexadecimal.
    pub(in crate::ingest) blake3: String,
    /// Its size in bytes.
    pub(in crate::ingest) bytes: u64,
}

/// A file's content, unpacked when it is a gzip stream and in UTF-8 when its first two bytes say
/// UTF-16, and hashed on the way.
#[derive(Debug)]
pub(in crate::ingest) struct Input {
    path: PathBuf,
    stream: Stream,
    wide: Option<&'static Charset>,
}

#[derive(Debug)]
enum Stream {
    Plain(Box<BufReader<Hashing>>),
    Wide(Box<Wide<Hashing>>),
    Packed(Box<Packed>),
}

/// Gzip streams, one behind the other. A stream's checksum stands at its end.
#[derive(Debug)]
struct Packed {
    /// The stream that is read; nothing behind the last one.
    member: Option<GzDecoder<BufReader<Hashing>>>,
    /// What is read when no stream is.
    rest: Option<BufReader<Hashing>>,
    unpacked: u64,
    vouched: u64,
}

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::with_hashing(path, Hashing::open(path)?)
    }

    /// The content to look at once more, without a fingerprint.
    pub(super) fn look(path: &Path) -> Result<Self> {
        Self::with_hashing(path, Hashing { hasher: None, ..Hashing::open(path)? })
    }

    fn with_hashing(path: &Path, file: Hashing) -> Result<Self> {
        let mut file = BufReader::with_capacity(1 << 16, file);
        let head = file.fill_buf().map_err(Error::io(path))?;
        let is_named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let wide = marked(head);
        let stream = if let Some(charset) = wide {
            Stream::Wide(Box::new(Wide::new(file, charset)))
        } else if head.starts_with(&MAGIC) || (is_named && !head.is_empty()) {
            let member = Some(GzDecoder::new(file));
            Stream::Packed(Box::new(Packed { member, rest: None, unpacked: 0, vouched: 0 }))
        } else {
            Stream::Plain(Box::new(file))
        };
        Ok(Self { path: path.to_path_buf(), stream, wide })
    }

    /// The encoding of a file whose text is read as UTF-8.
    pub(super) const fn wide(&self) -> Option<&'static Charset> {
        self.wide
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file read so far, as they lie there.
    pub(super) fn bytes_read(&self) -> u64 {
        match &self.stream {
            Stream::Plain(file) => file.get_ref().bytes,
            Stream::Wide(wide) => wide.file().get_ref().bytes,
            Stream::Packed(packed) => packed.file().map_or(0, |file| file.get_ref().bytes),
        }
    }

    /// Unpacked bytes for which a checksum that was met vouches; nothing where there are no checksums.
    pub(super) fn vouched(&self) -> Option<u64> {
        match &self.stream {
            Stream::Plain(_) | Stream::Wide(_) => None,
            Stream::Packed(packed) => Some(packed.vouched),
        }
    }

    /// Whether what was unpacked so far is more than is allowed.
    pub(super) fn check(&self, bounds: &Bounds) -> Result<()> {
        let Stream::Packed(packed) = &self.stream else { return Ok(()) };
        let found = format!("{} bytes unpacked from {}", packed.unpacked, self.bytes_read());
        if packed.unpacked > bounds.unpacked_bytes {
            return Err(Bounds::exceeded(&self.path, found, ("unpacked_bytes", bounds.unpacked_bytes)));
        }
        let most = self.bytes_read().saturating_mul(bounds.unpacked_ratio);
        if packed.unpacked > most.max(SMALL) {
            return Err(Bounds::exceeded(&self.path, found, ("unpacked_ratio", bounds.unpacked_ratio)));
        }
        Ok(())
    }

    /// Reads what is left, so that the fingerprint is the whole file's.
    pub(in crate::ingest) fn finish(self) -> Result<Fingerprint> {
        let file = match self.stream {
            Stream::Plain(file) => Some(*file),
            Stream::Wide(wide) => Some(wide.into_inner()),
            Stream::Packed(packed) => packed.member.map(GzDecoder::into_inner).or(packed.rest),
        };
        let Some(mut file) = file else { return fingerprint(&self.path) };
        std::io::copy(&mut file, &mut std::io::sink()).map_err(Error::io(&self.path))?;
        let file = file.into_inner();
        Ok(Fingerprint { blake3: hash(file.hasher), bytes: file.bytes })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(file) => file.read(buffer),
            Stream::Wide(wide) => wide.read(buffer),
            Stream::Packed(packed) => packed.read(buffer),
        }
    }
}

impl Packed {
    fn file(&self) -> Option<&BufReader<Hashing>> {
        self.member.as_ref().map(GzDecoder::get_ref).or(self.rest.as_ref())
    }
}

impl Read for Packed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some(mut member) = self.member.take() {
            let count = match member.read(buffer) {
                Ok(count) => count,
                Err(error) => {
                    self.rest = Some(member.into_inner());
                    return Err(error);
                }
            };
            if count > 0 || buffer.is_empty() {
                self.unpacked += count as u64;
                self.member = Some(member);
                return Ok(count);
            }
            self.vouched = self.unpacked;
            let mut file = member.into_inner();
            match file.fill_buf()?.is_empty() {
                true => self.rest = Some(file),
                false => self.member = Some(GzDecoder::new(file)),
            }
        }
        Ok(0)
    }
}

/// The fingerprint of a file that is read in another way.
pub(in crate::ingest) fn fingerprint(path: &Path) -> Result<Fingerprint> {
    let file = BufReader::with_capacity(1 << 17, Hashing::open(path)?);
    Input { path: path.to_path_buf(), stream: Stream::Plain(Box::new(file)), wide: None }.finish()
}

fn hash(hasher: Option<blake3::Hasher>) -> String {
    hasher.map_or_else(String::new, |hasher| hasher.finalize().to_hex().to_string())
}

#[derive(Debug)]
struct Hashing {
    file: File,
    /// None where nobody asks for the fingerprint.
    hasher: Option<blake3::Hasher>,
    bytes: u64,
}

impl Hashing {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: File::open(path).map_err(Error::io(path))?, hasher: Some(blake3::Hasher::new()), bytes: 0 })
    }
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        self.bytes += count as u64;
        Ok(count)
    }
}
