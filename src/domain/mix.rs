//! A fixed mixing function for 64-bit numbers (SplitMix64), used where an order or a split must not
//! depend on the input order.

/// Spreads the bits of a number; different numbers stay different.
///
/// # References
///
/// The finaliser of SplitMix64: Steele, Lea, Flood, *Fast splittable pseudorandom number generators* (2014).
pub(crate) const fn mixed(number: u64) -> u64 {
    let a = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}

/// The step of SplitMix64 from a number: [`mixed`], and 0 is no fixed point.
pub(crate) const fn scatter(number: u64) -> u64 {
    mixed(number.wrapping_add(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_published() {
        // The first outputs of the reference generator from seed 1234567.
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        let seed = |step: u64| 1_234_567_u64.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!([0, 1, 2].map(|step| scatter(seed(step))), published);
        assert_eq!(mixed(0), 0);
    }
}
