use polars::prelude::*;

use super::{Cohort, CohortParams, Exclusions, Settled};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, SourceTables};
use crate::snapshot::{self, PARTY_ID, Snapshot};

/// Takes samples at filings and reads what became of them.
///
/// # Formula
///
/// For each case open on the sample's day: what the latest closing within the window says (`performance`, or all when
/// it was completed); else recovered ÷ open claim, where recovered are the payments after the day that the debtor or
/// nobody known made, and the open claim is the principal less what had been paid by the day. At least `full_share` is
/// all, at most `none_share` is none, the rest a part; of an unknown claim any payment is a part. A debtor performed all when every case is all, none when every
/// case is none, else a part. Within the window means known by its end.
///
/// # Errors
///
/// [`Error::Setting`] when a parameter is out of range, [`Error::TooLittle`] when there are neither payments nor
/// closings and `observed_until` is not set.
pub fn sample(tables: &SourceTables, params: &CohortParams) -> Result<Cohort> {
    params.check()?;
    let observed = match params.observed_until {
        Some(day) => day,
        None => last_known(tables)?,
    };
    let candidates = candidates(tables, params)?;
    let mature = match params.settled {
        Settled::ByWindow => {
            let latest = observed.plus_days(-params.window_days);
            candidates.clone().lazy().filter(col(AS_OF).lt_eq(date(latest))).collect()?
        }
        Settled::ByClosing => candidates.clone(),
    };
    let snapshot = snapshot::as_of_each(tables, &mature)?;
    let performed = performed(&open_claims(&snapshot)?, tables, &Horizon { params, observed })?;
    let debtors = performed
        .lazy()
        .group_by([col(ENTITY_ID), col(AS_OF)])
        .agg([
            col(STEP).min(),
            col(STEP).max().alias("most"),
            col(STEP).null_count().alias("unsettled"),
            len().alias("n_cases"),
        ])
        .sort([ENTITY_ID, AS_OF], SortMultipleOptions::new())
        .collect()?;
    let frame = debtors
        .clone()
        .lazy()
        .filter(col("unsettled").eq(lit(0)))
        .select([col(ENTITY_ID), col(AS_OF), code().alias("outcome"), col("n_cases").cast(DataType::Int64)])
        .collect()?;
    let exclusions = Exclusions {
        candidates: candidates.height(),
        immature: candidates.height() - mature.height() + debtors.height() - frame.height(),
        no_open_case: mature.height() - debtors.height(),
        sampled: frame.height(),
    };
    Ok(Cohort { frame, params: params.clone(), exclusions })
}

/// How much of a case was performed: 0 none, 1 a part, 2 all.
const STEP: &str = "step";
const KEYS: [&str; 3] = [ENTITY_ID, AS_OF, CASE_ID];

struct Horizon<'a> {
    params: &'a CohortParams,
    observed: Day,
}

impl Horizon<'_> {
    /// Which later rows may speak.
    fn reached(&self) -> Expr {
        let known = col(KNOWN_AT).lt_eq(date(self.observed));
        match self.params.settled {
            Settled::ByClosing => known,
            Settled::ByWindow => {
                let elapsed = col(KNOWN_AT).cast(DataType::Int32) - col(AS_OF).cast(DataType::Int32);
                known.and(elapsed.lt_eq(lit(self.params.window_days)))
            }
        }
    }
}

fn date(day: Day) -> Expr {
    lit(Scalar::new_date(day.number()))
}

fn last_known(tables: &SourceTables) -> Result<Day> {
    let mut last = None;
    for name in ["payments", "closings"] {
        let known = tables.scan(name)?.select([col(KNOWN_AT).max()]).collect()?;
        last = last.max(known.column(KNOWN_AT)?.date()?.phys.get(0));
    }
    let none = || Error::too_little("read outcomes", "no payments or closings", "some, or observed_until");
    last.and_then(Day::from_number).ok_or_else(none)
}

fn candidates(tables: &SourceTables, params: &CohortParams) -> Result<DataFrame> {
    let filed = tables.scan("cases")?.group_by([col(CASE_ID)]).agg([col(EVENT_ON).min()]);
    let day = (col(EVENT_ON).cast(DataType::Int32) + lit(params.offset_days)).cast(DataType::Date);
    let debtors =
        tables.scan("case_parties")?.filter(col("role").eq(lit("debtor"))).select([col(CASE_ID), col(ENTITY_ID)]);
    let rows = debtors
        .join(filed, [col(CASE_ID)], [col(CASE_ID)], JoinArgs::new(JoinType::Inner))
        .select([col(ENTITY_ID), day.alias(AS_OF)])
        .unique(None, UniqueKeepStrategy::Any);
    Ok(rows.collect()?)
}

