//! The laws on the whole way, over the bundled district.

use std::path::Path;
use std::sync::OnceLock;

use polars::prelude::*;
use wherewithal::capacity::CapacityTable;
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::pipeline::{Event, PerformanceModel, Scored, ScoringParams, TrainParams};
use wherewithal::profile::{DebtorProfile, Standing};
use wherewithal::progress::Silent;
use wherewithal::schema::{self, ColumnKind};
use wherewithal::tables::SourceTables;

pub(crate) struct District {
    pub(crate) tables: SourceTables,
    pub(crate) model: PerformanceModel,
    pub(crate) scored: Scored,
}

pub(crate) fn as_of() -> Day {
    Day::parse("2018-06-30").unwrap()
}

pub(crate) fn district() -> &'static District {
    static DISTRICT: OnceLock<District> = OnceLock::new();
    DISTRICT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/district");
        let out = tempfile::tempdir().unwrap();
        let sources = Sources::new(folder, PseudonymKey::from_secret(b"test"));
        let (read, _) = ingest::read(&sources, &ReadParams::new(out.path()), &Silent).unwrap();
        // Held in memory, so that the folder may go.
        let tables = rebuilt(&read, |_, frame| frame);
        let params = TrainParams::standard().unwrap().folds(0);
        let (model, report) = params.train(&tables, as_of(), &Silent).unwrap();
        assert!(report.samples > 1_000 && report.any.events > 500, "{report:?}");
        // What only tells how the court asked is not even offered.
        let on_card = params.catalog.features().iter().filter(|spec| spec.on_card).count();
        assert!(on_card < params.catalog.features().len());
        assert_eq!(report.features, on_card + CapacityTable::RATIOS.len() - CapacityTable::OFF_CARD.len());
        let scored = score(&tables, &model);
        District { tables, model, scored }
    })
}

pub(crate) fn score(tables: &SourceTables, model: &PerformanceModel) -> Scored {
    model.score(tables, &ScoringParams::new(as_of()), &Silent).unwrap()
}

/// The same tables, each changed by `change`.
pub(crate) fn rebuilt(tables: &SourceTables, change: impl Fn(&str, DataFrame) -> DataFrame) -> SourceTables {
    tables.names().fold(SourceTables::new(), |all, name| {
        let frame = tables.frame(name).unwrap();
        all.with_frame(name, change(name, frame)).unwrap()
    })
}

/// What a row order may change: the numbers of the rows cited.
fn without_records(profiles: &[DebtorProfile]) -> Vec<DebtorProfile> {
    let mut profiles = profiles.to_vec();
    for profile in &mut profiles {
        profile.reasons.iter_mut().for_each(|reason| reason.records.clear());
        profile.signals.iter_mut().flatten().for_each(|signal| signal.records.clear());
        profile.means.iter_mut().flat_map(|means| &mut means.lines).for_each(|line| line.records.clear());
    }
    profiles
}

#[test]
fn law_1_rows_known_later_change_nothing() {
    let district = district();
    let later = as_of().number() + 1;
    let planted = rebuilt(&district.tables, |name, frame| {
        // Every row once more, but learnt a day too late, with its day and its amounts moved.
        let table = schema::table(name).unwrap();
        let mut copy = frame.clone();
        for column in table.columns() {
            let moved = match column.kind {
                _ if column.name == schema::KNOWN_AT => {
                    Column::new(column.name.into(), vec![later; copy.height()]).cast(&DataType::Date).unwrap()
                }
                ColumnKind::Money => {
                    let amounts = copy.column(column.name).unwrap().i64().unwrap().iter();
                    let moved: Int64Chunked = amounts.map(|fen| fen.map(|fen| fen * 7 + 100)).collect();
                    moved.with_name(column.name.into()).into_column()
                }
                _ => continue,
            };
            copy.with_column(moved).unwrap();
        }
        frame.vstack(&copy).unwrap()
    });
    let scored = score(&planted, &district.model);
    assert!(scored.scores.equals_missing(&district.scored.scores));
    assert_eq!(scored.profiles, district.scored.profiles);
    let params = TrainParams::standard().unwrap().folds(0);
    let (model, _) = params.train(&planted, as_of(), &Silent).unwrap();
    assert_eq!(model, district.model, "training must not see it either");
}

#[test]
fn law_5_base_and_dimensions_are_the_score() {
    let mut scored = 0;
    for profile in &district().scored.profiles {
        let Standing::Scored { any, .. } = &profile.standing else { continue };
        let points: i32 = profile.dimensions.iter().map(|dimension| dimension.points.0).sum();
        assert_eq!(any.base.0 + points, any.points.0, "{}", profile.entity);
        scored += 1;
    }
    assert!(scored > 100, "{scored}");
}

