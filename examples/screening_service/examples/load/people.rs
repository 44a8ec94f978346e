//! Simulated people; even ones are listed.

use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::screening::PublicRecord;

use crate::Fault;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹";
const GIVEN: &str =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广义兴良海山仁波宁贵福生龙元全胜学祥";

fn pick(from: &str, at: u64) -> char {
    let letters: Vec<char> = from.chars().collect();
    let at = usize::try_from(at).unwrap_or_default() % letters.len();
    letters.get(at).copied().unwrap_or('王')
}

/// Name and number of a simulated person.
pub(crate) fn person(i: u64) -> Result<(String, String), Fault> {
    let name: String =
        [pick(SURNAMES, i * 7 + i / 30), pick(GIVEN, i * 11 + i / 50), pick(GIVEN, i / 3)].iter().collect();
    let born = Day::parse("1950-01-01")?.plus_days(i32::try_from(i % 20_000)?).to_string();
    let body = format!("{:06}{}{:03}", 320_200 + i / 20_000, born.replace('-', ""), i % 996);
    let check = Identifier::check_character(IdentifierKind::Resident, &body).ok_or("no check character")?;
    Ok((name, format!("{body}{check}")))
}

/// A listed person's record.
pub(crate) fn record(id: &str, (name, number): (String, String)) -> PublicRecord {
    PublicRecord {
        id: id.to_owned(),
        iname: name,
        card_num: number,
        case_code: "（2024）苏0213执123号".to_owned(),
        court_name: "无锡市梁溪区人民法院".to_owned(),
        publish_date: "2025-01-10".to_owned(),
        party_type_name: "自然人".to_owned(),
        ..PublicRecord::default()
    }
}
