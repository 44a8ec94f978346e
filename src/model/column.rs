//! One feature's values as the learner reads them: numbers, levels or codes.
//!
//! Learners do not ask where values came from: from a frame, from a matrix or from codes.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::FixedState;

/// A level code for "unknown".
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// A code of one byte for "unknown".
pub(crate) const MISSING: u8 = u8::MAX;

/// One feature's values as the learner reads them.
#[derive(Debug, Clone)]
pub(crate) enum Column<'a> {
    /// Numbers; an unknown one is NaN.
    Number(Cow<'a, [f64]>),
    /// Codes into `levels`, which are sorted and unique; an unknown one is [`UNKNOWN`].
    Category { codes: Vec<u32>, levels: Vec<Cow<'a, str>> },
    /// Codes into `cells`; an unknown value is [`MISSING`].
    Coded { codes: Cow<'a, [u8]>, cells: &'a Cells },
}

/// What codes of one byte stand for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cells {
    /// Runs of neighbouring numbers, by their first and last key (`binning::Atom`), rising; after
    /// them the special codes.
    Numbers { runs: Vec<(u32, u32)>, special: Vec<f64> },
    /// Levels, sorted; after them one code for all the rare ones.
    Levels { own: Vec<String>, rare: Vec<String> },
}

impl<'a> Column<'a> {
    /// Categories from text.
    pub(crate) fn from_text(values: &[Option<&'a str>]) -> Self {
        let mut met: HashMap<&str, u32, FixedState> = HashMap::default();
        let arrival = |value: &Option<&'a str>| {
            let next = u32::try_from(met.len()).unwrap_or(UNKNOWN);
            value.map_or(UNKNOWN, |text| *met.entry(text).or_insert(next))
        };
        let arrivals: Vec<u32> = values.iter().map(arrival).collect();
        let mut levels: Vec<&str> = met.keys().copied().collect();
        levels.sort_unstable();
        let mut rank = vec![UNKNOWN; levels.len()];
        for (index, level) in (0..).zip(&levels) {
            if let Some(slot) = met.get(level).and_then(|arrival| rank.get_mut(*arrival as usize)) {
                *slot = index;
            }
        }
        let codes = arrivals.iter().map(|arrival| rank.get(*arrival as usize).copied().unwrap_or(UNKNOWN)).collect();
        Self::Category { codes, levels: levels.into_iter().map(Cow::Borrowed).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Category { codes, .. } => codes.len(),
            Self::Coded { codes, .. } => codes.len(),
        }
    }

    /// The values of some rows.
    pub(crate) fn rows(&self, rows: &[usize]) -> Column<'a> {
        match self {
            Self::Number(values) => {
                Self::Number(rows.iter().map(|row| values.get(*row).copied().unwrap_or(f64::NAN)).collect())
            }
            Self::Category { codes, levels } => Self::Category {
                codes: rows.iter().map(|row| codes.get(*row).copied().unwrap_or(UNKNOWN)).collect(),
                levels: levels.clone(),
            },
            Self::Coded { codes, cells } => Column::Coded {
                codes: rows.iter().map(|row| codes.get(*row).copied().unwrap_or(MISSING)).collect(),
                cells,
            },
        }
    }
}
