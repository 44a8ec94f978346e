//! Nobody who is listed is cleared: shown numbers, namesakes, terms, unsound numbers, and lists as people write them.

use proptest::prelude::*;
use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::screening::*;
use wherewithal::sentence::Sentence;

const ON: &str = "2026-01-06";
const ABLE: &str = "有履行能力而拒不履行生效法律文书确定义务";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A record of a list, in force.
pub(crate) fn record(id: usize, name: &str, number: &str) -> PublicRecord {
    PublicRecord {
        id: id.to_string(),
        iname: name.into(),
        card_num: number.into(),
        case_code: format!("（2024）苏0205执{}号", id + 1),
        publish_date: "2025-01-10".into(),
        ..PublicRecord::default()
    }
}

fn screener(records: impl IntoIterator<Item = PublicRecord>) -> Screener {
    let entries: Vec<ListEntry> = records.into_iter().map(|record| record.into_entry().unwrap()).collect();
    let list = DefaulterList::build(&entries, ListKey::from_secret(b"tests"), day("2026-01-05")).unwrap();
    Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap()
}

fn ask(screener: &Screener, name: &str, number: &str) -> ScreeningAnswer {
    let identifiers = Some(number.to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
    let application = Application {
        application_id: "a".into(),
        name: name.into(),
        identifiers,
        born_on: None,
        activity: None,
        on: day(ON),
    };
    screen(screener, &application).unwrap()
}

/// A sound resident number of a person born `years` after 1950.
fn resident(years: usize, order: usize) -> String {
    let body = format!("320205{}0508{order:03}", 1950 + years);
    format!("{body}{}", Identifier::check_character(IdentifierKind::Resident, &body).unwrap())
}

fn hidden(number: &str, head: usize, stars: &str, tail: usize) -> String {
    format!("{}{stars}{}", &number[..head], &number[number.len() - tail..])
}

#[test]
fn the_last_of_many_namesakes_is_found_by_number() {
    let numbers: Vec<String> = (0..300).map(|i| resident(i % 50, i)).collect();
    let s = screener(numbers.iter().enumerate().map(|(i, number)| record(i, "张伟", &hidden(number, 10, "****", 4))));
    for i in [0, 63, 64, 150, 299] {
        let answer = ask(&s, "张伟", &numbers[i]);
        assert_eq!((answer.outcome, answer.reason), (Outcome::Review, Some(HitReason::NameAndShownNumber)));
        assert!(answer.hits.iter().any(|hit| hit.entry_id == i.to_string()), "{i}");
        assert_eq!(answer.hits.len() + answer.left_out.other_number, 300, "{i}: who is passed over is counted");
    }
    let answer = ask(&s, "张伟", "");
    assert_eq!((answer.hits.len(), answer.left_out.reviews), (20, 280), "a cut is said");
    assert_eq!(answer.reason, Some(HitReason::EqualName));
    assert_eq!(ask(&s, "张伟", &resident(7, 990)).outcome, Outcome::Clear, "another sound number");
}

#[test]
fn homophones_no_longer_in_force_hide_nobody() {
    let sounds = ["章玮", "张玮", "章伟", "张炜", "章炜"];
    let gone = (0..400).map(|i| PublicRecord { removed_date: "2025-06-01".into(), ..record(i, sounds[i % 5], "") });
    let s = screener(gone.chain([record(400, "张伟", "")]));
    for (name, reason) in
        [("张伟", HitReason::EqualName), ("章伟", HitReason::AlikeName), ("Zhang Wei", HitReason::AlikeName)]
    {
        let answer = ask(&s, name, "");
        assert_eq!((answer.outcome, answer.reason), (Outcome::Review, Some(reason)), "{name}");
        assert_eq!(answer.hits[0].entry_id, "400");
    }
}

#[test]
fn an_equal_name_and_a_like_one_are_told_apart() {
    let s = screener([record(1, "欧阳建国", ""), record(2, "张伟民", "")]);
    assert_eq!(ask(&s, "歐陽建國", "").reason, Some(HitReason::EqualName), "traditional characters are the same name");
    assert_eq!(ask(&s, "欧阳建果", "").reason, Some(HitReason::AlikeName));
    let alike = ask(&s, "张伟", "");
    assert_eq!((alike.outcome, alike.reason), (Outcome::Review, Some(HitReason::AlikeName)));
    assert_eq!(ask(&s, "赵强", "").reason, None);
}

#[test]
fn every_name_in_a_cell_is_looked_for() {
    let cells = [
        "张伟（曾用名张卫）",
        "张卫(又名:张伟)",
        "李娜、张伟",
        "李娜 张伟",
        "张伟等3人",
        "被执行人：张伟",
        "张 伟(身份证320205197005050058)",
        "ZHANG Wei (张伟)",
        "张伟 ZHANG Wei",
    ];
    for cell in cells {
        let s = screener([record(0, cell, "")]);
        let answer = ask(&s, "张伟", "");
        assert_eq!((answer.outcome, answer.reason), (Outcome::Review, Some(HitReason::EqualName)), "{cell}");
        assert_eq!(answer.hits[0].listed_name, cell, "the entry is shown as it stands");
        assert_eq!(ask(&s, "赵强", "").outcome, Outcome::Clear, "{cell}");
        assert_eq!(ask(&screener([record(0, "张伟", "")]), cell, "").outcome, Outcome::Review, "{cell} asked");
    }
    let s = screener([record(0, "无锡甲乙商贸有限公司（原无锡丙丁贸易商行）", "")]);
    assert_eq!(ask(&s, "无锡丙丁贸易商行", "").reason, Some(HitReason::EqualName));
    assert_eq!(ask(&s, "无锡甲乙商贸有限公司", "").reason, Some(HitReason::EqualName));
}

#[test]
fn stars_do_not_count_characters() {
    let forms = [
        ("32020519700****0058", "320205197005050058"),
        ("320205****0063", "320205197006060063"),
        ("320205********0079", "320205197007070079"),
        ("3202051970XXXX0084", "320205197008080084"),
        ("3202051970＊＊＊＊009x", "32020519700909009X"),
        ("32020570***010", "320205700101010"),
    ];
    for (shown, number) in forms {
        let s = screener([record(0, "戊某某", shown)]);
        assert_eq!(ask(&s, "戊某某", number).reason, Some(HitReason::NameAndShownNumber), "{shown}");
        assert_eq!(ask(&s, "戊某某", "11010519491231002X").outcome, Outcome::Clear, "{shown}: another number");
        assert_eq!(ask(&s, "", number).outcome, Outcome::Review, "{shown}: no name");
    }
}

#[test]
fn a_shown_number_of_another_kind_excludes_nobody() {
    for shown in ["E1234****", "H12***01", "3****8"] {
        let s = screener([record(0, "张伟", shown)]);
        assert_eq!(ask(&s, "张伟", "11010519491231002X").outcome, Outcome::Review, "{shown}");
    }
    let mut unit = record(0, "无锡某某有限公司", "320200000000013");
    let body = "32020000000001";
    unit.card_num =
        format!("{body}{}", Identifier::check_character(IdentifierKind::BusinessRegistration, body).unwrap());
    let s = screener([unit]);
    assert_eq!(ask(&s, "无锡某某有限公司", "91350100M000100Y43").outcome, Outcome::Review, "a licence and a code");
}

#[test]
fn a_damaged_number_on_the_list_excludes_nobody_who_fits_one_end() {
    let number = resident(20, 33);
    let damaged = format!("{}1{}", &number[..9], &number[10..]);
    let s = screener([record(0, "张伟", &damaged)]);
    assert_eq!(ask(&s, "张伟", &number).outcome, Outcome::Review);
    assert_eq!(ask(&s, "张伟", "11010519491231002X").outcome, Outcome::Clear);
}

#[test]
fn a_damaged_number_tells_apart_names_that_are_only_alike() {
    let (number, other) = (resident(20, 33), resident(45, 712));
    let elsewhere = format!("110105{}", &other[6..]);
    let older = format!("{}{}", &number[..6], &number[8..17]);
    let shown = [
        number.clone(),
        hidden(&number, 10, "****", 4),
        hidden(&number, 6, "****", 4),
        format!("{}***{}", &older[..9], &older[12..]),
    ];
    for shown in shown {
        let s = screener([record(0, "张伟民", &shown)]);
        let without = |number: &str, gone: usize| format!("{}{}", &number[..gone], &number[gone + 1..]);
        for gone in 0..18 {
            let outcome = |name: &str, number: &str| ask(&s, name, &without(number, gone)).outcome;
            assert_eq!(
                outcome("张伟", &number),
                Outcome::Review,
                "{shown}: without character {gone} of the own number"
            );
            assert_eq!(outcome("张伟民", &elsewhere), Outcome::Review, "{shown}: an equal name is looked at");
            assert_eq!(outcome("张伟", &elsewhere), Outcome::Clear, "{shown}: without {gone} of another number");
        }
        assert_eq!(ask(&s, "张伟", &elsewhere).outcome, Outcome::Clear, "{shown}: a check character that fails");
        if !shown.contains("***") || shown.len() == 18 {
            let near = ask(&s, "张卫国", &without(&number, 4));
            assert_eq!(
                (near.outcome, near.reason),
                (Outcome::Review, Some(HitReason::AlikeNameAndShownNumber)),
                "{shown}"
            );
        }
        assert_eq!(ask(&s, "张卫国", &without(&elsewhere, 4)).outcome, Outcome::Clear, "{shown}");
        assert_eq!(ask(&s, "张伟", "123456789012").outcome, Outcome::Review, "{shown}: no number of that kind");
    }
}

#[test]
fn several_circumstances_have_the_term_of_the_one_that_has_none() {
    let listed = |id, name: &str, circumstances: String| PublicRecord {
        disrupt_type_name: circumstances,
        publish_date: "2023年01月10日".into(),
        ..record(id, name, "")
    };
    let s = screener([
        listed(0, "甲某某", format!("违反财产报告制度,其他{ABLE}")),
        listed(1, "乙某某", ABLE.into()),
        listed(2, "丙某某", "违反财产报告制度".into()),
        listed(3, "丁某某", format!("其他{ABLE},其它规避执行")),
        listed(4, "戊某某", "违反限制消费令，违反财产报告制度".into()),
        listed(5, "己某某", "违反财产报告制度，详见文书".into()),
    ]);
    let outcomes = ["甲", "乙", "丙", "丁", "戊", "己"].map(|name| ask(&s, &format!("{name}某某"), "").hits.len());
    assert_eq!(outcomes, [1, 1, 0, 1, 0, 1]);
    let last = PublicRecord { expiry_date: "2026-01-06".into(), ..record(0, "张伟", "") };
    assert_eq!(ask(&screener([last]), "张伟", "").outcome, Outcome::Review, "the last day of a term is in it");
}

#[test]
fn equal_numbers_that_fail_their_check_are_evidence() {
    let s =
        screener([record(0, "厦门某甲贸易有限公司", "91350200M0001QKT19"), record(1, "张伟", "000000000000000000")]);
    for name in ["厦门某甲贸易有限公司", "福建新程实业有限公司", ""] {
        let answer = ask(&s, name, " 91350200m0001qkt19");
        assert_eq!((answer.outcome, answer.reason), (Outcome::Review, Some(HitReason::UnsoundIdentifier)), "{name}");
        assert_eq!(answer.unsound_identifiers, 1);
    }
    assert_eq!(ask(&s, "李娜", "000000000000000000").outcome, Outcome::Clear, "a placeholder is no evidence");
}

#[test]
fn firms_are_offered_under_glued_forms_and_shorter_names() {
    let s = screener([
        record(0, "北京东方科技有限公司", ""),
        record(1, "LVNV Funding, LLC", ""),
        record(2, "Siemens Aktiengesellschaft", ""),
    ]);
    for name in
        ["北京东方科技", "北京东方科技股份有限公司", "北京东方科技有限公司无锡分公司", "LVNVFUNDINGLLC", "SIEMENSAG"]
    {
        assert_eq!(ask(&s, name, "").outcome, Outcome::Review, "{name}");
    }
    assert_eq!(ask(&s, "北京西方环保有限公司", "").outcome, Outcome::Clear, "the legal form is nothing in common");
}

#[test]
fn days_of_birth_tell_apart_where_both_sides_have_them() {
    let born = |id, text: &str| PublicRecord { born_on: text.into(), ..record(id, "Viktor Dragunov", "") };
    let s = screener([born(0, "1962-04-17"), born(1, "1981-02-11"), born(2, "")]);
    let ask_born = |text: &str| {
        let application = Application { born_on: Some(day(text)), ..application("Dragunov, Viktor") };
        screen(&s, &application).unwrap()
    };
    let same = ask_born("1962-04-17");
    assert_eq!((same.hits[0].birthday, same.hits.len(), same.left_out.other_birthday), (Some(Birthday::Same), 2, 1));
    assert_eq!(ask_born("1981-11-02").hits[0].birthday, Some(Birthday::OneSlip), "day and month changed places");
    assert_eq!(ask_born("1999-09-09").hits.iter().map(|hit| hit.entry_id.as_str()).collect::<Vec<_>>(), ["2"]);
    let s = screener([PublicRecord { born_on: "1949-12-31".into(), ..record(0, "张伟", "") }]);
    assert_eq!(ask(&s, "张伟", "110105491231002").hits[0].birthday, Some(Birthday::Same), "the number says the day");
    assert_eq!(ask(&s, "张伟", "440524188001010014").outcome, Outcome::Clear);
}

fn application(name: &str) -> Application {
    let (identifiers, application_id) = (Vec::new(), "a".to_owned());
    Application { application_id, name: name.into(), identifiers, born_on: None, activity: None, on: day(ON) }
}

#[test]
fn one_record_that_cannot_be_read_does_not_take_the_list_with_it() {
    let text = concat!(
        "{\"id\": 17, \"iname\": \"张伟\", \"cardNum\": 110105194912310021, \"caseCode\": \"（2024）苏0205执1号\", ",
        "\"publishDate\": \"2025-01-10 00:00:00\", \"partyTypeName\": 580, \"age\": 61, \"qysler\": []}\n",
        "\n",
        "{\"iname\": \"李娜\", \"caseCode\": \"（2024）苏0205执2号\", \"publishDate\": \"11010519491231002X\"}\r\n",
        "{\"iname\": 5}\n",
        "no json 11010519491231002X\n",
        "{\"iname\": \"无锡某某商贸中心\", \"caseCode\": \"（2024）苏0205执3号\", \"publishDate\": 20250110, \"partyTypeName\": 581}\n",
    );
    let list = read_list(text.as_bytes(), &ListForm::default()).unwrap();
    assert_eq!(list.refused.iter().map(|record| record.line).collect::<Vec<_>>(), [3, 4, 5]);
    let mut reasons = list.refused.iter().map(|record| record.reason.to_string());
    assert!(reasons.all(|reason| !reason.contains("1949") && !reason.contains("李娜")));
    let kinds: Vec<_> = list.entries.iter().map(|entry| entry.listing.kind.code()).collect();
    assert_eq!((kinds, list.unused_columns.len()), (vec!["person", "company"], 2));
    let key = ListKey::from_secret(b"tests");
    let list = DefaulterList::build(&list.entries, key, day("2026-01-05")).unwrap().lacking(list.refused.len() as u64);
    let s = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    assert_eq!(ask(&s, "李娜", "").edition.refused, 3, "an answer says what its list lacks");
    assert!(read_list(b"{\"iname\": 5}\n", &ListForm::default()).is_err(), "a list of nothing clears nobody");
    for empty in ["", " \n\r\n", "\u{feff}", "\u{feff}\n"] {
        let error = read_list(empty.as_bytes(), &ListForm::default()).unwrap_err().to_string();
        assert!(error.contains("found an empty file") && error.contains("an empty list clears everybody"), "{error}");
        let error = read_applications(empty.as_bytes(), None).unwrap_err().to_string();
        assert!(error.contains("applications: found an empty file"), "{error}");
    }
    let headed = read_list(b"iname,cardNum\n", &ListForm::default()).unwrap_err().to_string();
    assert!(headed.contains("found no record"), "{headed}");
}

/// How long two names are compared grows with the product of their lengths: endless ones are refused by line.
#[test]
fn endless_names_are_refused() {
    let record = |name: &str, firm: &str| {
        let code = "（2024）苏0205执2号";
        serde_json::json!({ "iname": name, "caseCode": code, "publishDate": "2025-01-10", "businessEntity": firm })
            .to_string()
    };
    let (long, longest) = ("李".repeat(4_097), "李".repeat(4_096));
    let list = [record("李娜", ""), record(&long, ""), record("王伟", &long), record(&longest, &longest)].join("\n");
    let list = read_list(list.as_bytes(), &ListForm::default()).unwrap();
    assert_eq!(list.refused.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 3]);
    assert!(list.refused.iter().all(|record| record.reason.to_string().contains("4097 characters")));
    let asked = |name: &str| serde_json::json!({ "application_id": "a", "name": name }).to_string();
    let asked = [asked(&long), asked(&longest)].join("\n");
    let asked = read_applications(asked.as_bytes(), Some(day("2026-01-06"))).unwrap();
    assert!(asked[0].1.as_ref().unwrap_err().to_string().contains("4097 characters") && asked[1].1.is_ok());
}

