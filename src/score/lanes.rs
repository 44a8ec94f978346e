//! The inner loop: points of numbers, eight rows at a time.

/// Rows that are worked on together.
const LANES: usize = 8;

/// A numeric feature laid out for adding.
///
/// Points are whole numbers held as `f64`: below 2⁵³ their sums are exact, and adding a masked `f64` needs no conversion.
#[derive(Debug, Clone)]
pub(super) struct NumberPoints {
    /// Points of the lowest bin.
    pub(super) first: f64,
    /// Cut points and what is gained above each.
    pub(super) steps: Vec<(f64, f64)>,
    /// Special codes and what each gains on the points of its place among the cuts.
    pub(super) special: Vec<(f64, f64)>,
    /// What a missing value gains on the lowest bin.
    pub(super) missing: f64,
}

impl NumberPoints {
    /// Writes the points of each value, and adds `range` to `unknown` where it is missing.
    pub(super) fn write(&self, values: &[f64], range: f64, (points, unknown): (&mut [f64], &mut [f64])) {
        let (heads, tail) = values.as_chunks::<LANES>();
        let (slots, last_slots) = points.as_chunks_mut::<LANES>();
        let (sums, last_sums) = unknown.as_chunks_mut::<LANES>();
        for ((x, slot), sum) in heads.iter().zip(slots.iter_mut()).zip(sums.iter_mut()) {
            *slot = self.lanes(x);
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += if x.is_nan() { range } else { 0.0 });
        }
        let rest = slots.iter_mut().skip(heads.len()).flatten().chain(last_slots);
        let rest = rest.zip(sums.iter_mut().skip(heads.len()).flatten().chain(last_sums));
        for (x, (slot, sum)) in tail.iter().zip(rest) {
            let [only, ..] = self.lanes(&[*x; LANES]);
            *slot = only;
            *sum += if x.is_nan() { range } else { 0.0 };
        }
    }

    /// Everything is a sum of masked numbers: a missing value is above no cut, and a code is worth more or less than its
    /// place among the cuts.
    #[inline(always)]
    #[expect(clippy::float_cmp, reason = "a code is exactly its number, and only NaN differs from itself")]
    fn lanes(&self, x: &[f64; LANES]) -> [f64; LANES] {
        let mut points = [self.first; LANES];
        for (cut, gain) in &self.steps {
            points.iter_mut().zip(x).for_each(|(sum, x)| *sum += if x > cut { *gain } else { 0.0 });
        }
        for (code, gain) in &self.special {
            points.iter_mut().zip(x).for_each(|(sum, x)| *sum += if x == code { *gain } else { 0.0 });
        }
        points.iter_mut().zip(x).for_each(|(sum, x)| *sum += if x.is_nan() { self.missing } else { 0.0 });
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_same_points_wherever_it_stands() {
        let feature = NumberPoints {
            first: -7.0,
            steps: vec![(0.0, 10.0), (5.0, 4.0)],
            special: vec![(9.0, 93.0)],
            missing: 6.0,
        };
        let values: Vec<f64> = [-1.0, 0.0, 0.5, 5.0, 5.5, 9.0, f64::NAN].repeat(5);
        let expected = [-7.0, -7.0, 3.0, 3.0, 7.0, 100.0, -1.0].repeat(5);
        for start in 0..values.len() {
            let (mut points, mut unknown) = (vec![f64::NAN; values.len() - start], vec![1.0; values.len() - start]);
            feature.write(&values[start..], 3.0, (&mut points, &mut unknown));
            assert_eq!(points, expected[start..]);
            assert!(unknown.iter().zip(&values[start..]).all(|(u, x)| *u == if x.is_nan() { 4.0 } else { 1.0 }));
        }
    }
}
