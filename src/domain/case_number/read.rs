//! The parser of case numbers.
//!
//! The text loses its dress, traditional characters become simplified ones, and then the parts are taken
//! from the left: year, court with type, serial, and what stands behind. What stands behind decides between
//! a document of the case, another case, and no case number at all.

use super::kind::{CaseKind, TYPES};
use super::number::{CaseFault, CaseNumber};
use crate::domain::dress::{is_hyphen, undressed};

const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵军";

/// Until this year numbers were written with a short name of the court and 字第.
const NEW_STYLE_SINCE: u16 = 2016;

/// Reads a case number out of its dress.
pub(super) fn read(text: &str) -> Result<CaseNumber, CaseFault> {
    let plain: String = undressed(text).chars().filter(|c| *c != ' ').map(simplified).collect();
    let label = ["执行案号", "案号"].iter().find_map(|label| plain.strip_prefix(label));
    let plain = label.map_or(plain.as_str(), |rest| rest.trim_start_matches(':'));
    let plain = plain.trim_end_matches(['。', '.', ',', ';', '、']);
    let (year, rest) = year(plain).ok_or(CaseFault::Form)?;
    let (court, serial) = rest.find(|c: char| !c.is_ascii_digit()).map_or(("", rest), |_| body(rest));
    let parsed = parsed(year, court, serial);
    match tail(serial) {
        Tail::Document => parsed.ok_or(CaseFault::Form),
        // Whether it is a case number at all: an own key such as `2018年度1、2` names no cases.
        Tail::Another if parsed.is_some() => Err(CaseFault::Several),
        Tail::Another | Tail::Other => Err(CaseFault::Form),
    }
}

/// The year, in figures or as 二〇一八, with or without brackets and 年, and what follows.
fn year(text: &str) -> Option<(u16, &str)> {
    let text = text.trim_start_matches(is_bracket);
    let end = text.char_indices().nth(4).map_or(text.len(), |(at, _)| at);
    let (year, rest) = text.split_at_checked(end)?;
    let year = year.chars().try_fold(0, |year: u16, c| Some(year * 10 + figure(c)?))?;
    let rest = rest.strip_prefix('年').unwrap_or(rest);
    Some((year, rest.trim_start_matches(is_bracket)))
}

/// A figure, or the character for it.
fn figure(c: char) -> Option<u16> {
    let figures = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let c = if matches!(c, '○' | '零') { '〇' } else { c };
    let place = figures.iter().position(|figure| *figure == c).and_then(|place| u16::try_from(place).ok());
    c.to_digit(10).and_then(|digit| u16::try_from(digit).ok()).or(place)
}

/// Court and type, then the serial and all after it: the first digits after the type begin the serial.
fn body(rest: &str) -> (&str, &str) {
    let code = rest.char_indices().skip_while(|(at, c)| *at == 0 || c.is_ascii_digit()).map(|(at, _)| at).next();
    let code = code.unwrap_or(rest.len());
    let serial = rest.get(code..).and_then(|tail| tail.find(|c: char| c.is_ascii_digit()));
    rest.split_at_checked(serial.map_or(rest.len(), |at| code + at)).unwrap_or((rest, ""))
}

fn parsed(year: u16, head: &str, serial: &str) -> Option<CaseNumber> {
    let digits = serial.bytes().take_while(u8::is_ascii_digit).count();
    let serial: u64 = serial.get(..digits)?.parse().ok()?;
    let bare = head.strip_suffix('第').unwrap_or(head);
    let bare = bare.strip_suffix('字').unwrap_or(bare);
    let (court, type_code, is_old_style) = match split_new(bare) {
        Some((court, code)) => (court, code, year < NEW_STYLE_SINCE && court.chars().count() == 1),
        None => {
            let (court, code) = split_old(bare)?;
            let is_enforcement = CaseKind::from_type_code(code) != CaseKind::NotEnforcement;
            if bare.len() == head.len() && (year >= NEW_STYLE_SINCE || !is_enforcement) {
                return None;
            }
            (court, code, true)
        }
    };
    Some(CaseNumber { year, court: court.to_owned(), type_code: type_code.to_owned(), serial, is_old_style })
}

/// What stands after the first digits of the serial.
#[derive(Debug, PartialEq, Eq)]
enum Tail {
    /// Nothing, or a document of the case.
    Document,
    /// The number of another case.
    Another,
    /// Something else.
    Other,
}

