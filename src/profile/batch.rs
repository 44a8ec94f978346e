//! Counts and sums over the profiles of one run.
//!
//! What a head of an enforcement bureau reads in the morning: how many, how much, where, and whom first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DebtorProfile, SignalLine, Standing};
use crate::capacity::AssetClass;
use crate::conduct::Strength;
use crate::domain::{Day, Label, Money};
use crate::score::Grade;

/// What a night's portraits say together: counts and sums, and whom to look at first.
///
/// ```
/// use wherewithal::profile::{Batch, DebtorProfile};
///
/// let batch = Batch::from_profiles(&vec![DebtorProfile::default(); 2]);
/// assert_eq!((batch.debtors, batch.grades.last().and_then(|group| group.grade)), (2, None));
/// assert_eq!(batch.grades.iter().map(|group| group.debtors).sum::<usize>(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The day described.
    pub as_of: Option<Day>,
    /// How many debtors.
    pub debtors: usize,
    /// The principal of all claims; a claim against several debtors counts with each.
    pub claim: Money,
    /// What could be recovered, expected.
    pub recovered: Money,
    /// Debtors by grade, A first, those without a score last.
    pub grades: Vec<GradeGroup>,
    /// Where the money is: what is available, expected, by class of property, most first.
    pub classes: Vec<ClassGroup>,
    /// Signals of conduct by pattern, most debtors first.
    pub signals: Vec<SignalGroup>,
    /// Most to be recovered: places in the list of portraits, from 0.
    pub most_money: Vec<usize>,
    /// Something to recover, or unexplained acts of weight: a strongest signal, by what it moved.
    pub most_hidden: Vec<usize>,
    /// Too little known, by claim.
    pub most_unknown: Vec<usize>,
}

/// The debtors of one grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeGroup {
    /// The grade; none for debtors without a score.
    pub grade: Option<Grade>,
    /// How many.
    pub debtors: usize,
    /// The principal of their claims.
    pub claim: Money,
    /// What could be recovered from them, expected.
    pub recovered: Money,
}

/// One class of property over all debtors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassGroup {
    /// The class.
    pub class: AssetClass,
    /// Debtors who have any.
    pub debtors: usize,
    /// What is available, expected.
    pub available: Money,
}

/// One pattern of conduct over all debtors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalGroup {
    /// The pattern's code.
    pub pattern: String,
    /// The pattern in both languages.
    pub label: Label,
    /// Debtors by strength: weak, medium, strong.
    pub debtors: [usize; 3],
}

/// Names in each list of whom to look at first.
const MOST_FIRST: usize = 10;

impl Batch {
    /// Counts and sums over portraits.
    pub fn from_profiles(profiles: &[DebtorProfile]) -> Self {
        let mut batch = Self {
            as_of: profiles.iter().filter_map(|profile| profile.as_of).max(),
            debtors: profiles.len(),
            claim: profiles.iter().map(DebtorProfile::claim).sum(),
            recovered: profiles.iter().map(recovered).sum(),
            grades: grades(profiles),
            classes: classes(profiles),
            signals: signals(profiles),
            ..Self::default()
        };
        let first = |key: &dyn Fn(&DebtorProfile) -> Option<Money>| {
            let mut places: Vec<(Money, usize)> = profiles
                .iter()
                .enumerate()
                .filter_map(|(place, profile)| Some((key(profile)?, place)))
                .filter(|(amount, _)| *amount > Money::ZERO)
                .collect();
            places.sort_by_key(|(amount, place)| (std::cmp::Reverse(*amount), *place));
            places.into_iter().take(MOST_FIRST).map(|(_, place)| place).collect()
        };
        batch.most_money = first(&|profile| Some(recovered(profile)));
        batch.most_hidden = first(&|profile| {
            let strong = profile.signals.iter().flatten().filter(|signal| signal.strength == Strength::Strong);
            strong.filter_map(|signal| signal.amount).max()
        });
        batch.most_unknown =
            first(&|profile| matches!(profile.standing, Standing::Insufficient { .. }).then(|| profile.claim()));
        batch
    }
}

fn recovered(profile: &DebtorProfile) -> Money {
    profile.means.as_ref().map_or(Money::ZERO, |means| means.recovered.expected)
}

fn grade(profile: &DebtorProfile) -> Option<Grade> {
    match &profile.standing {
        Standing::Scored { grade, .. } => Some(*grade),
        Standing::Insufficient { .. } => None,
    }
}

fn grades(profiles: &[DebtorProfile]) -> Vec<GradeGroup> {
    let all = Grade::ALL.into_iter().map(Some).chain([None]);
    all.map(|wanted| {
        let of_grade = || profiles.iter().filter(|profile| grade(profile) == wanted);
        GradeGroup {
            grade: wanted,
            debtors: of_grade().count(),
            claim: of_grade().map(DebtorProfile::claim).sum(),
            recovered: of_grade().map(recovered).sum(),
        }
    })
    .collect()
}

fn classes(profiles: &[DebtorProfile]) -> Vec<ClassGroup> {
    let mut sums: BTreeMap<AssetClass, (usize, Money)> = BTreeMap::new();
    for line in profiles.iter().filter_map(|profile| profile.means.as_ref()).flat_map(|means| &means.lines) {
        let (debtors, available) = sums.entry(line.class).or_default();
        *debtors += 1;
        *available += line.layers.available.expected;
    }
    let mut groups: Vec<ClassGroup> =
        sums.into_iter().map(|(class, (debtors, available))| ClassGroup { class, debtors, available }).collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.available), group.class));
    groups
}

fn signals(profiles: &[DebtorProfile]) -> Vec<SignalGroup> {
    let mut groups: BTreeMap<&str, SignalGroup> = BTreeMap::new();
    for signal in profiles.iter().flat_map(|profile| profile.signals.iter().flatten()) {
        let group = groups.entry(&signal.pattern).or_insert_with(|| empty(signal));
        let [weak, medium, strong] = &mut group.debtors;
        match signal.strength {
            Strength::Weak => *weak += 1,
            Strength::Medium => *medium += 1,
            Strength::Strong => *strong += 1,
        }
    }
    let mut groups: Vec<SignalGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.debtors.iter().sum::<usize>()));
    groups
}

fn empty(signal: &SignalLine) -> SignalGroup {
    SignalGroup { pattern: signal.pattern.clone(), label: signal.label.clone(), debtors: [0; 3] }
}
