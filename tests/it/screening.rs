//! Is this party on the list: law 8, days, editions, receipts, activities.

use proptest::prelude::*;
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
    assert_eq!(answer.hits[0].reason, HitReason::NameAndShownNumber);
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

/// The exact-identifier law over many numbers: every listed tag is found, no other is. `WHEREWITHAL_CASES` sets how many
/// numbers are asked.
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
    let missed = (0..cases / 2).filter(|case| !index.contains(key.resident_tag(&number(*case, true)))).count();
    let fired = (0..cases / 2).filter(|case| index.contains(key.resident_tag(&number(*case, false)))).count();
    println!("{cases} numbers asked: {missed} missed, {fired} fired without cause");
    assert_eq!((missed, fired), (0, 0));
}
