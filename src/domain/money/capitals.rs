//! Reads amounts in Chinese numerals (人民币大写), as cheques and judgments write them.
//!
//! | part | characters |
//! |---|---|
//! | digits | 零壹贰叁肆伍陆柒捌玖, and the everyday 〇一二三四五六七八九 |
//! | within a section | 拾 (10), 佰 (100), 仟 (1,000), each smaller than the one before |
//! | sections | 万 (10,000), 亿 (100,000,000) |
//! | units | 元 or 圆, 角, 分; 整 or 正 at the end |
//!
//! What does not follow this order is no amount: a cheque that can be read in two ways is not read.

/// The fen that an amount in characters says, such as `壹万贰仟叁佰元整` or `负伍佰元零叁分`; everyday characters too.
pub(super) fn read(text: &str) -> Option<i64> {
    let text = text.strip_prefix("人民币").unwrap_or(text).trim_start_matches([':', ' ']);
    let (sign, text) = text.strip_prefix(['负', '負']).map_or((1, text), |rest| (-1, rest));
    let text = text.strip_suffix(['整', '正']).unwrap_or(text);
    let (yuan, rest) = text.split_once(['元', '圆', '圓']).unwrap_or(("", text));
    let is_whole = yuan.len() < text.len() && !yuan.is_empty();
    if text.is_empty() || (!is_whole && !rest.ends_with(['角', '分'])) {
        return None;
    }
    let yuan = if yuan.is_empty() { 0 } else { number(yuan)? };
    let (jiao, rest) = rest.split_once('角').map_or((0, rest), |(digit, rest)| (tenth(digit), rest));
    let fen = rest.strip_suffix('分').map_or(if rest.is_empty() { 0 } else { -1 }, tenth);
    if jiao < 0 || fen < 0 {
        return None;
    }
    yuan.checked_mul(100)?.checked_add(jiao * 10 + fen)?.checked_mul(sign)
}

/// A digit below one yuan, with or without a zero before it; negative when it is none.
fn tenth(text: &str) -> i64 {
    let digit = text.strip_prefix('零').filter(|rest| !rest.is_empty()).unwrap_or(text);
    let mut characters = digit.chars();
    match (characters.next().and_then(value), characters.next()) {
        (Some(value), None) => value,
        _ => -1,
    }
}

/// A whole number: digits with 拾, 佰 and 仟 within sections of 万 and 亿.
fn number(text: &str) -> Option<i64> {
    let (mut total, mut section, mut digit) = (0_i64, 0_i64, None);
    let mut last_weight = i64::MAX;
    for c in text.chars() {
        if let Some(value) = value(c) {
            // Only a zero may stand before another digit.
            if digit.is_some_and(|before| before != 0) {
                return None;
            }
            digit = Some(value);
            continue;
        }
        let weight = weight(c)?;
        if weight < 10_000 {
            // 拾伍 is fifteen.
            let times = digit.take().unwrap_or(i64::from(weight == 10 && section == 0));
            if times == 0 || weight >= last_weight {
                return None;
            }
            section += times * weight;
            last_weight = weight;
        } else {
            let last = digit.take();
            // 万 alone counts nothing; 亿 may count what 万 has counted: 壹万亿.
            if last.is_none() && section == 0 && (weight == 10_000 || total == 0) {
                return None;
            }
            section += last.unwrap_or(0);
            total = if weight == 10_000 {
                total.checked_add(section.checked_mul(weight)?)?
            } else {
                total.checked_add(section)?.checked_mul(weight)?
            };
            (section, last_weight) = (0, i64::MAX);
        }
    }
    total.checked_add(section)?.checked_add(digit.unwrap_or(0))
}

const fn value(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' => 0,
        '壹' | '一' => 1,
        '贰' | '貳' | '二' | '两' => 2,
        '叁' | '參' | '三' => 3,
        '肆' | '四' => 4,
        '伍' | '五' => 5,
        '陆' | '陸' | '六' => 6,
        '柒' | '七' => 7,
        '捌' | '八' => 8,
        '玖' | '九' => 9,
        _ => return None,
    })
}

const fn weight(c: char) -> Option<i64> {
    Some(match c {
        '拾' | '十' => 10,
        '佰' | '百' => 100,
        '仟' | '千' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cheques() {
        for (text, fen) in [
            ("壹万贰仟叁佰元整", 1_230_000),
            ("人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分", 12_345_678),
            ("拾伍元", 1_500),
            ("壹仟零伍元零叁分", 100_503),
            ("伍角", 50),
            ("叁分", 3),
            ("叁亿零伍佰万元正", 30_500_000_000),
            ("壹万亿元", 100_000_000_000_000),
            ("负壹佰圆整", -10_000),
            ("一百二十元五角", 12_050),
            ("零元整", 0),
            ("壹佰万零壹元", 100_000_100),
        ] {
            assert_eq!(read(text), Some(fen), "{text}");
        }
        for text in [
            "",
            "元",
            "整",
            "万元",
            "亿元",
            "万",
            "壹亿万元",
            "负亿元",
            "壹贰元",
            "壹佰仟元",
            "壹元贰",
            "佰元",
            "abc元",
            "壹万",
            "九百亿亿亿元",
            "12元",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
