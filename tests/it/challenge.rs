//! Champion and challenger on the district's store: judged on what neither has learnt from, and nothing switches.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wherewithal::capacity::CapacityRules;
use wherewithal::cohort::{CohortParams, sample};
use wherewithal::domain::{Day, Language};
use wherewithal::ingest::IngestReport;
use wherewithal::monitoring::Challenge;
use wherewithal::pipeline::{MonitorParams, PerformanceModel, TrainParams, monitor};
use wherewithal::progress::Silent;
use wherewithal::store::{Store, StoreParams};

use super::pipeline::{as_of, district};

/// A model that learnt a year before the district's day, of so many features at most.
fn earlier(most: usize, cohort: CohortParams) -> PerformanceModel {
    under(CapacityRules::standard().unwrap(), most, cohort)
}

/// The same under a court's own law.
fn under(rules: CapacityRules, most: usize, cohort: CohortParams) -> PerformanceModel {
    // Of the features that are on the district's card: the whole catalogue would say no more here, and takes long.
    let catalog = district().model.catalog().clone();
    let params = TrainParams::standard().unwrap().folds(0).cohort(cohort).catalog(catalog).rules(rules);
    let card = params.scorecard.clone().max_features(most);
    params.scorecard(card).train(&district().tables, Day::parse("2017-06-30").unwrap(), &Silent).unwrap().0
}

fn written(folder: &Path, name: &str, model: &PerformanceModel) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, model.to_json().unwrap()).unwrap();
    path
}

fn store(folder: &Path, buckets: u32) -> PathBuf {
    let at = folder.join(format!("store-{buckets}"));
    let filling = StoreParams::default().buckets(buckets);
    Store::keep(&at, &district().tables, &IngestReport::default(), &filling, &Silent).unwrap();
    at
}

fn challenge(params: &MonitorParams) -> Challenge {
    monitor(params, &Silent).unwrap().challenge.unwrap()
}

#[test]
fn two_models_are_judged_on_samples_that_neither_has_learnt_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let champion = written(at, "champion.json", &earlier(15, CohortParams::default()));
    let challenger = written(at, "challenger.json", &earlier(3, CohortParams::default()));
    let out = at.join("out");
    let params = MonitorParams::of_store(store(at, 8), as_of()).challenge(&champion, &challenger);
    let found = challenge(&params.clone().out(out.clone()).language(Language::En));

    let cohort = sample(&district().tables, &CohortParams::default().observed_until(as_of())).unwrap();
    let until = Day::parse("2017-06-30").unwrap();
    let days = cohort.frame().column("as_of").unwrap().date().unwrap().clone();
    let ends = days.phys.iter().flatten().map(|day| Day::from_number(day).unwrap().plus_days(365));
    assert_eq!(found.learnt, ends.filter(|end| *end <= until).count() as u64);
    let (judged, silent) = (found.samples + found.learnt, &found.insufficient);
    let all = cohort.height() as u64;
    assert!(judged <= all && all <= judged + silent.champion + silent.challenger, "{found:?}");
    assert_eq!(found.immature, cohort.immature() as u64);
    assert!(found.samples > 200 && found.learnt > 200, "{found:?}");

    let any = found.events[0].figures.as_ref().unwrap();
    // Chances that belonged to other samples would rank no better than a coin.
    assert!(any.auc.champion.value > 0.7 && any.auc.challenger.value > 0.6, "{:?}", any.auc);
    let apart = any.auc.challenger.value - any.auc.champion.value;
    assert!((any.auc_ahead.value - apart).abs() < 1e-12);
    let rows = |of: fn(&Challenge) -> usize| of(&found) as u64;
    let tenths = rows(|of| of.events[0].figures.as_ref().unwrap().deciles.champion.iter().map(|bin| bin.rows).sum());
    assert_eq!(tenths, found.samples);
    let money = found.money.as_ref().unwrap();
    assert!(money.by_amount && money.samples + money.unknown == found.samples, "{money:?}");
    assert!(money.found.champion.value > 0.1 && money.found.challenger.value > 0.1, "{money:?}");

    let changed: u64 = found.answers.iter().filter(|of| of.is_change()).map(|of| of.debtors).sum();
    assert_eq!(found.debtors, found.answers.iter().map(|of| of.debtors).sum::<u64>());
    assert!(changed > 0 && changed == found.changed && changed == found.changes.len() as u64);
    let lines = fs::read_to_string(out.join("changes.csv")).unwrap();
    let ids: Vec<&str> = lines.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert!(ids.len() as u64 == changed && ids.is_sorted() && ids.iter().all(|id| id.len() == 16), "{lines}");
    for line in lines.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert!(cells.len() == 5 && cells[1] != cells[2], "{line}");
    }
    // Pseudonyms stand in that file and nowhere else.
    let page = fs::read_to_string(out.join("monitor.html")).unwrap();
    let data = fs::read_to_string(out.join("monitor.json")).unwrap();
    assert!(page.contains("Champion and challenger") && data.contains("auc_ahead"));
    assert!(ids.iter().all(|id| !page.contains(id) && !data.contains(id)));

    // A run without models leaves no pseudonyms of an earlier one beside its page.
    monitor(&MonitorParams::of_store(store(at, 2), as_of()).out(out.clone()), &Silent).unwrap();
    assert!(out.join("monitor.html").exists() && !out.join("changes.csv").exists());

    // However the store is cut, on however many threads.
    let again = MonitorParams::of_store(store(at, 1), as_of()).challenge(&champion, &challenger).threads(1);
    assert_eq!(challenge(&again), found);
}

