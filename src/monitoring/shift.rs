//! How likely chance alone parts two samples of a column so far.
//!
//! An index of stability is large for small samples too. So whether a movement is more than chance is asked
//! by tests of their own, each for another kind of movement.

use crate::model::two_sided;

/// The probability that two samples of one column differ as much as these do, or more.
///
/// Three questions are asked: is more or less of it unknown (Fisher's exact test), do known values lie higher or lower
/// (Mann and Whitney's, with the variance of tied values), are they spread over the bins in another way (Pearson's
/// chi-squared). The least of the three probabilities counts, times how many were asked (Bonferroni).
pub(super) fn of_numbers(base: &[Option<f64>], now: &[Option<f64>], (known_base, known_now): (&[f64], &[f64])) -> f64 {
    let known = |values: &[Option<f64>]| -> Vec<f64> {
        values.iter().flatten().copied().filter(|value| !value.is_nan()).collect()
    };
    let (before, after) = (known(base), known(now));
    let unknown = (base.len() - before.len(), now.len() - after.len());
    let asked = [
        (unknown.0 + unknown.1 > 0).then(|| exact(unknown, (base.len(), now.len()))),
        ranks(before, after),
        bins(known_base, known_now),
    ];
    let asked: Vec<f64> = asked.into_iter().flatten().collect();
    let least = asked.iter().copied().fold(1.0, f64::min);
    (least * count(asked.len())).min(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "rows")]
fn count(of: usize) -> f64 {
    of as f64
}

/// Fisher's exact test, both tails: how many of the rows before and now have something.
fn exact((of_base, of_now): (usize, usize), (base, now): (usize, usize)) -> f64 {
    let (all, with) = (count(base + now), count(of_base + of_now));
    let (base, now) = (count(base), count(now));
    let log_choose = |n: f64, k: f64| libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    let probability = |k: f64| (log_choose(now, k) + log_choose(base, with - k) - log_choose(all, with)).exp();
    let mut k = count(of_now);
    let step = if k > now * with / all { 1.0 } else { -1.0 };
    // Away from the mean terms fall, and those too small to matter are left.
    let mut sum = 0.0;
    while k >= (with - base).max(0.0) && k <= with.min(now) {
        let term = probability(k);
        sum += term;
        if term < sum * 1e-12 {
            break;
        }
        k += step;
    }
    (2.0 * sum).min(1.0)
}

/// Mann and Whitney's test, both tails; none where there is nothing to compare.
fn ranks(base: Vec<f64>, now: Vec<f64>) -> Option<f64> {
    let (n, m) = (count(base.len()), count(now.len()));
    let all = n + m;
    let mut pooled: Vec<(f64, bool)> = base.into_iter().map(|value| (value + 0.0, false)).collect();
    pooled.extend(now.into_iter().map(|value| (value + 0.0, true)));
    pooled.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut sum, mut ties) = (0.0, 0.0, 0.0);
    for tied in pooled.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let rows = count(tied.len());
        sum += count(tied.iter().filter(|row| row.1).count()) * (before + (rows + 1.0) / 2.0);
        ties += rows * (rows * rows - 1.0);
        before += rows;
    }
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    let off = sum - m * (all + 1.0) / 2.0;
    (variance > 0.0 && variance.is_finite()).then(|| two_sided(off / variance.sqrt()))
}

/// Pearson's test that two samples are spread over bins alike; none where all lie in one bin.
pub(super) fn bins(base: &[f64], now: &[f64]) -> Option<f64> {
    let (n, m) = (base.iter().sum::<f64>(), now.iter().sum::<f64>());
    let (mut statistic, mut filled) = (0.0, 0usize);
    for (base, now) in base.iter().zip(now).filter(|(base, now)| **base + **now > 0.0) {
        statistic += ((m / n).sqrt() * base - (n / m).sqrt() * now).powi(2) / (base + now);
        filled += 1;
    }
    (n > 0.0 && m > 0.0 && filled > 1).then(|| chi_squared_tail(statistic, filled - 1))
}

/// The probability of more than `x` by chi-squared of `freedom` degrees, one at least: that of one or two degrees, and
/// `(x/2)^(k/2) e^(−x/2) / Γ(k/2 + 1)` for every second degree `k` below.
fn chi_squared_tail(x: f64, freedom: usize) -> f64 {
    let half = x / 2.0;
    let is_odd = freedom % 2 == 1;
    let (mut tail, mut term, mut gamma) = match is_odd {
        true => (two_sided(x.sqrt()), (-half).exp() * half.sqrt() * std::f64::consts::FRAC_2_SQRT_PI, 1.5),
        false => ((-half).exp(), (-half).exp() * half, 2.0),
    };
    for _ in 0..(freedom - 1) / 2 {
        tail += term;
        term *= half / gamma;
        gamma += 1.0;
    }
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_all_tables_and_of_the_textbooks() {
        let choose = |n: u64, k: u64| (0..k).fold(1.0, |all, at| all * (n - at) as f64 / (at + 1) as f64);
        for of_now in 0..=7u64 {
            let of = |k: u64| choose(12, k) * choose(20, 7 - k) / choose(32, 7);
            let (up, down): (f64, f64) = ((of_now..=7).map(of).sum(), (0..=of_now).map(of).sum());
            let (before, after) = (usize::try_from(7 - of_now).unwrap(), usize::try_from(of_now).unwrap());
            let found = exact((before, after), (20, 12));
            assert!((found - (2.0 * up.min(down)).min(1.0)).abs() < 1e-10, "{of_now}: {found}");
        }
        for (x, freedom, tail) in [
            (3.841_458_820_694, 1, 0.05),
            (5.991_464_547_108, 2, 0.05),
            (27.877_164_871, 9, 0.001),
            (18.307_038_053, 10, 0.05),
        ] {
            assert!((chi_squared_tail(x, freedom) / tail - 1.0).abs() < 1e-6, "{x} of {freedom}");
        }
        // Ranks 1 to 4 against 5 to 8: off by 8, variance 12.
        let p = ranks(vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 6.0, 7.0, 8.0]).unwrap();
        assert!((p - two_sided(8.0 / 12f64.sqrt())).abs() < 1e-12);
        assert_eq!(ranks(vec![1.0; 4], vec![1.0; 3]), None);
        assert_eq!(bins(&[4.0, 0.0], &[9.0, 0.0]), None);
    }
}
