//! Finds the columns that a model or a person names in a table that spells them otherwise.
use std::collections::HashMap;

use super::number::half_width;

/// Where a column that is asked for stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameMatch {
    /// A column has the very name.
    Exact(usize),
    /// One column alone has it but for upper and lower case, full and half width, and blanks.
    Alike(usize),
    /// Several columns have it but for these, or several names that are asked for are alike.
    Ambiguous,
    /// None has.
    Absent,
}

impl NameMatch {
    /// The index of the column, if there is one.
    ///
    /// Counted from 0; `None` where nobody can say which column is meant.
    pub const fn index(self) -> Option<usize> {
        match self {
            Self::Exact(place) | Self::Alike(place) => Some(place),
            Self::Ambiguous | Self::Absent => None,
        }
    }
}

/// Finds a column for each name: the very name first, then one that differs in nothing but upper and lower case, full
/// and half width, and blanks. A column is nobody's second choice that is another's first.
///
/// ```
/// # use wherewithal::tabular::{NameMatch, matched_names};
/// let found = matched_names(&["income", "Age", "flag"], &["INCOME ", "age", "ＡＧＥ"]);
/// assert_eq!(found, [NameMatch::Alike(0), NameMatch::Ambiguous, NameMatch::Absent]);
/// ```
pub fn matched_names(wanted: &[&str], columns: &[&str]) -> Vec<NameMatch> {
    let exact = |name: &&str| columns.iter().position(|column| column == name);
    let taken: Vec<usize> = wanted.iter().filter_map(exact).collect();
    let mut free: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, column) in columns.iter().enumerate().filter(|(place, _)| !taken.contains(place)) {
        free.entry(folded(column)).or_default().push(place);
    }
    let mut asked: HashMap<String, usize> = HashMap::new();
    for name in wanted.iter().filter(|name| exact(name).is_none()) {
        *asked.entry(folded(name)).or_default() += 1;
    }
    let one = |name: &&str| {
        if let Some(place) = exact(name) {
            return NameMatch::Exact(place);
        }
        let folded = folded(name);
        match free.get(&folded).map(Vec::as_slice) {
            Some([place]) if asked.get(&folded) == Some(&1) => NameMatch::Alike(*place),
            Some(_) => NameMatch::Ambiguous,
            None => NameMatch::Absent,
        }
    };
    wanted.iter().map(one).collect()
}

/// A name without what may differ: in small letters of half width, without blanks and marks of byte order.
fn folded(name: &str) -> String {
    let is_blank = |c: &char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}');
    half_width(name).chars().filter(|c| !is_blank(c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_very_name_comes_first_and_nothing_ambiguous_is_taken() {
        use NameMatch::{Absent, Alike, Ambiguous, Exact};
        for (wanted, columns, expected) in [
            (vec!["a", "B"], vec!["b", "a"], vec![Exact(1), Alike(0)]),
            (vec!["a"], vec!["A", "a"], vec![Exact(1)]),
            (vec!["a", "A"], vec!["a"], vec![Exact(0), Absent]),
            (vec!["a", "A"], vec!["ａ"], vec![Ambiguous, Ambiguous]),
            (vec!["净 收入"], vec!["净收入"], vec![Alike(0)]),
            (vec!["net income"], vec!["\u{feff}Net\u{3000}Income"], vec![Alike(0)]),
            (vec!["net income"], vec!["net_income"], vec![Absent]),
        ] {
            assert_eq!(matched_names(&wanted, &columns), expected, "{wanted:?} {columns:?}");
        }
    }
}
