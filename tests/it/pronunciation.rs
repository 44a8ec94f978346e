//! Listed Chinese names asked for in other letters, and the other way round.

use wherewithal::screening::{HitReason, Outcome};

use crate::kin::ask;
use crate::listed::record;

/// Names with a character that is read in several ways, and a reading that is not the most frequent one.
const READ: [(&str, [&str; 3]); 12] = [
    ("张乐", ["zhang", "yue", ""]),
    ("李重", ["li", "chong", ""]),
    ("王天行", ["wang", "tian", "hang"]),
    ("陈盛", ["chen", "cheng", ""]),
    ("赵长安", ["zhao", "chang", "an"]),
    ("刘朝", ["liu", "zhao", ""]),
    ("孙茜", ["sun", "xi", ""]),
    ("周娜", ["zhou", "nuo", ""]),
    ("吴曾", ["wu", "zeng", ""]),
    ("单伯参", ["shan", "bo", "shen"]),
    ("吕强", ["lyu", "jiang", ""]),
    ("曾晟", ["zeng", "cheng", ""]),
];

#[test]
fn every_reading_in_every_order_finds_the_listed() {
    let records: Vec<_> = READ.iter().enumerate().map(|(i, (name, _))| record(i, name, "")).collect();
    for (i, (name, [surname, first, second])) in READ.iter().enumerate() {
        for written in [
            format!("{surname} {first}{second}"),
            format!("{first}{second} {}", surname.to_uppercase()),
            format!("{surname}{first}{second}"),
            format!("{first}{second}{surname}"),
            format!("{surname}, {first}-{second}"),
            format!("{first} {second} {surname}"),
        ] {
            let answer = ask(records.clone(), &written, "");
            let own = answer.hits.iter().find(|hit| hit.entry_id == i.to_string());
            assert_eq!(own.map(|hit| hit.reason), Some(HitReason::AlikeName), "{name}, {written}");
            let turned = ask(vec![record(0, &written, "")], name, "");
            assert_eq!(turned.outcome, Outcome::Review, "{written} listed, {name} asked");
        }
    }
}

/// Of two Chinese names the characters tell more than a reading that one of them may have.
#[test]
fn rare_readings_make_no_two_chinese_names_alike() {
    for (listed, asked) in
        [("张乐", "张月"), ("李重", "李虫"), ("王天行", "王天航"), ("陈盛", "陈成"), ("周娜", "周诺")]
    {
        assert_eq!(ask(vec![record(0, listed, "")], asked, "").outcome, Outcome::Clear, "{listed}, {asked}");
    }
}

/// How a Chinese name is spelt elsewhere, or with a slip, tells nothing against a number that fits.
#[test]
fn other_letters_hide_nobody_whose_number_fits() {
    let number = "320205197005050058";
    let foreign = ["Cheung Wai Kwok", "CHANG, Wei-Kuo", "Zhang Wieguo", "David Zhang", "Чжан Вэйго", "Trương Vĩ Quốc"];
    for name in foreign {
        let asked = |shown: &str, number: &str| ask(vec![record(0, "张伟国", shown)], name, number);
        for shown in ["320205****0058", "3202051970****0058", "320205********0058", number] {
            assert_ne!(asked(shown, number).outcome, Outcome::Clear, "{name}, {shown}");
        }
        let little = asked("32020****0058", number);
        assert_eq!((little.outcome, little.left_out.other_name), (Outcome::Clear, 1), "{name}: nine characters");
        assert_eq!(asked("320205****0058", "320106198706150217").outcome, Outcome::Clear, "{name}");
        let turned = ask(vec![record(0, name, "320205****0058")], "张伟国", number);
        assert_ne!(turned.outcome, Outcome::Clear, "{name} listed");
    }
    let namesake = |name: &str| ask(vec![record(0, "张伟国", "320205****0058")], name, number);
    assert_eq!(namesake("欧阳建军").left_out.other_name, 1, "another name in the same letters is another name");
}
