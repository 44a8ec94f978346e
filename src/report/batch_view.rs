//! Rows of the page of all debtors.
//!
//! The list is in the order of the run, the most able first. Three short lists beside it say whom to look
//! at first and why: where most money is within reach, where most may be hidden, and where most is unknown.
//! Who has no page of his own has no link.

use serde::Serialize;

use super::Links;
use crate::domain::{Label, Money};
use crate::profile::{Batch, DebtorProfile, SignalLine, Standing, Strength};

/// One line of the list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    place: usize,
    name: String,
    link: Option<String>,
    grade: Option<&'static str>,
    rank: i32,
    any: Option<f64>,
    full: Option<f64>,
    claim: Money,
    recovered: Option<Money>,
    coverage: Option<f64>,
    signal: Option<Label>,
    strength: Option<Strength>,
    weight: i32,
    reason: Option<Label>,
}

/// One line of a list of whom to look at first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FirstRow {
    name: String,
    link: Option<String>,
    grade: Option<&'static str>,
    amount: Money,
}

pub(super) struct BatchView {
    pub(super) rows: Vec<Row>,
    pub(super) most_money: Vec<FirstRow>,
    pub(super) most_hidden: Vec<FirstRow>,
    pub(super) most_unknown: Vec<FirstRow>,
}

impl BatchView {
    pub(super) fn new((batch, profiles): (&Batch, &[DebtorProfile]), most: usize, links: &Links) -> Self {
        let first = |places: &[usize], amount: &dyn Fn(&DebtorProfile) -> Money| {
            let profiles = places.iter().filter_map(|place| profiles.get(*place));
            profiles
                .map(|profile| FirstRow {
                    name: name(profile),
                    link: links.debtors.get(&profile.entity).cloned(),
                    grade: grade(profile),
                    amount: amount(profile),
                })
                .collect()
        };
        let recovered =
            |profile: &DebtorProfile| profile.means.as_ref().map_or(Money::ZERO, |means| means.recovered.expected);
        let hidden = |profile: &DebtorProfile| {
            let strong = profile.signals.iter().flatten().filter(|signal| signal.strength == Strength::Strong);
            strong.filter_map(|signal| signal.amount).max().unwrap_or_default()
        };
        Self {
            rows: profiles.iter().take(most).enumerate().map(|(place, profile)| row(place, profile, links)).collect(),
            most_money: first(&batch.most_money, &recovered),
            most_hidden: first(&batch.most_hidden, &hidden),
            most_unknown: first(&batch.most_unknown, &DebtorProfile::claim),
        }
    }
}

fn name(profile: &DebtorProfile) -> String {
    profile.masked_name.clone().unwrap_or_else(|| profile.entity.clone())
}

fn grade(profile: &DebtorProfile) -> Option<&'static str> {
    match &profile.standing {
        Standing::Scored { grade, .. } => Some(grade.letter()),
        Standing::Insufficient { .. } => None,
    }
}

fn row(place: usize, profile: &DebtorProfile, links: &Links) -> Row {
    let (any, full) = match &profile.standing {
        Standing::Scored { any, full, .. } => (Some(any.probability.value()), Some(full.probability.value())),
        Standing::Insufficient { .. } => (None, None),
    };
    let letter = grade(profile);
    let strongest: Option<&SignalLine> = profile.signals.iter().flatten().max_by_key(|signal| signal.strength);
    let means = profile.means.as_ref();
    Row {
        place,
        name: name(profile),
        link: links.debtors.get(&profile.entity).cloned(),
        grade: letter,
        rank: letter.and_then(|letter| letter.bytes().next()).map_or(-100, |byte| -i32::from(byte)),
        any,
        full,
        claim: profile.claim(),
        recovered: means.map(|means| means.recovered.expected),
        coverage: means.and_then(|means| means.coverage.expected),
        signal: strongest.map(|signal| signal.label.clone()),
        strength: strongest.map(|signal| signal.strength),
        weight: strongest.map_or(0, |signal| 1 + signal.strength as i32),
        reason: profile.reasons.first().map(|reason| reason.label.clone()),
    }
}
