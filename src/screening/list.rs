//! The list in its editions, and changes between them.
//!
//! An edition never changes. A day's changes make the next one, which shares the parts it does not touch;
//! each digest covers the one before it, so that a receipt names exactly what was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answer::LeftOut;
use super::asked::Asked;
use super::entry::{ListEntry, Listing};
use super::index::{ExactIndex, Posting, Role};
use super::part::{Part, in_force};
use super::resemble::{Comparison, Named};
use super::tag::{ListKey, Tag, hexadecimal};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::sentence::says;

/// Which state of the list an answer was given from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Counted up with every change.
    pub number: u32,
    /// The day it is of.
    pub day: Day,
    /// A keyed digest of everything in it, with number, day and refused records, chained from edition to edition.
    pub digest: String,
    /// Records of the source that were refused and so are not in it: who is named there alone is not found.
    #[serde(default)]
    pub refused: u64,
}

impl Edition {
    /// The edition with the digest of all it says, of the digest that it had, and of what came since.
    fn sealed(self, key: &ListKey, came: &str) -> Self {
        let Self { number, day, digest, refused } = &self;
        let digest = key.text_digest("edition", &format!("{number} {day} {refused} {digest} {came}"));
        Self { digest, ..self }
    }
}

/// One change from an edition to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new entry.
    Add(Box<ListEntry>),
    /// The entry ends; from `on` it is no longer in force.
    Remove {
        /// Which entry.
        entry_id: String,
        /// The first day it is not in force.
        on: Day,
    },
    /// The entry was wrong; from this edition on the one given stands in its place (art. 11 and 12).
    Correct(Box<ListEntry>),
}

/// An edition of the list of defaulters (失信被执行人名单), ready to be asked.
///
/// It holds tags of numbers, never a number. The next edition shares all it does not change with this one, and both
/// answer side by side.
#[derive(Debug, Clone)]
pub struct DefaulterList {
    edition: Edition,
    key: ListKey,
    parts: Vec<Arc<Part>>,
    /// Ends that a later edition set, by part and entry; `None` for an entry that a correction replaced.
    ended: BTreeMap<(usize, u32), Option<Day>>,
}

/// An entry found by an identifier's tag.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) listing: &'a Listing,
    pub(super) posting: Posting,
    /// Whose number it is.
    pub(super) name: &'a str,
    pub(super) until: Option<Day>,
}

impl DefaulterList {
    /// The first edition.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when two entries have one name or a day lies outside what an index can say.
    pub fn build(entries: &[ListEntry], key: ListKey, day: Day) -> Result<Self> {
        let came = key.digest("entries", &entries)?;
        let part = Arc::new(Part::new(entries, &key)?);
        let edition = Edition { number: 1, day, digest: String::new(), refused: 0 }.sealed(&key, &came);
        Ok(Self { edition, key, parts: vec![part], ended: BTreeMap::new() })
    }

    /// The same list, known to lack so many records of its source. Every answer says it.
    #[must_use]
    pub fn lacking(mut self, refused: u64) -> Self {
        if self.edition.refused != refused {
            self.edition = Edition { refused, ..self.edition }.sealed(&self.key, "lacking");
        }
        self
    }

    /// The next edition: what changes is added beside what is there. A part no larger than what comes is taken in with
    /// it, so that a list of many editions has few parts and each entry is moved a few times only.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when an entry to remove or correct is not in the list, or one to add is already; nothing
    /// changes then.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::screening::{Change, DefaulterList, ListKey, PublicRecord};
    ///
    /// let record = PublicRecord {
    ///     id: "7".into(), iname: "张三".into(), case_code: "（2024）苏0213执123号".into(), publish_date: "2025-01-10".into(),
    ///     ..PublicRecord::default()
    /// };
    /// let first = DefaulterList::build(&[], ListKey::from_secret(b"shared"), Day::parse("2025-01-09")?)?;
    /// let entry = record.into_entry()?;
    /// let second = first.apply(Day::parse("2025-01-10")?, &[Change::Add(Box::new(entry.clone()))])?;
    /// assert_eq!((first.len(), second.len(), second.edition().number), (0, 1, first.edition().number + 1));
    /// assert!(second.listing(&entry.listing.entry_id).is_some());
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn apply(&self, day: Day, changes: &[Change]) -> Result<Self> {
        let mut next = self.clone();
        let mut fresh: Vec<ListEntry> = Vec::new();
        for (at, change) in (1usize..).zip(changes) {
            match change {
                Change::Add(entry) => {
                    let id = &entry.listing.entry_id;
                    if next.position(id).is_some() || fresh.iter().any(|other| other.listing.entry_id == *id) {
                        let found = format!("change {at}: an entry that is there already");
                        return Err(Error::table("list", found, "a new entry"));
                    }
                    fresh.push((**entry).clone());
                }
                Change::Remove { entry_id, on } => {
                    let place = next.position(entry_id).ok_or_else(|| absent(at))?;
                    next.ended.insert(place, Some(*on));
                }
                Change::Correct(entry) => {
                    let id = &entry.listing.entry_id;
                    let place = next.position(id).ok_or_else(|| absent(at))?;
                    next.ended.insert(place, None);
                    fresh.push((**entry).clone());
                }
            }
        }
        if !fresh.is_empty() {
            next.ingest_into(Part::new(&fresh, &self.key)?)?;
        }
        let came = self.key.digest("changes", &changes)?;
        next.edition = Edition { number: self.edition.number + 1, day, ..next.edition }.sealed(&self.key, &came);
        Ok(next)
    }

