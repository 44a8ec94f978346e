//! Joins lines of a pair's grid that say nearly the same.
//!
//! The same economy for grids as for shapes: lines that say nearly the same are one line.

#![allow(clippy::indexing_slicing, reason = "cells are addressed by lines below their number")]

use super::axis::Axis;

/// A grid whose like lines are joined.
#[derive(Debug, Clone)]
pub(super) struct Folded {
    /// The new line of each old one, along the first feature and along the other.
    pub(super) to: [Vec<usize>; 2],
    weights: [Vec<f64>; 2],
}

/// A grid with the curvature of the loss in each cell.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    pub(super) cells: &'a [f64],
    pub(super) curvature: &'a [f64],
    pub(super) axes: [&'a Axis; 2],
}

impl Grid<'_> {
    /// Joins neighbouring lines, the most alike first, while no more is lost than allowed; none when the grid may go
    /// altogether.
    ///
    /// Joined lines take their mean under the weights of their own feature, so that trends and purity stay.
    pub(super) fn folded(&self, most_loss: f64) -> Option<Folded> {
        let all: f64 = self.cells.iter().zip(self.curvature).map(|(cell, h)| 0.5 * h * cell * cell).sum();
        if all <= most_loss {
            return None;
        }
        let mut folded = Folded {
            to: self.axes.map(|axis| (0..axis.size()).collect()),
            weights: self.axes.map(|axis| axis.weight.clone()),
        };
        loop {
            let candidates = [0, 1].into_iter().flat_map(|along| {
                let last = folded.to[along][self.axes[along].regular.max(1) - 1];
                (0..last).map(move |line| (along, line))
            });
            let tried = candidates.map(|(along, line)| {
                let next = folded.joined(along, line);
                (self.loss(&next), next)
            });
            let best = tried.reduce(|best, next| if next.0 < best.0 { next } else { best });
            match best {
                Some((loss, next)) if loss <= most_loss => folded = next,
                _ => return Some(folded),
            }
        }
    }

    fn loss(&self, folded: &Folded) -> f64 {
        let joined = folded.apply(self.cells);
        let (width, new_width) = (self.axes[1].size(), folded.size(1));
        let cells = self.cells.iter().zip(self.curvature).enumerate();
        let lost = cells.map(|(at, (cell, h))| {
            let to = joined[folded.to[0][at / width] * new_width + folded.to[1][at % width]];
            0.5 * h * (cell - to) * (cell - to)
        });
        lost.sum()
    }
}

impl Folded {
    pub(super) fn size(&self, along: usize) -> usize {
        self.to[along].last().map_or(0, |last| last + 1)
    }

    /// The same with a line joined to the next.
    fn joined(&self, along: usize, line: usize) -> Self {
        let mut next = self.clone();
        next.to[along].iter_mut().filter(|to| **to > line).for_each(|to| *to -= 1);
        next
    }

    /// The cells of the joined lines.
    pub(super) fn apply(&self, cells: &[f64]) -> Vec<f64> {
        let width = self.weights[1].len();
        let size = self.size(0) * self.size(1);
        let (mut sums, mut weights) = (vec![0.0; size], vec![0.0; size]);
        for (at, cell) in cells.iter().enumerate() {
            let (a, b) = (at / width, at % width);
            let to = self.to[0][a] * self.size(1) + self.to[1][b];
            let weight = self.weights[0][a] * self.weights[1][b];
            sums[to] += weight * cell;
            weights[to] += weight;
        }
        sums.iter().zip(&weights).map(|(sum, weight)| if *weight > 0.0 { sum / weight } else { 0.0 }).collect()
    }
}