#[test]
fn law_6_neither_threads_nor_row_order_change_a_bit() {
    let district = district();
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = single.install(|| score(&district.tables, &district.model));
    assert!(alone.scores.equals_missing(&district.scored.scores));
    assert_eq!(alone.profiles, district.scored.profiles);
    let reversed = rebuilt(&district.tables, |_, frame| frame.reverse());
    let params = TrainParams::standard().unwrap().folds(0);
    let (model, _) = params.train(&reversed, as_of(), &Silent).unwrap();
    assert_eq!(model, district.model);
    let scored = score(&reversed, &model);
    assert!(scored.scores.equals_missing(&district.scored.scores));
    assert_eq!(without_records(&scored.profiles), without_records(&district.scored.profiles));
}

#[test]
fn law_7_a_debtor_nobody_was_asked_about_has_no_score() {
    let district = district();
    let court = ["parties", "cases", "case_parties"];
    let bare = rebuilt(&district.tables, |name, frame| if court.contains(&name) { frame } else { frame.head(Some(0)) });
    let scored = score(&bare, &district.model);
    assert!(scored.profiles.len() > 100);
    for profile in &scored.profiles {
        let Standing::Insufficient { known, needed } = &profile.standing else { panic!("{:?}", profile.standing) };
        assert!(known < needed);
        assert!(profile.dimensions.is_empty() && profile.reasons.is_empty(), "no points may be shown");
        assert!(!profile.worth.is_empty(), "it says whom to ask");
    }
    assert_eq!(scored.scores.column("any_points").unwrap().null_count(), scored.scores.height());
    assert_eq!(scored.scores.column("any_prob").unwrap().null_count(), scored.scores.height());
}

#[test]
fn law_9_a_model_and_a_profile_survive_their_files() {
    let district = district();
    let text = district.model.to_json().unwrap();
    let again = PerformanceModel::from_json(&text).unwrap();
    assert_eq!(again, district.model);
    assert!(score(&district.tables, &again).scores.equals_missing(&district.scored.scores));
    for profile in &district.scored.profiles {
        let line = serde_json::to_string(profile).unwrap();
        assert_eq!(&serde_json::from_str::<DebtorProfile>(&line).unwrap(), profile);
        let older = line.replacen("\"format_version\":2", "\"format_version\":1", 1);
        assert!(serde_json::from_str::<DebtorProfile>(&older).unwrap_err().to_string().contains("format 1"));
    }
    let older = text.replacen("\"format_version\": 2", "\"format_version\": 0", 1);
    let refusal = PerformanceModel::from_json(&older).unwrap_err().to_string();
    assert!(refusal.contains("performance model") && refusal.contains("found format version 0"), "{refusal}");
}

/// Whatever is changed in a model file, the file is refused, and named.
#[test]
fn a_changed_model_is_no_model() {
    let text = district().model.to_json().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let edited = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = document.clone();
        edit(&mut changed);
        assert_ne!(changed, document);
        changed.to_string()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.json");
    for (what, changed) in [
        ("grades", edited(&|model| model["scorer"]["grades"][0] = 0.7.into())),
        ("known share", edited(&|model| model["scorer"]["min_known_share"] = 0.1.into())),
        (
            "cards exchanged",
            edited(&|model| {
                let (any, full) = (model["any"].take(), model["full"].take());
                (model["any"], model["full"]) = (full, any);
            }),
        ),
        (
            "a feature of the catalog",
            edited(&|model| {
                model["catalog"]["features"].as_array_mut().unwrap().pop();
            }),
        ),
        ("rules", edited(&|model| model["rules_digest"] = "0".into())),
        ("digest", edited(&|model| model["digest"] = "0".into())),
        ("cut", text[..text.len() / 2].to_owned()),
        ("empty", String::new()),
    ] {
        std::fs::write(&path, changed).unwrap();
        let refusal = PerformanceModel::read(&path).unwrap_err().to_string();
        assert!(refusal.contains("model.json") && refusal.contains("as training wrote it"), "{what}: {refusal}");
    }
    std::fs::write(&path, &text).unwrap();
    assert_eq!(PerformanceModel::read(&path).unwrap(), district().model);
}

#[test]
fn all_is_never_likelier_than_any_and_numbers_are_masked() {
    for profile in &district().scored.profiles {
        if let Standing::Scored { any, full, .. } = &profile.standing {
            assert!(full.probability.value() <= any.probability.value(), "{}", profile.entity);
        }
        assert!(
            profile.masked_number.as_ref().is_none_or(|number| number.contains('*')),
            "{:?}",
            profile.masked_number
        );
        assert!(profile.masked_name.as_ref().is_none_or(|name| name.contains('*')), "{:?}", profile.masked_name);
    }
    let card = district().model.card(Event::Any);
    assert!(card.features().len() >= 10, "{} features", card.features().len());
    // A judge must defend each of them.
    assert!(Event::ALL.iter().all(|event| district().model.card(*event).features().len() <= 15));
}