/// Aliases, a firm beside a person, and further names of the applicant: each is compared, also where a number is what
/// fits.
#[test]
fn every_name_in_a_cell_is_compared() {
    let number = resident(20, 7);
    let shown = hidden(&number, 6, "********", 4);
    let s = screener([
        record(0, "欧阳建国（曾用名张卫）", &shown),
        record(1, "无锡某某建材有限公司、李文娜", ""),
        record(2, "无锡甲某商贸有限公司（王小明）", ""),
    ]);
    // The shown number fits, and the alias is alike.
    let answer = ask(&s, "张卫东", &number);
    assert_eq!((answer.hits.len(), answer.hits[0].reason), (1, HitReason::AlikeNameAndShownNumber), "{answer:?}");
    assert!(answer.hits[0].name_score > 0.5, "{answer:?}");
    for (name, entry) in
        [("李文娜", "1"), ("无锡某某建材有限公司", "1"), ("王小明", "2"), ("无锡甲某商贸有限公司", "2"), ("张卫", "0")]
    {
        let answer = ask(&s, name, "");
        let hit = answer.hits.iter().find(|hit| hit.entry_id == entry);
        assert_eq!(hit.map(|hit| hit.reason), Some(HitReason::EqualName), "{name}: {answer:?}");
    }
    // Those of another number are counted by each name of the applicant.
    let s = screener([record(0, "张卫", &resident(30, 8))]);
    let answer = ask(&s, "欧阳建国（曾用名张卫）", &number);
    assert_eq!((answer.hits.len(), answer.left_out.other_number), (0, 1), "{answer:?}");
}

