//! Weight of evidence for each row from bins that were found without its fold.
//!
//! A category with a thousand levels can fit the rows it was made of perfectly. Read with bins found
//! without a row's fold, it says what it will say of rows that come later.

use rayon::prelude::*;

use super::column::Column;
use super::design::Design;
use super::fit::{Table, bin};
use super::folds::{assign, scatter};
use super::{ScorecardParams, Target};
use crate::error::{Error, Result};

/// Rows to train on and rows to test on, for one fold.
struct Split {
    train: Vec<usize>,
    test: Vec<usize>,
    target: Target,
}

/// Weight of evidence that no row had a part in: each row is read with bins found without its fold.
///
/// Bins that fit noise speak for themselves on the rows that made them, and for nothing on others;
/// a regression on these columns pays a feature only for what it says about rows that its bins
/// never saw. A feature without bins in a fold has weight of evidence 0 there.
///
/// # References
///
/// Wolpert, *Stacked generalization* (1992); Micci-Barreca, *A preprocessing scheme for high-cardinality categorical
/// attributes* (2001).
pub(super) fn cross_fit(table: &Table<'_>, names: &[&str], params: &ScorecardParams) -> Result<Design> {
    if let Some(cross_fitted) = table.cross_fitted {
        return Ok(cross_fitted(names));
    }
    let splits = splits(table, params)?;
    let feature = |name: &&str| -> Result<(Vec<u16>, Vec<f64>)> {
        let column = table.columns.iter().find(|(other, _)| other == name).map(|(_, column)| column);
        column.map_or_else(|| Ok((Vec::new(), vec![0.0])), |column| held_out((name, column), &splits, params))
    };
    let columns: Vec<(Vec<u16>, Vec<f64>)> = names.par_iter().map(feature).collect::<Result<_>>()?;
    Ok(Design::coded(table.target.height(), columns))
}

fn splits(table: &Table<'_>, params: &ScorecardParams) -> Result<Vec<Split>> {
    let folds = assign(&table.target, params.cross_fit_folds, scatter(scatter(params.seed)));
    let split = |label: u32| {
        let (test, train): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|row| folds.get(*row) == Some(&label));
        match table.target.rows(&train) {
            Ok(target) => Ok(Some(Split { train, test, target })),
            Err(Error::TooLittle { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let splits: Vec<Option<Split>> = (0..params.cross_fit_folds).into_par_iter().map(split).collect::<Result<_>>()?;
    Ok(splits.into_iter().flatten().collect())
}

/// One feature's code per row, and the weight of evidence of each code; code 0 is weight of evidence 0.
fn held_out(
    (name, column): (&str, &Column<'_>),
    splits: &[Split],
    params: &ScorecardParams,
) -> Result<(Vec<u16>, Vec<f64>)> {
    let mut codes = vec![0; column.len()];
    let mut woe = vec![0.0];
    for split in splits {
        let map = match bin((name, &column.rows(&split.train)), &split.target, params) {
            Ok(map) => map,
            Err(Error::TooLittle { .. }) => continue,
            Err(error) => return Err(error),
        };
        let first = u16::try_from(woe.len()).unwrap_or(u16::MAX);
        woe.extend(map.woe_by_code());
        for (row, code) in split.test.iter().zip(map.codes(&column.rows(&split.test))) {
            if let Some(slot) = codes.get_mut(*row) {
                *slot = code.saturating_add(first);
            }
        }
    }
    Ok((codes, woe))
}
