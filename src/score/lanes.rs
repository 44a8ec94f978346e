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
    /// Special codes and their points.
    pub(super) special: Vec<(f64, f64)>,
    /// Points of a missing value.
    pub(super) missing: f64,
}

impl NumberPoints {
    /// Writes the points of each value.
    pub(super) fn write(&self, values: &[f64], points: &mut [f64]) {
        let heads = values.chunks_exact(LANES).zip(points.chunks_exact_mut(LANES));
        for (x, slot) in heads {
            if let Ok(x) = <[f64; LANES]>::try_from(x) {
                slot.copy_from_slice(&self.lanes(x));
            }
        }
        let whole = values.len() / LANES * LANES;
        let tails = values.get(whole..).into_iter().flatten().zip(points.get_mut(whole..).into_iter().flatten());
        for (x, slot) in tails {
            let [only, ..] = self.lanes([*x; LANES]);
            *slot = only;
        }
    }

    #[inline]
    #[expect(clippy::float_cmp, reason = "a code is exactly its number, and only NaN differs from itself")]
    fn lanes(&self, x: [f64; LANES]) -> [f64; LANES] {
        let mut points = [self.first; LANES];
        for (cut, gain) in &self.steps {
            points.iter_mut().zip(&x).for_each(|(sum, x)| *sum += if x > cut { *gain } else { 0.0 });
        }
        for (code, worth) in &self.special {
            points.iter_mut().zip(&x).for_each(|(sum, x)| *sum = if x == code { *worth } else { *sum });
        }
        points.iter_mut().zip(&x).for_each(|(sum, x)| *sum = if x.is_nan() { self.missing } else { *sum });
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
            special: vec![(9.0, 100.0)],
            missing: -1.0,
        };
        let values: Vec<f64> = [-1.0, 0.0, 0.5, 5.0, 5.5, 9.0, f64::NAN].repeat(5);
        let expected = [-7.0, -7.0, 3.0, 3.0, 7.0, 100.0, -1.0].repeat(5);
        for start in 0..values.len() {
            let mut points = vec![f64::NAN; values.len() - start];
            feature.write(&values[start..], &mut points);
            assert_eq!(points, expected[start..]);
        }
    }
}