/// However many bear a name, those whose number fits are hits, and the strongest others are those of a full sort.
#[test]
fn of_many_namesakes_the_strongest_stay_and_those_whose_number_fits() {
    let s = screener((0..8_000).map(|i| {
        let number = resident(i % 50, i % 996);
        let shown = if i % 1_000 == 7 { hidden(&number, 10, "****", 4) } else { String::new() };
        record(i, "张伟", &shown)
    }));
    let answer = ask(&s, "张伟", "");
    assert_eq!((answer.hits.len(), answer.left_out.reviews), (20, 7_980));
    let ids: Vec<usize> = answer.hits.iter().map(|hit| hit.entry_id.parse().unwrap()).collect();
    let mut all: Vec<String> = (0..8_000).map(|i| i.to_string()).collect();
    all.sort();
    assert!(ids.iter().map(ToString::to_string).eq(all.into_iter().take(20)), "{ids:?}");
    let found = ask(&s, "张伟", &resident(7, 7));
    assert!(
        found.hits.iter().any(|hit| hit.reason == HitReason::NameAndShownNumber && hit.entry_id == "7"),
        "{found:?}"
    );
}

/// Two sound numbers in one text are both looked up, and what is not sound is counted by texts.
#[test]
fn two_numbers_in_one_text_are_both_asked_for() {
    let (one, other) = (resident(20, 7), resident(30, 8));
    let s = screener([record(0, "张伟", &one), record(1, "李娜", &other)]);
    let answer = ask(&s, "张伟", &format!("{other} {one}"));
    let found: Vec<&str> = answer.hits.iter().map(|hit| hit.entry_id.as_str()).collect();
    assert_eq!((found, answer.unsound_identifiers), (vec!["0", "1"], 0));
    let application =
        Application { identifiers: vec![format!("{one} {other}"), "abc".into(), " ".into()], ..application("张伟") };
    assert_eq!(screen(&s, &application).unwrap().unsound_identifiers, 1);
}

