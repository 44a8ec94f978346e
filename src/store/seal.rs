//! What vouches for the bytes of a store, from the manifest down: the manifest carries its own
//! digest and that of each part's file `digests`, which has those of the part's files and of its
//! buckets' `digests`, which have those of theirs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::Hash;
use polars_parquet::read::read_metadata;

use crate::disk;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// The digests of a file, stretch by stretch: where each ends, rising, and BLAKE3 of its bytes.
///
/// A Parquet file is cut where a column of a group of rows begins or ends: whoever reads some
/// columns of some parties checks just the bytes that he reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Seal(Vec<(u64, Hash)>);

impl Seal {
    /// The seal of a Parquet file as it was just written.
    pub(super) fn written(path: &Path) -> Result<Self> {
        let mut file = disk::open(path)?;
        let metadata = read_metadata(&mut file).map_err(|error| Error::format(path, error, "a Parquet file"))?;
        let chunks = metadata.row_groups.iter().flat_map(|group| group.byte_ranges_iter());
        let mut cuts: Vec<u64> = chunks.flat_map(|chunk| [chunk.start, chunk.end]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        Self::cut((&mut file, path), cuts)
    }

    /// The seal of a file that is read as a whole.
    pub(super) fn whole(path: &Path) -> Result<Self> {
        Self::cut((&mut disk::open(path)?, path), Vec::new())
    }

    fn cut((file, path): (&mut File, &Path), mut cuts: Vec<u64>) -> Result<Self> {
        let length = file.metadata().map_err(Error::io(path))?.len();
        cuts.retain(|cut| *cut > 0 && *cut < length);
        cuts.push(length);
        file.seek(SeekFrom::Start(0)).map_err(Error::io(path))?;
        let mut start = 0;
        let stretch = |end: u64| {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(file.by_ref().take(end - start)).map_err(Error::io(path))?;
            start = end;
            Ok((end, hasher.finalize()))
        };
        Ok(Self(cuts.into_iter().map(stretch).collect::<Result<_>>()?))
    }

    fn length(&self) -> u64 {
        self.0.last().map_or(0, |(end, _)| *end)
    }
}

/// A file and what vouches for it.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) path: PathBuf,
    seal: Arc<Seal>,
}

impl Sealed {
    pub(super) fn new(path: PathBuf, seal: Seal) -> Self {
        Self { path, seal: Arc::new(seal) }
    }

    /// How many bytes were written.
    pub(super) fn length(&self) -> u64 {
        self.seal.length()
    }

    /// Opens the file; one of another length is not what was written.
    pub(super) fn open(&self) -> Result<File> {
        let file = disk::open(&self.path)?;
        let (length, written) = (file.metadata().map_err(Error::io(&self.path))?.len(), self.seal.length());
        match length == written {
            true => Ok(file),
            false => Err(self.damaged(format!("{length} bytes, and {written} were written"))),
        }
    }

    /// Some of its bytes, as they were written: the stretches that hold them are read whole.
    pub(super) fn bytes(&self, file: &mut File, range: &Range<u64>) -> Result<Vec<u8>> {
        let stretches = &self.seal.0;
        let first = stretches.partition_point(|(end, _)| *end <= range.start);
        let mut start = first.checked_sub(1).and_then(|before| stretches.get(before)).map_or(0, |(end, _)| *end);
        let (begun, mut bytes) = (start, Vec::new());
        // What is told of a file may be more than there is memory for, so that nothing is reserved beyond its length.
        bytes.reserve_exact(
            usize::try_from(range.end.min(self.seal.length()).saturating_sub(start)).unwrap_or_default(),
        );
        file.seek(SeekFrom::Start(start)).map_err(Error::io(&self.path))?;
        let behind = stretches.partition_point(|(end, _)| *end < range.end) + 1;
        for (end, digest) in stretches.iter().take(behind).skip(first) {
            let before = bytes.len();
            file.by_ref().take(end - start).read_to_end(&mut bytes).map_err(Error::io(&self.path))?;
            if blake3::hash(bytes.get(before..).unwrap_or_default()) != *digest {
                return Err(self.damaged(format!("other bytes between {start} and {end} than were written")));
            }
            start = *end;
        }
        let within = |end: u64| end.checked_sub(begun).and_then(|end| usize::try_from(end).ok());
        let bounds = within(range.start).zip(within(range.end)).filter(|(from, to)| from <= to && *to <= bytes.len());
        let Some((from, to)) = bounds else {
            return Err(self.damaged(format!("no bytes {} to {}", range.start, range.end)));
        };
        bytes.truncate(to);
        Ok(if from == 0 { bytes } else { bytes.split_off(from) })
    }

