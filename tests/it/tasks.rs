//! What a morning's list says, against the tables it was made of.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use wherewithal::capacity::{CapacityParams, CapacityRules, assess};
use wherewithal::domain::Day;
use wherewithal::snapshot::as_of_each;
use wherewithal::store::hash_key;
use wherewithal::tables::{Partition, SourceTables};
use wherewithal::tasks::{TaskList, TaskRules};
use wherewithal::watch::watch;

use super::register::tables;

fn today() -> Day {
    Day::parse("2018-06-30").unwrap()
}

fn list(tables: &SourceTables) -> TaskList {
    TaskRules::standard().unwrap().list(tables, &CapacityRules::standard().unwrap(), today()).unwrap()
}

/// The rows of a table known on the day, in the order in which they became known: some columns as numbers, codes
/// beside.
fn rows(tables: &SourceTables, name: &str, columns: &[&str]) -> Vec<(Vec<Option<i64>>, Vec<String>)> {
    let by = SortMultipleOptions::default().with_maintain_order(true);
    let frame = tables.frame(name).unwrap().sort(["known_at"], by).unwrap();
    let known: Vec<i32> = frame.column("known_at").unwrap().date().unwrap().phys.iter().map(Option::unwrap).collect();
    let cells: Vec<&Column> = columns.iter().map(|column| frame.column(column).unwrap()).collect();
    let mut rows = Vec::new();
    for at in (0..frame.height()).filter(|at| known[*at] <= today().number()) {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for cell in &cells {
            match cell.dtype() {
                DataType::String => texts.push(cell.str().unwrap().get(at).unwrap_or_default().to_owned()),
                _ => numbers.push(cell.cast(&DataType::Int64).unwrap().i64().unwrap().get(at)),
            }
        }
        rows.push((numbers, texts));
    }
    rows
}

/// What is owed in each case: claim, interest and fee less what came in.
fn owed(tables: &SourceTables) -> BTreeMap<i64, i64> {
    let mut owed = BTreeMap::new();
    for (row, _) in rows(tables, "cases", &["case_id", "claim_fen", "interest_fen", "fee_fen"]) {
        owed.insert(row[0].unwrap(), row[1..].iter().flatten().sum::<i64>());
    }
    for (row, _) in rows(tables, "payments", &["case_id", "amount_fen"]) {
        *owed.get_mut(&row[0].unwrap()).unwrap() -= row[1].unwrap();
    }
    owed.into_iter().map(|(case, sum)| (case, sum.max(0))).collect()
}

/// The cases of each debtor.
fn debts(tables: &SourceTables) -> BTreeMap<i64, BTreeSet<i64>> {
    let mut debts: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for (row, role) in rows(tables, "case_parties", &["entity_id", "case_id", "role"]) {
        if role[0] == "debtor" {
            debts.entry(row[0].unwrap()).or_default().insert(row[1].unwrap());
        }
    }
    debts
}

/// Behind a check stands what is available, behind means that came back the gain: never more than is owed without
/// result.
#[test]
fn no_more_is_at_stake_than_is_owed_in_cases_closed_without_result() {
    let tables = tables();
    let (owed, debts) = (owed(&tables), debts(&tables));
    let mut closed: BTreeMap<i64, (i64, String)> = BTreeMap::new();
    for (row, manner) in rows(&tables, "closings", &["case_id", "event_on", "manner"]) {
        let held = closed.entry(row[0].unwrap()).or_default();
        *held = (row[1].unwrap(), manner[0].clone()).max(held.clone());
    }
    let watched =
        watch(&Partition::new(tables.clone(), |_| true), &CapacityRules::standard().unwrap(), today()).unwrap();
    let list = list(&tables);
    let (mut capped, mut seen) = (0, BTreeSet::new());
    for task in list.tasks.iter().filter(|task| ["recheck", "means_back"].contains(&task.code.as_str())) {
        let party = task.entity_id.unwrap();
        let of = debts[&party].iter().filter(|case| closed.get(case).is_some_and(|(_, manner)| manner == "no_result"));
        let most: i64 = of.map(|case| owed[case]).sum();
        let one = watched.watched().iter().find(|one| one.entity_id == party).unwrap();
        let brought = if task.code == "recheck" { one.now } else { one.now - one.then };
        assert_eq!(task.stake.unwrap().fen(), brought.fen().min(most), "{task:?}");
        capped += usize::from(brought.fen() > most);
        seen.insert(task.code.as_str());
    }
    assert!(capped > 0 && seen.len() == 2, "{capped} {seen:?}");
}

