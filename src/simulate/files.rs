//! Writes a simulated district to files, part by part.
//!
//! ```text
//! FOLDER/
//! ├─ cases.csv, parties.csv, …   one file per table of the schema
//! ├─ truth/truth.csv             one row per debtor: what no source tells
//! ├─ truth/truth_acts.csv        one row per planted act
//! └─ manifest.json               parameters and rows: enough to make the same bytes again
//! ```
//!
//! `truth/` is in a folder of its own so that a reader of the sources does not take it for one of them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, StatisticsOptions};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::district::{District, World};
use super::params::SimulateParams;
use super::sheet::Sheet;
use super::truth::ROW;
use crate::error::{Error, Result};
use crate::progress::Progress;

/// The form of the files.
///
/// ```
/// use wherewithal::simulate::Format;
///
/// assert_eq!((Format::default().extension(), Format::Parquet.extension()), ("csv", "parquet"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// UTF-8 text with a line of column names.
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The ending of file names.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What was written.
///
/// It stands in the folder as `manifest.json`. `SimulateParams` of it, written again by the same version in
/// the same format, give the same files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Manifest {
    /// The form of this record.
    pub format_version: u32,
    /// The version of the program.
    pub version: String,
    /// The parameters: they and the version give the same bytes again.
    pub params: SimulateParams,
    /// The form of the files.
    pub format: Format,
    /// Each file with its rows.
    pub files: Vec<Written>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Written {
    /// Its name in the folder.
    pub file: String,
    /// Its rows, the line of names not counted.
    pub rows: u64,
}

/// Groups of debtors in one part. A constant: it decides the row groups of Parquet files.
const PART: u64 = 512;
/// Parts made at the same time; bounds the memory.
const PARTS_AT_ONCE: u64 = 8;

impl SimulateParams {
    /// Writes a district to a folder: one file per table, `truth` and `truth_acts` in the folder
    /// `truth/`, `manifest.json`.
    ///
    /// Parts are made in parallel and written in order, so the bytes do not depend on the number of
    /// threads, and memory does not grow with the number of cases.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a parameter is out of range, [`Error::Io`] when the folder cannot be
    /// written.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::progress::Silent;
    /// use wherewithal::simulate::{Format, SimulateParams};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// let manifest = SimulateParams::district().cases(20).write(folder, Format::Csv, &Silent)?;
    /// let cases = manifest.files.iter().find(|file| file.file == "cases.csv").map(|file| file.rows);
    /// assert_eq!(cases, Some(20));
    /// assert!(folder.join("truth/truth.csv").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&self, folder: &Path, format: Format, progress: &dyn Progress) -> Result<Manifest> {
        let world = World::new(self)?;
        let mut files = Files::create(&world, folder, format)?;
        progress.begin("simulate", Some(world.groups()), "debtor groups");
        let mut start = 0;
        while start < world.groups() {
            let end = (start + PART * PARTS_AT_ONCE).min(world.groups());
            let starts: Vec<u64> = (start..end).step_by(usize::try_from(PART).unwrap_or(1)).collect();
            let parts: Vec<Part> = starts
                .into_par_iter()
                .map(|first| Part::new(&world.part(first..(first + PART).min(end)), format))
                .collect::<Result<_>>()?;
            for part in parts {
                files.append(part)?;
            }
            progress.advance(end - start);
            start = end;
        }
        let written = files.finish()?;
        progress.end();
        kept(folder, Manifest { format_version: 1, version: version(), params: self.clone(), format, files: written })
    }

    /// Writes the court's own register of a district to a folder: one file per table and
    /// `manifest.json`.
    ///
    /// # Errors
    ///
    /// As [`SimulateParams::write`].
    ///
    /// It is what `indicators` counts: lots of auctions, money in hand, entrusted matters, petitions,
    /// reviews of closings. The parameters must be those of the district, since cases are told by their
    /// numbers.
    ///
    /// ```
    /// use wherewithal::progress::Silent;
    /// use wherewithal::simulate::{Format, SimulateParams};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// let manifest = SimulateParams::district().cases(20).write_register(folder, Format::Csv, &Silent)?;
    /// assert!(manifest.files.iter().any(|file| file.file == "auctions.csv"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_register(&self, folder: &Path, format: Format, progress: &dyn Progress) -> Result<Manifest> {
        let world = World::new(self)?;
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let blank = world.register(0..0);
        let mut targets =
            blank.tables().iter().map(|sheet| Target::create(sheet, folder, format)).collect::<Result<Vec<_>>>()?;
        progress.begin("simulate the register", Some(world.groups()), "debtor groups");
        let mut start = 0;
        while start < world.groups() {
            let end = (start + PART * PARTS_AT_ONCE).min(world.groups());
            let starts: Vec<u64> = (start..end).step_by(usize::try_from(PART).unwrap_or(1)).collect();
            let made = starts.into_par_iter().map(|first| {
                let register = world.register(first..(first + PART).min(end));
                let rows =
                    register.tables().iter().map(|sheet| Ok((EncodedRows::new(sheet, format)?, sheet.height() as u64)));
                rows.collect::<Result<Vec<_>>>()
            });
            for part in made.collect::<Result<Vec<_>>>()? {
                targets.iter_mut().zip(part).try_for_each(|(target, (rows, height))| target.append(rows, height))?;
            }
            progress.advance(end - start);
            start = end;
        }
        let files = targets.into_iter().map(Target::finish).collect::<Result<_>>()?;
        progress.end();
        kept(folder, Manifest { format_version: 1, version: version(), params: self.clone(), format, files })
    }
}

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Writes the record of what was written.
fn kept(folder: &Path, manifest: Manifest) -> Result<Manifest> {
    let path = folder.join("manifest.json");
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    std::fs::write(&path, text).map_err(Error::io(&path))?;
    Ok(manifest)
}