#[test]
fn two_records_under_one_id_are_two_entries() {
    let line = |name: &str| format!("9,{name},（2024）苏0205执1号,2025-01-10\n");
    let table = format!("id,iname,caseCode,publishDate\n{}{}{}", line("张伟"), line("李娜"), line("张伟"));
    let list = read_list(table.as_bytes(), &ListForm::default()).unwrap();
    let ids: Vec<_> = list.entries.iter().map(|entry| entry.listing.entry_id.as_str()).collect();
    assert_eq!((ids, list.repeated, list.renamed), (vec!["9", "9 #2"], 1, 1));
}

#[test]
fn a_table_in_either_encoding_is_the_same_list() {
    let table = "姓名/名称;证件号码;案号;发布时间;性别\n张伟;3202051970****0058;（2024）苏0205执1号;2025年1月10日;男\n";
    let (gbk, ..) = encoding_rs::GB18030.encode(table);
    let marked = format!("\u{feff}{table}");
    let read = |bytes: &[u8]| read_list(bytes, &ListForm::default()).unwrap();
    for bytes in [&gbk, marked.as_bytes(), table.replace('\n', "\r\n").as_bytes(), table.replace(';', "\t").as_bytes()]
    {
        assert_eq!(read(bytes).entries, read(table.as_bytes()).entries);
        assert_eq!(read(bytes).entries.len(), 1);
    }
    let headless = read_list("张伟,11010519491231002X\n".as_bytes(), &ListForm::default()).unwrap_err().to_string();
    assert!(!headless.contains("1949") && !headless.contains("张伟"), "{headless}");
}