/// A debtor in whose cases nothing was done stands in each of them with its share of the means, not with all of them.
#[test]
fn means_of_an_idle_debtor_stand_once() {
    let tables = tables();
    let rules = CapacityRules::standard().unwrap();
    let list = list(&tables);
    let idle: Vec<_> = list.tasks.iter().filter(|task| task.code == "idle").collect();
    let parties: BTreeSet<i64> = idle.iter().map(|task| task.entity_id.unwrap()).collect();
    let parties: Vec<i64> = parties.into_iter().collect();
    let days = Column::new("as_of".into(), vec![today().number(); parties.len()]).cast(&DataType::Date).unwrap();
    let samples = DataFrame::new(parties.len(), vec![Column::new("entity_id".into(), &parties), days]).unwrap();
    let known = as_of_each(&tables, &samples).unwrap();
    let table = assess(&known, &rules, &CapacityParams::default()).unwrap();
    let mut twice = 0;
    for statement in table.statements() {
        let own: Vec<_> = idle.iter().filter(|task| task.entity_id == Some(statement.entity_id)).collect();
        let sum: i64 = own.iter().map(|task| task.stake.unwrap().fen()).sum();
        assert!(sum <= statement.recovered.expected.fen(), "{sum} of {:?}", statement.recovered);
        for task in &own {
            let claim = statement.claims.iter().find(|claim| claim.case_id == task.case_id).unwrap();
            assert!(task.stake.unwrap() <= claim.owed.total(), "{task:?}");
        }
        twice += usize::from(statement.claims.len() > 1);
    }
    assert!(twice > 0, "no debtor with two cases");
}

/// What an agency found is to be dealt with within a term that begins when the court learnt of it, not before.
#[test]
fn the_term_of_an_idle_case_begins_when_something_was_found() {
    let tables = tables();
    let term = |day: i64| day.saturating_add(30);
    let mut filed = BTreeMap::new();
    for (row, _) in rows(&tables, "cases", &["case_id", "event_on"]) {
        filed.insert(row[0].unwrap(), row[1].unwrap());
    }
    let mut first: BTreeMap<i64, i64> = BTreeMap::new();
    for (row, text) in rows(&tables, "queries", &["entity_id", "known_at", "answer", "source"]) {
        if text[0] == "found" && (text[1] == "bank" || text[1] == "vehicles") {
            first.entry(row[0].unwrap()).or_insert(row[1].unwrap());
        }
    }
    let list = list(&tables);
    let idle = list.tasks.iter().filter(|task| task.code == "idle");
    let mut later = 0;
    for task in idle {
        let (begun, due) = (filed[&task.case_id], i64::from(task.due_on.unwrap().number()));
        assert!(due >= term(begun), "{task:?}");
        // Banks and vehicles are two of the agencies: the first find is theirs or an earlier one.
        let find = first.get(&task.entity_id.unwrap()).copied().unwrap_or(i64::MAX);
        assert!(due <= term(find.max(begun)), "{task:?}");
        later += usize::from(due > term(begun));
    }
    assert!(later > 0, "every case was idle from its filing on");
}

/// The debtor of each case whose place comes first.
fn first_debtors(tables: &SourceTables) -> BTreeMap<i64, i64> {
    let mut first: BTreeMap<i64, i64> = BTreeMap::new();
    for (party, cases) in debts(tables) {
        for case in cases {
            let held = first.entry(case).or_insert(party);
            if hash_key(party) < hash_key(*held) {
                *held = party;
            }
        }
    }
    first
}

/// Debtors and the cases in which a seizure by this court holds.
fn seized(tables: &SourceTables) -> BTreeSet<(i64, i64)> {
    let today = i64::from(today().number());
    let columns = ["entity_id", "asset", "rank", "case_id", "is_ours", "until_on", "released_on", "kind"];
    // Of a burden the row known last holds.
    let mut burdens = BTreeMap::new();
    for (row, kind) in rows(tables, "encumbrances", &columns) {
        burdens.insert((row[0].unwrap(), row[1], row[2], kind.clone()), (row, kind));
    }
    let holds = |(row, kind): &&(Vec<Option<i64>>, Vec<String>)| {
        let is_seizure = ["seizure", "advance_seizure"].contains(&kind[0].as_str());
        is_seizure && row[4] == Some(1) && row[5].is_some_and(|until| until >= today) && row[6].is_none()
    };
    burdens.values().filter(holds).filter_map(|(row, _)| Some((row[0]?, row[3]?))).collect()
}

