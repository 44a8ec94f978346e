//! Further attributes of parties and cases that a mapping declares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::TableRule;
use super::rule::ColumnRule;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT};

/// What the values of a further attribute are.
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
