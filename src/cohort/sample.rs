//! Draws samples at filings and looks ahead to what each debtor performed within the window.
//!
//! The only code of the crate that may look past a sample's day, and it looks for outcomes alone.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::claims::{Claim, Closing, Key, Step, open_claims};
use super::received::{Received, received, together};
use super::{Cohort, CohortParams, Exclusions, Settled};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT};
use crate::snapshot::{self, PARTY_ID, Rows, Snapshot};
use crate::tables::{Partition, SourceTables};

/// Takes samples at filings and reads what became of them.
///
/// # Formula
///
/// For each case open on the sample's day: what the latest closing within the window says
/// (`performance`, or all when it was completed); else recovered ÷ open claim, where recovered are
/// the payments after the day that the debtor or nobody known made, and the open claim is the
/// principal less what had been paid by the day. At least `full_share` is all, at most `none_share`
/// is none, the rest a part; of an unknown claim any payment is a part. A debtor performed all when
/// every case is all, none when every case is none, else a part. Within the window means known by
/// its end.
///
/// # Errors
///
/// [`Error::Setting`] when a parameter is out of range, [`Error::TooLittle`] when there are neither payments nor
/// closings and `observed_until` is not set.
///
/// # Examples
///
/// The head of [the room](super) has one; with nothing to see there is an error and no empty cohort:
///
/// ```
/// use wherewithal::cohort::{CohortParams, sample};
/// use wherewithal::tables::SourceTables;
///
/// let nothing = sample(&SourceTables::new(), &CohortParams::default());
/// assert!(matches!(nothing, Err(wherewithal::Error::TooLittle { .. })));
/// ```
pub fn sample(tables: &SourceTables, params: &CohortParams) -> Result<Cohort> {
    sample_of(&Partition::new(tables.clone(), |_| true), params)
}

/// The samples of the parties whose rows are whole in a partition; see [`sample`].
///
/// # Errors
///
/// As [`sample`].
pub(crate) fn sample_of(partition: &Partition, params: &CohortParams) -> Result<Cohort> {
    let tables = partition.tables();
    params.check()?;
    let observed = match params.observed_until {
        Some(day) => day,
        None => last_known(tables)?,
    };
    let (mut candidates, mut history) = candidates(tables, params)?;
    candidates.retain(|(party, _)| partition.contains(*party));
    history.retain(|(party, _)| partition.contains(*party));
    let mature: BTreeSet<(i64, i32)> = match params.settled {
        Settled::ByWindow => {
            let is_over = |day: i32| Day::from_number(day).is_some_and(|day| params.end_of_window(day) <= observed);
            candidates.iter().copied().filter(|(_, day)| is_over(*day)).collect()
        }
        Settled::ByClosing => candidates.clone(),
    };
    let snapshot = snapshot::as_of_each(tables, &samples_frame(mature.iter().copied())?)?;
    let horizon = Horizon { params, observed };
    let debtors = performed(&snapshot, tables, &horizon)?;
    let settled: Vec<_> = debtors.iter().filter(|(_, cases)| cases.iter().all(Option::is_some)).collect();
    let exclusions = Exclusions {
        candidates: candidates.len(),
        history: history.len(),
        immature: candidates.len() - mature.len() + debtors.len() - settled.len(),
        no_open_case: mature.len() - debtors.len(),
        sampled: settled.len(),
    };
    let mut frame = samples_frame(settled.iter().map(|(sample, _)| **sample))?;
    let outcomes: Vec<&str> = settled.iter().map(|(_, cases)| outcome(cases)).collect();
    let cases: Vec<i64> = settled.iter().map(|(_, cases)| i64::try_from(cases.len()).unwrap_or(i64::MAX)).collect();
    let money = settled.iter().map(|(_, cases)| together(cases.iter().map(|case| case.as_ref()?.money)));
    let money: Vec<Option<Received>> = money.collect();
    let fen = |of: fn(&Received) -> i64| money.iter().map(|money| money.as_ref().map(of)).collect::<Vec<Option<i64>>>();
    frame.with_column(Column::new("outcome".into(), outcomes))?;
    frame.with_column(Column::new("n_cases".into(), cases))?;
    frame.with_column(Column::new("open_fen".into(), fen(|money| money.open.fen())))?;
    frame.with_column(Column::new("received_fen".into(), fen(|money| money.received.fen())))?;
    Ok(Cohort { frame, params: params.clone(), exclusions })
}

/// What a case came to: the step, and the money where it is known.
#[derive(Debug, Clone, Copy)]
struct Settlement {
    step: Step,
    money: Option<Received>,
}

