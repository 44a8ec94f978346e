//! Is this party on the list: law 8, days, editions, receipts, activities.

use proptest::prelude::*;
use rayon::prelude::*;
use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::screening::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn record(id: &str, name: &str, number: &str) -> PublicRecord {
    PublicRecord {
        id: id.into(),
        iname: name.into(),
        card_num: number.into(),
        case_code: "（2024）苏0213执123号".into(),
        court_name: "无锡市梁溪区人民法院".into(),
        publish_date: "2025-01-10".into(),
        ..PublicRecord::default()
    }
}

fn key() -> ListKey {
    ListKey::from_secret(b"a secret of the tests")
}

fn screener(records: &[PublicRecord]) -> Screener {
    let entries: Vec<ListEntry> = records.iter().map(|record| record.clone().into_entry().unwrap()).collect();
    let list = DefaulterList::build(&entries, key(), day("2026-01-05")).unwrap();
    Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap()
}

fn application(name: &str, number: &str, on: &str) -> Application {
    let identifiers = Some(number.to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
    Application {
        application_id: "a".into(),
        name: name.into(),
        identifiers,
        born_on: None,
        activity: Some("loan".into()),
        on: day(on),
    }
}

fn outcome(screener: &Screener, name: &str, number: &str, on: &str) -> Outcome {
    screen(screener, &application(name, number, on)).unwrap().outcome
}

/// A sound resident number from any digits.
fn resident(area: u32, days: u32, order: u32) -> String {
    let born =
        Day::new(1940, 1, 1).unwrap().plus_days(i32::try_from(days % 24_000).unwrap()).to_string().replace('-', "");
    let body = format!("{:06}{born}{:03}", 110_000 + area % 400_000, order % 996);
    let check = Identifier::check_character(IdentifierKind::Resident, &body).unwrap();
    format!("{body}{check}")
}

const A: &str = "11010519491231002X";
const B: &str = "440524188001010014";

#[test]
fn only_number_and_name_together_match() {
    let s = screener(&[record("1", "张伟", A), record("2", "王小明", ""), record("3", "李娜", "1101051949****002X")]);
    let on = "2026-01-06";
    assert_eq!(outcome(&s, "張偉", "１１０１０５４９１２３１００２", on), Outcome::Match, "variants, width, 15 digits");
    assert_eq!(outcome(&s, "张为", A, on), Outcome::Review, "same number, another name");
    assert_eq!(outcome(&s, "", A, on), Outcome::Review, "same number, no name");
    assert_eq!(outcome(&s, "张伟", B, on), Outcome::Clear, "same name, another sound number");
    assert_eq!(outcome(&s, "张伟", "", on), Outcome::Review, "same name, no number");
    assert_eq!(
        outcome(&s, "张伟", "E12345678", on),
        Outcome::Review,
        "same name, a passport that the list does not know"
    );
    assert_eq!(outcome(&s, "张伟", "110105194912310021", on), Outcome::Review, "same name, a damaged number");
    assert_eq!(outcome(&s, "王晓明", B, on), Outcome::Review, "an entry without a number, the name sounds alike");
    assert_eq!(outcome(&s, "李娜", A, on), Outcome::Review, "a number that is shown in part never locks");
    assert_eq!(outcome(&s, "李娜", B, on), Outcome::Clear, "the shown part does not fit");
    assert_eq!(outcome(&s, "赵强", B, on), Outcome::Clear);
    let answer = screen(&s, &application("李娜", A, on)).unwrap();
    let reasons: Vec<HitReason> = answer.hits.iter().map(|hit| hit.reason).collect();
    assert_eq!(
        reasons,
        [HitReason::IdentifierOnly, HitReason::NameAndShownNumber],
        "the number is another name's, too"
    );
    assert!(!serde_json::to_string(&answer).unwrap().contains(A), "no number in clear leaves");
}

#[test]
fn days_of_listing_expiry_and_removal_are_honoured() {
    let mut listed = record("1", "张伟", A);
    listed.disrupt_type_name = "违反财产报告制度".into();
    let s = screener(&[listed]);
    assert_eq!(outcome(&s, "张伟", A, "2025-01-09"), Outcome::Clear);
    assert_eq!(outcome(&s, "张伟", A, "2025-01-10"), Outcome::Match);
    assert_eq!(outcome(&s, "张伟", A, "2027-01-09"), Outcome::Match);
    assert_eq!(outcome(&s, "张伟", A, "2027-01-10"), Outcome::Clear, "two years are over");
    let removed = Change::Remove { entry_id: "1".into(), on: day("2026-03-01") };
    let next = s.with_list(s.list().apply(day("2026-03-01"), &[removed]).unwrap());
    assert_eq!(outcome(&next, "张伟", A, "2026-02-28"), Outcome::Match);
    assert_eq!(outcome(&next, "张伟", A, "2026-03-01"), Outcome::Clear, "the same day");
    assert_eq!(outcome(&next, "张伟", "", "2026-03-01"), Outcome::Clear, "by name as well");
    assert_eq!(outcome(&s, "张伟", A, "2026-03-01"), Outcome::Match, "the older edition answers as it did");
    assert_eq!(next.list().listing("1").unwrap().removed_on, Some(day("2026-03-01")));
}

#[test]
fn a_correction_stands_in_the_place_of_the_entry() {
    let s = screener(&[record("1", "张伟", A)]);
    let corrected = Change::Correct(Box::new(record("1", "李娜", B).into_entry().unwrap()));
    let next = s.with_list(s.list().apply(day("2026-02-01"), std::slice::from_ref(&corrected)).unwrap());
    assert_eq!(outcome(&next, "张伟", A, "2026-02-01"), Outcome::Clear);
    assert_eq!(outcome(&next, "李娜", B, "2026-02-01"), Outcome::Match);
    assert_eq!(next.list().len(), 1);
    assert_eq!(next.list().edition().number, 2);
    let again = next.list().apply(day("2026-02-02"), &[corrected]).unwrap();
    assert_eq!(again.len(), 1);
    let added = Change::Add(Box::new(record("1", "张伟", A).into_entry().unwrap()));
    assert!(next.list().apply(day("2026-02-02"), &[added]).is_err(), "an entry of this name is there");
    let absent = Change::Remove { entry_id: "9".into(), on: day("2026-02-02") };
    assert!(next.list().apply(day("2026-02-02"), &[absent]).is_err());
}

#[test]
fn a_unit_and_those_who_answer_for_it() {
    let mut unit = record("u", "无锡某某有限责任公司", "91350100M000100Y43");
    unit.party_type_name = "法人".into();
    (unit.business_entity, unit.business_entity_num) = ("张伟".into(), A.into());
    let s = screener(&[unit]);
    let ask = |name: &str, number: &str, activity: &str| {
        let application = Application { activity: Some(activity.into()), ..application(name, number, "2026-01-06") };
        screen(&s, &application).unwrap()
    };
    let flight = ask("张伟", A, "flight");
    assert_eq!((flight.outcome, flight.hits[0].role), (Outcome::Match, Role::Representative));
    assert!(flight.restrictions.iter().any(|r| r.effect == Effect::Forbidden && r.subject == Subject::Representative));
    let loan = ask("张伟", A, "loan");
    assert!(loan.restrictions.iter().all(|r| r.effect == Effect::NotExtended), "a unit's listing stays the unit's");
    let tender = ask("无锡某某有限责任公司", "M000100Y-4", "tender");
    assert_eq!(tender.outcome, Outcome::Match, "the organisation code within the credit code");
    assert!(tender.restrictions.iter().any(|r| r.effect == Effect::Considered));
    assert!(
        screen(&s, &Application { activity: Some("yoga".into()), ..application("张伟", A, "2026-01-06") }).is_err()
    );
    assert!(screen(&s, &application("", "", "2026-01-06")).is_err());
}

#[test]
fn those_who_answer_for_a_unit_are_found_by_name_and_by_number() {
    let mut unit = record("u", "无锡某某有限责任公司", "91350100M000100Y43").into_entry().unwrap();
    let person = |role, name: &str, number: &str| {
        let identifiers = Some(number.to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
        RelatedPerson { role, name: name.into(), identifiers }
    };
    unit.related = vec![
        person(Role::Controller, "欧阳建国", B),
        person(Role::Controller, "司马相如", ""),
        person(Role::Responsible, "诸葛孔明", ""),
    ];
    let list = DefaulterList::build(&[unit], key(), day("2026-01-05")).unwrap();
    let s = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    let ask = |name: &str, number: &str, on: &str| {
        let application = Application { activity: Some("g_train".into()), ..application(name, number, on) };
        screen(&s, &application).unwrap()
    };
    let controller = ask("欧阳建国", B, "2026-01-06");
    assert_eq!((controller.outcome, controller.hits[0].role), (Outcome::Match, Role::Controller));
    let rule = &controller.restrictions[0];
    assert_eq!((rule.subject, rule.effect, rule.if_confirmed), (Subject::Controller, Effect::Forbidden, false));
    let other_name = ask("欧阳建军", B, "2026-01-06");
    let hit = &other_name.hits[0];
    assert_eq!((other_name.outcome, hit.listed_name.as_str()), (Outcome::Review, "欧阳建国"), "both values are shown");
    assert!(hit.name_score > 0.0 && other_name.restrictions[0].if_confirmed);
    for (name, role) in [("司马相如", Role::Controller), ("诸葛孔明", Role::Responsible)] {
        let answer = ask(name, A, "2026-01-06");
        assert_eq!((answer.outcome, answer.hits[0].role), (Outcome::Review, role), "{name}: no number is known");
        assert_eq!(answer.hits[0].listed_name, name);
    }
    assert_eq!(ask("欧阳建国", A, "2026-01-06").outcome, Outcome::Clear, "another person of that name");
    assert!(ask("欧阳建国", B, "2025-01-09").hits.is_empty(), "before the listing");
}

#[test]
fn the_law_of_the_day_decides() {
    let listed = PublicRecord { publish_date: "2013-11-01".into(), ..record("1", "张伟", A) };
    let s = screener(&[listed]);
    let rules = |activity: &str, on: &str| -> Vec<String> {
        let application = Application { activity: Some(activity.into()), ..application("张伟", A, on) };
        screen(&s, &application).unwrap().restrictions.into_iter().map(|rule| rule.rule).collect()
    };
    assert_eq!(rules("g_train", "2015-07-21"), [""; 0], "the day before the rule");
    assert_eq!(rules("g_train", "2015-07-22"), ["consumption-2015-party"]);
    assert_eq!(rules("loan", "2017-04-30"), ["listing-2013-institutions"]);
    assert_eq!(rules("loan", "2017-05-01"), ["listing-2017-institutions"], "one follows the other");
    assert_eq!(rules("executive_office", "2024-06-30"), ["opinion-2016-office"]);
    assert!(rules("executive_office", "2024-07-01").contains(&"company-2024-office".to_owned()));
}

#[test]
fn an_answer_can_be_given_again() {
    let s = screener(&[record("1", "张伟", A)]);
    let asked = application("张伟", A, "2026-01-06");
    let receipt = screen(&s, &asked).unwrap().receipt;
    let text = serde_json::to_string(&receipt).unwrap();
    assert!(!text.contains("张伟") && !text.contains(A));
    let receipt: Receipt = serde_json::from_str(&text).unwrap();
    assert_eq!(replay(&s, &asked, &receipt).unwrap(), Replay::Same);
    let other = Application { name: "张为".into(), ..asked.clone() };
    assert_eq!(replay(&s, &other, &receipt).unwrap(), Replay::OtherApplication);
    let next = s.with_list(s.list().apply(day("2026-02-01"), &[]).unwrap());
    assert_eq!(replay(&next, &asked, &receipt).unwrap(), Replay::OtherGround);
    let forged = Receipt { answer: "00".into(), ..receipt };
    assert_eq!(replay(&s, &asked, &forged).unwrap(), Replay::OtherAnswer);
}

#[test]
fn reloading_never_drops_a_question() {
    let shared = Shared::new(screener(&[record("1", "张伟", A)]));
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    (0..200).filter(|_| outcome(&shared.current(), "张伟", A, "2026-01-06") == Outcome::Match).count()
                })
            })
            .collect();
        for number in 0..20 {
            let current = shared.current();
            let added = record(&format!("n{number}"), "李娜", "").into_entry().unwrap();
            let list = current.list().apply(day("2026-01-06"), &[Change::Add(Box::new(added))]).unwrap();
            shared.replace(current.with_list(list));
        }
        assert_eq!(asking.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>(), 400);
    });
    assert_eq!(shared.current().list().edition().number, 21);
}

