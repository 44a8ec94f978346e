//! Writes what agencies answer about movements: transactions, income, invoices, spending, journeys.
//!
//! Balances are counted back from the last one, so that a statement of an account adds up. Rates are
//! expected rows per month of one debtor; planted spending of somebody who declared nothing is told when
//! the source that saw it answers, and not before.

use super::draw::{days, fen, part};
use super::group::employer;
use super::inquiry::{Answer, Inquiry};
use super::names::PLACES;
use crate::domain::Day;

/// One movement of an account before it becomes a row.
struct Movement {
    on: Day,
    is_in: bool,
    kind: &'static str,
    amount_fen: i64,
    other: Option<String>,
    act: Option<usize>,
}

impl Inquiry<'_> {
    fn first_filed(&self) -> Day {
        self.cases.first().map_or(self.params.first_filing, |case| case.filed)
    }

    /// A count with this mean: its whole part, and one more by chance.
    fn count(&mut self, mean: f64) -> i32 {
        let spread = mean * self.draw.uniform(0.5, 1.5);
        let whole = days(libm::floor(spread));
        whole + i32::from(self.draw.chance(spread - f64::from(whole)))
    }

    fn history_day(&mut self, until: Day) -> Day {
        let span = i32::try_from(self.params.history_months).unwrap_or(12) * 30;
        until.plus_days(-self.draw.between(1, span))
    }

    /// The history of one account, balances counted back from the last.
    pub(super) fn transactions(&mut self, at: usize, known: Day) {
        let Some(account) = self.member.estate.accounts.get(at).cloned() else { return };
        let filed = self.first_filed();
        let planted = self.member.moves.iter().filter(|gone| gone.account == at);
        let mut movements: Vec<Movement> = planted
            .map(|gone| Movement {
                on: gone.on,
                is_in: false,
                kind: if gone.is_cash { "cash" } else { "transfer" },
                amount_fen: gone.amount_fen,
                other: gone.to.clone(),
                act: gone.act,
            })
            .collect();
        let n = self.count(self.params.transactions_monthly * f64::from(self.params.history_months));
        for _ in 0..n {
            let on = self.history_day(filed);
            let movement = self.movement(on, account.balance_fen);
            movements.push(movement);
        }
        movements.retain(|movement| movement.on >= account.opened_on && movement.on <= known);
        movements.sort_by_key(|movement| (movement.on, movement.amount_fen, movement.is_in));
        let mut balances = Vec::with_capacity(movements.len());
        let mut balance = account.balance_fen;
        for movement in movements.iter().rev() {
            balances.push(balance);
            balance += if movement.is_in { -movement.amount_fen } else { movement.amount_fen };
            balance = balance.max(0);
        }
        for (movement, balance) in movements.into_iter().zip(balances.into_iter().rev()) {
            self.tell(
                "bank_transactions",
                (movement.on, known, movement.act),
                &[
                    ("account", (&account.number).into()),
                    ("direction", if movement.is_in { "in" } else { "out" }.into()),
                    ("kind", movement.kind.into()),
                    ("amount_fen", movement.amount_fen.into()),
                    ("balance_fen", balance.into()),
                    ("counterparty_id", movement.other.as_deref().into()),
                ],
            );
        }
    }

    fn movement(&mut self, on: Day, balance_fen: i64) -> Movement {
        let pace = (balance_fen as f64 / 100.0 * 0.05).clamp(30.0, 500_000.0);
        let wage = self.member.estate.job.map(|job| job.wage_fen);
        let turnover = self.member.estate.turnover_fen;
        if let Some(wage) = wage
            && self.draw.chance(0.2)
        {
            let amount_fen = part(wage, self.draw.uniform(0.85, 1.0));
            let job = self.member.estate.job;
            let other = job.map(|job| employer(self.registry, job.employer).id);
            return Movement { on, is_in: true, kind: "salary", amount_fen, other, act: None };
        }
        if turnover > 0 && self.draw.chance(0.6) {
            let amount_fen = part(turnover, self.draw.uniform(0.03, 0.5));
            let is_in = self.draw.chance(0.52);
            return Movement { on, is_in, kind: "business", amount_fen, other: None, act: None };
        }
        let amount_fen = fen(self.draw.log_normal(pace * 0.5 + 120.0, 0.9)).max(100);
        let (kind, is_in) = self.draw.weighted(&[
            (("card", false), 30),
            (("household", false), 18),
            (("cash", false), 8),
            (("cash", true), 6),
            (("transfer", true), 14),
            (("transfer", false), 12),
            (("loan", false), 5),
            (("interest", true), 3),
            (("fee", false), 4),
        ]);
        let amount_fen = match kind {
            "interest" => (balance_fen / 1_200).max(1),
            "fee" => 1_000,
            _ => amount_fen,
        };
        Movement { on, is_in, kind, amount_fen, other: None, act: None }
    }

    /// Months of wages, contributions, a housing fund; for companies their invoices.
    pub(super) fn income(&mut self, source: &'static str, answer: Answer) {
        if source == "tax" && self.member.estate.turnover_fen > 0 {
            self.invoices(answer);
        }
        let Some(job) = self.member.estate.job else { return };
        let payer = employer(self.registry, job.employer).id;
        let (kind, most) = match source {
            "tax" => ("wage", self.params.history_months),
            "social_insurance" => ("social_insurance", self.params.history_months.div_ceil(3)),
            _ => ("housing_fund", 1),
        };
        let Some(this_month) = Day::new(answer.known.year(), answer.known.month(), 1) else { return };
        let steady = self.draw.chance(0.8);
        for back in 0..i32::try_from(most).unwrap_or(12) {
            let ends = this_month.plus_months(-back).plus_days(-1);
            let worked = steady || self.draw.chance(0.7);
            if ends < job.since || !worked || (!answer.is_first && ends < answer.since) {
                continue;
            }
            let amount = match kind {
                "housing_fund" => part(job.wage_fen, 0.16),
                _ => part(job.wage_fen, self.draw.uniform(0.95, 1.08)) / 100 * 100,
            };
            let fund = (kind == "housing_fund").then(|| part(job.wage_fen, self.draw.uniform(0.5, 6.0)));
            let values = [
                ("kind", kind.into()),
                ("payer_id", (&payer).into()),
                ("amount_fen", amount.into()),
                ("balance_fen", fund.into()),
            ];
            self.tell("income", (ends, answer.known, None), &values);
        }
    }

    fn invoices(&mut self, answer: Answer) {
        let turnover = self.member.estate.turnover_fen;
        let filed = self.first_filed();
        // Who has nothing left stopped trading some time ago.
        let stopped = if self.member.is_empty { filed.plus_days(-self.draw.between(60, 400)) } else { answer.known };
        let n = self.count(self.params.invoices_monthly * f64::from(self.params.history_months));
        let rate = self.params.invoices_monthly.max(0.1);
        let mut rows: Vec<(Day, bool, i64)> = Vec::new();
        for _ in 0..n {
            let on = self.history_day(filed);
            let is_sale = self.draw.chance(0.55);
            let net = part(turnover, self.draw.log_normal(if is_sale { 0.9 } else { 0.7 } / rate, 0.6));
            let net = if self.draw.chance(0.03) { -net / 2 } else { net };
            if on <= stopped {
                rows.push((on, is_sale, net));
            }
        }
        rows.sort_unstable();
        for (nth, (on, is_sale, net)) in rows.into_iter().enumerate() {
            let tax = part(net, 0.13);
            let invoice = format!("{:08}{nth:03}", self.member.serial);
            let other = (!self.draw.chance(0.2)).then(|| self.draw.below(300));
            let other = other.map(|other| employer(self.registry, other).id);
            let void = self.draw.chance(0.03);
            let values = [
                ("direction", if is_sale { "sale" } else { "purchase" }.into()),
                ("invoice", (&invoice).into()),
                ("counterparty_id", other.as_deref().into()),
                ("net_fen", net.into()),
                ("tax_fen", tax.into()),
                ("gross_fen", (net + tax).into()),
                ("state", if void { "void" } else { "valid" }.into()),
            ];
            self.tell("invoices", (on, answer.known, None), &values);
        }
    }

    /// Whether a source of movements has anything to tell about this span.
    pub(super) fn moves_about(&mut self, source: &str, span: (Day, Day)) -> bool {
        let planted = matches!(source, "travel" | "hotel") && self.planted(source, span).next().is_some();
        planted || self.draw.chance(if self.member.is_empty { 0.25 } else { 0.55 })
    }

    /// Planted spending inside a span that this source would show.
    fn planted(&self, source: &str, span: (Day, Day)) -> impl Iterator<Item = usize> + use<'_> {
        let travel = source == "travel";
        let acts = self.member.acts.iter().enumerate();
        acts.filter(move |(nth, act)| {
            act.kind == "restricted_consumption" && (nth % 2 == 0) == travel && act.on > span.0 && act.on <= span.1
        })
        .map(|(nth, _)| nth)
    }

    pub(super) fn spending(&mut self, source: &'static str, answer: Answer) {
        let planted: Vec<usize> = self.planted(source, (answer.since, answer.known)).collect();
        for nth in planted {
            let Some((on, amount)) = self.member.acts.get(nth).map(|act| (act.on, act.amount_fen)) else { continue };
            let kind = if source == "travel" { self.draw.pick(&["air", "rail_high_speed"]) } else { "star_hotel" };
            let values = [("kind", kind.into()), ("amount_fen", amount.into())];
            self.tell("consumption", (on, answer.known, Some(nth)), &values);
        }
        let (n, well_off) = (self.draw.between(1, 4), !self.member.is_empty);
        for _ in 0..n {
            let span = answer.known.days_since(answer.since).max(2);
            let on = answer.known.plus_days(-self.draw.between(1, span));
            // After filing an ordinary debtor keeps to the order.
            let before = on < self.first_filed();
            let kind = match source {
                "travel" if well_off && before => {
                    self.draw.weighted(&[("air", 3), ("rail_high_speed", 4), ("rail", 3)])
                }
                "travel" => "rail",
                "hotel" if well_off && before => self.draw.weighted(&[("hotel", 4), ("star_hotel", 2)]),
                "hotel" => "hotel",
                "delivery" => "delivery",
                _ => "card",
            };
            let median = if well_off { 420.0 } else { 150.0 };
            let amount = fen(self.draw.log_normal(median, 0.8));
            let values = [("kind", kind.into()), ("amount_fen", amount.into()), ("region", self.member.region.into())];
            self.tell("consumption", (on, answer.known, None), &values);
        }
    }

    pub(super) fn journeys(&mut self, answer: Answer) {
        for _ in 0..self.draw.between(1, 2) {
            let span = answer.known.days_since(answer.since).max(20);
            let out = answer.known.plus_days(-self.draw.between(15, span));
            let place = self.draw.pick(PLACES);
            let back = out.plus_days(self.draw.between(2, 12));
            for (on, direction) in [(out, "exit"), (back, "entry")] {
                let values = [("direction", direction.into()), ("place", place.into())];
                self.tell("exit_entry", (on, answer.known, None), &values);
            }
        }
    }
}
