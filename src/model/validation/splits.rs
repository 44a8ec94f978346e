//! Train and test splits by fold, group or time.

use std::collections::{BTreeSet, HashMap};

use crate::error::{Error, Result};
use crate::model::Target;
use crate::model::binning::within;
use crate::model::folds::{assign, scatter};
use crate::sentence::says;

/// Rows to train on and rows to test on, both by rising number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// What tells this split from the others.
    pub label: u32,
    /// Rows to train on.
    pub train: Vec<usize>,
    /// Rows to test on.
    pub test: Vec<usize>,
}

/// Which rows a card is tested on, and which others it is trained on.
///
/// # Properties
///
/// A row of weight 0 stands on no side. No row is tested twice, and no group (see
/// [`Target::groups`]) has rows on both sides of a split.
///
/// ```
/// # use wherewithal::model::{Splits, Target};
/// let target = Target::new([true, false, true, false, true, false])?.groups(&[1, 1, 2, 2, 3, 3])?;
/// let latest = Splits::latest(&target, &["2024", "2025", "2023", "2023", "2024", "2024"], 0.2)?;
/// assert_eq!(latest.splits()[0].test, [1]);
/// assert_eq!(latest.splits()[0].train, [2, 3, 4, 5]); // row 0 is earlier, but of the party that is tested
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splits(Vec<Split>);

impl Splits {
    /// Each of `folds` folds tested in turn; groups are dealt to them by `seed`, events and non-events evenly.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for fewer than two folds; [`Error::TooLittle`] when there are fewer groups than folds.
    pub fn folds(target: &Target, folds: u32, seed: u64) -> Result<Self> {
        if folds < 2 {
            return Err(Error::setting("folds", folds, "2 or more"));
        }
        let labels = assign(target, folds, scatter(seed));
        let met: BTreeSet<u32> = labels.iter().copied().collect();
        if met.len() < folds as usize {
            let found = format!("{} groups", met.len());
            return Err(Error::too_little("deal rows to folds", found, says!("{folds} or more", folds)));
        }
        Self::labels(target, &labels)
    }

    /// The rows of each label tested in turn.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many labels as rows, only one label, or rows of one
    /// group with different ones.
    pub fn labels(target: &Target, labels: &[u32]) -> Result<Self> {
        let distinct: BTreeSet<u32> = labels.iter().copied().collect();
        if labels.len() != target.height() || distinct.len() < 2 {
            let found = format!("{} labels, {} distinct", labels.len(), distinct.len());
            return Err(Error::setting("folds", found, says!("{} labels, 2 or more distinct", [target.height()])));
        }
        let mut of_group: HashMap<u64, u32> = HashMap::new();
        for (group, label) in target.row_groups().unwrap_or_default().iter().zip(labels) {
            let first = *of_group.entry(*group).or_insert(*label);
            if first != *label {
                let found = format!("rows of one group in {first} and {label}");
                return Err(Error::setting("folds", found, "every group in one fold"));
            }
        }
        let split = |label: u32| {
            let (test, train) = counting(target).partition(|row| labels.get(*row) == Some(&label));
            Split { label, train, test }
        };
        Ok(Self(distinct.into_iter().map(split).collect()))
    }

    /// The latest rows tested once: those of the time at which `share` of all rows begins, and later.
    ///
    /// A group that has rows among them is not trained on: its earlier rows stand on neither side.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `share` is not between 0 and 1 or there are not as many times as rows;
    /// [`Error::TooLittle`] when one side is empty.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the rows")]
    pub fn latest<T: Ord>(target: &Target, times: &[T], share: f64) -> Result<Self> {
        within("share", share, (0.0, 1.0))?;
        if times.len() != target.height() {
            return Err(Error::setting("times", times.len(), says!("{} of them", [target.height()])));
        }
        let mut sorted: Vec<&T> = counting(target).filter_map(|row| times.get(row)).collect();
        sorted.sort_unstable();
        let first = ((1.0 - share) * sorted.len() as f64).round() as usize;
        let from = sorted.get(first.min(sorted.len().saturating_sub(1)));
        Self::once(target, |row| times.get(row).zip(from).is_some_and(|(time, from)| time >= *from))
    }

    /// A `share` of groups tested once, drawn by `seed`.
    ///
    /// # Errors
    ///
    /// As [`Splits::latest`].
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub fn drawn(target: &Target, share: f64, seed: u64) -> Result<Self> {
        within("share", share, (0.0, 1.0))?;
        let group = |row: usize| target.row_groups().map_or(row as u64, |all| all.get(row).copied().unwrap_or(0));
        let chance = |row: usize| (scatter(group(row) ^ scatter(seed)) >> 11) as f64 / (1u64 << 53) as f64;
        Self::once(target, |row| chance(row) < share)
    }

    fn once(target: &Target, is_judged: impl Fn(usize) -> bool) -> Result<Self> {
        let (test, others): (Vec<usize>, Vec<usize>) = counting(target).partition(|row| is_judged(*row));
        let others_in_all = others.len();
        let train: Vec<usize> = match target.row_groups() {
            None => others,
            Some(groups) => {
                let taken: BTreeSet<u64> = test.iter().filter_map(|row| groups.get(*row).copied()).collect();
                let free = |row: &usize| groups.get(*row).is_none_or(|group| !taken.contains(group));
                others.into_iter().filter(free).collect()
            }
        };
        if train.is_empty() || test.is_empty() {
            let parted = others_in_all - train.len();
            let found = format!(
                "{} rows to learn from and {} to judge; {parted} stand on neither side, as their groups are judged",
                train.len(),
                test.len()
            );
            return Err(Error::too_little("hold rows out", found, "rows on both sides: another share, or no groups"));
        }
        Ok(Self(vec![Split { label: 0, train, test }]))
    }

    /// The splits, by rising label.
    pub fn splits(&self) -> &[Split] {
        &self.0
    }
}

/// The rows that count for anything.
fn counting(target: &Target) -> impl Iterator<Item = usize> {
    (0..target.height()).filter(|row| target.weight(*row) > 0.0)
}
