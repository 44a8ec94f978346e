//! Applies the rules to one profile: keeps a measure while none of its conditions is known to fail,
//! cites its articles, and sorts what is left by expected recovery per hour of work.
//!
//! A measure is offered while nothing that is known speaks against it. What the profile does not answer is
//! told as "to verify", because the judge can ask and the program cannot.

use std::cmp::Reverse;

use super::facts::{Facts, facts, open_sources};
use super::{Advice, AdviceRules, Checked, Duty, FactCondition, Measure, Rule};
use crate::domain::{Day, Label, LegalBasis, Money, cite};
use crate::error::Result;
use crate::profile::DebtorProfile;

/// Sources named for a further search.
const MOST_SOURCES: usize = 4;

/// The measures that deserve consideration for one debtor, first those that bring most per hour of work.
///
/// # Errors
///
/// [`Error::Setting`](crate::Error::Setting) when a rule cites an unknown instrument, which checked rules do not.
///
/// # Examples
///
/// ```
/// use wherewithal::advice::{AdviceRules, advise};
/// use wherewithal::profile::DebtorProfile;
///
/// let rules = AdviceRules::standard()?;
/// let advice = advise(&DebtorProfile::default(), &rules)?;
/// // Whatever is offered cites its basis and says what is still to be verified or what is met.
/// assert!(advice.measures.iter().all(|measure| !measure.met.is_empty() || !measure.verify.is_empty()));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn advise(profile: &DebtorProfile, rules: &AdviceRules) -> Result<Advice> {
    let facts = facts(profile);
    let mut measures = Vec::new();
    for rule in rules.rules() {
        if let Some((met, open)) = conditions(rule, &facts) {
            measures.push(measure(rule, (met, open), (profile, &facts))?);
        }
    }
    // Measures that bring money by what an hour brings; then duties, then choices, in the order of the rules.
    measures.sort_by(|a, b| {
        let class =
            |measure: &Measure| if measure.yields.is_some() { 0 } else { 1 + u8::from(measure.duty == Duty::May) };
        let hourly = |measure: &Measure| Reverse(per_hour(measure));
        class(a).cmp(&class(b)).then(hourly(a).cmp(&hourly(b)))
    });
    Ok(Advice { entity: profile.entity.clone(), as_of: profile.as_of, measures })
}

/// What an hour brings, in fen; zero where the measure brings nothing by itself.
fn per_hour(measure: &Measure) -> i64 {
    let fen = measure.yields.map_or(0.0, |money| money.fen() as f64);
    #[allow(clippy::cast_possible_truncation, reason = "an order among amounts far below 2^63")]
    let hourly = (fen / measure.effort_hours) as i64;
    hourly
}

/// The conditions met and those open; none when one is known to fail, or the first is unknown.
fn conditions(rule: &Rule, facts: &Facts) -> Option<(Vec<Checked>, Vec<Label>)> {
    let value = |condition: &FactCondition| facts.get(&condition.fact).copied().flatten();
    let (mut met, mut open) = (Vec::new(), Vec::new());
    // The first condition is the reason to think of the measure at all: it must be known.
    for (place, condition) in rule.when.iter().enumerate() {
        match (condition.met(value(condition)), value(condition)) {
            (Some(true), Some(value)) => {
                met.push(Checked { label: condition.label(), fact: condition.fact.clone(), value });
            }
            (Some(false), _) => return None,
            _ if place == 0 => return None,
            _ => open.push(condition.label()),
        }
    }
    for condition in &rule.unless {
        match condition.met(value(condition)) {
            Some(true) => return None,
            Some(false) => {}
            None => open.push(Label::new(format!("排除：{}", condition.zh), format!("to exclude: {}", condition.en))),
        }
    }
    Some((met, open))
}

type Conditions = (Vec<Checked>, Vec<Label>);

fn measure(rule: &Rule, (met, open): Conditions, (profile, facts): (&DebtorProfile, &Facts)) -> Result<Measure> {
    let found = rule.yields.as_ref().and_then(|name| facts.get(name).copied().flatten());
    #[allow(clippy::cast_possible_truncation, reason = "amounts of one debtor, whole fen below 2^53")]
    let found = found.map(|fen| Money::from_fen(fen as i64));
    // Nothing brings a creditor more than is owed.
    let owed = profile.means.as_ref().map(|means| means.owed);
    let yields = found.map(|found| owed.map_or(found, |owed| found.min(owed))).filter(|most| *most > Money::ZERO);
    let basis: Vec<LegalBasis> = match profile.as_of {
        Some(as_of) => cite(&rule.basis, as_of)?,
        None => cite(&rule.basis, Day::parse("9999-12-31")?)?,
    };
    Ok(Measure {
        code: rule.code.clone(),
        group: rule.group.clone(),
        label: Label::new(&rule.zh, &rule.en),
        why: rule.why.clone(),
        duty: rule.duty,
        met,
        verify: open.into_iter().chain(rule.verify.iter().cloned()).collect(),
        sources: if rule.lists.as_deref() == Some("sources") { sources(profile) } else { Vec::new() },
        yields,
        effort_hours: rule.effort_hours,
        wait_days: rule.wait_days,
        basis,
    })
}

/// The sources most worth asking: by what their answer could change, then the others without an answer.
fn sources(profile: &DebtorProfile) -> Vec<String> {
    let mut sources: Vec<String> = profile.worth.iter().map(|worth| worth.source.clone()).collect();
    for source in open_sources(&profile.coverage) {
        if !sources.iter().any(|known| known == source) {
            sources.push(source.to_owned());
        }
    }
    sources.truncate(MOST_SOURCES);
    sources
}
