//! Tables of what a debtor owns: accounts, securities, property, and the burdens on it.
//!
//! Every one is a table of states: the latest row known about an account, policy, unit or plate holds, and
//! replaces an earlier one. Who answers decides what a row can tell, and much is left empty by real
//! agencies; empty means unknown and never "none".

use super::column::{ColumnKind::*, Nature, Owner, Table, may, must};

const CO_OWNERSHIP: super::ColumnKind = Code(&["sole", "joint", "by_share"]);

/// A bank that holds no account answers in `queries` and brings no row here. `frozen_fen` is what other
/// courts froze before: it is there and cannot be taken.
pub(super) static DEPOSITS: Table = Table {
    name: "deposits",
    zh: "银行存款",
    en: "bank accounts as answered; event_on is the day of the balance",
    owner: Owner::Party,
    nature: Nature::State(&["account"]),
    asked: Some("bank"),
    own: &[
        must("account", Item, "账号（加密标识）", "account, as a keyed pseudonym"),
        may("holder", Text, "开户行", "bank"),
        may(
            "kind",
            Code(&["current", "savings", "term", "credit_card", "wealth", "special", "other"]),
            "账户类别",
            "kind of account; special: wage, social insurance and other protected accounts",
        ),
        may(
            "state",
            Code(&["normal", "frozen", "partly_frozen", "dormant", "closed"]),
            "账户状态",
            "state of the account",
        ),
        may("opened_on", Day, "开户日期", "day of opening"),
        may("closed_on", Day, "销户日期", "day of closing"),
        may(
            "statement",
            Code(&["monthly", "weekly", "per_transaction"]),
            "对账方式",
            "how often statements are issued",
        ),
        may("balance_fen", Money, "余额", "balance"),
        may("available_fen", Money, "可用余额", "available balance"),
        may("frozen_fen", Money, "在先冻结金额", "amount under earlier freezes").at_least(0),
    ],
};

pub(super) static NETWORK_FUNDS: Table = Table {
    name: "network_funds",
    zh: "网络资金",
    en: "wallets and money-market balances of payment platforms",
    owner: Owner::Party,
    nature: Nature::State(&["account"]),
    asked: Some("network_funds"),
    own: &[
        must("account", Item, "账号（加密标识）", "account, as a keyed pseudonym"),
        may("holder", Text, "平台", "platform"),
        may("balance_fen", Money, "余额", "balance"),
        may("available_fen", Money, "可用余额", "available balance"),
    ],
};

pub(super) static FINANCIAL_ASSETS: Table = Table {
    name: "financial_assets",
    zh: "证券基金理财",
    en: "securities, funds, wealth products",
    owner: Owner::Party,
    nature: Nature::State(&["asset"]),
    asked: Some("securities"),
    own: &[
        must("asset", Item, "资产编号（加密标识）", "asset, as a keyed pseudonym"),
        may("holder", Text, "托管或销售机构", "custodian or seller"),
        must("kind", Code(&["stock", "fund", "bond", "wealth_product", "trust", "other"]), "资产种类", "kind of asset"),
        may("value_fen", Money, "总值", "total value").at_least(0),
        may("controllable_fen", Money, "可控价值", "value that can be controlled").at_least(0),
        may("acquired_on", Day, "购入日期", "day of purchase"),
        may("redeemable_on", Day, "可赎回日期", "earliest day of redemption"),
        may("disposed_on", Day, "处分日期", "day it was sold or redeemed"),
        may("is_pledged", Flag, "是否质押", "whether it is pledged"),
    ],
};

pub(super) static INSURANCE_POLICIES: Table = Table {
    name: "insurance_policies",
    zh: "保险",
    en: "insurance policies with a cash value",
    owner: Owner::Party,
    nature: Nature::State(&["policy"]),
    asked: Some("insurance"),
    own: &[
        must("policy", Item, "保单号（加密标识）", "policy, as a keyed pseudonym"),
        may("holder", Text, "保险公司", "insurer"),
        must(
            "kind",
            Code(&["life", "annuity", "participating", "property", "vehicle", "other"]),
            "险种",
            "kind of policy",
        ),
        may("cash_value_fen", Money, "现金价值", "cash value").at_least(0),
        may("premium_fen", Money, "年保费", "premium per year").at_least(0),
        may("started_on", Day, "生效日期", "day it began"),
        may("surrendered_on", Day, "退保日期", "day of surrender"),
    ],
};

/// One row for each unit and debtor; `share` says how much of the unit is his. `value_fen` is that of the
/// whole unit by the method in `valued_by` (法释〔2018〕15号).
pub(super) static REAL_ESTATE: Table = Table {
    name: "real_estate",
    zh: "不动产",
    en: "houses and land, ownership and advance notice",
    owner: Owner::Party,
    nature: Nature::State(&["unit"]),
    asked: Some("real_estate"),
    own: &[
        must("unit", Item, "不动产单元号（加密标识）", "unit, as a keyed pseudonym"),
        must("kind", Code(&["home", "commercial", "office", "industrial", "parking", "land", "other"]), "用途", "use"),
        may("region", Text, "坐落区划代码", "area code of the place"),
        may("area_m2", Number, "面积（平方米）", "area in square metres").within(0, 1_000_000_000),
        may("share", Share, "份额", "the party's share"),
        may("co_ownership", CO_OWNERSHIP, "共有方式", "sole, joint or by share"),
        may("value_fen", Money, "估价", "value of the whole unit").at_least(0),
        may(
            "valued_by",
            Code(&["agreement", "directed_inquiry", "network_inquiry", "appraisal", "tax_base", "other"]),
            "估价方法",
            "method (法释〔2018〕15号)",
        ),
        may("valued_on", Day, "估价日期", "day of valuation"),
        may("monthly_rent_fen", Money, "市场月租金", "monthly market rent of a like home").at_least(0),
        may("acquired_on", Day, "取得日期", "day of acquisition"),
        may("price_fen", Money, "转让价格", "price at disposal").at_least(0),
        may("disposed_on", Day, "转让日期", "day of disposal"),
        may("is_only_home", Flag, "是否唯一住房", "whether it is the only home of the household"),
        may("is_notice", Flag, "是否预告登记", "advance notice, not yet ownership"),
    ],
};

