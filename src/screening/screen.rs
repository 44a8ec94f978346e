use serde::{Deserialize, Serialize};

use super::activities::{Activities, Effect, Subject};
use super::index::Role;
use super::list::{DefaulterList, Edition, Found, NameQuestion, Named};
use super::receipt::Receipt;
use crate::domain::{Day, Identifier, PartyKind, masked_number};
use crate::error::{Error, Result};
use crate::linkage::{NameReason, NameSimilarity, name_similarity};

/// Who applies, for what, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The platform's own name for the application.
    pub application_id: String,
    /// The applicant's name.
    #[serde(default)]
    pub name: String,
    /// The applicant's identifiers, as many as are known.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// The activity applied for, as `data/screening/activities.toml` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// The day for which the answer holds.
    pub on: Day,
}

/// What comparing an application with the list came to.
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

/// Why an entry was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitReason {
    /// The identifier is equal and the name is equal in its standard form.
    IdentifierAndName,
    /// The identifier is equal, but the name is missing or written otherwise.
    IdentifierOnly,
    /// The name is alike and the shown part of the number fits.
    NameAndShownNumber,
    /// The name is alike; nothing else is known on one side.
    NameOnly,
}

/// An entry that may be the applicant, with both values: evidence for review, never a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The case.
    pub case_no: String,
    /// The court to ask.
    pub court: String,
    /// First day on the list.
    pub listed_on: Day,
    /// First day no longer on it, when it is known.
    pub until: Option<Day>,
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

/// The answer to an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreeningAnswer {
    /// The application.
    pub application_id: String,
    /// The outcome: that of its strongest hit.
    pub outcome: Outcome,
    /// The edition that was asked.
    pub edition: Edition,
    /// Every hit, matches first, then the most alike.
    pub hits: Vec<ScreeningHit>,
    /// What the law says about the activity.
    pub restrictions: Vec<Restriction>,
    /// How many of the identifiers given were not sound and so could not be looked up.
    pub unsound_identifiers: usize,
    /// What it takes to give this answer again.
    pub receipt: Receipt,
}

/// How the list is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreeningParams {
    /// Names from this similarity on are worth a review, 0 to 1.
    pub review_from: f64,
    /// At most this many reviews by name; matches and equal identifiers are never cut off.
    pub most_reviews: usize,
}

impl Default for ScreeningParams {
    fn default() -> Self {
        Self { review_from: 0.8, most_reviews: 20 }
    }
}

