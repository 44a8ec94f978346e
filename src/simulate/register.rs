//! The court's own register of a simulated world: it follows from what happened and from chances of its
//! own, so that with or without it every other file stays the same byte for byte.
//!
//! Its tables are those of [`schema::register_tables`]. They tell nothing about a debtor's means; they tell
//! how quickly and properly the court worked, which `indicators` measures.

use std::ops::Range;

use polars::prelude::DataFrame;

use super::course::{Course, play};
use super::district::{Stamp, World, add_row};
use super::draw::{Draw, part};
use super::group::{Case, Group, Will};
use super::record::listed;
use super::register_lots::lots;
use super::register_steps::{money, reviews, steps};
use super::sheet::{Sheet, Value};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema;
use crate::sentence::Sentence;

/// The register's files of a district, or of a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    tables: Vec<Sheet>,
    horizon: Day,
}

impl Register {
    fn empty(horizon: Day) -> Self {
        Self { tables: schema::register_tables().iter().map(|table| Sheet::of_table(table)).collect(), horizon }
    }

    /// One sheet per table of [`schema::register_tables`], in its order.
    pub fn tables(&self) -> &[Sheet] {
        &self.tables
    }

    /// The rows of one table, identifiers in the clear.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when the register has no such table.
    ///
    /// ```
    /// use wherewithal::simulate::{SimulateParams, World};
    ///
    /// let world = World::new(&SimulateParams::district().cases(20))?;
    /// let register = world.register(0..world.groups());
    /// assert!(register.frame("case_funds")?.column("case_id").is_ok());
    /// assert!(register.frame("deposits").is_err(), "the answers of banks are not the court's register");
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn frame(&self, table: &str) -> Result<DataFrame> {
        let sheet = self.tables.iter().find(|sheet| sheet.name() == table);
        sheet
            .ok_or_else(|| Error::table(Sentence::name(table), "no such table", "a table of the court's register"))?
            .frame()
    }

    /// Adds a row that the court knows by the horizon.
    pub(super) fn add(&mut self, table: &str, stamp: Stamp<'_>, values: &[(&str, Value<'_>)]) {
        let found = schema::register_tables().iter().zip(&mut self.tables).find(|(known, _)| known.name == table);
        if let Some((table, sheet)) = found {
            add_row((table, sheet), self.horizon, (stamp, values));
        }
    }

    /// Whether the court knows by the horizon what happened on a day.
    pub(super) fn sees(&self, day: Day) -> bool {
        day <= self.horizon
    }
}

/// One case with all that its rows in the register follow from.
pub(super) struct Handled<'a> {
    pub(super) world: &'a World,
    pub(super) group: &'a Group,
    /// The number of the case in its group.
    pub(super) nth: u64,
    pub(super) case: &'a Case,
    pub(super) course: &'a Course,
    /// The day of listing of each debtor in the case.
    pub(super) listings: Vec<(usize, Day)>,
}

impl Handled<'_> {
    /// The chances of one table about this case.
    pub(super) fn draw(&self, table: &str) -> Draw {
        self.world.key().draw(table, self.group.index, self.nth)
    }

    pub(super) fn stamp(&self, event: Day, known: Day) -> Stamp<'_> {
        Stamp { owner: &self.case.number, event, known }
    }

    /// A number of a matter of this case.
    pub(super) fn number(&self, prefix: &str, at: usize) -> String {
        format!("{prefix}-{}-{}-{at}", self.group.index, self.nth)
    }

    pub(super) fn will(&self) -> Will {
        self.group.members.first().map_or(Will::Reluctant, |member| member.will)
    }
}

impl World {
    /// The part of the court's register that these groups make.
    ///
    /// ```
    /// use wherewithal::simulate::{SimulateParams, World};
    ///
    /// let world = World::new(&SimulateParams::district().cases(50))?;
    /// let register = world.register(0..world.groups());
    /// // One for each case; the cases of the last group may be more than were asked for.
    /// assert!(register.frame("assignments")?.height() >= 50);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn register(&self, groups: Range<u64>) -> Register {
        let mut register = Register::empty(self.horizon());
        for index in groups.start..groups.end.min(self.groups()) {
            let group = self.group(index);
            let courses = play(&group, &mut self.key().draw("course", index, 0));
            let listings = listed(&mut self.key().draw("docket", index, 0), &group, &courses);
            for (nth, (case, course)) in (0u64..).zip(group.cases.iter().zip(&courses)) {
                let of_case = listings.iter().filter(|listing| listing.0 == nth);
                let listings = of_case.map(|(_, member, day)| (*member, *day)).collect();
                let handled = Handled { world: self, group: &group, nth, case, course, listings };
                assigned(&mut register, &handled);
                preserved(&mut register, &handled);
                entrusted(&mut register, &handled);
                petitioned(&mut register, &handled);
                ordered(&mut register, &handled);
                rewarded(&mut register, &handled);
                transferred(&mut register, &handled);
                punished(&mut register, &handled);
                let sold = lots(&mut register, &handled);
                money(&mut register, &handled);
                reviews(&mut register, &handled, sold);
                steps(&mut register, &handled, sold);
            }
        }
        register
    }
}

