//! The additive learner: laws 5, 6 and 9, trends in shapes and grids, columns of every kind.

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::Error;
use wherewithal::domain::Share;
use wherewithal::explain;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{
    self, AdditiveParams, BinRange, BinningParams, ExclusionReason, Scorecard, ScorecardParams, SpecialCode, Target,
    Trend,
};
use wherewithal::score::{Scorer, ScorerParams};

/// A number from 0 to 1 that seems drawn.
pub(crate) fn chance(row: usize, salt: u64) -> f64 {
    let mut x = (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

const HOUSING: [&str; 5] = ["own", "rent", "family", "dormitory", "boat"];

/// Rows of three numbers with gaps and a code, and a category; income and debt act together.
#[derive(Debug, Clone)]
struct World {
    parties: Vec<i64>,
    income: Vec<Option<f64>>,
    debt: Vec<Option<f64>>,
    noise: Vec<f64>,
    housing: Vec<Option<&'static str>>,
    paid: Vec<bool>,
}

impl World {
    fn new(rows: usize, salt: u64) -> Self {
        let draw = |row: usize, of: u64| chance(row, salt.wrapping_mul(31).wrapping_add(of));
        let gap = |row: usize, of: u64, value: f64| (draw(row, of) > 0.07).then_some(value);
        let income = |row: usize| if draw(row, 8) < 0.05 { -99.0 } else { (draw(row, 1) * 60.0).round() };
        let odds = |row: usize| {
            let (income, debt) = (draw(row, 1), draw(row, 2));
            let together = if (income > 0.5) == (debt > 0.6) { 1.2 } else { -1.2 };
            let housing = [0.8, -0.6, 0.1, 0.0, 0.4][(draw(row, 3) * 5.0) as usize];
            2.0 * (income - 0.5) - 1.5 * (debt - 0.5) + together + housing
        };
        Self {
            parties: (0..rows as i64).collect(),
            income: (0..rows).map(|row| gap(row, 5, income(row))).collect(),
            debt: (0..rows).map(|row| gap(row, 6, (draw(row, 2) * 1e6).round())).collect(),
            noise: (0..rows).map(|row| draw(row, 4)).collect(),
            housing: (0..rows)
                .map(|row| (draw(row, 7) > 0.05).then_some(HOUSING[(draw(row, 3) * 5.0) as usize]))
                .collect(),
            paid: (0..rows).map(|row| draw(row, 9) < 1.0 / (1.0 + (-odds(row)).exp())).collect(),
        }
    }

    fn table(&self) -> FeatureTable {
        let columns = vec![
            Column::new("entity_id".into(), &self.parties),
            Column::new("income".into(), &self.income),
            Column::new("debt".into(), &self.debt),
            Column::new("noise".into(), &self.noise),
            Column::new("housing".into(), &self.housing),
        ];
        let frame = DataFrame::new(self.paid.len(), columns).unwrap();
        FeatureTable::from_frame(frame, &TableRoles::default().id("entity_id")).unwrap()
    }

    fn target(&self) -> Target {
        Target::new(self.paid.iter().copied()).unwrap()
    }
}

fn params() -> AdditiveParams {
    let codes = BinningParams::default().special_codes(vec![SpecialCode::Number(-99.0)]);
    let card = ScorecardParams::default().bin_feature("income", codes);
    AdditiveParams::default().card(card).bags(4).max_rounds(300)
}

/// With both numbers declared.
fn monotone() -> AdditiveParams {
    let params = params();
    let card = params.card.clone().expect_trend("income", Trend::Ascending).expect_trend("debt", Trend::Descending);
    params.card(card)
}

fn fitted(world: &World, params: &AdditiveParams) -> Scorecard {
    model::fit(&world.table(), &world.target(), params).unwrap()
}

/// The points of a feature between two neighbouring regular bins, beside every line of every pair, at their worst.
fn worst_step(card: &Scorecard, feature: &str, sign: i32) -> i32 {
    let part = card.feature(feature).unwrap();
    let ordered = part.map().bins.iter().take_while(|bin| matches!(bin.range, BinRange::Interval { .. })).count();
    let step = |bin: usize| {
        let alone = sign * (part.points()[bin] - part.points()[bin - 1]);
        let in_pairs: i32 = card
            .pairs()
            .iter()
            .filter_map(|pair| {
                let along = pair.features().iter().position(|name| *name == feature)?;
                let other = card.feature(pair.features()[1 - along]).unwrap();
                let points = |at: usize, beside: usize| {
                    let bins = if along == 0 { [Some(at), Some(beside)] } else { [Some(beside), Some(at)] };
                    pair.points_of(bins).0
                };
                (0..other.map().bins.len()).map(|beside| sign * (points(bin, beside) - points(bin - 1, beside))).min()
            })
            .sum();
        alone + in_pairs
    };
    (1..ordered).map(step).min().unwrap_or_default()
}

#[test]
fn finds_the_pair_that_acts_together() {
    let world = World::new(4_000, 1);
    let card = fitted(&world, &params());
    let names: Vec<String> = card.pairs().iter().map(model::ScorecardPair::name).collect();
    assert!(names.iter().any(|name| name.contains("income") && name.contains("debt")), "{names:?}");
    let range = |name: &str| card.feature(name).map_or(0, |feature| feature.range());
    assert!(["income", "debt", "housing"].into_iter().all(|name| range(name) > range("noise")));
    let alone = fitted(&world, &params().max_pairs(0));
    assert!(alone.pairs().is_empty());
    let auc = |card: &Scorecard| card.held_out().unwrap().auc.value;
    assert!(auc(&card) > auc(&alone) + 0.03, "{} {}", auc(&card), auc(&alone));
    // A grid is pure: under the features' own weights no line has a mean.
    let pair = &card.pairs()[0];
    assert!(pair.standard_errors().iter().any(|error| *error > 0.0));
    let [height, width] = pair.shape();
    assert_eq!(pair.points().len(), height * width);
}

#[test]
fn a_pair_or_a_feature_moves_to_sql_and_pmml_with_the_card() {
    let card = fitted(&World::new(4_000, 1), &params());
    let (sql, pmml) = (card.to_sql("rows"), card.to_pmml().unwrap());
    for pair in card.pairs() {
        assert!(sql.contains(&format!("points_{}", pair.features().join("_and_"))), "{sql}");
        assert!(pmml.contains(&format!("name=\"{}\"", pair.name())), "{pmml}");
    }
}

#[test]
fn order_of_rows_and_number_of_threads_change_no_bit() {
    let world = World::new(1_500, 3);
    let (table, target) = (world.table(), world.target());
    let card = model::fit(&table, &target, &params()).unwrap();
    let order: Vec<usize> = (0..1_500).map(|row| (row * 677 + 5) % 1_500).collect();
    let other = model::fit(&table.rows(&order).unwrap(), &target.rows(&order).unwrap(), &params()).unwrap();
    assert_eq!(card.to_json().unwrap(), other.to_json().unwrap());
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = single.install(|| model::fit(&table, &target, &params()).unwrap());
    assert_eq!(card.digest(), alone.digest());
}

#[test]
fn odd_columns_give_a_card_or_a_named_error() {
    let world = World::new(800, 4);
    let n = world.paid.len();
    let empty: Vec<Option<f64>> = vec![None; n];
    let columns = vec![
        Column::new("income".into(), &world.income),
        Column::new("income_again".into(), &world.income),
        Column::new("constant".into(), vec![7.0; n]),
        Column::new("empty".into(), &empty),
        Column::new("single".into(), vec!["one"; n]),
        Column::new("barely".into(), (0..n).map(|row| (row % 2 == 0).then_some("one")).collect::<Vec<_>>()),
    ];
    let frame = DataFrame::new(n, columns).unwrap();
    let table = FeatureTable::from_frame(frame, &TableRoles::default()).unwrap();
    let card = model::fit(&table, &world.target(), &params()).unwrap();
    for name in ["constant", "empty", "single"] {
        let reason = card.excluded().iter().find(|out| out.feature == name).map(|out| &out.reason);
        assert!(matches!(reason, Some(ExclusionReason::NoBins(_))), "{name}: {reason:?}");
    }
    let nothing = table.select(["constant", "empty"]).unwrap();
    let error = model::fit(&nothing, &world.target(), &params()).unwrap_err();
    assert!(matches!(&error, Error::TooLittle { .. }) && error.to_string().contains("constant"), "{error}");
    let one = Target::new((0..n).map(|row| row == 3)).unwrap();
    let error = model::fit(&table, &one, &params().bags(2)).unwrap_err();
    assert!(matches!(error, Error::TooLittle { .. }), "{error}");
    let peak = params().card(ScorecardParams::default().expect_trend("income", Trend::Peak));
    assert!(matches!(model::fit(&table, &world.target(), &peak), Err(Error::Setting { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn shapes_and_grids_keep_to_what_was_declared(salt in 0_u64..1_000_000, rows in 200_usize..900) {
        let world = World::new(rows, salt);
        let card = match model::fit(&world.table(), &world.target(), &monotone().pair_price(0.0)) {
            Ok(card) => card,
            Err(Error::TooLittle { .. }) => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        for (feature, sign) in [("income", 1), ("debt", -1)] {
            if card.feature(feature).is_some() {
                prop_assert!(worst_step(&card, feature, sign) >= 0, "{feature} {}", worst_step(&card, feature, sign));
            }
        }
    }

    #[test]
    fn points_of_features_and_pairs_add_up_to_the_score(salt in 0_u64..1_000_000) {
        let world = World::new(600, salt);
        let card = match model::fit(&world.table(), &world.target(), &params().pair_price(0.0)) {
            Ok(card) => card,
            Err(Error::TooLittle { .. }) => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        prop_assert_eq!(&Scorecard::from_json(&card.to_json().unwrap()).unwrap(), &card);
        // Rows that the card has never met, levels and gaps among them.
        let fresh = World::new(300, salt ^ 77);
        let table = fresh.table();
        let settings = ScorerParams::default().min_known_share(Share::new(0.0).unwrap());
        let kept = Scorer::with(&card, settings.keep_points(true)).unwrap().score(&table).unwrap();
        let plain = Scorer::with(&card, settings).unwrap().score(&table).unwrap();
        for row in 0..table.height() {
            let points = kept.feature_points(row).unwrap();
            prop_assert_eq!(points.len(), card.features().len() + card.pairs().len());
            let total = card.base_points().0 + points.iter().sum::<i32>();
            prop_assert_eq!(kept.score(row).unwrap().0, total);
            prop_assert_eq!(plain.score(row).unwrap().0, total);
            let why = explain::explain(&card, &table, row).unwrap();
            prop_assert_eq!(why.score.0, total);
            prop_assert_eq!(why.contributions.iter().map(|part| part.points.0).collect::<Vec<_>>(), points);
            let moved: i32 = why.contributions.iter().map(explain::Contribution::above_typical).sum();
            prop_assert_eq!(why.typical_score.0 + moved, total);
        }
        let reasons = kept.reasons(&table, &[0, 5], 3).unwrap();
        prop_assert!(reasons.height() <= 6);
    }
}
