//! A simulated district made in parts: source files and the truth behind them.
//!
//! A [`World`] knows the parameters and how many groups of debtors there are; [`World::part`] makes any
//! range of them. A province of 700,000 cases never lies in memory: parts are made, written and dropped.

use std::ops::Range;

use polars::prelude::DataFrame;

use super::deal::{Deal, QueryCounts};
use super::draw::Key;
use super::group::{Founder, Group, SHARED_CREDITORS, case_count, shared_creditor};
use super::identity::{Registry, courts};
use super::params::SimulateParams;
use super::record::record;
use super::sheet::{Sheet, Value};
use super::truth;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{self, EVENT_ON, KNOWN_AT, TABLES, Table};
use crate::sentence::Sentence;

/// A district, or a part of one: its source files and the truth behind them.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::{SimulateParams, generate};
///
/// let district = generate(&SimulateParams::district().cases(40))?;
/// // What the court can know is a set of source files …
/// let names: Vec<_> = district.tables().iter().map(|sheet| sheet.name()).collect();
/// assert!(names.contains(&"deposits") && names.contains(&"queries"));
/// // … and the truth is a sheet beside them, which no source file repeats.
/// assert!(district.truth().columns().any(|column| column == "means_fen"));
/// assert!(district.frame("parties")?.column("means_fen").is_err());
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    tables: Vec<Sheet>,
    truth: Sheet,
    acts: Sheet,
    things: Sheet,
    horizon: Day,
}

/// The tables before those of further attributes, which are a source's own.
const SIMULATED: usize = 22;

/// Whose row, what happened when, and when the court learnt it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) owner: &'a str,
    pub(super) event: Day,
    pub(super) known: Day,
}

impl District {
    fn empty(horizon: Day) -> Self {
        let tables = TABLES.iter().take(SIMULATED).map(|table| Sheet::of_table(table)).collect();
        Self { tables, truth: truth::debtors(), acts: truth::acts(), things: truth::things(), horizon }
    }

    /// The source files, one per table of the schema but those of further attributes, and in its order.
    pub fn tables(&self) -> &[Sheet] {
        &self.tables
    }

    /// One row per debtor: means, will, class. No source may see it.
    ///
    /// Amounts are in fen: `visible_fen` is what the court could realise if every agency answered,
    /// `hidden_fen` what was put out of reach, `cash_fen` what no agency sees; `means_fen` is their sum.
    /// `class` compares it with what is owed: `none`, `partial`, `full`.
    pub fn truth(&self) -> &Sheet {
        &self.truth
    }

    /// One row per planted act of evasion, with the table and the row that show it, counted from 1.
    ///
    /// ```
    /// use wherewithal::simulate::{SimulateParams, generate};
    ///
    /// let honest = generate(&SimulateParams::district().cases(40).evasion_share(0.0))?;
    /// assert_eq!(honest.acts().height(), 0);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn acts(&self) -> &Sheet {
        &self.acts
    }

    /// One row per thing that is worth something to the court, and per income: what it would truly yield. Together they
    /// are the `visible_fen` of [`District::truth`]. No file holds it: the manifest's parameters make it again.
    pub fn things(&self) -> &Sheet {
        &self.things
    }

    /// The sheets of the truth: debtors, acts, things.
    pub(super) fn truth_mut(&mut self) -> [&mut Sheet; 3] {
        [&mut self.truth, &mut self.acts, &mut self.things]
    }

    /// All sheets that are written: the source files, then the truth about debtors and acts.
    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.tables.iter().chain([&self.truth, &self.acts])
    }

    /// The rows of one source file, identifiers in the clear; none of further attributes.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when there is no such table.
    ///
    /// ```
    /// use wherewithal::simulate::{SimulateParams, generate};
    ///
    /// let district = generate(&SimulateParams::district().cases(10))?;
    /// assert_eq!(district.frame("truth")?.height(), district.truth().height());
    /// assert!(matches!(district.frame("no_such_table"), Err(wherewithal::Error::Table { .. })));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn frame(&self, table: &str) -> Result<DataFrame> {
        let sheet = self.sheets().find(|sheet| sheet.name() == table).cloned();
        let sheet = sheet.or_else(|| schema::table(table).map(Sheet::of_table));
        sheet
            .ok_or_else(|| {
                Error::table(Sentence::name(table), "no such table", "a table of the schema, truth or truth_acts")
            })?
            .frame()
    }

    /// Adds a row that the court knows by the horizon; what it would learn later is not there.
    pub(super) fn add(&mut self, table: &str, stamp: Stamp<'_>, values: &[(&str, Value<'_>)]) -> Option<usize> {
        let (table, sheet) = TABLES.iter().zip(&mut self.tables).find(|(other, _)| other.name == table)?;
        add_row((table, sheet), self.horizon, (stamp, values))
    }
}

/// Adds a row that is known by the horizon.
pub(super) fn add_row(
    (table, sheet): (&Table, &mut Sheet),
    horizon: Day,
    (stamp, values): (Stamp<'_>, &[(&str, Value<'_>)]),
) -> Option<usize> {
    if stamp.known > horizon {
        return None;
    }
    let event = stamp.event.min(stamp.known);
    let head = [(table.key(), stamp.owner.into()), (EVENT_ON, event.into()), (KNOWN_AT, stamp.known.into())];
    Some(sheet.push(&head, values))
}

