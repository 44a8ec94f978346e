//! The phrases of the portrait on a terminal, in both languages.
//!
//! Those of the HTML pages are data (`phrases.toml`); these few are read at every call of [`portrait`] and
//! stand in the program.
//!
//! [`portrait`]: super::portrait()

use crate::domain::{Language, PartyKind};
use crate::profile::Grade;

pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) as_of: &'static str,
    pub(super) model: &'static str,
    pub(super) within: &'static str,
    pub(super) any: &'static str,
    pub(super) full: &'static str,
    pub(super) will: &'static str,
    pub(super) could: &'static str,
    pub(super) grade: &'static str,
    pub(super) points: &'static str,
    pub(super) base: &'static str,
    pub(super) known: &'static str,
    pub(super) insufficient: &'static str,
    pub(super) insufficient_note: &'static str,
    pub(super) cases: &'static str,
    pub(super) dimensions: &'static str,
    pub(super) typical: &'static str,
    pub(super) reasons: &'static str,
    pub(super) records: &'static str,
    pub(super) coverage: &'static str,
    pub(super) coverage_heads: [&'static str; 6],
    pub(super) limits: &'static str,
    pub(super) limits_note: &'static str,
    pub(super) ranking_heads: [&'static str; 9],
}

pub(super) static ZH: Words = Words {
    title: "被执行人履行能力画像",
    as_of: "截止日期",
    model: "模型",
    within: "天内",
    any: "有所履行的概率",
    full: "全部履行的概率",
    will: "将：预计履行",
    could: "能：按财产测算可受偿",
    grade: "等级",
    points: "分",
    base: "基础分",
    known: "已知信息占比",
    insufficient: "数据不足，不予评分",
    insufficient_note: "已知信息太少：这不说明有无履行能力，应先补充查询。",
    cases: "案件",
    dimensions: "各维度得分（括号内为一般被执行人）",
    typical: "一般",
    reasons: "主要理由",
    records: "依据",
    coverage: "查询覆盖",
    coverage_heads: ["来源", "发出", "有结果", "查无", "未答复", "最近答复"],
    limits: "说明",
    limits_note: "本结果是依据所列记录作出的估计，仅供法官参考，不作出任何决定或措施；当事人有权要求说明、更正并提出异议。",
    ranking_heads: ["序", "编号", "当事人", "等级", "分数", "有所履行", "全部履行", "申请金额", "首要理由"],
};

pub(super) static EN: Words = Words {
    title: "Portrait of a judgment debtor's capacity to perform",
    as_of: "as of",
    model: "model",
    within: "days",
    any: "probability of any performance",
    full: "probability of full performance",
    will: "will: expected to be performed",
    could: "could: recovery from the property found",
    grade: "grade",
    points: "points",
    base: "base points",
    known: "share known",
    insufficient: "insufficient data: no score",
    insufficient_note: "Too little is known. This says nothing about the debtor's means; ask more sources first.",
    cases: "Cases",
    dimensions: "Points by dimension (the typical debtor in brackets)",
    typical: "typical",
    reasons: "Main reasons",
    records: "records",
    coverage: "Coverage of the queries",
    coverage_heads: ["source", "asked", "found", "nothing", "no answer", "last answer"],
    limits: "Limits",
    limits_note: "This is an estimate from the records named, for the judge's reference. It decides nothing and \
     orders nothing; the debtor may ask for an explanation, a correction, and contest it.",
    ranking_heads: ["no", "pseudonym", "debtor", "grade", "points", "any", "full", "claim", "first reason"],
};

pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

pub(super) fn kind(kind: Option<PartyKind>, language: Language) -> &'static str {
    match (kind, language) {
        (Some(PartyKind::Person), Language::Zh) => "自然人",
        (Some(PartyKind::Company), Language::Zh) => "法人",
        (Some(PartyKind::Organisation), Language::Zh) => "非法人组织",
        (None, Language::Zh) => "主体类型未知",
        (Some(PartyKind::Person), Language::En) => "natural person",
        (Some(PartyKind::Company), Language::En) => "legal person",
        (Some(PartyKind::Organisation), Language::En) => "other organisation",
        (None, Language::En) => "kind unknown",
    }
}

pub(super) fn grade(grade: Grade, language: Language) -> &'static str {
    match (grade, language) {
        (Grade::A, Language::Zh) => "A 很可能履行",
        (Grade::B, Language::Zh) => "B 较可能履行",
        (Grade::C, Language::Zh) => "C 可能履行",
        (Grade::D, Language::Zh) => "D 较难履行",
        (Grade::E, Language::Zh) => "E 很难履行",
        (Grade::A, Language::En) => "A very likely to perform",
        (Grade::B, Language::En) => "B likely to perform",
        (Grade::C, Language::En) => "C may perform",
        (Grade::D, Language::En) => "D unlikely to perform",
        (Grade::E, Language::En) => "E very unlikely to perform",
    }
}

/// The name of a source of the ledger of queries; its code in English, and where there is no name.
///
/// ```
/// use wherewithal::domain::Language;
/// use wherewithal::report::source_name;
///
/// assert_eq!([Language::Zh, Language::En].map(|language| source_name("bank", language)), ["银行", "bank"]);
/// ```
pub fn source_name(code: &str, language: Language) -> &str {
    if language == Language::En {
        return code;
    }
    match code {
        "bank" => "银行",
        "network_funds" => "网络资金",
        "securities" => "证券理财",
        "insurance" => "保险",
        "real_estate" => "不动产",
        "vehicles" => "车辆",
        "registry" => "市场监管",
        "tax" => "税务",
        "social_insurance" => "社保",
        "housing_fund" => "公积金",
        "household" => "户籍",
        "marriage" => "婚姻",
        "exit_entry" => "出入境",
        "hotel" => "住宿",
        "travel" => "出行",
        "card" => "银联消费",
        "delivery" => "快递收货",
        "debtor_report" => "财产报告",
        other => other,
    }
}
