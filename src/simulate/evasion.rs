//! Plants acts of evasion. Each is recorded with its day, its amount and, once written, its row.
//!
//! | act | what is planted | what an innocent debtor does that looks alike |
//! |---|---|---|
//! | disposal | a home, vehicle, holding or paper goes to somebody near for little or nothing | a fair sale |
//! | drained account | the balance goes to a relative, into cash or into a policy | help for a parent, a withdrawal |
//! | divorce | the spouse leaves with half of what can be carried | – |
//! | lease | twenty years at a tenth of the rent | – |
//! | new account | opened elsewhere when the suit came | – |
//! | restricted consumption | flights and hotels while nothing is paid | a journey |
//! | omission | a declaration without some of what is still his | – |
//!
//! They let `conduct` be measured: how many planted acts are found, and how many of the signals are about
//! debtors who hid nothing.

use super::draw::{Draw, days, fen};
use super::estate::{Account, Disposal, Estate, yuan_part};
use super::group::{Member, Will};
use super::identity::{bank, item};
use crate::domain::Day;

/// One planted act.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) kind: &'static str,
    pub(super) on: Day,
    pub(super) amount_fen: i64,
    pub(super) item: String,
    /// The table and the row that show it, once written.
    pub(super) record: Option<(&'static str, usize)>,
}

/// Money that left an account.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) account: usize,
    pub(super) on: Day,
    pub(super) amount_fen: i64,
    pub(super) is_cash: bool,
    pub(super) to: Option<String>,
    pub(super) act: Option<usize>,
}

/// Lets a hiding debtor hide; the innocent now and then do something that looks alike.
pub(super) fn evade(member: &mut Member, draw: &mut Draw, window: (Day, Day)) {
    let mut scheme = Scheme { draw, window };
    if member.will == Will::Hiding {
        scheme.dispose(member);
        scheme.drain(member);
        scheme.divorce(member);
        scheme.lease(member);
        scheme.hop(member);
        if member.hidden_fen == 0 {
            scheme.stash(member);
        }
    }
    scheme.innocent(member);
    // Last, so that no earlier draw moves.
    if member.will == Will::Hiding {
        scheme.invest(member);
    }
}

struct Scheme<'a> {
    draw: &'a mut Draw,
    /// From service of the suit to filing.
    window: (Day, Day),
}

