//! Guesses whether a text may be a person's name, so that it is masked.
//!
//! Files are named by people: `王小明存款.csv` names a debtor in every message about the file. Words of accounts
//! and courts are kept, what remains and looks like a name is masked. It errs to the side of masking: a
//! masked word costs a reader little, a name that is told costs somebody else much.

use std::borrow::Cow;
use std::path::Path;

use super::mask::{is_masked, masked_name, masked_text};

/// The hundred commonest surnames, which nearly nine of ten people bear.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚\
                        卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

const TWO_LETTERS: [&str; 8] = ["欧阳", "司马", "诸葛", "上官", "皇甫", "令狐", "夏侯", "尉迟"];

/// Words that names of files and columns hold, and that begin as surnames do or stand beside a name.
const WORDS: [&str; 92] = [
    "金额",
    "余额",
    "金融",
    "基金",
    "方式",
    "方案",
    "程序",
    "时间",
    "许可",
    "余款",
    "马力",
    "高消费",
    "高新",
    "万元",
    "何时",
    "石油",
    "黄金",
    "江苏",
    "江西",
    "江阴",
    "江宁",
    "苏州",
    "苏北",
    "徐州",
    "汪清",
    "金华",
    "温州",
    "石家庄",
    "武汉",
    "秦皇岛",
    "唐山",
    "邵阳",
    "常州",
    "何种",
    "白名单",
    "黑名单",
    "名单",
    "任职",
    "任务",
    "任期",
    "董事",
    "顾客",
    "余数",
    "毛利",
    "段落",
    "程度",
    "陈述",
    "陆运",
    "田地",
    "林地",
    "高速",
    "石材",
    "金属",
    "存款",
    "账户",
    "帐户",
    "流水",
    "明细",
    "查询",
    "结果",
    "反馈",
    "记录",
    "数据",
    "案件",
    "执行",
    "法院",
    "银行",
    "公司",
    "信息",
    "车辆",
    "房产",
    "不动产",
    "收入",
    "工资",
    "保险",
    "股权",
    "证券",
    "社保",
    "公积金",
    "情况",
    "汇总",
    "统计",
    "清单",
    "资料",
    "文件",
    "表",
    "全部",
    "财产",
    "被执行人",
    "申请人",
    "身份证",
    "的",
];

fn is_chinese(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// Whether a text may be the name of a Chinese person: a common surname and one or two characters
/// more, no word of files and columns. Rare surnames and names of other writings are not known.
///
/// ```
/// # use wherewithal::domain::may_be_name;
/// assert!(may_be_name("王小明") && may_be_name("欧阳建国"));
/// assert!(!may_be_name("金额") && !may_be_name("证件号码") && !may_be_name("deposits"));
/// ```
pub fn may_be_name(text: &str) -> bool {
    let text = text.trim();
    let n = text.chars().count();
    let has_two = TWO_LETTERS.iter().any(|surname| text.starts_with(surname));
    let has_one = text.chars().next().is_some_and(|first| SURNAMES.contains(first));
    let fits = (has_two && (3..=4).contains(&n)) || (has_one && (2..=3).contains(&n));
    fits && text.chars().all(is_chinese) && !WORDS.iter().any(|word| text.contains(word))
}

/// The name of a file as messages and reports may repeat it: numbers of people, accounts and
/// telephones masked, and what may be the name of a person.
///
/// ```
/// # use wherewithal::domain::masked_file;
/// assert_eq!(masked_file("王小明存款_320106198706150217.csv"), "王**存款_3201**********0217.csv");
/// assert_eq!(masked_file("存款/2018-06-30.xlsx"), "存款/2018-06-30.xlsx");
/// ```
pub fn masked_file(name: &str) -> Cow<'_, str> {
    masked_stretches(name, masked_piece)
}