/// First cases about whose debtors something was found are listed when their six months end: counted from the tables.
#[test]
fn first_cases_with_property_are_listed_before_their_six_months_end() {
    let tables = tables();
    let closed: BTreeSet<i64> =
        rows(&tables, "closings", &["case_id"]).into_iter().map(|(row, _)| row[0].unwrap()).collect();
    let mut first = BTreeMap::new();
    for (row, kind) in rows(&tables, "cases", &["case_id", "event_on", "kind"]) {
        first.insert(row[0].unwrap(), (Day::from_number(i32::try_from(row[1].unwrap()).unwrap()).unwrap(), kind));
    }
    let no_property = ["household", "marriage", "exit_entry", "hotel", "travel", "card", "delivery", "debtor_report"];
    let found = rows(&tables, "queries", &["entity_id", "answer", "source"]).into_iter();
    let found = found.filter(|(_, text)| text[0] == "found" && !no_property.contains(&text[1].as_str()));
    let found: BTreeSet<i64> = found.map(|(row, _)| row[0].unwrap()).collect();
    let mut expected = BTreeSet::new();
    for (party, cases) in debts(&tables).into_iter().filter(|(party, _)| found.contains(party)) {
        for case in cases.into_iter().filter(|case| !closed.contains(case)) {
            let Some((filed, kind)) = first.get(&case) else { continue };
            let end = filed.plus_months(6);
            if kind[0] == "first" && end <= today().plus_days(30) {
                expected.insert((case, party, end));
            }
        }
    }
    let list = list(&tables);
    let listed = list.tasks.iter().filter(|task| task.code == "closing_due");
    let listed: BTreeSet<(i64, i64, Day)> =
        listed.map(|task| (task.case_id, task.entity_id.unwrap(), task.due_on.unwrap())).collect();
    assert_eq!(listed, expected);
    assert!(listed.iter().any(|(.., end)| *end < today()) && listed.iter().any(|(.., end)| *end >= today()));
    // A term of another case of the same store is not near its end: not every case is listed.
    let open = first.keys().filter(|case| !closed.contains(case)).count();
    let cases: BTreeSet<i64> = listed.iter().map(|(case, ..)| *case).collect();
    assert!(cases.len() < open, "{} of {open}", cases.len());
}

/// Preservations that hold something in open cases are renewed like seizures; those that lapsed already come first.
#[test]
fn preservations_that_lapse_or_have_lapsed_are_listed_and_their_cases_are_not_idle() {
    let tables = tables();
    let today = i64::from(today().number());
    let closed: BTreeSet<i64> =
        rows(&tables, "closings", &["case_id"]).into_iter().map(|(row, _)| row[0].unwrap()).collect();
    // Of an item the row known last holds.
    let mut items = BTreeMap::new();
    for (row, _) in rows(&tables, "preservations", &["case_id", "item", "held_fen", "until_on"]) {
        items.insert((row[0].unwrap(), row[1]), (row[2], row[3].unwrap()));
    }
    let held =
        items.iter().filter(|((case, _), (held, _))| held.is_some_and(|held| held > 0) && !closed.contains(case));
    let held: Vec<(i64, i64)> = held.map(|((case, _), (_, until))| (*case, until - today)).collect();
    let (debtors, seized) = (first_debtors(&tables), seized(&tables));
    let is_seized = |case: &i64| seized.contains(&(debtors[case], *case));
    let is_succeeded = |(case, left): &(i64, i64)| *left < 0 && is_seized(case);
    let due = || held.iter().copied().filter(|(_, left)| *left <= 30);
    let expected: BTreeSet<(i64, i64)> = due().filter(|one| !is_succeeded(one)).collect();
    let list = list(&tables);
    // One that lapsed while a seizure of the same case holds is no matter, and is counted.
    let succeeded: Vec<(i64, i64)> = due().filter(is_succeeded).collect();
    assert_eq!(list.succeeded, succeeded.len() as u64);
    assert!(!succeeded.is_empty(), "{held:?}");
    let listed = list.tasks.iter().filter(|task| task.code == "renew_seizure");
    let listed: BTreeSet<(i64, i64)> = listed.map(|task| (task.case_id, task.days_left.unwrap().into())).collect();
    assert!(listed.is_superset(&expected), "{expected:?} in {listed:?}");
    assert!(succeeded.iter().all(|one| !listed.contains(one)), "{succeeded:?}");
    assert!(expected.iter().any(|(_, left)| *left >= 0) && expected.iter().any(|(_, left)| *left < 0), "{expected:?}");
    let lapsed = list.tasks.iter().filter(|task| task.is_lapsed()).count();
    assert!(list.tasks[..lapsed].iter().all(|task| task.is_lapsed()), "{lapsed} first");
    let in_force: BTreeSet<i64> = held.iter().filter(|(_, left)| *left >= 0).map(|(case, _)| *case).collect();
    assert!(list.tasks.iter().all(|task| task.code != "idle" || !in_force.contains(&task.case_id)));
}

