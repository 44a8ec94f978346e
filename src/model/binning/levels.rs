//! Optimal bins of a categorical feature.

use super::assembly::Assembly;
use super::numbers::joined;
use super::partition::Prebins;
use super::prebin::tree;
use super::woe::Yardstick;
use super::{BinMap, BinRange, BinningParams, Counts, SpecialCode, Trend};
use crate::error::Result;
use crate::model::Target;
use crate::model::column::{Column, UNKNOWN};

/// One or several levels that stay together.
pub(super) struct Group<'a> {
    levels: Vec<&'a str>,
    pub(super) counts: Counts,
    is_rest: bool,
}

/// Optimal bins of a categorical feature; `None` is missing.
///
/// Levels are put in the order of their event rates (ties by name), rare ones together as the rest
/// group, and neighbours are joined as for numbers. By that order the rates of the bins rise, so a
/// trend asked for is not used.
///
/// # Errors
///
/// As for [`bin_numbers`](super::bin_numbers).
///
/// # Examples
///
/// ```
/// use wherewithal::model::{BinningParams, Target, bin_levels};
///
/// let levels = ["rent", "own", "rent", "own", "rent", "own", "rent", "own"].map(Some);
/// let target = Target::new([false, true, false, true, true, false, false, true])?;
/// let map = bin_levels("housing", &levels, &target, &BinningParams::default().min_bin_rows(1))?;
/// assert!(map.bin_of_level(Some("own")) > map.bin_of_level(Some("rent")));
/// assert_eq!(map.bin_of_level(Some("boat")), None); // never met, no rest group: weight of evidence 0
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn bin_levels(feature: &str, values: &[Option<&str>], target: &Target, params: &BinningParams) -> Result<BinMap> {
    bin_category(feature, &Column::from_text(values), &target.effective(), params)
}

/// Optimal bins of a categorical feature whose target counts in effective rows.
pub(crate) fn bin_category(
    feature: &str,
    column: &Column<'_>,
    target: &Target,
    params: &BinningParams,
) -> Result<BinMap> {
    let (by_level, missing) = count(column, target);
    bin_counted(feature, LevelCounts { by_level, missing, rare: None }, params)
}

/// Levels that are already counted, sorted by level, beside the missing values.
pub(super) struct LevelCounts<'a> {
    pub(super) by_level: Vec<(&'a str, Counts)>,
    pub(super) missing: Counts,
    /// Levels that are rare in any case and were counted together.
    pub(super) rare: Option<(Vec<&'a str>, Counts)>,
}

impl LevelCounts<'_> {
    pub(super) fn total(&self) -> Counts {
        let together = self.rare.as_ref().map_or_else(Counts::default, |(_, counts)| *counts);
        self.by_level.iter().map(|(_, counts)| *counts).sum::<Counts>() + together + self.missing
    }
}

/// Optimal bins of levels that are already counted.
pub(super) fn bin_counted(feature: &str, counted: LevelCounts<'_>, params: &BinningParams) -> Result<BinMap> {
    params.check()?;
    let total = counted.total();
    let LevelCounts { by_level, missing, rare } = counted;
    total.has_both_classes(feature)?;
    let yardstick = Yardstick::new(total, params);
    let (special, regular) = special_apart(by_level, params);
    let groups = grouped((regular, rare), &total, params);

    let counts: Vec<Counts> = groups.iter().map(|group| group.counts).collect();
    let ends = tree(&counts, &[], params.max_prebins, params.least_weight(&total));
    let prebins = joined(&counts, &ends);
    let special_counts: Vec<Counts> = special.iter().map(|(_, counts)| *counts).collect();
    let apart = params.bins_apart(&special_counts, &missing);
    let prebins = Prebins { feature, counts: &prebins, fixed: Vec::new(), apart };
    let ordered = BinningParams { trend: Trend::Ascending, splits: Vec::new(), ..params.clone() };
    let (partition, trend) = prebins.partition(&ordered, &yardstick)?;

    let last_groups: Vec<usize> = partition.ends.iter().filter_map(|end| ends.get(*end).copied()).collect();
    Ok(assembled((feature, trend), (&groups, &last_groups), (special, missing), params))
}

/// Levels that are codes, and the others.
pub(super) fn special_apart<'a>(
    by_level: Vec<(&'a str, Counts)>,
    params: &BinningParams,
) -> (Vec<(&'a str, Counts)>, Vec<(&'a str, Counts)>) {
    let is_special =
        |level: &str| params.special_codes.iter().any(|code| matches!(code, SpecialCode::Text(text) if text == level));
    by_level.into_iter().partition(|(level, _)| is_special(level))
}