/// The open cases of each sample with what is still claimed: `open_fen`.
fn open_claims(snapshot: &Snapshot) -> Result<DataFrame> {
    let paid = snapshot.scan("payments")?.group_by(KEYS.map(col)).agg([col("amount_fen").sum().alias("paid_fen")]);
    let open = col("claim_fen") - col("paid_fen").fill_null(lit(0));
    let cases = snapshot
        .open_cases()?
        .join(paid, KEYS.map(col), KEYS.map(col), JoinArgs::new(JoinType::Left))
        .select(KEYS.map(col).into_iter().chain([open.alias("open_fen")]).collect::<Vec<_>>());
    Ok(cases.collect()?)
}

/// The open cases of each sample with their step; empty when nothing settles it.
fn performed(open: &DataFrame, tables: &SourceTables, horizon: &Horizon<'_>) -> Result<DataFrame> {
    let later = |name: &str| -> Result<LazyFrame> {
        let rows = tables.scan(name)?;
        let rows = if name == "payments" { rows.rename([ENTITY_ID], [PARTY_ID], true) } else { rows };
        let rows = rows.join(open.clone().lazy(), [col(CASE_ID)], [col(CASE_ID)], JoinArgs::new(JoinType::Inner));
        Ok(rows.filter(horizon.reached()))
    };
    let by_debtor = col(PARTY_ID).eq(col(ENTITY_ID)).fill_null(lit(true));
    let recovered = later("payments")?
        .filter(col(EVENT_ON).gt(col(AS_OF)).and(by_debtor))
        .group_by(KEYS.map(col))
        .agg([col("amount_fen").sum().alias("recovered_fen")]);
    let last = |column: &str| {
        let order = [EVENT_ON, KNOWN_AT, "performance", "manner"].map(col);
        col(column).sort_by(order, SortMultipleOptions::new().with_order_descending(false)).last()
    };
    let closed = later("closings")?.group_by(KEYS.map(col)).agg([last("performance"), last("manner")]);
    let left = || JoinArgs::new(JoinType::Left);
    let rows = open.clone().lazy().join(recovered, KEYS.map(col), KEYS.map(col), left()).join(
        closed,
        KEYS.map(col),
        KEYS.map(col),
        left(),
    );
    let step = step(horizon.params).alias(STEP);
    Ok(rows.select([col(ENTITY_ID), col(AS_OF), step]).collect()?)
}

fn step(params: &CohortParams) -> Expr {
    let recovered = || col("recovered_fen").fill_null(lit(0));
    let part = recovered().cast(DataType::Float64) / col("open_fen").cast(DataType::Float64);
    let paid_off = col("open_fen").lt_eq(lit(0)).or(part.clone().gt_eq(lit(params.full_share)));
    let by_payments = when(paid_off.fill_null(lit(false)))
        .then(lit(2))
        .when(part.lt_eq(lit(params.none_share)).fill_null(recovered().lt_eq(lit(0))))
        .then(lit(0))
        .otherwise(lit(1));
    let by_payments = match params.settled {
        Settled::ByWindow => by_payments,
        Settled::ByClosing => when(col("manner").is_null()).then(lit(NULL)).otherwise(by_payments),
    };
    let says = |performance: &str| col("performance").eq(lit(performance));
    let completed = col("performance").is_null().and(col("manner").eq(lit("completed")));
    when(says("full").or(completed))
        .then(lit(2))
        .when(says("partial"))
        .then(lit(1))
        .when(says("none"))
        .then(lit(0))
        .otherwise(by_payments)
        .cast(DataType::Int32)
}

fn code() -> Expr {
    when(col(STEP).eq(lit(2)))
        .then(lit("full"))
        .when(col("most").eq(lit(0)))
        .then(lit("none"))
        .otherwise(lit("partial"))
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
        let whole = Exclusions { candidates: 3, immature: 0, no_open_case: 1, sampled: 2 };
        assert_eq!(sample(&tables, &params()).unwrap().exclusions(), whole);
        let early = params().observed_until(Day::from_number(109).unwrap());
        assert_eq!(sample(&tables, &early).unwrap().exclusions().immature, 3);
        let by_closing = params().settled(Settled::ByClosing);
        let counts = sample(&tables, &by_closing).unwrap().exclusions();
        assert_eq!(counts, Exclusions { candidates: 3, immature: 2, no_open_case: 1, sampled: 0 });
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
