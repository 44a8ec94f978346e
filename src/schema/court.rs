//! Tables that the court keeps: parties, cases, the ledger of queries, payments, closings.
//!
//! The ledger is what makes silence readable. Without it, no row in `deposits` could mean that a bank holds
//! nothing, that it did not answer, or that nobody asked it.

use super::column::{ColumnKind::*, Nature, Owner, Table, may, must};

/// Names and numbers are masked or derived while they are read; no table holds them in clear.
pub(super) static PARTIES: Table = Table {
    name: "parties",
    zh: "当事人",
    en: "parties, masked; one row per observation of a party",
    owner: Owner::Party,
    nature: Nature::State(&[]),
    asked: None,
    own: &[
        must(
            "kind",
            Code(&["person", "company", "organisation"]),
            "主体类型",
            "natural person, legal person, other organisation",
        ),
        may("masked_name", Text, "姓名或名称（脱敏）", "name, masked"),
        may("masked_number", Text, "证件号（脱敏）", "identifier, masked"),
        may(
            "number_state",
            Code(&["valid", "damaged", "missing"]),
            "证件号校验",
            "whether the identifier passes its checksum",
        ),
        may(
            "organisation_id",
            Party,
            "信用代码所含组织机构代码（加密标识）",
            "the organisation code within the credit code, as a keyed pseudonym",
        ),
        may("region", Text, "所在地区划代码", "area code of the address"),
        may("registered_on", Day, "成立日期", "day of registration, companies"),
        may(
            "legal_state",
            Code(&["active", "abnormal", "revoked", "liquidation", "cancelled"]),
            "登记状态",
            "state in the business registry",
        ),
        may("capital_fen", Money, "注册资本", "registered capital").at_least(0),
        may("household_persons", Integer, "共同生活人数", "persons living on the debtor's means, the debtor included")
            .within(0, 1_000),
    ],
};

/// `claim_fen` is the principal applied for; interest and fees stand beside it. Where it is unknown the
/// case counts, and shares of it do not.
pub(super) static CASES: Table = Table {
    name: "cases",
    zh: "执行案件",
    en: "enforcement cases; event_on is the filing day",
    owner: Owner::Case,
    nature: Nature::State(&[]),
    asked: None,
    own: &[
        may("case_no", Text, "案号", "case number"),
        may("court", Text, "执行法院", "court"),
        may(
            "kind",
            Code(&["first", "resumed", "preservation", "other"]),
            "案件类型",
            "first enforcement, resumed, preservation",
        ),
        may(
            "cause",
            Code(&[
                "loan",
                "card",
                "sale",
                "labour",
                "support",
                "tort",
                "lease",
                "construction",
                "insurance",
                "tax",
                "other",
            ]),
            "案由",
            "cause of the claim",
        ),
        may(
            "title",
            Code(&["judgment", "mediation", "arbitration", "notarised", "criminal", "other"]),
            "执行依据",
            "kind of title",
        ),
        may("claim_fen", Money, "申请执行本金（未知则空）", "principal applied for; unknown is left empty").at_least(0),
        may("interest_fen", Money, "一般债务利息", "general interest up to filing").at_least(0),
        may("fee_fen", Money, "诉讼费用", "litigation costs awarded").at_least(0),
        may("instalment_fen", Money, "每期应付", "agreed payment per month").at_least(0),
        may("term_months", Integer, "分期月数", "agreed months of payment").within(0, 1_200),
        may("term_days", Integer, "分期天数", "agreed days of payment, where the term is not told in months")
            .within(0, 36_500),
        may("served_on", Day, "应诉通知送达日", "day the suit was served"),
        may("due_on", Day, "履行期限届满日", "last day of the period of performance"),
        may("is_livelihood", Flag, "是否涉民生", "wages, support, injury and the like"),
        may("is_secured", Flag, "是否有担保物", "whether the claim is secured on property"),
    ],
};

pub(super) static CASE_PARTIES: Table = Table {
    name: "case_parties",
    zh: "案件当事人",
    en: "who stands where in a case",
    owner: Owner::Case,
    nature: Nature::State(&["entity_id", "role"]),
    asked: None,
    own: &[
        must("entity_id", Party, "当事人（加密标识）", "the party, as a keyed pseudonym"),
        must("role", Code(&["debtor", "creditor", "guarantor", "third_party"]), "诉讼地位", "role in the case"),
    ],
};

/// `found`, `nothing_found`, `no_answer`, `rolled_back`: only the second says that there is nothing, and
/// only of that holder on that day.
pub(super) static QUERIES: Table = Table {
    name: "queries",
    zh: "查询台账",
    en: "the ledger of queries: who was asked what, when, and what came back; event_on is the day of asking",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: None,
    own: &[
        may("case_id", Case, "案件（加密标识）", "the case for which it was asked"),
        must("source", Code(super::SOURCES), "查询对象类别", "kind of holder that was asked"),
        may("holder", Text, "协助单位", "the holder, for instance a bank"),
        must(
            "answer",
            Code(&["found", "nothing_found", "no_answer", "rolled_back"]),
            "查询结果",
            "the answer; three of the four are not 'nothing'",
        ),
    ],
};

pub(super) static PAYMENTS: Table = Table {
    name: "payments",
    zh: "执行到位",
    en: "what was recovered",
    owner: Owner::Case,
    nature: Nature::Event,
    asked: None,
    own: &[
        may("entity_id", Party, "付款人（加密标识）", "who paid, when known"),
        must("amount_fen", Money, "金额", "amount"),
        may(
            "manner",
            Code(&["voluntary", "settlement", "deduction", "auction", "wage", "in_kind", "other"]),
            "方式",
            "how it was recovered",
        ),
    ],
};

/// 终本 (`no_result`) ends the case and not the debt: such cases are looked at again.
pub(super) static CLOSINGS: Table = Table {
    name: "closings",
    zh: "结案",
    en: "how a case closed",
    owner: Owner::Case,
    nature: Nature::Event,
    asked: None,
    own: &[
        must(
            "manner",
            Code(&["completed", "no_result", "terminated", "settled", "withdrawn", "refused", "other", "observed"]),
            "结案方式",
            "completed (执行完毕), closed without result (终本), terminated …; observed: a state taken without closing",
        ),
        may(
            "performance",
            Code(&["none", "partial", "full"]),
            "履行情况",
            "what was performed: none, part, all (法释〔2024〕13号 art. 5)",
        ),
        may("recovered_fen", Money, "到位金额", "amount recovered in the case"),
    ],
};
