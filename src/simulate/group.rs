//! Draws one group: a debtor, sometimes a co-debtor, and the cases against them. Groups are independent of
//! each other.
//!
//! A group is the unit of everything in this room: what is drawn for it depends on the seed and its number
//! alone.

use super::deal::QueryCounts;
use super::draw::{Draw, Key, fen};
use super::estate::{Estate, Furnisher, HORIZON_MONTHS};
use super::evasion::{Act, Move, evade};
use super::identity::{POOL, Registry, SERIALS, case_number, court, courts};
use super::names::AREAS;
use super::params::SimulateParams;
use crate::domain::Day;

/// Whether a debtor means to pay.
///
/// A debtor with means and no will to pay is the one for whom enforcement is made; a debtor without means
/// cannot be told from him by his payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Will {
    Willing,
    Reluctant,
    Hiding,
}

impl Will {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Willing => "willing",
            Self::Reluctant => "reluctant",
            Self::Hiding => "hiding",
        }
    }
}

/// Somebody near a debtor.
#[derive(Debug, Clone)]
pub(super) struct Relative {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) since: Day,
    pub(super) until: Option<Day>,
    pub(super) act: Option<usize>,
}

/// A debtor with the whole truth about him.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) serial: u64,
    pub(super) kind: &'static str,
    pub(super) region: &'static str,
    pub(super) will: Will,
    pub(super) estate: Estate,
    pub(super) relatives: Vec<Relative>,
    pub(super) acts: Vec<Act>,
    pub(super) moves: Vec<Move>,
    /// What was put out of the court's reach, in fen.
    pub(super) hidden_fen: i64,
    /// Whether there is no executable property.
    pub(super) is_empty: bool,
}

impl Member {
    pub(super) fn is_person(&self) -> bool {
        self.kind == "person"
    }

    pub(super) fn means_fen(&self) -> i64 {
        self.estate.visible_fen() + self.estate.cash_fen + self.hidden_fen
    }
}

/// A party known from its register alone: a creditor, an employer.
#[derive(Debug, Clone)]
pub(super) struct Outsider {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) is_shared: bool,
}

/// One enforcement case with its title.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) number: String,
    pub(super) court: &'static str,
    /// The day of filing for enforcement (立案).
    pub(super) filed: Day,
    /// The day on which the debtor learnt of the suit; evasion begins here.
    pub(super) served: Day,
    /// The day by which the title told him to pay.
    pub(super) due: Day,
    pub(super) cause: &'static str,
    pub(super) title: &'static str,
    /// The principal in fen; interest and fees stand beside it.
    pub(super) claim_fen: i64,
    pub(super) interest_fen: i64,
    pub(super) fee_fen: i64,
    /// Whether the case was closed without result before and is taken up again (恢复执行).
    pub(super) is_resumed: bool,
    /// Whether the creditor holds security over a thing.
    pub(super) is_secured: bool,
    pub(super) creditor: Outsider,
    /// Whether the co-debtor stands in it too, and as what.
    pub(super) co_role: Option<&'static str>,
}

impl Case {
    pub(super) fn owed_fen(&self) -> i64 {
        self.claim_fen + self.interest_fen + self.fee_fen
    }
}

/// All cases of one debtor, with everybody who stands in them.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) index: u64,
    pub(super) cases: Vec<Case>,
    pub(super) members: Vec<Member>,
    /// What falls on the group of a province's counted queries, if they are counted.
    pub(super) portion: Option<QueryCounts>,
    /// What is left of spans of time; see [`SimulateParams::pace`].
    pub(super) pace: f64,
    /// See [`SimulateParams::resting_share`].
    pub(super) resting_share: Option<f64>,
}

/// The number of cases against the debtor of one group.
pub(super) fn case_count(key: &Key, group: u64) -> u64 {
    let mut draw = key.draw("cases", group, 0);
    draw.weighted(&[(1, 70), (2, 16), (3, 7), (4, 3), (5, 2), (6, 1), (8, 1)])
}

pub(super) fn employer(registry: &Registry, nth: u64) -> Outsider {
    let serial = POOL + 100 + nth;
    Outsider { id: registry.company(serial), name: registry.company_name(serial), kind: "company", is_shared: true }
}

/// How many creditors the groups share: banks, lenders, suppliers.
pub(super) const SHARED_CREDITORS: u64 = 60;

pub(super) fn shared_creditor(registry: &Registry, nth: u64) -> Outsider {
    let serial = POOL + nth;
    Outsider { id: registry.company(serial), name: registry.company_name(serial), kind: "company", is_shared: true }
}

/// What a group begins with: enough to tell how much of the search will fall on it.
#[derive(Debug, Clone, Copy)]
struct Opening {
    is_company: bool,
    has_co: bool,
    /// Days from the first day of filing to the filing around which the group's cases lie.
    base: i32,
}

/// Makes groups of one world.
#[derive(Debug)]
pub(super) struct Founder<'a> {
    pub(super) params: &'a SimulateParams,
    pub(super) key: &'a Key,
    pub(super) registry: &'a Registry,
}

