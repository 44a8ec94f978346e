//! Which cells stand for nothing.
//!
//! 不详, 1900-01-01 and 00000000000 agree with each other in thousands of records, and to the model every
//! agreement is evidence. The lists are data (`data/linkage/nulls.toml`), by kind of comparison; settings
//! replace them by column.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::day_form::day_form;
use super::name::folded;
use super::params::{ComparisonKind, LinkageParams};
use crate::domain::PartyKey;

/// The lists of `data/linkage/nulls.toml` by kind of comparison, "any" among them.
static DEFAULTS: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/linkage/nulls.toml")).unwrap_or_default());

/// From this length on, digits that are all one were typed to fill a field; shorter ones are
/// postcodes and house numbers.
const REPEATED: usize = 7;

/// The cells of one column that stand for nothing, as they fold.
#[derive(Debug, Default)]
pub(super) struct Nulls {
    folded: BTreeSet<String>,
    compact: bool,
    is_day: bool,
    repeated: bool,
    is_identifier: bool,
}

impl Nulls {
    pub(super) fn for_column(column: &str, params: &LinkageParams) -> Self {
        let kinds: BTreeSet<ComparisonKind> =
            params.comparisons.iter().filter(|c| c.column == column).map(|c| c.kind).collect();
        let is_number = kinds.contains(&ComparisonKind::Digits) || params.identifiers.iter().any(|name| name == column);
        let (compact, is_day) = (is_number, kinds.contains(&ComparisonKind::Day));
        let form = |text: &String| match folded(text) {
            text if is_day => day_form(&text).unwrap_or_default(),
            text if compact => text.replace(' ', ""),
            text => text,
        };
        let own = params.nulls.get(column);
        let codes = kinds.iter().map(|kind| kind.code()).chain(["any"]).chain(is_number.then_some("digits"));
        let lists: Vec<&Vec<String>> =
            own.map_or_else(|| codes.filter_map(|code| DEFAULTS.get(code)).collect(), |own| vec![own]);
        let is_identifier = params.identifiers.iter().any(|name| name == column);
        let folded = lists.into_iter().flatten().map(form).collect();
        Self { folded, compact, is_day, repeated: is_number && own.is_none(), is_identifier }
    }

    /// Whether days stand here.
    pub(super) const fn is_day(&self) -> bool {
        self.is_day
    }

    /// Whether numbers fold without their blanks and marks here.
    pub(super) const fn is_compact(&self) -> bool {
        self.compact
    }

    /// Whether a cell of identifiers holds no whole number: scientific notation, cut digits, a
    /// placeholder. Two such cells may be alike and mean two parties.
    pub(super) fn is_no_number(&self, cell: &str) -> bool {
        self.is_identifier && PartyKey::parse(cell).is_err()
    }

    /// Whether a folded cell stands for nothing.
    pub(super) fn contain(&self, folded: &str) -> bool {
        self.folded.contains(folded) || self.repeated && is_one_digit(folded)
    }
}

fn is_one_digit(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    text.len() >= REPEATED && first.is_some_and(|first| first.is_ascii_digit() && bytes.all(|byte| byte == first))
}
