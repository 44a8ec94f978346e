//! What is expected to come in: never more than stands open, nothing without a score, and named apart from the means.

use polars::prelude::*;
use wherewithal::domain::{Language, Money};
use wherewithal::explain::explain_amount;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::pipeline::{Event, PerformanceModel, ScoringParams, TrainParams};
use wherewithal::profile::Standing;
use wherewithal::progress::Silent;
use wherewithal::report;

use super::pipeline::{as_of, district};

#[test]
fn no_more_is_expected_than_stands_open_and_nothing_without_a_score() {
    let scored = &district().scored;
    let will = scored.scores.column("will_perform_fen").unwrap().i64().unwrap();
    let state = scored.scores.column("state").unwrap().str().unwrap();
    let (mut known, mut all) = (0, Money::ZERO);
    for (will, state) in will.iter().zip(state.iter()) {
        assert!(state == Some("scored") || will.is_none());
        known += usize::from(will.is_some());
    }
    assert!(known > 100, "{known}");
    for profile in &scored.profiles {
        let Some(expected) = profile.expected else { continue };
        let Standing::Scored { any, .. } = &profile.standing else { panic!("{}", profile.entity) };
        assert!(Money::ZERO <= expected.amount && expected.amount <= expected.open, "{expected:?}");
        assert!(expected.open <= profile.claim(), "{expected:?}");
        let product = any.probability.value() * expected.share.value() * expected.open.fen() as f64;
        assert!((product - expected.amount.fen() as f64).abs() <= 1.0, "{expected:?}");
        if let Some(means) = &profile.means {
            assert!(expected.amount <= means.owed, "{expected:?} {:?}", means.owed);
        }
        all += expected.amount;
    }
    assert_eq!(all.fen(), will.iter().flatten().sum::<i64>());
}

#[test]
fn shares_are_shares_and_their_reasons_are_those_of_the_events() {
    let model = &district().model;
    let card = model.share().unwrap();
    let (least, most) = card.bounds();
    // Who owed nothing more in one case, and performed none of another, performed a share of nothing.
    assert!(least >= 0.0 && most <= 1.0, "{least} {most}");
    let used = |name: &str| Event::ALL.iter().any(|event| model.card(*event).feature(name).is_some());
    assert!(card.features().count() > 0 && card.features().all(|part| used(part.feature().name())));
    assert!(card.pairs().next().is_none());
    let frame = card.features().map(|part| Column::new(part.feature().name().into(), [Some(0.5), None]));
    let frame = DataFrame::new(2, frame.collect()).unwrap();
    let table = FeatureTable::from_frame(frame, &TableRoles::default()).unwrap();
    for row in 0..2 {
        let why = explain_amount(card, &table, row).unwrap();
        let sum = why.base + why.parts.iter().map(|part| part.amount).sum::<f64>();
        assert!((sum - why.sum).abs() < 1e-9 && (least..=most).contains(&why.amount), "{why:?}");
    }
}

/// Files of before there were shares.
#[test]
fn a_model_without_shares_loads_and_says_that_it_tells_no_amount() {
    let district = district();
    let mut document: serde_json::Value = serde_json::from_str(&district.model.to_json().unwrap()).unwrap();
    let fields = document.as_object_mut().unwrap();
    fields.remove("share");
    fields.remove("digest");
    let digest: String = blake3::hash(&serde_json::to_vec(&document).unwrap()).to_hex().chars().take(32).collect();
    document["digest"] = digest.into();
    let older = PerformanceModel::from_json(&document.to_string()).unwrap();
    assert!(older.share().is_none());
    let scored = older.score(&district.tables, &ScoringParams::new(as_of()), &Silent).unwrap();
    let will = scored.scores.column("will_perform_fen").unwrap();
    assert_eq!(will.null_count(), scored.scores.height());
    let without = scored.scores.drop("will_perform_fen").unwrap();
    assert!(without.equals_missing(&district.scored.scores.drop("will_perform_fen").unwrap()));
    assert!(scored.profiles.iter().all(|profile| profile.expected.is_none()));
}

#[test]
fn portraits_name_what_will_and_what_could_come_in_apart() {
    let profile = district().scored.profiles.iter().find(|profile| profile.expected.is_some()).unwrap();
    for (language, will, could) in [(Language::En, "will: ", "could: "), (Language::Zh, "将：", "能：")] {
        let text = report::portrait(profile, language);
        assert!(text.contains(will) && text.contains(could), "{text}");
    }
}

#[test]
fn training_judges_amounts_on_later_samples_from_numbers_and_from_codes() {
    let district = district();
    let learn = |exact: usize| {
        let params = TrainParams::standard().unwrap().folds(0).exact_samples(exact);
        params.train(&district.tables, as_of(), &Silent).unwrap()
    };
    let mut reports = Vec::new();
    for exact in [100_000, 0] {
        let (model, report) = learn(exact);
        let money = report.money.unwrap();
        assert!(model.share().is_some() && money.absent.is_none() && money.samples > 100, "{money:?}");
        assert!(money.not_judged.is_none(), "{money:?}");
        let judged = money.out_of_time.clone().unwrap();
        assert_eq!(judged.amounts.deciles.len(), 10);
        assert!(judged.amounts.top_tenth.unwrap().value > 0.1, "{:?}", judged.amounts.top_tenth);
        let ratio = judged.amounts.predicted / judged.amounts.received;
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
        assert!(judged.by_claim.is_some() && judged.by_any.is_some() && judged.by_means.is_some());
        // At the same work: what the clerk's three facts find, and how far the model is ahead of them.
        let clerk = judged.by_clerk.clone().unwrap();
        assert_eq!(clerk.facts.len(), 3);
        let apart = judged.amounts.top_tenth.unwrap().value - clerk.share.value;
        assert!((clerk.ahead.value - apart).abs() < 1e-12 && clerk.ahead.standard_error > 0.0, "{clerk:?}");
        assert!(clerk.unknown <= judged.amounts.rows && clerk.share.value > 0.05, "{clerk:?}");
        reports.push(money);
    }
    assert_eq!(reports[0].samples, reports[1].samples);
}