impl Founder<'_> {
    fn span(&self) -> i32 {
        self.params.last_filing.days_since(self.params.first_filing)
    }

    fn opening(&self, index: u64) -> (Opening, Draw) {
        let mut draw = self.key.draw("group", index, 0);
        let (is_company, has_co) = (draw.chance(self.params.company_share), draw.chance(0.13));
        (Opening { is_company, has_co, base: draw.between(0, self.span()) }, draw)
    }

    /// How much of the search falls on a group, beside others: early cases see more rounds, companies stand in the
    /// registry, persons with the police.
    pub(super) fn weight(&self, index: u64, n_cases: u64) -> QueryCounts {
        let (opening, _) = self.opening(index);
        let left = self.span() - opening.base;
        let rounds = 100 + if left >= 78 { 95 } else { 0 } + if left >= 155 { 45 } else { 0 };
        let co = u64::from(opening.has_co);
        let rounds = rounds * (1 + co) + 200 * n_cases.saturating_sub(1);
        let (registry, police) = if opening.is_company { (5, 2) } else { (3, 5) };
        let standing = n_cases + co;
        QueryCounts { bank: rounds, registry: registry * standing, police: police * standing, real_estate: rounds }
    }

    pub(super) fn group(&self, index: u64, n_cases: u64) -> Group {
        let (opening, mut draw) = self.opening(index);
        let Opening { is_company, has_co, .. } = opening;
        let mut cases = self.cases(&mut draw, (index, n_cases), opening);
        let owed: i64 = cases.iter().map(Case::owed_fen).sum();
        let first = cases.first().map_or(self.params.first_filing, |case| case.filed);
        let served = cases.first().map_or(first, |case| case.served);
        let claim = cases.iter().map(|case| case.claim_fen).max().unwrap_or_default();
        let kind = match is_company {
            false => "person",
            true if draw.chance(0.08) => "organisation",
            true => "company",
        };
        let mut members = vec![self.member((index, 0), kind, (owed, claim, first, served))];
        if has_co {
            let owed = cases.first().map_or(owed, Case::owed_fen);
            members.push(self.member((index, 1), "person", (owed / 3, claim, first, served)));
        }
        let has_security = members.first().is_some_and(|main| main.estate.homes.iter().any(|home| home.net_fen > 0));
        for case in cases.iter_mut().filter(|case| case.cause == "loan" && has_security) {
            case.is_secured = draw.chance(0.6);
        }
        let (pace, resting_share) = (self.params.pace.unwrap_or(1.0), self.params.resting_share);
        Group { index, cases, members, portion: None, pace, resting_share }
    }

    fn cases(&self, draw: &mut Draw, at: (u64, u64), opening: Opening) -> Vec<Case> {
        let (index, n) = at;
        let Opening { is_company, has_co, base } = opening;
        let span = self.span();
        let mut offsets: Vec<i32> =
            (0..n).map(|nth| if nth == 0 { base } else { base + draw.between(0, 420) }).collect();
        for offset in &mut offsets {
            if self.params.queries.is_some() {
                // A counted year is filled evenly: what would come after it stands for what came before.
                *offset %= span + 1;
            } else if *offset > span {
                *offset = (span - draw.between(0, 90)).max(0);
            }
        }
        offsets.sort_unstable();
        let court = match self.params.courts {
            None => court(draw),
            // The stream goes on as it would without: only the court differs.
            some => {
                court(draw);
                self.key.draw("court", index, 0).pick(courts(some))
            }
        };
        let co_role = draw.pick(&["debtor", "guarantor"]);
        (0..n)
            .zip(offsets)
            .map(|(nth, offset)| {
                let filed = self.params.first_filing.plus_days(offset);
                let number = case_number(filed.year(), court, index * 8 + nth + 1);
                let co_role = (nth == 0 && has_co).then_some(co_role);
                let creditor = self.creditor(draw, index * SERIALS + 8 + nth);
                Case { number, court: court.1, filed, creditor, co_role, ..claim(draw, filed, is_company) }
            })
            .collect()
    }

    fn creditor(&self, draw: &mut Draw, serial: u64) -> Outsider {
        if draw.chance(0.7) {
            return shared_creditor(self.registry, draw.below(SHARED_CREDITORS));
        }
        let (registry, is_shared) = (self.registry, false);
        Outsider { id: registry.person(serial), name: registry.person_name(serial), kind: "person", is_shared }
    }

    fn member(&self, at: (u64, u64), kind: &'static str, about: (i64, i64, Day, Day)) -> Member {
        let (owed, claim, filed, served) = about;
        let serial = at.0 * SERIALS + at.1;
        let mut draw = self.key.draw("member", at.0, at.1);
        // Large claims arise against people who had something to lend on.
        let lean = match claim {
            0..10_000_000 => 1.14,
            10_000_000..50_000_000 => 0.96,
            _ => 0.62,
        };
        let is_empty = draw.chance((self.params.no_property_share * lean).min(1.0));
        let scale = libm::exp(libm::log((owed as f64 / 100.0).max(1_000.0)) * 1.08 - libm::log(60_000.0) * 0.08);
        let target = (!is_empty).then(|| draw.log_normal(3.6, 1.25) * scale).map(|target| target.clamp(1_500.0, 2e8));
        let evades = !is_empty && draw.chance(self.params.evasion_share);
        let will = match evades {
            true => Will::Hiding,
            false if draw.chance(0.5) => Will::Willing,
            false => Will::Reluctant,
        };
        let mut furniture = self.key.draw("estate", at.0, at.1);
        let registry = self.registry;
        let furnisher = Furnisher { draw: &mut furniture, registry, serial, filed, target };
        let person = kind == "person";
        let (estate, id, name) = if person {
            (furnisher.person(), self.registry.person(serial), self.registry.person_name(serial))
        } else {
            (furnisher.company(), self.registry.company(serial), self.registry.company_name(serial))
        };
        let region = draw.pick(AREAS).0;
        let relatives = self.relatives(&mut draw, (serial, filed), person);
        let (acts, moves, hidden_fen) = (Vec::new(), Vec::new(), 0);
        let mut member =
            Member { id, name, serial, kind, region, will, estate, relatives, acts, moves, hidden_fen, is_empty };
        let mut schemes = self.key.draw("evasion", at.0, at.1);
        evade(&mut member, &mut schemes, (served, filed));
        member
    }

    fn relatives(&self, draw: &mut Draw, about: (u64, Day), person: bool) -> Vec<Relative> {
        let (serial, filed) = about;
        let kinds: &[(&'static str, f64, bool)] = if person {
            &[("spouse", 0.68, true), ("parent_child", 0.8, true), ("sibling", 0.35, true)]
        } else {
            &[("controller", 0.9, true), ("affiliate", 0.45, false)]
        };
        let mut relatives = Vec::new();
        for (nth, (kind, probability, is_person)) in (20u64..).zip(kinds) {
            if !draw.chance(*probability) {
                continue;
            }
            let serial = serial + nth;
            let id = if *is_person { self.registry.person(serial) } else { self.registry.company(serial) };
            let since = filed.plus_days(-draw.between(800, 9_000));
            // Some marriages end long before, and not to hide anything.
            let ended = *kind == "spouse" && draw.chance(0.08);
            let until = ended.then(|| filed.plus_days(-draw.between(200, 780)));
            let kind = if ended { "former_spouse" } else { *kind };
            relatives.push(Relative { id, kind, since, until, act: None });
        }
        relatives
    }
}

