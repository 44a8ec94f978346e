//! The standard normal distribution.

#![allow(clippy::excessive_precision, reason = "published coefficients, digit by digit")]

/// P(Z ≤ z).
///
/// # Formula
///
/// `½ erfc(−z / √2)`, `erfc` by W. J. Cody's rational approximations (*Math. Comp.* 23, 1969);
/// relative error below 1e-15 over the range where it does not underflow.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Two-sided p-value of a standard normal statistic.
pub(crate) fn two_sided(z: f64) -> f64 {
    erfc(z.abs() * std::f64::consts::FRAC_1_SQRT_2)
}

/// The `z` with P(Z ≤ z) = `p`; infinite at 0 and 1.
///
/// # Formula
///
/// Acklam's rational approximation, then one step of Halley's method: about 1e-15 relative.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let start = if p < LOW {
        tail(p)
    } else if p <= 1.0 - LOW {
        let q = p - 0.5;
        let r = q * q;
        polynomial(&CENTRE_A, r) * q / polynomial(&CENTRE_B, r)
    } else {
        -tail(1.0 - p)
    };
    let error = normal_cdf(start) - p;
    let step = error * (2.0 * std::f64::consts::PI).sqrt() * (start * start / 2.0).exp();
    start - step / (1.0 + start * step / 2.0)
}

const LOW: f64 = 0.02425;
const CENTRE_A: [f64; 6] = [
    -3.969_683_028_665_376e1,
    2.209_460_984_245_205e2,
    -2.759_285_104_469_687e2,
    1.383_577_518_672_69e2,
    -3.066_479_806_614_716e1,
    2.506_628_277_459_239,
];
const CENTRE_B: [f64; 6] = [
    -5.447_609_879_822_406e1,
    1.615_858_368_580_409e2,
    -1.556_989_798_598_866e2,
    6.680_131_188_771_972e1,
    -1.328_068_155_288_572e1,
    1.0,
];
const TAIL_C: [f64; 6] = [
    -7.784_894_002_430_293e-3,
    -3.223_964_580_411_365e-1,
    -2.400_758_277_161_838,
    -2.549_732_539_343_734,
    4.374_664_141_464_968,
    2.938_163_982_698_783,
];
const TAIL_D: [f64; 5] =
    [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];

fn tail(p: f64) -> f64 {
    let q = (-2.0 * p.ln()).sqrt();
    polynomial(&TAIL_C, q) / polynomial(&TAIL_D, q)
}

/// Horner's rule, highest power first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

fn erfc(x: f64) -> f64 {
    let y = x.abs();
    let upper = if y <= 0.468_75 {
        return 1.0 - x * polynomial(&ERF_P, y * y) / polynomial(&ERF_Q, y * y);
    } else if y <= 4.0 {
        polynomial(&ERFC_P, y) / polynomial(&ERFC_Q, y) * exp_of_square(y)
    } else {
        let z = 1.0 / (y * y);
        let r = z * polynomial(&FAR_P, z) / polynomial(&FAR_Q, z);
        (FRAC_1_SQRT_PI - r) / y * exp_of_square(y)
    };
    if x < 0.0 { 2.0 - upper } else { upper }
}

/// e^(−y²) with the square split, so that its rounding error does not grow.
fn exp_of_square(y: f64) -> f64 {
    let coarse = (y * 16.0).trunc() / 16.0;
    let rest = (y - coarse) * (y + coarse);
    (-coarse * coarse).exp() * (-rest).exp()
}

const FRAC_1_SQRT_PI: f64 = 5.641_895_835_477_563e-1;
const ERF_P: [f64; 5] = [
    1.857_777_061_846_031_5e-1,
    3.161_123_743_870_565_6,
    1.138_641_541_510_501_6e2,
    3.774_852_376_853_02e2,
    3.209_377_589_138_469_5e3,
];
const ERF_Q: [f64; 5] =
    [1.0, 2.360_129_095_234_412_1e1, 2.440_246_379_344_441_7e2, 1.282_616_526_077_372_3e3, 2.844_236_833_439_170_6e3];
const ERFC_P: [f64; 9] = [
    2.153_115_354_744_038_5e-8,
    5.641_884_969_886_701e-1,
    8.883_149_794_388_376,
    6.611_919_063_714_163e1,
    2.986_351_381_974_001_3e2,
    8.819_522_212_417_691e2,
    1.712_047_612_634_070_6e3,
    2.051_078_377_826_071_5e3,
    1.230_339_354_797_997_2e3,
];
const ERFC_Q: [f64; 9] = [
    1.0,
    1.574_492_611_070_983_5e1,
    1.176_939_508_913_125e2,
    5.371_811_018_620_099e2,
    1.621_389_574_566_690_2e3,
    3.290_799_235_733_46e3,
    4.362_619_090_143_247e3,
    3.439_367_674_143_721_6e3,
    1.230_339_354_803_749_4e3,
];
const FAR_P: [f64; 6] = [
    1.631_538_713_730_209_8e-2,
    3.053_266_349_612_323_4e-1,
    3.603_448_999_498_044_4e-1,
    1.257_817_261_112_292_5e-1,
    1.608_378_514_874_227_7e-2,
    6.587_491_615_298_378e-4,
];
const FAR_Q: [f64; 6] = [
    1.0,
    2.568_520_192_289_822,
    1.872_952_849_923_460_3,
    5.279_051_029_514_284e-1,
    6.051_834_131_244_132e-2,
    2.335_204_976_268_691_8e-3,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_values() {
        // scipy 1.14: norm.cdf, norm.ppf
        for (z, p) in [
            (0.0, 0.5),
            (0.3, 0.617_911_422_188_952_6),
            (1.0, 0.841_344_746_068_542_9),
            (1.959_963_984_540_054, 0.975),
            (-3.0, 0.001_349_898_031_630_094_6),
            (-7.0, 1.279_812_543_885_835e-12),
        ] {
            assert!((normal_cdf(z) / p - 1.0).abs() < 1e-13, "{z}: {}", normal_cdf(z));
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
        assert!((two_sided(-1.959_963_984_540_054) - 0.05).abs() < 1e-14);
        assert!(normal_quantile(0.0).is_infinite());
    }
}