    /// Which edition it is.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The key its tags were made with.
    pub fn key(&self) -> &ListKey {
        &self.key
    }

    /// The entry with this name as it stands in this edition.
    pub fn listing(&self, entry_id: &str) -> Option<Listing> {
        let (part, entry) = self.position(entry_id)?;
        let mut listing = self.parts.get(part)?.listings.get(entry as usize)?.clone();
        if let Some(Some(end)) = self.ended.get(&(part, entry)) {
            listing.removed_on = Some(listing.removed_on.map_or(*end, |day| day.min(*end)));
        }
        Some(listing)
    }

    /// How many entries there are, ended ones included and corrected ones once.
    pub fn len(&self) -> usize {
        let replaced = self.ended.values().filter(|end| end.is_none()).count();
        self.parts.iter().map(|part| part.listings.len()).sum::<usize>() - replaced
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The index of this edition, to be given to a partner who screens by tags alone: corrections, removals and terms
    /// are in it.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when there are more entries than an index can number.
    pub fn index(&self) -> Result<ExactIndex<Vec<u8>>> {
        let (mut postings, mut before) = (Vec::new(), 0);
        for (number, part) in self.parts.iter().enumerate() {
            for posting in part.index.postings() {
                let until = match self.ended.get(&(number, posting.entry)) {
                    Some(None) => continue,
                    Some(Some(end)) => Some(posting.until.map_or(*end, |until| until.min(*end))),
                    None => posting.until,
                };
                postings.push(Posting { entry: posting.entry + before, until, ..posting });
            }
            before += part.len();
        }
        ExactIndex::build(postings)
    }

    /// Entries that carry a tag and are in force on a day.
    pub(super) fn tagged(&self, tag: Tag, on: Day) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            for posting in part.index.find(tag) {
                let Some(listing) = part.listings.get(posting.entry as usize) else { continue };
                if let Some(until) = in_force(listing, self.ended.get(&(number, posting.entry)).copied(), on) {
                    found.push(Found { listing, name: part.name_of(&posting, &self.key), posting, until });
                }
            }
        }
        found
    }

    /// Everybody in force on the day, but those known, who resembles the applicant by name or by what is shown of a
    /// number, and how many are left out by rule.
    pub(super) fn resembling(
        &self,
        asked: &Asked<'_>,
        floor: f64,
        is_known: impl Fn(&Listing, Role) -> bool,
    ) -> (Vec<Named<'_>>, LeftOut) {
        let (mut found, mut left_out) = (Vec::new(), LeftOut::default());
        for (number, part) in self.parts.iter().enumerate() {
            let (named, count) = Comparison { part, asked, floor }.resembling(|person, listing| {
                let ended = self.ended.get(&(number, person.entry)).copied();
                in_force(listing, ended, asked.application.on).filter(|_| !is_known(listing, person.role))
            });
            found.extend(named);
            left_out.add(count);
        }
        (found, left_out)
    }

    /// Adds a part, taking in those before it that are no larger.
    fn ingest_into(&mut self, mut part: Part) -> Result<()> {
        while let Some(last) = self.parts.last().filter(|last| last.len() <= part.len()).cloned() {
            let (own, shift) = (self.parts.len(), last.len());
            part = last.joined(&part)?;
            self.parts.pop();
            let moved = |((number, entry), end)| {
                if number == own { ((number - 1, entry + shift), end) } else { ((number, entry), end) }
            };
            self.ended = std::mem::take(&mut self.ended).into_iter().map(moved).collect();
        }
        self.parts.push(Arc::new(part));
        Ok(())
    }

    /// Where the entry stands that has this name and was not replaced.
    fn position(&self, entry_id: &str) -> Option<(usize, u32)> {
        let places = self.parts.iter().enumerate().rev();
        let mut places = places.filter_map(|(part, content)| Some((part, *content.places.get(entry_id)?)));
        places.find(|place| self.ended.get(place) != Some(&None))
    }
}

fn absent(change: usize) -> Error {
    Error::table("list", says!("change {change}: an entry that is not there", change), "an entry of this edition")
}

/// A digest of anything that serialises.
pub(super) fn digest(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(value)?;
    Ok(hexadecimal(blake3::hash(&text).as_bytes().get(..16).unwrap_or_default()))
}
