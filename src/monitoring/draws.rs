//! Draws for the tests of this room.

/// Uniform draws from 0 to 1, the same for the same seed (xorshift, Marsaglia 2003).
pub(super) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}
