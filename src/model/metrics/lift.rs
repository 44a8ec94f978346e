//! Lift among the highest scores.

use super::Estimate;
use super::bootstrap::{Cell, cells, standard_error};
use crate::model::Target;

/// How many times as frequent events are among the `share` of rows with the highest scores as among all.
///
/// Rows with the score at the border count in part. The standard error is of 200 seeded bootstrap samples.
pub fn lift(scores: &[f64], target: &Target, share: f64) -> Estimate {
    let cells = cells(scores, target);
    let at = |cells: &[Cell]| lift_of(cells, share);
    Estimate { value: at(&cells), standard_error: standard_error(&cells, at) }
}

fn lift_of(cells: &[Cell], share: f64) -> f64 {
    let sums = |cells: &[Cell]| {
        cells.iter().fold((0.0, 0.0), |(all, events), cell| {
            let weight = cell.weight * cell.times;
            (all + weight, events + if cell.event { weight } else { 0.0 })
        })
    };
    let (all, all_events) = sums(cells);
    let room = share.clamp(f64::MIN_POSITIVE, 1.0) * all;
    let (mut taken, mut events) = (0.0, 0.0);
    for step in cells.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq()).rev() {
        let (weight, with) = sums(step);
        if weight > 0.0 {
            let part = ((room - taken) / weight).clamp(0.0, 1.0);
            taken += part * weight;
            events += part * with;
        }
    }
    (events / taken) / (all_events / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_counts_in_part_and_weights_as_repeated_rows() {
        let target = Target::new((0..100).map(|row| row >= 80)).unwrap();
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        assert!((lift(&scores, &target, 0.1).value - 5.0).abs() < 1e-12);
        assert!((lift(&[1.0; 100], &target, 0.1).value - 1.0).abs() < 1e-12);

        let weighted = Target::new([true, false, true]).unwrap().weights(&[1.0, 2.0, 3.0]).unwrap();
        let plain = Target::new([true, false, false, true, true, true]).unwrap();
        let (a, b) = (lift(&[0.2, 0.5, 0.7], &weighted, 0.4), lift(&[0.2, 0.5, 0.5, 0.7, 0.7, 0.7], &plain, 0.4));
        assert!((a.value - b.value).abs() < 1e-12);
    }
}
