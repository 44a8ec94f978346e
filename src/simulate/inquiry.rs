//! Simulates the search for property: rounds of queries, the ledger, and the rows that each answer brings.
//!
//! A round asks banks, registers, the police and platforms on one day. Each query becomes a row of
//! `queries` with one of three outcomes: found, nothing found, or no answer. Answers come after days, some
//! after weeks, and a row they bring is known from that day. A later round asks again, some months after,
//! or half a year after a closing without result.

use std::collections::BTreeMap;

use super::counted::is_counted;
use super::course::Course;
use super::deal::QueryCounts;
use super::district::{District, Stamp};
use super::draw::Draw;
use super::evasion::Act;
use super::group::{Case, Member, Will};
use super::identity::Registry;
use super::names::BANKS;
use super::params::SimulateParams;
use super::sheet::Value;
use crate::domain::Day;

/// The search about one debtor, over all his cases.
pub(super) struct Inquiry<'a> {
    pub(super) district: &'a mut District,
    pub(super) params: &'a SimulateParams,
    pub(super) registry: &'a Registry,
    pub(super) draw: &'a mut Draw,
    pub(super) member: &'a mut Member,
    pub(super) cases: &'a [&'a Case],
    pub(super) courses: &'a [&'a Course],
    /// How often the debtor is asked about, if that is counted.
    pub(super) portion: Option<QueryCounts>,
    /// Where each thing was first shown.
    pub(super) shown: BTreeMap<String, (&'static str, usize)>,
}

/// One answer with something in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) known: Day,
    /// Whether it answers the first round.
    pub(super) is_first: bool,
    /// The day up to which the round before had asked.
    pub(super) since: Day,
}

/// Days from filing to the first round where queries are counted: the nightly check asks within 48 hours.
const FIRST_ROUND: (i32, i32) = (0, 2);

/// The chance that a bank which has shown an account is asked again in a counted round; with it 2.1 % of the queries
/// find one.
const ASKED_AGAIN: f64 = 0.72;

/// A source, the chance that it is asked in the first round about a person, about a company, and in later rounds.
const ASKED: &[(&str, [f64; 3])] = &[
    ("network_funds", [0.70, 0.25, 0.10]),
    ("securities", [0.65, 0.60, 0.08]),
    ("insurance", [0.30, 0.10, 0.05]),
    ("real_estate", [0.92, 0.92, 0.22]),
    ("vehicles", [0.90, 0.90, 0.10]),
    ("registry", [0.55, 0.95, 0.10]),
    ("tax", [0.40, 0.60, 0.06]),
    ("social_insurance", [0.45, 0.10, 0.08]),
    ("housing_fund", [0.30, 0.0, 0.04]),
    ("household", [0.75, 0.50, 0.04]),
    ("exit_entry", [0.20, 0.0, 0.04]),
    ("hotel", [0.15, 0.0, 0.08]),
    ("travel", [0.20, 0.0, 0.10]),
    ("card", [0.25, 0.08, 0.06]),
    ("delivery", [0.12, 0.0, 0.02]),
];

