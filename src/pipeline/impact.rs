//! What a run tells about its own impact on personal information.
//!
//! Whoever decides about people with automated means assesses the impact beforehand (个人信息保护法 arts. 55, 56).
//! The text is data with holes (`data/report/impact.toml`); the run fills in what it knows, such as whether
//! the pseudonyms' key is the public one, and leaves open what only the court can say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::RunReport;
use crate::domain::{Day, Label, cite};
use crate::error::{Error, Result};
use crate::profile::{ImpactAssessment, ImpactLine, ImpactSection, ModelCard};
use crate::sentence::Sentence;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    zh: String,
    en: String,
    #[serde(default)]
    basis: Vec<String>,
    /// The condition on which it is said.
    when: Option<String>,
    #[serde(default)]
    open: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    code: String,
    title: Label,
    line: Vec<Line>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    section: Vec<Section>,
}

/// Broken data gives an assessment without sections; a test reads the real one.
static BOOK: LazyLock<Book> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/report/impact.toml")).unwrap_or_default());

/// A day on which the law is in force that asks for the assessment, whatever day the data describes.
fn in_force(as_of: Day) -> Day {
    Day::new(2023, 1, 1).map_or(as_of, |day| day.max(as_of))
}

/// Assesses the impact of a run's model by what the run and the card say; nothing is counted anew.
///
/// # Errors
///
/// [`Error::Setting`] when a bundled line has a hole that no fact fills, which the tests would have found.
pub fn impact(run: &RunReport, card: &ModelCard) -> Result<ImpactAssessment> {
    let (facts, conditions) = told(run, card);
    let mut sections = Vec::new();
    for section in &BOOK.section {
        let said = section.line.iter().filter(|line| line.when.as_deref().is_none_or(|when| conditions.contains(when)));
        let line = |line: &Line| {
            Ok(ImpactLine {
                text: Label::new(filled(&line.zh, &facts)?, filled(&line.en, &facts)?),
                basis: cite(&line.basis, in_force(run.as_of))?,
                is_open: line.open,
            })
        };
        let lines = said.map(line).collect::<Result<Vec<_>>>()?;
        sections.push(ImpactSection { code: section.code.clone(), title: section.title.clone(), lines });
    }
    Ok(ImpactAssessment { as_of: run.as_of, model: run.model.clone(), facts, sections })
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// What the run tells, by name, and the conditions that hold.
fn told(run: &RunReport, card: &ModelCard) -> (BTreeMap<String, String>, BTreeSet<&'static str>) {
    let (mut facts, mut so) = (BTreeMap::new(), BTreeSet::new());
    let mut put = |name: &str, value: String| _ = facts.insert(name.to_owned(), value);
    put("as_of", run.as_of.to_string());
    put("version", run.version.clone());
    for (name, digest) in ["any_digest", "full_digest"].into_iter().zip(&run.model) {
        put(name, short(digest));
    }
    put("window", card.window_days.to_string());
    put("files", run.inputs.len().to_string());
    for (name, rows) in ["rows", "accepted", "refused"].into_iter().zip(run.rows) {
        put(name, rows.to_string());
    }
    for (name, count) in ["debtors", "without"].into_iter().zip(run.debtors) {
        put(name, count.to_string());
    }
    so.insert(if run.is_key_public { "public_key" } else { "secret_key" });
    if let Some(training) = &run.training {
        so.insert("trained");
        put("offered", training.features.to_string());
        put("any_features", training.any.features.to_string());
        put("full_features", training.full.features.to_string());
    }
    match card
        .money
        .as_ref()
        .and_then(|money| Some((money, money.order("model")?, money.order("clerk")?, money.ahead?)))
    {
        Some((money, model, clerk, ahead)) => {
            so.insert(if ahead.value > 2.0 * ahead.error { "ahead" } else { "not_ahead" });
            put("judged", money.rows.to_string());
            put("model_share", percent(model.value));
            put("clerk_share", percent(clerk.value));
            put("ahead", percent(ahead.value));
            put("ahead_error", percent(ahead.error));
        }
        None => _ = so.insert("not_compared"),
    }
    let any = card.events.first().and_then(|event| event.validation.as_ref());
    match any.and_then(|any| Some((any, any.calibration.first()?, any.calibration.last()?))) {
        Some((any, low, top)) => {
            so.insert("validated");
            put("auc", format!("{:.3}", any.auc.value));
            put("auc_error", format!("{:.3}", any.auc.error));
            put("ece", percent(any.ece));
            for (name, (predicted, observed, rows)) in [("low", low), ("top", top)] {
                put(&format!("{name}_predicted"), percent(*predicted));
                put(&format!("{name}_observed"), percent(*observed));
                put(&format!("{name}_rows"), rows.to_string());
            }
            put("top_missed", percent(1.0 - top.1));
        }
        None => _ = so.insert("not_validated"),
    }
    (facts, so)
}

/// The text with its holes filled.
fn filled(text: &str, facts: &BTreeMap<String, String>) -> Result<String> {
    let mut filled = String::new();
    for (nth, part) in text.split(['{', '}']).enumerate() {
        if nth % 2 == 0 {
            filled.push_str(part);
            continue;
        }
        let fact = facts.get(part);
        filled.push_str(fact.ok_or_else(|| {
            Error::setting(
                "impact",
                Sentence::value(part),
                "a fact of the run for each hole of data/report/impact.toml",
            )
        })?);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_holes_and_every_article_is_in_force() {
        assert_eq!(BOOK.section.len(), 4);
        let holes =
            |text: &str| -> BTreeSet<String> { text.split(['{', '}']).skip(1).step_by(2).map(str::to_owned).collect() };
        let conditions =
            ["trained", "ahead", "not_ahead", "not_compared", "validated", "not_validated", "public_key", "secret_key"];
        for line in BOOK.section.iter().flat_map(|section| &section.line) {
            assert_eq!(holes(&line.zh), holes(&line.en), "{}", line.en);
            assert!(line.when.as_deref().is_none_or(|when| conditions.contains(&when)), "{:?}", line.when);
            let basis = cite(&line.basis, in_force(Day::EPOCH)).unwrap();
            assert_eq!(basis.len(), line.basis.len(), "{}", line.en);
        }
    }

    #[test]
    fn a_hole_without_a_fact_is_refused() {
        let facts = BTreeMap::from([("window".to_owned(), "365".to_owned())]);
        assert_eq!(filled("within {window} days", &facts).unwrap(), "within 365 days");
        assert!(filled("within {days}", &facts).unwrap_err().to_string().contains("days"));
    }
}
