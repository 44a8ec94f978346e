//! The court's own register: who handles a case, what was preserved, entrusted, auctioned, paid out, published.
//!
//! These tables tell how the court enforces, and what its measures found, held and sold. They are optional: where they
//! are missing, the features that read them are unknown.

use super::column::{ColumnKind::*, Nature, Owner, Table, may, must};

pub(super) static ASSIGNMENTS: Table = Table {
    name: "assignments",
    zh: "承办",
    en: "which court, team and officer a case is with; event_on is the day it was assigned",
    owner: Owner::Case,
    nature: Nature::State(&[]),
    asked: None,
    own: &[
        may("court", Text, "承办法院", "the court that handles it, where another was designated"),
        may("team", Text, "执行团队", "the team"),
        may("officer", Item, "承办人（加密标识）", "the officer, as a keyed pseudonym"),
    ],
};

pub(super) static AUCTIONS: Table = Table {
    name: "auctions",
    zh: "司法拍卖",
    en: "judicial auctions, one row per lot and round; event_on is the day of the notice",
    owner: Owner::Case,
    nature: Nature::State(&["lot", "round"]),
    asked: None,
    own: &[
        must("lot", Item, "标的物（加密标识）", "the lot, as a keyed pseudonym"),
        must("round", Integer, "拍次", "first auction, second, sale (变卖) as third").within(1, 9),
        may(
            "kind",
            Code(&["home", "commercial", "land", "parking", "vehicle", "equity", "goods", "other"]),
            "标的类别",
            "kind of lot",
        ),
        may("appraisal_fen", Money, "参考价或评估价", "reference or appraised price").at_least(0),
        may("opening_fen", Money, "起拍价", "opening price").at_least(0),
        may("opened_on", Day, "开拍日期", "day the bidding opened"),
        may("ended_on", Day, "结束日期", "day the round ended"),
        may("outcome", Code(&["open", "sold", "failed", "withdrawn"]), "结果", "how the round ended; open until then"),
        may("price_fen", Money, "成交价", "price reached").at_least(0),
        may("bidders", Integer, "竞买人数", "bidders").within(0, 100_000),
    ],
};

pub(super) static PRESERVATIONS: Table = Table {
    name: "preservations",
    zh: "财产保全",
    en: "preservation before or in the suit that led to the case; event_on is the day it was applied for",
    owner: Owner::Case,
    nature: Nature::State(&["item"]),
    asked: None,
    own: &[
        must("item", Item, "保全编号（加密标识）", "the application, as a keyed pseudonym"),
        may("stage", Code(&["before_suit", "in_suit"]), "阶段", "before or in the suit"),
        may("ordered_on", Day, "裁定日期", "day it was ordered"),
        may("asked_fen", Money, "申请保全金额", "amount asked for").at_least(0),
        may("held_fen", Money, "实际保全金额", "amount held").at_least(0),
        may("until_on", Day, "届满日期", "last day of effect"),
    ],
};

pub(super) static ENTRUSTMENTS: Table = Table {
    name: "entrustments",
    zh: "事项委托",
    en: "matters entrusted to another court; event_on is the day it was sent",
    owner: Owner::Case,
    nature: Nature::State(&["matter"]),
    asked: None,
    own: &[
        must("matter", Item, "委托事项编号（加密标识）", "the matter, as a keyed pseudonym"),
        may("from_court", Text, "委托法院", "the court that entrusts"),
        may("to_court", Text, "受托法院", "the court that is entrusted"),
        may(
            "kind",
            Code(&["inquire", "seize", "renew", "serve", "auction", "deliver", "other"]),
            "事项类别",
            "kind of matter",
        ),
        may("due_on", Day, "办理期限", "last day of its term"),
        may("done_on", Day, "办结日期", "day it was finished"),
        may("result", Code(&["done", "nothing_found", "returned", "refused"]), "办理结果", "what came of it"),
    ],
};

pub(super) static PETITIONS: Table = Table {
    name: "petitions",
    zh: "执行信访",
    en: "petitions about enforcement; event_on is the day it was received",
    owner: Owner::Case,
    nature: Nature::State(&["petition"]),
    asked: None,
    own: &[
        must("petition", Item, "信访编号（加密标识）", "the petition, as a keyed pseudonym"),
        may("kind", Code(&["letter", "visit", "online", "referred"]), "形式", "how it came"),
        may("due_on", Day, "办理期限", "last day of its term"),
        may("closed_on", Day, "办结日期", "day it was finished"),
        may("result", Code(&["resolved", "explained", "unfounded"]), "办理结果", "what came of it"),
    ],
};

pub(super) static ORDERS: Table = Table {
    name: "orders",
    zh: "律师调查令",
    en: "investigation orders for lawyers; event_on is the day of issue",
    owner: Owner::Case,
    nature: Nature::State(&["number"]),
    asked: None,
    own: &[
        must("number", Item, "调查令编号（加密标识）", "the order, as a keyed pseudonym"),
        may("source", Code(super::SOURCES), "调查对象类别", "kind of holder asked"),
        may("holder", Text, "协助单位", "the holder"),
        may("until_on", Day, "有效期届满日", "last day of effect"),
        may("answered_on", Day, "答复日期", "day the holder answered"),
        may("is_found", Flag, "是否查得财产", "whether property was found"),
    ],
};