/// Whoever stands between two stray quotes, or in a file with one bad byte, is on the list all the same.
#[test]
fn a_stray_quote_or_a_bad_byte_clears_nobody_else() {
    let names = ["欧阳锋刚", "司马相如", "诸葛孔明", "上官婉儿", "慕容复生"];
    let line =
        |(at, name): (usize, &&str)| format!("{name},{},（2024）苏0205执{}号,2025-01-10", resident(20, at), at + 1);
    let lines: Vec<String> = names.iter().enumerate().map(line).collect();
    let read = |lines: &[String]| {
        let table = format!("iname,cardNum,caseCode,publishDate\n{}\n", lines.join("\n"));
        read_list(table.as_bytes(), &ListForm::default()).unwrap()
    };
    let listed =
        |list: &ListSource| -> Vec<String> { list.entries.iter().map(|entry| entry.listing.name.clone()).collect() };
    let whole = listed(&read(&lines));
    assert_eq!(whole.len(), names.len());
    for (first, second) in [(1, 2), (1, 3), (0, 4), (2, 9)] {
        let mut torn = lines.clone();
        torn.iter_mut().enumerate().filter(|(at, _)| [first, second].contains(at)).for_each(|(_, line)| {
            line.insert(0, '"');
        });
        let list = read(&torn);
        let refused: Vec<u64> = list.refused.iter().map(|record| record.line).collect();
        let expected: Vec<u64> = [first, second].iter().filter(|at| **at < 5).map(|at| *at as u64 + 2).collect();
        assert_eq!(refused, expected, "{:?}", list.refused);
        let others = (0..).zip(&whole).filter(|(at, _)| ![first, second].contains(at));
        assert_eq!(listed(&list), others.map(|(_, name)| name.clone()).collect::<Vec<_>>());
    }

    let objects: Vec<String> = (1..).zip(names).map(|(case, name)| {
        serde_json::json!({ "iname": name, "caseCode": format!("（2024）苏0205执{case}号"), "publishDate": "2025-01-10" })
            .to_string()
    }).collect();
    let table = format!("iname,cardNum,caseCode,publishDate\n{}\n", lines.join("\n"));
    for (text, bad) in [(table, 4), (objects.join("\n"), 3)] {
        let at = text.find("诸葛").unwrap();
        for broken in [[&text.as_bytes()[..at], b"\xff", &text.as_bytes()[at..]].concat(), {
            let mut bytes = text.clone().into_bytes();
            bytes.remove(at + 1);
            bytes
        }] {
            let list = read_list(&broken, &ListForm::default()).unwrap();
            assert_eq!(list.refused.iter().map(|record| record.line).collect::<Vec<_>>(), [bad], "{:?}", list.refused);
            let others = whole.iter().filter(|name| !name.contains("诸葛"));
            assert_eq!(listed(&list), others.cloned().collect::<Vec<_>>());
        }
    }
    for (bytes, what) in [(&b"PK\x03\x04"[..], "a workbook"), (b"\xff\xff\n\xff", "bytes that are no text")] {
        let error = read_list(bytes, &ListForm::default()).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn another_countrys_list_is_read_by_declaration() {
    let form = ListForm::from_toml(include_str!("../../data/screening/foreign.toml")).unwrap();
    let list = read_list(include_bytes!("../../data/screening/foreign.csv"), &form).unwrap();
    assert_eq!((list.entries.len(), list.refused.len()), (3, 0));
    let key = ListKey::from_secret(b"tests");
    let list = DefaulterList::build(&list.entries, key, day("2026-01-05")).unwrap();
    let s = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    let applications =
        read_applications(include_bytes!("../../data/screening/applications.csv"), Some(day(ON))).unwrap();
    let hits = |(_, application): &(u64, Result<Application, Sentence>)| {
        let answer = screen(&s, application.as_ref().unwrap()).unwrap();
        answer.hits.iter().map(|hit| hit.entry_id.clone()).collect::<Vec<_>>()
    };
    let found: Vec<Vec<String>> = applications.iter().map(hits).collect();
    assert_eq!(found, [vec!["7003"], vec!["7002", "7003"], vec!["7001"], vec![]]);
    let circa = read_list(b"7004,\"IVANOV, Ivan\",individual,circa 1962\n", &form).unwrap();
    assert_eq!((circa.entries[0].listing.born_on, circa.unread_days), (None, 1), "nobody is lost for a year of birth");
    let undeclared = ListForm { case_numbers: true, ..form };
    assert!(read_list(include_bytes!("../../data/screening/foreign.csv"), &undeclared).is_err());
    assert!(ListForm::from_toml("columns = { sex = \"m\" }").is_err());
}

#[test]
fn applications_are_read_as_objects_or_as_a_table() {
    let table =
        "application_id,name,identifiers,on\n1,张伟,11010519491231002X;E12345678,2026-01-06 10:30\n2,,,2026-01-06\n";
    let objects = concat!(
        "{\"application_id\": 1, \"name\": \"张伟\", \"identifiers\": [\"11010519491231002X\", \"E12345678\"], \"on\": \"2026-01-06\"}\n",
        "{\"application_id\": \"2\", \"name\": null, \"identifiers\": \"\", \"on\": \"2026-01-06\"}\n",
    );
    let read = |text: &str| read_applications(text.as_bytes(), None).unwrap();
    let each = |text: &str| read(text).into_iter().map(|(_, read)| read.unwrap()).collect::<Vec<_>>();
    assert_eq!(each(table), each(objects));
    assert_eq!((read(table)[0].0, read(objects)[0].0), (2, 1), "the line in the file");
    assert_eq!(read(table)[0].1.as_ref().unwrap().identifiers.len(), 2);
    for wrong in [
        "{\"application_id\": \"x\", \"on\": \"11010519491231002X\"}",
        "{\"application_id\": \"x\", \"11010519491231002X\": 1, \"on\": \"2026-01-06\"}",
        "{\"application_id\": \"x\", \"name\": {\"a\": \"11010519491231002X\"}}",
    ] {
        let reason = read(wrong)[0].1.clone().unwrap_err().to_string();
        assert!(!reason.contains("1949"), "{reason}");
    }
}

#[test]
fn no_message_repeats_a_name_or_a_number() {
    let number = "11010519491231002X";
    let entry = |id: &str| PublicRecord { id: id.into(), ..record(0, "张三丰", number) }.into_entry().unwrap();
    let twice =
        DefaulterList::build(&[entry("张三丰"), entry("张三丰")], ListKey::from_secret(b"k"), day(ON)).unwrap_err();
    let s = screener([record(0, "张三丰", number)]);
    let absent = s.list().apply(day(ON), &[Change::Remove { entry_id: number.into(), on: day(ON) }]).unwrap_err();
    let activity = Application { activity: Some(number.into()), ..application("张三丰") };
    let unknown = screen(&s, &activity).unwrap_err();
    let answer = ask(&s, "张三丰", number);
    for text in [
        twice.to_string(),
        absent.to_string(),
        unknown.to_string(),
        format!("{activity:?} {:?} {answer:?} {:?}", entry("1"), record(0, "张三丰", number)),
    ] {
        assert!(!text.contains("1949") && !text.contains("三丰"), "{text}");
    }
}

/// Names, each with one that sounds the same.
const HOMOPHONES: [(&str, &str); 6] = [
    ("张伟", "章玮"),
    ("王小明", "汪晓鸣"),
    ("欧阳建国", "欧阳健果"),
    ("买买提艾力", "买买提爱丽"),
    ("吕力华", "吕丽花"),
    ("叶才", "业财"),
];

fn aloud(letters: &[char]) -> String {
    letters.iter().map(|c| wherewithal::linkage::sound(&c.to_string())).collect()
}

/// The older form of a number, which lacks the century and the check character.
fn older(number: &str) -> String {
    format!("{}{}", &number[..6], &number[8..17])
}

#[test]
fn whoever_sounds_alike_and_fits_the_older_form_is_never_clear() {
    let numbers: Vec<String> = (0..996).step_by(7).map(|order| resident(order % 50, order)).collect();
    for (listed, alike) in HOMOPHONES {
        let s = screener(
            numbers.iter().enumerate().map(|(i, number)| record(i, listed, &hidden(&older(number), 9, "***", 3))),
        );
        for (i, number) in numbers.iter().enumerate() {
            for given in [number.clone(), older(number)] {
                let answer = ask(&s, alike, &given);
                let own = answer.hits.iter().find(|hit| hit.entry_id == i.to_string());
                let reason = own.map(|hit| hit.reason);
                assert_eq!(reason, Some(HitReason::AlikeNameAndShownNumber), "{listed} {i}: {:?}", answer.left_out);
            }
        }
    }
}

/// A name as it may come in: as listed, with one character changed, in another order, in pinyin of several kinds, in
/// wide spaces, by characters of the same sound.
fn written(name: &str, way: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    match way {
        0 => name.to_owned(),
        1 => letters[..letters.len() - 1].iter().chain(&['某']).collect(),
        2 => letters.iter().rev().collect(),
        3 => aloud(&letters),
        5 => format!("{} {}", aloud(&letters[1..]), aloud(&letters[..1])),
        6 => aloud(&letters).replace("LU", "LV"),
        7 => aloud(&letters).replace("LU", "LYU"),
        8 => HOMOPHONES.iter().find(|(listed, _)| *listed == name).map_or(name, |(_, alike)| *alike).to_owned(),
        _ => letters.iter().map(|c| format!("{c}　")).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// No listed person with a fitting shown number is ever clear, whatever is hidden and however the name is written,
    /// however many bear it.
    #[test]
    fn a_listed_person_with_a_fitting_shown_number_is_never_clear(
        head in 6usize..12,
        tail in 4usize..6,
        stars in 1usize..10,
        namesakes in 0usize..120,
        way in 0usize..9,
        (who, order, is_older) in (0usize..6, 0usize..996, any::<bool>()),
        mask in prop::sample::select(vec!['*', '＊', 'X', 'x', '•']),
    ) {
        let name = HOMOPHONES[who].0;
        let number = resident(order % 50, order);
        let mask: String = std::iter::repeat_n(mask, stars.max(2)).collect();
        let others = (1..=namesakes).map(|i| record(i, name, &hidden(&resident(i % 50, (order + i) % 996), head, &mask, tail)));
        let s = screener(others.chain([record(0, name, &hidden(&number, head, &mask, tail))]));
        let given = if is_older { older(&number) } else { number };
        let answer = ask(&s, &written(name, way), &given);
        prop_assert_ne!(answer.outcome, Outcome::Clear);
        prop_assert!(answer.hits.iter().any(|hit| hit.entry_id == "0"), "{:?}", answer.left_out);
    }
}

/// Of two columns of one meaning nobody can tell which is meant, and whoever is listed under the other would be clear.
#[test]
fn a_field_that_stands_twice_is_never_the_last_one_that_came() {
    let head = "iname,cardNum,caseCode,publishDate";
    let row = "张伟,110105194912310020,（2024）苏0213执1号,2025-01-10";
    let read = |text: &str| read_list(text.as_bytes(), &ListForm::default());
    let twice = read(&format!("{head},cardNum\n{row},110101199003078291\n")).unwrap_err().to_string();
    assert!(twice.contains("column cardNum twice"), "{twice}");
    // Two names of one field: alike or blank they are one, otherwise the row is refused.
    let beside = |value: &str| read(&format!("{head},CARDNUM\n{row},{value}\n"));
    for value in ["", "110105194912310020"] {
        let list = beside(value).unwrap();
        assert_eq!((list.entries.len(), list.refused.len()), (1, 0));
        assert_eq!(
            list.entries[0].listing.masked_number,
            read(&format!("{head}\n{row}\n")).unwrap().entries[0].listing.masked_number
        );
    }
    let other = beside("110101199003078291").unwrap_err().to_string();
    assert!(other.contains("two columns with different values"), "{other}");
    let object = r#"{"iname": "张伟", "cardNum": "1", "cardNum": "2", "caseCode": "（2024）苏0213执1号", "publishDate": "2025-01-10"}"#;
    let said = read(object).unwrap_err().to_string();
    assert!(said.contains("each field once"), "{said}");
    assert!(read(&format!("[{object}]")).is_err());
    let asked = "application_id,name,identifiers,identifiers,on\na,张伟,110105194912310020,,2026-01-06\n";
    assert!(read_applications(asked.as_bytes(), None).unwrap_err().to_string().contains("identifiers twice"));
}
