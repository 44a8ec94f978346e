//! Checks a catalogue against the schema and reports everything that is wrong with it.
//!
//! A definition that fits the schema can be computed: its source, columns and codes exist, the aggregation
//! suits the kind of column and the unit suits the aggregation. A trait of the person that may not enter a
//! score is refused by name.

use super::{Aggregate, Aggregation, Condition, FeatureCatalog, FeatureSpec, Test, Unit, Value};
use crate::schema::{self, AS_OF, CASE_ID, Column, ColumnKind, ENTITY_ID, EVENT_ON, Owner, RECORD_ID, Table};
use crate::sentence::{Sentence, says};
use crate::snapshot::PARTY_ID;

/// Everything that is wrong with a catalogue, one phrase each.
pub(super) fn problems(catalog: &FeatureCatalog) -> Vec<Sentence> {
    let features = catalog.features();
    let mut found = Vec::new();
    for (i, spec) in features.iter().enumerate() {
        let mut wrong = wrong(spec);
        if features.iter().take(i).any(|other| other.name == spec.name) {
            wrong.push(says!("the name is taken"));
        }
        if !catalog.families().iter().any(|family| family.name == spec.family) {
            wrong.push(says!("no family {}", [spec.family]));
        }
        for part in spec.parts() {
            match catalog.feature(part) {
                None => wrong.push(says!("no feature {part}", part)),
                Some(part) if part.aggregate().is_none() => wrong.push(says!("{} is itself derived", [part.name])),
                Some(part) if part.unit == Unit::Code => wrong.push(says!("{} is a category", [part.name])),
                Some(_) => {}
            }
        }
        found.extend(wrong.into_iter().map(|wrong| says!("{}: {wrong}", [spec.name], wrong)));
    }
    found
}

/// The column of a table as a view of it names them; the record's number and the keys of the sample are no values.
pub(super) fn view_column(table: &'static Table, name: &str) -> Option<&'static Column> {
    match (name, table.owner) {
        (RECORD_ID | ENTITY_ID | AS_OF, _) => None,
        (PARTY_ID, Owner::Case) => table.column(ENTITY_ID),
        _ => table.column(name),
    }
}

fn wrong(spec: &FeatureSpec) -> Vec<Sentence> {
    let mut wrong = Vec::new();
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !spec.name.starts_with(|c: char| c.is_ascii_lowercase()) || !spec.name.chars().all(letters) {
        wrong.push(says!("expected a name in snake_case"));
    }
    if [ENTITY_ID, AS_OF, CASE_ID, RECORD_ID].contains(&spec.name.as_str()) {
        wrong.push(says!("the name is a key's"));
    }
    if spec.label.zh.is_empty() || spec.label.en.is_empty() {
        wrong.push(says!("expected a label in both languages"));
    }
    let column = spec.aggregate().and_then(|aggregate| aggregate.column.as_deref());
    let texts = [Some(spec.name.as_str()), Some(&spec.label.zh), Some(&spec.label.en), column];
    for word in texts.into_iter().flatten().chain(extras(spec)).filter_map(schema::forbidden_word) {
        wrong.push(says!("{word} may not enter a score", word));
    }
    match spec.aggregate() {
        Some(aggregate) => aggregate_problems(aggregate, spec.unit, &mut wrong),
        None if spec.unit == Unit::Code => wrong.push(says!("unit code, expected the unit of a number")),
        None => {}
    }
    wrong
}

/// The further attributes that a feature asks for by name.
fn extras(spec: &FeatureSpec) -> impl Iterator<Item = &str> {
    let tests = spec.aggregate().into_iter().flat_map(|aggregate| aggregate.conditions.iter().chain(&aggregate.among));
    let values = tests.filter(|condition| condition.column == "name").flat_map(|condition| match &condition.test {
        Test::Is(values) | Test::Not(values) => values.as_slice(),
        _ => &[],
    });
    values.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })
}

