use polars::prelude::*;

use super::PARTY_ID;
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, Owner, Table};

/// Rows of a table as known for each sample; a row that is known for several samples comes once for each.
#[derive(Debug, Clone)]
pub struct Rows {
    frame: DataFrame,
    samples: Vec<usize>,
}

/// Who is looked at, and in which cases each was known to be a debtor.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    /// Party and day of each sample; sorted, each once.
    samples: Vec<(i64, i32)>,
    /// Cases with the positions of their samples; sorted, each once.
    links: Vec<(i64, usize)>,
}

impl Subjects {
    /// The samples of a frame that is sorted by party and day, and the cases of `debtors`: party, case, and the day on
    /// which it became known.
    pub(super) fn new(samples: &DataFrame, debtors: &DataFrame) -> Result<Self> {
        let days = samples.column(AS_OF)?.date()?.phys.iter();
        let keys = samples.column(ENTITY_ID)?.i64()?.iter().zip(days);
        let mut subjects =
            Self { samples: keys.filter_map(|(party, day)| party.zip(day)).collect(), links: Vec::new() };
        let known = debtors.column(KNOWN_AT)?.date()?.phys.iter();
        let cases = debtors.column(CASE_ID)?.i64()?.iter();
        let mut links = Vec::new();
        for ((party, case), known) in debtors.column(ENTITY_ID)?.i64()?.iter().zip(cases).zip(known) {
            let (Some(party), Some(case), Some(known)) = (party, case, known) else { continue };
            links.extend(subjects.of_party(party).filter(|sample| subjects.day(*sample) >= known).map(|at| (case, at)));
        }
        links.sort_unstable();
        links.dedup();
        subjects.links = links;
        Ok(subjects)
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

    fn of_party(&self, party: i64) -> std::ops::Range<usize> {
        let first = self.samples.partition_point(|sample| sample.0 < party);
        let n = self.samples.iter().skip(first).take_while(|sample| sample.0 == party).count();
        first..first + n
    }

    fn of_case(&self, case: i64) -> std::ops::Range<usize> {
        let first = self.links.partition_point(|link| link.0 < case);
        let n = self.links.iter().skip(first).take_while(|link| link.0 == case).count();
        first..first + n
    }

    /// The rows of a frame of table rows that each sample knows, with the columns of the frame but for its owner.
    pub(super) fn know(&self, table: &Table, mut frame: DataFrame) -> Result<Rows> {
        frame.rechunk_mut();
        let clock = |name: &str| -> Result<&Int32Chunked> { Ok(&frame.column(name)?.date()?.phys) };
        let clocks = clock(KNOWN_AT)?.iter().zip(clock(EVENT_ON)?.iter());
        let is_event = table.nature == Nature::Event;
        let (mut kept, mut samples) = (Vec::new(), Vec::new());
        // Rows of one party, and of one case, mostly stand together.
        let (mut before, mut whose) = (None, 0..0);
        for ((row, key), (known, on)) in (0..).zip(frame.column(table.key())?.i64()?.iter()).zip(clocks) {
            let (Some(key), Some(known), Some(on)) = (key, known, on) else { continue };
            // Of a state it counts when it was told, not since when it is.
            let known = if is_event { known.max(on) } else { known };
            if before != Some(key) {
                whose = match table.owner {
                    Owner::Party => self.of_party(key),
                    Owner::Case => self.of_case(key),
                };
                before = Some(key);
            }
            for place in whose.clone() {
                let sample = match table.owner {
                    Owner::Party => place,
                    Owner::Case => self.links.get(place).map_or(usize::MAX, |link| link.1),
                };
                if self.day(sample) >= known {
                    kept.push(row);
                    samples.push(sample);
                }
            }
        }
        let is_all = kept.len() == frame.height() && kept.iter().copied().eq(0..);
        if !is_all {
            frame = frame.take(&IdxCa::from_vec("".into(), kept))?;
        }
        match table.owner {
            Owner::Party => frame = frame.drop(ENTITY_ID)?,
            Owner::Case if table.column(ENTITY_ID).is_some() && frame.column(ENTITY_ID).is_ok() => {
                frame.rename(ENTITY_ID, PARTY_ID.into())?;
            }
            Owner::Case => {}
        }
        Ok(Rows { frame, samples })
    }
}

impl Rows {
    pub(super) fn new(frame: DataFrame, samples: Vec<usize>) -> Self {
        Self { frame, samples }
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

    /// The columns asked for.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The same rows with fewer columns.
    pub(super) fn select(&self, columns: &[&str]) -> Result<Self> {
        Ok(Self { frame: self.frame.select(columns.iter().copied())?, samples: self.samples.clone() })
    }

    /// The rows at some places, in that order.
    pub(super) fn taken(&self, places: Vec<IdxSize>) -> Result<Self> {
        let samples = places.iter().filter_map(|place| self.samples.get(*place as usize).copied()).collect();
        Ok(Self { frame: self.frame.take(&IdxCa::from_vec("".into(), places))?, samples })
    }

    /// The rows that are marked.
    pub(super) fn filter(&self, marks: &[bool]) -> Result<Self> {
        let samples = self.samples.iter().zip(marks).filter(|(_, mark)| **mark).map(|(sample, _)| *sample).collect();
        let frame = self.frame.filter(&BooleanChunked::new("".into(), marks))?;
        Ok(Self { frame, samples })
    }

    /// The rows for which a condition holds.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when it cannot be worked out from the columns there are.
    pub fn only(&self, condition: Expr) -> Result<Self> {
        let held = self.frame.clone().lazy().select([condition.alias("held")]).collect()?;
        let held = held.column("held")?.bool()?;
        let samples = self.samples.iter().zip(held.iter()).filter(|(_, held)| *held == Some(true));
        Ok(Self { samples: samples.map(|(sample, _)| *sample).collect(), frame: self.frame.filter(held)? })
    }

    /// Whole numbers.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when there is no such column of this kind, as for all kinds.
    pub fn numbers(&self, name: &str) -> Result<impl Iterator<Item = Option<i64>> + '_> {
        Ok(self.frame.column(name)?.i64()?.iter())
    }

