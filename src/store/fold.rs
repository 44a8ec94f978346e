//! Many parts become one, or a part is withdrawn as though it had never come.
//!
//! Each night adds a part, and each part is one more file to open for a debtor. Folding writes one part
//! that is byte for byte what a single filling of all sources would have been (law 12); results do not
//! change by it.

use std::path::Path;

use polars::prelude::*;

use super::commits;
use super::fill::Filling;
use super::identity::Statements;
use super::manifest::{Part, PartFile};
use super::parts::table_file;
use super::removal::Removal;
use super::replication::{OWNER_ID, ROW, Replication};
use super::row_selection::RowSelection;
use super::sink::shifted;
use super::{Store, StoreParams, parts};
use crate::disk;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::schema::{LINE_BITS, TABLES, Table};
use crate::sentence::{Sentence, says};

impl Store {
    /// Makes one part of all parts of the store in `folder`: byte for byte what one filling of all
    /// the sources would give, in their order, where no part repeats rows of another
    /// ([`PartTable::repeated`](super::PartTable::repeated)).
    ///
    /// The part is visible once it is whole. Whoever reads the store meanwhile goes on with the
    /// files of the parts, which the next filling removes. A store of one part stays as it is,
    /// unless another number of buckets is asked for.
    ///
    /// # Errors
    ///
    /// As [`Store::open`] and [`Store::fill`].
    ///
    /// # Examples
    ///
    /// ```
    /// use polars::prelude::*;
    /// use wherewithal::ingest::{FileReport, IngestReport};
    /// use wherewithal::progress::Silent;
    /// use wherewithal::store::{Store, StoreParams};
    /// use wherewithal::tables::SourceTables;
    ///
    /// let balance = |account: i64| {
    ///     let day = |name: &str| Column::new(name.into(), [10]).cast(&DataType::Date);
    ///     let (party, fen) = (Column::new("entity_id".into(), [1i64]), Column::new("balance_fen".into(), [500i64]));
    ///     let account = Column::new("account".into(), [account]);
    ///     DataFrame::new(1, vec![party, day("event_on")?, day("known_at")?, account, fen])
    /// };
    /// # let folder = tempfile::tempdir()?;
    /// # let (folder, params) = (folder.path(), StoreParams::default());
    /// for night in 1..=2u64 {
    ///     let file = FileReport { blake3: night.to_string(), ordinal: 1, rows_read: 1, ..FileReport::default() };
    ///     let report = IngestReport { files: vec![file], ..IngestReport::default() };
    ///     let tables = SourceTables::new().with_frame("deposits", balance(night.cast_signed())?)?;
    ///     Store::keep(folder, &tables, &report, &params, &Silent)?;
    /// }
    /// assert_eq!(Store::open(folder)?.manifest().parts.len(), 2);
    /// let folded = Store::fold(folder, &params, &Silent)?;
    /// assert_eq!((folded.manifest().parts.len(), folded.manifest().rows()), (1, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fold(folder: &Path, params: &StoreParams, progress: &dyn Progress) -> Result<Self> {
        let old = Self::open(folder)?;
        let is_as_asked = |part: &Part| params.buckets.is_none_or(|wanted| part.buckets == wanted);
        match old.manifest().parts.as_slice() {
            [] => Ok(old),
            [part] if is_as_asked(part) => Ok(old),
            _ => refilled(folder, (params, |_| true, None), progress),
        }
    }

    /// Takes a part out of the store in `folder`, by the name that the manifest gives it, as though
    /// its files had never come: a file that was delivered twice, read by a wrong mapping, or
    /// damaged on the disk. Its refused rows go with it.
    ///
    /// The last part goes at once. In place of an earlier one, all others become one part, byte for
    /// byte what one filling of their sources would give, since rows of later parts may stand for
    /// parties of this one alone. Readers are not disturbed, and of a part that cannot be read
    /// nothing is needed.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the store has no such part; otherwise as [`Store::fold`].
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::progress::Silent;
    /// use wherewithal::store::{Store, StoreParams};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// # let params = StoreParams::default();
    /// # use wherewithal::{ingest::IngestReport, tables::SourceTables};
    /// # let (tables, report) = (SourceTables::new(), IngestReport::default());
    /// # Store::keep(folder, &tables, &report, &params, &Silent)?;
    /// let error = Store::withdraw(folder, "part-0009", &params, &Silent).unwrap_err();
    /// assert!(error.to_string().contains("part-0009"), "{error}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn withdraw(folder: &Path, part: &str, params: &StoreParams, progress: &dyn Progress) -> Result<Self> {
        let old = Self::open(folder)?.manifest().clone();
        let names: Vec<&str> = old.parts.iter().map(|known| known.folder.as_str()).collect();
        if !names.contains(&part) {
            return Err(Error::setting(
                "part",
                Sentence::value(part),
                says!("a part of the store: one of [{}]", [names.join(", ")]),
            ));
        }
        if names.last() != Some(&part) {
            return refilled(folder, (params, |known: &Part| known.folder != part, None), progress);
        }
        let _lock = disk::lock(folder, "withdrawing a part of the store")?;
        let (mut manifest, number) = commits::latest(folder)?;
        if manifest != old {
            return Err(Error::setting(
                Sentence::name(folder.display().to_string()),
                "a store that just changed",
                "to be asked again",
            ));
        }
        manifest.parts.pop();
        // A damaged part may have lost its folder.
        if folder.join(part).is_dir() {
            parts::replaced(&folder.join(part))?;
        }
        let work = says!("the withdrawal of {part}", part = Sentence::name(part));
        let number = commits::commit(folder, (&manifest, number), &work)?;
        Ok(Self::new(folder, (manifest, number)))
    }
}

