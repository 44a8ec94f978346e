//! Counts of coded columns.
//!
//! A column of millions of rows is kept as codes of one byte. Its bins follow from 256 counts, and are
//! those of the column itself where each code is one value.

use super::levels::{LevelCounts, bin_counted};
use super::numbers::{bin_tally, number};
use super::value_bins::{Atom, Histogram};
use super::{BinMap, BinningParams, Counts};
use crate::error::{Error, Result};
use crate::model::Target;
use crate::model::column::{Cells, MISSING};
use crate::sentence::{Sentence, says};

/// Codes of one byte.
pub(crate) const CODES: usize = 256;

/// Counts by code.
pub(crate) fn count_codes(codes: &[u8], target: &Target) -> Vec<Counts> {
    let mut by_code = vec![Counts::default(); CODES];
    for (row, (code, event)) in codes.iter().zip(target.events()).enumerate() {
        if let Some(slot) = by_code.get_mut(usize::from(*code)) {
            *slot = *slot + Counts::row(*event, target.weight(row));
        }
    }
    by_code
}

/// A coded column, counted.
pub(super) enum Counted<'a> {
    Numbers(Histogram),
    Levels(LevelCounts<'a>),
}

/// The counts of a coded column by value.
///
/// # Errors
///
/// [`Error::Setting`] when `params` have other special codes than the cells.
pub(super) fn counted<'a>(
    feature: &str,
    (cells, by_code): (&'a Cells, &[Counts]),
    params: &BinningParams,
) -> Result<Counted<'a>> {
    let of = |code: usize| by_code.get(code).copied().unwrap_or_default();
    let missing = of(usize::from(MISSING));
    match cells {
        Cells::Numbers { runs, special } => {
            let wanted: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
            if *special != wanted {
                let expected = format!("special codes {special:?}, as coded");
                return Err(Error::setting(
                    Sentence::name(feature),
                    says!("special codes {wanted:?}", wanted = format!("{:?}", wanted)),
                    expected,
                ));
            }
            let atom =
                |(code, (first, last)): (usize, &(u32, u32))| Atom { first: *first, last: *last, counts: of(code) };
            let atoms = runs.iter().enumerate().map(atom).filter(|atom| atom.counts.rows > 0).collect();
            let special = (runs.len()..runs.len() + special.len()).map(of).collect();
            Ok(Counted::Numbers(Histogram { atoms, missing, special }))
        }
        Cells::Levels { own, rare } => {
            let by_level = own.iter().enumerate().map(|(code, level)| (level.as_str(), of(code)));
            let by_level = by_level.filter(|(_, counts)| counts.rows > 0).collect();
            let together = of(own.len());
            let rare = (together.rows > 0).then(|| (rare.iter().map(String::as_str).collect(), together));
            Ok(Counted::Levels(LevelCounts { by_level, missing, rare }))
        }
    }
}

/// Optimal bins of a coded column, from its counts by code: those of the column itself where each code is one value.
///
/// # Errors
///
/// As [`bin_numbers`](super::bin_numbers), and what [`counted`] returns.
pub(crate) fn bin_cells(
    feature: &str,
    (cells, by_code): (&Cells, &[Counts]),
    params: &BinningParams,
) -> Result<BinMap> {
    params.check()?;
    match counted(feature, (cells, by_code), params)? {
        Counted::Numbers(tally) => bin_tally(feature, tally, params),
        Counted::Levels(counts) => bin_counted(feature, counts, params),
    }
}
