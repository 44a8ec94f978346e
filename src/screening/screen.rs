//! The entry point: screens an application against a list.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::activities::{Activities, Subject};
use super::answer::{Application, Birthday, HitReason, Outcome, Restriction, ScreeningAnswer, ScreeningHit};
use super::asked::Asked;
use super::entry::Listing;
use super::index::Role;
use super::list::{DefaulterList, Found};
use super::names::most_alike;
use super::numbers::{masked, sound_numbers};
use super::receipt::Receipt;
use super::resemble::Named;
use super::written::described;
use crate::domain::{Day, PartyKind};
use crate::error::{Error, Result};
use crate::linkage::{NameReason, NameSimilarity};

/// How the list is asked.
///
/// ```
/// use wherewithal::screening::ScreeningParams;
///
/// let params = ScreeningParams { most_reviews: 5, ..ScreeningParams::default() };
/// assert!(params.review_from > 0.0 && params.review_from < 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreeningParams {
    /// Names from this similarity on are worth a review, 0 to 1.
    pub review_from: f64,
    /// At most this many reviews that rest on a name alone or a shown number alone, the strongest
    /// first; the others are counted in [`LeftOut`](super::LeftOut). Matches, equal identifiers and
    /// shown numbers that fit a like name are never left out.
    pub most_reviews: usize,
}

impl Default for ScreeningParams {
    fn default() -> Self {
        Self { review_from: 0.8, most_reviews: 20 }
    }
}

impl ScreeningParams {
    setters! {
        review_from: f64,
    }
}

/// An edition with the rules and the settings it is asked by.
#[derive(Debug, Clone)]
pub struct Screener {
    list: DefaulterList,
    activities: Activities,
    params: ScreeningParams,
    rules_digest: String,
    settings_digest: String,
}

impl Screener {
    /// Puts a list, rules and settings together.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a setting is out of range.
    pub fn new(list: DefaulterList, activities: Activities, params: ScreeningParams) -> Result<Self> {
        if !(params.review_from > 0.0 && params.review_from <= 1.0) {
            return Err(Error::setting("review_from", params.review_from, "above 0, at most 1"));
        }
        let rules_digest = super::list::digest(&activities)?;
        let settings_digest = super::list::digest(&params)?;
        Ok(Self { list, activities, params, rules_digest, settings_digest })
    }

    /// The list.
    pub fn list(&self) -> &DefaulterList {
        &self.list
    }

    /// The rules.
    pub fn activities(&self) -> &Activities {
        &self.activities
    }

    /// The settings.
    pub fn params(&self) -> ScreeningParams {
        self.params
    }

    pub(super) fn rules_digest(&self) -> &str {
        &self.rules_digest
    }

    pub(super) fn settings_digest(&self) -> &str {
        &self.settings_digest
    }

    /// The same rules and settings with another edition.
    ///
    /// A service keeps a [`Shared`](super::Shared) screener and replaces it by this one when an edition
    /// arrives.
    #[must_use]
    pub fn with_list(&self, list: DefaulterList) -> Self {
        Self { list, ..self.clone() }
    }
}

/// Compares an application with the list.
///
/// # Properties
///
/// An applicant with a sound identifier of an entry in force is always hit (law 8). The outcome is
/// a match only when the name is equal in its standard form as well; everything less is a review.
/// An applicant and an entry that both have sound identifiers of one kind, none in common, are two
/// parties; a shown number that does not fit excludes the entry, however alike the names, and so
/// does another day of birth. A number that fails its check is taken to be one slip from the right
/// one: it fits what is shown but for one character, or excludes names that are only alike where
/// neither end agrees. Where ten characters of a number that fits are shown, a name in another
/// script excludes nobody: how it is spelt there nobody knows. An entry in force under the
/// applicant's name is never passed over: what is not among the hits is counted in
/// [`LeftOut`](super::LeftOut).
///
/// # Errors
///
/// [`Error::Setting`] when the application names an activity that the rules do not know, or has neither name nor
/// identifier.
pub fn screen(screener: &Screener, application: &Application) -> Result<ScreeningAnswer> {
    if let Some(activity) = application.activity.as_ref().filter(|name| screener.activities.label(name).is_none()) {
        return Err(Error::setting("activity", described(activity), "an activity the rules know"));
    }
    let is_given = |text: &&String| !text.trim().is_empty();
    if application.name.trim().is_empty() && !application.identifiers.iter().any(|text| is_given(&text)) {
        return Err(Error::setting("application", "neither name nor identifier", "one of them"));
    }
    let asked = Asked::new(application);
    // One text may hold several sound numbers.
    let is_unsound = |text: &&String| is_given(text) && sound_numbers(std::slice::from_ref(*text)).is_empty();
    let unsound_identifiers = application.identifiers.iter().filter(is_unsound).count();
    let mut hits = by_identifier(screener, &asked);
    let known: BTreeSet<(&str, Role)> = hits.iter().map(|hit| (hit.entry_id.as_str(), hit.role)).collect();
    let is_known = |listing: &Listing, role| known.contains(&(listing.entry_id.as_str(), role));
    let (mut named, mut left_out) = screener.list.resembling(&asked, screener.params.review_from, is_known);
    left_out.reviews = keep_strongest(&mut named, screener.params.most_reviews);
    hits.extend(named.iter().map(|named| hit(&asked, named)));
    hits.sort_by(|a, b| {
        let strength = |hit: &ScreeningHit| (hit.outcome, hit.reason, hit.birthday);
        let by_strength = strength(b).cmp(&strength(a)).then_with(|| b.name_score.total_cmp(&a.name_score));
        by_strength.then_with(|| (&a.entry_id, a.role).cmp(&(&b.entry_id, b.role)))
    });
    let outcome = hits.iter().map(|hit| hit.outcome).max().unwrap_or(Outcome::Clear);
    let restrictions = restrictions(screener, application, &hits);
    let receipt = Receipt::new(screener, application, (outcome, &hits, &left_out, &restrictions))?;
    Ok(ScreeningAnswer {
        application_id: application.application_id.clone(),
        outcome,
        reason: hits.first().map(|hit| hit.reason),
        edition: screener.list.edition().clone(),
        hits,
        left_out,
        restrictions,
        unsound_identifiers,
        receipt,
    })
}