/// The map of groups in their order, joined where `last_groups` says, beside codes and missing values.
pub(super) fn assembled(
    (feature, trend): (&str, Trend),
    (groups, last_groups): (&[Group<'_>], &[usize]),
    (special, missing): (Vec<(&str, Counts)>, Counts),
    params: &BinningParams,
) -> BinMap {
    let counts: Vec<Counts> = groups.iter().map(|group| group.counts).collect();
    let apart = special.iter().map(|(_, counts)| *counts).sum::<Counts>() + missing;
    let yardstick = Yardstick::new(counts.iter().copied().sum::<Counts>() + apart, params);
    let bin_of = |group: usize| last_groups.partition_point(|last| *last < group);
    let mut ranges: Vec<(Vec<String>, bool)> = vec![(Vec::new(), false); last_groups.len()];
    for (index, group) in groups.iter().enumerate() {
        if let Some(range) = ranges.get_mut(bin_of(index)) {
            range.0.extend(group.levels.iter().map(|level| (*level).to_owned()));
            range.1 |= group.is_rest;
        }
    }
    let range =
        |(levels, rest): (Vec<String>, bool)| if rest { BinRange::Rest(levels) } else { BinRange::Levels(levels) };
    let regular = ranges.into_iter().map(range).zip(joined(&counts, last_groups));
    let mut assembly = Assembly::new(feature, yardstick, regular.collect());
    for (index, group) in groups.iter().enumerate() {
        group.levels.iter().for_each(|level| assembly.level(level, bin_of(index)));
        if group.is_rest {
            assembly.rest(bin_of(index));
        }
    }
    for (level, counts) in special {
        let bin = assembly.place(BinRange::Levels(vec![level.to_owned()]), counts, params.special);
        assembly.level(level, bin);
    }
    if missing.rows > 0 {
        assembly.place(BinRange::Missing, missing, params.missing);
    }
    assembly.finish(Vec::new(), trend, params.unseen)
}

/// Counts by level that occurs, sorted by level, and of missing values.
pub(super) fn count<'a>(column: &'a Column<'_>, target: &Target) -> (Vec<(&'a str, Counts)>, Counts) {
    let Column::Category { codes, levels } = column else { return (Vec::new(), Counts::default()) };
    let mut missing = Counts::default();
    let mut counts = vec![Counts::default(); levels.len()];
    for (row, (code, event)) in codes.iter().zip(target.events()).enumerate() {
        let slot = if *code == UNKNOWN { Some(&mut missing) } else { counts.get_mut(*code as usize) };
        if let Some(slot) = slot {
            *slot = *slot + Counts::row(*event, target.weight(row));
        }
    }
    let met = levels.iter().map(AsRef::as_ref).zip(counts).filter(|(_, counts)| counts.rows > 0);
    (met.collect(), missing)
}

/// Levels by rising event rate, rare ones as one group.
pub(super) fn grouped<'a>(
    (levels, rare): (Vec<(&'a str, Counts)>, Option<(Vec<&'a str>, Counts)>),
    total: &Counts,
    params: &BinningParams,
) -> Vec<Group<'a>> {
    let is_rare =
        |counts: &Counts| counts.weight < params.rest_share * total.weight || counts.weight < params.least_rows();
    let (few, many): (Vec<_>, Vec<_>) = levels.into_iter().partition(|(_, counts)| is_rare(counts));
    let mut groups: Vec<Group<'_>> =
        many.into_iter().map(|(level, counts)| Group { levels: vec![level], counts, is_rest: false }).collect();
    if !few.is_empty() || rare.is_some() {
        let (others, together) = rare.unwrap_or_default();
        let counts = few.iter().map(|(_, counts)| *counts).sum::<Counts>() + together;
        let levels = few.into_iter().map(|(level, _)| level).chain(others).collect();
        groups.push(Group { levels, counts, is_rest: true });
    }
    groups.sort_by(|a, b| a.counts.rate().total_cmp(&b.counts.rate()).then_with(|| a.levels.cmp(&b.levels)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenants() -> (Vec<Option<&'static str>>, Target) {
        let mut values = Vec::new();
        let mut events = Vec::new();
        for (level, rows, hits) in [("a", 200, 20), ("b", 200, 120), ("c", 200, 24), ("d", 3, 3), ("e", 2, 0)] {
            for row in 0..rows {
                values.push(Some(level));
                events.push(row < hits);
            }
        }
        values.extend([None; 40]);
        events.extend((0..40).map(|row| row < 30));
        (values, Target::new(events).unwrap())
    }

    #[test]
    fn joins_like_levels_and_keeps_rare_ones_together() {
        let (values, target) = tenants();
        let map = bin_levels("tenure", &values, &target, &BinningParams::default().min_bin_share(0.0)).unwrap();
        assert_eq!(map.bin_of_level(Some("a")), map.bin_of_level(Some("c")));
        assert_ne!(map.bin_of_level(Some("a")), map.bin_of_level(Some("b")));
        assert_eq!(map.bin_of_level(Some("d")), map.bin_of_level(Some("e")));
        assert_eq!(map.bin_of_level(Some("never met")), map.bin_of_level(Some("d")));
        assert_eq!(map.bins[map.bin_of_level(None).unwrap()].counts.rows, 40);
        assert_eq!(map.bins.iter().map(|bin| bin.counts.rows).sum::<u64>(), 645);
    }

    #[test]
    fn gives_a_special_level_its_own_bin() {
        let (values, target) = tenants();
        let params = BinningParams::default().special_codes(vec![SpecialCode::Text("a".into())]);
        let map = bin_levels("tenure", &values, &target, &params).unwrap();
        assert_ne!(map.bin_of_level(Some("a")), map.bin_of_level(Some("c")));
        assert_eq!(map.bins[map.bin_of_level(Some("a")).unwrap()].counts.rows, 200);
    }
}
