//! Applications and answers: outcome, hits and their reasons.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::activities::{Effect, Subject};
use super::index::Role;
use super::list::Edition;
use super::receipt::Receipt;
use super::written;
use crate::domain::{Day, masked_name};
use crate::linkage::NameReason;

/// Who applies, for what, on which day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The platform's own name for the application.
    #[serde(deserialize_with = "written::text")]
    pub application_id: String,
    /// The applicant's name.
    #[serde(default, deserialize_with = "written::text")]
    pub name: String,
    /// The applicant's identifiers, as many as are known.
    #[serde(default, deserialize_with = "written::identifiers")]
    pub identifiers: Vec<String>,
    /// The applicant's day of birth; a sound resident number says it as well.
    #[serde(default, deserialize_with = "written::maybe_day", skip_serializing_if = "Option::is_none")]
    pub born_on: Option<Day>,
    /// The activity applied for, as `data/screening/activities.toml` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// The day for which the answer holds.
    #[serde(deserialize_with = "written::a_day")]
    pub on: Day,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = masked_name(&self.name);
        f.debug_struct("Application").field("name", &name).field("on", &self.on).finish_non_exhaustive()
    }
}

/// What comparing an application with the list came to.
///
/// | identifier | name | outcome |
/// |---|---|---|
/// | equal and sound | equal in its standard form | match |
/// | equal and sound | missing or another | review |
/// | shown in part, and fits | alike, another or missing | review |
/// | not known on one side | equal or alike | review |
/// | another one of the same kind | any | not this entry |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing on the list that day resembles the applicant.
    Clear,
    /// Something does, and a person must look: nothing fires by itself.
    Review,
    /// The same sound identifier and the same name.
    Match,
}

/// Why an entry was hit, the weakest reason first.
///
/// Reasons are ordered, so that the strongest of several hits is their maximum.
///
/// ```
/// use wherewithal::screening::HitReason;
///
/// assert!(HitReason::IdentifierAndName > HitReason::IdentifierOnly);
/// assert!(HitReason::EqualName > HitReason::AlikeName);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitReason {
    /// The name is alike; nothing else is known on one side.
    AlikeName,
    /// The name is equal in its standard form; nothing else is known on one side.
    EqualName,
    /// The shown part of the number fits; the name is missing, another, or in other letters.
    ShownNumber,
    /// The shown part of the number fits, or would but for one slip in a number that fails its
    /// check, and the name is alike, at least in part.
    AlikeNameAndShownNumber,
    /// The shown part of the number fits, or would but for one slip in a number that fails its
    /// check, and the name is equal.
    NameAndShownNumber,
    /// The same number that fails its check, or that has none, stands on both sides.
    UnsoundIdentifier,
    /// The identifier is equal, but the name is missing or written otherwise.
    IdentifierOnly,
    /// The identifier is equal and the name is equal in its standard form.
    IdentifierAndName,
}

impl HitReason {
    /// Whether it rests on what many share; only such hits are left out when there are too many.
    pub(super) fn is_weak(self) -> bool {
        self <= Self::ShownNumber
    }
}

/// How two days of birth agree. Entries with another day of birth are no hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Birthday {
    /// One digit differs, or day and month have changed places.
    OneSlip,
    /// The same day.
    Same,
}

/// An entry that may be the applicant, with both values: evidence for review, never a verdict.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreeningHit {
    /// The entry.
    pub entry_id: String,
    /// Match or review.
    pub outcome: Outcome,
    /// Why.
    pub reason: HitReason,
    /// As whom the applicant stands in the entry.
    pub role: Role,
    /// The applicant's name as given.
    pub applicant_name: String,
    /// The name in the entry.
    pub listed_name: String,
    /// How alike they are, 0 to 1.
    pub name_score: f64,
    /// The comparison that decided.
    pub name_reason: NameReason,
    /// The applicant's number, masked.
    pub applicant_number: Option<String>,
    /// The entry's number, masked.
    pub listed_number: Option<String>,
    /// How the days of birth agree, where both sides have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// The case.
    pub case_no: String,
    /// The court to ask.
    pub court: String,
    /// First day on the list.
    pub listed_on: Day,
    /// First day no longer on it, when it is known.
    pub until: Option<Day>,
}

