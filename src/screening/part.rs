//! A part of the list with its indices.
//!
//! A list of a year's daily editions is a few parts: the first one large, the later ones small and taken
//! together as they grow. A question is asked of each part and the answers are joined.

use std::collections::{BTreeMap, HashMap};

use super::entry::{ListEntry, Listing};
use super::index::{ExactIndex, Posting, Role};
use super::names::{NameIndex, further_names};
use super::numbers::{NumberKinds, ShownIndex, masked, sound_numbers, undressed, unsound_number};
use super::tag::{ListKey, Tag};
use crate::domain::{Day, ShownNumber};
use crate::error::{Error, Result};

/// Entries that came in together, or were taken in with others.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) listings: Vec<Listing>,
    pub(super) index: ExactIndex<Vec<u8>>,
    /// Names by the kinds of sound number of those who bear them: an applicant with a number of such a kind is found by
    /// the number or is someone else. An owner is a place among `people`.
    pub(super) names: BTreeMap<NumberKinds, NameIndex>,
    /// Numbers as they are shown, for those without a sound one.
    pub(super) shown: ShownIndex,
    pub(super) places: HashMap<String, u32>,
    /// Everybody with a name, entry by entry, the listed party first.
    people: Vec<Person>,
}

/// A listed party or one who answers for it.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) entry: u32,
    pub(super) role: Role,
    /// Empty for the listed party, whose name stands in its listing.
    name: String,
    /// What is shown of the number; empty for the listed party, whose number stands in its listing, unless more of it
    /// is known than may be told.
    shown: String,
    pub(super) evidence: ShownEvidence,
}

/// What a shown number is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ShownEvidence {
    /// The kinds of number that it tells apart.
    pub(super) tells: NumberKinds,
    /// Whether it is found by its ends.
    pub(super) is_indexed: bool,
    /// Whether it is the list's own mask over a number that fails its check, so that one end of it may be wrong.
    pub(super) is_damaged: bool,
}

/// Somebody named in an entry, with the numbers that the entry gives.
struct Named<'a> {
    role: Role,
    name: &'a str,
    identifiers: &'a [String],
    /// What the entry shows of the number.
    shown: Option<&'a str>,
}

impl Part {
    pub(super) fn new(entries: &[ListEntry], key: &ListKey) -> Result<Self> {
        let (mut postings, mut places, mut people) = (Vec::new(), HashMap::new(), Vec::new());
        let (mut names, mut shown) = (BTreeMap::<NumberKinds, Vec<(u32, String)>>::new(), Vec::new());
        for (number, entry) in (0u32..).zip(entries) {
            for named in named(entry) {
                let owner = u32::try_from(people.len()).unwrap_or(u32::MAX);
                let kinds = NumberKinds::from_numbers(&sound_numbers(named.identifiers));
                let every = std::iter::once(named.name.to_owned()).chain(further_names(named.name));
                names.entry(kinds).or_default().extend(every.map(|name| (owner, name)));
                let numbers_shown = if kinds == NumberKinds::default() { named.shown_numbers() } else { None };
                let evidence = numbers_shown.as_ref().map(|(numbers, is_damaged)| ShownEvidence {
                    tells: numbers.iter().map(NumberKinds::told_by).fold(NumberKinds::default(), NumberKinds::or),
                    is_indexed: !is_damaged && numbers.iter().all(ShownIndex::holds),
                    is_damaged: *is_damaged,
                });
                // What the list shows of a sound number tells apart those who give one that fails its check.
                let sound = ShownEvidence { tells: kinds, ..ShownEvidence::default() };
                let evidence = evidence.unwrap_or(sound);
                let numbers_shown = numbers_shown.filter(|_| evidence.is_indexed).map(|(numbers, _)| numbers);
                shown.extend(numbers_shown.into_iter().flatten().map(|number| (owner, number)));
                postings.extend(named.tags(key).into_iter().map(|tag| Posting {
                    tag,
                    name_mark: key.name_mark(named.name),
                    entry: number,
                    role: named.role,
                    from: entry.listing.listed_on,
                    until: entry.listing.until(),
                }));
                people.push(named.person(number, evidence));
            }
            if places.insert(entry.listing.entry_id.clone(), number).is_some() {
                let found = format!("the entry at place {number} under the name of one before it");
                return Err(Error::table("list", found, "entries with names of their own"));
            }
        }
        let shown_entry = |entry: &ListEntry| Listing { is_tagged: entry.is_tagged(), ..entry.listing.clone() };
        Ok(Self {
            listings: entries.iter().map(shown_entry).collect(),
            index: ExactIndex::build(postings)?,
            names: names.into_iter().map(|(kinds, names)| (kinds, index(&names))).collect(),
            shown: ShownIndex::new(shown),
            places,
            people,
        })
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
        let mut names = self.names.clone();
        for (kinds, later) in &later.names {
            let joined = names.entry(*kinds).or_default().joined(later, after);
            names.insert(*kinds, joined);
        }
        let shown = self.shown.joined(&later.shown, after);
        Ok(Self { listings, index, names, shown, places, people })
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.listings.len()).unwrap_or(u32::MAX)
    }

    /// The name whose mark a posting bears.
    pub(super) fn name_of(&self, posting: &Posting, key: &ListKey) -> &str {
        let begin = self.people.partition_point(|person| person.entry < posting.entry);
        let people = self.people.get(begin..).unwrap_or_default().iter();
        let mut names = people
            .take_while(|person| person.entry == posting.entry)
            .filter(|person| person.role == posting.role)
            .map(|person| self.name(person));
        names.find(|name| posting.role == Role::Listed || key.name_mark(name) == posting.name_mark).unwrap_or_default()
    }

    /// An owner in the indexes.
    pub(super) fn person(&self, owner: u32) -> Option<(&Person, &Listing)> {
        let person = self.people.get(owner as usize)?;
        Some((person, self.listings.get(person.entry as usize)?))
    }

    pub(super) fn name<'a>(&'a self, person: &'a Person) -> &'a str {
        match (person.role, self.listings.get(person.entry as usize)) {
            (Role::Listed, Some(listing)) => &listing.name,
            _ => &person.name,
        }
    }

    /// What is shown of somebody's number.
    pub(super) fn shown_numbers(&self, person: &Person) -> Vec<ShownNumber> {
        let listing = self.listings.get(person.entry as usize);
        let listed = listing.and_then(|listing| listing.masked_number.as_deref());
        let listed = listed.filter(|_| person.role == Role::Listed && person.shown.is_empty());
        ShownNumber::parse_each(listed.unwrap_or(&person.shown))
    }
}

