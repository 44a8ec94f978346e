use std::borrow::Cow;

/// A level code for "unknown".
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// One feature's values as the learner reads them.
#[derive(Debug, Clone)]
pub(crate) enum Column<'a> {
    /// Numbers; an unknown one is NaN.
    Number(Cow<'a, [f64]>),
    /// Codes into `levels`, which are sorted and unique; an unknown one is [`UNKNOWN`].
    Category { codes: Vec<u32>, levels: Vec<Cow<'a, str>> },
}

impl<'a> Column<'a> {
    /// Categories from text.
    pub(crate) fn from_text(values: &[Option<&'a str>]) -> Self {
        let distinct: std::collections::BTreeSet<&str> = values.iter().flatten().copied().collect();
        let levels: Vec<&'a str> = distinct.into_iter().collect();
        let code = |value: &Option<&str>| {
            value
                .and_then(|text| levels.binary_search(&text).ok())
                .and_then(|code| u32::try_from(code).ok())
                .unwrap_or(UNKNOWN)
        };
        let codes = values.iter().map(code).collect();
        Self::Category { codes, levels: levels.into_iter().map(Cow::Borrowed).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Category { codes, .. } => codes.len(),
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
        }
    }
}