impl fmt::Debug for ScreeningHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScreeningHit")
            .field("outcome", &self.outcome)
            .field("reason", &self.reason)
            .field("listed_name", &masked_name(&self.listed_name))
            .field("name_score", &self.name_score)
            .finish_non_exhaustive()
    }
}

/// What a rule says about the activity for one hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The entry through which the rule applies.
    pub entry_id: String,
    /// As whom.
    pub subject: Subject,
    /// The rule.
    pub rule: String,
    /// What it does.
    pub effect: Effect,
    /// Whether the enforcing court may allow it on application.
    pub on_application: bool,
    /// Instrument and article.
    pub instrument: String,
    /// The article.
    pub article: String,
    /// Whether the hit must be confirmed by a person first.
    pub if_confirmed: bool,
}

/// What is not among the hits, counted.
///
/// All are zero in an answer that leaves nothing out. A platform shows them to the reviewer: `clear` with
/// an `other_number` says that somebody of this very name is on the list and that the number tells the two
/// apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeftOut {
    /// Reviews beyond [`most_reviews`](super::ScreeningParams::most_reviews), the weakest ones.
    pub reviews: usize,
    /// Entries of the very name under another number.
    pub other_number: usize,
    /// Entries of the name, or one alike, born on another day.
    pub other_birthday: usize,
    /// Entries whose shown number fits, which shows less than 14 characters (10 where one of the names is Chinese and
    /// the other is not), under a wholly other name.
    pub other_name: usize,
    /// Groups of letters in the name that too many listed names share; names that share nothing else were not compared.
    pub common_letters: usize,
}

impl LeftOut {
    pub(super) fn add(&mut self, other: Self) {
        self.reviews += other.reviews;
        self.other_number += other.other_number;
        self.other_birthday += other.other_birthday;
        self.other_name += other.other_name;
        self.common_letters += other.common_letters;
    }
}

/// The answer to an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreeningAnswer {
    /// The platform's name for the application.
    pub application_id: String,
    /// Clear, review or match.
    pub outcome: Outcome,
    /// The strongest reason among the hits: an equal name is told from one that is alike.
    pub reason: Option<HitReason>,
    /// The edition that was asked.
    pub edition: Edition,
    /// The hits, matches first, then the strongest reason, then the most alike.
    pub hits: Vec<ScreeningHit>,
    /// What is not among the hits.
    pub left_out: LeftOut,
    /// What the law says about the activity.
    pub restrictions: Vec<Restriction>,
    /// How many of the identifiers given were not sound and so could not be looked up but as they are written.
    pub unsound_identifiers: usize,
    /// What it takes to give this answer again.
    pub receipt: Receipt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_adds_up_by_its_reason() {
        let one = LeftOut { reviews: 1, other_number: 2, other_birthday: 3, other_name: 4, common_letters: 5 };
        let mut sum = one;
        sum.add(one);
        sum.add(LeftOut::default());
        let twice = LeftOut { reviews: 2, other_number: 4, other_birthday: 6, other_name: 8, common_letters: 10 };
        assert_eq!(sum, twice);
    }

    #[test]
    fn a_reason_is_weak_up_to_a_shown_number_alone() {
        let all = [
            (HitReason::AlikeName, true),
            (HitReason::EqualName, true),
            (HitReason::ShownNumber, true),
            (HitReason::AlikeNameAndShownNumber, false),
            (HitReason::IdentifierAndName, false),
        ];
        for (reason, is_weak) in all {
            assert_eq!(reason.is_weak(), is_weak, "{reason:?}");
        }
    }

    #[test]
    fn an_application_shows_no_name_and_no_number() {
        let json = r#"{"application_id": 7, "name": "王小明", "identifiers": "11010519491231002X", "on": "2018/6/30"}"#;
        let application: Application = serde_json::from_str(json).unwrap();
        assert_eq!(application.identifiers, ["11010519491231002X"]);
        assert_eq!(format!("{application:?}"), "Application { name: \"王**\", on: 2018-06-30, .. }");
    }
}
