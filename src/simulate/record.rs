//! Writes the court's own rows: parties of cases, orders, payments, closings.
//!
//! These rows are known on the day they happen, since the court itself makes them. What other courts
//! ordered before is known when the first query of this court finds it.

use std::collections::BTreeMap;

use super::course::{Course, play};
use super::district::{District, Stamp};
use super::draw::Draw;
use super::group::{Case, Founder, Group, Member, Will};
use super::inquiry::Inquiry;
use super::sheet::Value;
use super::truth::tell;
use crate::domain::Day;

/// Adds all rows about one group.
pub(super) fn record(district: &mut District, founder: &Founder<'_>, mut group: Group) {
    let courses = play(&group, &mut founder.key.draw("course", group.index, 0));
    let mut draw = founder.key.draw("docket", group.index, 0);
    for (case, course) in group.cases.iter().zip(&courses) {
        docket(district, &group, (case, course));
    }
    let n_members = group.members.len();
    for (nth, member) in (0u64..).zip(&mut group.members) {
        let n_cases = if nth == 0 { group.cases.len() } else { 1 };
        let (cases, courses): (Vec<&Case>, Vec<&Course>) = group.cases.iter().zip(&courses).take(n_cases).unzip();
        let Some(first) = cases.first().map(|case| case.filed) else { continue };
        debtor_party(district, member, first);
        earlier_sanctions(district, &mut draw, member, first);
        for (case, course) in cases.iter().zip(&courses) {
            sanctions(district, &mut draw, member, (case, course));
        }
        let mut draw = founder.key.draw("inquiry", group.index, nth);
        let (params, registry) = (founder.params, founder.registry);
        let portion = group.portion.map(|whole| {
            let second =
                if n_members > 1 { whole.of_second(group.index, group.cases.len() as u64) } else { Default::default() };
            if nth == 0 { whole.minus(second) } else { second }
        });
        Inquiry {
            district,
            params,
            registry,
            draw: &mut draw,
            member,
            cases: &cases,
            courses: &courses,
            portion,
            shown: BTreeMap::new(),
        }
        .conduct();
    }
    tell(district, &group);
}

fn debtor_party(district: &mut District, member: &Member, filed: Day) {
    let stamp = Stamp { owner: &member.id, event: filed, known: filed };
    let values = [
        ("kind", member.kind.into()),
        ("name", (&member.name).into()),
        ("number", (&member.id).into()),
        ("region", member.region.into()),
    ];
    district.add("parties", stamp, &values);
}

fn docket(district: &mut District, group: &Group, about: (&Case, &Course)) {
    let (case, course) = about;
    let stamp = Stamp { owner: &case.number, event: case.filed, known: case.filed };
    district.add(
        "cases",
        stamp,
        &[
            ("case_no", (&case.number).into()),
            ("court", case.court.into()),
            ("kind", if case.is_resumed { "resumed" } else { "first" }.into()),
            ("cause", case.cause.into()),
            ("title", case.title.into()),
            ("claim_fen", case.claim_fen.into()),
            ("interest_fen", case.interest_fen.into()),
            ("fee_fen", case.fee_fen.into()),
            ("served_on", case.served.into()),
            ("due_on", case.due.into()),
            ("is_secured", case.is_secured.into()),
            ("is_livelihood", matches!(case.cause, "labour" | "support" | "tort").into()),
        ],
    );
    let mut stand = |id: &str, role: &'static str| {
        district.add("case_parties", stamp, &[("entity_id", id.into()), ("role", role.into())]);
    };
    for (nth, member) in group.members.iter().enumerate() {
        if let Some(role) = if nth == 0 { Some("debtor") } else { case.co_role } {
            stand(&member.id, role);
        }
    }
    stand(&case.creditor.id, "creditor");
    if !case.creditor.is_shared {
        let creditor = &case.creditor;
        let stamp = Stamp { owner: &creditor.id, ..stamp };
        let values =
            [("kind", creditor.kind.into()), ("name", (&creditor.name).into()), ("number", (&creditor.id).into())];
        district.add("parties", stamp, &values);
    }
    for payment in &course.payments {
        let stamp = Stamp { owner: &case.number, event: payment.on, known: payment.on.plus_days(1) };
        let payer = group.members.get(payment.member).map(|member| member.id.as_str());
        let values =
            [("entity_id", payer.into()), ("amount_fen", payment.amount_fen.into()), ("manner", payment.manner.into())];
        district.add("payments", stamp, &values);
    }
    let closing = &course.closing;
    let stamp = Stamp { owner: &case.number, event: closing.on, known: closing.on };
    let values: [(&str, Value<'_>); 3] = [
        ("manner", closing.manner.into()),
        ("performance", closing.performance.into()),
        ("recovered_fen", closing.recovered_fen.into()),
    ];
    district.add("closings", stamp, &values);
}

