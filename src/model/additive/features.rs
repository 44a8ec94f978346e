//! Fine bins and codes of the features that are boosted.
//!
//! A feature with one value, or with nothing but missing ones, cannot be parted; it is left out with the
//! reason.

use rayon::prelude::*;

use super::line::Line;
use super::{AdditiveParams, CELLS};
use crate::error::{Error, Result};
use crate::model::Target;
use crate::model::binning::{BinMap, bin_finely};
use crate::model::column::Column;
use crate::model::selection::{Exclusion, ExclusionReason};

/// A feature as it is boosted: its fine bins, and the code of each row.
#[derive(Debug)]
pub(super) struct Feature {
    pub(super) map: BinMap,
    pub(super) codes: Vec<u8>,
    pub(super) line: Line,
}

/// Every feature that can be parted at all, and why the others cannot.
pub(super) fn features(
    columns: &[(&str, Column<'_>)],
    target: &Target,
    params: &AdditiveParams,
) -> Result<(Vec<Feature>, Vec<Exclusion>)> {
    let one = |(name, column): &(&str, Column<'_>)| {
        let binning = params.card.binning_of(name);
        let map = bin_finely((name, column), target, (&binning, params.fine_bins))?;
        if map.bins.len() < 2 || map.bins.len() >= CELLS {
            let found = match map.bins.len() {
                0 | 1 => "one value only".to_owned(),
                many => format!("{many} levels and codes, expected fewer than {CELLS}"),
            };
            return Ok(Err(Exclusion { feature: map.feature, reason: ExclusionReason::NoBins(found) }));
        }
        let codes = map.codes(column).into_iter().map(|code| u8::try_from(code).unwrap_or(u8::MAX)).collect();
        let line = Line::new(&map, binning.trend, params);
        Ok::<_, Error>(Ok(Feature { map, codes, line }))
    };
    let all: Vec<_> = columns.par_iter().map(one).collect::<Result<_>>()?;
    let mut parted = (Vec::new(), Vec::new());
    for feature in all {
        match feature {
            Ok(feature) => parted.0.push(feature),
            Err(exclusion) => parted.1.push(exclusion),
        }
    }
    Ok(parted)
}
