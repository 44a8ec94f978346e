//! Checkpoints: the results of every finished unit, so that a killed run continues where it was.
//!
//! | bytes | content |
//! |---|---|
//! | 32 | BLAKE3 over the run's purpose, the unit's number and all that follows |
//! | 8 | the length of the first result, little-endian |
//! | … | the first result as Parquet; then length and bytes of each further one |
//!
//! The purpose is the text of the run's report and cut: a checkpoint of another day, model, store or
//! version has another and is not used.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use rayon::prelude::*;

use super::batch::RESULTS;
use crate::disk;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// The finished units of one run, each a file: the digest of what follows, then every result with its length before it.
///
/// A unit counts only with its digest, so that what outlives the death of the process, or that of
/// the machine, is whole, and nobody waits for the disk.
pub(super) struct Checkpoints {
    folder: PathBuf,
    units: usize,
    purpose: String,
    /// The units that were written here: none of them need be read to know that it is there.
    kept: Mutex<BTreeSet<usize>>,
}

impl Checkpoints {
    const PURPOSE: &'static str = "purpose";

    /// Opens what a run of so many units and of the same purpose has finished in `out`; what
    /// another run left there is removed.
    pub(super) fn open(out: &Path, (purpose, units): (&str, usize)) -> Result<Self> {
        let finished = Self { folder: out.join("units"), units, purpose: purpose.to_owned(), kept: Mutex::default() };
        let note = finished.folder.join(Self::PURPOSE);
        if fs::read_to_string(&note).is_ok_and(|found| found == purpose) {
            return Ok(finished);
        }
        finished.is_of_a_run()?;
        finished.clear()?;
        disk::make(&finished.folder)?;
        disk::replace(&note, purpose.as_bytes())?;
        Ok(finished)
    }

    /// Refuses a folder in which something stands that no run wrote.
    fn is_of_a_run(&self) -> Result<()> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(()) };
        for entry in entries {
            let name = entry.map_err(Error::io(&self.folder))?.file_name().to_string_lossy().into_owned();
            let is_unit = name.trim_end_matches(".new").parse::<usize>().is_ok();
            if !is_unit && !name.starts_with(Self::PURPOSE) {
                let folder = self.folder.display().to_string();
                return Err(Error::setting(
                    Sentence::name(folder),
                    Sentence::value(name),
                    "nothing but units of an earlier run, or no such folder",
                ));
            }
        }
        Ok(())
    }

    /// Whether a unit is there, to the last byte.
    pub(super) fn has(&self, unit: usize) -> bool {
        disk::read(&self.unit(unit)).is_ok_and(|bytes| self.results(unit, &bytes).is_some())
    }

    /// Keeps a unit as it was packed: all of it or none. One that is there already stays.
    pub(super) fn keep(&self, unit: usize, bytes: &[u8]) -> Result<()> {
        if self.is_kept(unit) {
            return Ok(());
        }
        if unit >= self.units || self.results(unit, bytes).is_none() {
            if self.has(unit) {
                return Ok(());
            }
            let found = format!("other bytes than those of unit {unit} of {}", self.units);
            return Err(Error::format(&self.folder, found, "a unit as it was assessed for this run"));
        }
        disk::write(&self.unit(unit), bytes)?;
        self.kept.lock().map(|mut kept| _ = kept.insert(unit)).ok();
        Ok(())
    }

    fn is_kept(&self, unit: usize) -> bool {
        self.kept.lock().is_ok_and(|kept| kept.contains(&unit))
    }

    /// The units that are not there.
    pub(super) fn missing(&self) -> Vec<usize> {
        (0..self.units).filter(|unit| !self.is_kept(*unit) && !self.has(*unit)).collect()
    }

    /// Writes each table of all units, in their order, as one file in `out`. Its groups of rows do
    /// not tell how units were cut.
    pub(super) fn join(&self, out: &Path) -> Result<()> {
        let writer = |name| Mutex::new(GroupedWriter::new(out.join(format!("{name}.parquet"))));
        let tables = RESULTS.map(writer);
        for unit in 0..self.units {
            let path = self.unit(unit);
            let bytes = disk::read(&path)?;
            let results =
                self.results(unit, &bytes).ok_or_else(|| Error::format(&path, "another unit", "a finished unit"))?;
            tables.par_iter().zip(results).try_for_each(|(table, result)| {
                let frame = ParquetReader::new(Cursor::new(result)).finish();
                let frame = frame.map_err(|error| Error::format(&path, error, "a finished unit"))?;
                table.lock().map_or(Ok(()), |mut table| table.add(frame))
            })?;
        }
        tables.into_par_iter().try_for_each(|table| table.into_inner().map_or(Ok(()), GroupedWriter::finish))
    }

    /// Removes all checkpoints. The note without which they do not count goes first.
    pub(super) fn clear(&self) -> Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        let note = self.folder.join(Self::PURPOSE);
        disk::remove(&note)?;
        disk::remove(&self.folder)
    }

    fn results<'b>(&self, unit: usize, bytes: &'b [u8]) -> Option<[&'b [u8]; RESULTS.len()]> {
        results((&self.purpose, unit), bytes)
    }

    fn unit(&self, unit: usize) -> PathBuf {
        self.folder.join(format!("{unit:05}"))
    }
}

