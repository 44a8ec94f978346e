//! How far chance alone moves a share: confidence intervals (Wilson), and funnel limits that call a court
//! above or below the rate of all courts.
//!
//! Limits are exact binomial ones, found by search: with few cases the normal curve promises too much.

use serde::{Deserialize, Serialize};

/// How a court's share stands to what chance would make of the rate of all courts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Too few cases to tell anything.
    TooFew,
    /// As chance would have it.
    Within,
    /// More than chance explains.
    Above,
    /// Less than chance explains.
    Below,
}

/// The interval of a share by Wilson's score, at 95 %; none where there are no rows.
///
/// ```
/// # use wherewithal::indicators::wilson;
/// let (low, high) = wilson(81, 263).ok_or("no rows")?;
/// assert!((low - 0.255_3).abs() < 1e-4 && (high - 0.366_2).abs() < 1e-4);
/// # Ok::<(), &str>(())
/// ```
///
/// # References
///
/// Newcombe, *Two-sided confidence intervals for the single proportion* (1998), whose example this is.
///
/// None also where `of` is more than `all`: such a figure is no share.
pub fn wilson(of: u64, all: u64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if all == 0 || of > all {
        return None;
    }
    let (x, n) = (of as f64, all as f64);
    let (share, z2) = (x / n, Z * Z);
    let middle = share + z2 / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

/// The probability of at most `x` out of `n` at a rate.
fn at_most(x: u64, n: u64, rate: f64) -> f64 {
    if x >= n || rate <= 0.0 {
        return 1.0;
    }
    if rate >= 1.0 {
        return 0.0;
    }
    // From the largest term down: the others follow by a factor, and those too small to matter are left.
    let mode = ((n as f64 + 1.0) * rate).floor();
    let start = (x as f64).min(mode);
    let log = |k: f64| {
        let n = n as f64;
        libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
            + k * rate.ln()
            + (n - k) * (-rate).ln_1p()
    };
    let first = log(start).exp();
    let odds = rate / (1.0 - rate);
    let (mut sum, mut term, mut k) = (first, first, start);
    while k > 0.0 && term > sum * 1e-17 {
        term *= k / ((n as f64 - k + 1.0) * odds);
        k -= 1.0;
        sum += term;
    }
    let (mut term, mut k) = (first, start);
    while k < x as f64 && term > sum * 1e-17 {
        term *= (n as f64 - k) / (k + 1.0) * odds;
        k += 1.0;
        sum += term;
    }
    sum.min(1.0)
}

/// The share of courts that chance alone puts outside the funnel, of the outer limits.
pub(super) const OUTER: f64 = 0.002;

/// Whether `of` out of `all` is more or less than chance makes of a rate; at most two of a thousand
/// courts whose true rate is this one are called either.
pub(super) fn called((of, all): (u64, u64), rate: f64) -> Call {
    if all == 0 || !(0.0..=1.0).contains(&rate) {
        return Call::TooFew;
    }
    let below = at_most(of, all, rate);
    let above = if of == 0 { 1.0 } else { 1.0 - at_most(of - 1, all, rate) };
    // Where even none or all of the rows would be no surprise, nothing can be told.
    let least = at_most(0, all, rate).min(1.0 - at_most(all - 1, all, rate));
    match () {
        () if below < OUTER / 2.0 => Call::Below,
        () if above < OUTER / 2.0 => Call::Above,
        () if least >= OUTER / 2.0 => Call::TooFew,
        () => Call::Within,
    }
}

/// The shares between which chance leaves all but `outside` of the courts with so many cases and this rate.
///
/// ```
/// # use wherewithal::indicators::funnel;
/// let (low, high) = funnel(100, 0.5, 0.05);
/// assert_eq!((low, high), (0.4, 0.6));
/// ```
///
/// `rate` and `outside` are from 0 to 1; half of `outside` lies on either side.
pub fn funnel(all: u64, rate: f64, outside: f64) -> (f64, f64) {
    let n = all.max(1);
    let within = |wanted: &dyn Fn(u64) -> bool| {
        // The first number for which it holds: it holds for all later ones too.
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = (low + high) / 2;
            if wanted(middle) { high = middle } else { low = middle + 1 }
        }
        low
    };
    let low = within(&|x| at_most(x, n, rate) >= outside / 2.0);
    let high = within(&|x| 1.0 - at_most(x, n, rate) < outside / 2.0);
    (low as f64 / n as f64, high as f64 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(x: u64, n: u64, rate: f64) -> f64 {
        (0..=x)
            .map(|k| {
                let choose = (0..k).fold(1.0, |all, at| all * (n - at) as f64 / (at + 1) as f64);
                choose * rate.powi(i32::try_from(k).unwrap()) * (1.0 - rate).powi(i32::try_from(n - k).unwrap())
            })
            .sum()
    }

    #[test]
    fn tails_are_those_of_the_plain_sum() {
        for n in [1, 2, 7, 30, 60] {
            for x in 0..=n {
                for rate in [0.01, 0.3, 0.5, 0.97] {
                    assert!((at_most(x, n, rate) - plain(x, n, rate)).abs() < 1e-11, "{x} of {n} at {rate}");
                }
            }
        }
        assert!((at_most(500_000, 1_000_000, 0.5) - 0.5).abs() < 1e-3);
    }

    #[test]
    fn a_call_agrees_with_the_funnel() {
        for n in [5, 40, 900] {
            for rate in [0.02, 0.4, 0.788] {
                let (low, high) = funnel(n, rate, OUTER);
                for x in 0..=n {
                    let share = x as f64 / n as f64;
                    match called((x, n), rate) {
                        Call::Above => assert!(share > high - 1e-12),
                        Call::Below => assert!(share < low + 1e-12),
                        Call::Within | Call::TooFew => assert!(share > low - 1e-12 && share < high + 1e-12),
                    }
                }
            }
        }
    }
}