pub(super) static REWARDS: Table = Table {
    name: "rewards",
    zh: "悬赏执行",
    en: "rewards announced for tips; event_on is the day of the announcement",
    owner: Owner::Case,
    nature: Nature::State(&["notice"]),
    asked: None,
    own: &[
        must("notice", Item, "悬赏公告编号（加密标识）", "the announcement, as a keyed pseudonym"),
        may("is_insured", Flag, "是否悬赏保险", "whether an insurer pays the reward"),
        may("reward_fen", Money, "悬赏金", "reward promised").at_least(0),
        may("tips", Integer, "线索数", "tips received").within(0, 100_000),
        may("recovered_fen", Money, "据此到位金额", "recovered through tips").at_least(0),
        may("ended_on", Day, "结束日期", "day it ended"),
    ],
};

pub(super) static TRANSFERS: Table = Table {
    name: "transfers",
    zh: "拒执移送",
    en: "refusals to perform sent to the police or sued privately; event_on is the day it was sent",
    owner: Owner::Case,
    nature: Nature::State(&["matter"]),
    asked: None,
    own: &[
        must("matter", Item, "移送编号（加密标识）", "the matter, as a keyed pseudonym"),
        may("entity_id", Party, "被执行人（加密标识）", "the debtor, as a keyed pseudonym"),
        may("way", Code(&["police", "private"]), "途径", "sent to the police, or private prosecution"),
        may("filed_on", Day, "立案日期", "day the police or the court filed it"),
        may("sentenced_on", Day, "判决日期", "day of the sentence"),
        may("outcome", Code(&["open", "not_filed", "convicted", "dismissed", "performed"]), "结果", "what came of it"),
    ],
};

pub(super) static DISCLOSURES: Table = Table {
    name: "disclosures",
    zh: "流程公开",
    en: "which step of a case was published when; event_on is the day of the step",
    owner: Owner::Case,
    nature: Nature::State(&["node"]),
    asked: None,
    own: &[
        must(
            "node",
            Code(&[
                "filing",
                "notice",
                "query",
                "seizure",
                "appraisal",
                "auction",
                "money",
                "listing",
                "entrusted",
                "closing",
            ]),
            "流程节点",
            "the step",
        ),
        may("published_on", Day, "公开日期", "day it was published"),
    ],
};

pub(super) static MEASURES: Table = Table {
    name: "measures",
    zh: "联合惩戒",
    en: "measures of joint punishment that other units took; event_on is the day the unit was asked",
    owner: Owner::Party,
    nature: Nature::State(&["unit", "measure"]),
    asked: None,
    own: &[
        may("case_id", Case, "案件（加密标识）", "the case"),
        must("unit", Integer, "惩戒单位序号", "the unit by its number in the memorandum").within(1, 999),
        must("measure", Integer, "惩戒措施序号", "the measure by its number in the memorandum").within(1, 999),
        may("refused_on", Day, "首次拦截日期", "day something was refused first"),
        may("refusals", Integer, "拦截次数", "how often something was refused").within(0, 1_000_000),
        may("ended_on", Day, "解除日期", "day it ended"),
    ],
};

pub(super) static CASE_FUNDS: Table = Table {
    name: "case_funds",
    zh: "执行案款",
    en: "money received for a case and paid out; event_on is the day it was received",
    owner: Owner::Case,
    nature: Nature::State(&["receipt"]),
    asked: None,
    own: &[
        must("receipt", Item, "收款编号（加密标识）", "the receipt, as a keyed pseudonym"),
        may("amount_fen", Money, "到账金额", "amount received").at_least(0),
        may("paid_on", Day, "发放日期", "day all of it was paid out"),
        may("paid_fen", Money, "已发放金额", "amount paid out so far").at_least(0),
        may(
            "held_for",
            Code(&["nothing", "dispute", "distribution", "payee", "other_court"]),
            "暂存原因",
            "why it is held: a dispute, a plan of distribution, an unknown payee, another court",
        ),
    ],
};

pub(super) static CLOSING_REVIEWS: Table = Table {
    name: "closing_reviews",
    zh: "结案核查",
    en: "what the register says of a closing; event_on is the day of closing",
    owner: Owner::Case,
    nature: Nature::State(&[]),
    asked: None,
    own: &[
        may("due_fen", Money, "结案时应执行金额", "amount due when it closed").at_least(0),
        may("deducted_days", Integer, "扣除期间天数", "days of notice, appraisal, auction and stay that do not count")
            .within(0, 36_500),
        may("extended_days", Integer, "延长期限天数", "days by which the term was extended").within(0, 36_500),
        may("is_property", Flag, "有无财产可供执行", "whether property could be executed"),
        may("is_searched", Flag, "是否穷尽查询", "whether the search was exhausted"),
        may("is_restricted", Flag, "是否限制消费", "whether a consumption order was issued"),
        may("is_heard", Flag, "是否约谈申请执行人", "whether the creditor was heard or agreed in writing"),
        may("is_inspected", Flag, "是否抽查", "whether the file was inspected"),
        may("is_qualified", Flag, "是否合格", "whether the inspection found the closing to meet its conditions"),
    ],
};
