//! Laws 5 (additivity), 6 (determinism) and 9 (round trip) on `model`, `score` and `explain`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "small numbers of rows")]

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::Error;
use wherewithal::domain::{Points, Share};
use wherewithal::explain;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{self, BinningParams, Scorecard, ScorecardParams, SpecialCode, Target, Unseen};
use wherewithal::score::{ScoreState, ScoreTable, Scorer, ScorerParams};

/// A small world: two numbers and a category, each with gaps, that decide the outcome in part.
#[derive(Debug, Clone)]
struct World {
    income: Vec<Option<f64>>,
    age: Vec<Option<f64>>,
    housing: Vec<Option<&'static str>>,
    paid: Vec<bool>,
}

const HOUSING: [&str; 6] = ["own", "rent", "family", "dormitory", "unknown code", "boat"];

fn world(rows: std::ops::Range<usize>) -> impl Strategy<Value = World> {
    let row = (0.0..100.0f64, 18.0..80.0f64, 0usize..6, 0.0..1.0f64, 0u8..10);
    proptest::collection::vec(row, rows).prop_filter_map("both classes", |rows| {
        let mut world = World { income: vec![], age: vec![], housing: vec![], paid: vec![] };
        for (income, age, housing, chance, gap) in rows {
            world.income.push(if gap == 0 { None } else { Some(if gap == 1 { -99.0 } else { income.round() }) });
            world.age.push((gap != 2).then_some(age));
            world.housing.push((gap != 3).then_some(HOUSING[housing]));
            world.paid.push(chance < 0.15 + income / 140.0 - f64::from(u8::from(housing == 1)) * 0.1);
        }
        let paid = world.paid.iter().filter(|paid| **paid).count();
        (paid > 20 && paid + 20 < world.paid.len()).then_some(world)
    })
}

impl World {
    fn table(&self) -> FeatureTable {
        let ids: Vec<i64> = (0..self.paid.len() as i64).collect();
        let columns = vec![
            Column::new("entity_id".into(), ids),
            Column::new("income".into(), &self.income),
            Column::new("age".into(), &self.age),
            Column::new("housing".into(), &self.housing),
        ];
        let frame = DataFrame::new(self.paid.len(), columns).unwrap();
        FeatureTable::from_frame(frame, &TableRoles::default().id("entity_id")).unwrap()
    }

    fn target(&self) -> Target {
        Target::new(self.paid.iter().copied()).unwrap()
    }
}

fn params() -> ScorecardParams {
    let income = BinningParams::default().special_codes(vec![SpecialCode::Number(-99.0)]).unseen(Unseen::Worst);
    ScorecardParams::default().bin_feature("income", income).calibration_folds(2)
}

