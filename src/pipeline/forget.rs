//! Removes parties from the results that a run wrote.
//!
//! A party may ask that what is kept about him be deleted (个人信息保护法 art. 47). Rows and lines that name him
//! leave every file of the run, pages that may name him are removed, and the report of the run gets new
//! digests, so that the run still vouches for the rest. At the end each file is read again.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::RunReport;
use super::batch::RESULTS;
use super::outputs;
use super::resume::GroupedWriter;
use crate::disk;
use crate::error::{Error, Result};
use crate::schema::ENTITY_ID;
use crate::sentence::Sentence;

/// What left the results of a run with a party.
///
/// It names files and counts, and no party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ForgottenInRun {
    /// Rows or lines by file.
    pub rows: BTreeMap<String, u64>,
    /// Pages in the folder, which were removed since any may name the party: write them again.
    pub pages: Vec<PathBuf>,
}

/// Removes parties, by all their pseudonyms, from the results that a run wrote to `out`, and from
/// its pages in `out/pages`; the report of the run vouches for what is left. Afterwards every file
/// is read again, and the call fails if one still names a party.
///
/// A model holds no party, and stays. The store is another matter: [`Store::forget`](crate::store::Store::forget).
///
/// # Errors
///
/// As [`RunReport::read`] and [`RunReport::output`]; [`Error::Setting`] while another run works in
/// the folder, and when a file still names a party.
pub fn forget_in_run(out: &Path, parties: &[i64]) -> Result<ForgottenInRun> {
    let _lock = disk::lock(out, "removing parties from the results")?;
    let mut run = RunReport::read(out)?;
    let whole: BTreeMap<String, Vec<u8>> =
        run.outputs.iter().map(|(name, _)| Ok((name.clone(), run.output(out, name)?))).collect::<Result<_>>()?;
    let mut forgotten = ForgottenInRun::default();
    // The report is removed first: a run without it does not count while its files are changed.
    disk::remove(&out.join(RunReport::FILE))?;
    let names: Vec<String> = parties.iter().map(|party| format!("{party:016x}")).collect();
    for (name, bytes) in &whole {
        let path = out.join(name);
        let gone = match name.rsplit_once('.') {
            Some((table, "parquet")) if RESULTS.contains(&table) => rows_without((&path, bytes), parties)?,
            Some((_, "csv" | "ndjson")) => lines_without((&path, bytes), &names)?,
            _ => 0,
        };
        forgotten.rows.insert(name.clone(), gone);
    }
    forgotten.rows.retain(|_, rows| *rows > 0);
    let pages = out.join("pages");
    for entry in std::fs::read_dir(&pages).into_iter().flatten() {
        let path = entry.map_err(Error::io(&pages))?.path();
        disk::remove(&path)?;
        forgotten.pages.push(path);
    }
    still_named(out, (whole.keys(), parties))?;
    for (name, digest) in &mut run.outputs {
        *digest = outputs::digest(&out.join(name))?;
    }
    let scores = ParquetReader::new(disk::open(&out.join("scores.parquet"))?).finish()?;
    let unscored = scores.column("any_prob")?.null_count();
    run.debtors = [scores.height(), unscored];
    run.portrayed = disk::read(&out.join("profiles.ndjson"))?.iter().filter(|byte| **byte == b'\n').count();
    disk::replace_document(&out.join(RunReport::FILE), &run)?;
    Ok(forgotten)
}

/// Writes a table of results without the rows of some parties; tells how many went.
fn rows_without((path, bytes): (&Path, &[u8]), parties: &[i64]) -> Result<u64> {
    let rows = ParquetReader::new(Cursor::new(bytes)).finish()?;
    let keeps: Vec<bool> =
        rows.column(ENTITY_ID)?.i64()?.iter().map(|id| !id.is_some_and(|id| parties.contains(&id))).collect();
    let gone = keeps.iter().filter(|keep| !**keep).count() as u64;
    if gone > 0 {
        let mut writer = GroupedWriter::new(path.to_path_buf());
        writer.add(rows.filter(&BooleanChunked::from_slice("".into(), &keeps))?)?;
        writer.finish()?;
        disk::synced(path)?;
    }
    Ok(gone)
}

/// Writes a file of text without the lines that name one of some parties; tells how many went.
fn lines_without((path, bytes): (&Path, &[u8]), names: &[String]) -> Result<u64> {
    let text = String::from_utf8_lossy(bytes);
    let is_named = |line: &&str| names.iter().any(|name| line.contains(name.as_str()));
    let gone = text.lines().filter(is_named).count() as u64;
    if gone > 0 {
        let left: String = text.lines().filter(|line| !is_named(line)).map(|line| format!("{line}\n")).collect();
        disk::replace(path, left.as_bytes())?;
    }
    Ok(gone)
}

/// Refuses a folder in which a file still has the pseudonym of one of some parties, as a number or as text.
fn still_named<'a>(out: &Path, (files, parties): (impl Iterator<Item = &'a String>, &[i64])) -> Result<()> {
    for name in files {
        let path = out.join(name);
        let bytes = disk::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        let mut is_named = parties.iter().any(|party| text.contains(&format!("{party:016x}")));
        if name.ends_with(".parquet") {
            let rows = ParquetReader::new(Cursor::new(&bytes)).finish()?;
            let mut ids =
                rows.columns().iter().filter_map(|column| column.i64().ok()).flat_map(|ids| ids.iter().flatten());
            is_named |= ids.any(|id| parties.contains(&id));
        }
        if is_named {
            let found = "a party that was to be forgotten";
            return Err(Error::setting(
                Sentence::name(path.display().to_string()),
                found,
                "none; forget it again, or remove the file",
            ));
        }
    }
    Ok(())
}