/// Puts the strongest first and keeps so many of the weak ones; says how many are gone. Of many
/// only those that stay are put in order.
fn keep_strongest(named: &mut Vec<Named<'_>>, most: usize) -> usize {
    let by_strength = |a: &Named<'_>, b: &Named<'_>| {
        let strength = |named: &Named<'_>| (named.reason, named.birthday);
        let by_strength = strength(b).cmp(&strength(a)).then_with(|| b.similarity.score.total_cmp(&a.similarity.score));
        by_strength.then_with(|| (&a.listing.entry_id, a.role, a.name).cmp(&(&b.listing.entry_id, b.role, b.name)))
    };
    let (all, strong) = (named.len(), named.iter().filter(|named| !named.reason.is_weak()).count());
    let kept = (strong + most).min(all);
    if 0 < kept && kept < all {
        named.select_nth_unstable_by(kept - 1, by_strength);
    }
    named.truncate(kept);
    named.sort_by(by_strength);
    all - kept
}

fn by_identifier(screener: &Screener, asked: &Asked<'_>) -> Vec<ScreeningHit> {
    let key = screener.list.key();
    let mark = asked.name.as_ref().map(|_| key.name_mark(&asked.application.name));
    let sound = asked.sound.iter().map(|number| (key.tag(number), number.masked(), true));
    let unsound = asked.unsound.iter().map(|written| (key.unsound_tag(written), masked(written), false));
    let (mut hits, mut met) = (Vec::<ScreeningHit>::new(), BTreeSet::<(&str, Role)>::new());
    for (tag, shown, is_sound) in sound.chain(unsound) {
        for Found { listing, posting, name, until } in screener.list.tagged(tag, asked.application.on) {
            if !met.insert((listing.entry_id.as_str(), posting.role)) {
                continue;
            }
            let is_same_name = mark == Some(posting.name_mark);
            let reason = match (is_sound, is_same_name) {
                (true, true) => HitReason::IdentifierAndName,
                (true, false) => HitReason::IdentifierOnly,
                (false, _) => HitReason::UnsoundIdentifier,
            };
            let similarity = if is_same_name {
                NameSimilarity { score: 1.0, reason: NameReason::Equal }
            } else {
                let missing = NameSimilarity { score: 0.0, reason: NameReason::Missing };
                most_alike(asked.names(), name).unwrap_or(missing)
            };
            let birthday = birthday(asked, listing.born_on, posting.role);
            let role = posting.role;
            let mut found = hit(asked, &Named { listing, role, name, similarity, reason, birthday, until });
            found.applicant_number = Some(shown.clone());
            hits.push(found);
        }
    }
    hits
}

fn birthday(asked: &Asked<'_>, listed: Option<Day>, role: Role) -> Option<Birthday> {
    asked.birthday(listed.filter(|_| role == Role::Listed)).ok().flatten()
}

fn hit(asked: &Asked<'_>, named: &Named<'_>) -> ScreeningHit {
    let (listing, role, application) = (named.listing, named.role, asked.application);
    let number = application.identifiers.iter().find(|text| !text.trim().is_empty());
    let is_match = named.reason == HitReason::IdentifierAndName;
    ScreeningHit {
        entry_id: listing.entry_id.clone(),
        outcome: if is_match { Outcome::Match } else { Outcome::Review },
        reason: named.reason,
        role,
        applicant_name: application.name.clone(),
        listed_name: named.name.to_owned(),
        name_score: named.similarity.score,
        name_reason: named.similarity.reason,
        applicant_number: number.map(|number| masked(number)),
        listed_number: listing.masked_number.clone().filter(|_| role == Role::Listed),
        birthday: named.birthday,
        case_no: listing.case_no.clone(),
        court: listing.court.clone(),
        listed_on: listing.listed_on,
        until: named.until,
    }
}

fn restrictions(screener: &Screener, application: &Application, hits: &[ScreeningHit]) -> Vec<Restriction> {
    let Some(activity) = &application.activity else { return Vec::new() };
    let mut found = Vec::new();
    for hit in hits {
        let kind = screener.list.listing(&hit.entry_id).map_or(PartyKind::Person, |listing| listing.kind);
        let subject = Subject::from_role(hit.role, kind);
        let rules = screener.activities.rules(activity, subject, application.on);
        found.extend(rules.into_iter().map(|rule| Restriction {
            entry_id: hit.entry_id.clone(),
            subject,
            rule: rule.id.clone(),
            effect: rule.effect,
            on_application: rule.on_application,
            instrument: rule.instrument.clone(),
            article: rule.article.clone(),
            if_confirmed: hit.outcome != Outcome::Match,
        }));
    }
    found
}
