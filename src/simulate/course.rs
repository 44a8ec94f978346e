//! Simulates how each case goes: what is paid, when, and how it closes. Means, will, effort and luck
//! decide.
//!
//! ```text
//! means of the members ─┐
//! will of each ─────────┼─► pays of his own accord │ is made to pay │ family helps │ nothing
//! luck, pace ───────────┘        └─ payments with day, amount, manner ─► closing with performance
//! ```
//!
//! Cases of one group are played in the order of filing: what an earlier one took is gone for the next.
//! Nothing here knows what any agency will answer; the court's knowledge comes later and follows from the
//! same truth.

use super::draw::{Draw, part};
use super::group::{Case, Group, Will, income_fen};
use crate::domain::Day;

/// One sum that came in, on the day it was received.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) on: Day,
    /// In fen, more than zero.
    pub(super) amount_fen: i64,
    /// A code of `payments.manner`: `voluntary`, `deduction`, `wage`, `auction` and others.
    pub(super) manner: &'static str,
    /// Whose money it was, by the number of the member in the group.
    pub(super) member: usize,
}

/// How a case ended.
#[derive(Debug, Clone)]
pub(super) struct Closing {
    pub(super) on: Day,
    pub(super) manner: &'static str,
    /// A code of `closings.performance`: `full`, `partial` or `none`.
    pub(super) performance: &'static str,
    /// What the payments up to that day come to, in fen.
    pub(super) recovered_fen: i64,
}

/// The course of one case; days may lie beyond what was observed.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub(super) payments: Vec<Payment>,
    pub(super) closing: Closing,
}

impl Course {
    /// The day from which nothing is owed, if there is one.
    pub(super) fn paid_on(&self) -> Option<Day> {
        (self.closing.performance == "full").then(|| self.payments.last().map_or(self.closing.on, |last| last.on))
    }
}

/// What is still there to be taken from one debtor.
///
/// In fen; what one case takes is no longer there for the next.
#[derive(Debug, Clone, Copy, Default)]
struct Left {
    liquid: i64,
    wage: i64,
    fixed: i64,
    cash: i64,
    hidden: i64,
}

/// Plays all cases of a group in the order of filing; each leaves less to the next.
pub(super) fn play(group: &Group, draw: &mut Draw) -> Vec<Course> {
    let mut lefts: Vec<Left> = group
        .members
        .iter()
        .map(|member| Left {
            liquid: member.estate.liquid_fen(),
            wage: income_fen(&member.estate),
            fixed: member.estate.fixed_fen(),
            cash: member.estate.cash_fen,
            hidden: member.hidden_fen,
        })
        .collect();
    group
        .cases
        .iter()
        .map(|case| Play { group, case, draw, lefts: &mut lefts, payments: Vec::new() }.course())
        .collect()
}

struct Play<'a> {
    group: &'a Group,
    case: &'a Case,
    draw: &'a mut Draw,
    lefts: &'a mut [Left],
    payments: Vec<Payment>,
}

