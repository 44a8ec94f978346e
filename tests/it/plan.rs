//! Law 11 for engines: units assessed apart, in any order and more than once, are the one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use wherewithal::Result;
use wherewithal::capacity::CapacityRules;
use wherewithal::domain::Day;
use wherewithal::features::FeatureCatalog;
use wherewithal::ingest::IngestReport;
use wherewithal::pipeline::{self, AssessParams, ModelSource, PerformanceModel, Plan, TrainParams};
use wherewithal::progress::Silent;
use wherewithal::schema::KNOWN_AT;
use wherewithal::store::{Store, StoreParams};
use wherewithal::tables::SourceTables;

use super::one_way::{before, scattered};
use super::pipeline::{as_of, district, rebuilt};

/// A folder with a store of eight buckets and a model.
struct Court {
    folder: tempfile::TempDir,
}

impl Court {
    fn new(tables: &SourceTables) -> Self {
        let court = Self { folder: tempfile::tempdir().unwrap() };
        court.add(tables, 8);
        fs::write(court.at("given.json"), district().model.to_json().unwrap()).unwrap();
        court
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&self, tables: &SourceTables, buckets: u32) {
        let params = StoreParams::default().buckets(buckets);
        Store::keep(&self.at("store"), tables, &IngestReport::default(), &params, &Silent).unwrap();
    }

    fn params(&self, out: &str, since: Option<Day>) -> AssessParams {
        let params = AssessParams::new(as_of(), self.at(out), ModelSource::File(self.at("given.json")));
        let features = FeatureCatalog::standard().unwrap();
        params.store(self.at("store")).since(since).watch(true).features(features).csv(true).profiles(3)
    }

    fn model(&self) -> PerformanceModel {
        PerformanceModel::read(&self.at("given.json")).unwrap()
    }

    /// The bytes of every file in a folder of results.
    fn bytes(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.at(out)).unwrap().map(|entry| entry.unwrap().path());
        let named =
            |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap());
        files.filter(|path| path.extension().is_some()).map(named).collect()
    }

    fn assert_same(&self, found: &str, expected: &str) {
        let (found, expected) = (self.bytes(found), self.bytes(expected));
        assert!(found.len() >= 10 && found.contains_key("run.json"), "{:?}", found.keys());
        assert!(found.keys().eq(expected.keys()), "{:?} and {:?}", found.keys(), expected.keys());
        for (name, bytes) in found {
            assert!(bytes == expected[&name], "{name} differs");
        }
    }
}

/// As a worker elsewhere has it.
fn sent(plan: &Plan) -> Plan {
    Plan::from_json(&serde_json::to_string(plan).unwrap()).unwrap()
}

#[test]
fn units_in_any_order_and_more_than_once_are_the_one_run() {
    let court = Court::new(&district().tables);
    for (case, since) in [("all", None), ("news", Some(as_of().plus_days(-1)))] {
        let (one, apart) = (format!("{case}-one"), format!("{case}-apart"));
        pipeline::assess(&court.params(&one, since), &Silent).unwrap();
        let params = court.params(&apart, since);
        let plan = Plan::new(&params).unwrap();
        assert_eq!(plan.units(), if since.is_none() { 8 } else { 2 });
        let workers = [(); 2].map(|()| sent(&plan).worker(&court.at("store"), court.model()).unwrap());
        let units = (0..plan.units()).rev().flat_map(|unit| [(unit, 0), (unit, 1)]);
        let units = units.map(|(unit, worker)| Ok((unit, workers[worker].assess(unit)?)));
        let assessment = plan.finish(&params, units, &Silent).unwrap();
        assert_eq!(assessment.profiles.len(), 3);
        court.assert_same(&apart, &one);
    }
}

