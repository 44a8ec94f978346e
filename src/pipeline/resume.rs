//! Results unit by unit, so that a run that was killed goes on where it was.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::batch::RESULTS;
use crate::error::{Error, Result};
use crate::store::{self, synced};

/// The finished units of one run.
///
/// A unit counts only with the digest of its bytes, so that what outlives the death of the process, or that of the machine,
/// is whole, and nobody waits for the disk.
pub(super) struct Finished {
    folder: PathBuf,
}

impl Finished {
    const PURPOSE: &'static str = "purpose";
    const DIGEST: &'static str = "digest";

    /// Opens what a run of the same purpose has finished in `out`; what another run left there is removed.
    pub(super) fn open(out: &Path, purpose: &str) -> Result<Self> {
        let finished = Self { folder: out.join("units") };
        let note = finished.folder.join(Self::PURPOSE);
        if fs::read_to_string(&note).is_ok_and(|found| found == purpose) {
            return Ok(finished);
        }
        finished.clear()?;
        fs::create_dir_all(&finished.folder).map_err(Error::io(&finished.folder))?;
        let new = finished.folder.join("purpose.new");
        fs::write(&new, purpose).map_err(Error::io(&new))?;
        File::open(&new).and_then(|file| file.sync_all()).map_err(Error::io(&new))?;
        fs::rename(&new, &note).map_err(Error::io(&note))?;
        synced(&finished.folder)?;
        Ok(finished)
    }

    /// Whether a unit is there, to the last byte.
    pub(super) fn has(&self, unit: usize) -> bool {
        let folder = self.unit(unit);
        let read = |name: &&str| fs::read(folder.join(format!("{name}.parquet"))).ok();
        let files: Option<Vec<Vec<u8>>> = RESULTS.iter().map(read).collect();
        let noted = fs::read_to_string(folder.join(Self::DIGEST));
        files.is_some_and(|files| noted.is_ok_and(|noted| noted == digest(&files)))
    }

    /// Keeps a unit's results: all of them at once or none.
    pub(super) fn keep(&self, unit: usize, mut frames: [DataFrame; RESULTS.len()]) -> Result<()> {
        let (new, done) = (self.folder.join(format!("{unit:05}.new")), self.unit(unit));
        fs::create_dir_all(&new).map_err(Error::io(&new))?;
        let mut files = Vec::with_capacity(RESULTS.len());
        for (name, frame) in RESULTS.iter().zip(&mut frames) {
            let (path, mut bytes) = (new.join(format!("{name}.parquet")), Vec::new());
            frame.rechunk_mut();
            ParquetWriter::new(&mut bytes).set_parallel(false).finish(frame)?;
            fs::write(&path, &bytes).map_err(Error::io(&path))?;
            files.push(bytes);
        }
        let note = new.join(Self::DIGEST);
        fs::write(&note, digest(&files)).map_err(Error::io(&note))?;
        if done.exists() {
            fs::remove_dir_all(&done).map_err(Error::io(&done))?;
        }
        fs::rename(&new, &done).map_err(Error::io(&done))
    }

    /// Writes one table of all units, in their order, as one file.
    pub(super) fn join(&self, units: usize, name: &str, path: &Path) -> Result<()> {
        store::concatenate((0..units).map(|unit| self.unit(unit).join(format!("{name}.parquet"))), path)
    }

    /// Forgets every unit, beginning with the note that makes them count.
    pub(super) fn clear(&self) -> Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        let note = self.folder.join(Self::PURPOSE);
        if note.exists() {
            fs::remove_file(&note).map_err(Error::io(&note))?;
        }
        fs::remove_dir_all(&self.folder).map_err(Error::io(&self.folder))
    }

    fn unit(&self, unit: usize) -> PathBuf {
        self.folder.join(format!("{unit:05}"))
    }
}

/// BLAKE3 of files, one behind the other, each with its length.
fn digest(files: &[Vec<u8>]) -> String {
    let mut hasher = blake3::Hasher::new();
    for bytes in files {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}
