//! Entries of the list: the listed party and the persons who answer for it.
//!
//! [`ListEntry`] is what goes in, numbers in clear; [`Listing`] is what stays and may be shown, the number
//! masked.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::index::Role;
use super::numbers::sound_numbers;
use crate::domain::{Day, Identifier, PartyKind, masked_name};

/// What a listed party had performed when it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Performance {
    /// Nothing (全部未履行).
    None,
    /// A part (部分未履行).
    Partial,
    /// All (全部已履行).
    Full,
}

/// One entry of the list as it may be shown: no number in clear.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The source's own name for the entry; one a case and party.
    pub entry_id: String,
    /// Person, legal person or other organisation (partyTypeName).
    pub kind: PartyKind,
    /// Name (iname).
    pub name: String,
    /// The number as published, middle hidden (cardNum).
    pub masked_number: Option<String>,
    /// Whether the list's owner knows a sound number with a check character and has tagged it.
    pub is_tagged: bool,
    /// The unit's representative (businessEntity).
    pub representative: Option<String>,
    /// Case number (caseCode); empty in a list that has none.
    pub case_no: String,
    /// Enforcing court (courtName).
    pub court: String,
    /// Province (areaName).
    pub area: Option<String>,
    /// Number of the enforceable title (gistId).
    pub title_no: Option<String>,
    /// Who made the title (gistUnit).
    pub title_unit: Option<String>,
    /// The duty in the title (duty).
    pub duty: Option<String>,
    /// What had been performed (performance).
    pub performance: Option<Performance>,
    /// Item of art. 1, 法释〔2017〕7号, 1 to 6 (disruptTypeName); of several the one that governs the term.
    pub circumstance: Option<u8>,
    /// Day the case was filed (regDate).
    pub filed_on: Option<Day>,
    /// First day on the list (publishDate).
    pub listed_on: Day,
    /// First day after the term; items 2 to 6 have one (art. 2).
    pub expires_on: Option<Day>,
    /// Day of removal (art. 10).
    pub removed_on: Option<Day>,
    /// Day of birth, where the list publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born_on: Option<Day>,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = masked_name(&self.name);
        f.debug_struct("Listing").field("name", &name).field("listed_on", &self.listed_on).finish_non_exhaustive()
    }
}

impl Listing {
    /// The first day no longer on the list, as far as it is known.
    pub fn until(&self) -> Option<Day> {
        [self.expires_on, self.removed_on].into_iter().flatten().min()
    }

    /// Whether the entry is in force on a day: from its first day until the day of its removal or expiry, that day not
    /// counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::screening::PublicRecord;
    ///
    /// let record = PublicRecord {
    ///     iname: "张三".into(), case_code: "（2024）苏0213执123号".into(), publish_date: "2025-01-10".into(),
    ///     removed_date: "2025-06-01".into(), ..PublicRecord::default()
    /// };
    /// let listing = record.into_entry()?.listing;
    /// assert!(listing.is_in_force(Day::parse("2025-05-31")?));
    /// assert!(!listing.is_in_force(Day::parse("2025-06-01")?)); // the day of removal no longer counts
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn is_in_force(&self, on: Day) -> bool {
        self.listed_on <= on && self.until().is_none_or(|until| on < until)
    }
}

/// A person who answers for a listed unit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelatedPerson {
    /// As what.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Identifiers in clear, for the building of an index only; or as published, a part hidden.
    pub identifiers: Vec<String>,
}

impl fmt::Debug for RelatedPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = masked_name(&self.name);
        f.debug_struct("RelatedPerson").field("role", &self.role).field("name", &name).finish_non_exhaustive()
    }
}

/// An entry on its way into a list, with the numbers that are to be tagged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    /// What may be shown.
    pub listing: Listing,
    /// The party's identifiers in clear: several, since people book on passports.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Who answers for a unit.
    #[serde(default)]
    pub related: Vec<RelatedPerson>,
}

impl fmt::Debug for ListEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListEntry")
            .field("listing", &self.listing)
            .field("related", &self.related)
            .finish_non_exhaustive()
    }
}

impl ListEntry {
    /// Whether the party has a sound number with a check character.
    pub(super) fn is_tagged(&self) -> bool {
        self.sound().iter().any(|identifier| identifier.kind().is_checked())
    }

    /// The sound identifiers of the party.
    pub(super) fn sound(&self) -> Vec<Identifier> {
        sound_numbers(&self.identifiers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(expires_on: Option<&str>, removed_on: Option<&str>) -> Listing {
        let day = |text: &str| Day::parse(text).unwrap();
        Listing {
            entry_id: "e".to_owned(),
            kind: PartyKind::Person,
            name: "王小明".to_owned(),
            masked_number: None,
            is_tagged: false,
            representative: None,
            case_no: "（2018）苏0205执1234号".to_owned(),
            court: "某院".to_owned(),
            area: None,
            title_no: None,
            title_unit: None,
            duty: None,
            performance: None,
            circumstance: None,
            filed_on: None,
            listed_on: day("2018-06-01"),
            expires_on: expires_on.map(day),
            removed_on: removed_on.map(day),
            born_on: None,
        }
    }

    #[test]
    fn a_listing_begins_on_its_day_and_has_ended_on_the_first_of_its_ends() {
        for (expires, removed, until) in [
            (None, None, None),
            (Some("2020-06-01"), None, Some("2020-06-01")),
            (Some("2020-06-01"), Some("2019-03-01"), Some("2019-03-01")),
            (Some("2019-03-01"), Some("2020-06-01"), Some("2019-03-01")),
        ] {
            let listing = listing(expires, removed);
            assert_eq!(listing.until(), until.map(|day| Day::parse(day).unwrap()));
            assert!(listing.is_in_force(listing.listed_on) && !listing.is_in_force(listing.listed_on.plus_days(-1)));
            let last = listing.until().unwrap_or(Day::parse("9999-12-31").unwrap());
            assert!(listing.is_in_force(last.plus_days(-1)));
            assert_eq!(listing.is_in_force(last), until.is_none());
        }
    }

    #[test]
    fn an_entry_shows_masked_names_and_no_number() {
        let related =
            RelatedPerson {
                role: Role::Representative, name: "李娜娜".to_owned(), identifiers: vec!["1".to_owned()]
            };
        let entry = |number: &str| ListEntry {
            listing: listing(None, None),
            identifiers: vec![number.to_owned()],
            related: vec![related.clone()],
        };
        let shown = format!("{:?}", entry("11010519491231002X"));
        assert!(shown.contains("王**") && shown.contains("李**") && shown.contains("2018-06-01"), "{shown}");
        assert!(!shown.contains("小明") && !shown.contains("1949"), "{shown}");
        assert_eq!(
            ["11010519491231002X", "E12345678", "C1"].map(|number| entry(number).is_tagged()),
            [true, false, false]
        );
    }
}
