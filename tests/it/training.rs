//! Training from codes of one byte: the same card as from numbers where both apply, the same bits however the rows are
//! cut.

use polars::prelude::*;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::ingest::IngestReport;
use wherewithal::model::{self, CodedPart, CodedTable, Coder, ScorecardParams, SpecialCode, Target};
use wherewithal::pipeline::TrainParams;
use wherewithal::progress::Silent;
use wherewithal::store::{Store, StoreParams};

use super::pipeline::{as_of, district};

/// Whole numbers of few and of many distinct values, one with a special code, some unknown, and two columns of text.
fn sample(rows: usize, distinct: u64) -> (FeatureTable, Target) {
    let mut state = 11_u64;
    let mut draw = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut columns: Vec<Vec<Option<f64>>> = vec![Vec::new(); 12];
    let (mut work, mut street) = (Vec::new(), Vec::new());
    let mut events = Vec::new();
    for _ in 0..rows {
        let mut odds = -3.0;
        for (at, column) in columns.iter_mut().enumerate() {
            let value = draw(distinct);
            odds += value as f64 / distinct as f64 * at as f64 / 8.0;
            column.push(match draw(20) {
                0 => None,
                1 if at == 3 => Some(-9.0),
                _ => Some(value as f64 - 40.0),
            });
        }
        let job = draw(6);
        odds += job as f64 / 4.0;
        work.push((job > 0).then(|| format!("work {job}")));
        // Three levels out of four are met once or twice.
        street.push(Some(if draw(4) == 0 {
            format!("street {}", draw(rows as u64))
        } else {
            format!("road {}", draw(9))
        }));
        events.push((draw(1_000_000) as f64) < 1e6 / (1.0 + f64::exp(-odds)));
    }
    let mut frame: Vec<Column> =
        columns.into_iter().enumerate().map(|(at, values)| Column::new(format!("x{at:02}").into(), values)).collect();
    frame.push(Column::new("work".into(), work));
    frame.push(Column::new("street".into(), street));
    let frame = DataFrame::new(rows, frame).unwrap();
    (FeatureTable::from_frame(frame, &TableRoles::default()).unwrap(), Target::new(events).unwrap())
}

fn params() -> ScorecardParams {
    let codes = ScorecardParams::default().binning.special_codes(vec![SpecialCode::Number(-9.0)]);
    ScorecardParams::default().bin_feature("x03", codes)
}

/// Bins, coefficients and points of a card, without its calibrator.
fn fitted(card: &model::Scorecard) -> String {
    format!("{:?} {:?} {:?} {:?}", card.base_points(), card.intercept(), card.features(), card.excluded())
}

#[test]
fn codes_teach_what_numbers_teach_where_each_code_is_one_value() {
    let (table, target) = sample(3_000, 200);
    let few: Vec<&str> = table.names().filter(|name| *name != "street").collect();
    let table = table.select(few).unwrap();
    for params in [params(), params().stiffness(None).expected_sign(false), params().cross_fit_folds(0)] {
        let exact = model::fit(&table, &target, &params).unwrap();
        let coded = CodedTable::new(&table, &params).unwrap();
        let fit = model::fit_coded(&coded, &target, 5, &params).unwrap();
        assert!(fit.card.features().len() > 5, "{}", fit.card.features().len());
        assert_eq!(fitted(&fit.card), fitted(&exact));
        // Other folds calibrate and validate, so these are close and not the same.
        let (ours, theirs) = (fit.card.held_out().unwrap().auc, exact.held_out().unwrap().auc);
        assert!((ours.value - theirs.value).abs() < 2.0 * theirs.standard_error, "{ours:?} {theirs:?}");
        let validated = fit.cross_validated.unwrap();
        assert!((validated.auc.value - theirs.value).abs() < 2.0 * theirs.standard_error, "{:?}", validated.auc);
        assert_eq!((validated.rows, validated.folds.len()), (3_000, 5));
    }
}

