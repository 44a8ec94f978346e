//! Reads files inside zip archives, after checking checksums and sizes.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use zip::ZipArchive;

use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::guarded;
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

    /// Unpacks an archive; gives the names within it and where the files are.
    pub(super) fn add(&mut self, path: &Path, bounds: &Bounds) -> Result<Vec<(String, PathBuf)>> {
        let mut entries = Vec::new();
        each_entry(path, bounds, |name| {
            self.count += 1;
            // Of the name only the ending, so that no archive decides where a file is written.
            let base = name.rsplit('/').next().unwrap_or_default();
            let ending = base.split_once('.').map_or("", |(_, ending)| ending);
            let plain: String = ending.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
            let to = self.folder.join(format!("{}.{plain}", self.count));
            let file = disk::create(&to)?;
            entries.push((name.to_owned(), to));
            Ok(file)
        })?;
        Ok(entries)
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
        let unsound = |error: std::io::Error| {
            Error::format(
                path,
                says!("part {}: {error}", [at + 1], error = Sentence::foreign(error.to_string())),
                EXPECTED,
            )
        };
        let count = std::io::copy(&mut entry.by_ref().take(left.saturating_add(1)), &mut to).map_err(unsound)?;
        left = left.checked_sub(count).ok_or_else(|| {
            Bounds::exceeded(path, format!("more than {most} bytes unpacked from {length}"), (name, bound))
        })?;
    }
    Ok(())
}

/// A name in UTF-8 or, as archives of Chinese Windows have it, GBK.
fn name_of(bytes: &[u8]) -> String {
    let name = match std::str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    };
    name.replace('\\', "/")
}
