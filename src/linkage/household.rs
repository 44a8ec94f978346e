//! Twins and others who share what a household shares.
//!
//! 王雨桐 and 王雨彤 have one day of birth, one address and one telephone. The model sees a slip in a name; a
//! judge would freeze the wrong person's account. Such pairs go to review, however likely they look.

use super::compare::{Comparator, MISSING, level_of};
use super::params::{ComparisonKind, LinkageParams};

/// Tells pairs that may be two members of one household from pairs of one party.
#[derive(Debug)]
pub(super) struct Household {
    names: Vec<usize>,
    /// Comparisons of what each member has of its own, with the last level that still speaks for one member.
    own: Vec<(usize, u8)>,
}

/// The level of names that are equal, and that of names that sound alike.
const EQUAL: u8 = 0;
const SAME_SOUND: u8 = 1;

impl Household {
    pub(super) fn new(params: &LinkageParams) -> Option<Self> {
        let is_name = |kind| kind == ComparisonKind::Name;
        let comparisons = || params.comparisons.iter().enumerate();
        let own = comparisons().filter(|(_, c)| !is_name(c.kind) && !params.household.contains(&c.column));
        let own = own.map(|(i, c)| (i, u8::from(c.kind == ComparisonKind::Digits)));
        let names: Vec<usize> = comparisons().filter(|(_, c)| is_name(c.kind)).map(|(i, _)| i).collect();
        let applies = !params.household.is_empty() && !names.is_empty();
        applies.then(|| Self { names, own: own.collect() })
    }

    /// Whether the pair's names are written differently, and nothing beside the household speaks
    /// for one member. Chinese names that only sound alike are written differently (雨桐, 雨彤); words
    /// in another order or script are not.
    pub(super) fn may_be_two(&self, comparator: &Comparator<'_>, (left, right): (u32, u32)) -> bool {
        let pattern = comparator.pattern(left, right);
        let mut names = self.names.iter().filter(|i| level_of(pattern, **i) != MISSING).peekable();
        let differs = |i: usize| match level_of(pattern, i) {
            EQUAL => false,
            SAME_SOUND => comparator.are_both_han(i, left, right),
            _ => true,
        };
        names.peek().is_some()
            && names.all(|i| differs(*i))
            && self.own.iter().all(|(i, last)| level_of(pattern, *i) > *last)
    }
}