/// The checkpoint of a unit as bytes: its digest, then every result with its length before it.
pub(super) fn packed(unit: (&str, usize), mut frames: [DataFrame; RESULTS.len()]) -> Result<Vec<u8>> {
    let mut bytes = vec![0; blake3::OUT_LEN];
    for frame in &mut frames {
        let mut result = Vec::new();
        frame.rechunk_mut();
        let writer = ParquetWriter::new(&mut result).with_compression(ParquetCompression::Uncompressed);
        writer.set_parallel(false).finish(frame)?;
        bytes.extend((result.len() as u64).to_le_bytes());
        bytes.extend(result);
    }
    if let Some((digest, body)) = bytes.split_first_chunk_mut() {
        *digest = *hash(unit, body).as_bytes();
    }
    Ok(bytes)
}

/// Rows in a group of a result, but for the last one.
const GROUP_ROWS: usize = 1 << 16;

/// A Parquet file that grows frame by frame, in groups of one size.
pub(super) struct GroupedWriter {
    path: PathBuf,
    pending: DataFrame,
    writer: Option<BatchedWriter<BufWriter<disk::Writer>>>,
}

impl GroupedWriter {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, pending: DataFrame::default(), writer: None }
    }

    pub(super) fn add(&mut self, frame: DataFrame) -> Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = BufWriter::new(disk::create(&self.path)?);
                self.pending = frame.clear();
                self.writer.insert(ParquetWriter::new(file).set_parallel(false).batched(frame.schema())?)
            }
        };
        self.pending.vstack_mut_owned(frame)?;
        while self.pending.height() >= GROUP_ROWS {
            let (mut full, rest) = self.pending.split_at(i64::try_from(GROUP_ROWS).unwrap_or(i64::MAX));
            full.rechunk_mut();
            writer.write_batch(&full)?;
            self.pending = rest;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<()> {
        if let Some(mut writer) = self.writer {
            self.pending.rechunk_mut();
            writer.write_batch(&self.pending)?;
            writer.finish()?;
        }
        Ok(())
    }
}

/// The digest of a unit, over the text that names its run, its number and its bytes.
fn hash((purpose, unit): (&str, usize), body: &[u8]) -> blake3::Hash {
    let purpose = blake3::hash(purpose.as_bytes());
    blake3::Hasher::new().update(purpose.as_bytes()).update(&(unit as u64).to_le_bytes()).update(body).finalize()
}

/// The results in the bytes of a unit; nothing when they are not what was written for it.
fn results<'b>(unit: (&str, usize), bytes: &'b [u8]) -> Option<[&'b [u8]; RESULTS.len()]> {
    let (digest, mut rest) = bytes.split_first_chunk()?;
    if hash(unit, rest) != blake3::Hash::from_bytes(*digest) {
        return None;
    }
    let mut results = [&[][..]; RESULTS.len()];
    for result in &mut results {
        let (length, behind) = rest.split_first_chunk()?;
        (*result, rest) = behind.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    }
    rest.is_empty().then_some(results)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_unit_counts_to_the_last_byte_and_is_joined_in_order() {
        let out = tempfile::tempdir().unwrap();
        let finished = Checkpoints::open(out.path(), ("a test", 2)).unwrap();
        let frames = |first: i64| {
            std::array::from_fn(|at| {
                let ids: Vec<i64> = (0..at as i64).map(|row| first + row).collect();
                DataFrame::new(at, vec![Column::new("id".into(), ids)]).unwrap()
            })
        };
        let test = |unit| ("a test", unit);
        let second = packed(test(1), frames(100)).unwrap();
        finished.keep(1, &second).unwrap();
        assert!(finished.has(1) && finished.missing() == [0]);
        // What was written here is not read again to know that it is there; what another process left is.
        fs::rename(finished.unit(1), out.path().join("away")).unwrap();
        assert_eq!(finished.missing(), [0]);
        let again = Checkpoints::open(out.path(), ("a test", 2)).unwrap();
        assert_eq!(again.missing(), [0, 1]);
        fs::rename(out.path().join("away"), finished.unit(1)).unwrap();
        assert_eq!(again.missing(), [0]);
        assert!(finished.keep(0, &second).is_err() && finished.keep(2, &packed(test(2), frames(0)).unwrap()).is_err());
        assert!(finished.keep(0, &packed(("another", 0), frames(0)).unwrap()).is_err(), "a unit of another run");
        fs::copy(finished.unit(1), finished.unit(0)).unwrap();
        assert!(!finished.has(0), "a unit of another number");
        fs::remove_file(finished.unit(0)).unwrap();
        assert!(finished.join(out.path()).is_err());
        finished.keep(0, &packed(test(0), frames(0)).unwrap()).unwrap();
        finished.keep(1, b"a second attempt").unwrap();
        finished.join(out.path()).unwrap();
        for (at, name) in RESULTS.iter().enumerate() {
            let file = File::open(out.path().join(format!("{name}.parquet"))).unwrap();
            let joined = ParquetReader::new(file).finish().unwrap();
            let ids = joined.column("id").unwrap().i64().unwrap().iter().flatten();
            assert!(ids.eq((0..at as i64).chain((0..at as i64).map(|row| 100 + row))), "{name}");
        }
        let path = finished.unit(1);
        let whole = fs::read(&path).unwrap();
        for spoilt in [&whole[..whole.len() - 1], &whole[..40], &[], &[&whole[..], &[0]].concat()] {
            fs::write(&path, spoilt).unwrap();
            assert!(!finished.has(1));
        }
        assert!(finished.join(out.path()).unwrap_err().to_string().contains("00001"));
        // Somebody's own folder of that name is not swept away.
        fs::write(finished.folder.join("notes.txt"), "mine").unwrap();
        let refused = Checkpoints::open(out.path(), ("another", 2)).err().unwrap().to_string();
        assert!(refused.contains("notes.txt") && finished.folder.join("notes.txt").exists(), "{refused}");
    }
}