/// What other courts had ordered before: the poor and the unwilling have been here already.
fn earlier_sanctions(district: &mut District, draw: &mut Draw, member: &Member, filed: Day) {
    let Some((kind, event)) = earlier(draw, member, filed) else { return };
    let stamp = Stamp { owner: &member.id, event, known: filed.plus_days(1) };
    let circumstance = (kind == "defaulter_list").then(|| i64::from(draw.pick(&[1, 1, 3, 4])));
    district.add("sanctions", stamp, &[("kind", kind.into()), ("circumstance", circumstance.into())]);
}

fn earlier(draw: &mut Draw, member: &Member, filed: Day) -> Option<(&'static str, Day)> {
    let probability = match member.will {
        _ if member.is_empty => 0.30,
        Will::Hiding => 0.22,
        Will::Reluctant => 0.13,
        Will::Willing => 0.05,
    };
    if !draw.chance(probability) {
        return None;
    }
    let event = filed.plus_days(-draw.between(20, 900));
    Some((draw.weighted(&[("defaulter_list", 3), ("consumption_order", 4)]), event))
}

/// The listings of a group: number of the case, of the debtor, and the day. The draws are those of the sanctions told.
pub(super) fn listed(draw: &mut Draw, group: &Group, courses: &[Course]) -> Vec<(u64, usize, Day)> {
    let mut listed = Vec::new();
    for (nth, member) in group.members.iter().enumerate() {
        let n_cases = if nth == 0 { group.cases.len() } else { 1 };
        let Some(first) = group.cases.first().map(|case| case.filed) else { continue };
        if earlier(draw, member, first).is_some_and(|(kind, _)| kind == "defaulter_list") {
            draw.pick(&[1, 1, 3, 4]);
        }
        for (case, (filed, course)) in (0u64..).zip(group.cases.iter().zip(courses)).take(n_cases) {
            let all = ordered(draw, member, (filed, course)).into_iter();
            listed.extend(all.filter(|order| order.kind == "defaulter_list").map(|order| (case, nth, order.event)));
        }
    }
    listed
}

/// One order against a debtor.
struct Ordered {
    kind: &'static str,
    event: Day,
    amount: Option<i64>,
    circumstance: Option<i64>,
}

/// What was ordered against a debtor in one case.
fn ordered(draw: &mut Draw, member: &Member, (case, course): (&Case, &Course)) -> Vec<Ordered> {
    let over = course.paid_on().unwrap_or(course.closing.on);
    let (listed, fined) = match member.will {
        _ if member.is_empty => (0.35, 0.01),
        Will::Hiding => (0.45, 0.07),
        Will::Reluctant => (0.30, 0.03),
        Will::Willing => (0.08, 0.0),
    };
    let plan: [(&'static str, f64, (i32, i32)); 5] = [
        ("report_order", 1.0, (2, 7)),
        ("consumption_order", 0.7, (14, 45)),
        ("defaulter_list", listed, (35, 110)),
        ("fine", fined, (40, 150)),
        ("detention", fined / 2.0, (50, 170)),
    ];
    let mut orders = Vec::new();
    for (kind, probability, (least, most)) in plan {
        let (is_ordered, event) = (draw.chance(probability), case.filed.plus_days(draw.between(least, most)));
        let amount = (kind == "fine").then(|| i64::from(draw.between(2, 50)) * 100_000);
        let circumstance = (kind == "defaulter_list").then(|| i64::from(draw.pick(&[1, 1, 3, 4, 4, 5])));
        if is_ordered && event <= over {
            orders.push(Ordered { kind, event, amount, circumstance });
        }
    }
    orders
}

fn sanctions(district: &mut District, draw: &mut Draw, member: &Member, (case, course): (&Case, &Course)) {
    let lifted = course.paid_on().map(|day| day.plus_days(3));
    for Ordered { kind, event, amount, circumstance } in ordered(draw, member, (case, course)) {
        let stamp = Stamp { owner: &member.id, event, known: event };
        district.add(
            "sanctions",
            stamp,
            &[
                ("case_id", (&case.number).into()),
                ("kind", kind.into()),
                ("circumstance", circumstance.into()),
                ("amount_fen", amount.into()),
                ("until_on", (kind == "defaulter_list").then(|| event.plus_months(24)).into()),
            ],
        );
        // The lifting is a later row: nobody knows on the day of listing when it will end.
        if let (Some(day), true) = (lifted, kind == "defaulter_list") {
            let stamp = Stamp { known: day, ..stamp };
            let values = [
                ("case_id", (&case.number).into()),
                ("kind", kind.into()),
                ("circumstance", circumstance.into()),
                ("lifted_on", day.into()),
            ];
            district.add("sanctions", stamp, &values);
        }
    }
}
