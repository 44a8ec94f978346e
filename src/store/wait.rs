//! Rows that others may need too wait in files until everybody is known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::files;
use crate::error::Result;
use crate::schema::Table;

/// Rows in a chunk, about.
const CHUNK: usize = 1 << 17;

/// Rows by table, in chunks in the order in which they came; the last chunk of each is in memory.
#[derive(Debug)]
pub(super) struct Waiting {
    folder: PathBuf,
    open: BTreeMap<&'static str, (&'static Table, Vec<DataFrame>)>,
    chunks: Vec<Chunk>,
}

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Chunk {
    table: &'static Table,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    Here(Vec<DataFrame>),
    File(PathBuf),
}

impl Waiting {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), open: BTreeMap::new(), chunks: Vec::new() }
    }

    pub(super) fn add(&mut self, table: &'static Table, frame: DataFrame) -> Result<()> {
        let (_, frames) = self.open.entry(table.name).or_insert((table, Vec::new()));
        frames.push(frame);
        if frames.iter().map(DataFrame::height).sum::<usize>() >= CHUNK {
            let frames = std::mem::take(frames);
            let path = self.folder.join(format!("waiting-{}.parquet", self.chunks.len()));
            files::write_aside(&path, files::joined(frames)?.map(Ok).into_iter())?;
            self.chunks.push(Chunk { table, rows: Rows::File(path) });
        }
        Ok(())
    }

    /// Every chunk, those of one table in their order.
    pub(super) fn finish(&mut self) -> Vec<Chunk> {
        let open = std::mem::take(&mut self.open).into_values();
        let last = open.map(|(table, frames)| Chunk { table, rows: Rows::Here(frames) });
        let mut chunks = std::mem::take(&mut self.chunks);
        chunks.extend(last);
        chunks
    }
}

impl Chunk {
    pub(super) fn read(self) -> Result<(&'static Table, DataFrame)> {
        let frame = match self.rows {
            Rows::File(path) => files::joined([files::read(&path)?])?,
            Rows::Here(frames) => files::joined(frames)?,
        };
        Ok((self.table, frame.unwrap_or_default()))
    }
}