/// The rows of one part, in the form of the files.
struct Part {
    tables: Vec<(EncodedRows, u64)>,
    acts: Sheet,
}

enum EncodedRows {
    Csv(Vec<u8>),
    Parquet(DataFrame),
}

impl EncodedRows {
    fn new(sheet: &Sheet, format: Format) -> Result<Self> {
        Ok(match format {
            Format::Csv => Self::Csv(sheet.csv(false)?),
            Format::Parquet => Self::Parquet(sheet.frame()?),
        })
    }
}

impl Part {
    fn new(part: &District, format: Format) -> Result<Self> {
        let sheets = part.tables().iter().chain([part.truth()]);
        let tables = sheets.map(|sheet| Ok((EncodedRows::new(sheet, format)?, sheet.height() as u64)));
        Ok(Self { tables: tables.collect::<Result<_>>()?, acts: part.acts().clone() })
    }
}

enum Sink {
    Csv(BufWriter<File>),
    Parquet(RowGroups),
}

/// Collects rows until a row group is full.
struct RowGroups {
    writer: Box<BatchedWriter<File>>,
    waiting: Vec<DataFrame>,
    height: usize,
}

/// Rows of a row group, the last one excepted: what readers like to take at once.
const ROW_GROUP: usize = 1 << 17;

impl RowGroups {
    fn new(file: File, blank: &DataFrame) -> Result<Self> {
        // LZ4, because it is quick to write and to read again and the dictionaries do most of the work.
        let writer = ParquetWriter::new(file)
            .with_compression(ParquetCompression::Lz4Raw)
            .with_statistics(StatisticsOptions::full());
        Ok(Self { writer: Box::new(writer.batched(blank.schema())?), waiting: Vec::new(), height: 0 })
    }

    fn append(&mut self, rows: DataFrame) -> Result<()> {
        self.height += rows.height();
        self.waiting.push(rows);
        while self.height >= ROW_GROUP {
            self.write(ROW_GROUP)?;
        }
        Ok(())
    }

