//! Single values: identifiers, case numbers, days, amounts.

use wherewithal::domain::{CaseNumber, Day, Identifier, Money, MoneyForm, PartyKey, ShownNumber};

use super::{Corpus, fuzz_text};

const WIDE: [&str; 12] = ["０", "９", "Ｘ", "\u{200b}", "\u{feff}", "\u{3000}", "*", "'", "=\"", "\"", "E+17", "x"];

#[test]
fn identifiers() {
    let seeds: [&[u8]; 5] =
        [b"11010519491231002X", b"110105491231002", b"91350100M000100Y43", b"3.20106E+17", b"00000000-0"];
    fuzz_text("identifiers", &Corpus::new(&seeds, &WIDE), |text| {
        if let Ok(number) = Identifier::parse(text) {
            // Without its hyphen an organisation code needs its kind.
            assert_eq!(Identifier::parse_as(number.kind(), number.canonical()).as_ref(), Ok(&number));
        }
        let _ = PartyKey::parse(text);
        if let Some(shown) = ShownNumber::parse(text) {
            let _ = format!("{shown:?}");
        }
    });
}

#[test]
fn case_numbers() {
    let words =
        ["（", "）", "(", "[", "【", "年", "苏", "蘇", "执", "恢", "号", "號", "之一", "-1", "\u{200b}", "第", "0205"];
    let seeds = ["（2018）苏0205执1234号", "(2018)苏0205执字第1234号", "2018苏0205执恢1234号之一"];
    let seeds: Vec<&[u8]> = seeds.iter().map(|seed| seed.as_bytes()).collect();
    fuzz_text("case_numbers", &Corpus::new(&seeds, &words), |text| {
        if let Ok(number) = CaseNumber::parse(text) {
            assert_eq!(CaseNumber::parse(&number.to_string()).as_ref(), Ok(&number));
        }
    });
}

#[test]
fn days() {
    let words = ["年", "月", "日", "/", "-", ".", "T", "Z", "+08:00", "00:00", "二〇", "12", "31", "9999"];
    let seeds: [&[u8]; 6] =
        [b"2017-07-18", b"2017/7/8", "2017年7月18日".as_bytes(), b"20170718", b"2017-07-18T00:00:00+08:00", b"42934"];
    let patterns = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%y%m%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S%z"];
    fuzz_text("days", &Corpus::new(&seeds, &words), |text| {
        if let Ok(day) = Day::parse(text) {
            assert_eq!(Day::parse(&day.to_string()).unwrap(), day);
        }
        for pattern in patterns {
            let _ = Day::parse_with(text, pattern);
        }
    });
}

#[test]
fn amounts() {
    let words = [
        "万",
        "亿",
        "元",
        "角",
        "分",
        "整",
        "￥",
        "¥",
        "，",
        "，",
        ",",
        ".",
        "（",
        "）",
        "-",
        "壹",
        "拾",
        "佰",
        "仟",
        "零",
        "9223372036854775807",
        "１",
        "E9",
        "CNY",
    ];
    let seeds = [
        "1,234.50",
        "（100.00）",
        "12.5万元",
        "人民币壹仟贰佰叁拾肆元伍角整",
        "1.234,50",
        "-0.01",
        "92233720368547758.07",
    ];
    let seeds: Vec<&[u8]> = seeds.iter().map(|seed| seed.as_bytes()).collect();
    fuzz_text("amounts", &Corpus::new(&seeds, &words), |text| {
        for fen_per_unit in [1, 100, 1_000_000, 10_000_000_000] {
            if let Some(amount) = Money::parse(text, fen_per_unit) {
                assert_eq!(Money::parse(&amount.fen().to_string(), 1), Some(amount));
            }
            let plain = MoneyForm::of_unit(fen_per_unit);
            for form in [plain, MoneyForm { decimal_comma: true, ..plain }, MoneyForm { capitals: true, ..plain }] {
                let _ = (form.read(text), form.declaration(text));
            }
        }
    });
}