    /// The bytes of the last stretch: of a Parquet file its footer, and perhaps more before it.
    pub(super) fn last(&self, file: &mut File) -> Result<Vec<u8>> {
        let before = self.seal.0.iter().rev().nth(1).map_or(0, |(end, _)| *end);
        self.bytes(file, &(before..self.seal.length()))
    }

    /// Reads everything.
    pub(super) fn check(&self) -> Result<()> {
        let mut file = self.open()?;
        let mut start = 0;
        for (end, _) in &self.seal.0 {
            self.bytes(&mut file, &(start..*end))?;
            start = *end;
        }
        Ok(())
    }

    fn damaged(&self, found: String) -> Error {
        Error::format(&self.path, found, UNCHANGED)
    }
}

/// What every file of a store should be, and what to do where one is not.
pub(super) const UNCHANGED: &str = "a file of the store, unchanged: withdraw the part that holds it \
 (Store::withdraw) and fill it again from its sources";

/// The seals of a folder's files.
#[derive(Debug, Clone, Default)]
pub(super) struct Seals {
    pub(super) folder: PathBuf,
    files: BTreeMap<String, Arc<Seal>>,
}

impl Seals {
    /// The file in which they stand.
    pub(super) const FILE: &'static str = "digests";

    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), files: BTreeMap::new() }
    }

    /// Adds a file, by its path within the folder.
    pub(super) fn add(&mut self, name: &str, seal: Seal) {
        self.files.insert(name.to_owned(), Arc::new(seal));
    }

    /// The digest of a file that was sealed as a whole, in hexadecimal.
    pub(super) fn digest_of(&self, name: &str) -> Option<String> {
        self.files.get(name)?.0.last().map(|(_, digest)| digest.to_hex().to_string())
    }

    /// Writes them: a line for each stretch, with its file, where it ends and its digest. Gives what vouches for them.
    pub(super) fn write(&self) -> Result<Seal> {
        let stretches = self.files.iter().flat_map(|(name, seal)| seal.0.iter().map(move |stretch| (name, stretch)));
        let lines: String = stretches.map(|(name, (end, digest))| format!("{digest} {end} {name}\n")).collect();
        let path = self.folder.join(Self::FILE);
        disk::replace(&path, lines.as_bytes())?;
        Ok(Seal(vec![(lines.len() as u64, blake3::hash(lines.as_bytes()))]))
    }

    /// Reads those of a folder.
    pub(super) fn read(file: &Sealed) -> Result<Self> {
        let unreadable = || file.damaged("no list of digests".to_owned());
        let bytes = file.bytes(&mut file.open()?, &(0..file.seal.length()))?;
        let mut files: BTreeMap<String, Seal> = BTreeMap::new();
        for line in std::str::from_utf8(&bytes).map_err(|_| unreadable())?.lines() {
            let mut cells = line.splitn(3, ' ');
            let (digest, end) = (cells.next(), cells.next().and_then(|end| end.parse().ok()));
            let digest = digest.and_then(|digest| Hash::from_hex(digest).ok());
            let ((digest, end), name) = digest.zip(end).zip(cells.next()).ok_or_else(unreadable)?;
            files.entry(name.to_owned()).or_default().0.push((end, digest));
        }
        let files = files.into_iter().map(|(name, seal)| (name, Arc::new(seal))).collect();
        let folder = file.path.parent().unwrap_or(&file.path).to_path_buf();
        Ok(Self { folder, files })
    }

    /// Those of a folder for whose list this digest vouches.
    pub(super) fn vouched(folder: &Path, digest: &str) -> Result<Self> {
        let path = folder.join(Self::FILE);
        let length = std::fs::metadata(&path).map_err(Error::io(&path))?.len();
        let digest = Hash::from_hex(digest)
            .map_err(|error| Error::format(&path, Sentence::foreign(error.to_string()), "a digest in the manifest"))?;
        Self::read(&Sealed::new(path, Seal(vec![(length, digest)])))
    }

    /// A file of the folder, if it has one of that name.
    pub(super) fn file(&self, name: &str) -> Option<Sealed> {
        let seal = self.files.get(name)?.clone();
        Some(Sealed { path: self.folder.join(name), seal })
    }

    /// Every file.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, Sealed)> {
        self.files.keys().filter_map(|name| Some((name.as_str(), self.file(name)?)))
    }
}

/// The digest of a list of digests, in hexadecimal.
impl std::fmt::Display for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.last().map_or(Ok(()), |(_, digest)| digest.fmt(f))
    }
}
