//! Figures and matters as lines of tables.

use minijinja::{Value, context};

use crate::domain::{Language, Money};
use crate::error::Result;
use crate::indicators::{Definition, Figure, Measured, Missing, Selection, Sure, Unit};
use crate::report::phrasebook::Phrasebook;
use crate::report::text;
use crate::tasks::{Task, TaskRules};

/// The functions of the command centre, in the order of the founding article.
pub(super) const FUNCTIONS: [&str; 6] = ["cases", "dispatch", "search", "auction", "credit", "publicity"];

/// A value as a person reads it.
pub(super) fn written(value: f64, unit: Unit, language: Language) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "an amount in fen below 2^53")]
    match unit {
        Unit::Percent => format!("{:.1} %", value * 100.0),
        Unit::Number => format!("{value:.2}"),
        Unit::Days => format!("{value:.1}"),
        Unit::Count => grouped(value as i64),
        Unit::Fen => text::amount(Money::from_fen(value as i64), language),
    }
}

/// A whole number in groups of three.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

fn why(missing: &Missing, phrases: &Phrasebook) -> String {
    match missing {
        Missing::Table(table) => format!("{}: {table}", phrases.word("centre", "missing_table")),
        Missing::NoRows => phrases.word("centre", "missing_rows"),
        Missing::NotInUse => phrases.word("centre", "missing_use"),
        Missing::Curve => phrases.word("centre", "missing_curve"),
    }
}

fn line(definition: &Definition, (figure, months): (&Figure, &[Option<f64>]), phrases: &Phrasebook) -> Value {
    let (unit, language) = (definition.unit(), phrases.language());
    let show = |value: f64| written(value, unit, language);
    let counts = (figure.bottom != 0).then(|| {
        // Sums of money are written as such where the figure compares them.
        let is_money =
            unit == Unit::Fen || figure.top.unsigned_abs().max(figure.bottom.unsigned_abs()) > 10_000_000_000;
        let part =
            |number: i64| if is_money { text::amount(Money::from_fen(number), language) } else { grouped(number) };
        format!("{} / {}", part(figure.top), part(figure.bottom))
    });
    let sure = match definition.sure {
        Sure::Primary => "sure_primary",
        Sure::Two => "sure_two",
        Sure::One => "sure_one",
        Sure::Derived => "sure_derived",
        Sure::Unverified => "sure_unverified",
    };
    context! {
        code => definition.code,
        label => definition.label().text(language),
        value => figure.value.map(show),
        interval => figure.interval.map(|(low, high)| format!("{} – {}", show(low), show(high))),
        counts => counts,
        why => figure.missing.as_ref().map(|missing| why(missing, phrases)),
        scope => phrases.word("centre", &format!("scope_{}", definition.scope.code())),
        target => definition.target.map(show),
        source => definition.source,
        note => definition.note,
        sure => phrases.word("centre", sure),
        variant => definition.variant_of,
        region => definition.region,
        left_out => figure.left_out.0 + figure.left_out.1,
        trend => super::charts::spark(months),
    }
}

/// The figures of each function for a selection.
pub(super) fn functions(measured: &Measured, of: &Selection, phrases: &Phrasebook) -> Result<Vec<Value>> {
    let mut groups = Vec::new();
    for group in FUNCTIONS {
        let mut lines = Vec::new();
        for definition in measured.catalog().definitions().iter().filter(|definition| definition.group == group) {
            let figure = measured.figure(&definition.code, of)?;
            let months = (0..measured.period().months())
                .map(|month| Ok(measured.figure(&definition.code, &of.clone().months(month, month))?.value))
                .collect::<Result<Vec<_>>>()?;
            lines.push(line(definition, (&figure, &months), phrases));
        }
        groups.push(context! { id => group, title => phrases.word("centre", group), lines => lines });
    }
    Ok(groups)
}

/// Matters as lines.
pub(super) fn matters(tasks: &[&Task], rules: &TaskRules, phrases: &Phrasebook) -> Vec<Value> {
    let line = |task: &&Task| {
        let rule = rules.rule(&task.code);
        context! {
            label => rule.map(|rule| rule.label().text(phrases.language()).to_owned()),
            court => task.court,
            team => task.team,
            case => task.case_no.clone().unwrap_or_else(|| format!("{:016x}", task.case_id)),
            debtor => task.entity_id.map(|entity| format!("{entity:016x}")),
            due => task.due_on.map(|due| due.to_string()),
            left => task.days_left,
            stake => task.stake.map(|stake| text::amount(stake, phrases.language())),
            hours => text::plain(task.hours),
            hourly => text::amount(Money::from_fen(task.hourly_fen), phrases.language()),
            records => task.records,
        }
    };
    tasks.iter().map(line).collect()
}