/// Fills the store anew from those of its parts that are `wanted`, perhaps without some parties.
pub(super) fn refilled(
    folder: &Path,
    (params, wanted, removal): (&StoreParams, impl Fn(&Part) -> bool, Option<&mut Removal>),
    progress: &dyn Progress,
) -> Result<Store> {
    let old = Store::open(folder)?;
    let mut filling = Filling::begin(folder, (&old.manifest().key, params), |_| Vec::new())?;
    if filling.replaced() != old.manifest().parts.as_slice() {
        let found = "a store that just changed";
        filling.given_up()?;
        return Err(Error::setting(Sentence::name(folder.display().to_string()), found, "to be asked again"));
    }
    let kept: Vec<Part> = old.manifest().parts.iter().filter(|part| wanted(part)).cloned().collect();
    filling.refused_by(kept.iter());
    let seals = kept.iter().map(|part| old.seals_of_part(part)).collect::<Result<Vec<_>>>()?;
    let stated = Statements::of_parts(&seals)?;
    filling.state(match &removal {
        Some(removal) => removal.stated(stated)?,
        None => stated,
    });
    let buckets: u32 = kept.iter().map(|part| part.buckets).sum();
    progress.begin("fold", Some(u64::from(buckets)), "buckets");
    let mut folding =
        Folding { store: &old, filling, before: [0; TABLES.len()], ordinal: 0, files: Vec::new(), removal };
    for part in &old.manifest().parts {
        match wanted(part) {
            true => folding.add(part, progress)?,
            // The files behind it move up, as though it had never come.
            false => folding.ordinal = folding.ordinal.max(part.ordinal()),
        }
    }
    progress.end();
    let Folding { filling, files, .. } = folding;
    filling.write((files, false), progress).map(|(store, _)| store)
}

struct Folding<'a> {
    store: &'a Store,
    filling: Filling,
    /// Rows of each table in earlier parts.
    before: [u64; TABLES.len()],
    /// The largest ordinal of a file of the parts so far, among them those that are left out.
    ordinal: u64,
    /// The files of the parts that are taken over.
    files: Vec<PartFile>,
    /// Whom to leave out.
    removal: Option<&'a mut Removal>,
}

impl Folding<'_> {
    /// Adds the rows that came with a part, each once and in the order in which they came.
    fn add(&mut self, part: &Part, progress: &dyn Progress) -> Result<()> {
        // How far the numbers of its files move.
        let taken = self.files.iter().map(|file| file.ordinal).max().unwrap_or_default();
        let moved = self.ordinal - taken;
        let by = i64::try_from(moved << LINE_BITS).map_err(|_| Error::setting("store", moved, "fewer files"))?;
        let (mut met, mut forgotten) = (PlHashSet::new(), [0; TABLES.len()]);
        for bucket in 0..part.buckets {
            let seals = self.store.bucket_seals(part, bucket)?;
            let mut frames = Vec::new();
            for ((table, before), forgotten) in TABLES.into_iter().zip(self.before).zip(&mut forgotten) {
                if let Some(file) = seals.file(&table_file(table)) {
                    let rows = shifted(table.encode_codes(RowSelection::whole(&file)?.read(None)?)?, -by)?;
                    let rows = renumbered((table, rows), (part.number, before), &mut met)?;
                    let (rows, gone) = match &mut self.removal {
                        Some(removal) => removal.applied(table, rows)?,
                        None => (rows, 0),
                    };
                    *forgotten += gone;
                    frames.push((table, rows));
                }
            }
            self.filling.sort(frames)?;
            progress.advance(1);
        }
        for ((table, before), gone) in TABLES.iter().zip(&mut self.before).zip(forgotten) {
            if let Some(rows) = part.tables.get(table.name) {
                self.filling.count(table, [rows.rows, rows.repeated, rows.forgotten + gone]);
                *before += rows.rows;
            }
        }
        self.ordinal = self.ordinal.max(part.ordinal());
        self.files.extend(part.files.iter().map(|file| PartFile { ordinal: file.ordinal - moved, ..file.clone() }));
        Ok(())
    }
}

/// Rows of a part that came with it, each met for the first time, numbered behind those of the parts before.
fn renumbered(
    (table, frame): (&'static Table, DataFrame),
    (part, before): (u64, u64),
    met: &mut PlHashSet<(&'static str, i64)>,
) -> Result<DataFrame> {
    if Replication::for_table(table) == Replication::None {
        return Ok(frame);
    }
    let fewer = |_| Error::setting("store", before, "fewer rows");
    let (part, before) = (i64::try_from(part).map_err(fewer)?, i64::try_from(before).map_err(fewer)?);
    let numbers: Vec<Option<i64>> = frame.column(ROW)?.i64()?.iter().collect();
    // Replication of earlier parts' rows stand in a part for those who need them only since it came.
    let mut is_own =
        |row: &Option<i64>| row.is_some_and(|row| row >> LINE_BITS == part && met.insert((table.name, row)));
    let marks: BooleanChunked = numbers.iter().map(|row| Some(is_own(row))).collect();
    let mut own = frame.drop(OWNER_ID)?.filter(&marks)?;
    let within = |row: Option<i64>| row.map(|row| (row & ((1 << LINE_BITS) - 1)) + before);
    let numbers: Int64Chunked = own.column(ROW)?.i64()?.iter().map(within).collect();
    own.with_column(numbers.with_name(ROW.into()).into_column())?;
    Ok(own)
}
