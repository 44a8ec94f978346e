use polars::prelude::*;

use super::aggregate::view;
use super::{Aggregate, Aggregation, Condition, FeatureSpec, Test, Value, check};
use crate::error::{Error, Result};
use crate::schema::{AS_OF, ColumnKind, ENTITY_ID, EVENT_ON, KNOWN_AT, Table};
use crate::snapshot::Snapshot;

/// The number of rows that the source has for a sample.
pub(super) const ROWS: &str = "rows#";
/// Days from `event_on` to the sample's day.
const ELAPSED: &str = "elapsed#";
/// Decimal columns are read in millionths.
const MILLION: f64 = 1e6;

/// One aggregate as plan: what a group of rows is reduced to, and the value made of that.
pub(super) struct Compiled<'a> {
    pub(super) spec: &'a FeatureSpec,
    pub(super) aggregate: &'a Aggregate,
    table: &'static Table,
}

/// The column that tells whether `source` ever answered about a sample.
pub(super) fn answered(source: &str) -> String {
    format!("answered#{source}")
}

/// The rows of a source as known for each sample, with what the features need of each row.
pub(super) fn rows_for(snapshot: &Snapshot, source: &str, features: &[Compiled<'_>]) -> Result<LazyFrame> {
    let elapsed = col(AS_OF).cast(DataType::Int32) - col(EVENT_ON).cast(DataType::Int32);
    let ends: Vec<Option<Expr>> = features.iter().map(Compiled::end).collect::<Result<_>>()?;
    let ends: Vec<Expr> = ends.into_iter().flatten().collect();
    Ok(view(snapshot, source)?.with_column(elapsed.alias(ELAPSED)).with_columns(ends))
}

impl<'a> Compiled<'a> {
    /// The plan of an aggregate; `None` when the feature is derived.
    pub(super) fn new(spec: &'a FeatureSpec) -> Result<Option<Self>> {
        let Some(aggregate) = spec.aggregate() else { return Ok(None) };
        let table = aggregate
            .table()
            .ok_or_else(|| Error::table(&aggregate.source, "no such table", "a table of the schema"))?;
        Ok(Some(Self { spec, aggregate, table }))
    }

    /// Who must have answered for an absence of rows to mean zero.
    pub(super) fn asked(&self) -> Option<&str> {
        self.aggregate.asked.as_deref().or(self.table.asked)
    }

    /// Which rows count.
    pub(super) fn counting(&self) -> Expr {
        self.within_window(self.passing(&self.aggregate.conditions).and(self.passing(&self.aggregate.among)))
    }

    /// What a group of rows is reduced to.
    pub(super) fn parts(&self) -> Vec<Expr> {
        let counting = self.counting();
        let n = || count(counting.clone());
        let known = |amount: &Expr| count(counting.clone().and(amount.clone().is_not_null()));
        let amount = self.amount();
        let counted = |amount: Expr| when(counting.clone()).then(amount).otherwise(lit(NULL));
        let day = || counted(col(check::day_column(self.aggregate)));
        let mut parts = match self.aggregate.aggregation {
            Aggregation::Count => vec![n()],
            Aggregation::Any => vec![n(), counted(amount).max()],
            Aggregation::Sum | Aggregation::Mean => vec![n(), known(&amount), counted(amount).sum()],
            Aggregation::Min => vec![counted(amount).min()],
            Aggregation::Max => vec![counted(amount).max()],
            Aggregation::Last => vec![col(self.end_name()).max()],
            Aggregation::First => vec![col(self.end_name()).min()],
            Aggregation::NUnique => distinct(counted(col(self.aggregate.column.as_deref().unwrap_or(KNOWN_AT)))),
            Aggregation::DaysSinceLast => vec![day().max()],
            Aggregation::DaysSinceFirst => vec![day().min()],
            Aggregation::SpanDays => vec![day().min(), day().max()],
            Aggregation::Periods => distinct(counted(self.period())),
            Aggregation::Share => {
                let whole = self.within_window(self.passing(&self.aggregate.among));
                vec![counted(amount.clone()).sum(), when(whole).then(amount).otherwise(lit(NULL)).sum()]
            }
        };
        if self.aggregate.asked.is_some() {
            parts.push(count(self.passing(&self.aggregate.conditions)));
        }
        parts.into_iter().enumerate().map(|(i, part)| part.alias(self.part_name(i))).collect()
    }

    /// The value, made of the parts.
    pub(super) fn value(&self) -> Expr {
        let part = |i| col(self.part_name(i));
        let number = |expr: Expr| expr.cast(DataType::Float64);
        let none = |i| part(i).fill_null(lit(0)).eq(lit(0));
        let since = |day: Expr| number(col(AS_OF).cast(DataType::Int32) - day.cast(DataType::Int32));
        let scaled = |expr: Expr| if self.is_decimal() { number(expr) / lit(MILLION) } else { number(expr) };
        let value = match self.aggregate.aggregation {
            Aggregation::Count => number(part(0).fill_null(lit(0))),
            Aggregation::NUnique | Aggregation::Periods => {
                let unknown = part(1).gt(lit(0)).cast(DataType::Int64);
                number((part(0) - unknown).fill_null(lit(0)))
            }
            Aggregation::Any if self.aggregate.column.is_some() => {
                when(none(0)).then(lit(0.0)).otherwise(number(part(1)))
            }
            Aggregation::Any => number(none(0).not()),
            Aggregation::Sum => {
                let sum = when(none(1)).then(lit(NULL)).otherwise(scaled(part(2)));
                when(none(0)).then(lit(0.0)).otherwise(sum)
            }
            Aggregation::Mean => when(none(1)).then(lit(NULL)).otherwise(scaled(part(2)) / number(part(1))),
            Aggregation::Last | Aggregation::First if self.is_text() => part(0),
            Aggregation::Min | Aggregation::Max | Aggregation::Last | Aggregation::First => scaled(part(0)),
            Aggregation::DaysSinceLast | Aggregation::DaysSinceFirst => since(part(0)),
            Aggregation::SpanDays => number(part(1).cast(DataType::Int32) - part(0).cast(DataType::Int32)),
            Aggregation::Share => when(none(1)).then(lit(NULL)).otherwise(number(part(0)) / number(part(1))),
        };
        let value = match self.asked() {
            Some(source) => {
                let proof = if self.aggregate.asked.is_some() { part(self.parts().len() - 1) } else { col(ROWS) };
                let known = col(answered(source)).or(proof.fill_null(lit(0)).gt(lit(0)));
                when(known).then(value).otherwise(lit(NULL))
            }
            None => value,
        };
        value.alias(self.spec.name.as_str())
    }

    fn part_name(&self, i: usize) -> String {
        format!("{}#{i}", self.spec.name)
    }

    fn kind(&self) -> Option<ColumnKind> {
        check::view_column(self.table, self.aggregate.column.as_deref()?).map(|column| column.kind)
    }

    fn is_decimal(&self) -> bool {
        self.kind().is_some_and(is_decimal)
    }

    fn is_text(&self) -> bool {
        self.kind().is_some_and(check::is_text)
    }

    /// The column as integers; every row as one when there is no column.
    fn amount(&self) -> Expr {
        let Some(name) = &self.aggregate.column else { return every_row().cast(DataType::Int64) };
        if !self.is_decimal() {
            return col(name.as_str()).cast(DataType::Int64);
        }
        let value = finite(name);
        let half = when(value.clone().lt(lit(0.0))).then(lit(-0.5)).otherwise(lit(0.5));
        (value * lit(MILLION) + half).cast(DataType::Int64)
    }

    fn end_name(&self) -> String {
        format!("{}#end", self.spec.name)
    }

    /// For the latest or earliest value: the value in the counting rows of that time that have one, else nothing.
    fn end(&self) -> Result<Option<Expr>> {
        let known_at = col(KNOWN_AT).cast(DataType::Int64) - lit(i64::from(i32::MIN));
        let time = col(EVENT_ON).cast(DataType::Int64) * lit(1i64 << 32) + known_at;
        let value = match &self.aggregate.column {
            Some(column) if self.is_text() => col(column.as_str()),
            _ => self.amount(),
        };
        let rows = self.counting().and(value.clone().is_not_null());
        let time = when(rows).then(time).otherwise(lit(NULL));
        let end = match self.aggregate.aggregation {
            Aggregation::Last => time.clone().max(),
            Aggregation::First => time.clone().min(),
            _ => return Ok(None),
        };
        let at_end = time.eq(end.over([col(ENTITY_ID), col(AS_OF)])?);
        Ok(Some(when(at_end).then(value).otherwise(lit(NULL)).alias(self.end_name())))
    }

    /// The first day of the period that a row's day lies in, as days before the sample's; nothing for a day after it.
    fn period(&self) -> Expr {
        let days = col(AS_OF).cast(DataType::Int32) - col(check::day_column(self.aggregate)).cast(DataType::Int32);
        let length = i32::try_from(self.aggregate.period_days.unwrap_or(1)).unwrap_or(i32::MAX);
        when(days.clone().gt_eq(lit(0))).then(days.clone() - days % lit(length)).otherwise(lit(NULL))
    }

    fn within_window(&self, rows: Expr) -> Expr {
        let Some(window) = self.aggregate.window else { return rows };
        let (from, to) = (i64::from(window.skip), i64::from(window.skip) + i64::from(window.days));
        let elapsed = match &self.aggregate.window_on {
            Some(day) => col(AS_OF).cast(DataType::Int32) - col(day.as_str()).cast(DataType::Int32),
            None => col(ELAPSED),
        };
        let elapsed = elapsed.cast(DataType::Int64);
        let within = elapsed.clone().gt_eq(lit(from)).and(elapsed.lt(lit(to)));
        rows.and(within.fill_null(lit(false)))
    }

    fn passing(&self, conditions: &[Condition]) -> Expr {
        conditions.iter().fold(every_row(), |rows, condition| rows.and(self.holds(condition)))
    }

    fn holds(&self, condition: &Condition) -> Expr {
        let kind = check::view_column(self.table, &condition.column).map(|column| column.kind);
        let value =
            || if kind.is_some_and(is_decimal) { finite(&condition.column) } else { col(condition.column.as_str()) };
        let one_of = |values: &[Value]| {
            values.iter().map(|wanted| value().eq(literal(wanted))).reduce(Expr::or).unwrap_or(lit(false))
        };
        let holds_if_known = |test: Expr| test.fill_null(lit(false));
        match &condition.test {
            Test::Is(values) => holds_if_known(one_of(values)),
            Test::Not(values) => one_of(values).not().fill_null(lit(true)),
            Test::Below(limit) => holds_if_known(value().lt(literal(limit))),
            Test::AtLeast(limit) => holds_if_known(value().gt_eq(literal(limit))),
            Test::Open(true) => value().gt(col(AS_OF)).fill_null(lit(true)),
            Test::Open(false) => holds_if_known(value().lt_eq(col(AS_OF))),
            Test::Known(true) => value().is_not_null(),
            Test::Known(false) => value().is_null(),
        }
    }
}

fn is_decimal(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Number | ColumnKind::Share)
}

/// True in every row: a literal would not be as long as the group.
fn every_row() -> Expr {
    col(KNOWN_AT).is_not_null()
}

fn count(rows: Expr) -> Expr {
    rows.cast(DataType::Int64).sum()
}

/// How many different values there are, and how many rows have none.
fn distinct(value: Expr) -> Vec<Expr> {
    vec![value.clone().n_unique().cast(DataType::Int64), value.null_count().cast(DataType::Int64)]
}

fn finite(column: &str) -> Expr {
    when(col(column).is_finite()).then(col(column)).otherwise(lit(NULL))
}

fn literal(value: &Value) -> Expr {
    match value {
        Value::Flag(flag) => lit(*flag),
        Value::Integer(number) => lit(*number),
        Value::Number(number) => lit(*number),
        Value::Text(text) => lit(text.as_str()),
    }
}
