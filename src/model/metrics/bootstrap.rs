//! Standard errors by a Poisson bootstrap.

use crate::model::Target;
use crate::model::folds::scatter;
use crate::model::normal::normal_quantile;

/// Draws behind a standard error.
const DRAWS: u64 = 200;

/// Above this mean, Poisson numbers are drawn as rounded normal ones of the same mean and variance.
const NORMAL_FROM: f64 = 64.0;

/// Rows that no metric tells apart, with their number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) score: f64,
    pub(super) event: bool,
    pub(super) weight: f64,
    pub(super) times: f64,
}

/// Cells by rising score; a card has few distinct scores, so they are few.
pub(super) fn cells(scores: &[f64], target: &Target) -> Vec<Cell> {
    let rows = scores.iter().zip(target.events()).enumerate();
    let mut cells: Vec<Cell> = rows
        .map(|(row, (score, event))| Cell { score: score + 0.0, event: *event, weight: target.weight(row), times: 1.0 })
        .collect();
    let order = |a: &Cell, b: &Cell| {
        a.score.total_cmp(&b.score).then(a.event.cmp(&b.event)).then(a.weight.total_cmp(&b.weight))
    };
    cells.sort_unstable_by(order);
    cells.dedup_by(|next, cell| {
        let same = order(next, cell).is_eq();
        cell.times += if same { next.times } else { 0.0 };
        same
    });
    cells
}

/// The standard deviation of a metric over samples drawn anew.
///
/// # Formula
///
/// Each row is drawn a Poisson(1) number of times, so cells of `k` rows a Poisson(k) number; the
/// draws are a function of the place of the cell and the number of the draw alone. Rows count as
/// independent of each other.
///
/// # References
///
/// Efron, *Bootstrap methods: another look at the jackknife* (1979); Hanley and MacGibbon, *Creating non-parametric
/// bootstrap samples using Poisson frequencies* (2006).
#[expect(clippy::cast_precision_loss, reason = "a couple of hundred draws")]
pub(super) fn standard_error(cells: &[Cell], metric: impl Fn(&[Cell]) -> f64) -> f64 {
    let mut sample = cells.to_vec();
    let mut drawn = Vec::new();
    for draw in 0..DRAWS {
        let mut numbers = Numbers(scatter(scatter(draw)));
        for (slot, cell) in sample.iter_mut().zip(cells) {
            slot.times = numbers.poisson(cell.times);
        }
        let value = metric(&sample);
        if value.is_finite() {
            drawn.push(value);
        }
    }
    let n = drawn.len() as f64;
    let mean = drawn.iter().sum::<f64>() / n.max(1.0);
    (drawn.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt()
}

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    /// Between 0 and 1, both excluded.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        ((scatter(self.0) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        let u = self.uniform();
        if mean >= NORMAL_FROM {
            return (mean + mean.sqrt() * normal_quantile(u)).round().max(0.0);
        }
        let (mut number, mut chance) = (0.0, (-mean).exp());
        let mut sum = chance;
        while u > sum && number < 10.0 * NORMAL_FROM {
            number += 1.0;
            chance *= mean / number;
            sum += chance;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        for mean in [1.0, 7.0, 63.0, 500.0] {
            let mut numbers = Numbers(1);
            let drawn: Vec<f64> = (0..20_000).map(|_| numbers.poisson(mean)).collect();
            let average = drawn.iter().sum::<f64>() / 20_000.0;
            let variance = drawn.iter().map(|x| (x - average).powi(2)).sum::<f64>() / 20_000.0;
            assert!((average / mean - 1.0).abs() < 0.03, "{mean}: {average}");
            assert!((variance / mean - 1.0).abs() < 0.05, "{mean}: {variance}");
        }
    }

    #[test]
    fn the_error_of_a_share_is_the_binomial_one() {
        let target = Target::new((0..4000).map(|row| row % 4 == 0)).unwrap();
        let cells = cells(&[0.5; 4000], &target);
        assert_eq!(cells.len(), 2);
        let share = |cells: &[Cell]| {
            let events: f64 = cells.iter().filter(|cell| cell.event).map(|cell| cell.times).sum();
            events / cells.iter().map(|cell| cell.times).sum::<f64>()
        };
        let expected = (0.25_f64 * 0.75 / 4000.0).sqrt();
        assert!((standard_error(&cells, share) / expected - 1.0).abs() < 0.15);
    }
}