/// A world that can be made in parts.
///
/// Groups of debtors know nothing of each other, so any split into ranges gives the same rows in the same order.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::{SimulateParams, World};
///
/// let world = World::new(&SimulateParams::district().cases(60))?;
/// let (whole, half) = (world.part(0..world.groups()), world.groups() / 2);
/// let (first, second) = (world.part(0..half), world.part(half..world.groups()));
/// let cases = |part: &wherewithal::simulate::District| part.frame("cases").map(|frame| frame.height());
/// assert_eq!(cases(&first)? + cases(&second)?, cases(&whole)?);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug)]
pub struct World {
    params: SimulateParams,
    key: Key,
    registry: Registry,
    groups: u64,
    surplus: u64,
    deal: Option<Deal>,
    /// The courts that offer reward insurance.
    insuring: Vec<&'static str>,
}

impl World {
    /// Checks the parameters and counts the groups that make up the cases asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a parameter is out of range.
    pub fn new(params: &SimulateParams) -> Result<Self> {
        params.check()?;
        let key = Key::new(params.seed);
        let (mut groups, mut cases) = (0, 0);
        while cases < params.cases {
            cases += case_count(&key, groups);
            groups += 1;
        }
        let registry = Registry::new(&key);
        let surplus = cases - params.cases;
        let insuring = insuring(courts(params.courts));
        let mut world = Self { params: params.clone(), key, registry, groups, surplus, deal: None, insuring };
        if let Some(total) = params.queries {
            world.deal = Some(Deal::new(total, (0..groups).map(|index| world.weight(index))));
        }
        Ok(world)
    }

    fn founder(&self) -> Founder<'_> {
        Founder { params: &self.params, key: &self.key, registry: &self.registry }
    }

    /// The last group gives up the cases that would be too many.
    fn cases_of(&self, index: u64) -> u64 {
        case_count(&self.key, index) - if index + 1 == self.groups { self.surplus } else { 0 }
    }

    fn weight(&self, index: u64) -> QueryCounts {
        self.founder().weight(index, self.cases_of(index))
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    pub(super) fn horizon(&self) -> Day {
        self.params.observed_until
    }

    /// One group as [`World::part`] makes it, without its counted queries.
    pub(super) fn group(&self, index: u64) -> Group {
        self.founder().group(index, self.cases_of(index))
    }

    /// Whether a court offers reward insurance: 77 of 122 did, and as large a share of fewer.
    pub(super) fn insures(&self, court: &str) -> bool {
        self.insuring.contains(&court)
    }

    /// How many groups of debtors there are.
    ///
    /// A group is a debtor, at times a co-debtor, and the one to eight cases against them.
    pub fn groups(&self) -> u64 {
        self.groups
    }

    /// The part of the district that these groups make.
    ///
    /// Groups beyond the last one are none. Parties that many groups share, such as banks as creditors,
    /// stand in the part with the first group.
    pub fn part(&self, groups: Range<u64>) -> District {
        let mut district = District::empty(self.params.observed_until);
        if groups.start == 0 && !groups.is_empty() {
            self.shared_parties(&mut district);
        }
        let founder = self.founder();
        let mut before = self.deal.as_ref().map(|deal| deal.before(groups.start, |index| self.weight(index)));
        for index in groups.start..groups.end.min(self.groups) {
            let mut group = founder.group(index, self.cases_of(index));
            if let (Some(deal), Some(before)) = (&self.deal, &mut before) {
                let after = before.plus(self.weight(index));
                group.portion = Some(deal.share(*before, after));
                *before = after;
            }
            record(&mut district, &founder, group);
        }
        district
    }

    fn shared_parties(&self, district: &mut District) {
        let day = self.params.first_filing;
        for nth in 0..SHARED_CREDITORS {
            let party = shared_creditor(&self.registry, nth);
            let stamp = Stamp { owner: &party.id, event: day, known: day };
            let values = [("kind", party.kind.into()), ("name", (&party.name).into()), ("number", (&party.id).into())];
            district.add("parties", stamp, &values);
        }
    }
}

/// The courts that offer reward insurance: the same in every world, so that two years of one province are of the same
/// courts.
fn insuring(courts: &[(&'static str, &'static str)]) -> Vec<&'static str> {
    let key = Key::new(2017);
    let mut drawn: Vec<(u64, &'static str)> =
        (0u64..).zip(courts).map(|(nth, court)| (key.draw("insured", nth, 0).below(u64::MAX), court.1)).collect();
    drawn.sort_unstable();
    drawn.into_iter().take(courts.len() * 77 / 122).map(|(_, court)| court).collect()
}

/// Makes a whole district in memory.
///
/// # Errors
///
/// [`Error::Setting`] when a parameter is out of range.
///
/// Memory grows with the number of cases; [`SimulateParams::write`] makes a district of any size.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::{SimulateParams, generate};
///
/// let params = SimulateParams::district().cases(30).seed(7);
/// assert_eq!(generate(&params)?, generate(&params)?); // the seed decides everything
/// let error = generate(&params.cases(0)).unwrap_err().to_string();
/// assert!(error.contains("cases"), "{error}");
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn generate(params: &SimulateParams) -> Result<District> {
    let world = World::new(params)?;
    Ok(world.part(0..world.groups()))
}
