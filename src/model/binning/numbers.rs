//! Optimal bins of a numeric feature.
//!
//! Cut points are short decimals in the gap between two values, since people will read "above 12,000" on a
//! card and not "above 11,998.37".

use super::assembly::Assembly;
use super::partition::Prebins;
use super::prebin::tree;
use super::value_bins::{Atom, Detail, Histogram, Marks, reach, tally};
use super::woe::Yardstick;
use super::{BinMap, BinRange, BinningParams, Counts, MetRange, SpecialCode};
use crate::error::{Error, Result};
use crate::model::Target;

/// Optimal bins of a numeric feature; NaN is missing.
///
/// Rows count as [`Target::weights`] says. Distinct values (told apart to one part in a million)
/// are joined to prebins by a regression tree, the prebins to bins by an exact dynamic program. Cut
/// points are the shortest decimals near the middle of the gap between two bins.
///
/// # Errors
///
/// [`Error::Setting`] for settings outside their range, infinite values, or splits that no value
/// tells apart; [`Error::TooLittle`] when no bins satisfy the settings, naming those that bind.
///
/// # Examples
///
/// ```
/// use wherewithal::model::{BinningParams, Target, Trend, bin_numbers};
///
/// let values: Vec<f64> = (0..600).map(|row| f64::from(row % 60)).collect();
/// let target = Target::new((0..600).map(|row| row % 60 > (row * 11) % 90))?;
/// let map = bin_numbers("income", &values, &target, &BinningParams::default().trend(Trend::Ascending))?;
/// assert!(map.bins.len() > 1 && map.bins.windows(2).all(|pair| pair[0].woe <= pair[1].woe));
/// assert!(map.cuts.is_sorted());
/// assert!(bin_numbers("income", &[f64::INFINITY; 600], &target, &BinningParams::default()).is_err());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn bin_numbers(feature: &str, values: &[f64], target: &Target, params: &BinningParams) -> Result<BinMap> {
    bin_effective(feature, values, &target.effective(), params)
}

/// Optimal bins of a numeric feature whose target counts in effective rows.
pub(crate) fn bin_effective(feature: &str, values: &[f64], target: &Target, params: &BinningParams) -> Result<BinMap> {
    params.check()?;
    let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
    let marks = Marks { special: &special, splits: &params.splits };
    bin_tally(feature, tally(values, target, marks, Detail::Fine)?, params)
}

/// Optimal bins of a column that is already counted, its special codes in the order of the settings.
pub(super) fn bin_tally(feature: &str, tally: Histogram, params: &BinningParams) -> Result<BinMap> {
    let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
    let counts: Vec<Counts> = tally.atoms.iter().map(|atom| atom.counts).collect();
    let codes: Counts = tally.special.iter().copied().sum();
    let total = counts.iter().copied().sum::<Counts>() + codes + tally.missing;
    total.has_both_classes(feature)?;
    let yardstick = Yardstick::new(total, params);

    let fixed = split_ends(&tally.atoms, &params.splits)?;
    let ends = tree(&counts, &fixed, params.max_prebins, params.least_weight(&total));
    let prebins = joined(&counts, &ends);
    let fixed_prebins = ends.iter().map(|end| fixed.get(*end).copied().unwrap_or(false)).collect();
    let apart = params.bins_apart(&tally.special, &tally.missing);
    let prebins = Prebins { feature, counts: &prebins, fixed: fixed_prebins, apart };
    let (partition, trend) = prebins.partition(params, &yardstick)?;

    let last_atoms: Vec<usize> = partition.ends.iter().filter_map(|end| ends.get(*end).copied()).collect();
    let cuts = cut_points(&tally.atoms, &last_atoms, &params.splits);
    let bounds = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let ranges = bounds.zip(cuts.iter().copied().map(Some).chain(std::iter::once(None)));
    // Where all values are codes or missing there is no interval: `joined` gives no counts then.
    let regular = ranges.map(|(above, up_to)| BinRange::Interval { above, up_to }).zip(joined(&counts, &last_atoms));

    let mut assembly = Assembly::new(feature, yardstick, regular.collect());
    for (code, counts) in special.iter().zip(&tally.special).filter(|(_, counts)| counts.rows > 0) {
        assembly.place(BinRange::Special(vec![*code]), *counts, params.special);
    }
    if tally.missing.rows > 0 {
        assembly.place(BinRange::Missing, tally.missing, params.missing);
    }
    let met = MetRange::from_atoms(&tally.atoms);
    Ok(BinMap { met, ..assembly.finish(cuts, trend, params.unseen) })
}

pub(crate) fn number(code: &SpecialCode) -> Option<f64> {
    match code {
        SpecialCode::Number(number) => Some(*number),
        SpecialCode::Text(_) => None,
    }
}

/// Sums of the runs that end at `ends`.
pub(super) fn joined(counts: &[Counts], ends: &[usize]) -> Vec<Counts> {
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let run = |(start, end): (usize, &usize)| counts.get(start..=*end).unwrap_or_default().iter().copied().sum();
    starts.zip(ends).map(run).collect()
}

