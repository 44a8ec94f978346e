//! Compares an applicant with one listed party.
//!
//! The number is looked at first, then the day of birth, then the name: a number that does not fit excludes
//! an entry however alike the names are, and a name is compared only where nothing before it decided.

use std::collections::BTreeMap;

use super::answer::{Birthday, HitReason, LeftOut};
use super::asked::Asked;
use super::entry::Listing;
use super::index::Role;
use super::names::{has_short_name, most_alike, share_script};
use super::part::{Part, Person, ShownEvidence};
use crate::domain::{Day, Fit, ShownNumber};
use crate::linkage::{NameReason, NameSimilarity};

/// A person or unit of an entry that resembles the applicant.
#[derive(Debug)]
pub(super) struct Named<'a> {
    pub(super) listing: &'a Listing,
    pub(super) role: Role,
    pub(super) name: &'a str,
    pub(super) similarity: NameSimilarity,
    pub(super) reason: HitReason,
    pub(super) birthday: Option<Birthday>,
    /// The first day the entry is no longer in force in this edition.
    pub(super) until: Option<Day>,
}

/// Where a number fits, a name this much alike is alike in part: one character in three of a short
/// name; firms share more by their place and trade alone.
const IN_PART: f64 = 0.33;
const FIRM_IN_PART: f64 = 0.6;
/// A shown number of so many characters is told to a person whatever the name.
const TELLING: usize = 14;
/// So many suffice where one name is Chinese and the other is not: how it is spelt in other letters nobody knows.
const TELLING_ACROSS_SCRIPTS: usize = 10;
/// The older form of a resident number has so many digits, and lacks the two of the century, which tell little.
const OLDER: usize = 15;
const CENTURY: usize = 2;

/// The similarity of a name that is none.
const MISSING_NAME: NameSimilarity = NameSimilarity { score: 0.0, reason: NameReason::Missing };
/// That of somebody found by a number and by no name yet.
const NOT_COMPARED: NameSimilarity = NameSimilarity { score: -1.0, reason: NameReason::Missing };

/// A number with a slip is held against those of which so many characters are shown.
const NEAR: usize = 10;

/// What is shown of somebody's number, and what it is good for.
struct Shown {
    evidence: ShownEvidence,
    /// Several where a cell holds several.
    numbers: Vec<ShownNumber>,
}

/// Compares one part of a list with an applicant: the number and the day first, the name then.
pub(super) struct Comparison<'a, 'b> {
    pub(super) part: &'a Part,
    pub(super) asked: &'b Asked<'b>,
    /// The least similarity of a name.
    pub(super) floor: f64,
}

