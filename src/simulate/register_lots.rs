//! Simulates auctions: lots, rounds and prices.
//!
//! A lot that was sold brings the payment that the course of the case has; so rounds are drawn backwards
//! from the price. Half of the lots sell in the first round; a lot that failed is offered again for less. A
//! notice stands before the bidding for as long as its kind of lot needs.

use super::course::Payment;
use super::draw::{Draw, part};
use super::register::{Handled, Register};
use crate::domain::Day;

/// A thing to be sold.
struct Lot {
    number: String,
    kind: &'static str,
    appraisal_fen: i64,
}

/// One round of bidding and how it ended.
struct Round {
    nth: i64,
    /// The day the bidding began; the notice stands before it by the kind of lot.
    opened: Day,
    opening_fen: i64,
    outcome: &'static str,
    price_fen: Option<i64>,
}

/// Adds every round of a case's auctions; the first notice and the last end, if there was any.
pub(super) fn lots(register: &mut Register, handled: &Handled<'_>) -> Option<(Day, Day)> {
    let mut draw = handled.draw("auctions");
    let sold = handled.course.payments.iter().filter(|payment| payment.manner == "auction");
    let mut span: Option<(Day, Day)> = None;
    for (at, payment) in sold.enumerate() {
        let rounds = of_sale(&mut draw, payment);
        let appraisal = rounds.first().map_or(0, |round| part(round.opening_fen, 1.0 / 0.7));
        let lot = lot(handled, (payment.member, at), appraisal);
        span = tell(register, handled, (&lot, &rounds)).or(span);
    }
    let is_tried = span.is_none() && handled.course.closing.performance != "full" && draw.chance(0.5);
    let fixed = handled.group.members.first().map_or(0, |member| member.estate.fixed_fen());
    if is_tried && fixed > 0 {
        let lot = lot(handled, (0, 0), fixed);
        let opened = handled.case.filed.plus_days(draw.between(100, 160));
        let outcome = draw.weighted(&[("failed", 4), ("withdrawn", 1)]);
        let first = Round { nth: 1, opened, opening_fen: part(fixed, 0.7), outcome, price_fen: None };
        let mut rounds = vec![first];
        if outcome == "failed" {
            let opened = opened.plus_days(30);
            rounds.push(Round { nth: 2, opened, opening_fen: part(fixed, 0.56), outcome: "failed", price_fen: None });
        }
        span = tell(register, handled, (&lot, &rounds));
    }
    span
}

/// The rounds of a lot that was sold: half of them in the first.
fn of_sale(draw: &mut Draw, payment: &Payment) -> Vec<Round> {
    let price = part(payment.amount_fen, draw.uniform(1.0, 1.2));
    let opening = part(price, 1.0 / draw.uniform(1.0, 1.4));
    let ended = payment.on.plus_days(-draw.between(8, 15));
    let nth = draw.weighted(&[(1i64, 54), (2, 30), (3, 16)]);
    let before = (1..nth).map(|round| {
        let back = i32::try_from(nth - round).unwrap_or_default();
        // Each round opens at four fifths of the one before; the sale at the price of the second.
        let step = if nth == 3 && round == 2 { 1.0 } else { 1.0 / 0.8 };
        Round {
            nth: round,
            opened: ended.plus_days(-1 - 32 * back),
            opening_fen: part(opening, step),
            outcome: "failed",
            price_fen: None,
        }
    });
    let mut rounds: Vec<Round> = before.collect();
    rounds.push(Round {
        nth,
        opened: ended.plus_days(-1),
        opening_fen: opening,
        outcome: "sold",
        price_fen: Some(price.max(opening)),
    });
    rounds
}

fn lot(handled: &Handled<'_>, (member, at): (usize, usize), appraisal_fen: i64) -> Lot {
    let estate = handled.group.members.get(member).map(|member| &member.estate);
    let home = estate.and_then(|estate| estate.homes.iter().find(|home| home.disposal.is_none()));
    let vehicle = estate.and_then(|estate| estate.vehicles.iter().find(|vehicle| vehicle.disposal.is_none()));
    match (home, vehicle) {
        (Some(home), _) => Lot { number: home.unit.clone(), kind: kind_of(home.kind), appraisal_fen },
        (None, Some(vehicle)) => Lot { number: vehicle.plate.clone(), kind: "vehicle", appraisal_fen },
        (None, None) => Lot { number: handled.number("P", at), kind: "goods", appraisal_fen },
    }
}

fn tell(register: &mut Register, handled: &Handled<'_>, (lot, rounds): (&Lot, &[Round])) -> Option<(Day, Day)> {
    let mut span: Option<(Day, Day)> = None;
    for round in rounds {
        let notice = round.opened.plus_days(match (round.nth, lot.kind) {
            (1, "vehicle" | "goods") => -15,
            (1, _) => -30,
            (_, "vehicle" | "goods") => -7,
            (_, _) => -15,
        });
        let ended = round.opened.plus_days(1);
        if notice < handled.case.filed || !register.sees(notice) {
            continue;
        }
        span = Some((span.map_or(notice, |(first, _)| first), ended));
        for known in [notice, ended] {
            let is_over = known == ended;
            let values = [
                ("lot", (&lot.number).into()),
                ("round", round.nth.into()),
                ("kind", lot.kind.into()),
                ("appraisal_fen", lot.appraisal_fen.into()),
                ("opening_fen", round.opening_fen.into()),
                ("opened_on", round.opened.into()),
                ("ended_on", is_over.then_some(ended).into()),
                ("outcome", if is_over { round.outcome } else { "open" }.into()),
                ("price_fen", round.price_fen.filter(|_| is_over).into()),
                ("bidders", is_over.then_some(i64::from(round.price_fen.is_some())).into()),
            ];
            register.add("auctions", handled.stamp(notice, known), &values);
        }
    }
    span
}

/// The kind of lot that a piece of real estate is.
fn kind_of(kind: &'static str) -> &'static str {
    match kind {
        "home" | "commercial" | "land" | "parking" => kind,
        _ => "other",
    }
}
