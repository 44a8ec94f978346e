//! Many parts become one.

use std::path::Path;

use polars::prelude::*;

use super::fill::Filling;
use super::identity::Statements;
use super::manifest::Part;
use super::needs::{Copies, NEEDER, ROW};
use super::rows::Piece;
use super::settle::bucket_folder;
use super::{Store, StoreParams};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::{LINE_BITS, TABLES, Table};

impl Store {
    /// Makes one part of all parts of the store in `folder`: byte for byte what one filling of all the sources would give, in
    /// their order.
    ///
    /// The part is visible once it is whole. Whoever reads the store meanwhile goes on with the files of the parts, which the
    /// next filling removes. A store of one part stays as it is.
    ///
    /// # Errors
    ///
    /// As [`Store::open`] and [`Store::fill`].
    pub fn fold(folder: &Path, params: &StoreParams, progress: &dyn Progress) -> Result<Self> {
        let old = Self::open(folder)?;
        if old.manifest().parts.len() < 2 {
            return Ok(old);
        }
        let mut filling = Filling::begin(folder, (&old.manifest().key, params), |_| Vec::new())?;
        let parts = filling.replaced().to_vec();
        let folders = parts.iter().map(|part| folder.join(&part.folder));
        filling.state(Statements::of_parts(folders)?);
        let buckets: u32 = parts.iter().map(|part| part.buckets).sum();
        progress.begin("fold", Some(u64::from(buckets)), "buckets");
        let mut folding = Folding { folder, filling, before: [0; TABLES.len()] };
        for (number, part) in (0..).zip(&parts) {
            folding.add((number, part), progress)?;
        }
        progress.end();
        let files = parts.into_iter().flat_map(|part| part.files).collect();
        folding.filling.write(files, progress)
    }
}

struct Folding<'a> {
    folder: &'a Path,
    filling: Filling,
    /// Rows of each table in earlier parts.
    before: [u64; TABLES.len()],
}

impl Folding<'_> {
    /// Adds the rows that came with a part, each once and in the order in which they came.
    fn add(&mut self, (number, part): (i64, &Part), progress: &dyn Progress) -> Result<()> {
        let folder = self.folder.join(&part.folder);
        let mut met = PlHashSet::new();
        for bucket in 0..part.buckets {
            let mut frames = Vec::new();
            for (table, before) in TABLES.iter().zip(self.before) {
                let path = bucket_folder(&folder, bucket as usize).join(format!("{}.parquet", table.name));
                if path.is_file() {
                    let rows = table.encode_codes(Piece::whole(&path)?.read(None)?)?;
                    frames.push((*table, renumbered((table, rows), (number, before), &mut met)?));
                }
            }
            self.filling.sort(frames)?;
            progress.advance(1);
        }
        for (table, before) in TABLES.iter().zip(&mut self.before) {
            if let Some(rows) = part.tables.get(table.name) {
                self.filling.count(table, rows.rows);
                *before += rows.rows;
            }
        }
        Ok(())
    }
}

/// Rows of a part that came with it, each met for the first time, numbered behind those of the parts before.
fn renumbered(
    (table, frame): (&Table, DataFrame),
    (part, before): (i64, u64),
    met: &mut PlHashSet<(&'static str, i64)>,
) -> Result<DataFrame> {
    if Copies::of(table) == Copies::None {
        return Ok(frame);
    }
    let before = i64::try_from(before).map_err(|_| Error::setting("store", before, "fewer rows"))?;
    let name = TABLES.iter().find(|known| known.name == table.name).map_or("", |table| table.name);
    let numbers: Vec<Option<i64>> = frame.column(ROW)?.i64()?.iter().collect();
    // Copies of earlier parts' rows stand in a part for those who need them only since it came.
    let mut is_own = |row: &Option<i64>| row.is_some_and(|row| row >> LINE_BITS == part && met.insert((name, row)));
    let marks: BooleanChunked = numbers.iter().map(|row| Some(is_own(row))).collect();
    let mut own = frame.drop(NEEDER)?.filter(&marks)?;
    let within = |row: Option<i64>| row.map(|row| (row & ((1 << LINE_BITS) - 1)) + before);
    let numbers: Int64Chunked = own.column(ROW)?.i64()?.iter().map(within).collect();
    own.with_column(numbers.with_name(ROW.into()).into_column())?;
    Ok(own)
}
