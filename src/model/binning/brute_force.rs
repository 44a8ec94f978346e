//! The optimum by trying every partition, against the dynamic programs.

use proptest::prelude::*;

use super::grid::Grid;
use super::woe::Yardstick;
use super::{BinningParams, Counts, Divergence, Limits, Trend, curvature, optimal};

const TRENDS: [Trend; 7] =
    [Trend::None, Trend::Ascending, Trend::Descending, Trend::Peak, Trend::Valley, Trend::Concave, Trend::Convex];

fn follows(trend: Trend, rates: &[f64]) -> bool {
    let rising = |rates: &[f64]| rates.is_sorted();
    let falling = |rates: &[f64]| rates.is_sorted_by(|a, b| a >= b);
    let bend = |sign: f64| rates.windows(3).all(|r| sign * (2.0 * r[1] - r[0] - r[2]) >= -1e-12);
    let turn = |first: &dyn Fn(&[f64]) -> bool, second: &dyn Fn(&[f64]) -> bool| {
        (0..rates.len()).any(|top| first(&rates[..=top]) && second(&rates[top..]))
    };
    match trend {
        Trend::None | Trend::Auto => true,
        Trend::Ascending => rising(rates),
        Trend::Descending => falling(rates),
        Trend::Peak => turn(&rising, &falling),
        Trend::Valley => turn(&falling, &rising),
        Trend::Concave => bend(1.0),
        Trend::Convex => bend(-1.0),
    }
}

/// The best value over all 2^(n−1) partitions.
fn exhaustive(prebins: &[Counts], limits: &Limits, yardstick: &Yardstick, penalty: f64) -> Option<f64> {
    let n = prebins.len();
    let mut best: Option<f64> = None;
    for mask in 0..1u32 << (n - 1) {
        let mut bins = vec![prebins[0]];
        let mut straddles = false;
        for (i, prebin) in prebins.iter().enumerate().skip(1) {
            if mask >> (i - 1) & 1 == 1 {
                bins.push(*prebin);
            } else {
                straddles |= limits.fixed.get(i - 1).copied().unwrap_or(false);
                let last = bins.last_mut().unwrap();
                *last = *last + *prebin;
            }
        }
        let rates: Vec<f64> = bins.iter().map(Counts::rate).collect();
        let fits = !straddles
            && (limits.bins.0..=limits.bins.1).contains(&bins.len())
            && bins.iter().all(|bin| limits.admits(bin))
            && bins.windows(2).all(|pair| limits.separates(&pair[0], &pair[1]))
            && follows(limits.trend, &rates);
        if fits {
            let value = bins.iter().map(|bin| yardstick.value(bin) - penalty).sum();
            best = Some(best.map_or(value, |best: f64| best.max(value)));
        }
    }
    best
}

fn prebins() -> impl Strategy<Value = Vec<Counts>> {
    let prebin = (1u64..60, 0u64..=100);
    let count = |(rows, percent): (u64, u64)| Counts::new(rows, rows * percent / 100);
    proptest::collection::vec(prebin.prop_map(count), 2..10).prop_filter("both classes", |prebins| {
        let total: Counts = prebins.iter().copied().sum();
        total.events > 0 && total.non_events() > 0
    })
}

fn params() -> impl Strategy<Value = BinningParams> {
    let divergences = [Divergence::InformationValue, Divergence::JensenShannon, Divergence::Hellinger];
    let bounds = (1usize..4, 0usize..5, prop_oneof![Just(0.0), 0.0..0.3f64], prop_oneof![Just(1.0), 0.4..1.0f64]);
    let floors = (0u64..4, 0u64..4, proptest::option::of(0.01..0.6f64), prop_oneof![Just(0.0), 0.0..0.2f64]);
    let costs = (prop_oneof![Just(0.0), 0.0..2.0f64], prop_oneof![Just(0.0), Just(2.0)]);
    (proptest::sample::select(divergences.to_vec()), bounds, floors, costs).prop_map(|(divergence, b, f, c)| {
        BinningParams::default()
            .divergence(divergence)
            .min_bins(b.0)
            .max_bins(b.0 + b.1)
            .min_bin_share(b.2)
            .max_bin_share(b.3)
            .min_bin_rows(0)
            .min_bin_events(f.0)
            .min_bin_non_events(f.1)
            .max_p_value(f.2)
            .min_rate_difference(f.3)
            .noise_penalty(c.0)
            .prior_rows(c.1)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_partition_beats_the_dynamic_program(prebins in prebins(), params in params(), fixed in 0u32..64) {
        let total: Counts = prebins.iter().copied().sum();
        let yardstick = Yardstick::new(total, &params);
        let penalty = params.noise_penalty * yardstick.noise();
        let fixed: Vec<bool> = (0..prebins.len()).map(|i| fixed % 3 == 0 && fixed >> i & 1 == 1).collect();
        for trend in TRENDS {
            let limits = Limits::new(&params.clone().trend(trend), &total, fixed.clone());
            let grid = Grid::new(&prebins, &limits, &yardstick, penalty);
            let found = match trend {
                Trend::Concave | Trend::Convex => curvature::solve(&grid, &limits),
                _ => optimal::solve(&grid, &limits),
            };
            let best = exhaustive(&prebins, &limits, &yardstick, penalty);
            prop_assert_eq!(found.is_some(), best.is_some(), "{:?}", trend);
            if let (Some(found), Some(best)) = (found, best) {
                prop_assert!((found.value - best).abs() < 1e-9, "{:?}: {} against {}", trend, found.value, best);
                prop_assert_eq!(found.ends.last(), Some(&(prebins.len() - 1)));
            }
        }
    }
}
