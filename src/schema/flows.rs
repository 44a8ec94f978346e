//! Tables of events: transactions, income, invoices, spending, travel.
//!
//! Each row happened once. A file that is delivered again tells of the same events later; they are known
//! again by all their columns but the day on which they became known, and count once.

use super::column::{ColumnKind::*, Nature, Owner, Table, may, must};

pub(super) static BANK_TRANSACTIONS: Table = Table {
    name: "bank_transactions",
    zh: "银行流水",
    en: "bank transactions",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("bank"),
    own: &[
        may("account", Item, "账号（加密标识）", "account, as a keyed pseudonym"),
        must("direction", Code(&["in", "out"]), "收付方向", "in or out"),
        may(
            "kind",
            Code(&[
                "cash",
                "transfer",
                "salary",
                "pension",
                "interest",
                "penalty_interest",
                "fee",
                "card",
                "household",
                "insurance",
                "loan",
                "investment",
                "tax",
                "business",
                "other",
            ]),
            "交易种类",
            "kind",
        ),
        must("amount_fen", Money, "金额", "amount, never negative").at_least(0),
        may("balance_fen", Money, "交易后余额", "balance afterwards"),
        may("counterparty_id", Party, "对方（加密标识）", "the other side, as a keyed pseudonym"),
        may("counterparty_bank", Text, "对方开户行", "the other side's bank"),
    ],
};

pub(super) static INCOME: Table = Table {
    name: "income",
    zh: "收入、社保与公积金",
    en: "declared income, contributions, housing fund, tax owed or due back; event_on ends the month",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("tax"),
    own: &[
        must(
            "kind",
            Code(&[
                "wage",
                "labour",
                "business",
                "rent",
                "pension",
                "social_insurance",
                "housing_fund",
                "tax_refund",
                "tax_arrears",
            ]),
            "种类",
            "kind",
        ),
        may("payer_id", Party, "支付单位（加密标识）", "the payer, as a keyed pseudonym"),
        must("amount_fen", Money, "金额或缴费基数", "amount of the month, or the base of contribution"),
        may("balance_fen", Money, "账户余额", "balance of the fund, where it has one"),
        may("months", Integer, "所属月数", "months the row covers, 1 when empty").within(1, 1_200),
    ],
};

pub(super) static INVOICES: Table = Table {
    name: "invoices",
    zh: "发票",
    en: "value-added-tax invoices, bought and sold",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("tax"),
    own: &[
        must("direction", Code(&["sale", "purchase"]), "进销方向", "sold or bought"),
        may("invoice", Item, "发票号码（加密标识）", "invoice, as a keyed pseudonym"),
        may("counterparty_id", Party, "对方（加密标识）", "the other side, as a keyed pseudonym"),
        must("net_fen", Money, "金额", "net amount; negative on red-letter invoices"),
        may("tax_fen", Money, "税额", "tax"),
        must("gross_fen", Money, "价税合计", "gross amount; negative on red-letter invoices"),
        must("state", Code(&["valid", "void"]), "发票状态", "valid or void"),
    ],
};

pub(super) static CONSUMPTION: Table = Table {
    name: "consumption",
    zh: "消费",
    en: "spending that others recorded",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("card"),
    own: &[
        must(
            "kind",
            Code(&[
                "hotel",
                "star_hotel",
                "air",
                "rail",
                "rail_high_speed",
                "ship",
                "delivery",
                "card",
                "nightlife",
                "golf",
                "school",
                "tour",
                "vehicle",
                "real_estate",
                "decoration",
                "insurance",
                "other",
            ]),
            "种类",
            "kind",
        ),
        may("amount_fen", Money, "金额", "amount"),
        may("region", Text, "地点区划代码", "area code of the place"),
    ],
};

pub(super) static EXIT_ENTRY: Table = Table {
    name: "exit_entry",
    zh: "出入境",
    en: "exits and entries",
    owner: Owner::Party,
    nature: Nature::Event,
    asked: Some("exit_entry"),
    own: &[
        must("direction", Code(&["exit", "entry"]), "方向", "out or in"),
        may("place", Text, "目的地或来源地", "where to or from"),
    ],
};
