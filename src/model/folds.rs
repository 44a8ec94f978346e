//! Deals rows to folds: groups together, events spread evenly.

use super::Target;
pub(crate) use crate::domain::scatter;

/// A fold for each row: rows of one group together, events and non-events spread evenly, the same for the same groups
/// whatever the order of rows.
///
/// Without groups each row is its own, told apart by its place among the rows that count; a row of weight 0 counts for
/// nothing and is dealt to fold 0.
#[expect(clippy::cast_possible_truncation, reason = "a remainder by a u32 is a u32")]
pub(crate) fn assign(target: &Target, folds: u32, seed: u64) -> Vec<u32> {
    let keyed = |(index, row): (usize, usize)| {
        let group = target.row_groups().map_or(index as u64, |groups| groups.get(row).copied().unwrap_or(0));
        (scatter(group ^ scatter(seed)), group, row)
    };
    let counting = (0..target.height()).filter(|row| target.weight(*row) > 0.0);
    let mut rows: Vec<(u64, u64, usize)> = counting.enumerate().map(keyed).collect();
    rows.sort_unstable();
    let happened = |row: usize| target.events().get(row).copied().unwrap_or(false);
    let groups = rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let (with, without): (Vec<_>, Vec<_>) = groups.partition(|group| group.iter().any(|(_, _, row)| happened(*row)));
    let mut fold = vec![0; target.height()];
    for (index, group) in with.into_iter().chain(without).enumerate() {
        let label = (index as u64 % u64::from(folds.max(1))) as u32;
        for (_, _, row) in group {
            if let Some(slot) = fold.get_mut(*row) {
                *slot = label;
            }
        }
    }
    fold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_groups_whole_and_classes_even_in_any_order() {
        let groups: Vec<u64> = (0..300).map(|row| row / 3).collect();
        let target = Target::new(groups.iter().map(|group| group % 10 == 0)).unwrap().groups(&groups).unwrap();
        let folds = assign(&target, 5, 1);
        for (row, group) in groups.iter().enumerate() {
            assert_eq!(folds[row], folds[usize::try_from(group * 3).unwrap()]);
        }
        for fold in 0..5 {
            assert_eq!(folds.iter().zip(target.events()).filter(|(f, e)| **f == fold && **e).count(), 6);
        }
        let reversed: Vec<usize> = (0..300).rev().collect();
        let backward = assign(&target.rows(&reversed).unwrap(), 5, 1);
        assert_eq!(backward.into_iter().rev().collect::<Vec<_>>(), folds);
        assert_ne!(assign(&target, 5, 2), folds);
    }
}
