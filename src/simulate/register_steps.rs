//! Writes three tables of the register: money held by the court, reviews of closings, published steps.
//!
//! All follow from the course of a case: each receipt is one of its payments, a review looks at its
//! closing, and steps are published some days after they happened, or late.

use super::register::{Handled, Register};
use crate::domain::Day;

/// Receipts of what was recovered, and when they were paid out.
pub(super) fn money(register: &mut Register, handled: &Handled<'_>) {
    let mut draw = handled.draw("case_funds");
    for (at, payment) in handled.course.payments.iter().enumerate() {
        let is_late = draw.chance(0.06);
        let days = if is_late { draw.between(31, 160) } else { draw.between(2, 28) };
        let reason = draw.weighted(&[("dispute", 3), ("distribution", 4), ("payee", 2), ("other_court", 1)]);
        let (number, paid) = (handled.number("K", at), payment.on.plus_days(days));
        for known in [payment.on, paid] {
            let is_out = known == paid;
            let values = [
                ("receipt", (&number).into()),
                ("amount_fen", payment.amount_fen.into()),
                ("paid_on", is_out.then_some(paid).into()),
                ("paid_fen", if is_out { payment.amount_fen } else { 0 }.into()),
                ("held_for", if is_late && !is_out { reason } else { "nothing" }.into()),
            ];
            register.add("case_funds", handled.stamp(payment.on, known), &values);
        }
    }
}

/// What the register says of a closing.
pub(super) fn reviews(register: &mut Register, handled: &Handled<'_>, sold: Option<(Day, Day)>) {
    let mut draw = handled.draw("closing_reviews");
    let (case, course) = (handled.case, handled.course);
    let [is_searched, is_heard, is_inspected, is_careless] = [0.97, 0.95, 0.12, 0.03].map(|chance| draw.chance(chance));
    let is_restricted = draw.chance(0.96);
    let days = course.closing.on.days_since(case.filed);
    let auction = sold.map_or(0, |(first, last)| last.min(course.closing.on).days_since(first).max(0));
    let stay = if days > 290 { days - 182 - draw.between(0, 60) } else { 0 };
    let extended = if draw.chance(0.05) { 90 } else { 0 };
    let is_property = !course.payments.is_empty();
    let meets = is_searched && is_heard && is_restricted && days > 90 && !is_careless;
    let is_checked = is_inspected && course.closing.manner == "no_result";
    let values = [
        ("due_fen", case.owed_fen().into()),
        ("deducted_days", (auction + stay.max(0)).into()),
        ("extended_days", extended.into()),
        ("is_property", is_property.into()),
        ("is_searched", is_searched.into()),
        ("is_restricted", is_restricted.into()),
        ("is_heard", is_heard.into()),
        ("is_inspected", is_checked.into()),
        ("is_qualified", is_checked.then_some(meets).into()),
    ];
    register.add("closing_reviews", handled.stamp(course.closing.on, course.closing.on), &values);
}

/// The steps of a case and when they were published.
pub(super) fn steps(register: &mut Register, handled: &Handled<'_>, sold: Option<(Day, Day)>) {
    let mut draw = handled.draw("disclosures");
    let (case, course) = (handled.case, handled.course);
    let nodes = [
        ("filing", Some(case.filed)),
        ("query", Some(case.filed.plus_days(draw.between(1, 5)))),
        ("auction", sold.map(|(first, _)| first)),
        ("money", course.payments.first().map(|payment| payment.on)),
        ("listing", handled.listings.first().map(|(_, day)| *day)),
        ("closing", Some(course.closing.on)),
    ];
    for (node, day) in nodes {
        let Some(on) = day else { continue };
        let published = match draw.unit() {
            roll if roll < 0.93 => Some(on.plus_days(draw.between(0, 5))),
            roll if roll < 0.98 => Some(on.plus_days(draw.between(6, 40))),
            _ => None,
        };
        let values = [("node", node.into()), ("published_on", published.into())];
        register.add("disclosures", handled.stamp(on, published.unwrap_or(on)), &values);
    }
}
