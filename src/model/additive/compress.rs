//! Merges neighbouring fine bins where that costs little loss.
//!
//! A judge must be able to read a card. A shape of a hundred fine bins becomes the fewest runs that lose no
//! more of the likelihood than was allowed.

#![allow(clippy::indexing_slicing, reason = "runs are addressed by 0 ≤ start < end ≤ n")]

/// A shape over ordered fine bins.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) values: &'a [f64],
    /// What leaving a value costs: the curvature of the loss.
    pub(super) curvature: &'a [f64],
    pub(super) weight: &'a [f64],
    /// Bins after which a run must end.
    pub(super) fixed: &'a [bool],
}

/// What runs must be like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// What the runs may lose in all.
    pub(super) loss: f64,
    /// Runs at most, unless more ends are fixed.
    pub(super) most: usize,
    /// Weight of a run at least, where fixed ends allow it.
    pub(super) least_weight: f64,
}

/// The end of each of the fewest runs of neighbouring bins whose means lose no more than allowed.
///
/// # Formula
///
/// A run with curvature `h` and mean `m` loses `½ Σ h (f − m)²` by the quadratic model. Exact by a
/// dynamic program over the last run, `loss[k][e] = min over s of loss[k−1][s] + run(s, e)`.
pub(super) fn runs(shape: &Shape<'_>, bounds: &Bounds) -> Vec<usize> {
    let size = shape.values.len();
    if size == 0 {
        return Vec::new();
    }
    let sums = Sums::new(shape);
    let blocks = Blocks::new(shape.fixed, size);
    let most = bounds.most.max(blocks.count).min(size);
    let mut losses = vec![f64::INFINITY; size + 1];
    losses[0] = 0.0;
    let mut from: Vec<Vec<usize>> = Vec::with_capacity(most);
    for _ in 0..most {
        let mut next = vec![f64::INFINITY; size + 1];
        let mut origin = vec![0; size + 1];
        for end in 1..=size {
            // A run must not reach across a fixed end.
            for start in blocks.first[end - 1]..end {
                let light = sums.weight(start, end) < bounds.least_weight;
                let is_block = start == blocks.first[end - 1] && end == blocks.end[end - 1];
                let loss = losses[start] + sums.loss(start, end);
                if loss < next[end] && (!light || is_block) {
                    (next[end], origin[end]) = (loss, start);
                }
            }
        }
        if losses[size].is_finite() && next[size].is_infinite() {
            // The bins are too light for one run more.
            break;
        }
        from.push(origin);
        losses = next;
        if losses[size] <= bounds.loss {
            break;
        }
    }
    traced(&from, size)
}

/// The ends of the runs that the last layer found.
fn traced(from: &[Vec<usize>], size: usize) -> Vec<usize> {
    let mut ends = Vec::with_capacity(from.len());
    let mut end = size;
    for origin in from.iter().rev() {
        if end == 0 {
            break;
        }
        ends.push(end);
        end = origin[end];
    }
    ends.reverse();
    ends
}

/// What lies between two fixed ends, by bin.
struct Blocks {
    count: usize,
    first: Vec<usize>,
    end: Vec<usize>,
}

impl Blocks {
    fn new(fixed: &[bool], size: usize) -> Self {
        let is_end = |at: usize| at + 1 == size || fixed.get(at).copied().unwrap_or(false);
        let (mut first, mut end) = (vec![0; size], vec![size; size]);
        let mut start = 0;
        let mut count = 0;
        for at in 0..size {
            first[at] = start;
            if is_end(at) {
                end[start..=at].fill(at + 1);
                start = at + 1;
                count += 1;
            }
        }
        Self { count, first, end }
    }
}

/// Sums below each bin, so that any run is a difference.
struct Sums {
    weight: Vec<f64>,
    curvature: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Sums {
    fn new(shape: &Shape<'_>) -> Self {
        let running = |value: &dyn Fn(usize) -> f64| {
            let mut sum = 0.0;
            let below = (0..shape.values.len()).map(|at| {
                sum += value(at);
                sum
            });
            std::iter::once(0.0).chain(below).collect::<Vec<f64>>()
        };
        let (value, curvature) = (|at: usize| shape.values[at], |at: usize| shape.curvature[at]);
        Self {
            weight: running(&|at| shape.weight[at]),
            curvature: running(&curvature),
            first: running(&|at| curvature(at) * value(at)),
            second: running(&|at| curvature(at) * value(at) * value(at)),
        }
    }

    fn weight(&self, start: usize, end: usize) -> f64 {
        self.weight[end] - self.weight[start]
    }

    fn loss(&self, start: usize, end: usize) -> f64 {
        let of = |sums: &[f64]| sums[end] - sums[start];
        let (curvature, first, second) = (of(&self.curvature), of(&self.first), of(&self.second));
        if curvature > 0.0 { (0.5 * (second - first * first / curvature)).max(0.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::folds::scatter;

    fn best_by_hand(shape: &Shape<'_>, bounds: &Bounds) -> usize {
        let size = shape.values.len();
        let feasible = (0..1_u32 << (size - 1)).filter(|cuts| {
            let is_end = |at: usize| at + 1 == size || cuts >> at & 1 == 1;
            let ends: Vec<usize> = (0..size).filter(|at| is_end(*at)).map(|at| at + 1).collect();
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let sums = Sums::new(shape);
            let runs: Vec<(usize, usize)> = starts.zip(ends.iter().copied()).collect();
            let loss: f64 = runs.iter().map(|(start, end)| sums.loss(*start, *end)).sum();
            loss <= bounds.loss
                && (0..size - 1).all(|at| !shape.fixed[at] || is_end(at))
                && runs.iter().all(|(start, end)| sums.weight(*start, *end) >= bounds.least_weight)
        });
        feasible.map(|cuts| cuts.count_ones() as usize + 1).min().unwrap_or(usize::MAX)
    }

    #[test]
    fn finds_the_fewest_runs_within_the_loss() {
        for salt in 0..60_u64 {
            let number = |at: usize, of: u64| (scatter(at as u64 ^ scatter(salt ^ of)) % 100) as f64 / 10.0;
            let values: Vec<f64> = (0..11).map(|at| number(at, 1)).collect();
            let weight: Vec<f64> = (0..11).map(|at| 1.0 + number(at, 2)).collect();
            let fixed: Vec<bool> = (0..11).map(|at| at == 4 && salt % 2 == 0).collect();
            let shape = Shape { values: &values, curvature: &weight, weight: &weight, fixed: &fixed };
            let bounds = Bounds { loss: 40.0, most: 11, least_weight: 4.0 };
            let found = runs(&shape, &bounds);
            let expected = best_by_hand(&shape, &bounds);
            if expected < usize::MAX {
                assert_eq!(found.len(), expected, "{salt}");
                let sums = Sums::new(&shape);
                let starts = std::iter::once(0).chain(found.iter().copied());
                assert!(starts.zip(&found).map(|(s, e)| sums.loss(s, *e)).sum::<f64>() <= bounds.loss);
                assert!(!fixed[4] || found.contains(&5));
            }
        }
    }
}
