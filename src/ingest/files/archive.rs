//! Reads files inside zip archives, after checking checksums and sizes.
//!
//! Files of an archive are unpacked into a folder below that of the refused rows, which has the same
//! protection, and removed when the reading is over. Their names in reports are
//! `archive.zip/folder/file.csv`. An archive that is damaged, encrypted or unpacks to more than
//! [`Bounds`] allows gives none of its files: half an archive is not read.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::{Broken, broken, guarded};
use crate::sentence::{Sentence, says};

const EXPECTED: &str = "a zip archive that is whole and not encrypted";
/// Unpacked bytes below which nobody asks how many times its size a file unpacks to.
const SMALL: u64 = 1 << 20;

/// Files of archives, unpacked for as long as they are read.
#[derive(Debug)]
pub(in crate::ingest) struct Unpacked {
    folder: PathBuf,
    count: usize,
}

impl Unpacked {
    /// A folder of the same protection as the refused rows, below theirs.
    pub(super) fn new(refused: &Path) -> Result<Self> {
        let folder = refused.join(".unpacked");
        disk::remove(&folder)?;
        disk::make(&folder)?;
        Ok(Self { folder, count: 0 })
    }

    /// Unpacks an archive; gives the names within it and where the files are. Of one that does not unpack nothing
    /// stays.
    pub(super) fn add(&mut self, path: &Path, bounds: &Bounds) -> Result<Vec<(String, PathBuf)>> {
        let mut entries = Vec::new();
        let unpacked = each_entry(path, bounds, |name| {
            self.count += 1;
            // Of the name only the ending, so that no archive decides where a file is written.
            let base = name.rsplit('/').next().unwrap_or_default();
            let ending = base.split_once('.').map_or("", |(_, ending)| ending);
            let plain: String = ending.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
            let to = self.folder.join(format!("{}.{plain}", self.count));
            let file = disk::create(&to)?;
            entries.push((name.to_owned(), to));
            Ok(file)
        });
        if unpacked.is_err() {
            entries.iter().try_for_each(|(_, to)| disk::remove(to))?;
        }
        unpacked.map(|()| entries)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What cannot be removed now is removed before the next reading.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Holds every part of an archive against its checksum and the bounds.
pub(in crate::ingest) fn verify(path: &Path, bounds: &Bounds) -> Result<()> {
    each_entry(path, bounds, |_| Ok(std::io::sink()))
}

/// Reads a part of an archive that was verified; nothing where no part has this name.
pub(in crate::ingest) fn part<T>(
    path: &Path,
    name: &str,
    read: impl FnOnce(&mut dyn BufRead) -> std::io::Result<T>,
) -> Result<Option<T>> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut archive = guarded((path, EXPECTED), || ZipArchive::new(BufReader::new(file)))?;
    let Ok(part) = archive.by_name(name) else { return Ok(None) };
    read(&mut BufReader::new(part)).map(Some).map_err(Error::io(path))
}

fn each_entry<W: Write>(path: &Path, bounds: &Bounds, mut target: impl FnMut(&str) -> Result<W>) -> Result<()> {
    let file = File::open(path).map_err(Error::io(path))?;
    let length = file.metadata().map_err(Error::io(path))?.len();
    let mut archive = guarded((path, EXPECTED), || ZipArchive::new(BufReader::new(file)))?;
    if archive.len() > bounds.files {
        return Err(Bounds::exceeded(path, format!("{} files", archive.len()), ("files", bounds.files as u64)));
    }
    let most = length.saturating_mul(bounds.unpacked_ratio).max(SMALL);
    let (name, bound, mut left) = if most < bounds.unpacked_bytes {
        ("unpacked_ratio", bounds.unpacked_ratio, most)
    } else {
        ("unpacked_bytes", bounds.unpacked_bytes, bounds.unpacked_bytes)
    };
    for at in 0..archive.len() {
        let mut entry = guarded((path, EXPECTED), || archive.by_index(at))?;
        if entry.is_dir() {
            continue;
        }
        let mut to = target(&name_of(entry.name_raw()))?;
        let count = copied((path, at), entry.by_ref().take(left.saturating_add(1)), &mut to)?;
        left = left.checked_sub(count).ok_or_else(|| {
            Bounds::exceeded(path, format!("more than {most} bytes unpacked from {length}"), (name, bound))
        })?;
    }
    Ok(())
}

/// Copies a part of an archive; tells a part that is damaged from a disk that is full.
fn copied((path, at): (&Path, usize), mut part: impl Read, to: &mut impl Write) -> Result<u64> {
    let (mut piece, mut count) = (vec![0; 1 << 16], 0);
    loop {
        let read = match part.read(&mut piece) {
            Ok(0) => return Ok(count),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // The system's own errors have its number.
            Err(error) if error.raw_os_error().is_some() => return Err(Error::io(path)(error)),
            Err(error) => return Err(Error::format(path, damaged_part(at, &error), EXPECTED)),
        };
        to.write_all(piece.get(..read).unwrap_or_default()).map_err(Error::io(path))?;
        count += read as u64;
    }
}

/// What is wrong with a part of an archive, counted from 0.
pub(in crate::ingest) fn damaged_part(at: usize, error: &std::io::Error) -> Sentence {
    let what = match error.kind() {
        ErrorKind::UnexpectedEof => says!("ends early"),
        ErrorKind::InvalidData => says!("fails its checksum"),
        _ => says!("does not unpack"),
    };
    broken(&says!("part {} of a zip archive that {what}", [at + 1], what), error)
}

impl Broken for ZipError {
    fn kind(&self) -> Sentence {
        match self {
            Self::UnsupportedArchive(Self::PASSWORD_REQUIRED) | Self::InvalidPassword => {
                says!("an encrypted zip archive")
            }
            Self::UnsupportedArchive(_) | Self::CompressionMethodNotSupported(_) => {
                says!("a zip archive packed in a way that is not read")
            }
            _ => says!("no zip archive, or one that ends early or is damaged"),
        }
    }
}

/// A name in UTF-8 or, as archives of Chinese Windows have it, GBK.
fn name_of(bytes: &[u8]) -> String {
    let name = match std::str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    };
    name.replace('\\', "/")
}