/// What is wrong with an aggregate: source, column, unit, conditions, window, periods.
fn aggregate_problems(aggregate: &Aggregate, unit: Unit, wrong: &mut Vec<Sentence>) {
    let Some(table) = aggregate.table() else {
        wrong.push(says!("no table {}", [aggregate.source]));
        return;
    };
    if let Some(asked) = aggregate.asked.as_deref().filter(|asked| !schema::SOURCES.contains(asked)) {
        wrong.push(says!("nobody called {asked} can be asked", asked));
    }
    for condition in aggregate.conditions.iter().chain(&aggregate.among) {
        match view_column(table, &condition.column) {
            None => wrong.push(says!("no column {} in {}", [condition.column, table.name])),
            Some(column) => wrong.extend(condition_problem(condition, column)),
        }
    }
    let share = aggregate.aggregation == Aggregation::Share;
    if !share && !aggregate.among.is_empty() {
        wrong.push(says!("among is for share only"));
    }
    if share && aggregate.conditions.is_empty() {
        wrong.push(says!("expected the part in where"));
    }
    if (aggregate.aggregation == Aggregation::Periods) != aggregate.period_days.is_some_and(|days| days > 0) {
        wrong.push(says!("expected period_days above zero for periods, and for periods only"));
    }
    if let Some(day) = &aggregate.window_on {
        let fits =
            aggregate.window.is_some() && view_column(table, day).is_some_and(|column| column.kind == ColumnKind::Day);
        wrong.extend(
            (!fits).then(|| says!("expected window_on {day} to be a day of {} beside a window", [table.name], day)),
        );
    }
    if aggregate.window.is_some_and(|window| window.days == 0) {
        wrong.push(says!("expected a window of at least one day"));
    }
    let kind = match &aggregate.column {
        None => None,
        Some(name) => match view_column(table, name) {
            Some(column) => Some(column.kind),
            None => return wrong.push(says!("no column {name} in {}", [table.name], name)),
        },
    };
    wrong.extend(column_problem(aggregate.aggregation, kind));
    wrong.extend(unit_problem(aggregate.aggregation, kind, unit));
}

/// Why a column of this kind, or none, does not suit the aggregation.
fn column_problem(aggregation: Aggregation, kind: Option<ColumnKind>) -> Option<Sentence> {
    use Aggregation::*;
    let amount = |kind| is_amount(kind);
    let fits = match (aggregation, kind) {
        (Count, kind) => kind.is_none(),
        (Any, kind) => kind.is_none_or(|kind| kind == ColumnKind::Flag),
        (Share, kind) => kind.is_none_or(amount),
        (DaysSinceLast | DaysSinceFirst | SpanDays | Periods, kind) => kind.is_none_or(|kind| kind == ColumnKind::Day),
        (Sum | Min | Max | Mean, kind) => kind.is_some_and(amount),
        (Last | First, kind) => kind.is_some_and(|kind| amount(kind) || kind == ColumnKind::Flag || is_text(kind)),
        (NUnique, kind) => kind.is_some_and(|kind| !matches!(kind, ColumnKind::Number | ColumnKind::Share)),
    };
    (!fits).then(|| says!("the column does not suit {aggregation:?}", aggregation = format!("{:?}", aggregation)))
}

/// Why values of this unit cannot come out of it.
fn unit_problem(aggregation: Aggregation, kind: Option<ColumnKind>, unit: Unit) -> Option<Sentence> {
    use Aggregation::*;
    let money = kind == Some(ColumnKind::Money);
    let fits = match aggregation {
        Count | NUnique | Periods => unit == Unit::Count,
        Any => unit == Unit::Flag,
        DaysSinceLast | DaysSinceFirst | SpanDays => unit == Unit::Days,
        Share => unit == Unit::Share,
        Last | First if kind.is_some_and(is_text) => unit == Unit::Code,
        Last | First if kind == Some(ColumnKind::Flag) => unit == Unit::Flag,
        Sum | Min | Max | Mean | Last | First => unit != Unit::Code && money == (unit == Unit::Fen),
    };
    (!fits).then(|| {
        says!(
            "unit {unit:?} does not suit {aggregation:?}",
            unit = format!("{:?}", unit),
            aggregation = format!("{:?}", aggregation)
        )
    })
}

/// Why a condition cannot hold of the column: another kind of value, or a code that the schema does not
/// have.
fn condition_problem(condition: &Condition, column: &Column) -> Option<Sentence> {
    let fits = match &condition.test {
        Test::Is(values) | Test::Not(values) => {
            !values.is_empty() && values.iter().all(|value| suits(value, column.kind))
        }
        Test::Below(limit) | Test::AtLeast(limit) => is_amount(column.kind) && suits(limit, column.kind),
        Test::Open(_) => column.kind == ColumnKind::Day,
        Test::Known(_) => true,
    };
    (!fits).then(|| {
        says!("{:?} does not suit {} ({})", [format!("{:?}", condition.test), column.name, column.kind.unit()])
    })
}

fn suits(value: &Value, kind: ColumnKind) -> bool {
    match (value, kind) {
        (Value::Flag(_), ColumnKind::Flag)
        | (Value::Integer(_), ColumnKind::Integer | ColumnKind::Money | ColumnKind::Number | ColumnKind::Share)
        | (Value::Text(_), ColumnKind::Text) => true,
        (Value::Number(number), ColumnKind::Number | ColumnKind::Share) => number.is_finite(),
        (Value::Text(code), ColumnKind::Code(codes)) => codes.contains(&code.as_str()),
        _ => false,
    }
}

fn is_amount(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Money | ColumnKind::Integer | ColumnKind::Number | ColumnKind::Share)
}

/// Whether values of this kind are categories.
pub(super) fn is_text(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Text | ColumnKind::Code(_))
}

/// The column whose days an aggregation of days reads.
pub(super) fn day_column(aggregate: &Aggregate) -> &str {
    aggregate.column.as_deref().unwrap_or(EVENT_ON)
}
