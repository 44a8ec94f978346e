//! Replicates rows that several parties need, such as those of a common case, once all owners are
//! known. Rows wait in a spill buffer and are taken out in batches, so that memory is that of one
//! batch.

use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::*;
use rayon::prelude::*;

use super::partitioned_frame::{PartitionedFrame, STEP};
use super::repeats::{Repeated, Repeats};
use super::replication::{KeyToOwners, NAMED_CASES, OWNER_ID, ROW, Replication, pairs_of};
use super::spill_buffer::SpillBuffer;
use super::{Store, files};
use crate::error::{Error, Result};
use crate::schema::{CASE_ID, ENTITY_ID, TABLES, Table};
use crate::tables::needs_case;

/// The waiting rows whose keys fall into some cells, and the pairs that tell who needs them.
pub(super) struct ShuffleBatch {
    rows: Vec<(usize, &'static Table, DataFrame)>,
    /// Pairs that came with this part and of earlier parts, by the way of copying.
    new: [KeyToOwners; 2],
    old: [KeyToOwners; 2],
    /// The cases that rows of parties name, each with the index of their table and their number.
    named: Vec<(i64, i64, u64)>,
    /// How many rows and pairs were read.
    read: u64,
}

/// The cells of each portion of what waits, of about so many rows: memory is that of one, however many wait.
pub(super) fn batches(waiting: &SpillBuffer, rows: u64) -> impl Iterator<Item = Range<u32>> + use<> {
    let cells = waiting.cells();
    let wanted = (waiting.rows() / rows.max(1)).clamp(1, u64::from(cells)).next_power_of_two();
    let step = cells / u32::try_from(wanted).unwrap_or(1);
    (0..cells / step).map(move |portion| portion * step..(portion + 1) * step)
}

impl ShuffleBatch {
    pub(super) fn read(
        waiting: &SpillBuffer,
        cells: &Range<u32>,
        (store, repeats, repeated): (&Store, &Repeats<'_>, &mut Repeated),
    ) -> Result<Self> {
        let mut rows = Vec::new();
        for (at, table) in TABLES.iter().enumerate() {
            rows.extend(waiting.read(at, cells)?.map(|frame| (at, *table, frame)));
        }
        let read = rows.iter().map(|(_, _, frame): &(_, _, DataFrame)| frame.height() as u64).sum();
        let mut portion = Self { rows, new: Default::default(), old: Default::default(), named: Vec::new(), read };
        if let Some(named) = waiting.read(NAMED_CASES, cells)? {
            portion.read += named.height() as u64;
            let rows = named.column(ROW)?.u64()?.iter().flatten();
            portion.named = pairs_of(&named)?.zip(rows).map(|((case, table), rows)| (case, table, rows)).collect();
        }
        for (way, new) in portion.new.iter_mut().enumerate() {
            let pairs = waiting.read(TABLES.len() + way, cells)?.unwrap_or_default();
            portion.read += pairs.height() as u64;
            *new = match pairs.height() {
                0 => KeyToOwners::default(),
                _ => KeyToOwners::new(pairs_of(&pairs)?.collect()),
            };
        }
        if !store.manifest().parts.is_empty() {
            portion.old = store.needs(&portion.keys()?)?;
        }
        if repeats.are_of_files {
            portion.doubt(store, repeats)?;
        }
        let [debtors, _] = &portion.old;
        for (_, table, rows) in &mut portion.rows {
            let (new, known) = repeats.of_cases(table, std::mem::take(rows), debtors)?;
            *rows = new;
            *repeated.entry(table.name).or_default() += known;
        }
        Ok(portion)
    }

    /// Counts rows that repeat others of their file, and rows about cases, or that name one, that neither this part nor
    /// an earlier one has.
    fn doubt(&self, store: &Store, repeats: &Repeats<'_>) -> Result<()> {
        let [debtors, _] = &self.old;
        let mut known = PlHashSet::new();
        let cases_of =
            |rows: &DataFrame| -> Result<Vec<i64>> { Ok(rows.column(CASE_ID)?.i64()?.iter().flatten().collect()) };
        for (_, _, rows) in self.rows.iter().filter(|(_, table, _)| table.name == "cases") {
            known.extend(cases_of(rows)?);
        }
        if !store.manifest().parts.is_empty() {
            let mut asked: Vec<i64> = self.named.iter().map(|(case, ..)| *case).collect();
            for (_, _, rows) in self.rows.iter().filter(|(_, table, _)| needs_case(table)) {
                asked.extend(cases_of(rows)?);
            }
            asked.retain(|case| !known.contains(case));
            let mut owners: Vec<i64> =
                asked.into_iter().map(|case| debtors.owners(case).next().unwrap_or(case)).collect();
            owners.sort_unstable();
            owners.dedup();
            for (_, rows) in store.raw(&owners, |table| table.name == "cases")? {
                known.extend(cases_of(&rows)?);
            }
        }
        for (_, index, rows) in self.named.iter().filter(|(case, ..)| !known.contains(case)) {
            let table = usize::try_from(*index).ok().and_then(|index| TABLES.get(index));
            table.into_iter().for_each(|table| repeats.count_naming(table, *rows));
        }
        self.rows.iter().try_for_each(|(_, table, rows)| {
            repeats.count_repeated(table, rows)?;
            repeats.count_unknown(table, rows, &known)
        })
    }

    /// The keys of all rows and pairs, by the way of copying.
    fn keys(&self) -> Result<[PlHashSet<i64>; 2]> {
        let mut keys: [PlHashSet<i64>; 2] = [self.named.iter().map(|(case, ..)| *case).collect(), PlHashSet::default()];
        for (way, keys) in keys.iter_mut().enumerate() {
            keys.extend(self.new.get(way).into_iter().flat_map(KeyToOwners::iter).map(|(key, _)| key));
        }
        for (_, table, frame) in &self.rows {
            let way = Replication::WAYS.iter().position(|way| *way == Replication::for_table(table));
            if let Some(keys) = way.and_then(|way| keys.get_mut(way)) {
                keys.extend(frame.column(table.key())?.i64()?.iter().flatten());
            }
        }
        Ok(keys)
    }

    /// How many rows and pairs were read.
    pub(super) fn read_rows(&self) -> u64 {
        self.read
    }

    /// The pairs that came with this part.
    pub(super) fn arrived(&self) -> &[KeyToOwners; 2] {
        &self.new
    }

    /// Gives each row to everybody who needs it, and rows of earlier parts to those who need them only since this one.
    ///
    /// A row of an earlier part goes to a debtor who came with this one, so that his bucket has it too.
    pub(super) fn replicate(self, store: &Store, held: &mut SpillBuffer) -> Result<()> {
        let ([new_debtors, new_named], [old_debtors, old_named]) = (&self.new, &self.old);
        let (debtors, named) = (new_debtors.and(old_debtors), new_named.and(old_named));
        self.take_earlier(store, held)?;
        for (at, table, frame) in self.rows {
            let replication = Replication::for_table(table);
            let needs = if replication == Replication::ByCase { &debtors } else { &named };
            let steps: Vec<DataFrame> = (0..frame.height())
                .step_by(STEP)
                .map(|at| frame.slice(i64::try_from(at).unwrap_or(i64::MAX), STEP))
                .collect();
            let cells = held.cells();
            let given = |frame: &DataFrame| {
                let mut given = Given::default();
                for (row, key) in (0..).zip(keys_of(table, frame)?) {
                    let mut is_given = false;
                    for owner in needs.owners(key) {
                        is_given |= replication == Replication::ByCase || owner == key;
                        given.give(row, owner);
                    }
                    // Nobody's case stands under its own number, so that no row is lost.
                    if !is_given {
                        given.give(row, key);
                    }
                }
                given.frame(frame, cells)
            };
            // Replication multiplies rows: no more steps than there are threads are in memory at a
            // time.
            for wave in steps.chunks(rayon::current_num_threads().max(1)) {
                for frame in wave.par_iter().with_max_len(1).map(given).collect::<Result<Vec<_>>>()? {
                    held.add(at, frame)?;
                }
            }
        }
        Ok(())
    }

    fn take_earlier(&self, store: &Store, held: &mut SpillBuffer) -> Result<()> {
        let ([debtors, named], [new_debtors, new_named]) = (&self.old, &self.new);
        // Where the rows of a case stand, and who needs them now.
        let of_cases: Vec<[i64; 3]> = new_debtors
            .iter()
            .filter(|pair| !debtors.has(*pair))
            .map(|(case, owner)| [debtors.owners(case).next().unwrap_or(case), case, owner])
            .collect();
        let of_named = new_named.iter().filter(|pair| !named.has(*pair) && pair.0 != pair.1);
        let of_named: Vec<[i64; 3]> = of_named.map(|(name, owner)| [name, name, owner]).collect();
        for (replication, key, wanted) in
            [(Replication::ByCase, CASE_ID, of_cases), (Replication::ByName, ENTITY_ID, of_named)]
        {
            let mut by_place: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
            for [index, of, owner] in &wanted {
                by_place.entry((*index, *of)).or_default().push(*owner);
            }
            let mut indices: Vec<i64> = by_place.keys().map(|(index, _)| *index).collect();
            indices.dedup();
            for (table, frame) in store.raw(&indices, |table| Replication::for_table(table) == replication)? {
                let mut given = Given::default();
                let keys = frame.column(OWNER_ID)?.i64()?.iter().zip(frame.column(key)?.i64()?.iter());
                for (row, (index, of)) in (0..).zip(keys) {
                    let owners = index.zip(of).and_then(|at| by_place.get(&at));
                    owners.into_iter().flatten().for_each(|owner| given.give(row, *owner));
                }
                let frame = given.frame(&table.encode_codes(frame.drop(OWNER_ID)?)?, held.cells())?;
                held.add(SpillBuffer::table_index(table), frame)?;
            }
        }
        Ok(())
    }
}

/// Rows and those who need them.
#[derive(Default)]
struct Given {
    rows: Vec<IdxSize>,
    owners: Vec<i64>,
}

impl Given {
    fn give(&mut self, row: IdxSize, owner: i64) {
        self.rows.push(row);
        self.owners.push(owner);
    }

    fn frame(self, frame: &DataFrame, cells: u32) -> Result<PartitionedFrame> {
        let mut rows = files::taken(frame, self.rows)?;
        rows.with_column(Column::new(OWNER_ID.into(), self.owners))?;
        PartitionedFrame::new((&rows, OWNER_ID), cells)
    }
}

/// The party or the case that each row speaks of.
fn keys_of(table: &Table, frame: &DataFrame) -> Result<Vec<i64>> {
    checked(table, frame)?;
    Ok(frame.column(table.key())?.i64()?.iter().flatten().collect())
}

/// Refuses rows that speak of nobody.
pub(super) fn checked(table: &Table, frame: &DataFrame) -> Result<()> {
    match frame.column(table.key())?.null_count() {
        0 => Ok(()),
        _ => Err(Error::table(table.name, "an empty key", table.key())),
    }
}