impl ScreeningParams {
    /// Sets the similarity from which a name is worth a review.
    #[must_use]
    pub fn review_from(mut self, similarity: f64) -> Self {
        self.review_from = similarity;
        self
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
    #[must_use]
    pub fn with_list(&self, list: DefaulterList) -> Self {
        Self { list, ..self.clone() }
    }
}

/// Compares an application with the list.
///
/// # Properties
///
/// An applicant with a sound identifier of an entry in force is always hit (law 8). The outcome is a match only when the
/// name is equal in its standard form as well; everything less is a review. An applicant and an entry that both have sound
/// identifiers of one kind, none in common, are two parties, and a shown number that does not fit excludes the entry,
/// however alike the names.
///
/// # Errors
///
/// [`Error::Setting`] when the application names an activity that the rules do not know, or has neither name nor
/// identifier.
pub fn screen(screener: &Screener, application: &Application) -> Result<ScreeningAnswer> {
    if let Some(activity) = application.activity.as_ref().filter(|name| screener.activities.label(name).is_none()) {
        return Err(Error::setting("activity", activity, "an activity the rules know"));
    }
    if application.name.trim().is_empty() && application.identifiers.iter().all(|text| text.trim().is_empty()) {
        return Err(Error::setting("application", "neither name nor identifier", "one of them"));
    }
    let sound: Vec<Identifier> =
        application.identifiers.iter().filter_map(|text| Identifier::parse(text).ok()).collect();
    let mut hits = by_identifier(screener, application, &sound);
    let by_name = by_name(screener, application, &sound);
    let known: Vec<(String, Role)> = hits.iter().map(|hit| (hit.entry_id.clone(), hit.role)).collect();
    let is_new = |hit: &ScreeningHit| !known.iter().any(|(entry, role)| *entry == hit.entry_id && *role == hit.role);
    hits.extend(by_name.into_iter().filter(is_new).take(screener.params.most_reviews));
    hits.sort_by(|a, b| {
        b.outcome
            .cmp(&a.outcome)
            .then_with(|| b.name_score.total_cmp(&a.name_score))
            .then_with(|| (&a.entry_id, a.role).cmp(&(&b.entry_id, b.role)))
    });
    let outcome = hits.iter().map(|hit| hit.outcome).max().unwrap_or(Outcome::Clear);
    let restrictions = restrictions(screener, application, &hits);
    let receipt = Receipt::new(screener, application, (outcome, &hits, &restrictions))?;
    Ok(ScreeningAnswer {
        application_id: application.application_id.clone(),
        outcome,
        edition: screener.list.edition().clone(),
        hits,
        restrictions,
        unsound_identifiers: application.identifiers.iter().filter(|text| !text.trim().is_empty()).count()
            - sound.len(),
        receipt,
    })
}

fn by_identifier(screener: &Screener, application: &Application, sound: &[Identifier]) -> Vec<ScreeningHit> {
    let key = screener.list.key();
    let mark = Some(key.name_mark(&application.name)).filter(|_| !application.name.trim().is_empty());
    let mut hits: Vec<ScreeningHit> = Vec::new();
    for identifier in sound {
        for found in screener.list.tagged(key.tag(identifier), application.on) {
            let same_name = mark == Some(found.posting.name_mark);
            let (outcome, reason) = if same_name {
                (Outcome::Match, HitReason::IdentifierAndName)
            } else {
                (Outcome::Review, HitReason::IdentifierOnly)
            };
            let names = if same_name {
                NameSimilarity { score: 1.0, reason: NameReason::Equal }
            } else {
                name_similarity(&application.name, found.name)
            };
            let Found { listing, posting, name, until } = found;
            let mut hit = hit(application, &Named { listing, role: posting.role, name, similarity: names, until });
            (hit.outcome, hit.reason) = (outcome, reason);
            hit.applicant_number = Some(identifier.masked());
            let known = hits.iter().any(|other| other.entry_id == hit.entry_id && other.role == hit.role);
            if !known {
                hits.push(hit);
            }
        }
    }
    hits
}

fn by_name(screener: &Screener, application: &Application, sound: &[Identifier]) -> Vec<ScreeningHit> {
    if application.name.trim().is_empty() {
        return Vec::new();
    }
    let is_numbered = sound.iter().any(|identifier| identifier.kind().is_checked());
    let (floor, on) = (screener.params.review_from, application.on);
    // An entry with a number of its own is found by the number's tag when the applicant has one, too.
    let alike = screener.list.named(&NameQuestion { name: &application.name, floor, on, is_numbered });
    let review = |named: Named<'_>| {
        let shown = named.listing.masked_number.as_deref().filter(|_| named.role == Role::Listed);
        let numbers: Vec<&str> =
            application.identifiers.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
        let fits = shown.map(|shown| numbers.iter().any(|number| fits(shown, number)));
        if is_numbered && fits == Some(false) {
            return None;
        }
        let mut hit = hit(application, &named);
        hit.reason = if fits == Some(true) { HitReason::NameAndShownNumber } else { HitReason::NameOnly };
        hit.applicant_number = numbers.first().map(|number| masked_number(number));
        Some(hit)
    };
    alike.into_iter().filter_map(review).collect()
}

fn hit(application: &Application, named: &Named<'_>) -> ScreeningHit {
    let (listing, role) = (named.listing, named.role);
    ScreeningHit {
        entry_id: listing.entry_id.clone(),
        outcome: Outcome::Review,
        reason: HitReason::NameOnly,
        role,
        applicant_name: application.name.clone(),
        listed_name: named.name.to_owned(),
        name_score: named.similarity.score,
        name_reason: named.similarity.reason,
        applicant_number: None,
        listed_number: listing.masked_number.clone().filter(|_| role == Role::Listed),
        case_no: listing.case_no.clone(),
        court: listing.court.clone(),
        listed_on: listing.listed_on,
        until: named.until,
    }
}

/// Whether a number can be the one that is shown with stars.
fn fits(shown: &str, number: &str) -> bool {
    let canonical =
        Identifier::parse(number).map_or_else(|_| number.trim().to_uppercase(), |id| id.canonical().to_owned());
    shown.chars().count() == canonical.chars().count()
        && shown.chars().zip(canonical.chars()).all(|(a, b)| a == '*' || a.eq_ignore_ascii_case(&b))
}

fn restrictions(screener: &Screener, application: &Application, hits: &[ScreeningHit]) -> Vec<Restriction> {
    let Some(activity) = &application.activity else { return Vec::new() };
    let mut found = Vec::new();
    for hit in hits {
        let kind = screener.list.listing(&hit.entry_id).map_or(PartyKind::Person, |listing| listing.kind);
        let subject = Subject::of(hit.role, kind);
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