const TEAMS: [&str; 8] =
    ["执行一团队", "执行二团队", "执行三团队", "执行四团队", "执行五团队", "执行六团队", "执行七团队", "执行八团队"];

fn assigned(register: &mut Register, handled: &Handled<'_>) {
    let mut draw = handled.draw("assignments");
    let case = handled.case;
    // A court has three to eight teams, always the same number.
    let sum: u32 = case.court.bytes().map(u32::from).sum();
    let teams = usize::try_from(3 + sum % 6).unwrap_or(3);
    let moved = draw.chance(0.03).then(|| case.filed.plus_days(draw.between(40, 120)));
    for on in [Some(case.filed.plus_days(draw.between(0, 5))), moved].into_iter().flatten() {
        let team = draw.pick(TEAMS.get(..teams).unwrap_or(&TEAMS));
        let officer = format!("{}-{team}-{}", case.court, draw.between(1, 4));
        let values = [("court", case.court.into()), ("team", team.into()), ("officer", (&officer).into())];
        register.add("assignments", handled.stamp(on, on), &values);
    }
}

fn preserved(register: &mut Register, handled: &Handled<'_>) {
    let (mut draw, case) = (handled.draw("preservations"), handled.case);
    if !draw.chance(0.18) {
        return;
    }
    let applied = case.served.plus_days(-draw.between(-20, 30));
    let ordered = applied.plus_days(draw.between(1, 6));
    let held = if draw.chance(0.72) { part(case.claim_fen, draw.uniform(0.05, 1.0)) } else { 0 };
    let stage = draw.weighted(&[("before_suit", 1), ("in_suit", 4)]);
    let number = handled.number("B", 0);
    let values = [
        ("item", (&number).into()),
        ("stage", stage.into()),
        ("ordered_on", ordered.into()),
        ("asked_fen", case.claim_fen.into()),
        ("held_fen", held.into()),
        ("until_on", ordered.plus_months(12).into()),
    ];
    // The enforcing court learns of it when the case is filed.
    register.add("preservations", handled.stamp(applied, case.filed), &values);
}

fn entrusted(register: &mut Register, handled: &Handled<'_>) {
    let (mut draw, case) = (handled.draw("entrustments"), handled.case);
    if !draw.chance(0.08) {
        return;
    }
    let sent = case.filed.plus_days(draw.between(15, 90));
    if sent > handled.course.closing.on {
        return;
    }
    let to = draw.pick(super::names::OTHER_COURTS);
    let kind = draw.weighted(&[("inquire", 4), ("seize", 3), ("renew", 1), ("serve", 2), ("auction", 1)]);
    let done = sent.plus_days(if draw.chance(0.88) { draw.between(3, 30) } else { draw.between(31, 120) });
    let result = draw.weighted(&[("done", 12), ("nothing_found", 5), ("returned", 2), ("refused", 1)]);
    let number = handled.number("W", 0);
    let mut tell = |known: Day, end: Option<(Day, &str)>| {
        let values = [
            ("matter", (&number).into()),
            ("from_court", case.court.into()),
            ("to_court", to.into()),
            ("kind", kind.into()),
            ("due_on", sent.plus_days(30).into()),
            ("done_on", end.map(|end| end.0).into()),
            ("result", end.map(|end| end.1).into()),
        ];
        register.add("entrustments", handled.stamp(sent, known), &values);
    };
    tell(sent, None);
    tell(done, Some((done, result)));
}

fn petitioned(register: &mut Register, handled: &Handled<'_>) {
    let (mut draw, case) = (handled.draw("petitions"), handled.case);
    let is_open_long = handled.course.closing.on.days_since(case.filed) > 120;
    if !draw.chance(if is_open_long { 0.03 } else { 0.008 }) {
        return;
    }
    let on = case.filed.plus_days(draw.between(60, 300));
    let kind = draw.weighted(&[("letter", 3), ("visit", 4), ("online", 5), ("referred", 1)]);
    let closed = on.plus_days(if draw.chance(0.93) { draw.between(4, 60) } else { draw.between(61, 150) });
    let result = draw.weighted(&[("resolved", 5), ("explained", 8), ("unfounded", 3)]);
    let number = handled.number("X", 0);
    let mut tell = |known: Day, end: Option<(Day, &str)>| {
        let values = [
            ("petition", (&number).into()),
            ("kind", kind.into()),
            ("due_on", on.plus_days(60).into()),
            ("closed_on", end.map(|end| end.0).into()),
            ("result", end.map(|end| end.1).into()),
        ];
        register.add("petitions", handled.stamp(on, known), &values);
    };
    tell(on, None);
    tell(closed, Some((closed, result)));
}