fn claim(draw: &mut Draw, filed: Day, is_company: bool) -> Case {
    let causes: &[(&'static str, u32)] = if is_company {
        &[("sale", 35), ("labour", 25), ("loan", 15), ("construction", 12), ("lease", 6), ("tax", 2), ("other", 5)]
    } else {
        &[("loan", 45), ("card", 10), ("tort", 14), ("support", 8), ("sale", 12), ("lease", 5), ("other", 6)]
    };
    let cause = draw.weighted(causes);
    let median = match cause {
        "labour" | "support" => 18_000.0,
        "card" => 32_000.0,
        "tort" => 45_000.0,
        "loan" => 82_000.0,
        _ if is_company => 130_000.0,
        _ => 55_000.0,
    };
    let claim_fen = fen(draw.log_normal(median, 1.3).clamp(2_000.0, 2e7)) / 100 * 100;
    let interest = if matches!(cause, "loan" | "card") { draw.uniform(0.02, 0.25) } else { draw.uniform(0.0, 0.04) };
    let due = filed.plus_days(-draw.between(15, 120));
    Case {
        number: String::new(),
        court: "",
        filed,
        served: due.plus_days(-draw.between(60, 240)),
        due,
        cause,
        title: draw.weighted(&[("judgment", 60), ("mediation", 28), ("arbitration", 9), ("notarised", 3)]),
        claim_fen,
        interest_fen: super::draw::part(claim_fen, interest),
        fee_fen: super::draw::part(claim_fen, 0.02).clamp(5_000, 5_000_000) / 100 * 100,
        is_resumed: draw.chance(0.06),
        is_secured: false,
        creditor: Outsider { id: String::new(), name: String::new(), kind: "person", is_shared: false },
        co_role: None,
    }
}

/// What a debtor's whole means come to against what he owes: the legal none, part, all.
pub(super) fn class(means_fen: i64, owed_fen: i64) -> &'static str {
    match means_fen {
        means if means >= owed_fen => "full",
        means if means >= 100_000 && means * 50 >= owed_fen => "partial",
        _ => "none",
    }
}

/// Monthly surplus over the horizon, in fen.
pub(super) fn income_fen(estate: &Estate) -> i64 {
    estate.surplus_fen * HORIZON_MONTHS
}
