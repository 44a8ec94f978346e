//! Weight of evidence and information value.
//!
//! A bin of ten rows without an event would have infinite evidence. Prior rows at the overall rate pull
//! small bins towards 0, and large ones hardly at all.

use super::{BinningParams, Counts, Divergence};

/// What a bin's weight of evidence is measured against.
///
/// # Formula
///
/// `WoE = ln((e + a·π) / (n + a·(1 − π))) − ln(E / N)` with `e`, `n` the bin's weighted events and non-events, `E`, `N`
/// the totals, `π = E / (E + N)` and `a` the prior rows. An empty bin has weight of evidence 0; a higher one speaks for
/// the event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yardstick {
    total: Counts,
    prior_rows: f64,
    divergence: Divergence,
}

impl Yardstick {
    pub(crate) fn new(total: Counts, params: &BinningParams) -> Self {
        Self { total, prior_rows: params.prior(&total), divergence: params.divergence }
    }

    pub(crate) fn total(&self) -> &Counts {
        &self.total
    }

    /// Weight of evidence; infinite for a pure bin without prior rows.
    pub(crate) fn woe(&self, bin: &Counts) -> f64 {
        let rate = self.total.rate();
        let events = bin.event_weight + self.prior_rows * rate;
        let others = bin.non_event_weight() + self.prior_rows * (1.0 - rate);
        if bin.weight > 0.0 {
            (events / others).ln() - (self.total.event_weight / self.total.non_event_weight()).ln()
        } else {
            0.0
        }
    }

    /// A bin's part of the information value.
    pub(crate) fn information(&self, bin: &Counts) -> f64 {
        let (p, q) = self.shares(bin);
        (p - q) * self.woe(bin)
    }

    /// A bin's part of the divergence that is maximised.
    pub(crate) fn value(&self, bin: &Counts) -> f64 {
        let (p, q) = self.shares(bin);
        let half = |share: f64| if share > 0.0 { 0.5 * share * (2.0 * share / (p + q)).ln() } else { 0.0 };
        match self.divergence {
            Divergence::InformationValue => self.information(bin),
            Divergence::JensenShannon => half(p) + half(q),
            Divergence::Hellinger => 0.5 * (p.sqrt() - q.sqrt()).powi(2),
        }
    }

    /// What one further bin adds to the divergence by noise alone, on average.
    ///
    /// The information value of bins that differ by chance is about χ² / (E N / (E + N)); the other divergences are an
    /// eighth of it to second order.
    pub(crate) fn noise(&self) -> f64 {
        let information = 1.0 / self.total.event_weight.max(1.0) + 1.0 / self.total.non_event_weight().max(1.0);
        match self.divergence {
            Divergence::InformationValue => information,
            Divergence::JensenShannon | Divergence::Hellinger => information / 8.0,
        }
    }

    fn shares(&self, bin: &Counts) -> (f64, f64) {
        (bin.event_weight / self.total.event_weight, bin.non_event_weight() / self.total.non_event_weight())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yardstick(divergence: Divergence, prior_rows: f64) -> Yardstick {
        let params = BinningParams::default().divergence(divergence).prior_rows(prior_rows);
        Yardstick::new(Counts::new(1000, 250), &params)
    }

    #[test]
    fn higher_rate_speaks_for_the_event() {
        let plain = yardstick(Divergence::InformationValue, 0.0);
        assert!(plain.woe(&Counts::new(100, 50)) > 0.0 && plain.woe(&Counts::new(100, 10)) < 0.0);
        assert!(plain.woe(&Counts::new(100, 25)).abs() < 1e-12);
        assert!((plain.woe(&Counts::new(100, 50)) - 3.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn prior_rows_keep_pure_bins_finite_and_shrink() {
        let (plain, smooth) =
            (yardstick(Divergence::InformationValue, 0.0), yardstick(Divergence::InformationValue, 4.0));
        assert!(plain.woe(&Counts::new(5, 5)).is_infinite());
        assert!(smooth.woe(&Counts::new(5, 5)).is_finite());
        assert!(smooth.woe(&Counts::new(20, 10)) < plain.woe(&Counts::new(20, 10)));
        assert!(smooth.woe(&Counts::default()).abs() < 1e-15);
    }

    #[test]
    fn no_divergence_is_negative() {
        for divergence in [Divergence::InformationValue, Divergence::JensenShannon, Divergence::Hellinger] {
            for events in 0..=40 {
                assert!(yardstick(divergence, 1.0).value(&Counts::new(40, events)) >= 0.0);
            }
        }
    }

    #[test]
    fn every_divergence_is_its_formula() {
        let bin = Counts::new(100, 50);
        let (p, q) = (0.2_f64, 1.0 / 15.0);
        let middle = (p + q) / 2.0;
        for (divergence, value, noise) in [
            (Divergence::InformationValue, (p - q) * 3f64.ln(), 4.0 / 750.0),
            (Divergence::JensenShannon, (p * (p / middle).ln() + q * (q / middle).ln()) / 2.0, 0.5 / 750.0),
            (Divergence::Hellinger, (p + q) / 2.0 - (p * q).sqrt(), 0.5 / 750.0),
        ] {
            let plain = yardstick(divergence, 0.0);
            assert!((plain.value(&bin) - value).abs() < 1e-12, "{divergence:?} {}", plain.value(&bin));
            assert!((plain.information(&bin) - (p - q) * 3f64.ln()).abs() < 1e-12);
            assert!((plain.noise() - noise).abs() < 1e-12, "{divergence:?} {}", plain.noise());
        }
        assert_eq!(yardstick(Divergence::JensenShannon, 0.0).total(), &Counts::new(1000, 250));
        let pure = yardstick(Divergence::JensenShannon, 0.0).value(&Counts::new(50, 50));
        assert!((pure - 0.1 * 2f64.ln()).abs() < 1e-12, "a share of none adds nothing: {pure}");
        let tiny = Counts { rows: 4, events: 2, weight: 0.4, event_weight: 0.1 };
        assert_eq!(Yardstick::new(tiny, &BinningParams::default()).noise(), 2.0, "less than one event is one");
    }

    #[test]
    fn prior_rows_have_the_rate_of_all() {
        let smooth = yardstick(Divergence::InformationValue, 4.0);
        assert!((smooth.woe(&Counts::new(20, 10)) - (11.0_f64 / 13.0 * 3.0).ln()).abs() < 1e-12);
        assert_eq!(smooth.woe(&Counts::default()), 0.0);
    }
}