impl Inquiry<'_> {
    /// Conducts every round up to the horizon.
    pub(super) fn conduct(mut self) {
        let Some(first) = self.cases.first().map(|case| case.filed) else { return };
        let mut found_banks: Vec<&'static str> = Vec::new();
        let mut seen: Vec<&'static str> = Vec::new();
        let mut since = first.plus_days(-180);
        self.plan_spending(first);
        for (nth, (asked, counts)) in self.plan().into_iter().enumerate() {
            let by_params = if nth == 0 { self.params.banks_asked } else { self.params.banks_asked_again };
            let n_banks = counts.map_or(u64::from(by_params), |counts| counts.bank);
            self.banks(asked, n_banks, &mut found_banks);
            for (source, chances) in ASKED {
                if counts.is_some() && is_counted(source) {
                    continue;
                }
                let chance = match (nth, self.member.is_person()) {
                    (0, true) => chances[0],
                    (0, false) => chances[1],
                    (_, person) if person || chances[1] > 0.0 => chances[2],
                    _ => 0.0,
                };
                let watched = nth > 0 && matches!(*source, "travel" | "hotel") && self.is_spending();
                if self.draw.chance(if watched { 0.6 } else { chance }) {
                    self.source(source, asked, (nth == 0, since));
                }
            }
            if let Some(counts) = counts {
                self.counted(counts, (since, asked), &mut seen);
            }
            since = asked;
        }
        self.property_report(first);
    }

    /// The rounds, and where queries are counted what each of them asks.
    fn plan(&mut self) -> Vec<(Day, Option<QueryCounts>)> {
        let mut days = self.rounds();
        let Some(portion) = self.portion else {
            days.retain(|day| *day <= self.params.observed_until);
            return days.into_iter().map(|day| (day, None)).collect();
        };
        // What was counted was asked by the year's last day: who files just before it is asked about the same day.
        let end = self.params.last_filing;
        days.retain(|day| *day <= end.plus_days(FIRST_ROUND.1));
        days.iter_mut().for_each(|day| *day = (*day).min(end));
        self.spread(days, portion).into_iter().map(|(day, counts)| (day, Some(counts))).collect()
    }

    /// The days of asking: at filing, again some months later, and every half-year after closing without result.
    fn rounds(&mut self) -> Vec<Day> {
        let mut days = Vec::new();
        for (case, course) in self.cases.iter().zip(self.courses) {
            let end = course.closing.on;
            let (least, most) = if self.portion.is_some() { FIRST_ROUND } else { (1, 5) };
            days.push(case.filed.plus_days(self.draw.between(least, most)));
            let again = [
                (0.95, case.filed.plus_days(self.draw.between(55, 100))),
                (0.45, case.filed.plus_days(self.draw.between(110, 200))),
            ];
            for (chance, day) in again {
                if self.draw.chance(chance) && day < end {
                    days.push(day);
                }
            }
            for months in [6, 12] {
                if course.closing.manner == "no_result" && self.draw.chance(0.3) {
                    days.push(end.plus_months(months).plus_days(self.draw.between(-5, 10)));
                }
            }
        }
        days.sort_unstable();
        days.dedup_by(|later, earlier| later.days_since(*earlier) < 15);
        days
    }

    /// Asks one holder; the day on which something was found, if it was.
    fn ask(&mut self, asked: Day, whom: (&str, Option<&str>), has: bool) -> Option<Day> {
        let (source, holder) = whom;
        let (roll, late) = (self.draw.unit(), self.draw.chance(self.params.late_share));
        let lag = match (late, source) {
            (true, _) => self.draw.between(20, 90),
            (false, "bank") => self.draw.between(0, 2),
            (false, _) => self.draw.between(1, 8),
        };
        let (answer, lag) = match roll {
            roll if roll < self.params.no_answer_share => ("no_answer", 15),
            roll if roll < self.params.no_answer_share + 0.008 => ("rolled_back", 2),
            _ if has => ("found", lag),
            _ => ("nothing_found", lag),
        };
        let known = asked.plus_days(lag);
        let id = self.member.id.clone();
        let stamp = Stamp { owner: &id, event: asked, known };
        let values = [("source", source.into()), ("holder", holder.into()), ("answer", answer.into())];
        let row = self.district.add("queries", stamp, &values);
        (answer == "found").then_some(known).filter(|_| row.is_some())
    }

    fn banks(&mut self, asked: Day, n: u64, found: &mut Vec<&'static str>) {
        let n = usize::try_from(n).unwrap_or(BANKS.len());
        let mut banks: Vec<&'static str> = Vec::new();
        for account in &self.member.estate.accounts {
            let is_known = found.contains(&account.bank);
            let chance = if self.portion.is_some() && is_known { ASKED_AGAIN } else { 0.93 };
            let is_certain = self.portion.is_none() && is_known;
            if !banks.contains(&account.bank) && (is_certain || self.draw.chance(chance)) {
                banks.push(account.bank);
            }
        }
        banks.truncate(n);
        for bank in BANKS {
            if banks.len() < n && !banks.contains(bank) {
                let own = self.member.estate.accounts.iter().any(|account| account.bank == *bank);
                if !own || (self.portion.is_none() && found.contains(bank)) {
                    banks.push(bank);
                }
            }
        }
        banks.sort_by_cached_key(|bank| BANKS.iter().position(|other| other == bank));
        for bank in banks {
            let has = self.member.estate.accounts.iter().any(|account| account.bank == bank);
            if let Some(known) = self.ask(asked, ("bank", Some(bank)), has) {
                let is_new = !found.contains(&bank);
                self.accounts(bank, known, is_new);
                if is_new {
                    found.push(bank);
                }
            }
        }
    }

    pub(super) fn source(&mut self, source: &'static str, asked: Day, round: (bool, Day)) {
        let has = self.has(source, asked, round.1);
        if let Some(known) = self.ask(asked, (source, None), has) {
            let answer = Answer { known, is_first: round.0, since: round.1 };
            match source {
                "network_funds" | "securities" | "insurance" => self.papers(source, answer),
                "real_estate" => self.homes(answer),
                "vehicles" => self.vehicles(answer),
                "registry" => self.holdings(answer),
                "tax" | "social_insurance" | "housing_fund" => self.income(source, answer),
                "household" => self.relations(answer),
                "exit_entry" => self.journeys(answer),
                _ => self.spending(source, answer),
            }
        }
    }

    /// Asks one of several land registers; `round` tells whether it is the right one, whether none
    /// was asked before, and up to when the last round had asked.
    pub(super) fn land(&mut self, holder: Option<&str>, asked: Day, round: (bool, bool, Day)) {
        let (is_seat, is_first, since) = round;
        let has = is_seat && !self.member.estate.homes.is_empty();
        if let Some(known) = self.ask(asked, ("real_estate", holder), has) {
            self.homes(Answer { known, is_first, since });
        }
    }

    /// Whether the source has anything to tell.
    fn has(&mut self, source: &str, asked: Day, since: Day) -> bool {
        let estate = &self.member.estate;
        match source {
            "network_funds" => !estate.wallets.is_empty(),
            "securities" => !estate.papers.is_empty(),
            "insurance" => !estate.policies.is_empty(),
            "real_estate" => !estate.homes.is_empty(),
            "vehicles" => !estate.vehicles.is_empty(),
            "registry" => !self.member.is_person() || !estate.holdings.is_empty(),
            "tax" => estate.job.is_some() || estate.turnover_fen > 0,
            "social_insurance" | "housing_fund" => estate.job.is_some(),
            "household" => !self.member.relatives.is_empty(),
            _ => self.moves_about(source, (since, asked)),
        }
    }

    /// Adds a row about the debtor and, when it shows a planted act, notes where.
    pub(super) fn tell(
        &mut self,
        table: &'static str,
        when: (Day, Day, Option<usize>),
        values: &[(&str, Value<'_>)],
    ) -> Option<usize> {
        let (event, known, act) = when;
        let row = self.district.add(table, Stamp { owner: &self.member.id, event, known }, values);
        if let (Some(row), Some((_, Value::Text(item)))) = (row, values.first()) {
            self.shown.entry((*item).to_owned()).or_insert((table, row));
        }
        if let Some(act) = act.and_then(|act| self.member.acts.get_mut(act))
            && act.record.is_none()
        {
            act.record = row.map(|row| (table, row));
        }
        row
    }

    /// A hiding debtor may go on living well; the acts are planted here and shown when travel or hotels answer.
    fn plan_spending(&mut self, filed: Day) {
        if self.member.will != Will::Hiding || !self.member.is_person() || !self.draw.chance(0.35) {
            return;
        }
        for _ in 0..self.draw.between(1, 4) {
            let on = filed.plus_days(self.draw.between(50, 170));
            let kind = "restricted_consumption";
            let amount_fen = i64::from(self.draw.between(400, 3_000)) * 100;
            self.member.acts.push(Act { kind, on, amount_fen, item: String::new(), record: None });
        }
    }

    fn is_spending(&self) -> bool {
        self.member.acts.iter().any(|act| act.kind == "restricted_consumption")
    }

    /// What the debtor declares of himself, true or not.
    fn property_report(&mut self, filed: Day) {
        let (refused, late) = match self.member.will {
            Will::Willing => (0.15, 0.1),
            Will::Reluctant => (0.45, 0.2),
            Will::Hiding => (0.35, 0.15),
        };
        let refused = if self.member.is_empty { 0.5 } else { refused };
        let asked = filed.plus_days(self.draw.between(3, 8));
        let filed_on = asked.plus_days(self.draw.between(5, 24));
        let roll = self.draw.unit();
        let id = self.member.id.clone();
        let case = self.cases.first().map(|case| case.number.as_str());
        if roll < refused {
            let known = asked.plus_days(25);
            let stamp = Stamp { owner: &id, event: asked, known };
            self.district.add("queries", stamp, &[("source", "debtor_report".into()), ("answer", "no_answer".into())]);
            if self.draw.chance(0.3) {
                let act = (self.member.will == Will::Hiding).then_some(self.member.acts.len());
                if act.is_some() {
                    let (kind, item) = ("report_refused", String::new());
                    self.member.acts.push(Act { kind, on: known, amount_fen: 0, item, record: None });
                }
                let values = [("case_id", case.into()), ("state", "refused".into())];
                self.tell("property_reports", (known, known, act), &values);
            }
            return;
        }
        let state = if roll < refused + late { "late" } else { "filed" };
        let items = self.declared(filed_on);
        let answer = if items.is_empty() { "nothing_found" } else { "found" };
        let stamp = Stamp { owner: &id, event: asked, known: filed_on };
        self.district.add("queries", stamp, &[("source", "debtor_report".into()), ("answer", answer.into())]);
        if items.is_empty() {
            let values = [("case_id", case.into()), ("state", state.into()), ("item_kind", "nothing".into())];
            self.tell("property_reports", (filed_on, filed_on, None), &values);
        }
        for (kind, item, value) in items {
            let values = [
                ("case_id", case.into()),
                ("state", state.into()),
                ("item_kind", kind.into()),
                ("asset", item.as_deref().into()),
                ("declared_fen", value.into()),
            ];
            self.tell("property_reports", (filed_on, filed_on, None), &values);
        }
    }

    /// The items declared. Who hides leaves out some of what is still his: each omission is an act.
    fn declared(&mut self, on: Day) -> Vec<(&'static str, Option<String>, i64)> {
        let estate = &self.member.estate;
        let accounts = estate.accounts.iter().filter(|account| account.balance_fen >= 50_000);
        let accounts = accounts.map(|account| ("deposit", Some(account.number.clone()), account.balance_fen));
        let homes = estate.homes.iter().filter(|home| home.disposal.is_none());
        let homes = homes.map(|home| ("real_estate", Some(home.unit.clone()), home.value_fen));
        let cars = estate.vehicles.iter().filter(|vehicle| vehicle.disposal.is_none());
        let cars = cars.map(|vehicle| ("vehicle", Some(vehicle.plate.clone()), vehicle.value_fen));
        let papers = estate.papers.iter().filter(|paper| paper.disposal.is_none());
        let papers = papers.map(|paper| ("financial_asset", Some(paper.item.clone()), paper.value_fen));
        let wage = estate.job.iter().map(|job| ("income", None, job.wage_fen));
        let mut items: Vec<_> = accounts.chain(homes).chain(cars).chain(papers).chain(wage).collect();
        let omitted = match self.member.will {
            Will::Willing => 0.03,
            Will::Reluctant => 0.12,
            Will::Hiding => 0.6,
        };
        let draw = &mut *self.draw;
        let (acts, shown) = (&mut self.member.acts, &self.shown);
        let hides = self.member.will == Will::Hiding;
        items.retain(|(_, item, value)| {
            let keeps = !draw.chance(omitted);
            if !keeps && hides && item.is_some() {
                let (kind, item) = ("undeclared_property", item.clone().unwrap_or_default());
                let record = shown.get(&item).copied();
                acts.push(Act { kind, on, amount_fen: *value, item, record });
            }
            keeps
        });
        items
    }
}
