//! Both learners are linfa classifiers.

use linfa::prelude::*;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1};
use wherewithal::Error;
use wherewithal::model::{AdditiveParams, Learner, ScorecardParams};

use crate::additive::chance;

fn dataset(rows: usize) -> Dataset<f64, f64, ndarray::Ix1> {
    let value = |row: usize, column: usize| (chance(row, column as u64) * 100.0).round();
    let records =
        Array2::from_shape_fn(
            (rows, 3),
            |(row, column)| {
                if (row + column) % 17 == 0 { f64::NAN } else { value(row, column) }
            },
        );
    let paid = |row: usize| value(row, 0) + value(row, 1) / 2.0 > chance(row, 9) * 150.0;
    Dataset::new(records, Array1::from_shape_fn(rows, |row| f64::from(u8::from(paid(row)))))
}

fn learners() -> [Learner; 2] {
    [ScorecardParams::default().into(), AdditiveParams::default().bags(3).max_rounds(200).into()]
}

/// The share of pairs of an event and another row that stand in the right order.
fn auc(predicted: &Array1<f64>, truth: &ArrayView1<'_, f64>) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for (p, happened) in predicted.iter().zip(truth) {
        for (q, other) in predicted.iter().zip(truth) {
            if happened > other {
                all += 1.0;
                right += if p > q { 1.0 } else { f64::from(u8::from(p == q)) / 2.0 };
            }
        }
    }
    right / all
}

#[test]
fn linfas_own_cross_validation_runs_on_both() {
    let mut data = dataset(900);
    let found: Array1<f64> = data
        .cross_validate_single::<_, Error, _, f64, _>(3, &learners(), |predicted, truth| Ok(auc(predicted, truth)))
        .unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|auc| (0.7..1.0).contains(auc)), "{found}");
}

#[test]
fn predicts_probabilities_and_classes_under_the_given_names() {
    let data = dataset(600).with_feature_names(vec!["income", "rent", "noise"]);
    for learner in learners() {
        let fitted = learner.fit(&data).unwrap();
        let probabilities: Array1<f64> = fitted.predict(&data);
        let classes: Array1<bool> = fitted.predict(&data);
        let linfas: Array1<Pr> = fitted.predict(&data);
        assert_eq!(fitted.card().features()[0].name(), "income");
        for ((p, class), pr) in probabilities.iter().zip(&classes).zip(&linfas) {
            assert!(*class == (*p >= 0.5) && (f64::from(**pr) - p).abs() < 1e-6);
        }
    }
}

#[test]
fn the_weights_of_a_dataset_count() {
    let data = dataset(600);
    let half = |row: usize| if row < 300 { 1.0 } else { 0.0 };
    let weighted = data.clone().with_weights(Array1::from_shape_fn(600, half));
    let (first, _) = data.split_with_ratio(0.5);
    for learner in learners() {
        let by_weight = learner.fit(&weighted).unwrap();
        let by_rows = learner.fit(&first).unwrap();
        assert_eq!(by_weight.card().digest(), by_rows.card().digest(), "{}", learner.name());
    }
}

#[test]
fn settings_are_checked_and_targets_are_yes_or_no() {
    let data = dataset(200);
    for learner in [Learner::from(ScorecardParams::default().l2(-1.0)), AdditiveParams::default().bags(1).into()] {
        assert!(matches!(learner.check_ref(), Err(Error::Setting { .. })));
        assert!(matches!(learner.fit(&data), Err(Error::Setting { .. })));
    }
    let amounts = Dataset::new(data.records.clone(), Array1::from_elem(200, 0.5));
    assert!(matches!(learners()[0].fit(&amounts), Err(Error::Table { .. })));
}