fn ordered(register: &mut Register, handled: &Handled<'_>) {
    let (mut draw, case) = (handled.draw("orders"), handled.case);
    if !draw.chance(0.06) {
        return;
    }
    let on = case.filed.plus_days(draw.between(15, 90));
    let source =
        draw.weighted(&[("bank", 6), ("real_estate", 3), ("tax", 2), ("social_insurance", 2), ("vehicles", 1)]);
    let answered = draw.chance(0.86).then(|| on.plus_days(draw.between(2, 29)));
    let found = draw.chance(0.31);
    let number = handled.number("D", 0);
    let mut tell = |known: Day, answered: Option<Day>| {
        let values = [
            ("number", (&number).into()),
            ("source", source.into()),
            ("until_on", on.plus_days(30).into()),
            ("answered_on", answered.into()),
            ("is_found", answered.map(|_| found).into()),
        ];
        register.add("orders", handled.stamp(on, known), &values);
    };
    tell(on, None);
    if answered.is_some() {
        tell(answered.unwrap_or(on), answered);
    }
}

fn rewarded(register: &mut Register, handled: &Handled<'_>) {
    let (mut draw, case) = (handled.draw("rewards"), handled.case);
    let on = case.filed.plus_days(draw.between(40, 150));
    if !draw.chance(0.04) || on > handled.course.closing.on || handled.will() == Will::Willing {
        return;
    }
    let is_insured = handled.world.insures(case.court) && draw.chance(0.6);
    let tips = draw.weighted(&[(0, 70), (1, 18), (2, 8), (3, 4)]);
    let recovered = if tips > 0 && draw.chance(0.4) { part(case.claim_fen, draw.uniform(0.02, 0.5)) } else { 0 };
    let (number, end) = (handled.number("S", 0), on.plus_months(6));
    let mut tell = |known: Day, ended: Option<Day>| {
        let values = [
            ("notice", (&number).into()),
            ("is_insured", is_insured.into()),
            ("reward_fen", part(case.claim_fen, 0.1).into()),
            ("tips", ended.map(|_| tips).into()),
            ("recovered_fen", ended.map(|_| recovered).into()),
            ("ended_on", ended.into()),
        ];
        register.add("rewards", handled.stamp(on, known), &values);
    };
    tell(on, None);
    tell(end, Some(end));
}

fn transferred(register: &mut Register, handled: &Handled<'_>) {
    let mut draw = handled.draw("transfers");
    for (nth, (member, day)) in handled.listings.iter().enumerate() {
        let Some(debtor) = handled.group.members.get(*member) else { continue };
        if debtor.will != Will::Hiding || !draw.chance(0.04) {
            continue;
        }
        let sent = day.plus_days(draw.between(20, 120));
        let way = draw.weighted(&[("police", 7), ("private", 3)]);
        let filed = draw.chance(0.7).then(|| sent.plus_days(draw.between(5, 60)));
        let sentenced = filed.filter(|_| draw.chance(0.5)).map(|on| on.plus_days(draw.between(60, 240)));
        let number = handled.number("J", nth);
        let mut tell = |known: Day, (filed, sentenced): (Option<Day>, Option<Day>), outcome: &str| {
            let values = [
                ("matter", (&number).into()),
                ("entity_id", (&debtor.id).into()),
                ("way", way.into()),
                ("filed_on", filed.into()),
                ("sentenced_on", sentenced.into()),
                ("outcome", outcome.into()),
            ];
            register.add("transfers", handled.stamp(sent, known), &values);
        };
        tell(sent, (None, None), "open");
        match (filed, sentenced) {
            (None, _) => tell(sent.plus_days(60), (None, None), "not_filed"),
            (Some(on), None) => tell(on, (filed, None), "open"),
            (Some(_), Some(on)) => tell(on, (filed, sentenced), "convicted"),
        }
    }
}

/// What units of the memorandum did about the listed: 55 of them take 68 measures.
fn punished(register: &mut Register, handled: &Handled<'_>) {
    let mut draw = handled.draw("measures");
    for (member, day) in &handled.listings {
        let Some(debtor) = handled.group.members.get(*member) else { continue };
        for _ in 0..draw.between(1, 4) {
            let measure = draw.between(1, 68);
            // Each measure is one unit's; some units have two.
            let unit = (measure - 1) % 55 + 1;
            let on = day.plus_days(draw.between(1, 7));
            let refused = draw.chance(0.2).then(|| on.plus_days(draw.between(3, 200)));
            let mut tell = |known: Day, refused: Option<Day>| {
                let values = [
                    ("case_id", (&handled.case.number).into()),
                    ("unit", unit.into()),
                    ("measure", measure.into()),
                    ("refused_on", refused.into()),
                    ("refusals", i64::from(refused.is_some()).into()),
                ];
                register.add("measures", Stamp { owner: &debtor.id, event: on, known }, &values);
            };
            tell(on, None);
            if let Some(refused_on) = refused {
                tell(refused_on, refused);
            }
        }
    }
}