#[test]
fn the_number_of_features_is_the_fewest_that_loses_nothing() {
    let (table, target) = sample(3_000, 200);
    let params = params().sizes([12, 1, 4, 8]);
    let coded = CodedTable::new(&table, &params).unwrap();
    let of_numbers = |params: &ScorecardParams| model::fit(&table, &target, params).unwrap();
    let of_codes = |params: &ScorecardParams| model::fit_coded(&coded, &target, 5, params).unwrap().card;
    let fits: [&dyn Fn(&ScorecardParams) -> model::Scorecard; 2] = [&of_numbers, &of_codes];
    for fit in fits {
        let card = fit(&params);
        let path = card.path().unwrap();
        assert_eq!(path.points.iter().map(|point| point.features).collect::<Vec<_>>(), [1, 4, 8, 12]);
        let enough = path.points.iter().find(|point| point.above_least.value <= point.above_least.standard_error);
        assert_eq!(Some(path.chosen), enough.map(|point| point.features));
        // One feature of this sample says too little, so the choice is one.
        assert!(path.chosen > 1 && path.points[0].auc.value < path.points[1].auc.value, "{path:?}");
        let asked = fit(&params.clone().sizes([]).max_features(path.chosen));
        assert_eq!((fitted(&card), card.calibrator()), (fitted(&asked), asked.calibrator()));
        assert!(asked.path().is_none());
    }
    assert!(params.clone().sizes([0]).check().is_err() && params.calibration_folds(0).check().is_err());
}

#[test]
fn runs_of_many_values_cost_no_accuracy() {
    let (table, target) = sample(6_000, 5_000);
    let params = params();
    let exact = model::fit(&table, &target, &params).unwrap();
    let coded = CodedTable::new(&table, &params).unwrap();
    let fit = model::fit_coded(&coded, &target, 0, &params).unwrap();
    assert!(fit.cross_validated.is_none());
    let (ours, theirs) = (fit.card.held_out().unwrap().auc, exact.held_out().unwrap().auc);
    assert!((ours.value - theirs.value).abs() < theirs.standard_error, "{ours:?} {theirs:?}");
    // The rows of the fit have the bins of their values: scored from numbers they get the same.
    let scorer = wherewithal::score::Scorer::new(&fit.card).unwrap().score(&table).unwrap();
    let probabilities = coded.probabilities(&fit.card);
    for row in 0..table.height() {
        if let Some(probability) = scorer.probability(row) {
            assert_eq!(probability.value().to_bits(), probabilities[row].to_bits(), "row {row}");
        }
    }
}

#[test]
fn a_table_in_parts_has_the_codes_of_the_whole() {
    let (table, target) = sample(7_000, 100_000);
    let params = params();
    let whole = CodedTable::new(&table, &params).unwrap();
    for cuts in [vec![0, 7_000], vec![0, 10, 3_000, 3_001, 7_000], (0..=70).map(|part| part * 100).collect()] {
        let mut parts: Vec<(usize, FeatureTable)> =
            cuts.windows(2).map(|cut| (cut[0], table.rows(&(cut[0]..cut[1]).collect::<Vec<_>>()).unwrap())).collect();
        // They come in any order.
        parts.reverse();
        let middle = parts.len() / 2;
        parts.rotate_left(middle);
        let mut coder = Coder::default();
        let mut rows = vec![(0, 0); table.height()];
        for (first, part) in parts {
            let place = coder.push(CodedPart::new(&part, &params).unwrap()).unwrap();
            (0..part.height()).for_each(|row| rows[first + row] = (place as u32, row as u32));
        }
        assert!(coder.finish(&rows).unwrap() == whole, "{} parts", cuts.len() - 1);
    }
    let picked = whole.rows(&[5, 3]);
    assert_eq!((picked.height(), picked.width()), (2, 14));
    let wrong = model::fit_coded(&whole, &target.clone().weights(&vec![2.0; 7_000]).unwrap(), 5, &params);
    assert!(wrong.unwrap_err().to_string().contains("weights"));
    assert!(model::fit_coded(&picked, &target, 5, &params).is_err());
}

#[test]
fn a_store_in_any_number_of_buckets_and_threads_teaches_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let tables = &district().tables;
    let params = TrainParams::standard().unwrap().exact_samples(0);
    let (expected, report) = params.clone().threads(1).train(tables, as_of(), &Silent).unwrap();
    assert!(report.coded && report.any.cross_validated.is_some() && report.full.out_of_time.is_some());
    assert!(report.samples > 1_000 && report.any.events > 500, "{report:?}");
    for (buckets, threads) in [(1, 3), (8, 2), (64, 1), (64, 3)] {
        let store = folder.path().join(format!("{buckets}-{threads}"));
        let filling = StoreParams::default().buckets(buckets);
        let store = Store::keep(&store, tables, &IngestReport::default(), &filling, &Silent).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let params = params.clone().threads(threads);
        let (model, again) = pool.install(|| params.train(&store, as_of(), &Silent)).unwrap();
        assert_eq!(again, report, "{buckets} buckets, {threads} threads");
        assert_eq!(model.to_json().unwrap(), expected.to_json().unwrap(), "{buckets} buckets, {threads} threads");
    }
}
