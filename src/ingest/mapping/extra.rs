//! Further attributes of parties and cases that a mapping declares.
//!
//! A source may say something that the schema has no column for, such as a rating of the tax office. It
//! goes to `party_extras` or `case_extras` as one row for each value, with the same owner and the same two
//! days as the row it stands in, so that features can use it and no look-ahead comes in by it.
//!
//! The names that may never be a score's input (sex, age, ethnicity, religion, health, education, household
//! origin) are refused here as in the feature catalogue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::TableRule;
use super::rule::ColumnRule;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT};

/// What the values of a further attribute are.
///
/// ```
/// use wherewithal::ingest::{ExtraKind, Mapping};
///
/// let mapping = Mapping::parse(r#"
///     [[source]]
///     file = "tax.csv"
///     [[source.table]]
///     name = "parties"
///     extra.text.tax_grade = { from = "纳税信用等级" }
///     [source.table.columns]
///     entity_id = { from = "税号" }
///     event_on = { from = "评定日" }
///     known_at = { from = "评定日" }
///     kind = { const = "company" }
/// "#)?;
/// assert_eq!(mapping.source[0].table[0].extra[&ExtraKind::Text].len(), 1);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraKind {
    /// A text or a code.
    Text,
    /// A number.
    Number,
    /// Money.
    Money,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
}

impl ExtraKind {
    /// The column of `party_extras` and `case_extras` that holds such values.
    ///
    /// ```
    /// use wherewithal::ingest::ExtraKind;
    ///
    /// assert_eq!(ExtraKind::Money.column(), "value_fen");
    /// assert_eq!(ExtraKind::Day.column(), "value_on");
    /// ```
    pub const fn column(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "value_fen",
            Self::Day => "value_on",
            Self::Flag => "is_true",
        }
    }

    /// The kind's name in a mapping.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "money",
            Self::Day => "day",
            Self::Flag => "flag",
        }
    }
}

/// The table of further attributes beside a table, with its key.
pub(super) fn extras_of(table: &str) -> Option<(&'static str, &'static str)> {
    match table {
        "parties" => Some(("party_extras", ENTITY_ID)),
        "cases" => Some(("case_extras", CASE_ID)),
        _ => None,
    }
}

impl TableRule {
    /// This rule, and one for each further attribute: under the same conditions, of the same owner and days.
    pub(in crate::ingest) fn with_extras(&self) -> Vec<Self> {
        let mut rules = vec![self.clone()];
        let Some((table, key)) = extras_of(&self.name) else { return rules };
        for (kind, extras) in &self.extra {
            for (name, rule) in extras {
                let same = [key, EVENT_ON, KNOWN_AT].into_iter();
                let mut columns: BTreeMap<String, ColumnRule> =
                    same.filter_map(|column| Some((column.to_owned(), self.columns.get(column)?.clone()))).collect();
                columns.insert("name".to_owned(), ColumnRule { constant: Some(name.clone()), ..ColumnRule::default() });
                columns.insert(kind.column().to_owned(), rule.clone());
                let (when, unless) = (self.when.clone(), self.unless.clone());
                rules.push(Self { name: table.to_owned(), when, unless, columns, extra: BTreeMap::new() });
            }
        }
        rules
    }
}