/// What each case of a debtor came to; nothing where nothing settles it.
type Settlements = Vec<Option<Settlement>>;

/// What a debtor performed over all cases, as the cohort's frame says it.
fn outcome(cases: &[Option<Settlement>]) -> &'static str {
    let steps = || cases.iter().flatten().map(|case| case.step);
    match (steps().min(), steps().max()) {
        (Some(Step::All), _) => "full",
        (_, Some(Step::None)) => "none",
        _ => "partial",
    }
}

struct Horizon<'a> {
    params: &'a CohortParams,
    observed: Day,
}

impl Horizon<'_> {
    /// Whether a day lies in the window of a sample.
    fn reaches(&self, as_of: i32, known: i32) -> bool {
        let within = match self.params.settled {
            Settled::ByClosing => true,
            Settled::ByWindow => {
                Day::from_number(as_of).is_some_and(|day| known <= self.params.end_of_window(day).number())
            }
        };
        within && known <= self.observed.number()
    }
}

fn samples_frame(samples: impl Iterator<Item = (i64, i32)>) -> Result<DataFrame> {
    let (parties, days): (Vec<i64>, Vec<i32>) = samples.unzip();
    let days = Column::new(AS_OF.into(), days).cast(&DataType::Date)?;
    Ok(DataFrame::new(parties.len(), vec![Column::new(ENTITY_ID.into(), parties), days])?)
}

fn days<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Iterator<Item = Option<i32>> + use<'a>> {
    Ok(frame.column(name)?.date()?.phys.iter())
}

fn last_known(tables: &SourceTables) -> Result<Day> {
    let mut last = None;
    for name in ["payments", "closings"] {
        let known = tables.columns(name, &[KNOWN_AT])?;
        last = last.max(days(&known, KNOWN_AT)?.flatten().max());
    }
    let none = || Error::too_little("read outcomes", "no payments or closings", "some, or observed_until");
    last.and_then(Day::from_number).ok_or_else(none)
}

/// Parties on days, or with cases.
type Pairs<T> = BTreeSet<(i64, T)>;

/// Every debtor on the day of each filing that makes a sample, moved by the offset; and every
/// debtor with each case that is history.
fn candidates(tables: &SourceTables, params: &CohortParams) -> Result<(Pairs<i32>, Pairs<i64>)> {
    let filings = filings(tables, params)?;
    let from = params.filed_from.map_or(i32::MIN, Day::number);
    let parties = tables.columns("case_parties", &[CASE_ID, ENTITY_ID, "role"])?;
    let links = parties.column(CASE_ID)?.i64()?.iter().zip(parties.column(ENTITY_ID)?.i64()?.iter());
    let (mut candidates, mut history) = (BTreeSet::new(), BTreeSet::new());
    for ((case, party), role) in links.zip(parties.column("role")?.str()?.iter()) {
        let (Some(case), Some(party), Some("debtor")) = (case, party, role) else { continue };
        match filings.get(&case) {
            Some(filing) if filing.is_meant && filing.day >= from => {
                candidates.insert((party, filing.day + params.offset_days));
            }
            Some(_) => _ = history.insert((party, case)),
            None => {}
        }
    }
    Ok((candidates, history))
}

/// When a case was filed, and whether it is one of those that the settings mean, as first known.
struct Filing {
    day: i32,
    known: i32,
    is_meant: bool,
}

fn filings(tables: &SourceTables, params: &CohortParams) -> Result<PlHashMap<i64, Filing>> {
    let names: Vec<&str> =
        [CASE_ID, EVENT_ON, KNOWN_AT].into_iter().chain(params.when.keys().map(String::as_str)).collect();
    let cases = tables.columns("cases", &names)?;
    let mut is_meant = vec![true; cases.height()];
    for (column, texts) in &params.when {
        let column = cases.column(column)?.cast(&DataType::String)?;
        for (is_meant, text) in is_meant.iter_mut().zip(column.str()?.iter()) {
            *is_meant &= texts.iter().any(|wanted| wanted == text.unwrap_or_default());
        }
    }
    let mut filings: PlHashMap<i64, Filing> = PlHashMap::new();
    let rows = cases.column(CASE_ID)?.i64()?.iter().zip(days(&cases, EVENT_ON)?.zip(days(&cases, KNOWN_AT)?));
    for ((case, (day, known)), is_meant) in rows.zip(is_meant) {
        let (Some(case), Some(day)) = (case, day) else { continue };
        let row = Filing { day, known: known.unwrap_or(i32::MAX), is_meant };
        match filings.get_mut(&case) {
            Some(first) => {
                first.day = first.day.min(row.day);
                // Of rows known on the same day one is enough, so that their order does not matter.
                first.is_meant = row.known <= first.known && row.is_meant || row.known >= first.known && first.is_meant;
                first.known = first.known.min(row.known);
            }
            None => _ = filings.insert(case, row),
        }
    }
    Ok(filings)
}