/// A text without numbers of people, telephones and accounts, and without the words that may be the
/// name of a person: a word is what other than Chinese characters stand around.
pub(crate) fn masked_words(text: &str) -> Cow<'_, str> {
    let is_name = |word: &str| may_be_name(word) && !is_masked(word);
    masked_stretches(text, |word| if is_name(word) { Cow::Owned(masked_name(word)) } else { Cow::Borrowed(word) })
}

/// Masks each stretch of Chinese characters by `mask`, and numbers in all.
fn masked_stretches<'t>(text: &'t str, mask: impl Fn(&'t str) -> Cow<'t, str>) -> Cow<'t, str> {
    if text.is_ascii() {
        return masked_text(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_chinese).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(end);
        let (piece, next) = after.split_at(after.find(|c| !is_chinese(c)).unwrap_or(after.len()));
        masked.push_str(plain);
        masked.push_str(&mask(piece));
        rest = next;
    }
    let masked = masked_text(&masked).into_owned();
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

/// A path, each part as [`masked_file`].
pub(crate) fn masked_path(path: &Path) -> String {
    masked_file(&path.to_string_lossy()).into_owned()
}

/// A stretch of Chinese characters, of which what is left between known words may be a name.
fn masked_piece(piece: &str) -> Cow<'_, str> {
    let (mut start, mut end) = (0, piece.len());
    loop {
        let inner = piece.get(start..end).unwrap_or_default();
        if may_be_name(inner) {
            let (before, after) = (piece.get(..start).unwrap_or_default(), piece.get(end..).unwrap_or_default());
            return Cow::Owned(format!("{before}{}{after}", masked_name(inner)));
        }
        // The longest word, so that none is cut in two.
        let longest = |fits: fn(&str, &str) -> bool| {
            WORDS.iter().filter(|word| fits(inner, word)).map(|word| word.len()).max().unwrap_or_default()
        };
        let (head, tail) = (longest(|text, word| text.starts_with(word)), longest(|text, word| text.ends_with(word)));
        match (head, tail) {
            (0, 0) => return Cow::Borrowed(piece),
            (_, 0) => start += head,
            _ => end -= tail,
        }
        if start >= end {
            return Cow::Borrowed(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_file_names_are_masked_and_words_stay() {
        for (name, masked) in [
            ("张伟.csv", "张*.csv"),
            ("in/王小明_deposits.csv", "in/王**_deposits.csv"),
            ("被执行人欧阳建国的流水.xlsx/王芳", "被执行人欧***的流水.xlsx/王*"),
            ("13812345678 李四.ndjson", "*********78 李*.ndjson"),
            ("6222000000000000001.csv", "6222***********0001.csv"),
        ] {
            assert_eq!(masked_file(name), masked, "{name}");
        }
        for name in [
            "deposits.csv",
            "金额.csv",
            "余额汇总.xlsx",
            "江苏银行2018-06-30.csv",
            "存款.xlsx/存款",
            "书.xlsx",
            "方式.csv",
            "车辆查询结果.zip",
            "（2018）苏0205执1234号.csv",
            "trans_first_3MiB_TRUNCATED.asc.gz",
            "part-0001/20180630.csv",
            "到账2018.csv",
        ] {
            assert_eq!(masked_file(name), name);
        }
    }

    #[test]
    fn a_name_has_a_common_surname_and_one_or_two_characters_more() {
        for name in ["王伟", "王小明", "欧阳伟", "欧阳建国", " 李娜 "] {
            assert!(may_be_name(name), "{name}");
        }
        for text in ["王", "王小明明", "欧阳", "欧阳建国国", "王x", "", "庹伟"] {
            assert!(!may_be_name(text), "{text}");
        }
        assert_eq!(masked_words("张伟 的流水, 王** 13812345678"), "张* 的流水, 王** *********78");
        assert!(
            matches!(masked_file("存款.csv"), Cow::Borrowed(_)) && matches!(masked_words("存款"), Cow::Borrowed(_))
        );
        assert_eq!(masked_path(Path::new("in/王小明.csv")), "in/王**.csv");
    }
}
