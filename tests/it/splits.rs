//! However rows are split, no party is on both sides and no row is judged twice.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wherewithal::model::{Splits, Target};

/// Rows of few parties, with months and outcomes.
fn rows() -> impl Strategy<Value = Vec<(u64, u32, bool)>> {
    proptest::collection::vec((0u64..25, 0u32..12, any::<bool>()), 30..200)
        .prop_filter("both outcomes", |rows| rows.iter().any(|row| row.2) && rows.iter().any(|row| !row.2))
}

fn sound(splits: &Splits, rows: &[(u64, u32, bool)]) -> Result<BTreeSet<usize>, TestCaseError> {
    let mut judged = BTreeSet::new();
    for split in splits.splits() {
        let parties = |side: &[usize]| side.iter().map(|row| rows[*row].0).collect::<BTreeSet<u64>>();
        prop_assert!(parties(&split.train).is_disjoint(&parties(&split.test)));
        prop_assert!(split.test.iter().all(|row| judged.insert(*row)), "judged twice");
        prop_assert!(!split.train.is_empty() && split.test.is_sorted() && split.train.is_sorted());
    }
    Ok(judged)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_party_is_on_both_sides(rows in rows(), folds in 2u32..6, seed in 0u64..50, share in 0.05..0.6f64) {
        let groups: Vec<u64> = rows.iter().map(|row| row.0).collect();
        let months: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let target = Target::new(rows.iter().map(|row| row.2)).unwrap().groups(&groups).unwrap();

        if let Ok(splits) = Splits::folds(&target, folds, seed) {
            prop_assert_eq!(sound(&splits, &rows)?.len(), rows.len(), "every row is judged");
            prop_assert_eq!(splits.splits().len(), folds as usize);
        }
        if let Ok(splits) = Splits::drawn(&target, share, seed) {
            let judged = sound(&splits, &rows)?;
            prop_assert_eq!(splits.splits()[0].train.len() + judged.len(), rows.len(), "whole parties are drawn");
        }
        if let Ok(splits) = Splits::latest(&target, &months, share) {
            let judged = sound(&splits, &rows)?;
            let from = judged.iter().map(|row| months[*row]).min().unwrap();
            prop_assert!((0..rows.len()).all(|row| judged.contains(&row) == (months[row] >= from)));
            prop_assert!(splits.splits()[0].train.iter().all(|row| months[*row] < from), "nothing later is learnt from");
        }
    }

    #[test]
    fn labels_that_part_a_party_are_refused(rows in rows(), labels in proptest::collection::vec(0u32..3, 200)) {
        let groups: Vec<u64> = rows.iter().map(|row| row.0).collect();
        let labels = &labels[..rows.len()];
        let target = Target::new(rows.iter().map(|row| row.2)).unwrap().groups(&groups).unwrap();
        let mut of_party: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
        for (group, label) in groups.iter().zip(labels) {
            of_party.entry(*group).or_default().insert(*label);
        }
        let parted = of_party.values().any(|labels| labels.len() > 1);
        match Splits::labels(&target, labels) {
            Ok(splits) => prop_assert!(!parted && sound(&splits, &rows)?.len() == rows.len()),
            Err(error) => prop_assert!(parted && error.to_string().contains("every group in one fold")),
        }
    }
}
