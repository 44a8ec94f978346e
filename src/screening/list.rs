use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::entry::{ListEntry, Listing};
use super::index::{ExactIndex, Posting, Role};
use super::names::NameIndex;
use super::tag::{ListKey, Tag, hexadecimal};
use crate::domain::{Day, Identifier};
use crate::error::{Error, Result};
use crate::linkage::NameSimilarity;

/// Which state of the list an answer was given from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Counted up with every change.
    pub number: u32,
    /// The day it is of.
    pub day: Day,
    /// A keyed digest of everything in it, chained from edition to edition.
    pub digest: String,
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

/// Entries that came in together.
#[derive(Debug)]
struct Part {
    listings: Vec<Listing>,
    index: ExactIndex<Vec<u8>>,
    /// Names of parties and representatives without a sound, checked number.
    unnumbered: NameIndex,
    /// Names of the others: an applicant with such a number of their own is found by it or is someone else.
    numbered: NameIndex,
    places: HashMap<String, u32>,
}

/// An entry found by an identifier's tag.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) listing: &'a Listing,
    pub(super) posting: Posting,
    pub(super) until: Option<Day>,
}

/// Which names are asked for.
#[derive(Debug)]
pub(super) struct NameQuestion<'a> {
    pub(super) name: &'a str,
    /// The least similarity.
    pub(super) floor: f64,
    pub(super) on: Day,
    /// Whether the applicant has a sound, checked number.
    pub(super) is_numbered: bool,
}

impl DefaulterList {
    /// The first edition.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when two entries have one name or a day lies outside what an index can say.
    pub fn build(entries: &[ListEntry], key: ListKey, day: Day) -> Result<Self> {
        let text = serde_json::to_string(entries)?;
        let digest = key.digest("edition", &text);
        let part = Arc::new(Part::new(entries, &key)?);
        Ok(Self { edition: Edition { number: 1, day, digest }, key, parts: vec![part], ended: BTreeMap::new() })
    }

    /// The next edition: what changes is added, nothing is built again.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when an entry to remove or correct is not in the list, or one to add is already; nothing changes
    /// then.
    pub fn apply(&self, day: Day, changes: &[Change]) -> Result<Self> {
        let mut next = self.clone();
        let mut fresh: Vec<ListEntry> = Vec::new();
        for change in changes {
            match change {
                Change::Add(entry) => {
                    let id = &entry.listing.entry_id;
                    if next.place(id).is_some() || fresh.iter().any(|other| other.listing.entry_id == *id) {
                        return Err(Error::table("list", format!("entry {id} twice"), "a new entry"));
                    }
                    fresh.push((**entry).clone());
                }
                Change::Remove { entry_id, on } => {
                    let place = next.place(entry_id).ok_or_else(|| absent(entry_id))?;
                    next.ended.insert(place, Some(*on));
                }
                Change::Correct(entry) => {
                    let id = &entry.listing.entry_id;
                    let place = next.place(id).ok_or_else(|| absent(id))?;
                    next.ended.insert(place, None);
                    fresh.push((**entry).clone());
                }
            }
        }
        if !fresh.is_empty() {
            next.parts.push(Arc::new(Part::new(&fresh, &self.key)?));
        }
        let text = format!("{} {}", self.edition.digest, serde_json::to_string(changes)?);
        next.edition = Edition { number: self.edition.number + 1, day, digest: self.key.digest("edition", &text) };
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
        let (part, entry) = self.place(entry_id)?;
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

    /// The index of everything the first edition held, to be given to a partner who screens by tags alone.
    pub fn index(&self) -> Option<&ExactIndex<Vec<u8>>> {
        self.parts.first().map(|part| &part.index)
    }

    /// Entries that carry a tag and are in force on a day.
    pub(super) fn tagged(&self, tag: Tag, on: Day) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            for posting in part.index.find(tag) {
                let Some(listing) = part.listings.get(posting.entry as usize) else { continue };
                if let Some(until) = self.in_force((number, posting.entry), listing, on) {
                    found.push(Found { listing, posting, until });
                }
            }
        }
        found
    }

    /// Entries whose own name, or whose representative's, is alike, in force on the day; best first.
    pub(super) fn named(&self, question: &NameQuestion<'_>) -> Vec<(&Listing, Role, NameSimilarity)> {
        let (name, floor, on) = (question.name, question.floor, question.on);
        let mut found = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            let mut alike = part.unnumbered.alike(name, floor);
            if !question.is_numbered {
                alike.extend(part.numbered.alike(name, floor));
            }
            for (owner, similarity) in alike {
                let (entry, role) = (owner >> 1, if owner & 1 == 0 { Role::Listed } else { Role::Representative });
                let Some(listing) = part.listings.get(entry as usize) else { continue };
                if self.in_force((number, entry), listing, on).is_some() {
                    found.push((listing, role, similarity));
                }
            }
        }
        found.sort_by(|a, b| {
            b.2.score.total_cmp(&a.2.score).then_with(|| (&a.0.entry_id, a.1).cmp(&(&b.0.entry_id, b.1)))
        });
        found
    }

    /// The end of an entry that is in force on a day, if it has one; `None` when it is not in force.
    fn in_force(&self, place: (usize, u32), listing: &Listing, on: Day) -> Option<Option<Day>> {
        let until = match self.ended.get(&place) {
            Some(None) => return None,
            Some(Some(end)) => Some(listing.until().map_or(*end, |until| until.min(*end))),
            None => listing.until(),
        };
        (listing.listed_on <= on && until.is_none_or(|until| on < until)).then_some(until)
    }

    /// Where the entry stands that has this name and was not replaced.
    fn place(&self, entry_id: &str) -> Option<(usize, u32)> {
        let places = self.parts.iter().enumerate().rev();
        let mut places = places.filter_map(|(part, content)| Some((part, *content.places.get(entry_id)?)));
        places.find(|place| self.ended.get(place) != Some(&None))
    }
}

