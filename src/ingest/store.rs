//! Accepted tables as Parquet files, written while the sources are read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;

use super::recipient::Recipient;
use crate::error::{Error, Result};
use crate::schema::{TABLES, Table};
use crate::tables::{SourceTables, TableReader};

/// A folder with one folder of Parquet files for each table.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    rows: usize,
    files: BTreeMap<&'static str, Vec<PathBuf>>,
    source: Option<SourceWriter>,
}

impl Store {
    /// A store without rows: Parquet files of an earlier reading are removed from the folders of the schema's tables.
    pub(super) fn new(folder: &Path, rows: usize) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
        for table in TABLES {
            let tables = folder.join(table.name);
            if !tables.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(&tables).map_err(Error::io(&tables))? {
                let path = entry.map_err(Error::io(&tables))?.path();
                if path.extension().is_some_and(|ending| ending == "parquet") {
                    std::fs::remove_file(&path).map_err(Error::io(&path))?;
                }
            }
        }
        Ok(Self { folder: folder.to_path_buf(), rows, files: BTreeMap::new(), source: None })
    }

    /// The tables of the store, whose files are read when columns are asked for.
    pub(super) fn tables(&self) -> Result<SourceTables> {
        let reader = |files: &Vec<PathBuf>| Arc::new(Files(files.clone()));
        self.files
            .iter()
            .try_fold(SourceTables::new(), |tables, (table, files)| tables.with_reader(table, reader(files)))
    }
}

/// Files of one table, one after the other.
#[derive(Debug)]
struct Files(Vec<PathBuf>);

impl TableReader for Files {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut all: Option<DataFrame> = None;
        for path in &self.0 {
            let file = File::open(path).map_err(Error::io(path))?;
            let columns = names.iter().map(|name| (*name).to_owned()).collect();
            let frame = ParquetReader::new(file).with_columns(Some(columns)).finish()?.select(names.iter().copied())?;
            match &mut all {
                Some(all) => all.vstack_mut_owned(frame).map(|_| ())?,
                None => all = Some(frame),
            }
        }
        Ok(all.unwrap_or_default())
    }
}

impl Recipient for Store {
    fn begin(&mut self, file: &str, ordinal: u64) -> Result<()> {
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let stem = file.split('.').next().unwrap_or_default();
        let file = format!("{}-{ordinal}.parquet", stem.chars().map(plain).collect::<String>());
        self.source =
            Some(SourceWriter { folder: self.folder.clone(), file, rows: self.rows, writers: BTreeMap::new() });
        Ok(())
    }

    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let Some(source) = &mut self.source else { return Ok(()) };
        rows.into_iter().try_for_each(|(table, frame)| source.append(table, table.decode_codes(frame)?))
    }

    fn end(&mut self) -> Result<()> {
        for (table, mut writer) in self.source.take().into_iter().flat_map(|source| source.writers) {
            writer.flush()?;
            if let Some(open) = writer.open {
                open.finish()?;
            }
            self.files.entry(table).or_default().push(writer.path);
        }
        Ok(())
    }
}

/// Writes the rows of one source file.
#[derive(Debug)]
pub(super) struct SourceWriter {
    folder: PathBuf,
    file: String,
    rows: usize,
    writers: BTreeMap<&'static str, TableWriter>,
}

impl SourceWriter {
    pub(super) fn append(&mut self, table: &'static Table, frame: DataFrame) -> Result<()> {
        if !self.writers.contains_key(table.name) {
            let folder = self.folder.join(table.name);
            std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
            let writer = TableWriter { path: folder.join(&self.file), pending: DataFrame::default(), open: None };
            self.writers.insert(table.name, writer);
        }
        match self.writers.get_mut(table.name) {
            Some(writer) => writer.append(frame, self.rows),
            None => Ok(()),
        }
    }
}

struct TableWriter {
    path: PathBuf,
    pending: DataFrame,
    open: Option<BatchedWriter<BufWriter<File>>>,
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl TableWriter {
    fn append(&mut self, frame: DataFrame, rows: usize) -> Result<()> {
        if self.pending.height() == 0 {
            self.pending = frame;
        } else {
            self.pending.vstack_mut_owned(frame)?;
        }
        if self.pending.height() >= rows { self.flush() } else { Ok(()) }
    }

    /// Writes what is pending as one row group.
    fn flush(&mut self) -> Result<()> {
        let mut frame = std::mem::take(&mut self.pending);
        if frame.height() == 0 {
            return Ok(());
        }
        frame.rechunk_mut();
        if self.open.is_none() {
            let file = File::create(&self.path).map_err(Error::io(&self.path))?;
            let file = BufWriter::with_capacity(1 << 18, file);
            let writer = ParquetWriter::new(file).with_compression(ParquetCompression::Lz4Raw);
            let writer = writer.with_statistics(StatisticsOptions::full());
            self.open = Some(writer.batched(frame.schema())?);
        }
        match &mut self.open {
            Some(writer) => Ok(writer.write_batch(&frame)?),
            None => Ok(()),
        }
    }
}
