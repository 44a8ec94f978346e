//! Bounds on bins (rows, events, number) for one feature.
//!
//! Where no bins satisfy all bounds, the error names those that bind: each is dropped in turn to see
//! whether bins exist without it.

use super::{BinningParams, Counts, Trend};
use crate::model::normal::normal_quantile;

/// The bounds on bins in absolute numbers, for one feature.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) trend: Trend,
    pub(crate) bins: (usize, usize),
    /// A bin must not reach across the end of a prebin that is marked.
    pub(crate) fixed: Vec<bool>,
    weight: (f64, f64),
    rows: f64,
    events: f64,
    non_events: f64,
    z: f64,
    difference: f64,
    finite: bool,
}

impl Limits {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    pub(crate) fn new(params: &BinningParams, total: &Counts, fixed: Vec<bool>) -> Self {
        Self {
            trend: params.trend,
            bins: (params.min_bins, params.max_bins),
            fixed,
            weight: (params.bin_share(total) * total.weight, params.max_bin_share * total.weight),
            rows: params.least_rows(),
            events: params.min_bin_events as f64,
            non_events: params.min_bin_non_events as f64,
            z: params.max_p_value.map_or(0.0, |p| normal_quantile(1.0 - p / 2.0)),
            difference: params.min_rate_difference,
            finite: params.prior(total) <= 0.0,
        }
    }

    pub(crate) fn with_trend(&self, trend: Trend) -> Self {
        Self { trend, ..self.clone() }
    }

    /// Whether a bin with these counts may stand.
    pub(crate) fn admits(&self, bin: &Counts) -> bool {
        let pure = bin.events == 0 || bin.non_events() == 0;
        (self.weight.0..=self.weight.1).contains(&bin.weight)
            && bin.weight > 0.0
            && bin.weight >= self.rows
            && bin.event_weight >= self.events
            && bin.non_event_weight() >= self.non_events
            && !(self.finite && pure)
    }

    /// Whether any test of two neighbouring bins beyond the trend is asked for.
    pub(crate) fn tests_neighbours(&self) -> bool {
        self.z > 0.0 || self.difference > 0.0
    }

    /// Whether two neighbouring bins differ enough.
    ///
    /// # Formula
    ///
    /// `z = |p₁ − p₂| / √(p (1 − p) (1/n₁ + 1/n₂))`, `p` the pooled rate, `n` effective rows.
    pub(crate) fn separates(&self, left: &Counts, right: &Counts) -> bool {
        let gap = (left.rate() - right.rate()).abs();
        if gap < self.difference {
            return false;
        }
        let (n1, n2) = (left.weight, right.weight);
        let pooled = (left.rate() * n1 + right.rate() * n2) / (n1 + n2);
        let spread = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
        self.z <= 0.0 || (gap > 0.0 && gap >= self.z * spread)
    }