/// What the open cases of each sample that has any came to; a case that nothing settles has nothing.
fn performed(
    snapshot: &Snapshot,
    tables: &SourceTables,
    horizon: &Horizon<'_>,
) -> Result<BTreeMap<(i64, i32), Settlements>> {
    let mut claims = open_claims(snapshot)?;
    let later = Later::new(&claims, tables, horizon)?;
    later.recovered(&mut claims)?;
    later.closed(&mut claims)?;
    let mut of: BTreeMap<(i64, i32), Settlements> = BTreeMap::new();
    for ((party, day, _), claim) in claims {
        let step = step(&claim, horizon.params);
        of.entry((party, day)).or_default().push(step.map(|step| Settlement { step, money: received(&claim, step) }));
    }
    Ok(of)
}

/// What is known on the last day observed of the parties whose cases are looked at.
struct Later<'a> {
    snapshot: Snapshot,
    horizon: &'a Horizon<'a>,
    /// The days of the samples, by party and case.
    days: PlHashMap<(i64, i64), Vec<i32>>,
}

impl<'a> Later<'a> {
    fn new(claims: &BTreeMap<Key, Claim>, tables: &SourceTables, horizon: &'a Horizon<'a>) -> Result<Self> {
        let observed = horizon.observed.number();
        let parties: BTreeSet<(i64, i32)> = claims.keys().map(|(party, ..)| (*party, observed)).collect();
        let mut days: PlHashMap<(i64, i64), Vec<i32>> = PlHashMap::new();
        for (party, day, case) in claims.keys() {
            days.entry((*party, *case)).or_default().push(*day);
        }
        Ok(Self { snapshot: snapshot::as_of_each(tables, &samples_frame(parties.into_iter())?)?, horizon, days })
    }

    /// The rows that fall into the window of a claim, each with that claim.
    fn reached(&self, rows: &Rows) -> Result<Vec<(usize, Key)>> {
        let mut reached = Vec::new();
        let keys = rows.samples().iter().zip(rows.numbers(CASE_ID)?.zip(rows.day_numbers(KNOWN_AT)?));
        for (row, (sample, (case, known))) in keys.enumerate() {
            let Some((party, _)) = self.snapshot.keys().get(*sample) else { continue };
            let (Some(case), Some(known)) = (case, known) else { continue };
            let days = self.days.get(&(*party, case)).into_iter().flatten();
            let days = days.filter(|day| self.horizon.reaches(**day, known));
            reached.extend(days.map(|day| (row, (*party, *day, case))));
        }
        Ok(reached)
    }

    /// Adds what the debtor, or nobody known, paid after each sample's day.
    fn recovered(&self, claims: &mut BTreeMap<Key, Claim>) -> Result<()> {
        let rows = self.snapshot.rows("payments", &[CASE_ID, PARTY_ID, EVENT_ON, KNOWN_AT, "amount_fen"])?;
        let payers = rows.collected(rows.numbers(PARTY_ID)?);
        let paid = rows.collected(rows.day_numbers(EVENT_ON)?.zip(rows.numbers("amount_fen")?));
        for (row, key) in self.reached(&rows)? {
            let is_own = payers.get(row).copied().flatten().is_none_or(|payer| payer == key.0);
            if let (true, Some((Some(on), Some(fen)))) = (is_own, paid.get(row).copied())
                && on > key.1
                && let Some(claim) = claims.get_mut(&key)
            {
                claim.recovered_fen += fen;
            }
        }
        Ok(())
    }

    /// Finds the last closing of each claim.
    fn closed(&self, claims: &mut BTreeMap<Key, Claim>) -> Result<()> {
        let rows = self.snapshot.rows("closings", &[CASE_ID, EVENT_ON, KNOWN_AT, "performance", "manner"])?;
        let clocks = rows.day_numbers(EVENT_ON)?.zip(rows.day_numbers(KNOWN_AT)?);
        let told = clocks.zip(rows.texts("performance")?.zip(rows.texts("manner")?));
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let told: Vec<Option<Closing>> = rows.collected(
            told.map(|((on, known), (performance, manner))| Some((on?, known?, owned(performance), owned(manner)))),
        );
        for (row, key) in self.reached(&rows)? {
            if let Some(claim) = claims.get_mut(&key) {
                claim.closing = claim.closing.take().max(told.get(row).cloned().flatten());
            }
        }
        Ok(())
    }
}

