//! Figures and matters as lines of tables.
//!
//! A figure that the data cannot give is shown as missing, with the reason, and never as zero. Rows that
//! count nowhere because they lack a day are told beside the figure.

use minijinja::{Value, context};

use crate::domain::{Language, Money};
use crate::error::Result;
use crate::indicators::{Definition, Figure, Measured, Missing, Selection, Sure, Unit};
use crate::report::Links;
use crate::report::phrasebook::Phrasebook;
use crate::report::text;
use crate::tasks::{Task, TaskRules};

/// The functions of the command centre, in the order of the founding article.
pub(super) const FUNCTIONS: [&str; 6] = ["cases", "dispatch", "search", "auction", "credit", "publicity"];

/// What counts nowhere: such rows are known of the whole alone, so that pages of courts and teams
/// are silent about them.
fn left_out(definition: &Definition, figure: &Figure, phrases: &Phrasebook) -> Vec<String> {
    let (undated, astray) = figure.left_out;
    let undated_key = if definition.is_by_closing() { "still_open" } else { "undated" };
    let counts = [(undated_key, undated), ("astray", astray)].into_iter().filter(|(_, count)| *count > 0);
    let told = |(key, count): (&str, u64)| {
        phrases.word("centre", key).replace("{count}", &grouped(i64::try_from(count).unwrap_or(i64::MAX)))
    };
    counts.map(told).collect()
}

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
        Missing::Beyond => phrases.word("centre", "missing_beyond"),
    }
}

fn line(definition: &Definition, (figure, months): (&Figure, &[Option<f64>]), phrases: &Phrasebook) -> Value {
    let (unit, language) = (definition.unit(), phrases.language());
    let show = |value: f64| written(value, unit, language);
    let counts = (figure.bottom != 0).then(|| {
        let part = |number: i64, is_money: bool| {
            if is_money { text::amount(Money::from_fen(number), language) } else { grouped(number) }
        };
        let is_money = definition.is_money();
        format!("{} / {}", part(figure.top, is_money.0), part(figure.bottom, is_money.1))
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
        source => definition.source.text(language),
        note => definition.note.as_ref().map(|note| note.text(language).to_owned()),
        sure => phrases.word("centre", sure),
        variant => definition.variant_of,
        region => definition.region.as_ref().map(|region| region.text(language).to_owned()),
        trend => super::charts::spark(months),
    }
}

/// The part of a selection that is ripe for an indicator; all of it where no month is.
fn ripe_part(measured: &Measured, code: &str, of: &Selection) -> Selection {
    match measured.ripe_months(code) {
        ripe if ripe > 0 && ripe < measured.period().months() => of.clone().months(0, ripe - 1),
        _ => of.clone(),
    }
}

/// The figures of each function for a selection.
pub(super) fn functions(measured: &Measured, of: &Selection, phrases: &Phrasebook) -> Result<Vec<Value>> {
    let mut groups = Vec::new();
    for group in FUNCTIONS {
        let mut lines = Vec::new();
        for definition in measured.catalog().definitions().iter().filter(|definition| definition.group == group) {
            let figure = measured.figure(&definition.code, &ripe_part(measured, &definition.code, of))?;
            let (months, ripe) = (measured.period().months(), measured.ripe_months(&definition.code));
            let unripe = months - ripe;
            let months = (0..ripe)
                .map(|month| Ok(measured.figure(&definition.code, &of.clone().months(month, month))?.value))
                .collect::<Result<Vec<_>>>()?;
            let of_line = line(definition, (&figure, &months), phrases);
            let told = phrases.word("centre", "unripe").replace("{months}", &unripe.to_string());
            let is_whole = of.courts.is_empty() && of.team.is_none();
            let left_out = if is_whole { left_out(definition, &figure, phrases) } else { Vec::new() };
            lines.push(context! { left_out => left_out, unripe => (unripe > 0).then_some(told), ..of_line });
        }
        groups.push(context! { id => group, title => phrases.word("centre", group), lines => lines });
    }
    Ok(groups)
}

/// Days until the end of a term, or since.
fn days_left(task: &Task, left: i32, phrases: &Phrasebook) -> String {
    if left >= 0 {
        return left.to_string();
    }
    let words = phrases.word("centre", if task.is_lapsed() { "lapsed" } else { "overdue" });
    words.replace("{days}", &left.unsigned_abs().to_string())
}

/// Matters as lines.
pub(super) fn matters(tasks: &[&Task], rules: &TaskRules, (links, phrases): (&Links, &Phrasebook)) -> Vec<Value> {
    let line = |task: &&Task| {
        let rule = rules.rule(&task.code);
        let debtor = task.entity_id.map(|entity| format!("{entity:016x}"));
        context! {
            label => rule.map(|rule| rule.label().text(phrases.language()).to_owned()),
            court => task.court,
            team => task.team,
            case => task.case_no.clone().unwrap_or_else(|| format!("{:016x}", task.case_id)),
            portrait => debtor.as_ref().and_then(|debtor| links.debtors.get(debtor)),
            debtor => debtor,
            due => task.due_on.map(|due| due.to_string()),
            left => task.days_left.map(|left| days_left(task, left, phrases)),
            is_late => task.days_left.is_some_and(|left| left < 0),
            stake => task.stake.map(|stake| text::amount(stake, phrases.language())),
            hours => text::plain(task.hours),
            hourly => text::amount(Money::from_fen(task.hourly_fen), phrases.language()),
            records => task.records,
        }
    };
    tasks.iter().map(line).collect()
}