    /// Each bound by name, beside the limits without it; only bounds that are in force.
    pub(crate) fn relaxations(&self) -> Vec<(&'static str, Self)> {
        let without = |change: fn(&mut Self)| {
            let mut limits = self.clone();
            change(&mut limits);
            limits
        };
        let all = [
            ("min_bins", self.bins.0 > 1, without(|l| l.bins.0 = 1)),
            ("max_bins", true, without(|l| l.bins.1 = usize::MAX)),
            ("min_bin_share", self.weight.0 > 0.0, without(|l| l.weight.0 = 0.0)),
            ("max_bin_share", true, without(|l| l.weight.1 = f64::INFINITY)),
            ("min_bin_rows", self.rows > 1.0, without(|l| l.rows = 1.0)),
            ("min_bin_events", self.events > 0.0, without(|l| l.events = 0.0)),
            ("min_bin_non_events", self.non_events > 0.0, without(|l| l.non_events = 0.0)),
            ("max_p_value", self.z > 0.0, without(|l| l.z = 0.0)),
            ("min_rate_difference", self.difference > 0.0, without(|l| l.difference = 0.0)),
            ("trend", self.trend != Trend::None, without(|l| l.trend = Trend::None)),
            ("splits", self.fixed.contains(&true), without(|l| l.fixed.fill(false))),
            ("prior_rows 0", self.finite, without(|l| l.finite = false)),
        ];
        all.into_iter().filter(|(_, in_force, _)| *in_force).map(|(name, _, limits)| (name, limits)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(params: &BinningParams) -> Limits {
        Limits::new(params, &Counts::new(1000, 300), vec![false, true])
    }

    fn loose() -> BinningParams {
        BinningParams::default().min_bin_share(0.0).min_bin_rows(0).prior_rows(1.0).trend(Trend::None).min_bins(1)
    }

    #[test]
    fn every_bound_holds_at_its_edge_and_not_beyond() {
        let bin = Counts::new(100, 40);
        for (params, is_admitted) in [
            (loose(), true),
            (loose().min_bin_share(0.1), true),
            (loose().min_bin_share(0.101), false),
            (loose().max_bin_share(0.1), true),
            (loose().max_bin_share(0.099), false),
            (loose().min_bin_rows(100), true),
            (loose().min_bin_rows(101), false),
            (loose().min_bin_events(40), true),
            (loose().min_bin_events(41), false),
            (loose().min_bin_non_events(60), true),
            (loose().min_bin_non_events(61), false),
        ] {
            assert_eq!(limits(&params).admits(&bin), is_admitted, "{params:?}");
        }
        for pure in [Counts::new(100, 0), Counts::new(100, 100)] {
            assert!(limits(&loose()).admits(&pure));
            assert!(!limits(&loose().prior_rows(0.0)).admits(&pure), "its evidence would be infinite");
        }
        assert!(limits(&loose().prior_rows(0.0)).admits(&bin));
        assert!(!limits(&loose()).admits(&Counts::default()));
    }

    #[test]
    fn neighbours_are_apart_by_a_difference_and_by_a_test_of_two_rates() {
        let (left, right) = (Counts::new(200, 60), Counts::new(300, 120));
        assert!(!limits(&loose()).tests_neighbours() && limits(&loose()).separates(&left, &left));
        // z = 0.1 / √(0.36 · 0.64 · (1/200 + 1/300)) = 2.2822, of which p = 0.02248.
        for (p, is_apart) in [(0.023, true), (0.022, false)] {
            let limits = limits(&loose().max_p_value(Some(p)));
            assert!(limits.tests_neighbours());
            assert_eq!((limits.separates(&left, &right), limits.separates(&right, &left)), (is_apart, is_apart), "{p}");
        }
        assert!(!limits(&loose().max_p_value(Some(0.5))).separates(&left, &left));
        for (difference, is_apart) in [(0.099, true), (0.101, false)] {
            let limits = limits(&loose().min_rate_difference(difference));
            assert!(limits.tests_neighbours());
            assert_eq!(limits.separates(&left, &right), is_apart, "{difference}");
        }
    }

    #[test]
    fn only_bounds_in_force_can_be_blamed() {
        let names = |params: &BinningParams, fixed: bool| {
            let limits = Limits { fixed: vec![fixed], ..limits(params) };
            limits.relaxations().into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(&loose(), false), ["max_bins", "max_bin_share"]);
        let tight = BinningParams::default()
            .min_bin_share(0.1)
            .min_bin_events(1)
            .min_bin_non_events(1)
            .max_p_value(Some(0.05))
            .min_rate_difference(0.01)
            .prior_rows(0.0);
        let all = [
            "min_bins",
            "max_bins",
            "min_bin_share",
            "max_bin_share",
            "min_bin_rows",
            "min_bin_events",
            "min_bin_non_events",
            "max_p_value",
            "min_rate_difference",
            "trend",
            "splits",
            "prior_rows 0",
        ];
        assert_eq!(names(&tight, true), all);
        assert_eq!(names(&loose().min_bin_rows(1), false), ["max_bins", "max_bin_share"], "a bin has a row anyway");
        let relaxed: Vec<Limits> = limits(&tight).relaxations().into_iter().map(|(_, limits)| limits).collect();
        assert_eq!((relaxed[0].bins, relaxed[1].bins), ((1, 10), (2, usize::MAX)));
    }
}