#[test]
fn an_editions_digest_is_of_all_it_says() {
    let entry = |id: &str| record(id, "张伟", A).into_entry().unwrap();
    let of = |entries: &[ListEntry], on: &str, refused: u64| {
        DefaulterList::build(entries, key(), day(on)).unwrap().lacking(refused)
    };
    let first = of(&[entry("1")], "2026-01-05", 0);
    let next = |on: &str, list: &DefaulterList, changes: &[Change]| list.apply(day(on), changes).unwrap();
    let added = [Change::Add(Box::new(entry("2")))];
    let lists = [
        of(&[entry("2")], "2026-01-05", 0),
        of(&[entry("1")], "2026-01-06", 0),
        of(&[entry("1")], "2026-01-05", 1),
        of(&[entry("1")], "2026-01-05", 2),
        next("2026-01-06", &first, &[]),
        next("2026-01-07", &first, &[]),
        next("2026-01-07", &next("2026-01-06", &first, &[]), &[]),
        next("2026-01-06", &first, &added),
        next("2026-01-06", &of(&[entry("1")], "2026-01-05", 1), &added),
        next("2026-01-06", &of(&[entry("1")], "2026-01-04", 0), &added),
    ];
    let digests: std::collections::BTreeSet<_> =
        lists.iter().chain([&first]).map(|list| list.edition().digest.clone()).collect();
    assert_eq!(digests.len(), lists.len() + 1, "{lists:?}");
    assert_eq!(of(&[entry("1")], "2026-01-05", 0).edition(), first.edition());
}

