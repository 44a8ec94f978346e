//! Symmetric positive definite matrices: Cholesky factor and solutions.
//!
//! The matrices are small (one row per feature on a card) and their arithmetic is written out here, so that
//! it has one order on every machine; a library's may depend on the processor.

#![allow(clippy::indexing_slicing, reason = "rows and columns stay below the dimension the matrix was made with")]

/// A symmetric positive definite matrix, row by row.
///
/// Both triangles are kept: `set` writes a cell and its mirror.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Symmetric {
    n: usize,
    cells: Vec<f64>,
}

impl Symmetric {
    /// An `n` × `n` matrix of zeros.
    pub(crate) fn zeros(n: usize) -> Self {
        Self { n, cells: vec![0.0; n * n] }
    }

    /// How many rows and columns there are.
    pub(crate) const fn order(&self) -> usize {
        self.n
    }

    /// One cell.
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.n + column]
    }

    /// Sets a cell and its mirror.
    pub(crate) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.n + column] = value;
        self.cells[column * self.n + row] = value;
    }

    /// The rows and columns at some indices.
    pub(crate) fn picked(&self, indices: &[usize]) -> Self {
        let cells = indices.iter().flat_map(|row| indices.iter().map(|column| self.at(*row, *column))).collect();
        Self { n: indices.len(), cells }
    }

    /// Every cell times a factor.
    pub(crate) fn times(mut self, factor: f64) -> Self {
        self.cells.iter_mut().for_each(|cell| *cell *= factor);
        self
    }

    /// The solution of `self · x = right`, or `None` when `self` is not positive definite.
    pub(crate) fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        let factor = self.cholesky()?;
        Some(back_substitute(&factor, self.n, right))
    }

    /// The inverse, or `None` when `self` is not positive definite.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let n = self.n;
        let factor = self.cholesky()?;
        let columns = transposed(&factor, n);
        let mut inverse = Self::zeros(n);
        for first in (0..n).step_by(LANES) {
            // A unit vector is zero above its one, and the inverse is its own mirror: rows above `first` need no look.
            let mut x = vec![[0.0; LANES]; n];
            (0..LANES.min(n - first)).for_each(|lane| x[first + lane][lane] = 1.0);
            for row in first..n {
                let dot = dots(&factor[row * n + first..row * n + row], &x[first..row]);
                eliminate(&mut x[row], &dot, factor[row * n + row]);
            }
            for row in (first..n).rev() {
                let dot = dots(&columns[row * n + row + 1..row * n + n], &x[row + 1..]);
                eliminate(&mut x[row], &dot, factor[row * n + row]);
            }
            for (row, lanes) in x.iter().enumerate().skip(first) {
                for (lane, value) in lanes.iter().enumerate().take(row + 1 - first) {
                    inverse.set(row, first + lane, *value);
                }
            }
        }
        Some(inverse)
    }

    /// The inverse of the matrix without row and column `gone`, from the inverse `self`; row `gone` becomes zero.
    #[must_use]
    pub(crate) fn inverse_without(&self, gone: usize) -> Self {
        let mut reduced = Self::zeros(self.n);
        let pivot = self.at(gone, gone);
        for row in (0..self.n).filter(|row| *row != gone) {
            for column in (0..=row).filter(|column| *column != gone) {
                reduced.set(row, column, self.at(row, column) - self.at(row, gone) * self.at(gone, column) / pivot);
            }
        }
        reduced
    }

    /// The lower triangle `L` with `L Lᵀ = self`.
    fn cholesky(&self) -> Option<Vec<f64>> {
        let n = self.n;
        let mut factor = vec![0.0; n * n];
        for row in 0..n {
            for column in 0..=row {
                let (a, b) = (&factor[row * n..row * n + column], &factor[column * n..column * n + column]);
                let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                let rest = self.at(row, column) - dot;
                factor[row * n + column] = if row == column {
                    if rest <= 1e-12 * self.at(row, row).abs() || !rest.is_finite() {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / factor[column * n + column]
                };
            }
        }
        Some(factor)
    }
}

/// Right-hand sides that are solved for side by side, each in its own order of sums.
const LANES: usize = 8;

/// The sum of each lane times the factor, in the order of the rows.
fn dots(factor: &[f64], x: &[[f64; LANES]]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (factor, lanes) in factor.iter().zip(x) {
        sums.iter_mut().zip(lanes).for_each(|(sum, x)| *sum += factor * x);
    }
    sums
}

fn eliminate(x: &mut [f64; LANES], dot: &[f64; LANES], pivot: f64) {
    x.iter_mut().zip(dot).for_each(|(x, dot)| *x = (*x - dot) / pivot);
}

fn transposed(cells: &[f64], n: usize) -> Vec<f64> {
    let mut mirror = vec![0.0; n * n];
    for row in 0..n {
        for column in 0..=row {
            mirror[column * n + row] = cells[row * n + column];
        }
    }
    mirror
}

fn back_substitute(factor: &[f64], n: usize, right: &[f64]) -> Vec<f64> {
    let mut x = right.to_vec();
    for row in 0..n {
        let dot: f64 = (0..row).map(|k| factor[row * n + k] * x[k]).sum();
        x[row] = (x[row] - dot) / factor[row * n + row];
    }
    for row in (0..n).rev() {
        let dot: f64 = (row + 1..n).map(|k| factor[k * n + row] * x[k]).sum();
        x[row] = (x[row] - dot) / factor[row * n + row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(cells: &[&[f64]]) -> Symmetric {
        let mut matrix = Symmetric::zeros(cells.len());
        for (row, values) in cells.iter().enumerate() {
            values.iter().enumerate().for_each(|(column, value)| matrix.set(row, column, *value));
        }
        matrix
    }

    #[test]
    fn solves_inverts_and_downdates() {
        let a = matrix(&[&[4.0], &[2.0, 5.0], &[0.5, 1.0, 3.0]]);
        let x = a.solve(&[1.0, 2.0, 3.0]).unwrap();
        for (row, right) in [1.0, 2.0, 3.0].iter().enumerate() {
            assert!(((0..3).map(|k| a.at(row, k) * x[k]).sum::<f64>() - right).abs() < 1e-12);
        }
        let inverse = a.inverse().unwrap();
        for column in 0..3 {
            let unit: Vec<f64> = (0..3).map(|row| f64::from(u8::from(row == column))).collect();
            let solved = a.solve(&unit).unwrap();
            (column..3).for_each(|row| assert_eq!(inverse.at(row, column).to_bits(), solved[row].to_bits()));
        }
        let reduced = inverse.inverse_without(1);
        let direct = matrix(&[&[4.0], &[0.5, 3.0]]).inverse().unwrap();
        assert!((reduced.at(0, 2) - direct.at(0, 1)).abs() < 1e-12);
        assert!(matrix(&[&[1.0], &[1.0, 1.0]]).solve(&[1.0, 1.0]).is_none());
    }
}
