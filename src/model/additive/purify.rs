//! Moves what a grid says about single features into their shapes, so that both are unique.
//!
//! Without this step a grid could carry a part of what a feature says alone, and the same prediction would
//! have many explanations. After it there is one.

#![allow(clippy::indexing_slicing, reason = "cells are addressed by lines below their number")]

/// What a grid says about each of its features alone, taken out of it.
#[derive(Debug)]
pub(super) struct Purified {
    /// What is left: every line's weighted mean is zero, along both features.
    pub(super) grid: Vec<f64>,
    /// By line of the first feature, and of the other.
    pub(super) alone: (Vec<f64>, Vec<f64>),
    /// The mean of all.
    pub(super) mean: f64,
}

/// Takes the means of lines out of a grid, so that it and the features' own shapes are unique.
///
/// # Formula
///
/// The functional ANOVA under the product of the two features' own weights: with `m` the mean, `aᵢ`
/// and `bⱼ` the means of lines less `m`, what is left is `gᵢⱼ − m − aᵢ − bⱼ`. The weights of one
/// feature do not depend on the other, so a grid that follows a trend leaves a line of means that
/// does.
pub(super) fn purified(grid: &[f64], (first, other): (&[f64], &[f64])) -> Purified {
    let width = other.len();
    let mean = |values: &mut dyn Iterator<Item = f64>, weights: &[f64]| {
        let total: f64 = weights.iter().sum();
        values.zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total
    };
    let mut alone: Vec<f64> =
        (0..first.len()).map(|line| mean(&mut grid[line * width..][..width].iter().copied(), other)).collect();
    let all = mean(&mut alone.iter().copied(), first);
    let mut across: Vec<f64> =
        (0..width).map(|line| mean(&mut (0..first.len()).map(|a| grid[a * width + line]), first)).collect();
    alone.iter_mut().chain(&mut across).for_each(|value| *value -= all);
    let left = |(cell, value): (usize, &f64)| value - all - alone[cell / width] - across[cell % width];
    let grid = grid.iter().enumerate().map(left).collect();
    Purified { grid, alone: (alone, across), mean: all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_no_mean_left_and_nothing_is_lost() {
        let grid = [1.0, 4.0, -2.0, 0.5, 3.0, 7.0];
        let weights = (&[2.0, 5.0][..], &[1.0, 3.0, 0.5][..]);
        let found = purified(&grid, weights);
        for line in 0..2 {
            let mean: f64 = (0..3).map(|other| found.grid[line * 3 + other] * weights.1[other]).sum();
            assert!(mean.abs() < 1e-12);
        }
        for other in 0..3 {
            let mean: f64 = (0..2).map(|line| found.grid[line * 3 + other] * weights.0[line]).sum();
            assert!(mean.abs() < 1e-12);
        }
        for (cell, value) in grid.iter().enumerate() {
            let sum = found.grid[cell] + found.mean + found.alone.0[cell / 3] + found.alone.1[cell % 3];
            assert!((sum - value).abs() < 1e-12);
        }
        let again = purified(&found.grid, weights);
        assert!(again.grid.iter().zip(&found.grid).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