fn tail(serial: &str) -> Tail {
    let digits = serial.bytes().take_while(u8::is_ascii_digit).count();
    let (first, tail) = serial.split_at_checked(digits).unwrap_or_default();
    let mut rest = tail.strip_prefix('号').unwrap_or(tail);
    // `（之一）` and `（1）` are documents, too.
    if let Some(inner) = rest.strip_prefix(is_bracket).and_then(|rest| rest.strip_suffix(is_bracket)) {
        if inner.len() < 4 && !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_digit()) {
            return Tail::Document;
        }
        rest = inner;
    }
    if let Some(document) = rest.strip_prefix(|c: char| c == '之' || c == '~' || is_hyphen(c)) {
        // `之（二）` is 之二.
        let document = document.trim_start_matches(is_bracket);
        let number = document.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c));
        let written = document.get(..document.len() - number.len()).unwrap_or_default();
        if written.is_empty() {
            return Tail::Other;
        }
        // `1234-1235号` is a range of cases, `1234-1号` a document of one.
        if written.parse::<u64>().is_ok_and(|document| first.parse::<u64>().is_ok_and(|first| document > first)) {
            return Tail::Another;
        }
        let number = number.trim_start_matches(is_bracket);
        rest = number.strip_prefix('号').unwrap_or(number);
    }
    if rest.contains(|c: char| c.is_ascii_digit()) {
        return Tail::Another;
    }
    // The document's name, such as 执行裁定书 or 执行通知书（一）.
    let is_part = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c) || is_bracket(c);
    let is_name = rest.chars().all(is_part) && rest.chars().count() <= 12;
    if is_name { Tail::Document } else { Tail::Other }
}

/// A province and up to four digits, or the supreme court, then the type.
fn split_new(head: &str) -> Option<(&str, &str)> {
    let court_end = match head.strip_prefix("最高法") {
        Some(_) => "最高法".len(),
        None => {
            let province = head.chars().next().filter(|c| PROVINCES.contains(*c))?;
            let tail = head.get(province.len_utf8()..)?;
            head.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len()
        }
    };
    let (court, type_code) = head.split_at_checked(court_end)?;
    let digits = court.bytes().filter(u8::is_ascii_digit).count();
    let fits = digits <= 4 && (1..=4).contains(&type_code.chars().count());
    (fits && type_code.chars().all(is_letter)).then_some((court, type_code))
}

/// Whether a character may stand in a type or in the short name of a court: what parts a number from them may not.
fn is_letter(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c) && !"年字第号".contains(c)
}

/// A short name of the court, then the type.
fn split_old(head: &str) -> Option<(&str, &str)> {
    let code = TYPES.iter().find(|(code, _)| head.ends_with(code)).map(|(code, _)| *code);
    let at = match code {
        Some(code) => head.len() - code.len(),
        None => head.chars().next()?.len_utf8(),
    };
    let split = head.split_at_checked(at).filter(|(court, type_code)| !court.is_empty() && !type_code.is_empty());
    split.filter(|(court, type_code)| court.chars().chain(type_code.chars()).all(is_letter))
}

fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '〈'..='】' | '〔'..='〛' | '﹙'..='﹞' | '︵'..='﹄')
}

