//! Writes what agencies answer about property: accounts, securities, homes, vehicles, holdings, and
//! relatives.
//!
//! An answer tells what an agency would tell, not what is true. A home whose debtor sold it before the
//! court came is told with its disposal; a mortgage may be told without its amount; a vehicle may be
//! registered and not be found. What is truly there stands in the debtor's
//! [`Estate`](super::estate::Estate) alone.

use super::district::Stamp;
use super::estate::yuan_part;
use super::inquiry::{Answer, Inquiry};
use crate::domain::Day;

impl Inquiry<'_> {
    /// All accounts at one bank, and the first time their history.
    pub(super) fn accounts(&mut self, bank: &'static str, known: Day, is_new: bool) {
        for at in 0..self.member.estate.accounts.len() {
            let Some(account) = self.member.estate.accounts.get(at).cloned() else { continue };
            if account.bank != bank || account.opened_on > known {
                continue;
            }
            let balance = self.balance(account.balance_fen, known);
            let frozen = if self.draw.chance(0.07) { yuan_part(balance, self.draw.uniform(0.2, 1.0)) } else { 0 };
            let statement = self.draw.weighted(&[(None, 3), (Some("monthly"), 6), (Some("per_transaction"), 1)]);
            self.tell(
                "deposits",
                (known, known, account.act),
                &[
                    ("account", (&account.number).into()),
                    ("holder", bank.into()),
                    ("kind", account.kind.into()),
                    ("state", if frozen > 0 { "partly_frozen" } else { "normal" }.into()),
                    ("opened_on", account.opened_on.into()),
                    ("statement", statement.into()),
                    ("balance_fen", balance.into()),
                    ("available_fen", (balance - frozen).into()),
                    ("frozen_fen", frozen.into()),
                ],
            );
            if !is_new {
                continue;
            }
            if balance - frozen > 100_000 {
                self.seize("deposits", (&account.number, known, Some(balance - frozen)), frozen > 0);
            }
            if self.draw.chance(0.85) {
                self.transactions(at, known);
            }
        }
    }

    /// What lies in an account by then: payments made since filing have emptied it.
    fn balance(&mut self, filed_fen: i64, known: Day) -> i64 {
        let paid = self.courses.iter().flat_map(|course| &course.payments);
        let is_drawn = paid.filter(|payment| payment.manner != "wage").any(|payment| payment.on < known);
        let share = if is_drawn { self.draw.uniform(0.0, 0.08) } else { self.draw.uniform(0.85, 1.1) };
        super::draw::part(filed_fen, share)
    }

    /// This court's own measure on a thing just found.
    fn seize(&mut self, table: &'static str, about: (&str, Day, Option<i64>), is_behind: bool) {
        let (item, known, amount) = about;
        let Some(case) = self.cases.iter().rev().find(|case| case.filed <= known) else { return };
        let months = if table == "deposits" { 12 } else { 36 };
        let values = [
            ("asset_table", table.into()),
            ("asset", item.into()),
            ("kind", if is_behind { "waiting_seizure" } else { "seizure" }.into()),
            ("rank", if is_behind { 2 } else { 1 }.into()),
            ("amount_fen", amount.map(|amount| amount.min(case.owed_fen())).into()),
            ("holder", case.court.into()),
            ("case_id", (&case.number).into()),
            ("until_on", (!is_behind).then(|| known.plus_months(months)).into()),
            ("is_ours", true.into()),
        ];
        let day = known.plus_days(self.draw.between(1, 4));
        self.tell("encumbrances", (day, day, None), &values);
    }

    pub(super) fn papers(&mut self, source: &'static str, answer: Answer) {
        let estate = &self.member.estate;
        let (table, papers) = match source {
            "network_funds" => ("network_funds", estate.wallets.clone()),
            "securities" => ("financial_assets", estate.papers.clone()),
            _ => ("insurance_policies", estate.policies.clone()),
        };
        for paper in papers {
            let when = (answer.known, answer.known, paper.act.or(paper.disposal.as_ref().and_then(|sale| sale.act)));
            let value = super::draw::part(paper.value_fen, self.draw.uniform(0.93, 1.07));
            let left = if paper.disposal.is_some() { 0 } else { value };
            let disposed = paper.disposal.as_ref().map(|sale| sale.on);
            let (item, holder) = ((&paper.item).into(), paper.holder.into());
            match table {
                "network_funds" => {
                    let values = [
                        ("account", item),
                        ("holder", holder),
                        ("balance_fen", value.into()),
                        ("available_fen", value.into()),
                    ];
                    self.tell(table, when, &values)
                }
                "financial_assets" => self.tell(
                    table,
                    when,
                    &[
                        ("asset", item),
                        ("holder", holder),
                        ("kind", paper.kind.into()),
                        ("value_fen", left.into()),
                        ("controllable_fen", left.into()),
                        ("acquired_on", paper.acquired_on.into()),
                        ("disposed_on", disposed.into()),
                        ("is_pledged", false.into()),
                    ],
                ),
                _ => self.tell(
                    table,
                    when,
                    &[
                        ("policy", item),
                        ("holder", holder),
                        ("kind", paper.kind.into()),
                        ("cash_value_fen", left.into()),
                        ("premium_fen", yuan_part(paper.value_fen, 0.2).into()),
                        ("started_on", paper.acquired_on.into()),
                    ],
                ),
            };
        }
    }

    pub(super) fn homes(&mut self, answer: Answer) {
        let known = answer.known;
        for home in self.member.estate.homes.clone() {
            // A registry that reports only today's owner does not show what was given away.
            if home.disposal.is_some() && !self.draw.chance(0.75) {
                continue;
            }
            let value = yuan_part(home.value_fen, self.draw.uniform(0.88, 1.12)) / 100_000 * 100_000;
            let valued = self.draw.weighted(&[("tax_base", 5), ("network_inquiry", 4), ("appraisal", 1)]);
            let rent = (home.kind == "home").then(|| yuan_part(home.value_fen, 0.0017));
            let sale = home.disposal.as_ref();
            self.tell(
                "real_estate",
                (known, known, sale.and_then(|sale| sale.act)),
                &[
                    ("unit", (&home.unit).into()),
                    ("kind", home.kind.into()),
                    ("region", home.region.into()),
                    ("area_m2", home.area_m2.into()),
                    ("share", home.share.into()),
                    ("co_ownership", if home.share < 1.0 { "joint" } else { "sole" }.into()),
                    ("value_fen", value.into()),
                    ("valued_by", valued.into()),
                    ("valued_on", known.into()),
                    ("monthly_rent_fen", rent.into()),
                    ("acquired_on", home.acquired_on.into()),
                    ("price_fen", sale.map(|sale| sale.price_fen).into()),
                    ("disposed_on", sale.map(|sale| sale.on).into()),
                    ("is_only_home", (home.kind == "home").then_some(home.is_only).into()),
                    ("is_notice", false.into()),
                ],
            );
            if sale.is_none() {
                self.burdens(&home, answer);
            }
        }
    }

    fn burdens(&mut self, home: &super::estate::Home, answer: Answer) {
        let known = answer.known;
        let on_home = [("asset_table", "real_estate".into()), ("asset", (&home.unit).into()), ("rank", 1.into())];
        if home.mortgage_fen > 0 {
            let amount = home.is_amount_told.then_some(home.mortgage_fen);
            let more = [
                ("kind", "mortgage".into()),
                ("amount_fen", amount.into()),
                ("holder", "建设银行".into()),
                ("is_ours", false.into()),
            ];
            self.tell("encumbrances", (home.acquired_on, known, None), &[on_home.as_slice(), &more].concat());
        }
        if let Some(court) = home.other_seizure {
            let since = known.plus_days(-self.draw.between(30, 600));
            let more = [
                ("kind", "seizure".into()),
                ("holder", court.into()),
                ("until_on", since.plus_months(36).into()),
                ("is_ours", false.into()),
            ];
            self.tell("encumbrances", (since, known, None), &[on_home.as_slice(), &more].concat());
        }
        if let Some(lease) = &home.lease {
            let more =
                [("kind", "lease".into()), ("until_on", lease.on.plus_months(240).into()), ("is_ours", false.into())];
            self.tell("encumbrances", (lease.on, known, lease.act), &[on_home.as_slice(), &more].concat());
        }
        if answer.is_first {
            self.seize("real_estate", (&home.unit, known, None), home.other_seizure.is_some());
        }
    }

    pub(super) fn vehicles(&mut self, answer: Answer) {
        for vehicle in self.member.estate.vehicles.clone() {
            let sale = vehicle.disposal.as_ref();
            let is_overdue = self.draw.chance(if vehicle.is_found { 0.05 } else { 0.4 });
            let told = self.draw.chance(0.8).then_some(vehicle.value_fen);
            let flags = [0.12, 0.08, 0.5].map(|probability| self.draw.chance(probability));
            let [is_mortgaged, is_seized, is_in_hand] = flags;
            self.tell(
                "vehicles",
                (answer.known, answer.known, sale.and_then(|sale| sale.act)),
                &[
                    ("plate", (&vehicle.plate).into()),
                    ("kind", vehicle.kind.into()),
                    ("registered_on", vehicle.registered_on.into()),
                    ("value_fen", told.into()),
                    ("price_fen", sale.map(|sale| sale.price_fen).into()),
                    ("disposed_on", sale.map(|sale| sale.on).into()),
                    ("is_mortgaged", is_mortgaged.into()),
                    ("is_seized", is_seized.into()),
                    ("is_found", (vehicle.is_found && sale.is_none() && is_in_hand).into()),
                    ("is_overdue", is_overdue.into()),
                ],
            );
        }
    }

    pub(super) fn holdings(&mut self, answer: Answer) {
        let known = answer.known;
        if !self.member.is_person() {
            self.register(known);
        }
        for holding in self.member.estate.holdings.clone() {
            let sale = holding.disposal.as_ref();
            let told = self.draw.chance(0.6).then_some(holding.value_fen);
            let [is_pledged, is_frozen] = [0.05, 0.08].map(|probability| self.draw.chance(probability));
            let paid_in = yuan_part(holding.subscribed_fen, self.draw.uniform(0.0, 1.0));
            self.tell(
                "equity",
                (known, known, sale.and_then(|sale| sale.act)),
                &[
                    ("company_id", (&holding.company_id).into()),
                    ("office", holding.office.into()),
                    ("share", (holding.office == "shareholder").then_some(holding.share).into()),
                    ("subscribed_fen", holding.subscribed_fen.into()),
                    ("paid_in_fen", paid_in.into()),
                    ("value_fen", told.into()),
                    ("company_state", holding.state.into()),
                    ("started_on", holding.started_on.into()),
                    ("ended_on", sale.map(|sale| sale.on).into()),
                    ("price_fen", sale.map(|sale| sale.price_fen).into()),
                    ("is_pledged", is_pledged.into()),
                    ("is_frozen", is_frozen.into()),
                ],
            );
        }
    }

    /// The register's entry of a company: a fuller observation of the party.
    fn register(&mut self, known: Day) {
        let states: &[(&'static str, u32)] = if self.member.is_empty {
            &[("active", 45), ("abnormal", 35), ("revoked", 15), ("liquidation", 3), ("cancelled", 2)]
        } else {
            &[("active", 90), ("abnormal", 9), ("liquidation", 1)]
        };
        let state = self.draw.weighted(states);
        let registered = known.plus_days(-self.draw.between(500, 7_000));
        let capital = i64::from(self.draw.pick(&[10, 50, 100, 200, 500, 1_000])) * 1_000_000;
        let member = &self.member;
        let values = [
            ("kind", member.kind.into()),
            ("name", (&member.name).into()),
            ("number", (&member.id).into()),
            ("region", member.region.into()),
            ("registered_on", registered.into()),
            ("legal_state", state.into()),
            ("capital_fen", capital.into()),
        ];
        self.district.add("parties", Stamp { owner: &member.id, event: known, known }, &values);
    }

    pub(super) fn relations(&mut self, answer: Answer) {
        let known = answer.known;
        for relative in self.member.relatives.clone() {
            let when = (relative.since, known, relative.act);
            let values = [
                ("other_id", (&relative.id).into()),
                ("kind", relative.kind.into()),
                ("until_on", relative.until.into()),
            ];
            self.tell("relations", when, &values);
        }
        if self.member.is_person() {
            let member = &self.member;
            let values = [
                ("kind", member.kind.into()),
                ("name", (&member.name).into()),
                ("number", (&member.id).into()),
                ("region", member.region.into()),
                ("household_persons", member.estate.persons.into()),
            ];
            self.district.add("parties", Stamp { owner: &member.id, event: known, known }, &values);
        }
    }
}