impl Scheme<'_> {
    fn day(&mut self) -> Day {
        let width = self.window.1.days_since(self.window.0).max(1);
        self.window.0.plus_days(self.draw.between(0, width - 1))
    }

    fn cheap(&mut self, value_fen: i64) -> i64 {
        if self.draw.chance(0.3) { 0 } else { yuan_part(value_fen, self.draw.uniform(0.05, 0.4)) }
    }

    /// Homes, vehicles, holdings and papers go to somebody near for little or nothing.
    fn dispose(&mut self, member: &mut Member) {
        let Estate { homes, vehicles, holdings, papers, .. } = &mut member.estate;
        let homes = homes.iter_mut().map(|h| ("real_estate", &h.unit, h.value_fen, h.net_fen, &mut h.disposal));
        let cars = vehicles.iter_mut().map(|v| ("vehicles", &v.plate, v.value_fen, v.net_fen, &mut v.disposal));
        let shares = holdings.iter_mut().map(|h| ("equity", &h.company_id, h.value_fen, h.net_fen, &mut h.disposal));
        let papers = papers.iter_mut().map(|p| ("financial_assets", &p.item, p.value_fen, p.net_fen, &mut p.disposal));
        for (table, item, value_fen, net_fen, disposal) in homes.chain(cars).chain(shares).chain(papers) {
            if net_fen == 0 || !self.draw.chance(0.45) {
                continue;
            }
            let on = self.day();
            let is_paper = table == "financial_assets";
            let price_fen = if is_paper { value_fen } else { self.cheap(value_fen) };
            let kind = if is_paper { "redeemed_and_withdrawn" } else { "cheap_disposal" };
            *disposal = Some(Disposal { on, price_fen, act: Some(member.acts.len()) });
            member.acts.push(Act { kind, on, amount_fen: net_fen, item: item.clone(), record: None });
            member.hidden_fen += net_fen;
        }
    }

    /// Balances go to relatives, into cash, or into a policy.
    fn drain(&mut self, member: &mut Member) {
        for at in 0..member.estate.accounts.len() {
            let Some(account) = member.estate.accounts.get_mut(at) else { continue };
            if account.balance_fen < 100_000 || !self.draw.chance(0.8) {
                continue;
            }
            let moved = yuan_part(account.balance_fen, self.draw.uniform(0.5, 0.97));
            account.balance_fen -= moved;
            let number = account.number.clone();
            member.hidden_fen += moved;
            let to_relative = !member.relatives.is_empty() && self.draw.chance(0.65);
            let kind = if to_relative { "transfer_to_relative" } else { "cash_withdrawal" };
            let n = self.draw.between(1, 3);
            for nth in 0..n {
                let amount_fen =
                    if nth + 1 == n { moved - moved / i64::from(n) * i64::from(n - 1) } else { moved / i64::from(n) };
                let on = self.day();
                let who = self.draw.below(member.relatives.len() as u64);
                let relative = usize::try_from(who).ok().and_then(|who| member.relatives.get(who));
                let to = relative.filter(|_| to_relative).map(|relative| relative.id.clone());
                let act = Some(member.acts.len());
                member.acts.push(Act { kind, on, amount_fen, item: number.clone(), record: None });
                member.moves.push(Move { account: at, on, amount_fen, is_cash: !to_relative, to, act });
            }
        }
    }

    /// The spouse leaves with what can be carried.
    fn divorce(&mut self, member: &mut Member) {
        let taken: i64 = member.hidden_fen / 2;
        let on = self.day();
        let Some(spouse) = member.relatives.iter_mut().find(|relative| relative.kind == "spouse") else { return };
        if taken == 0 || !self.draw.chance(0.12) {
            return;
        }
        (spouse.kind, spouse.until, spouse.act) = ("former_spouse", Some(on), Some(member.acts.len()));
        member.acts.push(Act { kind: "sudden_divorce", on, amount_fen: taken, item: spouse.id.clone(), record: None });
    }

    /// Twenty years at a tenth of the rent.
    fn lease(&mut self, member: &mut Member) {
        let on = self.day();
        for home in member.estate.homes.iter_mut().filter(|home| home.disposal.is_none() && home.net_fen > 0) {
            if !self.draw.chance(0.2) {
                continue;
            }
            let lost = yuan_part(home.net_fen, 0.35);
            home.net_fen -= lost;
            home.lease = Some(Disposal { on, price_fen: lost, act: Some(member.acts.len()) });
            member.hidden_fen += lost;
            member.acts.push(Act { kind: "long_lease", on, amount_fen: lost, item: home.unit.clone(), record: None });
        }
    }

    /// A new account elsewhere, opened when the suit came.
    fn hop(&mut self, member: &mut Member) {
        if member.estate.accounts.is_empty() || !self.draw.chance(0.22) {
            return;
        }
        let opened_on = self.day();
        let number = item("6228", member.serial, member.estate.accounts.len());
        let balance_fen = fen(self.draw.log_normal(300.0, 1.0));
        let act = Some(member.acts.len());
        member.acts.push(Act { kind: "new_account", on: opened_on, amount_fen: 0, item: number.clone(), record: None });
        let bank = bank(self.draw);
        member.estate.accounts.push(Account { number, bank, kind: "savings", opened_on, balance_fen, act });
    }

    /// Papers and policies bought since the suit came rather than paying.
    fn invest(&mut self, member: &mut Member) {
        let Estate { papers, policies, .. } = &mut member.estate;
        for paper in papers.iter_mut().chain(policies).filter(|paper| paper.disposal.is_none() && paper.net_fen > 0) {
            if !self.draw.chance(0.4) {
                continue;
            }
            let (on, act) = (self.day(), Some(member.acts.len()));
            (paper.acquired_on, paper.act) = (on, act);
            let (kind, item) = ("bought_while_owing", paper.item.clone());
            member.acts.push(Act { kind, on, amount_fen: paper.net_fen, item, record: None });
        }
    }

    /// What is left of a debtor with nothing to sell: cash at home.
    fn stash(&mut self, member: &mut Member) {
        let (cash, on) = (member.estate.cash_fen, self.day());
        member.estate.cash_fen = 0;
        member.hidden_fen += cash;
        let item = String::new();
        member.acts.push(Act { kind: "cash_kept", on, amount_fen: cash, item, record: None });
    }

    /// A fair sale, help for a parent, a withdrawal for the household.
    fn innocent(&mut self, member: &mut Member) {
        let (served, filed) = self.window;
        let width = filed.days_since(served).max(1);
        for at in 0..member.estate.accounts.len() {
            if !self.draw.chance(0.25) {
                continue;
            }
            let (is_cash, on) =
                (self.draw.chance(0.5), served.plus_days(days(self.draw.uniform(-200.0, f64::from(width)))));
            let amount_fen = fen(self.draw.log_normal(1_200.0, 0.8)) / 10_000 * 10_000 + 10_000;
            let to = member.relatives.first().filter(|_| !is_cash).map(|relative| relative.id.clone());
            member.moves.push(Move { account: at, on: on.min(filed), amount_fen, is_cash, to, act: None });
        }
        for vehicle in &mut member.estate.vehicles {
            if vehicle.disposal.is_none() && vehicle.net_fen == 0 && self.draw.chance(0.15) {
                let price_fen = yuan_part(vehicle.value_fen, self.draw.uniform(0.8, 1.05));
                vehicle.disposal = Some(Disposal { on: self.day(), price_fen, act: None });
            }
        }
    }
}