/// `is_found` tells a vehicle that can be sold from one that is only registered.
pub(super) static VEHICLES: Table = Table {
    name: "vehicles",
    zh: "机动车船",
    en: "vehicles, machines and vessels",
    owner: Owner::Party,
    nature: Nature::State(&["plate"]),
    asked: Some("vehicles"),
    own: &[
        must("plate", Item, "号牌（加密标识）", "plate, as a keyed pseudonym"),
        must("kind", Code(&["car", "truck", "bus", "motorcycle", "machine", "vessel", "other"]), "种类", "kind"),
        may("registered_on", Day, "初次登记日期", "first registration"),
        may("value_fen", Money, "估价", "value").at_least(0),
        may("price_fen", Money, "转让价格", "price at disposal").at_least(0),
        may("disposed_on", Day, "转让日期", "day of disposal"),
        may("is_mortgaged", Flag, "是否抵押", "whether it is mortgaged"),
        may("is_seized", Flag, "是否查封扣押", "whether it is seized, detained or locked (K, L, O)"),
        may("is_found", Flag, "是否已实际控制", "whether the court has it in hand"),
        may("is_overdue", Flag, "是否逾期未检", "whether the inspection is overdue (Q)"),
    ],
};

/// A share that is subscribed and not paid in is a debt of the holder to the company too.
pub(super) static EQUITY: Table = Table {
    name: "equity",
    zh: "股权与任职",
    en: "shares in companies and offices held",
    owner: Owner::Party,
    nature: Nature::State(&["company_id", "office"]),
    asked: Some("registry"),
    own: &[
        must("company_id", Party, "公司（加密标识）", "the company, as a keyed pseudonym"),
        must(
            "office",
            Code(&[
                "shareholder",
                "legal_representative",
                "director",
                "supervisor",
                "manager",
                "partner",
                "sole_proprietor",
            ]),
            "身份",
            "capacity in the company",
        ),
        may("share", Share, "持股比例", "share held"),
        may("subscribed_fen", Money, "认缴出资", "capital subscribed").at_least(0),
        may("paid_in_fen", Money, "实缴出资", "capital paid in").at_least(0),
        may("value_fen", Money, "估值", "value of the share").at_least(0),
        may(
            "company_state",
            Code(&["active", "abnormal", "revoked", "liquidation", "cancelled"]),
            "公司状态",
            "state of the company",
        ),
        may("started_on", Day, "起始日期", "day it began"),
        may("ended_on", Day, "终止日期", "day it ended"),
        may("price_fen", Money, "转让价格", "price at disposal").at_least(0),
        may("is_pledged", Flag, "是否出质", "whether it is pledged"),
        may("is_frozen", Flag, "是否冻结", "whether it is frozen"),
    ],
};

/// A mortgage whose secured amount is not told is common; `amount_fen` is then empty, and a statement of
/// means counts with bounds instead of zero.
pub(super) static ENCUMBRANCES: Table = Table {
    name: "encumbrances",
    zh: "权利负担",
    en: "what lies on an asset: mortgage, pledge, seizure, lease; event_on is the day of registration",
    owner: Owner::Party,
    nature: Nature::State(&["asset", "kind", "rank"]),
    asked: None,
    own: &[
        must(
            "asset_table",
            Code(&["real_estate", "vehicles", "equity", "deposits", "financial_assets", "insurance_policies"]),
            "财产所在表",
            "the table of the asset",
        ),
        must("asset", Item, "财产编号（加密标识）", "the asset, by the pseudonym it has there"),
        must(
            "kind",
            Code(&[
                "mortgage",
                "pledge",
                "retention",
                "construction_price",
                "homebuyer",
                "tax",
                "seizure",
                "waiting_seizure",
                "advance_seizure",
                "lease",
                "objection",
            ]),
            "负担种类",
            "kind of burden",
        ),
        must("rank", Integer, "顺位", "rank among burdens of its kind, from 1").within(1, 1_000),
        may("amount_fen", Money, "担保或查封金额（未知则空）", "secured or seized amount; unknown is left empty")
            .at_least(0),
        may("holder", Text, "权利人或法院", "holder or court"),
        may("case_id", Case, "案件（加密标识）", "the case, for this court's own seizures"),
        may("until_on", Day, "届满日期", "last day of effect"),
        may("released_on", Day, "解除日期", "day of release"),
        may("is_ours", Flag, "是否本院", "whether it is this court's own"),
    ],
};
