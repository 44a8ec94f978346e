//! Entry points: snapshots of one day or of many samples, and who is a debtor on a day.
//!
//! A sample may lie years back: training asks for thousands of them at once, each with its own day, and
//! each sees no row that came later.

use polars::prelude::*;

use super::Snapshot;
use super::rows::Subjects;
use crate::domain::AsOf;
use crate::error::{Error, Result};
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, closes};
use crate::sentence::{Sentence, says};
use crate::tables::SourceTables;

/// All tables as known on one day, for every debtor with a case known and not closed by then.
///
/// # Errors
///
/// [`Error::Frame`] when a plan over the court's own tables fails.
///
/// # Examples
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::{domain::Day, snapshot, tables::SourceTables};
///
/// let day = |name: &str, on: i32| Column::new(name.into(), [on]).cast(&DataType::Date);
/// let case = |own: Vec<Column>| -> PolarsResult<DataFrame> {
///     let shared = vec![Column::new("case_id".into(), [1i64]), day("event_on", 10)?, day("known_at", 12)?];
///     DataFrame::new(1, shared.into_iter().chain(own).collect())
/// };
/// let debtor = vec![Column::new("entity_id".into(), [7i64]), Column::new("role".into(), ["debtor"])];
/// let tables = SourceTables::new()
///     .with_frame("cases", case(Vec::new())?)?
///     .with_frame("case_parties", case(debtor)?)?;
/// let on = |day: i32| Day::from_number(day).unwrap_or(Day::EPOCH);
/// // The case was filed on day 10; on day 11 the court did not know of it.
/// assert_eq!(snapshot::as_of(&tables, on(11))?.keys().len(), 0);
/// assert_eq!(snapshot::as_of(&tables, on(12))?.keys(), [(7, 12)]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn as_of(tables: &SourceTables, day: AsOf) -> Result<Snapshot> {
    as_of_parties(tables, &debtors(tables, day)?, day)
}

/// All tables as known on one day, for some parties.
pub(crate) fn as_of_parties(tables: &SourceTables, parties: &[i64], day: AsOf) -> Result<Snapshot> {
    let days = Column::new(AS_OF.into(), vec![day.number(); parties.len()]).cast(&DataType::Date)?;
    as_of_each(tables, &DataFrame::new(parties.len(), vec![Column::new(ENTITY_ID.into(), parties), days])?)
}

/// Every debtor with a case known on a day and not closed by then; sorted.
pub(crate) fn debtors(tables: &SourceTables, day: AsOf) -> Result<Vec<i64>> {
    let is_known = |day_of_row: &Option<i32>| day_of_row.is_some_and(|known| known <= day.number());
    let mut open = PlHashSet::new();
    let cases = tables.columns("cases", &[CASE_ID, KNOWN_AT])?;
    let known = cases.column(KNOWN_AT)?.date()?.phys.iter();
    open.extend(numbers(&cases, CASE_ID)?.zip(known).filter(|(_, known)| is_known(known)).filter_map(|(case, _)| case));
    let closings = tables.columns("closings", &[CASE_ID, EVENT_ON, KNOWN_AT, "manner"])?;
    let clocks = [EVENT_ON, KNOWN_AT].map(|name| Ok::<_, Error>(closings.column(name)?.date()?.phys.iter()));
    let [on, known] = clocks;
    let manners = closings.column("manner")?.str()?.iter();
    for (((case, on), known), manner) in numbers(&closings, CASE_ID)?.zip(on?).zip(known?).zip(manners) {
        if let Some(case) = case.filter(|_| is_known(&on) && is_known(&known))
            && manner.is_some_and(closes)
        {
            open.remove(&case);
        }
    }
    let parties = tables.columns("case_parties", &[ENTITY_ID, CASE_ID, KNOWN_AT, "role"])?;
    let in_case = links(&parties)?.filter(|(_, case, known)| is_known(&Some(*known)) && open.contains(case));
    let mut debtors: Vec<i64> = in_case.map(|(debtor, ..)| debtor).collect();
    debtors.sort_unstable();
    debtors.dedup();
    Ok(debtors)
}

