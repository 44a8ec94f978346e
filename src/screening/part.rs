use std::collections::HashMap;

use super::entry::{ListEntry, Listing};
use super::index::{ExactIndex, Posting, Role};
use super::names::NameIndex;
use super::tag::ListKey;
use crate::domain::Identifier;
use crate::error::{Error, Result};

/// Entries that came in together, or were taken in with others.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) listings: Vec<Listing>,
    pub(super) index: ExactIndex<Vec<u8>>,
    /// Names of those without a sound, checked number. An owner is a place among `people`.
    pub(super) unnumbered: NameIndex,
    /// Names of the others: an applicant with such a number of their own is found by it or is someone else.
    pub(super) numbered: NameIndex,
    pub(super) places: HashMap<String, u32>,
    /// Everybody with a name, entry by entry, the listed party first.
    people: Vec<Person>,
}

/// A listed party or one who answers for it.
#[derive(Debug, Clone)]
pub(super) struct Person {
    entry: u32,
    pub(super) role: Role,
    /// Empty for the listed party, whose name stands in its listing.
    pub(super) name: String,
}

impl Part {
    pub(super) fn new(entries: &[ListEntry], key: &ListKey) -> Result<Self> {
        let (mut postings, mut places, mut people) = (Vec::new(), HashMap::new(), Vec::new());
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
            for (role, name, is_tagged) in named(entry) {
                let owner = u32::try_from(people.len()).unwrap_or(u32::MAX);
                (if is_tagged { &mut numbered } else { &mut unnumbered }).push((owner, name));
                let name = if role == Role::Listed { String::new() } else { name.to_owned() };
                people.push(Person { entry: number, role, name });
            }
            if places.insert(listing.entry_id.clone(), number).is_some() {
                let found = format!("entry {} twice", listing.entry_id);
                return Err(Error::table("list", found, "entries with names of their own"));
            }
        }
        let shown = |entry: &ListEntry| Listing { is_tagged: entry.is_tagged(), ..entry.listing.clone() };
        let listings = entries.iter().map(shown).collect();
        let index = ExactIndex::build(postings)?;
        let (unnumbered, numbered) = (NameIndex::new(unnumbered), NameIndex::new(numbered));
        Ok(Self { listings, index, unnumbered, numbered, places, people })
    }

    /// Both parts in one; the entries of the second count on from those of this one.
    pub(super) fn joined(&self, later: &Self) -> Result<Self> {
        let shift = self.len();
        let moved = later.index.postings().map(|posting| Posting { entry: posting.entry + shift, ..posting });
        let index = ExactIndex::build(self.index.postings().chain(moved).collect())?;
        let mut places = self.places.clone();
        places.extend(later.places.iter().map(|(id, entry)| (id.clone(), entry + shift)));
        let listings = [self.listings.as_slice(), &later.listings].concat();
        let moved = later.people.iter().map(|person| Person { entry: person.entry + shift, ..person.clone() });
        let people: Vec<Person> = self.people.iter().cloned().chain(moved).collect();
        let after = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let unnumbered = self.unnumbered.joined(&later.unnumbered, after);
        let numbered = self.numbered.joined(&later.numbered, after);
        Ok(Self { listings, index, unnumbered, numbered, places, people })
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.listings.len()).unwrap_or(u32::MAX)
    }

    /// Who has a name in an entry.
    pub(super) fn people(&self, entry: u32) -> &[Person] {
        let begin = self.people.partition_point(|person| person.entry < entry);
        let end = self.people.partition_point(|person| person.entry <= entry);
        self.people.get(begin..end).unwrap_or_default()
    }

    /// Entry, role and name of an owner in the indexes of names.
    pub(super) fn named(&self, owner: u32) -> Option<(u32, Role, &str)> {
        let person = self.people.get(owner as usize)?;
        let name = match person.role {
            Role::Listed => self.listings.get(person.entry as usize)?.name.as_str(),
            _ => person.name.as_str(),
        };
        Some((person.entry, person.role, name))
    }
}

/// Role, name, and whether a sound, checked number is tagged, of everybody named in an entry. The representative may be
/// named in the listing alone.
fn named(entry: &ListEntry) -> Vec<(Role, &str, bool)> {
    let listing = &entry.listing;
    let mut named = vec![(Role::Listed, listing.name.as_str(), entry.is_tagged())];
    named.extend(entry.related.iter().map(|person| (person.role, person.name.as_str(), person.is_tagged())));
    let public = listing.representative.as_deref();
    let public = public.filter(|name| !entry.related.iter().any(|p| p.role == Role::Representative && p.name == *name));
    named.extend(public.map(|name| (Role::Representative, name, false)));
    named
}
