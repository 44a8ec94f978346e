//! How steady a card is: which features rows drawn anew choose, and how far a feature may reach.

use polars::prelude::*;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{self, AdditiveParams, Learner, Scorecard, ScorecardParams, Target};

/// A repeatable number between 0 and 1.
fn chance(row: usize, salt: u64) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 53) as f64
}

fn table(columns: Vec<(&str, Vec<f64>)>) -> FeatureTable {
    let height = columns[0].1.len();
    let columns = columns.into_iter().map(|(name, values)| Column::new(name.into(), values)).collect();
    FeatureTable::from_frame(DataFrame::new(height, columns).unwrap(), &TableRoles::default()).unwrap()
}

/// One strong feature, one weak, four of noise.
fn noisy(n: usize) -> (FeatureTable, Target) {
    let of = |salt: u64| (0..n).map(|row| (20.0 * chance(row, salt)).floor()).collect::<Vec<f64>>();
    let (strong, weak) = (of(1), of(2));
    let event = |row: usize| chance(row, 9) < 0.15 + 0.03 * strong[row] + 0.006 * weak[row];
    let target = Target::new((0..n).map(event).collect::<Vec<_>>()).unwrap();
    let names = ["n0", "n1", "n2", "n3"];
    let noise = names.iter().zip(20..).map(|(name, salt)| (*name, of(salt)));
    (table([("strong", strong), ("weak", weak)].into_iter().chain(noise).collect()), target)
}

#[test]
fn rows_drawn_anew_choose_what_tells_and_seldom_what_does_not() {
    let (table, target) = noisy(900);
    let params = ScorecardParams::default();
    let card = model::fit(&table, &target, &params).unwrap();
    let found = card.stability(&table, &target, &params, 40).unwrap();
    assert_eq!((found.draws + found.failed, found.failed), (40, 0));
    assert_eq!(found, card.stability(&table, &target, &params, 40).unwrap(), "the seed alone decides");
    assert_ne!(found, card.stability(&table, &target, params.clone().seed(2), 40).unwrap());
    let chosen = |name: &str| found.features.iter().find(|f| f.feature == name).map_or(0, |f| f.chosen);
    assert_eq!(chosen("strong"), 40, "{found:?}");
    // A row that is drawn twice vouches for nothing on the other side of a fold.
    let noise: u32 = ["n0", "n1", "n2", "n3"].map(chosen).iter().sum();
    assert!(noise < 4 * 40 / 2 && noise < 4 * chosen("strong") / 2, "{found:?}");
    let own: Vec<&str> = card.features().iter().map(|feature| feature.name()).collect();
    let listed: Vec<&str> = found.features.iter().filter(|f| f.on_card).map(|f| f.feature.as_str()).collect();
    assert_eq!(own, listed);
    let additive = Learner::from(AdditiveParams::default().bags(2).max_rounds(20).max_pairs(0));
    let card = model::fit(&table, &target, &additive).unwrap();
    assert_eq!(card.stability(&table, &target, &additive, 3).unwrap().draws, 3);
    for draws in [0, 1_001] {
        let error = card.stability(&table, &target, &params, draws).unwrap_err().to_string();
        assert!(error.contains("1 to 1000"), "{error}");
    }
}

/// Two features that contradict each other: together they say much more than either alone.
fn suppressed(n: usize) -> (FeatureTable, Target) {
    let of = |salt: u64| (0..n).map(|row| (12.0 * chance(row, salt)).floor()).collect::<Vec<f64>>();
    let (base, apart) = (of(1), of(2));
    let mixed: Vec<f64> = base.iter().zip(&apart).map(|(a, b)| a + b).collect();
    let event =
        |row: usize| chance(row, 9) < 1.0 / (1.0 + (0.7 * (base[row] - 5.5) - 0.15 * (mixed[row] - 11.0)).exp());
    let target = Target::new((0..n).map(event).collect::<Vec<_>>()).unwrap();
    (table(vec![("base", base), ("mixed", mixed)]), target)
}

#[test]
fn no_feature_reaches_beyond_its_own_evidence_where_that_is_asked_for() {
    let (table, target) = suppressed(3_000);
    let free = model::fit(&table, &target, &ScorecardParams::default().expected_sign(false)).unwrap();
    let held = ScorecardParams::default().expected_sign(false).within_evidence(true);
    let held = model::fit(&table, &target, &held).unwrap();
    let own = |card: &Scorecard, name: &str| {
        let map = card.feature(name).unwrap().map();
        let woe = map.bins.iter().map(|bin| bin.woe);
        let (least, most) = woe.fold((f64::MAX, f64::MIN), |(least, most), woe| (least.min(woe), most.max(woe)));
        (most - least) * card.scale().factor()
    };
    let beyond = free.beyond_evidence();
    assert!(!beyond.is_empty(), "{:?}", free.features().iter().map(|f| f.coefficient().value).collect::<Vec<_>>());
    for found in &beyond {
        assert!((found.justified - own(&free, &found.feature)).abs() < 1e-9);
        assert!(f64::from(found.points) > found.justified + 1.0);
    }
    assert_eq!(held.beyond_evidence(), []);
    assert!(held.held_out().unwrap().auc.value > free.held_out().unwrap().auc.value - 0.05);
    assert_eq!(Scorecard::from_json(&held.to_json().unwrap()).unwrap(), held);
}
