use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// What identifies a file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct Fingerprint {
    /// BLAKE3 of the file as it lies there, in hexadecimal.
    pub(in crate::ingest) blake3: String,
    /// Its size in bytes.
    pub(in crate::ingest) bytes: u64,
}

/// A file's content, decompressed when its name ends in `.gz`, and hashed on the way.
#[derive(Debug)]
pub(in crate::ingest) struct Input {
    path: PathBuf,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Plain(Box<Hashing>),
    Packed(Box<MultiGzDecoder<BufReader<Hashing>>>),
}

impl Input {
    pub(in crate::ingest) fn open(path: &Path) -> Result<Self> {
        let file = Hashing::open(path)?;
        let stream = if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz")) {
            Stream::Packed(Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file))))
        } else {
            Stream::Plain(Box::new(file))
        };
        Ok(Self { path: path.to_path_buf(), stream })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn bytes_read(&self) -> u64 {
        match &self.stream {
            Stream::Plain(file) => file.bytes,
            Stream::Packed(decoder) => decoder.get_ref().get_ref().bytes,
        }
    }

    /// Reads what is left, so that the fingerprint is the whole file's.
    pub(in crate::ingest) fn finish(self) -> Result<Fingerprint> {
        let mut file = match self.stream {
            Stream::Plain(file) => *file,
            Stream::Packed(decoder) => (*decoder).into_inner().into_inner(),
        };
        std::io::copy(&mut file, &mut std::io::sink()).map_err(Error::io(&self.path))?;
        Ok(Fingerprint { blake3: file.hasher.finalize().to_hex().to_string(), bytes: file.bytes })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(file) => file.read(buffer),
            Stream::Packed(decoder) => decoder.read(buffer),
        }
    }
}

/// The fingerprint of a file that is read in another way.
pub(in crate::ingest) fn fingerprint(path: &Path) -> Result<Fingerprint> {
    Input { path: path.to_path_buf(), stream: Stream::Plain(Box::new(Hashing::open(path)?)) }.finish()
}

#[derive(Debug)]
struct Hashing {
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Hashing {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: File::open(path).map_err(Error::io(path))?, hasher: blake3::Hasher::new(), bytes: 0 })
    }
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }
}