impl<'a> Comparison<'a, '_> {
    /// Everybody in force who resembles the applicant, and how many do not count. `in_force` says
    /// until when an entry is.
    pub(super) fn resembling(
        &self,
        in_force: impl Fn(&Person, &Listing) -> Option<Option<Day>>,
    ) -> (Vec<Named<'a>>, LeftOut) {
        let (mut found, mut left_out) = (Vec::new(), LeftOut::default());
        let on_that_day = |owner: u32| {
            let (person, listing) = self.part.person(owner)?;
            Some((person, listing, in_force(person, listing)?))
        };
        let mut alike: Vec<(u32, NameSimilarity)> = Vec::new();
        for (kinds, names) in &self.part.names {
            if kinds.meets(self.asked.kinds) {
                let mut bearers: Vec<u32> =
                    self.asked.names().flat_map(|query| names.bearers(query)).copied().collect();
                bearers.sort_unstable();
                bearers.dedup();
                left_out.other_number += bearers.iter().filter(|owner| on_that_day(**owner).is_some()).count();
                continue;
            }
            // Beside a number that is one slip from the right one a name need only be alike in part.
            let floor = if self.asked.damaged.is_empty() { self.floor } else { self.floor.min(IN_PART) };
            for search in self.asked.names().map(|query| names.search(query, floor)) {
                left_out.common_letters += search.unread;
                let each = |(owners, similarity): (&'a [u32], NameSimilarity)| {
                    owners.iter().map(move |owner| (*owner, similarity))
                };
                alike.extend(search.names.into_iter().flat_map(each));
            }
        }
        let fitting = self.fitting();
        alike.extend(fitting.keys().map(|owner| (*owner, NOT_COMPARED)));
        // Somebody may have several names: the most alike comes first. Owners of one name are in order already.
        alike.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.score.total_cmp(&a.1.score)));
        alike.dedup_by_key(|(owner, _)| *owner);
        alike
            .iter_mut()
            .filter(|(_, found)| *found == NOT_COMPARED)
            .for_each(|(owner, found)| *found = self.similarity(*owner));
        for (owner, similarity) in alike {
            let Some((person, listing, until)) = on_that_day(owner) else { continue };
            let shown = fitting.get(&owner).copied();
            match self.weighed((person, listing), similarity, shown) {
                Ok((reason, birthday)) => {
                    let (role, name) = (person.role, self.part.name(person));
                    found.push(Named { listing, role, name, similarity, reason, birthday, until });
                }
                Err(count) => left_out.add(count),
            }
        }
        (found, left_out)
    }

    /// Those whose shown number fits, each with how many characters are shown.
    fn fitting(&self) -> BTreeMap<u32, usize> {
        let candidates = self.part.shown.candidates(&self.asked.forms).into_iter();
        let fits = |owner: u32| {
            let numbers = self.part.shown_numbers(self.part.person(owner)?.0);
            let each = numbers.iter().flat_map(|shown| self.asked.forms.iter().map(move |form| (shown, form)));
            let fitting = each.filter(|(shown, form)| shown.fit_with(form) == Fit::Whole);
            let told = fitting.map(|(shown, form)| shown.shown() + if form.shown() == OLDER { CENTURY } else { 0 });
            told.max().map(|told| (owner, told))
        };
        candidates.filter_map(fits).collect()
    }

    fn similarity(&self, owner: u32) -> NameSimilarity {
        let name = self.part.person(owner).map_or("", |(person, _)| self.part.name(person));
        most_alike(self.asked.names(), name).unwrap_or(MISSING_NAME)
    }

    /// The reason for a hit, or what it is counted as when it is none.
    fn weighed(
        &self,
        (person, listing): (&Person, &Listing),
        similarity: NameSimilarity,
        shown: Option<usize>,
    ) -> Result<(HitReason, Option<Birthday>), LeftOut> {
        let (is_equal, score) = (similarity.reason == NameReason::Equal, similarity.score);
        let read = self.shown_of(person);
        let is_fitting =
            shown.is_some() || self.fits_unindexed(&read) == Some(Fit::Whole) || self.is_near_damaged(&read);
        let is_other = !is_fitting && (self.is_other_number(&read) || !is_equal && self.is_far_from_damaged(&read));
        let listed_birthday = listing.born_on.filter(|_| person.role == Role::Listed);
        let birthday = self.asked.birthday(listed_birthday);
        let left_out = LeftOut::default();
        // Firms' names are longer than persons'.
        let in_part = || if has_short_name(self.part.name(person)) { IN_PART } else { FIRM_IN_PART };
        if is_other {
            return Err(LeftOut { other_number: usize::from(is_equal), ..left_out });
        }
        let reason = match (is_fitting, is_equal) {
            (true, true) => HitReason::NameAndShownNumber,
            (true, false) if similarity.reason == NameReason::Missing => HitReason::ShownNumber,
            (true, false) if score >= in_part().min(self.floor) => HitReason::AlikeNameAndShownNumber,
            (true, false) if shown.is_some_and(|shown| self.tells(shown, person)) => HitReason::ShownNumber,
            (true, false) => return Err(LeftOut { other_name: 1, ..left_out }),
            (false, true) => HitReason::EqualName,
            (false, false) if score >= self.floor => HitReason::AlikeName,
            (false, false) => return Err(left_out),
        };
        match birthday {
            Ok(birthday) => Ok((reason, birthday)),
            Err(()) if is_fitting => Ok((reason, None)),
            Err(()) => Err(LeftOut { other_birthday: 1, ..left_out }),
        }
    }

    /// Whether so many characters of a number that fits are told whatever the name.
    fn tells(&self, shown: usize, person: &Person) -> bool {
        let spelt_otherwise = || !share_script(self.asked.names(), self.part.name(person));
        shown >= TELLING || shown >= TELLING_ACROSS_SCRIPTS && spelt_otherwise()
    }

    /// What is shown of somebody's number, read once, if anything is to be held against it.
    fn shown_of(&self, person: &Person) -> Shown {
        let evidence = person.evidence;
        let is_unindexed = !evidence.is_indexed && !self.asked.forms.is_empty();
        let may_be_damaged = !self.asked.damaged.is_empty() && evidence.tells.meets(self.asked.damaged_kinds);
        let is_wanted = is_unindexed || may_be_damaged;
        Shown { evidence, numbers: if is_wanted { self.part.shown_numbers(person) } else { Vec::new() } }
    }

    /// Whether what is shown of the number tells that the applicant is someone else.
    fn is_other_number(&self, shown: &Shown) -> bool {
        let evidence = shown.evidence;
        if !evidence.tells.meets(self.asked.kinds) {
            return false;
        }
        let fit = self.fits_unindexed(shown);
        evidence.is_indexed || if evidence.is_damaged { fit == Some(Fit::Neither) } else { fit != Some(Fit::Whole) }
    }

    /// Whether the applicant's number fails its check and would fit what is shown but for one slip.
    fn is_near_damaged(&self, shown: &Shown) -> bool {
        let near = |shown: &ShownNumber| self.asked.damaged.iter().any(|form| shown.fits_but_for_a_slip(form.head()));
        self.told_of_damaged(shown).any(|shown| shown.shown() >= NEAR && near(shown))
    }

    /// Whether the applicant's number fails its check and neither end of it agrees with what is
    /// shown: one slip spoils one end. Two slips may spoil both, so this speaks against names that
    /// are alike and not against an equal one.
    fn is_far_from_damaged(&self, shown: &Shown) -> bool {
        let is_far = |shown: &ShownNumber| self.asked.damaged.iter().all(|form| shown.fit_with(form) == Fit::Neither);
        let mut told = self.told_of_damaged(shown).peekable();
        told.peek().is_some() && told.all(is_far)
    }

    /// What is shown of a number that may be the applicant's, who gave one that fails its check.
    fn told_of_damaged<'s>(&self, shown: &'s Shown) -> impl Iterator<Item = &'s ShownNumber> {
        let tells = !self.asked.damaged.is_empty() && shown.evidence.tells.meets(self.asked.damaged_kinds);
        let numbers = shown.numbers.iter().filter(move |_| tells);
        numbers.filter(|number| !number.head().is_empty() && !number.tail().is_empty())
    }

    /// How a shown number fits that is not found by its ends.
    fn fits_unindexed(&self, shown: &Shown) -> Option<Fit> {
        if shown.evidence.is_indexed || self.asked.forms.is_empty() {
            return None;
        }
        let fits = shown.numbers.iter().flat_map(|number| self.asked.forms.iter().map(|form| number.fit_with(form)));
        fits.max()
    }
}
