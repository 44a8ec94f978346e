//! Population stability with confidence bounds.
//!
//! Usual thresholds of the index (0.1, 0.25) come without a sample size; here it comes with bounds and with
//! what it would be if nothing had changed.

use serde::{Deserialize, Serialize};

use super::shift;
use crate::model::Drift;

/// How far a distribution over bins has moved, and how sure that is.
///
/// # Formula
///
/// The index is [`Drift`]'s. Its bounds at 95 % come from the multinomial shares by the delta method. Without any
/// change the index times `1 / (1/n + 1/m)` follows chi-squared with one degree less than bins, whose 99.9 % point, by
/// Wilson and Hilferty, is `critical`. The index is a sum over bins and slow to see a small move of all values one way,
/// so whether chance explains what is seen is told by tests of their own, of which `p_value` is the outcome: Pearson's
/// chi-squared of the bins, and of numbers besides Mann and Whitney's test of the values and Fisher's of how many are
/// unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// The index, as [`Drift::new`] makes it.
    pub index: f64,
    /// Between which values it lies, at 95 %.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// What it is on average when nothing has changed.
    pub by_chance: f64,
    /// What chance alone lets the index exceed once in a thousand times.
    pub critical: f64,
    /// The probability that chance alone parts them as far.
    pub p_value: f64,
    /// Rows before and now.
    pub rows: (f64, f64),
}

/// The 99.9 % point of the normal curve.
const Z_999: f64 = 3.090_232_306_167_813;
/// The 97.5 % point.
const Z_975: f64 = 1.959_963_984_540_054;

impl Stability {
    /// From rows per bin, before and now.
    #[expect(clippy::cast_precision_loss, reason = "a handful of bins")]
    pub fn new(base: &[f64], now: &[f64]) -> Self {
        let drift = Drift::new(base, now);
        let (all_base, all_now) = (base.iter().sum::<f64>().max(1.0), now.iter().sum::<f64>().max(1.0));
        let bins = base.len().max(now.len()) as f64;
        let share = |rows: f64, all: f64| (rows + 0.5) / (all + 0.5 * bins);
        // How the index grows with each share, on either side.
        let mut moments = [[0.0; 2]; 2];
        for (base, now) in base.iter().zip(now) {
            let (expected, actual) = (share(*base, all_base), share(*now, all_now));
            let log = (actual / expected).ln();
            let slopes = [(actual, log + 1.0 - expected / actual), (expected, 1.0 - actual / expected - log)];
            for (moment, (share, slope)) in moments.iter_mut().zip(slopes) {
                moment[0] += share * slope;
                moment[1] += share * slope * slope;
            }
        }
        let variance = |moment: [f64; 2], rows: f64| (moment[1] - moment[0] * moment[0]).max(0.0) / rows;
        let [of_now, of_base] = moments;
        let half = Z_975 * (variance(of_now, all_now) + variance(of_base, all_base)).sqrt();
        let freedom = (bins - 1.0).max(1.0);
        let part = 2.0 / (9.0 * freedom);
        let point = freedom * (1.0 - part + Z_999 * part.sqrt()).powi(3);
        Self {
            index: drift.index,
            low: (drift.index - half).max(0.0),
            high: drift.index + half,
            by_chance: drift.by_chance,
            critical: point * (1.0 / all_base + 1.0 / all_now),
            p_value: shift::bins(base, now).unwrap_or(1.0),
            rows: (base.iter().sum(), now.iter().sum()),
        }
    }

    /// Of numbers: over tenths of those before, and a bin of their own for unknown ones.
    ///
    /// ```
    /// use wherewithal::monitoring::Stability;
    ///
    /// let base: Vec<Option<f64>> = (0..1000).map(|n| Some(f64::from(n % 100))).collect();
    /// assert!(!Stability::of_numbers(&base, &base).is_beyond_chance());
    /// let lost: Vec<Option<f64>> = base.iter().enumerate().map(|(n, value)| value.filter(|_| n % 3 > 0)).collect();
    /// assert!(Stability::of_numbers(&base, &lost).is_beyond_chance());
    /// ```
    pub fn of_numbers(base: &[Option<f64>], now: &[Option<f64>]) -> Self {
        const TENTHS: usize = 10;
        let mut sorted: Vec<f64> = base.iter().flatten().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let tops = (1..TENTHS).filter_map(|tenth| sorted.get((sorted.len() * tenth).div_ceil(TENTHS).checked_sub(1)?));
        let mut tops: Vec<f64> = tops.copied().collect();
        tops.dedup_by(|a, b| a.total_cmp(b).is_eq());
        let counts = |values: &[Option<f64>]| {
            let mut counts = vec![0.0; tops.len() + 2];
            for value in values {
                let place = match value.filter(|value| !value.is_nan()) {
                    Some(value) => tops.partition_point(|top| *top < value),
                    None => tops.len() + 1,
                };
                counts.get_mut(place).into_iter().for_each(|count| *count += 1.0);
            }
            counts
        };
        let (before, after) = (counts(base), counts(now));
        let known = |counts: &[f64]| counts.split_last().map(|(_, known)| known.to_vec()).unwrap_or_default();
        let p_value = shift::of_numbers(base, now, (&known(&before), &known(&after)));
        Self { p_value, ..Self::new(&before, &after) }
    }

