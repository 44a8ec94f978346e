//! Tables of relations, of orders against the debtor, and of what the debtor declared.
//!
//! They tell nothing about means by themselves. `relations` also says which identifiers are one party's, as
//! far as a register states it; `property_reports` is what the debtor says, which a search confirms or
//! contradicts.

use super::column::{ColumnKind::*, Nature, Owner, Table, may, must};

pub(super) static RELATIONS: Table = Table {
    name: "relations",
    zh: "关系",
    en: "marriage, household, affiliates, and identifiers of one party; event_on is the day it began or was recorded",
    owner: Owner::Party,
    nature: Nature::State(&["other_id", "kind"]),
    asked: Some("household"),
    own: &[
        must("other_id", Party, "对方（加密标识）", "the other party, as a keyed pseudonym"),
        must(
            "kind",
            Code(&[
                "spouse",
                "former_spouse",
                "household",
                "parent_child",
                "sibling",
                "affiliate",
                "controller",
                "guarantor",
                "co_account",
                "employer",
                "same_party",
            ]),
            "关系",
            "relation; same_party: both identifiers are one party's, as a register states",
        ),
        may(
            "number_kind",
            Code(&["person", "unit", "document"]),
            "证件号类别",
            "what the identifier is: a checked number of a person, a credit code, anything else",
        ),
        may(
            "other_number_kind",
            Code(&["person", "unit", "document"]),
            "对方证件号类别",
            "the same of the other identifier",
        ),
        may("until_on", Day, "终止日期", "day it ended"),
    ],
};

/// The items of `circumstance` are those of article 1 of 法释〔2017〕7号. A listing that was lifted has its day
/// in `lifted_on`.
pub(super) static SANCTIONS: Table = Table {
    name: "sanctions",
    zh: "惩戒与强制措施",
    en: "listings, orders, fines, detention",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: None,
    own: &[
        may("case_id", Case, "案件（加密标识）", "the case"),
        must(
            "kind",
            Code(&["defaulter_list", "consumption_order", "report_order", "fine", "detention", "exit_ban", "referral"]),
            "种类",
            "kind",
        ),
        may("circumstance", Integer, "失信情形（第几项）", "item of art. 1 for a listing, 1 to 6 (法释〔2017〕7号)")
            .within(1, 6),
        may("amount_fen", Money, "罚款金额", "amount of a fine").at_least(0),
        may("until_on", Day, "届满日期", "last day of effect"),
        may("lifted_on", Day, "解除日期", "day it was lifted"),
    ],
};

pub(super) static PROPERTY_REPORTS: Table = Table {
    name: "property_reports",
    zh: "财产报告",
    en: "what the debtor declared, item by item; event_on is the day of the report",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("debtor_report"),
    own: &[
        may("case_id", Case, "案件（加密标识）", "the case"),
        must("state", Code(&["filed", "late", "refused", "incomplete"]), "报告情况", "how the duty was met"),
        may(
            "item_kind",
            Code(&[
                "income",
                "deposit",
                "cash",
                "financial_asset",
                "insurance",
                "real_estate",
                "vehicle",
                "equity",
                "receivable",
                "other",
                "nothing",
            ]),
            "财产种类",
            "kind of property declared",
        ),
        may("asset", Item, "财产编号（加密标识）", "the asset, when named"),
        may("declared_fen", Money, "申报价值", "value declared").at_least(0),
    ],
};