/// What may happen to one of a few entries from an edition to the next.
fn change() -> impl Strategy<Value = (usize, usize, u32)> {
    (0usize..8, 0usize..4, 0u32..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// However an edition came about, it answers as a list built at once from what it holds, its index as well.
    #[test]
    fn editions_answer_like_a_list_built_at_once(editions in prop::collection::vec(prop::collection::vec(change(), 0..4), 1..12)) {
        let people = [("张伟", A), ("李娜", B), ("王小明", ""), ("赵强", "3202031970****1234")];
        let entry = |id: usize, person: usize, days: u32| {
            let (name, number) = people[person];
            let from = day("2025-01-10").plus_days(i32::try_from(days).unwrap()).to_string();
            PublicRecord { publish_date: from, ..record(&id.to_string(), name, number) }.into_entry().unwrap()
        };
        let mut list = DefaulterList::build(&[], key(), day("2026-01-05")).unwrap();
        let mut held: std::collections::BTreeMap<usize, ListEntry> = std::collections::BTreeMap::new();
        for changes in editions {
            let mut met = std::collections::BTreeSet::new();
            let mut made = Vec::new();
            for (id, person, days) in changes.into_iter().filter(|(id, ..)| met.insert(*id)) {
                let fresh = entry(id, person, days);
                match held.get_mut(&id) {
                    None => {
                        held.insert(id, fresh.clone());
                        made.push(Change::Add(Box::new(fresh)));
                    }
                    Some(known) if days % 2 == 0 => {
                        let on = day("2025-06-01").plus_days(i32::try_from(days).unwrap());
                        let removed = known.listing.removed_on.map_or(on, |before| before.min(on));
                        known.listing.removed_on = Some(removed);
                        made.push(Change::Remove { entry_id: id.to_string(), on: removed });
                    }
                    Some(known) => {
                        *known = fresh.clone();
                        made.push(Change::Correct(Box::new(fresh)));
                    }
                }
            }
            list = list.apply(day("2026-01-05"), &made).unwrap();
        }
        let entries: Vec<ListEntry> = held.into_values().collect();
        let at_once = DefaulterList::build(&entries, key(), day("2026-01-05")).unwrap();
        prop_assert_eq!(list.len(), at_once.len());
        let of = |list: &DefaulterList| {
            let found = list.index().unwrap();
            let mut rows: Vec<_> = found.postings().map(|p| (p.tag, p.name_mark, p.role, p.from, p.until)).collect();
            rows.sort_unstable();
            rows
        };
        prop_assert_eq!(of(&list), of(&at_once));
        let screener =
            |list| Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
        let (grown, at_once) = (screener(list), screener(at_once));
        for (name, number) in [("张伟", A), ("张伟", ""), ("李娜", B), ("王晓明", ""), ("赵强", ""), ("赵强", A)] {
            for on in ["2025-03-01", "2025-08-01", "2026-01-05", "2026-06-01"] {
                let hits = |screener| screen(screener, &application(name, number, on)).unwrap().hits;
                prop_assert_eq!(hits(&grown), hits(&at_once), "{} {}", name, on);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Law 8: a sound identifier of an entry in force is always a hit, a match exactly when the name is equal; a number
    /// that is not on the list never matches.
    #[test]
    fn an_exact_identifier_is_always_a_hit_and_nothing_else_matches(
        listed in prop::collection::btree_set((0u32..400_000, 0u32..24_000, 0u32..996), 1..40),
        asked in prop::collection::vec((0u32..400_000, 0u32..24_000, 0u32..996), 1..40),
    ) {
        let numbers: Vec<String> = listed.iter().map(|(area, days, order)| resident(*area, *days, *order)).collect();
        let records: Vec<PublicRecord> =
            numbers.iter().enumerate().map(|(i, number)| record(&i.to_string(), "张伟", number)).collect();
        let s = screener(&records);
        for number in &numbers {
            prop_assert_eq!(outcome(&s, "张伟", number, "2026-01-06"), Outcome::Match);
            prop_assert_eq!(outcome(&s, "欧阳某", number, "2026-01-06"), Outcome::Review);
        }
        for (area, days, order) in &asked {
            let number = resident(*area, *days, *order);
            if !numbers.contains(&number) {
                prop_assert_eq!(outcome(&s, "张伟", &number, "2026-01-06"), Outcome::Clear);
            }
        }
    }
}

/// An index that was written to a file answers from the file mapped into memory. The mapping is polars' own, so nothing
/// here is unsafe.
#[test]
fn an_index_answers_from_a_mapped_file() {
    let key = key();
    let posting = |i: u32| Posting {
        tag: key.resident_tag(&resident(i, i, i)),
        name_mark: 0,
        entry: i,
        role: Role::Listed,
        from: day("2025-01-10"),
        until: None,
    };
    let index = ExactIndex::build((0..200_000).map(posting).collect()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.index");
    std::fs::write(&path, index.as_bytes()).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    let mapped = ExactIndex::open(polars::polars_utils::mmap::MMapSemaphore::new_from_file(&file).unwrap()).unwrap();
    let tags: Vec<Tag> = (0..400_000).map(|i| key.resident_tag(&resident(i, i, i))).collect();
    assert_eq!(mapped.contains_each(&tags), index.contains_each(&tags));
    assert!(mapped.find(tags[7]).any(|found| found.entry == 7));
}

/// The exact-identifier law over many numbers: every listed one is found, no other is, one by one and all at once,
/// however it is written; and of a sample asked as applications each matches with its name, is reviewed with another,
/// and is clear when it is not listed. `WHEREWITHAL_CASES` sets how many numbers are asked.
#[test]
fn the_exact_identifier_law_has_no_exception() {
    let cases: u32 = std::env::var("WHEREWITHAL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let key = key();
    // Order numbers below 498 are listed, the others are not; each area and day occurs with both.
    let number = |case: u32, listed: bool| {
        let spread = case.wrapping_mul(2_654_435_761);
        let order = (spread >> 7) % 498 + if listed { 0 } else { 498 };
        resident(spread % 400_000, spread >> 11, order)
    };
    let from = day("2025-01-10");
    let posting = |case: u32| Posting {
        tag: key.resident_tag(&number(case, true)),
        name_mark: 0,
        entry: case,
        role: Role::Listed,
        from,
        until: None,
    };
    let index = ExactIndex::build((0..cases / 2).map(posting).collect()).unwrap();
    let dressed = |case: u32, number: String| match case % 4 {
        0 => number,
        1 => number.to_lowercase(),
        2 => format!(" {}-{} ", &number[..6], &number[6..]),
        _ => number.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect(),
    };
    let tag = |case: u32, listed: bool| key.tag(&Identifier::parse(&dressed(case, number(case, listed))).unwrap());
    let (mut missed, mut fired) = (0u64, 0u64);
    for begin in (0..cases / 2).step_by(1 << 18) {
        let part = begin..(begin + (1 << 18)).min(cases / 2);
        for (listed, wrong) in [(true, &mut missed), (false, &mut fired)] {
            let tags: Vec<Tag> = part.clone().into_par_iter().map(|case| tag(case, listed)).collect();
            let together = index.contains_each(&tags);
            let is_wrong = |(tag, found): (&Tag, &bool)| *found != listed || index.contains(*tag) != listed;
            *wrong += tags.iter().zip(&together).filter(|pair| is_wrong(*pair)).count() as u64;
        }
    }
    println!("{cases} numbers asked: {missed} missed, {fired} fired without cause");
    assert_eq!((missed, fired), (0, 0));
    let asked = cases / 20;
    let records: Vec<PublicRecord> =
        (0..asked).map(|case| record(&case.to_string(), "张伟", &number(case, true))).collect();
    // Numbers that two cases share are two entries of one person.
    let s = screener(&records);
    let wrong = (0..asked).into_par_iter().filter(|case| {
        let ask = |name: &str, listed| outcome(&s, name, &dressed(*case, number(*case, listed)), "2026-01-06");
        let found = [ask("張偉", true), ask("欧阳某", true), ask("张伟", false)];
        found != [Outcome::Match, Outcome::Review, Outcome::Clear]
    });
    let wrong = wrong.count();
    println!("{} applications: {wrong} answered wrongly", 3 * u64::from(asked));
    assert_eq!(wrong, 0);
}