    fn write(&mut self, rows: usize) -> Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting).into_iter();
        let Some(mut frame) = waiting.next() else { return Ok(()) };
        for next in waiting {
            frame.vstack_mut_owned(next)?;
        }
        let (mut group, rest) = frame.split_at(i64::try_from(rows).unwrap_or(i64::MAX));
        group.align_chunks_par();
        self.writer.write_batch(group.rechunk_mut_par())?;
        self.height = rest.height();
        self.waiting.push(rest);
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.write(ROW_GROUP)?;
        self.writer.finish()?;
        Ok(())
    }
}

struct Target {
    name: String,
    path: std::path::PathBuf,
    sink: Sink,
    table: &'static str,
    rows: u64,
}

struct Files {
    format: Format,
    /// One for each table, then the truth, then the acts.
    targets: Vec<Target>,
}

impl Files {
    fn create(world: &World, folder: &Path, format: Format) -> Result<Self> {
        let truth = folder.join("truth");
        std::fs::create_dir_all(&truth).map_err(Error::io(&truth))?;
        let blank = world.part(0..0);
        let targets = blank.sheets().map(|sheet| Target::create(sheet, folder, format));
        Ok(Self { format, targets: targets.collect::<Result<_>>()? })
    }

    fn append(&mut self, part: Part) -> Result<()> {
        let before: Vec<(&'static str, u64)> = self.targets.iter().map(|target| (target.table, target.rows)).collect();
        let acts = renumbered(part.acts, &before);
        let acts = (EncodedRows::new(&acts, self.format)?, acts.height() as u64);
        for (target, (rows, height)) in self.targets.iter_mut().zip(part.tables.into_iter().chain([acts])) {
            target.append(rows, height)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Vec<Written>> {
        self.targets.into_iter().map(Target::finish).collect()
    }
}

/// The acts with rows counted from the beginning of the file instead of the part.
fn renumbered(mut acts: Sheet, before: &[(&'static str, u64)]) -> Sheet {
    for row in 0..acts.height() {
        let base = acts.text("table", row).and_then(|table| before.iter().find(|(name, _)| *name == table));
        let base = base.and_then(|(_, rows)| i64::try_from(*rows).ok());
        if let (Some(base), Some(within)) = (base, acts.whole(ROW, row)) {
            acts.set(ROW, row, base + within);
        }
    }
    acts
}

impl Target {
    fn create(sheet: &Sheet, folder: &Path, format: Format) -> Result<Self> {
        let place = if sheet.name().starts_with("truth") { "truth/" } else { "" };
        let name = format!("{place}{}.{}", sheet.name(), format.extension());
        let path = folder.join(&name);
        let file = File::create(&path).map_err(Error::io(&path))?;
        let sink = match format {
            Format::Csv => {
                let mut file = BufWriter::new(file);
                file.write_all(&sheet.csv(true)?).map_err(Error::io(&path))?;
                Sink::Csv(file)
            }
            Format::Parquet => Sink::Parquet(RowGroups::new(file, &sheet.frame()?)?),
        };
        Ok(Self { name, path, sink, table: sheet.name(), rows: 0 })
    }

    fn append(&mut self, rows: EncodedRows, height: u64) -> Result<()> {
        self.rows += height;
        match (&mut self.sink, rows) {
            (Sink::Csv(file), EncodedRows::Csv(text)) => file.write_all(&text).map_err(Error::io(&self.path)),
            (Sink::Parquet(groups), EncodedRows::Parquet(frame)) => groups.append(frame),
            _ => Err(Error::format(&self.path, "rows of another form", "rows of the file's form")),
        }
    }

    fn finish(self) -> Result<Written> {
        match self.sink {
            Sink::Csv(mut file) => file.flush().map_err(Error::io(&self.path))?,
            Sink::Parquet(groups) => groups.finish()?,
        }
        Ok(Written { file: self.name, rows: self.rows })
    }
}
