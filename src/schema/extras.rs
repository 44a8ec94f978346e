//! Tables of further attributes, by name: for what a source tells and no column of the schema holds.
//!
//! One row for each attribute and observation; exactly one of the five value columns is filled, by the kind
//! that the mapping declares. Names that no score may rest on are refused by the mapping.

use super::column::{Column, ColumnKind::*, Nature, Owner, Table, may, must};

/// Beyond this a number with decimals is no longer exact.
const MOST: i64 = 1_000_000_000_000_000;

const OWN: &[Column] = &[
    must("name", Text, "属性名", "the attribute's name in the mapping"),
    may("text", Text, "文本值", "the value, when it is a text"),
    may("number", Number, "数值", "the value, when it is a number").within(-MOST, MOST),
    may("value_fen", Money, "金额值", "the value, when it is money"),
    may("value_on", Day, "日期值", "the value, when it is a day"),
    may("is_true", Flag, "是否", "the value, when it is yes or no"),
];

pub(super) static PARTY_EXTRAS: Table = Table {
    name: "party_extras",
    zh: "当事人其他属性",
    en: "further attributes of parties, one row per attribute, filled by `extra` of a mapping",
    owner: Owner::Party,
    nature: Nature::State(&["name"]),
    asked: None,
    own: OWN,
};

pub(super) static CASE_EXTRAS: Table = Table {
    name: "case_extras",
    zh: "案件其他属性",
    en: "further attributes of cases, one row per attribute, filled by `extra` of a mapping",
    owner: Owner::Case,
    nature: Nature::State(&["name"]),
    asked: None,
    own: OWN,
};