/// How much of a case was performed; nothing when cases are settled by closing and none is known.
fn step(claim: &Claim, params: &CohortParams) -> Option<Step> {
    let (performance, manner) = match &claim.closing {
        Some((_, _, performance, manner)) => (performance.as_deref(), manner.as_deref()),
        None => (None, None),
    };
    match (performance, manner) {
        (Some("full"), _) | (None, Some("completed")) => return Some(Step::All),
        (Some("partial"), _) => return Some(Step::Part),
        (Some("none"), _) => return Some(Step::None),
        (_, None) if params.settled == Settled::ByClosing => return None,
        _ => {}
    }
    Some(match claim.open_fen {
        Some(open) if open <= 0 => Step::All,
        #[expect(clippy::cast_precision_loss, reason = "a share of the claim")]
        Some(open) => match claim.recovered_fen as f64 / open as f64 {
            share if share >= params.full_share => Step::All,
            share if share <= params.none_share => Step::None,
            _ => Step::Part,
        },
        None if claim.recovered_fen <= 0 => Step::None,
        None => Step::Part,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;

    fn days(name: &str, numbers: Vec<i32>) -> Column {
        Column::new(name.into(), numbers).cast(&DataType::Date).unwrap()
    }

    fn frame(rows: &[(i64, i32)], own: Vec<Column>) -> DataFrame {
        let days = |name| days(name, rows.iter().map(|row| row.1).collect());
        let mut columns = vec![Column::new(CASE_ID.into(), rows.iter().map(|row| row.0).collect::<Vec<_>>())];
        columns.extend([days(EVENT_ON), days(KNOWN_AT)]);
        columns.extend(own);
        DataFrame::new(rows.len(), columns).unwrap()
    }

    /// Cases of 100 fen each (an unknown amount from 30 on), filed on day 0 against the party of the same number, case
    /// 20 against party 1.
    fn tables(cases: &[i64]) -> SourceTables {
        let rows: Vec<_> = cases.iter().map(|case| (*case, 0)).collect();
        let parties: Vec<_> = cases.iter().map(|case| if *case == 20 { 1 } else { *case }).collect();
        let claims: Vec<_> = cases.iter().map(|case| (*case < 30).then_some(100i64)).collect();
        let debtors =
            vec![Column::new(ENTITY_ID.into(), parties), Column::new("role".into(), vec!["debtor"; rows.len()])];
        SourceTables::new()
            .with_frame("cases", frame(&rows, vec![Column::new("claim_fen".into(), claims)]))
            .unwrap()
            .with_frame("case_parties", frame(&rows, debtors))
            .unwrap()
    }

    fn paid(tables: SourceTables, rows: &[(i64, i32)], amounts: &[i64], payers: &[Option<i64>]) -> SourceTables {
        let own = vec![Column::new("amount_fen".into(), amounts), Column::new(ENTITY_ID.into(), payers)];
        tables.with_frame("payments", frame(rows, own)).unwrap()
    }

    fn closed(tables: SourceTables, rows: &[(i64, i32)], manner: &str, performance: &[Option<&str>]) -> SourceTables {
        let own = vec![
            Column::new("manner".into(), vec![manner; rows.len()]),
            Column::new("performance".into(), performance),
        ];
        tables.with_frame("closings", frame(rows, own)).unwrap()
    }

    fn params() -> CohortParams {
        CohortParams::default().offset_days(10).window_days(100).observed_until(Day::from_number(200).unwrap())
    }

    #[test]
    fn payments_after_the_day_and_within_the_window_count() {
        let rows = [(1, 50), (2, 5), (2, 110), (3, 10), (4, 111), (5, 50)];
        let payers = [None, None, Some(2), None, None, Some(9)];
        let tables = paid(tables(&[1, 2, 3, 4, 5, 6]), &rows, &[30, 40, 60, 99, 100, 100], &payers);
        let cohort = sample(&tables, &params()).unwrap();
        use Outcome::{Full, None as Nothing, Partial};
        assert_eq!(cohort.outcomes(), [Partial, Full, Nothing, Nothing, Nothing, Nothing]);
        let share = params().full_share(0.3).none_share(0.2);
        assert_eq!(sample(&tables, &share).unwrap().outcomes()[0], Full);
    }

    #[test]
    fn of_an_unknown_claim_any_payment_is_a_part() {
        let tables = paid(tables(&[30, 31]), &[(30, 50)], &[100], &[None]);
        assert_eq!(sample(&tables, &params()).unwrap().outcomes(), [Outcome::Partial, Outcome::None]);
    }

    #[test]
    fn closings_speak_before_payments() {
        let tables = paid(tables(&[1, 2, 3]), &[(1, 50), (3, 50)], &[100, 30], &[None, None]);
        let tables = closed(tables, &[(1, 60), (2, 60)], "no_result", &[Some("none"), Some("partial")]);
        let tables = closed(tables, &[(3, 70)], "completed", &[None]);
        use Outcome::{Full, None as Nothing, Partial};
        assert_eq!(sample(&tables, &params()).unwrap().outcomes(), [Nothing, Partial, Full]);
    }

    #[test]
    fn a_debtor_is_judged_over_all_open_cases() {
        let tables = paid(tables(&[1, 20]), &[(1, 50)], &[100], &[None]);
        let cohort = sample(&tables, &params()).unwrap();
        assert_eq!(cohort.outcomes(), [Outcome::Partial]);
        assert_eq!(cohort.frame().column("n_cases").unwrap().i64().unwrap().get(0), Some(2));
    }

    #[test]
    fn counts_who_is_left_out() {
        let tables = closed(tables(&[1, 2, 3]), &[(2, 5)], "withdrawn", &[None]);
        let whole = Exclusions { candidates: 3, no_open_case: 1, sampled: 2, ..Exclusions::default() };
        assert_eq!(sample(&tables, &params()).unwrap().exclusions(), whole);
        let early = params().observed_until(Day::from_number(109).unwrap());
        assert_eq!(sample(&tables, &early).unwrap().exclusions().immature, 3);
        let by_closing = params().settled(Settled::ByClosing);
        let counts = sample(&tables, &by_closing).unwrap().exclusions();
        assert_eq!(counts, Exclusions { candidates: 3, immature: 2, no_open_case: 1, ..Exclusions::default() });
    }

    #[test]
    fn history_is_no_sample() {
        let filed = [(1, 0), (2, 5), (3, 0)];
        let own =
            vec![Column::new("claim_fen".into(), [100i64; 3]), Column::new("cause".into(), ["other", "loan", "loan"])];
        let debtors = vec![Column::new(ENTITY_ID.into(), [1i64, 2, 3]), Column::new("role".into(), ["debtor"; 3])];
        let tables = SourceTables::new().with_frame("cases", frame(&filed, own)).unwrap();
        let tables = tables.with_frame("case_parties", frame(&filed, debtors)).unwrap();
        let tables = paid(tables, &[(1, 50)], &[100], &[None]);
        let counted = |params: CohortParams| {
            let cohort = sample(&tables, &params).unwrap();
            (cohort.entity_ids(), cohort.exclusions().history)
        };
        assert_eq!(counted(params()), (vec![1, 2, 3], 0));
        assert_eq!(counted(params().when("cause", ["loan"])), (vec![2, 3], 1));
        assert_eq!(counted(params().when("cause", ["loan"]).filed_from(Day::from_number(1).unwrap())), (vec![2], 2));
        for wrong in
            [params().when("causes", ["loan"]), params().when("claim_fen", ["1"]), params().when("cause", ["x"])]
        {
            assert!(sample(&tables, &wrong).unwrap_err().to_string().contains("when"));
        }
    }

    #[test]
    fn windows_may_be_months() {
        let tables = paid(tables(&[1]), &[(1, 41)], &[100], &[None]);
        // From 11 January 1970, a month ends on 11 February, day 41.
        assert_eq!(sample(&tables, &params().window_months(1)).unwrap().outcomes(), [Outcome::Full]);
        assert_eq!(sample(&tables, &params().window_days(30)).unwrap().outcomes(), [Outcome::None]);
        assert!(sample(&tables, &params().window_months(0)).is_err());
    }

    #[test]
    fn one_closing_long_after_can_settle() {
        let tables = closed(tables(&[1, 2]), &[(1, 190), (2, 190)], "other", &[Some("full"), Some("none")]);
        let cohort = sample(&tables, &params().settled(Settled::ByClosing)).unwrap();
        assert_eq!(cohort.outcomes(), [Outcome::Full, Outcome::None]);
        assert_eq!(sample(&tables, &params()).unwrap().outcomes(), [Outcome::None, Outcome::None]);
    }

    #[test]
    fn refuses_what_cannot_be_observed() {
        let unobserved = CohortParams::default();
        assert!(sample(&tables(&[1]), &unobserved).unwrap_err().to_string().contains("observed_until"));
        assert!(sample(&tables(&[1]), &params().window_days(0)).is_err());
        assert!(sample(&tables(&[1]), &params().none_share(1.0)).is_err());
    }
}