/// All tables as known for each sample of its own party and day.
///
/// `samples` has the columns `entity_id` and `as_of`; further columns and repeated rows are ignored.
///
/// # Errors
///
/// [`Error::Table`] when a column is missing, of another type than the schema's, or has an empty value.
pub fn as_of_each(tables: &SourceTables, samples: &DataFrame) -> Result<Snapshot> {
    for (name, kind) in [(ENTITY_ID, DataType::Int64), (AS_OF, DataType::Date)] {
        let column = samples.column(name).map_err(|_| refusal("no such column", says!("column {name}", name)))?;
        if column.dtype() != &kind {
            return Err(refusal(says!("{name}: {}", [column.dtype().to_string()], name), kind.to_string()));
        }
        if column.null_count() > 0 {
            return Err(refusal(says!("{name}: {} empty values", [column.null_count()], name), "a value in every row"));
        }
    }
    let days = samples.column(AS_OF)?.date()?.phys.iter();
    let mut samples: Vec<(i64, i32)> =
        numbers(samples, ENTITY_ID)?.zip(days).filter_map(|(party, day)| party.zip(day)).collect();
    samples.sort_unstable();
    samples.dedup();
    let debtors = tables.columns("case_parties", &[ENTITY_ID, CASE_ID, KNOWN_AT, "role"])?;
    let subjects = Subjects::new(samples, links(&debtors)?);
    Ok(Snapshot::new(tables, subjects.frame()?, subjects))
}

fn numbers<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Iterator<Item = Option<i64>> + 'a> {
    Ok(frame.column(name)?.i64()?.iter())
}

/// Debtor, case and the day on which the one was known to stand in the other, of rows of `case_parties`.
fn links(parties: &DataFrame) -> Result<impl Iterator<Item = (i64, i64, i32)> + '_> {
    let (known, roles) = (parties.column(KNOWN_AT)?.date()?.phys.iter(), parties.column("role")?.str()?.iter());
    let rows = numbers(parties, ENTITY_ID)?.zip(numbers(parties, CASE_ID)?).zip(known).zip(roles);
    let debtors = rows.filter(|(_, role)| *role == Some("debtor"));
    Ok(debtors.filter_map(|(((debtor, case), known), _)| Some((debtor?, case?, known?))))
}

fn refusal(found: impl Into<Sentence>, expected: impl Into<Sentence>) -> Error {
    Error::table("samples", found, expected)
}

#[cfg(test)]
mod tests {
    use super::super::PARTY_ID;
    use super::*;
    use crate::domain::Day;

    fn days(name: &str, numbers: &[i32]) -> Column {
        Column::new(name.into(), numbers).cast(&DataType::Date).unwrap()
    }

    fn frame(columns: Vec<Column>) -> DataFrame {
        DataFrame::new(columns[0].len(), columns).unwrap()
    }

    fn numbers(frame: &DataFrame, name: &str) -> Vec<i64> {
        let mut values: Vec<i64> = frame.column(name).unwrap().i64().unwrap().iter().flatten().collect();
        values.sort_unstable();
        values
    }

    /// Case 10 (debtors 1 and 2, creditor 9) known on day 5, closed on day 20, learnt on day 25; case 11 (debtor 1)
    /// known on day 15.
    fn court() -> SourceTables {
        let cases = frame(vec![
            Column::new("case_id".into(), [10i64, 11]),
            days("event_on", &[5, 15]),
            days("known_at", &[5, 15]),
            Column::new("claim_fen".into(), [100i64, 200]),
        ]);
        let case_parties = frame(vec![
            Column::new("case_id".into(), [10i64, 10, 10, 11]),
            days("event_on", &[5, 5, 5, 15]),
            days("known_at", &[5, 5, 5, 15]),
            Column::new("entity_id".into(), [1i64, 2, 9, 1]),
            Column::new("role".into(), ["debtor", "debtor", "creditor", "debtor"]),
        ]);
        let closings = frame(vec![
            Column::new("case_id".into(), [10i64]),
            days("event_on", &[20]),
            days("known_at", &[25]),
            Column::new("manner".into(), ["no_result"]),
        ]);
        let payments = frame(vec![
            Column::new("case_id".into(), [10i64, 10]),
            days("event_on", &[8, 12]),
            days("known_at", &[9, 30]),
            Column::new("entity_id".into(), [Some(2i64), None]),
            Column::new("amount_fen".into(), [30i64, 40]),
        ]);
        let tables = SourceTables::new().with_frame("cases", cases).unwrap();
        let tables = tables.with_frame("case_parties", case_parties).unwrap();
        tables.with_frame("closings", closings).unwrap().with_frame("payments", payments).unwrap()
    }

