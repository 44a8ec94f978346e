//! Rows of a table as known for each sample, with typed access to their columns.
//!
//! Rows are indices into what was read, so that a filter copies numbers and no cells.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use polars::prelude::*;
use polars_arrow::array::Array;

use super::PARTY_ID;
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, Owner, Table};
use crate::tables::Codes;

/// Rows of a table as known for each sample; a row that is known for several samples comes once for each.
///
/// What was read stays where it lies: rows are indices into a frame that holds those of others and later ones too.
#[derive(Debug, Clone)]
pub struct Rows {
    frame: DataFrame,
    /// Rising.
    indices: Arc<Vec<IdxSize>>,
    samples: Arc<Vec<usize>>,
    /// Texts that were read as codes, one a row of the frame, which has no such column.
    texts: BTreeMap<String, Arc<Codes>>,
    /// Columns of these rows that were coded so far.
    coded: Arc<Mutex<BTreeMap<String, Arc<Codes>>>>,
}

/// A test on one column. An empty cell passes [`RowFilter::Empty`] and no other test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter<'a> {
    /// The text is one of these.
    Among(&'a str, &'a [&'a str]),
    /// The text is any but this.
    Not(&'a str, &'a str),
    /// The whole number is at least this.
    AtLeast(&'a str, i64),
    /// The cell has a value.
    Known(&'a str),
    /// The cell has no value.
    Empty(&'a str),
}

/// The samples, and the cases in which the party of each sample was known to be a debtor.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    /// Party and day of each sample; sorted, each once.
    samples: Vec<(i64, i32)>,
    /// Cases with the positions of their samples; sorted, each once.
    links: Vec<(i64, usize)>,
}

/// Slots of a cache of texts met lately, used while codes are made. Most columns have fewer
/// different texts.
const RECENT: usize = 1 << RECENT_BITS;
const RECENT_BITS: u32 = 8;

/// The cache slot of a text.
#[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
fn recent_slot(view: u128) -> usize {
    let mixed = ((view as u64) ^ ((view >> 64) as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (u64::BITS - RECENT_BITS)) as usize
}

impl Subjects {
    /// Samples that are sorted, each once, and the cases of debtors: party, case, and the day on which it became known.
    pub(super) fn new(samples: Vec<(i64, i32)>, debtors: impl Iterator<Item = (i64, i64, i32)>) -> Self {
        let mut subjects = Self { samples, links: Vec::new() };
        let mut links = Vec::new();
        for (party, case, known) in debtors {
            links.extend(subjects.of_party(party).filter(|sample| subjects.day(*sample) >= known).map(|at| (case, at)));
        }
        links.sort_unstable();
        links.dedup();
        subjects.links = links;
        subjects
    }

    /// Those of some parties only.
    pub(super) fn among(&self, parties: &std::collections::HashSet<i64>) -> Self {
        let mut moved = vec![None; self.samples.len()];
        let mut samples = Vec::new();
        for (slot, sample) in moved.iter_mut().zip(&self.samples).filter(|(_, sample)| parties.contains(&sample.0)) {
            *slot = Some(samples.len());
            samples.push(*sample);
        }
        let links = self.links.iter().filter_map(|(case, at)| Some((*case, moved.get(*at).copied().flatten()?)));
        let links = links.collect();
        Self { samples, links }
    }

    pub(super) fn samples(&self) -> &[(i64, i32)] {
        &self.samples
    }

    /// The samples as a frame: `entity_id`, `as_of`.
    pub(super) fn frame(&self) -> Result<DataFrame> {
        let (parties, days): (Vec<i64>, Vec<i32>) = self.samples.iter().copied().unzip();
        let days = Column::new(AS_OF.into(), days).cast(&DataType::Date)?;
        Ok(DataFrame::new(self.samples.len(), vec![Column::new(ENTITY_ID.into(), parties), days])?)
    }

    fn day(&self, sample: usize) -> i32 {
        self.samples.get(sample).map_or(i32::MIN, |sample| sample.1)
    }

    fn of_party(&self, party: i64) -> Range<usize> {
        let first = self.samples.partition_point(|sample| sample.0 < party);
        let n = self.samples.iter().skip(first).take_while(|sample| sample.0 == party).count();
        first..first + n
    }

    fn of_case(&self, case: i64) -> Range<usize> {
        let first = self.links.partition_point(|link| link.0 < case);
        let n = self.links.iter().skip(first).take_while(|link| link.0 == case).count();
        first..first + n
    }

    /// The rows of a frame of table rows that each sample knows.
    pub(super) fn know(&self, table: &Table, mut frame: DataFrame) -> Result<Rows> {
        let most = frame.height();
        let (mut kept, mut samples) = (Vec::with_capacity(most), Vec::with_capacity(most));
        frame.align_chunks();
        let mut start = 0;
        let clock = |name: &str| -> Result<&Int32Chunked> { Ok(&frame.column(name)?.date()?.phys) };
        let clocks = clock(KNOWN_AT)?.downcast_iter().zip(clock(EVENT_ON)?.downcast_iter());
        for (keys, (known, on)) in frame.column(table.key())?.i64()?.downcast_iter().zip(clocks) {
            let mut at = 0;
            let has_empty = [keys.null_count(), known.null_count(), on.null_count()].iter().any(|empty| *empty > 0);
            // Rows of one party, and of one case, mostly stand together.
            for run in keys.values().chunk_by(|a, b| a == b) {
                let whose = match (table.owner, run.first()) {
                    (Owner::Party, Some(key)) => self.of_party(*key),
                    (Owner::Case, Some(key)) => self.of_case(*key),
                    (_, None) => 0..0,
                };
                let rows = at..at + run.len();
                at = rows.end;
                if whose.is_empty() {
                    continue;
                }
                let sample_of = |index: usize| match table.owner {
                    Owner::Party => index,
                    Owner::Case => self.links.get(index).map_or(usize::MAX, |link| link.1),
                };
                let place_of = |row: usize| IdxSize::try_from(start + row).unwrap_or(IdxSize::MAX);
                let told = known.values().get(rows.clone()).unwrap_or_default();
                // Of a state only the day it became known decides: `event_on` says since when it
                // holds.
                let since = if table.nature == Nature::Event { on } else { known };
                let happened = since.values().get(rows.clone()).unwrap_or_default();
                // Usually one sample knows all rows of a run.
                let last = told.iter().chain(happened).copied().fold(i32::MIN, i32::max);
                if whose.len() == 1 && !has_empty && self.day(sample_of(whose.start)) >= last {
                    kept.extend(rows.clone().map(place_of));
                    samples.extend(std::iter::repeat_n(sample_of(whose.start), rows.len()));
                    continue;
                }
                for (row, (told, happened)) in rows.zip(told.iter().zip(happened)) {
                    if has_empty && !(keys.is_valid(row) && known.is_valid(row) && on.is_valid(row)) {
                        continue;
                    }
                    for sample in whose.clone().map(sample_of) {
                        if self.day(sample) >= *told.max(happened) {
                            kept.push(place_of(row));
                            samples.push(sample);
                        }
                    }
                }
            }
            start += keys.len();
        }
        // Few rows were kept: the memory reserved for all is given back.
        if kept.len() < most / 2 {
            kept.shrink_to_fit();
            samples.shrink_to_fit();
        }
        Ok(Rows::new(frame, kept, samples))
    }
}

impl Rows {
    fn new(frame: DataFrame, indices: Vec<IdxSize>, samples: Vec<usize>) -> Self {
        let (indices, samples) = (indices.into(), samples.into());
        Self { frame, indices, samples, texts: BTreeMap::new(), coded: Arc::default() }
    }

    /// Other rows of the same view.
    fn at(&self, indices: Vec<IdxSize>, samples: Vec<usize>) -> Self {
        Self { texts: self.texts.clone(), ..Self::new(self.frame.clone(), indices, samples) }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The position of each row's sample among [`Snapshot::samples`](super::Snapshot::samples).
    pub fn samples(&self) -> &[usize] {
        &self.samples
    }

    /// The kind of a column.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when there is no such column of this kind, as for all that follow.
    pub fn kind(&self, name: &str) -> Result<&DataType> {
        if self.texts.contains_key(name) {
            return Ok(&DataType::String);
        }
        Ok(self.frame.column(name)?.dtype())
    }

    /// Whole numbers, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn numbers(&self, name: &str) -> Result<impl Iterator<Item = Option<i64>> + '_> {
        Ok(self.values(self.frame.column(name)?.i64()?))
    }

    /// Amounts, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn money(&self, name: &str) -> Result<impl Iterator<Item = Option<Money>> + '_> {
        Ok(self.numbers(name)?.map(|fen| fen.map(Money::from_fen)))
    }

    /// Shares and other decimals, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn decimals(&self, name: &str) -> Result<impl Iterator<Item = Option<f64>> + '_> {
        Ok(self.values(self.frame.column(name)?.f64()?))
    }

    /// Days by their numbers.
    pub(crate) fn day_numbers(&self, name: &str) -> Result<impl Iterator<Item = Option<i32>> + '_> {
        Ok(self.values(&self.frame.column(name)?.date()?.phys))
    }

    /// Days, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn days(&self, name: &str) -> Result<impl Iterator<Item = Option<Day>> + '_> {
        Ok(self.day_numbers(name)?.map(|day| day.and_then(Day::from_number)))
    }

    /// Flags, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn flags(&self, name: &str) -> Result<impl Iterator<Item = Option<bool>> + '_> {
        Ok(self.values(self.frame.column(name)?.bool()?))
    }

    /// Texts, row by row; `None` where a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn texts(&self, name: &str) -> Result<impl Iterator<Item = Option<&str>> + '_> {
        let (codes, column) = match self.texts.get(name) {
            Some(codes) => (Some(codes), None),
            None => (None, Some(self.frame.column(name)?.str()?)),
        };
        let of_codes = codes.into_iter().flat_map(|codes| self.indices.iter().map(|index| codes.text(*index as usize)));
        Ok(of_codes.chain(column.into_iter().flat_map(|column| self.values(column))))
    }

    /// Texts as indices among the different ones. They are made when first asked for and kept.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn codes(&self, name: &str) -> Result<Arc<Codes>> {
        if let Some(codes) = self.coded.lock().ok().and_then(|coded| coded.get(name).cloned()) {
            return Ok(codes);
        }
        let codes = Arc::new(match self.texts.get(name) {
            Some(codes) => codes.taken(self.indices.iter().map(|index| *index as usize)),
            None => self.coded_anew(self.frame.column(name)?.str()?),
        });
        if let Ok(mut coded) = self.coded.lock() {
            coded.insert(name.to_owned(), codes.clone());
        }
        Ok(codes)
    }

    fn coded_anew(&self, column: &StringChunked) -> Codes {
        let (mut met, mut texts): (PlHashMap<&str, u32>, Vec<&str>) = Default::default();
        let mut codes: Vec<u32> = Vec::with_capacity(self.len());
        for (piece, indices) in self.pieces(column) {
            // How a text lies in memory tells it apart within a piece, and costs less to compare.
            let (views, mut lying): (_, PlHashMap<u128, u32>) = (piece.views(), PlHashMap::default());
            let has_empty = piece.null_count() > 0;
            let mut recent = [(None, Codes::NONE); RECENT];
            // Many rows say what the row before said.
            let mut before = (None, Codes::NONE);
            for index in indices {
                let view = views.get(index).filter(|_| !has_empty || piece.is_valid(index)).map(|view| view.as_u128());
                if view == before.0 {
                    codes.push(before.1);
                    continue;
                }
                let slot = view.and_then(|view| Some((view, recent.get_mut(recent_slot(view))?)));
                let Some((view, slot)) = slot else {
                    before = (None, Codes::NONE);
                    codes.push(Codes::NONE);
                    continue;
                };
                if slot.0 != Some(view) {
                    let text = piece.get(index).unwrap_or_default();
                    let code = *lying.entry(view).or_insert_with(|| {
                        *met.entry(text).or_insert_with(|| {
                            texts.push(text);
                            u32::try_from(texts.len() - 1).unwrap_or(Codes::NONE)
                        })
                    });
                    *slot = (Some(view), code);
                }
                before = *slot;
                codes.push(slot.1);
            }
        }
        Codes::new(codes, texts.into_iter().map(ToOwned::to_owned).collect())
    }

    /// Collects one value per row. `for_each` walks chained iterators faster than repeated `next`
    /// does.
    pub(crate) fn collected<T>(&self, values: impl Iterator<Item = T>) -> Vec<T> {
        let mut all = Vec::with_capacity(self.len());
        values.for_each(|value| all.push(value));
        all
    }

    /// Some neighbouring rows; none where they are not all there.
    pub(crate) fn part(&self, rows: Range<usize>) -> Self {
        let indices = self.indices.get(rows.clone()).unwrap_or_default().to_vec();
        self.at(indices, self.samples.get(rows).unwrap_or_default().to_vec())
    }

    /// The rows for which all of some conditions hold.
    ///
    /// # Errors
    ///
    /// As [`Rows::kind`].
    pub fn only(&self, conditions: &[RowFilter<'_>]) -> Result<Self> {
        let mut marks = vec![true; self.len()];
        for condition in conditions {
            self.mark(&mut marks, *condition)?;
        }
        Ok(self.marked(&marks))
    }

    /// Takes the mark from rows for which a condition does not hold.
    fn mark(&self, marks: &mut [bool], condition: RowFilter<'_>) -> Result<()> {
        let texts = |name: &str, counts: &dyn Fn(&str) -> bool| -> Result<Vec<bool>> {
            let codes = self.codes(name)?;
            let counts: Vec<bool> = codes.texts().iter().map(|text| counts(text)).collect();
            let held = codes.range(0..self.len()).map(|code| code.is_some_and(|code| counts.get(code) == Some(&true)));
            Ok(held.collect())
        };
        let held = match condition {
            RowFilter::Among(name, these) => texts(name, &|text| these.contains(&text))?,
            RowFilter::Not(name, this) => texts(name, &|text| text != this)?,
            RowFilter::AtLeast(name, least) => {
                self.collected(self.numbers(name)?.map(|number| number.is_some_and(|number| number >= least)))
            }
            RowFilter::Known(name) | RowFilter::Empty(name) => {
                let is_known = match self.kind(name)? {
                    DataType::String => self.collected(self.texts(name)?.map(|text| text.is_some())),
                    _ => self.collected(self.values(&self.frame.column(name)?.is_not_null()).flatten()),
                };
                let wanted = matches!(condition, RowFilter::Known(_));
                is_known.into_iter().map(|is_known| is_known == wanted).collect()
            }
        };
        marks.iter_mut().zip(held).for_each(|(mark, held)| *mark &= held);
        Ok(())
    }

    /// The same rows with the columns of another view of their table.
    pub(super) fn seen_in(&self, other: &Self) -> Self {
        Self { frame: other.frame.clone(), texts: other.texts.clone(), ..self.clone() }
    }

    /// The rows that are marked.
    pub(super) fn marked(&self, marks: &[bool]) -> Self {
        let rows = self.indices.iter().zip(self.samples.iter()).zip(marks).filter(|(_, mark)| **mark);
        let (indices, samples): (Vec<IdxSize>, Vec<usize>) = rows.map(|((index, sample), _)| (*index, *sample)).unzip();
        self.at(indices, samples)
    }

    /// Those of some columns that have not been read.
    pub(super) fn missing<'c>(&self, columns: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
        columns.filter(|name| self.frame.column(name).is_err() && !self.texts.contains_key(*name)).collect()
    }

    /// The same rows with further columns and texts, as they lie in the table.
    pub(super) fn beside(&self, columns: &DataFrame, texts: BTreeMap<String, Arc<Codes>>) -> Result<Self> {
        let mut beside = Self { frame: self.frame.hstack(columns.columns())?, ..self.clone() };
        beside.texts.extend(texts);
        Ok(beside)
    }

    /// The same rows with fewer columns, under the names of the view.
    pub(super) fn select(&self, table: &Table, columns: &[&str]) -> Result<Self> {
        let named = |name: &&str| {
            let is_party = *name == PARTY_ID && table.owner == Owner::Case && self.frame.column(PARTY_ID).is_err();
            let column = self.frame.column(if is_party { ENTITY_ID } else { name })?.clone();
            Ok(if is_party { column.with_name(PARTY_ID.into()) } else { column })
        };
        let of_frame = columns.iter().filter(|name| !self.texts.contains_key(**name));
        let frame = DataFrame::new(self.frame.height(), of_frame.map(named).collect::<Result<_>>()?)?;
        let of_texts = columns.iter().filter_map(|name| self.texts.get_key_value(*name));
        let texts = of_texts.map(|(name, codes)| (name.clone(), codes.clone())).collect();
        Ok(Self { frame, texts, ..self.clone() })
    }

    /// The rows as a frame: `entity_id` and `as_of` of the sample, then some columns.
    pub(super) fn keyed(&self, samples: &DataFrame, columns: &[&str]) -> Result<DataFrame> {
        let at = self.samples.iter().filter_map(|sample| IdxSize::try_from(*sample).ok()).collect();
        let mut keyed = samples.take(&IdxCa::from_vec("".into(), at))?;
        let indices = IdxCa::from_vec("".into(), self.indices.as_ref().clone());
        for name in columns {
            keyed.with_column(match self.texts.contains_key(*name) {
                true => Column::new((*name).into(), self.texts(name)?.collect::<Vec<_>>()),
                false => self.frame.column(name)?.rechunk().take(&indices)?,
            })?;
        }
        Ok(keyed)
    }

    /// The values of a column in these rows.
    fn values<'a, T: PolarsDataType>(
        &'a self,
        column: &'a ChunkedArray<T>,
    ) -> impl Iterator<Item = Option<<T::Array as StaticArray>::ValueT<'a>>> + 'a
    where
        T::Array: StaticArray,
    {
        self.pieces(column).flat_map(|(piece, indices)| indices.map(move |index| piece.get(index)))
    }

    /// The pieces of a column, each with the indices of these rows in it.
    fn pieces<'a, T: PolarsDataType>(
        &'a self,
        column: &'a ChunkedArray<T>,
    ) -> impl Iterator<Item = (&'a T::Array, impl Iterator<Item = usize> + 'a)> + 'a
    where
        T::Array: StaticArray,
    {
        let mut start = 0;
        let mut rest: &[IdxSize] = &self.indices;
        column.downcast_iter().zip(column.chunk_lengths()).map(move |(piece, length)| {
            let first = start;
            start += length;
            let (here, later) = rest.split_at(rest.partition_point(|index| (*index as usize) < start));
            rest = later;
            (piece, here.iter().map(move |index| *index as usize - first))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More texts than are kept at hand, short and long, some empty, in pieces that each lie elsewhere in memory.
    #[test]
    fn codes_are_the_texts_whatever_the_pieces_and_the_rows_asked_for() {
        let text = |row: usize| match row % 7 {
            0 => None,
            1 => Some(String::new()),
            _ => Some(format!("{}{}", "a long beginning ".repeat(row % 2), row * 37 % 500)),
        };
        let piece = |rows: Range<usize>| {
            let texts: Vec<Option<String>> = rows.map(text).collect();
            DataFrame::new(texts.len(), vec![Column::new("kind".into(), texts)]).unwrap()
        };
        let mut frame = piece(0..900);
        frame.vstack_mut_owned(piece(900..901)).unwrap();
        frame.vstack_mut_owned(piece(901..2000)).unwrap();
        let every: Vec<IdxSize> = (0..2000).collect();
        let some: Vec<IdxSize> = (0..2000).filter(|row| row % 3 == 0).collect();
        for indices in [every, some] {
            let rows = Rows::new(frame.clone(), indices.clone(), vec![0; indices.len()]);
            let codes = rows.codes("kind").unwrap();
            assert!(codes.texts().is_sorted_by(|a, b| a < b));
            let spelled = codes.range(0..rows.len()).map(|index| index.map(|index| codes.texts()[index].clone()));
            assert!(spelled.eq(indices.iter().map(|index| text(*index as usize))));
            assert_eq!(codes.at(1), codes.range(1..2).next().unwrap());
            let (from, to) = (rows.len() / 3, rows.len() / 3 + 50);
            assert!(rows.part(from..to).texts("kind").unwrap().eq(rows.texts("kind").unwrap().skip(from).take(50)));
        }
        assert!(Rows::new(frame, vec![0], vec![0]).codes("source").is_err());
    }

    /// Rows whose texts were read as codes answer as those whose texts were read; conditions are those of a filter.
    #[test]
    fn texts_and_conditions_are_the_same_however_they_were_read() {
        let kinds: Vec<Option<&str>> =
            (0..300).map(|row| [Some("fee"), None, Some("cash"), Some("")][row % 4]).collect();
        let sums: Vec<Option<i64>> = (0..300).map(|row| (row % 7 != 0).then_some(row)).collect();
        let sums = Column::new("fen".into(), sums);
        let frame = DataFrame::new(300, vec![Column::new("kind".into(), kinds.clone()), sums.clone()]).unwrap();
        let indices: Vec<IdxSize> = (0..300).filter(|row| row % 5 != 0).collect();
        let read = Rows::new(frame, indices.clone(), vec![0; indices.len()]);
        let texts = ["fee", "cash", ""];
        let code = |kind: &Option<&str>| kind.and_then(|kind| texts.iter().position(|text| *text == kind));
        let codes = kinds.iter().map(|kind| code(kind).map_or(Codes::NONE, |code| u32::try_from(code).unwrap()));
        let codes = Codes::new(codes.collect(), texts.map(str::to_owned).to_vec());
        let bare = Rows::new(DataFrame::new(300, vec![sums]).unwrap(), indices.clone(), vec![0; indices.len()]);
        let coded = bare.beside(&DataFrame::default(), BTreeMap::from([("kind".to_owned(), Arc::new(codes))])).unwrap();
        assert_eq!(coded.kind("kind").unwrap(), &DataType::String);
        assert!(coded.texts("kind").unwrap().eq(read.texts("kind").unwrap()));
        assert!(coded.texts("kind").unwrap().eq(indices.iter().map(|index| kinds[*index as usize])));
        let spelled = |rows: &Rows| {
            let codes = rows.codes("kind").unwrap();
            (0..rows.len()).map(|row| codes.text(row).map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(spelled(&coded), spelled(&read));
        type Holds = fn(Option<&str>, Option<i64>) -> bool;
        let conditions: [(&[RowFilter<'_>], Holds); 6] = [
            (&[RowFilter::Among("kind", &["fee", "cash"])], |kind, _| kind.is_some_and(|kind| !kind.is_empty())),
            (&[RowFilter::Not("kind", "fee")], |kind, _| kind.is_some_and(|kind| kind != "fee")),
            (&[RowFilter::Empty("kind")], |kind, _| kind.is_none()),
            (&[RowFilter::Known("kind"), RowFilter::AtLeast("fen", 100)], |kind, fen| {
                kind.is_some() && fen >= Some(100)
            }),
            (&[RowFilter::Known("fen")], |_, fen| fen.is_some()),
            (&[RowFilter::Empty("fen"), RowFilter::Among("kind", &[])], |_, _| false),
        ];
        for (conditions, holds) in conditions {
            let expected: Vec<Option<i64>> = indices
                .iter()
                .map(|index| (kinds[*index as usize], (index % 7 != 0).then_some(i64::from(*index))))
                .filter(|(kind, fen)| holds(*kind, *fen))
                .map(|(_, fen)| fen)
                .collect();
            for rows in [&read, &coded] {
                let held = rows.only(conditions).unwrap();
                assert_eq!(held.numbers("fen").unwrap().collect::<Vec<_>>(), expected, "{conditions:?}");
            }
        }
    }
}