/// The simplified form of the traditional characters that stand in case numbers.
const fn simplified(c: char) -> char {
    match c {
        '執' => '执',
        '號' => '号',
        '財' => '财',
        '異' => '异',
        '復' | '覆' => '复',
        '監' => '监',
        '協' => '协',
        '終' => '终',
        '審' => '审',
        '訴' => '诉',
        '請' => '请',
        '認' => '认',
        '調' => '调',
        '賠' => '赔',
        '晉' => '晋',
        '遼' => '辽',
        '滬' => '沪',
        '蘇' => '苏',
        '閩' => '闽',
        '贛' => '赣',
        '魯' => '鲁',
        '粵' => '粤',
        '瓊' => '琼',
        '貴' => '贵',
        '雲' => '云',
        '陝' => '陕',
        '寧' => '宁',
        '軍' => '军',
        '錫' => '锡',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CaseFault, CaseKind, CaseNumber};

    #[test]
    fn reads_both_styles_and_widths() {
        for (text, canonical, court, kind) in [
            ("（2017）苏0205执1234号", "（2017）苏0205执1234号", "苏0205", CaseKind::First),
            ("(2018) 苏02执恢7号之一", "（2018）苏02执恢7号", "苏02", CaseKind::Resumed),
            ("〔2016〕粤0703执保００5号", "（2016）粤0703执保5号", "粤0703", CaseKind::Preservation),
            ("（2019）苏执复12号", "（2019）苏执复12号", "苏", CaseKind::Review),
            ("（2020）最高法执监3号", "（2020）最高法执监3号", "最高法", CaseKind::Supervision),
            ("（2020）苏0214财保3号", "（2020）苏0214财保3号", "苏0214", CaseKind::PreSuitPreservation),
            ("（2017）苏0205民初99号", "（2017）苏0205民初99号", "苏0205", CaseKind::NotEnforcement),
            ("（2015）锡执字第00123号", "（2015）锡执字第123号", "锡", CaseKind::First),
            ("(2014)崇执恢字第9号", "（2014）崇执恢字第9号", "崇", CaseKind::Resumed),
            ("（2013）苏执9号", "（2013）苏执字第9号", "苏", CaseKind::First),
        ] {
            let number = CaseNumber::parse(text).unwrap();
            assert_eq!(number.to_string(), canonical);
            assert_eq!((number.court(), number.kind()), (court, kind), "{text}");
            assert_eq!(CaseNumber::parse(canonical).unwrap(), number);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
        }
    }

    #[test]
    fn many_spellings_are_one_case() {
        for text in [
            "(2018)苏0205执字第1234号",
            "(2018)苏0205执字第01234号",
            "【2018】苏0205执1234号",
            "（2018）苏0205执1234",
            "(2018)苏0205执1234-1号",
            "(2018)苏0205执1234号-2",
            "(2018)苏0205执1234号之一",
            "(2018)苏0205执1234之十二号",
            "2018苏0205执1234号",
            "2018年苏0205执1234号",
            "{2018}苏0205执1234号",
            "〈2018〉苏0205执1234号",
            "《2018》苏0205执1234号",
            "[2018]苏0205执1234号",
            "［2018］苏0205执1234号",
            "﹙2018﹚苏0205执1234号",
            "﹝2018﹞苏0205执1234号",
            "（2018年）苏0205执1234号",
            "( 2018 ) 苏 0205 执 1234 号",
            "（2018）苏0205执1234\u{200B}号",
            "\u{FEFF}（2018）苏0205执1234号",
            "（2018）苏0205执1234号执行裁定书",
            "（2018）苏0205执1234号之二执行裁定书",
            "（2018）苏0205执1234号之（二）",
            "（2018）苏0205执1234号执行通知书（一）",
            "执行案号：（2018）苏0205执1234号",
            "（２０１８）苏０２０５执１２３４号",
            "（2018）苏0205执1234號",
            "（2018）蘇0205執1234號",
            "（2018）蘇0205執字第1234號",
            "（2018）苏0205执第1234号",
            "'（2018）苏0205执1234号",
            "=\"（2018）苏0205执1234号\"",
            "（2018)苏0205执00001234号",
        ] {
            assert_eq!(CaseNumber::parse(text).map(|n| n.to_string()), Ok("（2018）苏0205执1234号".into()), "{text}");
        }
    }

    #[test]
    fn court_and_type_tell_cases_apart() {
        let mut numbers: Vec<String> = [
            "（2018）苏0205执1234号",
            "（2018）苏0205执恢1234号",
            "（2018）苏0205执保1234号",
            "（2018）苏0206执1234号",
            "（2018）苏02执1234号",
            "（2019）苏0205执1234号",
            "（2018）苏0205执123号",
        ]
        .map(|text| CaseNumber::parse(text).unwrap().to_string())
        .into();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 7);
    }

    #[test]
    fn several_cases_are_none() {
        for text in [
            "（2018）苏0205执1234、1235号",
            "（2018）苏0205执1234，1235号",
            "（2018）苏0205执1234号、1235号",
            "（2018）苏0205执1234-1236号",
            "（2018）苏0205执1234至1236号",
            "（2018）苏0205执1234号、（2018）苏0205执1235号",
            "（2018）苏0205执1234号（2018）苏0205执恢5号",
        ] {
            assert_eq!(CaseNumber::parse(text), Err(CaseFault::Several), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_case_number() {
        for text in [
            "(2018)苏0205执字第第1234号",
            "(2018)苏0205执）1234号",
            "",
            "5314",
            "2018-0001234",
            "20180001234",
            "（2017）苏0205执号",
            "（17）苏执1号",
            "（2017）苏020512执1号",
            "（2017）执1号",
            "2017执1号",
            "（2018）苏0205执1234号x",
            "2013借款5",
        ] {
            assert_eq!(CaseNumber::parse(text), Err(CaseFault::Form), "{text}");
        }
    }

    #[test]
    fn every_code_has_its_kind_and_its_code_in_tables() {
        for (code, kind, table) in [
            ("执", CaseKind::First, "first"),
            ("执恢", CaseKind::Resumed, "resumed"),
            ("执保", CaseKind::Preservation, "preservation"),
            ("财保", CaseKind::PreSuitPreservation, "preservation"),
            ("执异", CaseKind::Objection, "other"),
            ("执复", CaseKind::Review, "other"),
            ("执监", CaseKind::Supervision, "other"),
            ("执协", CaseKind::Coordination, "other"),
            ("执他", CaseKind::Other, "other"),
            ("民终", CaseKind::NotEnforcement, "other"),
        ] {
            let number = CaseNumber::parse(&format!("（2018）苏0205{code}12号")).unwrap();
            assert_eq!(
                (number.kind(), number.kind().code(), number.serial(), number.year()),
                (kind, table, 12, 2018),
                "{code}"
            );
        }
    }

    #[test]
    fn traditional_characters_are_the_simplified_ones() {
        let traditional = "執號財異復覆監協終審訴請認調賠晉遼滬蘇閩贛魯粵瓊貴雲陝寧軍錫";
        let simplified = "执号财异复复监协终审诉请认调赔晋辽沪苏闽赣鲁粤琼贵云陕宁军锡";
        assert_eq!(traditional.chars().map(super::simplified).collect::<String>(), simplified);
        assert_eq!(simplified.chars().map(super::simplified).collect::<String>(), simplified);
    }

    #[test]
    fn a_year_may_be_written_in_characters() {
        for text in [
            "（二〇一八）苏0205执1234号",
            "二○一八年苏0205执1234号",
            "（二零一八）苏0205执1234号",
            "（2018）苏0205执1234号（之一）",
            "（2018）苏0205执1234号（123）",
            "案号：（2018）苏0205执1234号。",
        ] {
            assert_eq!(CaseNumber::parse(text).map(|n| n.to_string()), Ok("（2018）苏0205执1234号".into()), "{text}");
        }
        let years =
            ["三四五六", "七九一二"].map(|year| CaseNumber::parse(&format!("（{year}）苏0205执1号")).unwrap().year());
        assert_eq!(years, [3_456, 7_912]);
    }

    #[test]
    fn the_old_style_ends_with_2015() {
        for (text, canonical) in [
            ("（2015）苏执9号", Some("（2015）苏执字第9号")),
            ("（2016）苏执9号", Some("（2016）苏执9号")),
            ("（2015）锡执9号", Some("（2015）锡执字第9号")),
            ("（2016）锡执9号", None),
            ("（2016）锡执字第9号", Some("（2016）锡执字第9号")),
            ("（2015）锡民9号", None),
            ("（2015）锡民字第9号", Some("（2015）锡民字第9号")),
            ("（2015）苏02执9号", Some("（2015）苏02执9号")),
        ] {
            assert_eq!(CaseNumber::parse(text).ok().map(|number| number.to_string()).as_deref(), canonical, "{text}");
        }
    }

    #[test]
    fn what_follows_the_serial_is_a_document_or_another_case() {
        for (text, found) in [
            ("（2018）苏0205执1234号之", Err(CaseFault::Form)),
            ("（2018）苏0205执1234-1234号", Ok(())),
            ("（2018）苏0205执1234-1235号", Err(CaseFault::Several)),
            ("（2018）苏0205执1234号（1235）", Err(CaseFault::Several)),
            ("（2018）苏0205执1234号关于冻结银行存款的裁定书", Ok(())),
            ("（2018）苏0205执1234号关于冻结被执行人存款裁定书", Err(CaseFault::Form)),
            ("（2018）苏02051执1234号", Err(CaseFault::Form)),
            ("（2018）苏0205执行实施类1234号", Err(CaseFault::Form)),
        ] {
            assert_eq!(CaseNumber::parse(text).map(|_| ()), found, "{text}");
        }
    }
}