#[test]
fn a_model_of_today_leaves_no_sample_to_judge_and_its_answers_are_those_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let champion = written(at, "champion.json", &district().model);
    let challenger = written(at, "challenger.json", &earlier(3, CohortParams::default()));
    let found = challenge(&MonitorParams::of_store(store(at, 4), as_of()).challenge(champion, challenger));
    assert!(found.samples == 0 && found.learnt > 1_000 && found.money.is_none(), "{found:?}");
    assert!(found.events.iter().all(|event| event.figures.is_none()));
    let scores = &district().scored.scores;
    let grades = scores.column("grade").unwrap().str().unwrap().clone();
    let mut expected = BTreeMap::<String, u64>::new();
    for grade in grades.iter() {
        *expected.entry(grade.unwrap_or("insufficient").to_owned()).or_default() += 1;
    }
    let mut answers = BTreeMap::<String, u64>::new();
    found.answers.iter().for_each(|of| *answers.entry(of.answers.champion.clone()).or_default() += of.debtors);
    assert_eq!(answers, expected);
}

/// Cards that learnt under a court's own law are judged under it; under another they are refused, as in a run.
#[test]
fn two_models_are_judged_under_the_law_that_they_learnt_under() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let living = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note\n\
                  1000,500,test,,2000-01-01,,,false,\n";
    let costs = at.join("living_costs.csv");
    fs::write(&costs, living).unwrap();
    let rules = CapacityRules::standard().unwrap().with_living_costs(living).unwrap();
    let model = written(at, "model.json", &under(rules.clone(), 15, CohortParams::default()));
    let params = MonitorParams::of_store(store(at, 2), as_of()).challenge(&model, &model);
    let refused = monitor(&params, &Silent).unwrap_err().to_string();
    assert!(refused.contains("as in training"), "{refused}");
    let found = challenge(&params.clone().living_costs(costs));
    assert!(found.samples > 200 && found.changed == 0, "{found:?}");
    assert_eq!(found.rules.unwrap().1, rules.digest());
    let (name, digest) = found.living_costs.unwrap();
    assert_eq!((name.as_str(), digest), ("living_costs.csv", blake3::hash(living.as_bytes()).to_string()));
    let alone = MonitorParams::of_store(at.join("store-2"), as_of()).rules(at.join("law"));
    assert!(monitor(&alone, &Silent).unwrap_err().to_string().contains("a law without two models"));
    let no_law = monitor(&params.rules(at.join("no law")), &Silent).unwrap_err().to_string();
    assert!(no_law.contains("no law"), "{no_law}");
}

#[test]
fn models_that_foretell_different_events_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let champion = written(at, "champion.json", &district().model);
    let challenger = written(at, "challenger.json", &earlier(3, CohortParams::default().window_days(180)));
    let params = MonitorParams::of_store(at.join("no store"), as_of()).challenge(&champion, &challenger);
    let told = monitor(&params, &Silent).unwrap_err().to_string();
    assert!(told.contains("challenger.json") && told.contains("window"), "{told}");
    let mut without = MonitorParams::of_store("", as_of()).challenge(&champion, &champion);
    without.store = None;
    let told = monitor(&without, &Silent).unwrap_err().to_string();
    assert!(told.contains("no store"), "{told}");
}