/// Tables of which one is another.
fn with_other(tables: &SourceTables, name: &str, other: Option<DataFrame>) -> SourceTables {
    let kept = tables.names().filter(|kept| *kept != name).map(|kept| (kept, tables.frame(kept).unwrap()));
    let other = other.into_iter().map(|frame| (name, frame));
    kept.chain(other).fold(SourceTables::new(), |all, (name, frame)| all.with_frame(name, frame).unwrap())
}

/// A seizure whose last day nobody told holds for nobody knows how long: it hides no lapsed preservation.
#[test]
fn a_seizure_without_a_last_day_hides_nothing() {
    let tables = tables();
    let mut burdens = tables.frame("encumbrances").unwrap();
    let unknown = Column::full_null("until_on".into(), burdens.height(), &DataType::Date);
    burdens.with_column(unknown).unwrap();
    let (told, untold) = (list(&tables), list(&with_other(&tables, "encumbrances", Some(burdens))));
    assert!(told.succeeded > 0 && untold.succeeded == 0, "{} {}", told.succeeded, untold.succeeded);
    let preserved: BTreeSet<i64> =
        rows(&tables, "preservations", &["case_id"]).into_iter().filter_map(|(row, _)| row[0]).collect();
    let lapsed = |list: &TaskList| {
        let listed = list.tasks.iter().filter(|task| task.code == "renew_seizure" && task.is_lapsed());
        listed.filter(|task| preserved.contains(&task.case_id)).map(|task| task.case_id).collect::<BTreeSet<i64>>()
    };
    assert!(lapsed(&untold).len() > lapsed(&told).len(), "{:?} {:?}", lapsed(&untold), lapsed(&told));
}

/// Property is found by answers: where nobody delivered any, no first case is said to have none to act on.
#[test]
fn without_answers_nobody_knows_which_terms_end() {
    let tables = tables();
    let is_said = |tables: &SourceTables| list(tables).not_delivered.contains(&"closing_due".to_owned());
    assert!(!is_said(&tables) && is_said(&with_other(&tables, "queries", None)));
}

/// What was found within two days about debtors of open cases, counted from the answers.
#[test]
fn what_a_night_found_is_listed_once_for_each_debtor() {
    let (tables, no_property) =
        (tables(), ["household", "marriage", "exit_entry", "hotel", "travel", "card", "delivery"]);
    let (debts, yesterday) = (debts(&tables), i64::from(today().number()) - 1);
    let closed: BTreeSet<i64> =
        rows(&tables, "closings", &["case_id"]).into_iter().map(|(row, _)| row[0].unwrap()).collect();
    let mut expected: BTreeMap<i64, u64> = BTreeMap::new();
    for (row, text) in rows(&tables, "queries", &["entity_id", "known_at", "answer", "source"]) {
        let party = row[0].unwrap();
        let is_open = debts.get(&party).is_some_and(|cases| !cases.is_subset(&closed));
        let is_new = row[1].unwrap() >= yesterday && text[0] == "found" && text[1] != "debtor_report";
        if is_new && is_open && !no_property.contains(&text[1].as_str()) {
            *expected.entry(party).or_default() += 1;
        }
    }
    let list = list(&tables);
    let found: Vec<_> = list.tasks.iter().filter(|task| task.code == "found").collect();
    assert!(!found.is_empty() && found.iter().all(|task| !closed.contains(&task.case_id)));
    let listed: BTreeMap<i64, u64> = found.iter().map(|task| (task.entity_id.unwrap(), task.records)).collect();
    assert_eq!((listed.len(), listed), (found.len(), expected));
}

/// Where nobody delivered a table, the list says so: nothing listed does not mean that nothing is due.
#[test]
fn a_table_that_was_not_delivered_is_named() {
    let whole = tables();
    assert_eq!(list(&whole).not_delivered, Vec::<String>::new());
    let mut without = SourceTables::new();
    let left = |name: &&str| !["petitions", "auctions", "preservations"].contains(name);
    for name in whole.names().filter(left).collect::<Vec<_>>() {
        without = without.with_frame(name, whole.frame(name).unwrap()).unwrap();
    }
    // Seizures stand in another table still; a table without a row is no source either.
    let without = without.with_frame("petitions", whole.frame("petitions").unwrap().head(Some(0))).unwrap();
    assert_eq!(list(&without).not_delivered, ["auction_due", "petition"]);
}