    #[test]
    fn debtors_are_those_with_a_case_known_and_not_closed() {
        let debtors = |day| numbers(as_of(&court(), Day::from_number(day).unwrap()).unwrap().samples(), "entity_id");
        assert_eq!(debtors(4), [0i64; 0]);
        assert_eq!(debtors(5), [1, 2]);
        assert_eq!(debtors(24), [1, 2]);
        assert_eq!(debtors(25), [1]);
    }

    #[test]
    fn case_tables_reach_every_debtor_as_far_as_known() {
        let snapshot = as_of(&court(), Day::from_number(12).unwrap()).unwrap();
        let columns = [PARTY_ID, "amount_fen"];
        let payments = snapshot.frame(&snapshot.rows("payments", &columns).unwrap(), &columns).unwrap();
        assert_eq!(numbers(&payments, "entity_id"), [1, 2]);
        assert_eq!(numbers(&payments, PARTY_ID), [2, 2]);
        assert_eq!(numbers(&payments, "amount_fen"), [30, 30]);
        let parties = snapshot.last_rows("case_parties", &[PARTY_ID]).unwrap();
        let mut parties: Vec<_> = parties.numbers(PARTY_ID).unwrap().flatten().collect();
        parties.sort_unstable();
        assert_eq!(parties, [1, 1, 2, 2, 9, 9]);
        let one = snapshot.for_parties(&[2]).unwrap().open_case_rows(&["case_id"]).unwrap();
        assert_eq!(one.numbers("case_id").unwrap().collect::<Vec<_>>(), [Some(10)]);
    }

    #[test]
    fn each_sample_has_its_own_day() {
        let samples = frame(vec![Column::new("entity_id".into(), [1i64, 1, 1]), days("as_of", &[30, 14, 30])]);
        let snapshot = as_of_each(&court(), &samples).unwrap();
        assert_eq!(snapshot.samples().height(), 2);
        let open = snapshot.open_case_rows(&["case_id"]).unwrap();
        let mut open: Vec<_> = open.samples().iter().copied().zip(open.numbers("case_id").unwrap()).collect();
        open.sort_unstable();
        assert_eq!(open, [(0, Some(10)), (1, Some(11))]);
        let paid = snapshot.rows("payments", &["amount_fen"]).unwrap();
        let mut paid: Vec<_> = paid.numbers("amount_fen").unwrap().flatten().collect();
        paid.sort_unstable();
        assert_eq!(paid, [30, 30, 40]);
    }

    #[test]
    fn the_last_observation_holds_and_content_breaks_ties() {
        let deposits = |order: [usize; 4]| {
            let rows = [(3, 4, Some(7)), (6, 6, None), (5, 6, Some(9)), (6, 6, Some(2))];
            let rows = order.map(|i| rows[i]);
            let frame = frame(vec![
                Column::new("entity_id".into(), [1i64; 4]),
                days("event_on", &rows.map(|row| row.0)),
                days("known_at", &rows.map(|row| row.1)),
                Column::new("account".into(), [5i64; 4]),
                Column::new("balance_fen".into(), rows.map(|row| row.2.map(i64::from))),
            ]);
            let tables = court().with_frame("deposits", frame).unwrap();
            let snapshot = as_of(&tables, Day::from_number(15).unwrap()).unwrap();
            let last = snapshot.last_rows("deposits", &["balance_fen"]).unwrap();
            last.numbers("balance_fen").unwrap().flatten().collect::<Vec<_>>()
        };
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            assert_eq!(deposits(order), [2]);
        }
    }

    #[test]
    fn refuses_samples_without_a_day() {
        let samples = frame(vec![Column::new("entity_id".into(), [1i64])]);
        assert!(as_of_each(&court(), &samples).unwrap_err().to_string().contains("column as_of"));
    }
}
