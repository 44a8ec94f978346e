//! Draws what a debtor truly owns. `net_fen` is what a court could realise of a thing after discounts,
//! mortgage and exemption.
//!
//! A debtor with means has a target in yuan, drawn from what is published about the distribution of claims
//! and recoveries; things are drawn until the target is reached, and the rest lies in accounts. A debtor
//! without executable property owns things too: an only home, a vehicle that nobody finds, accounts with a
//! few yuan. A search that finds something is not yet a debtor who can pay.

use super::draw::{Draw, days, fen, part};
use super::identity::{Registry, bank, item};
use super::names::{AREAS, CUSTODIANS, INSURERS, OTHER_COURTS, PLATFORMS};
use crate::domain::Day;

/// A sale or gift before the court came; `act` numbers the planted act, if it was evasion.
#[derive(Debug, Clone)]
pub(super) struct Disposal {
    pub(super) on: Day,
    pub(super) price_fen: i64,
    pub(super) act: Option<usize>,
}

/// A bank account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) number: String,
    pub(super) bank: &'static str,
    pub(super) kind: &'static str,
    pub(super) opened_on: Day,
    /// On the day of filing.
    pub(super) balance_fen: i64,
    pub(super) act: Option<usize>,
}

/// A paper, a policy or a wallet.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub(super) item: String,
    pub(super) kind: &'static str,
    pub(super) holder: &'static str,
    pub(super) value_fen: i64,
    pub(super) net_fen: i64,
    pub(super) acquired_on: Day,
    pub(super) disposal: Option<Disposal>,
    pub(super) act: Option<usize>,
}

/// A unit of real estate: a home, or premises of a company.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) unit: String,
    pub(super) kind: &'static str,
    pub(super) region: &'static str,
    pub(super) area_m2: f64,
    /// The debtor's part of the unit, more than 0 and at most 1.
    pub(super) share: f64,
    pub(super) value_fen: i64,
    pub(super) net_fen: i64,
    pub(super) mortgage_fen: i64,
    /// Whether the land register tells how much the mortgage secures; many answers leave it out.
    pub(super) is_amount_told: bool,
    /// Whether it is the only home of the debtor and his household.
    pub(super) is_only: bool,
    /// The court elsewhere whose seizure comes first.
    pub(super) other_seizure: Option<&'static str>,
    pub(super) acquired_on: Day,
    pub(super) disposal: Option<Disposal>,
    /// A long cheap lease made to keep the court out.
    pub(super) lease: Option<Disposal>,
}

/// A registered vehicle.
#[derive(Debug, Clone)]
pub(super) struct Vehicle {
    pub(super) plate: String,
    pub(super) kind: &'static str,
    pub(super) value_fen: i64,
    pub(super) net_fen: i64,
    pub(super) registered_on: Day,
    /// Whether it could be taken; a vehicle that is registered and not found yields nothing.
    pub(super) is_found: bool,
    pub(super) disposal: Option<Disposal>,
}

/// A share in a company, or an office there.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    pub(super) company_id: String,
    pub(super) office: &'static str,
    pub(super) share: f64,
    pub(super) subscribed_fen: i64,
    pub(super) value_fen: i64,
    pub(super) net_fen: i64,
    pub(super) state: &'static str,
    pub(super) started_on: Day,
    pub(super) disposal: Option<Disposal>,
}

/// Employment of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    pub(super) employer: u64,
    /// Per month, after tax, in fen.
    pub(super) wage_fen: i64,
    pub(super) since: Day,
}

/// All of it.
///
/// Amounts are in fen on the day of filing.
#[derive(Debug, Clone, Default)]
pub(super) struct Estate {
    pub(super) accounts: Vec<Account>,
    pub(super) wallets: Vec<Paper>,
    pub(super) papers: Vec<Paper>,
    pub(super) policies: Vec<Paper>,
    pub(super) homes: Vec<Home>,
    pub(super) vehicles: Vec<Vehicle>,
    pub(super) holdings: Vec<Holding>,
    pub(super) job: Option<Job>,
    /// Sales per month, companies.
    pub(super) turnover_fen: i64,
    pub(super) persons: i32,
    /// Money no agency sees.
    pub(super) cash_fen: i64,
    /// What can be taken of the income each month.
    pub(super) surplus_fen: i64,
}