fn absent(entry_id: &str) -> Error {
    Error::table("list", format!("no entry {entry_id}"), "an entry of this edition")
}

impl Part {
    fn new(entries: &[ListEntry], key: &ListKey) -> Result<Self> {
        let (mut postings, mut places) = (Vec::new(), HashMap::new());
        let (mut unnumbered, mut numbered) = (Vec::new(), Vec::new());
        for (number, entry) in (0u32..).zip(entries) {
            let listing = &entry.listing;
            let posting = |tag, name: &str, role| Posting {
                tag,
                name_mark: key.name_mark(name),
                entry: number,
                role,
                from: listing.listed_on,
                until: listing.until(),
            };
            postings.extend(entry.sound().iter().map(|id| posting(key.tag(id), &listing.name, Role::Listed)));
            for person in &entry.related {
                let sound = person.identifiers.iter().filter_map(|text| Identifier::parse(text).ok());
                postings.extend(sound.map(|id| posting(key.tag(&id), &person.name, person.role)));
            }
            let own = if entry.is_tagged() { &mut numbered } else { &mut unnumbered };
            own.push((number << 1, listing.name.as_str()));
            let theirs = if entry.is_representative_tagged() { &mut numbered } else { &mut unnumbered };
            theirs.extend(listing.representative.as_deref().map(|name| (number << 1 | 1, name)));
            if places.insert(listing.entry_id.clone(), number).is_some() {
                return Err(Error::table(
                    "list",
                    format!("entry {} twice", listing.entry_id),
                    "entries with names of their own",
                ));
            }
        }
        let shown = |entry: &ListEntry| Listing { is_tagged: entry.is_tagged(), ..entry.listing.clone() };
        let listings = entries.iter().map(shown).collect();
        let index = ExactIndex::build(postings)?;
        let (unnumbered, numbered) = (NameIndex::new(unnumbered), NameIndex::new(numbered));
        Ok(Self { listings, index, unnumbered, numbered, places })
    }
}

/// A digest of anything that serialises.
pub(super) fn digest(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_vec(value)?;
    Ok(hexadecimal(blake3::hash(&text).as_bytes().get(..16).unwrap_or_default()))
}