    /// Amounts.
    pub fn money(&self, name: &str) -> Result<impl Iterator<Item = Option<Money>> + '_> {
        Ok(self.frame.column(name)?.i64()?.iter().map(|fen| fen.map(Money::from_fen)))
    }

    /// Shares and other decimals.
    pub fn decimals(&self, name: &str) -> Result<impl Iterator<Item = Option<f64>> + '_> {
        Ok(self.frame.column(name)?.f64()?.iter())
    }

    /// Days.
    pub fn days(&self, name: &str) -> Result<impl Iterator<Item = Option<Day>> + '_> {
        Ok(self.frame.column(name)?.date()?.phys.iter().map(|day| day.and_then(Day::from_number)))
    }

    /// Flags.
    pub fn flags(&self, name: &str) -> Result<impl Iterator<Item = Option<bool>> + '_> {
        Ok(self.frame.column(name)?.bool()?.iter())
    }

    /// Texts.
    pub fn texts(&self, name: &str) -> Result<impl Iterator<Item = Option<&str>> + '_> {
        Ok(self.frame.column(name)?.str()?.iter())
    }

    /// Texts as places among the different ones, and these, sorted, so that places compare as texts do.
    ///
    /// # Errors
    ///
    /// As [`Rows::numbers`].
    pub fn places(&self, name: &str) -> Result<(Vec<Option<i64>>, Vec<String>)> {
        let column = self.frame.column(name)?.str()?;
        let (mut met, mut texts): (PlHashMap<&str, usize>, Vec<&str>) = Default::default();
        let mut places = Vec::with_capacity(column.len());
        for piece in column.downcast_iter() {
            // How a text lies in memory tells it apart within a piece, and costs less to compare.
            let mut lying: PlHashMap<u128, usize> = PlHashMap::default();
            let mut last = None;
            for (text, view) in piece.iter().zip(piece.views().iter()) {
                let Some(text) = text else {
                    places.push(None);
                    continue;
                };
                let view = view.as_u128();
                let place = match last {
                    Some((before, place)) if before == view => place,
                    _ => *lying.entry(view).or_insert_with(|| {
                        *met.entry(text).or_insert_with(|| {
                            texts.push(text);
                            texts.len() - 1
                        })
                    }),
                };
                last = Some((view, place));
                places.push(Some(place));
            }
        }
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_unstable_by_key(|place| texts.get(*place).copied());
        let mut rank = vec![0; texts.len()];
        for (at, place) in (0..).zip(&order) {
            rank.get_mut(*place).into_iter().for_each(|slot| *slot = at);
        }
        let places = places.into_iter().map(|place| place.and_then(|place| rank.get(place).copied())).collect();
        Ok((places, order.iter().filter_map(|place| texts.get(*place)).map(ToString::to_string).collect()))
    }

    /// The rows as a frame: `entity_id` and `as_of` of the sample, then the columns.
    pub(super) fn keyed(&self, samples: &DataFrame) -> Result<DataFrame> {
        let at = self.samples.iter().filter_map(|sample| IdxSize::try_from(*sample).ok()).collect();
        let keys = samples.take(&IdxCa::from_vec("".into(), at))?;
        Ok(keys.hstack(self.frame.columns())?)
    }
}
