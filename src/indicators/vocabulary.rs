//! What definitions may count, and the fields they may ask for.
//!
//! Besides the tables of the schema there are two things that are put together from several of them:
//! `cases` and `listings`. A definition that names anything else is refused when it is read.

use crate::schema::{self, ColumnKind, EVENT_ON};

/// A field of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: ColumnKind,
}

/// Cases, each put together from `cases`, `closings`, `closing_reviews`, `payments` and `preservations`.
pub(super) const CASES: &str = "cases";
/// Listings as defaulter, each with what came of it.
pub(super) const LISTINGS: &str = "listings";

const DAY: ColumnKind = ColumnKind::Day;
const FLAG: ColumnKind = ColumnKind::Flag;
const MONEY: ColumnKind = ColumnKind::Money;

/// Fields of an assembled case besides those of the table `cases`.
pub(super) const OF_CASE: &[(&str, ColumnKind)] = &[
    ("filed_on", DAY),
    ("closed_on", DAY),
    ("term_on", DAY),
    ("owed_fen", MONEY),
    ("paid_fen", MONEY),
    ("recovered_fen", MONEY),
    ("due_fen", MONEY),
    ("deducted_days", ColumnKind::Integer),
    ("is_property", FLAG),
    ("is_searched", FLAG),
    ("is_restricted", FLAG),
    ("is_heard", FLAG),
    ("is_inspected", FLAG),
    ("is_qualified", FLAG),
    ("is_preserved", FLAG),
];

const OF_LISTING: &[(&str, ColumnKind)] =
    &[("listed_on", DAY), ("removed_on", DAY), ("performed_on", DAY), ("paid_on", DAY)];

pub(super) fn is_thing(name: &str) -> bool {
    name == LISTINGS || schema::table(name).is_some()
}

/// A field of a thing, if its values are numbers, days, codes or flags.
pub(super) fn field(of: &str, name: &str) -> Option<Field> {
    if of == LISTINGS {
        return named(OF_LISTING, name);
    }
    if of == CASES {
        let of_closing = |field: &str| schema::table("closings").and_then(|table| table.column(field));
        let own = named(OF_CASE, name);
        let closing = matches!(name, "manner" | "performance").then(|| of_closing(name)).flatten();
        if let Some(found) = own.or(closing.map(|column| Field { name: column.name, kind: column.kind })) {
            return Some(found);
        }
    }
    let column = schema::table(of)?.column(name)?;
    let is_told = matches!(
        column.kind,
        ColumnKind::Code(_) | ColumnKind::Integer | ColumnKind::Money | ColumnKind::Day | ColumnKind::Flag
    );
    (is_told && (of != CASES || name != EVENT_ON)).then_some(Field { name: column.name, kind: column.kind })
}

fn named(fields: &[(&'static str, ColumnKind)], name: &str) -> Option<Field> {
    fields.iter().find(|(known, _)| *known == name).map(|(name, kind)| Field { name, kind: *kind })
}
