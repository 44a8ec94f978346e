//! Computed columns of a mapping, compiled for one file.
//!
//! A computed column may need another one. They are compiled in the order in which they are needed, and
//! stand after the file's own columns in the row, so that rules and conditions need not know which is
//! which.

use super::compile::{Compiler, reading_as};
use super::computed::{Computation, Computed, Part, Value};
use crate::ingest::mapping::{ColumnRule, ComputedRule, Measure, MoneyUnit, Operand, SourceRule};
use crate::schema::ColumnKind;

impl Compiler<'_> {
    /// Compiles the computed columns of a source, each after those it needs.
    pub(super) fn computed(&mut self, source: &SourceRule) -> Computed {
        let mut computed = Computed::default();
        for name in source.computed.keys() {
            self.compute(source, name, &mut computed);
        }
        computed
    }

    /// The place of a computed column among those compiled. The mapping's check has seen that no column needs itself.
    fn compute(&mut self, source: &SourceRule, name: &str, computed: &mut Computed) -> usize {
        if let Some(at) = computed.0.iter().position(|made| made.name == name) {
            return at;
        }
        if let Some(rule) = source.computed.get(name) {
            let of = rule.of.iter().map(|operand| self.part((source, rule), operand, computed)).collect();
            computed.0.push(Computation { name: name.to_owned(), op: rule.op, of });
        }
        computed.0.len().saturating_sub(1)
    }

    fn part(
        &mut self,
        (source, rule): (&SourceRule, &ComputedRule),
        operand: &Operand,
        computed: &mut Computed,
    ) -> Part {
        match operand {
            Operand::Column(name) if source.computed.contains_key(name) => {
                Part::Made(self.compute(source, name, computed))
            }
            Operand::Column(name) => {
                let kind = match rule.read_as() {
                    Measure::Money => ColumnKind::Money,
                    Measure::Day => ColumnKind::Day,
                    Measure::Number | Measure::Days | Measure::Flag => ColumnKind::Number,
                };
                let read = ColumnRule {
                    unit: rule.unit,
                    decimal: rule.decimal,
                    date: rule.date.clone(),
                    ..ColumnRule::default()
                };
                let (reading, null) = (reading_as(kind, &read), source.null.clone());
                Part::Read { column: self.index(name), name: name.clone(), reading, null }
            }
            Operand::Integer(number) => {
                Part::Fixed(Value::Whole(number.saturating_mul(rule.unit.map_or(1, MoneyUnit::fen))))
            }
            Operand::Number(number) => Part::Fixed(Value::Number(*number)),
            Operand::Day(day) => Part::Fixed(Value::Whole(day_number(day))),
        }
    }
}

/// Days since 1970-01-01; the mapping's check has seen that it is a day.
fn day_number(day: &toml::value::Datetime) -> i64 {
    let day = day.date.and_then(|date| crate::domain::Day::new(date.year.into(), date.month.into(), date.day.into()));
    day.map_or(0, |day| day.number().into())
}