impl Named<'_> {
    /// The tags of the sound numbers, and of those that fail their check as they are written.
    fn tags(&self, key: &ListKey) -> Vec<Tag> {
        let sound = sound_numbers(self.identifiers);
        let unsound = self.identifiers.iter().filter_map(|text| unsound_number(text));
        sound.iter().map(|number| key.tag(number)).chain(unsound.map(|text| key.unsound_tag(&text))).collect()
    }

    /// What is shown of the number, and whether it is the mask over a number that fails its check.
    fn shown_numbers(&self) -> Option<(Vec<ShownNumber>, bool)> {
        let is_own_mask = |shown: &str| self.identifiers.iter().any(|text| masked(text) == shown);
        if let Some(shown) = self.shown.filter(|shown| !is_own_mask(shown)) {
            let numbers = ShownNumber::parse_each(shown);
            return (!numbers.is_empty()).then_some((numbers, false));
        }
        let mut hidden = self.identifiers.iter().map(|text| ShownNumber::parse_each(undressed(text)));
        if let Some(shown) = hidden.find(|shown| shown.iter().any(|shown| !shown.is_whole())) {
            return Some((shown, false));
        }
        let damaged = self.identifiers.iter().find(|text| unsound_number(text).is_some())?;
        Some((vec![ShownNumber::parse(&masked(damaged))?], true))
    }

    fn person(&self, entry: u32, evidence: ShownEvidence) -> Person {
        let own = self.role != Role::Listed;
        let hidden = |text: &&String| ShownNumber::parse(undressed(text)).is_some_and(|shown| !shown.is_whole());
        let shown = self.identifiers.iter().find(hidden).cloned();
        let is_more = shown.is_some();
        let shown = shown.or_else(|| self.identifiers.first().map(|text| masked(text)));
        Person {
            entry,
            role: self.role,
            name: if own { self.name.to_owned() } else { String::new() },
            shown: shown.filter(|_| own || is_more).unwrap_or_default(),
            evidence,
        }
    }
}

/// Everybody named in an entry. The representative may be named in the listing alone.
fn named(entry: &ListEntry) -> Vec<Named<'_>> {
    let listing = &entry.listing;
    let shown = listing.masked_number.as_deref();
    let mut named = vec![Named { role: Role::Listed, name: &listing.name, identifiers: &entry.identifiers, shown }];
    named.extend(entry.related.iter().map(|person| Named {
        role: person.role,
        name: &person.name,
        identifiers: &person.identifiers,
        shown: None,
    }));
    let public = listing.representative.as_deref();
    let public = public.filter(|name| !entry.related.iter().any(|p| p.role == Role::Representative && p.name == *name));
    named.extend(public.map(|name| Named { role: Role::Representative, name, identifiers: &[], shown: None }));
    named
}

fn index(names: &[(u32, String)]) -> NameIndex {
    NameIndex::new(names.iter().map(|(owner, name)| (*owner, name.as_str())))
}

/// The first day of an entry no longer in force, as far as it is known; `None` when it is not in force on a day.
pub(super) fn in_force(listing: &Listing, ended: Option<Option<Day>>, on: Day) -> Option<Option<Day>> {
    let until = match ended {
        Some(None) => return None,
        Some(Some(end)) => Some(listing.until().map_or(end, |until| until.min(end))),
        None => listing.until(),
    };
    (listing.listed_on <= on && until.is_none_or(|until| on < until)).then_some(until)
}