impl Play<'_> {
    /// Few cases end at once, because the creditor gives up or an objection holds; the others go through
    /// every member until nothing is due or nothing is left.
    fn course(mut self) -> Course {
        let owed = self.case.owed_fen();
        if self.draw.chance(0.03) {
            let on = self.after(20, 150);
            return self.closed(on, "withdrawn", owed);
        }
        let mut due = owed;
        let members = if self.case.co_role.is_some() { self.group.members.len() } else { 1 };
        // Somebody objects, another court comes first, nobody bids: then nothing moves.
        let is_blocked = self.draw.chance(0.08);
        for member in 0..if is_blocked { 0 } else { members } {
            due -= self.take(member, due);
        }
        if due == owed && self.draw.chance(0.15) {
            due -= self.help(due);
        }
        if due > 0 && due * 4 < owed && self.draw.chance(0.35) {
            due = 0;
        }
        self.payments.sort_by_key(|payment| (payment.on, payment.amount_fen));
        let last = self.payments.last().map(|payment| payment.on);
        if due <= 0 {
            let on = last.unwrap_or(self.case.filed).plus_days(self.draw.between(1, 12));
            return self.closed(on, "completed", owed);
        }
        let manner = match self.payments.is_empty() {
            true => self.draw.weighted(&[("no_result", 93), ("terminated", 5), ("refused", 2)]),
            false => self.draw.weighted(&[("no_result", 80), ("settled", 17), ("terminated", 3)]),
        };
        let (resting, rest) = self.group.resting_share.map_or((0.06, (300, 1_100)), |share| (share, (800, 1_500)));
        let (searched, is_stayed) = (self.after(93, 182), self.draw.chance(resting));
        let searched = if is_stayed { self.case.filed.plus_days(self.draw.between(rest.0, rest.1)) } else { searched };
        let lump = self.payments.iter().filter(|payment| payment.manner != "wage").map(|payment| payment.on).max();
        let on = lump.map_or(searched, |day| day.plus_days(5).max(searched));
        self.closed(on, manner, owed)
    }

    fn after(&mut self, least: i32, most: i32) -> Day {
        let beyond = f64::from(self.draw.between(least, most) - least) * self.group.pace;
        #[allow(clippy::cast_possible_truncation, reason = "some hundred days")]
        let beyond = libm::round(beyond) as i32;
        self.case.filed.plus_days(least + beyond)
    }

    fn pay(&mut self, member: usize, on: Day, paid: (i64, &'static str)) {
        if paid.0 > 0 {
            self.payments.push(Payment { on, amount_fen: paid.0, manner: paid.1, member });
        }
    }

    /// Takes what can be had of one debtor, by the way his will leaves open.
    fn take(&mut self, member: usize, due: i64) -> i64 {
        let will = self.group.members.get(member).map_or(Will::Reluctant, |member| member.will);
        let Some(mut left) = self.lefts.get(member).copied() else { return 0 };
        let before = due;
        let mut due = due;
        if will == Will::Willing && self.draw.chance(0.85) {
            due -= self.volunteer(member, &mut left, due);
        } else {
            if will == Will::Reluctant && self.draw.chance(0.35) {
                due -= self.volunteer(member, &mut left, due);
            }
            due -= self.force(member, &mut left, due);
            if left.hidden > 0 && due > 0 && self.draw.chance(0.30) {
                let found = left.hidden.min(due);
                left.hidden -= found;
                let (on, manner) = (self.after(90, 300), self.draw.pick(&["deduction", "settlement", "voluntary"]));
                self.pay(member, on, (found, manner));
                due -= found;
            }
        }
        if let Some(slot) = self.lefts.get_mut(member) {
            *slot = left;
        }
        before - due
    }

    /// Pays of his own accord: from what is liquid, then from what he sells himself.
    fn volunteer(&mut self, member: usize, left: &mut Left, due: i64) -> i64 {
        let ready = (left.liquid + left.cash).min(due);
        let from_cash = ready.min(left.cash);
        left.cash -= from_cash;
        left.liquid -= ready - from_cash;
        let on = self.after(6, 80);
        self.pay(member, on, (ready, "voluntary"));
        let mut rest = due - ready;
        if rest > 0 && self.draw.chance(0.7) {
            let sold = part(left.fixed, self.draw.uniform(0.9, 1.05)).min(rest);
            left.fixed = (left.fixed - sold).max(0);
            let on = self.after(60, 260);
            self.pay(member, on, (sold, "settlement"));
            rest -= sold;
        }
        due - rest + self.wages(member, left, rest)
    }

    /// Is made to pay: deduction, wages, auction; each may fail.
    fn force(&mut self, member: usize, left: &mut Left, due: i64) -> i64 {
        let mut rest = due;
        if self.draw.chance(0.93) {
            let deducted = part(left.liquid, self.draw.uniform(0.85, 1.0)).min(rest);
            // Balances below this are left alone.
            let deducted = if deducted < 50_000 && deducted < rest { 0 } else { deducted };
            left.liquid -= deducted;
            let on = self.after(12, 70);
            self.pay(member, on, (deducted, "deduction"));
            rest -= deducted;
        }
        if left.fixed > 0 && self.draw.chance(0.82) {
            let sold = part(left.fixed, self.draw.uniform(0.75, 1.1)).min(rest);
            left.fixed = (left.fixed - sold).max(0);
            let on = self.after(110, 340);
            let manner = if self.draw.chance(0.9) { "auction" } else { "in_kind" };
            self.pay(member, on, (sold, manner));
            rest -= sold;
        }
        let wages = if self.draw.chance(0.8) { self.wages(member, left, rest) } else { 0 };
        due - rest + wages
    }

    /// A year of deductions, passed on every quarter, or as many as are needed.
    fn wages(&mut self, member: usize, left: &mut Left, due: i64) -> i64 {
        let (quarterly, first) = (left.wage / 4, self.after(60, 110));
        let mut taken = 0;
        for quarter in 0..4 {
            let amount = quarterly.min(due - taken);
            self.pay(member, first.plus_months(3 * quarter), (amount, "wage"));
            taken += amount.max(0);
        }
        left.wage -= taken;
        taken
    }

    /// Where there is nothing, family sometimes pays.
    fn help(&mut self, due: i64) -> i64 {
        let share = if self.draw.chance(0.5) { self.draw.uniform(0.02, 0.2) } else { self.draw.uniform(0.2, 1.3) };
        let given = part(due, share).min(due);
        let on = self.after(15, 200);
        self.pay(0, on, (given, "voluntary"));
        given
    }

    fn closed(self, on: Day, manner: &'static str, owed: i64) -> Course {
        let recovered_fen: i64 =
            self.payments.iter().filter(|payment| payment.on <= on).map(|payment| payment.amount_fen).sum();
        let performance = match manner {
            "completed" => "full",
            _ if recovered_fen * 100 >= owed => "partial",
            _ => "none",
        };
        Course { payments: self.payments, closing: Closing { on, manner, performance, recovered_fen } }
    }
}