/// A card on the world, unless chance left nothing to learn.
fn card(world: &World) -> Option<Scorecard> {
    match model::fit(&world.table(), &world.target(), &params()) {
        Ok(card) => Some(card),
        Err(Error::TooLittle { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

fn scores(card: &Scorecard, table: &FeatureTable) -> ScoreTable {
    let settings = ScorerParams::default().keep_points(true).min_known_share(Share::new(0.4).unwrap());
    Scorer::with(card, settings).unwrap().score(table).unwrap()
}

/// Everything a row got, with the bits of its floats.
fn bits(table: &ScoreTable, row: usize) -> (Option<Points>, Vec<i32>, Option<u64>, u64) {
    let probability = table.probability(row).map(|p| p.value().to_bits());
    (
        table.score(row),
        table.feature_points(row).unwrap().to_vec(),
        probability,
        table.known_share(row).unwrap().value().to_bits(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn law_5_contributions_add_up_to_the_score(world in world(150..400)) {
        let Some(card) = card(&world) else { return Ok(()) };
        let table = world.table();
        let scores = scores(&card, &table);
        for row in 0..table.height() {
            let points = scores.feature_points(row).unwrap();
            let total = card.base_points().0 + points.iter().sum::<i32>();
            prop_assert_eq!(scores.total_points(row), Some(Points(total)));

            let why = explain::explain(&card, &table, row).unwrap();
            prop_assert_eq!(why.score, Points(total));
            prop_assert_eq!(why.contributions.iter().map(|c| c.points.0).collect::<Vec<_>>(), points);
            let moved: i32 = why.contributions.iter().map(explain::Contribution::above_typical).sum();
            prop_assert_eq!(why.typical_score.0 + moved, total);
            prop_assert_eq!(Some(why.known_share), scores.known_share(row));
            prop_assert!(why.reasons(9).is_sorted_by(|a, b| a.above_typical.abs() >= b.above_typical.abs()));
        }
    }

    #[test]
    fn law_6_rows_score_alike_alone_in_any_order_and_on_any_number_of_threads(world in world(600..1300), seed in 1usize..1000) {
        let Some(card) = card(&world) else { return Ok(()) };
        let table = world.table();
        let all = scores(&card, &table);
        let order: Vec<usize> = (0..table.height()).map(|row| (row * 7919 + seed) % table.height()).collect();
        let shuffled = scores(&card, &table.rows(&order).unwrap());
        for (place, row) in order.iter().enumerate() {
            prop_assert_eq!(bits(&shuffled, place), bits(&all, *row));
        }
        for row in order.iter().take(20) {
            prop_assert_eq!(bits(&scores(&card, &table.rows(&[*row]).unwrap()), 0), bits(&all, *row));
        }
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let other = pool.install(|| scores(&card, &table));
            prop_assert!((0..table.height()).all(|row| bits(&other, row) == bits(&all, row)));
        }
    }

    #[test]
    fn law_6_a_card_does_not_depend_on_the_number_of_threads(world in world(150..400)) {
        let fitted = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| card(&world).map(|card| card.to_json().unwrap()))
        };
        prop_assert_eq!(fitted(1), fitted(4));
    }

    #[test]
    fn law_9_a_card_survives_its_stored_form(world in world(150..400)) {
        let Some(card) = card(&world) else { return Ok(()) };
        let text = card.to_json().unwrap();
        let again = Scorecard::from_json(&text).unwrap();
        prop_assert_eq!(&again, &card);
        prop_assert_eq!(again.to_json().unwrap(), text);
        let table = world.table();
        let (a, b) = (scores(&card, &table), scores(&again, &table));
        prop_assert!((0..table.height()).all(|row| bits(&a, row) == bits(&b, row)));
        let why = explain::explain(&card, &table, 0).unwrap();
        prop_assert_eq!(serde_json::from_str::<explain::Explanation>(&serde_json::to_string(&why).unwrap()).unwrap(), why);
    }
}

fn fixed_world() -> World {
    let n = 900;
    let income: Vec<f64> = (0..n).map(|row| f64::from(row % 90)).collect();
    World {
        paid: income.iter().enumerate().map(|(row, income)| *income > ((row * 31) % 120) as f64).collect(),
        income: income.into_iter().map(Some).collect(),
        age: (0..n).map(|row| Some(f64::from(row % 50))).collect(),
        housing: (0..n as usize).map(|row| Some(HOUSING[row % 3])).collect(),
    }
}

#[test]
fn a_card_of_another_format_or_with_changed_content_is_refused_by_name() {
    let text = card(&fixed_world()).unwrap().to_json().unwrap();
    // The format before knew not which numbers the fit met; a card without is written as it was.
    let before = text.replacen("\"format_version\": 4", "\"format_version\": 3", 1);
    assert!(before != text && Scorecard::from_json(&before).unwrap().to_json().unwrap() == text);
    let other = text.replacen("\"format_version\": 4", "\"format_version\": 99", 1);
    let Err(Error::Version { artifact, found, .. }) = Scorecard::from_json(&other) else { panic!("accepted") };
    assert_eq!((artifact.to_string().as_str(), found), ("scorecard", 99));
    let changed = text.replacen("\"base_points\": ", "\"base_points\": 1", 1);
    let error = Scorecard::from_json(&changed).unwrap_err().to_string();
    assert!(error.contains("digest"), "{error}");
    assert!(Scorecard::from_json("{}").is_err());
}

#[test]
fn law_7_what_is_unknown_makes_a_score_insufficient_not_low() {
    let card = card(&fixed_world()).unwrap();
    let unknown = World { income: vec![None], age: vec![None], housing: vec![None], paid: vec![true] };
    let scores = scores(&card, &unknown.table());
    assert_eq!((scores.state(0), scores.score(0), scores.probability(0)), (Some(ScoreState::Insufficient), None, None));
    let frame = scores.to_frame().unwrap();
    assert_eq!(frame.column("score_points").unwrap().null_count(), 1);
    assert_eq!(frame.get_column_names()[0], "entity_id");
}

#[test]
fn a_table_without_the_cards_features_is_refused() {
    let card = card(&fixed_world()).unwrap();
    let table = fixed_world().table();
    let scorer = Scorer::new(&card).unwrap();
    let error = scorer.score(&table.select(["age"]).unwrap()).unwrap_err().to_string();
    assert!(error.contains("income"), "{error}");
    let text = DataFrame::new(1, vec![Column::new("income".into(), ["much"])]).unwrap();
    let text = FeatureTable::from_frame(text, &TableRoles::default()).unwrap();
    assert!(scorer.score(&text).is_err() && explain::explain(&card, &text, 0).is_err());
}

#[test]
fn cross_validation_refits_everything_and_reports_each_fold() {
    let world = fixed_world();
    let folds: Vec<u32> = (0..900).map(|row| row % 5).collect();
    let report = model::validate(&world.table(), &world.target(), &folds, &params()).unwrap();
    assert_eq!((report.rows, report.folds.len()), (900, 5));
    assert!(report.auc.value > 0.75 && report.auc.standard_error < 0.03, "{:?}", report.auc);
    assert!(report.ece.value < 0.06, "{}", report.ece);
    let copy: model::ValidationReport = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(copy, report);
    assert!(model::validate(&world.table(), &world.target(), &[0; 900], &params()).is_err());
}

#[test]
fn points_stay_within_the_bound_reported() {
    let world = fixed_world();
    let card = card(&world).unwrap();
    let table = world.table();
    let scores = scores(&card, &table);
    for row in 0..table.height() {
        let exact: f64 = card
            .features()
            .iter()
            .zip(&explain::explain(&card, &table, row).unwrap().contributions)
            .map(|(feature, part)| part.bin.map_or(0.0, |bin| feature.log_odds()[bin]))
            .sum();
        let scale = card.scale();
        let unrounded = scale.base_points + scale.factor() * (card.intercept().value + exact);
        let score = f64::from(scores.total_points(row).unwrap().0);
        assert!((score - unrounded).abs() <= card.rounding().bound_points + 1e-9);
    }
}

/// A flag that is `Y` or blank, a constant with gaps, and a column of nothing but codes tell as much as others do.
#[test]
fn missing_values_and_codes_are_bins_toward_the_minimum() {
    let paid = |row: usize| (row * 7919) % 100 < if row.is_multiple_of(3) { 70 } else { 30 };
    let target = Target::new((0..600).map(paid)).unwrap();
    let flag: Vec<Option<&str>> = (0..600).map(|row| (row % 3 == 0).then_some("Y")).collect();
    let map = model::bin_levels("flag", &flag, &target, &BinningParams::default()).unwrap();
    assert_eq!(map.bins.len(), 2);
    assert!(map.information_value() > 0.6 && map.auc() > 0.65, "{} {}", map.information_value(), map.auc());

    let constant: Vec<f64> = (0..600).map(|row| if row % 3 == 0 { 1.0 } else { f64::NAN }).collect();
    let numbers = model::bin_numbers("constant", &constant, &target, &BinningParams::default()).unwrap();
    assert_eq!(
        numbers.bins.iter().map(|bin| bin.counts).collect::<Vec<_>>(),
        map.bins.iter().map(|bin| bin.counts).collect::<Vec<_>>()
    );

    let codes: Vec<f64> = (0..600).map(|row| (row % 3) as f64).collect();
    let special = (0..3).map(|code| SpecialCode::Number(f64::from(code))).collect();
    let params = BinningParams::default().special_codes(special);
    let coded = model::bin_numbers("codes", &codes, &target, &params).unwrap();
    assert_eq!((coded.bins.len(), coded.bin_of_number(1.0)), (3, Some(1)));
    assert_eq!(coded.bin_of_number(7.5), None, "a number never met among codes is unknown, not the first code");

    let alone = model::bin_levels("flag", &[Some("Y"); 600], &target, &BinningParams::default()).unwrap_err();
    assert!(alone.to_string().contains("min_bins"), "{alone}");
    let few: Vec<Option<&str>> = (0..600).map(|row| (row > 3).then_some("Y")).collect();
    assert!(model::bin_levels("flag", &few, &target, &BinningParams::default()).is_err(), "four rows are no bin");

    // On a card, in every form of it.
    let columns = vec![Column::new("codes".into(), &codes), Column::new("flag".into(), &flag)];
    let table = FeatureTable::from_frame(DataFrame::new(600, columns).unwrap(), &TableRoles::default()).unwrap();
    let card = model::fit(&table, &target, &ScorecardParams::default().bin_feature("codes", params)).unwrap();
    let table = FeatureTable::from_frame(
        DataFrame::new(2, vec![Column::new("codes".into(), [0.0, 7.5]), Column::new("flag".into(), [Some("Y"), None])])
            .unwrap(),
        &TableRoles::default(),
    )
    .unwrap();
    let scored = scores(&card, &table);
    for row in 0..2 {
        let why = explain::explain(&card, &table, row).unwrap();
        assert_eq!(scored.total_points(row), Some(why.score));
    }
}

/// Rows of weight 0 are as absent, and a fit knows the proportions of weights alone.
#[test]
fn weights_are_proportions_and_nothing_is_absent() {
    let world = fixed_world();
    let weights: Vec<f64> = (0..900).map(|row| f64::from(row % 4) * 0.3).collect();
    let card = |rows: &[usize], weights: &[f64]| {
        let table = world.table().rows(rows).unwrap();
        let target = world.target().rows(rows).unwrap().weights(weights).unwrap();
        model::fit(&table, &target, &params()).unwrap().to_json().unwrap()
    };
    let all: Vec<usize> = (0..900).collect();
    let weighted = card(&all, &weights);
    for scale in [10.0, 1000.0, 0.7] {
        let scaled: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        assert_eq!(card(&all, &scaled), weighted, "{scale}");
    }
    let (counting, heavy): (Vec<usize>, Vec<f64>) =
        weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0).map(|(row, weight)| (row, *weight)).unzip();
    assert_eq!(card(&counting, &heavy), weighted);

    let one = |weight: f64| card(&all, &[weight; 900]);
    let plain = model::fit(&world.table(), &world.target(), &params()).unwrap().to_json().unwrap();
    assert_eq!((one(1.0), one(20.0)), (plain.clone(), plain));
}

#[test]
fn no_row_of_weight_nothing_is_judged() {
    let world = fixed_world();
    let weights: Vec<f64> = (0..900).map(|row| f64::from(u8::from(row % 3 > 0))).collect();
    let target = world.target().weights(&weights).unwrap();
    let splits = model::Splits::folds(&target, 3, 1).unwrap();
    let held_out = model::cross_validate(&world.table(), &target, &splits, &params()).unwrap();
    assert_eq!(held_out.rows.len(), 600);
    assert!(held_out.rows.iter().all(|row| row % 3 > 0));
}
