//! Adds the points of many numbers at a time, with vector instructions.
//!
//! A column of a million numbers meets ten cut points: each comparison adds, under a mask, what is gained
//! above its cut. No branch depends on a value, and sums of whole numbers are exact whatever the lanes.

use pulp::{Arch, Scalar, Simd, WithSimd};

use super::BinMap;

/// What each number is worth by the bin it falls in, laid out for adding as many rows at a time as
/// the processor has lanes.
///
/// Worths are whole numbers held as `f64`: below 2⁵³ their sums are exact, so they do not depend on the lanes.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepFunction {
    /// The worth of the lowest bin.
    first: f64,
    /// Cut points and what is gained above each.
    steps: Vec<(f64, f64)>,
    /// Special codes and what each gains on the worth of its place among the cuts.
    special: Vec<(f64, f64)>,
    /// What a missing value gains on the lowest bin.
    missing: f64,
}

impl StepFunction {
    /// The bins of numbers, each worth what `worth` says.
    pub(crate) fn new(map: &BinMap, worth: impl Fn(Option<usize>) -> f64) -> Self {
        let first = worth(map.interval(0));
        let gain = |(below, cut): (usize, &f64)| (*cut, worth(Some(below + 1)) - worth(Some(below)));
        let index = |code: f64| worth(map.interval(map.cuts.iter().filter(|cut| code > **cut).count()));
        let special = map.special.iter().map(|(code, bin)| (*code, worth(Some(*bin)) - index(*code)));
        // Between bins of equal worth there is nothing to look up.
        let tells = |(_, gain): &(f64, f64)| *gain != 0.0;
        Self {
            first,
            steps: map.cuts.iter().enumerate().map(gain).filter(tells).collect(),
            special: special.filter(tells).collect(),
            missing: worth(map.missing.or(map.unseen)) - first,
        }
    }

    /// The same steps, a missing value being worth so much more.
    #[must_use]
    pub(crate) fn missing_worth(self, more: f64) -> Self {
        Self { missing: self.missing + more, ..self }
    }

    /// What a value of the lowest bin is worth.
    pub(crate) const fn first(&self) -> f64 {
        self.first
    }

    /// Adds what each value is worth above the lowest bin to the sum in its index.
    pub(crate) fn add(&self, values: &[f64], sums: &mut [f64]) {
        let rows = values.len().min(sums.len());
        if let (Some(values), Some(sums)) = (values.get(..rows), sums.get_mut(..rows)) {
            Arch::new().dispatch(Adding { steps: self, values, sums });
        }
    }

    /// The sums with what some values are worth above the lowest bin. Every step is added under a mask: a missing value
    /// is above no cut, and a code is worth more or less than its place among the cuts.
    #[inline(always)]
    fn climbed<S: Simd, const N: usize>(&self, simd: S, values: [S::f64s; N], mut sums: [S::f64s; N]) -> [S::f64s; N] {
        let wide = |number: f64| simd.splat_f64s(number);
        for (cut, gain) in &self.steps {
            let (cut, gain) = (wide(*cut), wide(*gain));
            for (sum, x) in sums.iter_mut().zip(values) {
                *sum = simd.select_f64s(simd.greater_than_f64s(x, cut), simd.add_f64s(*sum, gain), *sum);
            }
        }
        for (code, gain) in &self.special {
            let (code, gain) = (wide(*code), wide(*gain));
            for (sum, x) in sums.iter_mut().zip(values) {
                *sum = simd.select_f64s(simd.equal_f64s(x, code), simd.add_f64s(*sum, gain), *sum);
            }
        }
        for (sum, x) in sums.iter_mut().zip(values) {
            // Only NaN differs from itself.
            *sum = simd.select_f64s(simd.equal_f64s(x, x), *sum, simd.add_f64s(*sum, wide(self.missing)));
        }
        sums
    }
}

/// Values to be added to sums, as many of the one as of the other.
struct Adding<'a> {
    steps: &'a StepFunction,
    values: &'a [f64],
    sums: &'a mut [f64],
}

impl WithSimd for Adding<'_> {
    type Output = ();

    /// Four vectors at a time keep the processor's units busy while each sum waits for its last step.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (values, last_values) = S::as_simd_f64s(self.values);
        let (sums, last_sums) = S::as_mut_simd_f64s(self.sums);
        let (fours, values) = values.as_chunks::<4>();
        let (four_sums, sums) = sums.as_chunks_mut::<4>();
        for (x, sums) in fours.iter().zip(four_sums) {
            *sums = self.steps.climbed(simd, *x, *sums);
        }
        for (x, sum) in values.iter().zip(sums) {
            [*sum] = self.steps.climbed(simd, [*x], [*sum]);
        }
        for (x, sum) in last_values.iter().zip(last_sums) {
            [*sum] = self.steps.climbed(Scalar, [*x], [*sum]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_worth_the_same_wherever_it_stands() {
        let steps = StepFunction {
            first: -7.0,
            steps: vec![(0.0, 10.0), (5.0, 4.0)],
            special: vec![(9.0, 93.0)],
            missing: 6.0,
        }
        .missing_worth(5.0);
        let values: Vec<f64> = [-1.0, 0.0, 0.5, 5.0, 5.5, 9.0, f64::NAN].repeat(9);
        let expected = [-6.0, -6.0, 4.0, 4.0, 8.0, 101.0, 5.0].map(|worth| worth + 7.0).repeat(9);
        for start in 0..values.len() {
            let mut sums = vec![1.0; values.len() - start];
            steps.add(&values[start..], &mut sums);
            assert_eq!(sums, expected[start..]);
        }
    }
}
