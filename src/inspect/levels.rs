//! Translates the levels of a column into codes of the schema.
//!
//! 扣划 is `deduction` because `data/inspect/words.toml` says so. A level that nothing translates is told
//! with its rows; where half of the rows have such levels the column is left out rather than guessed at.

use std::collections::BTreeMap;

use super::dictionary::DictionaryColumn;
use super::vocabulary::Vocabulary;
use crate::schema::{Column, ColumnKind, Table};

/// What the levels of a column mean as codes of a column of the schema.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Levels {
    /// Levels that must be translated.
    pub(super) codes: BTreeMap<String, String>,
    /// Levels that nothing known translates, and their rows.
    pub(super) unknown: Vec<(String, u64)>,
    /// Levels of rows that belong to no table.
    pub(super) left_out: Vec<String>,
    /// The share of the rows whose level is known.
    pub(super) share: f64,
}

/// What the levels of a column mean.
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub(super) fn levels(held: &DictionaryColumn, (table, column): (&Table, &Column)) -> Levels {
    let known = Vocabulary::standard();
    let (mut found, mut rows) = (Levels::default(), 0);
    for (level, count) in held.each() {
        if known.leaves_out((table, column.name), level) {
            found.left_out.push(level.to_owned());
            rows += count;
            continue;
        }
        match meaning(held, (table, column), level) {
            None => found.unknown.push((level.to_owned(), count)),
            Some(code) => {
                rows += count;
                if code != level && !is_read(column.kind, level) {
                    found.codes.insert(level.to_owned(), code);
                }
            }
        }
    }
    found.share = rows as f64 / held.filled().max(1) as f64;
    found.unknown.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}

fn meaning(held: &DictionaryColumn, (table, column): (&Table, &Column), level: &str) -> Option<String> {
    let known = Vocabulary::standard();
    let at = (table, column.name);
    match column.kind {
        ColumnKind::Code(codes) if codes.contains(&level) => Some(level.to_owned()),
        ColumnKind::Code(_) => {
            known.turned(at, &held.words, level).or_else(|| known.code(at, level)).map(str::to_owned)
        }
        ColumnKind::Flag => {
            let flag = known.flag(level).map(|flag| flag.to_string());
            flag.or_else(|| known.code(at, level).map(str::to_owned))
        }
        _ => None,
    }
}

/// Whether a level is read as it is.
fn is_read(kind: ColumnKind, level: &str) -> bool {
    kind == ColumnKind::Flag && matches!(level, "true" | "false" | "1" | "0" | "1.0" | "0.0" | "是" | "否")
}
