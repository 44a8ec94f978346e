//! Fine bins for learners that merge bins later.

use super::assembly::Assembly;
use super::cells::{Counted, count_codes, counted};
use super::levels::{LevelCounts, assembled, count, grouped, special_apart};
use super::numbers::{cut_points, joined, number, split_ends};
use super::value_bins::Histogram;
use super::value_bins::{Detail, Marks, tally};
use super::woe::Yardstick;
use super::{BinMap, BinRange, BinningParams, Counts, MetRange, Placement, Trend};
use crate::error::Result;
use crate::model::Target;
use crate::model::column::Column;

/// Bins as fine as values can be told apart: for a learner that decides later which of them belong together.
///
/// Numbers are cut into at most `most` runs of about equal weight, a heavy value standing alone,
/// and splits asked for are kept; every level of a category has a bin of its own but for the rare
/// ones. Missing values and special codes stand apart, whatever the settings say of their index.
pub(crate) fn bin_finely(
    (feature, column): (&str, &Column<'_>),
    target: &Target,
    (params, most): (&BinningParams, usize),
) -> Result<BinMap> {
    params.check()?;
    match column {
        Column::Number(values) => {
            let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
            let marks = Marks { special: &special, splits: &params.splits };
            numbers(feature, tally(values, target, marks, Detail::Fine)?, (params, most))
        }
        Column::Category { .. } => {
            let (by_level, missing) = count(column, target);
            levels(feature, LevelCounts { by_level, missing, rare: None }, params)
        }
        Column::Coded { codes, cells } => match counted(feature, (cells, &count_codes(codes, target)), params)? {
            Counted::Numbers(tally) => numbers(feature, tally, (params, most)),
            Counted::Levels(counts) => levels(feature, counts, params),
        },
    }
}

fn numbers(feature: &str, tally: Histogram, (params, most): (&BinningParams, usize)) -> Result<BinMap> {
    let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
    let counts: Vec<Counts> = tally.atoms.iter().map(|atom| atom.counts).collect();
    let apart = tally.special.iter().copied().sum::<Counts>() + tally.missing;
    let total = counts.iter().copied().sum::<Counts>() + apart;
    total.has_both_classes(feature)?;
    let fixed = split_ends(&tally.atoms, &params.splits)?;
    let ends = even_runs(&counts, &fixed, most);
    let cuts = cut_points(&tally.atoms, &ends, &params.splits);
    let bounds = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let ranges = bounds.zip(cuts.iter().copied().map(Some).chain(std::iter::once(None)));
    let ranges = ranges.map(|(above, up_to)| BinRange::Interval { above, up_to });
    let regular = ranges.zip(joined(&counts, &ends)).collect();
    let mut assembly = Assembly::new(feature, Yardstick::new(total, params), regular);
    for (code, counts) in special.iter().zip(&tally.special).filter(|(_, counts)| counts.rows > 0) {
        assembly.place(BinRange::Special(vec![*code]), *counts, Placement::Own);
    }
    if tally.missing.rows > 0 {
        assembly.place(BinRange::Missing, tally.missing, Placement::Own);
    }
    let met = MetRange::from_atoms(&tally.atoms);
    Ok(BinMap { met, ..assembly.finish(cuts, Trend::None, params.unseen) })
}

fn levels(feature: &str, counts: LevelCounts<'_>, params: &BinningParams) -> Result<BinMap> {
    let total = counts.total();
    let LevelCounts { by_level, missing, rare } = counts;
    total.has_both_classes(feature)?;
    let (special, regular) = special_apart(by_level, params);
    let groups = grouped((regular, rare), &total, params);
    let own = BinningParams { missing: Placement::Own, special: Placement::Own, ..params.clone() };
    let all: Vec<usize> = (0..groups.len()).collect();
    Ok(assembled((feature, Trend::None), (&groups, &all), (special, missing), &own))
}

/// The last atom of each of at most `most` runs of about equal weight; a heavy atom stands alone, a
/// marked one ends a run.
#[expect(clippy::cast_precision_loss, reason = "a count of bins")]
fn even_runs(atoms: &[Counts], fixed: &[bool], most: usize) -> Vec<usize> {
    let total: f64 = atoms.iter().map(|atom| atom.weight).sum();
    let mut room = if atoms.len() <= most { 0.0 } else { total / most as f64 };
    loop {
        let mut ends = Vec::with_capacity(most);
        let mut weight = 0.0;
        for (at, atom) in atoms.iter().enumerate() {
            weight += atom.weight;
            let full = atoms.get(at + 1).is_none_or(|next| weight + next.weight > room);
            if full || fixed.get(at).copied().unwrap_or(false) {
                ends.push(at);
                weight = 0.0;
            }
        }
        let marked = fixed.iter().filter(|fixed| **fixed).count();
        if ends.len() <= most.max(2 * marked + 2) {
            return ends;
        }
        room *= 1.1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_even_heavy_values_alone_and_marks_kept() {
        let mut atoms = vec![Counts::new(1, 0); 1000];
        atoms[500] = Counts::new(300, 10);
        let mut fixed = vec![false; 1000];
        fixed[123] = true;
        let ends = even_runs(&atoms, &fixed, 64);
        assert!(ends.len() <= 64 && ends.len() > 32, "{}", ends.len());
        assert!(ends.contains(&499) && ends.contains(&500) && ends.contains(&123) && ends.last() == Some(&999));
        assert_eq!(even_runs(&atoms[..20], &[], 64).len(), 20);
        assert!(even_runs(&[], &[], 64).is_empty());
    }
}