/// How many months of income count as means.
pub(super) const HORIZON_MONTHS: i64 = 12;

impl Estate {
    /// Deposits, wallets, papers and policies still there.
    pub(super) fn liquid_fen(&self) -> i64 {
        let papers = self.wallets.iter().chain(&self.papers).chain(&self.policies);
        self.accounts.iter().map(|account| account.balance_fen).sum::<i64>()
            + papers.filter(|paper| paper.disposal.is_none()).map(|paper| paper.net_fen).sum::<i64>()
    }

    /// Homes, vehicles and holdings still there.
    pub(super) fn fixed_fen(&self) -> i64 {
        let homes = self.homes.iter().filter(|home| home.disposal.is_none()).map(|home| home.net_fen);
        let vehicles = self.vehicles.iter().filter(|vehicle| vehicle.disposal.is_none()).map(|vehicle| vehicle.net_fen);
        let holdings = self.holdings.iter().filter(|holding| holding.disposal.is_none()).map(|holding| holding.net_fen);
        homes.chain(vehicles).chain(holdings).sum()
    }

    /// What the court could reach if every agency answered.
    pub(super) fn visible_fen(&self) -> i64 {
        self.liquid_fen() + self.fixed_fen() + self.surplus_fen * HORIZON_MONTHS
    }
}

/// Furnishes one debtor.
pub(super) struct Furnisher<'a> {
    pub(super) draw: &'a mut Draw,
    pub(super) registry: &'a Registry,
    pub(super) serial: u64,
    pub(super) filed: Day,
    /// Realisable means to arrive at, in yuan; nothing executable when absent.
    pub(super) target: Option<f64>,
}