    /// Raises the probabilities of several that are looked at together, so that [`Stability::is_beyond_chance`] is
    /// wrong about any of them once in a hundred times, not about each (Holm).
    ///
    /// ```
    /// use wherewithal::monitoring::Stability;
    ///
    /// let one = Stability::new(&[500.0, 500.0], &[460.0, 540.0]);
    /// let mut ten = vec![one; 10];
    /// Stability::together(ten.iter_mut());
    /// assert!(ten[0].p_value > one.p_value && ten[0].index == one.index);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "a number of columns")]
    pub fn together<'a>(all: impl IntoIterator<Item = &'a mut Self>) {
        let mut all: Vec<&mut Self> = all.into_iter().collect();
        all.sort_by(|a, b| a.p_value.total_cmp(&b.p_value));
        let (left, mut least) = (all.len(), 0.0);
        for (done, one) in all.into_iter().enumerate() {
            least = (one.p_value * (left - done) as f64).clamp(least, 1.0);
            one.p_value = least;
        }
    }

    /// Whether it has moved further than chance does once in a hundred times.
    pub fn is_beyond_chance(&self) -> bool {
        const LEVEL: f64 = 0.01;
        self.p_value <= LEVEL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::draws::uniform;

    /// Of samples without any change the index of about one in a thousand exceeds `critical`, and one in a hundred is
    /// called beyond chance; the bounds hold the true index of a change in nineteen of twenty samples.
    #[test]
    fn chance_and_bounds_are_as_stated() {
        let mut unit = uniform(88_172_645_463_325_252);
        let mut sample = |shares: &[f64], rows: usize| {
            let mut counts = vec![0.0; shares.len()];
            for _ in 0..rows {
                let mut left = unit();
                let place = shares.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                counts[place.unwrap_or(shares.len() - 1)] += 1.0;
            }
            counts
        };
        let even = [0.1; 10];
        let moved = [0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.15, 0.15];
        let truth: f64 = even.iter().zip(&moved).map(|(e, a): (&f64, &f64)| (a - e) * (a / e).ln()).sum();
        let (mut alarms, mut called, mut held) = (0, 0, 0);
        for _ in 0..2000 {
            let base = sample(&even, 800);
            let still = Stability::new(&base, &sample(&even, 500));
            alarms += usize::from(still.index > still.critical);
            called += usize::from(still.is_beyond_chance());
            let one = Stability::new(&base, &sample(&moved, 500));
            held += usize::from(one.low <= truth && truth <= one.high);
        }
        assert!(alarms <= 8, "{alarms} of 2000");
        assert!((6..=34).contains(&called), "{called} of 2000");
        assert!((1820..=1980).contains(&held), "{held} of 2000");
    }

    /// Columns with ties, gaps and heavy tails, four at a time: without change one in a hundred of the fours is called.
    #[test]
    fn of_several_columns_together_one_in_a_hundred_is_called() {
        let mut unit = uniform(0x2545_F491_4F6C_DD1D);
        let mut column = |kind: usize, rows: usize, shift: f64| -> Vec<Option<f64>> {
            let mut value = || match kind {
                0 => Some((0..6).map(|_| unit()).sum::<f64>() + shift),
                1 => Some((unit() * 4.0 + shift).floor()),
                2 => (unit() > 0.03).then(|| 1.0 / (unit() + 1e-9)),
                _ => (unit() > 0.6).then(&mut unit),
            };
            (0..rows).map(|_| value()).collect()
        };
        let (mut called, mut found) = (0, 0);
        for _ in 0..1500 {
            let mut four =
                [0, 1, 2, 3].map(|kind| Stability::of_numbers(&column(kind, 400, 0.0), &column(kind, 250, 0.0)));
            Stability::together(four.iter_mut());
            called += usize::from(four.iter().any(Stability::is_beyond_chance));
            // A third of a standard deviation one way.
            four[0] = Stability::of_numbers(&column(0, 400, 0.0), &column(0, 250, 0.25));
            Stability::together(four.iter_mut());
            found += usize::from(four[0].is_beyond_chance());
        }
        // Three standard errors above one in a hundred.
        assert!(called <= 26, "{called} of 1500");
        assert!(found > 1200, "{found} of 1500");
    }
}