/// Marks the atoms after which a split stands.
pub(super) fn split_ends(atoms: &[Atom], splits: &[f64]) -> Result<Vec<bool>> {
    let mut fixed = vec![false; atoms.len()];
    for split in splits {
        let below = atoms.partition_point(|atom| atom.last <= super::value_bins::key(*split));
        let free = below > 0 && below < atoms.len();
        match fixed.get_mut(below.wrapping_sub(1)).filter(|taken| free && !**taken) {
            Some(mark) => *mark = true,
            None => return Err(Error::setting("splits", split, "values on both sides of it and of its neighbours")),
        }
    }
    Ok(fixed)
}

/// The cut after each bin but the last: a split the user gave, or a short number in the gap.
pub(super) fn cut_points(atoms: &[Atom], last_atoms: &[usize], splits: &[f64]) -> Vec<f64> {
    let gaps = last_atoms.iter().filter_map(|last| {
        let (left, right) = (atoms.get(*last)?, atoms.get(last + 1)?);
        Some((reach(left.last), reach(right.first)))
    });
    let cut = |((least, low), (high, _)): ((f64, f64), (f64, f64))| {
        splits.iter().copied().find(|split| (least..high).contains(split)).unwrap_or_else(|| short_between(low, high))
    };
    gaps.map(cut).collect()
}

/// The decimal of fewest digits near the middle of `low..high`, `high` excluded.
fn short_between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    let rounded = (0..17).filter_map(|digits| format!("{middle:.digits$e}").parse::<f64>().ok());
    rounded.map(|number| number + 0.0).find(|number| (low..high).contains(number)).unwrap_or(low)
}

#[cfg(test)]
mod tests {
    use super::super::{Placement, Trend};
    use super::*;

    fn stairs(n: usize) -> (Vec<f64>, Target) {
        let values: Vec<f64> = (0..n).map(|i| (i % 100) as f64).collect();
        let events = values.iter().enumerate().map(|(i, value)| (i / 100) % 10 < if *value < 35.0 { 2 } else { 6 });
        let target = Target::new(events.collect::<Vec<_>>()).unwrap();
        (values, target)
    }

    #[test]
    fn finds_the_step_and_writes_it_short() {
        let (values, target) = stairs(4_000);
        let map = bin_numbers("x", &values, &target, &BinningParams::default()).unwrap();
        assert_eq!((map.cuts.as_slice(), map.trend), (&[34.5][..], Trend::Ascending));
        assert!(map.bins[0].woe < 0.0 && map.bins[1].woe > 0.0);
        assert_eq!(map.bins.iter().map(|bin| bin.counts.rows).sum::<u64>(), 4_000);
    }

    #[test]
    fn keeps_missing_and_special_values_apart() {
        let (mut values, target) = stairs(4_000);
        values[..300].fill(f64::NAN);
        values[300..400].fill(-9.0);
        let codes = vec![SpecialCode::Number(-9.0), SpecialCode::Number(-8.0)];
        let params = BinningParams::default().special_codes(codes);
        let own = bin_numbers("x", &values, &target, &params).unwrap();
        assert_eq!(own.bin_of_number(f64::NAN), own.missing);
        assert_eq!(own.bins[own.missing.unwrap()].counts.rows, 300);
        assert_eq!(own.bins[own.bin_of_number(-9.0).unwrap()].counts.rows, 100);
        assert_eq!(own.bin_of_number(-8.0), Some(0));

        let merged = params.missing(Placement::Nearest).special(Placement::Nearest);
        let merged = bin_numbers("x", &values, &target, &merged).unwrap();
        assert_eq!(merged.bins.len(), 2);
        assert_eq!(merged.bins.iter().map(|bin| bin.counts.rows).sum::<u64>(), 4_000);
        assert!(merged.missing.is_some());
    }

    #[test]
    fn respects_splits_or_says_why_not() {
        let (values, target) = stairs(4_000);
        let params = BinningParams::default().min_bin_share(0.05);
        let with = |splits: Vec<f64>| bin_numbers("x", &values, &target, &params.clone().splits(splits));
        let map = with(vec![10.0, 34.0]).unwrap();
        assert!(map.cuts.contains(&10.0) && map.cuts.contains(&34.0));
        assert_eq!(map.bins[0].counts.rows, 440);
        for (splits, reason) in [(vec![-5.0], "both sides"), (vec![10.0, 10.5], "both sides"), (vec![0.0], "splits")] {
            let error = with(splits.clone()).unwrap_err().to_string();
            assert!(error.contains(reason), "{splits:?}: {error}");
        }
    }

    #[test]
    fn names_the_setting_that_binds() {
        let (values, target) = stairs(4_000);
        let error = |params: BinningParams| bin_numbers("x", &values, &target, &params).unwrap_err().to_string();
        assert!(error(BinningParams::default().min_bins(8).max_p_value(Some(0.001))).contains("min_bins"));
        assert!(error(BinningParams::default().min_bin_events(100_000)).contains("min_bin_events"));
        assert!(error(BinningParams::default().max_bin_share(0.1).max_bins(5)).contains("max_bin_share"));
    }

    #[test]
    fn short_numbers_lie_in_the_gap() {
        for (low, high, short) in
            [(34.000_03, 35.0, 34.5), (0.1234, 0.1301, 0.13), (123_456.0, 234_567.0, 200_000.0), (-0.2, 0.3, 0.05)]
        {
            assert!((short_between(low, high) - short).abs() < 1e-12);
        }
    }
}