impl Furnisher<'_> {
    pub(super) fn person(mut self) -> Estate {
        let mut estate = Estate { persons: self.draw.between(1, 4), ..Estate::default() };
        self.employ(&mut estate);
        let mut rest = self.rest(&estate);
        rest -= self.house(&mut estate, rest);
        self.furnish(&mut estate, rest);
        estate
    }

    pub(super) fn company(mut self) -> Estate {
        let mut estate = Estate::default();
        let rest = self.target.unwrap_or_default();
        let months = self.draw.uniform(0.02, 0.35);
        estate.turnover_fen = match self.target {
            Some(target) => fen(target * months + self.draw.log_normal(30_000.0, 0.8)),
            None if self.draw.chance(0.6) => fen(self.draw.log_normal(15_000.0, 1.0)),
            None => 0,
        };
        let left = rest - self.premises(&mut estate, rest);
        self.furnish(&mut estate, left);
        estate
    }

    fn employ(&mut self, estate: &mut Estate) {
        let poor = self.target.is_none();
        if !self.draw.chance(if poor { 0.30 } else { 0.62 }) {
            return;
        }
        let living = 950.0 + 450.0 * f64::from(estate.persons - 1);
        let wage = if poor { living * self.draw.uniform(0.6, 1.25) } else { self.draw.log_normal(4_800.0, 0.35) };
        if !poor {
            estate.surplus_fen = fen(((wage - living) * 0.4).max(0.0)) / 100 * 100;
        }
        let employer = self.draw.below(400);
        let since = self.before(60, 2_500);
        estate.job = Some(Job { employer, wage_fen: fen(wage) / 100 * 100, since });
    }

    fn rest(&mut self, estate: &Estate) -> f64 {
        let Some(target) = self.target else { return 0.0 };
        (target - (estate.surplus_fen * HORIZON_MONTHS) as f64 / 100.0).max(target * 0.15)
    }

    /// A home: one that pays, or one that is there but yields nothing (the only home, or mortgaged over its value).
    fn house(&mut self, estate: &mut Estate, rest: f64) -> f64 {
        if rest > 120_000.0 && self.draw.chance(0.8) {
            let net = rest * self.draw.uniform(0.6, 0.95);
            self.add_home(estate, "home", net);
            return net;
        }
        if self.draw.chance(if self.target.is_none() { 0.20 } else { 0.12 }) {
            self.add_home(estate, "home", 0.0);
        }
        0.0
    }

    fn premises(&mut self, estate: &mut Estate, rest: f64) -> f64 {
        let kind = self.draw.pick(&["industrial", "office", "commercial", "land"]);
        if rest > 300_000.0 && self.draw.chance(0.65) {
            let net = rest * self.draw.uniform(0.5, 0.95);
            self.add_home(estate, kind, net);
            return net;
        }
        if self.target.is_none() && self.draw.chance(0.10) {
            self.add_home(estate, kind, 0.0);
        }
        0.0
    }

    fn add_home(&mut self, estate: &mut Estate, kind: &'static str, net: f64) {
        let market = self.draw.log_normal(1_000_000.0, 0.35);
        let share = if self.draw.chance(0.35) { 0.5 } else { 1.0 };
        let is_only = net <= 0.0 && kind == "home" && self.draw.chance(0.5);
        let (value, mortgage) = if net > 0.0 && self.draw.chance(0.55) {
            let value = net / share / self.draw.uniform(0.25, 0.65);
            (value, (value * 0.75 - net / share).max(0.0))
        } else if net > 0.0 {
            (net / share / 0.75, 0.0)
        } else if is_only {
            (market * 0.7, 0.0)
        } else {
            (market, market * self.draw.uniform(0.8, 1.3))
        };
        let other_seizure = self.draw.chance(if net > 0.0 { 0.12 } else { 0.35 });
        let other_seizure = other_seizure.then(|| self.draw.pick(OTHER_COURTS));
        estate.homes.push(Home {
            unit: item("320200", self.serial, estate.homes.len()),
            kind,
            region: self.draw.pick(AREAS).0,
            area_m2: f64::from(days((value / 10_000.0).clamp(30.0, 20_000.0) * 10.0)) / 10.0,
            share,
            value_fen: fen(value) / 100_000 * 100_000,
            net_fen: fen(net),
            mortgage_fen: fen(mortgage) / 100_000 * 100_000,
            is_amount_told: self.draw.chance(0.7),
            is_only,
            other_seizure,
            acquired_on: self.before(400, 5_000),
            disposal: None,
            lease: None,
        });
    }

    /// Everything else; what is left over lies in accounts, or in a drawer.
    fn furnish(&mut self, estate: &mut Estate, rest: f64) {
        let mut left = rest;
        left -= self.drive(estate, left);
        left -= self.invest(estate, left);
        left -= self.insure(estate, left);
        left -= self.hold(estate, left);
        self.bank(estate, left);
        if self.draw.chance(0.6) {
            let value =
                if self.target.is_some() { self.draw.log_normal(900.0, 1.1) } else { self.draw.log_normal(40.0, 1.0) };
            let holder = self.draw.pick(PLATFORMS);
            estate.wallets.push(self.paper("W", ("wallet", holder), (value, value)));
        }
    }

    fn drive(&mut self, estate: &mut Estate, left: f64) -> f64 {
        let pays = self.target.is_some() && self.draw.chance(0.35);
        if !pays && !self.draw.chance(0.14) {
            return 0.0;
        }
        let is_found = pays && self.draw.chance(0.75);
        let net = if is_found { (left * self.draw.uniform(0.2, 0.6)).min(250_000.0) } else { 0.0 };
        let value = if is_found { net / 0.6 } else { self.draw.log_normal(35_000.0, 0.6) };
        estate.vehicles.push(Vehicle {
            plate: item("苏B", self.serial, estate.vehicles.len()),
            kind: self.draw.weighted(&[("car", 80), ("truck", 12), ("machine", 3), ("motorcycle", 5)]),
            value_fen: fen(value) / 10_000 * 10_000,
            net_fen: fen(net),
            registered_on: self.before(200, 3_500),
            is_found,
            disposal: None,
        });
        net
    }

    fn invest(&mut self, estate: &mut Estate, left: f64) -> f64 {
        let (pays, little) = (self.target.is_some() && self.draw.chance(0.2), self.draw.chance(0.05));
        let net = if pays { left * self.draw.uniform(0.1, 0.5) } else { self.draw.uniform(1.0, 300.0) };
        if !pays && !little {
            return 0.0;
        }
        let kind = self.draw.weighted(&[("stock", 4), ("fund", 2), ("wealth_product", 4), ("bond", 1)]);
        let holder = self.draw.pick(CUSTODIANS);
        estate.papers.push(self.paper("S", (kind, holder), (net, net)));
        if pays { net } else { 0.0 }
    }

    fn insure(&mut self, estate: &mut Estate, left: f64) -> f64 {
        let pays = self.target.is_some() && self.draw.chance(0.15);
        if !pays && !self.draw.chance(0.06) {
            return 0.0;
        }
        let net = if pays { left * self.draw.uniform(0.05, 0.3) } else { 0.0 };
        let value = if pays { net } else { self.draw.uniform(100.0, 1_500.0) };
        let kind = self.draw.weighted(&[("life", 4), ("annuity", 2), ("participating", 3)]);
        let holder = self.draw.pick(INSURERS);
        estate.policies.push(self.paper("P", (kind, holder), (value, net)));
        net
    }

    fn hold(&mut self, estate: &mut Estate, left: f64) -> f64 {
        let pays = self.target.is_some() && self.draw.chance(0.15);
        if !pays && !self.draw.chance(0.16) {
            return 0.0;
        }
        let net = if pays { left * self.draw.uniform(0.1, 0.4) } else { 0.0 };
        let share = f64::from(self.draw.between(2, 20)) / 20.0;
        let subscribed = self.draw.log_normal(500_000.0, 0.9);
        estate.holdings.push(Holding {
            company_id: self.registry.company(self.serial + 40),
            office: self.draw.weighted(&[("shareholder", 5), ("legal_representative", 3), ("director", 1)]),
            share,
            subscribed_fen: fen(subscribed) / 1_000_000 * 1_000_000,
            value_fen: fen(if pays { net / 0.4 } else { self.draw.log_normal(2_000.0, 1.0) }) / 100 * 100,
            net_fen: fen(net),
            state: if pays { "active" } else { self.draw.pick(&["active", "abnormal", "revoked", "cancelled"]) },
            started_on: self.before(300, 4_000),
            disposal: None,
        });
        net
    }

    fn bank(&mut self, estate: &mut Estate, left: f64) {
        let rich = self.target.is_some();
        let n = if rich {
            self.draw.weighted(&[(0, 22), (1, 45), (2, 24), (3, 9)])
        } else {
            self.draw.weighted(&[(0, 66), (1, 27), (2, 7)])
        };
        if n == 0 {
            estate.cash_fen = fen(left);
        }
        let mut left = left;
        for nth in 0..n {
            let share = if nth + 1 == n { 1.0 } else { self.draw.uniform(0.3, 0.8) };
            let balance = if rich { left * share } else { self.draw.log_normal(300.0, 1.6).min(4_000.0) };
            left *= 1.0 - share;
            let account = self.account(nth, balance);
            estate.accounts.push(account);
        }
    }

    pub(super) fn account(&mut self, nth: usize, balance: f64) -> Account {
        Account {
            number: item("6222", self.serial, nth),
            bank: bank(self.draw),
            kind: if nth == 0 {
                "current"
            } else {
                self.draw.weighted(&[("savings", 5), ("term", 2), ("credit_card", 2)])
            },
            opened_on: self.before(300, 4_000),
            balance_fen: fen(balance),
            act: None,
        }
    }

    fn paper(&mut self, prefix: &str, kind: (&'static str, &'static str), worth: (f64, f64)) -> Paper {
        Paper {
            item: item(prefix, self.serial, 0),
            kind: kind.0,
            holder: kind.1,
            value_fen: fen(worth.0),
            net_fen: fen(worth.1),
            acquired_on: self.before(100, 2_000),
            disposal: None,
            act: None,
        }
    }

    fn before(&mut self, least: i32, most: i32) -> Day {
        self.filed.plus_days(-self.draw.between(least, most))
    }
}

/// Half, a third …: a rounded part of an amount, in whole yuan.
pub(super) fn yuan_part(whole_fen: i64, share: f64) -> i64 {
    part(whole_fen, share) / 100 * 100
}
