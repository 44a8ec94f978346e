//! How long each piece of work takes, as a line of JSON for `speed.py`.

use std::fs::File;
use std::time::Instant;

use polars::prelude::*;
use rayon::prelude::*;
use wherewithal::features::{FeatureColumn, FeatureTable, TableRoles};
use wherewithal::model::{
    self, AdditiveParams, BinningParams, ScorecardParams, SpecialCode, Target, bin_levels, bin_numbers,
};
use wherewithal::score::Scorer;

const ROUNDS: usize = 3;
/// Of the additive learner, as in `ebm.py`.
const BAGS: u32 = 8;
const BOOSTING_ROUNDS: u32 = 300;
const PAIRS: usize = 10;

/// Prints the seconds of each round; the last path is what is worked on, one before it is what is learnt from.
pub fn measure(work: &str, paths: &[&str]) {
    let (table, target) = read(paths[paths.len() - 1]);
    let binning = BinningParams::default().special_codes(vec![SpecialCode::Number(-999.0)]);
    let params = ScorecardParams::default().binning(binning.clone()).calibration_folds(0);
    let seconds = match work {
        "bin" => rounds(|| bin_all(&table, &target, &binning)),
        "fit" => rounds(|| model::fit(&table, &target, &params).unwrap().features().len()),
        // As often as `ebm.py` asks its peer to: no bag stops early.
        "boost" => rounds(|| model::fit(&table, &target, boosted(&params)).unwrap().features().len()),
        "pairs" | "no-pairs" => {
            let (learnt, happened) = read(paths[0]);
            let pairs = if work == "pairs" { PAIRS } else { 0 };
            let card = model::fit(&learnt, &happened, boosted(&params).max_pairs(pairs).pair_price(0.0)).unwrap();
            let found = card.pairs().len();
            assert!(found <= pairs && (pairs == 0 || found > 0), "{found} pairs");
            let scorer = Scorer::new(&card).unwrap();
            rounds(|| scorer.score(&table).unwrap().height())
        }
        "logistic" => rounds(|| model::fit(&table, &target, plain(table.width())).unwrap().features().len()),
        _ => {
            let (learnt, happened) = read(paths[0]);
            let keep_all = params.max_correlation(1.0).max_vif(1e9).expected_sign(false).cross_fit_folds(0);
            let card = model::fit(&learnt, &happened, &keep_all).unwrap();
            assert_eq!(card.features().len(), learnt.width());
            let scorer = Scorer::new(&card).unwrap();
            rounds(|| scorer.score(&table).unwrap().height())
        }
    };
    println!("{}", serde_json::json!({ "work": work, "rows": table.height(), "seconds": seconds }));
}

fn rounds(work: impl Fn() -> usize) -> Vec<f64> {
    let one = |_| {
        let started = Instant::now();
        assert!(work() > 0);
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(one).collect()
}

/// Every column but `y`, `t` and `p_true` is a feature.
fn read(path: &str) -> (FeatureTable, Target) {
    let frame = ParquetReader::new(File::open(path).unwrap()).finish().unwrap();
    let events = frame.column("y").unwrap().cast(&DataType::Float64).unwrap();
    let target = Target::new(events.f64().unwrap().iter().map(|y| y == Some(1.0))).unwrap();
    let drop = ["y", "t", "p_true"].into_iter().filter(|name| frame.column(name).is_ok()).collect::<Vec<_>>();
    (FeatureTable::from_frame(frame, &TableRoles::default().drop(drop)).unwrap(), target)
}

fn bin_all(table: &FeatureTable, target: &Target, params: &BinningParams) -> usize {
    let names: Vec<&str> = table.names().collect();
    let bins = |name: &&str| match table.column(name).unwrap() {
        FeatureColumn::Numeric(values) => bin_numbers(name, &values, target, params).unwrap().bins.len(),
        FeatureColumn::Text(values) => bin_levels(name, &values, target, params).unwrap().bins.len(),
    };
    names.par_iter().map(bins).sum()
}

/// So many bags, rounds and pairs, whatever the rows held out say.
fn boosted(card: &ScorecardParams) -> AdditiveParams {
    AdditiveParams::default()
        .card(card.clone())
        .bags(BAGS)
        .max_rounds(BOOSTING_ROUNDS)
        .patience(BOOSTING_ROUNDS)
        .max_pairs(PAIRS)
}

/// A matrix of weights of evidence taken as it is: each value a bin, no selection, one regression.
fn plain(width: usize) -> ScorecardParams {
    let binning = BinningParams::default()
        .noise_penalty(0.0)
        .trend_price(0.0)
        .min_bin_share(0.0)
        .min_bin_rows(1)
        .max_bins(256)
        .max_prebins(256);
    ScorecardParams::default()
        .binning(binning)
        .max_features(width)
        .max_correlation(1.0)
        .max_vif(f64::MAX)
        .expected_sign(false)
        .cross_fit_folds(0)
        .calibration_folds(0)
        .stiffness(None)
        .l2(1.0)
}