#[test]
fn a_night_that_lands_in_the_middle_changes_nothing() {
    let tables = &district().tables;
    let night = as_of().plus_days(-20).number();
    let known = |wanted: fn(i32, i32) -> bool| {
        rebuilt(tables, |_, frame| {
            let days = frame.column(KNOWN_AT).unwrap().date().unwrap().phys.iter();
            let marks: BooleanChunked = days.map(|day| day.map(|day| wanted(day, night))).collect();
            frame.filter(&marks).unwrap()
        })
    };
    let court = Court::new(&known(|day, night| day < night));
    pipeline::assess(&court.params("one", None), &Silent).unwrap();
    let params = court.params("apart", None);
    let plan = Plan::new(&params).unwrap();
    let units = |units: std::ops::Range<usize>| {
        let worker = sent(&plan).worker(&court.at("store"), court.model()).unwrap();
        units.map(|unit| Ok((unit, worker.assess(unit).unwrap()))).collect::<Vec<Result<_>>>()
    };
    let before = units(0..4);
    court.add(&known(|day, night| day >= night), 8);
    let after = units(4..8);
    plan.finish(&params, before.into_iter().chain(after), &Silent).unwrap();
    court.assert_same("apart", "one");
    // The night is there for whoever asks now.
    pipeline::assess(&court.params("now", None), &Silent).unwrap();
    assert!(court.bytes("now")["scores.parquet"] != court.bytes("one")["scores.parquet"]);
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_worker_that_has_the_folders_of_its_unit_alone_gives_the_same_bytes() {
    let (tables, night) = (scattered(&district().tables), as_of().plus_days(-90).number());
    let court = Court::new(&before(&tables, |day| day < night));
    court.add(&before(&tables, |day| day >= night), 4);
    let plan = Plan::new(&court.params("out", None)).unwrap();
    let of_all = plan.worker(&court.at("store"), court.model()).unwrap();
    let mut further = 0;
    for unit in 0..plan.units() {
        let alone = court.at(&format!("alone-{unit}"));
        let folders = of_all.reads(unit).unwrap();
        assert!(folders.contains(&format!("part-0001/{unit:04}")), "{folders:?}");
        folders.iter().for_each(|name| copied(&court.at("store").join(name), &alone.join(name)));
        for part in ["part-0001", "part-0002"] {
            fs::copy(court.at("store").join(part).join("digests"), alone.join(part).join("digests")).unwrap();
        }
        let worker = || sent(&plan).worker(&alone, court.model()).unwrap();
        assert!(worker().assess(unit).unwrap() == of_all.assess(unit).unwrap(), "unit {unit}");
        further += folders.len() - 2;
        fs::remove_dir_all(alone.join(folders.last().unwrap())).unwrap();
        assert!(worker().assess(unit).is_err(), "unit {unit} needs {folders:?}");
    }
    assert!(further > 0, "no party has rows under another identifier");
    assert_eq!(of_all.reads(8).unwrap_err().to_string(), "unit: found 8, expected a number below 8");
    let of_news = Plan::new(&court.params("out", Some(as_of().plus_days(-1)))).unwrap();
    let worker = of_news.worker(&court.at("store"), court.model()).unwrap();
    assert!(worker.reads(0).unwrap_err().to_string().starts_with("since: found a day"));
}

#[test]
fn a_worker_of_another_model_rules_or_version_refuses_and_says_which() {
    let court = Court::new(&district().tables);
    let plan = Plan::new(&court.params("out", None)).unwrap();
    let refused = |plan: &Plan, model| plan.worker(&court.at("store"), model).unwrap_err().to_string();
    let train = TrainParams::standard().unwrap().folds(0);
    let (other, _) = train.train(&district().tables, as_of().plus_days(-90), &Silent).unwrap();
    assert!(refused(&plan, other).starts_with("model of the plan: found"));
    // By the plan, or before it by the model, whose cards may have learnt under other rules.
    let living = "first_person,further_person,instrument,article,in_force_from,in_force_to,region,verified,note\n\
                  1000,500,test,,2000-01-01,,,false,\n";
    let rules = CapacityRules::standard().unwrap().with_living_costs(living).unwrap();
    let words = court.model().with_rules(rules).map_or_else(|error| error.to_string(), |model| refused(&plan, model));
    assert!(words.starts_with("rules"), "{words}");
    let changed = |from: &str, to: &str| {
        let text = serde_json::to_string(&plan).unwrap();
        assert!(text.contains(from), "{from}");
        serde_json::from_str::<Plan>(&text.replace(from, to)).unwrap()
    };
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let of_another = changed(&version, "\"version\":\"0.0.9\"");
    let words = format!("version of the plan: found {}, expected 0.0.9", env!("CARGO_PKG_VERSION"));
    assert_eq!(refused(&of_another, court.model()), words);
    let newer = changed("{\"format_version\":2,\"units\"", "{\"format_version\":3,\"units\"");
    assert!(refused(&newer, court.model()).contains("the plan of a run: found format version 3"));
    // Fields that an older format lacks are not what is said of it.
    let older = format!(r#"{{"units":8,"run":{{}},"format_version":{}}}"#, Plan::FORMAT_VERSION - 1);
    let words = "the plan of a run: found format version 1, this build reads 2 to 2";
    assert_eq!(Plan::from_json(&older).unwrap_err().to_string(), words);
    // A store of other rows is met where its files are not those of the plan.
    let elsewhere = Court::new(&SourceTables::new());
    assert!(plan.worker(&elsewhere.at("store"), court.model()).is_err());
}

#[test]
fn what_is_missing_spoilt_or_not_of_the_plan_is_said() {
    let court = Court::new(&district().tables);
    let params = court.params("out", None);
    let plan = Plan::new(&params).unwrap();
    let worker = plan.worker(&court.at("store"), court.model()).unwrap();
    let refused = |units: Vec<Result<(usize, Vec<u8>)>>| plan.finish(&params, units, &Silent).unwrap_err().to_string();
    let first = worker.assess(0).unwrap();
    let words = "units: found none for 7 of 8, the first of which is 1, expected the bytes of every unit";
    assert_eq!(refused(vec![Ok((0, first.clone()))]), words);
    // What came before a death is still there.
    assert_eq!(refused(Vec::new()), words);
    assert!(refused(vec![Ok((3, first.clone()))]).contains("other bytes than those of unit 3 of 8"));
    assert!(refused(vec![Ok((8, worker.assess(7).unwrap()))]).contains("unit 8 of 8"));
    assert!(refused(vec![Ok((1, first[..first.len() - 1].to_vec()))]).contains("unit 1 of 8"));
    assert_eq!(worker.assess(8).unwrap_err().to_string(), "unit: found 8, expected a number below 8");
    let mut of_another_day = params.clone();
    of_another_day.as_of = as_of().plus_days(-1);
    assert!(plan.finish(&of_another_day, [], &Silent).unwrap_err().to_string().contains("of the plan: found"));
    let mut trained = params.clone();
    trained.model = ModelSource::Train(Box::new(TrainParams::standard().unwrap()));
    assert!(Plan::new(&trained).unwrap_err().to_string().contains("a model of an earlier run"));
    assert!(Plan::new(&params.sources("somewhere")).unwrap_err().to_string().contains("the store is filled before"));
}
